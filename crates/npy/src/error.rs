//! What can be wrong with an array, and with an archive of them.

use std::error::Error;
use std::io;
use std::str::Utf8Error;

/// Why a `.npy`, or an entry of a `.npz`, is no array that can be used.
///
/// A cause is in [`source`](Error::source) and not in the message.
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
    #[error("numbers of type {found:?}, expected {expected}")]
    ElementType {
        /// The type as the file names it, at most 20 characters.
        found: String,
        /// The types that are read.
        expected: &'static str,
    },
    /// More dimensions than any array of NumPy has.
    #[error("{found} dimensions, expected at most {most}")]
    Dimensions {
        /// How many.
        found: usize,
        /// The limit.
        most: usize,
    },
    /// An entry of an archive unpacks to more than numbers do.
    #[error(
        "the shape {shape:?} asks for more than {most} bytes, from {packed} packed ones: numbers do not pack so well"
    )]
    Ratio {
        /// The shape.
        shape: Vec<usize>,
        /// How many bytes it takes in the archive.
        packed: u64,
        /// The limit that follows from that.
        most: usize,
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

/// Why an archive, or an array of it, is refused.
///
/// A cause is in [`source`](Error::source) and not in the message.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NpzError {
    /// It is no ZIP archive, or a damaged one.
    #[error("no ZIP archive that can be read, and a .npz is one")]
    Zip {
        /// What the reader of ZIP archives says.
        source: Box<dyn Error + Send + Sync>,
    },
    /// It would depend on the program which of the two entries counts.
    #[error("the archive has two entries of one name; write it again with numpy.savez")]
    DuplicateNames,
    /// There is no array of this name.
    #[error("the archive holds no {expected}, but {}", some(found))]
    Missing {
        /// The name of the entry that was looked for, such as `x_train.npy`.
        expected: String,
        /// The names of the entries that there are.
        found: Vec<String>,
    },
    /// An entry cannot be unpacked.
    #[error("the entry {name}.npy cannot be unpacked")]
    Entry {
        /// The name of the array.
        name: String,
        /// What the reader of ZIP archives says.
        source: Box<dyn Error + Send + Sync>,
    },
    /// An entry is no array of numbers.
    #[error("the array {name} cannot be read")]
    Array {
        /// Its name.
        name: String,
        /// What is wrong with it.
        source: NpyError,
    },
}

/// Some of the names, not too many for a message.
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
