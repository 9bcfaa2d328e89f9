//! What can be wrong with a file of a net.

use crate::NpyError;
use net::{ShapeError, Sizes};
use std::error::Error;

/// Why a file was refused, or why a net cannot be written.
///
/// Messages speak of "the file"; its name is known to you alone, so put it before them. A cause is in
/// [`source`](Error::source) and not in the message.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NetFileError {
    /// The content is of neither kind.
    #[error("the file is neither a .npz nor a .safetensors: it begins with {found:02x?}{}", hint(found))]
    UnknownKind {
        /// The first bytes, at most 8.
        found: Vec<u8>,
    },
    /// A .npz is no ZIP archive, or a damaged one.
    #[error("the file is no ZIP archive that can be read, and a .npz is one")]
    Zip {
        /// What the reader of ZIP archives says.
        source: Box<dyn Error + Send + Sync>,
    },
    /// It would depend on the program which of the two entries counts.
    #[error("the archive has two entries of one name; write it again with numpy.savez")]
    DuplicateNames,
    /// An entry of a .npz cannot be unpacked.
    #[error("the entry {name}.npy cannot be unpacked")]
    Entry {
        /// W1, b1, W2 or b2.
        name: &'static str,
        /// What the reader of ZIP archives says.
        source: Box<dyn Error + Send + Sync>,
    },
    /// An entry of a .npz is no array of numbers.
    #[error("the array {name} cannot be read")]
    Npy {
        /// W1, b1, W2 or b2.
        name: &'static str,
        /// What is wrong with it.
        source: NpyError,
    },
    /// A .safetensors is damaged or cut short.
    #[error("the file is no whole .safetensors")]
    Safetensors {
        /// What the reader of .safetensors says.
        source: Box<dyn Error + Send + Sync>,
    },
    /// A .safetensors holds numbers of another type.
    #[error("{name} holds numbers of type {found}, expected F32 or F64")]
    ElementType {
        /// W1, b1, W2 or b2.
        name: &'static str,
        /// The type as the file names it.
        found: String,
    },
    /// A .safetensors names an activation that the net does not have.
    #[error("the activation is {found:?}, expected sigmoid, tanh or relu")]
    Activation {
        /// The name.
        found: String,
    },
    /// An array is missing.
    #[error("the file holds no {expected}, but {}", some(found))]
    Missing {
        /// The name that was looked for: `W1` in a .safetensors, `W1.npy` in a .npz.
        expected: String,
        /// The names that the file has.
        found: Vec<String>,
    },
    /// W1 or W2 is no matrix.
    #[error("W1 is {w1:?} and W2 {w2:?}, expected matrices of D x H and H x K")]
    NotMatrices {
        /// The shape of W1.
        w1: Vec<usize>,
        /// The shape of W2.
        w2: Vec<usize>,
    },
    /// An array of a file does not fit to the others.
    #[error(
        "{name} is {found:?}, expected {expected:?} beside a W1 of {w1:?} (one row per input, one column per neuron; other \
         programs keep the transpose)"
    )]
    Shape {
        /// W1, b1, W2 or b2.
        name: &'static str,
        /// Its shape.
        found: Vec<usize>,
        /// The shape that would fit.
        expected: Vec<usize>,
        /// The shape of W1.
        w1: Vec<usize>,
    },
    /// Parameters that are to be written do not fit together.
    #[error(transparent)]
    Parameters(#[from] ShapeError),
    /// A layer has nothing in it.
    #[error("{} inputs, {} hidden neurons, {} classes: expected at least 1 of each", sizes.inputs, sizes.hidden, sizes.classes)]
    NoNeurons {
        /// The sizes.
        sizes: Sizes,
    },
    /// More classes than labels can name.
    #[error("{found} classes, expected at most 256")]
    TooManyClasses {
        /// How many.
        found: usize,
    },
    /// NaN or an infinity: training diverged, or the file is damaged.
    #[error("{name} holds {value}, expected finite numbers")]
    NotFinite {
        /// W1, b1, W2 or b2.
        name: &'static str,
        /// The first such value.
        value: f64,
    },
    /// More bytes than [`MOST_BYTES`](crate::MOST_BYTES).
    #[error("the arrays take {bytes} bytes, expected at most {}", crate::MOST_BYTES)]
    TooLarge {
        /// How many bytes the four arrays take in memory.
        bytes: usize,
    },
    /// A writer refused. It is given memory to write to, so this is not expected to happen.
    #[error("the file cannot be made")]
    Write {
        /// What the writer of the format says.
        source: Box<dyn Error + Send + Sync>,
    },
}

/// What a file that is neither kind may be.
fn hint(start: &[u8]) -> &'static str {
    if start.is_empty() {
        " (it is empty)"
    } else if start.starts_with(b"\x93NUMPY") {
        " (a single NumPy array; save W1, b1, W2 and b2 together with numpy.savez)"
    } else if start.starts_with(b"\x89TLN") {
        " (a checkpoint; `app export` makes a .npz or .safetensors of it)"
    } else {
        ""
    }
}

/// Some of the names, not too many for a message.
fn some(names: &[String]) -> String {
    let mut names: Vec<String> = names.iter().map(|name| format!("{name:?}")).collect();
    names.sort();
    match names.len() {
        0 => "nothing".to_owned(),
        1..=8 => names.join(", "),
        _ => format!("{}, ...", names[..8].join(", ")),
    }
}
