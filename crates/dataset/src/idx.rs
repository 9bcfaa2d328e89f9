//! Reads IDX, the format of MNIST's files: a typed array of any rank, big-endian, raw or compressed with gzip.

mod data;
#[cfg(feature = "gzip")]
mod gzip;
pub(crate) mod write;

use std::fs::File;
use std::io::{self, Cursor, Read};
use std::path::{Path, PathBuf};

pub use self::data::IdxData;
use crate::idx_error::{IdxError, IdxFileError};

/// The array in an IDX file.
///
/// ```
/// use dataset::{Idx, IdxData};
///
/// // 0, 0, type 0x08 (u8), rank 2, then 2 x 3 and the six bytes, row by row.
/// let bytes = [0, 0, 0x08, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6];
/// let idx = Idx::read(&bytes[..])?;
/// assert_eq!(idx.shape, [2, 3]);
/// assert_eq!(idx.data, IdxData::U8(vec![1, 2, 3, 4, 5, 6]));
/// # Ok::<(), dataset::IdxError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Idx {
    /// The size of each dimension, outermost first; empty for a single value.
    pub shape: Vec<usize>,
    /// The values; the last index varies fastest. Their number is the product of `shape`.
    pub data: IdxData,
}

impl Idx {
    /// The largest number of bytes that [`Idx::read`] reads, after decompression: 1 GiB, twenty times MNIST's largest
    /// file.
    pub const MAX_BYTES: u64 = 1 << 30;

    /// Reads one array of at most [`Idx::MAX_BYTES`]; the input must end after it.
    ///
    /// Gzip is recognised by its first two bytes (1f 8b). Several members one after another count as one file, and every
    /// checksum is verified. Without the feature `gzip`, compressed input is refused ([`IdxError::GzipDisabled`]). Memory
    /// grows with the bytes that arrive, whatever the header claims.
    ///
    /// # Errors
    ///
    /// [`IdxError`], if the input is not IDX, or does not end exactly where its header says.
    pub fn read(reader: impl Read) -> Result<Self, IdxError> {
        Self::read_with_limit(reader, Self::MAX_BYTES)
    }

    /// [`Idx::read`] with another limit on the number of bytes, counted after decompression and including the header.
    ///
    /// # Errors
    ///
    /// As [`Idx::read`]; [`IdxError::LimitExceeded`] if there are more than `max_bytes`.
    pub fn read_with_limit(mut reader: impl Read, max_bytes: u64) -> Result<Self, IdxError> {
        let mut start = Vec::with_capacity(2);
        let read = reader.by_ref().take(2).read_to_end(&mut start);
        read.map_err(|source| IdxError::Io { offset: 0, source })?;

        let gzip = start == [0x1f, 0x8b];
        let reader = Cursor::new(start).chain(reader);
        if gzip {
            #[cfg(feature = "gzip")]
            return gzip::read(reader, max_bytes);
            #[cfg(not(feature = "gzip"))]
            return Err(IdxError::GzipDisabled);
        }
        // Unbuffered: all but the header is one large read, straight to where it stays.
        let wrap = |offset, source| IdxError::Io { offset, source };
        parse(Content { reader, offset: 0, max_bytes, wrap })
    }

    /// [`Idx::read`] from a file. Errors name its path.
    ///
    /// # Errors
    ///
    /// As [`Idx::read`], or if the file cannot be opened.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, IdxFileError> {
        let path = path.as_ref();
        File::open(path)
            .map_err(|source| IdxError::Io { offset: 0, source })
            .and_then(Self::read)
            .map_err(|source| IdxFileError { path: PathBuf::from(path), source })
    }
}

/// How much memory is allocated at first, and the size of the input buffer.
const CHUNK: usize = 1 << 16;

