//! Synthetic handwritten digits: a data set like MNIST that needs no files and no network.

use rand_chacha::ChaCha8Rng;

use crate::canvas::{Canvas, SIDE};
use crate::image_set::ImageSet;
use crate::random::{Purpose, below, stream, unit};
use crate::strokes::GLYPHS;

/// Training and test images of 28 x 28 pixels in ten classes, drawn by the crate itself.
///
/// Each image shows one of two or three ways to write its digit, with its own slant, rotation, size, position, pen and
/// ink, and with a trembling hand. As in MNIST, digits are white on black and the background is 0, except for a few
/// specks; unlike in MNIST, they are not always centred. The digit of each image is drawn at random, so the ten are not
/// equally frequent.
///
/// A linear model does not do well: softmax regression classifies 87 to 89 % of the test images correctly, the chapter's
/// network with 50 hidden neurons 96 to 98 % after its 10,000 iterations.
///
/// Image i depends only on the seed, on i, and on whether it is for training or testing. So a smaller set is the
/// beginning of a larger one.
///
/// Every machine draws the same bytes: the code uses only +, -, *, /, square roots and rounding, which IEEE 754 defines
/// to the last bit, and no function of the system's mathematical library. (The exception is x86 without SSE2, where Rust
/// itself does not guarantee the last bit.)
///
/// ```
/// let digits = dataset::Digits::with_sizes(42, 100, 20);
/// assert_eq!((digits.train.len(), digits.test.len()), (100, 20));
/// assert_eq!((digits.train.rows(), digits.train.cols()), (28, 28));
/// assert_eq!(digits, dataset::Digits::with_sizes(42, 100, 20));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Digits {
    /// The training images.
    pub train: ImageSet,
    /// The test images, drawn from other random numbers.
    pub test: ImageSet,
}

impl Digits {
    /// How many training images [`Digits::new`] draws.
    pub const TRAIN: usize = 10_000;

    /// How many test images [`Digits::new`] draws.
    pub const TEST: usize = 2_000;

    /// The number of classes, 10.
    pub const CLASSES: usize = 10;

    /// 10,000 training and 2,000 test images, in about a tenth of a second.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self::with_sizes(seed, Self::TRAIN, Self::TEST)
    }

    /// Draws as many images as you ask for.
    ///
    /// # Panics
    ///
    /// If there is not enough memory; each image takes 785 bytes.
    #[must_use]
    pub fn with_sizes(seed: u64, train: usize, test: usize) -> Self {
        Self { train: draw_set(seed, TRAIN, train), test: draw_set(seed, TEST, test) }
    }
}

const TRAIN: &Purpose = b"dataset: digits, train\0\0";
const TEST: &Purpose = b"dataset: digits, test\0\0\0";

fn draw_set(seed: u64, purpose: &Purpose, n: usize) -> ImageSet {
    let mut pixels = Vec::with_capacity(n.saturating_mul(SIDE * SIDE));
    let mut labels = Vec::with_capacity(n);
    for i in 0..n {
        let mut rng = stream(seed, purpose, i as u64);
        let digit = below(&mut rng, Digits::CLASSES);
        let hand = Hand::draw(&mut rng);
        draw_digit(digit, &hand, &mut rng, &mut pixels);
        #[expect(clippy::cast_possible_truncation, reason = "less than 10")]
        labels.push(digit as u8);
    }
    ImageSet::new(SIDE, SIDE, Digits::CLASSES, pixels, labels).expect("28 x 28 pixels for each label, all below 10")
}

/// How one image is written. The ranges are tuned: moving the digit makes it much harder for a linear model but not for
/// the network, while a hand that trembles more makes it harder for both.
struct Hand {
    /// Width and height of the digit's box in pixels.
    size: [f32; 2],
    /// Its centre.
    centre: [f32; 2],
    /// How far the top leans to the right, as a multiple of the height.
    slant: f32,
    /// The tangent of half the angle of rotation.
    half_turn: f32,
    /// Radius of the pen in pixels.
    radius: f32,
    /// The grey of the ink.
    ink: f32,
}

