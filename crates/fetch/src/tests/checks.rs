//! `check`: it changes nothing, and it notices an unpacked file that hides a `.gz`.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use tempfile::TempDir;

use super::*;
use crate::check::check_files;

fn states(folder: &Path, files: &[PublishedFile]) -> Vec<State> {
    check_files(files, folder).into_iter().map(|file| file.state).collect()
}

#[test]
fn a_check_changes_nothing_and_tells_the_state_of_each_file() {
    let dir = TempDir::new().unwrap();
    let folder = dir.path().join("mnist");
    assert_eq!(states(&folder, &files()), [State::Missing, State::Missing]);
    assert!(!folder.exists());

    fs::create_dir(&folder).unwrap();
    for name in NAMES {
        fs::write(folder.join(name), body(name)).unwrap();
    }
    assert_eq!(states(&folder, &files()), [State::Whole, State::Whole]);
    fs::write(folder.join(NAMES[1]), b"rotten").unwrap();
    let damaged = State::Damaged(Difference::Size { found: 6, expected: file(NAMES[1]).size });
    assert_eq!(states(&folder, &files()), [State::Whole, damaged]);
    assert_eq!(listed(&folder), NAMES);
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// An IDX file of two labels.
fn labels(labels: [u8; 2]) -> Vec<u8> {
    [&[0, 0, 8, 1, 0, 0, 0, 2], &labels[..]].concat()
}

fn images(pixel: u8) -> Vec<u8> {
    [&[0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 1], &[pixel; 2][..]].concat()
}

/// A folder with a tiny MNIST, packed, whose test labels are `file`.
fn tiny() -> (TempDir, PublishedFile) {
    let dir = TempDir::new().unwrap();
    for (name, content) in [
        ("train-images-idx3-ubyte.gz", images(7)),
        ("train-labels-idx1-ubyte.gz", labels([1, 2])),
        ("t10k-images-idx3-ubyte.gz", images(9)),
        ("t10k-labels-idx1-ubyte.gz", labels([3, 4])),
    ] {
        fs::write(dir.path().join(name), gzip(&content)).unwrap();
    }
    let body = fs::read(dir.path().join("t10k-labels-idx1-ubyte.gz")).unwrap();
    let digest = Digest::Sha256(Sha256::digest(&body).into());
    (dir, PublishedFile { name: "t10k-labels-idx1-ubyte.gz", size: body.len() as u64, digest })
}

#[test]
fn a_gz_is_hidden_by_a_file_of_other_content_exactly_where_dataset_refuses_the_two() {
    let whole = vec![State::Whole];
    let hidden_by = |by: &str| vec![State::Hidden { by: by.to_owned() }];
    let (raw, dotted) = ("t10k-labels-idx1-ubyte", "t10k-labels.idx1-ubyte");
    let (same, other) = (labels([3, 4]), labels([5, 6]));
    let longer = [&same[..], &[0]].concat();
    for (beside, expected) in [
        (vec![], whole.clone()),
        (vec![(raw, &same)], whole.clone()),
        (vec![(raw, &gzip(&same))], whole.clone()),
        (vec![(raw, &other)], hidden_by(raw)),
        (vec![(dotted, &other)], hidden_by(dotted)),
        (vec![(raw, &same), (dotted, &other)], hidden_by(dotted)),
        (vec![(raw, &other), (dotted, &same)], hidden_by(raw)),
        (vec![("t10k-labels.idx1-ubyte.gz", &gzip(&other))], hidden_by("t10k-labels.idx1-ubyte.gz")),
        (vec![("t10k-labels.idx1-ubyte.gz", &gzip(&same))], whole.clone()),
        (vec![("t10k-labels.idx1-ubyte.gz", &same)], whole.clone()),
        (vec![(raw, &longer)], hidden_by(raw)),
        (vec![(raw, &same[..9].to_vec())], hidden_by(raw)),
    ] {
        let (dir, file) = tiny();
        for (name, content) in &beside {
            fs::write(dir.path().join(name), content).unwrap();
        }
        assert_eq!(states(dir.path(), &[file]), expected, "{beside:?}");
        let read = dataset::Mnist::open(dir.path());
        assert_eq!(read.is_ok(), expected == whole, "{beside:?}");
    }
}
