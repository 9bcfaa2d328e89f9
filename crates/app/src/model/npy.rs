//! One array as NumPy writes it (NEP 1): a Python dictionary of three entries, then the numbers.
//!
//! | bytes | what |
//! | --- | --- |
//! | 0..6 | `93 N U M P Y` |
//! | 6, 7 | version: 1.0, 2.0 or 3.0 |
//! | 8.. | length of the dictionary, u16 (from 2.0 on u32), little-endian |
//! | then | `{'descr': '<f8', 'fortran_order': False, 'shape': (784, 50), }`, spaces, a line end |
//! | then | the numbers |
//!
//! Read here and not by a crate: those that exist allocate what the header claims and hand it to a parser for all of
//! Python's literals, with big integers and recursion, for these three entries.

use super::arrays::{Array, Type};
use anyhow::{Context, Result, bail, ensure};
use std::io::Read;

const MAGIC: &[u8; 6] = b"\x93NUMPY";

/// The longest dictionary that is read: NumPy's own limit.
const LONGEST: usize = 10_000;

/// Reads an array of at most `limit` bytes, and expects the end behind it.
pub(super) fn read(mut content: impl Read, limit: usize) -> Result<Array> {
    let mut start = [0; 8];
    content.read_exact(&mut start).context("no NumPy array: it ends within its first 8 bytes")?;
    ensure!(start.starts_with(MAGIC), "no NumPy array: it begins with {:02x?}, expected {MAGIC:02x?}", &start[..6]);
    let length = match (start[6], start[7]) {
        (1, 0) => {
            let mut length = [0; 2];
            content.read_exact(&mut length).context("header")?;
            usize::from(u16::from_le_bytes(length))
        }
        (2 | 3, 0) => {
            let mut length = [0; 4];
            content.read_exact(&mut length).context("header")?;
            usize::try_from(u32::from_le_bytes(length)).unwrap_or(usize::MAX)
        }
        (major, minor) => bail!("version {major}.{minor} of NumPy's format, expected 1.0, 2.0 or 3.0"),
    };
    ensure!(length <= LONGEST, "a header of {length} bytes, at most {LONGEST} are read");
    let mut header = vec![0; length];
    content.read_exact(&mut header).context("header")?;
    let header = Header::parse(&header)?;

    let expected = header.of.bytes_of(&header.shape).filter(|bytes| *bytes <= limit);
    let expected =
        expected.with_context(|| format!("the shape {:?} asks for more than {limit} bytes", header.shape))?;
    // Memory grows with the bytes that arrive; one more than expected tells whether there are more.
    let mut bytes = Vec::new();
    content.take(expected as u64 + 1).read_to_end(&mut bytes)?;
    ensure!(
        bytes.len() == expected,
        "{} bytes of numbers, expected {expected} for the shape {:?}",
        if bytes.len() > expected { "more".to_owned() } else { bytes.len().to_string() },
        header.shape
    );
    if header.big_endian {
        bytes.chunks_exact_mut(header.of.bytes()).for_each(<[u8]>::reverse);
    }
    let array = Array::from_le_bytes(header.shape, header.of, &bytes);
    Ok(if header.fortran_order { array.by_row() } else { array })
}

/// What NumPy reads as `array`, in C order.
pub(super) fn write(array: &Array) -> Vec<u8> {
    let descr = match array.element_type() {
        Type::F32 => "<f4",
        Type::F64 => "<f8",
    };
    let shape = match array.shape[..] {
        [n] => format!("({n},)"),
        _ => format!("({})", array.shape.iter().map(usize::to_string).collect::<Vec<_>>().join(", ")),
    };
    let mut header = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}");
    // so that the numbers begin at a multiple of 64 bytes, where NumPy can map them
    let length = (10 + header.len() + 1).next_multiple_of(64) - 10;
    header.extend(std::iter::repeat_n(' ', length - header.len() - 1));
    header.push('\n');
    let mut bytes = MAGIC.to_vec();
    bytes.extend([1, 0]);
    // a header of ours has less than 200 bytes: four sizes of at most 20 digits
    bytes.extend(u16::try_from(length).unwrap_or(u16::MAX).to_le_bytes());
    bytes.extend(header.bytes());
    bytes.extend(array.to_le_bytes());
    bytes
}

#[derive(Debug, PartialEq)]
struct Header {
    of: Type,
    big_endian: bool,
    fortran_order: bool,
    shape: Vec<usize>,
}

