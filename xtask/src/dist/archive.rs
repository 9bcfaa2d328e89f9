//! Archives whose bytes depend only on their content: sorted, with one time, no owner and fixed modes.

use std::io::{Cursor, Write as _};
use std::time::{Duration, UNIX_EPOCH};

use anyhow::{Context, Result};
use flate2::{Compression, GzBuilder};
use tar::{EntryType, Header};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, System, ZipWriter};

/// A file in an archive.
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) bytes: Vec<u8>,
    pub(super) executable: bool,
}

impl Entry {
    fn mode(&self) -> u32 {
        if self.executable { 0o755 } else { 0o644 }
    }
}

/// A `.tar.gz` with the files in one folder, all with the time `time`, in seconds since 1970.
pub(super) fn tar_gz(folder: &str, entries: &[Entry], time: u64) -> Result<Vec<u8>> {
    // no time and no name in the header, and the same system id on every system
    let gzip = GzBuilder::new().mtime(0).operating_system(255).write(Vec::new(), Compression::best());
    let mut tar = tar::Builder::new(gzip);
    let mut append = |name: &str, kind: EntryType, mode: u32, bytes: &[u8]| {
        let mut header = Header::new_ustar();
        header.set_entry_type(kind);
        header.set_size(bytes.len() as u64);
        header.set_mode(mode);
        header.set_mtime(time);
        header.set_uid(0);
        header.set_gid(0);
        tar.append_data(&mut header, name, bytes).with_context(|| format!("cannot put {name} into the archive"))
    };
    append(&format!("{folder}/"), EntryType::Directory, 0o755, b"")?;
    for entry in sorted(entries) {
        append(&format!("{folder}/{}", entry.name), EntryType::Regular, entry.mode(), &entry.bytes)?;
    }
    Ok(tar.into_inner()?.finish()?)
}

/// A `.zip` with the files in one folder, all with the time `time`, in seconds since 1970. The format's times begin in
/// 1980; an earlier one is an error.
pub(super) fn zip(folder: &str, entries: &[Entry], time: u64) -> Result<Vec<u8>> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(9))
        .system(System::Unix) // on Windows, the default would lose the permissions
        .last_modified_time(zip_time(time)?);
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for entry in sorted(entries) {
        zip.start_file(format!("{folder}/{}", entry.name), options.unix_permissions(entry.mode()))?;
        zip.write_all(&entry.bytes)?;
    }
    Ok(zip.finish()?.into_inner())
}

fn sorted(entries: &[Entry]) -> Vec<&Entry> {
    let mut entries: Vec<&Entry> = entries.iter().collect();
    entries.sort_by(|a, b| a.name.cmp(&b.name));
    entries
}

/// In UTC: a `.zip` has no time zone.
fn zip_time(time: u64) -> Result<DateTime> {
    let moment = UNIX_EPOCH.checked_add(Duration::from_secs(time)).context("a time that no system knows")?;
    let text = humantime::format_rfc3339_seconds(moment).to_string(); // 2026-11-28T17:00:00Z
    let numbers: Vec<_> = text.split(['-', 'T', ':', 'Z']).filter_map(|number| number.parse::<u16>().ok()).collect();
    let [year, month, day, hour, minute, second] = numbers[..] else { anyhow::bail!("{text} is not a time") };
    let byte = |number: u16| u8::try_from(number);
    DateTime::from_date_and_time(year, byte(month)?, byte(day)?, byte(hour)?, byte(minute)?, byte(second)?)
        .with_context(|| format!("a .zip cannot say {text}; SOURCE_DATE_EPOCH must be between 1980 and 2107"))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::Read as _;
    use std::path::Path;

    use super::*;

    const TIME: u64 = 1_795_885_200; // 2026-11-28 17:00:00 UTC

    /// The files of a folder, in the order in which the system lists them.
    fn entries(folder: &Path) -> Vec<Entry> {
        let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
        files
            .map(|file| {
                let name = file.file_name().into_string().unwrap();
                Entry { executable: name == "app", bytes: fs::read(file.path()).unwrap(), name }
            })
            .collect()
    }

    fn folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in [("app", "\x7fELF"), ("README.md", "read"), ("LICENSE-MIT", "")] {
            fs::write(folder.path().join(name), text).unwrap();
        }
        folder
    }

    #[test]
    fn an_archive_made_twice_has_the_same_bytes_whatever_the_order_and_the_times_of_the_files() {
        let folder = folder();
        let mut files = entries(folder.path());
        let first = (tar_gz("net-1", &files, TIME).unwrap(), zip("net-1", &files, TIME).unwrap());
        files.reverse();
        fs::File::options().write(true).open(folder.path().join("app")).unwrap().set_modified(UNIX_EPOCH).unwrap();
        assert_eq!(first, (tar_gz("net-1", &files, TIME).unwrap(), zip("net-1", &files, TIME).unwrap()));
        files.extend(entries(folder.path()).into_iter().rev().map(|file| Entry { name: file.name + "2", ..file }));
        assert_ne!(first.0, tar_gz("net-1", &files, TIME).unwrap());
    }

    #[test]
    fn a_tar_unpacks_to_the_files_with_their_modes_in_one_folder_and_names_nobody() {
        let bytes = tar_gz("net-1", &entries(folder().path()), TIME).unwrap();
        assert_eq!(bytes[4..8], [0; 4], "a time in the head of the gzip");
        let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(&bytes[..]));
        let mut seen = Vec::new();
        for entry in archive.entries().unwrap() {
            let mut entry = entry.unwrap();
            let mut text = String::new();
            entry.read_to_string(&mut text).unwrap();
            let header = entry.header();
            assert_eq!((header.uid().unwrap(), header.gid().unwrap(), header.mtime().unwrap()), (0, 0, TIME));
            assert_eq!(header.username().unwrap().unwrap_or_default(), "");
            seen.push((entry.path().unwrap().to_str().unwrap().to_owned(), header.mode().unwrap(), text));
        }
        let row = |name: &str, mode: u32, text: &str| (name.to_owned(), mode, text.to_owned());
        assert_eq!(
            seen,
            [
                row("net-1/", 0o755, ""),
                row("net-1/LICENSE-MIT", 0o644, ""),
                row("net-1/README.md", 0o644, "read"),
                row("net-1/app", 0o755, "\x7fELF"),
            ]
        );
    }

    #[test]
    fn a_zip_unpacks_to_the_files_of_that_time() {
        let bytes = zip("net-1", &entries(folder().path()), TIME).unwrap();
        let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
        let mut names = Vec::new();
        for i in 0..archive.len() {
            let file = archive.by_index(i).unwrap();
            names.push((file.name().unwrap().into_owned(), file.unix_mode().unwrap() & 0o777));
            assert_eq!(file.last_modified().unwrap().to_string(), "2026-11-28 17:00:00");
        }
        let row = |name: &str, mode| (name.to_owned(), mode);
        let expected = [row("net-1/LICENSE-MIT", 0o644), row("net-1/README.md", 0o644), row("net-1/app", 0o755)];
        assert_eq!(names, expected);
        let error = zip("net-1", &[], 0).unwrap_err().to_string();
        assert!(error.contains("1970-01-01") && error.contains("SOURCE_DATE_EPOCH"), "{error}");
    }
}
