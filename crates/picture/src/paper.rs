//! The paper of a picture: a plane of greys, because light often comes from one side.

/// The longest side of a picture that is searched for ink; larger ones are reduced.
const LONGEST: usize = 200;

/// When the plane is fitted again, pixels within this many grey levels of it count as paper.
const CLOSE: [f64; 3] = [32.0, 16.0, 8.0];

/// If more than one in this many border pixels is far from the plane, the border contains paper and ink.
const FEW: usize = 4;

/// The standard deviation of a normal distribution, divided by its median absolute deviation.
const DEVIATION: f64 = 1.4826;

/// The greys of a picture: 0 is black and 255 is white.
pub(crate) struct Grey {
    pixels: Vec<f64>,
    pub(crate) rows: usize,
    pub(crate) cols: usize,
}

impl Grey {
    /// Reduces a large picture to the averages of parts that are almost square and almost equal in size. A digit needs no
    /// more pixels, and averaging removes grain.
    pub(crate) fn averaged(pixels: &[u8], rows: usize, cols: usize) -> Self {
        let side = rows.max(cols).div_ceil(LONGEST).max(1);
        let (down, across) = (rows.div_ceil(side), cols.div_ceil(side));
        let mut averages = Vec::with_capacity(down * across);
        for i in 0..down {
            let band = i * rows / down..(i + 1) * rows / down;
            for j in 0..across {
                let (left, right) = (j * cols / across, (j + 1) * cols / across);
                let part = band.clone().flat_map(|row| &pixels[row * cols + left..row * cols + right]);
                let sum: u64 = part.map(|grey| u64::from(*grey)).sum();
                averages.push(sum as f64 / (band.len() * (right - left)) as f64);
            }
        }
        Self { pixels: averages, rows: down, cols: across }
    }

    /// Pixels with their positions, from -1 to 1 across and down.
    fn points(&self) -> impl Iterator<Item = Point> {
        let place = |i: usize, count: usize| (2 * i) as f64 / (count.max(2) - 1) as f64 - 1.0;
        let cols = self.cols;
        self.pixels.iter().enumerate().map(move |(i, &grey)| Point {
            x: place(i % cols, cols),
            y: place(i / cols, self.rows),
            grey,
        })
    }

    /// The outermost pixels.
    fn border(&self) -> Vec<Point> {
        let is_border =
            |i: usize| [0, self.rows - 1].contains(&(i / self.cols)) || [0, self.cols - 1].contains(&(i % self.cols));
        self.points().enumerate().filter(|(i, _)| is_border(*i)).map(|(_, point)| point).collect()
    }

    /// The grey that separates dark pixels (up to it) from light ones so that the variance between the two groups is
    /// largest: Otsu's threshold.
    fn threshold(&self) -> f64 {
        let mut counts = [0_u32; 256];
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "averages of bytes")]
        self.pixels.iter().for_each(|grey| counts[grey.round() as usize] += 1);
        let total = self.pixels.len() as f64;
        let mean = self.pixels.iter().map(|grey| grey.round()).sum::<f64>() / total;
        let (mut dark, mut sum) = (0.0, 0.0);
        let (mut best, mut threshold) = (-1.0, 0.0);
        for (grey, count) in counts.iter().enumerate() {
            dark += f64::from(*count);
            sum += grey as f64 * f64::from(*count);
            let between = (mean * dark - sum).powi(2) / (dark * (total - dark));
            if dark < total && between > best {
                (best, threshold) = (between, grey as f64 + 0.5);
            }
        }
        threshold
    }
}

#[derive(Clone, Copy)]
struct Point {
    x: f64,
    y: f64,
    grey: f64,
}

/// A model of the bare paper: its grey at x across and y down is level + across x + down y.
pub(crate) struct Paper {
    level: f64,
    across: f64,
    down: f64,
    /// The standard deviation of its grain, which is small after averaging.
    pub(crate) grain: f64,
    /// Whether ink is lighter than paper, if the border contains both and so decides it.
    pub(crate) ink_is_lighter: Option<bool>,
}

