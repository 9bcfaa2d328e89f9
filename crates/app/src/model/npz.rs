//! .npz: a ZIP archive of NumPy arrays, as `numpy.savez` writes it and `numpy.load` reads it.

use super::arrays::{self, Array};
use super::{LIMIT, npy, some};
use crate::checkpoint::AnyParameters;
use anyhow::{Context, Result, bail, ensure};
use net::Parameters;
use std::io::{Cursor, Write};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

/// The arrays W1 b1 W2 b2 of an archive; others that it holds are left alone.
pub(crate) fn read(bytes: &[u8]) -> Result<AnyParameters> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).context("it is no ZIP archive")?;
    ensure!(!archive.has_duplicate_names(), "the archive has two entries of one name");
    let mut left = LIMIT;
    let mut array = |name: &str| -> Result<Array> {
        let entry_name = format!("{name}.npy");
        let Some(index) = archive.index_for_name(&entry_name) else {
            bail!("it holds no {entry_name}, but {}", some(archive.file_names().flatten()));
        };
        let array = npy::read(archive.by_index(index).context(entry_name)?, left).context(name.to_owned())?;
        left -= array.bytes();
        Ok(array)
    };
    let [w1, b1, w2, b2] = Parameters::<f64>::NAMES;
    arrays::parameters(&[array(w1)?, array(b1)?, array(w2)?, array(b2)?])
}

/// An archive of the four arrays, not compressed, always the same bytes for the same net.
pub(crate) fn write(parameters: &AnyParameters) -> Result<Vec<u8>> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for (name, array) in Parameters::<f64>::NAMES.iter().zip(arrays::of(parameters)?) {
        archive.start_file(format!("{name}.npy"), options)?;
        archive.write_all(&npy::write(&array))?;
    }
    Ok(archive.finish()?.into_inner())
}
