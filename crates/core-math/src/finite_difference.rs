//! Finite differences of any function: derivative, gradient, Jacobian, by four schemes and three kinds of steps.

use crate::Real;
use crate::difference_error::{DifferenceError, Outcome, check_length};
use crate::moved::Moved;
use nalgebra::DMatrix;

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
/// Functions return a number, or a `Result`: their error then comes back in [`DifferenceError::Function`]. What moves in
/// place is put back bit for bit, also after an error or a panic.
///
/// ```
/// use core_math::{FiniteDifference, Step};
///
/// let rosenbrock = |x: &[f64]| (1.0 - x[0]).powi(2) + 100.0 * (x[1] - x[0] * x[0]).powi(2);
/// let mut x = [-1.2, 1.0];
///
/// let gradient = FiniteDifference::central().gradient(rosenbrock, &mut x)?;
/// assert!((gradient[0] + 215.6).abs() < 1e-6 && (gradient[1] + 88.0).abs() < 1e-6);
///
/// let coarse = FiniteDifference::forward().step(Step::Fixed(1e-3)).gradient(rosenbrock, &mut x)?;
/// assert!((coarse[0] + 215.6).abs() < 1.0);
///
/// let hessian = FiniteDifference::central().hessian(rosenbrock, &mut x)?;
/// assert!((hessian[(0, 1)] - 480.0).abs() < 1e-3);
/// # Ok::<(), core_math::DifferenceError<std::convert::Infallible>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FiniteDifference<T> {
    scheme: Scheme,
    step: Step<T>,
}

/// How large the step h is for a variable x.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Step<T> {
    /// h itself.
    Fixed(T),
    /// This times max(1, |x|).
    Relative(T),
    /// max(1, |x|) times the root of the machine epsilon that suits the scheme: ε^(1/2) for forward and backward,
    /// ε^(1/3) for central, ε^(1/5) for five points, and ε^(1/4) for second derivatives by any.
    #[default]
    Epsilon,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Scheme {
    Forward,
    Backward,
    Central,
    FivePoint,
}

impl Scheme {
    /// Multiples of h with their weights, and what the weighted sum is divided by besides h.
    const fn stencil(self) -> (&'static [(f64, f64)], f64) {
        match self {
            Self::Forward => (&[(1.0, 1.0), (0.0, -1.0)], 1.0),
            Self::Backward => (&[(0.0, 1.0), (-1.0, -1.0)], 1.0),
            Self::Central => (&[(1.0, 1.0), (-1.0, -1.0)], 2.0),
            Self::FivePoint => (&[(-2.0, 1.0), (-1.0, -8.0), (1.0, 8.0), (2.0, -1.0)], 12.0),
        }
    }

    /// The exponent of the machine epsilon.
    const fn root(self) -> f64 {
        match self {
            Self::Forward | Self::Backward => 1.0 / 2.0,
            Self::Central => 1.0 / 3.0,
            Self::FivePoint => 1.0 / 5.0,
        }
    }

    /// The powers of h in the error: the first, and from one to the next.
    pub(crate) const fn error_powers(self) -> (i32, i32) {
        match self {
            Self::Forward | Self::Backward => (1, 1),
            Self::Central => (2, 2),
            Self::FivePoint => (4, 2),
        }
    }
}

impl<T: Real> FiniteDifference<T> {
    /// Forward differences.
    pub const fn forward() -> Self {
        Self { scheme: Scheme::Forward, step: Step::Epsilon }
    }

    /// Backward differences.
    pub const fn backward() -> Self {
        Self { scheme: Scheme::Backward, step: Step::Epsilon }
    }

    /// Central differences, the book's.
    pub const fn central() -> Self {
        Self { scheme: Scheme::Central, step: Step::Epsilon }
    }

    /// The five-point rule, of which the middle point has weight 0.
    pub const fn five_point() -> Self {
        Self { scheme: Scheme::FivePoint, step: Step::Epsilon }
    }

