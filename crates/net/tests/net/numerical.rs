//! The fast numerical gradient against the definition, on whatever a net can be.

use crate::support::{Problem, problem};
use net::{Activation, Parameters};
use proptest::prelude::*;

const ACTIVATIONS: [Activation; 3] = [Activation::Sigmoid, Activation::Tanh, Activation::Relu];

/// What the definition's own rounding allows: its losses are exact to an ulp or so, and it divides by 2h.
fn tolerance(problem: &Problem, h: f64) -> f64 {
    let loss = problem.net.loss(&problem.x, &problem.t);
    let largest = problem.net.params.arrays().iter().flat_map(|a| a.iter()).fold(0.0_f64, |m, w| m.max(w.abs()));
    if h >= 0.1 { 1e-11 * loss.max(1.0) } else { 1e-13 / h * loss.max(1.0).max(largest) }
}

#[track_caller]
fn equals_the_definition(problem: &Problem, h: f64) {
    let Problem { net, x, t } = problem;
    let fast = net.numerical_gradient(x, t, h);
    let definition = net.numerical_gradient_by_definition(x, t, h);
    close(&fast, &definition, tolerance(problem, h), &format!("h = {h:e}, {:?}", net.activation));
}

#[track_caller]
fn close(found: &Parameters<f64>, expected: &Parameters<f64>, tolerance: f64, about: &str) {
    for ((name, found), (_, expected)) in found.named().zip(expected.named()) {
        assert_eq!(found.len(), expected.len());
        for (i, (f, e)) in found.iter().zip(expected).enumerate() {
            assert!(
                (f - e).abs() <= tolerance,
                "{about}: {name}[{i}] found {f:e}, expected {e:e}, within {tolerance:e}"
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_net_any_batch_any_step(
        activation in prop::sample::select(&ACTIVATIONS[..]),
        sizes in (1..7_usize, 1..12_usize, 1..11_usize, 1..9_usize),
        seed in any::<u64>(),
        h in prop::sample::select(&[1e-4, 1e-3, 1e-2, 0.1, 0.5, 2.0][..]),
        kept in 1..=4_u32, // quarters of x that are not 0
        shades in prop::option::of(1..20_u32), // few distinct values, as images have
        weight in prop::sample::select(&[0.01, 0.7, 5.0][..]),
    ) {
        let mut problem = problem(activation, sizes, seed);
        problem.net.params.arrays_mut().into_iter().flatten().for_each(|w| *w *= weight);
        for (i, x) in problem.x.iter_mut().enumerate() {
            if let Some(shades) = shades {
                *x = (*x * f64::from(shades)).round() / f64::from(shades);
            }
            if (i * 7 + 3) % 4 >= kept as usize {
                *x = 0.0;
            }
        }
        equals_the_definition(&problem, h);
    }
}

#[test]
fn every_power_of_ten_of_h_equals_the_definition() {
    for activation in ACTIVATIONS {
        let problem = problem(activation, (5, 9, 6, 4), 1);
        for h in [1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.03, 0.1, 0.3, 1.0, 2.0, 5.0, 20.0, 200.0, 5000.0] {
            equals_the_definition(&problem, h);
        }
    }
}

#[test]
fn corner_sizes_equal_the_definition() {
    // a batch of one, two classes and one, one hidden unit, one input; sizes that fill no register
    for sizes in [(1, 5, 4, 3), (3, 5, 4, 2), (3, 5, 1, 3), (3, 1, 5, 3), (2, 7, 13, 1), (1, 1, 1, 2), (6, 17, 9, 11)] {
        for activation in ACTIVATIONS {
            for h in [1e-4, 0.05, 0.5, 2.0] {
                equals_the_definition(&problem(activation, sizes, 2), h);
            }
        }
    }
}

#[test]
fn saturated_units_and_sure_answers_equal_the_definition() {
    for activation in ACTIVATIONS {
        for weight in [10.0, 100.0, 1000.0] {
            let mut problem = problem(activation, (4, 6, 5, 3), 3);
            problem.net.params.arrays_mut().into_iter().flatten().for_each(|w| *w *= weight);
            for h in [1e-4, 0.1, 2.0] {
                equals_the_definition(&problem, h);
            }
        }
    }
}

#[test]
fn a_sure_answer_moved_beyond_doubt_equals_the_definition() {
    // y is 1 to the last digit, and 1 - y is 1e-18: the step of 100 makes that the larger part
    for activation in ACTIVATIONS {
        let mut problem = problem(activation, (2, 5, 4, 3), 8);
        problem.net.params.w2 *= 0.1;
        problem.net.params.b2 = nalgebra::RowDVector::from_row_slice(&[41.0, 0.0, 0.5]);
        problem.t = vec![0, 2];
        equals_the_definition(&problem, 100.0);
    }
}

#[test]
fn the_bits_do_not_depend_on_the_number_of_threads() {
    let Problem { net, x, t } = problem(Activation::Sigmoid, (20, 30, 37, 10), 7);
    for h in [1e-4, 1e-2, 0.5] {
        let gradients: Vec<Parameters<f64>> = [1, 2, 7]
            .map(|threads| {
                let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
                pool.install(|| net.numerical_gradient(&x, &t, h))
            })
            .to_vec();
        assert!(gradients.iter().all(|gradient| *gradient == gradients[0]));
    }
}

#[test]
fn the_step_may_be_negative() {
    let Problem { net, x, t } = problem(Activation::Sigmoid, (3, 5, 4, 3), 4);
    assert_eq!(net.numerical_gradient(&x, &t, -1e-4), net.numerical_gradient(&x, &t, 1e-4));
}

#[test]
fn what_is_not_finite_falls_back_to_the_definition() {
    let bits = |p: &Parameters<f64>| p.arrays().concat().iter().map(|v| v.to_bits()).collect::<Vec<_>>();
    let Problem { net, x, t } = problem(Activation::Relu, (3, 5, 4, 3), 5);
    let check = |net: &net::TwoLayerNet<f64>, x: &nalgebra::DMatrix<f64>, h: f64| {
        let (fast, definition) = (net.numerical_gradient(x, &t, h), net.numerical_gradient_by_definition(x, &t, h));
        assert_eq!(bits(&fast), bits(&definition));
    };
    for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let mut bad_x = x.clone();
        bad_x[(1, 2)] = bad;
        check(&net, &bad_x, 1e-4);
        for array in 0..4 {
            let mut bad_net = net.clone();
            bad_net.params.arrays_mut()[array][1] = bad;
            check(&bad_net, &x, 1e-4);
        }
    }
    for h in [0.0, f64::NAN, f64::INFINITY] {
        check(&net, &x, h);
    }
    let mut huge = net;
    huge.params.w1.fill(1e200);
    huge.params.w2.fill(1e200); // the logits overflow
    check(&huge, &x.map(f64::abs), 1e-4);
}

#[test]
#[should_panic(expected = "the batch is empty")]
fn an_empty_batch_has_no_numerical_gradient() {
    let Problem { net, x, .. } = problem(Activation::Sigmoid, (3, 5, 4, 3), 6);
    net.numerical_gradient(&x.rows(0, 0).into_owned(), &[], 1e-4);
}
