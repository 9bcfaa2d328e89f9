//! `--from DIR`: files taken from a local folder, under the same checks as downloads.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;

use anyhow::{Context, Result, anyhow, bail};

use super::digest::State;
use super::folder::{Failure, Folder};
use super::manifest::Wanted;

/// Looks at all the files before the first is copied, so that one error names all that is wrong with the folder.
pub(super) fn all_usable<'a>(from: &Path, files: impl Iterator<Item = &'a Wanted>, folder: &Path) -> Result<()> {
    if !from.is_dir() {
        bail!("{} is not a folder; --from takes the one that holds the four .gz files", from.display());
    }
    let mut wrong = String::new();
    for file in files {
        match file.state_in(from) {
            State::Whole => {}
            State::Missing => {
                let raw = file.name.trim_end_matches(".gz");
                let hint = if from.join(raw).exists() { ", only the unpacked one is there" } else { "" };
                wrong += &format!("\n  {}: missing{hint}", file.name);
            }
            State::Damaged(how) => wrong += &format!("\n  {}: {how}", file.name),
        }
    }
    if wrong.is_empty() {
        return Ok(());
    }
    bail!(
        "cannot take the files from {}:{wrong}\n\
         only the .gz files with the published digests are taken; download them by the\n\
         same command without --from, or put unpacked ones into\n\
         {} yourself",
        from.display(),
        folder.display()
    )
}

/// Copies one file, and returns where it came from.
pub(super) fn copy(from: &Path, file: &Wanted, folder: &Folder) -> Result<String> {
    let path = from.join(file.name);
    let what = || format!("cannot read {}", path.display());
    let mut source = File::open(&path).with_context(what)?;
    let mut part = folder.part(file)?;
    part.clear()?;
    let mut buffer = vec![0; 1 << 16];
    // A file that grew since it was looked at must not fill the disk.
    while part.len() <= file.size {
        match source.read(&mut buffer) {
            Ok(0) => break,
            Ok(n) => part.append(&buffer[..n])?,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error).with_context(what),
        }
    }
    match folder.keep(part, file) {
        Ok(()) => Ok(from.display().to_string()),
        Err(Failure::Here(error)) => Err(error),
        Err(Failure::Source(how)) => Err(anyhow!("{} changed while it was copied: {how}; try again", path.display())),
    }
}
