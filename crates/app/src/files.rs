//! Files that are read within a limit, and files that are replaced as a whole or stay as they were.

use crate::failure::usage;
use crate::lang::said;
use anyhow::{Context, Result, ensure};
use std::ffi::OsString;
use std::fs::{self, File, FileType, Metadata};
use std::io::{self, Read, Write};
use std::path::Path;
use std::thread;
use std::time::Duration;
use tempfile::NamedTempFile;

/// The most bytes that are read of a file: 1 GiB.
const MOST_BYTES: u64 = 1 << 30;

/// The content of a file, at least one byte.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>> {
    let (file, length) = open(path)?;
    // Files that the kernel makes up, such as /proc/kmsg, claim a length of 0, and reading them may never end.
    ensure!(length > 0, said!("it is empty", "빈 파일입니다"));
    ensure!(
        length <= MOST_BYTES,
        said!(
            "it has {length} bytes, at most {MOST_BYTES} are read",
            "{length}바이트인데 {MOST_BYTES}바이트까지 읽습니다"
        )
    );
    read_exactly(file, length)
}

/// An error where the file is there and does not begin with `start`, as what is to be written: it may be the net itself, or
/// years of work.
pub(crate) fn check_replaceable(file: &Path, start: &str) -> Result<()> {
    // whether anything but a file can be written is for the writer to say
    if !fs::symlink_metadata(file).is_ok_and(|metadata| metadata.is_file()) {
        return Ok(());
    }
    let mut found = Vec::new();
    let read = File::open(file).and_then(|file| file.take(start.len() as u64).read_to_end(&mut found));
    read.with_context(|| said!("cannot read {}", "{} 파일을 읽을 수 없습니다", file.display()))?;
    if found == start.as_bytes() || found.is_empty() {
        return Ok(());
    }
    Err(usage(said!(
        "{} already exists and was not written by this command; name another file, or move it away",
        "{} 파일이 이미 있는데 이 명령이 쓴 파일이 아닙니다. 다른 파일을 지정하거나 그 파일을 옮기세요",
        file.display()
    )))
}

/// The bytes of standard input, at least one.
pub(crate) fn read_stdin() -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    io::stdin().lock().take(MOST_BYTES + 1).read_to_end(&mut bytes)?;
    ensure!(!bytes.is_empty(), said!("it is empty", "비어 있습니다"));
    ensure!(
        bytes.len() as u64 <= MOST_BYTES,
        said!(
            "it has more than {MOST_BYTES} bytes, the most that is read",
            "{MOST_BYTES}바이트를 넘습니다. 그보다 긴 것은 읽지 않습니다"
        )
    );
    Ok(bytes)
}

/// The next `length` bytes of `content`, or all that there are where they are fewer.
///
/// # Errors
///
/// Also where the memory for `length` bytes is not to be had.
pub(crate) fn read_exactly(content: impl Read, length: u64) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let reserved = bytes.try_reserve_exact(usize::try_from(length).unwrap_or(usize::MAX));
    reserved.with_context(|| said!("no memory for its {length} bytes", "{length}바이트를 읽을 메모리가 없습니다"))?;
    content.take(length).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Opens a regular file, or a link to one, for reading; with its length. What else there may be under a name is refused
/// before it is opened: a named pipe would wait for its other end, and a device may do anything.
pub(crate) fn open(path: &Path) -> io::Result<(File, u64)> {
    check_regular(&fs::metadata(path)?)?;
    let file = File::open(path)?;
    // somebody may have put another thing there in between
    let metadata = file.metadata()?;
    check_regular(&metadata)?;
    Ok((file, metadata.len()))
}

/// An error where `path` names something that must be neither replaced nor written to: a link too, since it may lead to
/// any file. Nothing at all is fine.
pub(crate) fn check_writable(path: &Path) -> io::Result<()> {
    match fs::symlink_metadata(path) {
        Ok(metadata) => check_regular(&metadata),
        Err(error) if error.kind() == io::ErrorKind::NotFound && folder_of(path).is_dir() => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let folder = folder_of(path).display();
            Err(io::Error::new(error.kind(), said!("there is no folder {folder}", "폴더 {folder}이(가) 없습니다")))
        }
        Err(error) => Err(error),
    }
}

