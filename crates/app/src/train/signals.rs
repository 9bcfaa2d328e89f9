//! Ctrl-C, SIGTERM, SIGHUP and Ctrl-Break: the first asks the run to save and stop, a second ends the process at once.

use crate::lang::said;
use anyhow::{Context, Result};
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// What has been received so far.
pub(super) struct Signals(Arc<AtomicUsize>);

impl Signals {
    /// From now on signals are noted instead of ending the process.
    pub(super) fn catch() -> Result<Self> {
        let received = Arc::new(AtomicUsize::new(0));
        let any = Arc::new(AtomicBool::new(false));
        for signal in [SIGINT, SIGTERM].into_iter().chain(of_the_terminal()) {
            let code = 128 + signal;
            // in this order: the shutdown looks at `any` before the same signal sets it
            flag::register_conditional_shutdown(signal, code, Arc::clone(&any))
                .and_then(|_| flag::register(signal, Arc::clone(&any)))
                .and_then(|_| flag::register_usize(signal, Arc::clone(&received), usize::try_from(code).unwrap_or(1)))
                .with_context(|| said!("cannot catch Ctrl-C", "Ctrl-C를 받을 수 없습니다"))?;
        }
        Ok(Self(received))
    }

    /// 130 after Ctrl-C, 143 after SIGTERM, 129 after SIGHUP, 149 after Ctrl-Break.
    pub(super) fn exit_code(&self) -> Option<u8> {
        u8::try_from(self.0.load(Ordering::SeqCst)).ok().filter(|code| *code != 0)
    }
}

/// SIGHUP, unless the process was started with it ignored, by `nohup`: to catch it would take that away. Only Linux says so
/// without `unsafe`. Elsewhere it is left alone, and ends the process at its last checkpoint.
#[cfg(unix)]
fn of_the_terminal() -> Option<i32> {
    use signal_hook::consts::SIGHUP;
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let ignored = u64::from_str_radix(status.lines().find_map(|line| line.strip_prefix("SigIgn:"))?.trim(), 16).ok()?;
    (ignored & 1 << (SIGHUP - 1) == 0).then_some(SIGHUP)
}

/// Ctrl-Break. The C library knows this signal also for a window that closes and for the end of the session, but Windows ends
/// the process as soon as the signal is noted, so that what counts then is the last checkpoint.
#[cfg(windows)]
fn of_the_terminal() -> Option<i32> {
    Some(signal_hook::consts::SIGBREAK)
}
