//! Every target over its seeds, and over each of them cut and with single bits flipped.
#![forbid(unsafe_code)]
#![expect(clippy::unwrap_used, reason = "a test may")]

use std::fs;
use std::path::Path;

#[track_caller]
fn run(target: &str, of: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds").join(target);
    let mut seeds = 0;
    for entry in fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        eprintln!("{}", path.display()); // the culprit, when a target panics
        let seed = fs::read(&path).unwrap();
        of(&seed);
        // all of a small seed, 200 places of a large one
        for at in (0..seed.len()).step_by(1 + seed.len() / 200) {
            of(&seed[..at]);
            let mut flipped = seed.clone();
            flipped[at] ^= 1 << (at % 8);
            of(&flipped);
        }
        seeds += 1;
    }
    assert!(seeds >= 5, "{} has only {seeds} seeds", folder.display());
}

#[test]
fn idx_holds_on_its_seeds() {
    run("idx", fuzz::idx);
}

#[test]
fn idx_gz_holds_on_its_seeds() {
    run("idx_gz", fuzz::idx_gz);
}

#[test]
fn checkpoint_holds_on_its_seeds() {
    run("checkpoint", fuzz::checkpoint);
}

#[test]
fn npy_holds_on_its_seeds() {
    run("npy", fuzz::npy);
}

#[test]
fn npz_holds_on_its_seeds() {
    run("npz", fuzz::npz);
}

#[test]
fn safetensors_holds_on_its_seeds() {
    run("safetensors", fuzz::safetensors);
}

#[test]
fn image_holds_on_its_seeds() {
    run("image", fuzz::image);
}

#[test]
fn csv_holds_on_its_seeds() {
    run("csv", fuzz::csv);
}

#[test]
fn mnist_npz_holds_on_its_seeds() {
    run("mnist_npz", fuzz::mnist_npz);
}

#[test]
fn dropped_holds_on_its_seeds() {
    run("dropped", fuzz::dropped);
}
