//! Networks in files, and pictures.

use crate::arrays::{Arrays, NewArrays, arrays_of, net_of, value_error, with_causes};
use net::Parameters;
use net_file::{AnyParameters, Kind};
use numpy::{IntoPyArray, PyArray1, PyReadonlyArray2};
use pyo3::exceptions::PyFileNotFoundError;
use pyo3::prelude::*;
use std::path::PathBuf;

/// Reads the network of a run folder, a checkpoint, a .npz or a .safetensors, with its activation if the file names it,
/// and notes about transposed arrays.
#[pyfunction]
pub(crate) fn read_net(py: Python<'_>, path: PathBuf) -> PyResult<(NewArrays<'_>, Option<String>, Vec<String>)> {
    let net = py.detach(|| app::load_net(&path)).map_err(|error| {
        let text = format!("{error:#}");
        match error.downcast_ref::<std::io::Error>() {
            Some(io) if io.kind() == std::io::ErrorKind::NotFound => PyFileNotFoundError::new_err(text),
            _ => value_error(text),
        }
    })?;
    let params: Parameters<f64> = net.parameters.to();
    let transposed = net.renamed.iter().filter(|array| array.transposed.is_some());
    let notes = transposed.map(ToString::to_string).collect();
    Ok((arrays_of(py, &params)?, net.activation.map(|activation| activation.to_string()), notes))
}

/// The content of a file with this name.
#[pyfunction]
pub(crate) fn net_bytes<'py>(params: Arrays<'py>, activation: &str, path: PathBuf) -> PyResult<Vec<u8>> {
    let net = net_of(&params, activation)?;
    let Some(kind) = Kind::of_path(&path) else {
        return Err(value_error(format!(
            "cannot save to {}: expected a name that ends in .npz or .safetensors",
            path.display()
        )));
    };
    if let Some((name, value)) = net.params.first_not_finite() {
        return Err(value_error(format!("params['{name}'] holds {value}; a file holds finite numbers only")));
    }
    kind.write(&AnyParameters::F64(net.params), net.activation).map_err(|error| value_error(with_causes(&error)))
}

/// The digit in a picture file, as 784 bytes.
#[pyfunction]
pub(crate) fn read_picture<'py>(py: Python<'py>, bytes: &[u8]) -> PyResult<Bound<'py, PyArray1<u8>>> {
    let digit = py.detach(|| picture::read_digit(bytes)).map_err(|error| value_error(with_causes(&error)))?;
    Ok(digit.to_vec().into_pyarray(py))
}

/// The digit in a grey picture (0 is black, 255 is white), as 784 bytes.
#[pyfunction]
pub(crate) fn picture_of_grey<'py>(
    py: Python<'py>,
    grey: PyReadonlyArray2<'py, u8>,
) -> PyResult<Bound<'py, PyArray1<u8>>> {
    let (rows, columns) = grey.as_array().dim();
    let grey: Vec<u8> = grey.as_array().iter().copied().collect();
    if grey.len() as u64 > picture::MOST_PIXELS {
        return Err(value_error(format!(
            "a picture of {rows} x {columns} pixels, expected at most {}",
            picture::MOST_PIXELS
        )));
    }
    let digit =
        py.detach(|| picture::as_mnist(&grey, rows, columns)).map_err(|error| value_error(with_causes(&error)))?;
    Ok(digit.to_vec().into_pyarray(py))
}
