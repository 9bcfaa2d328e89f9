//! The chapter's run to its end: 10,000 iterations, on the built-in digits and on the real MNIST.

use crate::support::Place;
use serde_json::Value;
use std::path::{Path, PathBuf};

#[test]
fn without_data_the_chapters_run_ends_above_95_percent_on_the_built_in_digits() {
    let place = Place::new();
    let assert = place.app("").assert().success(); // no command, no flag, no data
    let stderr = String::from_utf8(assert.get_output().stderr.clone()).unwrap();
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
    assert_eq!(String::from_utf8(stdout).unwrap().lines().count(), 18, "17 epochs and the end");

    let log: Vec<Value> = place.log("run");
    assert_eq!(log[0]["data"]["train"]["images"], 60_000);
    let accuracies: Vec<f64> = log[1..].iter().map(|line| line["test_accuracy"].as_f64().unwrap()).collect();
    // the book: 0.0958 at first, 0.795 after an epoch, 0.9465 in the end
    assert!(accuracies[0] < 0.25, "{}", accuracies[0]);
    assert!((0.74..0.84).contains(&accuracies[1]), "{}", accuracies[1]);
    assert!((0.94..=0.95).contains(&accuracies[17]), "{}", accuracies[17]);
}

/// The folder that holds `mnist/`: `data` of the workspace. Without it a test is skipped, with a word; where
/// `REQUIRE_MNIST=1`, as in CI, it fails.
fn real_mnist() -> Option<PathBuf> {
    let data_dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data");
    if data_dir.join("mnist").is_dir() {
        return Some(data_dir);
    }
    assert!(
        std::env::var_os("REQUIRE_MNIST").is_none_or(|v| v != "1"),
        "REQUIRE_MNIST=1, but {data_dir:?} has no mnist"
    );
    eprintln!("skipped: no MNIST in {}; `cargo xtask fetch-mnist` fetches it", data_dir.display());
    None
}
