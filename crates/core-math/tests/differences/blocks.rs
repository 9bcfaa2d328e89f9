//! Checks of named blocks of one vector.

use core_math::{Cause, CheckMode, FiniteDifference, GradientCheck, Step, gradient_check_blocks};

const BLOCKS: [(&str, usize); 3] = [("W", 4), ("b", 2), ("scale", 1)];
const P: [f64; 7] = [0.3, -0.5, 0.8, 1.2, 0.1, -0.4, 2.0];

/// scale * sum of tanh(W (1, 2) + b), W a 2 x 2 by row.
fn f(p: &[f64]) -> f64 {
    p[6] * ((p[0] + 2.0 * p[1] + p[4]).tanh() + (p[2] + 2.0 * p[3] + p[5]).tanh())
}

fn gradient() -> Vec<f64> {
    FiniteDifference::five_point().gradient(f, &P).unwrap()
}

const MODES: [CheckMode; 3] =
    [CheckMode::Full, CheckMode::Sampled { count: 2, seed: 1 }, CheckMode::Directions { count: 2, seed: 1 }];

#[test]
fn a_right_gradient_holds_in_every_block_and_mode() {
    for (mode, compared) in MODES.into_iter().zip([[4, 2, 1], [2, 2, 1], [2, 2, 2]]) {
        let check = GradientCheck { mode, ..GradientCheck::default() };
        let reports = gradient_check_blocks(f, &P, &gradient(), &BLOCKS, &check).unwrap();
        assert!(reports.hold(), "{reports}");
        assert_eq!(reports.blocks.iter().map(|block| block.report.compared).collect::<Vec<_>>(), compared);
        assert_eq!(reports.blocks.iter().map(|block| block.name.as_str()).collect::<Vec<_>>(), ["W", "b", "scale"]);
    }
}

#[test]
fn bugs_of_two_blocks_get_a_cause_each_and_indices_within_the_block() {
    let mut wrong = gradient();
    wrong[1] *= 2.0;
    wrong[4] *= -1.0;
    wrong[5] *= -1.0;
    let reports = gradient_check_blocks(f, &P, &wrong, &BLOCKS, &GradientCheck::default()).unwrap();
    let causes: Vec<_> = reports.blocks.iter().map(|block| block.report.cause).collect();
    assert_eq!(causes, [Some(Cause::Two), Some(Cause::Sign), None]);
    let places = |k: usize| reports.blocks[k].report.failing().map(|place| place.index).collect::<Vec<_>>();
    assert_eq!((places(0), places(1)), (vec![1], vec![0, 1]));
    let shown = reports.to_string();
    let lines: Vec<&str> = shown.lines().collect();
    assert!(lines[0].starts_with("W: 1 of 4 derivatives wrong, the worst at 1: numerical "), "{shown}");
    assert!(lines[1].starts_with("b: 2 of 2 derivatives wrong, at 0 1; the worst at "), "{shown}");
    assert_eq!(lines[2], "scale: all 1 derivatives agree");
    assert!(!reports.hold());
}

#[test]
fn while_a_block_moves_the_others_are_at_x() {
    let difference = FiniteDifference::central().step(Step::Fixed(0.5));
    let check = GradientCheck { difference, ..GradientCheck::default() };
    let product = |p: &[f64]| p[0] * p[1];
    assert!(gradient_check_blocks(product, &[3.0, 5.0], &[5.0, 3.0], &[("a", 1), ("b", 1)], &check).unwrap().hold());
}

#[test]
fn typical_sizes_belong_to_their_block() {
    let f = |p: &[f64]| p[0].sin() + 1.0 / p[1];
    let difference = FiniteDifference::five_point().typical(&[1.0, 1e-3]);
    let check = GradientCheck { difference, ..GradientCheck::default() };
    let reports = gradient_check_blocks(f, &[1.0, 1e-3], &[1_f64.cos(), -1e6], &[("a", 1), ("b", 1)], &check).unwrap();
    assert!(reports.hold(), "{reports}");
}

#[test]
fn blocks_that_leave_variables_out_are_an_error() {
    for blocks in [&BLOCKS[..2], &[("W", 8)], &[("W", usize::MAX), ("b", 7)]] {
        let error = gradient_check_blocks(f, &P, &gradient(), blocks, &GradientCheck::default()).unwrap_err();
        assert!(error.to_string().starts_with("all blocks together: found "), "{error}");
    }
    let none = gradient_check_blocks(|_: &[f64]| 1.0, &[], &[], &[("empty", 0)], &GradientCheck::default()).unwrap();
    assert_eq!(none.to_string(), "empty: no derivatives were compared");
}
