//! The configuration of a run: what the flags become, once checked, and what checkpoint and log hold.

use anyhow::{Result, ensure};
use clap::ValueEnum;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::path::PathBuf;

/// All that decides the outcome of a run, and where its data are.
///
/// In checkpoints it travels as JSON: a field added one day needs a default, not a new format. A field that this
/// version does not know is an error, since ignoring it would train something else.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Config {
    pub(crate) dataset: DatasetName,
    /// Where `--data-dir` was given: absolute, so that the run can be resumed from another folder.
    pub(crate) data_dir: Option<PathBuf>,
    pub(crate) train_limit: Option<usize>,
    pub(crate) test_limit: Option<usize>,
    pub(crate) gradient: Gradient,
    pub(crate) step: f64,
    pub(crate) iterations: u64,
    pub(crate) batch_size: usize,
    pub(crate) learning_rate: f64,
    pub(crate) sampling: Sampling,
    pub(crate) seed: u64,
    pub(crate) hidden: usize,
    pub(crate) activation: Activation,
    pub(crate) weight_init_std: f64,
    /// Name of the file or folder that the parameters came from.
    pub(crate) init_from: Option<String>,
    pub(crate) precision: Precision,
    pub(crate) checkpoint_every: Option<u64>,
}

impl Config {
    /// What no flag can say wrong, but a file could.
    pub(crate) fn check(&self) -> Result<()> {
        let positive = |value: f64| value.is_finite() && value > 0.0;
        ensure!(positive(self.step), "step is {}, expected a finite number above 0", self.step);
        ensure!(positive(self.learning_rate), "learning_rate is {}, expected above 0", self.learning_rate);
        let std = self.weight_init_std;
        ensure!(std.is_finite() && std >= 0.0, "weight_init_std is {std}, expected 0 or above");
        ensure!(self.batch_size > 0 && self.hidden > 0, "batch_size or hidden is 0");
        ensure!(self.checkpoint_every != Some(0), "checkpoint_every is 0");
        ensure!(
            self.gradient != Gradient::Numerical || self.precision == Precision::F64,
            "a numerical gradient in f32"
        );
        Ok(())
    }

    /// Whether an epoch begins with iteration `done` (counted from 1), after which the chapter takes the accuracies:
    /// with the first, and whenever floor(i * batch_size / train) grows, i counted from 0 as the notebook does.
    pub(crate) fn begins_epoch(&self, done: u64, train: usize) -> bool {
        let epoch = |i: u64| u128::from(i) * self.batch_size as u128 / train.max(1) as u128;
        match done {
            0 => false,
            1 => true,
            _ => epoch(done - 1) > epoch(done - 2),
        }
    }

    /// How many evaluations a run of `iterations` makes after `done` iterations, the last one included.
    pub(crate) fn evaluations_left(&self, done: u64, train: usize) -> u64 {
        let epochs = |n: u64| match n {
            0 => 0,
            _ => 1 + u128::from(n - 1) * self.batch_size as u128 / train.max(1) as u128,
        };
        // a batch is no larger than the set, so an epoch takes at least one iteration
        let due = u64::try_from(epochs(self.iterations) - epochs(done.min(self.iterations))).unwrap_or(u64::MAX);
        due + u64::from(!self.begins_epoch(self.iterations, train))
    }
}

