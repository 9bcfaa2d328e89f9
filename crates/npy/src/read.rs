//! Reads one array in NumPy's format (NEP 1): a Python dictionary of three entries, then the numbers.
//!
//! | bytes | what |
//! | --- | --- |
//! | 0..6 | `93 N U M P Y` |
//! | 6, 7 | version: 1.0, 2.0 or 3.0 |
//! | 8.. | length of the dictionary, u16 (from 2.0 on u32), little-endian |
//! | then | `{'descr': '<f8', 'fortran_order': False, 'shape': (784, 50), }`, spaces, a line end |
//! | then | the numbers |
//!
//! No existing crate is used for this: they allocate whatever the header claims, and use a parser for all of Python's
//! literals, with big integers and recursion, for these three entries.

use crate::header::Header;
use crate::{MOST_RATIO, Npy, NpyData, NpyError, SMALL};
use std::io::{self, ErrorKind, Read};

pub(crate) const MAGIC: &[u8; 6] = b"\x93NUMPY";

/// The longest dictionary that is read: NumPy's own limit.
const LONGEST: usize = 10_000;

/// The most dimensions that are read: NumPy's own limit.
const MOST_DIMENSIONS: usize = 64;

impl Npy {
    /// Reads an array of at most `most` bytes of numbers; the content must end after it.
    ///
    /// Memory grows with the bytes that arrive, whatever the header claims. An array in Fortran order temporarily takes
    /// twice its size while it is converted.
    ///
    /// # Errors
    ///
    /// [`NpyError`]: it is not an array of numbers, is larger than `most`, or does not end where its header says.
    pub fn read(content: impl Read, most: usize) -> Result<Self, NpyError> {
        Self::read_packed(content, most, u64::MAX)
    }

    /// [`read`](Self::read) for content that had `packed` bytes before it was unpacked.
    pub(crate) fn read_packed(mut content: impl Read, most: usize, packed: u64) -> Result<Self, NpyError> {
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
        let Header { element_type, big_endian, fortran_order, shape } = Header::parse(&header)?;
        if shape.len() > MOST_DIMENSIONS {
            return Err(NpyError::Dimensions { found: shape.len(), most: MOST_DIMENSIONS });
        }

        let size = element_type.bytes();
        let expected = shape.iter().try_fold(size, |bytes, n| bytes.checked_mul(*n));
        let Some(expected) = expected.filter(|bytes| *bytes <= most) else {
            return Err(NpyError::TooLarge { shape, most });
        };
        let backed = usize::try_from(packed.saturating_mul(MOST_RATIO)).unwrap_or(usize::MAX).max(SMALL);
        if expected > backed {
            return Err(NpyError::Ratio { shape, packed, most: backed });
        }
        let io = |source| NpyError::Io { place: "the numbers", source };
        let mut counted = Counted { content, bytes: 0 };
        let data = NpyData::read(&mut counted, element_type, big_endian, expected / size).map_err(io)?;
        if data.bytes() < expected {
            return Err(NpyError::TooShort { found: counted.bytes, expected, shape });
        }
        // For an archive, this also verifies the checksum.
        if counted.content.take(1).read_to_end(&mut Vec::new()).map_err(io)? > 0 {
            return Err(NpyError::TooLong { expected, shape });
        }
        let data = if fortran_order && shape.len() > 1 { data.into_c_order(&shape) } else { data };
        Ok(Self { shape, data })
    }
}

/// A position in the content, for messages.
const HEADER: &str = "its header";

fn bytes<const N: usize>(content: &mut impl Read, place: &'static str) -> Result<[u8; N], NpyError> {
    let mut bytes = [0; N];
    content.read_exact(&mut bytes).map_err(|error| cannot_read(place, error))?;
    Ok(bytes)
}

fn cannot_read(place: &'static str, source: io::Error) -> NpyError {
    match source.kind() {
        ErrorKind::UnexpectedEof => NpyError::Truncated { place },
        _ => NpyError::Io { place, source },
    }
}

struct Counted<R> {
    content: R,
    bytes: usize,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.content.read(buffer)?;
        self.bytes += n;
        Ok(n)
    }
}

/// The size of the chunks that are read; a multiple of every number's size.
const CHUNK: usize = 1 << 16;

/// Reads `count` numbers, or all that there are. They are converted while they arrive, so that memory holds them only
/// once.
pub(crate) fn numbers<T, const N: usize>(
    mut content: impl Read,
    count: usize,
    number: impl Fn([u8; N]) -> T,
) -> io::Result<Vec<T>> {
    let (mut numbers, mut buffer) = (Vec::new(), Vec::new());
    while numbers.len() < count {
        let left = count - numbers.len();
        let wanted = CHUNK.min(left * N);
        buffer.clear();
        content.by_ref().take(wanted as u64).read_to_end(&mut buffer)?;
        let arrived = buffer.as_chunks().0;
        // At most doubled: a header with wrong sizes costs no more memory than the actual bytes.
        if numbers.capacity() - numbers.len() < arrived.len() {
            numbers.try_reserve_exact(left.min(numbers.len().max(arrived.len())))?;
        }
        numbers.extend(arrived.iter().map(|bytes| number(*bytes)));
        if buffer.len() < wanted {
            break;
        }
    }
    Ok(numbers)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whatever a header says, memory is at most twice the bytes that arrived.
    #[test]
    fn memory_grows_with_the_bytes_that_arrive() {
        for arriving in [0, 8, CHUNK, CHUNK + 8, 5 * CHUNK] {
            let numbers = numbers(&vec![1; arriving][..], 1 << 40, u64::from_le_bytes).unwrap();
            assert_eq!(numbers.len(), arriving / 8);
            assert!(numbers.capacity() * 8 <= 2 * arriving, "{} for {arriving}", numbers.capacity());
        }
        let exact = numbers(io::repeat(1), 5 * CHUNK, u16::from_le_bytes).unwrap();
        assert_eq!((exact.len(), exact.capacity()), (5 * CHUNK, 5 * CHUNK));
    }
}
