//! Compares the content of two files after unpacking.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

#[cfg(feature = "gzip")]
use flate2::{Crc, bufread::MultiGzDecoder};
#[cfg(feature = "gzip")]
use std::io::{BufReader, ErrorKind, Seek, SeekFrom};

#[cfg(feature = "gzip")]
use crate::Idx;
use crate::idx_error::{IdxError, IdxFileError};

/// The size of the chunks that are read.
const CHUNK: u64 = 1 << 16;

/// Returns whether two files unpack to the same content. Damaged compressed data is equal to nothing.
///
/// For a raw and a compressed file, the last 8 bytes of gzip are compared first: they hold CRC-32 and length of the
/// content. Only if these differ is the file unpacked, because it may have several members. Without the feature `gzip`
/// nothing can be unpacked, so a compressed file counts as equal to a raw one.
pub(super) fn same_content(one: &Path, other: &Path) -> Result<bool, IdxFileError> {
    let (a, b) = (Input::open(one)?, Input::open(other)?);
    let failed =
        |path: &Path, source| IdxFileError { path: path.to_owned(), source: IdxError::Io { offset: 0, source } };
    match (a.packed, b.packed) {
        (false, false) => Ok(a.length == b.length && same_bytes(a.file, b.file).map_err(|error| failed(one, error))?),
        #[cfg(not(feature = "gzip"))]
        _ => Ok(true),
        #[cfg(feature = "gzip")]
        (false, true) => raw_and_packed(a, b).map_err(|error| failed(one, error)),
        #[cfg(feature = "gzip")]
        (true, false) => raw_and_packed(b, a).map_err(|error| failed(other, error)),
        #[cfg(feature = "gzip")]
        (true, true) => same_unpacked(unpacked(a.file), unpacked(b.file)).map_err(|error| failed(one, error)),
    }
}

struct Input {
    file: File,
    length: u64,
    /// Whether it begins like gzip.
    packed: bool,
}

impl Input {
    fn open(path: &Path) -> Result<Self, IdxFileError> {
        let open = || {
            let file = File::open(path)?;
            let length = file.metadata()?.len();
            let mut start = Vec::new();
            (&file).take(2).read_to_end(&mut start)?;
            io::Seek::rewind(&mut &file)?;
            Ok(Self { file, length, packed: start == [0x1f, 0x8b] })
        };
        open().map_err(|source| IdxFileError { path: path.to_owned(), source: IdxError::Io { offset: 0, source } })
    }
}

#[cfg(feature = "gzip")]
fn raw_and_packed(mut raw: Input, mut packed: Input) -> io::Result<bool> {
    if packed.length >= 8 {
        let mut trailer = [0; 8];
        packed.file.seek(SeekFrom::End(-8))?;
        packed.file.read_exact(&mut trailer)?;
        packed.file.rewind()?;
        let [a, b, c, d, length @ ..] = trailer;
        // the length is stored modulo 2^32
        if raw.length & 0xffff_ffff == u64::from(u32::from_le_bytes(length))
            && crc32(&mut raw.file)? == u32::from_le_bytes([a, b, c, d])
        {
            return Ok(true);
        }
        raw.file.rewind()?;
    }
    same_unpacked(raw.file, unpacked(packed.file))
}

/// [`same_bytes`] if some of the content has to be unpacked; content that cannot be unpacked is equal to nothing.
#[cfg(feature = "gzip")]
fn same_unpacked(one: impl Read, other: impl Read) -> io::Result<bool> {
    match same_bytes(one, other) {
        Err(error)
            if matches!(error.kind(), ErrorKind::InvalidData | ErrorKind::InvalidInput | ErrorKind::UnexpectedEof) =>
        {
            Ok(false)
        }
        result => result,
    }
}

#[cfg(feature = "gzip")]
fn crc32(file: &mut File) -> io::Result<u32> {
    let (mut crc, mut buffer) = (Crc::new(), Vec::new());
    loop {
        next(file, &mut buffer)?;
        if buffer.is_empty() {
            return Ok(crc.sum());
        }
        crc.update(&buffer);
    }
}

#[cfg(feature = "gzip")]
fn unpacked(file: File) -> impl Read {
    MultiGzDecoder::new(BufReader::new(file)).take(Idx::MAX_BYTES + 1)
}

/// Stops at the first difference.
fn same_bytes(mut one: impl Read, mut other: impl Read) -> io::Result<bool> {
    let (mut left, mut right) = (Vec::new(), Vec::new());
    loop {
        next(&mut one, &mut left)?;
        next(&mut other, &mut right)?;
        if left != right {
            return Ok(false);
        }
        if left.is_empty() {
            return Ok(true);
        }
    }
}

/// Fills `buffer` with the next bytes of the content: one chunk, or less at the end.
fn next(content: &mut impl Read, buffer: &mut Vec<u8>) -> io::Result<()> {
    buffer.clear();
    content.take(CHUNK).read_to_end(buffer).map(drop)
}
