//! Why a request is refused.

use crate::korean;
use serde::Serialize;
use std::error::Error;
use std::fmt;

/// Why a request is refused. It has changed nothing then.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WebError {
    #[error("the page and its program do not fit together")]
    Message,
    #[error("the page and its program do not fit together")]
    Request(#[source] serde_json::Error),
    #[error("there are no images yet")]
    NoImages,
    #[error("there is no run yet")]
    NoRun,
    #[error("an image has {found} bytes, expected 784")]
    Image { found: usize },
    #[error("{0}")]
    Config(#[from] training::ConfigError),
    #[error("{0}")]
    Activation(net::UnknownActivation),
    #[error("hidden is {found}, expected 1 to {most} neurons in the browser")]
    Hidden { found: usize, most: usize },
    #[error("the images are {rows} x {cols} pixels, expected 28 x 28")]
    ImageSize { rows: usize, cols: usize },
    #[error(transparent)]
    Mnist(#[from] dataset::MnistError),
    #[error("{name} is not a file of MNIST, expected {}, each also with .gz, or an archive of them", dataset::Mnist::FILES.join(", "))]
    UnknownFile { name: String },
    #[error("{name} cannot be read")]
    Idx { name: &'static str, source: dataset::IdxError },
    #[error("{name} holds {found}, expected u8 of {expected}")]
    Content { name: &'static str, found: ArrayType, expected: &'static str },
    #[error("a set without images, expected at least 1 training image and 1 test image")]
    EmptySet,
    #[error("{name} does not fit its labels")]
    Set { name: &'static str, source: dataset::ImageSetError },
    #[error("the archive cannot be read")]
    Zip(#[from] zip::result::ZipError),
    #[error("{name} of the archive cannot be unpacked")]
    Unpack { name: &'static str, source: std::io::Error },
    #[error("{name} unpacks to more than {most} bytes, the most that are read")]
    TooLarge { name: &'static str, most: u64 },
    #[error("the file cannot be used")]
    Net(#[from] net_file::NetFileError),
    #[error(transparent)]
    Save(net_file::NetFileError),
    #[error("{0}")]
    Picture(#[from] picture::PictureError),
    #[error("the picture has {bytes} bytes for {rows} x {cols} pixels")]
    PictureSize { rows: usize, cols: usize, bytes: usize },
    #[error(transparent)]
    Diverged(#[from] training::Diverged),
}

/// Type and shape of an array.
#[derive(Debug)]
pub(crate) struct ArrayType {
    pub(crate) of: &'static str,
    pub(crate) shape: Vec<usize>,
}

impl fmt::Display for ArrayType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {:?}", self.of, self.shape)
    }
}

/// A text in both languages. The page shows one of them, and can change it later.
#[derive(Serialize)]
pub(crate) struct Text {
    pub(crate) en: String,
    pub(crate) ko: String,
}

/// The reply for the page.
#[derive(Serialize)]
struct Told {
    error: Text,
}

impl WebError {
    /// The reply, its text with all causes.
    pub(crate) fn to_json(&self) -> String {
        let error = Text { en: with_causes(self), ko: korean::web_error(self) };
        // a text is always JSON
        serde_json::to_string(&Told { error }).unwrap_or_default()
    }
}

/// The message of an error with all its causes, in English.
pub(crate) fn with_causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_says = cause.to_string();
        if !text.contains(&cause_says) {
            text = format!("{text}: {cause_says}");
        }
        source = cause.source();
    }
    text
}