    /// The same scheme with another step.
    pub fn step(self, step: Step<T>) -> Self {
        Self { step, ..self }
    }

    pub(crate) fn steps(&self) -> Step<T> {
        self.step
    }

    pub(crate) fn error_powers(&self) -> (i32, i32) {
        self.scheme.error_powers()
    }

    /// The derivative of a function of one variable.
    ///
    /// # Errors
    ///
    /// A bad step, or what `f` returns.
    ///
    /// ```
    /// # use core_math::FiniteDifference;
    /// let slope = FiniteDifference::five_point().derivative(f64::sin, 1.0)?;
    /// assert!((slope - 1.0_f64.cos()).abs() < 1e-12);
    /// # Ok::<(), core_math::DifferenceError<std::convert::Infallible>>(())
    /// ```
    pub fn derivative<R: Outcome<T>>(&self, mut f: impl FnMut(T) -> R, x: T) -> Result<T, DifferenceError<R::Error>> {
        self.gradient(|x| f(x[0]), &mut [x]).map(|gradient| gradient[0])
    }

    /// The gradient of a function of many variables. `x` moves in place, one element at a time.
    ///
    /// # Errors
    ///
    /// A bad step, or what `f` returns.
    pub fn gradient<R: Outcome<T>>(
        &self,
        mut f: impl FnMut(&[T]) -> R,
        x: &mut [T],
    ) -> Result<Vec<T>, DifferenceError<R::Error>> {
        let mut f = |x: &[T]| f(x).outcome().map_err(DifferenceError::Function);
        let center = self.center(|| f(x))?;
        (0..x.len()).map(|i| self.slope(&mut f, x, i, center)).collect()
    }

    /// The gradient of a function of a matrix, in the matrix's shape.
    ///
    /// # Errors
    ///
    /// A bad step, or what `f` returns.
    ///
    /// ```
    /// # use core_math::FiniteDifference;
    /// let mut w = nalgebra::DMatrix::from_row_slice(2, 2, &[1.0_f64, 2.0, 3.0, 4.0]);
    /// let gradient = FiniteDifference::central().gradient_of_matrix(|w| w.norm_squared(), &mut w)?;
    /// assert!((gradient - 2.0 * &w).amax() < 1e-8);
    /// # Ok::<(), core_math::DifferenceError<std::convert::Infallible>>(())
    /// ```
    pub fn gradient_of_matrix<R: Outcome<T>>(
        &self,
        mut f: impl FnMut(&DMatrix<T>) -> R,
        x: &mut DMatrix<T>,
    ) -> Result<DMatrix<T>, DifferenceError<R::Error>> {
        let (rows, columns) = x.shape();
        let mut moving = x.clone();
        // elements are numbered as nalgebra stores them, by column
        let gradient = self.gradient(
            |values| {
                moving.as_mut_slice().copy_from_slice(values);
                f(&moving)
            },
            x.as_mut_slice(),
        )?;
        Ok(DMatrix::from_vec(rows, columns, gradient))
    }

    /// The derivative of `f` at `x` along `direction`: that of s -> f(x + s direction) at s = 0, by 1 to 4 calls
    /// instead of some for each variable. Its length counts: twice the direction, twice the derivative.
    ///
    /// # Errors
    ///
    /// A bad step, `direction` of another length than `x`, or what `f` returns.
    pub fn directional_derivative<R: Outcome<T>>(
        &self,
        mut f: impl FnMut(&[T]) -> R,
        x: &[T],
        direction: &[T],
    ) -> Result<T, DifferenceError<R::Error>> {
        check_length("direction", direction.len(), x.len())?;
        let mut point = x.to_vec();
        self.derivative(
            |s| {
                for ((point, &x), &v) in point.iter_mut().zip(x).zip(direction) {
                    *point = x + s * v;
                }
                f(&point)
            },
            T::zero(),
        )
    }

