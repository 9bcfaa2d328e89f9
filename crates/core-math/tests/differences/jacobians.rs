//! Vector functions: what they may return, and checks of their Jacobians.

use core_math::{Cause, CheckMode, FiniteDifference, GradientCheck, jacobian_check};
use nalgebra::{DMatrix, DVector, Vector3};

const X: [f64; 2] = [1.5, -2.0];

fn f(x: &[f64]) -> [f64; 3] {
    [x[0] * x[1], x[1].sin(), x[0] * x[0]]
}

/// 3 x 2
fn expected() -> DMatrix<f64> {
    DMatrix::from_row_slice(3, 2, &[X[1], X[0], 0.0, X[1].cos(), 2.0 * X[0], 0.0])
}

#[test]
fn a_vector_function_returns_any_vector_or_a_result_of_one() {
    let central = FiniteDifference::central();
    let found = [
        central.jacobian(f, &X).unwrap(),
        central.jacobian(|x: &[f64]| f(x).to_vec(), &X).unwrap(),
        central.jacobian(|x: &[f64]| DVector::from_row_slice(&f(x)), &X).unwrap(),
        central.jacobian(|x: &[f64]| Vector3::from(f(x)), &X).unwrap(),
        central.jacobian(|x: &[f64]| Ok::<_, String>(f(x)), &X).unwrap(),
        central.jacobian(|x: &[f64]| Ok::<Box<[f64]>, String>(Box::new(f(x))), &X).unwrap(),
    ];
    for matrix in &found {
        assert_eq!(matrix, &found[0]);
        assert!((matrix - expected()).amax() < 1e-8);
    }
}

#[test]
fn the_jacobian_times_a_vector_takes_two_calls() {
    let v = [0.5, -3.0];
    let mut calls = 0;
    let counted = |x: &[f64]| {
        calls += 1;
        f(x)
    };
    let found = FiniteDifference::central().jacobian_vector(counted, &X, &v).unwrap();
    let product = expected() * DVector::from_row_slice(&v);
    assert!((DVector::from_vec(found) - &product).amax() < 1e-8);
    assert_eq!(calls, 2);
    assert_eq!(FiniteDifference::central().jacobian_vector(f, &X, &[0.0, 0.0]).unwrap(), [0.0; 3]);
    let forward = FiniteDifference::forward().jacobian_vector(f, &X, &v).unwrap();
    assert!((DVector::from_vec(forward) - product).amax() < 1e-6);
}

#[test]
fn a_right_jacobian_holds_in_every_mode() {
    let modes =
        [CheckMode::Full, CheckMode::Sampled { count: 1, seed: 0 }, CheckMode::Directions { count: 4, seed: 0 }];
    for (mode, compared) in modes.into_iter().zip([6, 3, 12]) {
        for difference in [FiniteDifference::central(), FiniteDifference::five_point()] {
            let check = GradientCheck { mode, difference, ..GradientCheck::default() };
            let report = jacobian_check(f, &X, &expected(), &check).unwrap();
            assert!(report.holds() && report.compared == compared, "{report}");
        }
    }
}

#[test]
fn a_wrong_element_is_named_by_row_and_column() {
    let mut wrong = expected();
    wrong[(1, 1)] *= -1.0;
    let report = jacobian_check(f, &X, &wrong, &GradientCheck::default()).unwrap();
    let worst = report.worst.unwrap();
    assert_eq!((report.failed, worst.output, worst.index, report.cause), (1, Some(1), 1, Some(Cause::Sign)));
    assert!(
        report.to_string().starts_with("1 of 6 derivatives wrong, the worst at (1, 1): numerical -0.41"),
        "{report}"
    );
    let numerical = DMatrix::from_iterator(3, 2, report.numerical());
    assert!((numerical - expected()).amax() < 1e-8);
    let directions = GradientCheck { mode: CheckMode::Directions { count: 2, seed: 0 }, ..GradientCheck::default() };
    let report = jacobian_check(f, &X, &wrong, &directions).unwrap();
    assert!(report.failing().all(|place| place.output == Some(1)) && report.failed == 2, "{report}");
}

#[test]
fn a_transposed_jacobian_is_named_as_permuted() {
    let f = |x: &[f64]| [x[0] * x[1] * x[2], x[1] + 2.0 * x[2], x[0].sin()];
    let x = [0.4, 1.5, -0.7];
    let right = FiniteDifference::five_point().jacobian(f, &x).unwrap();
    let report = jacobian_check(f, &x, &right.transpose(), &GradientCheck::default()).unwrap();
    assert_eq!(report.cause, Some(Cause::Permuted), "{report}");
}

#[test]
fn shapes_that_do_not_fit_are_errors() {
    let error = |rows, columns| {
        let analytic = DMatrix::zeros(rows, columns);
        jacobian_check(f, &X, &analytic, &GradientCheck::default()).unwrap_err().to_string()
    };
    assert_eq!(error(3, 3), "a row of the analytic Jacobian: found 3 elements, expected 2");
    assert_eq!(error(2, 2), "results of the function: found 3 elements, expected 2");
}
