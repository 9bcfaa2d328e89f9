//! What can be wrong with a file of pictures, or with a picture.

use dataset::IdxError;
use std::error::Error;

/// Why a file gives no picture, or a picture no digit.
///
/// Messages say "it" of the file; its name is known to you alone, so put it before them. A cause is in
/// [`source`](Error::source) and not in the message.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PictureError {
    /// What phones make of a photo, or its kin.
    #[error("it is a HEIC or AVIF image, which is not read: {EXPECTED}; save it as PNG or JPEG")]
    HeicOrAvif,
    /// An image of a format that is not read.
    #[error("it is a .{extension} image, which is not read: {EXPECTED}; save it as PNG")]
    Unsupported {
        /// The extension that such files usually have.
        extension: &'static str,
    },
    /// No image of any known format.
    #[error("it is no image, as it begins with {}: {EXPECTED}", hex(start))]
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
    /// The system does not give as much memory.
    #[error(
        "it has {cols} x {rows} pixels, and there is not enough memory: {needed} bytes are needed; save it smaller"
    )]
    OutOfMemory {
        /// The number of columns.
        cols: usize,
        /// The number of rows.
        rows: usize,
        /// What reading takes at most.
        needed: u64,
    },
    /// An image without its end.
    #[error("it is a {format} that was cut short: copy or download it again")]
    CutShort {
        /// The name of the format.
        format: &'static str,
    },
    /// An image that cannot be decoded.
    #[error("it begins as {format} does, but what follows is damaged or cut short")]
    Damaged {
        /// The name of the format, such as PNG.
        format: &'static str,
        /// What the decoder says.
        source: Box<dyn Error + Send + Sync>,
    },
    /// It begins as an IDX file does, but is none, or is damaged.
    #[error("it is no whole IDX file ({EXPECTED})")]
    Idx {
        /// What is wrong with it.
        source: IdxError,
    },
    /// An IDX file whose array is no picture and no list of pictures.
    #[error("it holds an array of shape {shape:?}, expected images: (rows, columns) or (images, rows, columns)")]
    IdxShape {
        /// The shape of the array.
        shape: Vec<usize>,
    },
    /// An IDX file of other numbers than bytes.
    #[error("it holds values of type {found}, expected bytes (u8)")]
    IdxType {
        /// The type as Rust writes it.
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
    /// No picture, or pictures without pixels.
    #[error("it holds no pixels, expected an image")]
    Empty,
    /// More pictures than one.
    #[error("it holds {found} pictures, expected one")]
    NotOne {
        /// How many.
        found: usize,
    },
    /// Nothing differs enough from the paper.
    #[error("nothing stands out from the paper: expected a digit that is clearly darker or lighter")]
    NoInk,
}

/// What is expected wherever something else is found.
const EXPECTED: &str = "expected PNG, JPEG, BMP, GIF, WebP, PGM, PPM or IDX";

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(" ")
}

/// 60000 as `60,000`.
fn thousands(n: u64) -> String {
    let digits = n.to_string();
    let groups = digits.as_bytes().rchunks(3).rev().map(String::from_utf8_lossy);
    groups.collect::<Vec<_>>().join(",")
}
