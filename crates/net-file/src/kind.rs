//! The two kinds of files: .npz and .safetensors.

use crate::{AnyParameters, FileType, NetFileError, StoredNet, npz, safetensors};
use net::Activation;
use std::path::Path;

/// The kinds of files that hold the four arrays of a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// A ZIP archive of NumPy arrays; one of them is a string, the activation.
    Npz,
    /// Arrays after a JSON header, which also holds the activation.
    Safetensors,
}

impl Kind {
    /// The kind for the extension of a file name, in upper or lower case.
    ///
    /// ```
    /// use net_file::Kind;
    ///
    /// assert_eq!(Kind::of_path("nets/first.npz"), Some(Kind::Npz));
    /// assert_eq!(Kind::of_path("model.ckpt"), None);
    /// ```
    #[must_use]
    pub fn of_path(path: impl AsRef<Path>) -> Option<Self> {
        let extension = path.as_ref().extension()?;
        [Self::Npz, Self::Safetensors].into_iter().find(|kind| extension.eq_ignore_ascii_case(kind.extension()))
    }

    /// The kind, by the first bytes of the content. The rest may still be damaged.
    #[must_use]
    pub fn of_bytes(bytes: &[u8]) -> Option<Self> {
        // an entry, or the end of an archive without entries
        if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
            return Some(Self::Npz);
        }
        // eight bytes of length, then a JSON object
        (bytes.get(8) == Some(&b'{')).then_some(Self::Safetensors)
    }

    /// The extension of such files, without the dot.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::Npz => "npz",
            Self::Safetensors => "safetensors",
        }
    }

    /// Reads a file of this kind.
    ///
    /// # Errors
    ///
    /// [`NetFileError`] if it does not hold a usable network, or is of another kind.
    pub fn read(self, bytes: &[u8]) -> Result<StoredNet, NetFileError> {
        let found = FileType::of_bytes(bytes);
        match (self, found) {
            // an archive may begin with any entry
            (Self::Npz, None | Some(FileType::Npz | FileType::Zip)) => npz::read(bytes),
            (Self::Safetensors, None | Some(FileType::Safetensors)) => safetensors::read(bytes),
            (_, Some(found)) => Err(NetFileError::OtherKind { expected: self, found }),
        }
    }

    /// Writes a file of this kind, and returns its content.
    ///
    /// # Errors
    ///
    /// As [`npz::write`] and [`safetensors::write`].
    pub fn write(self, parameters: &AnyParameters, activation: Activation) -> Result<Vec<u8>, NetFileError> {
        match self {
            Self::Npz => npz::write(parameters, activation),
            Self::Safetensors => safetensors::write(parameters, activation),
        }
    }
}
