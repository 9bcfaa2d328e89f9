//! The samples of one step, copied side by side, so that memory is waited for once.

use super::LANES;
use super::rows::{Packed, Rows, Samples, Sparse, View};
use core_math::Real;
use std::hint::black_box;

/// Some samples of a set, with their labels.
pub(super) struct Batch<T> {
    pub(super) indices: Vec<usize>,
    pub(super) labels: Vec<u8>,
    samples: Packed<T>,
}

impl<T: Real> Batch<T> {
    /// An empty batch of samples of `x`.
    pub(super) fn new(x: &Rows<T>) -> Self {
        let samples = match &x.packed {
            Packed::Bytes(_) => Packed::Bytes(Sparse::empty()),
            Packed::Numbers(_) => Packed::Numbers(Sparse::empty()),
        };
        Self { indices: Vec::new(), labels: Vec::new(), samples }
    }

    /// Sets what the batch consists of; until [`fill`](Self::fill) it is empty.
    pub(super) fn set_indices(&mut self, indices: &[usize]) {
        self.indices.clear();
        self.indices.extend_from_slice(indices);
        self.labels.clear();
    }

    pub(super) fn is_filled(&self) -> bool {
        self.labels.len() == self.indices.len()
    }

    /// Copies samples and labels. One thread does it: two wait for the same memory, and took longer when tried.
    pub(super) fn fill(&mut self, x: &Rows<T>, t: &[u8]) {
        match (&mut self.samples, &x.packed) {
            (Packed::Bytes(samples), Packed::Bytes(rows)) => copy(samples, rows.view(), &self.indices),
            (Packed::Numbers(samples), Packed::Numbers(rows)) => copy(samples, rows.view(), &self.indices),
            _ => unreachable!("a batch is made for its rows"),
        }
        self.labels.extend(self.indices.iter().map(|&n| t[n]));
    }

    pub(super) fn samples<'a>(&'a self, x: &'a Rows<T>) -> Samples<'a, T> {
        match &self.samples {
            Packed::Bytes(rows) => Samples::Bytes(rows.view(), &x.shades),
            Packed::Numbers(rows) => Samples::Numbers(rows.view()),
        }
    }

    /// How far the logits of two classes lie apart: N, and on to whole lanes.
    pub(super) fn stride(&self) -> usize {
        self.indices.len().next_multiple_of(LANES)
    }
}

fn copy<E: Copy>(samples: &mut Sparse<E>, rows: View<E>, indices: &[usize]) {
    touch(rows, indices);
    samples.clear();
    samples.reserve(indices.len(), rows);
    for &n in indices {
        samples.push(rows.row(n));
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
