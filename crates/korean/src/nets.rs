//! Files that hold no net, or none that can be used here.

use crate::arrays::{array, duplicate_names, entry, no_zip};
use crate::with_causes;
use crate::{because, some};
use net::{Parameters, ShapeError};
use net_file::{FileType, Mend, NetFileError, Renamed};

/// A sentence about the file.
#[must_use]
pub fn net_file_error(error: &NetFileError) -> String {
    match error {
        NetFileError::UnknownKind { found, start } => {
            let found = match found {
                Some(found) => format!("{}입니다", file_type(*found)),
                None if start.is_empty() => "빈 파일입니다".to_owned(),
                None => format!("{start:02x?}로 시작합니다"),
            };
            format!("파일이 .npz도 .safetensors도 아니고 {found}")
        }
        NetFileError::OtherKind { expected, found } => {
            format!("파일이 .{}가 아니고 {}입니다", expected.extension(), file_type(*found))
        }
        NetFileError::Zip { source } => no_zip(&**source),
        NetFileError::DuplicateNames => duplicate_names(),
        NetFileError::EntryName { name } => {
            format!("압축 파일에 {name}.npy가 있어야 하는데 {name}이(가) 있습니다. numpy.savez로 다시 저장하세요")
        }
        NetFileError::Entry { name, source } => entry(name, &**source),
        NetFileError::Npy { name, source } => array(name, source),
        NetFileError::Safetensors { source } => because("온전한 .safetensors 파일이 아닙니다", &**source),
        NetFileError::ElementType { name, found } => {
            format!("{name}의 값은 F32나 F64 형식이어야 하는데 {found} 형식입니다")
        }
        NetFileError::Activation { found } => activation(found),
        NetFileError::NoActivation => {
            "배열 activation은 문자열 하나여야 합니다. numpy.savez(FILE, activation=\"relu\", ...)처럼 저장하세요"
                .to_owned()
        }
        NetFileError::Missing { found, .. } => {
            let names = Parameters::<f64>::NAMES;
            let missing = names.into_iter().find(|name| !found.iter().any(|other| other == name));
            format!("파일에 {}이(가) 없습니다. {}", missing.unwrap_or(names[0]), some(found))
        }
        NetFileError::TooMany { mend, extra, layers } => {
            let layers = layers.map(|layers| format!(" {layers}층 신경망입니다.")).unwrap_or_default();
            let [names, extra] = [&mend.names[..], extra].map(list);
            format!("파일에는 {names}만 있어야 하는데 {extra}도 있습니다.{layers} 2층 신경망만 읽습니다")
        }
        NetFileError::ManyPairs { pairs } => {
            format!("weight와 bias의 쌍이 둘이어야 2층 신경망인데 {}쌍({}) 있습니다", pairs.len(), list(pairs))
        }
        NetFileError::StateDict { arrays, .. } => {
            let shapes: Vec<String> =
                arrays.iter().map(|(name, shape)| format!("{} {shape:?}", name.escape_debug())).collect();
            format!("PyTorch에서처럼 형상이 [H, D], [H], [K, H], [K]여야 하는데 다릅니다: {}", shapes.join(", "))
        }
        NetFileError::NotMatrices { w1, w2 } => {
            format!("W1과 W2는 D x H와 H x K 행렬이어야 하는데 W1의 형상은 {w1:?}, W2의 형상은 {w2:?}입니다")
        }
        NetFileError::Transposed { w1, w2, mend } => transposed(*w1, *w2, mend),
        NetFileError::Shape { name, found, expected, w1, w2 } => format!(
            "W1의 형상이 {w1:?}, W2의 형상이 {w2:?}이면 {name}의 형상은 {expected:?}여야 하는데 {found:?}입니다"
        ),
        NetFileError::Parameters(cause) => shape_error(cause),
        NetFileError::NoNeurons { sizes } => format!(
            "입력, 은닉 뉴런, 클래스는 1개 이상이어야 하는데 입력 {}개, 은닉 뉴런 {}개, 클래스 {}개입니다",
            sizes.inputs, sizes.hidden, sizes.classes
        ),
        NetFileError::TooManyClasses { found } => format!("클래스는 256개까지인데 {found}개입니다"),
        NetFileError::NotFinite { name, value } => {
            format!("{name}에는 유한한 수만 있어야 하는데 {value}이(가) 있습니다")
        }
        NetFileError::TooLarge { bytes } => {
            format!("배열은 {}바이트까지인데 {bytes}바이트나 됩니다", net_file::MOST_BYTES)
        }
        NetFileError::Write { source } => because("파일을 만들 수 없습니다", &**source),
        other => with_causes(other),
    }
}

