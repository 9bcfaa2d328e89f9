//! Checks named blocks: W1, b1, W2, b2, one after the other in one vector.

use super::{GradientCheck, GradientReport, gradient_check};
use crate::difference_error::{DifferenceError, Outcome, check_length};
use crate::{FiniteDifference, Real};
use std::fmt;

/// The reports of [`gradient_check_blocks`]. It displays as one line per block.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
#[must_use = "a wrong gradient is not an error: check whether the reports `hold()`"]
#[non_exhaustive]
pub struct BlockReports {
    /// One report for each block, in their order.
    pub blocks: Vec<BlockReport>,
}

/// The report of one block.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
#[must_use = "a wrong gradient is not an error: check whether the report `holds()`"]
#[non_exhaustive]
pub struct BlockReport {
    /// The name of the block.
    pub name: String,
    /// Its report; indices count within the block.
    pub report: GradientReport,
}

impl BlockReports {
    /// Returns whether every block passed.
    #[must_use]
    pub fn hold(&self) -> bool {
        self.blocks.iter().all(|block| block.report.holds())
    }
}

impl fmt::Display for BlockReports {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (k, block) in self.blocks.iter().enumerate() {
            let end_of_line = if k > 0 { "\n" } else { "" };
            write!(f, "{end_of_line}{block}")?;
        }
        Ok(())
    }
}

impl fmt::Display for BlockReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.name, self.report)
    }
}

/// [`gradient_check`], block by block. `blocks` holds the names and lengths of the consecutive parts of `x`. If one block
/// is wrong, its report says so, with the index within the block and the likely cause.
///
/// Sampling draws `count` variables from each block, and random directions move one block at a time.
///
/// # Errors
///
/// If the lengths of the blocks do not add up to the length of `x`, and the errors of [`gradient_check`]; the index in an
/// error counts within the block.
///
/// ```
/// use core_math::{Cause, GradientCheck, gradient_check_blocks};
///
/// let f = |p: &[f64]| (p[0] * p[1] + p[2]).powi(2); // W has two elements, b one
/// let p = [0.5, 3.0, -1.0];
/// let wrong = [2.0 * 0.5 * 3.0, 2.0 * 0.5 * 0.5, -2.0 * 0.5];
/// let reports = gradient_check_blocks(f, &p, &wrong, &[("W", 2), ("b", 1)], &GradientCheck::default())?;
///
/// assert!(!reports.hold() && reports.blocks[0].report.holds());
/// assert_eq!(reports.blocks[1].report.cause, Some(Cause::Sign));
/// assert!(reports.to_string().starts_with("W: all 2 derivatives agree\nb: 1 of 1 derivatives wrong, the worst at 0: numerical "));
/// # Ok::<(), core_math::DifferenceError<std::convert::Infallible>>(())
/// ```
pub fn gradient_check_blocks<T: Real, R: Outcome<T>>(
    mut f: impl FnMut(&[T]) -> R,
    x: &[T],
    analytic: &[T],
    blocks: &[(&str, usize)],
    check: &GradientCheck<T>,
) -> Result<BlockReports, DifferenceError<R::Error>> {
    check_length("the analytic gradient", analytic.len(), x.len())?;
    check_length("all blocks together", blocks.iter().fold(0, |sum, (_, len)| sum.saturating_add(*len)), x.len())?;
    check.difference.check_point(x)?;
    let mut point = x.to_vec();
    let mut start = 0;
    let mut reports = Vec::new();
    for &(name, len) in blocks {
        let range = start..start + len;
        start = range.end;
        let typical = check.difference.typical.get(range.clone()).unwrap_or_default().to_vec();
        let check =
            GradientCheck { difference: FiniteDifference { typical, ..check.difference.clone() }, ..check.clone() };
        let in_block = |values: &[T]| {
            point[range.clone()].copy_from_slice(values);
            f(&point)
        };
        let report = gradient_check(in_block, &x[range.clone()], &analytic[range.clone()], &check)?;
        point.copy_from_slice(x);
        reports.push(BlockReport { name: name.to_owned(), report });
    }
    Ok(BlockReports { blocks: reports })
}
