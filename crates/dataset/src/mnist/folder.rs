//! Finds a data set in the usual places of a folder.

use std::fmt;
use std::path::{Path, PathBuf};

use super::files::exists;
#[cfg(feature = "npz")]
use super::npz;
use super::{Mnist, MnistError, csv, foreign};

/// MNIST, or one of two data sets with the same file names and format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MnistKind {
    /// MNIST: handwritten digits.
    Mnist,
    /// Fashion-MNIST: pieces of clothing.
    Fashion,
    /// KMNIST: cursive Japanese characters.
    Kmnist,
}

impl MnistKind {
    /// All three.
    pub const ALL: [Self; 3] = [Self::Mnist, Self::Fashion, Self::Kmnist];

    /// The name of its folder: `mnist`, `fashion` or `kmnist`.
    #[must_use]
    pub fn folder(self) -> &'static str {
        match self {
            Self::Mnist => "mnist",
            Self::Fashion => "fashion",
            Self::Kmnist => "kmnist",
        }
    }

    /// Its name as its makers spell it.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Mnist => "MNIST",
            Self::Fashion => "Fashion-MNIST",
            Self::Kmnist => "KMNIST",
        }
    }

    /// The name of torchvision's folder for it; the files are in its subfolder `raw`.
    fn torchvision(self) -> &'static str {
        match self {
            Self::Mnist => "MNIST",
            Self::Fashion => "FashionMNIST",
            Self::Kmnist => "KMNIST",
        }
    }

    /// The data set that a folder is named after. All three use the same file names, so only the folder's name
    /// distinguishes them.
    fn named_by(dir: &Path) -> Option<Self> {
        let dir = if dir.file_name().is_some_and(|name| name == "raw") { dir.parent()? } else { dir };
        let name = dir.file_name()?;
        let is = |other: &str| name.eq_ignore_ascii_case(other);
        Self::ALL.into_iter().find(|kind| is(kind.folder()) || is(kind.torchvision()) || is(kind.title()))
    }
}

/// Finds a data set in a folder, by the names of the files.
///
/// For `dir` and MNIST, these places are searched, in this order:
///
/// | place | used by |
/// | --- | --- |
/// | `dir/mnist` | this workspace |
/// | `dir/MNIST/raw` | torchvision |
/// | `dir` itself, unless it is named after another data set | you, if you pass the folder with the files |
/// | `dir/raw`, if `dir` is called `MNIST` | torchvision, if you pass its folder |
///
/// In each place it looks first for the four IDX files; each may be in a folder of its own name, as Kaggle's archive
/// unpacks. With the feature `npz` it then looks for `mnist.npz`, Keras's archive; then for Kaggle's `mnist_train.csv`
/// and `mnist_test.csv`, or `train.csv` and `test.csv` if the first begins with `label,`. These are lines of a label and
/// its pixels, with or without a header. (For Fashion-MNIST: `fashion-mnist_train.csv`, `fashion-mnist_test.csv`.) If
/// there are several, the first is read, and [`note`](Self::note) says so.
///
/// Pickles are never loaded, since loading one can run any program. [`unread`](Self::unread) lists them, and files of
/// EMNIST and QMNIST, with Python code that converts them.
///
/// ```no_run
/// use dataset::{MnistFolder, MnistKind};
///
/// let mnist = MnistFolder::look("Downloads/archive", MnistKind::Mnist).open()?;
/// assert_eq!(mnist.test.len(), 10_000);
/// # Ok::<(), dataset::MnistError>(())
/// ```
#[derive(Clone, Debug)]
pub struct MnistFolder {
    dir: PathBuf,
    kind: MnistKind,
    /// The data sets that can be read, in order of preference.
    sources: Vec<Source>,
}

/// Something that contains a data set.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Source {
    /// A folder of the four IDX files.
    Idx(PathBuf),
    /// Keras's archive.
    #[cfg(feature = "npz")]
    Npz(PathBuf),
    /// CSV files for training and for testing.
    Csv([PathBuf; 2]),
}

impl Source {
    /// All sources of a data set in `dir`.
    fn all(dir: &Path, kind: MnistKind) -> Vec<Self> {
        let places = places(dir, kind);
        let mut sources: Vec<Self> =
            places.iter().filter(|place| Mnist::is_present(place)).cloned().map(Self::Idx).collect();
        // If that cannot be determined, assume that it exists, so that opening it gives the reason.
        let exists = |path: &PathBuf| exists(path).unwrap_or(true);
        #[cfg(feature = "npz")]
        if kind == MnistKind::Mnist {
            sources.extend(places.iter().map(|place| place.join("mnist.npz")).filter(exists).map(Self::Npz));
        }
        let csv: &[[&str; 2]] = match kind {
            MnistKind::Mnist => &[["mnist_train.csv", "mnist_test.csv"], ["train.csv", "test.csv"]],
            MnistKind::Fashion => &[["fashion-mnist_train.csv", "fashion-mnist_test.csv"]],
            MnistKind::Kmnist => &[],
        };
        for place in &places {
            let pairs = csv.iter().map(|names| names.map(|name| place.join(name)));
            let present = pairs.filter(|pair| {
                let any = pair.iter().any(exists);
                any && (!pair[0].ends_with("train.csv") || exists(&pair[0]) && csv::has_header(&pair[0]))
            });
            sources.extend(present.map(Self::Csv));
        }
        sources
    }

