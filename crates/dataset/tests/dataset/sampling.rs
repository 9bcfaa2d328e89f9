//! Batches: what each way of sampling promises, and the exact draws.

use std::collections::BTreeSet;

use dataset::{Sampler, Sampling, SamplingError};
use proptest::prelude::*;

const ALL: [Sampling; 3] = [Sampling::Replacement, Sampling::Shuffle, Sampling::Sequential];

#[track_caller]
fn check(sampling: Sampling, seed: u64, len: usize, iteration: u64, expected: &[usize]) {
    let mut sampler = Sampler::new(sampling, seed, len, expected.len()).unwrap();
    assert_eq!(sampler.batch(iteration), expected, "iteration {iteration}");
}

// The reference is ChaCha8 written out once more (Python):
//
// def words(seed, purpose, stream):  # ChaCha8: key, 64-bit block counter, 64-bit stream
//     key = struct.unpack("<8I", struct.pack("<Q", seed) + purpose.ljust(24, b"\0"))
//     rot = lambda x, n: (x << n | x >> (32 - n)) & 0xffffffff
//     for block in range(1 << 64):
//         start = [*struct.unpack("<4I", b"expand 32-byte k"), *key, *struct.unpack("<4I", struct.pack("<2Q", block, stream))]
//         s = start[:]
//         for _ in range(4):
//             for a, b, c, d in (0,4,8,12), (1,5,9,13), (2,6,10,14), (3,7,11,15), (0,5,10,15), (1,6,11,12), (2,7,8,13), (3,4,9,14):
//                 for x, y, z, n in (a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7):
//                     s[x] = (s[x] + s[y]) & 0xffffffff; s[z] = rot(s[z] ^ s[x], n)
//         yield from ((u + v) & 0xffffffff for u, v in zip(s, start))
// def below(draw, end):
//     while True:
//         x = (next(draw) | next(draw) << 32) * end
//         if x % 2**64 >= 2**64 % end: return x >> 64
// def replacement(seed, n, b, i):
//     draw = words(seed, b"dataset: replacement", i)
//     return [below(draw, n) for _ in range(b)]
// def permutation(seed, n, e):
//     draw, p = words(seed, b"dataset: shuffle", e), list(range(n))
//     for i in range(n - 1, 0, -1):
//         j = below(draw, i + 1); p[i], p[j] = p[j], p[i]
//     return p

#[test]
fn draws_with_replacement_are_those_of_the_reference() {
    // [replacement(7, 60000, 5, i) for i in (0, 1, 2**64 - 1)]
    check(Sampling::Replacement, 7, 60_000, 0, &[1614, 57075, 33552, 59816, 1611]);
    check(Sampling::Replacement, 7, 60_000, 1, &[10246, 20917, 25790, 50299, 28923]);
    check(Sampling::Replacement, 7, 60_000, u64::MAX, &[36508, 57404, 47674, 17437, 44727]);
}

#[test]
fn shuffled_draws_are_those_of_the_reference() {
    // [permutation(7, 10, e) for e in (0, 1, 2)], cut into fours
    for (iteration, batch) in
        (0..).zip([[9, 5, 8, 0], [1, 6, 4, 3], [2, 7, 6, 5], [7, 0, 1, 2], [3, 8, 4, 9], [6, 5, 3, 4]])
    {
        check(Sampling::Shuffle, 7, 10, iteration, &batch);
    }
    // e, k = divmod((2**64 - 1) * 4, 10); permutation(7, 10, e)[k:][:4]
    check(Sampling::Shuffle, 7, 10, u64::MAX, &[6, 1, 5, 0]);
}

#[test]
fn sequential_batches_wrap_round() {
    for (iteration, batch) in (0..).zip([[0, 1, 2, 3], [4, 5, 6, 0], [1, 2, 3, 4], [5, 6, 0, 1]]) {
        check(Sampling::Sequential, 7, 7, iteration, &batch);
    }
    // (2**64 - 1) * 4 % 7
    check(Sampling::Sequential, 7, 7, u64::MAX, &[4, 5, 6, 0]);
}

