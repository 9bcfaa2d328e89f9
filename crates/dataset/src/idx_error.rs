//! What can be wrong with an IDX file, with the numbers that show it.

use std::io;
use std::path::PathBuf;

/// Why an IDX file was refused. Offsets count decompressed bytes from the start of the file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IdxError {
    /// The first two bytes are not 0, so it is another kind of file.
    #[error("not an IDX file: expected it to begin with 00 00, found {}{}", hex(found), hint(found))]
    NotIdx {
        /// The first bytes of the content, at most 16.
        found: Vec<u8>,
    },
    /// The third byte names no type.
    #[error("unknown IDX element type {found:#04x} at byte 2, expected 0x08, 0x09, 0x0b, 0x0c, 0x0d or 0x0e")]
    UnknownType {
        /// The byte.
        found: u8,
    },
    /// The content ends within the four bytes of the magic number, or within the sizes after it.
    #[error("IDX header ends at byte {found}, expected {expected} bytes")]
    TruncatedHeader {
        /// How many bytes there are.
        found: u64,
        /// How many the header has.
        expected: u64,
    },
    /// The number of bytes that the header describes does not fit into 64 bits, sizes of 0 left out.
    #[error("IDX header describes more than 2^64 bytes, its sizes are {shape:?}")]
    SizeOverflow {
        /// The sizes of the dimensions.
        shape: Vec<u32>,
    },
    /// The values end too early: an interrupted download, or a header of another file.
    #[error("{found} bytes of values from byte {offset} on, expected {expected}: the file is cut short")]
    TruncatedPayload {
        /// Where the values begin.
        offset: u64,
        /// How many bytes follow.
        found: u64,
        /// How many the header describes.
        expected: u64,
    },
    /// The file goes on after the values.
    #[error("{found} bytes of values from byte {offset} on, expected {expected}: the file is too long")]
    TrailingBytes {
        /// Where the values begin.
        offset: u64,
        /// How many bytes follow.
        found: u64,
        /// How many the header describes.
        expected: u64,
    },
    /// The content is longer than the caller allows.
    #[error("content goes on after {limit} bytes, the most that is read")]
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
    /// The compressed data is damaged or incomplete, or a checksum does not agree.
    #[error("corrupt gzip data, noticed after {offset} decompressed bytes")]
    Gzip {
        /// How many bytes had been decompressed.
        offset: u64,
        /// What the decompressor says.
        source: io::Error,
    },
    /// The input could not be opened or read.
    #[error("reading failed at byte {offset}")]
    Io {
        /// How many (decompressed) bytes had been read.
        offset: u64,
        /// What the system says.
        source: io::Error,
    },
}

/// An [`IdxError`] with the path of the file.
#[derive(Debug, thiserror::Error)]
#[error("cannot read {}", path.display())]
pub struct IdxFileError {
    /// The file.
    pub path: PathBuf,
    /// What is wrong with it.
    pub source: IdxError,
}

fn hex(bytes: &[u8]) -> String {
    let shown: Vec<String> = bytes.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    shown.join(" ")
}

/// What a download holds most often when it holds no IDX: an error page, the login form of a network, or a file that one
/// program has packed and another has packed again.
fn hint(bytes: &[u8]) -> &'static str {
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match text.trim_ascii_start() {
        [b'<', ..] => " (it looks like a web page)",
        [0x1f, 0x8b, ..] => " (it is compressed twice)",
        _ => "",
    }
}
