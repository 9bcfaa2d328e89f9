//! The errors of reading an image file, or of finding a digit in a picture.

use dataset::IdxError;
use std::error::Error;

/// Why a file has no usable picture, or a picture no digit.
///
/// Messages say "it" for the file, because only you know its name: put it before the message. If there is a cause, it is
/// in [`source`](Error::source) and not in the message.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PictureError {
    /// The format in which phones store photos, or a similar one.
    #[error("it is a HEIC or AVIF image, which cannot be read: {EXPECTED}; save it as PNG or JPEG")]
    HeicOrAvif,
    /// An image in a format that is not read.
    #[error("it is a .{extension} image, which cannot be read: {EXPECTED}; save it as PNG")]
    Unsupported {
        /// The usual extension of such files.
        extension: &'static str,
    },
    /// Not an image in any known format.
    #[error("it is not an image: it begins with {}, {EXPECTED}", shown(start))]
    NotAnImage {
        /// The first bytes, at most 4.
        start: Vec<u8>,
    },
    /// The decoder refused the sizes in the header.
    #[error("its header claims more than {} pixels, the most that are read; save it smaller", thousands(*most))]
    HeaderTooLarge {
        /// The limit.
        most: u64,
    },
    /// The picture is larger than the limit.
    #[error("it has {cols} x {rows} pixels, at most {} are read; save it smaller", thousands(*most))]
    TooLarge {
        /// The number of columns.
        cols: usize,
        /// The number of rows.
        rows: usize,
        /// The limit.
        most: u64,
    },
    /// The header claims more pixels than a file of this length can hold.
    #[error(
        "its header claims {cols} x {rows} pixels, but the file ends after {bytes} bytes: it is damaged or cut short"
    )]
    HeaderLies {
        /// The number of columns.
        cols: usize,
        /// The number of rows.
        rows: usize,
        /// The length of the file.
        bytes: usize,
    },
    /// There is not enough memory.
    #[error(
        "it has {cols} x {rows} pixels, and there is not enough memory: {needed} bytes are needed; save it smaller"
    )]
    OutOfMemory {
        /// The number of columns.
        cols: usize,
        /// The number of rows.
        rows: usize,
        /// The most memory that reading needs, in bytes.
        needed: u64,
    },
    /// The end of the image is missing.
    #[error("it is a {format} that was cut short: copy or download it again")]
    CutShort {
        /// The name of the format.
        format: &'static str,
    },
    /// The image cannot be decoded.
    #[error("it begins like a {format} file, but is damaged or cut short")]
    Damaged {
        /// The name of the format, such as PNG.
        format: &'static str,
        /// The decoder's error.
        source: Box<dyn Error + Send + Sync>,
    },
    /// The file begins like an IDX file, but is not one, or is damaged.
    #[error("it is not a complete IDX file ({EXPECTED})")]
    Idx {
        /// The error of the IDX reader.
        source: IdxError,
    },
    /// The array of an IDX file is neither a picture nor a list of pictures.
    #[error("it holds an array of shape {shape:?}, expected images: (rows, columns) or (images, rows, columns)")]
    IdxShape {
        /// The shape of the array.
        shape: Vec<usize>,
    },
    /// The numbers of an IDX file are not bytes.
    #[error("it holds values of type {found}, expected bytes (u8)")]
    IdxType {
        /// The name of their Rust type.
        found: &'static str,
    },
    /// The pictures of an IDX file are larger than the limit.
    #[error("its images have {cols} x {rows} pixels, at most {} are read", thousands(*most))]
    IdxTooLarge {
        /// The number of columns.
        cols: usize,
        /// The number of rows.
        rows: usize,
        /// The limit.
        most: u64,
    },
    /// There are no pictures, or pictures without pixels.
    #[error("it holds no pixels, expected an image")]
    Empty,
    /// There is more than one picture.
    #[error("it holds {found} pictures, expected one")]
    NotOne {
        /// The number of pictures.
        found: usize,
    },
    /// Nothing differs enough from the paper.
    #[error("nothing stands out from the paper: expected a digit that is clearly darker or lighter")]
    NoInk,
}

/// The list of formats, for messages.
const EXPECTED: &str = "expected PNG, JPEG, BMP, GIF, WebP, PGM, PPM or IDX";

/// Letters as text, other bytes as hexadecimal numbers.
fn shown(bytes: &[u8]) -> String {
    if bytes.iter().all(|byte| matches!(byte, b' '..=b'~' | b'\n' | b'\r' | b'\t')) {
        return format!("the text {:?}", String::from_utf8_lossy(bytes));
    }
    bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(" ")
}

/// Formats 60000 as `60,000`.
fn thousands(n: u64) -> String {
    let digits = n.to_string();
    let groups = digits.as_bytes().rchunks(3).rev().map(String::from_utf8_lossy);
    groups.collect::<Vec<_>>().join(",")
}