impl Header {
    fn parse(bytes: &[u8]) -> Result<Self> {
        let text = std::str::from_utf8(bytes).context("the header is no text")?;
        let mut rest = Rest(text.trim_ascii());
        let (mut descr, mut fortran_order, mut shape) = (None, None, None);
        rest.expect('{')?;
        while !rest.take('}') {
            let key = rest.string()?;
            rest.expect(':')?;
            // a dictionary may name a key twice; then the last one counts, in Python as here
            match key {
                "descr" => descr = Some(rest.string()?),
                "fortran_order" => fortran_order = Some(rest.boolean()?),
                "shape" => shape = Some(rest.sizes()?),
                other => bail!("the header holds {other:?}, expected descr, fortran_order and shape"),
            }
            if !rest.take(',') {
                rest.expect('}')?;
                break;
            }
        }
        ensure!(rest.0.is_empty(), "the header goes on with {:?}", start(rest.0));
        let descr = descr.context("the header holds no descr")?;
        let (of, big_endian) = match descr {
            "<f4" => (Type::F32, false),
            ">f4" => (Type::F32, true),
            "<f8" => (Type::F64, false),
            ">f8" => (Type::F64, true),
            _ => bail!("numbers of type {:?}, expected float32 or float64 (<f4, <f8)", start(descr)),
        };
        Ok(Self {
            of,
            big_endian,
            fortran_order: fortran_order.context("the header holds no fortran_order")?,
            shape: shape.context("the header holds no shape")?,
        })
    }
}

/// What is left of a header; every step skips the spaces before it.
struct Rest<'a>(&'a str);

impl<'a> Rest<'a> {
    fn take(&mut self, c: char) -> bool {
        let found = self.0.trim_ascii_start().strip_prefix(c);
        self.0 = found.unwrap_or(self.0);
        found.is_some()
    }

    fn expect(&mut self, c: char) -> Result<()> {
        ensure!(self.take(c), "the header has {:?} where {c:?} is expected", start(self.0.trim_ascii_start()));
        Ok(())
    }

    /// A string without escapes, such as all of these are.
    fn string(&mut self) -> Result<&'a str> {
        let quote = if self.take('"') { '"' } else { self.expect('\'').map(|()| '\'')? };
        let (string, rest) = self.0.split_once(quote).context("the header ends within a string")?;
        self.0 = rest;
        Ok(string)
    }

    fn boolean(&mut self) -> Result<bool> {
        let rest = self.0.trim_ascii_start();
        for (word, value) in [("True", true), ("False", false)] {
            if let Some(rest) = rest.strip_prefix(word) {
                self.0 = rest;
                return Ok(value);
            }
        }
        bail!("the header has {:?} where True or False is expected", start(rest))
    }

    /// A tuple of whole numbers; `L` behind them is Python 2's.
    fn sizes(&mut self) -> Result<Vec<usize>> {
        let mut sizes = Vec::new();
        self.expect('(')?;
        while !self.take(')') {
            let rest = self.0.trim_ascii_start();
            let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
            let size = rest[..digits].parse();
            sizes.push(size.with_context(|| format!("the header has {:?} where a size is expected", start(rest)))?);
            self.0 = &rest[digits..];
            self.take('L');
            if !self.take(',') {
                self.expect(')')?;
                break;
            }
        }
        Ok(sizes)
    }
}

/// As much of a text as a message needs.
fn start(text: &str) -> &str {
    let end = text.char_indices().nth(20).map_or(text.len(), |(end, _)| end);
    &text[..end]
}

/// For the fuzz target: what is read comes back to the bit.
pub(crate) fn fuzz(bytes: &[u8]) {
    if let Ok(array) = read(bytes, super::LIMIT) {
        let again = read(&write(&array)[..], super::LIMIT).expect("what is written can be read");
        assert_eq!((&again.shape, again.to_le_bytes()), (&array.shape, array.to_le_bytes()));
    }
}

#[cfg(test)]
mod tests {
    use super::super::arrays::Values;
    use super::*;

    fn matrix() -> Array {
        Array { shape: vec![2, 3], values: Values::F64(vec![1.0, 2.0, 3.0, 4.0, 5.0, -0.1]) }
    }

    /// A file of version 1.0 with this dictionary and these numbers.
    fn npy(header: &str, numbers: &[u8]) -> Vec<u8> {
        let length = u16::try_from(header.len()).unwrap().to_le_bytes();
        [&b"\x93NUMPY\x01\x00"[..], &length, header.as_bytes(), numbers].concat()
    }

