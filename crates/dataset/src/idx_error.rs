//! The errors of reading and writing IDX files, with the numbers that show what is wrong.

use std::io;
use std::path::PathBuf;

/// Why an IDX file was refused. Offsets count decompressed bytes from the start of the file.
///
/// If the system cannot read, or if gzip data is corrupt, the reason is in [`source`](std::error::Error::source) and not
/// in the message: [`IdxFileError`] shows how to print both.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IdxError {
    /// The first two bytes are not 0, so this is another kind of file.
    #[error("not an IDX file: expected it to begin with 00 00, found {}{}", hex(found), hint(found))]
    NotIdx {
        /// The first bytes of the content, at most 64.
        found: Vec<u8>,
    },
    /// The third byte is not the code of a type.
    #[error("unknown IDX element type {found:#04x} at byte 2, expected 0x08, 0x09, 0x0b, 0x0c, 0x0d or 0x0e")]
    UnknownType {
        /// The byte.
        found: u8,
    },
    /// The content ends within the four bytes of the magic number, or within the sizes after it.
    #[error("IDX header ends at byte {found}, expected {expected} bytes")]
    TruncatedHeader {
        /// The number of bytes there are.
        found: u64,
        /// The number of bytes in the header.
        expected: u64,
    },
    /// The header describes more bytes than fit into 64 bits, even without the sizes that are 0.
    #[error("IDX header describes more than 2^64 bytes, its sizes are {shape:?}")]
    SizeOverflow {
        /// The sizes of the dimensions.
        shape: Vec<u32>,
    },
    /// There are too few values: the download was interrupted, or the header belongs to another file.
    #[error("{found} bytes of values from byte {offset} on, expected {expected}: the file is cut short")]
    TruncatedPayload {
        /// Where the values begin.
        offset: u64,
        /// How many bytes follow.
        found: u64,
        /// How many bytes the header describes.
        expected: u64,
    },
    /// The file continues after the values.
    #[error("{found} bytes of values from byte {offset} on, expected {expected}: the file is too long")]
    TrailingBytes {
        /// Where the values begin.
        offset: u64,
        /// How many bytes follow.
        found: u64,
        /// How many bytes the header describes.
        expected: u64,
    },
    /// The content is longer than the caller allows.
    #[error("content continues after {limit} bytes, the most that is read")]
    LimitExceeded {
        /// The limit, in decompressed bytes.
        limit: u64,
    },
    /// The content is compressed, and the crate was built without its feature `gzip`.
    #[error(
        "compressed with gzip, which the crate dataset was built without; unpack the file with `gzip -d`, or enable the \
         feature `gzip` of dataset"
    )]
    GzipDisabled,
    /// The compressed data is damaged or incomplete, or a checksum does not match.
    #[error("corrupt gzip data, noticed after {offset} decompressed bytes")]
    Gzip {
        /// How many bytes had been decompressed.
        offset: u64,
        /// The decompressor's error.
        source: io::Error,
    },
    /// The input could not be opened or read.
    #[error("reading failed at byte {offset}")]
    Io {
        /// How many (decompressed) bytes had been read.
        offset: u64,
        /// The system's error.
        source: io::Error,
    },
}

/// An [`IdxError`] with the path of the file.
///
/// The message is only `cannot read PATH`; the reason is in [`source`](std::error::Error::source). Everywhere in this
/// crate, a cause is either in the message or in `source()`, never in both. `{:#}` of `anyhow::Error` prints all of it.
/// Without `anyhow`, follow the chain:
///
/// ```
/// use std::{error::Error, iter::successors};
///
/// let error = dataset::Idx::open("nowhere.idx").unwrap_err();
/// let causes: Vec<_> = successors(Some(&error as &dyn Error), |&e| e.source()).map(|e| e.to_string()).collect();
/// assert!(causes.join(": ").starts_with("cannot read nowhere.idx: reading failed at byte 0: "));
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
#[error("cannot read {}", path.display())]
pub struct IdxFileError {
    /// The path. If the bytes did not come from a path, it is a name: the function that reads them says which.
    pub path: PathBuf,
    /// What is wrong with it.
    pub source: IdxError,
}

/// Why an array cannot be written as an IDX file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IdxWriteError {
    /// The format has one byte for the number of dimensions.
    #[error("an array of {found} dimensions, expected at most 255")]
    Rank {
        /// The number of dimensions.
        found: usize,
    },
    /// The format has four bytes for each size.
    #[error("size {size} of dimension {dimension} (counted from 0), expected at most 4294967295")]
    Size {
        /// The first dimension that is too large.
        dimension: usize,
        /// Its size.
        size: usize,
    },
    /// The shape describes more bytes than fit into 64 bits, even without the sizes that are 0. The reader would refuse
    /// it, too.
    #[error("an array of more than 2^64 bytes, its sizes are {shape:?}")]
    SizeOverflow {
        /// The sizes of the dimensions.
        shape: Vec<u32>,
    },
    /// There are more or fewer values than the shape describes.
    #[error("{found} values for an array of shape {shape:?}, expected the product of the sizes")]
    Length {
        /// The sizes of the dimensions.
        shape: Vec<u32>,
        /// The number of values.
        found: usize,
    },
    /// The output could not be created or written; the system's error is in `source`.
    #[error("writing failed")]
    Io {
        /// The system's error.
        source: io::Error,
    },
}

/// An [`IdxWriteError`] with the path of the file. As with [`IdxFileError`], the reason is in `source()`.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
#[error("cannot write {}", path.display())]
pub struct IdxSaveError {
    /// The file.
    pub path: PathBuf,
    /// Why it was not written.
    pub source: IdxWriteError,
}

/// The values of an [`IdxData`](crate::IdxData) do not have the type that you asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
#[error("values of type {found}, expected {expected}")]
pub struct IdxTypeError {
    /// Their type.
    pub found: &'static str,
    /// The type that you asked for.
    pub expected: &'static str,
}

fn hex(bytes: &[u8]) -> String {
    let shown: Vec<String> = bytes.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    shown.join(" ")
}

/// Recognises what a file with the name of a data file often is instead: an error page, the login form of a network, a
/// file that was compressed twice, or a placeholder for a large file in a repository.
pub(crate) fn hint(bytes: &[u8]) -> &'static str {
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match text.trim_ascii_start() {
        [b'<', ..] => " (it looks like a web page)",
        [0x1f, 0x8b, ..] => " (it is compressed twice; unpack it once with `gzip -d`)",
        [b'P', b'K', 3, 4, rest @ ..] => match rest.windows(4).any(|name| name == b".npy") {
            true => " (it is a .npz archive of NumPy arrays under another name)",
            false => " (it is a ZIP archive; unpack it)",
        },
        [0x93, b'N', b'U', b'M', b'P', b'Y', ..] => " (it is a NumPy array, .npy)",
        [0x80, 2..=5, ..] => " (it is a Python pickle)",
        start if start.starts_with(b"version https://") => {
            " (it is a Git LFS pointer, a placeholder for the file; `git lfs pull` downloads the file itself)"
        }
        _ => "",
    }
}
