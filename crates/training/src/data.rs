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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Config, Run, fresh_net};
    use net::{Activation, Sizes};
    use std::sync::Arc;

    #[test]
    fn samples_labels_and_parameters_that_do_not_fit_together_are_refused_and_do_not_panic_later() {
        let samples = |t: &[u8], inputs| Samples { x: Rows::from_bytes(&[1; 12], inputs), t: t.to_vec() };
        let config = || Config { batch_size: 1, iterations: 2, hidden: 3, ..Config::default() };
        let good = || samples(&[0, 1, 1], 4);
        let refused = |train, test, classes| {
            Run::<f64>::new(config(), Arc::new(Data { train, test, classes })).unwrap_err().to_string()
        };
        assert_eq!(refused(samples(&[0, 1], 4), good(), 2), "2 labels for 3 training samples, expected one for each");
        assert_eq!(refused(good(), samples(&[0; 4], 4), 2), "4 labels for 3 test samples, expected one for each");
        let label = "sample 1 has the label 2, expected a label below the number of classes, 2";
        assert_eq!(refused(samples(&[0, 2, 1], 4), good(), 2), format!("training {label}"));
        assert_eq!(refused(good(), samples(&[0, 2, 1], 4), 2), format!("test {label}"));
        let inputs = "the test samples have 3 inputs, expected 4 as in the training samples";
        assert_eq!(refused(good(), samples(&[0; 4], 3), 2), inputs);
        assert_eq!(refused(good(), good(), 257), "there are 257 classes, expected 1 to 256");
        let most = Arc::new(Data { train: good(), test: good(), classes: 256 });
        Run::<f64>::new(config(), Arc::clone(&most)).unwrap().run_to_end().unwrap();

        let mut net = fresh_net(0, Sizes { inputs: 4, hidden: 3, classes: 256 }, Activation::Sigmoid, 0.01);
        net.params.b1 = net.params.b2.clone();
        assert!(matches!(Run::from_net(config(), &net, most).unwrap_err(), ConfigError::Parameters(_)));
    }
}
