//! Files of pictures that cannot be read, and pictures without a digit.

use crate::{because, images, with_causes};
use picture::PictureError;

/// A sentence about the picture, to follow its name.
#[must_use]
pub fn picture_error(error: &PictureError) -> String {
    const READ: &str = "PNG, JPEG, BMP, GIF, WebP, PGM, PPM, IDX를 읽습니다";
    match error {
        PictureError::HeicOrAvif => format!("HEIC나 AVIF 이미지는 읽지 않습니다. {READ}. PNG나 JPEG로 저장하세요"),
        PictureError::Unsupported { extension } => {
            format!(".{extension} 이미지는 읽지 않습니다. {READ}. PNG로 저장하세요")
        }
        PictureError::NotAnImage { start } => match std::str::from_utf8(start) {
            Ok(text) if !text.contains(|c: char| c.is_control() && !c.is_whitespace()) => {
                format!("이미지가 아니라 글자로 시작하는 파일입니다({text:?}). {READ}")
            }
            _ => {
                let start: Vec<String> = start.iter().map(|byte| format!("{byte:02x}")).collect();
                format!("이미지가 아닙니다. 파일의 처음: {}. {READ}", start.join(" "))
            }
        },
        PictureError::HeaderTooLarge { most } => {
            format!("헤더에 적힌 크기가 {most}픽셀을 넘습니다. 더 작게 저장하세요")
        }
        PictureError::TooLarge { cols, rows, most } => {
            format!("{cols} x {rows} 픽셀인데 {most}픽셀까지 읽습니다. 더 작게 저장하세요")
        }
        PictureError::HeaderLies { cols, rows, bytes } => format!(
            "헤더에는 {cols} x {rows} 픽셀이라고 적혀 있는데 파일이 {bytes}바이트에서 끝납니다. 손상되었거나 잘린 파일입니다"
        ),
        PictureError::OutOfMemory { cols, rows, needed } => {
            format!("{cols} x {rows} 픽셀인데 메모리가 부족합니다. {needed}바이트가 필요하니 더 작게 저장하세요")
        }
        PictureError::CutShort { format } => format!("{format} 파일이 잘렸습니다. 다시 복사하거나 내려받으세요"),
        PictureError::Damaged { format, source } => {
            because(&format!("{format} 파일처럼 시작하지만 그 뒤가 손상되었거나 잘렸습니다"), &**source)
        }
        PictureError::Idx { source } => format!("온전한 IDX 파일이 아닙니다. {}. {READ}", images::idx_error(source)),
        PictureError::IdxShape { shape } => {
            format!("이미지는 (행, 열)이나 (이미지 수, 행, 열)이어야 하는데 배열의 형상이 {shape:?}입니다")
        }
        PictureError::IdxType { found } => format!("값은 바이트(u8)여야 하는데 {found}입니다"),
        PictureError::IdxTooLarge { cols, rows, most } => {
            format!("이미지가 {cols} x {rows} 픽셀인데 {most}픽셀까지 읽습니다")
        }
        PictureError::Empty => "픽셀이 없습니다. 이미지가 있어야 합니다".to_owned(),
        PictureError::NotOne { found } => format!("그림은 하나여야 하는데 {found}개입니다"),
        PictureError::NoInk => {
            "그림에서 숫자를 찾지 못했습니다. 바탕보다 뚜렷이 어둡거나 밝게 쓴 숫자가 있어야 합니다".to_owned()
        }
        other => with_causes(other),
    }
}
