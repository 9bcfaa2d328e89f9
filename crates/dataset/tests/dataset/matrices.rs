//! Batches and one-hot labels as matrices of nalgebra.

use dataset::nalgebra::DMatrix;
use dataset::{ImageSet, one_hot, one_hot_row_major};

use crate::image_set::small;

#[test]
fn no_images_make_an_empty_set_and_an_empty_batch() {
    let set = ImageSet::new(2, 4, 6, vec![], vec![]).unwrap();
    assert!(set.is_empty());
    assert_eq!(set.batch::<f32>(&[]).0.shape(), (0, 8));
    assert_eq!(set.range::<f32>(0..0).0.shape(), (0, 8));
}

#[test]
fn a_batch_has_an_image_a_row_divided_by_255() {
    let (x, labels) = small().batch::<f64>(&[2, 0, 2, 1]);
    let rows = [20, 0, 20, 10].map(|first| (first..first + 8).map(f64::from));
    let expected = DMatrix::from_row_iterator(4, 8, rows.into_iter().flatten()) / 255.0;
    assert_eq!(x, expected);
    assert_eq!(labels, [2, 5, 2, 0]);
}

#[test]
fn every_byte_becomes_the_nearest_number_of_its_type() {
    let set = ImageSet::new(16, 16, 1, (0..=255).collect(), vec![0]).unwrap();
    let (x32, x64) = (set.batch::<f32>(&[0]).0, set.batch::<f64>(&[0]).0);
    for value in 0..=255u8 {
        assert_eq!(x32[usize::from(value)], f32::from(value) / 255.0);
        assert_eq!(x64[usize::from(value)], f64::from(value) / 255.0);
    }
}

#[test]
fn ranges_and_batches_of_any_length_agree() {
    let n: usize = 700; // more than one block of the transposition, and a part of one
    let pixels: Vec<u8> = (0..n * 6).map(|i| u8::try_from(i * 7 % 251).unwrap()).collect();
    let labels: Vec<u8> = (0..n).map(|i| u8::try_from(i % 9).unwrap()).collect();
    let set = ImageSet::new(3, 2, 9, pixels.clone(), labels.clone()).unwrap();
    let all = DMatrix::from_row_iterator(n, 6, pixels.iter().map(|p| f32::from(*p) / 255.0));
    for (start, end) in [(0, n), (0, 256), (1, 258), (255, 700), (5, 5), (n, n)] {
        let (x, t) = set.range::<f32>(start..end);
        assert_eq!(x, all.rows(start, end - start));
        assert_eq!(t, &labels[start..end]);
        let indices: Vec<usize> = (start..end).collect();
        assert_eq!(set.batch::<f32>(&indices), (x, t.to_vec()));
    }
}

#[test]
#[should_panic(expected = "image 3 of a set of 3")]
fn a_batch_beyond_the_end_panics() {
    let _ = small().batch::<f32>(&[0, 3]);
}

#[test]
#[should_panic(expected = "images 2..4 of a set of 3")]
fn a_range_beyond_the_end_panics() {
    let _ = small().range::<f32>(2..4);
}

#[test]
#[should_panic(expected = "images 2..1 of a set of 3")]
fn a_range_backwards_panics() {
    #[expect(clippy::reversed_empty_ranges, reason = "the mistake under test")]
    let _ = small().range::<f32>(2..1);
}

#[test]
fn one_hot_has_a_single_one_in_each_row() {
    let expected = [[0.0, 0.0, 1.0, 0.0], [1.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 1.0]];
    let expected = DMatrix::from_row_slice(3, 4, expected.as_flattened());
    assert_eq!(one_hot::<f32>(&[2, 0, 3], 4), expected);
    assert_eq!(one_hot::<f32>(&[], 4).shape(), (0, 4));
}

#[test]
#[should_panic(expected = "label 4 of row 1 among 4 classes")]
fn one_hot_of_an_unknown_class_panics() {
    let _ = one_hot::<f32>(&[3, 4], 4);
}

/// By column is what `as_slice()` gives: of one length with the other, and no row of it is an image.
#[test]
fn row_major_vectors_are_the_rows_of_the_matrices() {
    let indices = [2, 0, 2, 1];
    let (x, labels) = small().batch::<f32>(&indices);
    let (rows, row_labels) = small().batch_row_major::<f32>(&indices);
    assert_eq!((x.transpose().as_slice(), labels), (&rows[..], row_labels));
    assert_ne!(x.as_slice(), rows);

    let (x, _) = small().range::<f64>(1..3);
    assert_eq!(x.transpose().as_slice(), small().range_row_major::<f64>(1..3).0);
    let t = one_hot::<f32>(&[2, 0, 3], 4);
    assert_eq!(t.transpose().as_slice(), one_hot_row_major::<f32>(&[2, 0, 3], 4));
}
