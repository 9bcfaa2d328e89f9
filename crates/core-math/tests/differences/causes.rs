//! Gradients that are wrong by a sum or an order, and not by a factor.

use core_math::{Cause, CheckMode, FiniteDifference, GradientCheck, GradientReport, Step, gradient_check};

const X: [f64; 6] = [0.5, -1.0, 0.2, 0.8, -0.3, 1.4];
const DECAY: f64 = 0.1;

fn plain(x: &[f64]) -> f64 {
    x.iter().zip([1.0, 2.0, 3.0, 4.0, 5.0, 6.0]).map(|(x, k)| (k * x).sin()).sum()
}

fn slopes() -> [f64; 6] {
    std::array::from_fn(|i| (i + 1) as f64 * ((i + 1) as f64 * X[i]).cos())
}

fn decayed(x: &[f64]) -> f64 {
    plain(x) + DECAY / 2.0 * x.iter().map(|x| x * x).sum::<f64>()
}

#[track_caller]
fn check(f: fn(&[f64]) -> f64, analytic: &[f64], mode: CheckMode) -> GradientReport {
    let check = GradientCheck { mode, ..GradientCheck::default() };
    let report = gradient_check(f, &X, analytic, &check).unwrap();
    assert!(!report.holds());
    report
}

#[test]
fn shifted_and_transposed_slopes_are_a_permutation() {
    let right = slopes();
    let mut shifted = right;
    shifted.rotate_right(1);
    let transposed: [f64; 6] = std::array::from_fn(|i| right[i % 3 * 2 + i / 3]); // 3 x 2 by row, read by column
    let mut swapped = right;
    swapped.swap(1, 4);
    for (wrong, failed) in [(shifted, 6), (transposed, 4), (swapped, 2)] {
        let report = check(plain, &wrong, CheckMode::Full);
        assert_eq!((report.failed, report.cause), (failed, Some(Cause::Permuted)), "{report}");
    }
}

#[test]
fn a_constant_that_is_added_is_an_offset() {
    for (mode, failed) in [(CheckMode::Full, 6), (CheckMode::Sampled { count: 3, seed: 0 }, 3)] {
        let report = check(plain, &slopes().map(|slope| slope + 0.25), mode);
        let Some(Cause::Offset(offset)) = report.cause else { panic!("{report}") };
        assert!((offset - 0.25).abs() < 1e-6 && report.failed == failed, "{report}");
        assert!(
            report.to_string().ends_with("; the difference is 2.5000e-1 everywhere: a constant is added"),
            "{report}"
        );
    }
}

#[test]
fn forgotten_and_doubled_weight_decay_is_named_with_its_sign_in_every_mode() {
    let doubled: [f64; 6] = std::array::from_fn(|i| slopes()[i] + 2.0 * DECAY * X[i]);
    let modes =
        [CheckMode::Full, CheckMode::Sampled { count: 4, seed: 2 }, CheckMode::Directions { count: 4, seed: 2 }];
    for mode in modes {
        for (analytic, factor, word) in [(slopes(), -DECAY, "missing"), (doubled, DECAY, "twice")] {
            let report = check(decayed, &analytic, mode);
            let Some(Cause::WeightDecay(found)) = report.cause else { panic!("{mode:?}: {report}") };
            assert!((found - factor).abs() < 1e-5, "{mode:?}: {found}");
            assert!(report.to_string().contains(word), "{report}");
        }
    }
}

#[test]
fn weight_decay_of_the_weights_alone_is_named_although_the_biases_hold() {
    let weights = |x: &[f64]| plain(x) + DECAY / 2.0 * x[..4].iter().map(|x| x * x).sum::<f64>();
    let report = gradient_check(weights, &X, &slopes(), &GradientCheck::default()).unwrap();
    assert!(matches!(report.cause, Some(Cause::WeightDecay(_))) && report.failed == 4, "{report}");
}

#[test]
fn a_step_too_large_for_a_power_of_x_is_no_weight_decay_and_no_offset() {
    // the third derivative times h^2 / 6 is 4 h^2 x for x^4, and h^2 for x^3
    let difference = FiniteDifference::central().step(Step::Fixed(0.3));
    let check = GradientCheck { difference, ..GradientCheck::default() };
    for power in [3, 4] {
        let f = |x: &[f64]| x.iter().map(|x| x.powi(power)).sum::<f64>();
        let right = X.map(|x| f64::from(power) * x.powi(power - 1));
        assert_eq!(gradient_check(f, &X, &right, &check).unwrap().cause, Some(Cause::StepTooLarge), "x^{power}");
    }
}

#[test]
fn two_wrong_terms_have_no_pattern() {
    let mut wrong = slopes();
    wrong[1] += 0.7;
    wrong[3] -= 0.2;
    assert_eq!(check(plain, &wrong, CheckMode::Full).cause, Some(Cause::Unknown));
}

#[test]
fn all_failing_places_and_the_numerical_gradient_are_in_the_report() {
    let mut wrong = slopes();
    for i in [0, 2, 5] {
        wrong[i] += (i + 1) as f64;
    }
    let report = check(plain, &wrong, CheckMode::Full);
    assert_eq!(report.failing().map(|place| place.index).collect::<Vec<_>>(), [0, 2, 5]);
    assert_eq!(report.places.iter().map(|place| place.index).collect::<Vec<_>>(), [0, 1, 2, 3, 4, 5]);
    for (numerical, exact) in report.numerical().zip(slopes()) {
        assert!((numerical - exact).abs() < 1e-7);
    }
}

#[test]
fn many_failing_places_are_short_on_display_and_in_debug_output() {
    let f = |x: &[f64]| x[..10].iter().sum::<f64>();
    let report = gradient_check(f, &[1.0; 500], &[1.0; 500], &GradientCheck::default()).unwrap();
    assert_eq!(report.failed, 490);
    let shown = report.to_string();
    assert!(shown.starts_with("490 of 500 derivatives wrong, at 10 11 12 13 14 ...; the worst at "), "{shown}");
    assert!(shown.len() < 250 && format!("{report:?}").len() < 1500, "{report:?}");
}
