//! The ten digits as people write them: control points, and strokes through them.

use self::Stroke::{Curve, Line};

/// One way of writing a digit, in a box of 1 x 1 with x to the right and y down.
///
/// Strokes refer to points by index, so strokes that meet still meet after a trembling hand has moved the points.
pub(crate) struct Glyph {
    pub(crate) points: &'static [[f32; 2]],
    pub(crate) strokes: &'static [Stroke],
}

/// A stroke, from putting the pen down to lifting it.
pub(crate) enum Stroke {
    /// Straight from point to point.
    Line(&'static [usize]),
    /// A smooth curve through all points; closed when it ends where it starts.
    Curve(&'static [usize]),
}

/// The ways of writing each digit, by its value.
#[rustfmt::skip] // one point per line would make this four pages long
pub(crate) const GLYPHS: [&[Glyph]; 10] = [
    &[
        // An oval.
        Glyph {
            points: &[
                [0.5, 0.0], [0.22, 0.18], [0.15, 0.52], [0.26, 0.87], [0.5, 1.0], [0.76, 0.84], [0.85, 0.48],
                [0.77, 0.14],
            ],
            strokes: &[Curve(&[0, 1, 2, 3, 4, 5, 6, 7, 0])],
        },
        // Not quite closed, the end running over the start.
        Glyph {
            points: &[
                [0.62, 0.04], [0.3, 0.12], [0.15, 0.5], [0.25, 0.9], [0.55, 0.98], [0.8, 0.7], [0.8, 0.25],
                [0.55, 0.02], [0.4, 0.14],
            ],
            strokes: &[Curve(&[0, 1, 2, 3, 4, 5, 6, 7, 8])],
        },
    ],
    &[
        Glyph { points: &[[0.5, 0.0], [0.5, 0.5], [0.5, 1.0]], strokes: &[Curve(&[0, 1, 2])] },
        // With an upstroke.
        Glyph { points: &[[0.28, 0.24], [0.54, 0.0], [0.52, 1.0]], strokes: &[Line(&[0, 1, 2])] },
        // And with a foot.
        Glyph {
            points: &[[0.3, 0.2], [0.52, 0.0], [0.52, 1.0], [0.25, 1.0], [0.8, 0.98]],
            strokes: &[Line(&[0, 1, 2]), Line(&[3, 2, 4])],
        },
    ],
    &[
        // A flat base.
        Glyph {
            points: &[[0.18, 0.22], [0.4, 0.01], [0.72, 0.08], [0.76, 0.36], [0.5, 0.7], [0.14, 1.0], [0.88, 0.97]],
            strokes: &[Curve(&[0, 1, 2, 3, 4, 5]), Line(&[5, 6])],
        },
        // A loop at the foot.
        Glyph {
            points: &[
                [0.2, 0.15], [0.5, 0.0], [0.77, 0.2], [0.66, 0.55], [0.36, 0.92], [0.14, 0.95], [0.16, 0.78],
                [0.42, 0.82], [0.9, 1.0],
            ],
            strokes: &[Curve(&[0, 1, 2, 3, 4, 5, 6, 7, 8])],
        },
    ],
    &[
        // Two bows.
        Glyph {
            points: &[
                [0.2, 0.12], [0.5, 0.0], [0.77, 0.18], [0.66, 0.4], [0.42, 0.47], [0.72, 0.56], [0.82, 0.78],
                [0.56, 1.0], [0.17, 0.9],
            ],
            strokes: &[Curve(&[0, 1, 2, 3, 4]), Curve(&[4, 5, 6, 7, 8])],
        },
        // A flat top.
        Glyph {
            points: &[[0.2, 0.02], [0.78, 0.02], [0.45, 0.4], [0.76, 0.53], [0.8, 0.82], [0.5, 1.0], [0.16, 0.9]],
            strokes: &[Line(&[0, 1, 2]), Curve(&[2, 3, 4, 5, 6])],
        },
    ],
    &[
        // Open.
        Glyph {
            points: &[[0.24, 0.02], [0.14, 0.52], [0.88, 0.5], [0.72, 0.05], [0.68, 0.5], [0.66, 1.0]],
            strokes: &[Line(&[0, 1, 2]), Curve(&[3, 4, 5])],
        },
        // Closed.
        Glyph { points: &[[0.64, 1.0], [0.64, 0.0], [0.1, 0.66], [0.9, 0.66]], strokes: &[Line(&[0, 1, 2, 3])] },
        // Round, close to a 9.
        Glyph {
            points: &[[0.2, 0.03], [0.16, 0.36], [0.36, 0.53], [0.72, 0.42], [0.78, 0.0], [0.7, 1.0]],
            strokes: &[Curve(&[0, 1, 2, 3]), Line(&[4, 3, 5])],
        },
    ],
    &[
        // A corner and a flag.
        Glyph {
            points: &[
                [0.84, 0.02], [0.32, 0.02], [0.25, 0.45], [0.55, 0.38], [0.82, 0.62], [0.7, 0.92], [0.4, 1.0],
                [0.13, 0.88],
            ],
            strokes: &[Line(&[0, 1, 2]), Curve(&[2, 3, 4, 5, 6, 7])],
        },
        // In one stroke, close to an S.
        Glyph {
            points: &[
                [0.84, 0.04], [0.48, 0.02], [0.26, 0.2], [0.4, 0.44], [0.72, 0.58], [0.74, 0.86], [0.45, 1.0],
                [0.15, 0.92],
            ],
            strokes: &[Curve(&[0, 1, 2, 3, 4, 5, 6, 7])],
        },
    ],
    &[
        // A wide bow.
        Glyph {
            points: &[
                [0.72, 0.03], [0.4, 0.18], [0.2, 0.58], [0.28, 0.92], [0.56, 1.0], [0.8, 0.8], [0.66, 0.55],
                [0.4, 0.56], [0.22, 0.76],
            ],
            strokes: &[Curve(&[0, 1, 2, 3, 4, 5, 6, 7, 8])],
        },
        // A straight back and a small belly.
        Glyph {
            points: &[[0.5, 0.0], [0.28, 0.45], [0.24, 0.8], [0.45, 1.0], [0.7, 0.88], [0.68, 0.66], [0.42, 0.62]],
            strokes: &[Curve(&[0, 1, 2, 3, 4, 5, 6, 2])],
        },
    ],
    &[
        Glyph {
            points: &[[0.14, 0.05], [0.84, 0.03], [0.58, 0.45], [0.42, 1.0]],
            strokes: &[Line(&[0, 1]), Curve(&[1, 2, 3])],
        },
        // With a bar.
        Glyph {
            points: &[[0.14, 0.04], [0.84, 0.04], [0.4, 1.0], [0.3, 0.52], [0.82, 0.48]],
            strokes: &[Line(&[0, 1, 2]), Line(&[3, 4])],
        },
        // With a hook before the top.
        Glyph {
            points: &[[0.16, 0.26], [0.2, 0.06], [0.5, 0.06], [0.82, 0.02], [0.64, 0.4], [0.5, 1.0]],
            strokes: &[Curve(&[0, 1, 2, 3]), Curve(&[3, 4, 5])],
        },
    ],
    &[
        // In one stroke, crossing itself.
        Glyph {
            points: &[
                [0.72, 0.12], [0.46, 0.0], [0.25, 0.2], [0.5, 0.46], [0.78, 0.75], [0.5, 1.0], [0.22, 0.76],
                [0.76, 0.2],
            ],
            strokes: &[Curve(&[0, 1, 2, 3, 4, 5, 6, 3, 7, 0])],
        },
        // Two rings.
        Glyph {
            points: &[[0.5, 0.0], [0.27, 0.22], [0.5, 0.45], [0.73, 0.22], [0.2, 0.72], [0.5, 1.0], [0.8, 0.72]],
            strokes: &[Curve(&[0, 1, 2, 3, 0]), Curve(&[2, 4, 5, 6, 2])],
        },
    ],
    &[
        // A straight tail.
        Glyph {
            points: &[[0.76, 0.14], [0.5, 0.0], [0.24, 0.18], [0.28, 0.44], [0.52, 0.5], [0.76, 0.3], [0.68, 1.0]],
            strokes: &[Curve(&[0, 1, 2, 3, 4, 5]), Line(&[0, 5, 6])],
        },
        // A curved one.
        Glyph {
            points: &[
                [0.77, 0.22], [0.5, 0.0], [0.22, 0.24], [0.42, 0.48], [0.72, 0.36], [0.76, 0.66], [0.58, 0.96],
                [0.24, 0.94],
            ],
            strokes: &[Curve(&[0, 1, 2, 3, 4, 0]), Curve(&[0, 5, 6, 7])],
        },
    ],
];

impl Stroke {
    /// Calls `draw` with the ends of the short straight pieces that make up the stroke.
    pub(crate) fn pieces(&self, points: &[[f32; 2]], mut draw: impl FnMut([f32; 2], [f32; 2])) {
        match self {
            Line(path) => path.windows(2).for_each(|ends| draw(points[ends[0]], points[ends[1]])),
            Curve(path) => {
                let closed = path[0] == path[path.len() - 1];
                for i in 0..path.len() - 1 {
                    // The neighbours give the direction at both ends; an open end has none, so the end itself counts
                    // twice.
                    let before = match i {
                        0 if closed => path[path.len() - 2],
                        _ => path[i.saturating_sub(1)],
                    };
                    let after = match path.get(i + 2) {
                        None if closed => path[1],
                        None => path[i + 1],
                        Some(next) => *next,
                    };
                    let span = [before, path[i], path[i + 1], after].map(|point| points[point]);
                    let mut from = span[1];
                    for piece in 1..=PIECES {
                        let to = curve(span, f32::from(piece) / f32::from(PIECES));
                        draw(from, to);
                        from = to;
                    }
                }
            }
        }
    }
}

/// The number of pieces between two control points; each is about 1.5 pixels long.
const PIECES: u8 = 4;

/// The cubic curve from p1 (t = 0) to p2 (t = 1) whose derivatives there are ROUNDNESS (p2 - p0) and ROUNDNESS (p3 - p1).
fn curve([p0, p1, p2, p3]: [[f32; 2]; 4], t: f32) -> [f32; 2] {
    [0, 1].map(|k| {
        let (from, to) = (p1[k], p2[k]);
        let (start, end) = (ROUNDNESS * (to - p0[k]), ROUNDNESS * (p3[k] - from));
        let (square, cube) = (3.0 * (to - from) - 2.0 * start - end, 2.0 * (from - to) + start + end);
        from + t * (start + t * (square + t * cube))
    })
}

/// 0.5 would be the Catmull-Rom spline, which flattens the bows of a digit with few points.
const ROUNDNESS: f32 = 0.6;
