//! Images as CSV: lines of numbers, the label first, then the pixels. Kaggle publishes MNIST in this form.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use super::Mnist;
use crate::idx_error::hint;
use crate::image_set::ImageSet;

/// Why a CSV file cannot be read. Lines and columns are counted from 1.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CsvError {
    /// The file cannot be opened or read.
    #[error("reading failed in line {line}")]
    Io {
        /// The line.
        line: usize,
        /// The system's error.
        source: std::io::Error,
    },
    /// There are no lines of numbers.
    #[error("no images: expected lines of a label and its pixels, separated by commas")]
    Empty,
    /// The first line is not one of a CSV file.
    #[error("it begins with {found:?}, expected \"label\" or a label{hint}")]
    NotCsv {
        /// Its beginning, at most 20 characters.
        found: String,
        /// What it may be instead, or nothing.
        hint: &'static str,
    },
    /// The header has no column of labels: these are the test images of Kaggle's competition, whose labels are not
    /// public.
    #[error(
        "it has no labels: its columns begin with {found:?}, expected \"label\". Kaggle keeps the labels of the test images of \
         digit-recognizer to itself, so nothing can be measured on them. Make both files of its train.csv, which has labels:\n    \
         (head -n 35001 train.csv) > mnist_train.csv; (head -n 1 train.csv; tail -n 7000 train.csv) > mnist_test.csv"
    )]
    NoLabels {
        /// The name of the first column, at most 20 characters.
        found: String,
    },
    /// The number of pixels per line is not a square number.
    #[error("{pixels} pixels in line {line}, expected a square number, such as 784 of 28 x 28")]
    NotSquare {
        /// The first line with numbers.
        line: usize,
        /// The number of pixels.
        pixels: usize,
    },
    /// A line has more or fewer numbers than the first.
    #[error("{found} columns in line {line}, expected {expected} as in the first line of numbers")]
    Columns {
        /// The line.
        line: usize,
        /// The number of columns in this line.
        found: usize,
        /// The number of columns in the first line.
        expected: usize,
    },
    /// A field is not a pixel, or not a label.
    #[error("{found:?} in line {line}, column {column}, expected {expected}")]
    Number {
        /// The line.
        line: usize,
        /// The column.
        column: usize,
        /// The field, at most 20 characters.
        found: String,
        /// `a label from 0 to 9` or `a pixel from 0 to 255`.
        expected: &'static str,
    },
    /// A line is longer than any line of an image.
    #[error("line {line} is longer than {MOST_LINE} bytes, expected a label and its pixels")]
    LineLength {
        /// The line.
        line: usize,
    },
    /// The file is too large.
    #[error("the file continues after {MOST_BYTES} bytes, the most that is read")]
    TooLarge,
}

/// A [`CsvError`] with the path of the file; the reason is in `source()`.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
#[error("cannot read {}", path.display())]
pub struct CsvFileError {
    /// The file.
    pub path: PathBuf,
    /// What is wrong with it.
    pub source: CsvError,
}

/// The largest file that is read: 1 GiB, ten times Kaggle's `mnist_train.csv`.
const MOST_BYTES: u64 = 1 << 30;

/// The longest line that is read: 256 KiB, enough for about 250 x 250 pixels.
const MOST_LINE: u64 = 1 << 18;

pub(super) fn open(path: &Path) -> Result<ImageSet, CsvFileError> {
    let failed = |source| CsvFileError { path: path.to_owned(), source };
    let file = File::open(path).map_err(|source| failed(CsvError::Io { line: 1, source }))?;
    read(file).map_err(failed)
}

/// Returns whether a file begins like one with a header and labels; for generic names such as `train.csv`.
pub(super) fn has_header(path: &Path) -> bool {
    let mut start = Vec::new();
    let read = File::open(path).and_then(|file| file.take(16).read_to_end(&mut start));
    // if the file cannot be read, say yes, so that opening it gives the reason
    read.is_err() || start.strip_prefix(BOM).unwrap_or(&start).starts_with(b"label,")
}

const BOM: &[u8] = b"\xef\xbb\xbf";

impl ImageSet {
    /// Reads CSV: lines of a label from 0 to 9 and the pixels of a square image, with or without a header that begins
    /// with `label`. Kaggle publishes MNIST in this form. For files, use [`MnistFolder`](crate::MnistFolder).
    ///
    /// Memory grows with the lines that arrive, one byte per number. At most 1 GiB of text is read.
    ///
    /// # Errors
    ///
    /// [`CsvError`], with line and column.
    ///
    /// ```
    /// let set = dataset::ImageSet::read_csv(&b"label,1x1,1x2,2x1,2x2\n5,0,255,7,8\n"[..])?;
    /// assert_eq!((set.labels(), set.image(0)), (&[5][..], &[0, 255, 7, 8][..]));
    /// # Ok::<(), dataset::CsvError>(())
    /// ```
    pub fn read_csv(content: impl Read) -> Result<Self, CsvError> {
        read(content)
    }
}

