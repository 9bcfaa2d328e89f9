//! Softmax regression whose gradient is right, and the same with each bug planted.

use core_math::{
    Cause, CheckMode, FiniteDifference, GradientCheck, GradientReport, Step, gradient_check, softmax,
    softmax_cross_entropy,
};
use nalgebra::DMatrix;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

const N: usize = 6;
const D: usize = 5;
const K: usize = 3;
const LABELS: [u8; N] = [0, 2, 1, 1, 0, 2];

struct Problem {
    x: DMatrix<f64>,
    w: Vec<f64>,
}

impl Problem {
    fn new(seed: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let mut draw = || f64::from(rng.next_u32()) / f64::from(u32::MAX) * 2.0 - 1.0;
        let x = DMatrix::from_fn(N, D, |_, _| draw());
        Self { x, w: (0..D * K).map(|_| draw()).collect() }
    }

    fn logits(&self, w: &[f64]) -> DMatrix<f64> {
        &self.x * DMatrix::from_column_slice(D, K, w)
    }

    fn loss(&self, w: &[f64]) -> f64 {
        softmax_cross_entropy(&self.logits(w), &LABELS)
    }

    fn gradient(&self) -> Vec<f64> {
        let mut dy = softmax(&self.logits(&self.w));
        LABELS.iter().enumerate().for_each(|(n, &t)| dy[(n, usize::from(t))] -= 1.0);
        (self.x.transpose() * dy / N as f64).as_slice().to_vec()
    }

    fn check(&self, gradient: &[f64], mode: CheckMode) -> GradientReport {
        let check = GradientCheck { mode, batch_size: Some(N), ..GradientCheck::default() };
        gradient_check(|w| self.loss(w), &self.w, gradient, &check).unwrap()
    }
}

const MODES: [CheckMode; 3] =
    [CheckMode::Full, CheckMode::Sampled { count: 6, seed: 3 }, CheckMode::Directions { count: 6, seed: 3 }];

#[test]
fn a_right_gradient_holds_in_every_mode() {
    for seed in 0..10 {
        let problem = Problem::new(seed);
        for (mode, compared) in MODES.into_iter().zip([D * K, 6, 6]) {
            let report = problem.check(&problem.gradient(), mode);
            assert!(report.holds() && report.compared == compared, "{report:?}");
            assert_eq!((report.cause, report.ratio), (None, None));
            assert!(report.worst.unwrap().excess < 0.1);
        }
    }
}

#[test]
fn each_planted_factor_is_caught_and_named_in_every_mode() {
    let n = N as f64;
    let planted: [(f64, Cause, &str); 9] = [
        (-1.0, Cause::Sign, "sign"),
        (std::f64::consts::LN_10, Cause::Log10, "log10"),
        (1.0 / std::f64::consts::LN_10, Cause::Log10, "log10"),
        (n, Cause::Mean { batch_size: N, forgotten: true }, "sum"),
        (1.0 / n, Cause::Mean { batch_size: N, forgotten: false }, "twice"),
        (0.0, Cause::NotConnected, "leaves"),
        (2.0, Cause::Two, "factor 2"),
        (0.5, Cause::Two, "factor 2"),
        (3.5, Cause::Factor(3.5), "constant factor"),
    ];
    for seed in 0..10 {
        let problem = Problem::new(seed);
        for (factor, cause, word) in planted {
            let wrong: Vec<f64> = problem.gradient().iter().map(|g| g * factor).collect();
            for mode in MODES {
                let report = problem.check(&wrong, mode);
                assert!(report.failed > 0, "{factor} {mode:?}");
                let found = report.cause.unwrap();
                match (found, cause) {
                    (Cause::Factor(found), Cause::Factor(expected)) => assert!((found / expected - 1.0).abs() < 1e-3),
                    _ => assert_eq!(found, cause, "factor {factor}, {mode:?}, {report:?}"),
                }
                assert!(found.to_string().contains(word), "{found}");
            }
        }
    }
}

#[test]
fn a_loss_in_log10_is_the_functions_bug_and_is_named_the_same() {
    let problem = Problem::new(0);
    let check = GradientCheck::default();
    let loss = |w: &[f64]| problem.loss(w) / std::f64::consts::LN_10;
    let report = gradient_check(loss, &problem.w, &problem.gradient(), &check).unwrap();
    assert_eq!(report.cause, Some(Cause::Log10));
    assert!((report.ratio.unwrap() - std::f64::consts::LN_10).abs() < 1e-4);
}

