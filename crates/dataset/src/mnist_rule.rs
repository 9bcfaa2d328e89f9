//! The rule by which MNIST's makers turned every digit into an image of 28 x 28.

/// Height and width of the result.
pub(crate) const SIDE: usize = 28;

/// Height and width of the box that the digit fills.
pub(crate) const BOX: usize = 20;

/// Turns a digit of any size into the image of 28 x 28 that MNIST's makers would have made of it (row by row, 0 is paper,
/// 255 is ink).
///
/// A network trained on MNIST has seen digits of one size in one position, so a drawing or a photo needs the same size
/// and position. This function is the rule alone; for a drawing or a photo, use [`digit_image`](crate::digit_image),
/// which does more. Yann LeCun's page of MNIST describes the rule: the images were "size normalized to fit in a 20x20
/// pixel box while preserving their aspect ratio", grey came from "the anti-aliasing technique used by the normalization
/// algorithm", and they were "centered in a 28x28 image by computing the center of mass of the pixels, and translating
/// the image so as to position this point at the center of the 28x28 field". So this function does the following with
/// `ink`, `rows` x `cols` bytes, row by row, from 0 (paper) to 255 (ink):
///
/// 1. Crop to the smallest rectangle that contains every pixel above 0: h x w.
/// 2. Scale it to H x W, where H = round(20 h / max(h, w)) and W = round(20 w / max(h, w)), both at least 1. Each new
///    pixel is the average of the rectangle that it covers, h/H x w/W; a pixel that is covered in part counts in
///    proportion. The same is done for enlarging and for reducing.
/// 3. Shift it by whole pixels, so that the centre of mass is at 14, or at most half a pixel from it, counting the first
///    row or column as 0: the first row of the scaled image becomes row 14 - round(sum(row * pixel) / sum(pixel)) of the
///    28, and columns are treated the same. The digit is kept within the 28 x 28.
///
/// Halves are rounded up. LeCun's page does not say whether the middle is 13.5 or 14, but the files do: all 10,000 test
/// images have their centre of mass within half a pixel of 14, and 2,455 of them within half a pixel of 13.5.
///
/// All sums are integers below 2^53 for images up to 10^13 pixels, so languages that compute in `f64` get the same bytes.
///
/// ```
/// // A bar of 40 x 10 pixels in a frame of 50 x 90 becomes one of 20 x 5.
/// let mut ink = vec![0; 50 * 90];
/// for row in 3..43 {
///     ink[row * 90 + 70..row * 90 + 80].fill(200);
/// }
/// let image = dataset::mnist_image(&ink, 50, 90)?;
/// assert_eq!(image.iter().filter(|pixel| **pixel == 200).count(), 20 * 5);
/// assert_eq!(image[4 * 28 + 12..][..5], [200; 5]); // in rows 4 to 23 and columns 12 to 16
/// # Ok::<(), dataset::MnistImageError>(())
/// ```
///
/// # Errors
///
/// [`MnistImageError`]: there is no ink, or not exactly `rows` x `cols` bytes.
pub fn mnist_image(ink: &[u8], rows: usize, cols: usize) -> Result<[u8; SIDE * SIDE], MnistImageError> {
    if rows.checked_mul(cols) != Some(ink.len()) {
        return Err(MnistImageError::Length { found: ink.len(), rows, cols });
    }
    let crop = Crop::to_ink(ink, rows, cols).ok_or(MnistImageError::NoInk)?;
    centred(&scaled(ink, cols, &crop, BOX)).ok_or(MnistImageError::NoInk)
}

/// Why [`mnist_image`] has no result.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MnistImageError {
    /// No pixel is above 0, or the few that are fade to nothing at 20 x 20.
    #[error("the image has no ink: expected pixels above 0, the background")]
    NoInk,
    /// The number of bytes is not the product of the sizes.
    #[error("{found} bytes for an image of {rows} x {cols} pixels, expected their product")]
    Length {
        /// The number of bytes.
        found: usize,
        /// The number of rows.
        rows: usize,
        /// The number of columns.
        cols: usize,
    },
}

/// A rectangle of an image.
pub(crate) struct Crop {
    pub(crate) top: usize,
    pub(crate) left: usize,
    pub(crate) height: usize,
    pub(crate) width: usize,
}

impl Crop {
    /// The smallest rectangle that contains every pixel above 0.
    pub(crate) fn to_ink(ink: &[u8], rows: usize, cols: usize) -> Option<Self> {
        let (mut top, mut left, mut bottom, mut right) = (rows, cols, 0, 0); // bottom and right are exclusive
        for row in 0..rows {
            for col in 0..cols {
                if ink[row * cols + col] > 0 {
                    top = top.min(row);
                    bottom = row + 1;
                    left = left.min(col);
                    right = right.max(col + 1);
                }
            }
        }
        (bottom > 0).then(|| Self { top, left, height: bottom - top, width: right - left })
    }
}

/// H x W pixels, row by row.
pub(crate) struct Scaled {
    pub(crate) height: usize,
    pub(crate) width: usize,
    pub(crate) pixels: Vec<u8>,
}

/// Step 2, into a square of `side` x `side`. Lengths are counted in parts of a source pixel, H parts down and W parts
/// across. Then a source pixel is H x W parts, a new pixel h x w parts, and every border is between two parts.
pub(crate) fn scaled(ink: &[u8], cols: usize, crop: &Crop, side: usize) -> Scaled {
    let longer = crop.height.max(crop.width);
    let to_box = |length: usize| ((2 * side * length + longer) / (2 * longer)).max(1);
    let (height, width) = (to_box(crop.height), to_box(crop.width));
    let parts = crop.height as u64 * crop.width as u64;
    let mut pixels = Vec::with_capacity(height * width);
    for row in 0..height {
        let (top, bottom) = (row * crop.height, (row + 1) * crop.height);
        for col in 0..width {
            let (left, right) = (col * crop.width, (col + 1) * crop.width);
            let mut sum = 0;
            for y in top / height..bottom.div_ceil(height) {
                let down = bottom.min((y + 1) * height) - top.max(y * height);
                for x in left / width..right.div_ceil(width) {
                    let across = right.min((x + 1) * width) - left.max(x * width);
                    let pixel = ink[(crop.top + y) * cols + crop.left + x];
                    sum += down as u64 * across as u64 * u64::from(pixel);
                }
            }
            #[expect(clippy::cast_possible_truncation, reason = "the average of bytes")]
            pixels.push(((2 * sum + parts) / (2 * parts)) as u8); // sum / parts, rounded
        }
    }
    Scaled { height, width, pixels }
}

/// Step 3; `None` if every pixel is 0.
pub(crate) fn centred(small: &Scaled) -> Option<[u8; SIDE * SIDE]> {
    let (mut mass, mut by_row, mut by_col) = (0, 0, 0);
    for row in 0..small.height {
        for col in 0..small.width {
            let pixel = usize::from(small.pixels[row * small.width + col]);
            mass += pixel;
            by_row += row * pixel;
            by_col += col * pixel;
        }
    }
    if mass == 0 {
        return None;
    }
    let start = |moment: usize, side: usize| {
        let centre = (2 * moment + mass) / (2 * mass); // moment / mass, rounded
        (SIDE / 2).saturating_sub(centre).min(SIDE - side)
    };
    let (top, left) = (start(by_row, small.height), start(by_col, small.width));
    let mut image = [0; SIDE * SIDE];
    for row in 0..small.height {
        for col in 0..small.width {
            image[(top + row) * SIDE + left + col] = small.pixels[row * small.width + col];
        }
    }
    Some(image)
}
