//! Run folders: `data/runs/0001` and so on. Each belongs to one run and is never overwritten.

use crate::data;
use crate::failure::usage;
use crate::files;
use crate::text::{program, quoted};
use anyhow::{Context, Result, bail};
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

/// The checkpoint of a run.
pub(crate) const MODEL: &str = "model.ckpt";
/// The log of a run.
pub(crate) const LOG: &str = "log.jsonl";
/// The page of a run.
pub(crate) const PAGE: &str = "report.html";
/// Held by the process that trains; the system lets go of it when that ends, however it ends.
const LOCK: &str = ".lock";

/// A run folder that this process alone writes to.
pub(crate) struct RunFolder {
    pub(crate) path: PathBuf,
    _lock: File,
}

impl RunFolder {
    /// A new run: `out`, which must be free, or the next number in `data/runs`.
    pub(crate) fn create(out: Option<&Path>) -> Result<Self> {
        match out {
            Some(folder) => {
                // before anything is written there
                check_free(folder)?;
                fs::create_dir_all(folder).with_context(|| cannot_create(folder))?;
                let locked = Self::lock(folder)?;
                // and again: another run may have come and gone in between
                check_free(folder)?;
                Ok(locked)
            }
            None => {
                let runs = root();
                fs::create_dir_all(&runs).with_context(|| cannot_create(&runs))?;
                let mut number = numbered(&runs)?.last().map_or(0, |(number, _)| *number);
                loop {
                    number = number.checked_add(1).with_context(|| {
                        format!(
                            "{} has a folder named {number}, and no number is left after that; move it away, or name \
                             a folder with --out",
                            runs.display()
                        )
                    })?;
                    let folder = runs.join(format!("{number:04}"));
                    match fs::create_dir(&folder) {
                        Ok(()) => return Self::lock(&folder),
                        // another run took the number between our look and now
                        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                        Err(error) => return Err(error).with_context(|| cannot_create(&folder)),
                    }
                }
            }
        }
    }

    /// The folder of a run that goes on.
    pub(crate) fn open(folder: &Path) -> Result<Self> {
        let shown = folder.display();
        if folder.is_file() {
            bail!("--resume {shown}: that is a file; name the run folder that it lies in");
        }
        if !folder.is_dir() {
            bail!("--resume {shown}: no such run folder");
        }
        if matches!(folder.join(MODEL).try_exists(), Ok(false)) {
            if is_free(folder)? {
                bail!(
                    "--resume {shown}: no run has saved anything there yet; start one with `{} train --out {}`",
                    program(),
                    quoted(folder)
                );
            }
            bail!("--resume {shown}: no run in it, since there is no {MODEL}; name a run folder");
        }
        Self::lock(folder)
    }

    fn lock(folder: &Path) -> Result<Self> {
        let path = folder.join(LOCK);
        let cannot = || format!("cannot write to the run folder {}", folder.display());
        files::check_writable(&path).with_context(|| format!("cannot lock the run folder: {}", path.display()))?;
        // Windows locks no file that was opened to append alone
        let lock = File::options().create(true).read(true).append(true).open(&path).with_context(cannot)?;
        match lock.try_lock() {
            Ok(()) => {
                [MODEL, LOG, PAGE].iter().try_for_each(|file| files::tidy(&folder.join(file))).with_context(cannot)?;
                Ok(Self { path: folder.to_owned(), _lock: lock })
            }
            Err(TryLockError::WouldBlock) => {
                bail!("another process is training in {}; wait for it or start a run of your own", folder.display())
            }
            Err(TryLockError::Error(error)) => Err(error).with_context(cannot),
        }
    }

    pub(crate) fn model(&self) -> PathBuf {
        self.path.join(MODEL)
    }

    pub(crate) fn page(&self) -> PathBuf {
        self.path.join(PAGE)
    }

    pub(crate) fn log(&self) -> PathBuf {
        self.path.join(LOG)
    }
}

/// Whether a new run may have this folder: it is not there, or holds nothing that a run or anybody else would miss.
fn is_free(folder: &Path) -> Result<bool> {
    let cannot = || format!("cannot read the run folder {}", folder.display());
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(true),
        entries => entries.with_context(cannot)?,
    };
    for entry in entries {
        let name = entry.with_context(cannot)?.file_name();
        // all that a run leaves which was killed before its first checkpoint
        let half = files::beginning(Path::new(MODEL));
        if name != LOCK && !name.as_encoded_bytes().starts_with(half.as_encoded_bytes()) {
            return Ok(false);
        }
    }
    Ok(true)
}

fn check_free(out: &Path) -> Result<()> {
    if is_free(out)? {
        return Ok(());
    }
    let out = out.display();
    Err(usage(format!("--out {out} is not empty; name a new folder, or go on with the run in it by --resume {out}")))
}

fn cannot_create(folder: &Path) -> String {
    format!("cannot create the folder {}; `--out DIR` puts the run elsewhere", folder.display())
}

/// The run folder with the highest number that holds a checkpoint.
pub(crate) fn newest() -> Result<PathBuf> {
    let runs = root();
    let newest = all()?.into_iter().rev().map(|(_, folder)| folder).find(|folder| folder.join(MODEL).is_file());
    newest.with_context(|| none_in(&runs))
}

fn none_in(runs: &Path) -> String {
    format!("no finished or interrupted run in {}; `{} train` makes one", runs.display(), program())
}

/// A run that is named by its number alone: `2`, or `0002`. All else, and a number that a file here is called by, is
/// the path that it seems to be.
pub(crate) fn named(given: &Path) -> Result<PathBuf> {
    let digits = given.to_str().filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
    let Some(number) = digits.and_then(|text| text.parse::<u64>().ok()).filter(|_| !given.exists()) else {
        return Ok(given.to_owned());
    };
    let runs = root();
    let found = all()?;
    if let Some((_, folder)) = found.iter().find(|(of, _)| *of == number) {
        return Ok(folder.clone());
    }
    let name = |at: Option<&(u64, PathBuf)>| at.map_or(0, |(number, _)| *number);
    match found.len() {
        0 => bail!("no run {number}: {}", none_in(&runs)),
        1 => bail!("no run {number} in {}: there is {:04} alone", runs.display(), name(found.first())),
        n => bail!(
            "no run {number} in {}: there are {n}, from {:04} to {:04}; `{} runs` lists them",
            runs.display(),
            name(found.first()),
            name(found.last()),
            program()
        ),
    }
}

/// The numbered run folders, in that order.
pub(crate) fn all() -> Result<Vec<(u64, PathBuf)>> {
    let runs = root();
    if runs.is_dir() { numbered(&runs) } else { Ok(Vec::new()) }
}

/// Where runs go, whatever `--data-dir` says: that folder may belong to somebody else.
pub(crate) fn root() -> PathBuf {
    data::default_dir().join("runs")
}

/// The folders whose names are numbers, in that order.
fn numbered(runs: &Path) -> Result<Vec<(u64, PathBuf)>> {
    let cannot = || format!("cannot read {}", runs.display());
    let mut found = Vec::new();
    for entry in fs::read_dir(runs).with_context(cannot)? {
        let entry = entry.with_context(cannot)?;
        let (name, path) = (entry.file_name(), entry.path());
        let digits = name.to_str().filter(|name| name.bytes().all(|byte| byte.is_ascii_digit()));
        if let Some(number) = digits.and_then(|digits| digits.parse().ok())
            && path.is_dir()
        {
            found.push((number, path));
        }
    }
    found.sort();
    Ok(found)
}
