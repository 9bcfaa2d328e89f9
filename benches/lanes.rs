//! Exponentials of many numbers: eight at a time against one at a time.
//!
//! Without AVX2 switched on for the whole build (`RUSTFLAGS=-Ctarget-cpu=native`) this is the portable speed; `net`
//! compiles its kernels for AVX2 by itself.

use core_math::lanes;
use criterion::{Criterion, criterion_group, criterion_main};
use std::hint::black_box;
use std::time::Duration;

fn benches(criterion: &mut Criterion) {
    let x: Vec<f32> = (0..4096_u16).map(|i| f32::from(i) / 100.0 - 20.0).collect();
    let mut group = criterion.benchmark_group("exp of 4,096 numbers, f32");
    group.sample_size(20).measurement_time(Duration::from_secs(2));
    group.bench_function("core_math::lanes::exp", |b| {
        b.iter(|| {
            for &eight in black_box(&x).as_chunks::<8>().0 {
                black_box(lanes::exp(eight));
            }
        });
    });
    group.bench_function("f32::exp", |b| {
        b.iter(|| {
            for x in black_box(&x) {
                black_box(x.exp());
            }
        });
    });
    group.finish();
}

criterion_group!(exponentials, benches);
criterion_main!(exponentials);
