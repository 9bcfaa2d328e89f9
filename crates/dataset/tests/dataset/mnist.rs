//! A folder of four files, tiny ones: 5 training and 2 test images of 3 x 4.

use std::fs;
use std::path::Path;

use dataset::{Mnist, MnistError};
use tempfile::TempDir;

use crate::{chain, gzip, idx};

const TRAIN_LABELS: [u8; 5] = [9, 0, 3, 3, 1];

/// The contents in the order of [`Mnist::FILES`].
fn contents() -> [Vec<u8>; 4] {
    let train: Vec<u8> = (0..60).collect();
    let test: Vec<u8> = (100..124).collect();
    [idx(8, &[5, 3, 4], &train), idx(8, &[5], &TRAIN_LABELS), idx(8, &[2, 3, 4], &test), idx(8, &[2], &[7, 2])]
}

fn folder(contents: &[Vec<u8>; 4]) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (name, bytes) in Mnist::FILES.iter().zip(contents) {
        fs::write(dir.path().join(name), bytes).unwrap();
    }
    dir
}

#[track_caller]
fn is_the_set(dir: &Path) {
    let Mnist { train, test } = Mnist::open(dir).unwrap();
    assert_eq!((train.rows(), train.cols(), train.classes()), (3, 4, 10));
    assert_eq!(train.labels(), TRAIN_LABELS);
    assert_eq!(train.image(1)[..3], [12, 13, 14]);
    assert_eq!((test.len(), test.labels(), test.image(1)[11]), (2, &[7, 2][..], 123));
}

/// Replaces one file and returns the message, with `DIR` for the folder.
#[track_caller]
fn refused(file: usize, bytes: Vec<u8>) -> String {
    let mut contents = contents();
    contents[file] = bytes;
    let dir = folder(&contents);
    message(&dir)
}

#[track_caller]
fn message(dir: &TempDir) -> String {
    let folder = format!("{}{}", dir.path().display(), std::path::MAIN_SEPARATOR);
    let message = chain(&Mnist::open(dir.path()).unwrap_err());
    message.replace(&folder, "").replace(&dir.path().display().to_string(), "DIR")
}

#[test]
fn the_four_files_make_two_sets() {
    is_the_set(folder(&contents()).path());
}

#[test]
fn every_spelling_of_the_names_is_found() {
    for (dot, gz) in [(false, true), (true, false), (true, true)] {
        let dir = tempfile::tempdir().unwrap();
        for (name, bytes) in Mnist::FILES.iter().zip(contents()) {
            let name = if dot { name.replace("-idx", ".idx") } else { (*name).to_owned() };
            let (name, bytes) = if gz { (format!("{name}.gz"), gzip(&bytes)) } else { (name, bytes) };
            fs::write(dir.path().join(name), bytes).unwrap();
        }
        is_the_set(dir.path());
    }
}

#[test]
fn the_content_tells_gzip_not_the_name() {
    let dir = tempfile::tempdir().unwrap();
    for (i, (name, bytes)) in Mnist::FILES.iter().zip(contents()).enumerate() {
        let (name, bytes) = if i % 2 == 0 { ((*name).to_owned(), gzip(&bytes)) } else { (format!("{name}.gz"), bytes) };
        fs::write(dir.path().join(name), bytes).unwrap();
    }
    is_the_set(dir.path());
}

#[test]
fn of_several_spellings_with_the_same_content_one_is_read() {
    let [.., labels] = contents();
    let packed = gzip(&labels);
    let twice = if cfg!(feature = "gzip") { [gzip(&labels[..4]), gzip(&labels[4..])].concat() } else { labels.clone() };
    for (name, bytes) in [
        ("t10k-labels.idx1-ubyte", &labels),
        ("t10k-labels.idx1-ubyte", &packed),
        ("t10k-labels-idx1-ubyte.gz", &packed),
        ("t10k-labels-idx1-ubyte.gz", &labels),
        // The last 8 bytes belong to the second part: this one has to be unpacked.
        ("t10k-labels.idx1-ubyte.gz", &twice),
    ] {
        let dir = folder(&contents());
        fs::write(dir.path().join(name), bytes).unwrap();
        is_the_set(dir.path());
        // and from the other side: the spelling that comes first is the packed one
        fs::write(dir.path().join("t10k-labels-idx1-ubyte"), &packed).unwrap();
        is_the_set(dir.path());
    }
}

