//! Second derivatives, computed from values of the function alone.

use crate::difference_error::{DifferenceError, Outcome, check_finite, check_length};
use crate::moved::Moved;
use crate::{FiniteDifference, Real};
use nalgebra::DMatrix;

/// The exponent of the machine epsilon for second differences, whose rounding error is ε |f| / h².
const SECOND: f64 = 1.0 / 4.0;

impl<T: Real> FiniteDifference<T> {
    /// The Hessian: the N x N symmetric matrix of second derivatives, from values of `f` alone. It uses central second
    /// differences, (f(++) - f(+-) - f(-+) + f(--)) / 4hk, and (f(+) - 2f + f(-)) / h² on the diagonal, whichever scheme
    /// you chose. It takes 2N² + 1 calls.
    ///
    /// # Errors
    ///
    /// If `x` is not finite, the step is invalid, or `f` returns an error.
    pub fn hessian<R: Outcome<T>>(
        &self,
        mut f: impl FnMut(&[T]) -> R,
        x: &[T],
    ) -> Result<DMatrix<T>, DifferenceError<R::Error>> {
        self.check_point(x)?;
        let mut f = |x: &[T]| f(x).outcome().map_err(DifferenceError::Function);
        let center = f(x)?;
        let mut x = x.to_vec();
        let mut hessian = DMatrix::zeros(x.len(), x.len());
        for i in 0..x.len() {
            let h = self.step_at(i, x[i], SECOND)?;
            let mut first = Moved::new(&mut x, i);
            let (above, below) = (f(first.to(h))?, f(first.to(-h))?);
            // keep this order: both differences are small, so subtracting them loses least
            hessian[(i, i)] = ((above - center) - (center - below)) / (h * h);
            for j in 0..i {
                let k = self.step_at(j, first.x[j], SECOND)?;
                let mut slope = |at: T| {
                    first.to(at);
                    let mut second = Moved::new(first.x, j);
                    Ok(f(second.to(k))? - f(second.to(-k))?)
                };
                let second = (slope(h)? - slope(-h)?) / (T::of(4.0) * h * k);
                hessian[(i, j)] = second;
                hessian[(j, i)] = second;
            }
        }
        Ok(hessian)
    }

    /// The Hessian times `v`, in 4N calls and without computing the matrix: for each variable, the mixed second
    /// difference in this variable and along `v`.
    ///
    /// # Errors
    ///
    /// If `x` or `v` is not finite, the step is invalid, the lengths of `v` and `x` differ, or `f` returns an error.
    pub fn hessian_vector<R: Outcome<T>>(
        &self,
        mut f: impl FnMut(&[T]) -> R,
        x: &[T],
        v: &[T],
    ) -> Result<Vec<T>, DifferenceError<R::Error>> {
        self.check_point(x)?;
        check_length("v", v.len(), x.len())?;
        check_finite("v", v)?;
        if v.iter().all(|v| v.is_zero()) {
            return Ok(vec![T::zero(); x.len()]);
        }
        let k = self.step_along(x, v, SECOND)?;
        let mut moving = x.to_vec();
        let mut point = x.to_vec();
        let mut along = |x: &[T], s: T| {
            point.iter_mut().zip(x).zip(v).for_each(|((point, &x), &v)| *point = x + s * v);
            f(&point).outcome().map_err(DifferenceError::Function)
        };
        (0..x.len())
            .map(|i| {
                let h = self.step_at(i, x[i], SECOND)?;
                let mut moved = Moved::new(&mut moving, i);
                let above = along(moved.to(h), k)? - along(moved.x, -k)?;
                let below = along(moved.to(-h), k)? - along(moved.x, -k)?;
                Ok((above - below) / (T::of(4.0) * h * k))
            })
            .collect()
    }
}
