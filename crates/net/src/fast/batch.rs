//! The samples of one step, copied side by side: memory is waited for once, bytes become numbers once.

use super::rows::{Place, Sparse, View};
use rayon::prelude::*;
use std::hint::black_box;

/// Some samples of a batch. A block is filled by one thread.
pub(super) type Block<T> = Sparse<u32, T>;

/// Samples of a block at most.
const MOST_SAMPLES: usize = 64;

/// Copies the rows `indices` into `blocks`: two at least, for two threads.
pub(super) fn fill<T: Send, P: Place, V: Copy + Sync>(
    blocks: &mut Vec<Block<T>>,
    rows: View<P, V>,
    value: impl Fn(V) -> T + Sync,
    indices: &[usize],
    parallel: bool,
) {
    let count = indices.len().div_ceil(MOST_SAMPLES).max(2);
    blocks.resize_with(count, Sparse::empty);
    let size = indices.len().div_ceil(count);
    let part = |b: usize| &indices[(b * size).min(indices.len())..((b + 1) * size).min(indices.len())];
    let fill = |(b, block): (usize, &mut Block<T>)| fill_block(block, rows, &value, part(b));
    if parallel {
        blocks.par_iter_mut().enumerate().for_each(fill);
    } else {
        blocks.iter_mut().enumerate().for_each(fill);
    }
}

fn fill_block<T, P: Place, V: Copy>(
    block: &mut Block<T>,
    rows: View<P, V>,
    value: impl Fn(V) -> T,
    indices: &[usize],
) {
    touch(rows, indices);
    block.clear();
    for &index in indices {
        let (places, values) = rows.row(index);
        block.push(places.iter().map(|p| p.input() as u32), values.iter().map(|&v| value(v)));
    }
}

/// Looks once into each cache line of the rows. They lie anywhere in memory, and none of these looks waits for another;
/// a copy would wait for each row in turn.
fn touch<P: Place, V: Copy>(rows: View<P, V>, indices: &[usize]) {
    const LINE: usize = 64;
    for &index in indices {
        let (places, values) = rows.row(index);
        places.iter().step_by(LINE / size_of::<P>()).for_each(|p| {
            black_box(*p);
        });
        values.iter().step_by(LINE / size_of::<V>()).for_each(|v| {
            black_box(*v);
        });
    }
}
