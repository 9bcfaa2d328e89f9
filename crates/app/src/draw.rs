//! Grey images as text, two rows of pixels a line.

use crate::terminal::Kind;
use std::borrow::Cow;
use std::io::IsTerminal;

/// How pixels become characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    /// Characters from space to `@`.
    Ascii,
    /// Half blocks, black and white.
    Blocks,
    /// Half blocks in the 24 greys of a 256-colour terminal.
    Greys,
}

impl Style {
    /// Greys where stdout is a terminal that has them, unless `NO_COLOR` is set; ASCII where asked for, or where the
    /// terminal is dumb.
    pub(crate) fn for_stdout(ascii: bool) -> Self {
        if ascii {
            return Self::Ascii;
        }
        match Kind::of_environment() {
            _ if !std::io::stdout().is_terminal() => Self::Blocks,
            Kind::Dumb => Self::Ascii,
            Kind::Plain => Self::Blocks,
            Kind::Colours => Self::Greys,
        }
    }
}

/// An image as it fits the terminal.
pub(crate) struct Fitted<'a> {
    pub(crate) pixels: Cow<'a, [u8]>,
    pub(crate) cols: usize,
    /// How many pixels became one, down and across: 1 where it fitted anyway.
    pub(crate) shrunk: usize,
}

/// An image of `cols` pixels a row, made at most `width` wide: each square of k x k pixels becomes their average.
pub(crate) fn fitted(pixels: &[u8], cols: usize, width: usize) -> Fitted<'_> {
    let shrunk = cols.div_ceil(width.max(1)).max(1);
    if shrunk == 1 {
        return Fitted { pixels: Cow::Borrowed(pixels), cols, shrunk };
    }
    let rows: Vec<&[u8]> = pixels.chunks(cols).collect();
    let average = |square: &mut dyn Iterator<Item = u8>| {
        let (sum, count) = square.fold((0_u64, 0), |(sum, count), pixel| (sum + u64::from(pixel), count + 1));
        u8::try_from(sum / count).unwrap_or(u8::MAX)
    };
    let squares = rows.chunks(shrunk).flat_map(|band| {
        (0..cols)
            .step_by(shrunk)
            .map(move |left| average(&mut band.iter().flat_map(|row| row.iter().skip(left).take(shrunk).copied())))
    });
    Fitted { pixels: Cow::Owned(squares.collect()), cols: cols.div_ceil(shrunk), shrunk }
}

/// The lines of an image of `cols` pixels a row, 0 black to 255 white; `cols` characters each.
///
/// Without greys, a pixel is white from half of the lightest pixel on, so that a faint drawing shows too. An image
/// without columns has no line.
pub(crate) fn image(pixels: &[u8], cols: usize, style: Style) -> Vec<String> {
    let rows: Vec<&[u8]> = if cols == 0 { Vec::new() } else { pixels.chunks(cols).collect() };
    let half = pixels.iter().max().map_or(1, |lightest| lightest.div_ceil(2).max(1));
    let lines = rows.chunks(2).map(|pair| {
        let (upper, lower) = (pair[0], pair.get(1).copied().unwrap_or_default());
        let pixels = upper.iter().enumerate().map(|(j, &above)| (above, lower.get(j).copied().unwrap_or(0)));
        match style {
            Style::Ascii => pixels.map(|(above, below)| ascii(above, below)).collect(),
            Style::Blocks => pixels.map(|(above, below)| half_block(above >= half, below >= half)).collect(),
            Style::Greys => {
                let coloured = pixels.map(|(above, below)| format!("\x1b[38;5;{};48;5;{}m▀", grey(above), grey(below)));
                coloured.collect::<String>() + "\x1b[0m"
            }
        }
    });
    lines.collect()
}

fn ascii(above: u8, below: u8) -> char {
    const RAMP: [char; 10] = [' ', '.', ':', '-', '=', '+', '*', '#', '%', '@'];
    RAMP[(usize::from(above) + usize::from(below)) * (RAMP.len() - 1) / 510]
}

fn half_block(above: bool, below: bool) -> char {
    match (above, below) {
        (true, true) => '█',
        (true, false) => '▀',
        (false, true) => '▄',
        (false, false) => ' ',
    }
}

/// The colour number of a grey: 16 is black, 232 to 255 rise from nearly black to nearly white.
fn grey(value: u8) -> u16 {
    if value == 0 { 16 } else { 232 + u16::from(value) * 23 / 255 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_rows_of_pixels_share_a_line() {
        let pixels = [255, 0, 255, 0, 255, 255, 0, 255, 0];
        assert_eq!(image(&pixels, 3, Style::Blocks), ["▀▄█", " ▀ "]);
        assert_eq!(image(&pixels, 3, Style::Ascii), ["==@", " = "]);
    }

    #[test]
    fn a_faint_image_is_drawn_from_half_of_its_lightest_pixel_on_and_a_blank_one_is_blank() {
        assert_eq!(image(&[60, 30, 29, 0], 4, Style::Blocks), ["▀▀  "]);
        assert_eq!(image(&[128, 127, 255, 0], 4, Style::Blocks), ["▀ ▀ "]);
        assert_eq!(image(&[1, 0, 0, 1], 2, Style::Blocks), ["▀▄"]);
        assert_eq!(image(&[0; 4], 2, Style::Blocks), ["  "]);
    }

    #[test]
    fn every_grey_has_a_colour_and_the_line_ends_plain() {
        assert_eq!(image(&[0, 255], 1, Style::Greys), ["\u{1b}[38;5;16;48;5;255m▀\u{1b}[0m"]);
    }

    #[test]
    fn an_image_wider_than_the_terminal_is_averaged_by_squares() {
        let pixels = [0, 10, 20, 30, 255, 10, 20, 30, 40, 55, 4, 4, 8, 8, 7]; // 3 x 5
        let found = fitted(&pixels, 5, 4);
        assert_eq!((found.cols, found.shrunk), (3, 2));
        assert_eq!(*found.pixels, [10, 30, 155, 4, 8, 7]);
        let found = fitted(&pixels, 5, 5);
        assert_eq!((&*found.pixels, found.cols, found.shrunk), (&pixels[..], 5, 1));
        assert_eq!(fitted(&pixels, 5, 1).pixels.len(), 1);
        assert_eq!(fitted(&[], 0, 0).cols, 0);
    }

    #[test]
    fn an_image_without_pixels_is_nothing() {
        assert!(image(&[], 0, Style::Ascii).is_empty() && image(&[], 3, Style::Blocks).is_empty());
    }
}
