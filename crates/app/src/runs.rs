//! Run folders: `data/runs/0001` and so on. Each belongs to one run and is never overwritten.

use crate::data;
use crate::failure::usage;
use anyhow::{Context, Result, bail};
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

/// The checkpoint of a run.
pub(crate) const MODEL: &str = "model.ckpt";
/// The log of a run.
pub(crate) const LOG: &str = "log.jsonl";
/// Held by the process that trains; the system lets go of it when that ends, however it ends.
const LOCK: &str = ".lock";

/// A run folder that this process alone writes to.
pub(crate) struct RunFolder {
    pub(crate) path: PathBuf,
    _lock: File,
}

impl RunFolder {
    /// A new run: `out`, which must be new or empty, or the next number in `data/runs`.
    pub(crate) fn create(out: Option<&Path>) -> Result<Self> {
        match out {
            Some(folder) => {
                let is_empty = match fs::read_dir(folder) {
                    Ok(mut entries) => entries.next().is_none(),
                    Err(error) if error.kind() == io::ErrorKind::NotFound => true,
                    Err(error) => return Err(error).with_context(|| format!("cannot use --out {}", folder.display())),
                };
                if !is_empty {
                    let folder = folder.display();
                    return Err(usage(format!(
                        "--out {folder} is not empty; name a new folder, or go on with the run in it by --resume {folder}"
                    )));
                }
                fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
                Self::lock(folder)
            }
            None => {
                let runs = root();
                fs::create_dir_all(&runs).with_context(|| format!("cannot create {}", runs.display()))?;
                let mut number = numbered(&runs)?.last().map_or(0, |(number, _)| *number);
                loop {
                    number += 1;
                    let folder = runs.join(format!("{number:04}"));
                    match fs::create_dir(&folder) {
                        Ok(()) => return Self::lock(&folder),
                        // another run took the number between our look and now
                        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                        Err(error) => return Err(error).with_context(|| format!("cannot create {}", folder.display())),
                    }
                }
            }
        }
    }

    /// The folder of a run that goes on.
    pub(crate) fn open(folder: &Path) -> Result<Self> {
        if !folder.is_dir() {
            bail!("--resume {}: no such run folder", folder.display());
        }
        Self::lock(folder)
    }

    fn lock(folder: &Path) -> Result<Self> {
        let path = folder.join(LOCK);
        let cannot = || format!("cannot write to the run folder {}", folder.display());
        let lock = File::options().create(true).append(true).open(&path).with_context(cannot)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path: folder.to_owned(), _lock: lock }),
            Err(TryLockError::WouldBlock) => {
                bail!("another process is training in {}; wait for it or start a run of your own", folder.display())
            }
            Err(TryLockError::Error(error)) => Err(error).with_context(cannot),
        }
    }

    pub(crate) fn model(&self) -> PathBuf {
        self.path.join(MODEL)
    }

    pub(crate) fn log(&self) -> PathBuf {
        self.path.join(LOG)
    }
}

/// The run folder with the highest number that holds a checkpoint.
pub(crate) fn newest() -> Result<PathBuf> {
    let runs = root();
    let found = if runs.is_dir() { numbered(&runs)? } else { Vec::new() };
    let newest = found.into_iter().rev().map(|(_, folder)| folder).find(|folder| folder.join(MODEL).is_file());
    newest.with_context(|| format!("no finished or interrupted run in {}; `app train` makes one", runs.display()))
}

/// Where runs go, whatever `--data-dir` says: that folder may belong to somebody else.
fn root() -> PathBuf {
    data::default_dir().join("runs")
}

/// The folders whose names are numbers, in that order.
fn numbered(runs: &Path) -> Result<Vec<(u64, PathBuf)>> {
    let cannot = || format!("cannot read {}", runs.display());
    let mut found = Vec::new();
    for entry in fs::read_dir(runs).with_context(cannot)? {
        let entry = entry.with_context(cannot)?;
        if let Some(number) = entry.file_name().to_str().and_then(|name| name.parse().ok()) {
            found.push((number, entry.path()));
        }
    }
    found.sort();
    Ok(found)
}
