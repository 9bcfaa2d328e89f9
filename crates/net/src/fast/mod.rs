//! The fast path of both gradients and of inference.
//!
//! From the bottom:
//!
//! * `rows`: samples, as the inputs that are not 0
//! * `batch`: the samples of one step, copied side by side
//! * `panel`: the hidden layer in slices of units whose sums fit into the vector registers
//! * `interpolation`: a central difference as a polynomial of the input, so that few have to be evaluated
//! * `kernels`, `differences`, `output`: what a panel, and the output layer, compute
//! * `work`: a panel with what a step keeps of a batch; calls the kernels
//! * `number`: all of that compiled for `f32` and for `f64`
//! * `pipeline`: a step, and the forward pass of the next one along with it
//! * `trainer` and `predictor`: the front
//!
//! Four fifths of MNIST's pixels are 0. Where an input is not 0, its row of W1 times the input is added to the sums of
//! the units: a few multiplications of whole registers. All of it is plain Rust on arrays of [`LANES`] numbers, which
//! `multiversion` compiles for AVX2 (and AVX-512) as well; no fused operation is written, so that all give the same bits.
//!
//! The oracles are [`TwoLayerNet::gradient`](crate::TwoLayerNet::gradient),
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

/// Numbers that are worked on at once: of `f32` one AVX2 register; of `f64` two, or one of AVX-512.
const LANES: usize = 8;

/// Where an AVX2 register can be loaded from in one piece.
#[derive(Clone, Copy)]
#[repr(align(32))]
struct Lanes<T>([T; LANES]);

impl<T: Copy> Lanes<T> {
    const fn of(value: T) -> Self {
        Self([value; LANES])
    }
}

/// Calls a kernel, the version for this machine; in tests that ask for it the portable one.
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
