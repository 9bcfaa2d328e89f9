//! Finds the likely mistake in a wrong gradient: from ratios, from differences, and by calling the function again near
//! the failing points.

use super::directions::Directions;
use super::{GradientCheck, GradientReport, Place};
use crate::finite_difference::Scheme;
use crate::{DifferenceError, Real};
use std::fmt;

/// The likely mistake in a wrong gradient. "Ratio" is analytic divided by numerical derivative.
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
        /// Whether the analytic derivative is the larger one, because the gradient was not divided by N.
        forgotten: bool,
    },
    /// Ratio 0.
    NotConnected,
    /// Ratio 2 or 1/2.
    Two,
    /// Some other ratio, the same for every failing derivative.
    Factor(f64),
    /// The failing derivatives are correct but in another order: transposed, shifted, or by column instead of by row.
    Permuted,
    /// Analytic minus numerical derivative is this number for every failing derivative.
    Offset(f64),
    /// Analytic minus numerical derivative is this number times x. Below 0, the function has a weight decay that the
    /// gradient lacks, or of which it has half. Above 0, the gradient has one that the function lacks, or has it twice.
    WeightDecay(f64),
    /// The derivatives from the left and from the right still differ as the step shrinks.
    Kink,
    /// The difference is no larger than the rounding error of the function at this step.
    Rounding,
    /// With a tenth of the step, the numerical derivative agrees far better.
    StepTooLarge,
    /// One of the two is NaN or infinite.
    NotFinite,
    /// No pattern was found.
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
            Self::Two => f.write_str("ratio 2 or 1/2: a factor 2, as from a square"),
            Self::Factor(ratio) => write!(f, "ratio {ratio:.4} everywhere: a constant factor"),
            Self::Permuted => f.write_str("the same derivatives in another order: transposed, or shifted"),
            Self::Offset(offset) => write!(f, "the difference is {offset:.4e} everywhere: a constant is added"),
            Self::WeightDecay(factor) if *factor < 0.0 => {
                write!(f, "the difference is {factor:.4e} x: weight decay is missing, or halved")
            }
            Self::WeightDecay(factor) => {
                write!(f, "the difference is {factor:.4e} x: weight decay that the function lacks, or twice")
            }
            Self::Kink => f.write_str("a kink: the function has no derivative here, as relu at 0"),
            Self::Rounding => f.write_str("rounding: the step is too small for the precision"),
            Self::StepTooLarge => f.write_str("the step is too large: a tenth of it agrees far better"),
            Self::NotFinite => f.write_str("NaN or an infinity in one of the two"),
            Self::Unknown => f.write_str("no common ratio: probably a wrong term"),
        }
    }
}

/// The likely cause; `None` if every derivative passes.
pub(super) fn find<T: Real, V: AsRef<[T]>, E>(
    f: &mut impl FnMut(&[T]) -> Result<V, DifferenceError<E>>,
    x: &[T],
    directions: &Directions<T>,
    report: &GradientReport,
    check: &GradientCheck<T>,
) -> Result<Option<Cause>, DifferenceError<E>> {
    let mut failing: Vec<Place> = report.failing().copied().collect();
    if failing.is_empty() {
        return Ok(None);
    }
    failing.sort_by(|a, b| b.rank().total_cmp(&a.rank()));
    let ratio = common_ratio(&failing, report.ratio, check.batch_size);
    if let Some(Cause::NotFinite | Cause::Sign | Cause::Log10 | Cause::Mean { .. }) = ratio {
        return Ok(ratio);
    }
    // a kink looks like half a derivative or a missing one, and a step that is too large adds f‴ h²/6, which may be
    // constant or proportional to x: so call the function first
    let cause = curvature(f, x, directions, &failing, check)?
        .or(ratio)
        .or_else(|| common_difference(&failing, x, directions, check));
    Ok(cause.or(Some(Cause::Unknown)))
}

/// The cause that the common ratio of the failing derivatives suggests; `None` if there is no common ratio.
fn common_ratio(failing: &[Place], ratio: Option<f64>, batch_size: Option<usize>) -> Option<Cause> {
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
        // before 0, which the ratio of a large batch is close to
        (r, Some((batch_size, n))) if near(r * n, 1.0) => Cause::Mean { batch_size, forgotten: false },
        (r, _) if near(r, 0.0) => Cause::NotConnected,
        (r, _) if near(r, ln_10) || near(r, 1.0 / ln_10) => Cause::Log10,
        (r, Some((batch_size, n))) if near(r, n) => Cause::Mean { batch_size, forgotten: true },
        (r, _) if near(r, 2.0) || near(r, 0.5) => Cause::Two,
        (r, _) => Cause::Factor(r),
    })
}

