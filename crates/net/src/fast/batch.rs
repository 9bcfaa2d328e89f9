//! The samples of one step: copied side by side, so that the kernels wait for memory once, and with their bits turned
//! round, so that the gradient of a row of W1 finds the samples in which its input is not 0.

use super::rows::View;
use super::WORD;
use rayon::prelude::*;

/// Up to [`WORD`] samples of a batch.
pub(super) struct Block<V> {
    inputs: usize,
    values: Vec<V>,        // N x D
    masks: Vec<u64>,       // N rows of words, a bit an input
    pub(super) columns: Vec<u64>, // D words, and on to whole words of inputs: a bit a sample
}

/// The blocks of a batch of `samples`, made anew only when the sizes change. Two at least, so that two threads can fill
/// them.
pub(super) fn resize<V>(blocks: &mut Vec<Block<V>>, samples: usize, inputs: usize) {
    let count = samples.div_ceil(WORD).max(2);
    if blocks.len() != count || blocks.first().is_some_and(|block| block.inputs != inputs) {
        blocks.clear();
        blocks.resize_with(count, || Block { inputs, values: Vec::new(), masks: Vec::new(), columns: Vec::new() });
    }
}

/// Samples in each block but the last.
pub(super) fn samples_in_block(samples: usize) -> usize {
    samples.div_ceil(samples.div_ceil(WORD).max(2))
}

/// Copies the rows `indices` into the blocks.
pub(super) fn fill<V: Copy + Send + Sync>(blocks: &mut [Block<V>], rows: View<V>, indices: &[usize], parallel: bool) {
    let size = samples_in_block(indices.len());
    let part = |b: usize| &indices[(b * size).min(indices.len())..((b + 1) * size).min(indices.len())];
    if parallel {
        blocks.par_iter_mut().enumerate().for_each(|(b, block)| block.fill(rows, part(b)));
    } else {
        blocks.iter_mut().enumerate().for_each(|(b, block)| block.fill(rows, part(b)));
    }
}

impl<V: Copy> Block<V> {
    fn fill(&mut self, rows: View<V>, indices: &[usize]) {
        self.values.clear();
        self.masks.clear();
        for &index in indices {
            let (values, masks) = rows.row(index);
            self.values.extend_from_slice(values);
            self.masks.extend_from_slice(masks);
        }

        let words = self.inputs.div_ceil(WORD);
        self.columns.resize(words * WORD, 0);
        for (word, columns) in self.columns.as_chunks_mut::<WORD>().0.iter_mut().enumerate() {
            columns.fill(0);
            for (column, row) in columns.iter_mut().zip(self.masks.chunks_exact(words)) {
                *column = row[word];
            }
            transpose(columns);
        }
    }

    pub(super) fn view(&self) -> View<'_, V> {
        View { inputs: self.inputs, values: &self.values, masks: &self.masks }
    }

    pub(super) fn samples(&self) -> usize {
        self.values.len() / self.inputs
    }
}

/// Turns a square of bits round: bit j of word i becomes bit i of word j. Squares of 32 x 32 change places across the
/// diagonal, then within each those of 16 x 16, and so on.
fn transpose(bits: &mut [u64; WORD]) {
    let (mut size, mut low) = (WORD / 2, u64::MAX >> (WORD / 2)); // `low`: the low half of each 2 * `size` bits
    while size > 0 {
        for i in (0..WORD).filter(|i| i & size == 0) {
            let change = (bits[i] >> size ^ bits[i + size]) & low;
            bits[i] ^= change << size;
            bits[i + size] ^= change;
        }
        size /= 2;
        low ^= low << size;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_bits_become_columns() {
        let bit = |i: usize, j: usize| (i * 31 + j * 17 + i * j) % 7 < 3;
        let mut bits: [u64; WORD] = std::array::from_fn(|i| (0..WORD).map(|j| u64::from(bit(i, j)) << j).sum());
        transpose(&mut bits);
        for (i, word) in bits.iter().enumerate() {
            for j in 0..WORD {
                assert_eq!(word >> j & 1 == 1, bit(j, i), "{i} {j}");
            }
        }
    }

    #[test]
    fn every_sample_lands_in_a_block() {
        for samples in 1..300_usize {
            let blocks = samples.div_ceil(WORD).max(2);
            let size = samples_in_block(samples);
            assert!(size <= WORD && size * blocks >= samples, "{samples} samples");
        }
        assert_eq!(samples_in_block(100), 50);
    }
}
