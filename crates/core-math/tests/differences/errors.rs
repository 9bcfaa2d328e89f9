//! Bad steps, functions that fail, lengths that do not fit.

use core_math::{DifferenceError, FiniteDifference, GradientCheck, Step, gradient_check};
use std::convert::Infallible;
use std::panic::{AssertUnwindSafe, catch_unwind};

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
    let error = fixed.gradient(|x: &[f64]| x[0] + x[1], &mut [1.0, 1e20]).unwrap_err();
    assert_eq!(error, DifferenceError::StepTooSmall { index: 1, x: 1e20, step: 1e-4 });
    assert!(FiniteDifference::central().gradient(|x: &[f64]| x[0] + x[1], &mut [1.0, 1e20]).is_ok());
    for x in [f64::NAN, f64::INFINITY] {
        let error = fixed.derivative(f64::sin, x).unwrap_err();
        assert!(matches!(error, DifferenceError::StepTooSmall { index: 0, .. }), "{error}");
    }
}

#[test]
fn lengths_that_do_not_fit_are_named() {
    let scheme = FiniteDifference::central();
    let error = scheme.directional_derivative(|x: &[f64]| x[0], &[1.0, 2.0], &[1.0]).unwrap_err();
    assert_eq!(error.to_string(), "direction: found 1 elements, expected 2");
    assert!(scheme.hessian_vector(|x: &[f64]| x[0], &mut [1.0], &[1.0, 2.0]).is_err());
    let mut calls = 0;
    let grows = |_: &[f64]| {
        calls += 1;
        vec![0.0; calls]
    };
    assert!(scheme.jacobian(grows, &mut [1.0]).unwrap_err().to_string().contains("results of the function"));
    let error = gradient_check(|x: &[f64]| x[0], &mut [1.0], &[], &GradientCheck::default()).unwrap_err();
    assert_eq!(error.to_string(), "the analytic gradient: found 0 elements, expected 1");
}

/// A function that fails, or panics, at call number `at`.
fn failing(at: usize, panics: bool) -> impl FnMut(&[f64]) -> Result<f64, usize> {
    let mut calls = 0;
    move |x| {
        calls += 1;
        match calls > at {
            true if panics => panic!("call {calls}"),
            true => Err(calls),
            false => Ok(x.iter().product()),
        }
    }
}

#[test]
fn the_functions_own_error_comes_back_and_everything_is_in_its_place_again() {
    type Operation = fn(&mut dyn FnMut(&[f64]) -> Result<f64, usize>, &mut [f64]) -> Result<(), DifferenceError<usize>>;
    let operations: [(usize, Operation); 6] = [
        (3, |f, x| FiniteDifference::forward().gradient(f, x).map(drop)),
        (4, |f, x| FiniteDifference::central().gradient(f, x).map(drop)),
        (8, |f, x| FiniteDifference::five_point().gradient(f, x).map(drop)),
        (9, |f, x| FiniteDifference::central().hessian(f, x).map(drop)),
        (8, |f, x| FiniteDifference::central().hessian_vector(f, x, &[1.0, 2.0]).map(drop)),
        (4, |f, x| gradient_check(f, x, &[1.0, 1.0], &GradientCheck::default()).map(drop)),
    ];
    let original = [0.1, 0.7];
    for (k, (calls, operation)) in operations.into_iter().enumerate() {
        for at in 0..calls {
            let mut x = original;
            assert_eq!(operation(&mut failing(at, false), &mut x), Err(DifferenceError::Function(at + 1)), "{k}");
            assert_eq!(x.map(f64::to_bits), original.map(f64::to_bits), "operation {k} at call {at}");
            let outcome = catch_unwind(AssertUnwindSafe(|| operation(&mut failing(at, true), &mut x)));
            assert!(outcome.is_err());
            assert_eq!(x.map(f64::to_bits), original.map(f64::to_bits), "operation {k}, panic at call {at}");
        }
    }
}

#[test]
fn a_vector_function_may_fail_too() {
    let f = |x: &[f64]| if x[0] > 1.0 { Err("too far") } else { Ok(vec![x[0]]) };
    let mut x = [1.0];
    assert_eq!(FiniteDifference::central().jacobian(f, &mut x), Err(DifferenceError::Function("too far")));
    assert_eq!(x, [1.0]);
}

#[test]
#[cfg(feature = "parallel")]
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
