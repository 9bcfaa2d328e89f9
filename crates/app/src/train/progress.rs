//! The progress of a run on a terminal: a bar, and above it the chart, both drawn again in place.

use super::observers::GO_ON;
use crate::chart::{self, Dots};
use crate::checkpoint::Stored;
use crate::lang::{korean, said};
use crate::terminal;
use anyhow::Result;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use std::io;
use std::ops::ControlFlow;
use std::time::{Duration, Instant};
use training::{History, Observer, Run};

/// The bar, and above it the chart of the run so far; they draw themselves in place, on a terminal only.
pub(super) struct Progress {
    bar: ProgressBar,
    shown: Option<Instant>,
    /// When the chart was drawn, or the run began: one that is over at once needs no chart but the last.
    drawn: Instant,
    dots: Dots,
}

/// A chart that moves more often than this is hard to read.
const BETWEEN_CHARTS: Duration = Duration::from_millis(500);

/// A terminal with fewer lines has no room for the chart, the bar and some epoch lines.
const LEAST_HEIGHT: usize = 18;

/// The chart to put before the bar, or nothing.
fn course(history: &History, (width, height): (usize, usize), dots: Dots) -> String {
    if height < LEAST_HEIGHT {
        return String::new();
    }
    // one column less, since some terminals break a line that fills the last
    chart::chart(history, width.saturating_sub(1), dots).iter().map(|line| format!("{line}\n")).collect()
}

/// The bar of a run of so many iterations, `done` of them by now.
pub(super) fn bar(iterations: u64, done: u64, target: ProgressDrawTarget) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(iterations), target);
    let end = if korean() { "남은 시간 {eta}" } else { "{eta} left" };
    let template = format!("{{prefix}}{{bar:20}} {{human_pos}}/{{human_len}} {{msg}} {{speed}} {end}");
    let style = ProgressStyle::with_template(&template).unwrap_or_else(|_| ProgressStyle::default_bar());
    let speed = |state: &ProgressState, text: &mut dyn std::fmt::Write| {
        // nothing is left to do where a bar cannot be written
        let _ = write!(text, "{:.0}/s", state.per_sec());
    };
    bar.set_style(style.with_key("speed", speed).progress_chars("=> "));
    bar.set_position(done);
    bar.reset_eta(); // the iterations of earlier sittings say nothing about speed
    bar
}

impl Progress {
    pub(super) fn new(bar: ProgressBar) -> Self {
        Self { bar, shown: None, drawn: Instant::now(), dots: Dots::of_environment() }
    }
}

impl<T: Stored> Observer<T> for Progress {
    type Error = anyhow::Error;

    fn after_iteration(&mut self, run: &Run<T>, loss: f64) -> Result<ControlFlow<()>> {
        // ten times a second is enough for eyes
        if self.shown.is_none_or(|shown| shown.elapsed() >= Duration::from_millis(100)) {
            self.shown = Some(Instant::now());
            let accuracy = run.history().evaluations.last().map(|last| last.test_accuracy * 100.0);
            let accuracy =
                accuracy.map_or_else(String::new, |accuracy| said!(" acc {accuracy:.2} %", " 정확도 {accuracy:.2}%"));
            if self.drawn.elapsed() >= BETWEEN_CHARTS && !self.bar.is_hidden() {
                self.drawn = Instant::now();
                let size = (terminal::width(io::stderr()), terminal::height(io::stderr()));
                self.bar.set_prefix(course(run.history(), size, self.dots));
            }
            self.bar.set_message(said!("loss {loss:.4}{accuracy}", "손실 {loss:.4}{accuracy}"));
            self.bar.set_position(run.iteration());
        }
        Ok(GO_ON)
    }

    fn at_end(&mut self, _run: &Run<T>) -> Result<()> {
        self.bar.finish_and_clear();
        Ok(())
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        // an error that ends the run gets a line of its own
        self.bar.finish_and_clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use indicatif::TermLike;
    use std::sync::{Arc, Mutex};
    use training::Evaluation;

    /// A terminal of 80 x 24 that notes what it shows, and how far up the cursor was moved.
    #[derive(Clone, Debug, Default)]
    struct Recorder(Arc<Mutex<(String, usize)>>);

    impl TermLike for Recorder {
        fn width(&self) -> u16 {
            80
        }
        fn height(&self) -> u16 {
            24
        }
        fn move_cursor_up(&self, lines: usize) -> io::Result<()> {
            self.0.lock().unwrap().1 += lines;
            Ok(())
        }
        fn move_cursor_down(&self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn move_cursor_right(&self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn move_cursor_left(&self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn write_line(&self, line: &str) -> io::Result<()> {
            self.write_str(line)?;
            self.write_str("\n")
        }
        fn write_str(&self, text: &str) -> io::Result<()> {
            self.0.lock().unwrap().0.push_str(text);
            Ok(())
        }
        fn clear_line(&self) -> io::Result<()> {
            Ok(())
        }
        fn flush(&self) -> io::Result<()> {
            Ok(())
        }
    }

    fn history() -> History {
        let mut history = History::default();
        for iteration in 1..=100_u32 {
            history.push(iteration.into(), 2.0 / f64::from(iteration));
            if iteration % 50 == 0 {
                let iteration = iteration.into();
                let evaluation = Evaluation { iteration, train_accuracy: 0.9, test_accuracy: 0.8, seconds: 1.0 };
                history.evaluations.push(evaluation);
            }
        }
        history
    }

    #[test]
    fn the_chart_stands_above_the_bar_and_is_drawn_again_in_its_place() {
        let recorder = Recorder::default();
        let bar = bar(1000, 100, ProgressDrawTarget::term_like(Box::new(recorder.clone())));
        bar.set_prefix(course(&history(), (80, 24), Dots::Ascii));
        bar.force_draw();
        let (text, up) = recorder.0.lock().unwrap().clone();
        assert!(text.contains("loss, smoothed") && text.contains("train 90.0 %"), "{text}");
        assert!(text.rfind("iteration 100").unwrap() < text.rfind("100/1,000").unwrap(), "{text}");
        bar.force_draw();
        let again = recorder.0.lock().unwrap().1;
        assert!(again - up >= 11, "moved up {again} - {up} lines");
        bar.finish_and_clear();
    }

    #[test]
    fn a_chart_needs_room_and_a_course() {
        let lines = |width, height| course(&history(), (width, height), Dots::Ascii).lines().count();
        assert_eq!((lines(80, 24), lines(80, LEAST_HEIGHT), lines(41, 24)), (11, 11, 11));
        assert_eq!((lines(80, LEAST_HEIGHT - 1), lines(40, 24)), (0, 0));
        assert_eq!(course(&History::default(), (80, 24), Dots::Ascii), "");
    }
}
