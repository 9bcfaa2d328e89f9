//! Batches and one-hot labels as vectors, one sample after another; they need no feature.

use dataset::{ImageSet, one_hot_row_major};

use crate::image_set::small;

#[test]
fn a_row_major_batch_has_one_image_after_another_divided_by_255() {
    let (x, labels) = small().batch_row_major::<f64>(&[2, 0, 2, 1]);
    let expected: Vec<f64> = [20, 0, 20, 10].into_iter().flat_map(|i| i..i + 8).map(|v| f64::from(v) / 255.0).collect();
    assert_eq!((x, labels), (expected, vec![2, 5, 2, 0]));
    assert_eq!(small().batch_row_major::<f32>(&[]), (vec![], vec![]));
}

#[test]
fn a_row_major_range_is_the_batch_of_its_indices() {
    let set = small();
    for (start, end) in [(0, 3), (1, 3), (1, 2), (2, 2), (3, 3)] {
        let (x, labels) = set.range_row_major::<f32>(start..end);
        let indices: Vec<usize> = (start..end).collect();
        assert_eq!((x, labels.to_vec()), set.batch_row_major::<f32>(&indices));
    }
}

#[test]
fn every_byte_becomes_the_nearest_number_of_its_type() {
    let set = ImageSet::new(16, 16, 1, (0..=255).collect(), vec![0]).unwrap();
    let (x32, x64) = (set.batch_row_major::<f32>(&[0]).0, set.range_row_major::<f64>(0..1).0);
    for value in 0..=255_u8 {
        assert_eq!(x32[usize::from(value)], f32::from(value) / 255.0);
        assert_eq!(x64[usize::from(value)], f64::from(value) / 255.0);
    }
}

#[test]
#[should_panic(expected = "image 3 of a set of 3")]
fn a_row_major_batch_beyond_the_end_panics() {
    let _ = small().batch_row_major::<f32>(&[0, 3]);
}

#[test]
#[should_panic(expected = "images 2..4 of a set of 3")]
fn a_row_major_range_beyond_the_end_panics() {
    let _ = small().range_row_major::<f32>(2..4);
}

#[test]
fn one_hot_rows_come_one_after_another() {
    let expected = [[0.0, 0.0, 1.0, 0.0], [1.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 1.0]];
    assert_eq!(one_hot_row_major::<f32>(&[2, 0, 3], 4), expected.as_flattened());
    assert_eq!(one_hot_row_major::<i64>(&[1], 2), [0, 1]);
    assert!(one_hot_row_major::<f64>(&[], 4).is_empty());
}

#[test]
#[should_panic(expected = "label 4 of row 1 among 4 classes")]
fn a_one_hot_row_of_an_unknown_class_panics() {
    let _ = one_hot_row_major::<f32>(&[3, 4], 4);
}
