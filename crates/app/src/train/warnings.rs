//! What goes wrong with a run without ending it, said once each on stderr.

use super::setting::Setting;
use crate::checkpoint::Stored;
use crate::config::Activation;
use crate::lang::said;
use crate::text::{program, say};
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

/// Which training images are almost only 0, and the batches that meet them.
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

/// A neuron is saturated where its derivative is below this share of the largest.
const FLAT: f64 = 0.01;

/// The layer is saturated where this share of its outputs for `PROBED` images is.
const SATURATED: f64 = 0.99;
const PROBED: usize = 100;

/// The settings that a smaller value of may help, the likelier one first.
const RATE_FIRST: &str = "--learning-rate, --weight-init-std";

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
        self.bar.suspend(|| say(&said!("warning: {warning}", "경고: {warning}")));
    }
}

impl<T: Stored> Observer<T> for Warnings<'_> {
    type Error = anyhow::Error;

    fn after_iteration(&mut self, run: &Run<T>, loss: f64) -> Result<ControlFlow<()>> {
        let (done, rate) = (run.iteration(), run.config().learning_rate);
        let first = self.first_loss;
        if !self.has_said_loss && has_risen(loss, first, run.data().classes) {
            self.has_said_loss = true;
            self.say(&said!(
                "the loss rose from {first:.3} at the start to {loss:.3} after iteration {done};\n  \
                 the learning rate is too large: try a --learning-rate below {rate}",
                "손실이 커졌습니다: 처음에 {first:.3}, {done}번째 반복 뒤에 {loss:.3}.\n  \
                 학습률이 너무 큽니다. --learning-rate를 {rate}보다 작게 해 보세요"
            ));
        }

        let Some(Blank { images, sampler }) = &mut self.blank else { return Ok(ControlFlow::Continue(())) };
        let batch = sampler.batch(done - 1);
        let blank = batch.iter().filter(|index| images[**index]).count();
        if blank as f64 >= EMPTY * batch.len() as f64 {
            let (size, program) = (batch.len(), program());
            self.blank = None;
            self.say(&said!(
                "{blank} of the {size} images of iteration {done} are almost empty;\n  \
                 a pixel that is 0 doesn't change its weights;\n  \
                 look at the images with `{program} show`",
                "{done}번째 반복의 이미지 {size}장 가운데 {blank}장이 거의 비어 있습니다.\n  \
                 값이 0인 픽셀의 가중치는 변하지 않습니다.\n  \
                 `{program} show`로 이미지를 확인해 보세요"
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
            let share = SATURATED * 100.0;
            let (end, cure) = match activation {
                Activation::Sigmoid => (said!("close to 0 or 1", "0이나 1에 가깝습니다"), RATE_FIRST),
                Activation::Tanh => (said!("close to -1 or 1", "-1이나 1에 가깝습니다"), RATE_FIRST),
                Activation::Relu => (said!("0", "0입니다"), "--weight-init-std, --learning-rate"),
            };
            self.say(&said!(
                "at least {share} % of the outputs of the hidden neurons are {end} after iteration {done};\n  \
                 {activation} is almost flat there, which slows down learning in W1 and b1:\n  \
                 start again with a smaller value of {cure}",
                "{done}번째 반복 뒤 은닉층 뉴런의 출력 가운데 {share}% 이상이 {end}.\n  \
                 거기서는 {activation} 함수가 거의 평평해서 W1과 b1의 학습이 느려집니다.\n  \
                 {cure} 값을 줄여 처음부터 다시 학습해 보세요"
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

/// Whether a loss is so far above the one at the start, and above that of guessing, that the learning rate is too large.
pub(crate) fn has_risen(loss: f64, at_start: f64, classes: usize) -> bool {
    loss > TIMES_THE_START * at_start && loss > (classes as f64).ln()
}

/// The first training images.
fn probe<T: Stored>(train: &ImageSet) -> (DMatrix<T>, &[u8]) {
    train.range(0..train.len().min(PROBED))
}

/// Whether almost all hidden neurons are saturated, on some training images.
pub(crate) fn is_saturated<T: Stored>(net: &TwoLayerNet<T>, train: &ImageSet) -> bool {
    let (x, _) = probe(train);
    saturated_share(net, &x) >= SATURATED
}

/// Of the hidden activations of these samples, the share at which the activation is flat.
fn saturated_share<T: Stored>(net: &TwoLayerNet<T>, x: &DMatrix<T>) -> f64 {
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
    fn a_neuron_is_saturated_where_its_derivative_is_almost_0() {
        let mut params = Parameters::<f64>::zeros(Sizes { inputs: 1, hidden: 4, classes: 2 });
        params.b1.copy_from_slice(&[0.0, 7.0, -7.0, 3.0]);
        let x = DMatrix::zeros(2, 1);
        let share = |activation| saturated_share(&TwoLayerNet { params: params.clone(), activation }, &x);
        assert_eq!(share(Activation::Sigmoid), 0.5);
        assert_eq!(share(Activation::Tanh), 0.75);
        assert_eq!(share(Activation::Relu), 0.5);
    }
}