/// Enums of the command line that files hold too, printed by their names there.
macro_rules! named {
    ($($(#[$meta:meta])* $name:ident { $($(#[$variant_meta:meta])* $variant:ident),+ $(,)? })+) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
        #[serde(rename_all = "lowercase")]
        pub(crate) enum $name { $($(#[$variant_meta])* $variant),+ }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self { $(Self::$variant => stringify!($variant)),+ }.to_lowercase().as_str())
            }
        }
    )+};
}

named! {
    /// A data set; never `auto`, which is resolved before a run starts.
    DatasetName { Mnist, Fashion, Kmnist, Digits }

    Gradient {
        /// Central differences: the loss evaluated twice for each parameter
        Numerical,
        /// Backpropagation
        Backprop,
    }

    Activation { Sigmoid, Tanh, Relu }

    Sampling {
        /// Each image drawn anew from all, the book's way
        Replacement,
        /// Permutations of all images, one after another
        Shuffle,
        /// Images 0 to 99, 100 to 199, ... and round again
        Sequential,
    }

    Precision { F32, F64 }
}

impl From<Activation> for net::Activation {
    fn from(activation: Activation) -> Self {
        match activation {
            Activation::Sigmoid => Self::Sigmoid,
            Activation::Tanh => Self::Tanh,
            Activation::Relu => Self::Relu,
        }
    }
}

impl From<Sampling> for dataset::Sampling {
    fn from(sampling: Sampling) -> Self {
        match sampling {
            Sampling::Replacement => Self::Replacement,
            Sampling::Shuffle => Self::Shuffle,
            Sampling::Sequential => Self::Sequential,
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// The book's run.
    pub(crate) fn config() -> Config {
        Config {
            dataset: DatasetName::Mnist,
            data_dir: None,
            train_limit: None,
            test_limit: None,
            gradient: Gradient::Backprop,
            step: 1e-4,
            iterations: 10_000,
            batch_size: 100,
            learning_rate: 0.1,
            sampling: Sampling::Replacement,
            seed: 0,
            hidden: 50,
            activation: Activation::Sigmoid,
            weight_init_std: 0.01,
            init_from: None,
            precision: Precision::F32,
            checkpoint_every: None,
        }
    }

    fn evaluated(config: &Config, train: usize) -> Vec<u64> {
        (0..=config.iterations).filter(|&done| config.begins_epoch(done, train)).collect()
    }

    #[test]
    fn the_chapter_evaluates_seventeen_times_and_once_more() {
        let evaluated = evaluated(&config(), 60_000);
        // i = 0, 600, ... 9600 of the notebook
        assert_eq!(evaluated.len(), 17);
        assert_eq!(evaluated[..3], [1, 601, 1201]);
        assert_eq!(evaluated[16], 9601);
        assert_eq!(config().evaluations_left(0, 60_000), 18);
    }

    #[test]
    fn sizes_that_do_not_divide_still_begin_every_epoch() {
        // the book's test `i % 468.75 == 0` would find 6 epochs here
        let config = Config { batch_size: 128, ..config() };
        assert_eq!(evaluated(&config, 60_000).len(), 22);
        assert_eq!(evaluated(&config, 60_000)[1], 470); // 469 * 128 = 60,032
    }

    #[test]
    fn evaluations_left_counts_what_will_be_made() {
        for (batch_size, train) in [(7, 20), (20, 20), (3, 1000), (100, 60_000)] {
            for iterations in [0, 1, 2, 10, 55] {
                let config = Config { batch_size, iterations, ..config() };
                for done in 0..=iterations {
                    let due = (done + 1..=iterations).filter(|&i| config.begins_epoch(i, train)).count() as u64;
                    let last = u64::from(!config.begins_epoch(iterations, train));
                    assert_eq!(
                        config.evaluations_left(done, train),
                        due + last,
                        "{batch_size} {train} {iterations} {done}"
                    );
                }
            }
        }
    }

    #[test]
    fn a_configuration_survives_json_to_the_bit() {
        let config = Config { learning_rate: 0.1 + 0.2, step: 1e-4 / 3.0, ..config() };
        let json = serde_json::to_string(&config).unwrap();
        assert_eq!(serde_json::from_str::<Config>(&json).unwrap(), config);
    }

    #[test]
    fn a_field_of_a_newer_version_is_not_ignored() {
        let json = serde_json::to_string(&config()).unwrap().replace("\"seed\"", "\"momentum\":0.9,\"seed\"");
        assert!(serde_json::from_str::<Config>(&json).unwrap_err().to_string().contains("momentum"));
    }
}