impl Paper {
    /// The paper of a picture; `None` if there are no pixels.
    ///
    /// It is a plane through the outermost pixels. Because a digit may touch the border, the plane starts flat, at the
    /// median, and is fitted three times to the pixels close to it, each time with a smaller distance. On evenly lit
    /// paper it stays at the median. If a large part of the border is still far from it, the picture was cropped to the
    /// digit, without a margin.
    pub(crate) fn of(picture: &Grey) -> Option<Self> {
        let border = picture.border();
        let mut paper = Self::flat(median(border.iter().map(|point| point.grey))?);
        for close in CLOSE {
            let is_close = |point: &&Point| paper.difference(point).abs() <= close;
            let paper_alone: Vec<Point> = border.iter().filter(is_close).copied().collect();
            paper = Self::through(&paper_alone).unwrap_or(paper);
        }
        let greys = picture.pixels.iter().copied();
        let range = greys.clone().fold(f64::MIN, f64::max) - greys.fold(f64::MAX, f64::min);
        let far = CLOSE[0].min(range / 4.0); // in a faint drawing nothing is further away
        if border.iter().filter(|point| paper.difference(point).abs() > far).count() * FEW > border.len() {
            return Self::without_margin(picture, &border);
        }
        let deviation = median(border.iter().map(|point| paper.difference(point).abs()))?;
        paper.grain = DEVIATION * deviation;
        Some(paper)
    }

    /// The paper of a picture without a margin: dark or light, whichever has the larger share of the border and of the
    /// picture, added together. Digits are round and thin: even around a bold one that was cropped to its ink, more than
    /// half of the border or of the picture is paper, or almost half of both.
    fn without_margin(picture: &Grey, border: &[Point]) -> Option<Self> {
        let threshold = picture.threshold();
        let is_dark = |grey: f64| grey <= threshold;
        let share = |dark: usize, of: usize| dark as f64 / of as f64;
        let dark_border = share(border.iter().filter(|point| is_dark(point.grey)).count(), border.len());
        let dark = share(picture.pixels.iter().filter(|grey| is_dark(**grey)).count(), picture.pixels.len());
        let paper_is_dark = dark_border + dark > 1.0;
        let paper_alone = || border.iter().map(|point| point.grey).filter(|grey| is_dark(*grey) == paper_is_dark);
        let level = median(paper_alone())?;
        let deviation = median(paper_alone().map(|grey| (grey - level).abs()))?;
        Some(Self { grain: DEVIATION * deviation, ink_is_lighter: Some(paper_is_dark), ..Self::flat(level) })
    }

    /// Evenly lit paper.
    fn flat(level: f64) -> Self {
        Self { level, across: 0.0, down: 0.0, grain: 0.0, ink_is_lighter: None }
    }

    /// Whether it has a single grey everywhere, as in no photo or scan.
    pub(crate) fn is_drawn(&self) -> bool {
        self.grain == 0.0 && self.across == 0.0 && self.down == 0.0
    }

    /// The plane of least squares; `None` if the points are almost on one line.
    fn through(points: &[Point]) -> Option<Self> {
        let mean = |of: fn(&Point) -> f64| points.iter().map(of).sum::<f64>() / points.len() as f64;
        let (x, y, grey) = (mean(|p| p.x), mean(|p| p.y), mean(|p| p.grey));
        let (mut xx, mut xy, mut yy, mut xg, mut yg) = (0.0, 0.0, 0.0, 0.0, 0.0);
        for point in points {
            let (x, y, grey) = (point.x - x, point.y - y, point.grey - grey);
            xx += x * x;
            xy += x * y;
            yy += y * y;
            xg += x * grey;
            yg += y * grey;
        }
        let determinant = xx * yy - xy * xy;
        if points.is_empty() || determinant <= 1e-3 * (xx + yy).powi(2) {
            return None;
        }
        let across = (xg * yy - yg * xy) / determinant;
        let down = (yg * xx - xg * xy) / determinant;
        Some(Self { across, down, ..Self::flat(grey - across * x - down * y) })
    }

