//! Derivatives of vector functions: the Jacobian, and the Jacobian times a vector.

use crate::difference_error::{DifferenceError, Outcome, check_finite, check_length};
use crate::moved::Moved;
use crate::{FiniteDifference, Real};
use nalgebra::DMatrix;

impl<T: Real> FiniteDifference<T> {
    /// The Jacobian of a vector function, M x N for M results and N variables: element (m, n) is ∂fₘ/∂xₙ. The Jacobian of
    /// a gradient function is the Hessian.
    ///
    /// `f` returns a `Vec`, an array or a vector of nalgebra, or a `Result` of anything that implements `AsRef<[T]>`. It
    /// is called once more than the table at [`FiniteDifference`] says, unless the scheme needs f(x) itself.
    ///
    /// # Errors
    ///
    /// If `x` is not finite, the step is invalid, results differ in length, or `f` returns an error.
    ///
    /// ```
    /// # use core_math::FiniteDifference;
    /// let polar = |p: &[f64]| [p[0] * p[1].cos(), p[0] * p[1].sin()];
    /// let jacobian = FiniteDifference::central().jacobian(polar, &[2.0, 0.5])?;
    /// assert!((jacobian.determinant() - 2.0).abs() < 1e-8); // r
    /// # Ok::<(), core_math::DifferenceError<std::convert::Infallible>>(())
    /// ```
    pub fn jacobian<V: AsRef<[T]>, R: Outcome<V>>(
        &self,
        mut f: impl FnMut(&[T]) -> R,
        x: &[T],
    ) -> Result<DMatrix<T>, DifferenceError<R::Error>> {
        self.check_point(x)?;
        let mut f = |x: &[T]| f(x).outcome().map_err(DifferenceError::Function);
        let center = f(x)?;
        let center = center.as_ref();
        let mut x = x.to_vec();
        let mut jacobian = DMatrix::zeros(center.len(), x.len());
        for (i, mut column) in jacobian.column_iter_mut().enumerate() {
            let h = self.step_at(i, x[i], self.scheme.root())?;
            let mut moved = Moved::new(&mut x, i);
            column.copy_from_slice(&self.slopes(&mut |s| f(moved.to(s)), h, center, Some(center.len()))?);
        }
        Ok(jacobian)
    }

    /// The Jacobian of a vector function times `v`: M numbers that say how the results change as `x` moves along `v`. It
    /// takes 1 to 4 calls.
    ///
    /// # Errors
    ///
    /// If `x` or `v` is not finite, the step is invalid, the lengths of `v` and `x` differ, results differ in length, or
    /// `f` returns an error.
    ///
    /// ```
    /// # use core_math::FiniteDifference;
    /// let polar = |p: &[f64]| [p[0] * p[1].cos(), p[0] * p[1].sin()];
    /// let outwards = FiniteDifference::central().jacobian_vector(polar, &[2.0, 0.5], &[1.0, 0.0])?;
    /// assert!((outwards[0] - 0.5_f64.cos()).abs() < 1e-9 && (outwards[1] - 0.5_f64.sin()).abs() < 1e-9);
    /// # Ok::<(), core_math::DifferenceError<std::convert::Infallible>>(())
    /// ```
    pub fn jacobian_vector<V: AsRef<[T]>, R: Outcome<V>>(
        &self,
        f: impl FnMut(&[T]) -> R,
        x: &[T],
        v: &[T],
    ) -> Result<Vec<T>, DifferenceError<R::Error>> {
        self.jacobian_times(f, x, ("v", v))
    }

    /// [`jacobian_vector`](Self::jacobian_vector), with the name of `v` for error messages.
    pub(crate) fn jacobian_times<V: AsRef<[T]>, R: Outcome<V>>(
        &self,
        mut f: impl FnMut(&[T]) -> R,
        x: &[T],
        (name, v): (&'static str, &[T]),
    ) -> Result<Vec<T>, DifferenceError<R::Error>> {
        self.check_point(x)?;
        check_length(name, v.len(), x.len())?;
        check_finite(name, v)?;
        let mut f = |x: &[T]| f(x).outcome().map_err(DifferenceError::Function);
        if v.iter().all(|v| v.is_zero()) {
            return Ok(vec![T::zero(); f(x)?.as_ref().len()]);
        }
        let h = self.step_along(x, v, self.scheme.root())?;
        let center = if self.needs_center() { Some(f(x)?) } else { None };
        let center = center.as_ref().map_or(&[] as &[T], V::as_ref);
        let mut point = x.to_vec();
        let mut along = |s: T| {
            point.iter_mut().zip(x).zip(v).for_each(|((point, &x), &v)| *point = x + s * v);
            f(&point)
        };
        self.slopes(&mut along, h, center, None)
    }

    /// The derivatives of all results of `f`(s) at s = 0. There are `results` of them; `center` is f(0) if the scheme
    /// needs it.
    pub(crate) fn slopes<V: AsRef<[T]>, E>(
        &self,
        f: &mut impl FnMut(T) -> Result<V, DifferenceError<E>>,
        h: T,
        center: &[T],
        mut results: Option<usize>,
    ) -> Result<Vec<T>, DifferenceError<E>> {
        let (stencil, divisor) = self.scheme.stencil();
        let mut sums = Vec::new();
        for &(multiple, weight) in stencil {
            let moved = if multiple == 0.0 { None } else { Some(f(T::of(multiple) * h)?) };
            let values = moved.as_ref().map_or(center, V::as_ref);
            let results = *results.get_or_insert(values.len());
            check_length("results of the function", values.len(), results)?;
            sums.resize(results, T::zero());
            sums.iter_mut().zip(values).for_each(|(sum, &value)| *sum += T::of(weight) * value);
        }
        sums.iter_mut().for_each(|sum| *sum /= T::of(divisor) * h);
        Ok(sums)
    }
}
