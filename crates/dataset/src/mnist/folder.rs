//! A data set in a folder as people have it: which of the usual places it is in.

use std::fmt;
use std::path::{Path, PathBuf};

use super::{Mnist, MnistError};

/// MNIST, or one of two data sets with the same file names and the same format.
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

    /// Its name as its makers write it.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Mnist => "MNIST",
            Self::Fashion => "Fashion-MNIST",
            Self::Kmnist => "KMNIST",
        }
    }

    /// The folder in which torchvision keeps it, in one called `raw`.
    fn torchvision(self) -> &'static str {
        match self {
            Self::Mnist => "MNIST",
            Self::Fashion => "FashionMNIST",
            Self::Kmnist => "KMNIST",
        }
    }

    /// The data set that a folder is named after. All three have the same file names, so only the folder tells them apart.
    fn named_by(dir: &Path) -> Option<Self> {
        let dir = if dir.file_name().is_some_and(|name| name == "raw") { dir.parent()? } else { dir };
        let name = dir.file_name()?;
        let is = |other: &str| name.eq_ignore_ascii_case(other);
        Self::ALL.into_iter().find(|kind| is(kind.folder()) || is(kind.torchvision()) || is(kind.title()))
    }
}

/// What a folder has of a data set. The names of the files decide; none is opened before [`open`](Self::open).
///
/// For `dir` and MNIST these places are looked at, in this order:
///
/// | place | who has it there |
/// | --- | --- |
/// | `dir/mnist` | this workspace |
/// | `dir/MNIST/raw` | torchvision |
/// | `dir` itself, unless it is named after another data set | the folder that holds the files |
/// | `dir/raw`, where `dir` is called `MNIST` | torchvision's folder |
///
/// In each of them a file may be in a folder of its own name, as Kaggle's archive unpacks.
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
    /// The places that have it, the one that is read first.
    sources: Vec<PathBuf>,
}

impl MnistFolder {
    /// Looks for the data set in the places that `dir` may mean. A folder that does not exist has nothing.
    pub fn look(dir: impl AsRef<Path>, kind: MnistKind) -> Self {
        let dir = dir.as_ref().to_owned();
        let sources = places(&dir, kind).into_iter().filter(|place| Mnist::is_present(place)).collect();
        Self { dir, kind, sources }
    }

    /// Whether there is anything that [`open`](Self::open) would read, whole or damaged.
    #[must_use]
    pub fn is_present(&self) -> bool {
        !self.sources.is_empty()
    }

    /// Reads the data set.
    ///
    /// # Errors
    ///
    /// There is nothing to read ([`MnistError::Nothing`]), or a file is missing, damaged, or does not fit the others.
    pub fn open(&self) -> Result<Mnist, MnistError> {
        match self.sources.first() {
            Some(place) => Mnist::open(place),
            None => Err(MnistError::Nothing(Nothing { dir: self.dir.clone(), kind: self.kind, others: self.others() })),
        }
    }

    /// The other data sets that the folder has.
    fn others(&self) -> Vec<(MnistKind, PathBuf)> {
        let others = MnistKind::ALL.into_iter().filter(|kind| *kind != self.kind);
        others.filter_map(|kind| Some((kind, Self::look(&self.dir, kind).sources.into_iter().next()?))).collect()
    }
}

fn places(dir: &Path, kind: MnistKind) -> Vec<PathBuf> {
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

/// A folder without the data set that was looked for, and what it has instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nothing {
    dir: PathBuf,
    kind: MnistKind,
    others: Vec<(MnistKind, PathBuf)>,
}

impl fmt::Display for Nothing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let places: Vec<String> =
            places(&self.dir, self.kind).iter().map(|place| place.display().to_string()).collect();
        write!(f, "no {} in {}: looked for {}", self.kind.title(), self.dir.display(), Mnist::FILES.join(", "))?;
        write!(f, " (raw or .gz) in {}", places.join(", "))?;
        for (kind, place) in &self.others {
            write!(f, "\n{} holds {}, which is another data set", place.display(), kind.title())?;
        }
        Ok(())
    }
}
