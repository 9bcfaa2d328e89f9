//! `.npz`: a ZIP archive of arrays, written by `numpy.savez`.

use crate::{Npy, NpzError};
use std::io::{Read, Seek, SeekFrom};
use zip::ZipArchive;
use zip::read::ZipFile;

/// An entry above [`SMALL`] bytes may unpack to at most this many times its compressed size. Images of digits compress to
/// a fifth, the weights of a network hardly at all. deflate itself reaches a factor of 1,000 with zeros, so that 1 MB
/// would fill 1 GB.
pub const MOST_RATIO: u64 = 200;

/// Up to this size, 16 MiB, an array may be compressed by any factor: an array may be all zeros.
pub const SMALL: usize = 16 << 20;

/// An archive of arrays, compressed or not. The checksum of each array is verified.
pub struct Npz<R> {
    archive: ZipArchive<R>,
    length: u64,
}

impl<R: Read + Seek> Npz<R> {
    /// Reads the directory of an archive.
    ///
    /// # Errors
    ///
    /// [`NpzError::Zip`] if it has no readable directory, [`NpzError::DuplicateNames`] if a name occurs in it twice.
    pub fn open(mut reader: R) -> Result<Self, NpzError> {
        let length = reader.seek(SeekFrom::End(0)).map_err(|error| NpzError::Zip { source: error.into() })?;
        let archive = ZipArchive::new(reader).map_err(|error| NpzError::Zip { source: error.into() })?;
        if archive.has_duplicate_names() {
            return Err(NpzError::DuplicateNames);
        }
        Ok(Self { archive, length })
    }

    /// The names of its entries, such as `x_train.npy`.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        self.archive.file_names().flatten().map(Into::into).collect()
    }

    /// Reads the array with this name, given without `.npy`, of at most `most` bytes of numbers. Above [`SMALL`] bytes,
    /// it may also have at most [`MOST_RATIO`] times its compressed size.
    ///
    /// # Errors
    ///
    /// [`NpzError`]: it does not exist, is damaged, is not an array of numbers, or is too large.
    pub fn array(&mut self, name: &str, most: usize) -> Result<Npy, NpzError> {
        let length = self.length;
        let entry = self.open_entry(name)?;
        // the size in the directory, but no more than the archive has
        let packed = entry.compressed_size().min(length);
        Npy::read_packed(entry, most, packed).map_err(|source| NpzError::Array { name: name.to_owned(), source })
    }

    /// The content of the array with this name, given without `.npy`. It is unpacked while you read it; there may be far
    /// more bytes than in the archive.
    ///
    /// # Errors
    ///
    /// [`NpzError`]: it does not exist, or cannot be unpacked.
    pub fn entry(&mut self, name: &str) -> Result<impl Read, NpzError> {
        self.open_entry(name)
    }

    fn open_entry(&mut self, name: &str) -> Result<ZipFile<'_, R>, NpzError> {
        let expected = format!("{name}.npy");
        let Some(index) = self.archive.index_for_name(&expected) else {
            return Err(NpzError::Missing { expected, found: self.names() });
        };
        let entry = self.archive.by_index(index);
        entry.map_err(|error| NpzError::Entry { name: name.to_owned(), source: error.into() })
    }
}
