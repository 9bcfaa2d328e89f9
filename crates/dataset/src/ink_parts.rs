//! The connected parts of ink: which of them are specks, and whether they are several digits.

use crate::MnistImageError;

/// A part with less than one twentieth of the ink of the largest part is a speck.
const SPECK: u64 = 20;

/// A connected part: pixels above 0 that touch each other, also by their corners.
struct Part {
    /// One of its pixels.
    start: usize,
    ink: u64,
    top: usize,
    left: usize,
    /// One after the last row.
    bottom: usize,
    /// One after the last column.
    right: usize,
}

impl Part {
    fn height(&self) -> usize {
        self.bottom - self.top
    }

    fn width(&self) -> usize {
        self.right - self.left
    }
}

/// All parts of an image. Each pixel is visited once, whatever the shapes are.
fn parts(ink: &[u8], rows: usize, cols: usize) -> Vec<Part> {
    let mut is_new: Vec<bool> = ink.iter().map(|pixel| *pixel > 0).collect();
    let mut parts = Vec::new();
    for start in 0..ink.len() {
        if is_new[start] {
            let mut part = Part { start, ink: 0, top: rows, left: cols, bottom: 0, right: 0 };
            visit(&mut is_new, start, rows, cols, |row, col| {
                part.ink += u64::from(ink[row * cols + col]);
                (part.top, part.bottom) = (part.top.min(row), part.bottom.max(row + 1));
                (part.left, part.right) = (part.left.min(col), part.right.max(col + 1));
            });
            parts.push(part);
        }
    }
    parts
}

/// Calls `each` with every new pixel that is connected to `start` by new ones, and marks them as visited.
fn visit(is_new: &mut [bool], start: usize, rows: usize, cols: usize, mut each: impl FnMut(usize, usize)) {
    is_new[start] = false;
    let mut waiting = vec![start];
    while let Some(pixel) = waiting.pop() {
        let (row, col) = (pixel / cols, pixel % cols);
        each(row, col);
        for near_row in row.saturating_sub(1)..rows.min(row + 2) {
            for near_col in col.saturating_sub(1)..cols.min(col + 2) {
                let near = near_row * cols + near_col;
                if is_new[near] {
                    is_new[near] = false;
                    waiting.push(near);
                }
            }
        }
    }
}

/// The parts that are not specks, and the specks.
fn split(ink: &[u8], rows: usize, cols: usize) -> (Vec<Part>, Vec<Part>) {
    let parts = parts(ink, rows, cols);
    let most = parts.iter().map(|part| part.ink).max().unwrap_or(0);
    parts.into_iter().partition(|part| part.ink.saturating_mul(SPECK) >= most)
}

/// The ink without specks.
pub(crate) fn without_specks(ink: &[u8], rows: usize, cols: usize) -> Vec<u8> {
    let mut cleaned = ink.to_vec();
    let (_, specks) = split(ink, rows, cols);
    if !specks.is_empty() {
        let mut is_ink: Vec<bool> = ink.iter().map(|pixel| *pixel > 0).collect();
        for speck in specks {
            visit(&mut is_ink, speck.start, rows, cols, |row, col| cleaned[row * cols + col] = 0);
        }
    }
    cleaned
}

