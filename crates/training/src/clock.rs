//! The time that a run has taken.

use std::time::Duration;

/// Seconds of training and evaluating, without pauses.
pub(crate) struct Clock {
    before: Duration,
    #[cfg(not(target_family = "wasm"))]
    started: Option<std::time::Instant>,
}

impl Clock {
    pub(crate) fn new(before: Duration) -> Self {
        Self {
            before,
            #[cfg(not(target_family = "wasm"))]
            started: None,
        }
    }

    pub(crate) fn seconds(&self) -> f64 {
        #[cfg(not(target_family = "wasm"))]
        let running = self.started.map_or(Duration::ZERO, |started| started.elapsed());
        #[cfg(target_family = "wasm")]
        let running = Duration::ZERO; // a browser's clock cannot be used here
        (self.before + running).as_secs_f64()
    }

    pub(crate) fn start(&mut self) {
        #[cfg(not(target_family = "wasm"))]
        {
            self.started = Some(std::time::Instant::now());
        }
    }

    pub(crate) fn stop(&mut self) {
        #[cfg(not(target_family = "wasm"))]
        if let Some(started) = self.started.take() {
            self.before += started.elapsed();
        }
    }
}
