//! Samples, one a row, as the inputs of each that are not 0.

use core_math::Real;
use nalgebra::DMatrix;
use rayon::prelude::*;
use std::ops::Range;

/// Samples for [`Trainer`](crate::Trainer) and [`Predictor`](crate::Predictor): N rows of D inputs, of which those that
/// are 0 are left out.
///
/// Bytes stay bytes: an input that is not 0 takes 3 bytes, whatever `T` is, and so MNIST's 60,000 images, 81 % of them
/// background, 28 MB. An input that is a number takes 8 bytes in `f32` and 12 in `f64`; so do bytes where a sample has
/// more than 65,536 inputs.
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
pub struct Rows<T: Real> {
    inputs: usize,
    pub(super) packed: Packed<T>,
    shades: [T; 256],
}

/// The two forms that rows have.
#[derive(Clone, Debug)]
pub(super) enum Packed<T> {
    /// Each value v means v / 255.
    Bytes(Sparse<u16, u8>),
    Numbers(Sparse<u32, T>),
}

/// Of each row the inputs that are not 0.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Sparse<P, V> {
    starts: Vec<usize>, // N + 1: where a row starts in `places` and `values`, and the one before it ends
    places: Vec<P>,     // which input
    values: Vec<V>,
}

/// Some rows, values of the type `V` at places of the type `P`.
pub(super) struct View<'a, P, V> {
    starts: &'a [usize],
    places: &'a [P],
    values: &'a [V],
}

/// The number of an input.
pub(super) trait Place: Copy + Default + Send + Sync {
    fn new(input: usize) -> Self;
    fn input(self) -> usize;
}

impl Place for u16 {
    #[expect(clippy::cast_possible_truncation, reason = "from_bytes takes this type where it does")]
    fn new(input: usize) -> Self {
        input as Self
    }

    fn input(self) -> usize {
        usize::from(self)
    }
}

impl Place for u32 {
    #[expect(clippy::cast_possible_truncation, reason = "Sparse::new has checked it")]
    fn new(input: usize) -> Self {
        input as Self
    }

    fn input(self) -> usize {
        self as usize
    }
}

impl<T: Real> Rows<T> {
    /// Rows of bytes, each byte v the input v / 255, as the pixels of MNIST are used (section 3.6.1): N x D bytes, one
    /// sample after another.
    ///
    /// # Panics
    ///
    /// When `inputs` is 0 or more than 2³², or the bytes do not make whole samples.
    pub fn from_bytes(bytes: &[u8], inputs: usize) -> Self {
        let shades = shades();
        if inputs > 1 << 16 {
            let numbers: Vec<T> = bytes.iter().map(|&v| shades[usize::from(v)]).collect();
            return Self::from_row_major(&numbers, inputs);
        }
        Self { inputs, packed: Packed::Bytes(Sparse::new(bytes, inputs, 0)), shades }
    }

    /// Rows of numbers that lie by row: N x D, one sample after another.
    ///
    /// # Panics
    ///
    /// When `inputs` is 0 or more than 2³², or the numbers do not make whole samples.
    pub fn from_row_major(numbers: &[T], inputs: usize) -> Self {
        Self { inputs, packed: Packed::Numbers(Sparse::new(numbers, inputs, T::zero())), shades: shades() }
    }

    /// The rows of a matrix, N x D.
    ///
    /// # Panics
    ///
    /// When the matrix has no columns, or more than 2³².
    pub fn from_matrix(x: &DMatrix<T>) -> Self {
        // nalgebra stores by column: the transposed matrix holds the rows one after another
        Self::from_row_major(x.transpose().as_slice(), x.ncols())
    }

    /// N, the number of samples.
    pub fn len(&self) -> usize {
        match &self.packed {
            Packed::Bytes(rows) => rows.view().len(),
            Packed::Numbers(rows) => rows.view().len(),
        }
    }

    /// Whether there is no sample.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// D, the number of inputs of a sample, at least 1.
    pub fn inputs(&self) -> usize {
        self.inputs
    }

    /// What a byte means.
    #[inline(always)]
    pub(super) fn shade(&self, byte: u8) -> T {
        self.shades[usize::from(byte)]
    }
}

impl<P, V> Clone for View<'_, P, V> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<P, V> Copy for View<'_, P, V> {}

impl<'a, P, V> View<'a, P, V> {
    /// How many rows there are.
    #[inline(always)]
    pub(super) fn len(self) -> usize {
        self.starts.len() - 1
    }

    /// Row `n`: the inputs that are not 0, and their values.
    #[inline(always)]
    pub(super) fn row(self, n: usize) -> (&'a [P], &'a [V]) {
        let range = self.starts[n]..self.starts[n + 1];
        (&self.places[range.clone()], &self.values[range])
    }

    /// Rows `range` alone.
    pub(super) fn slice(self, range: Range<usize>) -> Self {
        Self { starts: &self.starts[range.start..=range.end], ..self }
    }
}

/// v / 255 for each byte, rounded once in `T`.
pub(super) fn shades<T: Real>() -> [T; 256] {
    std::array::from_fn(|v| T::of(v as f64) / T::of(255.0))
}

/// Rows that one thread packs at a time.
const CHUNK: usize = 1024;

