//! `.npz`: a ZIP archive of NumPy arrays, as `numpy.savez` writes it and `numpy.load` reads it.

use crate::array::Array;
use crate::{AnyParameters, MOST_BYTES, NetFileError, net_arrays};
use net::Parameters;
use npy::{Npz, NpzError};
use std::io::{Cursor, Write};
use zip::result::ZipError;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// Reads the arrays W1, b1, W2 and b2 of an archive; others in it are ignored.
///
/// Compressed archives (`numpy.savez_compressed`) are read too, and the checksum of each array is checked.
///
/// # Errors
///
/// [`NetFileError`] where the archive is damaged, an array is missing, is not of `float32` or `float64`, does not fit to
/// the others or is not finite, and where they take more than [`MOST_BYTES`].
pub fn read(bytes: &[u8]) -> Result<AnyParameters, NetFileError> {
    let mut archive = Npz::open(Cursor::new(bytes)).map_err(refused)?;
    let mut left = MOST_BYTES;
    let mut array = |name: &'static str| -> Result<Array, NetFileError> {
        let array = archive.array(name, left).map_err(|error| match error {
            NpzError::Missing { expected, found } => NetFileError::Missing { expected, found },
            NpzError::Entry { source, .. } => NetFileError::Entry { name, source },
            NpzError::Array { source, .. } => NetFileError::Npy { name, source: Array::expecting_floats(source) },
            other => refused(other),
        })?;
        let array = Array::from_npy(array).map_err(|source| NetFileError::Npy { name, source })?;
        left -= array.bytes();
        Ok(array)
    };
    let [w1, b1, w2, b2] = Parameters::<f64>::NAMES;
    net_arrays::parameters(&[array(w1)?, array(b1)?, array(w2)?, array(b2)?])
}

/// An archive that is refused as a whole.
fn refused(error: NpzError) -> NetFileError {
    match error {
        NpzError::DuplicateNames => NetFileError::DuplicateNames,
        NpzError::Zip { source } => NetFileError::Zip { source },
        other => NetFileError::Zip { source: other.into() },
    }
}

/// An archive of the four arrays, not compressed: always the same bytes for the same parameters.
///
/// # Errors
///
/// [`NetFileError`] where [`read`] would refuse them: they do not fit together, are not finite or take too many bytes.
pub fn write(parameters: &AnyParameters) -> Result<Vec<u8>, NetFileError> {
    let arrays = net_arrays::arrays(parameters)?;
    archive(&arrays).map_err(|error| NetFileError::Write { source: error.into() })
}

fn archive(arrays: &[Array; 4]) -> Result<Vec<u8>, ZipError> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for (name, array) in Parameters::<f64>::NAMES.iter().zip(arrays) {
        archive.start_file(format!("{name}.npy"), options)?;
        archive.write_all(&array.to_npy())?;
    }
    Ok(archive.finish()?.into_inner())
}
