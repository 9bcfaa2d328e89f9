//! The training and test samples of a run.

use crate::ConfigError;
use dataset::ImageSet;
use net::{Real, Rows};

/// Samples with their labels.
#[derive(Clone, Debug)]
pub struct Samples<T: Real> {
    /// N rows of D inputs.
    pub x: Rows<T>,
    /// N labels, each below the number of classes.
    pub t: Vec<u8>,
}

/// The training and test samples of a run.
#[derive(Clone, Debug)]
pub struct Data<T: Real> {
    /// The samples to train on.
    pub train: Samples<T>,
    /// The samples to test on, with as many inputs. If there are none, the test accuracy is NaN.
    pub test: Samples<T>,
    /// K, the number of classes, from 1 to 256: every label is below it.
    pub classes: usize,
}

impl<T: Real> Data<T> {
    /// Checks what the documentation of the fields says.
    pub(crate) fn check(&self) -> Result<(), ConfigError> {
        let Self { train, test, classes } = self;
        if !(1..=256).contains(classes) {
            return Err(ConfigError::Classes(*classes));
        }
        for (set, Samples { x, t }) in [("training", train), ("test", test)] {
            if x.len() != t.len() {
                return Err(ConfigError::Labels { set, samples: x.len(), labels: t.len() });
            }
            if let Some(index) = t.iter().position(|&label| usize::from(label) >= *classes) {
                return Err(ConfigError::Label { set, index, label: t[index], classes: *classes });
            }
        }
        let [train, test] = [train, test].map(|samples| samples.x.inputs());
        if train == test { Ok(()) } else { Err(ConfigError::Inputs { train, test }) }
    }

    /// Converts two sets of images: each byte v becomes the input v / 255.
    #[must_use]
    pub fn of_images(train: &ImageSet, test: &ImageSet) -> Self {
        let samples = |set: &ImageSet| Samples {
            x: Rows::from_bytes(set.pixels(), set.pixels_per_image()),
            t: set.labels().to_vec(),
        };
        Self { train: samples(train), test: samples(test), classes: train.classes() }
    }
}
