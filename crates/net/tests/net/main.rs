//! The net against figures computed in NumPy (tests/reference), against itself, and with what does not fit.

#![allow(clippy::unwrap_used, reason = "a test stops at its first surprise")]

mod exact;
mod fast;
mod json;
mod numerical;
mod predictor;
mod properties;
mod readme;
mod reference;
mod shapes;
mod support;
mod traits;
