//! The training loop of section 4.5.2.

use crate::clock::Clock;
use crate::{Config, ConfigError, Data, Diverged, Evaluation, History, Observer};
use dataset::Sampler;
use net::{Activation, Batch, GradientMethod, Parameters, Predictor, Real, Sizes, Trainer, TwoLayerNet};
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
use std::convert::Infallible;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// A training run, between two iterations.
#[must_use = "a run does nothing until you call step or run"]
pub struct Run<T: Real> {
    config: Config,
    data: Arc<Data<T>>,
    trainer: Trainer<T>,
    sampler: Sampler,
    /// The indices of the samples of the next iteration.
    batch: Vec<usize>,
    iteration: u64,
    history: History,
    clock: Clock,
    /// Why it cannot continue.
    diverged: Option<Diverged>,
}

/// The result of an iteration.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// The loss of the batch just used, with the updated parameters.
    pub loss: f64,
    /// The accuracies, if this iteration computes them.
    pub evaluation: Option<Evaluation>,
}

/// How a call of [`Run::run`] ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// All iterations are done.
    Finished,
    /// An observer stopped it; [`Run::run`] can continue.
    Stopped,
}

/// Why a run stopped before its end.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum RunError<E> {
    /// A parameter or the loss is not finite, or the weights are too large for central differences.
    #[error(transparent)]
    Diverged(#[from] Diverged),
    /// An observer failed; its error is the source.
    #[error("an observer of the run failed")]
    Observer(#[source] E),
}

/// An untrained network: weights `weight_init_std` * N(0, 1), biases 0. It depends only on the seed and the other
/// arguments.
#[must_use]
pub fn fresh_net<T: Real>(seed: u64, sizes: Sizes, activation: Activation, weight_init_std: f64) -> TwoLayerNet<T> {
    let mut key = [0; 32];
    key[..8].copy_from_slice(&seed.to_le_bytes());
    key[8..16].copy_from_slice(b"weights "); // minibatches use another key
    TwoLayerNet::random(sizes, activation, weight_init_std, &mut ChaCha8Rng::from_seed(key))
}

impl<T: Real> Run<T> {
    /// Starts a run with random weights.
    ///
    /// # Errors
    ///
    /// If the configuration is invalid or does not fit the data, or if the data are not what [`Data`] says of them.
    pub fn new(config: Config, data: Arc<Data<T>>) -> Result<Self, ConfigError> {
        config.check()?;
        data.check()?;
        let sizes = Sizes { inputs: data.train.x.inputs(), hidden: config.hidden, classes: data.classes };
        let net = fresh_net(config.seed, sizes, config.activation, config.weight_init_std);
        Self::from_net(config, &net, data)
    }

    /// Starts a run with your network. The configuration's `hidden`, `activation` and `weight_init_std` are not used.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new), and if the parameters do not fit together or a parameter is not finite.
    pub fn from_net(config: Config, net: &TwoLayerNet<T>, data: Arc<Data<T>>) -> Result<Self, ConfigError> {
        Self::resumed(config, net, 0, History::default(), data)
    }

    /// Resumes a run after `iteration` iterations, so that it continues as if it had never been interrupted. If the
    /// earlier part ended with an additional evaluation, it is dropped from the history.
    ///
    /// # Errors
    ///
    /// As [`from_net`](Self::from_net).
    pub fn resumed(
        config: Config,
        net: &TwoLayerNet<T>,
        iteration: u64,
        mut history: History,
        data: Arc<Data<T>>,
    ) -> Result<Self, ConfigError> {
        config.check()?;
        data.check()?;
        let sizes = net.params.sizes().map_err(ConfigError::Parameters)?;
        let (net_fits, data_has) = ((sizes.inputs, sizes.classes), (data.train.x.inputs(), data.classes));
        if net_fits != data_has {
            return Err(ConfigError::Net { net: net_fits, data: data_has });
        }
        if let Some((name, value)) = net.params.first_not_finite() {
            return Err(ConfigError::Start { name, value: value.to_f64() });
        }
        let train = train_len(&config, &data);
        let mut sampler =
            Sampler::new(config.sampling, config.seed, train, config.batch_size).map_err(ConfigError::Sampling)?;
        let batch = sampler.batch(iteration).to_vec();

        let extra = |e: &Evaluation| e.iteration == iteration && !config.evaluates_after(iteration, train);
        if config.iterations > iteration && history.evaluations.last().is_some_and(extra) {
            history.evaluations.pop();
        }
        let before = history.evaluations.last().map_or(0.0, |last| last.seconds);
        let clock = Clock::new(Duration::try_from_secs_f64(before).unwrap_or_default());
        let trainer = Trainer::new(net, config.gradient);
        Ok(Self { config, data, trainer, sampler, batch, iteration, history, clock, diverged: None })
    }

    /// Does one iteration: gradient, update, loss and, if [`Config::evaluate`] says so, the accuracies. It may go beyond
    /// the configured number of iterations.
    ///
    /// # Errors
    ///
    /// [`Diverged`] if a parameter or the loss is not finite after the update, or if the weights are too large for
    /// central differences before it. Then every later call returns the same error.
    pub fn step(&mut self) -> Result<Step, Diverged> {
        let loss = self.iterate()?;
        Ok(Step { loss, evaluation: self.evaluate_if_due() })
    }

    /// The first half of [`step`](Self::step): gradient, update and loss. Show the loss, then call
    /// [`evaluate_if_due`](Self::evaluate_if_due), which can take far longer.
    ///
    /// # Errors
    ///
    /// As [`step`](Self::step).
    pub fn iterate(&mut self) -> Result<f64, Diverged> {
        self.clock.start();
        let loss = self.advance();
        self.clock.stop();
        loss
    }

    /// The second half of [`step`](Self::step): the accuracies, if they are due after this iteration and have not been taken.
    pub fn evaluate_if_due(&mut self) -> Option<Evaluation> {
        self.evaluation_is_due().then(|| {
            self.clock.start();
            let evaluation = self.evaluate();
            self.clock.stop();
            evaluation
        })
    }

    /// Whether the accuracies are due after the iteration just done, and have not been taken.
    #[must_use]
    pub fn evaluation_is_due(&self) -> bool {
        self.evaluates_now() && !self.is_evaluated()
    }

    fn is_evaluated(&self) -> bool {
        self.history.evaluations.last().is_some_and(|last| last.iteration == self.iteration)
    }

    /// Continues until the end, or until an observer stops the run. At the end, the accuracies
    /// are computed unless they just were, or [`Evaluate::Never`](crate::Evaluate::Never) is set.
    ///
    /// # Errors
    ///
    /// If the run has [`Diverged`], or if an observer fails.
    pub fn run<E>(&mut self, observer: &mut (impl Observer<T, Error = E> + ?Sized)) -> Result<Outcome, RunError<E>> {
        self.clock.start();
        let outcome = self.run_observed(observer);
        self.clock.stop();
        outcome
    }

    /// [`run`](Self::run) without an observer.
    ///
    /// # Errors
    ///
    /// If the run has [`Diverged`].
    pub fn run_to_end(&mut self) -> Result<(), Diverged> {
        match self.run::<Infallible>(&mut ()) {
            Ok(_) => Ok(()),
            Err(RunError::Diverged(diverged)) => Err(diverged),
            Err(RunError::Observer(never)) => match never {},
        }
    }

    fn run_observed<E>(
        &mut self,
        observer: &mut (impl Observer<T, Error = E> + ?Sized),
    ) -> Result<Outcome, RunError<E>> {
        let mut stopped = false;
        while !stopped && self.iteration < self.config.iterations {
            let loss = self.advance()?;
            stopped |= observer.after_iteration(self, loss).map_err(RunError::Observer)?.is_break();
            if self.evaluates_now() {
                self.evaluate();
                stopped |= observer.after_evaluation(self).map_err(RunError::Observer)?.is_break();
            }
        }
        let finished = self.iteration >= self.config.iterations;
        if finished && !self.is_evaluated() && self.config.evaluate != crate::Evaluate::Never {
            self.evaluate();
            // there is nothing left to stop
            let _ = observer.after_evaluation(self).map_err(RunError::Observer)?;
        }
        observer.at_end(self).map_err(RunError::Observer)?;
        Ok(if finished { Outcome::Finished } else { Outcome::Stopped })
    }

    /// One iteration; returns the loss of the batch just used, with the updated parameters.
    fn advance(&mut self) -> Result<f64, Diverged> {
        let loss = self.try_to_advance();
        self.diverged = loss.as_ref().err().cloned();
        loss
    }

    fn try_to_advance(&mut self) -> Result<f64, Diverged> {
        self.check_step(&self.trainer)?;
        let next = self.sampler.batch(self.iteration + 1);
        let (x, t) = (&self.data.train.x, &self.data.train.t);
        let batch = Batch::new(x, t, &self.batch).then(Batch::new(x, t, next));
        let loss = self.trainer.step_and_loss(batch, T::of(self.config.learning_rate)).to_f64();
        self.batch.copy_from_slice(next);
        self.iteration += 1;

        let culprit = match self.trainer.first_not_finite() {
            Some((name, value)) => Some((name, value.to_f64())),
            None if !loss.is_finite() => Some(largest(&self.trainer.net().params)),
            None => None,
        };
        if let Some(culprit) = culprit {
            return Err(self.diverged_at(self.iteration, culprit, loss, None));
        }
        self.history.push(self.iteration, loss);
        Ok(loss)
    }

    /// An error if the run has diverged, or if its weights are too large for the step of this trainer.
    fn check_step(&self, trainer: &Trainer<T>) -> Result<(), Diverged> {
        if let Some(diverged) = &self.diverged {
            return Err(diverged.clone());
        }
        match trainer.method() {
            GradientMethod::CentralDifferences { h } if trainer.has_outgrown_step() => {
                let loss = self.history.losses.last().copied().unwrap_or(f64::NAN);
                Err(self.diverged_at(self.iteration + 1, largest(&trainer.net().params), loss, Some(h)))
            }
            _ => Ok(()),
        }
    }

    fn diverged_at(
        &self,
        iteration: u64,
        (name, value): (&'static str, f64),
        loss: f64,
        step: Option<f64>,
    ) -> Diverged {
        Diverged { iteration, name, value, loss, step, learning_rate: self.config.learning_rate }
    }

    fn evaluate(&mut self) -> Evaluation {
        let predictor = self.trainer.predictor();
        let Data { train, test, .. } = &*self.data;
        let trained_on = self.train_len();
        let evaluation = Evaluation {
            iteration: self.iteration,
            train_accuracy: predictor.accuracy(&train.x, 0..trained_on, &train.t[..trained_on]),
            test_accuracy: predictor.accuracy(&test.x, 0..test.t.len(), &test.t),
            seconds: self.clock.seconds(),
        };
        self.history.evaluations.push(evaluation);
        evaluation
    }

    /// Changes the learning rate of the following iterations.
    ///
    /// # Errors
    ///
    /// If it is not finite or not above 0; nothing changes then.
    pub fn set_learning_rate(&mut self, learning_rate: f64) -> Result<(), ConfigError> {
        let config = Config { learning_rate, ..self.config.clone() };
        config.check()?;
        self.config = config;
        Ok(())
    }

    /// The configuration.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The data.
    pub fn data(&self) -> &Arc<Data<T>> {
        &self.data
    }

    /// The number of training samples that are used.
    pub fn train_len(&self) -> usize {
        train_len(&self.config, &self.data)
    }

    /// Returns whether the accuracies are computed after the iteration just done.
    #[must_use]
    pub fn evaluates_now(&self) -> bool {
        self.config.evaluates_after(self.iteration, self.train_len())
    }

    /// The number of iterations done.
    pub fn iteration(&self) -> u64 {
        self.iteration
    }

    /// The losses and accuracies until now.
    pub fn history(&self) -> &History {
        &self.history
    }

    /// The indices of the samples of the next iteration.
    pub fn next_batch(&self) -> &[usize] {
        &self.batch
    }

    /// The current network.
    #[must_use]
    pub fn net(&self) -> TwoLayerNet<T> {
        self.trainer.net()
    }

    /// The current network, for inference.
    #[must_use]
    pub fn predictor(&self) -> Predictor<T> {
        self.trainer.predictor()
    }

    /// The gradient of the loss of the next batch, by either method. So you can compare the gradient that the next
    /// iteration uses with the one of the other method.
    ///
    /// # Errors
    ///
    /// [`Diverged`] if the run has diverged, or if the weights are too large for central differences.
    pub fn next_gradient(&self, method: GradientMethod) -> Result<Parameters<T>, Diverged> {
        let mut trainer = Trainer::new(&self.net(), method);
        self.check_step(&trainer)?;
        let Data { train, .. } = &*self.data;
        Ok(trainer.gradient(Batch::new(&train.x, &train.t, &self.batch)))
    }
}

/// Shows iteration and configuration only.
impl<T: Real> fmt::Debug for Run<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Run").field("iteration", &self.iteration).field("config", &self.config).finish_non_exhaustive()
    }
}

fn train_len<T: Real>(config: &Config, data: &Data<T>) -> usize {
    config.train_limit.unwrap_or(usize::MAX).min(data.train.t.len())
}

/// The parameter with the largest absolute value.
fn largest<T: Real>(parameters: &Parameters<T>) -> (&'static str, f64) {
    let all = parameters.named().flat_map(|(name, values)| values.iter().map(move |v| (name, v.to_f64())));
    all.fold(("W1", 0.0), |largest, next| if next.1.abs() > largest.1.abs() { next } else { largest })
}
