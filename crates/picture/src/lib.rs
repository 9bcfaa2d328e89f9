//! A photo or drawing of a digit as a net that was trained on MNIST expects it: 28 x 28 bytes.
//!
//! ```
//! use picture::{MOST_PIXELS, Pictures, as_mnist};
//!
//! // a drawing in PGM: a black bar of 4 x 12 pixels on white paper of 20 x 20
//! let is_ink = |row, col| (4..16).contains(&row) && (8..12).contains(&col);
//! let grey = (0..400).map(|i| if is_ink(i / 20, i % 20) { 0 } else { 255 });
//! let file: Vec<u8> = b"P5 20 20 255 ".iter().copied().chain(grey).collect();
//!
//! let pictures = Pictures::read(&file, MOST_PIXELS)?; // 1. decode: grey pictures, one in most files
//! for grey in pictures.iter() {
//!     let digit = as_mnist(grey, pictures.rows, pictures.cols)?; // 2. find the ink, place it as MNIST does
//!     assert_eq!(digit.len(), 28 * 28); // row by row, 0 is paper, 255 is ink
//!     assert_eq!(digit[14 * 28 + 14], 255);
//! }
//! assert_eq!(picture::read_digit(&file)?[14 * 28 + 14], 255); // both steps in one
//! # Ok::<(), picture::PictureError>(())
//! ```
//!
//! - [`Pictures`]: the grey pictures of a file, which may be PNG, JPEG, BMP, GIF (its first frame), WebP, PNM (PGM,
//!   PPM) or IDX, the last also compressed with gzip. A photo is turned as its EXIF says, colours become grey, and what is
//!   transparent lies on white paper, or on black where only that shows the ink.
//! - [`as_mnist`] and [`find_digit`]: tell ink from paper, dark on light or light on dark, on unevenly lit paper too, and give the ink to
//!   [`dataset::digit_image`], which scales and centres it as MNIST does, and widens the strokes of a thin pen.
//!   [`find_digit`] also says whether there seem to be several digits.
//! - [`read_digit`]: both steps, for a file of one picture.
//!
//! No file makes this crate panic. Width and height are checked before anything is decoded, so that memory is bounded by
//! the limit that you give. The crate opens no file, asks for no time and starts no thread, so that it can also be
//! compiled to WebAssembly.

#![forbid(unsafe_code)]

mod digit;
mod error;
mod ink;
mod paper;
mod pictures;

pub use digit::{Found, as_mnist, find_digit, read_digit};
pub use error::PictureError;
pub use pictures::{MOST_PIXELS, Pictures};

/// The README's examples, kept true.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
