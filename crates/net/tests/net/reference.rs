//! The cases of tests/reference: predict, loss, accuracy, gradient, numerical gradient, descent.

use core_math::{argmax_rows, cross_entropy_error};
use nalgebra::DMatrix;
use net::{Activation, Parameters, Sizes, TwoLayerNet};
use serde::Deserialize;

type Rows = Vec<Vec<f64>>;

#[derive(Deserialize)]
struct Case {
    about: String,
    params: Arrays,
    x: Rows,
    t: Vec<u8>,
    predict: Rows,
    loss: f64,
    #[serde(rename = "loss_with_1e-7_inside_the_log")]
    books_loss: f64,
    accuracy: f64,
    gradient: Arrays,
    numerical_gradient: Vec<Numerical>,
    sgd: Option<Descent>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Arrays {
    w1: Rows,
    #[serde(rename = "b1")]
    b1: Vec<f64>,
    w2: Rows,
    #[serde(rename = "b2")]
    b2: Vec<f64>,
}

#[derive(Deserialize)]
struct Numerical {
    h: f64,
    grads: Arrays,
}

#[derive(Deserialize)]
struct Descent {
    learning_rate: f64,
    steps: usize,
    loss_after_each_update: Vec<f64>,
    final_params: Arrays,
}

fn matrix(rows: &Rows) -> DMatrix<f64> {
    DMatrix::from_row_slice(rows.len(), rows[0].len(), &rows.concat())
}

impl Arrays {
    fn parameters(&self) -> Parameters<f64> {
        let sizes = Sizes { inputs: self.w1.len(), hidden: self.b1.len(), classes: self.b2.len() };
        Parameters::from_row_major(sizes, [&self.w1.concat(), &self.b1, &self.w2.concat(), &self.b2]).unwrap()
    }
}

impl Case {
    fn net(&self) -> TwoLayerNet<f64> {
        TwoLayerNet { params: self.params.parameters(), activation: Activation::Sigmoid }
    }
}

/// All cases, read at compile time: a missing one does not compile.
fn cases() -> [Case; 4] {
    [
        include_str!("../reference/tiny.json"),
        include_str!("../reference/sparse.json"),
        include_str!("../reference/saturated.json"),
        include_str!("../reference/single.json"),
    ]
    .map(|text| serde_json::from_str(text).unwrap())
}

/// Every element within `tolerance(largest of its array)` of the expected one.
#[track_caller]
fn close(about: &str, found: &Parameters<f64>, expected: &Parameters<f64>, tolerance: impl Fn(f64) -> f64) {
    for ((name, found), (_, expected)) in found.named().zip(expected.named()) {
        assert_eq!(found.len(), expected.len());
        let largest = expected.iter().fold(0.0_f64, |m, v| m.max(v.abs()));
        for (i, (f, e)) in found.iter().zip(expected).enumerate() {
            assert!((f - e).abs() <= tolerance(largest), "{about}: {name}[{i}] found {f:e}, expected {e:e}");
        }
    }
}

#[test]
fn predict_loss_and_accuracy_are_those_of_numpy() {
    for case in cases() {
        let (net, x) = (case.net(), matrix(&case.x));
        let y = net.predict(&x);
        assert!((&y - matrix(&case.predict)).amax() <= 1e-12, "{}", case.about);
        assert!((net.loss(&x, &case.t) - case.loss).abs() <= 1e-12, "{}", case.about);
        assert!((cross_entropy_error(&y, &case.t) - case.books_loss).abs() <= 1e-12, "{}", case.about);
        assert_eq!(net.accuracy(&x, &case.t), case.accuracy, "{}", case.about);
    }
}

#[test]
fn the_gradient_by_backpropagation_is_that_of_numpy() {
    for case in cases() {
        let found = case.net().gradient(&matrix(&case.x), &case.t);
        close(&case.about, &found, &case.gradient.parameters(), |largest| 1e-12 * largest);
    }
}

#[test]
fn both_numerical_gradients_are_those_of_numpy_for_every_step() {
    for case in cases() {
        for Numerical { h, grads } in &case.numerical_gradient {
            let (net, x) = (case.net(), matrix(&case.x));
            // rounding of the loss, divided by 2h; between 1e-4 and 0.1 it shrinks as h grows
            let relative = if *h >= 0.1 { 1e-11 } else { 1e-9 };
            let about = format!("{}, h = {h}", case.about);
            for found in
                [net.numerical_gradient_by_definition(&x, &case.t, *h), net.numerical_gradient(&x, &case.t, *h)]
            {
                close(&about, &found, &grads.parameters(), |_| relative * case.loss.max(1.0));
            }
        }
    }
}

#[test]
fn descent_takes_the_steps_of_numpy() {
    let mut runs = 0;
    for case in cases() {
        let Some(descent) = &case.sgd else { continue };
        let (mut net, x) = (case.net(), matrix(&case.x));
        assert_eq!(descent.loss_after_each_update.len(), descent.steps);
        for (step, expected) in descent.loss_after_each_update.iter().enumerate() {
            let gradient = net.gradient(&x, &case.t);
            net.update(&gradient, descent.learning_rate);
            let loss = net.loss(&x, &case.t);
            assert!((loss - expected).abs() <= 1e-12, "{}, step {step}: {loss} against {expected}", case.about);
        }
        close(&case.about, &net.params, &descent.final_params.parameters(), |largest| 1e-12 * largest);
        runs += 1;
    }
    assert_eq!(runs, 2, "two cases hold a descent");
}

#[test]
fn one_hot_and_row_scored_targets_become_labels_by_argmax() {
    let scored = DMatrix::from_row_slice(2, 3, &[0.2, 0.9, 0.9, 0.0, 0.0, 1.0]);
    assert_eq!(argmax_rows(&scored), [1, 2]);
}
