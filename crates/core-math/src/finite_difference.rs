//! Finite differences of any function: derivative and gradient, by four schemes and three kinds of steps.

use crate::difference_error::{DifferenceError, Outcome};
use crate::moved::Moved;
use crate::short::Short;
use crate::{Real, Step};
use nalgebra::DMatrix;
use std::fmt;

/// How differences are taken: a scheme and a step. `f` is called at points x + c h, h the step.
///
/// | scheme | slope | error | calls for n variables |
/// | --- | --- | --- | --- |
/// | [`forward`](Self::forward) | (f(x+h) - f(x)) / h | h f″/2 | n + 1 |
/// | [`backward`](Self::backward) | (f(x) - f(x-h)) / h | h f″/2 | n + 1 |
/// | [`central`](Self::central) | (f(x+h) - f(x-h)) / 2h | h² f‴/6 | 2n |
/// | [`five_point`](Self::five_point) | (f(x-2h) - 8f(x-h) + 8f(x+h) - f(x+2h)) / 12h | h⁴ f⁽⁵⁾/30 | 4n |
///
/// To that comes rounding, about ε |f| / h. [`Step::Epsilon`], the default, balances the two (Nocedal and Wright,
/// *Numerical Optimization*, section 8.1).
///
/// Functions return a number, or a `Result`: their error then comes back in [`DifferenceError::Function`]. A function that
/// returns NaN is no error: the slopes that depend on that value are NaN.
///
/// `x` is a `&[T]` everywhere, so that `&x` and `&mut x` do alike, and stays as it is: its copy moves. While one variable
/// moves, the others are those of `x` bit for bit.
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
/// Nothing above says `f64` but the closure. Where a closure calls methods on its numbers, Rust must know their type first
/// (error E0689): annotate the parameter, `|x: &[f64]|`, or write the type once in front.
///
/// ```
/// # use core_math::FiniteDifference;
/// let gradient = FiniteDifference::<f64>::central().gradient(|x| x[0].powi(2), &[3.0])?;
/// assert!((gradient[0] - 6.0).abs() < 1e-8);
/// # Ok::<(), core_math::DifferenceError<std::convert::Infallible>>(())
/// ```
#[derive(Clone, PartialEq)]
#[must_use = "it does nothing until a derivative is asked of it; `step` and `typical` return a changed copy"]
pub struct FiniteDifference<T> {
    pub(crate) scheme: Scheme,
    pub(crate) step: Step<T>,
    /// A typical size of each variable; empty: 1 for all.
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
    /// Multiples of h with their weights, and what the weighted sum is divided by besides h.
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

    /// Central differences, the book's.
    pub const fn central() -> Self {
        Self::of(Scheme::Central)
    }

    /// The five-point rule, of which the middle point has weight 0.
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

    /// The same with a typical size of each variable: [`Step::Relative`] and [`Step::Epsilon`] then mean
    /// max(size, |x|) where they mean max(1, |x|) else. Say it of variables whose usual size is far from 1, as 1e-3, where
    /// a step that suits 1 may be longer than the function is smooth. A size of 0 leaves |x| alone.
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
    /// `x` not finite, a bad step, or what `f` returns.
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

    /// The gradient of a function of many variables: N slopes for the N elements of `x`.
    ///
    /// # Errors
    ///
    /// `x` not finite, a bad step, or what `f` returns.
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

    /// The gradient of a function of a matrix, in the matrix's shape. Typical sizes go by column.
    ///
    /// # Errors
    ///
    /// `x` not finite, a bad step, or what `f` returns.
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
        // elements are numbered as nalgebra stores them, by column
        let gradient = self.gradient(
            |values| {
                moving.as_mut_slice().copy_from_slice(values);
                f(&moving)
            },
            x.as_slice(),
        )?;
        Ok(DMatrix::from_vec(rows, columns, gradient))
    }

    /// The derivative of `f` at `x` along `direction`, the slope of s -> f(x + s direction) at s = 0, by 1 to 4 calls
    /// instead of some for each variable. The length of `direction` counts: twice the direction, twice the derivative. It
    /// does not change how far `x` moves, which is h, for the smallest of the variables that take part.
    ///
    /// # Errors
    ///
    /// `x` or `direction` not finite, a bad step, `direction` of another length than `x`, or what `f` returns.
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

    /// [`gradient`](Self::gradient) on several threads, each with its own copy of `x`: the same bits.
    ///
    /// The threads are those of rayon's global pool, or of the pool in whose `install` you call it; the crate starts none.
    ///
    /// # Errors
    ///
    /// `x` not finite, a bad step, or what `f` returns; of several errors the one of the first variable.
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

    /// f(x) where the scheme needs it, else 0.
    fn center<E>(&self, f: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        if self.needs_center() { f() } else { Ok(T::zero()) }
    }

    pub(crate) fn needs_center(&self) -> bool {
        self.scheme.stencil().0.iter().any(|(multiple, _)| *multiple == 0.0)
    }

    /// The slope in variable `i`, `center` being f(x) where the scheme needs it.
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
