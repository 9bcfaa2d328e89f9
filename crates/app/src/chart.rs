//! Runs on a few lines of text: their loss, and their accuracies.

use crate::lang::said;
use crate::terminal;
use crate::text::{padded, right, thousands};
use training::{Evaluation, History};
use unicode_width::UnicodeWidthStr as _;

/// How points become characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dots {
    /// 2 x 4 of them in a character, from Unicode's braille patterns.
    Braille,
    /// One in a character, of ASCII alone.
    Ascii,
}

impl Dots {
    /// Those for the terminal of this process.
    pub(crate) fn of_environment() -> Self {
        let is_dumb = terminal::Kind::of_environment() == terminal::Kind::Dumb;
        if is_dumb || !terminal::has_braille() { Self::Ascii } else { Self::Braille }
    }
}

/// Lines of a panel, without its caption and its axis.
const HEIGHT: usize = 9;

/// The least width on which something can be recognised.
const LEAST_WIDTH: usize = 40;

/// Columns between the panels.
const GAP: usize = 3;

/// Eleven lines of at most `width` columns: on the left the loss, smoothed, from 0 up to its highest; on the right the
/// accuracies from 0 to 100 %, as a line for the training images and dotted for the test images. No line where the run is too
/// short to have a course, or `width` below 40.
pub(crate) fn chart(history: &History, width: usize, dots: Dots) -> Vec<String> {
    let Some(last) = history.evaluations.last() else { return Vec::new() };
    if history.losses.len() < 2 || history.evaluations.len() < 2 || width < LEAST_WIDTH {
        return Vec::new();
    }
    let width = (width.min(80) - GAP) / 2;
    let plot = width - LABEL;

    let mut loss = Plot::new(plot, dots);
    let smooth = smoothed(&history.losses, loss.columns());
    let highest = smooth.iter().copied().fold(f64::MIN_POSITIVE, f64::max);
    loss.line(smooth.iter().map(|value| value / highest), b'*', |_| true);

    let mut accuracy = Plot::new(plot, dots);
    let columns = accuracy.columns();
    let of = |accuracy: fn(&Evaluation) -> f64| interpolated(&history.evaluations, accuracy, columns);
    accuracy.line(of(|e| e.train_accuracy).into_iter(), b'-', |_| true);
    accuracy.line(of(|e| e.test_accuracy).into_iter(), b'o', |column| column % 3 == 0);

    let end = smooth.last().copied().unwrap_or_default();
    let iterations = thousands(last.iteration);
    let end = if end < 1e6 { format!("{end:.4}") } else { format!("{end:.2e}") };
    let caption = said!("loss, smoothed: {end}", "손실(평활): {end}");
    let left = loss.lines(&caption, &short(highest), &iterations);
    let (train, test) = (last.train_accuracy * 100.0, last.test_accuracy * 100.0);
    let right = accuracy.lines(
        &said!("train {train:.1} %, test {test:.1} % (dots)", "훈련 {train:.1}%, 시험 {test:.1}%(점)"),
        "100 %",
        &iterations,
    );
    beside(&left, &right, width)
}

