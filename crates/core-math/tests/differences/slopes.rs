//! Every scheme gives the derivative, at the rate that its formula promises.

use core_math::{FiniteDifference, Step};
use nalgebra::DMatrix;
use proptest::prelude::*;

type Scheme = FiniteDifference<f64>;

const SCHEMES: [(Scheme, i32, f64); 4] = [
    (FiniteDifference::forward(), 1, 1e-7),
    (FiniteDifference::backward(), 1, 1e-7),
    (FiniteDifference::central(), 2, 1e-9),
    (FiniteDifference::five_point(), 4, 1e-11),
];

/// A sum over pairs, as argmin's test functions have it, with its gradient and Hessian by hand.
fn rosenbrock(x: &[f64]) -> f64 {
    x.windows(2).map(|x| (1.0 - x[0]).powi(2) + 100.0 * (x[1] - x[0] * x[0]).powi(2)).sum()
}

fn rosenbrock_gradient(x: &[f64]) -> Vec<f64> {
    let mut gradient = vec![0.0; x.len()];
    for i in 0..x.len() - 1 {
        let bow = x[i + 1] - x[i] * x[i];
        gradient[i] += -2.0 * (1.0 - x[i]) - 400.0 * x[i] * bow;
        gradient[i + 1] += 200.0 * bow;
    }
    gradient
}

const POINT: [f64; 5] = [-1.2, 1.0, 0.3, -0.7, 1.9];

#[test]
fn each_scheme_finds_the_gradient_of_rosenbrocks_function() {
    for (scheme, _, tolerance) in SCHEMES {
        let gradient = scheme.gradient(rosenbrock, &POINT).unwrap();
        for (found, expected) in gradient.iter().zip(rosenbrock_gradient(&POINT)) {
            assert!((found - expected).abs() <= 3000.0 * tolerance, "{scheme:?}: {found} against {expected}");
        }
    }
}

#[test]
fn halving_the_step_divides_the_error_by_two_to_the_order() {
    let error = |scheme: &Scheme, h: f64| {
        (scheme.clone().step(Step::Fixed(h)).derivative(|x: f64| x.exp() * x.sin(), 0.7).unwrap()
            - 0.7_f64.exp() * (0.7_f64.sin() + 0.7_f64.cos()))
        .abs()
    };
    for (scheme, order, _) in SCHEMES {
        let ratio = error(&scheme, 0.02) / error(&scheme, 0.01);
        let expected = 2_f64.powi(order);
        assert!((ratio / expected - 1.0).abs() < 0.05, "{scheme:?}: {ratio}, expected {expected}");
    }
}

#[test]
fn central_differences_are_the_books() {
    let fixed = FiniteDifference::central().step(Step::Fixed(0.5));
    let f = |x: &[f64]| x[0].powi(3) * x[1];
    assert_eq!(fixed.gradient(f, &[1.0, 2.0]).unwrap(), core_math::numerical_gradient(f, &[1.0, 2.0], 0.5));
}

#[test]
fn a_relative_step_grows_with_the_variable_and_a_fixed_one_does_not() {
    let calls = |step: Step<f64>, x: f64| {
        let mut largest = 0.0_f64;
        FiniteDifference::central()
            .step(step)
            .derivative(
                |at| {
                    largest = largest.max((at - x).abs());
                    0.0
                },
                x,
            )
            .unwrap();
        largest
    };
    assert_eq!([calls(Step::Fixed(0.25), 1024.0), calls(Step::Fixed(0.25), 0.0)], [0.25, 0.25]);
    assert_eq!([calls(Step::Relative(0.25), 1024.0), calls(Step::Relative(0.25), 0.5)], [256.0, 0.25]);
    let epsilon = f64::EPSILON.cbrt();
    assert!((calls(Step::Epsilon, 1024.0) / (1024.0 * epsilon) - 1.0).abs() < 1e-3);
}

#[test]
fn the_jacobian_has_a_row_for_each_result() {
    let f = |x: &[f64]| vec![x[0] * x[1], x[2].sin(), x[0] + x[1] * x[2]];
    let x = [1.5, -2.0, 0.4_f64];
    let expected = DMatrix::from_row_slice(3, 3, &[x[1], x[0], 0.0, 0.0, 0.0, x[2].cos(), 1.0, x[2], x[1]]);
    for (scheme, _, tolerance) in SCHEMES {
        let found = scheme.jacobian(f, &x).unwrap();
        assert!((found - &expected).amax() < 10.0 * tolerance, "{scheme:?}");
    }
    let wide = FiniteDifference::central().jacobian(|x: &[f64]| vec![x[0] + 2.0 * x[1]], &[1.0, 1.0]).unwrap();
    assert_eq!(wide.shape(), (1, 2));
}

