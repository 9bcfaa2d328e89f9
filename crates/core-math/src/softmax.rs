//! Softmax, its logarithm and the predicted class, row by row (section 3.5).

use crate::Real;
use nalgebra::DMatrix;

/// The softmax of every row: yₖ = exp(aₖ) / Σⱼ exp(aⱼ), N x K in, N x K out (section 3.5.1).
///
/// The largest element of the row is subtracted first (section 3.5.2), so that `exp` does not overflow. Every row of the
/// result sums to 1, up to rounding. A row that holds NaN or +∞, or only -∞, gives NaN.
///
/// ```
/// use core_math::softmax;
/// use nalgebra::DMatrix;
///
/// let a = DMatrix::from_row_slice(2, 3, &[0.3, 2.9, 4.0, 1010.0, 1000.0, 990.0]);
/// let y = softmax(&a);
/// // the figures of section 3.5: [0.01821127, 0.24519181, 0.73659691]
/// assert!((y[(0, 2)] - 0.736_596_91_f64).abs() < 1e-8);
/// assert!((y[(1, 0)] - 0.999_954_60_f64).abs() < 1e-8);
/// ```
pub fn softmax<T: Real>(a: &DMatrix<T>) -> DMatrix<T> {
    let mut y = a.clone(); // N x K
    for mut row in y.row_iter_mut() {
        let max = largest(row.iter());
        row.apply(|a| *a = (*a - max).exp());
        let sum = row.iter().fold(T::zero(), |sum, &e| sum + e);
        row.apply(|e| *e /= sum);
    }
    y
}

/// The logarithm of the softmax of every row: log yₖ = aₖ - log Σⱼ exp(aⱼ), N x K in, N x K out.
///
/// The sum is computed relative to the largest element (log-sum-exp). If a probability underflows to 0, `softmax`
/// followed by `ln` gives -∞; this function gives the right finite number.
///
/// ```
/// let a = nalgebra::DMatrix::from_row_slice(1, 2, &[1000.0_f64, 0.0]);
/// assert_eq!(core_math::softmax(&a)[(0, 1)].ln(), f64::NEG_INFINITY);
/// assert_eq!(core_math::log_softmax(&a)[(0, 1)], -1000.0);
/// ```
pub fn log_softmax<T: Real>(a: &DMatrix<T>) -> DMatrix<T> {
    let mut log_y = a.clone(); // N x K
    for mut row in log_y.row_iter_mut() {
        let max = largest(row.iter());
        let sum = row.iter().fold(T::zero(), |sum, &a| sum + (a - max).exp());
        let log_sum = sum.ln();
        // max first: a - max is exact near the largest element, and log_sum is at most ln K
        row.apply(|a| *a = (*a - max) - log_sum);
    }
    log_y
}

/// The column of the largest element of every row, as `np.argmax(y, axis=1)`; the first one if several are equal. For an
/// N x K matrix of scores these are the predicted classes, for a one-hot matrix the labels.
///
/// NaN is never the largest; a row of only NaN gives 0.
///
/// # Panics
///
/// If the matrix has no columns, or more than 256: a `u8` cannot hold more classes.
///
/// ```
/// let t = nalgebra::DMatrix::from_row_slice(3, 3, &[0., 0., 1., 0., 1., 0., 7., 2., 7.]);
/// assert_eq!(core_math::argmax_rows(&t), [2, 1, 0]);
/// ```
#[track_caller]
pub fn argmax_rows<T: Real>(scores: &DMatrix<T>) -> Vec<u8> {
    let classes = scores.ncols();
    assert!((1..=256).contains(&classes), "argmax_rows: the matrix must have 1 to 256 columns, found {classes}");
    scores
        .row_iter()
        .map(|row| {
            let (mut best, mut highest) = (0, -T::of(f64::INFINITY));
            for (class, &score) in (0..=u8::MAX).zip(row.iter()) {
                if score > highest {
                    (best, highest) = (class, score);
                }
            }
            best
        })
        .collect()
}

/// The largest element; NaN only if there are no numbers.
fn largest<'a, T: Real>(values: impl Iterator<Item = &'a T>) -> T {
    values.fold(-T::of(f64::INFINITY), |max, &value| if value > max { value } else { max })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matrix() -> DMatrix<f64> {
        DMatrix::from_row_slice(3, 4, &[0.1, -0.3, 2.0, 0.0, 5.0, 5.0, -5.0, 1.0, -1.0, -1.5, -2.0, -0.5])
    }

    #[test]
    fn rows_sum_to_one_and_log_softmax_is_the_logarithm() {
        let (y, log_y) = (softmax(&matrix()), log_softmax(&matrix()));
        for (row, log_row) in y.row_iter().zip(log_y.row_iter()) {
            assert!((row.sum() - 1.0).abs() < 1e-15);
            for (p, log_p) in row.iter().zip(log_row.iter()) {
                assert!((p.ln() - log_p).abs() < 1e-14);
            }
        }
        // >>> a = np.array([0.1, -0.3, 2.0, 0.0]); np.exp(a) / np.exp(a).sum()
        let expected =
            [0.107_979_094_611_729_7, 0.072_380_551_671_021_3, 0.721_936_828_546_910_9, 0.097_703_525_170_338_1];
        for (found, expected) in y.row(0).iter().zip(expected) {
            assert!((found - expected).abs() < 1e-15, "found {found}, expected {expected}");
        }
    }

    #[test]
    fn adding_a_constant_changes_nothing_even_a_thousand() {
        let shifted = matrix().map(|a| a + 1024.0);
        assert!((softmax(&shifted) - softmax(&matrix())).amax() < 1e-12);
        let ends = DMatrix::from_row_slice(1, 3, &[1000.0, -1000.0, 0.0]);
        assert_eq!(softmax(&ends).as_slice(), [1.0, 0.0, 0.0]);
        assert_eq!(log_softmax(&ends).as_slice(), [0.0, -2000.0, -1000.0]);
        assert_eq!(log_softmax(&ends.map(f32::of)).as_slice(), [0.0_f32, -2000.0, -1000.0]);
    }

    #[test]
    fn a_row_with_nan_or_infinity_becomes_nan_and_leaves_its_neighbours() {
        for bad in [f64::NAN, f64::INFINITY] {
            let y = softmax(&DMatrix::from_row_slice(2, 2, &[bad, 1.0, 0.0, 0.0]));
            assert!(y.row(0).iter().all(|p| p.is_nan()));
            assert_eq!([y[(1, 0)], y[(1, 1)]], [0.5, 0.5]);
        }
    }

    #[test]
    fn argmax_takes_the_first_on_ties_and_passes_over_nan() {
        let scores =
            DMatrix::from_row_slice(4, 3, &[1., 3., 3., f64::NAN, 1., 2., -1., -1., -2., f64::NAN, f64::NAN, f64::NAN]);
        assert_eq!(argmax_rows(&scores), [1, 2, 0, 0]);
        assert_eq!(argmax_rows(&DMatrix::<f64>::zeros(0, 3)), [0_u8; 0]);
    }
}
