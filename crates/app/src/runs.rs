//! Run folders: `data/runs/0001` and so on. Each belongs to one run and is never overwritten.

use crate::data;
use crate::failure::usage;
use crate::files;
use crate::lang::said;
use crate::text::{program, quoted, say};
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
                        said!(
                            "{} has a folder named {number}, and there is no larger number; move it away, or name a \
                             folder with --out",
                            "{}에 있는 폴더 {number}보다 큰 번호가 없습니다. 그 폴더를 옮기거나 --out으로 폴더를 지정하세요",
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
            bail!(said!(
                "--resume {shown}: that is a file; name the run folder that it is in",
                "--resume {shown}: 파일입니다. 그 파일이 든 학습 폴더를 지정하세요"
            ));
        }
        if !folder.is_dir() {
            bail!(said!("--resume {shown}: no such run folder", "--resume {shown}: 그런 학습 폴더가 없습니다"));
        }
        if matches!(folder.join(MODEL).try_exists(), Ok(false)) {
            if is_free(folder)? {
                bail!(said!(
                    "--resume {shown}: no run has saved anything there yet; start one with `{} train --out {}`",
                    "--resume {shown}: 아직 저장된 것이 없습니다. `{} train --out {}`로 학습을 시작하세요",
                    program(),
                    quoted(folder)
                ));
            }
            bail!(said!(
                "--resume {shown}: this is not a run folder, because it has no {MODEL}; name a run folder",
                "--resume {shown}: {MODEL}이(가) 없으니 학습 폴더가 아닙니다. 학습 폴더를 지정하세요"
            ));
        }
        Self::lock(folder)
    }

    fn lock(folder: &Path) -> Result<Self> {
        let path = folder.join(LOCK);
        let cannot = || said!("cannot write to the run folder {}", "학습 폴더 {}에 쓸 수 없습니다", folder.display());
        files::check_writable(&path).with_context(|| {
            said!("cannot lock the run folder: {}", "학습 폴더를 잠글 수 없습니다: {}", path.display())
        })?;
        // Windows locks no file that was opened to append alone
        let lock = File::options().create(true).read(true).append(true).open(&path).with_context(cannot)?;
        let locked = match lock.try_lock() {
            Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => {
                say(&said!(
                    "note: the file system of {} has no locks, so make sure that no other process trains there",
                    "참고: {}의 파일 시스템에는 잠금 기능이 없으니 다른 프로세스가 그 폴더에서 학습하지 않게 하세요",
                    folder.display()
                ));
                Ok(())
            }
            locked => locked,
        };
        match locked {
            Ok(()) => {
                [MODEL, LOG, PAGE].iter().try_for_each(|file| files::tidy(&folder.join(file))).with_context(cannot)?;
                Ok(Self { path: folder.to_owned(), _lock: lock })
            }
            Err(TryLockError::WouldBlock) => {
                bail!(said!(
                    "another process is training in {}; wait until it ends, or start another run",
                    "{}에서 다른 프로세스가 학습하고 있습니다. 끝날 때까지 기다리거나 새 학습을 시작하세요",
                    folder.display()
                ))
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
    let cannot = || said!("cannot read the run folder {}", "{} 학습 폴더를 읽을 수 없습니다", folder.display());
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
    Err(usage(said!(
        "--out {out} is not empty; name a new folder, or resume the run in it with --resume {out}",
        "--out {out}: 빈 폴더가 아닙니다. 새 폴더를 지정하거나 --resume {out}(으)로 그 학습을 이어서 하세요"
    )))
}

fn cannot_create(folder: &Path) -> String {
    said!(
        "cannot create the folder {}; use `--out DIR` to save the run elsewhere",
        "폴더 {}을(를) 만들 수 없습니다. `--out DIR`로 다른 곳에 저장하세요",
        folder.display()
    )
}

/// The run folder with the highest number that holds a checkpoint.
pub(crate) fn newest() -> Result<PathBuf> {
    let runs = root();
    let newest = all()?.into_iter().rev().map(|(_, folder)| folder).find(|folder| folder.join(MODEL).is_file());
    newest.with_context(|| none_in(&runs))
}

fn none_in(runs: &Path) -> String {
    said!(
        "no trained network found in {}; train one with `{} train`",
        "{}에 학습한 신경망이 없습니다. 먼저 `{} train`으로 학습하세요",
        runs.display(),
        program()
    )
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
        0 => bail!("{}: {}", said!("no run {number}", "학습 {number}번이 없습니다"), none_in(&runs)),
        1 => bail!(said!(
            "no run {number} in {}: there is only {:04}",
            "{}에 학습 {number}번이 없습니다. {:04}번만 있습니다",
            runs.display(),
            name(found.first())
        )),
        n => bail!(said!(
            "no run {number} in {}: there are {n}, from {:04} to {:04}; `{} runs` lists them",
            "{}에 학습 {number}번이 없습니다. {:04}번부터 {:04}번까지 {n}개 있습니다. `{} runs`로 볼 수 있습니다",
            runs.display(),
            name(found.first()),
            name(found.last()),
            program()
        )),
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
    let cannot = || said!("cannot read {}", "{} 폴더를 읽을 수 없습니다", runs.display());
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
