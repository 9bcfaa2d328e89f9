//! Training, by backpropagation and by central differences, and inference: on MNIST where it has been fetched, else on the
//! built-in digits.

mod shared;

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, BenchmarkId, Criterion, criterion_group, criterion_main};
use dataset::{ImageSet, Sampler, Sampling};
use nalgebra::DMatrix;
use net::{Batch, GradientMethod, Predictor, Real, Rows, Trainer};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use shared::{images, net};
use std::any::type_name;
use std::hint::black_box;
use std::time::{Duration, Instant};

fn rows<T: Real>(set: &ImageSet) -> Rows<T> {
    Rows::from_bytes(set.pixels(), set.pixels_per_image())
}

fn threads_of(threads: usize) -> String {
    format!("{threads} thread{}", if threads == 1 { "" } else { "s" })
}

fn group<'a>(criterion: &'a mut Criterion, name: &str) -> BenchmarkGroup<'a, WallTime> {
    let mut group = criterion.benchmark_group(name);
    group.sample_size(20).measurement_time(Duration::from_secs(2)).warm_up_time(Duration::from_secs(1));
    group
}

const BACKPROPAGATION: GradientMethod = GradientMethod::Backpropagation;

/// Which batches a bench trains on.
#[derive(Clone, Copy, PartialEq)]
enum Batches {
    /// Each time others, as in a run, and each announced.
    Announced,
    /// Each time others.
    Others,
    /// Always the same: what they cost when they need not be fetched from memory.
    Same,
}

/// How a bench trains.
#[derive(Clone, Copy)]
struct Training {
    method: GradientMethod,
    hidden: usize,
    batch_size: usize,
    threads: usize,
}

/// The chapter's iteration, by backpropagation on one thread.
const CHAPTER: Training = Training { method: BACKPROPAGATION, hidden: 50, batch_size: 100, threads: 1 };

/// Times `iterate`, which takes a trainer one batch further.
fn bench_steps<T: Real>(
    group: &mut BenchmarkGroup<WallTime>,
    id: BenchmarkId,
    (t, x): (&[u8], &Rows<T>),
    Training { method, hidden, batch_size, threads }: Training,
    batches: Batches,
    iterate: impl Fn(&mut Trainer<T>, Batch<T>) + Send + Sync,
) {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
    let mut sampler = Sampler::new(Sampling::Replacement, 0, x.len(), batch_size).expect("a batch");
    let mut trainer = Trainer::new(&net(hidden), method);
    let (mut indices, mut i) = (sampler.batch(0).to_vec(), 0);
    let mut run = |iterations| {
        let start = Instant::now();
        for _ in 0..iterations {
            let batch = Batch::new(x, t, &indices);
            if batches == Batches::Same {
                iterate(&mut trainer, batch);
                continue;
            }
            let next = sampler.batch(i + 1);
            let announced = batches == Batches::Announced;
            iterate(&mut trainer, if announced { batch.then(Batch::new(x, t, next)) } else { batch });
            i += 1;
            indices.copy_from_slice(next);
        }
        start.elapsed()
    };
    group.bench_function(id, |b| b.iter_custom(|iterations| pool.install(|| run(iterations))));
}

fn step_and_loss<T: Real>(trainer: &mut Trainer<T>, batch: Batch<T>) {
    black_box(trainer.step_and_loss(batch, T::of(0.1)));
}

fn step<T: Real>(trainer: &mut Trainer<T>, batch: Batch<T>) {
    trainer.step(batch, T::of(0.1));
}

/// Central differences by several steps: in f64 alone, where they are not the definition.
fn differences<T: Real>() -> impl Iterator<Item = (GradientMethod, String)> {
    let steps: &[f64] = if size_of::<T>() == size_of::<f64>() { &[1e-4, 1e-2, 0.5] } else { &[] };
    steps.iter().map(|&h| (GradientMethod::CentralDifferences { h }, format!("central differences h={h:e}")))
}