#[test]
fn one_wrong_element_is_the_worst_place_and_is_counted() {
    let problem = Problem::new(1);
    let mut wrong = problem.gradient();
    wrong[7] = -wrong[7];
    let report = problem.check(&wrong, CheckMode::Full);
    let worst = report.worst.unwrap();
    assert_eq!((report.failed, worst.index, report.cause), (1, 7, Some(Cause::Sign)));
    assert!((worst.absolute - 2.0 * wrong[7].abs()).abs() < 1e-8 && worst.relative > 1.9);
    assert!(problem.check(&wrong, CheckMode::Sampled { count: 15, seed: 0 }).failed == 1);
    assert!(problem.check(&wrong, CheckMode::Directions { count: 3, seed: 0 }).failed > 0);
}

#[test]
fn elements_out_of_order_are_the_same_slopes_permuted() {
    let problem = Problem::new(2);
    let mut wrong = problem.gradient();
    wrong.rotate_left(1);
    assert_eq!(problem.check(&wrong, CheckMode::Full).cause, Some(Cause::Permuted));
}

#[test]
fn a_gradient_with_nan_never_holds() {
    for bad in [f64::NAN, f64::INFINITY] {
        let problem = Problem::new(3);
        let mut wrong = problem.gradient();
        wrong[4] = bad;
        let report = problem.check(&wrong, CheckMode::Full);
        assert_eq!((report.failed, report.worst.unwrap().index, report.cause), (1, 4, Some(Cause::NotFinite)));
        assert!(!problem.check(&wrong, CheckMode::Directions { count: 1, seed: 0 }).holds());
    }
}

#[test]
fn a_kink_is_recognised_at_it_and_near_it() {
    let relu = |x: &[f64]| x.iter().map(|&x| core_math::activation::relu(x)).sum::<f64>();
    for at in [0.0, 1e-7, -1e-7] {
        let gradient = [1.0, core_math::activation::relu_gradient(at)];
        let report = gradient_check(relu, &[2.0, at], &gradient, &GradientCheck::default()).unwrap();
        assert_eq!((report.failed, report.worst.unwrap().index, report.cause), (1, 1, Some(Cause::Kink)), "{at}");
    }
}

#[test]
fn a_step_too_small_is_recognised_as_rounding() {
    for seed in 0..5 {
        let problem = Problem::new(seed);
        let difference = FiniteDifference::central().step(Step::Fixed(1e-13));
        let check = GradientCheck { difference, ..GradientCheck::default() };
        let report = gradient_check(|w| problem.loss(w), &problem.w, &problem.gradient(), &check).unwrap();
        assert_eq!(report.cause, Some(Cause::Rounding), "{report:?}");
    }
}

#[test]
fn a_step_too_large_is_not_taken_for_a_wrong_gradient() {
    for seed in 0..5 {
        let problem = Problem::new(seed);
        let difference = FiniteDifference::central().step(Step::Fixed(0.5));
        let check = GradientCheck { difference, ..GradientCheck::default() };
        let report = gradient_check(|w| problem.loss(w), &problem.w, &problem.gradient(), &check).unwrap();
        assert_eq!(report.cause, Some(Cause::StepTooLarge), "{report:?}");
    }
}

#[test]
fn the_tolerances_are_the_callers() {
    let problem = Problem::new(4);
    let nearly: Vec<f64> = problem.gradient().iter().map(|g| g * 1.01).collect();
    assert!(!problem.check(&nearly, CheckMode::Full).holds());
    let check = GradientCheck { relative: 0.02, ..GradientCheck::default() };
    assert!(gradient_check(|w| problem.loss(w), &problem.w, &nearly, &check).unwrap().holds());
}

