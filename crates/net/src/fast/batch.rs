//! The samples of one step, copied side by side: memory is waited for once, bytes become numbers once.

use super::LANES;
use super::rows::{Number, Packed, Rows, Sparse, View, number, read_number};
use core_math::Real;
use std::hint::black_box;

/// Some samples of a set, with their labels.
pub(super) struct Batch<T> {
    pub(super) indices: Vec<usize>,
    pub(super) labels: Vec<u8>,
    samples: Sparse<Number<T>>,
}

impl<T: Real> Batch<T> {
    pub(super) fn new() -> Self {
        Self { indices: Vec::new(), labels: Vec::new(), samples: Sparse::empty() }
    }

    /// Sets what the batch consists of; until [`fill`](Self::fill) it is empty.
    pub(super) fn set_indices(&mut self, indices: &[usize]) {
        self.indices.clear();
        self.indices.extend_from_slice(indices);
        self.labels.clear();
        self.samples.clear();
    }

    pub(super) fn is_filled(&self) -> bool {
        self.labels.len() == self.indices.len()
    }

    /// Copies samples and labels. One thread does it: two wait for the same memory, and took longer when tried.
    pub(super) fn fill(&mut self, x: &Rows<T>, t: &[u8]) {
        let Self { indices, labels, samples } = self;
        match &x.packed {
            Packed::Bytes(rows) => copy(samples, rows.view(), |byte| x.read_byte(byte), indices),
            Packed::Numbers(rows) => copy(samples, rows.view(), read_number, indices),
        }
        labels.extend(indices.iter().map(|&n| t[n]));
    }

    pub(super) fn view(&self) -> View<'_, Number<T>> {
        self.samples.view()
    }

    /// How far the logits of two classes lie apart: N, and on to whole lanes.
    pub(super) fn stride(&self) -> usize {
        self.indices.len().next_multiple_of(LANES)
    }
}

fn copy<T: Copy, E: Copy>(
    samples: &mut Sparse<Number<T>>,
    rows: View<E>,
    read: impl Fn(E) -> (usize, T),
    indices: &[usize],
) {
    touch(rows, indices);
    for &n in indices {
        samples.push(rows.row(n).iter().map(|&entry| number(read(entry))));
    }
}

/// Looks once into each cache line of the rows. They lie anywhere in memory, and none of these looks waits for another;
/// a copy would wait for each row in turn.
fn touch<E: Copy>(rows: View<E>, indices: &[usize]) {
    const LINE: usize = 64;
    for &n in indices {
        for entry in rows.row(n).iter().step_by((LINE / size_of::<E>()).max(1)) {
            black_box(*entry);
        }
    }
}