fn check_regular(metadata: &Metadata) -> io::Result<()> {
    match irregular(metadata.file_type()) {
        None => Ok(()),
        Some(kind) => Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            said!(
                "it is {kind}, not a regular file; name another one, or move it away",
                "{kind}입니다. 일반 파일이어야 하니 다른 것을 지정하거나 옮기세요"
            ),
        )),
    }
}

/// What something is that is not a regular file. (The crate `fetch` has the like of this: it knows no other crate.)
fn irregular(kind: FileType) -> Option<String> {
    if kind.is_file() {
        None
    } else if kind.is_dir() {
        Some(said!("a folder", "폴더"))
    } else if kind.is_symlink() {
        Some(said!("a symbolic link", "심볼릭 링크"))
    } else {
        Some(special(kind))
    }
}

#[cfg(unix)]
fn special(kind: FileType) -> String {
    use std::os::unix::fs::FileTypeExt as _;
    if kind.is_fifo() {
        said!("a named pipe", "이름 있는 파이프")
    } else if kind.is_socket() {
        said!("a socket", "소켓")
    } else {
        said!("a device", "장치")
    }
}

#[cfg(not(unix))]
fn special(_: FileType) -> String {
    said!("a special file", "특수 파일")
}

/// Makes the file at `path` hold `parts`, one after another. They are written beside it and synced before the rename;
/// until then the file that was there stands untouched, and where that fails nothing is left behind.
///
/// The file beside it is new and has a name of its own, so that of two programs that write the same file one wins, whole.
/// A crash may leave it; [`tidy`] removes it.
pub(crate) fn replace(path: &Path, parts: &[&[u8]]) -> io::Result<()> {
    check_writable(path)?;
    let mut file = beside(path)?;
    parts.iter().try_for_each(|part| file.write_all(part))?;
    file.as_file().sync_all()?;
    // closed first, as Windows wants it
    let mut new = file.into_temp_path();
    rename(&new, path)?;
    new.disable_cleanup(true);
    sync_folder(folder_of(path))
}

/// [`replace`], with an error for people.
pub(crate) fn write(path: &Path, content: &[u8]) -> anyhow::Result<()> {
    replace(path, &[content]).with_context(|| said!("cannot write {}", "{}을(를) 저장할 수 없습니다", path.display()))
}

/// Gives the file at `new` the name `path`. Where another program has the file open that is there, Windows refuses that;
/// most (a virus scanner, a reader) have it open for a moment, so this tries for up to two seconds.
fn rename(new: &Path, path: &Path) -> io::Result<()> {
    let attempts = if cfg!(windows) { 100 } else { 0 };
    for _ in 0..attempts {
        match fs::rename(new, path) {
            Err(error) if is_in_use(&error) => thread::sleep(Duration::from_millis(20)),
            done => return done,
        }
    }
    fs::rename(new, path).map_err(|error| match is_in_use(&error) && cfg!(windows) {
        true => io::Error::new(
            error.kind(),
            said!(
                "another program has it open, or it is read-only ({error})",
                "다른 프로그램이 열어 두었거나 읽기 전용입니다({error})"
            ),
        ),
        false => error,
    })
}

/// Whether Windows says so: access denied, sharing violation, lock violation.
fn is_in_use(error: &io::Error) -> bool {
    matches!(error.raw_os_error(), Some(5 | 32 | 33))
}

/// A new file beside `path`, gone with its handle unless it is renamed.
fn beside(path: &Path) -> io::Result<NamedTempFile> {
    // Opened as any new file: the umask takes its part, and on Windows a path may be longer than 260 characters.
    let prefix = beginning(path);
    let made = tempfile::Builder::new().prefix(&prefix).make_in(folder_of(path), |name| File::create_new(name));
    // without the path of the temporary file, which nobody knows
    made.map_err(|error| error.raw_os_error().map_or(error, io::Error::from_raw_os_error))
}

/// How the names of files begin that [`replace`] writes beside `path`: `model.ckpt.new.`.
pub(crate) fn beginning(path: &Path) -> OsString {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new.");
    name
}

