//! A panic names the line that made the wrong call. A binary of its own, since the hook belongs to the whole process.

#![allow(clippy::unwrap_used, reason = "a test stops at its first surprise")]

use net::nalgebra::DMatrix;
use net::{Activation, Batch, GradientMethod, Parameters, Predictor, Rows, Sizes, Trainer, TwoLayerNet};
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Mutex;

/// File and message of the last panic.
static LAST: Mutex<Option<(String, String)>> = Mutex::new(None);

/// Asserts that `call` panics in this file, with a message that contains `message`.
#[track_caller]
fn panics_here<R>(message: &str, call: impl FnOnce() -> R) {
    *LAST.lock().unwrap() = None;
    assert!(catch_unwind(AssertUnwindSafe(call)).is_err(), "no panic: {message}");
    let (file, found) = LAST.lock().unwrap().take().unwrap();
    assert!(found.contains(message), "{found}");
    assert!(file.ends_with("callers.rs"), "{found}: in {file}");
}

#[test]
fn a_panic_names_the_line_of_the_caller() {
    let print = take_hook();
    set_hook(Box::new(move |panic| {
        let file = panic.location().unwrap().file().to_owned();
        *LAST.lock().unwrap() = Some((file, panic.to_string()));
        print(panic);
    }));
    let params = Parameters::<f64>::zeros(Sizes { inputs: 3, hidden: 4, classes: 2 });
    let net = TwoLayerNet { params, activation: Activation::Sigmoid };
    let mut broken = net.clone();
    broken.params.b2 = broken.params.b2.insert_column(0, 0.0);
    let (x, wide, t) = (DMatrix::zeros(2, 3), DMatrix::zeros(2, 4), [0, 1]);
    let rows = Rows::from_matrix(&x);
    let wide_rows = Rows::from_matrix(&wide);
    let differences = GradientMethod::CentralDifferences { h: 1e-4 };

    panics_here("do not make a net", || broken.sizes());
    panics_here("do not make a net", || broken.predict(&x));
    panics_here("do not make a net", || Trainer::new(&broken, differences));
    panics_here("do not make a net", || Predictor::new(&broken));
    let width = "the width of x (left) must be the number of inputs of the net (right)";
    panics_here(width, || net.hidden(&wide));
    panics_here(width, || net.logits(&wide));
    panics_here(width, || net.predict(&wide));
    panics_here(width, || net.loss(&wide, &t));
    panics_here(width, || net.gradient(&wide, &t));
    panics_here(width, || net.accuracy(&wide, &t));
    panics_here(width, || net.numerical_gradient(&wide, &t, 1e-4));
    panics_here(width, || net.numerical_gradient_by_definition(&wide, &t, 1e-4));
    panics_here(width, || Predictor::new(&net).logits(&wide_rows, 0..2));
    panics_here(width, || Predictor::new(&net).probabilities(&wide_rows, 0..2));
    panics_here(width, || Predictor::new(&net).loss(&wide_rows, 0..2, &t));
    panics_here(width, || Trainer::new(&net, differences).step(Batch::all(&wide_rows, &t), 0.1));
    panics_here(width, || Trainer::new(&net, differences).step_and_loss(Batch::all(&wide_rows, &t), 0.1));
    panics_here(width, || Trainer::new(&net, differences).gradient(Batch::all(&wide_rows, &t)));
    let number = "samples (left) and labels (right) must be equally many";
    panics_here(number, || net.correct(&x, &[0]));
    panics_here(number, || net.accuracy(&x, &[0]));
    panics_here(number, || net.gradient(&x, &[0]));
    panics_here(number, || net.numerical_gradient(&x, &[0], 1e-4));
    panics_here(number, || Batch::all(&rows, &[0]).len());
    panics_here(number, || Predictor::new(&net).correct(&rows, 0..2, &[0]));
    panics_here(number, || Predictor::new(&net).accuracy(&rows, 0..2, &[0]));
    let label = "is not below the number of classes, 2";
    panics_here(label, || net.loss(&x, &[0, 2]));
    panics_here(label, || net.gradient(&x, &[0, 2]));
    panics_here(label, || net.numerical_gradient(&x, &[0, 2], 1e-4));
    panics_here(label, || net.numerical_gradient_by_definition(&x, &[0, 2], 1e-4));
    panics_here(label, || Trainer::new(&net, differences).step(Batch::all(&rows, &[0, 2]), 0.1));
    panics_here(label, || Predictor::new(&net).loss(&rows, 0..2, &[0, 2]));
    let empty = "the batch is empty";
    panics_here(empty, || net.loss(&DMatrix::zeros(0, 3), &[]));
    panics_here(empty, || net.gradient(&DMatrix::zeros(0, 3), &[]));
    panics_here(empty, || net.numerical_gradient(&DMatrix::zeros(0, 3), &[], 1e-4));
    panics_here(empty, || Batch::new(&rows, &t, &[]).len());
    panics_here("sample 2 of 2", || Batch::new(&rows, &t, &[2]).len());
    panics_here("rows 1..3 of 2", || Predictor::new(&net).classes(&rows, 1..3));
    panics_here("do not make rows of 3", || Rows::<f32>::from_bytes(&[0; 7], 3));
    panics_here("do not make rows of 3", || Rows::<f64>::from_row_major(&[0.0; 7], 3));
    panics_here("0 values do not make rows of 0", || Rows::<f64>::from_matrix(&DMatrix::zeros(2, 0)));
    let gradient = Parameters::zeros(Sizes { inputs: 3, hidden: 5, classes: 2 });
    panics_here("the shapes of W1", || net.clone().update(&gradient, 0.1));
    panics_here("the shapes of W1", || net.params.clone().descend(&gradient, 0.1));
    let mut transposed = Parameters::zeros(net.sizes());
    transposed.w2 = transposed.w2.transpose(); // as many elements
    panics_here("the shapes of W2", || net.clone().update(&transposed, 0.1));
}
