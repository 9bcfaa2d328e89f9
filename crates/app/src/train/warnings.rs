//! What goes wrong with a run without ending it, said once each on stderr.

use super::setting::Setting;
use crate::checkpoint::Stored;
use crate::config::Activation;
use crate::text::{program, tell};
use anyhow::Result;
use dataset::{ImageSet, Sampler};
use indicatif::ProgressBar;
use nalgebra::DMatrix;
use net::TwoLayerNet;
use std::ops::ControlFlow;
use training::{Observer, Run};

pub(super) struct Warnings<'a> {
    setting: &'a Setting<'a>,
    bar: ProgressBar,
    /// The loss on some training images when this sitting began.
    first_loss: f64,
    blank: Option<Blank>,
    has_said_loss: bool,
    has_said_saturation: bool,
}

/// Which training images are almost nothing but 0, and the batches that meet them.
struct Blank {
    images: Vec<bool>,
    sampler: Sampler,
}

/// A loss is warned of when it is this many times that at the start, and worse than that of guessing.
const TIMES_THE_START: f64 = 10.0;

/// An image is blank where fewer of its pixels than this share are not 0: 7 of 784; MNIST's emptiest has 34.
const BLANK: f64 = 0.01;

/// A batch is almost empty where this share of its images is blank.
const EMPTY: f64 = 0.9;

/// A unit is at its end where its slope is below this share of the steepest.
const FLAT: f64 = 0.01;

/// The layer is saturated where this share of the units, over `PROBED` images, is at its end.
const SATURATED: f64 = 0.99;
const PROBED: usize = 100;

impl<'a> Warnings<'a> {
    pub(super) fn new<T: Stored>(setting: &'a Setting, run: &Run<T>, bar: ProgressBar) -> Result<Self> {
        let (config, images) = (&setting.config, &setting.data.train);
        let is_blank = |image: &[u8]| {
            let filled = image.iter().filter(|pixel| **pixel > 0).count();
            (filled as f64) < BLANK * image.len() as f64
        };
        let blank: Vec<bool> = images.pixels().chunks(images.pixels_per_image()).map(is_blank).collect();
        // hardly a data set has any; then the batches need not be looked at
        let blank = if blank.contains(&true) {
            let sampler = Sampler::new(config.sampling.into(), config.seed, images.len(), config.batch_size)?;
            Some(Blank { images: blank, sampler })
        } else {
            None
        };
        let first_loss = loss_at_start(&run.net(), &setting.data.train);
        Ok(Self { setting, bar, first_loss, blank, has_said_loss: false, has_said_saturation: false })
    }

    fn say(&self, warning: &str) {
        self.bar.suspend(|| tell!("warning: {warning}"));
    }
}

impl<T: Stored> Observer<T> for Warnings<'_> {
    type Error = anyhow::Error;

    fn after_iteration(&mut self, run: &Run<T>, loss: f64) -> Result<ControlFlow<()>> {
        let (done, rate) = (run.iteration(), run.config().learning_rate);
        let first = self.first_loss;
        if !self.has_said_loss && has_risen(loss, first, run.data().classes) {
            self.has_said_loss = true;
            self.say(&format!(
                "the loss is {loss:.3} after iteration {done}, it was {first:.3} at the start;\n  \
                 the steps are too large: try a --learning-rate below {rate}"
            ));
        }

        let Some(Blank { images, sampler }) = &mut self.blank else { return Ok(ControlFlow::Continue(())) };
        let batch = sampler.batch(done - 1);
        let blank = batch.iter().filter(|index| images[**index]).count();
        if blank as f64 >= EMPTY * batch.len() as f64 {
            let size = batch.len();
            self.blank = None;
            self.say(&format!(
                "{blank} of the {size} images of iteration {done} are almost empty;\n  \
                 nothing is learned from a pixel that is 0;\n  \
                 look at them with `{} show`",
                program()
            ));
        }
        Ok(ControlFlow::Continue(()))
    }

    fn after_evaluation(&mut self, run: &Run<T>) -> Result<ControlFlow<()>> {
        if self.has_said_saturation {
            return Ok(ControlFlow::Continue(()));
        }
        let (done, activation) = (run.iteration(), self.setting.config.activation);
        if is_saturated(&run.net(), &self.setting.data.train) {
            self.has_said_saturation = true;
            let (end, cure) = match activation {
                Activation::Relu => ("0", "--weight-init-std or --learning-rate"),
                Activation::Sigmoid | Activation::Tanh => ("an end", "--learning-rate or --weight-init-std"),
            };
            self.say(&format!(
                "all hidden units are at {end} of {activation} after iteration {done}, where its slope is next to 0;\n  \
                 W1 and b1 learn no more: start again with a smaller\n  {cure}"
            ));
        }
        Ok(ControlFlow::Continue(()))
    }
}

/// The loss of a net that a run starts with, on some training images.
pub(crate) fn loss_at_start<T: Stored>(net: &TwoLayerNet<T>, train: &ImageSet) -> f64 {
    let (x, t) = probe(train);
    net.loss(&x, t).to_f64()
}

/// Whether a loss is so far above the one at the start, and above that of guessing, that the steps are too large.
pub(crate) fn has_risen(loss: f64, at_start: f64, classes: usize) -> bool {
    loss > TIMES_THE_START * at_start && loss > (classes as f64).ln()
}

/// The first training images.
fn probe<T: Stored>(train: &ImageSet) -> (DMatrix<T>, &[u8]) {
    train.range(0..train.len().min(PROBED))
}

/// Whether the hidden units pass nothing on to W1 and b1, on some training images.
pub(crate) fn is_saturated<T: Stored>(net: &TwoLayerNet<T>, train: &ImageSet) -> bool {
    let (x, _) = probe(train);
    share_at_their_ends(net, &x) >= SATURATED
}

/// Of the hidden activations of these samples, the share at which the activation is flat.
fn share_at_their_ends<T: Stored>(net: &TwoLayerNet<T>, x: &DMatrix<T>) -> f64 {
    let (a, _) = net.hidden(x); // N x H
    let steepest = if net.activation == net::Activation::Sigmoid { 0.25 } else { 1.0 };
    let flat = a.iter().filter(|a| net.activation.gradient(**a).to_f64() < FLAT * steepest).count();
    flat as f64 / a.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use net::{Activation, Parameters, Sizes};

    #[test]
    fn a_unit_is_at_its_end_where_the_slope_is_next_to_0() {
        let mut params = Parameters::<f64>::zeros(Sizes { inputs: 1, hidden: 4, classes: 2 });
        params.b1.copy_from_slice(&[0.0, 7.0, -7.0, 3.0]);
        let x = DMatrix::zeros(2, 1);
        let share = |activation| share_at_their_ends(&TwoLayerNet { params: params.clone(), activation }, &x);
        assert_eq!(share(Activation::Sigmoid), 0.5);
        assert_eq!(share(Activation::Tanh), 0.75);
        assert_eq!(share(Activation::Relu), 0.5);
    }
}
