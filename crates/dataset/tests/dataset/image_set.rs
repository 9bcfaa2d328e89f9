//! Image sets, and sets made of them; 3 images of 2 x 4, so that every size differs.

use dataset::{ImageSet, ImageSetError};

/// Pixel j of image i is 10 i + j.
pub(crate) fn small() -> ImageSet {
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
#[should_panic(expected = "image 3 of a set of 3")]
fn an_image_beyond_the_end_panics() {
    let _ = small().image(3);
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
fn a_split_gives_the_first_images_and_the_others() {
    for n in 0..=3 {
        let (first, others) = small().split_at(n);
        assert_eq!((first.len(), others.len()), (n, 3 - n));
        assert_eq!([first.pixels(), others.pixels()].concat(), small().pixels());
        assert_eq!([first.labels(), others.labels()].concat(), small().labels());
        for set in [first, others] {
            assert_eq!((set.rows(), set.cols(), set.classes()), (2, 4, 6));
        }
    }
}

#[test]
#[should_panic(expected = "split at image 4 of a set of 3")]
fn a_split_beyond_the_end_panics() {
    let _ = small().split_at(4);
}

#[test]
fn a_subset_holds_the_chosen_images_in_their_order_and_as_often() {
    let set = small().subset(&[2, 0, 2, 1]);
    assert_eq!((set.rows(), set.cols(), set.classes()), (2, 4, 6));
    assert_eq!(set.labels(), [2, 5, 2, 0]);
    for (i, chosen) in [2, 0, 2, 1].into_iter().enumerate() {
        assert_eq!(set.image(i), small().image(chosen));
    }
    assert!(small().subset(&[]).is_empty());
    assert_eq!(small().subset(&[0, 1, 2]), small());
}

#[test]
#[should_panic(expected = "image 3 of a set of 3")]
fn a_subset_beyond_the_end_panics() {
    let _ = small().subset(&[1, 3]);
}

#[test]
fn parts_make_the_set_again() {
    let (pixels, labels) = small().into_parts();
    assert_eq!((pixels.len(), &labels[..]), (24, &[5, 0, 2][..]));
    assert_eq!(ImageSet::new(2, 4, 6, pixels, labels).unwrap(), small());
}
