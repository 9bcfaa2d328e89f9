//! Gradient checks and finite differences of Python functions, with the crate `core-math`.

use crate::arrays::{array_of, value_error, with_causes};
use core_math::{
    CheckMode, DifferenceError, FiniteDifference, GradientCheck, GradientReport, Step, gradient_check_blocks,
    jacobian_check,
};
use net::nalgebra::DMatrix;
use numpy::{IntoPyArray, PyArray1, PyArray2, PyReadonlyArray1, PyReadonlyArray2};
use pyo3::prelude::*;
use pyo3::types::PyDict;

/// Converts an error for Python: an exception of the function is raised unchanged, other errors become ValueError.
fn raised(error: DifferenceError<PyErr>) -> PyErr {
    match error {
        DifferenceError::Function(error) => error,
        other => value_error(with_causes(&other)),
    }
}

/// `scheme` with step `h`, or with the default step of the scheme.
fn difference(scheme: &str, h: Option<f64>) -> PyResult<FiniteDifference<f64>> {
    let difference = match scheme {
        "forward" => FiniteDifference::forward(),
        "backward" => FiniteDifference::backward(),
        "central" => FiniteDifference::central(),
        "five_point" => FiniteDifference::five_point(),
        _ => {
            return Err(value_error(format!(
                "scheme is '{scheme}', expected 'central', 'forward', 'backward' or 'five_point'"
            )));
        }
    };
    Ok(match h {
        Some(h) => difference.step(Step::Fixed(h)),
        None => difference,
    })
}

/// Wraps a Python function of a vector; each call gets a new array.
fn number(f: &Bound<'_, PyAny>) -> impl FnMut(&[f64]) -> PyResult<f64> {
    |x| f.call1((PyArray1::from_slice(f.py(), x),))?.extract()
}

fn numbers(f: &Bound<'_, PyAny>) -> impl FnMut(&[f64]) -> PyResult<Vec<f64>> {
    |x| f.call1((PyArray1::from_slice(f.py(), x),))?.extract()
}

/// The options of a check.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct CheckOptions {
    scheme: String,
    h: Option<f64>,
    /// How many variables of each block are drawn; all if it is None.
    sample: Option<usize>,
    seed: u64,
    absolute: f64,
    relative: f64,
    batch_size: Option<usize>,
}

impl CheckOptions {
    fn check(&self) -> PyResult<GradientCheck<f64>> {
        let mode = match self.sample {
            Some(count) => CheckMode::Sampled { count, seed: self.seed },
            None => CheckMode::Full,
        };
        let difference = difference(&self.scheme, self.h)?;
        let Self { absolute, relative, batch_size, .. } = *self;
        Ok(GradientCheck { difference, mode, absolute, relative, batch_size })
    }
}

/// Compares a gradient, or a Jacobian with `outputs` rows, with finite differences; returns one dict per block.
#[pyfunction]
pub(crate) fn gradient_check<'py>(
    py: Python<'py>,
    f: &Bound<'py, PyAny>,
    x: PyReadonlyArray1<'py, f64>,
    analytic: PyReadonlyArray2<'py, f64>,
    blocks: Option<Vec<(String, usize)>>,
    options: CheckOptions,
) -> PyResult<Vec<Bound<'py, PyDict>>> {
    let check = options.check()?;
    let x = x.as_array().to_vec();
    let analytic = analytic.as_array();
    match blocks {
        Some(blocks) => {
            let analytic: Vec<f64> = analytic.iter().copied().collect();
            let named: Vec<(&str, usize)> = blocks.iter().map(|(name, len)| (&**name, *len)).collect();
            let reports = gradient_check_blocks(number(f), &x, &analytic, &named, &check).map_err(raised)?;
            reports.blocks.iter().map(|block| report(py, &block.name, &block.report)).collect()
        }
        None => {
            let (rows, columns) = analytic.dim();
            let analytic = DMatrix::from_row_iterator(rows, columns, analytic.iter().copied());
            let found = jacobian_check::<f64, Vec<f64>, _>(numbers(f), &x, &analytic, &check).map_err(raised)?;
            Ok(vec![report(py, "", &found)?])
        }
    }
}

fn report<'py>(py: Python<'py>, name: &str, report: &GradientReport) -> PyResult<Bound<'py, PyDict>> {
    let column =
        |value: fn(&core_math::Place) -> f64| report.places.iter().map(value).collect::<Vec<f64>>().into_pyarray(py);
    let index: Vec<usize> = report.places.iter().map(|place| place.index).collect();
    let output: Vec<usize> = report.places.iter().filter_map(|place| place.output).collect();
    let dict = PyDict::new(py);
    dict.set_item("name", name)?;
    dict.set_item("cause", report.cause.map(|cause| cause.to_string()))?;
    dict.set_item("ratio", report.ratio)?;
    dict.set_item("index", index.into_pyarray(py))?;
    dict.set_item("output", output.into_pyarray(py))?;
    dict.set_item("numerical", column(|place| place.numerical))?;
    dict.set_item("analytic", column(|place| place.analytic))?;
    dict.set_item("excess", column(|place| place.excess))?;
    Ok(dict)
}

/// The gradient of a function of a vector.
#[pyfunction]
pub(crate) fn gradient_of<'py>(
    py: Python<'py>,
    f: &Bound<'py, PyAny>,
    x: PyReadonlyArray1<'py, f64>,
    scheme: &str,
    h: Option<f64>,
) -> PyResult<Bound<'py, PyArray1<f64>>> {
    let x = x.as_array().to_vec();
    Ok(difference(scheme, h)?.gradient(number(f), &x).map_err(raised)?.into_pyarray(py))
}

/// The M x N Jacobian of a vector function of a vector.
#[pyfunction]
pub(crate) fn jacobian_of<'py>(
    py: Python<'py>,
    f: &Bound<'py, PyAny>,
    x: PyReadonlyArray1<'py, f64>,
    scheme: &str,
    h: Option<f64>,
) -> PyResult<Bound<'py, PyArray2<f64>>> {
    let x = x.as_array().to_vec();
    let jacobian = difference(scheme, h)?.jacobian::<Vec<f64>, _>(numbers(f), &x).map_err(raised)?;
    array_of(py, &jacobian)
}

/// The Hessian: the N x N matrix of second derivatives.
#[pyfunction]
pub(crate) fn hessian_of<'py>(
    py: Python<'py>,
    f: &Bound<'py, PyAny>,
    x: PyReadonlyArray1<'py, f64>,
    h: Option<f64>,
) -> PyResult<Bound<'py, PyArray2<f64>>> {
    let x = x.as_array().to_vec();
    array_of(py, &difference("central", h)?.hessian(number(f), &x).map_err(raised)?)
}

/// A derivative by Richardson extrapolation, and an estimate of its error.
#[pyfunction]
pub(crate) fn extrapolated(f: &Bound<'_, PyAny>, x: f64, scheme: &str, h: Option<f64>) -> PyResult<(f64, f64)> {
    let call = |x: f64| f.call1((x,))?.extract::<f64>();
    let derivative = difference(scheme, h)?.extrapolate(call, x).map_err(raised)?;
    Ok((derivative.value, derivative.error))
}
