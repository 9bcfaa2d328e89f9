//! Turns a grey picture into the 28 x 28 bytes that MNIST would have for it.

use crate::ink::{Ink, ink};
use crate::{MOST_PIXELS, PictureError, Pictures};
use dataset::{digit_image, has_digits_side_by_side};

/// The result of [`find_digit`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Found {
    /// The digit in MNIST's form, for a network trained on MNIST: 28 x 28 bytes, row by row, 0 is paper, 255 is ink.
    pub image: [u8; 784],
    /// Whether the picture seems to contain two or more digits side by side. A network for single digits cannot classify
    /// those.
    pub is_several: bool,
}

/// Finds the digit in a grey picture.
///
/// `grey` has `rows` x `cols` bytes, row by row, 0 is black and 255 white. The digit may be darker or lighter than the
/// paper. [`dataset::digit_image`] turns its ink into the image.
///
/// # Errors
///
/// [`PictureError::NoInk`] if nothing differs enough from the paper.
///
/// # Panics
///
/// If `grey` does not have `rows` x `cols` bytes.
#[track_caller]
pub fn find_digit(grey: &[u8], rows: usize, cols: usize) -> Result<Found, PictureError> {
    assert!(
        rows.checked_mul(cols) == Some(grey.len()),
        "{} bytes for a picture of {rows} x {cols} pixels, expected their product",
        grey.len()
    );
    let Ink { pixels, rows, cols } = ink(grey, rows, cols).ok_or(PictureError::NoInk)?;
    let image = digit_image(&pixels, rows, cols).map_err(|_| PictureError::NoInk)?;
    let is_several = has_digits_side_by_side(&pixels, rows, cols).unwrap_or(false);
    Ok(Found { image, is_several })
}

/// Only the image that [`find_digit`] finds: 28 x 28 bytes, row by row, 0 is paper, 255 is ink.
///
/// # Errors
///
/// As [`find_digit`].
///
/// # Panics
///
/// As [`find_digit`].
#[track_caller]
pub fn as_mnist(grey: &[u8], rows: usize, cols: usize) -> Result<[u8; 784], PictureError> {
    Ok(find_digit(grey, rows, cols)?.image)
}

/// Reads a file of one picture, of at most [`MOST_PIXELS`], and gives the digit in it as [`as_mnist`] does.
///
/// # Errors
///
/// As [`Pictures::read`] and [`as_mnist`]; [`PictureError::NotOne`] where the file holds several pictures.
pub fn read_digit(bytes: &[u8]) -> Result<[u8; 784], PictureError> {
    let pictures = Pictures::read(bytes, MOST_PIXELS)?;
    if pictures.count() != 1 {
        return Err(PictureError::NotOne { found: pictures.count() });
    }
    as_mnist(&pictures.pixels, pictures.rows, pictures.cols)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An IDX file of pictures of 9 x 7, in each of which the digit is a bar of this grey on paper of 200.
    fn idx(bars: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0, 0, 8, 3, 0, 0, 0, u8::try_from(bars.len()).unwrap(), 0, 0, 0, 9, 0, 0, 0, 7];
        let is_ink = |i: usize| (2..7).contains(&(i / 7)) && i % 7 == 3;
        bytes.extend(bars.iter().flat_map(|bar| (0..63).map(move |i| if is_ink(i) { *bar } else { 200 })));
        bytes
    }

    #[test]
    fn a_digit_is_scaled_and_centred_by_the_rule_of_mnist() {
        let digit = read_digit(&idx(&[20])).unwrap();
        // a bar of 5 x 1 becomes one of 20 x 4, its centre of mass at 14, 14
        let is_ink = |i: usize| (4..24).contains(&(i / 28)) && (12..16).contains(&(i % 28));
        let expected: Vec<u8> = (0..784).map(|i| if is_ink(i) { 255 } else { 0 }).collect();
        assert_eq!(digit[..], expected);
    }

    #[test]
    fn paper_alone_is_no_digit() {
        let error = read_digit(&idx(&[200])).unwrap_err();
        assert!(error.to_string().starts_with("nothing stands out from the paper: expected a digit"), "{error}");
    }

    #[test]
    fn a_file_of_several_pictures_is_not_taken_for_its_first() {
        let error = read_digit(&idx(&[20, 90])).unwrap_err().to_string();
        assert_eq!(error, "it holds 2 pictures, expected one");
    }

    #[test]
    #[should_panic(expected = "5 bytes for a picture of 2 x 3 pixels")]
    fn bytes_that_are_not_rows_times_columns_are_a_bug_of_the_caller() {
        let _ = as_mnist(&[0; 5], 2, 3);
    }
}
