//! The network: its predictions, its loss, and both gradients.

use crate::arrays::{
    Arrays, NewArrays, Samples, activation_of, arrays_of, check_labels, net_of, row_major, value_error,
};
use net::{Batch, GradientMethod, Predictor, Rows, Sizes, Trainer};
use numpy::{IntoPyArray, PyArray1, PyArray2, PyArrayMethods, PyReadonlyArray1};
use pyo3::prelude::*;
use std::ops::Range;

/// Releases Python's lock and runs `work` on rayon's threads. Moving there once is faster than once for each parallel
/// part: for a minibatch, that takes longer than the work itself.
fn work<R: Send>(py: Python<'_>, work: impl FnOnce() -> R + Send) -> R {
    py.detach(|| rayon::scope(|_| work()))
}

/// The initial weights of `app train --seed SEED`.
#[pyfunction]
pub(crate) fn initial_parameters(
    py: Python<'_>,
    inputs: usize,
    hidden: usize,
    classes: usize,
    weight_init_std: f64,
    seed: u64,
) -> PyResult<NewArrays<'_>> {
    const MOST: usize = 1 << 32;
    let sizes = Sizes { inputs, hidden, classes };
    if sizes.parameters().is_none_or(|n| n > MOST) {
        return Err(value_error(format!("{inputs}-{hidden}-{classes} has more than 2^32 parameters")));
    }
    let net = training::fresh_net::<f64>(seed, sizes, activation_of("sigmoid")?, weight_init_std);
    arrays_of(py, &net.params)
}

/// N x K probabilities.
#[pyfunction]
pub(crate) fn probabilities<'py>(
    py: Python<'py>,
    params: Arrays<'py>,
    activation: &str,
    x: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyArray2<f64>>> {
    let net = net_of(&params, activation)?;
    let samples = Samples::of(x)?;
    let x = samples.inputs_of(&net)?;
    let y = work(py, || {
        let predictor = Predictor::new(&net);
        let blocks = x.by_blocks(|_, rows| row_major(&predictor.probabilities(&rows, 0..rows.len())));
        blocks.concat()
    });
    y.into_pyarray(py).reshape([x.len(), net.sizes().classes])
}

/// N answers: the class with the highest score.
#[pyfunction]
pub(crate) fn classes<'py>(
    py: Python<'py>,
    params: Arrays<'py>,
    activation: &str,
    x: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyArray1<u8>>> {
    let net = net_of(&params, activation)?;
    let samples = Samples::of(x)?;
    let x = samples.inputs_of(&net)?;
    let answers = work(py, || {
        let predictor = Predictor::new(&net);
        x.by_blocks(|_, rows| predictor.classes(&rows, 0..rows.len())).concat()
    });
    Ok(answers.into_pyarray(py))
}

/// The mean cross-entropy error.
#[pyfunction]
pub(crate) fn loss<'py>(
    py: Python<'py>,
    params: Arrays<'py>,
    activation: &str,
    x: &Bound<'py, PyAny>,
    t: PyReadonlyArray1<'py, u8>,
) -> PyResult<f64> {
    let net = net_of(&params, activation)?;
    let samples = Samples::of(x)?;
    let x = samples.inputs_of(&net)?;
    let t = t.as_array().to_vec();
    check_labels(&x, &t, net.sizes().classes)?;
    Ok(work(py, || {
        let predictor = Predictor::new(&net);
        let block = |samples: Range<usize>, rows: Rows<f64>| {
            let t = &t[samples];
            predictor.loss(&rows, 0..t.len(), t) * t.len() as f64
        };
        x.by_blocks(block).iter().sum::<f64>() / t.len() as f64
    }))
}

/// The gradient by backpropagation.
#[pyfunction]
pub(crate) fn gradient<'py>(
    py: Python<'py>,
    params: Arrays<'py>,
    activation: &str,
    x: &Bound<'py, PyAny>,
    t: PyReadonlyArray1<'py, u8>,
) -> PyResult<NewArrays<'py>> {
    gradient_by(py, &params, activation, x, &t, GradientMethod::Backpropagation)
}

/// The gradient by central differences with step h.
#[pyfunction]
pub(crate) fn numerical_gradient<'py>(
    py: Python<'py>,
    params: Arrays<'py>,
    activation: &str,
    x: &Bound<'py, PyAny>,
    t: PyReadonlyArray1<'py, u8>,
    h: f64,
) -> PyResult<NewArrays<'py>> {
    if !(h.is_finite() && h > 0.0) {
        return Err(value_error(format!("h is {h}, expected a finite number above 0")));
    }
    gradient_by(py, &params, activation, x, &t, GradientMethod::CentralDifferences { h })
}

fn gradient_by<'py>(
    py: Python<'py>,
    params: &Arrays<'py>,
    activation: &str,
    x: &Bound<'py, PyAny>,
    t: &PyReadonlyArray1<'py, u8>,
    method: GradientMethod,
) -> PyResult<NewArrays<'py>> {
    let net = net_of(params, activation)?;
    let samples = Samples::of(x)?;
    let x = samples.inputs_of(&net)?;
    let t = t.as_array().to_vec();
    check_labels(&x, &t, net.sizes().classes)?;
    if let Some((name, value)) = net.params.first_not_finite() {
        return Err(value_error(format!(
            "params['{name}'] holds {value}, so there is no gradient; did training diverge? Try a lower learning rate"
        )));
    }
    x.check_finite("x")?;
    let gradient = work(py, || Trainer::new(&net, method).gradient(Batch::all(&x.rows(), &t)));
    arrays_of(py, &gradient)
}
