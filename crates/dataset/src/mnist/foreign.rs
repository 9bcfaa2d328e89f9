//! Files that people have instead of MNIST; they are recognised by name, but not read.

use std::fmt;
use std::path::{Path, PathBuf};

use super::files::exists;

/// The kind of a file, recognised from its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// The book's `mnist.pkl`.
    BookPickle,
    /// Nielsen's `mnist.pkl.gz`, an older file.
    NielsenPickle,
    /// Four files of EMNIST: `emnist-digits-` and so on.
    Emnist(&'static str),
    Qmnist,
    #[cfg(not(feature = "npz"))]
    Npz,
}

/// A file that is recognised but not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Foreign {
    path: PathBuf,
    kind: Kind,
}

/// The files in `dir` that are recognised but not read.
pub(super) fn look(dir: &Path) -> Vec<Foreign> {
    let names = [
        ("mnist.pkl", Kind::BookPickle),
        ("mnist.pkl.gz", Kind::NielsenPickle),
        ("emnist-digits-train-images-idx3-ubyte.gz", Kind::Emnist("digits")),
        ("emnist-mnist-train-images-idx3-ubyte.gz", Kind::Emnist("mnist")),
        ("qmnist-train-images-idx3-ubyte.gz", Kind::Qmnist),
        #[cfg(not(feature = "npz"))]
        ("mnist.npz", Kind::Npz),
    ];
    let found = names.into_iter().map(|(name, kind)| Foreign { path: dir.join(name), kind });
    // If the folder cannot be read, opening the data set gives the error.
    found.filter(|foreign| exists(&foreign.path).unwrap_or(false)).collect()
}

/// Says what the file is and what to do: Python code that converts it into an archive that can be read.
impl fmt::Display for Foreign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let beside = |name: &str| Quoted(self.path.with_file_name(name));
        let (path, npz) = (Quoted(self.path.clone()), beside("mnist.npz"));
        write!(f, "{} is ", self.path.display())?;
        match self.kind {
            Kind::BookPickle => write!(
                f,
                "the book's pickle, which could run any program and so is not read; these lines of Python convert it:\n    \
                 import pickle, numpy as np\n    \
                 d = pickle.load(open({path}, \"rb\"))\n    \
                 np.savez({npz}, x_train=d[\"train_img\"], y_train=d[\"train_label\"], x_test=d[\"test_img\"], \
                 y_test=d[\"test_label\"])"
            ),
            Kind::NielsenPickle => write!(
                f,
                "a pickle, which could run any program and so is not read; these lines of Python convert Nielsen's:\n    \
                 import gzip, pickle, numpy as np\n    \
                 (a, b), (c, d), (x, y) = pickle.load(gzip.open({path}), encoding=\"latin1\")\n    \
                 byte = lambda x: np.rint(x * (255 / a.max())).astype(\"uint8\")\n    \
                 np.savez({npz}, x_train=byte(np.vstack([a, c])), y_train=np.hstack([b, d]), x_test=byte(x), y_test=y)"
            ),
            Kind::Emnist(split) => write!(
                f,
                "of EMNIST, whose images are transposed; these lines of Python make upright ones of them:\n    \
                 import gzip, numpy as np\n    \
                 x = lambda name: np.frombuffer(gzip.open(name).read()[16:], \"uint8\").reshape(-1, 28, 28).transpose(0, 2, 1)\n    \
                 y = lambda name: np.frombuffer(gzip.open(name).read()[8:], \"uint8\")\n    \
                 np.savez({npz}, x_train=x({}), y_train=y({}), x_test=x({}), y_test=y({}))",
                path,
                beside(&format!("emnist-{split}-train-labels-idx1-ubyte.gz")),
                beside(&format!("emnist-{split}-test-images-idx3-ubyte.gz")),
                beside(&format!("emnist-{split}-test-labels-idx1-ubyte.gz"))
            ),
            Kind::Qmnist => write!(
                f,
                "of QMNIST, whose labels have eight columns, the first the class; these lines of Python convert it:\n    \
                 import gzip, numpy as np\n    \
                 x = lambda name: np.frombuffer(gzip.open(name).read()[16:], \"uint8\").reshape(-1, 28, 28)\n    \
                 y = lambda name: np.frombuffer(gzip.open(name).read()[12:], \">i4\").reshape(-1, 8)[:, 0]\n    \
                 np.savez({npz}, x_train=x({}), y_train=y({}), x_test=x({}), y_test=y({}))",
                path,
                beside("qmnist-train-labels-idx2-int.gz"),
                beside("qmnist-test-images-idx3-ubyte.gz"),
                beside("qmnist-test-labels-idx2-int.gz")
            ),
            #[cfg(not(feature = "npz"))]
            Kind::Npz => {
                write!(f, "Keras's archive, which the crate dataset was built without: enable its feature `npz`")
            }
        }
    }
}

/// A path as a Python string.
struct Quoted(PathBuf);

impl fmt::Display for Quoted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.0.to_string_lossy();
        write!(f, "\"{}\"", path.replace('\\', "\\\\").replace('"', "\\\""))
    }
}
