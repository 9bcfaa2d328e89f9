//! The configuration of a run: what the flags become, once checked, and what checkpoint and log hold.

use crate::lang::{self, said};
use anyhow::{Result, ensure};
use clap::ValueEnum;
use dataset::MnistKind;
use net::GradientMethod;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::num::NonZeroU64;
use std::path::PathBuf;
use training::Evaluate;

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
    /// Iterations between two evaluations; `None`: an epoch. Later than the format, so left out where it is not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) evaluate_every: Option<u64>,
}

impl Config {
    /// What no flag can say wrong, but a file could.
    pub(crate) fn check(&self) -> Result<()> {
        self.of_run().check()?;
        let step = self.step;
        ensure!(
            step.is_finite() && step > 0.0,
            said!(
                "step is {step}, expected a finite number above 0",
                "step이 {step}인데 0보다 큰 유한한 수여야 합니다"
            )
        );
        ensure!(self.batch_size > 0, said!("batch_size is 0", "batch_size가 0입니다"));
        ensure!(self.checkpoint_every != Some(0), said!("checkpoint_every is 0", "checkpoint_every가 0입니다"));
        ensure!(self.evaluate_every != Some(0), said!("evaluate_every is 0", "evaluate_every가 0입니다"));
        ensure!(
            self.gradient != Gradient::Numerical || self.precision == Precision::F64,
            said!("a numerical gradient in f32", "수치 미분은 f32로 하지 않습니다")
        );
        Ok(())
    }

    /// The configuration of the run itself. It has no limits: the data are cut before.
    pub(crate) fn of_run(&self) -> training::Config {
        training::Config {
            gradient: match self.gradient {
                Gradient::Numerical => GradientMethod::CentralDifferences { h: self.step },
                Gradient::Backprop => GradientMethod::Backpropagation,
            },
            iterations: self.iterations,
            batch_size: self.batch_size,
            learning_rate: self.learning_rate,
            sampling: self.sampling.into(),
            seed: self.seed,
            hidden: self.hidden,
            activation: self.activation.into(),
            weight_init_std: self.weight_init_std,
            train_limit: None,
            evaluate: self.evaluate_every.and_then(NonZeroU64::new).map_or(Evaluate::EachEpoch, Evaluate::Every),
        }
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
        /// Central differences: two evaluations of the loss per parameter
        Numerical,
        /// Backpropagation
        Backprop,
    }

    Activation { Sigmoid, Tanh, Relu }

    Sampling {
        /// Draw every image at random from all of them, as in the book
        Replacement,
        /// Shuffle all images and use each once, then shuffle again
        Shuffle,
        /// Images 0 to 99, 100 to 199, ..., then from the start again
        Sequential,
    }

    Precision { F32, F64 }
}

impl DatasetName {
    /// The data set as files have it; `None` of the built-in digits, which have none.
    pub(crate) fn kind(self) -> Option<MnistKind> {
        match self {
            Self::Mnist => Some(MnistKind::Mnist),
            Self::Fashion => Some(MnistKind::Fashion),
            Self::Kmnist => Some(MnistKind::Kmnist),
            Self::Digits => None,
        }
    }
}

impl Sampling {
    pub(crate) fn korean(self) -> &'static str {
        match self {
            Self::Replacement => "복원 추출",
            Self::Shuffle => "섞어서 차례로",
            Self::Sequential => "순서대로",
        }
    }

    /// Its name in the language of this process.
    pub(crate) fn said(self) -> String {
        if lang::korean() { self.korean().to_owned() } else { self.to_string() }
    }
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
            evaluate_every: None,
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
