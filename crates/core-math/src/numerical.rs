//! Numerical differentiation as in sections 4.3 and 4.4 of the book: central differences, one variable at a time.

use crate::Real;
use crate::moved::Moved;
use std::convert::Infallible;

/// The derivative of `f` at `x` by a central difference: (f(x + h) - f(x - h)) / 2h (section 4.3.1).
///
/// The error is of order h² from the formula, plus about ε |f| / h from rounding. In `f64` the book's h = 1e-4 is close
/// to the best; in `f32` it is far too small. `h` = 0 gives NaN.
///
/// ```
/// let slope: f64 = core_math::numerical_diff(|x| 0.01 * x * x + 0.1 * x, 5.0, 1e-4);
/// assert!((slope - 0.2).abs() < 1e-9); // 0.1999999999990898 in the book
/// ```
#[must_use]
pub fn numerical_diff<T: Real>(mut f: impl FnMut(T) -> T, x: T, h: T) -> T {
    let above = f(x + h);
    let below = f(x - h);
    (above - below) / (h + h)
}

/// The gradient of `f` at `x`: [`numerical_diff`] for each variable, with the others held constant (section 4.4).
///
/// The book changes the elements of `x` in place and restores them. This function works on a copy, so `&x` is enough.
/// Each element is restored, bit for bit, before the next one is changed. `f` is called 2 `x.len()` times. If your
/// function can fail, use [`try_numerical_gradient`].
///
/// ```
/// let gradient = core_math::numerical_gradient(|x| x[0] * x[0] + x[1] * x[1], &[0.0, 2.0], 1e-4);
/// assert!((gradient[0] - 0.0_f64).abs() < 1e-9 && (gradient[1] - 4.0).abs() < 1e-9);
/// ```
#[must_use]
pub fn numerical_gradient<T: Real>(mut f: impl FnMut(&[T]) -> T, x: &[T], h: T) -> Vec<T> {
    match try_numerical_gradient(|x| Ok::<T, Infallible>(f(x)), x, h) {
        Ok(gradient) => gradient,
        Err(never) => match never {},
    }
}

/// [`numerical_gradient`] of a function that can fail. The first error ends it and is returned unchanged.
///
/// # Errors
///
/// The first error that `f` returns.
///
/// ```
/// let logarithms = |x: &[f64]| x.iter().map(|&v| if v > 0.0 { Ok(v.ln()) } else { Err(format!("ln of {v}")) }).sum();
/// let gradient: Result<Vec<f64>, String> = core_math::try_numerical_gradient(logarithms, &[3.0, 1e-5], 1e-4);
///
/// assert_eq!(gradient, Err("ln of -0.00009".to_owned()));
/// ```
pub fn try_numerical_gradient<T: Real, E>(mut f: impl FnMut(&[T]) -> Result<T, E>, x: &[T], h: T) -> Result<Vec<T>, E> {
    let mut x = x.to_vec();
    (0..x.len())
        .map(|i| {
            let mut moved = Moved::new(&mut x, i);
            let above = f(moved.to(h))?;
            let below = f(moved.to(-h))?;
            Ok((above - below) / (h + h))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn f(x: &[f64]) -> f64 {
        x[0] * x[0] * x[1] + x[2].sin()
    }

    #[test]
    fn the_gradient_is_that_of_the_formula() {
        let expected = [2.0 * 1.5 * -2.0, 1.5 * 1.5, 0.3_f64.cos()];
        for (found, expected) in numerical_gradient(f, &[1.5, -2.0, 0.3], 1e-4).iter().zip(expected) {
            assert!((found - expected).abs() < 1e-8, "found {found}, expected {expected}");
        }
    }

    #[test]
    fn for_a_large_step_it_is_the_difference_quotient_and_not_the_derivative() {
        let slope: f64 = numerical_diff(|x| x * x * x, 1.0, 2.0);
        assert_eq!(slope, (27.0 - -1.0) / 4.0); // 7, the derivative is 3
    }

    #[test]
    fn f32_works_with_a_step_that_suits_it() {
        let gradient = numerical_gradient(|x: &[f32]| x[0] * x[1], &[3.0, 5.0], 0.25);
        assert_eq!(gradient, [5.0, 3.0]);
    }

    #[test]
    fn while_one_element_moves_the_others_are_those_of_x_bit_for_bit() {
        // 0.1 + h - h is not 0.1
        let x: [f64; 3] = [0.1, 1e16, -0.0];
        let mut calls = 0;
        let watched = |point: &[f64]| {
            let moving = calls / 2;
            for i in (0..3).filter(|&i| i != moving) {
                assert_eq!(point[i].to_bits(), x[i].to_bits(), "element {i} while {moving} moves");
            }
            calls += 1;
            0.0
        };
        assert_eq!(numerical_gradient(watched, &x, 0.7), [0.0; 3]);
        assert_eq!(calls, 6);
    }

    #[test]
    fn the_first_error_of_the_function_ends_it() {
        for failing_call in 0..6 {
            let mut calls = 0;
            let fails = |_: &[f64]| {
                calls += 1;
                if calls > failing_call { Err(calls) } else { Ok(1.0) }
            };
            assert_eq!(try_numerical_gradient(fails, &[0.1, 0.2, 0.3], 0.7), Err(failing_call + 1));
        }
    }
}
