//! Files and folders of a data set: what is missing, and what does not fit together.

use crate::{because, images, with_causes};
use dataset::{CsvError, ImageFileError, Mnist, MnistError, MnistKind, NoMnist};

/// A sentence about an error of files and folders.
pub(crate) fn error(error: &MnistError) -> String {
    match error {
        MnistError::Missing { dir, names } => {
            format!("{}에 {}이(가) 없습니다. 찾아본 이름: {}", dir.display(), names[0], names.join(", "))
        }
        MnistError::TwoFiles { one, other } => format!(
            "{}과(와) {}의 내용이 서로 다릅니다. 하나만 있어야 하니 다른 하나를 지우거나 이름을 바꾸세요",
            one.display(),
            other.display()
        ),
        MnistError::Nothing(nothing) => no_mnist(nothing),
        MnistError::MissingCsv { path, beside } => {
            format!("{}이(가) 없습니다. {}은(는) 데이터셋의 절반일 뿐입니다", path.display(), beside.display())
        }
        MnistError::Csv(cause) => {
            format!("{} 파일을 읽을 수 없습니다. {}", cause.path.display(), csv_error(&cause.source))
        }
        MnistError::File(cause) => image_file_error(cause),
        other => with_causes(other),
    }
}

fn no_mnist(nothing: &NoMnist) -> String {
    let others = match nothing.kind() {
        MnistKind::Mnist => "(.gz여도 됩니다), mnist.npz, mnist_train.csv와 mnist_test.csv",
        MnistKind::Fashion => "(.gz여도 됩니다), fashion-mnist_train.csv와 fashion-mnist_test.csv",
        _ => "(.gz여도 됩니다)",
    };
    let places: Vec<String> = nothing.places().iter().map(|place| place.display().to_string()).collect();
    let mut text = format!(
        "{}에 {} 데이터셋이 없습니다. 찾아본 폴더: {}. 찾아본 파일: {}{others}",
        nothing.dir().display(),
        nothing.kind().title(),
        places.join(", "),
        Mnist::FILES.join(", ")
    );
    for line in nothing.others() {
        let line = match line.strip_suffix(", which is another data set").and_then(|line| line.rsplit_once(": ")) {
            Some((source, title)) => format!("{}: {title}이며 다른 데이터셋입니다", named(source)),
            None => line,
        };
        text += &format!("\n{line}");
    }
    for unread in nothing.unread() {
        text += &format!("\n{}", note(unread));
    }
    text
}

/// What [`dataset::MnistFolder::note`] and [`dataset::MnistFolder::unread`] say, in Korean; the lines of Python stay.
#[must_use]
pub fn note(english: &str) -> String {
    if let Some((read, others)) = english.strip_prefix("reading ").and_then(|rest| rest.split_once(", and not ")) {
        let others: Vec<String> = others.split(", ").map(named).collect();
        return format!("{}을(를) 읽고 {}은(는) 읽지 않습니다", named(read), others.join(", "));
    }
    let phrases = [
        (
            " is the book's pickle, which could run any program and so is not read; these lines of Python convert it:",
            "은(는) 책의 피클 파일입니다. 피클은 어떤 프로그램이든 실행할 수 있어 읽지 않습니다. 다음 파이썬 코드로 변환하세요:",
        ),
        (
            " is a pickle, which could run any program and so is not read; these lines of Python convert Nielsen's:",
            "은(는) 피클 파일입니다. 피클은 어떤 프로그램이든 실행할 수 있어 읽지 않습니다. Nielsen의 파일이라면 다음 파이썬 코드로 \
             변환하세요:",
        ),
        (
            " is of EMNIST, whose images are transposed; these lines of Python make upright ones of them:",
            "은(는) 이미지가 전치된 EMNIST 파일입니다. 다음 파이썬 코드로 바로 세우세요:",
        ),
        (
            " is of QMNIST, whose labels have eight columns, the first the class; these lines of Python convert it:",
            "은(는) 레이블이 여덟 열이고 첫 열이 클래스인 QMNIST 파일입니다. 다음 파이썬 코드로 변환하세요:",
        ),
    ];
    let (first, code) = english.split_once('\n').map_or((english, String::new()), |(a, b)| (a, format!("\n{b}")));
    let korean = phrases.iter().find_map(|(of, korean)| Some(format!("{}{korean}", first.strip_suffix(of)?)));
    korean.unwrap_or_else(|| first.to_owned()) + &code
}