/// Removes what crashes have left of earlier writes of the file at `path`. Only for those who alone may write it.
pub(crate) fn tidy(path: &Path) -> io::Result<()> {
    let beginning = beginning(path);
    for entry in fs::read_dir(folder_of(path))? {
        let entry = entry?;
        if entry.file_name().as_encoded_bytes().starts_with(beginning.as_encoded_bytes())
            && entry.file_type()?.is_file()
        {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Makes a rename in a folder survive a power cut.
#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Elsewhere a folder cannot be opened to be synced; NTFS journals the rename.
#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "the same signature on every system")]
fn sync_folder(_folder: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<OsString> {
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name()).collect()
    }

    #[test]
    fn a_file_is_replaced_as_a_whole_and_nothing_is_left_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("model.ckpt");
        replace(&path, &[b"first"]).unwrap();
        replace(&path, &[b"sec", b"ond"]).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"second");
        assert_eq!(names(folder.path()), ["model.ckpt"]);

        assert!(replace(&folder.path().join("no/model.ckpt"), &[b"third"]).is_err());
        assert!(replace(folder.path(), &[b"third"]).unwrap_err().to_string().contains("it is a folder"));
        assert_eq!(names(folder.path()), ["model.ckpt"]);
    }

    #[test]
    #[cfg(unix)]
    fn a_file_has_the_permissions_that_any_new_file_has() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let [ours, any] = ["ours", "any"].map(|name| folder.path().join(name));
        replace(&ours, &[b"x"]).unwrap();
        fs::write(&any, b"x").unwrap();
        let [ours, any] = [ours, any].map(|path| fs::metadata(path).unwrap().permissions().mode());
        assert_eq!(ours, any);
    }

    #[test]
    fn writers_of_one_file_at_once_do_not_mix() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("model.ckpt");
        std::thread::scope(|scope| {
            for letter in *b"abcd" {
                let path = &path;
                scope.spawn(move || (0..50).for_each(|_| replace(path, &[&[letter; 5000], &[letter; 5000]]).unwrap()));
            }
        });
        let content = fs::read(&path).unwrap();
        assert!(content.len() == 10_000 && content.iter().all(|letter| *letter == content[0]));
        assert_eq!(names(folder.path()), ["model.ckpt"]);
    }

    #[test]
    #[cfg(windows)]
    fn a_file_that_another_program_has_open_is_replaced_once_it_is_closed() {
        use std::os::windows::fs::OpenOptionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.html");
        replace(&path, &[b"old"]).unwrap();
        let open = || File::options().read(true).share_mode(1).open(&path).unwrap();

        let reader = open();
        let error = replace(&path, &[b"new"]).unwrap_err().to_string();
        assert!(error.contains("another program has it open"), "{error}");
        drop(reader);
        assert_eq!(fs::read(&path).unwrap(), b"old");
        assert_eq!(names(folder.path()), ["report.html"]);

        let reader = open();
        thread::scope(|scope| {
            scope.spawn(move || {
                thread::sleep(Duration::from_millis(100));
                drop(reader);
            });
            replace(&path, &[b"new"]).unwrap();
        });
        assert_eq!(fs::read(&path).unwrap(), b"new");
    }

    #[test]
    fn a_path_may_be_long_and_of_any_letters() {
        let folder = tempfile::tempdir().unwrap();
        let deep =
            (0..12).fold(folder.path().to_owned(), |folder, _| folder.join("스물 여섯 글자의 폴더 이름 with words"));
        fs::create_dir_all(&deep).unwrap();
        let path = deep.join("한 글.npz");
        assert!(path.as_os_str().len() > 400);
        replace(&path, &[b"old"]).unwrap();
        replace(&path, &[b"new"]).unwrap();
        assert_eq!(read(&path).unwrap(), b"new");
        tidy(&path).unwrap();
        assert_eq!(names(&deep), ["한 글.npz"]);
    }

    #[test]
    fn what_a_crash_left_of_one_file_is_tidied_up_and_no_other() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["model.ckpt.new.a1B2c3", "model.ckpt", "model.ckpt.new", "log.jsonl.new.a1B2c3"] {
            fs::write(folder.path().join(name), b"").unwrap();
        }
        tidy(&folder.path().join("model.ckpt")).unwrap();
        let mut left = names(folder.path());
        left.sort();
        assert_eq!(left, ["log.jsonl.new.a1B2c3", "model.ckpt", "model.ckpt.new"]);
    }

    #[test]
    fn more_memory_than_there_is_is_an_error() {
        let error = read_exactly(&b"short"[..], 1 << 60).unwrap_err();
        assert!(error.to_string().contains("no memory for its"), "{error}");
    }
}