#[test]
fn any_order_of_iterations_gives_the_same_batches() {
    let order = [59, 3, 3, 17, 0, 1, 2, 58, u64::MAX, 16, 18, 17];
    for sampling in ALL {
        let fresh = |iteration| Sampler::new(sampling, 5, 23, 9).unwrap().batch(iteration).to_vec();
        let mut forward = Sampler::new(sampling, 5, 23, 9).unwrap();
        let mut backward = forward.clone();
        let mut jumping = forward.clone();
        for i in 0..60 {
            assert_eq!(forward.batch(i), fresh(i), "{sampling:?} {i}");
            assert_eq!(backward.batch(59 - i), fresh(59 - i), "{sampling:?} {i}");
        }
        for i in order {
            assert_eq!(jumping.batch(i), fresh(i), "{sampling:?} {i}");
        }
    }
}

#[test]
fn another_seed_draws_other_batches() {
    for sampling in [Sampling::Replacement, Sampling::Shuffle] {
        let first = |seed| Sampler::new(sampling, seed, 1000, 20).unwrap().batch(0).to_vec();
        assert_ne!(first(0), first(1), "{sampling:?}");
        assert_ne!(first(0), first(1 << 63), "{sampling:?}");
    }
}

#[test]
fn a_set_that_batches_cannot_be_cut_from_is_refused() {
    for sampling in ALL {
        let error = |len, batch_size| Sampler::new(sampling, 0, len, batch_size).unwrap_err();
        assert_eq!(error(0, 5), SamplingError::EmptySet { batch_size: 5 });
        assert_eq!(error(0, 5).to_string(), "no batch of 5 images can be drawn from 0 images");
        assert_eq!(error(4, 5), SamplingError::BatchSize { batch_size: 5, len: 4 });
        assert_eq!(error(4, 5).to_string(), "batch size 5, expected 1 to 4, the number of images");
        assert_eq!(error(4, 0), SamplingError::BatchSize { batch_size: 0, len: 4 });
        assert_eq!(Sampler::new(sampling, 0, 4, 4).unwrap().batch(0).len(), 4);
        assert_eq!(Sampler::new(sampling, 0, 1, 1).unwrap().batch(u64::MAX), [0]);
    }
}

#[test]
fn replacement_misses_about_a_third_of_an_epoch() {
    let mut sampler = Sampler::new(Sampling::Replacement, 1, 10_000, 100).unwrap();
    let seen: BTreeSet<usize> = (0..100).flat_map(|i| sampler.batch(i).to_vec()).collect();
    // 10,000 (1 - 1/e) = 6,321, standard deviation 31.
    assert!((6_150..6_490).contains(&seen.len()), "{}", seen.len());
}

proptest! {
    /// Whatever the sizes: each epoch holds every image once, and is not the one before.
    #[test]
    fn shuffled_epochs_are_permutations(seed: u64, len in 1usize..40, batch in 1usize..40, first in 0u64..1000) {
        let batch = batch.min(len);
        let mut sampler = Sampler::new(Sampling::Shuffle, seed, len, batch).unwrap();
        // `len` batches from a multiple of `len` on are `batch` whole epochs.
        let start = first * len as u64;
        let drawn: Vec<usize> = (start..start + len as u64).flat_map(|i| sampler.batch(i).to_vec()).collect();
        for epoch in drawn.chunks(len) {
            let mut sorted = epoch.to_vec();
            sorted.sort_unstable();
            prop_assert_eq!(sorted, (0..len).collect::<Vec<_>>());
        }
        if len > 20 && batch > 1 {
            prop_assert_ne!(&drawn[..len], &drawn[len..2 * len]);
        }
    }

    #[test]
    fn every_index_is_below_the_size(seed: u64, iteration: u64, len in 1usize..1000, batch in 1usize..1000) {
        for sampling in ALL {
            let mut sampler = Sampler::new(sampling, seed, len, batch.min(len)).unwrap();
            prop_assert!(sampler.batch(iteration).iter().all(|i| *i < len));
        }
    }
}
