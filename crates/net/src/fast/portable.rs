//! For tests: makes kernels run in their portable version, whatever the processor.

use std::sync::atomic::{AtomicBool, Ordering};

static WANTED: AtomicBool = AtomicBool::new(false);

pub(super) fn is_wanted() -> bool {
    WANTED.load(Ordering::Relaxed)
}

/// Calls `work` with the portable version. Other tests that run at the same time use it too, which does not change their
/// bits.
pub(crate) fn with<R>(work: impl FnOnce() -> R) -> R {
    WANTED.store(true, Ordering::Relaxed);
    let result = work();
    WANTED.store(false, Ordering::Relaxed);
    result
}