/// Header, values, end: the whole format. `content` is already decompressed.
fn parse<R: Read, W: Fn(u64, io::Error) -> IdxError>(mut content: Content<R, W>) -> Result<Idx, IdxError> {
    let mut header = Vec::new();
    content.append(&mut header, 4)?;
    if header.iter().zip([0, 0]).any(|(found, expected)| *found != expected) {
        // Read a little more for the error message, if possible.
        let _ = content.append(&mut header, 60);
        return Err(IdxError::NotIdx { found: header });
    }
    let &[_, _, code, rank] = header.as_slice() else {
        return Err(IdxError::TruncatedHeader { found: content.offset, expected: 4 });
    };
    let value_size = match code {
        0x08 | 0x09 => 1,
        0x0B => 2,
        0x0C | 0x0D => 4,
        0x0E => 8,
        found => return Err(IdxError::UnknownType { found }),
    };

    content.append(&mut header, 4 * u64::from(rank))?;
    let start = 4 + 4 * u64::from(rank);
    if content.offset < start {
        return Err(IdxError::TruncatedHeader { found: content.offset, expected: start });
    }
    let shape: Vec<u32> = header[4..].as_chunks().0.iter().map(|size| u32::from_be_bytes(*size)).collect();
    let expected = byte_count(&shape, value_size).ok_or_else(|| IdxError::SizeOverflow { shape: shape.clone() })?;

    let mut payload = Vec::new();
    content.append(&mut payload, expected)?;
    let found = content.offset - start;
    if found < expected {
        return Err(IdxError::TruncatedPayload { offset: start, found, expected });
    }
    let trailing = content.skip_to_end()?;
    if trailing > 0 {
        // This cannot overflow: together they stay within the limit.
        return Err(IdxError::TrailingBytes { offset: start, found: found + trailing, expected });
    }
    let shape = shape.into_iter().map(|size| size as usize).collect();
    Ok(Idx { shape, data: IdxData::decode(code, payload) })
}

/// The product of `shape` times `value_size`. A size of 0 makes it 0, but the product of the others must fit, too: so a
/// caller can multiply the sizes in any order within 64 bits.
fn byte_count(shape: &[u32], value_size: u64) -> Option<u64> {
    let others = shape.iter().filter(|size| **size > 0);
    let bytes = others.map(|size| u64::from(*size)).try_fold(value_size, u64::checked_mul)?;
    Some(if shape.contains(&0) { 0 } else { bytes })
}

/// The decompressed bytes, with a count and a limit.
struct Content<R, W> {
    reader: R,
    offset: u64,
    max_bytes: u64,
    wrap: W,
}

impl<R: Read, W: Fn(u64, io::Error) -> IdxError> Content<R, W> {
    /// Appends the next `count` bytes, or all that are left if there are fewer.
    fn append(&mut self, bytes: &mut Vec<u8>, count: u64) -> Result<(), IdxError> {
        // One byte more than allowed shows whether the content is too long.
        let mut left = count.min((self.max_bytes - self.offset).saturating_add(1));
        while left > 0 {
            // At most doubled: a header with wrong sizes costs no more memory than the actual file.
            let step = usize::try_from(left).unwrap_or(usize::MAX).min(bytes.len().max(CHUNK));
            let reserved = bytes.try_reserve_exact(step);
            reserved.map_err(|e| IdxError::Io { offset: self.offset, source: e.into() })?;
            let before = bytes.len();
            let result = self.reader.by_ref().take(step as u64).read_to_end(bytes);
            let read = (bytes.len() - before) as u64;
            self.offset += read;
            result.map_err(|e| (self.wrap)(self.offset, e))?;
            self.check_limit()?;
            if read < step as u64 {
                break;
            }
            left -= read;
        }
        Ok(())
    }

    /// Reads to the end without keeping anything, and returns the number of bytes. For gzip, this also verifies the last
    /// checksum.
    fn skip_to_end(&mut self) -> Result<u64, IdxError> {
        let allowed = (self.max_bytes - self.offset).saturating_add(1);
        let copied = io::copy(&mut self.reader.by_ref().take(allowed), &mut io::sink());
        let skipped = copied.map_err(|e| (self.wrap)(self.offset, e))?;
        self.offset += skipped;
        self.check_limit()?;
        Ok(skipped)
    }

    fn check_limit(&self) -> Result<(), IdxError> {
        if self.offset > self.max_bytes {
            return Err(IdxError::LimitExceeded { limit: self.max_bytes });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_grows_with_the_bytes_that_arrive() {
        let wrap = |offset, source| IdxError::Io { offset, source };
        for len in [0, 20, CHUNK, CHUNK + 1, 5 * CHUNK] {
            let arriving = vec![7; len];
            let mut content = Content { reader: &arriving[..], offset: 0, max_bytes: u64::MAX, wrap };
            let mut bytes = Vec::new();
            content.append(&mut bytes, 1 << 50).unwrap();
            assert_eq!(bytes, arriving);
            assert!(bytes.capacity() <= CHUNK.max(2 * len), "{} for {len}", bytes.capacity());
        }
    }

    #[test]
    fn what_is_known_to_come_takes_no_more_than_it_needs() {
        let wrap = |offset, source| IdxError::Io { offset, source };
        let len = 5 * CHUNK;
        let mut content = Content { reader: io::repeat(1), offset: 0, max_bytes: u64::MAX, wrap };
        let mut bytes = Vec::new();
        content.append(&mut bytes, len as u64).unwrap();
        assert_eq!((bytes.len(), bytes.capacity()), (len, len));
    }
}
