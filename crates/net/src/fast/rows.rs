//! Samples, one per row, stored as their inputs that are not 0.

use core_math::Real;
use nalgebra::DMatrix;
use rayon::prelude::*;
use std::fmt;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};

/// Samples for [`Trainer`](crate::Trainer) and [`Predictor`](crate::Predictor): N rows of D inputs. Inputs that are 0 are
/// left out.
///
/// Bytes stay bytes: an input that is not 0 takes 4 bytes, whatever `T` is. So MNIST's 60,000 images, which are 81 %
/// background, take 36 MB. Other numbers take 8 bytes per input in `f32` and 16 in `f64`; so do bytes if a sample has
/// more than 2²⁴ inputs.
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
#[derive(Clone)]
pub struct Rows<T: Real> {
    /// The contents of rows never change, so equal ids mean equal rows.
    pub(super) id: u64,
    inputs: usize,
    /// The largest absolute value of the inputs given as numbers; not finite if one of them isn't.
    pub(super) largest: T,
    pub(super) packed: Packed<T>,
    pub(super) shades: [T; 256],
}

fn next_id() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// The two ways to store rows.
#[derive(Clone)]
pub(super) enum Packed<T> {
    Bytes(Sparse<Byte>),
    Numbers(Sparse<Number<T>>),
}

/// An input that is not 0: its index times 256, plus a byte v that means v / 255.
pub(super) type Byte = u32;

/// An input that is not 0: its index and its value.
pub(super) type Number<T> = (u32, T);

#[inline(always)]
pub(super) fn read_byte<T: Copy>(shades: &[T; 256], entry: Byte) -> (usize, T) {
    let (place, v) = split_byte(entry);
    (place, shades[v])
}

#[inline(always)]
pub(super) fn split_byte(entry: Byte) -> (usize, usize) {
    ((entry >> 8) as usize, (entry & 0xff) as usize)
}

#[inline(always)]
pub(super) fn read_number<T>((place, value): Number<T>) -> (usize, T) {
    (place as usize, value)
}

/// Samples to compute with.
#[derive(Clone, Copy)]
pub(super) enum Samples<'a, T> {
    /// And the value of each byte.
    Bytes(View<'a, Byte>, &'a [T; 256]),
    Numbers(View<'a, Number<T>>),
}

impl<T: Real> Samples<'_, T> {
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Bytes(rows, _) => rows.len(),
            Self::Numbers(rows) => rows.len(),
        }
    }

    /// The samples with their zeros, N x D.
    pub(super) fn to_matrix(self, inputs: usize) -> DMatrix<T> {
        let mut matrix = DMatrix::zeros(self.len(), inputs);
        for n in 0..self.len() {
            match self {
                Self::Bytes(rows, shades) => {
                    rows.row(n).iter().map(|&byte| read_byte(shades, byte)).for_each(|(i, x)| matrix[(n, i)] = x);
                }
                Self::Numbers(rows) => {
                    rows.row(n).iter().copied().map(read_number).for_each(|(i, x)| matrix[(n, i)] = x);
                }
            }
        }
        matrix
    }
}

/// The inputs of each row that are not 0.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Sparse<E> {
    starts: Vec<usize>, // N + 1: where a row starts in `entries`, and the one before it ends
    entries: Vec<E>,
    longest: usize, // entries of a row
}

/// Some of the rows.
pub(super) struct View<'a, E> {
    starts: &'a [usize],
    entries: &'a [E],
    longest: usize,
}

impl<T: Real> Rows<T> {
    /// Rows of bytes. Byte v becomes the input v / 255, as the book uses MNIST's pixels (section 3.6.1). `bytes` is N x
    /// D, one sample after another.
    ///
    /// # Panics
    ///
    /// If `inputs` is 0 or more than 2³², or if the number of bytes is not a multiple of `inputs`.
    #[track_caller]
    #[must_use]
    pub fn from_bytes(bytes: &[u8], inputs: usize) -> Self {
        let shades: [T; 256] = std::array::from_fn(|v| T::of(v as f64) / T::of(255.0)); // rounded once
        let shade = |v: u8| shades[usize::from(v)];
        let packed = if inputs <= 1 << 24 {
            Packed::Bytes(Sparse::new(bytes, inputs, 0, |place, v| place << 8 | u32::from(v)))
        } else {
            Packed::Numbers(Sparse::new(bytes, inputs, 0, |place, v| (place, shade(v))))
        };
        Self { id: next_id(), inputs, largest: T::one(), packed, shades }
    }

