//! The real MNIST, where it is: in the folder that MNIST_DIR names, else in data/mnist of the workspace.

use std::env;
use std::path::PathBuf;

use dataset::{ImageSet, Mnist, mnist_image};

/// `None`, with a word, where there is none and it is not required.
fn mnist() -> Option<Mnist> {
    let dir = env::var_os("MNIST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../data/mnist"), PathBuf::from);
    if !Mnist::is_present(&dir) {
        let required = env::var_os("REQUIRE_MNIST").is_some_and(|value| value == "1");
        assert!(!required, "REQUIRE_MNIST=1, but there is no MNIST in {}", dir.display());
        eprintln!("skipped: no MNIST in {}, which `cargo xtask fetch-mnist` would put there", dir.display());
        return None;
    }
    Some(Mnist::open(&dir).unwrap())
}

#[test]
fn the_real_files_hold_what_the_world_knows() {
    let Some(Mnist { train, test }) = mnist() else { return };

    // x = np.frombuffer(gzip.open(name).read(), np.uint8, offset=16); x.sum(dtype=np.uint64); x[:784].sum()
    // t = np.frombuffer(gzip.open(name).read(), np.uint8, offset=8); t[:4]; np.bincount(t)
    check(&train, 60_000, [5, 0, 4, 1], 1_567_298_545, 27_525);
    assert_eq!(counts(&train), [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]);
    check(&test, 10_000, [7, 2, 1, 0], 264_923_200, 18_454);
    assert_eq!(counts(&test), [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]);
}

/// All 10,000, to the byte. With 13.5 for the middle it would be 2,455 of them; with halves rounded down, 9,999.
#[test]
fn the_rule_of_mnist_leaves_its_test_images_as_they_are() {
    let Some(Mnist { test, .. }) = mnist() else { return };
    let kept = |i: &usize| mnist_image(test.image(*i), 28, 28).unwrap() == test.image(*i);
    let kept = (0..test.len()).filter(kept).count();
    assert!(kept >= 9_990, "{kept} of {}", test.len());
}

#[track_caller]
fn check(set: &ImageSet, len: usize, first_labels: [u8; 4], sum: u64, first_sum: u64) {
    assert_eq!((set.len(), set.rows(), set.cols(), set.classes()), (len, 28, 28, 10));
    assert_eq!(set.labels()[..4], first_labels);
    assert_eq!(set.pixels().iter().map(|p| u64::from(*p)).sum::<u64>(), sum);
    assert_eq!(set.image(0).iter().map(|p| u64::from(*p)).sum::<u64>(), first_sum);
}

fn counts(set: &ImageSet) -> [usize; 10] {
    let mut counts = [0; 10];
    set.labels().iter().for_each(|label| counts[usize::from(*label)] += 1);
    counts
}
