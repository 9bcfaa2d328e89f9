//! Files that are read within a limit, and files that are replaced as a whole or stay as they were.

use anyhow::{Result, ensure};
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::Path;

/// The most bytes that are read of a file: 1 GiB.
const MOST_BYTES: u64 = 1 << 30;

/// The content of a file, at least one byte.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>> {
    let file = File::open(path)?;
    let metadata = file.metadata()?;
    ensure!(metadata.is_file(), "it is not a file");
    ensure!(metadata.len() <= MOST_BYTES, "{} bytes, at most {MOST_BYTES} are read", metadata.len());
    let mut bytes = Vec::new();
    file.take(MOST_BYTES).read_to_end(&mut bytes)?;
    ensure!(!bytes.is_empty(), "it is empty");
    Ok(bytes)
}

/// Makes the file at `path` hold `parts`, one after another. They are written beside it and synced before the rename;
/// until then the file that was there stands untouched, and where that fails nothing is left behind.
pub(crate) fn replace(path: &Path, parts: &[&[u8]]) -> io::Result<()> {
    // Always the same name: what a crash leaves behind is overwritten by the next try.
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    let beside = Path::new(&beside);
    let result = (|| {
        let mut file = File::create(beside)?;
        parts.iter().try_for_each(|part| file.write_all(part))?;
        file.sync_all()?;
        drop(file);
        fs::rename(beside, path)?;
        sync_folder(path)
    })();
    if result.is_err() {
        // the error that counts is the first one
        let _ = fs::remove_file(beside);
    }
    result
}

/// Makes a rename in the folder of `path` survive a power cut.
#[cfg(unix)]
fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

/// Elsewhere a folder cannot be opened to be synced; NTFS journals the rename.
#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "the same signature on every system")]
fn sync_folder(_path: &Path) -> io::Result<()> {
    Ok(())
}
