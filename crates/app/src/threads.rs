//! The threads that a command works on.

use crate::failure::usage;
use crate::text::{tell, thousands};
use anyhow::{Result, anyhow};
use rayon::{ThreadPool, ThreadPoolBuildError, ThreadPoolBuilder};
use std::thread::available_parallelism;

/// The most threads that can be asked for: more than cores gain nothing, and tens of thousands stop a machine.
pub(crate) const MOST: usize = 1024;

/// Does `work` on so many threads. Without a number it is what RAYON_NUM_THREADS says, else one for each core, and where
/// the system does not let that many start, one.
pub(crate) fn on<R: Send>(given: Option<usize>, work: impl FnOnce() -> R + Send) -> Result<R> {
    let pool = match given {
        Some(given) => {
            pool(given).map_err(|error| anyhow!("cannot start {given} threads ({error}); name fewer with --threads"))?
        }
        None => {
            let wanted = usual()?;
            pool(wanted).or_else(|error| {
                tell!("note: cannot start {wanted} threads ({error}); one does all the work");
                pool(1).map_err(|error| anyhow!("cannot work on this thread alone: {error}"))
            })?
        }
    };
    Ok(pool.install(work))
}

fn usual() -> Result<usize> {
    let said = std::env::var("RAYON_NUM_THREADS").ok();
    match said.and_then(|said| said.parse().ok()) {
        None | Some(0) => Ok(available_parallelism().map_or(1, usize::from).min(MOST)),
        Some(said) if said > MOST => {
            Err(usage(format!("RAYON_NUM_THREADS is {said}, expected at most {}", thousands(MOST))))
        }
        Some(said) => Ok(said),
    }
}

/// One thread is the one that calls, so it needs no new one.
fn pool(threads: usize) -> Result<ThreadPool, ThreadPoolBuildError> {
    let builder = ThreadPoolBuilder::new().num_threads(threads);
    if threads == 1 { builder.use_current_thread().build() } else { builder.build() }
}
