//! The entry `activation.npy` of a .npz: one string, as written by `numpy.savez(FILE, activation="relu", ...)`.
//!
//! | bytes | what |
//! | --- | --- |
//! | 0..8 | `93 N U M P Y`, version 1.0 |
//! | 8, 9 | length of the dictionary, u16, little-endian |
//! | then | `{'descr': '<U4', 'fortran_order': False, 'shape': (), }`, spaces, a line end |
//! | then | the letters, four bytes each |

use crate::NetFileError;
use net::Activation;
use std::io::{self, Read};

/// The name of the array.
pub(crate) const NAME: &str = "activation";

/// The longest entry that is read, in bytes.
const MOST: u64 = 4096;

const MAGIC: &[u8; 8] = b"\x93NUMPY\x01\0";

/// Reads an entry: a string of type `<U`, `>U` or `|S`, alone or in an array of one.
pub(crate) fn read(content: impl Read) -> Result<Activation, NetFileError> {
    let mut bytes = Vec::new();
    let read = content.take(MOST + 1).read_to_end(&mut bytes);
    read.map_err(|error: io::Error| NetFileError::Entry { name: NAME.to_owned(), source: error.into() })?;
    let text = if bytes.len() as u64 > MOST { None } else { text(&bytes) };
    let Some(text) = text else { return Err(NetFileError::NoActivation) };
    text.parse().map_err(|_| NetFileError::Activation { found: text })
}

/// The string of an array, without the trailing zeros that pad it.
fn text(bytes: &[u8]) -> Option<String> {
    let (length, rest) = bytes.strip_prefix(MAGIC)?.split_first_chunk::<2>()?;
    let (header, letters) = rest.split_at_checked(usize::from(u16::from_le_bytes(*length)))?;
    // NumPy always writes these three entries in this order
    let header: String = std::str::from_utf8(header).ok()?.split_ascii_whitespace().collect();
    let descr = header.strip_prefix("{'descr':'")?;
    let descr = ["()", "(1,)"]
        .iter()
        .find_map(|shape| descr.strip_suffix(&format!("','fortran_order':False,'shape':{shape},}}")))?;
    let (of, count) = descr.split_at_checked(2)?;
    let count: usize = count.parse().ok()?;
    let width = if of == "|S" { 1 } else { 4 };
    if count.checked_mul(width) != Some(letters.len()) {
        return None;
    }
    let letter = |bytes: &[u8; 4]| match of {
        "<U" => char::from_u32(u32::from_le_bytes(*bytes)),
        ">U" => char::from_u32(u32::from_be_bytes(*bytes)),
        _ => None,
    };
    let text: String = match of {
        "|S" => std::str::from_utf8(letters).ok()?.to_owned(),
        _ => letters.as_chunks().0.iter().map(letter).collect::<Option<_>>()?,
    };
    Some(text.trim_end_matches('\0').to_owned())
}

/// Writes an entry that `numpy.load` reads as a string and prints as `relu`.
pub(crate) fn write(activation: Activation) -> Vec<u8> {
    let name = activation.name();
    let header = format!("{{'descr': '<U{}', 'fortran_order': False, 'shape': (), }}", name.len());
    let mut bytes = MAGIC.to_vec();
    // this makes the letters begin at byte 128, a multiple of 64 as in NumPy's own files
    bytes.extend(118_u16.to_le_bytes());
    bytes.extend(format!("{header:117}\n").bytes());
    bytes.extend(name.chars().flat_map(|letter| u32::from(letter).to_le_bytes()));
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn npy(header: &str, letters: &[u8]) -> Vec<u8> {
        let length = u16::try_from(header.len()).unwrap().to_le_bytes();
        [&MAGIC[..], &length, header.as_bytes(), letters].concat()
    }

    #[test]
    fn a_string_is_written_as_numpy_does() {
        // numpy.save(f, "relu"): 128 bytes of header and four letters of four bytes
        let bytes = write(Activation::Relu);
        assert_eq!(bytes.len(), 144);
        assert_eq!(bytes[..10], *b"\x93NUMPY\x01\0\x76\0");
        assert_eq!(bytes[10..64], *b"{'descr': '<U4', 'fortran_order': False, 'shape': (), ");
        assert_eq!(bytes[126..], *b" \nr\0\0\0e\0\0\0l\0\0\0u\0\0\0");
        for activation in Activation::ALL {
            assert_eq!(read(&write(activation)[..]).unwrap(), activation);
        }
    }

    #[test]
    fn strings_of_every_type_are_read() {
        let header =
            |of: &str, shape: &str| format!("{{'descr': '{of}', 'fortran_order': False, 'shape': {shape}, }}\n");
        let found = |of: &str, shape: &str, letters: &[u8]| read(&npy(&header(of, shape), letters)[..]).unwrap();
        assert_eq!(found("|S4", "()", b"tanh"), Activation::Tanh);
        assert_eq!(found("|S7", "(1,)", b"relu\0\0\0"), Activation::Relu);
        assert_eq!(found(">U4", "()", b"\0\0\0t\0\0\0a\0\0\0n\0\0\0h"), Activation::Tanh);
        assert_eq!(found("<U5", "()", b"r\0\0\0e\0\0\0l\0\0\0u\0\0\0\0\0\0\0"), Activation::Relu);
    }

    #[test]
    fn whatever_is_no_single_string_is_refused() {
        let refused =
            |bytes: &[u8]| assert!(matches!(read(bytes), Err(NetFileError::NoActivation)), "{}", bytes.escape_ascii());
        let header =
            |of: &str, shape: &str| format!("{{'descr': '{of}', 'fortran_order': False, 'shape': {shape}, }}\n");
        refused(b"relu");
        refused(&npy(&header("<f8", "()"), &[0; 8]));
        refused(&npy(&header("|S4", "(2,)"), b"relutanh"));
        refused(&npy(&header("|S4", "()"), b"relu "));
        refused(&npy(&header("|S4", "()"), b"rel"));
        refused(&npy(&header("|S4", "()"), b"\xff\xff\xff\xff"));
        refused(&npy(&header("<U1", "()"), b"\0\0\0\xff")); // not a letter
        refused(&npy(&header("<U4611686018427387904", "()"), b""));
        refused(&npy(&header("|S", "()"), b""));
        refused(&npy(&header("é", "()"), b""));
        refused(&npy(&header("|S4096", "()"), &[b'r'; 4096])); // with its header more than 4 KiB
        let whole = write(Activation::Sigmoid);
        (0..whole.len()).for_each(|length| refused(&whole[..length]));
        let error = read(&npy(&header("|S4", "()"), b"gelu")[..]).unwrap_err();
        assert_eq!(error.to_string(), "the activation is \"gelu\", expected sigmoid, tanh or relu");
    }
}