/// The cause that analytic minus numerical derivative suggests: the same values in another order, a constant, or a
/// multiple of x. A single failing derivative suggests nothing.
fn common_difference<T: Real>(
    failing: &[Place],
    x: &[T],
    directions: &Directions<T>,
    check: &GradientCheck<T>,
) -> Option<Cause> {
    if failing.len() < 2 {
        return None;
    }
    let differences: Vec<f64> = failing.iter().map(|place| place.analytic - place.numerical).collect();
    // whether the differences are these, within the tolerances
    let explained = |by: &dyn Fn(&Place) -> f64| {
        let mut both = failing.iter().zip(&differences);
        both.all(|(place, difference)| (difference - by(place)).abs() * place.excess <= place.absolute)
    };
    if let Directions::Axes(_) = directions {
        let sorted = |slope: fn(&Place) -> f64| {
            let mut slopes: Vec<f64> = failing.iter().map(slope).collect();
            slopes.sort_by(f64::total_cmp);
            slopes
        };
        let mut pairs = sorted(|place| place.numerical).into_iter().zip(sorted(|place| place.analytic));
        if pairs.all(|(numerical, analytic)| Place::new(0, None, numerical, analytic, check).holds()) {
            return Some(Cause::Permuted);
        }
        let offset = differences.iter().sum::<f64>() / differences.len() as f64;
        if explained(&|_| offset) {
            return Some(Cause::Offset(offset));
        }
    }
    if failing.iter().any(|place| place.output.is_some()) {
        return None; // a vector function has no weight decay
    }
    let along = |place: &Place| directions.times(place.index, |n| x[n].to_f64());
    let (mut products, mut squares) = (0.0, 0.0);
    for (place, difference) in failing.iter().zip(&differences) {
        let x = along(place);
        products += x * difference;
        squares += x * x;
    }
    let factor = products / squares; // least squares
    (factor.is_finite() && explained(&|place| factor * along(place))).then_some(Cause::WeightDecay(factor))
}

/// Whether the failing points are at kinks, or whether rounding hides their derivatives. Over a kink, the derivatives
/// from the right and from the left differ as much with a tenth of the step as with the step; where the function is
/// smooth, ten times less. Rounding changes a derivative by about ε |f| / h. A scheme with points on one side may have
/// been chosen since `f` has no values on the other; then only rounding is looked for.
fn curvature<T: Real, V: AsRef<[T]>, E>(
    f: &mut impl FnMut(&[T]) -> Result<V, DifferenceError<E>>,
    x: &[T],
    directions: &Directions<T>,
    failing: &[Place],
    check: &GradientCheck<T>,
) -> Result<Option<Cause>, DifferenceError<E>> {
    const LOOKED_AT: usize = 8;
    const ROUNDINGS: f64 = 16.0; // few functions are exact to one rounding
    let (mut kinks, mut rounded, mut coarse) = (0, 0, 0);
    let looked_at = failing.len().min(LOOKED_AT);
    let one_sided = matches!(check.difference.scheme, Scheme::Forward | Scheme::Backward);
    let mut point = x.to_vec();
    for place in &failing[..looked_at] {
        let h = directions.step(place.index, x, &check.difference)?;
        let mut at = |s: T| {
            directions.move_to(place.index, x, s, &mut point);
            let values = f(&point)?;
            Ok(values.as_ref().get(place.output.unwrap_or(0)).map_or(f64::NAN, |value| value.to_f64()))
        };
        let center = at(T::zero())?;
        let rounding = T::default_epsilon().to_f64() * center.abs() / h.to_f64();
        rounded += usize::from(place.absolute <= ROUNDINGS * rounding);
        if one_sided {
            continue;
        }
        let mut bend = |h: T| -> Result<f64, DifferenceError<E>> {
            Ok(((at(h)? - center) - (center - at(-h)?)).abs() / h.to_f64())
        };
        let tenth = h / T::of(10.0);
        let (wide, narrow) = (bend(h)?, bend(tenth)?);
        let matters = 0.1 * place.absolute;
        kinks += usize::from(wide > matters && (0.5..2.0).contains(&(narrow / wide)));
        let slope = (at(tenth)? - at(-tenth)?) / (2.0 * tenth.to_f64());
        coarse += usize::from((slope - place.analytic).abs() < 0.1 * place.absolute);
        point.copy_from_slice(x);
    }
    Ok(match () {
        () if 2 * rounded > looked_at => Some(Cause::Rounding),
        () if 2 * kinks > looked_at => Some(Cause::Kink),
        () if 2 * coarse > looked_at => Some(Cause::StepTooLarge),
        () => None,
    })
}