    /// The Jacobian of a vector function, M x N for M results and N variables: element (m, n) is ∂fₘ/∂xₙ. That of a
    /// known gradient is the Hessian.
    ///
    /// # Errors
    ///
    /// A bad step, results of different lengths, or what `f` returns.
    ///
    /// ```
    /// # use core_math::FiniteDifference;
    /// let polar = |p: &[f64]| vec![p[0] * p[1].cos(), p[0] * p[1].sin()];
    /// let jacobian = FiniteDifference::central().jacobian(polar, &mut [2.0, 0.5])?;
    /// assert!((jacobian.determinant() - 2.0).abs() < 1e-8); // r
    /// # Ok::<(), core_math::DifferenceError<std::convert::Infallible>>(())
    /// ```
    pub fn jacobian<R: Outcome<Vec<T>>>(
        &self,
        mut f: impl FnMut(&[T]) -> R,
        x: &mut [T],
    ) -> Result<DMatrix<T>, DifferenceError<R::Error>> {
        let mut f = |x: &[T]| f(x).outcome().map_err(DifferenceError::Function);
        let center = f(x)?;
        let (stencil, divisor) = self.scheme.stencil();
        let mut jacobian = DMatrix::zeros(center.len(), x.len());
        for (i, mut column) in jacobian.column_iter_mut().enumerate() {
            let h = self.step_at(i, x[i], self.scheme.root())?;
            let mut moved = Moved::new(x, i);
            for &(multiple, weight) in stencil {
                let values = if multiple == 0.0 { center.clone() } else { f(moved.to(T::of(multiple) * h))? };
                check_length("results of the function", values.len(), center.len())?;
                column.iter_mut().zip(values).for_each(|(sum, value)| *sum += T::of(weight) * value);
            }
            column /= T::of(divisor) * h;
        }
        Ok(jacobian)
    }

    /// [`gradient`](Self::gradient) on all threads of rayon's pool, each with its own copy of `x`: the same bits.
    ///
    /// # Errors
    ///
    /// A bad step, or what `f` returns; of several errors that of the first variable.
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
        let f = |x: &[T]| f(x).outcome().map_err(DifferenceError::Function);
        let center = self.center(|| f(x))?;
        let slopes: Vec<Result<T, _>> =
            (0..x.len()).into_par_iter().map_init(|| x.to_vec(), |x, i| self.slope(&mut &f, x, i, center)).collect();
        slopes.into_iter().collect()
    }

    /// The step of a variable between -1 and 1.
    pub(crate) fn step_of_one<E>(&self) -> Result<T, DifferenceError<E>> {
        self.step_at(0, T::zero(), self.scheme.root())
    }

    /// f(x) where the scheme needs it, else 0.
    pub(crate) fn center<E>(&self, f: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        let needed = self.scheme.stencil().0.iter().any(|(multiple, _)| *multiple == 0.0);
        if needed { f() } else { Ok(T::zero()) }
    }

    /// The slope in variable `i`, `center` being f(x) where the scheme needs it.
    pub(crate) fn slope<E>(
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

    /// h for variable `i`: the step that `x` really makes, (x + h) - x, so that dividing by it adds no error.
    pub(crate) fn step_at<E>(&self, i: usize, x: T, root: f64) -> Result<T, DifferenceError<E>> {
        let size = if x.abs() > T::one() { x.abs() } else { T::one() };
        let step = match self.step {
            Step::Fixed(step) => step,
            Step::Relative(step) => step * size,
            Step::Epsilon => T::of(T::default_epsilon().to_f64().powf(root)) * size,
        };
        if !step.is_finite() && x.is_finite() || step <= T::zero() {
            return Err(DifferenceError::BadStep { step: step.to_f64() });
        }
        let made = (x + step) - x;
        if !made.is_finite() || made <= T::zero() || x - step == x {
            return Err(DifferenceError::StepTooSmall { index: i, x: x.to_f64(), step: step.to_f64() });
        }
        Ok(made)
    }
}