    /// Rows of numbers in row-major order: N x D, one sample after another.
    ///
    /// # Panics
    ///
    /// If `inputs` is 0 or more than 2³², or if the number of values is not a multiple of `inputs`.
    #[track_caller]
    #[must_use]
    pub fn from_row_major(numbers: &[T], inputs: usize) -> Self {
        Self::converted(numbers, inputs, T::zero(), |number| number)
    }

    /// [`from_row_major`](Self::from_row_major) for numbers of another type, such as pixels in `f32` for a network in
    /// `f64`. `convert` turns a number into an input; it must turn 0, the default of `V`, into 0.
    ///
    /// # Panics
    ///
    /// As [`from_row_major`](Self::from_row_major).
    ///
    /// ```
    /// let x = net::Rows::<f64>::from_converted(&[0.5_f32, 0.0, 0.25, 1.0], 2, f64::from);
    /// assert_eq!((x.len(), x.inputs()), (2, 2));
    /// ```
    #[track_caller]
    #[must_use]
    pub fn from_converted<V>(numbers: &[V], inputs: usize, convert: impl Fn(V) -> T + Sync) -> Self
    where
        V: Copy + Default + PartialEq + Sync,
    {
        Self::converted(numbers, inputs, V::default(), convert)
    }

    #[track_caller]
    fn converted<V: Copy + PartialEq + Sync>(
        numbers: &[V],
        inputs: usize,
        zero: V,
        convert: impl Fn(V) -> T + Sync,
    ) -> Self {
        let numbers = Sparse::new(numbers, inputs, zero, |place, v| (place, convert(v)));
        let magnitudes = numbers.entries.iter().map(|(_, x)| x.abs());
        let largest = magnitudes.fold(T::zero(), |largest, x| if x > largest || !x.is_finite() { x } else { largest });
        let shades = [T::zero(); 256]; // no bytes, so nothing reads them
        Self { id: next_id(), inputs, largest, packed: Packed::Numbers(numbers), shades }
    }

    /// The rows of a matrix, N x D.
    ///
    /// # Panics
    ///
    /// If the matrix has no columns, or more than 2³².
    #[track_caller]
    #[must_use]
    pub fn from_matrix(x: &DMatrix<T>) -> Self {
        // nalgebra stores column by column: the transposed matrix holds the rows one after another
        Self::from_row_major(x.transpose().as_slice(), x.ncols())
    }

    /// N, the number of samples.
    pub fn len(&self) -> usize {
        match &self.packed {
            Packed::Bytes(rows) => rows.starts.len() - 1,
            Packed::Numbers(rows) => rows.starts.len() - 1,
        }
    }

    /// Whether there are no samples.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// D, the number of inputs per sample, at least 1.
    pub fn inputs(&self) -> usize {
        self.inputs
    }

    /// Samples `range`.
    pub(super) fn samples(&self, range: Range<usize>) -> Samples<'_, T> {
        match &self.packed {
            Packed::Bytes(rows) => Samples::Bytes(rows.view().slice(range), &self.shades),
            Packed::Numbers(rows) => Samples::Numbers(rows.view().slice(range)),
        }
    }
}

/// Shows counts only: MNIST has nine million inputs that are not 0.
impl<T: Real> fmt::Debug for Rows<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rows").field("len", &self.len()).field("inputs", &self.inputs).finish_non_exhaustive()
    }
}

impl<E> Clone for View<'_, E> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<E> Copy for View<'_, E> {}

impl<'a, E> View<'a, E> {
    /// How many rows there are.
    #[inline(always)]
    pub(super) fn len(self) -> usize {
        self.starts.len() - 1
    }

