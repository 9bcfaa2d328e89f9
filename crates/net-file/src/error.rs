//! What can be wrong with a file of a net.

use crate::mend::Mend;
use crate::{FileType, Kind, NpyError, file_type};
use net::{Activation, Parameters, ShapeError, Sizes};
use std::error::Error;

/// Why a file was refused, or why a net cannot be written.
///
/// Messages speak of "the file"; its name is known to you alone, so put it before them. A cause is in
/// [`source`](Error::source) and not in the message.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NetFileError {
    /// The content is of neither kind.
    #[error("the file is neither a .npz nor a .safetensors: {}", neither(*found, start))]
    UnknownKind {
        /// What it is, where its first bytes tell.
        found: Option<FileType>,
        /// The first bytes, at most 8.
        start: Vec<u8>,
    },
    /// The content is of another kind.
    #[error("the file is {found}, not a .{}", expected.extension())]
    OtherKind {
        /// The kind that was to be read.
        expected: Kind,
        /// What it is.
        found: FileType,
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
    /// An entry of a .npz has no name that ends in `.npy`.
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
        /// What the reader of ZIP archives says.
        source: Box<dyn Error + Send + Sync>,
    },
    /// An entry of a .npz is no array of numbers.
    #[error("the array {name} cannot be read")]
    Npy {
        /// The name of the array.
        name: String,
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
        /// The name of the array.
        name: String,
        /// The type as the file names it.
        found: String,
    },
    /// The file names an activation that the net does not have.
    #[error("the activation is {found:?}, expected sigmoid, tanh or relu")]
    Activation {
        /// The name.
        found: String,
    },
    /// The array `activation` of a .npz is no string.
    #[error("the array activation is not one string, such as numpy.savez(FILE, activation=\"relu\", ...) writes")]
    NoActivation,
    /// An array is missing.
    #[error("the file holds no {}, but {}", missing(found), some(found))]
    Missing {
        /// The names that the file has.
        found: Vec<String>,
        /// Which of them the missing ones may be, where there are four whose shapes fit together.
        mend: Option<Box<Mend>>,
    },
    /// There are more arrays than a net of two layers has.
    #[error("the file holds {} too{}, expected {} alone", list(extra), of_layers(*layers), four(&mend.names))]
    TooMany {
        /// The four arrays.
        mend: Box<Mend>,
        /// The names of the others.
        extra: Vec<String>,
        /// How many layers the file has, where the others are named as more layers.
        layers: Option<usize>,
    },
    /// There are more layers than two, named as PyTorch names them.
    #[error("the file holds {} pairs of weight and bias ({}), expected two: a net of two layers", number(pairs.len()), list(pairs))]
    ManyPairs {
        /// The names without `.weight` and `.bias`.
        pairs: Vec<String>,
    },
    /// Arrays that are named as PyTorch names them do not fit together.
    #[error("{}, expected [H, D], [H], [K, H] and [K], as PyTorch keeps them", shapes_of(arrays))]
    StateDict {
        /// Names and shapes, in the order of the layers.
        arrays: Vec<(String, Vec<usize>)>,
        /// How they would fit together, if they do.
        mend: Option<Box<Mend>>,
    },
    /// W1 or W2 is no matrix.
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
    /// An array of a file does not fit to the others.
    #[error("{name} is {found:?}, expected {expected:?} beside a W1 of {w1:?} and a W2 of {w2:?}")]
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

impl NetFileError {
    /// What to do about it, where that is known: often one line of Python, with `file` as the name of the file and with the
    /// names of its arrays. `np` is NumPy in it. A message and then this make a good answer to your user.
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

    /// The same, with an advice that keeps the activation of the file.
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

/// What a file is instead of either kind.
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

/// The names, not too many for a message. A name is what a stranger wrote: nothing in it controls a terminal.
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

/// What is transposed.
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

/// Some of the names in quotes, sorted.
fn some(names: &[String]) -> String {
    let mut names: Vec<String> = names.iter().map(|name| format!("{name:?}")).collect();
    names.sort();
    match names.len() {
        0 => "nothing".to_owned(),
        1..=8 => names.join(", "),
        _ => format!("{}, ...", names[..8].join(", ")),
    }
}
