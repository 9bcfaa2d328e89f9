//! Gradient checking: somebody's gradient against finite differences, and what is wrong with it.

use crate::{DifferenceError, FiniteDifference, Outcome, Real};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use std::fmt;

/// How a gradient is checked.
///
/// A place holds where |n - a| <= absolute + relative max(|n|, |a|), n the numerical and a the analytic slope.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GradientCheck<T> {
    /// The differences; central ones with a step of ε^(1/3) unless told otherwise.
    pub difference: FiniteDifference<T>,
    /// Which slopes are compared.
    pub mode: CheckMode,
    /// 1e-7 unless told otherwise.
    pub absolute: f64,
    /// 1e-4 unless told otherwise.
    pub relative: f64,
    /// Where the function is a mean over a batch: its size, to recognise a mean that was forgotten or taken twice.
    pub batch_size: Option<usize>,
}

/// Which slopes are compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "snake_case", deny_unknown_fields)
)]
pub enum CheckMode {
    /// The slope in every variable.
    #[default]
    Full,
    /// The slopes in `count` variables, drawn without replacement.
    Sampled {
        /// How many; all where there are fewer.
        count: usize,
        /// Where the drawing starts.
        seed: u64,
    },
    /// The slopes along `count` random directions, each of length 1 with elements of equal size and random signs:
    /// few calls, all variables. A place of the report is then the number of a direction.
    Directions {
        /// How many.
        count: usize,
        /// Where the drawing starts.
        seed: u64,
    },
}

impl<T: Real> Default for GradientCheck<T> {
    fn default() -> Self {
        Self {
            difference: FiniteDifference::central(),
            mode: CheckMode::default(),
            absolute: 1e-7,
            relative: 1e-4,
            batch_size: None,
        }
    }
}

/// The outcome of a check. Displayed, it is one line: how many slopes are wrong, where most, and the likely cause.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
#[non_exhaustive]
pub struct GradientReport {
    /// How many slopes were compared.
    pub compared: usize,
    /// How many did not hold.
    pub failed: usize,
    /// The place that exceeds its tolerance most, or comes nearest to it; `None` where nothing was compared.
    pub worst: Option<Place>,
    /// Analytic over numerical slope, the median over the failing places; `None` where none fails, and where the median
    /// is not finite, as when the numerical slope is 0.
    pub ratio: Option<f64>,
    /// What is probably wrong, where something is.
    pub cause: Option<Cause>,
}

/// One comparison.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
#[non_exhaustive]
pub struct Place {
    /// Which variable, or which direction.
    pub index: usize,
    /// The slope by finite differences.
    pub numerical: f64,
    /// The slope that was checked.
    pub analytic: f64,
    /// |n - a|.
    pub absolute: f64,
    /// |n - a| / max(|n|, |a|); 0 where both are 0.
    pub relative: f64,
    /// |n - a| over what is allowed: above 1 the place fails.
    pub excess: f64,
}

