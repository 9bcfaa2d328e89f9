//! The folder that files go to: one fetch at a time, and nothing under a final name that is not whole.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::digest::State;
use super::manifest::Wanted;

/// Why a file could not be had.
#[derive(Debug)]
pub(super) enum Failure {
    /// It is the fault of where it came from; another source may do better.
    Source(String),
    /// It is this machine's (disk full, no permission): another source would not help.
    Here(anyhow::Error),
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self::Here(error)
    }
}

/// The folder, created and locked against a second fetch until dropped.
pub(super) struct Folder {
    path: PathBuf,
    /// None where the file system has no locks. The operating system frees it with the process, however that ends.
    lock: Option<File>,
}

impl Folder {
    pub(super) fn open(path: &Path) -> Result<Self> {
        fs::create_dir_all(path).with_context(|| format!("cannot create the folder {}", path.display()))?;
        let path = path.to_path_buf();
        let lock = lock(&path)?;
        Ok(Self { path, lock })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Where `file` grows until it is whole. The name is the same for each run, so that one run continues where another
    /// stopped; without a lock it is this process's own.
    pub(super) fn part_path(&self, file: &Wanted) -> PathBuf {
        let own = if self.lock.is_some() { String::new() } else { format!(".{}", std::process::id()) };
        self.path.join(format!("{}{own}.part", file.name))
    }

    /// Opens what there is of `file` so far, perhaps nothing.
    pub(super) fn part(&self, file: &Wanted) -> Result<Part> {
        Part::open(self.part_path(file))
    }

    /// Puts a complete part under its final name if it is the file that is wanted, else throws it away.
    pub(super) fn keep(&self, part: Part, file: &Wanted) -> Result<(), Failure> {
        let Part { path, file: handle, .. } = part;
        handle.sync_all().with_context(|| format!("cannot write {}", path.display()))?;
        drop(handle);
        // Read back from the disk, not hashed on the way: so a part continued from an earlier run is covered too.
        match file.state_at(&path) {
            State::Whole => {}
            State::Missing => {
                return Err(Failure::Here(anyhow::anyhow!("{} vanished while it was fetched", path.display())));
            }
            State::Damaged(how) => {
                fs::remove_file(&path).with_context(|| format!("cannot remove {}", path.display()))?;
                return Err(Failure::Source(how));
            }
        }
        let target = self.path.join(file.name);
        fs::rename(&path, &target)
            .with_context(|| format!("cannot rename {} to {}", path.display(), target.display()))?;
        sync_folder(&self.path).with_context(|| format!("cannot sync the folder {}", self.path.display()))?;
        Ok(())
    }
}

/// Waits for a fetch that is already at work in the folder.
fn lock(folder: &Path) -> Result<Option<File>> {
    let path = folder.join(".fetch.lock");
    let what = || format!("cannot lock {}", path.display());
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path).with_context(what)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => {
            eprintln!("another fetch-mnist is at work in {}, waiting for it", folder.display());
            file.lock().with_context(what)?;
            Ok(Some(file))
        }
        Err(TryLockError::Error(error)) if error.kind() == ErrorKind::Unsupported => Ok(None),
        Err(TryLockError::Error(error)) => Err(error).with_context(what),
    }
}

/// Makes a rename outlast a power cut.
#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Windows opens no folder as a file, and its file system journals the rename.
#[cfg(not(unix))]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

/// A file that is not whole yet.
pub(super) struct Part {
    path: PathBuf,
    file: File,
    length: u64,
}

impl Part {
    fn open(path: PathBuf) -> Result<Self> {
        let open = || {
            let mut file = OpenOptions::new().create(true).truncate(false).write(true).open(&path)?;
            let length = file.seek(SeekFrom::End(0))?;
            io::Result::Ok((file, length))
        };
        let (file, length) = open().with_context(|| format!("cannot open {}", path.display()))?;
        Ok(Self { path, file, length })
    }

    pub(super) fn len(&self) -> u64 {
        self.length
    }

    pub(super) fn append(&mut self, bytes: &[u8]) -> Result<()> {
        self.file.write_all(bytes).with_context(|| format!("cannot write {}", self.path.display()))?;
        self.length += bytes.len() as u64;
        Ok(())
    }

    pub(super) fn clear(&mut self) -> Result<()> {
        self.file
            .set_len(0)
            .and_then(|()| self.file.rewind())
            .with_context(|| format!("cannot write {}", self.path.display()))?;
        self.length = 0;
        Ok(())
    }
}
