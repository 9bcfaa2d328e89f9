//! What the questions share: a data set in memory, a short run of training on it, a paragraph.

use crate::cli::LabArgs;
use crate::data::{self, Data};
use crate::files;
use anyhow::{Context, Result};
use dataset::Sampling;
use net::{Activation, Predictor, Real, Sizes, TwoLayerNet};
use report::Chart;
use std::path::Path;
use std::sync::Arc;
use training::{Config, Evaluate, Run, Samples};

/// The book's hidden units, batch size and learning rate.
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

/// What a net makes of some images.
#[derive(Clone, Copy)]
pub(super) struct Score {
    /// The share that it gets right.
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

    /// The lines above a table: the data set, the net, and what is done with it.
    pub(super) fn head(&self, what: &str) -> String {
        let (inputs, classes) = (self.data.train.pixels_per_image(), self.data.train.classes());
        let seed = self.seed;
        format!("{}\nnet {inputs}-{HIDDEN}-{classes}, sigmoid, seed {seed}; {what}\n\n", self.data.describe())
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
        score(net, &self.inputs.test, self.inputs.test.t.len())
    }

    /// On the first `images` of the training images.
    pub(super) fn train_score(&self, net: &TwoLayerNet<f32>, images: usize) -> Score {
        score(net, &self.inputs.train, images)
    }
}

/// So many iterations.
pub(super) fn steps(run: &mut Run<f32>, count: usize) -> Result<()> {
    (0..count).try_for_each(|_| run.step().map(|_| ())).map_err(Into::into)
}

fn score(net: &TwoLayerNet<f32>, Samples { x, t }: &Samples<f32>, images: usize) -> Score {
    let (predictor, t) = (Predictor::new(net), &t[..images]);
    Score { accuracy: predictor.accuracy(x, 0..images, t), loss: predictor.loss(x, 0..images, t) }
}

/// The first of the rows whose `score` is the largest.
pub(super) fn best<R>(rows: &[R], score: impl Fn(&R) -> f64) -> &R {
    rows[1..].iter().fold(&rows[0], |best, row| if score(row) > score(best) { row } else { best })
}

/// Text filled into lines of fewer than 80 columns, below an empty one.
pub(super) fn paragraph(text: &str) -> String {
    let mut lines = String::from("\n");
    let mut column = 0;
    // a percentage stays in one piece
    for word in text.replace(" %", "~%").split_whitespace() {
        if column > 0 {
            let fits = column + 1 + word.len() < 80;
            lines.push(if fits { ' ' } else { '\n' });
            column = if fits { column + 1 } else { 0 };
        }
        lines += &word.replace('~', " ");
        column += word.len();
    }
    lines + "\n"
}

/// A share as `97.3 %`.
pub(super) fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}

/// Writes a chart as SVG.
pub(super) fn write_svg(chart: &Chart, height: u32, path: &Path) -> Result<()> {
    let svg = chart.to_svg(760, height)?;
    files::replace(path, &[svg.as_bytes()]).with_context(|| format!("cannot write {}", path.display()))
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

    #[test]
    fn a_paragraph_fills_its_lines_and_keeps_percentages_whole() {
        for shift in 0..90 {
            let text = paragraph(&format!("{} {}", "x".repeat(shift), "word 12.3 % and, ".repeat(20)));
            let lines: Vec<&str> = text.split('\n').collect();
            let [empty, filled @ .., last] = &lines[..] else { panic!("{text}") };
            assert!(empty.is_empty() && last.is_empty() && text.matches("12.3 %").count() == 20, "{text}");
            for pair in filled.windows(2).filter(|pair| !pair[0].starts_with('x')) {
                let next = pair[1].split(' ').next().unwrap();
                assert!(pair[0].len() < 80 && pair[0].len() + " %".len() + 1 + next.len() >= 80, "{text}");
            }
        }
    }
}