/// Returns whether `ink` (`rows` x `cols` bytes, row by row, from 0 for paper to 255 for ink) looks like two or more
/// digits side by side: two parts that do not touch, are both at least half as high as all the ink, and overlap in at
/// most half of the columns of the narrower one.
///
/// A network gives one digit as its answer, even for a `15`. With this function you can warn your user. It is a guess: a
/// 4 of two strokes that do not meet looks like two digits, and two digits that touch look like one.
///
/// ```
/// // two bars, and one bar in two pieces
/// let two = [9, 0, 0, 9, /**/ 9, 0, 0, 9, /**/ 9, 0, 0, 9];
/// let one = [9, 0, 0, 0, /**/ 0, 0, 0, 0, /**/ 9, 0, 0, 0];
/// assert!(dataset::has_digits_side_by_side(&two, 3, 4)?);
/// assert!(!dataset::has_digits_side_by_side(&one, 3, 4)?);
/// # Ok::<(), dataset::MnistImageError>(())
/// ```
///
/// # Errors
///
/// [`MnistImageError::Length`]: `ink` does not have `rows` x `cols` bytes.
pub fn has_digits_side_by_side(ink: &[u8], rows: usize, cols: usize) -> Result<bool, MnistImageError> {
    if rows.checked_mul(cols) != Some(ink.len()) {
        return Err(MnistImageError::Length { found: ink.len(), rows, cols });
    }
    let (parts, _) = split(ink, rows, cols);
    let top = parts.iter().map(|part| part.top).min().unwrap_or(0);
    let bottom = parts.iter().map(|part| part.bottom).max().unwrap_or(0);
    let tall: Vec<&Part> = parts.iter().filter(|part| 2 * part.height() >= bottom - top).collect();
    let are_apart = |a: &Part, b: &Part| {
        let shared = a.right.min(b.right).saturating_sub(a.left.max(b.left));
        2 * shared <= a.width().min(b.width())
    };
    Ok(tall.iter().enumerate().any(|(i, a)| tall[i + 1..].iter().any(|b| are_apart(a, b))))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Turns a drawing into ink: a digit is the amount of ink, everything else is paper.
    fn ink(drawing: &str) -> (Vec<u8>, usize, usize) {
        let lines: Vec<&str> = drawing.split_whitespace().collect();
        let pixels = lines.iter().flat_map(|line| line.bytes().map(|b| if b.is_ascii_digit() { b - b'0' } else { 0 }));
        (pixels.collect(), lines.len(), lines[0].len())
    }

    #[test]
    fn corners_connect_and_each_part_is_found_once() {
        let (pixels, rows, cols) = ink("1....1  .2..1.  ..3...  1....9");
        let found: Vec<_> =
            parts(&pixels, rows, cols).iter().map(|p| (p.start, p.ink, p.height(), p.width())).collect();
        assert_eq!(found, [(0, 6, 3, 3), (5, 2, 2, 2), (18, 1, 1, 1), (23, 9, 1, 1)]);
        assert!(parts(&[], 0, 7).is_empty() && parts(&[0; 6], 2, 3).is_empty());
    }

    #[test]
    fn a_twentieth_of_the_largest_part_stays_and_less_goes() {
        let (pixels, rows, cols) = ink("555..1  5555..  ......  .2....  .2....");
        // parts of 35, 1 and 4: a twentieth of 35 is 1.75
        let (cleaned, ..) = ink("555...  5555..  ......  .2....  .2....");
        assert_eq!(without_specks(&pixels, rows, cols), cleaned);
        assert_eq!(without_specks(&cleaned, rows, cols), cleaned);
    }

    #[test]
    fn digits_side_by_side_are_seen_and_strokes_of_one_digit_are_not() {
        let several = |drawing: &str| {
            let (pixels, rows, cols) = ink(drawing);
            has_digits_side_by_side(&pixels, rows, cols).unwrap()
        };
        assert!(several("9..999  9..9..  9..999  9....9  9..999"), "15");
        assert!(several("9..9.9  9..9.9  9..9.9  9....9"), "1 and more");
        assert!(!several(".....  .....  ....."), "nothing");
        assert!(!several("99999  9....  .....  99999  ....9  99999"), "a 5 whose lower part is a stroke of its own");
        assert!(!several("9...9  9...9  99999  ....9  ....9"), "a 4 of one piece");
        assert!(!several("..99..  .9..9.  ......  .9..9.  ..99.."), "a 0 with gaps at its sides");
        assert!(!several("9....1  9.....  9.....  9.....  9....."), "a 1 and a speck");
        assert!(several("9....5  9....9  9....9  9.....  9....."), "half as high");
        assert!(!several("9....5  9....9  9.....  9.....  9....."), "less than half as high");
    }

    #[test]
    fn bytes_that_do_not_fit_their_sizes_are_refused() {
        let error = has_digits_side_by_side(&[1; 5], 2, 3).unwrap_err();
        assert_eq!(error, MnistImageError::Length { found: 5, rows: 2, cols: 3 });
    }
}
