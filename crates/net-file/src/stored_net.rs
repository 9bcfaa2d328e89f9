//! A network, as read from a file.

use crate::{AnyParameters, FileType, Kind, NetFileError};
use core_math::Real;
use net::{Activation, TwoLayerNet};
use std::fmt;

/// A network, as read from a file.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredNet {
    /// W1, b1, W2 and b2 in the precision of the file. They fit together and are finite.
    pub parameters: AnyParameters,
    /// The activation, if the file names it.
    pub activation: Option<Activation>,
    /// The arrays that have other names in the file, in the order W1 b1 W2 b2: all four for a PyTorch state dict,
    /// otherwise none. Show them to your user, because the file itself does not say that they are W1, b1, W2 and b2.
    pub renamed: Vec<Renamed>,
}

impl StoredNet {
    /// The network in `T`. If the file does not name an activation, `otherwise` is used. Only the conversion from `f64`
    /// to `f32` rounds.
    #[must_use]
    pub fn net<T: Real>(&self, otherwise: Activation) -> TwoLayerNet<T> {
        TwoLayerNet { params: self.parameters.to(), activation: self.activation.unwrap_or(otherwise) }
    }
}

/// An array that has another name in the file. It displays as a sentence without a full stop, such as `fc1.weight is
/// 50x784, as PyTorch keeps it; read as W1 of 784x50, transposed`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Renamed {
    /// The name in the file.
    pub from: String,
    /// W1, b1, W2 or b2.
    pub name: &'static str,
    /// For a matrix, which was transposed, its rows and columns in the file; `None` for a bias.
    pub transposed: Option<[usize; 2]>,
}

impl fmt::Display for Renamed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { from, name, transposed } = self;
        let from = from.escape_debug(); // a name from a file must not control a terminal
        match transposed {
            Some([rows, columns]) => write!(
                f,
                "{from} is {rows}x{columns}, as PyTorch keeps it; read as {name} of {columns}x{rows}, transposed"
            ),
            None => write!(f, "{from} is read as {name}"),
        }
    }
}

/// Reads a .npz or a .safetensors; the content shows which it is.
///
/// # Errors
///
/// [`NetFileError`] if it is neither, or does not hold a usable network.
pub fn read(bytes: &[u8]) -> Result<StoredNet, NetFileError> {
    match Kind::of_bytes(bytes) {
        Some(kind) => kind.read(bytes),
        None => {
            let start = bytes[..bytes.len().min(8)].to_vec();
            Err(NetFileError::UnknownKind { found: FileType::of_bytes(bytes), start })
        }
    }
}
