//! The target folder: it allows one fetch at a time, and a file gets its final name only when it is complete.

use std::fs::{self, File, TryLockError};
use std::io::{self, ErrorKind, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use crate::error::FetchError;
use crate::event::Event;
use crate::published::PublishedFile;
use crate::regular;
use crate::state::{Difference, State};

/// The folder, created, and locked against a second fetch until this value is dropped.
pub(crate) struct Folder {
    path: PathBuf,
    /// `None` if the file system has no locks. The operating system releases it when the process ends, however that
    /// happens.
    lock: Option<File>,
}

impl Folder {
    pub(crate) fn open(path: &Path, report: &mut dyn FnMut(Event<'_>)) -> Result<Self, FetchError> {
        fs::create_dir_all(path).map_err(FetchError::io("create the folder", path))?;
        let lock = lock(path, report)?;
        Ok(Self { path: path.to_path_buf(), lock })
    }

    /// The path where `file` is stored until it is complete. It is the same for each run, so that one run continues where
    /// another stopped. Without a lock, it contains the number of this process.
    fn part_path(&self, file: &PublishedFile) -> PathBuf {
        let own = if self.lock.is_some() { String::new() } else { format!(".{}", std::process::id()) };
        self.path.join(format!("{}{own}.part", file.name))
    }

    /// Opens the existing part of `file`; it may be empty.
    pub(crate) fn part(&self, file: &PublishedFile) -> Result<Part, FetchError> {
        Part::open(self.part_path(file))
    }

    /// The length of the part of `file`. An empty one is removed.
    pub(crate) fn tidy(&self, file: &PublishedFile) -> u64 {
        let path = self.part_path(file);
        let length = fs::metadata(&path).map_or(0, |metadata| metadata.len());
        if length == 0 {
            let _ = fs::remove_file(&path);
        }
        length
    }

    /// Gives a complete part its final name if it is the right file. Otherwise it removes the part and returns the
    /// difference.
    pub(crate) fn keep(&self, part: Part, file: &PublishedFile) -> Result<Option<Difference>, FetchError> {
        let Part { path, file: handle, .. } = part;
        handle.sync_all().map_err(FetchError::io("write", &path))?;
        drop(handle);
        // It is read back from the disk instead of hashed while it arrives, to cover a part that an earlier run began.
        match file.state_at(&path) {
            State::Damaged(difference) => {
                fs::remove_file(&path).map_err(FetchError::io("remove", &path))?;
                return Ok(Some(difference));
            }
            State::Missing => return Err(FetchError::Vanished { path }),
            State::Whole | State::Hidden { .. } => {}
        }
        let target = self.path.join(file.name);
        fs::rename(&path, &target).map_err(FetchError::io("put the fetched file in the place of", &target))?;
        sync_folder(&self.path).map_err(FetchError::io("sync the folder", &self.path))?;
        Ok(None)
    }
}

/// Waits for a fetch that is already running in the folder.
fn lock(folder: &Path, report: &mut dyn FnMut(Event<'_>)) -> Result<Option<File>, FetchError> {
    let path = folder.join(".fetch.lock");
    let file = regular::open_or_create(&path).map_err(FetchError::open("lock", &path))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => {
            report(Event::Waiting { folder });
            file.lock().map_err(FetchError::io("lock", &path))?;
            Ok(Some(file))
        }
        Err(TryLockError::Error(error)) if error.kind() == ErrorKind::Unsupported => Ok(None),
        Err(TryLockError::Error(error)) => Err(FetchError::io("lock", &path)(error)),
    }
}

/// Makes sure that a rename survives a power failure.
#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Windows does not open folders as files, and its file system journals the rename.
#[cfg(not(unix))]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

/// A file that is not complete yet.
pub(crate) struct Part {
    path: PathBuf,
    file: File,
    length: u64,
}

impl Part {
    fn open(path: PathBuf) -> Result<Self, FetchError> {
        let mut file = regular::open_or_create(&path).map_err(FetchError::open("open", &path))?;
        let length = file.seek(SeekFrom::End(0)).map_err(FetchError::io("open", &path))?;
        Ok(Self { path, file, length })
    }

    pub(crate) fn len(&self) -> u64 {
        self.length
    }

    pub(crate) fn append(&mut self, bytes: &[u8]) -> Result<(), FetchError> {
        self.file.write_all(bytes).map_err(FetchError::io("write", &self.path))?;
        self.length += bytes.len() as u64;
        Ok(())
    }

    pub(crate) fn clear(&mut self) -> Result<(), FetchError> {
        self.file.set_len(0).and_then(|()| self.file.rewind()).map_err(FetchError::io("write", &self.path))?;
        self.length = 0;
        Ok(())
    }
}
