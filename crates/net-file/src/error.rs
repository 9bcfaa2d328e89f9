//! The errors of reading and writing files of networks.

use crate::mend::Mend;
use crate::{FileType, Kind, NpyError, file_type};
use net::{Activation, Parameters, ShapeError, Sizes};
use std::error::Error;

/// Why a file cannot be read, or why a network cannot be written.
///
/// Messages say "the file", because only you know its name: put it before the message. If there is a cause, it is in
/// [`source`](Error::source) and not in the message.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NetFileError {
    /// The file is neither a .npz nor a .safetensors.
    #[error("the file is neither a .npz nor a .safetensors: {}", neither(*found, start))]
    UnknownKind {
        /// What it is instead, if its first bytes show it.
        found: Option<FileType>,
        /// The first bytes, at most 8.
        start: Vec<u8>,
    },
    /// The file is of another kind than expected.
    #[error("the file is {found}, not a .{}", expected.extension())]
    OtherKind {
        /// The expected kind.
        expected: Kind,
        /// What it is instead.
        found: FileType,
    },
    /// A .npz is not a ZIP archive, or a damaged one.
    #[error("the file is not a readable ZIP archive, which a .npz must be")]
    Zip {
        /// The error of the ZIP reader.
        source: Box<dyn Error + Send + Sync>,
    },
    /// Two entries have the same name, so different programs would read different ones.
    #[error("the archive has two entries with the same name; write it again with numpy.savez")]
    DuplicateNames,
    /// The name of an entry of a .npz does not end in `.npy`.
    #[error("the archive has an entry {name}, expected {name}.npy; write it again with numpy.savez")]
    EntryName {
        /// The name of the entry.
        name: String,
    },
    /// An entry of a .npz cannot be unpacked.
    #[error("the entry {name}.npy cannot be unpacked")]
    Entry {
        /// The name of the array.
        name: String,
        /// The error of the ZIP reader.
        source: Box<dyn Error + Send + Sync>,
    },
    /// An entry of a .npz is not an array of numbers.
    #[error("the array {name} cannot be read")]
    Npy {
        /// The name of the array.
        name: String,
        /// What is wrong with it.
        source: NpyError,
    },
    /// A .safetensors is damaged or cut short.
    #[error("the .safetensors file is damaged or cut short")]
    Safetensors {
        /// The error of the .safetensors reader.
        source: Box<dyn Error + Send + Sync>,
    },
    /// A .safetensors holds numbers of another type.
    #[error("{name} holds numbers of type {found}, expected F32 or F64")]
    ElementType {
        /// The name of the array.
        name: String,
        /// The type, as the file names it.
        found: String,
    },
    /// The file names an activation that the network does not have.
    #[error("the activation is {found:?}, expected sigmoid, tanh or relu")]
    Activation {
        /// The name.
        found: String,
    },
    /// The array `activation` of a .npz is not a string.
    #[error("the array activation is not one string, such as numpy.savez(FILE, activation=\"relu\", ...) writes")]
    NoActivation,
    /// An array is missing.
    #[error("the file holds no {}, but {}", missing(found), some(found))]
    Missing {
        /// The names in the file.
        found: Vec<String>,
        /// Which of them may be the missing ones, if there are four whose shapes fit together.
        mend: Option<Box<Mend>>,
    },
    /// There are more arrays than in a network of two layers.
    #[error("the file holds {} too{}, expected only {}", list(extra), of_layers(*layers), four(&mend.names))]
    TooMany {
        /// The four arrays.
        mend: Box<Mend>,
        /// The names of the other arrays.
        extra: Vec<String>,
        /// The number of layers, if the other arrays are named like more layers.
        layers: Option<usize>,
    },
    /// There are more than two layers, with PyTorch's names.
    #[error("the file holds {} pairs of weight and bias ({}), expected two: a net of two layers", number(pairs.len()), list(pairs))]
    ManyPairs {
        /// The names without `.weight` and `.bias`.
        pairs: Vec<String>,
    },
    /// Arrays with PyTorch's names do not fit together.
    #[error("{}, expected [H, D], [H], [K, H] and [K], as PyTorch keeps them", shapes_of(arrays))]
    StateDict {
        /// Names and shapes, in the order of the layers.
        arrays: Vec<(String, Vec<usize>)>,
        /// How they would fit together, if they can.
        mend: Option<Box<Mend>>,
    },
    /// W1 or W2 is not a matrix.
    #[error("W1 is {w1:?} and W2 {w2:?}, expected matrices of D x H and H x K")]
    NotMatrices {
        /// The shape of W1.
        w1: Vec<usize>,
        /// The shape of W2.
        w2: Vec<usize>,
    },
    /// W1, W2 or both have inputs and outputs in the other order.
    #[error("{}, one row per input and one column per neuron", turned(*w1, *w2, mend))]
    Transposed {
        /// The shape of W1.
        w1: [usize; 2],
        /// The shape of W2.
        w2: [usize; 2],
        /// Which of them to transpose.
        mend: Box<Mend>,
    },
    /// An array does not fit the others.
    #[error("{name} is {found:?}, expected {expected:?} for a W1 of {w1:?} and a W2 of {w2:?}")]
    Shape {
        /// W1, b1, W2 or b2.
        name: &'static str,
        /// Its shape.
        found: Vec<usize>,
        /// The shape that would fit.
        expected: Vec<usize>,
        /// The shape of W1.
        w1: Vec<usize>,
        /// The shape of W2.
        w2: Vec<usize>,
    },
    /// The parameters to be written do not fit together.
    #[error(transparent)]
    Parameters(#[from] ShapeError),
    /// A layer is empty.
    #[error("{} inputs, {} hidden neurons, {} classes: expected at least 1 of each", sizes.inputs, sizes.hidden, sizes.classes)]
    NoNeurons {
        /// The sizes.
        sizes: Sizes,
    },
    /// There are more classes than labels can name.
    #[error("{found} classes, expected at most 256")]
    TooManyClasses {
        /// The number of classes.
        found: usize,
    },
    /// There are NaN or infinite values: training diverged, or the file is damaged.
    #[error("{name} holds {value}, expected finite numbers")]
    NotFinite {
        /// W1, b1, W2 or b2.
        name: &'static str,
        /// The first such value.
        value: f64,
    },
    /// The arrays take more than [`MOST_BYTES`](crate::MOST_BYTES).
    #[error("the arrays take {bytes} bytes, expected at most {}", crate::MOST_BYTES)]
    TooLarge {
        /// The number of bytes that the four arrays take in memory.
        bytes: usize,
    },
    /// Writing failed. Since the writers write to memory, this is not expected to happen.
    #[error("the file cannot be written")]
    Write {
        /// The writer's error.
        source: Box<dyn Error + Send + Sync>,
    },
}

