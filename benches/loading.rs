//! From files to images in memory. Needs MNIST in data/mnist (`cargo xtask fetch-mnist`); the digits need nothing.

use criterion::{Criterion, criterion_group, criterion_main};
use dataset::{Digits, Idx, Mnist};
use flate2::read::MultiGzDecoder;
use std::fs::File;
use std::io;
use std::path::Path;
use std::time::Duration;

fn benches(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("loading");
    group.sample_size(20).measurement_time(Duration::from_secs(4));
    group.bench_function("built-in digits, 12,000 images", |b| b.iter(|| Digits::new(0)));

    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../data/mnist");
    if Mnist::open(&folder).is_err() {
        eprintln!(
            "no MNIST in {}: its loading is not measured; `cargo xtask fetch-mnist` fetches it",
            folder.display()
        );
        return;
    }
    let raw = tempfile::tempdir().expect("a temporary folder");
    for file in Mnist::FILES {
        let packed = File::open(folder.join(format!("{file}.gz"))).expect("a file of MNIST");
        let mut unpacked = File::create(raw.path().join(file)).expect("a temporary file");
        io::copy(&mut MultiGzDecoder::new(packed), &mut unpacked).expect("a copy");
    }
    assert!(Mnist::open(raw.path()).is_ok() && Idx::open(raw.path().join(Mnist::FILES[1])).is_ok());
    group.bench_function("MNIST, four .gz files", |b| b.iter(|| Mnist::open(&folder)));
    group.bench_function("MNIST, four raw files", |b| b.iter(|| Mnist::open(raw.path())));
    group.finish();
}

criterion_group!(loading, benches);
criterion_main!(loading);
