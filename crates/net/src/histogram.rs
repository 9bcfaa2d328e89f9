//! The distribution of the outputs of the hidden layer.

use crate::{Activation, TwoLayerNet};
use core_math::Real;
use nalgebra::DMatrix;

/// A histogram of the outputs of the hidden layer in 20 bins: from 0 to 1 for sigmoid, -1 to 1 for tanh, 0 to the largest
/// output for relu. Outputs at the ends of sigmoid and tanh belong to saturated neurons, which pass on almost no gradient
/// (section 6.2.2).
#[derive(Clone, Debug, PartialEq)]
pub struct ActivationHistogram {
    /// The lower limit of the first bin.
    pub from: f64,
    /// The width of each bin.
    pub width: f64,
    /// The share of all outputs in each bin; their sum is 1, or 0 if there are no outputs.
    pub shares: [f64; 20],
}

impl ActivationHistogram {
    /// Counts the outputs of all hidden neurons of `net` for the inputs `x` (N x D).
    ///
    /// # Panics
    ///
    /// If `x` does not have D columns.
    ///
    /// ```
    /// use net::nalgebra::DMatrix;
    /// use net::{Activation, ActivationHistogram, Parameters, Sizes, TwoLayerNet};
    ///
    /// let params = Parameters::<f64>::zeros(Sizes { inputs: 2, hidden: 3, classes: 2 });
    /// let net = TwoLayerNet { params, activation: Activation::Sigmoid };
    /// let histogram = ActivationHistogram::of(&net, &DMatrix::zeros(4, 2));
    /// assert_eq!(histogram.shares[10], 1.0); // sigmoid(0) = 0.5, the lower border of bin 10
    /// ```
    #[track_caller]
    #[must_use]
    pub fn of<T: Real>(net: &TwoLayerNet<T>, x: &DMatrix<T>) -> Self {
        let (_, z) = net.hidden(x); // N x H
        let (from, to) = match net.activation {
            Activation::Sigmoid => (0.0, 1.0),
            Activation::Tanh => (-1.0, 1.0),
            Activation::Relu => {
                let finite = z.iter().map(|value| value.to_f64()).filter(|value| value.is_finite());
                (0.0, finite.fold(1e-3, f64::max))
            }
        };
        let mut shares = [0.0; 20];
        let width = (to - from) / shares.len() as f64;
        for value in &z {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "saturates, and is limited to a bin"
            )]
            let bin = ((value.to_f64() - from) / width) as usize;
            shares[bin.min(19)] += 1.0 / z.len() as f64;
        }
        Self { from, width, shares }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Parameters, Sizes};

    #[test]
    fn every_neuron_counts_on_every_sample_in_its_bin() {
        let mut params = Parameters::<f32>::zeros(Sizes { inputs: 1, hidden: 4, classes: 2 });
        params.b1.copy_from_slice(&[0.0, 9.0, -9.0, -9.0]);
        let of = |activation| {
            let net = TwoLayerNet { params: params.clone(), activation };
            ActivationHistogram::of(&net, &DMatrix::zeros(3, 1))
        };
        let sigmoid = of(Activation::Sigmoid);
        assert!((sigmoid.shares.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        let close = |found: f64, expected: f64| assert!((found - expected).abs() < 1e-12, "{found} {expected}");
        for (bin, share) in [(0, 0.5), (10, 0.25), (19, 0.25)] {
            close(sigmoid.shares[bin], share);
        }
        let tanh = of(Activation::Tanh);
        close(tanh.from, -1.0);
        close(tanh.shares[10], 0.25); // tanh 0 = 0
        let relu = of(Activation::Relu);
        close(relu.from + 20.0 * relu.width, 9.0);
        close(relu.shares[0], 0.75);
    }
}
