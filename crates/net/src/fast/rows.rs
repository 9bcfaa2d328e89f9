//! Samples, one a row, and which of their inputs are not 0.

use super::WORD;
use core_math::Real;
use nalgebra::DMatrix;
use std::borrow::Cow;
use std::ops::Range;

/// Samples for [`Trainer`](crate::Trainer) and [`Predictor`](crate::Predictor): N rows of D inputs.
///
/// Bytes stay bytes, and stay where they are: beside them this holds one bit an input, which says whether it is 0.
/// So the 60,000 images of MNIST take 6 MB more than they do already, and are ready in milliseconds.
///
/// ```
/// use net::Rows;
///
/// let pixels = [0, 255, 51, 0, 0, 102]; // two samples of three inputs
/// let x = Rows::<f32>::from_bytes(&pixels, 3);
/// assert_eq!((x.len(), x.inputs()), (2, 3));
///
/// let x = Rows::from_matrix(&nalgebra::DMatrix::from_row_slice(1, 3, &[0.0, 0.5, -2.0]));
/// assert_eq!((x.len(), x.inputs()), (1, 3));
/// ```
#[derive(Clone, Debug)]
pub struct Rows<'a, T: Real> {
    inputs: usize,
    pub(super) values: Values<'a, T>,
    masks: Vec<u64>, // N rows of ceil(D / WORD) words, the lowest bit first
}

/// N x D, row by row.
#[derive(Clone, Debug)]
pub(super) enum Values<'a, T: Real> {
    /// Each v means v / 255.
    Bytes(&'a [u8]),
    Numbers(Cow<'a, [T]>),
}

/// Some rows whose values are of the type `V`.
#[derive(Clone, Copy)]
pub(super) struct View<'a, V> {
    pub(super) inputs: usize,
    pub(super) values: &'a [V],
    pub(super) masks: &'a [u64],
}

impl<'a, T: Real> Rows<'a, T> {
    /// Rows of bytes, each byte v the input v / 255, as the pixels of MNIST are used (section 3.6.1): N x D bytes, one
    /// sample after another.
    ///
    /// # Panics
    ///
    /// When `inputs` is 0, or the bytes do not make whole samples.
    pub fn from_bytes(bytes: &'a [u8], inputs: usize) -> Self {
        assert_whole(bytes.len(), inputs);
        let mut masks = Vec::with_capacity(bytes.len() / inputs * inputs.div_ceil(WORD));
        masks.extend(bytes.chunks_exact(inputs).flat_map(|row| row.chunks(WORD)).map(mask_of_bytes));
        Self { inputs, values: Values::Bytes(bytes), masks }
    }

    /// Rows of numbers that lie by row: N x D, one sample after another.
    ///
    /// # Panics
    ///
    /// When `inputs` is 0, or the numbers do not make whole samples.
    pub fn from_row_major(numbers: &'a [T], inputs: usize) -> Self {
        Self::from_numbers(Cow::Borrowed(numbers), inputs)
    }

    /// The rows of a matrix, N x D, copied.
    ///
    /// # Panics
    ///
    /// When the matrix has no columns.
    pub fn from_matrix(x: &DMatrix<T>) -> Self {
        // nalgebra stores by column: the transposed matrix holds the rows one after another
        Self::from_numbers(Cow::Owned(x.transpose().as_slice().to_vec()), x.ncols())
    }

    fn from_numbers(numbers: Cow<'a, [T]>, inputs: usize) -> Self {
        assert_whole(numbers.len(), inputs);
        let mask = |part: &[T]| part.iter().rev().fold(0, |mask, v| mask << 1 | u64::from(*v != T::zero()));
        let masks = numbers.chunks_exact(inputs).flat_map(|row| row.chunks(WORD)).map(mask).collect();
        Self { inputs, values: Values::Numbers(numbers), masks }
    }

    /// N, the number of samples.
    pub fn len(&self) -> usize {
        self.masks.len() / self.words()
    }

    /// Whether there is no sample.
    pub fn is_empty(&self) -> bool {
        self.masks.is_empty()
    }

    /// D, the number of inputs of a sample, at least 1.
    pub fn inputs(&self) -> usize {
        self.inputs
    }

    fn words(&self) -> usize {
        self.inputs.div_ceil(WORD)
    }

