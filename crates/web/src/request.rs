//! The requests of the page.

use dataset::Sampling;
use net::{Activation, GradientMethod};
use serde::{Deserialize, Serialize};
use training::Evaluate;

use crate::error::WebError;

/// A request of the page; the bytes that follow it are named in brackets.
#[derive(Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Request {
    /// Draw the built-in digits.
    Digits {
        #[serde(default = "train_digits")]
        train: usize,
        #[serde(default = "test_digits")]
        test: usize,
    },
    /// Add files of MNIST, or an archive of them. [The files, one after another.]
    Files { files: Vec<FileName> },
    /// Start a new run.
    Start { config: PageConfig },
    /// Start a run with a network from a file. [A .npz or .safetensors.]
    Load { config: PageConfig },
    /// Do this many iterations.
    Train { iterations: u32 },
    /// Do one iteration, in detail.
    Step {},
    /// Change the learning rate.
    LearningRate { learning_rate: f64 },
    /// Show the current network.
    View { answers: bool, difference: bool },
    /// Classify an image. [28 x 28 bytes.]
    Classify {},
    /// Find the digit in a picture. [Its greys, 0 is black, 255 is white.]
    Picture { rows: usize, cols: usize },
    /// Show an image of the test set; after the last, the first follows.
    TestImage { index: usize },
    /// Save the network to a file.
    Save { kind: SaveKind },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FileName {
    pub(crate) name: String,
    pub(crate) bytes: usize,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SaveKind {
    Npz,
    Safetensors,
}

/// The gradient that the run uses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Gradient {
    #[default]
    Numerical,
    Backprop,
}

/// The largest number of hidden neurons: a browser can still draw and train them.
pub(crate) const MOST_HIDDEN: usize = 1000;

/// The configuration, as in the address of the page; missing fields have the book's values.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct PageConfig {
    pub(crate) train_limit: Option<usize>,
    pub(crate) hidden: usize,
    pub(crate) activation: String,
    pub(crate) weight_init_std: f64,
    pub(crate) learning_rate: f64,
    pub(crate) batch_size: usize,
    pub(crate) sampling: PageSampling,
    pub(crate) seed: u64,
    pub(crate) gradient: Gradient,
    pub(crate) h: f64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum PageSampling {
    #[default]
    Replacement,
    Shuffle,
    Sequential,
}

impl Default for PageConfig {
    fn default() -> Self {
        let book = training::Config::default();
        Self {
            train_limit: None,
            hidden: book.hidden,
            activation: book.activation.to_string(),
            weight_init_std: book.weight_init_std,
            learning_rate: book.learning_rate,
            batch_size: book.batch_size,
            sampling: PageSampling::default(),
            seed: book.seed,
            gradient: Gradient::default(),
            h: 1e-4,
        }
    }
}

impl PageConfig {
    /// Converts it to the configuration of a run without end.
    pub(crate) fn to_config(&self) -> Result<training::Config, WebError> {
        if self.hidden > MOST_HIDDEN {
            return Err(WebError::Hidden { found: self.hidden, most: MOST_HIDDEN });
        }
        if !(self.h.is_finite() && self.h > 0.0) {
            return Err(training::ConfigError::Step(self.h).into()); // a step in detail uses h with either gradient
        }
        Ok(training::Config {
            gradient: match self.gradient {
                Gradient::Numerical => GradientMethod::CentralDifferences { h: self.h },
                Gradient::Backprop => GradientMethod::Backpropagation,
            },
            iterations: u64::MAX,
            batch_size: self.batch_size,
            learning_rate: self.learning_rate,
            sampling: match self.sampling {
                PageSampling::Replacement => Sampling::Replacement,
                PageSampling::Shuffle => Sampling::Shuffle,
                PageSampling::Sequential => Sampling::Sequential,
            },
            seed: self.seed,
            hidden: self.hidden,
            activation: self.activation()?,
            weight_init_std: self.weight_init_std,
            train_limit: self.train_limit,
            evaluate: Evaluate::EachEpoch,
        })
    }

    pub(crate) fn activation(&self) -> Result<Activation, WebError> {
        self.activation.parse().map_err(WebError::Activation)
    }
}

fn train_digits() -> usize {
    dataset::Digits::TRAIN
}

fn test_digits() -> usize {
    dataset::Digits::TEST
}
