//! Finite differences of any function: derivatives and gradients, with four schemes and three kinds of steps.

use crate::difference_error::{DifferenceError, Outcome};
use crate::moved::Moved;
use crate::short::Short;
use crate::{Real, Step};
use nalgebra::DMatrix;
use std::fmt;

/// How to compute differences: a scheme and a step h. `f` is called at points x + c h.
///
/// | scheme | derivative | error | calls for n variables |
/// | --- | --- | --- | --- |
/// | [`forward`](Self::forward) | (f(x+h) - f(x)) / h | h f″/2 | n + 1 |
/// | [`backward`](Self::backward) | (f(x) - f(x-h)) / h | h f″/2 | n + 1 |
/// | [`central`](Self::central) | (f(x+h) - f(x-h)) / 2h | h² f‴/6 | 2n |
/// | [`five_point`](Self::five_point) | (f(x-2h) - 8f(x-h) + 8f(x+h) - f(x+2h)) / 12h | h⁴ f⁽⁵⁾/30 | 4n |
///
/// Rounding adds an error of about ε |f| / h. [`Step::Epsilon`], the default, balances the two (Nocedal and Wright,
/// *Numerical Optimization*, section 8.1).
///
/// Your function returns a number or a `Result`; its error comes back in [`DifferenceError::Function`]. If it returns
/// NaN, that isn't an error: the derivatives that depend on this value are NaN.
///
/// `x` is a `&[T]` in every method, so you can pass `&x` or `&mut x`. It is not changed: the method works on a copy.
/// While one variable is moved, the others keep the values of `x`, bit for bit.
///
/// ```
/// use core_math::{FiniteDifference, Step};
///
/// let rosenbrock = |x: &[f64]| (1.0 - x[0]).powi(2) + 100.0 * (x[1] - x[0] * x[0]).powi(2);
/// let x = [-1.2, 1.0];
///
/// let gradient = FiniteDifference::central().gradient(rosenbrock, &x)?;
/// assert!((gradient[0] + 215.6).abs() < 1e-6 && (gradient[1] + 88.0).abs() < 1e-6);
///
/// let coarse = FiniteDifference::forward().step(Step::Fixed(1e-3)).gradient(rosenbrock, &x)?;
/// assert!((coarse[0] + 215.6).abs() < 1.0);
///
/// let hessian = FiniteDifference::central().hessian(rosenbrock, &x)?;
/// assert!((hessian[(0, 1)] - 480.0).abs() < 1e-3);
/// # Ok::<(), core_math::DifferenceError<std::convert::Infallible>>(())
/// ```
///
/// # `can't call method on ambiguous numeric type`
///
/// In the example above, only the closure says `f64`. If your closure calls methods on its numbers, Rust must know their
/// type first (error E0689): annotate the parameter, `|x: &[f64]|`, or write the type once at the start.
///
/// ```
/// # use core_math::FiniteDifference;
/// let gradient = FiniteDifference::<f64>::central().gradient(|x| x[0].powi(2), &[3.0])?;
/// assert!((gradient[0] - 6.0).abs() < 1e-8);
/// # Ok::<(), core_math::DifferenceError<std::convert::Infallible>>(())
/// ```
#[derive(Clone, PartialEq)]
#[must_use = "it computes nothing until you call `derivative` or `gradient`; `step` and `typical` return a changed copy"]
pub struct FiniteDifference<T> {
    pub(crate) scheme: Scheme,
    pub(crate) step: Step<T>,
    /// A typical size for each variable; empty means 1 for all.
    pub(crate) typical: Vec<T>,
}

impl<T: fmt::Debug> fmt::Debug for FiniteDifference<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FiniteDifference")
            .field("scheme", &self.scheme)
            .field("step", &self.step)
            .field("typical", &Short(&self.typical))
            .finish()
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Scheme {
    Forward,
    Backward,
    Central,
    FivePoint,
}

impl Scheme {
    /// The multiples of h with their weights, and the divisor of the weighted sum besides h.
    pub(crate) const fn stencil(self) -> (&'static [(f64, f64)], f64) {
        match self {
            Self::Forward => (&[(1.0, 1.0), (0.0, -1.0)], 1.0),
            Self::Backward => (&[(0.0, 1.0), (-1.0, -1.0)], 1.0),
            Self::Central => (&[(1.0, 1.0), (-1.0, -1.0)], 2.0),
            Self::FivePoint => (&[(-2.0, 1.0), (-1.0, -8.0), (1.0, 8.0), (2.0, -1.0)], 12.0),
        }
    }

