//! The line of Python that converts a file of four arrays into one that can be read.

use crate::Kind;
use net::{Activation, Parameters};
use std::fmt::Write as _;

/// Which arrays of a file may be W1, b1, W2 and b2, according to their shapes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mend {
    /// The names in the file, in the order W1 b1 W2 b2.
    pub names: [String; 4],
    /// Whether W1 and W2 have to be transposed.
    pub transposed: [bool; 2],
    /// The activation, if the file names it.
    pub activation: Option<Activation>,
}

impl Mend {
    /// The line of Python that reads `file` and writes a new one that [`read`](crate::read) accepts.
    #[must_use]
    pub fn line(&self, file: &str) -> String {
        let mut line = load(file);
        let stem = std::path::Path::new(file).with_extension("").display().to_string();
        // never the same file: np.load is still reading it while np.savez writes
        let _ = write!(line, "np.savez({:?}", format!("{stem}-mended.npz"));
        let [first, second] = self.transposed;
        for ((name, from), transposed) in
            Parameters::<f64>::NAMES.iter().zip(&self.names).zip([first, false, second, false])
        {
            let _ = write!(line, ", {name}=d[{from:?}]{}", if transposed { ".T" } else { "" });
        }
        if let Some(activation) = self.activation {
            let _ = write!(line, ", activation=\"{activation}\"");
        }
        line + ")"
    }

    /// For four arrays with unknown names, the first assignment that fits together.
    pub(crate) fn guess(mut arrays: [(String, Vec<usize>); 4]) -> Option<Self> {
        arrays.sort();
        let as_pytorch = arrays.iter().all(|(name, _)| name.ends_with(".weight") || name.ends_with(".bias"));
        let (vectors, matrices): (Vec<_>, Vec<_>) = arrays.into_iter().partition(|(_, shape)| length(shape).is_some());
        let (Ok([a, b]), Ok([c, d])) = (<[_; 2]>::try_from(matrices), <[_; 2]>::try_from(vectors)) else { return None };
        let mut orders = ORDERS;
        if as_pytorch {
            orders.swap(0, 1);
        }
        for transposed in orders {
            for [w1, b1, w2, b2] in [[&a, &c, &b, &d], [&b, &d, &a, &c], [&a, &d, &b, &c], [&b, &c, &a, &d]] {
                if fit([&w1.1, &b1.1, &w2.1, &b2.1], transposed) {
                    return Some(Self {
                        names: [w1, b1, w2, b2].map(|(name, _)| name.clone()),
                        transposed,
                        activation: None,
                    });
                }
            }
        }
        None
    }

    /// The matrices to transpose so that arrays of these shapes fit together, if that helps.
    pub(crate) fn transposing(names: [String; 4], shapes: [&[usize]; 4]) -> Option<Self> {
        let transposed = ORDERS.into_iter().find(|transposed| fit(shapes, *transposed))?;
        Some(Self { names, transposed, activation: None })
    }
}

/// Which matrices may be transposed, the most likely first: none, both, one.
const ORDERS: [[bool; 2]; 4] = [[false, false], [true, true], [true, false], [false, true]];

/// The Python statement that loads the arrays of a file into `d`.
pub(crate) fn load(file: &str) -> String {
    match Kind::of_path(file) {
        Some(Kind::Safetensors) => format!("d = safetensors.numpy.load_file({file:?}); "),
        _ => format!("d = np.load({file:?}); "),
    }
}

/// The length of a bias, which may be a row or a column.
pub(crate) fn length(shape: &[usize]) -> Option<usize> {
    match *shape {
        [n] | [1, n] | [n, 1] => Some(n),
        _ => None,
    }
}

/// Returns whether W1, b1, W2 and b2 fit together after these matrices are transposed.
pub(crate) fn fit([w1, b1, w2, b2]: [&[usize]; 4], [first, second]: [bool; 2]) -> bool {
    let turned = |shape: &[usize], transposed| match *shape {
        [rows, columns] => Some(if transposed { (columns, rows) } else { (rows, columns) }),
        _ => None,
    };
    let (Some((_, hidden)), Some((rows, classes))) = (turned(w1, first), turned(w2, second)) else { return false };
    rows == hidden && length(b1) == Some(hidden) && length(b2) == Some(classes)
}
