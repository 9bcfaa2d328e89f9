//! `.safetensors`: arrays row by row after a JSON header, which also holds the activation.

use crate::array::Array;
use crate::{AnyParameters, NetFileError, Precision, StoredNet, net_arrays};
use net::{Activation, Parameters};
use safetensors::tensor::{Dtype, SafeTensorError, SafeTensors, TensorView};

/// The key of the activation in the metadata.
const ACTIVATION: &str = "activation";

/// Reads the arrays W1, b1, W2 and b2, or the two layers of a PyTorch state dict, and the activation if the file names
/// it.
///
/// # Errors
///
/// [`NetFileError`] if the file is damaged; if an array is missing, is not F32 or F64, does not fit the others or is not
/// finite; if there are other arrays; or if the network does not have this activation.
pub fn read(bytes: &[u8]) -> Result<StoredNet, NetFileError> {
    let damaged = |error: SafeTensorError| NetFileError::Safetensors { source: error.into() };
    let (_, metadata) = SafeTensors::read_metadata(bytes).map_err(damaged)?;
    let activation = metadata.metadata().as_ref().and_then(|entries| entries.get(ACTIVATION));
    let tensors = SafeTensors::deserialize(bytes).map_err(damaged)?;
    let names = tensors.names().into_iter().map(str::to_owned).collect();
    let activation = activation.map(|name| activation_of(name)).transpose()?;
    net_arrays::read(names, activation, |name| {
        let tensor = tensors.tensor(name).map_err(damaged)?;
        let precision = match tensor.dtype() {
            Dtype::F32 => Precision::F32,
            Dtype::F64 => Precision::F64,
            other => return Err(NetFileError::ElementType { name: name.to_owned(), found: other.to_string() }),
        };
        Ok(Array::from_le_bytes(tensor.shape().to_vec(), precision, tensor.data()))
    })
}

/// Writes a file of the four arrays and the activation. The same network always gives the same bytes.
///
/// # Errors
///
/// [`NetFileError`] if [`read`] would refuse them: they do not fit together, are not finite or take too many bytes.
pub fn write(parameters: &AnyParameters, activation: Activation) -> Result<Vec<u8>, NetFileError> {
    let arrays = net_arrays::arrays(parameters)?;
    file(&arrays, activation).map_err(|error| NetFileError::Write { source: error.into() })
}

fn file(arrays: &[Array; 4], activation: Activation) -> Result<Vec<u8>, SafeTensorError> {
    let bytes = arrays.each_ref().map(Array::to_le_bytes);
    let mut tensors = Vec::new();
    for ((name, array), bytes) in Parameters::<f64>::NAMES.iter().zip(arrays).zip(&bytes) {
        let of = match array.precision() {
            Precision::F32 => Dtype::F32,
            Precision::F64 => Dtype::F64,
        };
        tensors.push((*name, TensorView::new(of, array.shape.clone(), bytes)?));
    }
    // the type of the map depends on the features of the crate `safetensors`, so it is not named here
    let metadata = [(ACTIVATION.to_owned(), activation.name().to_owned())].into_iter().collect();
    safetensors::serialize(tensors, Some(metadata))
}

fn activation_of(name: &str) -> Result<Activation, NetFileError> {
    name.parse().map_err(|_| NetFileError::Activation { found: name.to_owned() })
}
