//! `.npz`: a ZIP archive of NumPy arrays, written by `numpy.savez` and read by `numpy.load`.

use crate::array::Array;
use crate::{AnyParameters, MOST_BYTES, NetFileError, StoredNet, activation_array, net_arrays};
use net::{Activation, Parameters};
use npy::{Npz, NpzError};
use std::collections::BTreeSet;
use std::io::{Cursor, Write};
use zip::result::ZipError;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, System, ZipWriter};

/// Reads the arrays of an archive: W1, b1, W2 and b2, or the two layers of a PyTorch state dict, and the string
/// `activation` if there is one.
///
/// Compressed archives (`numpy.savez_compressed`) are read, too. The checksum of each array is verified.
///
/// # Errors
///
/// [`NetFileError`] if the archive is damaged; if an array is missing, is not `float32` or `float64`, does not fit the
/// others or is not finite; if they take more than [`MOST_BYTES`]; if there is anything else in the archive; or if the
/// network does not have this activation.
pub fn read(bytes: &[u8]) -> Result<StoredNet, NetFileError> {
    let mut archive = Npz::open(Cursor::new(bytes)).map_err(refused)?;
    let mut names = archive.names();
    names.retain(|name| !name.starts_with("__MACOSX/")); // added by macOS
    let mut names: Vec<String> =
        names.into_iter().map(|name| name.strip_suffix(".npy").map(str::to_owned).unwrap_or(name)).collect();
    let all = names.len();
    if names.iter().collect::<BTreeSet<_>>().len() < all {
        return Err(NetFileError::DuplicateNames); // W1 and W1.npy: NumPy gives both the name W1
    }
    names.retain(|name| name != activation_array::NAME);
    let activation = if names.len() == all { None } else { Some(activation_array::NAME) };
    let activation =
        activation.map(|name| activation_array::read(archive.entry(name).map_err(refused)?)).transpose()?;

    let mut left = MOST_BYTES;
    net_arrays::read(names, activation, |name| {
        let array = Array::from_npy(archive.array(name, left).map_err(refused)?);
        let array = array.map_err(|source| NetFileError::Npy { name: name.to_owned(), source })?;
        left -= array.bytes();
        Ok(array)
    })
}

/// Converts the error of an archive or of one of its arrays.
fn refused(error: NpzError) -> NetFileError {
    match error {
        NpzError::DuplicateNames => NetFileError::DuplicateNames,
        NpzError::Zip { source } => NetFileError::Zip { source },
        NpzError::Missing { expected, .. } => {
            NetFileError::EntryName { name: expected.trim_end_matches(".npy").to_owned() }
        }
        NpzError::Entry { name, source } => NetFileError::Entry { name, source },
        NpzError::Array { name, source } => NetFileError::Npy { name, source: Array::expecting_floats(source) },
        other => NetFileError::Zip { source: other.into() },
    }
}

/// Writes an archive of the four arrays and the activation, not compressed. The same network
/// gives the same bytes on every system.
///
/// # Errors
///
/// [`NetFileError`] if [`read`] would refuse them: they do not fit together, are not finite or take too many bytes.
pub fn write(parameters: &AnyParameters, activation: Activation) -> Result<Vec<u8>, NetFileError> {
    let arrays = net_arrays::arrays(parameters)?;
    archive(&arrays, activation).map_err(|error| NetFileError::Write { source: error.into() })
}

fn archive(arrays: &[Array; 4], activation: Activation) -> Result<Vec<u8>, ZipError> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    // named, because the default differs on Windows
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored).system(System::Unix);
    for (name, array) in Parameters::<f64>::NAMES.iter().zip(arrays) {
        archive.start_file(format!("{name}.npy"), options)?;
        archive.write_all(&array.to_npy())?;
    }
    // the last entry, so that older files and new ones have the arrays in the same positions
    archive.start_file(format!("{}.npy", activation_array::NAME), options)?;
    archive.write_all(&activation_array::write(activation))?;
    Ok(archive.finish()?.into_inner())
}
