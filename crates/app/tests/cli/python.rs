//! Python in and out: NumPy reads what `app export` writes, and starts a run that the book's loop in NumPy repeats.

use crate::support::{Place, write_mnist};
use serde_json::Value;
use std::path::Path;
use std::process::Command;

/// The Python that `PYTHON` names, with the packages of `crates/python/tests/requirements.txt`; nothing, with a word, where it is
/// not set. Where `REQUIRE_PYTHON=1`, as in CI, it must be.
pub(crate) fn python() -> Option<String> {
    let python = std::env::var("PYTHON").ok();
    if python.is_none() {
        let required = std::env::var("REQUIRE_PYTHON").is_ok_and(|value| value == "1");
        assert!(!required, "REQUIRE_PYTHON=1, but PYTHON names none");
        eprintln!("skipped: PYTHON names no interpreter with the packages of crates/python/tests/requirements.txt");
    }
    python
}

#[track_caller]
fn book(python: &str, place: &Place, what: &str) -> String {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/python/book.py");
    let output = Command::new(python).arg(script).arg(what).arg(place.path("")).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Whether two arrays of numbers, of whatever depth, are as good as the same.
#[track_caller]
fn close(found: &Value, expected: &Value, tolerance: f64, what: &str) {
    match (found, expected) {
        (Value::Array(found), Value::Array(expected)) => {
            assert_eq!(found.len(), expected.len(), "{what}");
            found.iter().zip(expected).for_each(|(f, e)| close(f, e, tolerance, what));
        }
        _ => {
            let (f, e) = (found.as_f64().unwrap(), expected.as_f64().unwrap());
            assert!((f - e).abs() <= tolerance, "{what}: {f} against {e}");
        }
    }
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// What `app predict` says of all test images.
fn probabilities(place: &Place, model: &str) -> Value {
    let answers = json(&place.run(&format!("predict --raw --json --model {model} data/mnist/t10k-images-idx3-ubyte")));
    answers.as_array().unwrap().iter().map(|answer| answer["probabilities"].clone()).collect()
}

fn loss(place: &Place, model: &str) -> Value {
    json(&place.run(&format!("evaluate {model} --dataset mnist --json")))["test"]["loss"].clone()
}

#[test]
fn numpy_and_the_program_say_the_same_of_the_same_net_and_train_it_alike() {
    let Some(python) = python() else { return };
    let place = Place::new();
    let labels: Vec<u8> = (0..60).map(|k| k * 3 % 10).collect();
    write_mnist(&place.path("data/mnist"), &labels, &labels[..20]);

    book(&python, &place, "start");
    let expected = json(&std::fs::read_to_string(place.path("expected.json")).unwrap());
    for (k, (file, precision)) in [
        ("start-c-f64.npz", "f64"),
        ("start-f-f64.npz", "f64"),
        ("start-big-endian.npz", "f64"),
        ("start.safetensors", "f64"),
        ("start-f32.npz", "f32"),
    ]
    .into_iter()
    .enumerate()
    {
        let expected = &expected[precision];
        let tolerance = if precision == "f64" { 1e-12 } else { 1e-6 };
        close(&probabilities(&place, file), &expected["probabilities"], tolerance, file);
        close(&loss(&place, file), &expected["loss"], tolerance, file);
        for gradient in ["backprop", "numerical"] {
            let run = format!("{gradient}{k}");
            place.run(&format!(
                "train --quiet --no-report --init-from {file} --sampling sequential --batch-size 7 --iterations 50 \
                 --gradient {gradient} --precision f64 --out {run}"
            ));
            let losses = &place.inspect(&run)["history"]["losses"];
            // a central difference is no derivative: 1e-9 a step
            let tolerance = if gradient == "backprop" { 1e-9 } else { 1e-7 };
            close(losses, &expected["losses"], tolerance, &run);
        }
    }

    for file in ["out.npz", "out.safetensors"] {
        place.run(&format!("export {file} --model backprop0"));
    }
    let read = json(&book(&python, &place, "read"));
    assert_eq!(read["activations"], serde_json::json!(["sigmoid", "sigmoid"]));
    for format in ["npz", "safetensors"] {
        let net = &read[format];
        assert_eq!(net["shapes"], serde_json::json!({"W1": [12, 5], "b1": [5], "W2": [5, 10], "b2": [10]}));
        assert_eq!(net["types"], serde_json::json!(["float64"]));
        close(&net["probabilities"], &probabilities(&place, "backprop0"), 1e-12, format);
        close(&net["loss"], &loss(&place, "backprop0"), 1e-12, format);
    }
}
