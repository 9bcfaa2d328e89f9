//! Checks a gradient with a forgotten factor, and then the correct one:
//! `cargo run -p two-layer-net-core-math --example check_gradient`.

use core_math::{Cause, DifferenceError, GradientCheck, gradient_check};
use std::convert::Infallible;

fn main() -> Result<(), DifferenceError<Infallible>> {
    let f = |x: &[f64]| x[0].sin() * x[1].powi(2);
    let x = [0.5_f64, 2.0];
    let wrong = [x[0].cos() * x[1].powi(2), x[0].sin() * x[1]];
    let right = [x[0].cos() * x[1].powi(2), x[0].sin() * x[1] * 2.0];
    for (mine, cause) in [(wrong, Some(Cause::Two)), (right, None)] {
        let report = gradient_check(f, &x, &mine, &GradientCheck::default())?;
        println!("{report}");
        assert_eq!(report.cause, cause);
    }
    Ok(())
}
