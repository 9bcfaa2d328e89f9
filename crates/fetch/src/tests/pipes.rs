//! Named pipes in the place of files. Opening one would wait until some other program opens its other end.
#![cfg(unix)]

use std::os::unix::fs::symlink;
use std::process::Command;
use std::sync::mpsc;

use tempfile::TempDir;

use super::*;
use crate::check::check_files;

fn pipe(path: &Path) {
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

/// What `run` returns. A run that hangs fails the test.
#[track_caller]
fn soon<T: Send + 'static>(run: impl FnOnce() -> T + Send + 'static) -> T {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || sender.send(run()));
    receiver.recv_timeout(Duration::from_secs(20)).expect("it hangs")
}

#[test]
fn a_pipe_in_the_place_of_lock_part_or_file_is_named_at_once_and_no_mirror_is_asked() {
    for name in [".fetch.lock", "images.gz.part", "images.gz"] {
        let dir = TempDir::new().unwrap();
        pipe(&dir.path().join(name));
        let (folder, server) = (dir.path().to_owned(), good());
        let supply = web(&[&server]);
        let error = soon(move || fetch_all(&folder, &files(), supply)).unwrap_err();
        let FetchError::NotRegular { path, found } = &error else { panic!("{name}: {error}") };
        assert_eq!((path, *found), (&dir.path().join(name), "a named pipe"));
        assert!(error.to_string().contains("remove or rename it"), "{error}");
        assert!(server.requests().is_empty(), "{name}");
    }
}

#[test]
fn a_check_names_a_pipe_and_passes_over_one_in_the_place_of_an_unpacked_file() {
    let dir = TempDir::new().unwrap();
    pipe(&dir.path().join(NAMES[0]));
    fs::write(dir.path().join(NAMES[1]), body(NAMES[1])).unwrap();
    pipe(&dir.path().join("labels"));
    let folder = dir.path().to_owned();
    let states = soon(move || check_files(&files(), &folder));
    assert_eq!(states[0].state, State::Damaged(Difference::Kind { found: "a named pipe" }));
    assert_eq!(states[1].state, State::Whole);
}

#[test]
fn a_pipe_in_a_local_folder_is_refused() {
    let (from, dir) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    pipe(&from.path().join(NAMES[0]));
    fs::write(from.path().join(NAMES[1]), body(NAMES[1])).unwrap();
    let (from, folder) = (from.path().to_owned(), dir.path().to_owned());
    let error = soon(move || fetch_all(&folder, &files(), Supply::Local(from))).unwrap_err().to_string();
    assert!(error.contains("images.gz: found a named pipe, expected a regular file"), "{error}");
}

#[test]
fn a_part_that_is_a_symbolic_link_is_not_written_through_and_a_whole_file_may_be_one() {
    let (elsewhere, dir) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let precious = elsewhere.path().join("precious");
    fs::write(&precious, b"not to be written").unwrap();
    symlink(&precious, dir.path().join("images.gz.part")).unwrap();
    let server = good();
    let error = fetch_all(dir.path(), &files(), web(&[&server])).unwrap_err();
    assert!(error.to_string().contains("images.gz.part is a symbolic link"), "{error}");
    assert_eq!(fs::read(&precious).unwrap(), b"not to be written");

    fs::write(&precious, body(NAMES[0])).unwrap();
    symlink(&precious, dir.path().join(NAMES[0])).unwrap();
    assert_eq!(fetch_all(dir.path(), &files()[..1], web(&[&server])).unwrap(), [Outcome::AlreadyThere]);
}
