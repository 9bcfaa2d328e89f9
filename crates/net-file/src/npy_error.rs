//! What can be wrong with one NumPy array.

use std::io;
use std::str::Utf8Error;

/// Why an entry of a .npz is no array that can be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NpyError {
    /// The first bytes are others.
    #[error("no NumPy array: it begins with {found:02x?}, expected [93, 4e, 55, 4d, 50, 59]")]
    NotNumpy {
        /// The first six bytes.
        found: [u8; 6],
    },
    /// The content ends too early.
    #[error("no whole NumPy array: it ends within {place}")]
    Truncated {
        /// Where: its first 8 bytes, or its header.
        place: &'static str,
    },
    /// The content cannot be unpacked, or its checksum is wrong.
    #[error("{place} cannot be unpacked")]
    Io {
        /// What was being read.
        place: &'static str,
        /// What happened.
        source: io::Error,
    },
    /// The format is of another version.
    #[error("version {major}.{minor} of NumPy's format, expected 1.0, 2.0 or 3.0")]
    Version {
        /// The seventh byte.
        major: u8,
        /// The eighth byte.
        minor: u8,
    },
    /// The header claims to be longer than any that NumPy reads.
    #[error("a header of {found} bytes, at most {most} are read")]
    HeaderLength {
        /// How many bytes it claims.
        found: usize,
        /// The limit.
        most: usize,
    },
    /// The header is not UTF-8.
    #[error("the header is no text")]
    HeaderText {
        /// Where it stops to be.
        source: Utf8Error,
    },
    /// The header is not a dictionary of the three entries.
    #[error("the header has {found:?} where {expected} is expected")]
    Header {
        /// The text at this place, at most 20 characters.
        found: String,
        /// What belongs there.
        expected: String,
    },
    /// A string of the header has no end.
    #[error("the header ends within a string")]
    HeaderString,
    /// Something follows the dictionary.
    #[error("the header goes on with {found:?}")]
    HeaderEnd {
        /// The text there, at most 20 characters.
        found: String,
    },
    /// An entry of the dictionary is unknown.
    #[error("the header holds {found:?}, expected descr, fortran_order and shape")]
    UnknownKey {
        /// Its key, at most 20 characters.
        found: String,
    },
    /// An entry of the dictionary is missing.
    #[error("the header holds no {key}")]
    MissingKey {
        /// Its key.
        key: &'static str,
    },
    /// The numbers are of another type.
    #[error("numbers of type {found:?}, expected float32 or float64 (<f4, <f8)")]
    ElementType {
        /// The type as NumPy names it, at most 20 characters.
        found: String,
    },
    /// The array is larger than what is read.
    #[error("the shape {shape:?} asks for more than {most} bytes")]
    TooLarge {
        /// The shape.
        shape: Vec<usize>,
        /// The limit, less what the arrays before it took.
        most: usize,
    },
    /// Fewer numbers than the shape asks for.
    #[error("{found} bytes of numbers, expected {expected} for the shape {shape:?}")]
    TooShort {
        /// How many bytes there are.
        found: usize,
        /// How many there should be.
        expected: usize,
        /// The shape.
        shape: Vec<usize>,
    },
    /// More numbers than the shape asks for.
    #[error("more bytes of numbers, expected {expected} for the shape {shape:?}")]
    TooLong {
        /// How many bytes there should be.
        expected: usize,
        /// The shape.
        shape: Vec<usize>,
    },
}
