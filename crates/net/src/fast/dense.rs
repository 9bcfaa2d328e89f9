//! Training on inputs that are mostly not 0: the readable net on copied batches.

use super::rows::Rows;
use crate::TwoLayerNet;
use core_math::Real;
use nalgebra::DMatrix;

/// The steps of a [`Trainer`](crate::Trainer) whose inputs are mostly not 0.
pub(super) struct Dense<'a, T: Real> {
    x: &'a Rows<T>,
    t: &'a [u8],
    net: TwoLayerNet<T>,
    x_batch: DMatrix<T>, // N x D
    t_batch: Vec<u8>,    // N
}

impl<'a, T: Real> Dense<'a, T> {
    pub(super) fn new(net: &TwoLayerNet<T>, x: &'a Rows<T>, t: &'a [u8]) -> Self {
        Self { x, t, net: net.clone(), x_batch: DMatrix::zeros(0, x.inputs()), t_batch: Vec::new() }
    }

    pub(super) fn step(&mut self, batch: &[usize], learning_rate: T) {
        let x_transposed = self.x.to_transposed_matrix(batch.iter().copied());
        self.x_batch = x_transposed.transpose();
        self.t_batch.clear();
        self.t_batch.extend(batch.iter().map(|&n| self.t[n]));
        let gradient = self.net.gradient_of(&self.x_batch, &x_transposed, &self.t_batch);
        self.net.update(&gradient, learning_rate);
    }

    /// The loss of the last step's batch, after it.
    pub(super) fn loss(&self) -> T {
        self.net.loss(&self.x_batch, &self.t_batch)
    }

    pub(super) fn net(&self) -> &TwoLayerNet<T> {
        &self.net
    }
}
