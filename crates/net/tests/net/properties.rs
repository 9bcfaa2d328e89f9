//! What must hold for any net: gradients agree, f32 follows f64, a step downhill lowers the loss.

use crate::support::{Problem, problem};
use core_math::Real;
use nalgebra::DMatrix;
use net::{Activation, Parameters, TwoLayerNet};
use proptest::prelude::*;

fn any_problem(activations: &'static [Activation]) -> impl Strategy<Value = Problem> {
    (prop::sample::select(activations), (1..7_usize, 1..9_usize, 1..8_usize, 1..6_usize), any::<u64>())
        .prop_map(|(activation, sizes, seed)| problem(activation, sizes, seed))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn the_hidden_layer_leads_to_the_logits(
        Problem { net, x, .. } in any_problem(&[Activation::Sigmoid, Activation::Tanh, Activation::Relu]),
    ) {
        let (a, z) = net.hidden(&x);
        let Parameters { w1, b1, w2, b2 } = &net.params;
        let expected = DMatrix::from_fn(x.nrows(), w1.ncols(), |n, j| x.row(n).dot(&w1.column(j).transpose()) + b1[j]);
        prop_assert!((&a - expected).amax() < 1e-12);
        prop_assert_eq!(&z, &a.map(|a| net.activation.value(a)));
        let logits = DMatrix::from_fn(x.nrows(), w2.ncols(), |n, k| z.row(n).dot(&w2.column(k).transpose()) + b2[k]);
        prop_assert!((net.logits(&x) - logits).amax() < 1e-12);
    }

    // relu has a kink: a unit within h of it has two right answers, so it is left to the fixed case below
    #[test]
    fn backpropagation_agrees_with_the_definition(
        Problem { net, x, t } in any_problem(&[Activation::Sigmoid, Activation::Tanh])
    ) {
        let analytic = net.gradient(&x, &t);
        let numerical = net.numerical_gradient_by_definition(&x, &t, 1e-4);
        for ((name, a), (_, n)) in analytic.named().zip(numerical.named()) {
            for (a, n) in a.iter().zip(n) {
                prop_assert!((a - n).abs() <= 1e-6, "{name}: {a} against {n}");
            }
        }
    }

    #[test]
    fn a_small_step_downhill_lowers_the_loss(
        Problem { mut net, x, t } in any_problem(&[Activation::Sigmoid, Activation::Tanh])
    ) {
        let before = net.loss(&x, &t);
        let gradient = net.gradient(&x, &t);
        let steepness = gradient.arrays().iter().flat_map(|a| a.iter()).map(|g| g * g).sum::<f64>();
        prop_assume!(steepness > 1e-8);
        net.update(&gradient, 1e-4);
        prop_assert!(net.loss(&x, &t) < before);
    }

    #[test]
    fn f32_follows_f64(Problem { net, x, t } in any_problem(&[Activation::Sigmoid, Activation::Tanh, Activation::Relu])) {
        let single = TwoLayerNet { params: net.params.map(f32::of), activation: net.activation };
        let (loss, expected) = (single.loss(&x.map(f32::of), &t).to_f64(), net.loss(&x, &t));
        prop_assert!((loss - expected).abs() <= 1e-4 * expected.max(1.0), "{loss} against {expected}");
    }
}

#[test]
fn relu_agrees_with_the_definition_away_from_its_kink() {
    let Problem { net, x, t } = problem(Activation::Relu, (3, 5, 4, 2), 11);
    let analytic = net.gradient(&x, &t);
    let numerical = net.numerical_gradient_by_definition(&x, &t, 1e-5);
    for (a, n) in analytic.arrays().concat().iter().zip(numerical.arrays().concat()) {
        assert!((a - n).abs() <= 1e-8, "{a} against {n}");
    }
}

#[test]
fn the_loss_is_the_mean_over_the_batch_and_not_the_sum() {
    let Problem { net, x, t } = problem(Activation::Sigmoid, (3, 5, 4, 2), 5);
    let twice = DMatrix::from_fn(6, 5, |i, j| x[(i % 3, j)]);
    let t_twice = [&t[..], &t[..]].concat();
    assert!((net.loss(&twice, &t_twice) - net.loss(&x, &t)).abs() < 1e-14);
    let (once, again) = (net.gradient(&x, &t), net.gradient(&twice, &t_twice));
    assert!((once.w1 - again.w1).amax() < 1e-14);
}
