//! The fast numerical gradient against the definition, on whatever a net can be.

use crate::support::{Problem, problem};
use core_math::Real as _;
use nalgebra::DMatrix;
use net::{Activation, Batch, GradientMethod, Parameters, Real, Rows, Trainer, TwoLayerNet};
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
    let _ = net.numerical_gradient(&x.rows(0, 0).into_owned(), &[], 1e-4);
}

/// The samples of a batch as the definition takes them.
fn chosen<T: Real>(x: &DMatrix<T>, t: &[u8], batch: &[usize]) -> (DMatrix<T>, Vec<u8>) {
    (x.select_rows(batch), batch.iter().map(|&n| t[n]).collect())
}

#[test]
fn steps_by_central_differences_are_definition_and_update() {
    for activation in ACTIVATIONS {
        for h in [1e-4, 1e-2, 0.5] {
            let problem = problem(activation, (9, 12, 19, 4), 10);
            let Problem { net, x, t } = &problem;
            let (rows, mut expected) = (Rows::from_matrix(x), net.clone());
            let mut trainer = Trainer::new(net, GradientMethod::CentralDifferences { h });
            // samples repeat within a batch, and the batches differ in size
            for (round, batch) in [&[3, 0, 3, 8, 3][..], &[1, 1], &[8, 7, 6, 5, 4, 3, 2, 1, 0]].into_iter().enumerate()
            {
                let (x_batch, t_batch) = chosen(x, t, batch);
                let gradient = expected.numerical_gradient_by_definition(&x_batch, &t_batch, h);
                expected.update(&gradient, 0.3);
                let loss = trainer.step_and_loss(Batch::new(&rows, t, batch), 0.3);
                let about = format!("{activation}, h = {h}, round {round}");
                close(&trainer.net().params, &expected.params, 3.0 * tolerance(&problem, h), &about);
                assert!((loss - expected.loss(&x_batch, &t_batch)).abs() < 1e-9, "{about}: loss {loss}");
            }
        }
    }
}

#[test]
fn in_f32_central_differences_are_the_definition_bit_for_bit() {
    for activation in ACTIVATIONS {
        let Problem { net, x, t } = problem(activation, (6, 7, 11, 3), 11);
        let params = net.params.map(f32::of);
        let (mut net, x) = (TwoLayerNet { params, activation }, x.map(f32::of));
        let (rows, batch, h) = (Rows::from_matrix(&x), [5, 0, 2, 5], 1e-2_f32);
        let (x_batch, t_batch) = chosen(&x, &t, &batch);
        let mut trainer = Trainer::new(&net, GradientMethod::CentralDifferences { h: h.into() });
        for _ in 0..2 {
            let expected = net.numerical_gradient_by_definition(&x_batch, &t_batch, h);
            assert_eq!(trainer.gradient(Batch::new(&rows, &t, &batch)), expected);
            net.update(&expected, 0.1);
            trainer.step(Batch::new(&rows, &t, &batch), 0.1);
            assert_eq!(trainer.net(), net);
        }
        assert_eq!(net.numerical_gradient(&x, &t, h.into()), net.numerical_gradient_by_definition(&x, &t, h));
    }
}

#[test]
fn a_trainers_gradient_is_the_nets_and_leaves_all_as_it_was() {
    for activation in ACTIVATIONS {
        let Problem { net, x, t } = problem(activation, (7, 9, 21, 4), 12);
        let (rows, batch) = (Rows::from_matrix(&x), [6, 2, 2, 0]);
        let (x_batch, t_batch) = chosen(&x, &t, &batch);
        let ways = [1e-4, 1e-2, 0.5].map(|h| GradientMethod::CentralDifferences { h });
        for method in ways.into_iter().chain([GradientMethod::Backpropagation]) {
            let (now, next) = (Batch::new(&rows, &t, &batch), Batch::new(&rows, &t, &[1, 5]));
            let mut trainer = Trainer::new(&net, method);
            let gradient = trainer.gradient(now);
            assert_eq!(trainer.net(), net, "{method:?}");
            match method {
                GradientMethod::CentralDifferences { h } => {
                    // the points of the interpolation follow from all rows, so the last bits may differ
                    close(&gradient, &net.numerical_gradient(&x_batch, &t_batch, h), 1e-14, "central differences");
                }
                _ => close(&gradient, &net.gradient(&x_batch, &t_batch), 1e-13, "backpropagation"),
            }

            // nor does it change the steps around it, the announced batch included
            let mut plain = Trainer::new(&net, method);
            for (i, batch) in [now.then(next), next.then(now), now].into_iter().enumerate() {
                let loss = plain.step_and_loss(batch, 0.1);
                assert_eq!(trainer.step_and_loss(batch, 0.1), loss, "{method:?}, step {i}");
                assert_eq!(trainer.gradient(now), Trainer::new(&plain.net(), method).gradient(now), "{method:?}");
                assert_eq!(trainer.net(), plain.net(), "{method:?}, step {i}");
            }
        }
    }
}
