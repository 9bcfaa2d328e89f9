//! One iteration of training, in the way that the run is configured for.

use crate::checkpoint::Stored;
use crate::config::{Config, Gradient};
use crate::data::{Data, Inputs};
use anyhow::{Context, Result};
use dataset::{ImageSet, Sampler};
use net::{Trainer, TwoLayerNet};
use std::borrow::Cow;

/// A net, and what it takes to bring it one iteration further.
pub(super) struct Learner<'a, T: Stored> {
    way: Way<'a, T>,
    sampler: Sampler,
    learning_rate: T,
}

enum Way<'a, T: Stored> {
    /// The fast path. `batch` is that of the iteration that comes, empty before the first.
    Backprop { trainer: Box<Trainer<'a, T>>, batch: Vec<usize> },
    /// As the book has it, but for the gradient itself.
    Numerical { net: TwoLayerNet<T>, images: &'a ImageSet, step: f64 },
}

impl<'a, T: Stored> Learner<'a, T> {
    pub(super) fn new(config: &Config, net: TwoLayerNet<T>, data: &'a Data, inputs: &'a Inputs<T>) -> Result<Self> {
        let sampler = Sampler::new(config.sampling.into(), config.seed, data.train.len(), config.batch_size)
            .context("cannot draw minibatches")?;
        let way = match config.gradient {
            Gradient::Backprop => Way::Backprop {
                trainer: Box::new(Trainer::new(&net, &inputs.train, data.train.labels())),
                batch: Vec::with_capacity(config.batch_size),
            },
            Gradient::Numerical => Way::Numerical { net, images: &data.train, step: config.step },
        };
        Ok(Self { way, sampler, learning_rate: T::of(config.learning_rate) })
    }

    /// Iteration number `iteration`, counted from 0; to be called in their order. Returns the loss of the batch just
    /// used, after the update.
    pub(super) fn iterate(&mut self, iteration: u64) -> T {
        match &mut self.way {
            Way::Backprop { trainer, batch } => {
                if batch.is_empty() {
                    batch.extend_from_slice(self.sampler.batch(iteration));
                }
                let next = self.sampler.batch(iteration + 1);
                trainer.announce(next);
                let loss = trainer.step_and_loss(batch, self.learning_rate);
                batch.copy_from_slice(next);
                loss
            }
            Way::Numerical { net, images, step } => {
                let (x_batch, t_batch) = images.batch::<T>(self.sampler.batch(iteration));
                let gradient = T::numerical_gradient(net, &x_batch, &t_batch, *step);
                net.update(&gradient, self.learning_rate);
                net.loss(&x_batch, &t_batch)
            }
        }
    }

    /// The net as it is now.
    pub(super) fn net(&self) -> Cow<'_, TwoLayerNet<T>> {
        match &self.way {
            Way::Backprop { trainer, .. } => Cow::Owned(trainer.net()),
            Way::Numerical { net, .. } => Cow::Borrowed(net),
        }
    }

    /// The first array that holds NaN or an infinity, and that element.
    pub(super) fn first_not_finite(&self) -> Option<(&'static str, T)> {
        match &self.way {
            Way::Backprop { trainer, .. } => trainer.first_not_finite(),
            Way::Numerical { net, .. } => net.params.first_not_finite(),
        }
    }
}
