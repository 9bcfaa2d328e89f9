//! Draws lines with a round pen on 28 x 28 pixels, anti-aliased.

/// The height and width of a canvas in pixels.
pub(crate) const SIDE: usize = 28;

/// For each pixel the squared distance of its centre to the nearest line drawn, as far as the pen may reach.
///
/// Distances are collected first and turned into grey once: where two lines meet the ink does not get darker.
pub(crate) struct Canvas {
    squares: [f32; SIDE * SIDE],
    reach: f32,
}

impl Canvas {
    /// An empty canvas for a pen of radius `radius` pixels.
    pub(crate) fn new(radius: f32) -> Self {
        Self { squares: [f32::INFINITY; SIDE * SIDE], reach: radius + EDGE }
    }

    /// Draws from `a` to `b`, points (x, y) in pixels; the centre of the pixel at the top left is (0.5, 0.5). What lies
    /// outside of the canvas is left out.
    pub(crate) fn line(&mut self, a: [f32; 2], b: [f32; 2]) {
        let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
        let length2 = dx * dx + dy * dy;
        let scale = if length2 > 0.0 { 1.0 / length2 } else { 0.0 };
        // Only the pixels around this line: the whole canvas would cost ten times as much.
        let (columns, rows) = (self.span(a[0], b[0]), self.span(a[1], b[1]));
        for row in rows {
            let y = CENTRES[row] - a[1];
            let squares = &mut self.squares[row * SIDE..][columns.clone()];
            for (square, centre) in squares.iter_mut().zip(&CENTRES[columns.clone()]) {
                let x = centre - a[0];
                let along = ((x * dx + y * dy) * scale).clamp(0.0, 1.0); // the nearest place on the line
                let (ex, ey) = (x - along * dx, y - along * dy);
                *square = smaller(*square, ex * ex + ey * ey);
            }
        }
    }

    /// How much of each pixel the pen covers, 0 to 1, row by row.
    pub(crate) fn coverage(&self) -> impl Iterator<Item = f32> {
        self.squares.iter().map(|square| match *square < self.reach * self.reach {
            true => smaller((self.reach - square.sqrt()) / (2.0 * EDGE), 1.0),
            false => 0.0,
        })
    }

    /// The pixels that the pen may touch on one axis between `a` and `b`.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0..=SIDE")]
    fn span(&self, a: f32, b: f32) -> std::ops::Range<usize> {
        let side = SIDE as f32;
        let first = (a.min(b) - self.reach).floor().clamp(0.0, side);
        let end = (a.max(b) + self.reach).ceil().clamp(0.0, side);
        first as usize..end as usize
    }
}

/// Half the width of the edge on which ink fades out, in pixels.
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

/// As `f32::min`, but for its rule for NaN: WebAssembly has no instruction for that.
fn smaller(a: f32, b: f32) -> f32 {
    if b < a { b } else { a }
}