/// A sentence about arrays that are no network.
#[must_use]
pub fn shape_error(error: &ShapeError) -> String {
    match error {
        ShapeError::Length { name, shape, found } => format!("{name}의 형상은 {shape:?}인데 값이 {found}개입니다"),
        ShapeError::Disagree { name, found, expected } => format!(
            "다른 배열과 맞으려면 {name}의 형상은 {}x{}여야 하는데 {}x{}입니다",
            expected.0, expected.1, found.0, found.1
        ),
        other => with_causes(other),
    }
}

fn transposed(w1: [usize; 2], w2: [usize; 2], mend: &Mend) -> String {
    let matrices = [("W1", w1), ("W2", w2)].into_iter().zip(mend.transposed).filter(|(_, is_turned)| *is_turned);
    let each = matrices.map(|((name, [rows, columns]), _)| {
        format!("{name}의 형상은 {columns}x{rows}여야 하는데 전치된 {rows}x{columns}입니다")
    });
    format!("{}. 입력마다 한 행, 뉴런마다 한 열이어야 합니다", each.collect::<Vec<_>>().join(". "))
}

/// What to say of the name of an activation function that there is not.
#[must_use]
pub fn activation(name: &str) -> String {
    format!("활성화 함수는 sigmoid, tanh, relu 가운데 하나여야 하는데 {name:?}입니다")
}

/// What was read under another name.
#[must_use]
pub fn renamed(array: &Renamed) -> String {
    let Renamed { from, name, transposed } = array;
    let from = from.escape_debug(); // a stranger's words
    match transposed {
        Some([rows, columns]) => {
            format!(
                "{from}의 형상이 PyTorch에서처럼 {rows}x{columns}이므로 전치하여 {columns}x{rows}인 {name}로 읽었습니다"
            )
        }
        None => format!("{from}은(는) {name}로 읽었습니다"),
    }
}

/// The first of the names.
fn list(names: &[String]) -> String {
    let mut shown: Vec<String> = names.iter().take(8).map(|name| name.escape_debug().to_string()).collect();
    if shown.len() < names.len() {
        shown.push("...".to_owned());
    }
    shown.join(", ")
}

/// What a file is, as a noun.
#[must_use]
pub fn file_type(file: FileType) -> String {
    match file {
        FileType::Npz => ".npz(NumPy 배열의 압축 파일)",
        FileType::Safetensors => ".safetensors",
        FileType::Checkpoint => "`app train`의 체크포인트",
        FileType::Pickle => "파이썬 피클",
        FileType::Torch => "PyTorch의 torch.save로 저장한 파일(.pt, .pth)",
        FileType::Keras => ".keras 파일",
        FileType::Hdf5 => "Keras가 .h5로 저장하는 HDF5 파일",
        FileType::Onnx => "ONNX 모델",
        FileType::Numpy => "NumPy 배열 하나",
        FileType::Zip => "ZIP 파일",
        FileType::Gzip => "gzip 파일",
        FileType::Png => "PNG 그림",
        FileType::Jpeg => "JPEG 그림",
        FileType::Idx => "IDX 파일",
        FileType::Json => "JSON 텍스트",
        FileType::Html => "웹 페이지",
        FileType::GitLfs => "Git LFS 포인터",
        other => return other.to_string(),
    }
    .to_owned()
}
