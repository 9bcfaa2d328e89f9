//! Turns a drawn or photographed digit into an image like MNIST's.

use crate::MnistImageError;
use crate::ink_parts::without_specks;
use crate::mnist_rule::{BOX, Crop, SIDE, Scaled, centred, scaled};
use std::f64::consts::PI;

/// This percentage of the pixels with ink is at most as dark as the pixel that becomes 255.
const LEVEL: usize = 75;

/// A stroke width, in pixels of the 20 x 20 box: three quarters of MNIST's digits are at least this wide.
const THIN: f64 = 2.2;

/// How many times finer than the box the grid is on which a pen thickens the strokes.
const FINE: usize = 4;

/// Half the width of the soft edge of this pen, in fine pixels.
const EDGE: f64 = 2.0;

/// Turns a digit of any size, drawn with any pen, into an image of 28 x 28 like MNIST's (row by row, 0 is paper, 255 is
/// ink), so that a network trained on MNIST can classify it.
///
/// [`mnist_image`](crate::mnist_image) gives a digit MNIST's size and position. But MNIST's digits are also clean, almost
/// all have pixels of 255, and they were written with broad pens. So this function does the following with `ink`, `rows`
/// x `cols` bytes, row by row, from 0 (paper) to 255 (ink):
///
/// 1. Remove specks. Connected parts, also those connected only by a corner, are specks if they have less than 5 % of the
///    ink of the largest part.
/// 2. Crop to the ink and scale into 20 x 20, as `mnist_image` does.
/// 3. Scale the ink: sort the pixels above 0; the one at 75 % (of n pixels, the one with index (n - 1) * 75 / 100,
///    rounded down) becomes 255, and so do darker ones. Halves are rounded up. This gives thin strokes their ink back,
///    which faded in the averaging.
/// 4. Estimate the width of the strokes in pixels: w = 8 M / (π V). M is the sum of all pixels, V the sum of |difference|
///    over all neighbours to the right and below, including the paper around the image. (A stroke of length l has M = l w
///    and, averaged over all directions, V = 8 l / π.) If w < 2.2, thicken the strokes with a round pen: scale the ink of
///    step 1 into 80 x 80 instead; replace each pixel by the largest of p * g(d) over all pixels p at distance d, where g
///    is 1 up to r - 2, 0 from r + 2 on and falls linearly between, and r = 2 (2.2 - w); then crop, scale into 20 x 20
///    and scale the ink once more. Three quarters of MNIST's digits are at least 2.2 wide, so they don't change.
/// 5. Centre it as `mnist_image` does.
///
/// The report of a run does the same in JavaScript, byte for byte.
///
/// ```
/// // A bar of 40 x 2 pixels, grey as pencil: in MNIST's size it would be one pixel wide.
/// let mut ink = vec![0; 50 * 50];
/// for row in 3..43 {
///     ink[row * 50 + 20..row * 50 + 22].fill(90);
/// }
/// let (by_rule, image) = (dataset::mnist_image(&ink, 50, 50)?, dataset::digit_image(&ink, 50, 50)?);
/// let row = |image: &[u8; 784]| image[14 * 28..15 * 28].iter().filter(|pixel| **pixel > 0).copied().collect::<Vec<u8>>();
/// assert_eq!(row(&by_rule), [90]);
/// assert_eq!(row(&image), [255, 255]);
/// # Ok::<(), dataset::MnistImageError>(())
/// ```
///
/// # Errors
///
/// [`MnistImageError`]: there is no ink, or not exactly `rows` x `cols` bytes.
pub fn digit_image(ink: &[u8], rows: usize, cols: usize) -> Result<[u8; SIDE * SIDE], MnistImageError> {
    if rows.checked_mul(cols) != Some(ink.len()) {
        return Err(MnistImageError::Length { found: ink.len(), rows, cols });
    }
    let ink = without_specks(ink, rows, cols);
    let crop = Crop::to_ink(&ink, rows, cols).ok_or(MnistImageError::NoInk)?;
    let mut small = levelled(scaled(&ink, cols, &crop, BOX)).ok_or(MnistImageError::NoInk)?;
    let width = stroke_width(&small);
    if width < THIN {
        let fine = scaled(&ink, cols, &crop, FINE * BOX);
        let fine = gone_over(&fine, FINE as f64 * (THIN - width) / 2.0);
        let crop = Crop::to_ink(&fine.pixels, fine.height, fine.width).ok_or(MnistImageError::NoInk)?;
        small = levelled(scaled(&fine.pixels, fine.width, &crop, BOX)).ok_or(MnistImageError::NoInk)?;
    }
    centred(&small).ok_or(MnistImageError::NoInk)
}

/// Step 3; `None` if every pixel is 0.
fn levelled(mut small: Scaled) -> Option<Scaled> {
    let mut inks: Vec<u8> = small.pixels.iter().copied().filter(|pixel| *pixel > 0).collect();
    inks.sort_unstable();
    let level = u32::from(*inks.get(inks.len().checked_sub(1)? * LEVEL / 100)?);
    for pixel in &mut small.pixels {
        let scaled = (2 * 255 * u32::from(*pixel) + level) / (2 * level); // rounded
        *pixel = u8::try_from(scaled).unwrap_or(u8::MAX);
    }
    Some(small)
}

/// The mean width of the strokes in pixels, by the formula of step 4.
fn stroke_width(small: &Scaled) -> f64 {
    let Scaled { height, width, pixels } = small;
    // 0 outside, and so are the wrapped numbers
    let at = |row: usize, col: usize| if row < *height && col < *width { pixels[row * width + col] } else { 0 };
    let (mut mass, mut variation) = (0_u32, 0_u32);
    for row in 0..=*height {
        for col in 0..=*width {
            let pixel = at(row, col);
            mass += u32::from(pixel);
            variation += u32::from(pixel.abs_diff(at(row, col.wrapping_sub(1))));
            variation += u32::from(pixel.abs_diff(at(row.wrapping_sub(1), col)));
        }
    }
    8.0 / PI * f64::from(mass) / f64::from(variation)
}

/// Thickens the strokes with a round pen of this radius and a soft edge.
fn gone_over(fine: &Scaled, radius: f64) -> Scaled {
    let reach = radius + EDGE;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 2 to 7")]
    let margin = reach.ceil() as usize;
    let (height, width) = (fine.height + 2 * margin, fine.width + 2 * margin);
    let mut most = vec![0.0_f64; height * width];
    for down in 0..=2 * margin {
        for across in 0..=2 * margin {
            let (y, x) = (down.abs_diff(margin) as f64, across.abs_diff(margin) as f64);
            let share = ((reach - (y * y + x * x).sqrt()) / (2.0 * EDGE)).min(1.0);
            if share <= 0.0 {
                continue;
            }
            for (row, inks) in fine.pixels.chunks_exact(fine.width).enumerate() {
                let line = &mut most[(row + down) * width + across..][..fine.width];
                line.iter_mut().zip(inks).for_each(|(most, ink)| *most = most.max(share * f64::from(*ink)));
            }
        }
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 255")]
    let pixels = most.iter().map(|ink| (ink + 0.5).floor() as u8).collect();
    Scaled { height, width, pixels }
}
