//! Why a request cannot be met, in Korean: a sentence for each error that can reach the page, its causes in it.
//!
//! What other crates say (`zip`, `safetensors`, `serde_json`, the system) stays as it is, after the sentence that it causes.
//! Errors of files and folders, which a page never opens, keep their English as well. A test goes through the variants of all
//! other enums, because most are `#[non_exhaustive]` and the compiler asks for an arm that would take what is new in them.

mod arrays;
mod images;
mod nets;
mod runs;

pub(crate) use nets::renamed;
pub(crate) use runs::diverged;

use crate::error::{WebError, with_causes};
use dataset::Mnist;
use std::error::Error;

pub(crate) fn web_error(error: &WebError) -> String {
    const NO_FIT: &str = "페이지와 프로그램이 서로 맞지 않습니다";
    match error {
        WebError::Message => NO_FIT.to_owned(),
        WebError::Request(cause) => because(NO_FIT, cause),
        WebError::NoImages => "아직 이미지가 없습니다".to_owned(),
        WebError::NoRun => "아직 실행이 없습니다".to_owned(),
        WebError::Image { found } => format!("이미지는 784바이트여야 하는데 {found}바이트입니다"),
        WebError::Config(cause) => runs::config_error(cause),
        WebError::Activation(net::UnknownActivation(name)) => activation(name),
        WebError::Hidden { found, most } => {
            format!("브라우저에서 은닉 뉴런의 수 hidden은 1부터 {most}까지여야 하는데 {found}입니다")
        }
        WebError::ImageSize { rows, cols } => {
            format!("이미지는 28 x 28 픽셀이어야 하는데 {rows} x {cols} 픽셀입니다")
        }
        WebError::Mnist(cause) => images::mnist_error(cause),
        WebError::UnknownFile { name } => format!(
            "{name}은(는) MNIST의 파일이 아닙니다. {} 파일(.gz가 붙어도 됩니다)이나 그 압축 파일을 끌어다 놓으세요",
            Mnist::FILES.join(", ")
        ),
        WebError::Idx { name, source } => format!("{name} 파일을 읽을 수 없습니다. {}", images::idx_error(source)),
        WebError::Content { name, found, expected } => format!(
            "{name} 파일에는 형상이 {expected}인 u8 배열이 있어야 하는데 형상이 {:?}인 {} 배열이 있습니다",
            found.shape, found.of
        ),
        WebError::EmptySet => "훈련 이미지와 시험 이미지가 1장 이상씩 있어야 하는데 없습니다".to_owned(),
        WebError::Set { name, source } => {
            format!("{name} 파일이 그 레이블과 맞지 않습니다. {}", images::image_set_error(source))
        }
        WebError::Zip(cause) => because("압축 파일이 손상되었거나 ZIP 형식이 아니어서 읽을 수 없습니다", cause),
        WebError::Unpack { name, source } => because(&format!("압축 파일 안의 {name} 파일을 풀 수 없습니다"), source),
        WebError::TooLarge { name, most } => {
            format!("{name} 파일을 풀면 {most}바이트를 넘습니다. 그보다 큰 파일은 읽지 않습니다")
        }
        WebError::Net(cause) | WebError::Save(cause) => nets::net_file_error(cause),
        WebError::Picture(cause) => images::picture_error(cause),
        WebError::PictureSize { rows, cols, bytes } => format!("그림은 {rows} x {cols} 픽셀인데 {bytes}바이트입니다"),
        WebError::Diverged(cause) => diverged(cause),
    }
}

/// A sentence, and what another crate says is the cause.
fn because(sentence: &str, cause: &(dyn Error + 'static)) -> String {
    format!("{sentence}: {}", with_causes(cause))
}

fn activation(name: &str) -> String {
    format!("활성화 함수는 sigmoid, tanh, relu 가운데 하나여야 하는데 {name:?}입니다")
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
