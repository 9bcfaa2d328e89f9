//! What a drawing or a photo needs beyond MNIST's rule: clean paper, dark ink, broad strokes.

use dataset::{MnistImageError, digit_image, mnist_image};

const SIDE: usize = 100;

/// A bar of 60 rows and this width, of this ink, on paper of 100 x 100.
fn bar(width: usize, ink: u8) -> Vec<u8> {
    let mut paper = vec![0; SIDE * SIDE];
    for row in 20..80 {
        paper[row * SIDE + 40..row * SIDE + 40 + width].fill(ink);
    }
    paper
}

fn image(ink: &[u8]) -> [u8; 784] {
    digit_image(ink, SIDE, SIDE).unwrap()
}

/// The pixels above 0 of the middle row.
fn middle(image: &[u8; 784]) -> Vec<u8> {
    image[14 * 28..15 * 28].iter().copied().filter(|pixel| *pixel > 0).collect()
}

#[test]
fn pale_ink_becomes_as_dark_as_that_of_mnist() {
    for ink in [1, 20, 90, 254] {
        assert_eq!(image(&bar(12, ink)), image(&bar(12, 255)), "{ink}");
    }
    assert_eq!(middle(&image(&bar(12, 90))), [255; 4]);
}

#[test]
fn strokes_as_broad_as_those_of_mnist_stay_and_thinner_ones_are_widened() {
    for width in [9, 12, 20, 30] {
        assert_eq!(image(&bar(width, 255)), mnist_image(&bar(width, 255), SIDE, SIDE).unwrap(), "{width}");
    }
    for width in [1, 2, 3, 4] {
        let by_rule = middle(&mnist_image(&bar(width, 255), SIDE, SIDE).unwrap());
        let widened = middle(&image(&bar(width, 255)));
        assert!(by_rule.len() == 1 && widened.len() >= 2, "{width}: {by_rule:?} {widened:?}");
        assert_eq!(widened.iter().max(), Some(&255), "{width}");
    }
}

#[test]
fn a_speck_changes_nothing_and_a_part_of_the_digit_counts() {
    let mut ink = bar(12, 200);
    ink[5 * SIDE + 95] = 255;
    ink[95 * SIDE + 3..95 * SIDE + 6].fill(255);
    assert_eq!(image(&ink), image(&bar(12, 200)));
    // a twentieth of the bar
    for row in 85..95 {
        ink[row * SIDE + 80..row * SIDE + 84].fill(255);
    }
    assert_ne!(image(&ink), image(&bar(12, 200)));
}

#[test]
fn no_ink_and_bytes_that_do_not_fit_are_refused() {
    assert_eq!(digit_image(&[0; 12], 3, 4), Err(MnistImageError::NoInk));
    assert_eq!(digit_image(&[], 0, 5), Err(MnistImageError::NoInk));
    assert_eq!(digit_image(&[1; 5], 2, 3), Err(MnistImageError::Length { found: 5, rows: 2, cols: 3 }));
    let dot = digit_image(&[7], 1, 1).unwrap();
    assert!(dot.contains(&255));
}
