//! Converts between NumPy's arrays, which are row-major, and nalgebra's matrices.

use net::nalgebra::{DMatrix, RowDVector};
use net::{Activation, Parameters, Real, Rows, TwoLayerNet};
use numpy::{IntoPyArray, PyArray1, PyArray2, PyArrayMethods, PyReadonlyArray1, PyReadonlyArray2};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use rayon::prelude::*;
use std::fmt::Display;
use std::ops::Range;

/// W1, b1, W2, b2 as float64 arrays.
pub(crate) type Arrays<'py> =
    (PyReadonlyArray2<'py, f64>, PyReadonlyArray1<'py, f64>, PyReadonlyArray2<'py, f64>, PyReadonlyArray1<'py, f64>);

/// The same four arrays, created here.
pub(crate) type NewArrays<'py> =
    (Bound<'py, PyArray2<f64>>, Bound<'py, PyArray1<f64>>, Bound<'py, PyArray2<f64>>, Bound<'py, PyArray1<f64>>);

pub(crate) fn value_error(error: impl Display) -> PyErr {
    PyValueError::new_err(error.to_string())
}

/// An error with its causes, in one line.
pub(crate) fn with_causes(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}

fn matrix(array: &PyReadonlyArray2<'_, f64>) -> DMatrix<f64> {
    let (rows, columns) = array.as_array().dim();
    match array.as_slice() {
        Ok(row_major) => DMatrix::from_vec(rows, columns, transposed(row_major, columns)),
        Err(_) => DMatrix::from_row_iterator(rows, columns, array.as_array().iter().copied()),
    }
}

/// Transposes rows of `columns` numbers into columns, one after another.
fn transposed(rows: &[f64], columns: usize) -> Vec<f64> {
    const BLOCK: usize = 16; // rows at a time, so that they stay in the cache
    let count = rows.len() / columns.max(1);
    let mut out = vec![0.0; rows.len()];
    for (k, block) in rows.chunks(BLOCK * columns.max(1)).enumerate() {
        for j in 0..columns {
            let to = &mut out[j * count + k * BLOCK..];
            for (to, row) in to.iter_mut().zip(block.chunks_exact(columns)) {
                *to = row[j];
            }
        }
    }
    out
}

/// The network with these arrays, whose shapes fit together.
pub(crate) fn net_of(params: &Arrays<'_>, activation: &str) -> PyResult<TwoLayerNet<f64>> {
    let (w1, b1, w2, b2) = params;
    let row =
        |b: &PyReadonlyArray1<'_, f64>| RowDVector::from_iterator(b.as_array().len(), b.as_array().iter().copied());
    let params = Parameters { w1: matrix(w1), b1: row(b1), w2: matrix(w2), b2: row(b2) };
    let sizes = params.sizes().map_err(value_error)?;
    if sizes.inputs == 0 || sizes.hidden == 0 || sizes.classes == 0 {
        return Err(value_error(format!(
            "the net is {}-{}-{}, expected at least 1 of each",
            sizes.inputs, sizes.hidden, sizes.classes
        )));
    }
    Ok(TwoLayerNet { params, activation: activation_of(activation)? })
}

pub(crate) fn activation_of(name: &str) -> PyResult<Activation> {
    name.parse().map_err(value_error)
}

/// The four arrays of parameters or of a gradient.
pub(crate) fn arrays_of<'py>(py: Python<'py>, parameters: &Parameters<f64>) -> PyResult<NewArrays<'py>> {
    let Parameters { w1, b1, w2, b2 } = parameters;
    let row = |b: &RowDVector<f64>| PyArray1::from_slice(py, b.as_slice());
    Ok((array_of(py, w1)?, row(b1), array_of(py, w2)?, row(b2)))
}

/// Converts a matrix of nalgebra to an array.
pub(crate) fn array_of<'py>(py: Python<'py>, matrix: &DMatrix<f64>) -> PyResult<Bound<'py, PyArray2<f64>>> {
    row_major(matrix).into_pyarray(py).reshape([matrix.nrows(), matrix.ncols()])
}

/// The elements, row by row.
pub(crate) fn row_major(matrix: &DMatrix<f64>) -> Vec<f64> {
    transposed(matrix.as_slice(), matrix.nrows())
}