/// What a wrong gradient suggests.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "snake_case", deny_unknown_fields)
)]
#[non_exhaustive]
pub enum Cause {
    /// Ratio -1.
    Sign,
    /// Ratio ln 10 = 2.303 or its inverse.
    Log10,
    /// Ratio N, the batch size, or 1/N.
    Mean {
        /// N.
        batch_size: usize,
        /// Whether the analytic slope is the larger one: the gradient lacks the division by N.
        forgotten: bool,
    },
    /// Ratio 0.
    NotConnected,
    /// Ratio 2 or 1/2.
    Two,
    /// Some other ratio, the same at every failing place.
    Factor(f64),
    /// The slopes from the left and from the right stay apart as the step shrinks.
    Kink,
    /// The difference is no larger than what rounding makes of the function at this step.
    Rounding,
    /// The numerical slope at a tenth of the step agrees far better.
    StepTooLarge,
    /// NaN or an infinity in one of the two.
    NotFinite,
    /// No pattern.
    Unknown,
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sign => f.write_str("ratio -1: a sign is wrong"),
            Self::Log10 => f.write_str("ratio ln 10 or its inverse: log10 in one, the natural logarithm in the other"),
            Self::Mean { batch_size, forgotten: true } => {
                write!(f, "ratio {batch_size}, the batch size: the gradient is of the sum, the function a mean")
            }
            Self::Mean { batch_size, forgotten: false } => {
                write!(f, "ratio 1/{batch_size}, the batch size: the mean is taken twice, or of a sum")
            }
            Self::NotConnected => f.write_str("ratio 0: the gradient leaves this variable out"),
            Self::Two => f.write_str("ratio 2 or 1/2: a factor 2, as of a square"),
            Self::Factor(ratio) => write!(f, "ratio {ratio:.4} everywhere: a constant factor"),
            Self::Kink => f.write_str("a kink: the function has no derivative here, as relu at 0"),
            Self::Rounding => f.write_str("rounding: the step is too small for the precision"),
            Self::StepTooLarge => f.write_str("the step is too large: a tenth of it agrees far better"),
            Self::NotFinite => f.write_str("NaN or an infinity in one of the two"),
            Self::Unknown => f.write_str("no common ratio: probably a wrong term"),
        }
    }
}

impl GradientReport {
    /// Whether every place held.
    pub fn holds(&self) -> bool {
        self.failed == 0
    }
}

impl fmt::Display for GradientReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { compared, failed, .. } = self;
        if self.holds() {
            return write!(f, "all {compared} slopes hold");
        }
        write!(f, "{failed} of {compared} slopes wrong")?;
        if let Some(Place { index, numerical, analytic, .. }) = self.worst {
            write!(f, ", the worst at {index}: numerical {numerical}, analytic {analytic}")?;
        }
        self.cause.map_or(Ok(()), |cause| write!(f, "; {cause}"))
    }
}

/// Compares `analytic`, a gradient of `f` at `x`, with finite differences.
///
/// `f` is called as often as the differences need it, and a few times more where something fails, to find the cause.
/// `x` moves in place and is put back.
///
/// # Errors
///
/// `analytic` of another length than `x`, a bad step, or what `f` returns. A gradient that is wrong is no error but a
/// report that does not [`hold`](GradientReport::holds).
///
/// ```
/// use core_math::{Cause, GradientCheck, gradient_check};
///
/// let f = |x: &[f64]| x[0].sin() * x[1] + x[1].powi(2);
/// let mut x = [0.5, -1.5];
/// let right = [0.5_f64.cos() * -1.5, 0.5_f64.sin() + 2.0 * -1.5];
/// assert!(gradient_check(f, &mut x, &right, &GradientCheck::default())?.holds());
///
/// let wrong = right.map(|slope| -slope);
/// let report = gradient_check(f, &mut x, &wrong, &GradientCheck::default())?;
/// assert_eq!((report.failed, report.cause), (2, Some(Cause::Sign)));
/// # Ok::<(), core_math::DifferenceError<std::convert::Infallible>>(())
/// ```
pub fn gradient_check<T: Real, R: Outcome<T>>(
    mut f: impl FnMut(&[T]) -> R,
    x: &mut [T],
    analytic: &[T],
    check: &GradientCheck<T>,
) -> Result<GradientReport, DifferenceError<R::Error>> {
    if analytic.len() != x.len() {
        let (found, expected) = (analytic.len(), x.len());
        return Err(DifferenceError::Length { what: "the analytic gradient", found, expected });
    }
    let directions = Directions::of(check.mode, x.len());
    let mut places = Vec::new();
    match &directions {
        Directions::Axes(indices) => {
            let mut f = |x: &[T]| f(x).outcome().map_err(DifferenceError::Function);
            let center = check.difference.center(|| f(x))?;
            for &index in indices {
                let numerical = check.difference.slope(&mut f, x, index, center)?;
                places.push(place(index, numerical.to_f64(), analytic[index].to_f64(), check));
            }
        }
        Directions::Random(directions) => {
            for (index, v) in directions.iter().enumerate() {
                let numerical = check.difference.directional_derivative(&mut f, x, v)?;
                let analytic = analytic.iter().zip(v).map(|(a, v)| a.to_f64() * v.to_f64()).sum();
                places.push(place(index, numerical.to_f64(), analytic, check));
            }
        }
    }

    // NaN is the worst there is
    let worst = places.iter().copied().max_by(|a, b| order(a.excess).total_cmp(&order(b.excess)));
    let mut failing: Vec<Place> = places.iter().copied().filter(|place| order(place.excess) > 1.0).collect();
    failing.sort_by(|a, b| order(b.excess).total_cmp(&order(a.excess)));
    let ratio = median(failing.iter().map(|place| place.analytic / place.numerical)).filter(|ratio| ratio.is_finite());
    let cause = if failing.is_empty() {
        None
    } else {
        Some(match pattern(&failing, ratio, check.batch_size) {
            Some(cause @ (Cause::NotFinite | Cause::Sign | Cause::Log10 | Cause::Mean { .. })) => cause,
            // a kink looks like a half or a missing slope: ask the function
            pattern => curvature(&mut f, x, &directions, &failing, check)?.or(pattern).unwrap_or(Cause::Unknown),
        })
    };
    Ok(GradientReport { compared: places.len(), failed: failing.len(), worst, ratio, cause })
}