#[test]
fn the_hessian_is_symmetric_and_agrees_with_the_jacobian_of_the_gradient_and_with_its_products() {
    let x = POINT;
    let hessian = FiniteDifference::central().hessian(rosenbrock, &x).unwrap();
    assert_eq!(hessian, hessian.transpose());
    let by_gradient = FiniteDifference::central().jacobian(rosenbrock_gradient, &x).unwrap();
    assert!((&hessian - &by_gradient).amax() < 1e-2, "{}", (&hessian - &by_gradient).amax());
    let v = [0.5, -1.0, 2.0, 0.0, 3.0];
    let product = FiniteDifference::central().hessian_vector(rosenbrock, &x, &v).unwrap();
    let expected = &by_gradient * nalgebra::DVector::from_row_slice(&v);
    for (found, expected) in product.iter().zip(expected.iter()) {
        assert!((found - expected).abs() < 0.05, "{found} against {expected}");
    }
    assert_eq!(FiniteDifference::central().hessian_vector(rosenbrock, &x, &[0.0; 5]).unwrap(), [0.0; 5]);
}

#[test]
fn the_directional_derivative_is_the_gradient_times_the_direction() {
    let v = [1.0, -2.0, 0.5, 0.0, 0.25];
    let expected: f64 = rosenbrock_gradient(&POINT).iter().zip(v).map(|(g, v)| g * v).sum();
    for (scheme, _, tolerance) in SCHEMES {
        let found = scheme.directional_derivative(rosenbrock, &POINT, &v).unwrap();
        assert!((found - expected).abs() < 2e4 * tolerance, "{scheme:?}: {found} against {expected}");
    }
}

#[test]
fn a_matrix_gets_a_gradient_of_its_own_shape() {
    let w = DMatrix::from_fn(2, 3, |i, j| (i * 3 + j) as f64);
    let weights = DMatrix::from_row_slice(2, 3, &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
    let gradient = FiniteDifference::central().gradient_of_matrix(|w| w.dot(&weights), &w).unwrap();
    assert!((gradient - weights).amax() < 1e-7);
}

#[test]
fn in_f32_the_step_suits_f32() {
    let gradient = FiniteDifference::<f32>::central().gradient(|x: &[f32]| x[0].sin() * x[1], &[0.5, 2.0]).unwrap();
    assert!((gradient[0] - 2.0 * 0.5_f32.cos()).abs() < 1e-3 && (gradient[1] - 0.5_f32.sin()).abs() < 1e-3);
    // the book's 1e-4 in f32 is far off
    let book = FiniteDifference::<f32>::central().step(Step::Fixed(1e-4));
    let error = |scheme: FiniteDifference<f32>| (scheme.derivative(|x: f32| x.exp(), 1.0).unwrap() - 1_f32.exp()).abs();
    assert!(error(book) > 3.0 * error(FiniteDifference::central()));
}

#[test]
fn in_parallel_the_gradient_has_the_same_bits() {
    let x: Vec<f64> = (0..301).map(|i| (f64::from(i) * 0.37).sin()).collect();
    for (scheme, ..) in SCHEMES {
        let serial = scheme.gradient(rosenbrock, &x).unwrap();
        assert_eq!(scheme.par_gradient(rosenbrock, &x).unwrap(), serial);
    }
}

#[test]
fn the_pool_in_whose_install_it_is_called_does_the_work() {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(2).thread_name(|i| format!("mine {i}")).build().unwrap();
    let f = |x: &[f64]| {
        assert!(std::thread::current().name().unwrap().starts_with("mine "));
        x[0]
    };
    assert!(pool.install(|| FiniteDifference::central().par_gradient(f, &[1.0; 50])).is_ok());
}

proptest! {
    #[test]
    fn polynomials_of_degree_two_are_exact_but_for_rounding(a in -5.0..5.0_f64, b in -5.0..5.0_f64, c in -5.0..5.0_f64, x in -9.0..9.0_f64) {
        for (scheme, order, tolerance) in SCHEMES {
            let found = scheme.derivative(|x: f64| a * x * x + b * x + c, x).unwrap();
            let expected: f64 = 2.0 * a * x + b;
            let allowed = if order == 1 { 1e-5 } else { 2000.0 * tolerance };
            prop_assert!((found - expected).abs() < allowed, "{scheme:?}: {found} against {expected}");
        }
    }
}