impl Hand {
    fn draw(rng: &mut ChaCha8Rng) -> Self {
        let middle = SIDE as f32 / 2.0;
        Self {
            size: [15.5 * (1.0 + 0.1 * normal(rng)), 18.0 * (1.0 + 0.06 * normal(rng))],
            centre: [between(rng, middle - 3.0, middle + 3.0), between(rng, middle - 3.0, middle + 3.0)],
            slant: 0.1 + 0.22 * normal(rng),
            half_turn: 0.06 * normal(rng),
            radius: between(rng, 1.0, 1.9),
            ink: between(rng, 180.0, 255.0),
        }
    }

    /// The position on the canvas of a point of the unit box.
    fn place(&self, [x, y]: [f32; 2]) -> [f32; 2] {
        let (x, y) = (x - 0.5, y - 0.5);
        let (x, y) = ((x - self.slant * y) * self.size[0], y * self.size[1]);
        // Sine and cosine without calling either function: their last bits differ between systems.
        let t = self.half_turn;
        let (cos, sin) = ((1.0 - t * t) / (1.0 + t * t), 2.0 * t / (1.0 + t * t));
        [self.centre[0] + x * cos - y * sin, self.centre[1] + x * sin + y * cos]
    }
}

/// The largest random shift of a point, as a share of the box.
const TREMBLE: f32 = 0.03;

/// The largest random change of the ink of a pixel, as a share of its grey.
const GRAIN: f32 = 0.05;

/// Appends the image of `digit`.
#[inline(never)] // a browser optimizes a function for its next call, and a loop around this one is called once
fn draw_digit(digit: usize, hand: &Hand, rng: &mut ChaCha8Rng, pixels: &mut Vec<u8>) {
    let ways = GLYPHS[digit];
    let glyph = &ways[below(rng, ways.len())];
    let mut stray = || TREMBLE * normal(rng);
    let points: Vec<[f32; 2]> = glyph.points.iter().map(|[x, y]| hand.place([x + stray(), y + stray()])).collect();

    let mut canvas = Canvas::new(hand.radius);
    for stroke in glyph.strokes {
        stroke.pieces(&points, |from, to| canvas.line(from, to));
    }

    let start = pixels.len();
    pixels.extend(canvas.coverage().map(|covered| match covered > 0.0 {
        true => grey(covered * hand.ink * (1.0 + GRAIN * normal(rng))),
        false => 0,
    }));
    // Specks, like dust; on ink they are invisible.
    for _ in 0..below(rng, 4) {
        let pixel = &mut pixels[start + below(rng, SIDE * SIDE)];
        *pixel = grey(between(rng, 20.0, 110.0)).max(*pixel);
    }
}

/// Rounds the value and limits it to 0..=255. `round` would call a function that is not exact on every system.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "`as` keeps within 0..=255")]
fn grey(value: f32) -> u8 {
    let whole = value as u8;
    whole.saturating_add(u8::from(value - f32::from(whole) >= 0.5))
}

fn between(rng: &mut ChaCha8Rng, low: f32, high: f32) -> f32 {
    low + (high - low) * unit(rng)
}

/// A random number with mean 0 and standard deviation 1, between -3 and 3: the sum of three uniform numbers. This is
/// close enough to a normal distribution, and it needs no logarithm or cosine, for the reason above.
fn normal(rng: &mut ChaCha8Rng) -> f32 {
    2.0 * (unit(rng) + unit(rng) + unit(rng)) - 3.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grey_is_the_value_rounded_and_kept_within_a_byte() {
        let halves = (-4..=520).map(|i| i as f32 / 2.0);
        for value in halves.flat_map(|half| [half.next_down(), half, half.next_up()]) {
            // in f64, where the sum is exact: mingw's C library rounds up numbers that are just below a half
            let rounded = (f64::from(value) + 0.5).floor();
            assert_eq!(f64::from(grey(value)), rounded.clamp(0.0, 255.0), "{value}");
        }
    }
}