fn read(content: impl Read) -> Result<ImageSet, CsvError> {
    let mut content = BufReader::with_capacity(1 << 16, content.take(MOST_BYTES + 1));
    let (mut pixels, mut labels) = (Vec::new(), Vec::new());
    let (mut text, mut line, mut bytes, mut columns) = (Vec::new(), 0, 0_u64, 0);
    loop {
        text.clear();
        line += 1;
        let read = content.by_ref().take(MOST_LINE + 1).read_until(b'\n', &mut text);
        let read = read.map_err(|source| CsvError::Io { line, source })? as u64;
        bytes += read;
        if bytes > MOST_BYTES {
            return Err(CsvError::TooLarge);
        }
        if read > MOST_LINE {
            return Err(CsvError::LineLength { line });
        }
        if read == 0 {
            break;
        }
        let text = if line == 1 { text.strip_prefix(BOM).unwrap_or(&text) } else { &text };
        let text = text.trim_ascii();
        if text.is_empty() {
            continue;
        }
        if line == 1 && !text[0].is_ascii_digit() {
            header(text)?;
            continue;
        }
        let before = pixels.len();
        let found = numbers(text, line, &mut labels, &mut pixels)?;
        if columns == 0 {
            columns = found;
            let count = pixels.len() - before;
            if count == 0 || count.isqrt().pow(2) != count {
                return Err(CsvError::NotSquare { line, pixels: count });
            }
        }
        if found != columns {
            return Err(CsvError::Columns { line, found, expected: columns });
        }
    }
    let side = columns.saturating_sub(1).isqrt();
    ImageSet::new(side, side, Mnist::CLASSES, pixels, labels).map_err(|_| CsvError::Empty)
}

/// Checks the first line if it does not hold numbers.
fn header(text: &[u8]) -> Result<(), CsvError> {
    let first = text.split(|byte| *byte == b',').next().unwrap_or_default().trim_ascii();
    let first = first.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\"")).unwrap_or(first);
    if first.eq_ignore_ascii_case(b"label") {
        return Ok(());
    }
    let last = text.rsplit(|byte| *byte == b',').next().unwrap_or_default().trim_ascii();
    let hint = match hint(text) {
        "" if first == text && (text.contains(&b';') || text.contains(&b'\t')) => {
            " (the fields have to be separated by commas)"
        }
        "" if text.starts_with(b"\xff\xfe") || text.starts_with(b"\xfe\xff") => " (it is UTF-16; save it as UTF-8)",
        "" if last.eq_ignore_ascii_case(b"label") => " (the label is the last column; make it the first)",
        "" if first == text => " (it is not a CSV file)",
        hint => hint,
    };
    let found = start(first);
    Err(if hint.is_empty() { CsvError::NoLabels { found } } else { CsvError::NotCsv { found, hint } })
}

/// Appends the label and the pixels of a line, and returns the number of fields.
fn numbers(text: &[u8], line: usize, labels: &mut Vec<u8>, pixels: &mut Vec<u8>) -> Result<usize, CsvError> {
    let mut column = 0;
    for field in text.split(|byte| *byte == b',') {
        column += 1;
        let most = if column == 1 { 9 } else { 255 };
        match number(field.trim_ascii()).filter(|value| *value <= most) {
            Some(label) if column == 1 => labels.push(label),
            Some(pixel) => pixels.push(pixel),
            None => {
                let expected = if column == 1 { "a label from 0 to 9" } else { "a pixel from 0 to 255" };
                return Err(CsvError::Number { line, column, found: start(field.trim_ascii()), expected });
            }
        }
    }
    Ok(column)
}

/// A number of one to three digits.
fn number(digits: &[u8]) -> Option<u8> {
    if digits.is_empty() || digits.len() > 3 {
        return None;
    }
    let value = digits
        .iter()
        .try_fold(0_u16, |value, digit| digit.is_ascii_digit().then(|| 10 * value + u16::from(digit - b'0')));
    value.and_then(|value| u8::try_from(value).ok())
}

/// The beginning of a field, for a message.
fn start(field: &[u8]) -> String {
    String::from_utf8_lossy(&field[..field.len().min(80)]).chars().take(20).collect()
}
