//! Images: PNG within the page, and sheets of images as SVG.

use super::{Page, PageError};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use dataset::ImageSet;
use std::fmt::Write as _;

/// An image as `data:image/png;base64,...`.
pub(super) struct Picture(pub(super) String);

impl Picture {
    fn new(pixels: &[u8], cols: usize, colour: png::ColorType) -> Result<Self, PageError> {
        let rows = pixels.len() / (cols * colour.samples());
        let size = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, size(cols), size(rows));
        encoder.set_color(colour);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_compression(png::Compression::High);
        let mut writer = encoder.write_header()?;
        writer.write_image_data(pixels)?;
        writer.finish()?;
        Ok(Self(format!("data:image/png;base64,{}", STANDARD.encode(bytes))))
    }
}

/// A test image as the network sees it: white on black.
pub(super) fn image(set: &ImageSet, index: usize) -> Result<Picture, PageError> {
    Picture::new(set.image(index), set.cols(), png::ColorType::Grayscale)
}

/// The weights of a hidden neuron as an image: white is 0, red is above 0, blue below, scaled by the largest.
pub(super) fn weights(page: &Page, neuron: usize) -> Result<Picture, PageError> {
    let weights = page.net.params.w1.column(neuron);
    let largest = weights.amax().max(f32::MIN_POSITIVE);
    let mut pixels = Vec::with_capacity(3 * weights.len());
    for weight in &weights {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 255")]
        let faded = |full: f32| (255.0 - (255.0 - full) * (weight / largest).abs()) as u8;
        pixels.extend(if *weight > 0.0 {
            [faded(178.0), faded(24.0), faded(43.0)]
        } else {
            [faded(33.0), faded(102.0), faded(172.0)]
        });
    }
    Picture::new(&pixels, page.test.cols(), png::ColorType::Rgb)
}

/// Images in rows of ten, each enlarged to twice its size.
pub(super) fn sheet(pictures: &[Picture], set: &ImageSet) -> String {
    const SCALE: usize = 2;
    let (width, height) = (SCALE * set.cols(), SCALE * set.rows());
    let place = |k: usize, size: usize| 4 + k * (size + 4);
    let mut svg = svg(place(10, width), place(pictures.len().div_ceil(10), height));
    for (k, Picture(data)) in pictures.iter().enumerate() {
        let (x, y) = (place(k % 10, width), place(k / 10, height));
        let _ = writeln!(
            svg,
            r#"<image x="{x}" y="{y}" width="{width}" height="{height}" href="{data}" image-rendering="pixelated"/>"#
        );
    }
    svg + "</svg>\n"
}

/// The confusion matrix, one square per cell; darker means more (outside the diagonal, relative to the largest error).
pub(super) fn confusion(counts: &[Vec<usize>]) -> String {
    const CELL: usize = 44;
    let side = CELL * (counts.len() + 1);
    let mut svg = svg(side, side);
    let text = |svg: &mut String, row: usize, col: usize, colour: &str, what: &str| {
        let (x, y) = (col * CELL + CELL / 2, row * CELL + CELL / 2 + 5);
        let _ = writeln!(svg, r#"<text x="{x}" y="{y}" fill="{colour}">{what}</text>"#);
    };
    svg += "<g font-family=\"sans-serif\" font-size=\"14\" text-anchor=\"middle\">\n";
    for (label, row) in counts.iter().enumerate() {
        text(&mut svg, 0, label + 1, "#000", &label.to_string());
        text(&mut svg, label + 1, 0, "#000", &label.to_string());
        for (answer, count) in row.iter().enumerate() {
            let shade = shade(counts, label, answer);
            let (x, y, grey) = ((answer + 1) * CELL, (label + 1) * CELL, 255 - 20 * shade);
            let _ = writeln!(
                svg,
                r#"<rect x="{x}" y="{y}" width="{CELL}" height="{CELL}" fill="rgb({grey},{grey},255)" stroke="silver"/>"#
            );
            text(&mut svg, label + 1, answer + 1, if shade > 6 { "#fff" } else { "#000" }, &count.to_string());
        }
    }
    svg + "</g></svg>\n"
}

/// How dark a cell is, from 0 to 9: correct answers relative to the number of images of the class, errors relative to the
/// largest error.
pub(super) fn shade(counts: &[Vec<usize>], label: usize, answer: usize) -> usize {
    let cells = || counts.iter().enumerate().flat_map(|(i, row)| row.iter().enumerate().map(move |(j, n)| (i, j, *n)));
    let most = if label == answer {
        counts[label].iter().sum()
    } else {
        cells().filter(|(i, j, _)| i != j).map(|(_, _, n)| n).max().unwrap_or(0)
    };
    9 * counts[label][answer] / most.max(1)
}

fn svg(width: usize, height: usize) -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_as_dark_as_its_share_of_the_class_or_of_the_largest_error() {
        let counts = [vec![9, 1, 0], vec![0, 20, 20], vec![0, 10, 0]];
        assert_eq!([shade(&counts, 0, 0), shade(&counts, 1, 1), shade(&counts, 2, 2)], [8, 4, 0]);
        assert_eq!([shade(&counts, 1, 2), shade(&counts, 2, 1), shade(&counts, 0, 2)], [9, 4, 0]);
        assert_eq!(shade(&[vec![0, 0], vec![0, 0]], 0, 1), 0);
        let svg = confusion(&counts);
        assert_eq!((svg.matches("<rect x").count(), svg.matches("<text").count()), (9, 9 + 6));
    }

    #[test]
    fn a_picture_decodes_to_the_pixels_it_was_made_of() {
        let set = ImageSet::new(2, 3, 2, (0..12).map(|k| k * 20).collect(), vec![0, 1]).unwrap();
        let Picture(data) = image(&set, 1).unwrap();
        let bytes = STANDARD.decode(data.strip_prefix("data:image/png;base64,").unwrap()).unwrap();
        let mut reader = png::Decoder::new(std::io::Cursor::new(bytes)).read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut pixels).unwrap();
        assert_eq!((info.width, info.height, &pixels[..]), (3, 2, set.image(1)));
    }
}
