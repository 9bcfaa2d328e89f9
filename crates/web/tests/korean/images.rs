//! Files of MNIST that are none.

use super::made::{archive, idx, npy_with, zeros};
use super::{ask_with, check};
use dataset::Mnist;
use npy::ElementType;
use serde_json::json;
use web::Session;

/// Gives files in one drop, and checks what is said about them.
#[track_caller]
fn check_files(files: &[(&str, &[u8])], says: &str, others: &str) {
    let names: Vec<_> = files.iter().map(|(name, bytes)| json!({"name": name, "bytes": bytes.len()})).collect();
    let bytes: Vec<u8> = files.iter().flat_map(|(_, bytes)| *bytes).copied().collect();
    let request = json!({"do": "files", "files": names});
    let (reply, _) = ask_with(&mut Session::default(), &request, &bytes);
    check(&reply["error"], says, others);
}

/// Gives training and test images and labels.
#[track_caller]
fn check_four(train: [&[u8]; 2], test: [&[u8]; 2], says: &str) {
    let files = Mnist::FILES.into_iter().zip(train.into_iter().chain(test));
    check_files(&files.collect::<Vec<_>>(), says, "");
}

#[test]
fn a_file_that_is_no_idx_file_is_refused_in_korean() {
    let cut = idx(8, &[3, 28, 28], &[0; 9]);
    let long = idx(8, &[2], &[0; 5]);
    let huge = idx(8, &[u32::MAX; 3], &[]);
    let limit = idx(8, &[81_000, 28, 28], &vec![0; 81_000 * 784]);
    for (content, says, others) in [
        (&b"sunny"[..], "found 73 75 6e 6e", ""),
        (b" \n<!DOCTYPE html>", "(it looks like a web page)", ""),
        (b"\x93NUMPY\x01\0", "(it is a NumPy array, .npy)", ""),
        (b"\x80\x04\x95\0\0\0", "(it is a Python pickle)", ""),
        (b"version https://git-lfs.github.com/spec/v1", "(it is a Git LFS pointer", ""),
        (b"", "IDX header ends at byte 0, expected 4 bytes", ""),
        (&cut[..11], "IDX header ends at byte 11, expected 16 bytes", ""),
        (&[0, 0, 7, 1], "unknown IDX element type 0x07 at byte 2", ""),
        (&huge, "more than 2^64 bytes", ""),
        (&cut, "9 bytes of values from byte 16 on, expected 2352", ""),
        (&long, "5 bytes of values from byte 8 on, expected 2", ""),
        (&limit, "content continues after 62914560 bytes", ""),
        (b"\x1f\x8b\x08\0\0\0\0\0\0\x03\xff\xff", "corrupt gzip data", "corrupt deflate stream"),
    ] {
        check_files(&[("train-images-idx3-ubyte", content)], says, others);
    }
}

#[test]
fn files_that_do_not_fit_together_are_refused_in_korean() {
    let images = |count: u32, side: u32| {
        let bytes = usize::try_from(count * side * side).unwrap();
        idx(8, &[count, side, side], &vec![0; bytes])
    };
    let labels = |labels: &[u8]| idx(8, &[u32::try_from(labels.len()).unwrap()], labels);
    let (two, one) = (images(2, 28), labels(&[3]));
    let good = [&images(1, 28)[..], &one];
    check_four([&two, &one], good, "1568 pixels for 1 labels, expected 784 for each");
    check_four([&two, &labels(&[9, 10])], good, "label 10 of image 1, expected a number below 10");
    check_four([&images(1, 0), &one], good, "images of 0 x 0 pixels");
    check_four([&images(1, 27), &one], good, "the images are 27 x 27 pixels, expected 28 x 28");
    check_four(good, [&images(0, 28), &labels(&[])], "a set without images");
    check_four([&one, &one], good, "train-images-idx3-ubyte holds u8 of [1], expected u8 of [N, 28, 28]");
    check_four(good, [&two, &two], "t10k-labels-idx1-ubyte holds u8 of [2, 28, 28], expected u8 of [N]");
    check_four([&idx(11, &[1, 1, 1], &[0, 0]), &one], good, "train-images-idx3-ubyte holds i16 of [1, 1, 1]");
}

#[test]
fn an_archive_that_cannot_be_used_is_refused_in_korean() {
    let name = "train-images-idx3-ubyte";
    let mut changed = archive(&[(name, idx(8, &[3], &[7, 7, 7]))]);
    let at = changed.windows(3).position(|bytes| bytes == [7; 3]).unwrap();
    changed[at] = 8;
    let large = archive(&[(name, vec![0; (60 << 20) + 1])]);
    let other = archive(&[("readme.txt", Vec::new())]);
    for (content, says, others) in [
        (&b"PK\x03\x04 and nothing"[..], "the archive cannot be read", "invalid Zip archive"),
        (&changed, "train-images-idx3-ubyte of the archive cannot be unpacked", "Invalid checksum"),
        (&large, "unpacks to more than 62914560 bytes", ""),
        (&other, "mnist.zip is not a file of MNIST", ""),
    ] {
        check_files(&[("mnist.zip", content)], says, others);
    }
    check_files(&[("holiday.txt", b"sun")], "holiday.txt is not a file of MNIST", "");
}

#[test]
fn the_arrays_of_keras_are_refused_in_korean() {
    let u8s = |shape: &[usize]| zeros(ElementType::U8, shape);
    let x = || u8s(&[2, 28, 28]);
    let y = || u8s(&[2]);
    let ten = npy_with(
        "{'descr': '<i8', 'fortran_order': False, 'shape': (2,), }",
        &[[0; 8], [10, 0, 0, 0, 0, 0, 0, 0]].concat(),
    );
    let all = |x_train, y_train, x_test, y_test| {
        let names = ["x_train.npy", "y_train.npy", "x_test.npy", "y_test.npy"];
        archive(&names.into_iter().zip([x_train, y_train, x_test, y_test]).collect::<Vec<_>>())
    };
    let rows = [
        (archive(&[("x_train.npy", x()), ("x_test.npy", x())]), "the archive holds no y_train.npy, but"),
        (all(zeros(ElementType::F64, &[2, 28, 28]), y(), x(), y()), "x_train is float64 of shape [2, 28, 28]"),
        (all(u8s(&[2, 15]), y(), x(), y()), "x_train is uint8 of shape [2, 15]"),
        (all(x(), zeros(ElementType::F32, &[2]), x(), y()), "y_train is float32 of shape [2]"),
        (all(x(), y(), x(), ten), "y_test holds 10 for image 1, expected 0 to 9"),
        (all(x(), y(), x(), u8s(&[3])), "x_test holds 2 images, but y_test 3 labels"),
        (all(x(), y(), u8s(&[2, 27, 27]), y()), "holds images of 28 x 28 pixels, but"),
        (all(u8s(&[2, 27, 27]), y(), u8s(&[2, 27, 27]), y()), "the images are 27 x 27 pixels"),
        (all(x(), y(), x()[..300].to_vec(), y()), "bytes of numbers, expected 1568 for the shape [2, 28, 28]"),
        (all(x(), y(), x(), b"list".to_vec()), "it ends within its first 8 bytes"),
    ];
    for (archive, says) in rows {
        check_files(&[("mnist.npz", &archive)], says, "");
    }
}