/// N x D samples, read from a C-contiguous array without a copy.
pub(crate) enum Samples<'py> {
    F64(PyReadonlyArray2<'py, f64>),
    F32(PyReadonlyArray2<'py, f32>),
    U8(PyReadonlyArray2<'py, u8>),
}

/// The number of samples that are converted at a time.
const BLOCK: usize = 512;

impl<'py> Samples<'py> {
    pub(crate) fn of(x: &Bound<'py, PyAny>) -> PyResult<Self> {
        if let Ok(array) = x.extract() {
            Ok(Self::F64(array))
        } else if let Ok(array) = x.extract() {
            Ok(Self::F32(array))
        } else if let Ok(array) = x.extract() {
            Ok(Self::U8(array))
        } else {
            Err(PyTypeError::new_err("x is not a matrix of float64, float32 or uint8"))
        }
    }

    /// The numbers, row by row; each row must have as many as the network has inputs.
    pub(crate) fn inputs_of(&self, net: &TwoLayerNet<f64>) -> PyResult<Numbers<'_>> {
        let numbers = self.numbers()?;
        let inputs = net.sizes().inputs;
        if numbers.inputs != inputs {
            let found = numbers.inputs;
            return Err(value_error(format!("x has {found} columns, but the net takes {inputs} inputs")));
        }
        Ok(numbers)
    }

    fn numbers(&self) -> PyResult<Numbers<'_>> {
        let inputs = match self {
            Self::F64(x) => x.as_array().ncols(),
            Self::F32(x) => x.as_array().ncols(),
            Self::U8(x) => x.as_array().ncols(),
        };
        if inputs == 0 {
            return Err(value_error("x has no columns"));
        }
        let not_contiguous = |_| PyValueError::new_err("x is not C-contiguous");
        Ok(match self {
            Self::F64(x) => Numbers { inputs, values: Values::F64(x.as_slice().map_err(not_contiguous)?) },
            Self::F32(x) => Numbers { inputs, values: Values::F32(x.as_slice().map_err(not_contiguous)?) },
            Self::U8(x) => Numbers { inputs, values: Values::U8(x.as_slice().map_err(not_contiguous)?) },
        })
    }
}

/// Samples in row-major order; threads may read them while Python's lock is released.
#[derive(Clone, Copy)]
pub(crate) struct Numbers<'a> {
    pub(crate) inputs: usize,
    values: Values<'a>,
}

#[derive(Clone, Copy)]
enum Values<'a> {
    F64(&'a [f64]),
    F32(&'a [f32]),
    U8(&'a [u8]),
}

impl Numbers<'_> {
    pub(crate) fn len(&self) -> usize {
        let numbers = match self.values {
            Values::F64(values) => values.len(),
            Values::F32(values) => values.len(),
            Values::U8(values) => values.len(),
        };
        numbers / self.inputs
    }

    /// Returns an error that names the first number that is NaN or infinite.
    pub(crate) fn check_finite(&self, name: &str) -> PyResult<()> {
        let found = match self.values {
            Values::F64(values) => values.iter().position(|v| !v.is_finite()).map(|at| (at, values[at])),
            Values::F32(values) => values.iter().position(|v| !v.is_finite()).map(|at| (at, f64::from(values[at]))),
            Values::U8(_) => None,
        };
        match found {
            None => Ok(()),
            Some((at, value)) => {
                let (sample, input) = (at / self.inputs, at % self.inputs);
                Err(value_error(format!("{name}[{sample}, {input}] is {value}, expected a finite number")))
            }
        }
    }

    /// Converts all of them to rows for a trainer.
    pub(crate) fn rows<T: Real>(&self) -> Rows<T> {
        match self.values {
            Values::F64(values) => rows_of(values, self.inputs, |v| v),
            Values::F32(values) => rows_of(values, self.inputs, f64::from),
            Values::U8(values) => rows_of(values, self.inputs, f64::from),
        }
    }

    /// Applies `of` to each block of samples on several threads, and returns the results in order. Only one block at a
    /// time is converted, so that little memory is needed.
    pub(crate) fn by_blocks<R: Send>(&self, of: impl Fn(Range<usize>, Rows<f64>) -> R + Sync) -> Vec<R> {
        let starts = (0..self.len()).into_par_iter().step_by(BLOCK);
        let block = |start: usize| {
            let samples = start..(start + BLOCK).min(self.len());
            let range = samples.start * self.inputs..samples.end * self.inputs;
            let values = match self.values {
                Values::F64(values) => Values::F64(&values[range]),
                Values::F32(values) => Values::F32(&values[range]),
                Values::U8(values) => Values::U8(&values[range]),
            };
            of(samples, Self { values, ..*self }.rows())
        };
        starts.map(block).collect()
    }
}

/// Converts rows of `values`, each exactly.
///
/// Pixels that were divided by 255 are recognised and stored as bytes, which is faster; the numbers stay the same.
fn rows_of<T: Real, V: Copy + Default + PartialEq + Sync>(
    values: &[V],
    inputs: usize,
    exact: impl Fn(V) -> f64 + Sync,
) -> Rows<T> {
    let shades: [T; 256] = std::array::from_fn(|byte| T::of(byte as f64) / T::of(255.0));
    let pixel = |value: &V| {
        let value = T::of(exact(*value));
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a number outside 0 to 255 is not a shade"
        )]
        let byte = (value.to_f64() * 255.0 + 0.5) as u8;
        (shades[usize::from(byte)] == value).then_some(byte)
    };
    match values.iter().map(pixel).collect::<Option<Vec<u8>>>() {
        Some(bytes) => Rows::from_bytes(&bytes, inputs),
        None => Rows::from_converted(values, inputs, |v| T::of(exact(v))),
    }
}

/// Checks that samples and labels fit together and fit the network, and that there is at least one.
pub(crate) fn check_labels(x: &Numbers<'_>, t: &[u8], classes: usize) -> PyResult<()> {
    if t.is_empty() {
        return Err(value_error("t has no labels, expected at least one"));
    }
    if x.len() != t.len() {
        return Err(value_error(format!("x has {} samples, t has {} labels", x.len(), t.len())));
    }
    match t.iter().position(|&label| usize::from(label) >= classes) {
        Some(n) => Err(value_error(format!("t[{n}] is {}, expected a class from 0 to {}", t[n], classes - 1))),
        None => Ok(()),
    }
}