/// Compares two runs in eleven lines, as [`chart`] shows one: the losses on the left, the accuracies on the test images on
/// the right. The first run is drawn as lines and the second as dots. They share their axes, so the shorter run ends
/// earlier. No line where either run is too short or `width` is below 40.
pub(crate) fn both_courses(histories: [&History; 2], width: usize, dots: Dots) -> Vec<String> {
    let is_short = |history: &&History| history.losses.len() < 2 || history.evaluations.len() < 2;
    if histories.iter().any(is_short) || width < LEAST_WIDTH {
        return Vec::new();
    }
    let width = (width.min(80) - GAP) / 2;
    let (mut loss, mut accuracy) = (Plot::new(width - LABEL, dots), Plot::new(width - LABEL, dots));
    // a run that was stopped has losses after its last evaluation
    let losses_end = histories.map(|history| history.losses.len() as u64 * history.stride);
    let evaluated_end = histories.map(|history| history.evaluations.last().map_or(0, |last| last.iteration));
    let end = losses_end.into_iter().chain(evaluated_end).fold(1, u64::max);
    let all = loss.columns();
    let columns = |of: u64| {
        let share = all as u128 * u128::from(of) / u128::from(end);
        usize::try_from(share).unwrap_or(all).max(1)
    };
    let smooth = [0, 1].map(|k| smoothed(&histories[k].losses, columns(losses_end[k])));
    let highest = smooth.iter().flatten().copied().fold(f64::MIN_POSITIVE, f64::max);
    for (k, letter) in [(0, b'*'), (1, b'o')] {
        let is_drawn = |column: usize| k == 0 || column.is_multiple_of(3);
        loss.line(smooth[k].iter().map(|value| value / highest), letter, is_drawn);
        let accuracies = interpolated(&histories[k].evaluations, |e| e.test_accuracy, columns(evaluated_end[k]));
        accuracy.line(accuracies.into_iter(), letter, is_drawn);
    }
    let iterations = thousands(end);
    let left = loss.lines(&said!("loss, smoothed", "손실(평활)"), &short(highest), &iterations);
    beside(&left, &accuracy.lines(&said!("test accuracy", "시험 정확도"), "100 %", &iterations), width)
}

/// Two panels of this width, side by side.
fn beside(left: &[String], right: &[String], width: usize) -> Vec<String> {
    let join = |(left, right): (&String, _)| format!("{}{:GAP$}{right}", padded(left, width), "").trim_end().to_owned();
    left.iter().zip(right).map(join).collect()
}

/// A text of at most `width` columns: its start, where it is longer.
fn head(text: &str, width: usize) -> String {
    let mut shown = text.to_owned();
    while shown.width() > width {
        shown.pop();
    }
    shown
}

/// The highest loss, on the axis: a number of 300 digits would not fit.
fn short(value: f64) -> String {
    if value < 99.995 { format!("{value:.2}") } else { format!("{value:.0e}") }
}

/// Columns for what the vertical axis says, a space included.
const LABEL: usize = 6;

/// A loss above this is drawn as this, so that their sums are finite.
const LARGEST: f64 = 1e300;

/// One value for each of `columns`: the average of the losses that fall into it, or the nearest where none does.
fn smoothed(losses: &[f64], columns: usize) -> Vec<f64> {
    let start = |column: usize| column * losses.len() / columns;
    let average = |column: usize| {
        let part = &losses[start(column)..start(column + 1).max(start(column) + 1)];
        part.iter().map(|loss| loss.clamp(-LARGEST, LARGEST)).sum::<f64>() / part.len() as f64
    };
    (0..columns).map(average).collect()
}

/// One value for each of `columns`, on the straight lines between the evaluations.
fn interpolated(evaluations: &[Evaluation], value: fn(&Evaluation) -> f64, columns: usize) -> Vec<f64> {
    let end = evaluations.last().map_or(0, |last| last.iteration) as f64;
    let at = |column: usize| {
        let iteration = end * (column as f64 + 0.5) / columns as f64;
        let next = evaluations.partition_point(|e| (e.iteration as f64) < iteration).min(evaluations.len() - 1);
        let (before, after) = (&evaluations[next.saturating_sub(1)], &evaluations[next]);
        let span = (after.iteration - before.iteration) as f64;
        let part = if span > 0.0 { ((iteration - before.iteration as f64) / span).clamp(0.0, 1.0) } else { 1.0 };
        value(before) * (1.0 - part) + value(after) * part
    };
    (0..columns).map(at).collect()
}

/// A rectangle of characters with finer dots in them.
struct Plot {
    /// Characters across.
    width: usize,
    dots: Dots,
    /// What each character shows: bits of braille, or a letter.
    cells: Vec<u8>, // HEIGHT x width
}

impl Plot {
    fn new(width: usize, dots: Dots) -> Self {
        Self { width, dots, cells: vec![0; HEIGHT * width] }
    }