#[test]
fn a_report_is_displayed_as_one_line() {
    let f = |x: &[f64]| x[0] * 2.0 - x[1];
    let shown = |analytic: &[f64]| {
        let check =
            GradientCheck { difference: FiniteDifference::central().step(Step::Fixed(0.25)), ..Default::default() };
        gradient_check(f, &[1.0, 0.5], analytic, &check).unwrap().to_string()
    };
    assert_eq!(shown(&[2.0, -1.0]), "all 2 derivatives agree");
    let wrong = "1 of 2 derivatives wrong, the worst at 1: numerical -1, analytic 1; ratio -1: a sign is wrong";
    assert_eq!(shown(&[2.0, 1.0]), wrong);
    let nan =
        "1 of 2 derivatives wrong, the worst at 0: numerical 2, analytic NaN; NaN or an infinity in one of the two";
    assert_eq!(shown(&[f64::NAN, -1.0]), nan);
}

#[test]
fn the_same_seed_samples_the_same_places_and_no_place_twice() {
    let mut calls = Vec::new();
    for seed in [5, 5, 6] {
        let mut moved = Vec::new();
        let original: Vec<f64> = (0..50).map(f64::from).collect();
        let f = |x: &[f64]| {
            moved.extend(x.iter().zip(&original).position(|(a, b)| a > b));
            0.0
        };
        let check = GradientCheck { mode: CheckMode::Sampled { count: 20, seed }, ..GradientCheck::default() };
        assert!(gradient_check(f, &original, &[0.0; 50], &check).unwrap().holds());
        let mut distinct = moved.clone();
        distinct.dedup();
        assert_eq!(distinct.len(), 20);
        calls.push(distinct);
    }
    assert_eq!(calls[0], calls[1]);
    assert_ne!(calls[0], calls[2]);
}

#[test]
fn a_mean_that_is_taken_twice_is_recognised_for_a_large_batch_and_a_gradient_of_0_is_not() {
    let f = |x: &[f64]| x[0].sin() + x[1] * x[1];
    let (x, n) = ([0.5_f64, 2.0], 60_000);
    let right = [x[0].cos(), 2.0 * x[1]];
    let check = GradientCheck { batch_size: Some(n), ..GradientCheck::default() };
    let cause = |factor: f64| gradient_check(f, &x, &right.map(|slope| slope * factor), &check).unwrap().cause;
    assert_eq!(cause(1.0 / n as f64), Some(Cause::Mean { batch_size: n, forgotten: false }));
    assert_eq!(cause(0.0), Some(Cause::NotConnected));
}

#[test]
fn two_derivatives_of_0_agree_without_an_absolute_tolerance() {
    let check = GradientCheck { absolute: 0.0, ..GradientCheck::default() };
    let f = |x: &[f64]| x[0] * x[0]; // x[1], a pixel that is always black, changes nothing
    let report = gradient_check(f, &[3.0, 1.0], &[6.0, 0.0], &check).unwrap();
    assert!(report.holds(), "{report:?}");
    let report = gradient_check(f, &[3.0, 1.0], &[6.0, 1e-300], &check).unwrap();
    assert_eq!((report.failed, report.worst.unwrap().index), (1, 1));
}

#[test]
fn a_wrong_gradient_is_reported_for_a_function_that_has_values_on_one_side_alone() {
    let f = |x: &[f64]| if x[0] < 0.0 { panic!("called at {x:?}") } else { x[0].exp() };
    let check = GradientCheck { difference: FiniteDifference::forward(), ..GradientCheck::default() };
    let report = gradient_check(f, &[0.0], &[3.7], &check).unwrap();
    assert_eq!((report.failed, report.cause), (1, Some(Cause::Factor(report.ratio.unwrap()))));
    assert!(gradient_check(f, &[0.0], &[1.0], &check).unwrap().holds());
}

#[test]
fn the_default_tolerances_suit_f32_too() {
    let loss = |x: &[f32]| 2.3 + (x[0] * 0.3).sin() * x[1] - x[1] * x[1] * 0.05;
    let x = [0.7_f32, -0.4];
    let right = [0.3 * (x[0] * 0.3).cos() * x[1], (x[0] * 0.3).sin() - 0.1 * x[1]];
    let check = |analytic: &[f32]| gradient_check(loss, &x, analytic, &GradientCheck::default()).unwrap();
    assert!(check(&right).holds(), "{}", check(&right));
    assert_eq!(check(&right.map(|slope| -slope)).cause, Some(Cause::Sign));
    assert_eq!(check(&right.map(|slope| slope * 1.05)).failed, 2);
}
