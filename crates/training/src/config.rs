//! The configuration of a run: everything that decides its result, except the data.

use dataset::{Sampling, SamplingError};
use net::{Activation, GradientMethod, ShapeError};
use std::num::NonZeroU64;

/// The configuration of a run. [`Config::default`] is the book's, with backpropagation.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// How to compute the gradient.
    pub gradient: GradientMethod,
    /// The number of iterations; 10,000 in the book.
    pub iterations: u64,
    /// The number of samples per iteration (minibatch); 100 in the book. At most the number of training samples.
    pub batch_size: usize,
    /// The learning rate; 0.1 in the book. Finite and above 0.
    pub learning_rate: f64,
    /// How the samples of an iteration are chosen.
    pub sampling: Sampling,
    /// The random seed for the initial weights and the minibatches.
    pub seed: u64,
    /// The number of hidden neurons; 50 in the book. Used by [`Run::new`](crate::Run::new).
    pub hidden: usize,
    /// The activation function of the hidden layer. Used by [`Run::new`](crate::Run::new).
    pub activation: Activation,
    /// The initial weights are this times N(0, 1); 0.01 in the book. Finite and at least 0. Used by
    /// [`Run::new`](crate::Run::new).
    pub weight_init_std: f64,
    /// If set, train only on this many training samples, the first ones.
    pub train_limit: Option<usize>,
    /// When to compute the accuracies.
    pub evaluate: Evaluate,
}

/// When to compute the accuracies. Except with `Never`, they are also computed at the end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Evaluate {
    /// After the first iteration, and after each iteration with which a new epoch begins: i = 0, 600, 1200, ... in the
    /// notebook. This is also right if the batch size does not divide the number of samples.
    #[default]
    EachEpoch,
    /// After the first iteration, and then after every so many iterations.
    Every(NonZeroU64),
    /// Never, not even at the end.
    Never,
}

/// What is wrong with a configuration, or with the data or the network for it.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The learning rate must be finite and above 0.
    #[error("the learning rate is {0}, expected a finite number above 0")]
    LearningRate(f64),
    /// The step of central differences must be finite and above 0.
    #[error("the step h is {0}, expected a finite number above 0")]
    Step(f64),
    /// The standard deviation of the weights must be finite and at least 0.
    #[error("weight_init_std is {0}, expected a finite number of at least 0")]
    WeightInitStd(f64),
    /// A hidden layer needs at least one neuron.
    #[error("hidden is 0, expected at least 1 neuron")]
    Hidden,
    /// The batch size or the number of samples does not allow minibatches.
    #[error("cannot draw minibatches")]
    Sampling(#[source] SamplingError),
    /// The network has another number of inputs or classes than the data.
    #[error(
        "the net takes {} inputs to {} classes, but the data have {} inputs and {} classes",
        net.0, net.1, data.0, data.1
    )]
    Net {
        /// Inputs and classes of the network.
        net: (usize, usize),
        /// Inputs and classes of the data.
        data: (usize, usize),
    },
    /// There are not as many labels as samples.
    #[error("{labels} labels for {samples} {set} samples, expected one for each")]
    Labels {
        /// "training" or "test".
        set: &'static str,
        /// The number of samples.
        samples: usize,
        /// The number of labels.
        labels: usize,
    },
    /// A label is not below the number of classes.
    #[error("{set} sample {index} has the label {label}, expected a label below the number of classes, {classes}")]
    Label {
        /// "training" or "test".
        set: &'static str,
        /// The number of the sample, from 0.
        index: usize,
        /// Its label.
        label: u8,
        /// The number of classes.
        classes: usize,
    },
    /// The test samples have another number of inputs than the training samples.
    #[error("the test samples have {test} inputs, expected {train} as in the training samples")]
    Inputs {
        /// The number of inputs of the training samples.
        train: usize,
        /// The number of inputs of the test samples.
        test: usize,
    },
    /// A label is one byte, so there are at most 256 classes.
    #[error("there are {0} classes, expected 1 to 256")]
    Classes(usize),
    /// The parameters of the network do not fit together.
    #[error("the parameters do not make a net")]
    Parameters(#[source] ShapeError),
    /// An initial parameter is not finite.
    #[error("{name} would start with {value}: choose a smaller weight_init_std, or f64")]
    Start {
        /// W1, b1, W2 or b2.
        name: &'static str,
        /// Its value.
        value: f64,
    },
}

impl Default for Config {
    fn default() -> Self {
        Self {
            gradient: GradientMethod::Backpropagation,
            iterations: 10_000,
            batch_size: 100,
            learning_rate: 0.1,
            sampling: Sampling::Replacement,
            seed: 0,
            hidden: 50,
            activation: Activation::Sigmoid,
            weight_init_std: 0.01,
            train_limit: None,
            evaluate: Evaluate::EachEpoch,
        }
    }
}