    /// All rows, their values taken to be `values`.
    pub(super) fn view<'v, V>(&'v self, values: &'v [V]) -> View<'v, V> {
        View { inputs: self.inputs, values, masks: &self.masks }
    }
}

impl<'a, V: Copy> View<'a, V> {
    /// Values and bits of row `n`.
    #[inline(always)]
    pub(super) fn row(self, n: usize) -> (&'a [V], &'a [u64]) {
        let words = self.inputs.div_ceil(WORD);
        (&self.values[n * self.inputs..][..self.inputs], &self.masks[n * words..][..words])
    }

    /// Rows `range` alone.
    pub(super) fn slice(self, range: Range<usize>) -> Self {
        let words = self.inputs.div_ceil(WORD);
        Self {
            inputs: self.inputs,
            values: &self.values[range.start * self.inputs..range.end * self.inputs],
            masks: &self.masks[range.start * words..range.end * words],
        }
    }
}

/// v / 255 for each byte, rounded once in `T`.
pub(super) fn shades<T: Real>() -> [T; 256] {
    std::array::from_fn(|v| T::of(v as f64) / T::of(255.0))
}

#[track_caller]
fn assert_whole(values: usize, inputs: usize) {
    assert!(inputs > 0 && values.is_multiple_of(inputs), "{values} values do not make rows of {inputs} inputs");
}

/// A bit for each of up to [`WORD`] bytes, 1 where it is not 0.
fn mask_of_bytes(bytes: &[u8]) -> u64 {
    let (eights, rest) = bytes.as_chunks::<8>();
    let mut mask = 0;
    for (k, &eight) in eights.iter().enumerate() {
        mask |= mask_of_eight(u64::from_le_bytes(eight)) << (8 * k);
    }
    for (k, &byte) in rest.iter().enumerate() {
        mask |= u64::from(byte != 0) << (8 * eights.len() + k);
    }
    mask
}

/// The same of eight bytes in one number, all at once.
fn mask_of_eight(bytes: u64) -> u64 {
    const LOW_SEVEN: u64 = 0x7f7f_7f7f_7f7f_7f7f;
    // adding 127 to the low seven bits carries into the eighth unless they are 0
    let not_zero = (((bytes & LOW_SEVEN) + LOW_SEVEN) | bytes) & !LOW_SEVEN;
    // brings bit 8 k of the factor to bit 56 + k of the product; no two of the products meet
    (not_zero >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bit_is_set_where_a_byte_is_not_zero() {
        for pattern in 0..256_u64 {
            for byte in [1, 2, 0x7f, 0x80, 0xff] {
                let bytes: [u8; 8] = std::array::from_fn(|k| if pattern >> k & 1 == 1 { byte } else { 0 });
                assert_eq!(mask_of_eight(u64::from_le_bytes(bytes)), pattern, "{bytes:?}");
            }
        }
        let bytes: Vec<u8> = (0..61).map(|i| if i % 3 == 1 { 9 } else { 0 }).collect();
        assert_eq!(super::super::ones(mask_of_bytes(&bytes)).collect::<Vec<_>>(), (1..61).step_by(3).collect::<Vec<_>>());
    }

    #[test]
    fn bytes_and_the_numbers_that_they_mean_have_the_same_bits() {
        let bytes: Vec<u8> = (0..3 * 150_u32).map(|i| u8::try_from(i * 7 % 5 * 50).unwrap()).collect();
        let numbers: Vec<f64> = bytes.iter().map(|&b| shades::<f64>()[usize::from(b)]).collect();
        let (of_bytes, of_numbers) = (Rows::<f64>::from_bytes(&bytes, 150), Rows::from_row_major(&numbers, 150));
        assert_eq!((of_bytes.len(), of_bytes.masks.len()), (3, 9));
        assert_eq!(of_bytes.masks, of_numbers.masks);
        let of_matrix = Rows::from_matrix(&DMatrix::from_row_slice(3, 150, &numbers));
        assert_eq!(of_matrix.masks, of_bytes.masks);
    }

    #[test]
    #[should_panic = "7 values do not make rows of 3 inputs"]
    fn a_broken_row_is_refused() {
        Rows::<f32>::from_bytes(&[0; 7], 3);
    }
}
