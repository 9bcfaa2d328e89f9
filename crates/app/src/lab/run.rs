//! What the questions share: a data set in memory, the images that are held out, a short run of training.

use crate::cli::LabArgs;
use crate::data::{self, Data};
use crate::files;
use crate::lang::said;
use anyhow::Result;
use dataset::Sampling;
use net::{Activation, Predictor, Real, Sizes, TwoLayerNet};
use report::Chart;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use training::{Config, Evaluate, Run, Samples};

/// The book's hidden neurons, batch size and learning rate.
pub(super) const HIDDEN: usize = 50;
pub(super) const BATCH: usize = 100;
pub(super) const RATE: f64 = 0.1;

/// The data set that the command line means.
pub(super) fn load(arguments: &LabArgs) -> Result<Data> {
    let (name, data_dir) = data::resolve(&arguments.source, None)?;
    Data::load(name, &data_dir, None, None)
}

/// A net at its start, of the book's size.
pub(super) fn fresh_net<T: Real>(data: &Data, seed: u64, weight_init_std: f64) -> TwoLayerNet<T> {
    let sizes = Sizes { inputs: data.train.pixels_per_image(), hidden: HIDDEN, classes: data.train.classes() };
    training::fresh_net(seed, sizes, Activation::Sigmoid, weight_init_std)
}

/// A data set as training and evaluation take it, and the seed.
pub(super) struct Lab {
    pub(super) data: Data,
    inputs: Arc<training::Data<f32>>,
    pub(super) seed: u64,
}

/// How well a network does on some images.
#[derive(Clone, Copy)]
pub(super) struct Score {
    /// The share that it classifies correctly.
    pub(super) accuracy: f64,
    /// The mean cross-entropy.
    pub(super) loss: f64,
}

impl Lab {
    pub(super) fn load(arguments: &LabArgs) -> Result<Self> {
        Ok(Self::new(load(arguments)?, arguments.seed))
    }

    pub(super) fn new(data: Data, seed: u64) -> Self {
        Self { inputs: data.inputs(), data, seed }
    }

    /// The lines above a table: the data set, the network, and what is done with it.
    pub(super) fn head(&self, what: &str) -> String {
        let (inputs, classes) = (self.data.train.pixels_per_image(), self.data.train.classes());
        let (data, seed) = (self.data.describe(), self.seed);
        said!(
            "{data}\nnet {inputs}-{HIDDEN}-{classes}, sigmoid, seed {seed}; {what}\n\n",
            "{data}\n신경망 {inputs}-{HIDDEN}-{classes}, 시그모이드, 시드 {seed}, {what}\n\n"
        )
    }

    /// The validation images: the last sixth of the training images, on which a learning rate is chosen, and which no run
    /// that is compared there trains on. `None` where there is but one image.
    pub(super) fn held_out(&self) -> Option<Range<usize>> {
        let images = self.data.train.len();
        (images > 1).then(|| images - (images / 6).max(1)..images)
    }

    /// The book's batch size, or all images where there are fewer.
    pub(super) fn batch_size(&self) -> usize {
        BATCH.min(self.data.train.len())
    }

    pub(super) fn fresh_net(&self, weight_init_std: f64) -> TwoLayerNet<f32> {
        fresh_net(&self.data, self.seed, weight_init_std)
    }

    /// The book's run from this start, before its first iteration.
    pub(super) fn run_from(&self, net: &TwoLayerNet<f32>) -> Result<Run<f32>> {
        self.run_with(net, self.data.train.len(), self.batch_size(), RATE)
    }

    /// A run from `net` on the first `images` of the training images, in minibatches drawn with replacement, or in
    /// batches that are all of these images.
    pub(super) fn run_with(
        &self,
        net: &TwoLayerNet<f32>,
        images: usize,
        batch_size: usize,
        learning_rate: f64,
    ) -> Result<Run<f32>> {
        let sampling = if batch_size == images { Sampling::Sequential } else { Sampling::Replacement };
        let config = Config {
            batch_size,
            learning_rate,
            sampling,
            seed: self.seed,
            train_limit: Some(images),
            evaluate: Evaluate::Never,
            ..Config::default()
        };
        Ok(Run::from_net(config, net, Arc::clone(&self.inputs))?)
    }

    /// On all test images.
    pub(super) fn test_score(&self, net: &TwoLayerNet<f32>) -> Score {
        score(net, &self.inputs.test, 0..self.inputs.test.t.len())
    }

    /// On some of the training images.
    pub(super) fn train_score(&self, net: &TwoLayerNet<f32>, images: Range<usize>) -> Score {
        score(net, &self.inputs.train, images)
    }
}

/// So many iterations.
pub(super) fn steps(run: &mut Run<f32>, count: usize) -> Result<()> {
    (0..count).try_for_each(|_| run.step().map(|_| ())).map_err(Into::into)
}

fn score(net: &TwoLayerNet<f32>, Samples { x, t }: &Samples<f32>, images: Range<usize>) -> Score {
    let (predictor, t) = (Predictor::new(net), &t[images.clone()]);
    Score { accuracy: predictor.accuracy(x, images.clone(), t), loss: predictor.loss(x, images, t) }
}

/// The first of the rows whose `score` is the largest.
pub(super) fn best<R>(rows: &[R], score: impl Fn(&R) -> f64) -> &R {
    rows[1..].iter().fold(&rows[0], |best, row| if score(row) > score(best) { row } else { best })
}

/// The width of a chart.
const WIDTH: u32 = 760;

/// Checks, before the minutes of training, that a chart may be written there.
pub(super) fn check_svg(path: &Path) -> Result<()> {
    files::check_replaceable(path, &format!("<svg width=\"{WIDTH}\" height=\""))
}

/// Writes a chart as SVG.
pub(super) fn write_svg(chart: &Chart, height: u32, path: &Path) -> Result<()> {
    files::write(path, chart.to_svg(WIDTH, height)?.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::DatasetName;
    use dataset::Digits;

    #[test]
    fn a_score_is_that_of_the_readable_net_whatever_the_threads() {
        let Digits { train, test } = Digits::with_sizes(0, 10, 2007);
        let lab = Lab::new(Data::new(DatasetName::Digits, train, test), 5);
        let net = lab.fresh_net(0.5);
        let [one, three] = [1, 3].map(|threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| lab.test_score(&net))
        });
        assert_eq!((one.accuracy, one.loss), (three.accuracy, three.loss));
        let (x, t) = lab.data.test.range::<f32>(0..lab.data.test.len());
        assert_eq!(one.accuracy, net.accuracy(&x, t));
        assert!((one.loss - f64::from(net.loss(&x, t))).abs() < 1e-4, "{}", one.loss);
    }
}
