//! Errors of the libraries as Korean sentences, each with its causes in it: for `app`, and for the page in the browser.
//!
//! The libraries themselves know English alone. What other crates say (`zip`, `safetensors`, `serde_json`), and rare errors
//! of the system, stay as they are, after the sentence that they cause. A test goes through the variants of all enums,
//! because most are `#[non_exhaustive]` and the compiler asks for an arm that would take what is new in them.
#![forbid(unsafe_code)]

mod advice;
mod arrays;
mod folders;
mod images;
mod nets;
mod pictures;
mod runs;

pub use advice::advice;
pub use folders::note;
pub use images::{idx_error, image_set_error, mnist_error};
pub use nets::{activation, file_type, net_file_error, renamed, shape_error};
pub use pictures::picture_error;
pub use runs::{config_error, diverged};

use std::error::Error;
use std::io::{self, ErrorKind};

/// The Korean sentence of an error of one of the libraries, its causes in it; `None` for any other error.
#[must_use]
pub fn sentence(error: &(dyn Error + 'static)) -> Option<String> {
    let config = error.downcast_ref().map(config_error);
    let config =
        config.or_else(|| error.downcast_ref().map(diverged)).or_else(|| error.downcast_ref().map(shape_error));
    let images = || error.downcast_ref().map(mnist_error).or_else(|| error.downcast_ref().map(picture_error));
    let files = || error.downcast_ref().map(idx_error).or_else(|| error.downcast_ref().map(net_file_error));
    config.or_else(images).or_else(files).or_else(|| error.downcast_ref().and_then(io_error))
}

/// What the system says of a file, if it is one of the usual refusals.
fn io_error(error: &io::Error) -> Option<String> {
    error.raw_os_error()?; // others have a text of their own
    let korean = match error.kind() {
        ErrorKind::NotFound => "그런 파일이나 폴더가 없습니다. 경로와 이름을 확인하세요",
        ErrorKind::PermissionDenied => "권한이 없습니다",
        ErrorKind::AlreadyExists => "이미 있습니다",
        ErrorKind::IsADirectory => "폴더입니다",
        ErrorKind::NotADirectory => "경로의 중간이 폴더가 아닙니다",
        ErrorKind::ReadOnlyFilesystem => "읽기 전용 디스크입니다",
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "디스크가 가득 찼습니다",
        ErrorKind::InvalidFilename => "이름이 너무 길거나 쓸 수 없는 이름입니다",
        _ => return None,
    };
    Some(korean.to_owned())
}

/// A sentence, and what another crate says is the cause.
#[must_use]
pub fn because(sentence: &str, cause: &(dyn Error + 'static)) -> String {
    let cause = cause.downcast_ref().and_then(io_error).unwrap_or_else(|| with_causes(cause));
    format!("{sentence}: {cause}")
}

/// The message of an error with all its causes, in English.
#[must_use]
pub fn with_causes(error: &dyn Error) -> String {
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

/// Some of the names in quotes, sorted; not too many for a message.
fn some(names: &[String]) -> String {
    let mut shown: Vec<String> = names.iter().map(|name| format!("{name:?}")).collect();
    shown.sort();
    if shown.len() > 8 {
        shown.truncate(8);
        shown.push("...".to_owned());
    }
    if shown.is_empty() { "비어 있습니다".to_owned() } else { format!("들어 있는 것: {}", shown.join(", ")) }
}
