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

mod header;

use crate::array::Array;
use crate::{MOST_BYTES, NpyError, Precision};
use header::Header;
use std::io::{self, Read};

const MAGIC: &[u8; 6] = b"\x93NUMPY";

/// The longest dictionary that is read: NumPy's own limit.
const LONGEST: usize = 10_000;

/// Reads an array of at most `most` bytes, and expects the end after it.
pub(crate) fn read(mut content: impl Read, most: usize) -> Result<Array, NpyError> {
    let start: [u8; 8] = bytes(&mut content, "its first 8 bytes")?;
    let [a, b, c, d, e, f, major, minor] = start;
    if !start.starts_with(MAGIC) {
        return Err(NpyError::NotNumpy { found: [a, b, c, d, e, f] });
    }
    let length = match (major, minor) {
        (1, 0) => usize::from(u16::from_le_bytes(bytes(&mut content, HEADER)?)),
        (2 | 3, 0) => usize::try_from(u32::from_le_bytes(bytes(&mut content, HEADER)?)).unwrap_or(usize::MAX),
        _ => return Err(NpyError::Version { major, minor }),
    };
    if length > LONGEST {
        return Err(NpyError::HeaderLength { found: length, most: LONGEST });
    }
    let mut header = vec![0; length];
    content.read_exact(&mut header).map_err(|error| cannot_read(HEADER, error))?;
    let Header { precision, big_endian, fortran_order, shape } = Header::parse(&header)?;

    let Some(expected) = precision.bytes_of(&shape).filter(|bytes| *bytes <= most) else {
        return Err(NpyError::TooLarge { shape, most });
    };
    // Memory grows with the bytes that arrive; one more than expected tells whether there are more.
    let mut bytes = Vec::new();
    let read = content.take(expected as u64 + 1).read_to_end(&mut bytes);
    read.map_err(|source| NpyError::Io { place: "the numbers", source })?;
    if bytes.len() < expected {
        return Err(NpyError::TooShort { found: bytes.len(), expected, shape });
    }
    if bytes.len() > expected {
        return Err(NpyError::TooLong { expected, shape });
    }
    if big_endian {
        bytes.chunks_exact_mut(precision.bytes()).for_each(<[u8]>::reverse);
    }
    let array = Array::from_le_bytes(shape, precision, &bytes);
    Ok(if fortran_order { array.by_row() } else { array })
}

/// A place in messages.
const HEADER: &str = "its header";

fn bytes<const N: usize>(content: &mut impl Read, place: &'static str) -> Result<[u8; N], NpyError> {
    let mut bytes = [0; N];
    content.read_exact(&mut bytes).map_err(|error| cannot_read(place, error))?;
    Ok(bytes)
}

fn cannot_read(place: &'static str, source: io::Error) -> NpyError {
    match source.kind() {
        io::ErrorKind::UnexpectedEof => NpyError::Truncated { place },
        _ => NpyError::Io { place, source },
    }
}

/// What NumPy reads as `array`, in C order.
pub(crate) fn write(array: &Array) -> Vec<u8> {
    let descr = match array.precision() {
        Precision::F32 => "<f4",
        Precision::F64 => "<f8",
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

/// For the fuzz target: what is read comes back to the bit.
pub fn fuzz(bytes: &[u8]) {
    if let Ok(array) = read(bytes, MOST_BYTES) {
        let again = read(&write(&array)[..], MOST_BYTES).expect("what is written can be read");
        assert_eq!((&again.shape, again.to_le_bytes()), (&array.shape, array.to_le_bytes()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::array::Values;

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
        let error = read(file, 1 << 20).unwrap_err().to_string();
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
