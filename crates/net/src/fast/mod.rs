//! The fast path of backpropagation and inference.
//!
//! * `rows`: the samples, as the inputs that are not 0
//! * `panel`: the hidden layer in slices of units whose sums fit into the vector registers
//! * `kernels`: what a panel computes
//! * `batch`: the samples of one step side by side
//! * `output`: softmax, its gradient and the loss, eight samples at once
//! * `pipeline`: a step, and the forward pass of the next one along with it
//! * `dense`: what takes its place where most inputs are not 0
//! * `trainer` and `predictor`: the front
//!
//! Four fifths of MNIST's pixels are 0. Where an input is not 0, its row of W1 times the input is added to the sums of
//! the units: a few multiplications of whole registers. All of it is plain Rust on arrays of [`LANES`] numbers, which
//! `multiversion` compiles for AVX2 as well; no fused operation is written, so that both give the same bits.
//!
//! The oracles are [`TwoLayerNet::gradient`](crate::TwoLayerNet::gradient),
//! [`loss`](crate::TwoLayerNet::loss) and [`logits`](crate::TwoLayerNet::logits).

mod batch;
mod dense;
mod kernels;
mod output;
mod panel;
mod pipeline;
mod predictor;
mod rows;
mod trainer;

use core_math::Real;

pub use predictor::Predictor;
pub use rows::Rows;
pub use trainer::Trainer;

/// Numbers that are worked on at once: one AVX2 register of `f32`, two of `f64`.
const LANES: usize = 8;

/// Where an AVX2 register can be loaded from in one piece.
#[derive(Clone, Copy)]
#[repr(align(32))]
struct Lanes<T>([T; LANES]);

impl<T: Real> Lanes<T> {
    const fn of(value: T) -> Self {
        Self([value; LANES])
    }
}
