//! Draws lines with a round pen on 28 x 28 pixels, anti-aliased.

/// The height and width of a canvas in pixels.
pub(crate) const SIDE: usize = 28;

/// The squared distance from the centre of each pixel to the nearest line, up to the reach of the pen.
///
/// Distances are collected first and converted to grey once, so that ink does not get darker where two lines meet.
pub(crate) struct Canvas {
    squares: [f32; SIDE * SIDE],
    reach: f32,
}

impl Canvas {
    /// An empty canvas for a pen of radius `radius` pixels.
    pub(crate) fn new(radius: f32) -> Self {
        Self { squares: [f32::INFINITY; SIDE * SIDE], reach: radius + EDGE }
    }

    /// Draws from `a` to `b`, points (x, y) in pixels; the centre of the pixel at the top left is (0.5, 0.5). Parts
    /// outside the canvas are ignored.
    pub(crate) fn line(&mut self, a: [f32; 2], b: [f32; 2]) {
        let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
        let length2 = dx * dx + dy * dy;
        let scale = if length2 > 0.0 { 1.0 / length2 } else { 0.0 };
        // Only the pixels around this line: the whole canvas would take ten times as long.
        let (columns, rows) = (self.span(a[0], b[0]), self.span(a[1], b[1]));
        for row in rows {
            let y = CENTRES[row] - a[1];
            let squares = &mut self.squares[row * SIDE..][columns.clone()];
            for (square, centre) in squares.iter_mut().zip(&CENTRES[columns.clone()]) {
                let x = centre - a[0];
                let along = ((x * dx + y * dy) * scale).clamp(0.0, 1.0); // the nearest point on the line
                let (ex, ey) = (x - along * dx, y - along * dy);
                *square = smaller(*square, ex * ex + ey * ey);
            }
        }
    }

    /// The share of each pixel that the pen covers, from 0 to 1, row by row.
    pub(crate) fn coverage(&self) -> impl Iterator<Item = f32> {
        self.squares.iter().map(|square| match *square < self.reach * self.reach {
            true => smaller((self.reach - square.sqrt()) / (2.0 * EDGE), 1.0),
            false => 0.0,
        })
    }

    /// The range of pixels on one axis that the pen may touch between `a` and `b`.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0..=SIDE")]
    fn span(&self, a: f32, b: f32) -> std::ops::Range<usize> {
        let side = SIDE as f32;
        let first = (a.min(b) - self.reach).floor().clamp(0.0, side);
        let end = (a.max(b) + self.reach).ceil().clamp(0.0, side);
        first as usize..end as usize
    }
}

/// Half the width of the soft edge of a stroke, in pixels.
const EDGE: f32 = 0.6;

/// The centres of the rows and columns in pixels: 0.5, 1.5, ..., 27.5.
const CENTRES: [f32; SIDE] = {
    let mut centres = [0.5; SIDE];
    let mut i = 1;
    while i < SIDE {
        centres[i] = centres[i - 1] + 1.0;
        i += 1;
    }
    centres
};

/// `f32::min` without its rule for NaN, for which WebAssembly has no instruction.
fn smaller(a: f32, b: f32) -> f32 {
    if b < a { b } else { a }
}
