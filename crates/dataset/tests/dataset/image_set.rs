//! Image sets and what they hand out; 3 images of 2 x 4, so that every size differs.

use dataset::{ImageSet, ImageSetError, one_hot};
use nalgebra::DMatrix;

/// Pixel j of image i is 10 i + j.
fn small() -> ImageSet {
    let pixels = (0..3).flat_map(|i| (0..8).map(move |j| 10 * i + j)).collect();
    ImageSet::new(2, 4, 6, pixels, vec![5, 0, 2]).unwrap()
}

#[test]
fn a_set_knows_its_sizes() {
    let set = small();
    assert_eq!((set.len(), set.rows(), set.cols(), set.pixels_per_image(), set.classes()), (3, 2, 4, 8, 6));
    assert_eq!(set.image(1), [10, 11, 12, 13, 14, 15, 16, 17]);
    assert_eq!(set.labels(), [5, 0, 2]);
    assert_eq!(set.pixels().len(), 24);
    assert!(!set.is_empty());
    assert_eq!(format!("{set:?}"), "ImageSet { len: 3, rows: 2, cols: 4, classes: 6, .. }");
}

#[test]
fn lengths_that_do_not_agree_are_refused() {
    let error = ImageSet::new(2, 4, 6, vec![0; 23], vec![0; 3]).unwrap_err();
    assert_eq!(error, ImageSetError::Lengths { pixels: 23, labels: 3, pixels_per_image: 8 });
    assert_eq!(error.to_string(), "23 pixels for 3 labels, expected 8 for each");
    assert!(ImageSet::new(2, 4, 6, vec![0; 24], vec![0; 2]).is_err());
}

#[test]
fn a_label_without_a_class_is_named_with_its_place() {
    let error = ImageSet::new(1, 1, 6, vec![0; 4], vec![5, 0, 6, 7]).unwrap_err();
    assert_eq!(error, ImageSetError::Label { index: 2, label: 6, classes: 6 });
    assert_eq!(error.to_string(), "label 6 of image 2, expected a number below 6");
}

#[test]
fn images_without_pixels_and_sizes_beyond_memory_are_refused() {
    for (rows, cols) in [(0, 4), (4, 0), (usize::MAX, 2)] {
        let error = ImageSet::new(rows, cols, 6, vec![], vec![]).unwrap_err();
        assert_eq!(error, ImageSetError::Size { rows, cols });
    }
    let labels_only = ImageSet::new(usize::MAX / 2, 2, 6, vec![], vec![0; 3]).unwrap_err();
    assert!(matches!(labels_only, ImageSetError::Lengths { .. }));
}

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
#[should_panic(expected = "image 3 of a set of 3")]
fn an_image_beyond_the_end_panics() {
    let _ = small().image(3);
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
fn truncating_keeps_the_first_images() {
    let mut set = small();
    set.truncate(5);
    assert_eq!(set, small());
    set.truncate(2);
    assert_eq!((set.len(), set.labels(), set.pixels()), (2, &[5, 0][..], &small().pixels()[..16]));
    set.truncate(0);
    assert!(set.is_empty());
    assert_eq!(set.pixels_per_image(), 8);
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
