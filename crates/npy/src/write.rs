//! Writes an array in the format of `numpy.save`.

use crate::read::MAGIC;
use crate::{ElementType, Npy};

impl Npy {
    /// Writes the array in the format that `numpy.save` writes and `numpy.load` reads, little-endian and in C order.
    ///
    /// # Panics
    ///
    /// If the number of values in `data` does not fit `shape`; and as [`header`].
    #[must_use]
    #[track_caller]
    pub fn to_bytes(&self) -> Vec<u8> {
        let asked = self.shape.iter().try_fold(1_usize, |all, size| all.checked_mul(*size));
        let found = self.data.len();
        assert!(asked == Some(found), "{found} numbers for an array of shape {:?}", self.shape);
        let mut bytes = header(self.data.element_type(), &self.shape);
        bytes.reserve_exact(self.data.bytes());
        self.data.append_le(&mut bytes);
        bytes
    }
}

/// The header of an array whose numbers follow in little-endian and C order. Use it for numbers that are not in an
/// [`Npy`].
///
/// ```
/// use npy::{ElementType, Npy, NpyData};
///
/// let mut bytes = npy::header(ElementType::F32, &[2]);
/// assert_eq!(bytes.len(), 128);
/// bytes.extend([0.5_f32, 2.0].iter().flat_map(|v| v.to_le_bytes()));
/// assert_eq!(Npy::read(&bytes[..], 8)?.data, NpyData::F32(vec![0.5, 2.0]));
/// # Ok::<(), npy::NpyError>(())
/// ```
///
/// # Panics
///
/// If `shape` has more than 64 dimensions, NumPy's limit.
#[must_use]
#[track_caller]
pub fn header(element_type: ElementType, shape: &[usize]) -> Vec<u8> {
    assert!(shape.len() <= 64, "{} dimensions, expected at most 64", shape.len());
    let order = if element_type.bytes() == 1 { '|' } else { '<' };
    let shape = match shape {
        [n] => format!("({n},)"),
        _ => format!("({})", shape.iter().map(usize::to_string).collect::<Vec<_>>().join(", ")),
    };
    let letter = element_type.letter();
    let mut header = format!("{{'descr': '{order}{letter}', 'fortran_order': False, 'shape': {shape}, }}");
    // so that the numbers begin at a multiple of 64 bytes, where NumPy can map them into memory
    let length = (10 + header.len() + 1).next_multiple_of(64) - 10;
    header.extend(std::iter::repeat_n(' ', length - header.len() - 1));
    header.push('\n');
    let mut bytes = MAGIC.to_vec();
    bytes.extend([1, 0]);
    #[expect(clippy::cast_possible_truncation, reason = "64 sizes of at most 20 digits")]
    bytes.extend((length as u16).to_le_bytes());
    bytes.extend(header.bytes());
    bytes
}