    /// The exponent of the machine epsilon.
    pub(crate) const fn root(self) -> f64 {
        match self {
            Self::Forward | Self::Backward => 1.0 / 2.0,
            Self::Central => 1.0 / 3.0,
            Self::FivePoint => 1.0 / 5.0,
        }
    }
}

impl<T: Real> FiniteDifference<T> {
    /// Forward differences.
    pub const fn forward() -> Self {
        Self::of(Scheme::Forward)
    }

    /// Backward differences.
    pub const fn backward() -> Self {
        Self::of(Scheme::Backward)
    }

    /// Central differences, as in the book.
    pub const fn central() -> Self {
        Self::of(Scheme::Central)
    }

    /// The five-point formula; the middle point has weight 0.
    pub const fn five_point() -> Self {
        Self::of(Scheme::FivePoint)
    }

    const fn of(scheme: Scheme) -> Self {
        Self { scheme, step: Step::Epsilon, typical: Vec::new() }
    }

    /// The same scheme with another step.
    pub fn step(self, step: Step<T>) -> Self {
        Self { step, ..self }
    }

    /// The same scheme with a typical size for each variable. [`Step::Relative`] and [`Step::Epsilon`] then use max(size,
    /// |x|) instead of max(1, |x|). Set it for variables whose usual size is far from 1, such as 1e-3: a step that suits
    /// 1 may be longer than the range in which your function is smooth. With a size of 0, |x| alone is used.
    ///
    /// ```
    /// # use core_math::FiniteDifference;
    /// let five_point = FiniteDifference::five_point();
    /// let error = |slope: f64| (slope / -1e6 - 1.0).abs();
    /// // x - 2h lies beyond the pole at 0
    /// assert!(error(five_point.derivative(|x| 1.0 / x, 1e-3)?) > 1.0);
    /// assert!(error(five_point.typical(&[1e-3]).derivative(|x| 1.0 / x, 1e-3)?) < 1e-9);
    /// # Ok::<(), core_math::DifferenceError<std::convert::Infallible>>(())
    /// ```
    pub fn typical(self, sizes: &[T]) -> Self {
        Self { typical: sizes.to_vec(), ..self }
    }

    /// The derivative of a function of one variable.
    ///
    /// # Errors
    ///
    /// If `x` is not finite, the step is invalid, or `f` returns an error.
    ///
    /// ```
    /// # use core_math::FiniteDifference;
    /// let slope = FiniteDifference::five_point().derivative(f64::sin, 1.0)?;
    /// assert!((slope - 1.0_f64.cos()).abs() < 1e-12);
    /// # Ok::<(), core_math::DifferenceError<std::convert::Infallible>>(())
    /// ```
    pub fn derivative<R: Outcome<T>>(&self, mut f: impl FnMut(T) -> R, x: T) -> Result<T, DifferenceError<R::Error>> {
        self.gradient(|x| f(x[0]), &[x]).map(|gradient| gradient[0])
    }

    /// The gradient of a function of many variables: one partial derivative for each of the N elements of `x`.
    ///
    /// # Errors
    ///
    /// If `x` is not finite, the step is invalid, or `f` returns an error.
    pub fn gradient<R: Outcome<T>>(
        &self,
        mut f: impl FnMut(&[T]) -> R,
        x: &[T],
    ) -> Result<Vec<T>, DifferenceError<R::Error>> {
        self.check_point(x)?;
        let mut f = |x: &[T]| f(x).outcome().map_err(DifferenceError::Function);
        let center = self.center(|| f(x))?;
        let mut x = x.to_vec();
        (0..x.len()).map(|i| self.slope(&mut f, &mut x, i, center)).collect()
    }

