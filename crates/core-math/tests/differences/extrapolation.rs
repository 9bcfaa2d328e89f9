//! Extrapolated derivatives, and whether their error estimates cover the error.

use core_math::{DifferenceError, FiniteDifference, Step};
use proptest::prelude::*;

type Function = fn(f64) -> f64;

const SCHEMES: [FiniteDifference<f64>; 4] = [
    FiniteDifference::central(),
    FiniteDifference::five_point(),
    FiniteDifference::forward(),
    FiniteDifference::backward(),
];

fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// Function, derivative, x: hard ones.
const HARD: [(&str, Function, Function, f64); 14] = [
    ("sin 100x", |x| (100.0 * x).sin(), |x| 100.0 * (100.0 * x).cos(), 1.0),
    ("sin 1000x", |x| (1000.0 * x).sin(), |x| 1000.0 * (1000.0 * x).cos(), 1.0),
    ("1/x near its pole", |x| 1.0 / x, |x| -1.0 / (x * x), 1e-3),
    ("1e6 + sin x", |x| 1e6 + x.sin(), f64::cos, 1.0),
    ("sigmoid 200x at 0", |x| sigmoid(200.0 * x), |_| 50.0, 0.0),
    ("sigmoid 200x", |x| sigmoid(200.0 * x), |x| 200.0 * sigmoid(200.0 * x) * (1.0 - sigmoid(200.0 * x)), 0.01),
    ("x^3", |x| x.powi(3), |x| 3.0 * x * x, 1e5),
    ("ln", f64::ln, |x| 1.0 / x, 0.01),
    ("sqrt", f64::sqrt, |x| 0.5 / x.sqrt(), 1e-4),
    ("tan near its pole", f64::tan, |x| 1.0 + x.tan().powi(2), 1.57),
    ("flat", |_| 3.0, |_| 0.0, 2.0),
    ("the top of a sine", f64::sin, f64::cos, std::f64::consts::FRAC_PI_2),
    ("sin of a large x", f64::sin, f64::cos, 1e4),
    ("a kink nearby", |x| (x - 1e-5).abs(), |_| -1.0, 0.0),
];

#[test]
fn the_estimate_covers_the_error_of_smooth_functions_to_nearly_all_digits() {
    let cases: [(Function, Function, f64); 5] = [
        (f64::sin, f64::cos, 1.0),
        (f64::exp, f64::exp, -2.0),
        (f64::ln, |x| 1.0 / x, 3.0),
        (|x| x.powi(7), |x| 7.0 * x.powi(6), 1.5),
        (|x| x.powi(3), |x| 3.0 * x * x, 1e5),
    ];
    for scheme in SCHEMES {
        for (f, derivative, x) in cases {
            let found = scheme.extrapolate(f, x).unwrap();
            let error = (found.value - derivative(x)).abs();
            let bound = if scheme == SCHEMES[0] || scheme == SCHEMES[1] { 1e-12 } else { 1e-9 };
            let size = derivative(x).abs().max(1.0);
            assert!(error <= bound * size, "{scheme:?} at {x}: {error:e}");
            assert!(error <= found.error, "{scheme:?} at {x}: {error:e}, estimated {:e}", found.error);
            assert!(found.error <= 100.0 * bound * size, "{scheme:?} at {x}: estimated {:e}", found.error);
        }
    }
}

#[test]
fn of_hard_functions_the_estimate_covers_the_error_or_there_is_an_error() {
    for scheme in SCHEMES {
        for (name, f, derivative, x) in HARD {
            match scheme.extrapolate(f, x) {
                Ok(found) => {
                    let error = (found.value - derivative(x)).abs();
                    assert!(error <= found.error, "{name}, {scheme:?}: {found:?}, exact {}", derivative(x));
                }
                Err(error) => assert!(matches!(error, DifferenceError::NoConvergence { .. }), "{name}: {error}"),
            }
        }
    }
}

#[test]
fn entries_that_agree_by_chance_are_found_out_by_the_rows_beside_them() {
    let cases = [
        (23.901084222573864, 3.260994476236974, 0.0, -1.8615160118903897, 2),
        (8.794497098858677, 0.06203927382277479, 1.5821310520452616, 2.7567477229854567, 3),
        (6.452765321223161, 2.6797460560607114, 2.378148252151027, 1.60411134593691, 3),
        (1.844565999197163, 4.273995585333787, 2.8432230098188227, -0.8181441307226882, 2),
    ];
    for (w, phase, rate, x, scheme) in cases {
        let found = SCHEMES[scheme].extrapolate(|x: f64| (w * x + phase).sin() + (rate * x).exp() + 1.0, x).unwrap();
        let error = (found.value - w * (w * x + phase).cos() - rate * (rate * x).exp()).abs();
        assert!(error <= found.error, "{w}: {error:e}, {found:?}");
    }
}

