//! Epochs: each image once, the last batch short, and the order from seed and epoch alone.

use dataset::{Epochs, Sampler, Sampling, SamplingError};
use proptest::prelude::*;

fn epoch(seed: u64, len: usize, batch_size: usize, epoch: u64) -> Vec<Vec<usize>> {
    Epochs::new(seed, len, batch_size).unwrap().batches(epoch).map(<[usize]>::to_vec).collect()
}

#[test]
fn the_orders_are_the_permutations_of_the_reference() {
    // [permutation(7, 10, e) for e in (0, 1, 2)] of the reference in sampling.rs
    assert_eq!(epoch(7, 10, 4, 0), [&[9, 5, 8, 0][..], &[1, 6, 4, 3], &[2, 7]]);
    assert_eq!(epoch(7, 10, 4, 1), [&[6, 5, 7, 0][..], &[1, 2, 3, 8], &[4, 9]]);
    assert_eq!(epoch(7, 10, 5, 2)[0], [6, 5, 3, 4, epoch(7, 10, 10, 2)[0][4]]);
}

#[test]
fn epochs_asked_for_in_any_order_are_the_same() {
    let mut epochs = Epochs::new(3, 23, 5).unwrap();
    for e in [4, 0, u64::MAX, 4, 4, 1] {
        let batches: Vec<Vec<usize>> = epochs.batches(e).map(<[usize]>::to_vec).collect();
        assert_eq!(batches, epoch(3, 23, 5, e), "epoch {e}");
    }
}

#[test]
fn an_epoch_of_50_000_in_batches_of_128_has_391_of_which_the_last_holds_80() {
    let mut epochs = Epochs::new(0, 50_000, 128).unwrap();
    assert_eq!(epochs.batches_per_epoch(), 391);
    for e in 0..3 {
        let sizes: Vec<usize> = epochs.batches(e).map(<[usize]>::len).collect();
        assert_eq!((sizes.len(), sizes[389], sizes[390]), (391, 128, 80));
    }
}

#[test]
fn where_the_batch_size_divides_the_set_a_shuffling_sampler_gives_the_same_batches() {
    let mut sampler = Sampler::new(Sampling::Shuffle, 9, 12, 4).unwrap();
    let sampled: Vec<Vec<usize>> = (0..9).map(|i| sampler.batch(i).to_vec()).collect();
    assert_eq!(sampled, (0..3).flat_map(|e| epoch(9, 12, 4, e)).collect::<Vec<_>>());
}

#[test]
fn sizes_that_give_no_batch_are_refused_as_by_the_sampler() {
    let error = |len, batch_size| Epochs::new(0, len, batch_size).unwrap_err();
    assert_eq!(error(0, 5), SamplingError::EmptySet { batch_size: 5 });
    assert_eq!(error(4, 5), SamplingError::BatchSize { batch_size: 5, len: 4 });
    assert_eq!(error(4, 0), SamplingError::BatchSize { batch_size: 0, len: 4 });
    assert_eq!(epoch(0, 1, 1, 7), [[0]]);
}

#[test]
fn debug_shows_what_epochs_were_made_of_and_not_the_order() {
    let mut epochs = Epochs::new(7, 60_000, 128).unwrap();
    let _ = epochs.batches(2);
    assert_eq!(format!("{epochs:?}"), "Epochs { seed: 7, len: 60000, batch_size: 128, .. }");
}

proptest! {
    #[test]
    fn every_epoch_holds_every_image_once_and_only_its_last_batch_may_be_short(
        seed: u64, e: u64, len in 1usize..200, batch_size in 1usize..200,
    ) {
        let batch_size = batch_size.min(len);
        let batches = epoch(seed, len, batch_size, e);
        prop_assert_eq!(batches.len(), len.div_ceil(batch_size));
        prop_assert!(batches[..batches.len() - 1].iter().all(|batch| batch.len() == batch_size));
        let mut all = batches.concat();
        all.sort_unstable();
        prop_assert_eq!(all, (0..len).collect::<Vec<_>>());
        if len > 20 {
            prop_assert_ne!(epoch(seed, len, batch_size, e).concat(), epoch(seed, len, batch_size, e ^ 1).concat());
            prop_assert_ne!(epoch(seed, len, batch_size, e).concat(), epoch(!seed, len, batch_size, e).concat());
        }
    }
}
