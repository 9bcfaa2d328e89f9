//! Writes IDX, uncompressed: the bytes that the reader accepts.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use super::{Idx, byte_count};
use crate::idx_error::{IdxSaveError, IdxWriteError};

impl Idx {
    /// Writes the array as an uncompressed IDX file, and flushes. If the array cannot be stored, nothing is written.
    ///
    /// To compress it, pass the encoder of a gzip library as the writer. [`Idx::read`] gives the same array back, bit for
    /// bit, up to [`Idx::MAX_BYTES`]; for a larger one use [`Idx::read_with_limit`].
    ///
    /// ```
    /// use dataset::Idx;
    ///
    /// let idx = Idx { shape: vec![2, 3], data: vec![0.5_f32, 1.0, 1.5, 2.0, 2.5, 3.0].into() };
    /// let mut bytes = Vec::new();
    /// idx.write(&mut bytes)?;
    /// assert_eq!(bytes[..12], [0, 0, 0x0D, 2, 0, 0, 0, 2, 0, 0, 0, 3]);
    /// assert_eq!(Idx::read(&bytes[..])?, idx);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`IdxWriteError`]: the format cannot hold the array (more than 255 dimensions, or a size above 2^32 - 1), the
    /// number of values does not fit the shape, or writing fails.
    pub fn write(&self, writer: impl Write) -> Result<(), IdxWriteError> {
        write(writer, &self.header()?, |writer| self.data.encode(writer))
    }

    /// [`Idx::write`] to a file. Errors name its path. An existing file is replaced. If the array cannot be stored, it
    /// stays unchanged; if writing fails halfway, the file is incomplete.
    ///
    /// # Errors
    ///
    /// As [`Idx::write`], or if the file cannot be created.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), IdxSaveError> {
        save(path.as_ref(), self.header(), |file| self.data.encode(file))
    }

    fn header(&self) -> Result<Vec<u8>, IdxWriteError> {
        header(self.data.code(), &self.shape, self.data.len(), self.data.value_size())
    }
}

/// Magic number and sizes, for `values` values of `value_size` bytes each.
pub(crate) fn header(code: u8, shape: &[usize], values: usize, value_size: u64) -> Result<Vec<u8>, IdxWriteError> {
    let rank = u8::try_from(shape.len()).map_err(|_| IdxWriteError::Rank { found: shape.len() })?;
    let mut sizes = Vec::with_capacity(shape.len());
    for (dimension, &size) in shape.iter().enumerate() {
        sizes.push(u32::try_from(size).map_err(|_| IdxWriteError::Size { dimension, size })?);
    }
    match byte_count(&sizes, value_size) {
        None => return Err(IdxWriteError::SizeOverflow { shape: sizes }),
        Some(bytes) if bytes / value_size != values as u64 => {
            return Err(IdxWriteError::Length { shape: sizes, found: values });
        }
        Some(_) => {}
    }
    let mut header = vec![0, 0, code, rank];
    header.extend(sizes.iter().flat_map(|size| size.to_be_bytes()));
    Ok(header)
}

/// Writes `header`, then the values with `values`.
pub(crate) fn write<W: Write>(
    mut writer: W,
    header: &[u8],
    values: impl FnOnce(&mut W) -> io::Result<()>,
) -> Result<(), IdxWriteError> {
    let written = writer.write_all(header).and_then(|()| values(&mut writer)).and_then(|()| writer.flush());
    written.map_err(|source| IdxWriteError::Io { source })
}

/// [`write`] to a file, which is created only if there is a header.
pub(crate) fn save(
    path: &Path,
    header: Result<Vec<u8>, IdxWriteError>,
    values: impl FnOnce(&mut File) -> io::Result<()>,
) -> Result<(), IdxSaveError> {
    let saved = header.and_then(|header| {
        let file = File::create(path).map_err(|source| IdxWriteError::Io { source })?;
        write(file, &header, values)
    });
    saved.map_err(|source| IdxSaveError { path: path.to_owned(), source })
}
