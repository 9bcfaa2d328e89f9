//! Bad steps, functions that fail, lengths that do not fit.

use core_math::{DifferenceError, FiniteDifference, GradientCheck, Step, gradient_check};
use std::convert::Infallible;

#[test]
fn a_step_that_is_none_is_refused() {
    for step in [0.0, -1e-4, f64::INFINITY, f64::NAN] {
        for kind in [Step::Fixed(step), Step::Relative(step)] {
            let error = FiniteDifference::central().step(kind).derivative(f64::sin, 0.5).unwrap_err();
            assert!(matches!(error, DifferenceError::BadStep { .. }), "{step}: {error}");
            assert!(error.to_string().contains("expected a finite number above 0"), "{error}");
        }
    }
}

#[test]
fn a_step_that_moves_nothing_names_the_variable() {
    let fixed = FiniteDifference::central().step(Step::Fixed(1e-4));
    let error = fixed.gradient(|x: &[f64]| x[0] + x[1], &[1.0, 1e20]).unwrap_err();
    assert_eq!(error, DifferenceError::StepTooSmall { index: 1, x: 1e20, step: 1e-4 });
    assert!(FiniteDifference::central().gradient(|x: &[f64]| x[0] + x[1], &[1.0, 1e20]).is_ok());
}

#[test]
fn what_is_not_finite_is_named_by_vector_and_index_before_the_function_is_called() {
    let scheme = FiniteDifference::<f64>::central();
    let f = |_: &[f64]| -> f64 { panic!("called") };
    let bad = [1.0, f64::NAN];
    let x = "x[1] is NaN, expected a finite number";
    assert_eq!(scheme.gradient(f, &bad).unwrap_err().to_string(), x);
    assert_eq!(scheme.hessian(f, &bad).unwrap_err().to_string(), x);
    assert_eq!(scheme.hessian_vector(f, &bad, &[0.0; 2]).unwrap_err().to_string(), x);
    assert_eq!(scheme.jacobian(|x: &[f64]| [f(x)], &bad).unwrap_err().to_string(), x);
    assert_eq!(gradient_check(f, &bad, &[0.0; 2], &GradientCheck::default()).unwrap_err().to_string(), x);
    assert_eq!(scheme.par_gradient(f, &bad).unwrap_err().to_string(), x);
    let infinite = [f64::NEG_INFINITY];
    assert_eq!(
        scheme.derivative(|x| f(&[x]), infinite[0]).unwrap_err().to_string(),
        "x[0] is -inf, expected a finite number"
    );
    let direction = scheme.directional_derivative(f, &[1.0, 2.0], &bad).unwrap_err();
    assert_eq!(direction.to_string(), "direction[1] is NaN, expected a finite number");
    assert_eq!(
        scheme.hessian_vector(f, &[1.0, 2.0], &bad).unwrap_err().to_string(),
        "v[1] is NaN, expected a finite number"
    );
    let error = scheme.derivative(|x| f(&[x]), f64::MAX).unwrap_err();
    assert_eq!(error.to_string(), "x + h at x[0] is inf, expected a finite number");
}

#[test]
fn a_function_that_returns_nan_gives_nan_in_the_slopes_that_depend_on_it() {
    let f = |x: &[f64]| if x[0] > 1.0 { f64::NAN } else { x[0] + x[1] };
    let gradient = FiniteDifference::central().gradient(f, &[1.0, 2.0]).unwrap();
    assert!(gradient[0].is_nan() && (gradient[1] - 1.0).abs() < 1e-9, "{gradient:?}");
}

#[test]
fn a_direction_may_be_so_long_or_short_that_its_square_is_no_number() {
    let (f, scheme) = (|x: &[f64]| x[0].sin() + x[1], FiniteDifference::central());
    for scale in [1e200, 1e-170, 1e-300] {
        let slope = scheme.directional_derivative(f, &[0.0, 1.0], &[3.0 * scale, 4.0 * scale]).unwrap();
        assert!((slope / (7.0 * scale) - 1.0).abs() < 1e-9, "{scale}: {slope}");
    }
    let error = scheme.directional_derivative(f, &[0.0, 1.0], &[5e-324, 0.0]).unwrap_err();
    assert_eq!(error, DifferenceError::BadStep { step: f64::INFINITY });
}

#[test]
fn a_direction_that_does_not_move_a_variable_is_an_error_and_not_a_slope_of_zero() {
    let (sum, scheme) = (|x: &[f64]| x.iter().sum::<f64>(), FiniteDifference::central());
    let error = scheme.directional_derivative(sum, &[1.0, 1e20], &[1.0, 1.0]).unwrap_err();
    assert!(matches!(error, DifferenceError::StepTooSmall { index: 1, .. }), "{error}");
    // large variables alone are moved far enough
    let slope =
        scheme.directional_derivative(|x: &[f64]| x[0] / 1e10 + x[1] / 1e10, &[1e10, -1e10], &[1.0, 3.0]).unwrap();
    assert!((slope - 4e-10).abs() < 1e-16, "{slope}");
    // a variable of which the direction has next to nothing need not move
    assert!(scheme.directional_derivative(sum, &[1.0, 1.0], &[1.0, 1e-20]).is_ok());
    assert_eq!(scheme.directional_derivative(sum, &[1.0, 1.0], &[0.0, 0.0]), Ok(0.0));
}