    /// The gradient of a function of a matrix, in the shape of the matrix. Typical sizes are listed column by column.
    ///
    /// # Errors
    ///
    /// If `x` is not finite, the step is invalid, or `f` returns an error.
    ///
    /// ```
    /// # use core_math::FiniteDifference;
    /// let w = nalgebra::DMatrix::from_row_slice(2, 2, &[1.0_f64, 2.0, 3.0, 4.0]);
    /// let gradient = FiniteDifference::central().gradient_of_matrix(|w| w.norm_squared(), &w)?;
    /// assert!((gradient - 2.0 * &w).amax() < 1e-8);
    /// # Ok::<(), core_math::DifferenceError<std::convert::Infallible>>(())
    /// ```
    pub fn gradient_of_matrix<R: Outcome<T>>(
        &self,
        mut f: impl FnMut(&DMatrix<T>) -> R,
        x: &DMatrix<T>,
    ) -> Result<DMatrix<T>, DifferenceError<R::Error>> {
        let (rows, columns) = x.shape();
        let mut moving = x.clone();
        // nalgebra stores the elements column by column
        let gradient = self.gradient(
            |values| {
                moving.as_mut_slice().copy_from_slice(values);
                f(&moving)
            },
            x.as_slice(),
        )?;
        Ok(DMatrix::from_vec(rows, columns, gradient))
    }

    /// The derivative of `f` at `x` along `direction`, that is, of s -> f(x + s direction) at s = 0. It takes 1 to 4
    /// calls, instead of 1 to 4 per variable. The length of `direction` counts: twice the direction gives twice the
    /// derivative. It does not change how far `x` moves: the step is h for the smallest variable that takes part.
    ///
    /// # Errors
    ///
    /// If `x` or `direction` is not finite, the step is invalid, the lengths of `direction` and `x` differ, or `f`
    /// returns an error.
    pub fn directional_derivative<R: Outcome<T>>(
        &self,
        mut f: impl FnMut(&[T]) -> R,
        x: &[T],
        direction: &[T],
    ) -> Result<T, DifferenceError<R::Error>> {
        let f = |x: &[T]| f(x).outcome().map(|value| [value]);
        self.jacobian_times(f, x, ("direction", direction))
            .map(|slopes| slopes.first().copied().unwrap_or_else(T::zero))
    }

    /// [`gradient`](Self::gradient) on several threads, each with its own copy of `x`. The result has the same bits.
    ///
    /// It uses rayon's global pool, or the pool in whose `install` you call it; the crate starts no threads of its own.
    ///
    /// # Errors
    ///
    /// If `x` is not finite, the step is invalid, or `f` returns an error. If several calls fail, you get the error of
    /// the first variable.
    #[cfg(feature = "parallel")]
    pub fn par_gradient<R: Outcome<T>>(
        &self,
        f: impl Fn(&[T]) -> R + Sync,
        x: &[T],
    ) -> Result<Vec<T>, DifferenceError<R::Error>>
    where
        R::Error: Send,
    {
        use rayon::prelude::*;
        self.check_point(x)?;
        let f = |x: &[T]| f(x).outcome().map_err(DifferenceError::Function);
        let center = self.center(|| f(x))?;
        let slopes: Vec<Result<T, _>> =
            (0..x.len()).into_par_iter().map_init(|| x.to_vec(), |x, i| self.slope(&mut &f, x, i, center)).collect();
        slopes.into_iter().collect()
    }

    /// f(x) if the scheme needs it, else 0.
    fn center<E>(&self, f: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        if self.needs_center() { f() } else { Ok(T::zero()) }
    }

    pub(crate) fn needs_center(&self) -> bool {
        self.scheme.stencil().0.iter().any(|(multiple, _)| *multiple == 0.0)
    }

    /// The partial derivative with respect to variable `i`; `center` is f(x) if the scheme needs it.
    fn slope<E>(
        &self,
        f: &mut impl FnMut(&[T]) -> Result<T, DifferenceError<E>>,
        x: &mut [T],
        i: usize,
        center: T,
    ) -> Result<T, DifferenceError<E>> {
        let (stencil, divisor) = self.scheme.stencil();
        let h = self.step_at(i, x[i], self.scheme.root())?;
        let mut moved = Moved::new(x, i);
        let mut sum = T::zero();
        for &(multiple, weight) in stencil {
            let value = if multiple == 0.0 { center } else { f(moved.to(T::of(multiple) * h))? };
            sum += T::of(weight) * value;
        }
        Ok(sum / (T::of(divisor) * h))
    }
}
