//! Kaggle's lines of numbers: what is read, and what is refused with line and column.

use std::fs;
use std::path::Path;

use dataset::{ImageSet, Mnist, MnistFolder, MnistKind};

use crate::chain;

/// Two images of 2 x 2 and a test image.
const TRAIN: &str = "5,0,255,7,8\n0,1,2,3,4\n";
const TEST: &str = "9,10,20,30,40\n";

fn read(train: &str, test: &str) -> Result<Mnist, String> {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("mnist_train.csv"), train).unwrap();
    fs::write(dir.path().join("mnist_test.csv"), test).unwrap();
    open(dir.path())
}

fn open(dir: &Path) -> Result<Mnist, String> {
    let folder = format!("{}{}", dir.display(), std::path::MAIN_SEPARATOR);
    MnistFolder::look(dir, MnistKind::Mnist).open().map_err(|error| chain(&error).replace(&folder, ""))
}

#[track_caller]
fn is_the_set(mnist: &Mnist) {
    assert_eq!((mnist.train.len(), mnist.train.rows(), mnist.train.cols(), mnist.test.len()), (2, 2, 2, 1));
    assert_eq!((mnist.train.labels(), mnist.train.pixels()), (&[5, 0][..], &[0, 255, 7, 8, 1, 2, 3, 4][..]));
    assert_eq!((mnist.test.labels(), mnist.test.image(0)), (&[9][..], &[10, 20, 30, 40][..]));
}

#[test]
fn every_way_to_write_the_lines_is_read() {
    let header = "label,1x1,1x2,2x1,2x2\n";
    let kaggle = "label,pixel0,pixel1,pixel2,pixel3\n";
    for (train, test) in [
        (TRAIN.to_owned(), TEST.to_owned()),
        (header.to_owned() + TRAIN, header.to_owned() + TEST),
        (kaggle.to_owned() + TRAIN, kaggle.to_owned() + TEST),
        (format!("\u{feff}{header}{TRAIN}"), format!("\u{feff}{TEST}")),
        (TRAIN.replace('\n', "\r\n"), TEST.replace('\n', "\r\n\r\n")),
        (TRAIN.trim_end().to_owned(), TEST.replace(',', ", ")),
        (format!("\"label\",\"1x1\"\n{TRAIN}"), TEST.to_owned()),
    ] {
        is_the_set(&read(&train, &test).unwrap());
    }
}

#[test]
fn what_is_no_line_of_an_image_is_named_by_line_and_column() {
    for (train, expected) in [
        ("", "no images: expected lines of a label and its pixels, separated by commas"),
        ("label,1x1\n", "no images: expected lines of a label and its pixels, separated by commas"),
        ("5,0,255,7,8\n0,1,2,3\n", "4 columns in line 2, expected 5 as in the first line of numbers"),
        ("5,0,255,7,8\n0,1,2,3,4,5\n", "6 columns in line 2, expected 5 as in the first line of numbers"),
        ("label,a,b,c,d\n5,0,256,7,8\n", "\"256\" in line 2, column 3, expected a pixel from 0 to 255"),
        ("5,0,255,7,8\n10,1,2,3,4\n", "\"10\" in line 2, column 1, expected a label from 0 to 9"),
        ("5,0,-1,7,8\n", "\"-1\" in line 1, column 3, expected a pixel from 0 to 255"),
        ("5,0,0.5,7,8\n", "\"0.5\" in line 1, column 3, expected a pixel from 0 to 255"),
        ("5,0,,7,8\n", "\"\" in line 1, column 3, expected a pixel from 0 to 255"),
        ("5;0;1;2;3\n", "\"5;0;1;2;3\" in line 1, column 1, expected a label from 0 to 9"),
        ("5,0,255,7\n", "3 pixels in line 1, expected a square number, such as 784 of 28 x 28"),
        ("5\n", "0 pixels in line 1, expected a square number, such as 784 of 28 x 28"),
        ("<html>\n", "it begins with \"<html>\", expected \"label\" or a label (it looks like a web page)"),
    ] {
        let error = read(train, TEST).unwrap_err();
        assert!(error.starts_with(&format!("cannot read mnist_train.csv: {expected}")), "{error}\nwithout {expected}");
    }
    let error = read(&format!("5,{}", "0,".repeat(200_000)), TEST).unwrap_err();
    assert!(error.contains("line 1 is longer than 262144 bytes"), "{error}");
    let error = read(TRAIN, "9,1\n").unwrap_err();
    assert_eq!(error, "mnist_train.csv holds images of 2 x 2 pixels, but mnist_test.csv of 1 x 1");
}

#[test]
fn one_half_alone_names_the_other() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("mnist_test.csv"), TEST).unwrap();
    let expected = "no mnist_train.csv, and mnist_test.csv is only one half of a data set";
    assert_eq!(open(dir.path()).unwrap_err(), expected);
}

/// The files of Kaggle's competition: `test.csv` has no labels, and nobody but Kaggle knows them.
#[test]
fn test_images_without_labels_say_so_and_how_to_go_on() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("train.csv"), format!("label,pixel0,pixel1,pixel2,pixel3\n{TRAIN}")).unwrap();
    fs::write(dir.path().join("test.csv"), "pixel0,pixel1,pixel2,pixel3\n1,2,3,4\n").unwrap();
    let error = open(dir.path()).unwrap_err();
    assert!(error.starts_with("cannot read test.csv: it has no labels: its columns begin with \"pixel0\""), "{error}");
    assert!(error.contains("> mnist_train.csv"), "{error}");
    // labelled by hand, they are read
    fs::write(dir.path().join("test.csv"), TEST).unwrap();
    is_the_set(&open(dir.path()).unwrap());
    // a train.csv of something else is none of ours
    fs::write(dir.path().join("train.csv"), "Id,Price\n1,2\n").unwrap();
    assert!(open(dir.path()).unwrap_err().starts_with("no MNIST in "));
}

#[test]
fn a_first_line_that_is_none_of_a_csv_says_what_it_may_be() {
    for (text, words) in [
        ("version https://git-lfs.github.com/spec/v1\n", "Git LFS pointer"),
        ("<!DOCTYPE html>\n", "it looks like a web page"),
        ("label;pixel0;pixel1\n5;1;2\n", "separated by commas"),
        ("label\tpixel0\n5\t1\n", "separated by commas"),
        ("pixel0,pixel1,label\n1,2,5\n", "the label is the last column; make it the first"),
        ("hello\n", "it is not a CSV file"),
    ] {
        let error = ImageSet::read_csv(text.as_bytes()).unwrap_err().to_string();
        assert!(error.contains(words) && !error.contains("Kaggle"), "{text}: {error}");
    }
    let error = ImageSet::read_csv(&b"\xff\xfel\0a\0"[..]).unwrap_err().to_string();
    assert!(error.contains("UTF-16"), "{error}");
}

#[test]
fn fashion_mnist_has_names_of_its_own() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("fashion-mnist_train.csv"), TRAIN).unwrap();
    fs::write(dir.path().join("fashion-mnist_test.csv"), TEST).unwrap();
    is_the_set(&MnistFolder::look(dir.path(), MnistKind::Fashion).open().unwrap());
    assert!(!MnistFolder::look(dir.path(), MnistKind::Mnist).is_present());
}