fn place<T>(index: usize, numerical: f64, analytic: f64, check: &GradientCheck<T>) -> Place {
    let absolute = (numerical - analytic).abs();
    let largest = numerical.abs().max(analytic.abs());
    let relative = if largest > 0.0 { absolute / largest } else { 0.0 };
    Place {
        index,
        numerical,
        analytic,
        absolute,
        relative,
        excess: absolute / (check.absolute + check.relative * largest),
    }
}

/// NaN above everything.
fn order(excess: f64) -> f64 {
    if excess.is_nan() { f64::INFINITY } else { excess }
}

fn median(values: impl Iterator<Item = f64>) -> Option<f64> {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}

/// What the common ratio of the failing places says; `None` where there is none.
fn pattern(failing: &[Place], ratio: Option<f64>, batch_size: Option<usize>) -> Option<Cause> {
    if failing.iter().any(|place| !place.numerical.is_finite() || !place.analytic.is_finite()) {
        return Some(Cause::NotFinite);
    }
    let ratio = ratio?;
    let near = |found: f64, expected: f64| (found - expected).abs() <= 0.02 * expected.abs().max(0.05);
    let alike = failing.iter().filter(|place| near(place.analytic / place.numerical, ratio)).count();
    if alike * 10 < failing.len() * 8 {
        return None;
    }
    let n = batch_size.filter(|n| *n > 1).map(|n| (n, n as f64));
    let ln_10 = std::f64::consts::LN_10;
    Some(match (ratio, n) {
        (r, _) if near(r, 1.0) => return None,
        (r, _) if near(r, -1.0) => Cause::Sign,
        (r, _) if near(r, 0.0) => Cause::NotConnected,
        (r, _) if near(r, ln_10) || near(r, 1.0 / ln_10) => Cause::Log10,
        (r, Some((batch_size, n))) if near(r, n) => Cause::Mean { batch_size, forgotten: true },
        (r, Some((batch_size, n))) if near(r, 1.0 / n) => Cause::Mean { batch_size, forgotten: false },
        (r, _) if near(r, 2.0) || near(r, 0.5) => Cause::Two,
        (r, _) => Cause::Factor(r),
    })
}