    /// Dots across and down a character.
    fn per_cell(&self) -> (usize, usize) {
        match self.dots {
            Dots::Braille => (2, 4),
            Dots::Ascii => (1, 1),
        }
    }

    fn columns(&self) -> usize {
        self.width * self.per_cell().0
    }

    /// A connected line through `values`, one a column of dots, 0 at the bottom to 1 at the top; only the columns that
    /// `is_drawn`.
    fn line(&mut self, values: impl Iterator<Item = f64>, letter: u8, is_drawn: impl Fn(usize) -> bool) {
        let rows = HEIGHT * self.per_cell().1;
        let mut before = None;
        for (column, value) in values.enumerate() {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped; NaN becomes 0")]
            let up = (value.clamp(0.0, 1.0) * (rows - 1) as f64).round() as usize;
            let row = rows - 1 - up;
            let from = before.unwrap_or(row);
            if is_drawn(column) {
                // down or up to the row before, without it
                let (top, bottom) = if from < row { (from + 1, row) } else { (row, row.max(from.saturating_sub(1))) };
                (top..=bottom).for_each(|row| self.set(column, row, letter));
            }
            before = Some(row);
        }
    }

    fn set(&mut self, column: usize, row: usize, letter: u8) {
        /// Bits of the dots of a braille character, row by row.
        const BITS: [[u8; 2]; 4] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]];
        let (across, down) = self.per_cell();
        let cell = &mut self.cells[row / down * self.width + column / across];
        match self.dots {
            Dots::Braille => *cell |= BITS[row % down][column % across],
            Dots::Ascii => *cell = letter,
        }
    }

    /// The caption, the plot with `highest` and 0 on its left, and the iterations below.
    fn lines(&self, caption: &str, highest: &str, iterations: &str) -> Vec<String> {
        let mut lines = vec![head(caption, LABEL + self.width)];
        for (row, cells) in self.cells.chunks(self.width).enumerate() {
            let label = match row {
                0 => highest,
                _ if row == HEIGHT - 1 => "0",
                _ => "",
            };
            let cells: String = cells.iter().map(|cell| self.character(*cell)).collect();
            lines.push(format!("{label:>at$} {cells}", at = LABEL - 1));
        }
        let whole = LABEL + self.width;
        let named = said!("iteration {iterations}", "{iterations}회");
        let last = if named.width() > whole { iterations } else { &named };
        lines.push(right(last, whole));
        lines
    }

    fn character(&self, cell: u8) -> char {
        match (self.dots, cell) {
            (_, 0) => ' ',
            (Dots::Braille, bits) => char::from_u32(0x2800 + u32::from(bits)).unwrap_or(' '),
            (Dots::Ascii, letter) => char::from(letter),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A loss that falls in a straight line from 2 to 0, and an accuracy that rises at once and stays.
    fn history(iterations: u32) -> History {
        let mut history = History::default();
        for done in 1..=iterations {
            history.push(done.into(), 2.0 * f64::from(iterations - done) / f64::from(iterations));
            if done == 1 || done.is_multiple_of(iterations.div_ceil(4)) || done == iterations {
                let (train_accuracy, test_accuracy) = if done == 1 { (0.0, 0.0) } else { (1.0, 0.5) };
                history.evaluations.push(Evaluation {
                    iteration: done.into(),
                    train_accuracy,
                    test_accuracy,
                    seconds: 0.0,
                });
            }
        }
        history
    }

    #[test]
    fn the_loss_falls_on_the_left_and_the_accuracy_rises_on_the_right() {
        let expected = [
            "loss, smoothed: 0.0490       train 100.0 %, test 50.0 %",
            " 1.95 **                     100 %      ---------------",
            "        **                             -",
            "          ***                         -",
            "             **                       -",
            "               **                    -   o  o  o  o  o",
            "                 ***                 -o",
            "                    **              -",
            "                      ***          -",
            "    0                    *       0 o",
            "           iteration 1,000              iteration 1,000",
        ];
        assert_eq!(chart(&history(1000), 56, Dots::Ascii), expected);
    }

    #[test]
    fn two_runs_share_their_axes_and_the_shorter_one_ends_earlier() {
        let expected = [
            "loss, smoothed               test accuracy",
            " 1.95 o*                     100 %",
            "        **",
            "          ***",
            "         o   **",
            "               **                     o**o**o**********",
            "            o    ***                  *",
            "                    **               *",
            "                      ***          o*",
            "    0          o         *       0 *",
            "           iteration 1,000              iteration 1,000",
        ];
        let found = both_courses([&history(1000), &history(500)], 56, Dots::Ascii);
        assert_eq!(found, expected, "{}", found.join("\n"));
        assert_eq!(both_courses([&history(1000), &history(2)], 80, Dots::Braille).len(), 11);
        assert!(both_courses([&history(1000), &history(1)], 80, Dots::Braille).is_empty());
        assert!(both_courses([&history(1000); 2], 39, Dots::Braille).is_empty());
    }

    #[test]
    fn every_line_keeps_within_the_width_and_ascii_is_ascii() {
        for iterations in [2, 3, 7, 50, 5000] {
            for width in [40, 41, 56, 80, 200] {
                for dots in [Dots::Ascii, Dots::Braille] {
                    let lines = chart(&history(iterations), width, dots);
                    assert_eq!(lines.len(), 11, "{iterations} {width}");
                    assert!(lines.iter().all(|line| line.chars().count() <= width.min(80)), "{lines:#?}");
                    assert_eq!(lines.concat().is_ascii(), dots == Dots::Ascii);
                }
            }
        }
    }

    #[test]
    fn a_run_too_short_or_a_terminal_too_narrow_has_no_chart() {
        assert!(chart(&History::default(), 80, Dots::Ascii).is_empty());
        assert!(chart(&history(1), 80, Dots::Ascii).is_empty());
        assert!(chart(&history(100), 39, Dots::Ascii).is_empty());
    }

    #[test]
    fn each_column_averages_its_share_of_the_losses() {
        assert_eq!(smoothed(&[1.0, 3.0, 5.0, 7.0], 2), [2.0, 6.0]);
        assert_eq!(smoothed(&[1.0, 2.0], 4), [1.0, 1.0, 2.0, 2.0]);
        assert_eq!(smoothed(&[1.0, 2.0, 6.0], 2), [1.0, 4.0]);
    }

    #[test]
    fn lines_are_connected_from_column_to_column() {
        for dots in [Dots::Ascii, Dots::Braille] {
            let mut plot = Plot::new(4, dots);
            let zigzag = (0..plot.columns()).map(|column| (column % 2) as f64);
            plot.line(zigzag, b'*', |_| true);
            // every row of every column, but for one dot at the end of each stroke
            let dots: u32 = plot
                .cells
                .iter()
                .map(|cell| if dots == Dots::Ascii { 1.min(*cell).into() } else { cell.count_ones() })
                .sum();
            let (columns, rows) =
                (u32::try_from(plot.columns()).unwrap(), u32::try_from(HEIGHT * plot.per_cell().1).unwrap());
            assert_eq!(dots, 1 + (columns - 1) * (rows - 1));
        }
    }

    #[test]
    fn a_loss_that_is_not_finite_or_does_not_move_is_no_panic() {
        let mut still = history(100);
        still.losses = vec![0.0; 100];
        assert_eq!(chart(&still, 80, Dots::Braille).len(), 11);
        still.losses = (0..100_000).map(|k| if k < 50_000 { -f64::MAX } else { f64::MAX }).collect();
        let lines = chart(&still, 80, Dots::Ascii);
        assert!(lines.len() == 11 && lines.iter().all(|line| line.len() <= 80), "{lines:#?}");
        assert!(lines[0].starts_with("loss, smoothed: 1.00e300") && lines[1].starts_with("1e300 "), "{lines:#?}");
    }
}
