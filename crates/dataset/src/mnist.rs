//! MNIST, Fashion-MNIST and KMNIST: four IDX files, in one folder or from readers.

mod csv;
mod files;
mod folder;
mod foreign;
#[cfg(feature = "npz")]
mod npz;
mod same;

use std::io::Read;
use std::path::{Path, PathBuf};
use std::thread;

pub use self::csv::{CsvError, CsvFileError};
use self::files::find;
pub use self::folder::{MnistFolder, MnistKind, NoMnist};
#[cfg(feature = "npz")]
pub use self::npz::NpzSetError;
#[cfg(doc)]
use crate::idx_error::IdxFileError;
use crate::image_set::{IMAGES, ImageFileError, ImageSet, LABELS, Part};

/// Training and test images in ten classes. The number and size of the images come from the files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mnist {
    /// The training images; in the original, 60,000 of 28 x 28.
    pub train: ImageSet,
    /// The test images; in the original, 10,000.
    pub test: ImageSet,
}

/// Why a folder or four readers cannot be read.
///
/// The message may be only "cannot read PATH", with the reason in `source()`: [`IdxFileError`] shows how to print both.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MnistError {
    /// One of the four files does not exist under any of its names.
    #[error("no {} in {}, looked for {}", names[0], dir.display(), names.join(", "))]
    Missing {
        /// The folder.
        dir: PathBuf,
        /// The names, in order of preference.
        names: [String; 4],
    },
    /// Two files have names of the same one, but different content. It is unclear which of them belongs to the other
    /// three.
    #[error(
        "{} and {} unpack to different content, and only one of them can be meant; remove or rename the other",
        one.display(), other.display()
    )]
    TwoFiles {
        /// The file that would be read.
        one: PathBuf,
        /// The other file.
        other: PathBuf,
    },
    /// The folder has no data set in any of the places of [`MnistFolder`].
    #[error("{0}")]
    Nothing(NoMnist),
    /// One of a pair of CSV files is missing.
    #[error("no {}, and {} is only one half of a data set", path.display(), beside.display())]
    MissingCsv {
        /// The file that is missing.
        path: PathBuf,
        /// The file that exists.
        beside: PathBuf,
    },
    /// A CSV file cannot be read.
    #[error(transparent)]
    Csv(#[from] CsvFileError),
    /// An archive of NumPy arrays cannot be read.
    #[cfg(feature = "npz")]
    #[error("cannot read {}", path.display())]
    Npz {
        /// The archive.
        path: PathBuf,
        /// What is wrong with it.
        source: Box<NpzSetError>,
    },
    /// A file cannot be read, is not an IDX file, holds something else, or does not fit its partner.
    #[error(transparent)]
    File(#[from] ImageFileError),
    /// Training and test images differ in size.
    #[error(
        "{} holds images of {} x {} pixels, but {} of {} x {}",
        train_path.display(), train_size.0, train_size.1, test_path.display(), test_size.0, test_size.1
    )]
    ImageSize {
        /// The file of training images.
        train_path: PathBuf,
        /// Their rows and columns.
        train_size: (usize, usize),
        /// The file of test images.
        test_path: PathBuf,
        /// Their rows and columns.
        test_size: (usize, usize),
    },
}

impl Mnist {
    /// The original names of the four files: training images and labels, test images and labels.
    pub const FILES: [&str; 4] =
        ["train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"];

    /// The number of classes, 10.
    pub const CLASSES: usize = 10;

