//! Separates ink from paper.

use crate::paper::{Grey, Paper};

/// The smallest contrast between ink and paper of a photo or scan, in grey levels: a tenth of the whole range.
const LEAST_CONTRAST: f64 = 26.0;

/// The smallest contrast on paper of a single grey, which a program has drawn: just visible to the eye.
const LEAST_CONTRAST_DRAWN: f64 = 8.0;

/// Differences below this share of the strongest ink count as paper: a soft shadow, or JPEG artefacts around a line.
const LEAST_SHARE: f64 = 0.15;

/// Differences below this many standard deviations of the paper's grain count as grain. With the 40,000 pixels that are
/// examined, at most one picture in a hundred has a pixel beyond it.
const GRAINS: f64 = 5.0;

/// The amount of ink at each pixel: 0 is paper, 255 the strongest ink.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Ink {
    pub(crate) pixels: Vec<u8>,
    pub(crate) rows: usize,
    pub(crate) cols: usize,
}

/// The ink of a picture, reduced in size if the picture is large; `None` if nothing stands out from the paper.
///
/// Pixels are ink if they differ from the paper in one direction, darker or lighter: the one with the larger sum of
/// squared differences. Squares make a small digit outweigh the grain of a large paper, but one bright speck does not
/// outweigh a digit. If the border contains both paper and ink, it has already decided the direction.
pub(crate) fn ink(pixels: &[u8], rows: usize, cols: usize) -> Option<Ink> {
    let grey = Grey::averaged(pixels, rows, cols);
    let paper = Paper::of(&grey)?;
    let mut strengths = paper.differences(&grey);
    let squares = |sign: f64| strengths.iter().map(|difference| (sign * difference).max(0.0).powi(2)).sum::<f64>();
    if !paper.ink_is_lighter.unwrap_or_else(|| squares(1.0) >= squares(-1.0)) {
        strengths.iter_mut().for_each(|difference| *difference = -*difference);
    }

    let strongest = strengths.iter().copied().fold(0.0, f64::max);
    let least = (LEAST_SHARE * strongest).max(GRAINS * paper.grain);
    let contrast = if paper.is_drawn() { LEAST_CONTRAST_DRAWN } else { LEAST_CONTRAST };
    if strongest < contrast.max(least) {
        return None;
    }
    let byte = |&strength: &f64| {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 255")]
        let byte = (255.0 * strength / strongest).round() as u8;
        if strength < least { 0 } else { byte }
    };
    Some(Ink { pixels: strengths.iter().map(byte).collect(), rows: grey.rows, cols: grey.cols })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A cross of `ink` on a `paper` of 7 x 9; its arms end one pixel from the border.
    fn cross(paper: u8, ink: u8) -> Vec<u8> {
        let is_ink = |r: usize, c: usize| (1..6).contains(&r) && (1..8).contains(&c) && (r == 3 || c == 4);
        (0..63).map(|i| if is_ink(i / 9, i % 9) { ink } else { paper }).collect()
    }

    /// The ink of a picture that is small enough not to be reduced.
    fn bytes(pixels: &[u8], rows: usize, cols: usize) -> Option<Vec<u8>> {
        let ink = ink(pixels, rows, cols)?;
        assert_eq!((ink.rows, ink.cols), (rows, cols));
        Some(ink.pixels)
    }

    #[test]
    fn dark_on_light_and_light_on_dark_give_the_same_ink() {
        for (paper, grey) in [(255, 0), (0, 255), (200, 90), (90, 200), (128, 100)] {
            assert_eq!(bytes(&cross(paper, grey), 7, 9), Some(cross(0, 255)), "{grey} on {paper}");
        }
    }

    #[test]
    fn shades_keep_their_share_and_faint_ones_are_paper() {
        let mut pixels = cross(200, 0);
        (pixels[10], pixels[11], pixels[12]) = (100, 171, 169); // a half, under and over 15 % of the contrast
        let found = bytes(&pixels, 7, 9).unwrap();
        assert_eq!([found[10], found[11], found[12]], [128, 0, 40]);
    }

    #[test]
    fn grain_and_a_speck_do_not_turn_the_picture_round() {
        let mut pixels = cross(130, 10);
        pixels.iter_mut().enumerate().for_each(|(i, grey)| *grey = grey.saturating_add([0, 3, 6][i % 3]));
        pixels[14] = 255;
        let found = bytes(&pixels, 7, 9).unwrap();
        assert_eq!((found[14], found[31] > 200), (0, true), "{found:?}");
    }

    #[test]
    fn a_digit_that_touches_the_border_is_still_ink() {
        for (paper, grey) in [(240, 20), (20, 240)] {
            let bar: Vec<u8> = (0..80).map(|i| if (3..6).contains(&(i % 8)) { grey } else { paper }).collect();
            let found = bytes(&bar, 10, 8).unwrap();
            assert_eq!(found[..8], [0, 0, 0, 255, 255, 255, 0, 0]);
        }
    }

    #[test]
    fn paper_alone_has_no_ink() {
        assert_eq!(bytes(&[], 0, 0), None);
        assert_eq!(bytes(&[], 0, 3), None);
        assert_eq!(bytes(&[7], 1, 1), None);
        assert_eq!(bytes(&[7; 63], 7, 9), None);
    }

    #[test]
    fn faint_ink_is_ink_on_drawn_paper_and_grain_on_photographed_paper() {
        for (grey, is_read) in [(193, false), (192, true), (208, true)] {
            assert_eq!(bytes(&cross(200, grey), 7, 9).is_some(), is_read, "{grey} drawn on 200");
        }
        for (grey, is_read) in [(180, false), (172, true)] {
            let mut pixels = cross(200, grey);
            pixels.iter_mut().step_by(2).filter(|grey| **grey == 200).for_each(|grey| *grey = 201);
            assert_eq!(bytes(&pixels, 7, 9).is_some(), is_read, "{grey} on the paper of a photo");
        }
    }

    #[test]
    fn a_digit_that_was_cut_at_its_ink_is_neither_refused_nor_turned_inside_out() {
        // a bold 0 of 12 x 9 whose sides are half of the border, and a 7 whose bar and stem are more than half of it
        let zero = |r: usize, c: usize| {
            let (y, x) = ((r as f64 - 5.5) / 6.0, (c as f64 - 4.0) / 4.5);
            (0.4..1.0).contains(&(y * y + x * x))
        };
        let seven = |r: usize, c: usize| r < 2 || c > 6;
        for (paper, grey) in [(255, 0), (0, 255), (255, 240), (190, 60)] {
            for (is_ink, name) in [(&zero as &dyn Fn(usize, usize) -> bool, "0"), (&seven, "7")] {
                let pixels: Vec<u8> = (0..108).map(|i| if is_ink(i / 9, i % 9) { grey } else { paper }).collect();
                let expected: Vec<u8> = (0..108).map(|i| if is_ink(i / 9, i % 9) { 255 } else { 0 }).collect();
                assert_eq!(bytes(&pixels, 12, 9), Some(expected), "{name} of {grey} on {paper}");
            }
        }
    }
}
