//! The source of all random numbers of this crate: ChaCha8 streams, identified by seed, purpose and number.
//!
//! `rand` is not used: its `random_range` may change from one version to another, and its feature `unbiased`, which any
//! crate of a build can switch on, changes it within a version; a seed would then give other batches. ChaCha's output is
//! fixed by its definition, and the three functions below only use that output.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// Separates random numbers that are drawn from one seed for different purposes.
pub(crate) type Purpose = [u8; 24];

/// The generator for item `number`: the key is `seed` (little-endian) followed by `purpose`, the stream is `number`.
pub(crate) fn stream(seed: u64, purpose: &Purpose, number: u64) -> ChaCha8Rng {
    let mut key = [0; 32];
    key[..8].copy_from_slice(&seed.to_le_bytes());
    key[8..].copy_from_slice(purpose);
    // Not `seed_from_u64`: `rand_core` may change how it spreads 64 bits over the key.
    let mut rng = ChaCha8Rng::from_seed(key);
    rng.set_stream(number);
    rng
}

/// An index drawn uniformly from `0..end`; `end` is not 0.
///
/// Lemire's method on 64-bit words, whatever the width of `usize`: x * end / 2^64. x is drawn again in the few cases
/// (fewer than `end` of 2^64) that would favour some results.
pub(crate) fn below(rng: &mut ChaCha8Rng, end: usize) -> usize {
    let end = end as u64;
    let unfair = end.wrapping_neg() % end; // 2^64 mod end
    loop {
        let product = u128::from(rng.next_u64()) * u128::from(end);
        if product & u128::from(u64::MAX) >= u128::from(unfair) {
            #[expect(clippy::cast_possible_truncation, reason = "less than `end`, which came from a usize")]
            return (product >> 64) as usize;
        }
    }
}

/// A number drawn uniformly from [0, 1), a multiple of 2^-24.
pub(crate) fn unit(rng: &mut ChaCha8Rng) -> f32 {
    (rng.next_u32() >> 8) as f32 / 16_777_216.0
}

#[cfg(test)]
mod tests {
    use super::*;

    const TAG: Purpose = *b"dataset: tests\0\0\0\0\0\0\0\0\0\0";

    #[test]
    fn every_index_is_drawn_about_equally_often() {
        let mut rng = stream(1, &TAG, 0);
        let mut counts = [0; 7];
        for _ in 0..70_000 {
            counts[below(&mut rng, 7)] += 1;
        }
        // 10,000 expected, standard deviation 93.
        assert!(counts.iter().all(|n| (9_500..10_500).contains(n)), "{counts:?}");
    }

    #[test]
    fn the_largest_range_and_the_smallest_one_work() {
        let mut rng = stream(1, &TAG, 0);
        assert_eq!(below(&mut rng, 1), 0);
        assert!(below(&mut rng, usize::MAX) < usize::MAX);
    }

    /// Half of the words would favour some results here, and are skipped. The values come from the reference in
    /// `tests/dataset/sampling.rs`: draw = words(3, b"dataset: tests", 5); [below(draw, 2**63 + 1) for _ in range(3)]
    #[cfg(target_pointer_width = "64")]
    #[test]
    fn words_that_would_favour_a_result_are_passed_over() {
        let mut rng = stream(3, &TAG, 5);
        let draws = [(); 3].map(|()| below(&mut rng, (1 << 63) + 1));
        assert_eq!(draws, [4_054_660_018_049_621_713, 5_414_182_526_435_306_429, 1_796_601_746_064_737_775]);
    }

    #[test]
    fn unit_stays_below_one_and_fills_the_range() {
        let mut rng = stream(2, &TAG, 0);
        let draws: Vec<f32> = (0..10_000).map(|_| unit(&mut rng)).collect();
        assert!(draws.iter().all(|u| (0.0..1.0).contains(u)));
        let mean = draws.iter().sum::<f32>() / 10_000.0;
        assert!((mean - 0.5).abs() < 0.01, "{mean}");
    }

    #[test]
    fn seed_purpose_and_number_each_make_another_stream() {
        let first = |seed, purpose, number| stream(seed, purpose, number).next_u64();
        let other = b"dataset: other\0\0\0\0\0\0\0\0\0\0";
        let draws = [first(0, &TAG, 0), first(1, &TAG, 0), first(0, other, 0), first(0, &TAG, 1)];
        for (i, a) in draws.iter().enumerate() {
            assert!(draws[i + 1..].iter().all(|b| a != b), "{draws:?}");
        }
    }
}
