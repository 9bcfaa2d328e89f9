//! One iteration in detail: its minibatch, the gradient of one weight by hand, and the update.

use crate::error::WebError;
use crate::session::Course;
use crate::view::{Difference, largest_difference};
use net::nalgebra::DMatrix;
use net::{GradientMethod, Predictor, Rows, TwoLayerNet};
use serde::Serialize;
use training::Evaluation;

/// The number of images of the minibatch that are shown.
const SHOWN: usize = 100;

/// The details of an iteration. The images of the minibatch follow, 784 bytes each.
#[derive(Serialize)]
pub(crate) struct Detail {
    /// The iteration, counted from 1.
    iteration: u64,
    batch_size: usize,
    /// The labels of the images that are shown.
    labels: Vec<u8>,
    /// The loss of the minibatch before and after the update.
    loss_before: f64,
    loss_after: f64,
    weight: Weight,
    difference: Difference,
    evaluation: Option<Evaluation>,
}

/// The weight of W1 with the largest gradient, with each step of (L(w + h) - L(w - h)) / 2h.
#[derive(Serialize)]
struct Weight {
    /// Its input (a pixel) and its hidden neuron: W1[input, neuron].
    input: usize,
    neuron: usize,
    h: f64,
    before: f64,
    loss_above: f64,
    loss_below: f64,
    numerical: f64,
    backpropagation: f64,
    /// Its value after the update.
    after: f64,
}

impl Course {
    /// Does one iteration and returns its details; the images of its minibatch are appended to `images`.
    ///
    /// # Errors
    ///
    /// If the run has diverged, or if its weights are too large for the step h. Then it does no iteration.
    pub(crate) fn step_in_detail(&mut self, images: &mut Vec<u8>) -> Result<Detail, WebError> {
        let batch = self.run.next_batch().to_vec();
        let set = &self.images.train;
        let shown = &batch[..batch.len().min(SHOWN)];
        shown.iter().for_each(|index| images.extend(set.image(*index)));
        let labels = shown.iter().map(|index| set.labels()[*index]).collect();

        let pixels: Vec<u8> = batch.iter().flat_map(|index| set.image(*index)).copied().collect();
        let x = Rows::from_bytes(&pixels, set.pixels_per_image()); // N x D
        let t: Vec<u8> = batch.iter().map(|index| set.labels()[*index]).collect();
        let loss = |net: &TwoLayerNet<f64>| Predictor::new(net).loss(&x, 0..t.len(), &t);

        let h = self.h;
        let numerical = self.run.next_gradient(GradientMethod::CentralDifferences { h })?;
        let backpropagation = self.run.next_gradient(GradientMethod::Backpropagation)?;
        let (input, neuron) = largest(&numerical.w1);
        let mut net = self.run.net();
        let (loss_before, before) = (loss(&net), net.params.w1[(input, neuron)]);
        net.params.w1[(input, neuron)] = before + h;
        let loss_above = loss(&net);
        net.params.w1[(input, neuron)] = before - h;
        let loss_below = loss(&net);

        let step = self.run.step()?;
        Ok(Detail {
            iteration: self.run.iteration(),
            batch_size: batch.len(),
            labels,
            loss_before,
            loss_after: step.loss,
            weight: Weight {
                input,
                neuron,
                h,
                before,
                loss_above,
                loss_below,
                numerical: numerical.w1[(input, neuron)],
                backpropagation: backpropagation.w1[(input, neuron)],
                after: self.run.net().params.w1[(input, neuron)],
            },
            difference: largest_difference(&numerical, &backpropagation),
            evaluation: step.evaluation,
        })
    }
}

/// The position of the number furthest from 0.
fn largest(matrix: &DMatrix<f64>) -> (usize, usize) {
    let mut largest = (0, 0);
    for j in 0..matrix.ncols() {
        for i in 0..matrix.nrows() {
            if matrix[(i, j)].abs() > matrix[largest].abs() {
                largest = (i, j);
            }
        }
    }
    largest
}
