//! MNIST and its kin (Fashion-MNIST, KMNIST): four IDX files in one folder.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::thread;

use crate::idx::{Idx, IdxData};
use crate::idx_error::{IdxError, IdxFileError};
use crate::image_set::{ImageSet, ImageSetError};

/// Training and test images, ten classes. The count and size of the images are what the files say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mnist {
    /// The training images; 60,000 of 28 x 28 in the original.
    pub train: ImageSet,
    /// The test images; 10,000 in the original.
    pub test: ImageSet,
}

/// Why a folder was refused.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MnistError {
    /// One of the four files is there under none of its names.
    #[error("no {} in {}, looked for {}", names[0], dir.display(), names.join(", "))]
    Missing {
        /// The folder.
        dir: PathBuf,
        /// The names, in the order of preference.
        names: [String; 4],
    },
    /// A file cannot be read, or is no IDX file.
    #[error(transparent)]
    File(#[from] IdxFileError),
    /// A file holds something else: often images and labels are swapped.
    #[error("{} holds {found}, expected {expected}", path.display())]
    Kind {
        /// The file.
        path: PathBuf,
        /// Type and rank of what it holds.
        found: String,
        /// Type and rank of what belongs there.
        expected: &'static str,
    },
    /// Images without pixels.
    #[error("{} holds images of {rows} x {cols} pixels, expected at least 1 x 1", path.display())]
    NoPixels {
        /// The file.
        path: PathBuf,
        /// The number of rows.
        rows: usize,
        /// The number of columns.
        cols: usize,
    },
    /// The two files of a set do not belong together.
    #[error("{} holds {images} images, but {} holds {labels} labels", images_path.display(), labels_path.display())]
    Count {
        /// The file of images.
        images_path: PathBuf,
        /// How many it holds.
        images: usize,
        /// The file of labels.
        labels_path: PathBuf,
        /// How many it holds.
        labels: usize,
    },
    /// A label is not a digit.
    #[error("{} holds label {label} for image {index} (byte {offset}), expected 0 to 9", path.display())]
    Label {
        /// The file of labels.
        path: PathBuf,
        /// The first image concerned.
        index: usize,
        /// Where the label stands in the decompressed file.
        offset: usize,
        /// The label.
        label: u8,
    },
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
    /// The four files by their original names: training images and labels, test images and labels.
    pub const FILES: [&str; 4] =
        ["train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"];

    /// The number of classes, 10.
    pub const CLASSES: usize = 10;

    /// Reads the four files in `dir`.
    ///
    /// Each may stand under four names, of which the first that exists is taken: `train-images-idx3-ubyte`,
    /// `train-images.idx3-ubyte`, then both with `.gz`. So raw files, which are read faster, come before compressed
    /// ones; but what a file holds decides how it is read, not its name. Compressed ones need the feature `gzip`, and
    /// without it are refused with that reason.
    ///
    /// A set of 0 images opens; [`Sampler::new`](crate::Sampler::new) is where training refuses it.
    ///
    /// # Errors
    ///
    /// A file is missing, damaged, or does not fit the others: see [`MnistError`].
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

        // Two threads: the training images outweigh everything else, and a third would only wait for them.
        let (train, rest) = thread::scope(|scope| {
            let rest =
                scope.spawn(|| (read(&train_labels, LABELS), read(&test_images, IMAGES), read(&test_labels, LABELS)));
            let train = read(&train_images, IMAGES);
            (train, rest.join())
        });
        let rest = rest.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        let train = join(train?, &train_images, rest.0?, &train_labels)?;
        let test = join(rest.1?, &test_images, rest.2?, &test_labels)?;

        let (train_size, test_size) = ((train.rows(), train.cols()), (test.rows(), test.cols()));
        if train_size != test_size {
            let (train_path, test_path) = (train_images, test_images);
            return Err(MnistError::ImageSize { train_path, train_size, test_path, test_size });
        }
        Ok(Self { train, test })
    }

    /// Whether any of the four files is in `dir` under any of its names: then a set is meant to be there, and
    /// [`open`](Self::open) can say what is wrong with it.
    pub fn is_present(dir: impl AsRef<Path>) -> bool {
        let dir = dir.as_ref();
        Self::FILES.iter().flat_map(|file| names(file)).any(|name| dir.join(name).is_file())
    }
}

/// The names of a file, in the order of preference.
fn names(file: &str) -> [String; 4] {
    let dotted = file.replace("-idx", ".idx");
    [file.to_owned(), dotted.clone(), format!("{file}.gz"), format!("{dotted}.gz")]
}

fn find(dir: &Path, file: &str) -> Result<PathBuf, MnistError> {
    let names = names(file);
    for name in &names {
        let path = dir.join(name);
        match fs::metadata(&path) {
            Ok(metadata) if metadata.is_file() => return Ok(path),
            // Some archives unpack each file into a folder of its name.
            Ok(_) => {}
            Err(e) if matches!(e.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {}
            Err(source) => return Err(IdxFileError { path, source: IdxError::Io { offset: 0, source } }.into()),
        }
    }
    Err(MnistError::Missing { dir: dir.to_owned(), names })
}

const IMAGES: &str = "images (u8 of rank 3)";
const LABELS: &str = "labels (u8 of rank 1)";

/// Shape and bytes of a file that must hold `expected`.
fn read(path: &Path, expected: &'static str) -> Result<(Vec<usize>, Vec<u8>), MnistError> {
    let Idx { shape, data } = Idx::open(path)?;
    let found = match (data, shape.len()) {
        (IdxData::U8(bytes), 3) if expected == IMAGES => return Ok((shape, bytes)),
        (IdxData::U8(bytes), 1) if expected == LABELS => return Ok((shape, bytes)),
        (IdxData::U8(_), 3) => IMAGES.to_owned(),
        (IdxData::U8(_), 1) => LABELS.to_owned(),
        (data, rank) => format!("{} of rank {rank}", data.type_name()),
    };
    Err(MnistError::Kind { path: path.to_owned(), found, expected })
}

fn join(
    (shape, pixels): (Vec<usize>, Vec<u8>),
    images_path: &Path,
    (_, labels): (Vec<usize>, Vec<u8>),
    labels_path: &Path,
) -> Result<ImageSet, MnistError> {
    let (images, rows, cols) = (shape[0], shape[1], shape[2]); // `read` has seen to the rank
    ImageSet::new(rows, cols, Mnist::CLASSES, pixels, labels).map_err(|error| match error {
        ImageSetError::Size { rows, cols } => MnistError::NoPixels { path: images_path.to_owned(), rows, cols },
        ImageSetError::Lengths { labels, .. } => MnistError::Count {
            images_path: images_path.to_owned(),
            images,
            labels_path: labels_path.to_owned(),
            labels,
        },
        ImageSetError::Label { index, label, .. } => MnistError::Label {
            path: labels_path.to_owned(),
            index,
            offset: 8 + index, // behind magic number and count
            label,
        },
    })
}
