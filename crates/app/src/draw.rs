//! Grey images as text, two rows of pixels a line.

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
    /// Greys where stdout is a terminal that has them, unless `NO_COLOR` is set; ASCII where asked for.
    pub(crate) fn for_stdout(ascii: bool) -> Self {
        let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let is_dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        match ascii {
            true => Self::Ascii,
            false if std::io::stdout().is_terminal() && !is_set("NO_COLOR") && !is_dumb => Self::Greys,
            false => Self::Blocks,
        }
    }
}

/// The lines of an image of `cols` pixels a row, 0 black to 255 white; `cols` characters each.
///
/// An image without columns has no line.
pub(crate) fn image(pixels: &[u8], cols: usize, style: Style) -> Vec<String> {
    let rows: Vec<&[u8]> = if cols == 0 { Vec::new() } else { pixels.chunks(cols).collect() };
    let lines = rows.chunks(2).map(|pair| {
        let (upper, lower) = (pair[0], pair.get(1).copied().unwrap_or_default());
        let pixels = upper.iter().enumerate().map(|(j, &above)| (above, lower.get(j).copied().unwrap_or(0)));
        match style {
            Style::Ascii => pixels.map(|(above, below)| ascii(above, below)).collect(),
            Style::Blocks => pixels.map(|(above, below)| half_block(above >= 128, below >= 128)).collect(),
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
    fn every_grey_has_a_colour_and_the_line_ends_plain() {
        assert_eq!(image(&[0, 255], 1, Style::Greys), ["\u{1b}[38;5;16;48;5;255m▀\u{1b}[0m"]);
    }

    #[test]
    fn an_image_without_pixels_is_nothing() {
        assert!(image(&[], 0, Style::Ascii).is_empty() && image(&[], 3, Style::Blocks).is_empty());
    }
}