    #[inline(always)]
    pub(super) fn row(self, n: usize) -> &'a [E] {
        &self.entries[self.starts[n]..self.starts[n + 1]]
    }

    /// Only the rows `range`.
    pub(super) fn slice(self, range: Range<usize>) -> Self {
        Self { starts: &self.starts[range.start..=range.end], ..self }
    }
}

/// How many rows a thread packs at a time.
const CHUNK: usize = 1024;

impl<E: Copy + Send> Sparse<E> {
    /// Packs rows of `inputs` values: those that are not `zero`, converted by `entry`.
    #[track_caller]
    fn new<V: Copy + PartialEq + Sync>(
        values: &[V],
        inputs: usize,
        zero: V,
        entry: impl Fn(u32, V) -> E + Sync,
    ) -> Self {
        let len = values.len();
        assert!(inputs > 0 && len.is_multiple_of(inputs), "{len} values do not make rows of {inputs}");
        assert!(u32::try_from(inputs - 1).is_ok(), "{inputs} inputs are more than 2^32");

        let mut starts = vec![0; len / inputs + 1];
        let count = |row: &[V]| row.iter().map(|v| usize::from(*v != zero)).sum();
        let counted = starts[1..].par_iter_mut().zip(values.par_chunks_exact(inputs)).with_min_len(CHUNK);
        counted.for_each(|(start, row)| *start = count(row));
        let longest = starts.iter().copied().max().unwrap_or(0);
        for n in 1..starts.len() {
            starts[n] += starts[n - 1];
        }

        let mut entries = vec![entry(0, zero); starts[starts.len() - 1]];
        let mut parts = Vec::new(); // filled by the threads
        let mut left = &mut entries[..];
        for (chunk, rows) in values.chunks(CHUNK * inputs).enumerate() {
            let n = chunk * CHUNK;
            let part;
            (part, left) = left.split_at_mut(starts[n + rows.len() / inputs] - starts[n]);
            parts.push((rows, part));
        }
        parts.into_par_iter().for_each(|(rows, part)| pack(rows, inputs, zero, &entry, part));
        Self { starts, entries, longest }
    }
}

impl<E> Sparse<E> {
    /// Without any rows.
    pub(super) fn empty() -> Self {
        Self { starts: vec![0], entries: Vec::new(), longest: 0 }
    }

    pub(super) fn clear(&mut self) {
        self.starts.truncate(1);
        self.entries.clear();
    }

    /// Makes room for any `rows` rows of `view`.
    pub(super) fn reserve(&mut self, rows: usize, view: View<E>) {
        self.starts.reserve(rows);
        self.entries.reserve(rows * view.longest);
    }

    /// Appends a row.
    #[inline(always)]
    pub(super) fn push(&mut self, row: &[E])
    where
        E: Copy,
    {
        self.entries.extend_from_slice(row);
        self.starts.push(self.entries.len());
    }

    #[inline(always)]
    pub(super) fn view(&self) -> View<'_, E> {
        View { starts: &self.starts, entries: &self.entries, longest: self.longest }
    }
}

/// Writes every value to the next position, and advances only after one that is not `zero`: zeros are so irregular that a
/// branch would often be mispredicted. Eight zeros in a row are skipped.
fn pack<V: Copy + PartialEq, E>(rows: &[V], inputs: usize, zero: V, entry: impl Fn(u32, V) -> E, packed: &mut [E]) {
    let mut len = 0;
    for row in rows.chunks_exact(inputs) {
        let (eights, rest) = row.as_chunks::<8>();
        let mut keep = |place: u32, value: V| {
            // zeros may follow the last value
            if let Some(packed) = packed.get_mut(len) {
                *packed = entry(place, value);
            }
            len += usize::from(value != zero);
        };
        let mut place = 0;
        for eight in eights {
            if *eight != [zero; 8] {
                (place..).zip(eight).for_each(|(place, &value)| keep(place, value));
            }
            place += 8;
        }
        (place..).zip(rest).for_each(|(place, &value)| keep(place, value));
    }
}

#[cfg(test)]
mod tests;
