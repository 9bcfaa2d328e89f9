//! A pair of IDX files under any names, with any number of classes; and an image set written as such a pair.

use std::fs;
use std::path::Path;

use dataset::{Digits, ImageFileError, ImageSet, Mnist};
use proptest::prelude::*;

use crate::image_set::small;
use crate::{chain, gzip, idx};

/// 3 images of 2 x 4 with labels up to 46.
fn images() -> Vec<u8> {
    idx(8, &[3, 2, 4], &(0..24).collect::<Vec<u8>>())
}

fn labels() -> Vec<u8> {
    idx(8, &[3], &[46, 0, 26])
}

#[track_caller]
fn refused(images: &[u8], labels: &[u8], classes: usize, expected: &str) {
    assert_eq!(chain(&ImageSet::read(images, labels, classes).unwrap_err()), expected);
}

#[test]
fn a_pair_is_read_raw_or_compressed_with_any_number_of_classes() {
    for pack in [<[u8]>::to_vec, gzip] {
        let set = ImageSet::read(&pack(&images())[..], &pack(&labels())[..], 47).unwrap();
        assert_eq!((set.len(), set.rows(), set.cols(), set.classes()), (3, 2, 4, 47));
        assert_eq!((set.labels(), set.image(1)[0]), (&[46, 0, 26][..], 8));
    }
    assert!(ImageSet::read(&images()[..], &labels()[..], 1000).is_ok());
}

#[test]
fn a_pair_of_files_is_opened_under_any_names() {
    let dir = tempfile::tempdir().unwrap();
    let (a, b) = (dir.path().join("letters"), dir.path().join("classes.gz"));
    fs::write(&a, images()).unwrap();
    fs::write(&b, gzip(&labels())).unwrap();
    assert_eq!(ImageSet::open(&a, &b, 47).unwrap(), ImageSet::read(&images()[..], &labels()[..], 47).unwrap());

    let swapped = ImageSet::open(&b, &a, 47).unwrap_err();
    let expected = format!("{} holds labels (u8 of rank 1), expected images (u8 of rank 3)", b.display());
    assert_eq!(chain(&swapped), expected);
    let missing = ImageSet::open(&a, dir.path().join("none"), 47).unwrap_err();
    assert!(matches!(missing, ImageFileError::Idx(_)));
    let expected = format!("cannot read {}: reading failed at byte 0: ", dir.path().join("none").display());
    assert!(chain(&missing).starts_with(&expected), "{}", chain(&missing));
}

#[test]
fn a_pair_is_checked_as_strictly_as_mnist() {
    let (images, labels) = (images(), labels());
    refused(&labels, &labels, 47, "the file of images holds labels (u8 of rank 1), expected images (u8 of rank 3)");
    refused(&images, &images, 47, "the file of labels holds images (u8 of rank 3), expected labels (u8 of rank 1)");
    let other = idx(0x0C, &[1], &[0; 4]);
    refused(&images, &other, 47, "the file of labels holds i32 of rank 1, expected labels (u8 of rank 1)");
    let two = idx(8, &[2], &[0, 0]);
    refused(&images, &two, 47, "the file of images holds 3 images, but the file of labels holds 2 labels");
    let none = idx(8, &[3, 0, 4], &[]);
    refused(&none, &labels, 47, "the file of images holds images of 0 x 4 pixels, expected at least 1 x 1");
    let expected = "cannot read the file of labels: IDX header ends at byte 3, expected 4 bytes";
    refused(&images, &labels[..3], 47, expected);
}

#[test]
fn a_label_outside_of_the_classes_says_what_is_allowed() {
    let expected = "the file of labels holds label 46 for image 0 (byte 8), expected 0 to 45";
    refused(&images(), &labels(), 46, expected);
    let expected = "the file of labels holds label 46 for image 0 (byte 8), expected no labels, as there are 0 classes";
    refused(&images(), &labels(), 0, expected);
}

#[test]
fn a_set_is_written_as_the_two_files_that_hold_it() {
    let (mut images, mut labels) = (Vec::new(), Vec::new());
    small().write_images(&mut images).unwrap();
    small().write_labels(&mut labels).unwrap();
    assert_eq!((images, labels), (idx(8, &[3, 2, 4], small().pixels()), idx(8, &[3], small().labels())));
}

#[test]
fn saved_digits_open_as_mnist() {
    let dir = tempfile::tempdir().unwrap();
    let digits = Digits::with_sizes(1, 20, 10);
    let [a, b, c, d] = Mnist::FILES.map(|name| dir.path().join(name));
    digits.train.save(&a, &b).unwrap();
    digits.test.save(&c, &d).unwrap();
    let mnist = Mnist::open(dir.path()).unwrap();
    assert_eq!((mnist.train, mnist.test), (digits.train.clone(), digits.test));

    let nowhere = dir.path().join("nowhere").join("labels");
    let error = digits.train.save(&a, &nowhere).unwrap_err();
    assert_eq!((&error.path, error.to_string()), (&nowhere, format!("cannot write {}", nowhere.display())));
}

#[test]
#[cfg(target_pointer_width = "64")] // otherwise no size is as large
fn a_set_that_the_format_cannot_hold_is_refused() {
    let wide = ImageSet::new(1, 1 << 32, 10, vec![], vec![]).unwrap();
    let error = wide.write_images(&mut Vec::new()).unwrap_err();
    assert_eq!(error.to_string(), "size 4294967296 of dimension 2 (counted from 0), expected at most 4294967295");
    assert!(wide.save(Path::new("never-made"), Path::new("never-made-either")).is_err());
    assert!(!Path::new("never-made").exists());
}

proptest! {
    #[test]
    fn any_set_comes_back_from_its_files(
        (rows, cols, labels, pixels) in (1_usize..5, 1_usize..5, prop::collection::vec(0_u8..47, 0..9))
            .prop_flat_map(|(rows, cols, labels)| {
                let n = rows * cols * labels.len();
                (Just(rows), Just(cols), Just(labels), prop::collection::vec(any::<u8>(), n))
            })
    ) {
        let set = ImageSet::new(rows, cols, 47, pixels, labels).unwrap();
        let (mut images, mut labels) = (Vec::new(), Vec::new());
        set.write_images(&mut images).unwrap();
        set.write_labels(&mut labels).unwrap();
        prop_assert_eq!(ImageSet::read(&images[..], &labels[..], 47).unwrap(), set);
    }
}
