//! Images and labels that cannot be used.

use crate::with_causes;
use crate::{arrays, because, folders};
use dataset::{IdxError, ImageSetError, MnistError, NpzSetError};
use net_file::FileType;
use std::path::Path;

/// A sentence about a data set.
#[must_use]
pub fn mnist_error(error: &MnistError) -> String {
    match error {
        // an archive that a page was given has no path
        MnistError::Npz { path, source } if path == Path::new("the archive") => npz_set_error(source),
        MnistError::Npz { path, source } => {
            format!("{} 파일을 읽을 수 없습니다. {}", path.display(), npz_set_error(source))
        }
        MnistError::ImageSize { train_path, train_size, test_path, test_size } => format!(
            "{}의 이미지는 {} x {} 픽셀인데 {}의 이미지는 {} x {} 픽셀입니다. 크기가 같아야 합니다",
            array_name(train_path),
            train_size.0,
            train_size.1,
            array_name(test_path),
            test_size.0,
            test_size.1
        ),
        other => folders::error(other),
    }
}

/// The name of an array: the last part of a path such as "the archive/x_train".
fn array_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn npz_set_error(error: &NpzSetError) -> String {
    match error {
        NpzSetError::Npz(cause) => {
            format!("배열 x_train, y_train, x_test, y_test가 있어야 합니다. {}", arrays::npz_error(cause))
        }
        NpzSetError::Kind { name, found, .. } => {
            let (of, shape) = found.split_once(" of shape ").unwrap_or((found, "[]"));
            let expected = if name.starts_with('x') {
                "값이 0(배경)부터 255까지이고 형상이 N x 행 x 열(정사각형이면 N x D)인 uint8 배열"
            } else {
                "이미지마다 클래스가 하나씩 있는, 형상이 N인 정수 배열"
            };
            format!("{name}은(는) {expected}이어야 하는데 형상이 {shape}인 {of} 배열입니다")
        }
        NpzSetError::Label { name, index, label } => {
            format!("{name}의 레이블은 0부터 9까지여야 하는데 이미지 {index}의 레이블이 {label}입니다")
        }
        NpzSetError::Count { images_name, images, labels_name, labels } => format!(
            "{images_name}에는 이미지가 {images}장 있는데 {labels_name}에는 레이블이 {labels}개 있습니다. 수가 같아야 합니다"
        ),
        other => with_causes(other),
    }
}

/// Sentences to follow the one that names the file.
#[must_use]
pub fn idx_error(error: &IdxError) -> String {
    match error {
        IdxError::NotIdx { found } => format!(
            "IDX 파일은 00 00으로 시작하는데 이 파일은 {}(으)로 시작합니다{}",
            found.iter().take(4).map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(" "),
            hint(found)
        ),
        IdxError::UnknownType { found } => format!(
            "바이트 2에 있는 IDX의 형식 번호는 0x08, 0x09, 0x0b, 0x0c, 0x0d, 0x0e 가운데 하나여야 하는데 {found:#04x}입니다"
        ),
        IdxError::TruncatedHeader { found, expected } => {
            format!("IDX 헤더는 {expected}바이트여야 하는데 바이트 {found}에서 끝납니다. 잘린 파일입니다")
        }
        IdxError::SizeOverflow { shape } => {
            format!("IDX 헤더에 적힌 크기 {shape:?}은(는) 2^64바이트를 넘습니다. 손상된 파일입니다")
        }
        IdxError::TruncatedPayload { offset, found, expected } => format!(
            "바이트 {offset}부터 값이 {expected}바이트 있어야 하는데 {found}바이트뿐입니다. 잘린 파일이니 다시 내려받으세요"
        ),
        IdxError::TrailingBytes { offset, found, expected } => {
            format!(
                "바이트 {offset}부터 값이 {expected}바이트 있어야 하는데 {found}바이트나 됩니다. 파일이 너무 깁니다"
            )
        }
        IdxError::LimitExceeded { limit } => {
            format!("내용이 {limit}바이트를 넘습니다. 그보다 큰 파일은 읽지 않습니다")
        }
        IdxError::GzipDisabled => "gzip으로 압축된 파일은 읽지 않으니 풀어서 쓰세요".to_owned(),
        IdxError::Gzip { offset, source } => {
            because(&format!("gzip 데이터가 {offset}바이트를 푼 곳에서 손상되어 있습니다"), source)
        }
        IdxError::Io { offset, source } => because(&format!("바이트 {offset}에서 읽지 못했습니다"), source),
        other => with_causes(other),
    }
}

/// What a file is that is no IDX file, by its first bytes, or nothing.
fn hint(start: &[u8]) -> &'static str {
    let start = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start).trim_ascii_start();
    match FileType::of_bytes(start) {
        _ if start.starts_with(b"<") => " (웹 페이지로 보입니다)",
        Some(FileType::Gzip) => " (두 번 압축되어 있으니 `gzip -d`로 한 번 푸세요)",
        Some(FileType::Npz) => " (이름만 다른 .npz 파일, 곧 NumPy 배열의 압축 파일입니다)",
        Some(FileType::Zip) => " (ZIP 파일이니 풀어서 쓰세요)",
        Some(FileType::Numpy) => " (NumPy 배열 .npy입니다)",
        Some(FileType::Pickle) => " (파이썬 피클입니다)",
        Some(FileType::GitLfs) => {
            " (파일 대신 놓인 Git LFS 포인터입니다. `git lfs pull`을 실행하면 파일을 받을 수 있습니다)"
        }
        _ => "",
    }
}

/// Sentences to follow the one that names the file.
#[must_use]
pub fn image_set_error(error: &ImageSetError) -> String {
    match error {
        ImageSetError::Size { rows, cols } => {
            format!("이미지는 1 x 1 픽셀 이상이고 메모리에 들어가야 하는데 {rows} x {cols} 픽셀입니다")
        }
        ImageSetError::Lengths { pixels, labels, pixels_per_image } => format!(
            "레이블마다 픽셀이 {pixels_per_image}개 있어야 하는데 레이블 {labels}개에 픽셀이 {pixels}개 있습니다"
        ),
        ImageSetError::Label { index, label, classes } => {
            format!("레이블은 {classes}보다 작아야 하는데 이미지 {index}의 레이블이 {label}입니다")
        }
        other => with_causes(other),
    }
}
