//! A net as a file holds it.

use crate::{AnyParameters, Kind, NetFileError};
use core_math::Real;
use net::{Activation, TwoLayerNet};

/// A net as a file holds it.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredNet {
    /// W1, b1, W2 and b2 in the precision of the file. They fit together and are finite.
    pub parameters: AnyParameters,
    /// The activation, if the file names it; a .npz never does.
    pub activation: Option<Activation>,
}

impl StoredNet {
    /// The net in `T`, with the activation `otherwise` if the file does not name one. Only `f64` to `f32` rounds.
    #[must_use]
    pub fn net<T: Real>(&self, otherwise: Activation) -> TwoLayerNet<T> {
        TwoLayerNet { params: self.parameters.to(), activation: self.activation.unwrap_or(otherwise) }
    }
}

/// Reads a .npz or a .safetensors, whichever it is by its content.
///
/// # Errors
///
/// [`NetFileError`] where it is neither, or does not hold a usable net.
pub fn read(bytes: &[u8]) -> Result<StoredNet, NetFileError> {
    match Kind::of_bytes(bytes) {
        Some(kind) => kind.read(bytes),
        None => Err(NetFileError::UnknownKind { found: bytes[..bytes.len().min(8)].to_vec() }),
    }
}