    fn open(&self) -> Result<Mnist, MnistError> {
        match self {
            Self::Idx(dir) => Mnist::open(dir),
            #[cfg(feature = "npz")]
            Self::Npz(path) => npz::open(path),
            Self::Csv([train, test]) => {
                for (path, beside) in [(train, test), (test, train)] {
                    if matches!(exists(path), Ok(false)) {
                        return Err(MnistError::MissingCsv { path: path.clone(), beside: beside.clone() });
                    }
                }
                // the small one first: Kaggle's competition file has no labels
                let test_set = csv::open(test)?;
                Mnist::of_one_size(csv::open(train)?, test_set, train.clone(), test.clone())
            }
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Idx(dir) => write!(f, "the IDX files in {}", dir.display()),
            #[cfg(feature = "npz")]
            Self::Npz(path) => write!(f, "{}", path.display()),
            Self::Csv([train, _]) => write!(f, "{}", train.display()),
        }
    }
}

impl MnistFolder {
    /// Looks for the data set in `dir`. A folder that does not exist contains nothing.
    pub fn look(dir: impl AsRef<Path>, kind: MnistKind) -> Self {
        let dir = dir.as_ref().to_owned();
        let sources = Source::all(&dir, kind);
        Self { dir, kind, sources }
    }

    /// Returns whether there is anything that [`open`](Self::open) would read, intact or damaged.
    #[must_use]
    pub fn is_present(&self) -> bool {
        !self.sources.is_empty()
    }

    /// Reads the data set.
    ///
    /// # Errors
    ///
    /// If there is nothing to read ([`MnistError::Nothing`]), or a file is missing, damaged, or does not fit the others.
    pub fn open(&self) -> Result<Mnist, MnistError> {
        match self.sources.first() {
            Some(source) => source.open(),
            None => Err(MnistError::Nothing(NoMnist {
                dir: self.dir.clone(),
                kind: self.kind,
                others: self.others(),
                unread: self.unread(),
            })),
        }
    }

    /// If there are several data sets, a sentence that says which one is read.
    #[must_use]
    pub fn note(&self) -> Option<String> {
        let (read, others) = self.sources.split_first()?;
        let others: Vec<String> = others.iter().map(Source::to_string).collect();
        (!others.is_empty()).then(|| format!("reading {read}, and not {}", others.join(", ")))
    }

    /// Files that are recognised but not read: what each of them is, and how to convert it.
    #[must_use]
    pub fn unread(&self) -> Vec<String> {
        if self.kind != MnistKind::Mnist {
            return Vec::new();
        }
        let found = places(&self.dir, self.kind).into_iter().flat_map(|place| foreign::look(&place));
        found.map(|foreign| foreign.to_string()).collect()
    }

    /// The other data sets in the folder.
    fn others(&self) -> Vec<(MnistKind, Source)> {
        let others = MnistKind::ALL.into_iter().filter(|kind| *kind != self.kind);
        others.filter_map(|kind| Some((kind, Source::all(&self.dir, kind).into_iter().next()?))).collect()
    }
}

fn places(dir: &Path, kind: MnistKind) -> Vec<PathBuf> {
    // named folders first: files in a folder without such a name may belong to any of the three
    let mut places = vec![dir.join(kind.folder()), dir.join(kind.torchvision()).join("raw")];
    let named = MnistKind::named_by(dir);
    if named.is_none_or(|named| named == kind) {
        places.push(dir.to_owned());
    }
    if named == Some(kind) {
        places.push(dir.join("raw"));
    }
    places
}

/// The data set was not found in the folder; lists what is there instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoMnist {
    dir: PathBuf,
    kind: MnistKind,
    others: Vec<(MnistKind, Source)>,
    unread: Vec<String>,
}

impl NoMnist {
    /// The folder that was looked into.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The data set that was looked for.
    #[must_use]
    pub fn kind(&self) -> MnistKind {
        self.kind
    }

    /// The places where its files were looked for.
    #[must_use]
    pub fn places(&self) -> Vec<PathBuf> {
        places(&self.dir, self.kind)
    }

    /// The other data sets that the folder has, a sentence each.
    #[must_use]
    pub fn others(&self) -> Vec<String> {
        let line =
            |(kind, source): &(MnistKind, Source)| format!("{source}: {}, which is another data set", kind.title());
        self.others.iter().map(line).collect()
    }

    /// What [`MnistFolder::unread`] says of the folder.
    #[must_use]
    pub fn unread(&self) -> &[String] {
        &self.unread
    }
}

impl fmt::Display for NoMnist {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { dir, kind, unread, .. } = self;
        let places: Vec<String> = places(dir, *kind).iter().map(|place| place.display().to_string()).collect();
        let and_so_on = match kind {
            MnistKind::Mnist => " (raw or .gz), mnist.npz, mnist_train.csv and mnist_test.csv",
            MnistKind::Fashion => " (raw or .gz), fashion-mnist_train.csv and fashion-mnist_test.csv",
            MnistKind::Kmnist => " (raw or .gz)",
        };
        write!(f, "no {} in {}: looked for {}{and_so_on}", kind.title(), dir.display(), Mnist::FILES.join(", "))?;
        write!(f, " in {}", places.join(", "))?;
        self.others().iter().chain(unread).try_for_each(|unread| write!(f, "\n{unread}"))
    }
}
