//! Steps by the typical size of each variable.

use core_math::{CheckMode, DifferenceError, FiniteDifference, GradientCheck, Step, gradient_check};

/// How far each of two variables moves.
fn moves(scheme: &FiniteDifference<f64>, x: [f64; 2]) -> [f64; 2] {
    let mut largest = [0.0_f64; 2];
    let watched = |at: &[f64]| {
        (0..2).for_each(|i| largest[i] = largest[i].max((at[i] - x[i]).abs()));
        0.0
    };
    scheme.gradient(watched, &x).unwrap();
    largest
}

#[test]
fn each_variable_moves_by_its_own_size_or_by_that_of_x_where_x_is_larger() {
    let scheme = FiniteDifference::central().step(Step::Relative(0.25));
    assert_eq!(moves(&scheme, [0.5, 8.0]), [0.25, 2.0]);
    let scheme = scheme.typical(&[0.125, 64.0]);
    assert_eq!(moves(&scheme, [0.0625, 8.0]), [0.03125, 16.0]);
    assert_eq!(moves(&scheme, [0.5, 128.0]), [0.125, 32.0]);
    assert_eq!(moves(&scheme.step(Step::Fixed(0.5)), [0.0625, 8.0]), [0.5, 0.5]);
    let epsilon = moves(&FiniteDifference::central().typical(&[1e-3, 1e3]), [0.0, 0.0]);
    assert!((epsilon[1] / epsilon[0] / 1e6 - 1.0).abs() < 1e-3, "{epsilon:?}");
}

#[test]
fn with_its_size_five_points_and_extrapolation_do_not_step_over_a_pole() {
    let (f, exact) = (|x: f64| 1.0 / x, -1e6);
    let error = |scheme: FiniteDifference<f64>| (scheme.derivative(f, 1e-3).unwrap() / exact - 1.0).abs();
    assert!(error(FiniteDifference::five_point()) > 1.0);
    assert!(error(FiniteDifference::five_point().typical(&[1e-3])) < 1e-9);
    let found = FiniteDifference::central().typical(&[1e-3]).extrapolate(f, 1e-3).unwrap();
    assert!((found.value - exact).abs() <= found.error && found.error < 1e-4, "{found:?}");
}

#[test]
fn directions_hessians_and_checks_go_by_the_sizes_too() {
    let f = |x: &[f64]| 1.0 / x[0] + x[1].powi(2);
    let (x, slopes) = ([1e-3, 3.0], [-1e6, 6.0]);
    let scheme = FiniteDifference::five_point().typical(&[1e-3, 1.0]);
    let along = scheme.directional_derivative(f, &x, &[1.0, 2.0]).unwrap();
    assert!((along / (slopes[0] + 2.0 * slopes[1]) - 1.0).abs() < 1e-9, "{along}");
    let hessian = scheme.hessian(f, &x).unwrap();
    assert!((hessian[(0, 0)] / 2e9 - 1.0).abs() < 1e-5, "{hessian}");
    let product = scheme.hessian_vector(f, &x, &[1.0, 0.0]).unwrap();
    assert!((product[0] / 2e9 - 1.0).abs() < 1e-5, "{product:?}");
    for mode in [CheckMode::Full, CheckMode::Directions { count: 2, seed: 1 }] {
        let check = |difference| GradientCheck { difference, mode, ..GradientCheck::default() };
        assert!(gradient_check(f, &x, &slopes, &check(scheme.clone())).unwrap().holds());
        assert!(!gradient_check(f, &x, &slopes, &check(FiniteDifference::five_point())).unwrap().holds());
    }
}

#[test]
fn sizes_that_do_not_fit_are_refused() {
    let scheme = FiniteDifference::central().typical(&[1.0, 2.0]);
    let error = scheme.gradient(|x: &[f64]| x[0], &[1.0, 1.0, 1.0]).unwrap_err();
    assert_eq!(error.to_string(), "typical sizes: found 2 elements, expected 3");
    for bad in [f64::NAN, f64::INFINITY, 0.0] {
        let error = FiniteDifference::central().typical(&[bad]).derivative(|x| x, 0.0).unwrap_err();
        assert!(matches!(error, DifferenceError::BadStep { .. }), "{bad}: {error}");
    }
    // 0: |x| alone
    assert!(FiniteDifference::central().typical(&[0.0]).derivative(|x| x, 1e-300).is_ok());
}

#[test]
fn many_sizes_are_short_in_debug_output() {
    let shown = format!("{:?}", FiniteDifference::central().typical(&[1.0; 1000]));
    assert!(shown.len() < 150 && shown.contains("1000 in all"), "{shown}");
}