impl NetFileError {
    /// What to do about the error, if that is known: often one line of Python, where `file` is the name of the file and
    /// `np` is NumPy. Show your user the message followed by this advice.
    #[must_use]
    pub fn advice(&self, file: &str) -> Option<String> {
        let line = match self {
            Self::UnknownKind { found: Some(found), .. } | Self::OtherKind { found, .. } => return found.advice(file),
            Self::Missing { mend: Some(mend), .. }
            | Self::StateDict { mend: Some(mend), .. }
            | Self::Transposed { mend, .. } => mend.line(file),
            Self::Missing { found, .. } => match &found[..] {
                [name] => format!(
                    "np.savez({:?}, **np.load({file:?}, allow_pickle=True)[{name:?}].item()), where it is the dictionary of \
                     W1, b1, W2 and b2 (and you trust it)",
                    file_type::renamed(file, "mended.npz")
                ),
                _ => return None,
            },
            Self::TooMany { layers: Some(_), .. } | Self::ManyPairs { .. } => {
                return Some("only a net of two layers (one hidden layer, one output layer) is read".to_owned());
            }
            Self::TooMany { mend, .. } => {
                return Some(format!("if the net does not need them, in Python: {}", mend.line(file)));
            }
            _ => return None,
        };
        Some(format!("in Python: {line}"))
    }

    /// The same error; its advice then keeps the activation of the file.
    pub(crate) fn keeping(mut self, activation: Option<Activation>) -> Self {
        if let Self::Missing { mend: Some(mend), .. }
        | Self::StateDict { mend: Some(mend), .. }
        | Self::Transposed { mend, .. }
        | Self::TooMany { mend, .. } = &mut self
        {
            mend.activation = activation;
        }
        self
    }
}

/// Describes a file that is of neither kind.
fn neither(found: Option<FileType>, start: &[u8]) -> String {
    match found {
        Some(found) => format!("it is {found}"),
        None if start.is_empty() => "it is empty".to_owned(),
        None => format!("it begins with {start:02x?}"),
    }
}

/// The first of W1, b1, W2 and b2 that is not among the names.
fn missing(found: &[String]) -> &'static str {
    let names = Parameters::<f64>::NAMES;
    names.into_iter().find(|name| !found.iter().any(|other| other == name)).unwrap_or(names[0])
}

fn of_layers(layers: Option<usize>) -> String {
    layers.map_or_else(String::new, |layers| format!(": a net of {} layers", number(layers)))
}

fn four(names: &[String; 4]) -> String {
    let [a, b, c, d] = names.each_ref().map(|name| name.escape_debug());
    format!("{a}, {b}, {c} and {d}")
}

/// Some of the names, few enough for a message. They come from a file, so they are escaped: they must not control a
/// terminal.
fn list(names: &[String]) -> String {
    let mut shown: Vec<String> = names.iter().take(8).map(|name| name.escape_debug().to_string()).collect();
    if shown.len() < names.len() {
        shown.push("...".to_owned());
    }
    shown.join(", ")
}

fn shapes_of(arrays: &[(String, Vec<usize>)]) -> String {
    let each = arrays.iter().map(|(name, shape)| format!("{} is {shape:?}", name.escape_debug()));
    each.collect::<Vec<_>>().join(", ")
}

/// A small number as a word.
fn number(n: usize) -> String {
    match n {
        3 => "three".to_owned(),
        4 => "four".to_owned(),
        5 => "five".to_owned(),
        _ => n.to_string(),
    }
}

/// Says which matrices are transposed.
fn turned(w1: [usize; 2], w2: [usize; 2], mend: &Mend) -> String {
    let of = |name, [rows, columns]: [usize; 2]| {
        format!("{name} is {rows}x{columns}, the transpose of the expected {columns}x{rows}")
    };
    match mend.transposed {
        [true, true] => format!("{}, and {}", of("W1", w1), of("W2", w2)),
        [true, false] => of("W1", w1),
        _ => of("W2", w2),
    }
}

/// Some of the names, quoted and sorted.
fn some(names: &[String]) -> String {
    let mut names: Vec<String> = names.iter().map(|name| format!("{name:?}")).collect();
    names.sort();
    match names.len() {
        0 => "nothing".to_owned(),
        1..=8 => names.join(", "),
        _ => format!("{}, ...", names[..8].join(", ")),
    }
}
