//! The threads that a command works on.

use crate::failure::usage;
use crate::lang::said;
use crate::text::{say, thousands};
use anyhow::{Result, anyhow};
use rayon::{ThreadPool, ThreadPoolBuildError, ThreadPoolBuilder};
use std::thread::available_parallelism;

/// The most threads that can be asked for: more than cores gain nothing, and tens of thousands stop a machine.
pub(crate) const MOST: usize = 1024;

/// Does `work` on so many threads. Without a number it is what RAYON_NUM_THREADS says, else one for each core, and where
/// the system does not let that many start, one.
pub(crate) fn on<R: Send>(given: Option<usize>, work: impl FnOnce() -> R + Send) -> Result<R> {
    let pool = match given {
        Some(given) => pool(given).map_err(|error| {
            anyhow!(said!(
                "cannot start {given} threads ({error}); ask for fewer with --threads",
                "스레드 {given}개를 시작할 수 없습니다({error}). --threads로 더 적게 지정하세요"
            ))
        })?,
        None => {
            let wanted = usual()?;
            pool(wanted).or_else(|error| {
                say(&said!(
                    "note: cannot start {wanted} threads ({error}); using one",
                    "참고: 스레드 {wanted}개를 시작할 수 없어({error}) 하나만 씁니다"
                ));
                pool(1).map_err(|error| {
                    anyhow!(said!("cannot use even one thread: {error}", "스레드를 하나도 쓸 수 없습니다: {error}"))
                })
            })?
        }
    };
    Ok(pool.install(work))
}

fn usual() -> Result<usize> {
    let variable = std::env::var("RAYON_NUM_THREADS").ok();
    match variable.and_then(|value| value.parse().ok()) {
        None | Some(0) => Ok(available_parallelism().map_or(1, usize::from).min(MOST)),
        Some(threads) if threads > MOST => Err(usage(said!(
            "RAYON_NUM_THREADS is {threads}, expected at most {}",
            "RAYON_NUM_THREADS가 {threads}인데 {}까지 쓸 수 있습니다",
            thousands(MOST)
        ))),
        Some(threads) => Ok(threads),
    }
}

/// One thread is the one that calls, so it needs no new one.
fn pool(threads: usize) -> Result<ThreadPool, ThreadPoolBuildError> {
    let builder = ThreadPoolBuilder::new().num_threads(threads);
    if threads == 1 { builder.use_current_thread().build() } else { builder.build() }
}
