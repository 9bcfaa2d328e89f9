//! The loop of section 4.5.2: minibatch, gradient, update, loss; accuracies whenever an epoch begins.

use super::learner::Learner;
use super::signals::Signals;
use crate::answers::accuracy;
use crate::checkpoint::{Checkpoint, Stored};
use crate::config::Config;
use crate::data::{Data, Fingerprint, Inputs};
use crate::history::{Evaluation, History};
use anyhow::{Result, bail};
use core_math::Real;
use net::{Parameters, Predictor, TwoLayerNet};
use std::borrow::Cow;
use std::time::Instant;

/// A run between two iterations.
pub(super) struct Training<'a, T: Stored> {
    config: Config,
    learner: Learner<'a, T>,
    iteration: u64,
    history: History,
    data: &'a Data,
    inputs: &'a Inputs<T>,
    fingerprint: Fingerprint,
    /// Seconds of earlier sittings.
    before: f64,
    started: Instant,
}

pub(super) enum Outcome {
    Finished,
    Interrupted { exit_code: u8 },
}

/// Whoever wants to know how a run goes: log, checkpoints, epoch lines, progress bar.
pub(super) trait Observer<T: Stored> {
    /// An iteration is done; its loss is `loss`.
    fn after_iteration(&mut self, _training: &Training<T>, _loss: f64) -> Result<()> {
        Ok(())
    }

    /// The last of `training.history().evaluations` is new.
    fn after_evaluation(&mut self, _training: &Training<T>) -> Result<()> {
        Ok(())
    }

    /// The run is over, or is interrupted.
    fn at_end(&mut self, _training: &Training<T>) -> Result<()> {
        Ok(())
    }
}

impl<'a, T: Stored> Training<'a, T> {
    /// A run at its start.
    pub(super) fn new(config: Config, net: TwoLayerNet<T>, data: &'a Data, inputs: &'a Inputs<T>) -> Result<Self> {
        Self::at(config, net, 0, History::default(), data, inputs)
    }

    /// A run at a checkpoint. The evaluation at the end of the earlier sitting goes, unless one is due there anyway:
    /// the run that was never stopped has none.
    pub(super) fn resumed(checkpoint: Checkpoint, data: &'a Data, inputs: &'a Inputs<T>) -> Result<Self> {
        let net = checkpoint.net();
        let Checkpoint { config, iteration, mut history, .. } = checkpoint;
        let extra = |e: &Evaluation| e.iteration == iteration && !config.begins_epoch(iteration, data.train.len());
        if config.iterations > iteration && history.evaluations.last().is_some_and(extra) {
            history.evaluations.pop();
        }
        Self::at(config, net, iteration, history, data, inputs)
    }

    fn at(
        config: Config,
        net: TwoLayerNet<T>,
        iteration: u64,
        history: History,
        data: &'a Data,
        inputs: &'a Inputs<T>,
    ) -> Result<Self> {
        let learner = Learner::new(&config, net, data, inputs)?;
        let before = history.evaluations.last().map_or(0.0, |last| last.seconds);
        let fingerprint = data.fingerprint();
        Ok(Self { config, learner, iteration, history, data, inputs, fingerprint, before, started: Instant::now() })
    }

    /// Trains until the end or a signal.
    pub(super) fn run(&mut self, signals: &Signals, observers: &mut [Box<dyn Observer<T> + '_>]) -> Result<Outcome> {
        self.started = Instant::now();
        let outcome = loop {
            if self.iteration >= self.config.iterations {
                break Outcome::Finished;
            }
            if let Some(exit_code) = signals.exit_code() {
                break Outcome::Interrupted { exit_code };
            }
            let loss = self.iterate()?;
            for observer in &mut *observers {
                observer.after_iteration(self, loss)?;
            }
            if self.begins_epoch() {
                self.evaluate(observers)?;
            }
        };
        let evaluated = self.history.evaluations.last().is_some_and(|last| last.iteration == self.iteration);
        if matches!(outcome, Outcome::Finished) && !evaluated {
            self.evaluate(observers)?;
        }
        for observer in observers {
            observer.at_end(self)?;
        }
        Ok(outcome)
    }

    /// One iteration; returns the loss of the batch just used, after the update.
    fn iterate(&mut self) -> Result<f64> {
        let loss = self.learner.iterate(self.iteration).to_f64();

        self.iteration += 1;
        let culprit = match self.learner.first_not_finite() {
            Some((name, value)) => Some(format!("{name} holds {value}")),
            None if !loss.is_finite() => {
                let (name, value) = largest(&self.learner.net().params);
                Some(format!("the loss is {loss}, while {name} reaches {value:.2e}"))
            }
            None => None,
        };
        if let Some(culprit) = culprit {
            bail!(
                "stopped at iteration {}: {culprit}. The last checkpoint is kept; try a --learning-rate below {}",
                self.iteration,
                self.config.learning_rate
            );
        }
        self.history.push(self.iteration, loss);
        Ok(loss)
    }

    fn evaluate(&mut self, observers: &mut [Box<dyn Observer<T> + '_>]) -> Result<()> {
        let predictor = Predictor::new(&self.learner.net());
        let train_accuracy = accuracy(&predictor, &self.inputs.train, self.data.train.labels());
        let test_accuracy = accuracy(&predictor, &self.inputs.test, self.data.test.labels());
        let seconds = self.before + self.started.elapsed().as_secs_f64();
        let iteration = self.iteration;
        self.history.evaluations.push(Evaluation { iteration, train_accuracy, test_accuracy, seconds });
        for observer in observers {
            observer.after_evaluation(self)?;
        }
        Ok(())
    }

    pub(super) fn checkpoint(&self) -> Checkpoint {
        Checkpoint {
            config: self.config.clone(),
            iteration: self.iteration,
            parameters: T::store(self.learner.net().into_owned().params),
            history: self.history.clone(),
            data: self.fingerprint.clone(),
        }
    }
}

/// The parameter that is farthest from 0.
fn largest<T: Real>(parameters: &Parameters<T>) -> (&'static str, f64) {
    let all = parameters.named().flat_map(|(name, values)| values.iter().map(move |v| (name, v.to_f64())));
    all.fold(("W1", 0.0), |largest, next| if next.1.abs() > largest.1.abs() { next } else { largest })
}

impl<'a, T: Stored> Training<'a, T> {
    pub(super) fn config(&self) -> &Config {
        &self.config
    }

    /// The net as it is now.
    pub(super) fn net(&self) -> Cow<'_, TwoLayerNet<T>> {
        self.learner.net()
    }

    pub(super) fn data(&self) -> &'a Data {
        self.data
    }

    pub(super) fn inputs(&self) -> &Inputs<T> {
        self.inputs
    }

    pub(super) fn fingerprint(&self) -> &Fingerprint {
        &self.fingerprint
    }

    /// Whether the accuracies are due after the iteration just done.
    pub(super) fn begins_epoch(&self) -> bool {
        self.config.begins_epoch(self.iteration, self.data.train.len())
    }

    /// How many iterations are done.
    pub(super) fn iteration(&self) -> u64 {
        self.iteration
    }

    pub(super) fn history(&self) -> &History {
        &self.history
    }
}