    #[test]
    fn an_array_is_written_as_numpy_does() {
        // numpy.save(f, numpy.array([[1, 2, 3], [4, 5, -0.1]])): 128 bytes of header and 48 of numbers
        let bytes = write(&matrix());
        assert_eq!(bytes.len(), 176);
        assert_eq!(bytes[..10], *b"\x93NUMPY\x01\x00\x76\x00");
        let header = "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }";
        assert_eq!(std::str::from_utf8(&bytes[10..128]).unwrap(), format!("{header:117}\n"));
        assert_eq!(bytes[128..136], 1.0_f64.to_le_bytes());
        assert_eq!(read(&bytes[..], 48).unwrap(), matrix());
        let one = Array { shape: vec![2], values: Values::F32(vec![0.5, 2.0]) };
        assert!(String::from_utf8_lossy(&write(&one)).contains("'<f4', 'fortran_order': False, 'shape': (2,), }"));
        assert_eq!(read(&write(&one)[..], 8).unwrap(), one);
    }

    #[test]
    fn orders_and_versions_and_spellings_are_read() {
        let numbers: Vec<u8> = [1.0_f64, 4.0, 2.0, 5.0, 3.0, -0.1].iter().flat_map(|v| v.to_be_bytes()).collect();
        let file = npy("{\"shape\":(2L , 3),'fortran_order':True,'descr':'>f8'}\n", &numbers);
        assert_eq!(read(&file[..], 48).unwrap(), matrix());
        let mut file = write(&matrix());
        file.splice(6..10, [3, 0, 0x76, 0, 0, 0]);
        assert_eq!(read(&file[..], 48).unwrap(), matrix());
        let single = read(&npy("{'descr': '<f4', 'fortran_order': False, 'shape': ()}", &[0, 0, 128, 63])[..], 4);
        assert_eq!(single.unwrap(), Array { shape: vec![], values: Values::F32(vec![1.0]) });
    }

    #[track_caller]
    fn refused(file: &[u8], expected: &str) {
        let error = format!("{:#}", read(file, 1 << 20).unwrap_err());
        assert!(error.contains(expected), "{error}\nwithout: {expected}");
    }

    #[test]
    fn what_is_no_array_of_numbers_is_refused_with_a_reason() {
        refused(b"\x93NUM", "ends within its first 8 bytes");
        refused(b"PK\x03\x04....", "no NumPy array");
        refused(b"\x93NUMPY\x04\x00....", "version 4.0");
        refused(b"\x93NUMPY\x02\x00\xff\xff\xff\xff", "a header of 4294967295 bytes");
        let header = |text: &str| npy(text, &[0; 8]);
        refused(&header("('descr', )"), "where '{' is expected");
        refused(&header("{'descr': '|O', 'fortran_order': False, 'shape': (1,)}"), "expected float32 or float64");
        refused(&header("{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (1,)}"), "is expected");
        refused(&header("{'descr': '<f8', 'fortran_order': 0, 'shape': (1,)}"), "True or False");
        refused(&header("{'descr': '<f8', 'fortran_order': False, 'shape': (-1,)}"), "\"-1,)}\" where a size");
        refused(&header("{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999999999999,)}"), "a size");
        refused(&header("{'descr': '<f8', 'fortran_order': False}"), "holds no shape");
        refused(&header("{'descr': '<f8', 'fortran_order': False, 'shape': (1,), 'more': 1}"), "holds \"more\"");
        refused(&header("{'descr': '<f8', 'fortran_order': False, 'shape': (1,)} x"), "goes on with");
        refused(&header("{'descr': '<f8"), "within a string");
        refused(&header("{'descr': '<f8', 'fortran_order': False, 'shape': (2,)}"), "8 bytes of numbers, expected 16");
        refused(
            &header("{'descr': '<f4', 'fortran_order': False, 'shape': (1,)}"),
            "more bytes of numbers, expected 4",
        );
        let huge = "{'descr': '<f8', 'fortran_order': False, 'shape': (4294967296, 4294967296)}";
        refused(&header(huge), "asks for more than 1048576 bytes");
    }

    #[test]
    fn every_cut_is_refused() {
        let whole = write(&matrix());
        for length in 0..whole.len() {
            assert!(read(&whole[..length], 48).is_err(), "{length}");
        }
    }
}
