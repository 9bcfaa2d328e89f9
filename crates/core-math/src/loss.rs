//! Losses (section 4.2).

use crate::{Real, log_softmax};
use nalgebra::DMatrix;

/// The cross-entropy of the softmax of `logits`: the mean over the batch of -log softmax(a)ₜ, computed exactly.
///
/// `logits` is N x K, the values before the softmax; `labels` holds N classes below K. The result is at least 0, and it
/// is finite whenever the logits are: [`log_softmax`] computes the logarithm, and no constant is added inside it. The
/// book's version is [`cross_entropy_error`].
///
/// # Panics
///
/// If the batch is empty, if rows and labels differ in number, or if a label is not below K.
///
/// ```
/// let logits = nalgebra::DMatrix::from_row_slice(2, 2, &[0.0, 0.0, 1000.0, 0.0]);
/// let loss: f64 = core_math::softmax_cross_entropy(&logits, &[0, 1]);
/// assert_eq!(loss, (2_f64.ln() + 1000.0) / 2.0);
/// ```
#[track_caller]
pub fn softmax_cross_entropy<T: Real>(logits: &DMatrix<T>, labels: &[u8]) -> T {
    check_labels("softmax_cross_entropy", logits, labels);
    let log_y = log_softmax(logits); // N x K
    T::zero() - mean_at_labels(&log_y, labels, |log_p| log_p) // not -mean, which would turn 0 into -0
}

/// The book's cross-entropy of probabilities `y`: the mean over the batch of -log(yₜ + 1e-7) (section 4.2.4).
///
/// `y` is N x K, `labels` holds N classes below K. A probability of 0 gives a loss of 16.1 instead of infinity.
///
/// The network of this workspace uses [`softmax_cross_entropy`] instead. The 1e-7 is part of this function: its gradient
/// with respect to the logits is yₜ / (yₜ + 1e-7) times (y - t), but the book's backpropagation computes (y - t). So a
/// gradient check of one against the other fails where yₜ is small. In `f32`, the 1e-7 also makes the loss of a confident
/// answer negative.
///
/// # Panics
///
/// If the batch is empty, if rows and labels differ in number, or if a label is not below K.
///
/// ```
/// // section 4.2.2: the answer is class 2
/// let y = nalgebra::DMatrix::from_row_slice(1, 10, &[0.1, 0.05, 0.6, 0.0, 0.05, 0.1, 0.0, 0.1, 0.0, 0.0]);
/// let loss: f64 = core_math::cross_entropy_error(&y, &[2]);
/// assert!((loss - 0.510_825_457_099_338_f64).abs() < 1e-15);
/// ```
#[track_caller]
pub fn cross_entropy_error<T: Real>(y: &DMatrix<T>, labels: &[u8]) -> T {
    check_labels("cross_entropy_error", y, labels);
    let delta = T::of(1e-7);
    -mean_at_labels(y, labels, |p| (p + delta).ln())
}

/// Half the sum of squared differences: ½ Σ (y - t)² over all elements of two N x K matrices (section 4.2.1).
///
/// # Panics
///
/// If the shapes differ.
///
/// ```
/// use nalgebra::DMatrix;
///
/// let t = DMatrix::from_row_slice(1, 10, &[0., 0., 1., 0., 0., 0., 0., 0., 0., 0.]);
/// let y = DMatrix::from_row_slice(1, 10, &[0.1, 0.05, 0.6, 0.0, 0.05, 0.1, 0.0, 0.1, 0.0, 0.0]);
/// assert!((core_math::sum_squared_error(&y, &t) - 0.0975_f64).abs() < 1e-15);
/// ```
#[track_caller]
pub fn sum_squared_error<T: Real>(y: &DMatrix<T>, t: &DMatrix<T>) -> T {
    assert_eq!(y.shape(), t.shape(), "sum_squared_error: y (left) and t (right) must have the same shape");
    let sum = y.iter().zip(t.iter()).fold(T::zero(), |sum, (&y, &t)| sum + (y - t) * (y - t));
    sum * T::of(0.5)
}

/// (1/N) Σₙ f(m[n, label n])
fn mean_at_labels<T: Real>(m: &DMatrix<T>, labels: &[u8], f: impl Fn(T) -> T) -> T {
    let sum = labels.iter().enumerate().fold(T::zero(), |sum, (n, &label)| sum + f(m[(n, usize::from(label))]));
    sum / T::of(labels.len() as f64)
}

#[track_caller]
fn check_labels<T: Real>(function: &str, scores: &DMatrix<T>, labels: &[u8]) {
    let (samples, classes) = scores.shape();
    assert!(samples > 0, "{function}: the batch is empty");
    assert_eq!(samples, labels.len(), "{function}: samples (left) and labels (right) must be equally many");
    if let Some((n, label)) = labels.iter().enumerate().find(|&(_, &label)| usize::from(label) >= classes) {
        panic!("{function}: label {label} of sample {n} is not below the number of classes, {classes}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::softmax;

    fn logits() -> DMatrix<f64> {
        DMatrix::from_row_slice(3, 4, &[0.1, -0.3, 2.0, 0.0, 5.0, 5.0, -5.0, 1.0, -1.0, -1.5, -2.0, -0.5])
    }

    #[test]
    fn both_cross_entropies_are_those_of_numpy() {
        // >>> y = np.exp(a) / np.exp(a).sum(axis=1, keepdims=True); p = y[np.arange(3), [2, 0, 1]]
        // >>> -np.log(p).mean(), -np.log(p + 1e-7).mean()
        let (exact, book) = (0.938_480_708_619_407_5, 0.938_480_396_050_892_2);
        let labels = [2, 0, 1];
        let found: f64 = softmax_cross_entropy(&logits(), &labels);
        assert!((found - exact).abs() < 1e-15, "{found}");
        let found: f64 = cross_entropy_error(&softmax(&logits()), &labels);
        assert!((found - book).abs() < 1e-15, "{found}");
    }

    #[test]
    fn losses_stay_finite_at_a_thousand() {
        let a = DMatrix::from_row_slice(2, 2, &[1000.0_f64, -1000.0, -1000.0, 1000.0]);
        assert_eq!(softmax_cross_entropy(&a, &[0, 1]).to_bits(), 0.0_f64.to_bits()); // and not -0
        assert_eq!(softmax_cross_entropy(&a, &[1, 0]), 2000.0);
        assert_eq!(softmax_cross_entropy(&a.map(f32::of), &[1, 0]), 2000.0);
        assert!((cross_entropy_error(&softmax(&a), &[1, 0]) - 16.118_095_650_958_32).abs() < 1e-12);
        assert_eq!(sum_squared_error(&a, &-&a), 8e6);
    }

    #[test]
    #[should_panic(expected = "label 4 of sample 1 is not below the number of classes, 4")]
    fn a_label_out_of_range_is_named() {
        let _: f64 = softmax_cross_entropy(&logits(), &[0, 4, 1]);
    }

    #[test]
    #[should_panic(expected = "samples (left) and labels (right) must be equally many")]
    fn a_label_too_few_is_noticed() {
        let _: f64 = cross_entropy_error(&logits(), &[0, 1]);
    }
}