impl<P: Place, V: Copy + PartialEq + Send + Sync> Sparse<P, V> {
    #[track_caller]
    fn new(values: &[V], inputs: usize, zero: V) -> Self {
        let len = values.len();
        assert!(inputs > 0 && len.is_multiple_of(inputs), "{len} values do not make rows of {inputs}");
        assert!(u32::try_from(inputs - 1).is_ok(), "{inputs} inputs are more than 2^32");

        let mut starts = vec![0; len / inputs + 1];
        let count = |row: &[V]| row.iter().map(|v| usize::from(*v != zero)).sum();
        starts[1..].par_iter_mut().zip(values.par_chunks_exact(inputs)).for_each(|(start, row)| *start = count(row));
        for n in 1..starts.len() {
            starts[n] += starts[n - 1];
        }

        let total = starts[starts.len() - 1];
        let mut packed = Self { starts, places: vec![P::default(); total], values: vec![zero; total] };
        // cut into parts that threads can fill
        let mut parts = Vec::new();
        let (mut places_left, mut values_left) = (&mut packed.places[..], &mut packed.values[..]);
        for (chunk, rows) in values.chunks(CHUNK * inputs).enumerate() {
            let n = chunk * CHUNK;
            let len = packed.starts[n + rows.len() / inputs] - packed.starts[n];
            let (places, values);
            (places, places_left) = places_left.split_at_mut(len);
            (values, values_left) = values_left.split_at_mut(len);
            parts.push((rows, places, values));
        }
        parts.into_par_iter().for_each(|(rows, places, values)| pack(rows, inputs, zero, places, values));
        packed
    }
}

impl<P, V> Sparse<P, V> {
    /// No rows.
    pub(super) fn empty() -> Self {
        Self { starts: vec![0], places: Vec::new(), values: Vec::new() }
    }

    pub(super) fn clear(&mut self) {
        self.starts.truncate(1);
        self.places.clear();
        self.values.clear();
    }

    /// Appends a row.
    #[inline(always)]
    pub(super) fn push(&mut self, places: impl Iterator<Item = P>, values: impl Iterator<Item = V>) {
        self.places.extend(places);
        self.values.extend(values);
        self.starts.push(self.places.len());
    }

    #[inline(always)]
    pub(super) fn view(&self) -> View<'_, P, V> {
        View { starts: &self.starts, places: &self.places, values: &self.values }
    }
}

/// Writes every value to the next place and steps on only after one that is not `zero`: zeros come and go, and a branch
/// would be guessed wrong as often as right. Where eight in a row are 0, they are passed over.
fn pack<P: Place, V: Copy + PartialEq>(rows: &[V], inputs: usize, zero: V, places: &mut [P], kept: &mut [V]) {
    let mut len = 0;
    for row in rows.chunks_exact(inputs) {
        for (eighth, values) in row.chunks(8).enumerate() {
            if values.iter().all(|v| *v == zero) {
                continue;
            }
            for (i, &value) in values.iter().enumerate() {
                // the last of all may be followed by zeros
                if len < kept.len() {
                    (places[len], kept[len]) = (P::new(eighth * 8 + i), value);
                }
                len += usize::from(value != zero);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_zero_is_kept_in_its_row() {
        let x = Sparse::<u16, u8>::new(&[0, 3, 0, 0, 0, 0, 7, 0, 255], 3, 0);
        assert_eq!((x.starts, x.places, x.values), (vec![0, 1, 1, 3], vec![1, 0, 2], vec![3, 7, 255]));
    }

    #[test]
    fn every_size_comes_back_whole() {
        for inputs in [1, 7, 8, 150] {
            for rows in [0, 1, 3, CHUNK, 2 * CHUNK + 5] {
                let bytes: Vec<u8> = (0..rows * inputs).map(|i| [0, 0, 9, 0, 255, 1, 0][i * i % 7 * i % 7]).collect();
                let packed = Sparse::<u32, u8>::new(&bytes, inputs, 0);
                assert!(packed.values.iter().all(|v| *v != 0));
                let mut back = vec![0; bytes.len()];
                for n in 0..packed.view().len() {
                    let (places, values) = packed.view().row(n);
                    places.iter().zip(values).for_each(|(p, &v)| back[n * inputs + p.input()] = v);
                }
                assert_eq!((packed.view().len(), back), (rows, bytes));
            }
        }
    }

    #[test]
    fn a_matrix_has_the_rows_of_its_numbers_and_so_have_bytes_that_u16_cannot_place() {
        let mut bytes = vec![0; 2 * 70_000];
        (bytes[3], bytes[69_999], bytes[70_001]) = (255, 51, 102);
        let x = Rows::<f64>::from_bytes(&bytes, 70_000);
        let Packed::Numbers(x) = x.packed else { panic!("u16 cannot tell 70,000 inputs apart") };
        assert_eq!((x.starts, x.places, x.values), (vec![0, 2, 3], vec![3, 69_999, 1], vec![1.0, 0.2, 0.4]));

        let x = Rows::from_matrix(&DMatrix::from_row_slice(2, 2, &[0.0, f64::MIN_POSITIVE, -0.0, -1.0]));
        assert_eq!((x.len(), x.inputs(), x.is_empty()), (2, 2, false));
        let Packed::Numbers(x) = x.packed else { panic!("numbers stay numbers") };
        assert_eq!((x.starts, x.places, x.values), (vec![0, 1, 2], vec![1, 1], vec![f64::MIN_POSITIVE, -1.0]));
    }

    #[test]
    fn nan_is_kept() {
        let x = Sparse::<u32, f64>::new(&[f64::NAN, 0.0], 2, 0.0);
        assert_eq!((x.starts, x.places), (vec![0, 1], vec![0]));
    }

    #[test]
    #[should_panic = "7 values do not make rows of 3"]
    fn a_broken_row_is_refused() {
        Rows::<f32>::from_bytes(&[0; 7], 3);
    }
}
