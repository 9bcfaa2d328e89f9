//! The images of a run, as the net takes them.

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

/// What a run trains on, and what it is tested on.
#[derive(Clone, Debug)]
pub struct Data<T: Real> {
    /// What it trains on.
    pub train: Samples<T>,
    /// What it is tested on; may be empty, and its accuracy is NaN then.
    pub test: Samples<T>,
    /// K: every label is below it.
    pub classes: usize,
}

impl<T: Real> Data<T> {
    /// The pixels of two sets of images, each byte v the input v / 255.
    #[must_use]
    pub fn of_images(train: &ImageSet, test: &ImageSet) -> Self {
        let samples = |set: &ImageSet| Samples {
            x: Rows::from_bytes(set.pixels(), set.pixels_per_image()),
            t: set.labels().to_vec(),
        };
        Self { train: samples(train), test: samples(test), classes: train.classes() }
    }
}
