//! The result of a check: every derivative that was compared, and a summary.

use super::{Cause, GradientCheck};
use crate::short::Short;
use std::fmt;

/// The result of a check. It displays as one line: how many derivatives are wrong, the first of them, the worst, and the
/// likely cause.
#[derive(Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
#[must_use = "a wrong gradient is not an error: check whether the report `holds()`"]
#[non_exhaustive]
pub struct GradientReport {
    /// How many derivatives were compared.
    pub compared: usize,
    /// How many failed.
    pub failed: usize,
    /// The comparison that exceeds its tolerance most, or comes closest to it; `None` if nothing was compared.
    pub worst: Option<Place>,
    /// Every comparison, passed or failed, in the order of the variables or directions; for a Jacobian, column by column.
    /// Their [`numerical`](Place::numerical) values are the numerical gradient, see [`numerical`](Self::numerical).
    pub places: Vec<Place>,
    /// Analytic divided by numerical derivative: the median over the failing comparisons. `None` if none fails, and if
    /// the median is not finite, as when the numerical derivative is 0.
    pub ratio: Option<f64>,
    /// What is probably wrong, if something is.
    pub cause: Option<Cause>,
}

/// One comparison.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
#[non_exhaustive]
pub struct Place {
    /// The index of the variable or of the direction.
    pub index: usize,
    /// Which result of a vector function, that is, the row of the Jacobian. `None` for a gradient.
    pub output: Option<usize>,
    /// The derivative by finite differences.
    pub numerical: f64,
    /// The derivative that was checked.
    pub analytic: f64,
    /// |n - a|.
    pub absolute: f64,
    /// |n - a| / max(|n|, |a|); 0 where both are 0.
    pub relative: f64,
    /// |n - a| divided by the tolerance; 0 if n = a; above 1, the comparison fails.
    pub excess: f64,
}

impl Place {
    pub(super) fn new<T>(
        index: usize,
        output: Option<usize>,
        numerical: f64,
        analytic: f64,
        check: &GradientCheck<T>,
    ) -> Self {
        let absolute = (numerical - analytic).abs();
        let largest = numerical.abs().max(analytic.abs());
        let relative = if largest > 0.0 { absolute / largest } else { 0.0 };
        let tolerance = check.absolute + check.relative * largest;
        let excess = if absolute == 0.0 { 0.0 } else { absolute / tolerance };
        Self { index, output, numerical, analytic, absolute, relative, excess }
    }

    /// Returns whether the two derivatives agree. NaN agrees with nothing.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.excess <= 1.0
    }

    /// `excess`, with NaN above everything.
    pub(super) fn rank(&self) -> f64 {
        if self.excess.is_nan() { f64::INFINITY } else { self.excess }
    }

    /// "7", or "(2, 7)" in a Jacobian.
    fn at(&self) -> String {
        self.output.map_or_else(|| self.index.to_string(), |output| format!("({output}, {})", self.index))
    }
}

impl GradientReport {
    pub(super) fn of(places: Vec<Place>) -> Self {
        let worst = places.iter().copied().max_by(|a, b| a.rank().total_cmp(&b.rank()));
        let failing = places.iter().filter(|place| !place.holds());
        let mut ratios: Vec<f64> = failing.map(|place| place.analytic / place.numerical).collect();
        ratios.sort_by(f64::total_cmp);
        let ratio = ratios.get(ratios.len() / 2).copied().filter(|ratio| ratio.is_finite());
        Self { compared: places.len(), failed: ratios.len(), worst, places, ratio, cause: None }
    }

    /// Returns whether every comparison passed.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.failed == 0
    }

    /// All comparisons that failed, in the order of [`places`](Self::places).
    pub fn failing(&self) -> impl Iterator<Item = &Place> {
        self.places.iter().filter(|place| !place.holds())
    }

    /// The numerical derivatives: after a [`Full`](super::CheckMode::Full) check, this is the numerical gradient, or the
    /// Jacobian by column.
    ///
    /// ```
    /// # use core_math::{GradientCheck, gradient_check};
    /// let report = gradient_check(|x: &[f64]| x[0] * x[1], &[2.0, 3.0], &[3.0, 2.0], &GradientCheck::default())?;
    /// let numerical: Vec<f64> = report.numerical().collect();
    /// assert!((numerical[0] - 3.0).abs() < 1e-9 && (numerical[1] - 2.0).abs() < 1e-9);
    /// # Ok::<(), core_math::DifferenceError<std::convert::Infallible>>(())
    /// ```
    pub fn numerical(&self) -> impl Iterator<Item = f64> {
        self.places.iter().map(|place| place.numerical)
    }
}

impl fmt::Debug for GradientReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GradientReport")
            .field("compared", &self.compared)
            .field("failed", &self.failed)
            .field("worst", &self.worst)
            .field("places", &Short(&self.places))
            .field("ratio", &self.ratio)
            .field("cause", &self.cause)
            .finish()
    }
}

impl fmt::Display for GradientReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN: usize = 5;
        let Self { compared, failed, .. } = self;
        match (compared, failed) {
            (0, _) => return f.write_str("no derivatives were compared"),
            (_, 0) => return write!(f, "all {compared} derivatives agree"),
            (_, 1) => write!(f, "1 of {compared} derivatives wrong,")?,
            _ => {
                let first: Vec<String> = self.failing().take(SHOWN).map(Place::at).collect();
                let more = if *failed > SHOWN { " ..." } else { "" };
                write!(f, "{failed} of {compared} derivatives wrong, at {}{more};", first.join(" "))?;
            }
        }
        if let Some(worst) = self.worst {
            let Place { numerical, analytic, .. } = worst;
            write!(f, " the worst at {}: numerical {numerical}, analytic {analytic}", worst.at())?;
        }
        self.cause.map_or(Ok(()), |cause| write!(f, "; {cause}"))
    }
}