/// Whether the failing places lie on kinks, or their slopes are drowned by rounding. Over a kink the slopes from the right
/// and from the left differ as much at a tenth of the step as at the step; over a smooth place, ten times less. Rounding
/// moves a slope by about ε |f| / h.
fn curvature<T: Real, R: Outcome<T>>(
    f: &mut impl FnMut(&[T]) -> R,
    x: &[T],
    directions: &Directions<T>,
    failing: &[Place],
    check: &GradientCheck<T>,
) -> Result<Option<Cause>, DifferenceError<R::Error>> {
    const LOOKED_AT: usize = 8;
    const ROUNDINGS: f64 = 16.0; // a function is seldom exact to one
    let h = check.difference.step_of_one()?;
    let (mut kinks, mut rounded, mut coarse) = (0, 0, 0);
    let looked_at = failing.len().min(LOOKED_AT);
    for place in &failing[..looked_at] {
        let mut at = |s: T| {
            let point = directions.point(place.index, x, s);
            f(&point).outcome().map(|value| value.to_f64()).map_err(DifferenceError::Function)
        };
        let center = at(T::zero())?;
        let mut bend = |h: T| -> Result<f64, DifferenceError<R::Error>> {
            Ok(((at(h)? - center) - (center - at(-h)?)).abs() / h.to_f64())
        };
        let tenth = h / T::of(10.0);
        let (wide, narrow) = (bend(h)?, bend(tenth)?);
        let matters = 0.1 * place.absolute;
        kinks += usize::from(wide > matters && (0.5..2.0).contains(&(narrow / wide)));
        let slope = (at(tenth)? - at(-tenth)?) / (2.0 * tenth.to_f64());
        coarse += usize::from((slope - place.analytic).abs() < 0.1 * place.absolute);
        let rounding = T::default_epsilon().to_f64() * center.abs() / h.to_f64();
        rounded += usize::from(place.absolute <= ROUNDINGS * rounding);
    }
    Ok(match () {
        () if 2 * rounded > looked_at => Some(Cause::Rounding),
        () if 2 * kinks > looked_at => Some(Cause::Kink),
        () if 2 * coarse > looked_at => Some(Cause::StepTooLarge),
        () => None,
    })
}

/// The directions along which slopes are compared.
enum Directions<T> {
    /// Along these variables.
    Axes(Vec<usize>),
    Random(Vec<Vec<T>>),
}

impl<T: Real> Directions<T> {
    fn of(mode: CheckMode, variables: usize) -> Self {
        match mode {
            CheckMode::Full => Self::Axes((0..variables).collect()),
            CheckMode::Sampled { count, seed } => {
                let mut rng = ChaCha8Rng::seed_from_u64(seed);
                let mut indices: Vec<usize> = (0..variables).collect();
                let count = count.min(variables);
                for i in 0..count {
                    let left = (variables - i) as u128;
                    // the high half of a product: below `left`, and even to 2⁻⁶⁴
                    let drawn = usize::try_from((u128::from(rng.next_u64()) * left) >> 64).unwrap_or_default();
                    indices.swap(i, i + drawn);
                }
                indices.truncate(count);
                indices.sort_unstable();
                Self::Axes(indices)
            }
            CheckMode::Directions { count, seed } => {
                let mut rng = ChaCha8Rng::seed_from_u64(seed);
                let size = T::of(1.0 / (variables.max(1) as f64).sqrt());
                let mut sign = || if rng.next_u32() & 1 == 0 { size } else { -size };
                Self::Random((0..count).map(|_| (0..variables).map(|_| sign()).collect()).collect())
            }
        }
    }

    /// `x`, moved by `s` along direction `index`.
    fn point(&self, index: usize, x: &[T], s: T) -> Vec<T> {
        let mut point = x.to_vec();
        match self {
            Self::Axes(_) => point[index] += s,
            Self::Random(directions) => point.iter_mut().zip(&directions[index]).for_each(|(x, &v)| *x += s * v),
        }
        point
    }
}