#[test]
fn most_hard_functions_converge_all_the_same() {
    for (name, f, derivative, x) in HARD {
        if name == "sin 1000x" || name == "a kink nearby" {
            continue; // the next test
        }
        let found = FiniteDifference::central().extrapolate(f, x).unwrap();
        let (error, size) = ((found.value - derivative(x)).abs(), f(x).abs().max(derivative(x).abs()).max(1.0));
        assert!(error <= 1e-9 * size && found.error <= 1e-5 * size, "{name}: {found:?}, {error:e}");
    }
}

#[test]
fn a_function_that_oscillates_within_every_step_is_an_error_that_a_smaller_step_mends() {
    let (f, exact) = (|x: f64| (1000.0 * x).sin(), 1000.0 * 1000_f64.cos());
    let error = FiniteDifference::central().extrapolate(f, 1.0).unwrap_err();
    let shown = error.to_string();
    assert!(matches!(error, DifferenceError::NoConvergence { x: 1.0, .. }), "{shown}");
    assert!(shown.starts_with("the extrapolation at x = 1e0 does not converge: its best value is "), "{shown}");
    assert!(shown.ends_with("; start with a smaller step, over which the function is smooth"), "{shown}");
    for smaller in [
        FiniteDifference::central().step(Step::Fixed(1e-3)),
        FiniteDifference::central().step(Step::Relative(1e-3)),
        FiniteDifference::central().typical(&[1e-2]).step(Step::Relative(1e-3)),
    ] {
        let found = smaller.extrapolate(f, 1.0).unwrap();
        assert!((found.value - exact).abs() <= found.error && found.error < 1e-5, "{found:?}, {exact}");
    }
}

#[test]
fn a_function_that_is_nan_or_infinite_around_x_is_an_error() {
    for f in [|_: f64| f64::NAN, |x: f64| x * f64::INFINITY, |x: f64| (-1.0 - x * x).sqrt()] {
        let error = FiniteDifference::central().extrapolate(f, 0.5).unwrap_err();
        assert!(matches!(error, DifferenceError::NoConvergence { .. }), "{error}");
    }
}

#[test]
fn a_step_that_soon_moves_nothing_is_no_convergence() {
    let error = FiniteDifference::central().step(Step::Fixed(1e-15)).extrapolate(f64::exp, 1.0).unwrap_err();
    assert!(matches!(error, DifferenceError::NoConvergence { .. }), "{error}");
}

#[test]
fn it_calls_as_often_as_the_documentation_says() {
    let calls = |f: Function| {
        let mut calls = 0;
        let counted = |x| {
            calls += 1;
            f(x)
        };
        assert!(FiniteDifference::central().extrapolate(counted, 1.0).is_ok());
        calls
    };
    assert_eq!(calls(f64::exp), 20);
    assert_eq!(calls(|_| 1.0), 36);
}

#[test]
fn it_works_in_f32() {
    let found = FiniteDifference::<f32>::central().extrapolate(f32::sin, 1.0).unwrap();
    let error = (f64::from(found.value) - 1_f64.cos()).abs();
    assert!(error <= f64::from(found.error) && found.error < 1e-3, "{found:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn of_random_functions_the_estimate_covers_the_error(
        frequency in -2.0..4.5_f64, phase in 0.0..6.0_f64, rate in -3.0..3.0_f64, offset in -3.0..3.0_f64, x in -3.0..3.0_f64, scheme in 0..4_usize
    ) {
        let (w, offset) = (10_f64.powf(frequency), 10_f64.powf(offset));
        let f = |x: f64| (w * x + phase).sin() + (rate * x).exp() + offset;
        let derivative = w * (w * x + phase).cos() + rate * (rate * x).exp();
        match SCHEMES[scheme].extrapolate(f, x) {
            Ok(found) => {
                let error = (found.value - derivative).abs();
                // twice: the rounding within f, of numbers up to w x, shows neither in f nor in its slope
                prop_assert!(error <= 2.0 * found.error, "{w} {error:e} {found:?}");
            }
            // one-sided differences are far less accurate, and near a slope of 0 their error is large beside it
            Err(error) => prop_assert!(w > 20.0 || scheme > 1, "{w} {error}"),
        }
    }
}