/// In silence, the images of one data set would be paired with the labels of another.
#[test]
fn two_spellings_with_different_content_are_refused_and_both_named() {
    let [.., labels] = contents();
    #[cfg(feature = "gzip")]
    let other = idx(8, &[2], &[1, 2]);
    let expected =
        |name| format!("t10k-labels-idx1-ubyte and {name} unpack to different content, and only one of them");
    for (name, bytes) in [
        ("t10k-labels.idx1-ubyte", idx(8, &[2], &[1, 2])),
        ("t10k-labels-idx1-ubyte.gz", idx(8, &[2], &[1, 2])),
        ("t10k-labels.idx1-ubyte", [&labels[..], &[0]].concat()),
        #[cfg(feature = "gzip")]
        ("t10k-labels-idx1-ubyte.gz", gzip(&other)),
        #[cfg(feature = "gzip")]
        ("t10k-labels-idx1-ubyte.gz", gzip(&[&labels[..], &[0]].concat())),
        #[cfg(feature = "gzip")]
        ("t10k-labels.idx1-ubyte.gz", gzip(&labels)[..20].to_vec()),
        #[cfg(feature = "gzip")]
        ("t10k-labels-idx1-ubyte.gz", vec![0x1f, 0x8b]),
    ] {
        let dir = folder(&contents());
        fs::write(dir.path().join(name), bytes).unwrap();
        let message = message(&dir);
        assert!(message.starts_with(&expected(name)), "{message}");
        assert!(message.ends_with("remove or rename the other"), "{message}");
    }
}

#[test]
fn a_file_may_be_in_a_folder_of_its_own_name() {
    let dir = tempfile::tempdir().unwrap();
    for (i, (name, bytes)) in Mnist::FILES.iter().zip(contents()).enumerate() {
        let dotted = name.replace("-idx", ".idx");
        let (above, below) =
            if i % 2 == 0 { (*name, (*name).to_owned()) } else { (dotted.as_str(), format!("{name}.gz")) };
        fs::create_dir(dir.path().join(above)).unwrap();
        fs::write(dir.path().join(above).join(below), bytes).unwrap();
        assert!(Mnist::is_present(dir.path()));
    }
    is_the_set(dir.path());
    // A file beside such a folder comes first.
    fs::write(dir.path().join("t10k-labels.idx1-ubyte.gz"), idx(8, &[2], &[1, 2])).unwrap();
    assert_eq!(Mnist::open(dir.path()).unwrap().test.labels(), [1, 2]);
}

#[test]
fn a_folder_of_the_name_is_passed_over() {
    let dir = folder(&contents());
    let plain = dir.path().join(Mnist::FILES[0]);
    fs::rename(&plain, dir.path().join("train-images.idx3-ubyte")).unwrap();
    fs::create_dir(&plain).unwrap();
    is_the_set(dir.path());
}

#[test]
fn a_missing_file_lists_the_names_looked_for() {
    let dir = folder(&contents());
    fs::remove_file(dir.path().join("t10k-labels-idx1-ubyte")).unwrap();
    let expected = "no t10k-labels-idx1-ubyte in DIR, looked for t10k-labels-idx1-ubyte, t10k-labels.idx1-ubyte, \
                    t10k-labels-idx1-ubyte.gz, t10k-labels.idx1-ubyte.gz";
    assert_eq!(message(&dir), expected);
    assert!(matches!(Mnist::open(dir.path().join("nowhere")), Err(MnistError::Missing { .. })));
}

#[test]
fn a_set_is_present_as_soon_as_one_file_is() {
    let dir = tempfile::tempdir().unwrap();
    assert!(!Mnist::is_present(dir.path()));
    assert!(!Mnist::is_present(dir.path().join("nowhere")));
    fs::create_dir(dir.path().join(Mnist::FILES[0])).unwrap();
    assert!(!Mnist::is_present(dir.path()));
    for name in ["train-images.idx3-ubyte", "t10k-labels-idx1-ubyte.gz", "t10k-images.idx3-ubyte.gz"] {
        fs::write(dir.path().join(name), "").unwrap();
        assert!(Mnist::is_present(dir.path()), "{name}");
        fs::remove_file(dir.path().join(name)).unwrap();
    }
}