/// One iteration of the chapter, and its parts.
fn iteration<T: Real>(criterion: &mut Criterion) {
    let (name, images, _) = images();
    let x = rows::<T>(&images);
    let data = (images.labels(), &x);
    let mut group = group(criterion, &format!("one iteration, {name} batch 100, 784-50-10, {}", type_name::<T>()));
    for threads in [2, 1] {
        let mut bench = |what: &str, method, batches, iterate: fn(&mut Trainer<T>, Batch<T>)| {
            let id = BenchmarkId::new(what, threads_of(threads));
            bench_steps(&mut group, id, data, Training { method, threads, ..CHAPTER }, batches, iterate);
        };
        bench("step and loss", BACKPROPAGATION, Batches::Announced, step_and_loss);
        bench("step and loss, not announced", BACKPROPAGATION, Batches::Others, step_and_loss);
        bench("step and loss, the same batch", BACKPROPAGATION, Batches::Same, step_and_loss);
        bench("step, the same batch", BACKPROPAGATION, Batches::Same, step);
        for (method, name) in differences::<T>() {
            bench(&format!("step and loss, {name}"), method, Batches::Announced, step_and_loss);
        }
    }
    let (predictor, range) = (Predictor::new(&net(50)), 0..100);
    group.bench_function("forward, the same batch", |b| b.iter(|| predictor.logits(black_box(&x), range.clone())));

    let (x, t) = images.range::<T>(0..100);
    let mut net = net::<T>(50);
    group.bench_function("readable gradient, update and loss, the same batch", |b| {
        b.iter(|| {
            let gradient = net.gradient(black_box(&x), t);
            net.update(&gradient, T::of(0.1));
            net.loss(&x, t)
        });
    });
    group.finish();
}

/// How the cost of step and loss grows.
fn growth(criterion: &mut Criterion) {
    let (name, images, _) = images();
    let x = rows::<f32>(&images);
    let data = (images.labels(), &x);
    let mut group = group(criterion, &format!("growth of step and loss, {name}, f32"));
    for threads in [1, 2] {
        for batch_size in [10, 30, 100, 300, 1000] {
            let id = BenchmarkId::new(format!("784-50-10, {}, batch", threads_of(threads)), batch_size);
            let training = Training { batch_size, threads, ..CHAPTER };
            bench_steps(&mut group, id, data, training, Batches::Announced, step_and_loss);
        }
        for hidden in [10, 25, 50, 100, 200, 400] {
            let id = BenchmarkId::new(format!("batch 100, {}, hidden", threads_of(threads)), hidden);
            let training = Training { hidden, threads, ..CHAPTER };
            bench_steps(&mut group, id, data, training, Batches::Announced, step_and_loss);
        }
    }
    group.finish();
}

/// The notebook's other input: every number different from 0.
fn dense<T: Real>(criterion: &mut Criterion) {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let x = DMatrix::from_fn(100, 784, |_, _| T::of((rng.next_u64() >> 11) as f64 * 2.0_f64.powi(-53)));
    let t: Vec<u8> = (0..100).map(|n| n % 10).collect();
    let (rows, batch) = (Rows::from_matrix(&x), (0..100).collect::<Vec<_>>());
    let mut group = group(criterion, &format!("dense inputs, 100x784, 784-50-10, {}", type_name::<T>()));
    for threads in [1, 2] {
        let backpropagation = (BACKPROPAGATION, "step and loss".to_owned());
        let methods = differences::<T>().map(|(method, name)| (method, format!("step and loss, {name}")));
        for (method, name) in std::iter::once(backpropagation).chain(methods) {
            let id = BenchmarkId::new(name, threads_of(threads));
            let training = Training { method, threads, ..CHAPTER };
            bench_steps(&mut group, id, (&t, &rows), training, Batches::Same, step_and_loss);
        }
    }
    let mut net = net::<T>(50);
    group.bench_function("readable gradient, update and loss, its batch copied too", |b| {
        b.iter(|| {
            let x = x.select_rows(black_box(&batch));
            let gradient = net.gradient(&x, &t);
            net.update(&gradient, T::of(0.1));
            net.loss(&x, &t)
        });
    });
    let w1 = &net.params.w1;
    group.bench_function("x * w1 alone", |b| b.iter(|| black_box(&x) * w1));
    group.finish();
}

fn inference<T: Real>(criterion: &mut Criterion) {
    let (name, train, test) = images();
    let mut group = group(criterion, &format!("inference, 784-50-10, {}", type_name::<T>()));
    let net = net::<T>(50);
    let predictor = Predictor::new(&net);

    let sets = [(rows::<T>(&train), train.labels()), (rows::<T>(&test), test.labels())];
    group.bench_function(format!("accuracy on the {} images of {name}, all threads", train.len() + test.len()), |b| {
        b.iter(|| sets.iter().map(|(x, t)| predictor.correct(x, 0..t.len(), t)).sum::<usize>());
    });
    group.bench_function("rows of the training images, all threads", |b| b.iter(|| rows::<T>(black_box(&train))));

    let image = test.image(0);
    group.bench_function("one image, from its pixels to probabilities", |b| {
        b.iter(|| predictor.probabilities(&Rows::from_bytes(black_box(image), 784), 0..1));
    });
    let (x, _) = test.range::<T>(0..1);
    group.bench_function("one image, readable predict", |b| b.iter(|| net.predict(black_box(&x))));
    group.finish();
}

criterion_group!(
    training,
    iteration::<f32>,
    iteration::<f64>,
    growth,
    dense::<f32>,
    dense::<f64>,
    inference::<f32>,
    inference::<f64>
);
criterion_main!(training);
