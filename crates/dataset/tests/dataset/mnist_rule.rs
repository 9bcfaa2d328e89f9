//! Digits of any size and place become what MNIST holds.

use dataset::{Digits, ImageSet, MnistImageError, mnist_image};
use proptest::prelude::*;

/// An image of any size, row by row.
#[derive(Clone)]
struct Grey {
    pixels: Vec<u8>,
    rows: usize,
    cols: usize,
}

impl Grey {
    fn of(set: &ImageSet, index: usize) -> Self {
        // specks, which the built-in digits have for noise, are no ink
        let pixels = set.image(index).iter().map(|pixel| if *pixel < 120 { 0 } else { *pixel }).collect();
        Self { pixels, rows: set.rows(), cols: set.cols() }
    }

    fn from_fn(rows: usize, cols: usize, pixel: impl Fn(usize, usize) -> u8) -> Self {
        Self { pixels: (0..rows * cols).map(|i| pixel(i / cols, i % cols)).collect(), rows, cols }
    }

    /// Every pixel k x k times.
    fn enlarged(&self, k: usize) -> Self {
        Self::from_fn(self.rows * k, self.cols * k, |r, c| self.pixels[r / k * self.cols + c / k])
    }

    /// On a larger paper.
    fn framed(&self, top: usize, left: usize, bottom: usize, right: usize) -> Self {
        Self::from_fn(self.rows + top + bottom, self.cols + left + right, |r, c| {
            let is_inside = (top..top + self.rows).contains(&r) && (left..left + self.cols).contains(&c);
            if is_inside { self.pixels[(r - top) * self.cols + c - left] } else { 0 }
        })
    }

    /// Drawn smoothly at `scale` times the size: bilinear, between the centres of the pixels.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "what is drawn lies within the image")]
    fn smooth(&self, scale: f64) -> Self {
        let side = |n: usize| (n as f64 * scale) as usize;
        let at = |r: f64, c: f64| {
            let inside = r >= 0.0 && c >= 0.0 && r < self.rows as f64 && c < self.cols as f64;
            if inside { f64::from(self.pixels[r as usize * self.cols + c as usize]) } else { 0.0 }
        };
        Self::from_fn(side(self.rows), side(self.cols), |r, c| {
            let (r, c) = ((r as f64 + 0.5) / scale - 0.5, (c as f64 + 0.5) / scale - 0.5);
            let (top, left) = (r.floor(), c.floor());
            let (down, across) = (r - top, c - left);
            let upper = at(top, left) * (1.0 - across) + at(top, left + 1.0) * across;
            let lower = at(top + 1.0, left) * (1.0 - across) + at(top + 1.0, left + 1.0) * across;
            (upper * (1.0 - down) + lower * down).round() as u8
        })
    }

    fn image(&self) -> [u8; 784] {
        mnist_image(&self.pixels, self.rows, self.cols).unwrap()
    }
}

/// The sum, and the centre of mass by row and column.
fn mass(image: &[u8]) -> (f64, [f64; 2]) {
    let pixels = || image.iter().enumerate().map(|(i, pixel)| (i / 28, i % 28, f64::from(*pixel)));
    let sum: f64 = pixels().map(|(_, _, v)| v).sum();
    let centre = [pixels().map(|(r, _, v)| r as f64 * v).sum::<f64>(), pixels().map(|(_, c, v)| c as f64 * v).sum()];
    (sum, centre.map(|moment| moment / sum))
}

fn mean_difference(a: &[u8], b: &[u8]) -> f64 {
    a.iter().zip(b).map(|(a, b)| f64::from(a.abs_diff(*b))).sum::<f64>() / a.len() as f64
}

#[test]
fn a_digit_drawn_larger_elsewhere_gives_the_same_bytes() {
    let set = Digits::with_sizes(0, 200, 0).train;
    for i in 0..set.len() {
        let digit = Grey::of(&set, i);
        let expected = digit.image();
        for k in [1, 2, 3, 5] {
            assert_eq!(
                digit.enlarged(k).framed(7 * i % 30, i % 11, 2 * k, 40).image(),
                expected,
                "digit {i}, {k} times"
            );
        }
    }
}

/// By 5.7 of 255 grey levels a pixel, where the next digit of the set is 31 away; 17 at worst, where a soft edge moves the
/// border of the crop.
#[test]
fn a_digit_drawn_smoothly_at_any_size_comes_out_nearly_the_same() {
    let set = Digits::with_sizes(1, 100, 0).train;
    let mut differences = Vec::new();
    for i in 0..set.len() {
        let digit = Grey::of(&set, i);
        for scale in [1.7, 2.5, 4.3] {
            let smooth = digit.smooth(scale);
            // the outer half of the blurred edge is paper
            let ink = Grey::from_fn(smooth.rows, smooth.cols, |r, c| match smooth.pixels[r * smooth.cols + c] {
                faint if faint < 90 => 0,
                pixel => pixel,
            });
            let difference = mean_difference(&ink.image(), &digit.image());
            assert!(difference < 22.0, "digit {i}, {scale} times: {difference}");
            differences.push(difference);
        }
    }
    let mean = differences.iter().sum::<f64>() / differences.len() as f64;
    assert!(mean < 8.0, "{mean}");
}

