//! The report of a run: one self-contained HTML page, and its figures as SVG.
//!
//! [`Page`] is the report of a run, in which you can also draw a digit and see how the network classifies it. [`Chart`]
//! is a line chart that needs no fonts and no network access.
//!
//! ```
//! use report::{Axis, Chart, Mark, Series};
//!
//! let accuracy = Series::new("test", Mark::Line, [(1.0, 0.10), (601.0, 0.79), (1201.0, 0.88)]);
//! let chart = Chart::new("accuracy", Axis::linear("iteration"), Axis::linear("share right"), vec![accuracy]);
//! assert!(chart.to_svg(640, 400)?.starts_with("<svg"));
//! # Ok::<(), report::ChartError>(())
//! ```
#![forbid(unsafe_code)]

mod answers;
mod chart;
mod page;

pub use answers::{Answers, Mistake};
pub use chart::{Axis, Chart, ChartError, Mark, Series};
pub use page::{Accuracies, Fact, Page, PageError};
