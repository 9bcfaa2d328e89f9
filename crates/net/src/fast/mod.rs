//! The fast path of both gradients and of inference.
//!
//! From the bottom up:
//!
//! * `rows`: samples, stored as their inputs that are not 0
//! * `batch`: the samples of one step, copied into one place
//! * `panel`: the hidden layer in slices of neurons whose sums fit into the vector registers
//! * `interpolation`: a central difference as a polynomial of the input, so that only a few have to be evaluated
//! * `kernels`, `differences`, `output`: the computations of a panel and of the output layer
//! * `work`: a panel with its values for the batch; calls the kernels
//! * `number`: all of this compiled for `f32` and for `f64`
//! * `pipeline`: a step, together with the forward pass of the next one
//! * `trainer` and `predictor`: the public types
//!
//! Four fifths of MNIST's pixels are 0. For each input that is not 0, its row of W1 times the input is added to the sums
//! of the neurons: a few multiplications of whole registers. All of it is plain Rust on arrays of [`LANES`] numbers,
//! which `multiversion` also compiles for AVX2 (and AVX-512). No fused multiply-add is used, so that all versions give
//! the same bits.
//!
//! The tests compare it with [`TwoLayerNet::gradient`](crate::TwoLayerNet::gradient),
//! [`numerical_gradient_by_definition`](crate::TwoLayerNet::numerical_gradient_by_definition),
//! [`loss`](crate::TwoLayerNet::loss) and [`logits`](crate::TwoLayerNet::logits).

mod batch;
mod differences;
mod interpolation;
mod kernels;
mod number;
mod output;
mod panel;
mod pipeline;
mod predictor;
mod rows;
mod trainer;
mod work;

pub use batch::Batch;
pub use number::Real;
pub use predictor::Predictor;
pub use rows::Rows;
pub use trainer::{GradientMethod, Trainer};

/// How many numbers are processed at once: for `f32` one AVX2 register; for `f64` two, or one of AVX-512.
const LANES: usize = 8;

/// Aligned so that an AVX2 register can be loaded in one piece.
#[derive(Clone, Copy)]
#[repr(align(32))]
struct Lanes<T>([T; LANES]);

impl<T: Copy> Lanes<T> {
    const fn of(value: T) -> Self {
        Self([value; LANES])
    }
}

/// Calls a kernel in the version for this machine; a test can ask for the portable one.
macro_rules! run {
    ($module:ident::$kernel:ident::<$($generic:tt),+>($($argument:expr),* $(,)?)) => {{
        #[cfg(test)]
        let result = if $crate::fast::portable::is_wanted() {
            $module::portable::$kernel::<$($generic),+>($($argument),*)
        } else {
            $module::$kernel::<$($generic),+>($($argument),*)
        };
        #[cfg(not(test))]
        let result = $module::$kernel::<$($generic),+>($($argument),*);
        result
    }};
}
use run;

#[cfg(test)]
mod portable;
#[cfg(test)]
mod same_bits;
