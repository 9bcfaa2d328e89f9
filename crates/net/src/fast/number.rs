//! The number types and their kernels: compiled here, once, instead of in every crate that names the type.

use super::differences::{Moves, Outputs};
use super::interpolation::MOST_POINTS;
use super::panel::{Panel, Work};
use super::rows::Samples;
use super::work::{Differences, Found};
use super::{output, run};

/// The number type, `f32` or `f64`: [`core_math::Real`], and the fast paths of this crate.
#[expect(private_bounds, reason = "sealed, so that f32 and f64 stay the only ones")]
pub trait Real: core_math::Real + Kernels {}

impl Real for f32 {}
impl Real for f64 {}

/// The coefficients of W2, K x stride each.
type Coefficients<T> = [Vec<T>; MOST_POINTS];

/// Each method is the function of the same name in the modules below.
pub(super) trait Kernels: core_math::Real {
    fn forward(work: &mut Work<Self>, samples: Samples<Self>, stride: usize, for_differences: bool);
    fn forward_after(work: &mut Work<Self>, samples: Samples<Self>, stride: usize);
    /// Computes the coefficients of W1 and b1.
    fn update_hidden(work: &mut Work<Self>, samples: Samples<Self>, found: Found<Self>, learning_rate: Self);
    /// Updates the parameters with them.
    fn update_rest(work: &mut Work<Self>, samples: Samples<Self>, found: Found<Self>, learning_rate: Self);
    fn add_logits(panel: &Panel<Self>, samples: Samples<Self>, logits: &mut [Self], stride: usize);
    fn output_gradient(logits: &mut [Self], stride: usize, labels: &[u8]);
    fn probabilities(logits: &mut [Self], others: &mut [Self], stride: usize);
    fn interpolate_output(points: usize, dy: &mut Coefficients<Self>, outputs: Outputs<Self>, moves: Moves<Self>);
    fn loss(logits: &mut [Self], stride: usize, labels: &[u8]) -> Self;
}

macro_rules! impl_kernels {
    ($float:ident, $difference:path, $descend_by_differences:path, $interpolate_output:path) => {
        impl Kernels for $float {
            fn forward(work: &mut Work<Self>, samples: Samples<Self>, stride: usize, for_differences: bool) {
                work.forward(samples, stride, for_differences);
            }

            fn forward_after(work: &mut Work<Self>, samples: Samples<Self>, stride: usize) {
                work.forward_after(samples, stride);
            }

            fn update_hidden(work: &mut Work<Self>, samples: Samples<Self>, found: Found<Self>, rate: Self) {
                match found {
                    Found::Derivatives { dy, stride } => work.backpropagate(dy, stride),
                    Found::Differences(found) => $difference(work, samples, found, rate),
                }
            }

            fn update_rest(work: &mut Work<Self>, samples: Samples<Self>, found: Found<Self>, rate: Self) {
                match found {
                    Found::Derivatives { dy, stride } => work.descend_by_derivatives(samples, dy, stride, rate),
                    Found::Differences(found) => $descend_by_differences(work, samples, found, rate),
                }
            }

            fn add_logits(panel: &Panel<Self>, samples: Samples<Self>, logits: &mut [Self], stride: usize) {
                panel.add_logits(samples, logits, stride);
            }

            fn output_gradient(logits: &mut [Self], stride: usize, labels: &[u8]) {
                run!(output::gradient::<$float>(logits, stride, labels));
            }

            fn probabilities(logits: &mut [Self], others: &mut [Self], stride: usize) {
                run!(output::probabilities::<$float>(logits, others, stride));
            }

            fn interpolate_output(
                points: usize,
                dy: &mut Coefficients<Self>,
                outputs: Outputs<Self>,
                moves: Moves<Self>,
            ) {
                $interpolate_output(points, dy, outputs, moves);
            }

            fn loss(logits: &mut [Self], stride: usize, labels: &[u8]) -> Self {
                run!(output::loss::<$float>(logits, stride, labels))
            }
        }
    };
}
impl_kernels!(f32, no_differences, no_differences, no_interpolation);
impl_kernels!(f64, Work::difference, Work::descend_by_differences, interpolate);

const NONE: &str = "Moves::way leaves differences in f32 to the definition";

/// A placeholder, so that no code for differences is compiled for `f32`.
fn no_differences(_: &mut Work<f32>, _: Samples<f32>, _: Differences<f32>, _: f32) {
    unreachable!("{NONE}");
}

fn no_interpolation(_: usize, _: &mut Coefficients<f32>, _: Outputs<f32>, _: Moves<f32>) {
    unreachable!("{NONE}");
}

fn interpolate(points: usize, dy: &mut Coefficients<f64>, outputs: Outputs<f64>, moves: Moves<f64>) {
    match points {
        2 => run!(output::interpolate::<f64, 2>(dy, outputs, moves)),
        3 => run!(output::interpolate::<f64, 3>(dy, outputs, moves)),
        _ => run!(output::interpolate::<f64, MOST_POINTS>(dy, outputs, moves)),
    }
}
