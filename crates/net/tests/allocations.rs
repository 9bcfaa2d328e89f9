//! Training allocates nothing once it is under way: sampling, step and loss. A binary of its own, since the allocator
//! that counts belongs to the whole process.

#![allow(clippy::unwrap_used, reason = "a test stops at its first surprise")]

use dataset::{Sampler, Sampling};
use net::{Activation, Batch, GradientMethod, Real, Rows, Sizes, Trainer, TwoLayerNet};
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
use rayon::{ThreadPool, ThreadPoolBuilder};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use std::alloc::System;

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const SAMPLES: usize = 900;

/// How often 30 iterations allocate, after the first two: the trainer keeps two batches, this one and the next. Few, because
/// the harness allocates, too, once a test takes a minute, as it may in an emulator.
fn allocations<T: Real>(method: GradientMethod, sampling: Sampling, pool: &ThreadPool) -> usize {
    // the later a sample, the more of its inputs are not 0: a later batch finds the room for it or must make it
    let pixels: Vec<u8> = (0..SAMPLES * 784).map(|at| u8::from(at % 784 < at / 784 / 2)).collect();
    let labels: Vec<u8> = (0..10).cycle().take(SAMPLES).collect();
    let x = Rows::from_bytes(&pixels, 784);
    let sizes = Sizes { inputs: 784, hidden: 50, classes: 10 };
    let net = TwoLayerNet::<T>::random(sizes, Activation::Sigmoid, 0.01, &mut ChaCha8Rng::seed_from_u64(0));
    let mut sampler = Sampler::new(sampling, 0, SAMPLES, 100).unwrap();
    pool.install(|| {
        let mut trainer = Trainer::new(&net, method);
        let mut batch = sampler.batch(0).to_vec();
        let mut iterate = |i: u64| {
            let next = sampler.batch(i + 1);
            let now = Batch::new(&x, &labels, &batch).then(Batch::new(&x, &labels, next));
            let loss = trainer.step_and_loss(now, T::of(0.1));
            assert!(loss.is_finite() && trainer.first_not_finite().is_none());
            batch.copy_from_slice(next);
        };
        (0..2).for_each(&mut iterate);
        let region = Region::new(ALLOCATOR);
        (2..32).for_each(&mut iterate);
        let change = region.change();
        change.allocations + change.reallocations
    })
}

#[test]
fn sampling_step_and_loss_allocate_nothing() {
    // the harness itself allocates, but not while its one test runs; the counter counts
    let region = Region::new(ALLOCATOR);
    drop(vec![0_u8; 10]);
    assert_eq!(region.change().allocations, 1);

    // Threads allocate as they start and as they end, at their own time: all are there before anything is counted, and
    // none goes.
    let pools = [1, 2].map(|threads| ThreadPoolBuilder::new().num_threads(threads).build().unwrap());
    pools.iter().for_each(|pool| drop(pool.broadcast(|_| ())));
    // The harness's own thread, too, has come to its rest when this is over.
    let backpropagation = GradientMethod::Backpropagation;
    allocations::<f32>(backpropagation, Sampling::Sequential, &pools[0]);

    for (pool, threads) in pools.iter().zip(1..) {
        for sampling in [Sampling::Replacement, Sampling::Shuffle, Sampling::Sequential] {
            assert_eq!(allocations::<f32>(backpropagation, sampling, pool), 0, "{sampling:?}, {threads} threads");
            for method in [backpropagation, GradientMethod::CentralDifferences { h: 1e-4 }] {
                assert_eq!(
                    allocations::<f64>(method, sampling, pool),
                    0,
                    "{method:?}, {sampling:?}, {threads} threads"
                );
            }
        }
    }
}
