//! The central gradient of a Rosenbrock sum in 2,000 variables on one thread, beside the `finitediff` crate.

use core_math::FiniteDifference;
use criterion::{Criterion, criterion_group, criterion_main};
use finitediff::vec::central_diff;
use std::hint::black_box;

fn rosenbrock(x: &[f64]) -> f64 {
    x.windows(2).map(|x| (1.0 - x[0]).powi(2) + 100.0 * (x[1] - x[0] * x[0]).powi(2)).sum()
}

fn benches(criterion: &mut Criterion) {
    let x: Vec<f64> = (0..2000).map(|i| (f64::from(i) * 0.37).sin()).collect();
    let mut group = criterion.benchmark_group("central gradient, 2,000 variables");
    group.sample_size(30);
    group.bench_function("core_math", |b| {
        let central = FiniteDifference::central();
        b.iter(|| central.gradient(rosenbrock, black_box(&x)));
    });
    group.bench_function("core_math, the book's numerical_gradient", |b| {
        b.iter(|| core_math::numerical_gradient(rosenbrock, black_box(&x), 1e-4));
    });
    group.bench_function("finitediff", |b| {
        let f = |x: &Vec<f64>| Ok(rosenbrock(x));
        let gradient = central_diff(&f);
        b.iter(|| gradient(black_box(&x)));
    });
    group.bench_function("core_math, all threads", |b| {
        let central = FiniteDifference::central();
        b.iter(|| central.par_gradient(rosenbrock, black_box(&x)));
    });
    group.finish();
}

criterion_group!(differences, benches);
criterion_main!(differences);
