//! Why a request is refused.

use dataset::Mnist;
use korean::{because, with_causes};
use serde::Serialize;
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
        let error = Text { en: with_causes(self), ko: in_korean(self) };
        // a text is always JSON
        serde_json::to_string(&Told { error }).unwrap_or_default()
    }
}

/// The error in Korean. The crate `korean` has the words for errors of the libraries.
fn in_korean(error: &WebError) -> String {
    const NO_FIT: &str = "페이지와 프로그램이 서로 맞지 않습니다";
    match error {
        WebError::Message => NO_FIT.to_owned(),
        WebError::Request(cause) => because(NO_FIT, cause),
        WebError::NoImages => "아직 이미지가 없습니다".to_owned(),
        WebError::NoRun => "아직 실행이 없습니다".to_owned(),
        WebError::Image { found } => format!("이미지는 784바이트여야 하는데 {found}바이트입니다"),
        WebError::Config(cause) => korean::config_error(cause),
        WebError::Activation(net::UnknownActivation(name)) => korean::activation(name),
        WebError::Hidden { found, most } => {
            format!("브라우저에서 은닉 뉴런의 수 hidden은 1부터 {most}까지여야 하는데 {found}입니다")
        }
        WebError::ImageSize { rows, cols } => {
            format!("이미지는 28 x 28 픽셀이어야 하는데 {rows} x {cols} 픽셀입니다")
        }
        WebError::Mnist(cause) => korean::mnist_error(cause),
        WebError::UnknownFile { name } => format!(
            "{name}은(는) MNIST의 파일이 아닙니다. {} 파일(.gz가 붙어도 됩니다)이나 그 압축 파일을 끌어다 놓으세요",
            Mnist::FILES.join(", ")
        ),
        WebError::Idx { name, source } => format!("{name} 파일을 읽을 수 없습니다. {}", korean::idx_error(source)),
        WebError::Content { name, found, expected } => format!(
            "{name} 파일에는 형상이 {expected}인 u8 배열이 있어야 하는데 형상이 {:?}인 {} 배열이 있습니다",
            found.shape, found.of
        ),
        WebError::EmptySet => "훈련 이미지와 시험 이미지가 1장 이상씩 있어야 하는데 없습니다".to_owned(),
        WebError::Set { name, source } => {
            format!("{name} 파일이 그 레이블과 맞지 않습니다. {}", korean::image_set_error(source))
        }
        WebError::Zip(cause) => because("압축 파일이 손상되었거나 ZIP 형식이 아니어서 읽을 수 없습니다", cause),
        WebError::Unpack { name, source } => because(&format!("압축 파일 안의 {name} 파일을 풀 수 없습니다"), source),
        WebError::TooLarge { name, most } => {
            format!("{name} 파일을 풀면 {most}바이트를 넘습니다. 그보다 큰 파일은 읽지 않습니다")
        }
        WebError::Net(cause) | WebError::Save(cause) => korean::net_file_error(cause),
        WebError::Picture(cause) => korean::picture_error(cause),
        WebError::PictureSize { rows, cols, bytes } => format!("그림은 {rows} x {cols} 픽셀인데 {bytes}바이트입니다"),
        WebError::Diverged(cause) => korean::diverged(cause),
    }
}
