//! `.npz`: a ZIP archive of arrays, as `numpy.savez` writes it.

use crate::{Npy, NpzError};
use std::io::{Read, Seek, SeekFrom};
use zip::ZipArchive;
use zip::read::ZipFile;

/// How many times its packed size an entry above [`SMALL`] bytes may take unpacked. Images of digits pack to a fifth, and the
/// weights of a net hardly at all; deflate itself reaches 1,000 with zeros, so that 1 MB would fill 1 GB.
pub const MOST_RATIO: u64 = 200;

/// The size up to which an array may be packed as tightly as it likes, 16 MiB: zeros are numbers too.
pub const SMALL: usize = 16 << 20;

/// An archive that gives its arrays by name, compressed or not. The checksum of each is checked.
pub struct Npz<R> {
    archive: ZipArchive<R>,
    length: u64,
}

impl<R: Read + Seek> Npz<R> {
    /// Reads the directory of an archive.
    ///
    /// # Errors
    ///
    /// [`NpzError::Zip`] where it has none that can be read, [`NpzError::DuplicateNames`] where a name stands in it twice.
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

    /// The array of this name, given without `.npy`, of at most `most` bytes of numbers. Where that is above [`SMALL`], also of at most
    /// [`MOST_RATIO`] times the bytes that it takes in the archive.
    ///
    /// # Errors
    ///
    /// [`NpzError`]: there is none, it is damaged, no array of numbers, or too large.
    pub fn array(&mut self, name: &str, most: usize) -> Result<Npy, NpzError> {
        let length = self.length;
        let entry = self.open_entry(name)?;
        // what the directory claims, but no more than there is
        let packed = entry.compressed_size().min(length);
        Npy::read_packed(entry, most, packed).map_err(|source| NpzError::Array { name: name.to_owned(), source })
    }

    /// The bytes of the array of this name, given without `.npy`, unpacked while they are read: there may be far more than
    /// the archive has.
    ///
    /// # Errors
    ///
    /// [`NpzError`]: there is none, or it cannot be unpacked.
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
