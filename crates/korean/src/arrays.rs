//! NumPy's arrays and archives that cannot be read.

use crate::with_causes;
use crate::{because, some};
use npy::{NpyError, NpzError};
use std::error::Error;

pub(crate) fn npz_error(error: &NpzError) -> String {
    match error {
        NpzError::Zip { source } => no_zip(&**source),
        NpzError::DuplicateNames => duplicate_names(),
        NpzError::Missing { expected, found } => {
            format!("압축 파일에 {expected} 항목이 없습니다. {}", some(found))
        }
        NpzError::Entry { name, source } => entry(name, &**source),
        NpzError::Array { name, source } => array(name, source),
        other => with_causes(other),
    }
}

pub(crate) fn no_zip(cause: &(dyn Error + 'static)) -> String {
    because(".npz는 ZIP 파일인데 이 파일은 ZIP 형식이 아니거나 손상되었습니다", cause)
}

pub(crate) fn duplicate_names() -> String {
    "압축 파일에 이름이 같은 항목이 둘 있습니다. numpy.savez로 다시 저장하세요".to_owned()
}

pub(crate) fn entry(name: &str, cause: &(dyn Error + 'static)) -> String {
    because(&format!("{name}.npy 항목의 압축을 풀 수 없습니다"), cause)
}

pub(crate) fn array(name: &str, cause: &NpyError) -> String {
    format!("{name} 배열을 읽을 수 없습니다. {}", npy_error(cause))
}

fn npy_error(error: &NpyError) -> String {
    match error {
        NpyError::NotNumpy { found } => {
            format!("NumPy 배열은 [93, 4e, 55, 4d, 50, 59]로 시작하는데 이것은 {found:02x?}로 시작합니다")
        }
        NpyError::Truncated { place } => format!("NumPy 배열이 {} 도중에 끝납니다. 잘린 파일입니다", korean(place)),
        NpyError::Io { place, source } => because(&format!("{}의 압축을 풀 수 없습니다", korean(place)), source),
        NpyError::Version { major, minor } => {
            format!("NumPy 형식의 버전은 1.0, 2.0, 3.0 가운데 하나여야 하는데 {major}.{minor}입니다")
        }
        NpyError::HeaderLength { found, most } => {
            format!("헤더는 {most}바이트까지 읽는데 {found}바이트나 됩니다")
        }
        NpyError::HeaderText { source } => because("헤더가 글자가 아닙니다", source),
        NpyError::Header { found, expected } => {
            format!("헤더에 {} 있어야 할 곳에 {found:?}이(가) 있습니다", korean(expected))
        }
        NpyError::HeaderString => "헤더의 문자열이 닫히지 않았습니다".to_owned(),
        NpyError::HeaderEnd { found } => format!("헤더가 끝나야 할 곳에 {found:?}이(가) 더 있습니다"),
        NpyError::UnknownKey { found } => {
            format!("헤더에는 descr, fortran_order, shape만 있어야 하는데 {found:?}이(가) 있습니다")
        }
        NpyError::MissingKey { key } => format!("헤더에 {key}이(가) 없습니다"),
        NpyError::ElementType { found, expected } => {
            format!("값의 형식은 {} 가운데 하나여야 하는데 {found:?}입니다", korean(expected))
        }
        NpyError::Dimensions { found, most } => format!("차원은 {most}개까지인데 {found}개입니다"),
        NpyError::Ratio { shape, packed, most } => format!(
            "형상 {shape:?}에는 {most}바이트보다 많은 값이 필요한데 압축된 것은 {packed}바이트입니다. \
             수는 그만큼 압축되지 않습니다"
        ),
        NpyError::TooLarge { shape, most } => {
            format!("형상이 {shape:?}이면 {most}바이트를 넘습니다. 그보다 큰 배열은 읽지 않습니다")
        }
        NpyError::TooShort { found, expected, shape } => {
            format!("형상이 {shape:?}이면 값이 {expected}바이트여야 하는데 {found}바이트뿐입니다")
        }
        NpyError::TooLong { expected, shape } => {
            format!("형상이 {shape:?}이면 값이 {expected}바이트여야 하는데 그보다 많습니다")
        }
        other => with_causes(other),
    }
}

/// What an error of `npy` names in English; signs of Python's syntax stay.
fn korean(words: &str) -> String {
    match words {
        "its first 8 bytes" => "처음 8바이트",
        "its header" => "헤더",
        "the numbers" => "값",
        "True or False" => "True나 False가",
        "a size" => "크기가",
        "float32 or float64 (<f4, <f8)" => "float32, float64(<f4, <f8)",
        "float32, float64 or whole numbers (<f4, <f8, |u1, |i1, <u2 to <i8)" => {
            "float32, float64, 정수(<f4, <f8, |u1, |i1, <u2부터 <i8까지)"
        }
        sign => return format!("{sign}이(가)"),
    }
    .to_owned()
}