#[test]
fn swapped_files_are_told_by_their_rank() {
    let [images, labels, ..] = contents();
    let expected = "train-images-idx3-ubyte holds labels (u8 of rank 1), expected images (u8 of rank 3)";
    assert_eq!(refused(0, labels), expected);
    let expected = "train-labels-idx1-ubyte holds images (u8 of rank 3), expected labels (u8 of rank 1)";
    assert_eq!(refused(1, images), expected);
    let expected = "t10k-images-idx3-ubyte holds f32 of rank 2, expected images (u8 of rank 3)";
    assert_eq!(refused(2, idx(0x0D, &[1, 1], &[0; 4])), expected);
}

#[test]
fn labels_of_the_other_set_do_not_match_in_number() {
    let [_, train_labels, _, test_labels] = contents();
    let expected = "train-images-idx3-ubyte holds 5 images, but train-labels-idx1-ubyte holds 2 labels";
    assert_eq!(refused(1, test_labels), expected);
    let expected = "t10k-images-idx3-ubyte holds 2 images, but t10k-labels-idx1-ubyte holds 5 labels";
    assert_eq!(refused(3, train_labels), expected);
}

#[test]
fn label_10_is_named_with_image_and_byte() {
    let expected = "train-labels-idx1-ubyte holds label 10 for image 3 (byte 11), expected 0 to 9";
    assert_eq!(refused(1, idx(8, &[5], &[9, 0, 3, 10, 255])), expected);
}

#[test]
fn images_of_another_size_in_the_test_set_are_refused() {
    let expected = "train-images-idx3-ubyte holds images of 3 x 4 pixels, but t10k-images-idx3-ubyte of 4 x 3";
    assert_eq!(refused(2, idx(8, &[2, 4, 3], &[0; 24])), expected);
}

#[test]
fn images_without_pixels_are_refused() {
    let expected = "train-images-idx3-ubyte holds images of 0 x 4 pixels, expected at least 1 x 1";
    assert_eq!(refused(0, idx(8, &[5, 0, 4], &[])), expected);
    let expected = "t10k-images-idx3-ubyte holds images of 3 x 0 pixels, expected at least 1 x 1";
    assert_eq!(refused(2, idx(8, &[0, 3, 0], &[])), expected);
}

#[test]
fn no_images_at_all_open() {
    let mut contents = contents();
    contents[2] = idx(8, &[0, 3, 4], &[]);
    contents[3] = idx(8, &[0], &[]);
    let set = Mnist::open(folder(&contents).path()).unwrap();
    assert_eq!((set.train.len(), set.test.len()), (5, 0));
}

#[test]
fn a_damaged_file_is_named_with_the_byte() {
    let [mut images, ..] = contents();
    images.pop();
    let expected =
        "cannot read train-images-idx3-ubyte: 59 bytes of values from byte 16 on, expected 60: the file is cut short";
    assert_eq!(refused(0, images), expected);
    let page = refused(3, b"<html>".to_vec());
    assert!(page.starts_with("cannot read t10k-labels-idx1-ubyte: not an IDX file"), "{page}");
    assert!(page.ends_with("(it looks like a web page)"), "{page}");
}

#[test]
fn four_readers_make_the_two_sets_raw_or_compressed() {
    let dir = folder(&contents());
    for pack in [<[u8]>::to_vec, gzip] {
        let files = contents().map(|bytes| pack(&bytes));
        let set = Mnist::read(files.each_ref().map(|bytes| &bytes[..])).unwrap();
        assert_eq!(set, Mnist::open(dir.path()).unwrap());
    }
    let files = Mnist::FILES.map(|name| fs::File::open(dir.path().join(name)).unwrap());
    assert_eq!(Mnist::read(files).unwrap(), Mnist::open(dir.path()).unwrap());
}

/// Whatever is wrong, and in whichever of the four: readers and files are refused with the same message.
#[test]
fn readers_are_refused_as_their_files_would_be() {
    let wrong = [
        idx(8, &[5], &[9, 0, 3, 10, 255]),
        idx(8, &[5, 0, 4], &[]),
        idx(8, &[5, 4, 3], &[0; 60]),
        idx(8, &[2, 4, 3], &[0; 24]),
        idx(8, &[3], &[1, 2, 3]),
        idx(0x0D, &[1, 1], &[0; 4]),
        b"<html>".to_vec(),
        vec![],
    ];
    for file in 0..4 {
        for bytes in &wrong {
            let mut files = contents();
            files[file].clone_from(bytes);
            let error = Mnist::read(files.each_ref().map(|bytes| &bytes[..])).unwrap_err();
            assert_eq!(chain(&error), refused(file, bytes.clone()), "file {file}");
        }
    }
}
