//! Finite differences against closed forms, and gradient checks against planted bugs.

#![allow(clippy::unwrap_used, reason = "a test stops at its first surprise")]

mod blocks;
mod causes;
mod checks;
mod errors;
mod extrapolation;
mod jacobians;
mod json;
mod readme;
mod slopes;
mod typical;