    /// Reads the four files in `dir`.
    ///
    /// Each may have one of four names, and the first that exists is read: `train-images-idx3-ubyte`,
    /// `train-images.idx3-ubyte`, then both with `.gz`. So raw files, which are read faster, come before compressed ones.
    /// The content of a file decides how it is read, not its name. Without the feature `gzip`, compressed files are
    /// refused. If several of the names exist, they must unpack to the same content. If none exists, the file may be in a
    /// folder with its own name (`train-images-idx3-ubyte/train-images-idx3-ubyte`).
    ///
    /// To find `dir` in the usual places, use [`MnistFolder`].
    ///
    /// A set of 0 images can be opened; [`Sampler::new`](crate::Sampler::new) refuses it for training.
    ///
    /// # Errors
    ///
    /// [`MnistError`]: a file is missing, damaged, or does not fit the others.
    ///
    /// ```no_run
    /// let mnist = dataset::Mnist::open("data/mnist")?;
    /// assert_eq!((mnist.train.len(), mnist.test.len()), (60_000, 10_000));
    /// # Ok::<(), dataset::MnistError>(())
    /// ```
    pub fn open(dir: impl AsRef<Path>) -> Result<Self, MnistError> {
        let dir = dir.as_ref();
        let [train_images, train_labels, test_images, test_labels] = Self::FILES.map(|file| find(dir, file));
        let (train_images, train_labels) = (train_images?, train_labels?);
        let (test_images, test_labels) = (test_images?, test_labels?);

        // Two threads: reading the training images takes longest, and a third thread would only wait for them.
        let read_rest =
            || (Part::open(&train_labels, LABELS), Part::open(&test_images, IMAGES), Part::open(&test_labels, LABELS));
        let (images, rest) = thread::scope(|scope| {
            let rest = thread::Builder::new().spawn_scoped(scope, read_rest);
            let images = Part::open(&train_images, IMAGES);
            let rest = match rest {
                Ok(thread) => thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
                Err(_) => read_rest(), // a system without threads, such as WASI
            };
            (images, rest)
        });
        let train = images?.with_labels(rest.0?, Self::CLASSES)?;
        let test = rest.1?.with_labels(rest.2?, Self::CLASSES)?;
        Self::of_one_size(train, test, train_images, test_images)
    }

    /// Reads the four files, raw or gzip, from readers in the order of [`Mnist::FILES`]: training images and labels, test
    /// images and labels. Use it for bytes that are not in a folder, such as files dropped into a browser.
    ///
    /// The checks are the same as in [`open`](Self::open). Errors use the names in [`Mnist::FILES`]. It starts no thread.
    ///
    /// # Errors
    ///
    /// [`MnistError`]: a file is damaged, or does not fit the others.
    ///
    /// ```
    /// use dataset::{Digits, Mnist};
    ///
    /// let digits = Digits::with_sizes(0, 30, 10);
    /// let mut files = [const { Vec::new() }; 4];
    /// digits.train.write_images(&mut files[0])?;
    /// digits.train.write_labels(&mut files[1])?;
    /// digits.test.write_images(&mut files[2])?;
    /// digits.test.write_labels(&mut files[3])?;
    ///
    /// let Mnist { train, test } = Mnist::read(files.each_ref().map(|bytes| &bytes[..]))?;
    /// assert_eq!((train, test), (digits.train, digits.test));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn read(files: [impl Read; 4]) -> Result<Self, MnistError> {
        let [train_images, train_labels, test_images, test_labels] = files;
        let names = Self::FILES.map(Path::new);
        let images = Part::read(train_images, names[0], IMAGES)?;
        let train = images.with_labels(Part::read(train_labels, names[1], LABELS)?, Self::CLASSES)?;
        let images = Part::read(test_images, names[2], IMAGES)?;
        let test = images.with_labels(Part::read(test_labels, names[3], LABELS)?, Self::CLASSES)?;
        Self::of_one_size(train, test, names[0].to_owned(), names[2].to_owned())
    }

    fn of_one_size(
        train: ImageSet,
        test: ImageSet,
        train_path: PathBuf,
        test_path: PathBuf,
    ) -> Result<Self, MnistError> {
        let (train_size, test_size) = ((train.rows(), train.cols()), (test.rows(), test.cols()));
        if train_size != test_size {
            return Err(MnistError::ImageSize { train_path, train_size, test_path, test_size });
        }
        Ok(Self { train, test })
    }

    /// Returns whether `dir` has any of the four files under any of its names. If so, it should be a data set, and the
    /// error of [`open`](Self::open) says what is wrong with it.
    pub fn is_present(dir: impl AsRef<Path>) -> bool {
        let dir = dir.as_ref();
        Self::FILES.iter().any(|file| files::is_present(dir, file))
    }
}
