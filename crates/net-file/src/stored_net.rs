//! A net as a file holds it.

use crate::{AnyParameters, FileType, Kind, NetFileError};
use core_math::Real;
use net::{Activation, TwoLayerNet};
use std::fmt;

/// A net as a file holds it.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredNet {
    /// W1, b1, W2 and b2 in the precision of the file. They fit together and are finite.
    pub parameters: AnyParameters,
    /// The activation, if the file names it.
    pub activation: Option<Activation>,
    /// The arrays that the file has under names of its own, in the order W1 b1 W2 b2: all four of a state dict of PyTorch,
    /// otherwise none. Show them to your user, since the file does not say that it is meant so.
    pub renamed: Vec<Renamed>,
}

impl StoredNet {
    /// The net in `T`, with the activation `otherwise` if the file does not name one. Only `f64` to `f32` rounds.
    #[must_use]
    pub fn net<T: Real>(&self, otherwise: Activation) -> TwoLayerNet<T> {
        TwoLayerNet { params: self.parameters.to(), activation: self.activation.unwrap_or(otherwise) }
    }
}

/// An array that was read under another name than that of the file. Its `Display` is a sentence without an end, such as
/// `fc1.weight is 50x784, as PyTorch keeps it; read as W1 of 784x50, transposed`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Renamed {
    /// The name in the file.
    pub from: String,
    /// W1, b1, W2 or b2.
    pub name: &'static str,
    /// Rows and columns in the file of a matrix, which was transposed; none of a bias.
    pub transposed: Option<[usize; 2]>,
}

impl fmt::Display for Renamed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { from, name, transposed } = self;
        let from = from.escape_debug(); // a stranger's words, which must not control a terminal
        match transposed {
            Some([rows, columns]) => write!(
                f,
                "{from} is {rows}x{columns}, as PyTorch keeps it; read as {name} of {columns}x{rows}, transposed"
            ),
            None => write!(f, "{from} is read as {name}"),
        }
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
        None => {
            let start = bytes[..bytes.len().min(8)].to_vec();
            Err(NetFileError::UnknownKind { found: FileType::of_bytes(bytes), start })
        }
    }
}