impl Config {
    /// Checks everything that can be checked without the data.
    ///
    /// # Errors
    ///
    /// If a field is outside the range that its documentation gives.
    pub fn check(&self) -> Result<(), ConfigError> {
        let is_positive = |value: f64| value.is_finite() && value > 0.0;
        if !is_positive(self.learning_rate) {
            return Err(ConfigError::LearningRate(self.learning_rate));
        }
        if let GradientMethod::CentralDifferences { h } = self.gradient
            && !is_positive(h)
        {
            return Err(ConfigError::Step(h));
        }
        if !(self.weight_init_std.is_finite() && self.weight_init_std >= 0.0) {
            return Err(ConfigError::WeightInitStd(self.weight_init_std));
        }
        if self.hidden == 0 {
            return Err(ConfigError::Hidden);
        }
        Ok(())
    }

    /// Returns whether the accuracies are computed after iteration `done`, counted from 1, of a run on `train` samples.
    /// The additional evaluation at the end does not count.
    #[must_use]
    pub fn evaluates_after(&self, done: u64, train: usize) -> bool {
        match (self.evaluate, done) {
            (Evaluate::Never, _) | (_, 0) => false,
            (_, 1) => true,
            (Evaluate::EachEpoch, _) => self.epochs(done, train) > self.epochs(done - 1, train),
            (Evaluate::Every(every), _) => (done - 1).is_multiple_of(every.get()),
        }
    }

    /// The number of evaluations that remain after `done` iterations, including the one at the end.
    #[must_use]
    pub fn evaluations_left(&self, done: u64, train: usize) -> u64 {
        let taken = |done: u64| match self.evaluate {
            Evaluate::Never => 0,
            Evaluate::EachEpoch => self.epochs(done, train),
            Evaluate::Every(every) => u128::from(done.div_ceil(every.get())),
        };
        if self.evaluate == Evaluate::Never {
            return 0;
        }
        // a batch is no larger than the training set, so an epoch takes at least one iteration
        let due = u64::try_from(taken(self.iterations) - taken(done.min(self.iterations))).unwrap_or(u64::MAX);
        due + u64::from(!self.evaluates_after(self.iterations, train))
    }

    /// How many epochs have begun within the first `done` iterations: how often floor(i * batch_size / train) has grown.
    fn epochs(&self, done: u64, train: usize) -> u128 {
        match done {
            0 => 0,
            _ => 1 + u128::from(done - 1) * self.batch_size as u128 / train.max(1) as u128,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn evaluated(config: &Config, train: usize) -> Vec<u64> {
        (0..=config.iterations).filter(|&done| config.evaluates_after(done, train)).collect()
    }

    #[test]
    fn the_chapter_evaluates_seventeen_times_and_once_more() {
        let evaluated = evaluated(&Config::default(), 60_000);
        // i = 0, 600, ... 9600 of the notebook
        assert_eq!(evaluated.len(), 17);
        assert_eq!(evaluated[..3], [1, 601, 1201]);
        assert_eq!(evaluated[16], 9601);
        assert_eq!(Config::default().evaluations_left(0, 60_000), 18);
    }

    #[test]
    fn sizes_that_do_not_divide_still_begin_every_epoch() {
        // the book's test `i % 468.75 == 0` would find 6 epochs here
        let config = Config { batch_size: 128, ..Config::default() };
        assert_eq!(evaluated(&config, 60_000).len(), 22);
        assert_eq!(evaluated(&config, 60_000)[1], 470); // 469 * 128 = 60,032
    }

    #[test]
    fn evaluations_left_counts_what_will_be_made() {
        let every = |n| Evaluate::Every(NonZeroU64::new(n).unwrap());
        for evaluate in [Evaluate::EachEpoch, every(1), every(4), every(100)] {
            for (batch_size, train) in [(7, 20), (20, 20), (3, 1000), (100, 60_000)] {
                for iterations in [0, 1, 2, 10, 55] {
                    let config = Config { batch_size, iterations, evaluate, ..Config::default() };
                    for done in 0..=iterations {
                        let due = (done + 1..=iterations).filter(|&i| config.evaluates_after(i, train)).count() as u64;
                        let last = u64::from(!config.evaluates_after(iterations, train));
                        let left = config.evaluations_left(done, train);
                        assert_eq!(left, due + last, "{evaluate:?} {batch_size} {train} {iterations} {done}");
                    }
                }
            }
        }
        let never = Config { evaluate: Evaluate::Never, ..Config::default() };
        assert_eq!((evaluated(&never, 60_000).len(), never.evaluations_left(0, 60_000)), (0, 0));
    }

    #[test]
    fn what_no_run_can_have_is_refused() {
        let book = Config::default;
        assert_eq!(book().check(), Ok(()));
        for bad in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert!(Config { learning_rate: bad, ..book() }.check().is_err());
            let gradient = GradientMethod::CentralDifferences { h: bad };
            assert!(Config { gradient, ..book() }.check().is_err());
        }
        assert_eq!(Config { weight_init_std: 0.0, ..book() }.check(), Ok(()));
        assert!(Config { weight_init_std: -0.1, ..book() }.check().is_err());
        assert_eq!(Config { hidden: 0, ..book() }.check(), Err(ConfigError::Hidden));
    }
}