/// A source of images: a path, or the IDX files of a folder.
fn named(source: &str) -> String {
    source.strip_prefix("the IDX files in ").map_or_else(|| source.to_owned(), |dir| format!("{dir}의 IDX 파일"))
}

fn image_file_error(error: &ImageFileError) -> String {
    match error {
        ImageFileError::Idx(cause) => {
            format!("{} 파일을 읽을 수 없습니다. {}", cause.path.display(), images::idx_error(&cause.source))
        }
        ImageFileError::Kind { path, found, expected } => {
            format!(
                "{}: {} 배열이어야 하는데 {} 배열입니다. 이미지와 레이블이 바뀌지 않았는지 보세요",
                path.display(),
                idx(expected),
                idx(found)
            )
        }
        ImageFileError::NoPixels { path, rows, cols } => {
            format!("{}: 이미지는 1 x 1 픽셀 이상이어야 하는데 {rows} x {cols} 픽셀입니다", path.display())
        }
        ImageFileError::Count { images_path, images, labels_path, labels } => format!(
            "{}에는 이미지가 {images}장 있는데 {}에는 레이블이 {labels}개 있습니다. 수가 같아야 합니다",
            images_path.display(),
            labels_path.display()
        ),
        ImageFileError::Label { path, index, offset, label, classes } => format!(
            "{}: 레이블은 {classes}보다 작아야 하는데 이미지 {index}의 레이블(바이트 {offset})이 {label}입니다",
            path.display()
        ),
        other => with_causes(other),
    }
}

/// What an IDX file holds, as [`ImageFileError::Kind`] names it.
fn idx(words: &str) -> String {
    match words {
        "images (u8 of rank 3)" => "이미지의 3차원 u8".to_owned(),
        "labels (u8 of rank 1)" => "레이블의 1차원 u8".to_owned(),
        other => {
            other.split_once(" of rank ").map_or_else(|| other.to_owned(), |(of, rank)| format!("{rank}차원 {of}"))
        }
    }
}

fn csv_error(error: &CsvError) -> String {
    match error {
        CsvError::Io { line, source } => because(&format!("{line}행을 읽지 못했습니다"), source),
        CsvError::Empty => "이미지가 없습니다. 레이블과 픽셀을 쉼표로 나눈 행이 있어야 합니다".to_owned(),
        CsvError::NotCsv { found, .. } => format!("\"label\"이나 레이블로 시작해야 하는데 {found:?}(으)로 시작합니다"),
        CsvError::NoLabels { found } => format!(
            "레이블이 없습니다. 첫 열은 \"label\"이어야 하는데 {found:?}입니다. Kaggle은 digit-recognizer의 시험 이미지의 레이블을 \
             공개하지 않으므로 정확도를 잴 수 없습니다. 레이블이 있는 train.csv로 두 파일을 만드세요:\n    \
             (head -n 35001 train.csv) > mnist_train.csv; (head -n 1 train.csv; tail -n 7000 train.csv) > mnist_test.csv"
        ),
        CsvError::NotSquare { line, pixels } => {
            format!("{line}행에 픽셀이 {pixels}개 있는데 28 x 28의 784처럼 제곱수여야 합니다")
        }
        CsvError::Columns { line, found, expected } => {
            format!("{line}행은 {found}열인데 수가 적힌 첫 행처럼 {expected}열이어야 합니다")
        }
        CsvError::Number { line, column, found, expected } => {
            let expected = match *expected {
                "a label from 0 to 9" => "0부터 9까지인 레이블",
                "a pixel from 0 to 255" => "0부터 255까지인 픽셀",
                other => other,
            };
            format!("{line}행 {column}열은 {expected}이어야 하는데 {found:?}입니다")
        }
        CsvError::LineLength { line } => {
            format!("{line}행이 너무 깁니다. 레이블 하나와 이미지 하나의 픽셀만 있어야 합니다")
        }
        CsvError::TooLarge => "파일이 1 GiB를 넘습니다. 그보다 큰 파일은 읽지 않습니다".to_owned(),
        other => with_causes(other),
    }
}
