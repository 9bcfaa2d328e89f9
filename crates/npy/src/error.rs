//! The errors of reading an array, or an archive of arrays.

use std::error::Error;
use std::io;
use std::str::Utf8Error;

/// Why a `.npy`, or an entry of a `.npz`, is not a usable array.
///
/// If there is a cause, it is in [`source`](Error::source) and not in the message.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NpyError {
    /// The first six bytes are wrong.
    #[error("not a NumPy array: it begins with {found:02x?}, expected [93, 4e, 55, 4d, 50, 59]")]
    NotNumpy {
        /// The first six bytes.
        found: [u8; 6],
    },
    /// The content ends too early.
    #[error("an incomplete NumPy array: it ends within {place}")]
    Truncated {
        /// Where it ends: within its first 8 bytes, or within its header.
        place: &'static str,
    },
    /// The content cannot be unpacked, or its checksum is wrong.
    #[error("{place} cannot be unpacked")]
    Io {
        /// What was being read.
        place: &'static str,
        /// The error.
        source: io::Error,
    },
    /// The version of the format is unknown.
    #[error("version {major}.{minor} of NumPy's format, expected 1.0, 2.0 or 3.0")]
    Version {
        /// The seventh byte.
        major: u8,
        /// The eighth byte.
        minor: u8,
    },
    /// The header claims to be longer than NumPy allows.
    #[error("a header of {found} bytes, at most {most} are read")]
    HeaderLength {
        /// The length that it claims.
        found: usize,
        /// The limit.
        most: usize,
    },
    /// The header is not UTF-8.
    #[error("the header is not text")]
    HeaderText {
        /// Where the first invalid byte is.
        source: Utf8Error,
    },
    /// The header is not a Python dictionary of the three entries.
    #[error("the header has {found:?} where {expected} is expected")]
    Header {
        /// The text at this position, at most 20 characters.
        found: String,
        /// What was expected there.
        expected: String,
    },
    /// A string in the header does not end.
    #[error("the header ends within a string")]
    HeaderString,
    /// There is something after the dictionary.
    #[error("the header continues with {found:?}")]
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
    /// The numbers have a type that is not read.
    #[error("numbers of type {found:?}, expected {expected}")]
    ElementType {
        /// The type, as the file names it, at most 20 characters.
        found: String,
        /// The types that are read.
        expected: &'static str,
    },
    /// There are more dimensions than NumPy allows.
    #[error("{found} dimensions, expected at most {most}")]
    Dimensions {
        /// How many.
        found: usize,
        /// The limit.
        most: usize,
    },
    /// An entry of an archive unpacks to far more bytes than its compressed size makes plausible.
    #[error(
        "the shape {shape:?} needs more than {most} bytes, from {packed} compressed bytes: numbers do not compress that well"
    )]
    Ratio {
        /// The shape.
        shape: Vec<usize>,
        /// How many bytes it takes in the archive.
        packed: u64,
        /// The limit for this compressed size.
        most: usize,
    },
    /// The array is larger than the limit.
    #[error("the shape {shape:?} needs more than {most} bytes")]
    TooLarge {
        /// The shape.
        shape: Vec<usize>,
        /// The limit, minus the bytes of the arrays read before it.
        most: usize,
    },
    /// There are fewer numbers than the shape needs.
    #[error("{found} bytes of numbers, expected {expected} for the shape {shape:?}")]
    TooShort {
        /// The number of bytes found.
        found: usize,
        /// The number of bytes expected.
        expected: usize,
        /// The shape.
        shape: Vec<usize>,
    },
    /// There are more numbers than the shape needs.
    #[error("more bytes of numbers, expected {expected} for the shape {shape:?}")]
    TooLong {
        /// The number of bytes expected.
        expected: usize,
        /// The shape.
        shape: Vec<usize>,
    },
}

/// Why an archive, or an array in it, cannot be read.
///
/// If there is a cause, it is in [`source`](Error::source) and not in the message.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NpzError {
    /// It is not a ZIP archive, or a damaged one.
    #[error("not a readable ZIP archive, which a .npz must be")]
    Zip {
        /// The error of the ZIP reader.
        source: Box<dyn Error + Send + Sync>,
    },
    /// Two entries have the same name, so different programs would read different ones.
    #[error("the archive has two entries with the same name; write it again with numpy.savez")]
    DuplicateNames,
    /// There is no array of this name.
    #[error("the archive holds no {expected}, but {}", some(found))]
    Missing {
        /// The name of the entry that was looked for, such as `x_train.npy`.
        expected: String,
        /// The names of the entries in the archive.
        found: Vec<String>,
    },
    /// An entry cannot be unpacked.
    #[error("the entry {name}.npy cannot be unpacked")]
    Entry {
        /// The name of the array.
        name: String,
        /// The error of the ZIP reader.
        source: Box<dyn Error + Send + Sync>,
    },
    /// An entry is not an array of numbers.
    #[error("the array {name} cannot be read")]
    Array {
        /// Its name.
        name: String,
        /// What is wrong with it.
        source: NpyError,
    },
}

/// Some of the names, few enough for a message.
fn some(names: &[String]) -> String {
    let mut shown: Vec<String> = names.iter().map(|name| format!("{name:?}")).collect();
    shown.sort();
    shown.truncate(8);
    match names.len() {
        0 => "nothing".to_owned(),
        1..=8 => shown.join(", "),
        _ => format!("{}, ...", shown.join(", ")),
    }
}