    fn difference(&self, point: &Point) -> f64 {
        point.grey - (self.level + self.across * point.x + self.down * point.y)
    }

    /// How much lighter than the paper each pixel is.
    pub(crate) fn differences(&self, picture: &Grey) -> Vec<f64> {
        picture.points().map(|point| self.difference(&point)).collect()
    }
}

/// The median; `None` if there are no values.
fn median(values: impl Iterator<Item = f64>) -> Option<f64> {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len().saturating_sub(1) / 2).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Paper of 40 x 60, lighter by `across` and `down` from one pixel to the next, on which `is_ink` is black.
    fn paper(across: f64, down: f64, is_ink: fn(usize, usize) -> bool) -> Paper {
        let grey = |i: usize| {
            let (row, col) = (i / 60, i % 60);
            if is_ink(row, col) { 0.0 } else { 150.0 + across * col as f64 + down * row as f64 }
        };
        Paper::of(&Grey { pixels: (0..2400).map(grey).collect(), rows: 40, cols: 60 }).unwrap()
    }

    #[track_caller]
    fn is_near(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-9, "{found}, expected {expected}");
    }

    #[test]
    fn even_paper_is_the_median_of_the_border_whatever_touches_it() {
        let drawings: [fn(usize, usize) -> bool; 4] = [
            |_, _| false,
            |row, _| row < 5,
            |_, col| (20..35).contains(&col),
            |row, col| (row < 5 && col > 20) || col > 55,
        ];
        for is_ink in drawings {
            let found = paper(0.0, 0.0, is_ink);
            is_near(found.level, 150.0);
            [found.across, found.down, found.grain].iter().for_each(|found| is_near(*found, 0.0));
        }
    }

    #[test]
    fn a_slope_is_found_beside_ink_on_the_border() {
        for (across, down) in [(0.7, 0.0), (0.0, -0.9), (1.2, 0.8), (-1.5, 0.4)] {
            let found = paper(across, down, |row, col| row > 30 && (20..40).contains(&col));
            is_near(found.across, across * 59.0 / 2.0);
            is_near(found.down, down * 39.0 / 2.0);
            is_near(found.level, 150.0 + found.across + found.down);
        }
    }

    #[test]
    fn a_large_picture_is_averaged_by_parts_that_leave_no_pixel_out() {
        let mut pixels: Vec<u8> = (0..3 * 401).map(|i| if i % 401 < 200 { 10 } else { 40 }).collect();
        let found = Grey::averaged(&pixels, 3, 401);
        assert_eq!((found.rows, found.cols, found.pixels.len()), (1, 134, 134));
        is_near(found.pixels[0], 10.0);
        is_near(found.pixels[133], 40.0);
        pixels[3 * 401 - 1] = 130;
        is_near(Grey::averaged(&pixels, 3, 401).pixels[133], 50.0);
        assert_eq!(Grey::averaged(&[1, 2, 3, 4, 5, 6], 2, 3).pixels, [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
    }

    #[test]
    fn grain_is_measured_at_the_border() {
        // with some ink in the middle
        let grey = |i: usize| if i == 1200 { 20.0 } else { 100.0 + [-4.0, 0.0, 4.0, 0.0, 2.0, -2.0][i % 6] };
        let found = Paper::of(&Grey { pixels: (0..2401).map(grey).collect(), rows: 49, cols: 49 }).unwrap();
        assert!((found.grain / DEVIATION - 2.0).abs() < 0.2, "{}", found.grain);
    }

    #[test]
    fn one_row_or_column_or_pixel_is_paper_too_and_nothing_is_none() {
        for (rows, cols) in [(1, 9), (9, 1), (1, 1), (2, 1), (2, 2)] {
            let picture = Grey::averaged(&vec![7; rows * cols], rows, cols);
            assert!(Paper::of(&picture).unwrap().differences(&picture).iter().all(|d| d.abs() < 1e-9));
        }
        assert!(Paper::of(&Grey::averaged(&[], 0, 3)).is_none());
    }
}
