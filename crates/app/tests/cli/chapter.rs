//! The chapter's run to its end: 10,000 iterations, on the built-in digits and on the real MNIST.

use crate::support::{Place, printed, real_mnist};
use serde_json::Value;

#[test]
fn without_data_the_chapters_run_ends_above_95_percent_on_the_built_in_digits() {
    let place = Place::new();
    let assert = place.app("").assert().success(); // no command, no flag, no data
    let stderr = printed(&assert.get_output().stderr);
    assert!(stderr.contains("built-in digits") && stderr.contains("cargo xtask fetch-mnist"), "{stderr}");
    let log = place.log("data/runs/0001");
    let last = log.last().unwrap();
    assert_eq!(last["iteration"], 10_000);
    assert!(last["test_accuracy"].as_f64().unwrap() > 0.95, "{}", last["test_accuracy"]);
}

#[test]
fn on_mnist_backpropagation_ends_where_the_book_does() {
    let Some(data_dir) = real_mnist() else { return };
    let place = Place::new();
    let mut command = place.app("train --gradient backprop --dataset mnist --out run --data-dir");
    let stdout = command.arg(data_dir).assert().success().get_output().stdout.clone();
    assert_eq!(printed(&stdout).lines().count(), 18, "17 epochs and the end");

    let log: Vec<Value> = place.log("run");
    assert_eq!(log[0]["data"]["train"]["images"], 60_000);
    let accuracies: Vec<f64> = log[1..].iter().map(|line| line["test_accuracy"].as_f64().unwrap()).collect();
    // the book: 0.0958 at first, 0.795 after an epoch, 0.9465 in the end
    assert!(accuracies[0] < 0.25, "{}", accuracies[0]);
    assert!((0.74..0.84).contains(&accuracies[1]), "{}", accuracies[1]);
    assert!((0.94..=0.95).contains(&accuracies[17]), "{}", accuracies[17]);
}

#[test]
fn on_mnist_numerical_gradients_end_where_backpropagation_in_f64_does() {
    let Some(data_dir) = real_mnist() else { return };
    let place = Place::new();
    for gradient in ["numerical", "backprop"] {
        let mut command = place.app("train --quiet --dataset mnist --precision f64");
        command.args(["--gradient", gradient, "--out", gradient, "--data-dir"]).arg(&data_dir).assert().success();
    }
    let end = |run| place.log(run).last().unwrap()["test_accuracy"].as_f64().unwrap();
    let (numerical, backprop) = (end("numerical"), end("backprop"));
    assert!((0.94..=0.95).contains(&numerical), "{numerical}");
    assert!((numerical - backprop).abs() <= 0.002, "{numerical} against {backprop}");
    same_first_losses(&place, "numerical", "backprop");
}

#[test]
fn the_first_hundred_losses_by_numerical_gradients_are_those_of_backpropagation() {
    let place = Place::new();
    for gradient in ["numerical", "backprop"] {
        let flags = format!("--gradient {gradient} --precision f64 --test-limit 10 --iterations 100 --out {gradient}");
        place.run(&format!("train --quiet --dataset digits {flags}"));
    }
    same_first_losses(&place, "numerical", "backprop");
}

#[test]
fn a_step_of_a_half_runs_and_trains_otherwise_than_the_derivative() {
    let place = Place::new();
    for (out, step) in [("half", "0.5"), ("small", "1e-4")] {
        place.run(&format!("train --quiet --dataset digits --test-limit 10 --iterations 30 --step {step} --out {out}"));
    }
    let (half, small) = (losses(&place, "half"), losses(&place, "small"));
    assert_eq!(half.len(), 30);
    assert!(half.iter().zip(&small).any(|(a, b)| (a - b).abs() > 1e-6), "{half:?}");
}

/// The first 100 losses of two runs are within 1e-4 of each other.
#[track_caller]
fn same_first_losses(place: &Place, one: &str, other: &str) {
    let (one, other) = (losses(place, one), losses(place, other));
    for (i, (a, b)) in one.iter().zip(&other).take(100).enumerate() {
        assert!((a - b).abs() <= 1e-4, "iteration {}: {a} against {b}", i + 1);
    }
}

/// The losses that a run has logged.
fn losses(place: &Place, run: &str) -> Vec<f64> {
    let lines = place.log(run);
    let losses = lines[1..].iter().flat_map(|line| line["losses"].as_array().unwrap().clone());
    losses.map(|loss| loss.as_f64().unwrap()).collect()
}