#[test]
fn lengths_that_do_not_fit_are_named() {
    let scheme = FiniteDifference::central();
    let error = scheme.directional_derivative(|x: &[f64]| x[0], &[1.0, 2.0], &[1.0]).unwrap_err();
    assert_eq!(error.to_string(), "direction: found 1 elements, expected 2");
    assert!(scheme.hessian_vector(|x: &[f64]| x[0], &[1.0], &[1.0, 2.0]).is_err());
    let mut calls = 0;
    let grows = |_: &[f64]| {
        calls += 1;
        vec![0.0; calls]
    };
    assert!(scheme.jacobian(grows, &[1.0]).unwrap_err().to_string().contains("results of the function"));
    let error = gradient_check(|x: &[f64]| x[0], &[1.0], &[], &GradientCheck::default()).unwrap_err();
    assert_eq!(error.to_string(), "the analytic gradient: found 0 elements, expected 1");
}

/// A function that fails at call number `at`.
fn failing(at: usize) -> impl FnMut(&[f64]) -> Result<f64, usize> {
    let mut calls = 0;
    move |x| {
        calls += 1;
        if calls > at { Err(calls) } else { Ok(x.iter().product()) }
    }
}

#[test]
fn the_functions_own_error_comes_back_from_every_call() {
    type Operation = fn(&mut dyn FnMut(&[f64]) -> Result<f64, usize>) -> Result<(), DifferenceError<usize>>;
    const X: [f64; 2] = [0.1, 0.7];
    let operations: [(usize, Operation); 8] = [
        (3, |f| FiniteDifference::forward().gradient(f, &X).map(drop)),
        (4, |f| FiniteDifference::central().gradient(f, &X).map(drop)),
        (8, |f| FiniteDifference::five_point().gradient(f, &X).map(drop)),
        (2, |f| FiniteDifference::central().directional_derivative(f, &X, &[1.0, 2.0]).map(drop)),
        (9, |f| FiniteDifference::central().hessian(f, &X).map(drop)),
        (8, |f| FiniteDifference::central().hessian_vector(f, &X, &[1.0, 2.0]).map(drop)),
        (18, |f| FiniteDifference::central().extrapolate(|x| f(&[x]), 0.1).map(drop)),
        (4, |f| gradient_check(f, &X, &[1.0, 1.0], &GradientCheck::default()).map(drop)),
    ];
    for (k, (calls, operation)) in operations.into_iter().enumerate() {
        for at in 0..calls {
            assert_eq!(operation(&mut failing(at)), Err(DifferenceError::Function(at + 1)), "operation {k}");
        }
    }
}

#[test]
fn a_vector_function_may_fail_too() {
    let f = |x: &[f64]| if x[0] > 1.0 { Err("too far") } else { Ok(vec![x[0]]) };
    assert_eq!(FiniteDifference::central().jacobian(f, &[1.0]), Err(DifferenceError::Function("too far")));
    assert_eq!(
        FiniteDifference::central().jacobian_vector(f, &[1.0], &[1.0]),
        Err(DifferenceError::Function("too far"))
    );
}

#[test]
fn the_functions_error_is_the_source_and_can_be_downcast() {
    let f = |_: &[f64]| "seven".parse::<f64>();
    let error = FiniteDifference::central().gradient(f, &[1.0]).unwrap_err();
    assert_eq!(error.to_string(), "the function failed");
    let boxed: Box<dyn std::error::Error> = error.into();
    let source = boxed.source().unwrap();
    assert!(source.downcast_ref::<std::num::ParseFloatError>().is_some());
    assert_eq!(source.to_string(), "invalid float literal");
}

#[test]
fn in_parallel_the_first_error_comes_back() {
    let f = |x: &[f64]| if x[3] != 3.0 || x[7] != 7.0 { Err(x[3] != 3.0) } else { Ok(0.0) };
    let x: Vec<f64> = (0..10).map(f64::from).collect();
    assert_eq!(FiniteDifference::central().par_gradient(f, &x), Err(DifferenceError::Function(true)));
}

#[test]
fn errors_of_functions_that_cannot_fail_print_too() {
    let error: DifferenceError<Infallible> = DifferenceError::BadStep { step: 0.0 };
    assert_eq!(error.to_string(), "the step is 0, expected a finite number above 0");
}

#[test]
fn every_error_can_be_boxed_and_sent() {
    fn check<E: std::error::Error + Send + Sync + 'static>() {}
    check::<DifferenceError<Infallible>>();
    check::<DifferenceError<std::fmt::Error>>();
}
