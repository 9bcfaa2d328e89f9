//! Telling ink from paper.

/// The least contrast of ink to paper, in grey levels: a tenth of the whole range.
const LEAST_CONTRAST: u8 = 26;

/// The picture with 0 for paper and 255 for the strongest ink; `None` where nothing is drawn.
///
/// The paper is the median of the outermost pixels. Ink is what differs from it, to the side, darker or lighter, that
/// differs more: in squares, so that a small digit outweighs the grain of a large paper, and one bright speck does not
/// outweigh the digit. What differs by less than a tenth of the strongest ink is paper.
pub(crate) fn ink(pixels: &[u8], rows: usize, cols: usize) -> Option<Vec<u8>> {
    let is_border = |i: usize| [0, rows - 1].contains(&(i / cols)) || [0, cols - 1].contains(&(i % cols));
    let border = pixels.iter().enumerate().filter(|(i, _)| is_border(*i)).map(|(_, grey)| *grey);
    let paper = median(&histogram(border))?;

    let all = histogram(pixels.iter().copied());
    let weight = |grey: u8| all[usize::from(grey)] * u64::from(grey.abs_diff(paper)).pow(2);
    let darker: u64 = (0..paper).map(weight).sum();
    let lighter: u64 = (paper..=255).map(weight).sum();
    let mut present = (0..=255_u8).filter(|grey| all[usize::from(*grey)] > 0);
    let strongest = if darker > lighter { present.next() } else { present.next_back() }?;
    let contrast = u32::from(strongest.abs_diff(paper));
    if contrast < u32::from(LEAST_CONTRAST) {
        return None;
    }

    let strength = |grey: u8| {
        let difference = if darker > lighter { paper.saturating_sub(grey) } else { grey.saturating_sub(paper) };
        let difference = u32::from(difference);
        #[expect(clippy::cast_possible_truncation, reason = "at most 255, as no difference exceeds the contrast")]
        let strength = ((510 * difference + contrast) / (2 * contrast)) as u8;
        if 10 * difference < contrast { 0 } else { strength }
    };
    Some(pixels.iter().map(|grey| strength(*grey)).collect())
}

fn histogram(greys: impl Iterator<Item = u8>) -> [u64; 256] {
    let mut counts = [0; 256];
    greys.for_each(|grey| counts[usize::from(grey)] += 1);
    counts
}

/// `None` of nothing.
fn median(counts: &[u64; 256]) -> Option<u8> {
    let all: u64 = counts.iter().sum();
    let mut below = 0;
    (0..=255_u8).find(|grey| {
        below += counts[usize::from(*grey)];
        below > 0 && 2 * below >= all
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A cross of `ink` on a `paper` of 7 x 9, whose arms end one pixel from the border.
    fn cross(paper: u8, ink: u8) -> Vec<u8> {
        let is_ink = |r: usize, c: usize| (1..6).contains(&r) && (1..8).contains(&c) && (r == 3 || c == 4);
        (0..63).map(|i| if is_ink(i / 9, i % 9) { ink } else { paper }).collect()
    }

    #[test]
    fn dark_on_light_and_light_on_dark_give_the_same_ink() {
        for (paper, grey) in [(255, 0), (0, 255), (200, 90), (90, 200), (128, 100)] {
            assert_eq!(ink(&cross(paper, grey), 7, 9), Some(cross(0, 255)), "{grey} on {paper}");
        }
    }

    #[test]
    fn shades_keep_their_share_and_faint_ones_are_paper() {
        let mut pixels = cross(200, 0);
        (pixels[10], pixels[11], pixels[12]) = (100, 181, 179); // one half, under a tenth, over a tenth of the contrast
        let found = ink(&pixels, 7, 9).unwrap();
        assert_eq!([found[10], found[11], found[12]], [128, 0, 27]);
    }

    #[test]
    fn grain_and_a_speck_do_not_turn_the_picture_round() {
        let mut pixels = cross(130, 10);
        pixels.iter_mut().enumerate().for_each(|(i, grey)| *grey = grey.saturating_add([0, 3, 6][i % 3]));
        pixels[14] = 255;
        let found = ink(&pixels, 7, 9).unwrap();
        assert_eq!((found[14], found[31] > 200), (0, true), "{found:?}");
    }

    #[test]
    fn a_digit_that_touches_the_border_is_still_ink() {
        for (paper, grey) in [(240, 20), (20, 240)] {
            let bar: Vec<u8> = (0..80).map(|i| if (3..6).contains(&(i % 8)) { grey } else { paper }).collect();
            let found = ink(&bar, 10, 8).unwrap();
            assert_eq!(found[..8], [0, 0, 0, 255, 255, 255, 0, 0]);
        }
    }

    #[test]
    fn paper_alone_has_no_ink() {
        assert_eq!(ink(&[], 0, 0), None);
        assert_eq!(ink(&[], 0, 3), None);
        assert_eq!(ink(&[7], 1, 1), None);
        assert_eq!(ink(&cross(200, 225), 7, 9), None);
        assert!(ink(&cross(200, 226), 7, 9).is_some());
    }
}
