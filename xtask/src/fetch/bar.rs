//! The progress bar of a fetch, on stderr; nothing is drawn if that is not a terminal.

use fetch::Event;
use indicatif::{ProgressBar, ProgressStyle};

/// One bar at a time, for the file that is being fetched.
#[derive(Default)]
pub(super) struct Bar(Option<(&'static str, ProgressBar)>);

impl Bar {
    /// Moves the bar, or clears it before other lines are printed.
    pub(super) fn show(&mut self, event: &Event<'_>) {
        let Event::Progress { file, bytes, total } = *event else { return self.clear() };
        match &self.0 {
            Some((shown, bar)) if *shown == file => bar.set_position(bytes),
            _ => {
                self.clear();
                self.0 = Some((file, bar(file, total, bytes)));
            }
        }
    }

    fn clear(&mut self) {
        if let Some((_, bar)) = self.0.take() {
            bar.finish_and_clear();
        }
    }
}

/// The bar must be cleared before an error is printed.
impl Drop for Bar {
    fn drop(&mut self) {
        self.clear();
    }
}

fn bar(file: &'static str, total: u64, bytes: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("{msg} {bar:20} {bytes:>10} of {total_bytes:10} {eta:>4}");
    ProgressBar::new(total)
        .with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
        .with_message(file)
        .with_position(bytes)
}
