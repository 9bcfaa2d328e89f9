//! Keras's archive: which arrays are read, and what is refused.

use std::fs;
use std::io::{Cursor, Write};

use dataset::{Mnist, MnistFolder, MnistKind};
use npy::{Npy, NpyData};
use zip::{ZipWriter, write::SimpleFileOptions};

use crate::chain;

type Arrays = [(&'static str, Npy); 4];

fn arrays() -> Arrays {
    let pixels = |count: u8| NpyData::U8((0..12 * count).collect());
    [
        ("x_train", Npy { shape: vec![3, 4, 3], data: pixels(3) }),
        ("y_train", Npy { shape: vec![3], data: NpyData::U8(vec![5, 0, 4]) }),
        ("x_test", Npy { shape: vec![2, 4, 3], data: pixels(2) }),
        ("y_test", Npy { shape: vec![2], data: NpyData::U8(vec![7, 2]) }),
    ]
}

fn open(arrays: &[(&str, Npy)]) -> Result<Mnist, String> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, array) in arrays {
        archive.start_file(format!("{name}.npy"), SimpleFileOptions::default()).unwrap();
        archive.write_all(&array.to_bytes()).unwrap();
    }
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("mnist.npz"), archive.finish().unwrap().into_inner()).unwrap();
    let folder = format!("{}{}", dir.path().display(), std::path::MAIN_SEPARATOR);
    MnistFolder::look(dir.path(), MnistKind::Mnist).open().map_err(|error| chain(&error).replace(&folder, ""))
}

#[test]
fn the_arrays_of_keras_make_the_two_sets() {
    let Mnist { train, test } = open(&arrays()).unwrap();
    assert_eq!((train.len(), train.rows(), train.cols(), train.labels()), (3, 4, 3, &[5, 0, 4][..]));
    assert_eq!((test.len(), test.image(1)[0], test.labels()), (2, 12, &[7, 2][..]));
}

#[test]
fn labels_may_be_of_any_whole_type_and_images_flat() {
    for (data, shape) in [
        (NpyData::I64(vec![5, 0, 4]), vec![3]),
        (NpyData::I32(vec![5, 0, 4]), vec![3, 1]),
        (NpyData::U16(vec![5, 0, 4]), vec![3]),
        (NpyData::U64(vec![5, 0, 4]), vec![3]),
    ] {
        let mut arrays = arrays();
        arrays[1].1 = Npy { shape, data };
        assert_eq!(open(&arrays).unwrap().train.labels(), [5, 0, 4]);
    }
    let mut arrays = arrays();
    arrays[0].1 = Npy { shape: vec![3, 4], data: NpyData::U8(vec![1; 12]) };
    arrays[2].1 = Npy { shape: vec![2, 4], data: NpyData::U8(vec![1; 8]) };
    assert_eq!(open(&arrays).unwrap().test.rows(), 2);
}

#[test]
fn what_does_not_belong_there_is_named_with_what_does() {
    let cases: [(usize, Npy, &str); 10] = [
        (
            0,
            Npy { shape: vec![3, 4, 3], data: NpyData::F32(vec![0.5; 36]) },
            "x_train is float32 of shape [3, 4, 3], expected uint8",
        ),
        (
            0,
            Npy { shape: vec![3, 12], data: NpyData::U8(vec![1; 36]) },
            "x_train is uint8 of shape [3, 12], expected uint8",
        ),
        (2, Npy { shape: vec![24], data: NpyData::U8(vec![1; 24]) }, "x_test is uint8 of shape [24], expected uint8"),
        (
            2,
            Npy { shape: vec![2, 0, 3], data: NpyData::U8(vec![]) },
            "x_test is uint8 of shape [2, 0, 3], expected uint8",
        ),
        (
            // no image, but a product of the sizes that has no room in 64 bits
            0,
            Npy { shape: vec![0, 1 << 40, 1 << 40], data: NpyData::U8(vec![]) },
            "x_train is uint8 of shape [0, 1099511627776, 1099511627776], expected uint8",
        ),
        (
            1,
            Npy { shape: vec![3, 10], data: NpyData::U8(vec![0; 30]) },
            "y_train is uint8 of shape [3, 10], expected whole",
        ),
        (
            1,
            Npy { shape: vec![3], data: NpyData::F64(vec![0.0; 3]) },
            "y_train is float64 of shape [3], expected whole",
        ),
        (3, Npy { shape: vec![2], data: NpyData::I64(vec![1, -1]) }, "y_test holds -1 for image 1, expected 0 to 9"),
        (3, Npy { shape: vec![3], data: NpyData::U8(vec![1; 3]) }, "x_test holds 2 images, but y_test 3 labels"),
        (2, Npy { shape: vec![2, 3, 4], data: NpyData::U8(vec![1; 24]) }, "holds images of 4 x 3 pixels, but"),
    ];
    for (at, array, expected) in cases {
        let mut arrays = arrays();
        arrays[at].1 = array;
        let error = open(&arrays).unwrap_err();
        assert!(error.contains(expected) && error.contains("mnist.npz"), "{error}\nwithout {expected}");
    }
    let error = open(&arrays()[..3]).unwrap_err();
    assert!(
        error.starts_with("cannot read mnist.npz: expected the arrays x_train, y_train, x_test and y_test: "),
        "{error}"
    );
    assert!(error.contains("holds no y_test.npy, but \"x_test.npy\", \"x_train.npy\""), "{error}");
}
