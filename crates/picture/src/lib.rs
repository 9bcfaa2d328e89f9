//! Turns a photo or drawing of a digit into the 28 x 28 bytes that a network trained on MNIST expects.
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
//! - [`Pictures`]: the grey pictures of a file: PNG, JPEG, BMP, GIF (its first frame), WebP, PNM (PGM, PPM) or IDX, also
//!   compressed with gzip. Photos are rotated as their EXIF data says, colours become grey, and transparent pixels become
//!   white paper, or black paper if the ink is visible only on black.
//! - [`as_mnist`] and [`find_digit`]: separate ink from paper, dark on light or light on dark, even on unevenly lit
//!   paper. They pass the ink to [`dataset::digit_image`], which scales and centres it as in MNIST and thickens thin
//!   strokes. [`find_digit`] also says whether there seem to be several digits.
//! - [`read_digit`]: both steps, for a file of one picture.
//!
//! No file makes this crate panic. Width and height are checked before anything is decoded, so the limit that you set
//! bounds the memory for a picture; a list of pictures (IDX) takes at most 200 times the size of its file. The crate opens no files, reads no clock and starts no threads, so it also compiles to WebAssembly.

#![forbid(unsafe_code)]

mod digit;
mod error;
mod ink;
mod paper;
mod pictures;

pub use digit::{Found, as_mnist, find_digit, read_digit};
pub use error::PictureError;
pub use pictures::{MOST_PIXELS, Pictures};

/// The README's examples as tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