#[test]
fn small_digits_grow_into_the_box() {
    // 2 x 3 pixels become 13 x 20: the first row of two fills the upper six and a half rows
    let image = mnist_image(&[100, 100, 100, 200, 200, 200], 2, 3).unwrap();
    let (top, left) = (14 - 7, 14 - 10); // centre of mass 7.08 and 9.5, rounded
    let column: Vec<u8> = (0..28).map(|row| image[row * 28 + left]).collect();
    let expected = [vec![0; top], vec![100; 6], vec![150], vec![200; 6], vec![0; 28 - top - 13]].concat();
    assert_eq!(column, expected);
    let row: Vec<u8> = image[(top + 6) * 28..][..28].to_vec();
    assert_eq!(row, [vec![0; left], vec![150; 20], vec![0; 28 - left - 20]].concat());
}

#[test]
fn pixels_that_two_new_ones_share_count_by_their_part() {
    // 30 wide becomes 20 wide: each new pixel is one and a half old ones
    let image = mnist_image(&[[120, 60, 0].repeat(9), vec![120, 60, 30]].concat(), 1, 30).unwrap();
    let row: Vec<u8> = image[14 * 28..15 * 28].iter().copied().filter(|pixel| *pixel > 0).collect();
    // (120 + 60 / 2) / 1.5 and (60 / 2 + 0) / 1.5; at the end (60 / 2 + 30) / 1.5
    assert_eq!(row, [[100, 20].repeat(9), vec![100, 40]].concat());
}

#[test]
fn thin_lines_keep_a_pixel_and_nothing_falls_off_the_border() {
    for (rows, cols) in [(1, 1), (1, 500), (500, 1), (3, 1000)] {
        let (sum, _) = mass(&Grey::from_fn(rows, cols, |_, _| 255).image());
        let pixels = if rows == cols { 400.0 } else { 20.0 };
        assert_eq!(sum, pixels * 255.0, "{rows} x {cols}");
    }
    // almost all the ink in one corner: its centre of mass cannot reach the middle
    let corner = Grey::from_fn(20, 20, |r, c| if r + c < 4 { 255 } else { u8::from(r + c == 38) });
    let image = corner.image();
    assert_eq!((image[8 * 28 + 8], image[27 * 28 + 27]), (255, 1));
}

#[test]
fn an_image_without_ink_is_refused() {
    for (rows, cols) in [(0, 0), (0, 5), (7, 0), (3, 4)] {
        assert_eq!(mnist_image(&vec![0; rows * cols], rows, cols), Err(MnistImageError::NoInk));
    }
    // two specks, a thousand pixels apart
    let specks = Grey::from_fn(1000, 1000, |r, c| u8::from(r == c && [0, 999].contains(&r)));
    assert_eq!(mnist_image(&specks.pixels, 1000, 1000), Err(MnistImageError::NoInk));
}

#[test]
fn bytes_that_do_not_fit_their_sizes_are_refused() {
    for (rows, cols) in [(2, 3), (0, 5), (usize::MAX, 2)] {
        let error = mnist_image(&[1; 5], rows, cols).unwrap_err();
        assert_eq!(error, MnistImageError::Length { found: 5, rows, cols });
        assert!(error.to_string().contains("5 bytes"), "{error}");
    }
    let half = usize::MAX / 2 + 1; // twice that is 0 to a careless product
    assert!(matches!(mnist_image(&[], half, 2), Err(MnistImageError::Length { .. })));
}

proptest! {
    #[test]
    fn ink_keeps_its_share_and_its_centre_of_mass_is_the_middle(
        (rows, cols, pixels) in (1_usize..70, 1_usize..70).prop_flat_map(|(rows, cols)| {
            let pixel = prop_oneof![3 => Just(0_u8), 2 => any::<u8>()];
            (Just(rows), Just(cols), prop::collection::vec(pixel, rows * cols))
        })
    ) {
        let digit = Grey { pixels, rows, cols };
        prop_assume!(digit.pixels.iter().any(|pixel| *pixel > 60));
        let image = digit.image();
        let (sum, centre) = mass(&image);
        for middle in centre {
            // unless the ink is too far on one side of the crop, for which it has to be small
            prop_assert!((13.5..14.5).contains(&middle) || rows.min(cols) < 12, "{:?}", centre);
        }
        let ink = |i: &usize| digit.pixels[*i] > 0;
        let of_rows: Vec<usize> = (0..rows * cols).filter(ink).map(|i| i / cols).collect();
        let of_cols: Vec<usize> = (0..rows * cols).filter(ink).map(|i| i % cols).collect();
        let side = |places: &[usize]| (places.iter().max().unwrap() - places.iter().min().unwrap() + 1) as f64;
        let (height, width) = (side(&of_rows), side(&of_cols));
        let scaled = [height, width].map(|side| (20.0 * side / height.max(width)).round().max(1.0));
        let all: f64 = digit.pixels.iter().map(|pixel| f64::from(*pixel)).sum();
        let expected = all / (height * width) * scaled[0] * scaled[1];
        prop_assert!((sum - expected).abs() <= 0.5 * scaled[0] * scaled[1] + 1e-6, "{} {}", sum, expected);
    }
}
