//! One numerical gradient: the chapter's iteration and the notebook's dense cell, fast and by definition.
//!
//! The definition would take half a minute, so one of its loss evaluations is timed; it needs 2 for each parameter.

mod shared;

use criterion::{Criterion, criterion_group, criterion_main};
use dataset::ImageSet;
use nalgebra::DMatrix;
use net::TwoLayerNet;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use shared::{images, net};
use std::hint::black_box;

/// A net after 600 steps of backpropagation, when its weights are no longer all alike.
fn trained(images: &ImageSet) -> TwoLayerNet<f64> {
    let mut net = net(50);
    for step in 0..600 {
        let (x, t) = images.range::<f64>(step * 16..step * 16 + 100);
        let gradient = net.gradient(&x, t);
        net.update(&gradient, 0.1);
    }
    net
}

fn benches(criterion: &mut Criterion) {
    let (name, images, _) = images();
    let (x, t) = images.range::<f64>(0..100);
    for (state, net) in [("start", net(50)), ("trained", trained(&images))] {
        let mut group = criterion.benchmark_group(format!("one iteration, {name} batch 100, 784-50-10, {state}"));
        group.sample_size(20);
        group
            .bench_function("numerical_gradient h=1e-4", |b| b.iter(|| net.numerical_gradient(black_box(&x), t, 1e-4)));
        group
            .bench_function("numerical_gradient h=1e-2", |b| b.iter(|| net.numerical_gradient(black_box(&x), t, 1e-2)));
        group.bench_function("numerical_gradient h=0.5", |b| b.iter(|| net.numerical_gradient(black_box(&x), t, 0.5)));
        group.bench_function("gradient (backpropagation)", |b| b.iter(|| net.gradient(black_box(&x), t)));
        group.bench_function("loss, of which the definition takes 79,520", |b| b.iter(|| net.loss(black_box(&x), t)));
        group.finish();
    }

    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let dense = DMatrix::from_fn(100, 784, |_, _| (rng.next_u64() >> 11) as f64 * 2.0_f64.powi(-53));
    let labels: Vec<u8> = (0..100).map(|n| n % 10).collect();
    let net = net(100);
    let mut group = criterion.benchmark_group("the notebook's dense cell, 100x784 at random, 784-100-10");
    group.sample_size(20);
    group.bench_function("numerical_gradient h=1e-4", |b| {
        b.iter(|| net.numerical_gradient(black_box(&dense), &labels, 1e-4));
    });
    group.bench_function("loss, of which the definition takes 159,020", |b| {
        b.iter(|| net.loss(black_box(&dense), &labels));
    });
    group.finish();
}

criterion_group!(numerical, benches);
criterion_main!(numerical);
