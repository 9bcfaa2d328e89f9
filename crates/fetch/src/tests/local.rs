//! Fetching from a local folder, and the state of one file.

use std::fs;

use tempfile::TempDir;

use super::*;
use crate::DataSet;
use crate::local;

#[test]
fn whole_files_are_copied_from_a_local_folder() {
    let (from, dir) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    for name in NAMES {
        fs::write(from.path().join(name), body(name)).unwrap();
    }
    // What an interrupted download left is not mixed in.
    fs::write(dir.path().join("images.gz.part"), b"left over").unwrap();
    let source = || Supply::Local(from.path().to_path_buf());
    let outcomes = fetch_all(dir.path(), &files(), source()).unwrap();
    let from_there = || Outcome::Fetched { from: from.path().display().to_string(), damaged: None };
    assert_eq!(outcomes, [from_there(), from_there()]);
    assert_whole_and_tidy(dir.path(), &files());

    // What is there already is not asked of the local folder.
    fs::remove_file(from.path().join(NAMES[0])).unwrap();
    fs::remove_file(dir.path().join(NAMES[1])).unwrap();
    let outcomes = fetch_all(dir.path(), &files(), source()).unwrap();
    assert_eq!(outcomes, [Outcome::AlreadyThere, from_there()]);
}

#[test]
fn the_files_are_found_where_people_have_them() {
    for (place, from, dataset) in [
        ("", "", DataSet::Mnist),
        ("mnist", "", DataSet::Mnist),
        ("MNIST/raw", "", DataSet::Mnist),
        ("MNIST/raw", "MNIST", DataSet::Mnist),
        ("MNIST/raw", "MNIST/raw", DataSet::Mnist),
        ("fashion", "", DataSet::Fashion),
        ("FashionMNIST/raw", "", DataSet::Fashion),
        ("KMNIST/raw", "", DataSet::Kmnist),
    ] {
        let dir = TempDir::new().unwrap();
        let folder = dir.path().join(place);
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join(dataset.files()[3].name), b"").unwrap();
        assert_eq!(local::place(&dir.path().join(from), dataset), folder);
    }
    // Nothing there, or another data set: the folder that was given.
    let dir = TempDir::new().unwrap();
    fs::create_dir(dir.path().join("fashion")).unwrap();
    fs::write(dir.path().join("fashion/t10k-labels-idx1-ubyte.gz"), b"").unwrap();
    assert_eq!(local::place(dir.path(), DataSet::Mnist), dir.path());
}

#[test]
fn a_local_folder_with_missing_or_bad_files_is_refused_and_all_of_them_are_named() {
    let (from, dir) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let third = file("third.gz");
    let files = [files(), vec![third]].concat();
    let mut bad = body(NAMES[0]);
    bad[300] ^= 1;
    fs::write(from.path().join(NAMES[0]), bad).unwrap();
    fs::write(from.path().join("labels"), b"unpacked").unwrap();
    fs::write(from.path().join("third.gz"), body("third.gz")).unwrap();
    let error = fetch_all(dir.path(), &files, Supply::Local(from.path().to_path_buf())).unwrap_err().to_string();
    assert!(error.contains("images.gz: found sha256 "), "{error}");
    assert!(error.contains("labels.gz: missing, only the unpacked one is there"), "{error}");
    assert!(!error.contains("third.gz"), "{error}");
    assert_eq!(listed(dir.path()), [".fetch.lock"]);

    let error = fetch_all(dir.path(), &files, Supply::Local(from.path().join("nowhere"))).unwrap_err().to_string();
    assert!(error.contains("nowhere is not a folder"), "{error}");
}

#[test]
fn a_file_is_whole_missing_or_damaged_by_size_by_digest_or_by_kind() {
    let dir = TempDir::new().unwrap();
    let sha256 = file(NAMES[0]);
    let md5 = PublishedFile { digest: Digest::Md5(md5::Md5::digest(body(NAMES[0])).into()), ..file(NAMES[0]) };
    let path = dir.path().join(NAMES[0]);
    for (file, law) in [(sha256, "sha256"), (md5, "md5")] {
        assert_eq!(file.state_in(dir.path()), State::Missing);
        fs::write(&path, body(NAMES[0])).unwrap();
        assert_eq!(file.state_in(dir.path()), State::Whole);

        let mut flipped = body(NAMES[0]);
        flipped[1] ^= 128;
        fs::write(&path, flipped).unwrap();
        let State::Damaged(how) = file.state_in(dir.path()) else { panic!("a flipped bit went unnoticed") };
        let how = how.to_string();
        assert!(how.starts_with(&format!("found {law} ")) && how.ends_with(&file.digest.to_string()), "{how}");

        fs::write(&path, b"").unwrap();
        let how = Difference::Size { found: 0, expected: file.size };
        assert_eq!(file.state_in(dir.path()), State::Damaged(how));

        fs::remove_file(&path).unwrap();
        fs::create_dir(&path).unwrap();
        assert_eq!(file.state_in(dir.path()), State::Damaged(Difference::Kind { found: "a folder" }));
        fs::remove_dir(&path).unwrap();
    }
}
