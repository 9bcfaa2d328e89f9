//! Fetching from a server on this machine, with tiny files instead of MNIST's.

mod checks;
mod failures;
mod local;
mod parts;
mod pipes;
mod proxies;
mod server;
mod slow;

use std::fs;
use std::path::Path;
use std::thread;
use std::time::Duration;

use sha2::{Digest as _, Sha256};
use tempfile::TempDir;

use self::server::{Reply, Request, Server};
use crate::client::Client;
use crate::fetching::{Supply, fetch_files};
use crate::mirrors::Mirrors;
use crate::patience::Patience;
use crate::proxy::Proxies;
use crate::{Difference, Digest, Event, FetchError, Outcome, PublishedFile, State};

const NAMES: [&str; 2] = ["images.gz", "labels.gz"];

/// The body of a file: begins like gzip, has unequal quarters, differs from file to file.
fn body(name: &str) -> Vec<u8> {
    let seed = name.bytes().map(u32::from).sum::<u32>();
    let mut bytes = vec![0x1f, 0x8b];
    bytes.extend((0..1001 + seed % 7).map(|i| (i * i + seed).to_le_bytes()[0]));
    bytes
}

fn files() -> Vec<PublishedFile> {
    NAMES.into_iter().map(file).collect()
}

fn file(name: &'static str) -> PublishedFile {
    let body = body(name);
    PublishedFile { name, size: body.len() as u64, digest: Digest::Sha256(Sha256::digest(&body).into()) }
}

fn asked(request: &Request) -> Vec<u8> {
    body(request.path.trim_start_matches('/'))
}

/// A mirror without fault.
fn good() -> Server {
    Server::start(|request| Reply::ranged(request, &asked(request), usize::MAX))
}

/// Short enough for tests, long enough for a loaded machine to answer a healthy request.
const PATIENCE: Patience = Patience {
    connect: Duration::from_secs(5),
    silence: Duration::from_secs(2),
    window: Duration::from_millis(300),
    least: 20,
    grace: Duration::from_secs(4),
    rate: 1 << 10,
};

fn web(mirrors: &[&Server]) -> Supply {
    let urls: Vec<_> = mirrors.iter().map(|server| server.url()).collect();
    Supply::Web { mirrors: Mirrors::new(&urls), client: Client::new(PATIENCE, Proxies::default()) }
}

fn fetch_all(folder: &Path, files: &[PublishedFile], supply: Supply) -> Result<Vec<Outcome>, FetchError> {
    let mut outcomes = Vec::new();
    fetch_files(files, folder, || Ok(supply), &mut |event| {
        if let Event::Done { outcome, .. } = event {
            outcomes.push(outcome.clone());
        }
    })?;
    Ok(outcomes)
}

fn fetched(server: &Server) -> Outcome {
    Outcome::Fetched { from: server.url(), damaged: None }
}

/// The folder contains only the wanted files, complete, and the lock.
#[track_caller]
fn assert_whole_and_tidy(folder: &Path, files: &[PublishedFile]) {
    for file in files {
        assert_eq!(fs::read(folder.join(file.name)).unwrap(), body(file.name));
    }
    let mut names: Vec<_> = files.iter().map(|file| file.name).collect();
    names.push(".fetch.lock");
    names.sort_unstable();
    assert_eq!(listed(folder), names);
}

fn listed(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort_unstable();
    names
}

#[test]
fn all_files_are_fetched_and_a_second_fetch_asks_for_nothing() {
    let dir = TempDir::new().unwrap();
    let folder = dir.path().join("data/mnist");
    let server = good();
    let outcomes = fetch_all(&folder, &files(), web(&[&server])).unwrap();
    assert_eq!(outcomes, [fetched(&server), fetched(&server)]);
    assert_whole_and_tidy(&folder, &files());

    let outcomes = fetch_all(&folder, &files(), web(&[&server])).unwrap();
    assert_eq!(outcomes, [Outcome::AlreadyThere, Outcome::AlreadyThere]);
    assert_eq!(server.requests().len(), files().len());

    // a proxy that is none does not matter then
    let mut done = 0;
    let no_proxy = || Err(FetchError::Proxy { variable: "https_proxy" });
    fetch_files(&files(), &folder, no_proxy, &mut |event| done += usize::from(matches!(event, Event::Done { .. })))
        .unwrap();
    assert_eq!(done, files().len());
}

#[test]
fn a_damaged_file_is_replaced_by_a_good_one_and_by_nothing_else() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join(NAMES[0]);
    fs::write(&path, b"rotten").unwrap();
    let bad = Server::start(|request| {
        let mut body = asked(request);
        body[500] ^= 4;
        Reply::ok(&body)
    });
    fetch_all(dir.path(), &files(), web(&[&bad])).unwrap_err();
    assert_eq!(fs::read(&path).unwrap(), b"rotten");

    let good = good();
    let outcomes = fetch_all(dir.path(), &files(), web(&[&bad, &good])).unwrap();
    let damaged = Some(Difference::Size { found: 6, expected: file(NAMES[0]).size });
    assert_eq!(outcomes, [Outcome::Fetched { from: good.url(), damaged }, fetched(&good)]);
    assert_whole_and_tidy(dir.path(), &files());
}

#[test]
fn two_fetches_at_once_bring_each_file_once() {
    let dir = TempDir::new().unwrap();
    let folder = dir.path().join("mnist");
    let server = Server::start(|request| {
        thread::sleep(Duration::from_millis(100));
        Reply::ok(&asked(request))
    });
    thread::scope(|scope| {
        let fetches: Vec<_> = (0..4).map(|_| scope.spawn(|| fetch_all(&folder, &files(), web(&[&server])))).collect();
        for fetch in fetches {
            fetch.join().unwrap().unwrap();
        }
    });
    assert_whole_and_tidy(&folder, &files());
    assert_eq!(server.requests().len(), files().len());
}

#[test]
fn the_progress_of_a_file_never_goes_back_and_ends_at_its_length() {
    let dir = TempDir::new().unwrap();
    fs::write(dir.path().join("images.gz.part"), &body(NAMES[0])[..500]).unwrap();
    let server = good();
    let mut seen = Vec::new();
    fetch_files(&files()[..1], dir.path(), || Ok(web(&[&server])), &mut |event| {
        if let Event::Progress { file, bytes, total } = event {
            seen.push((file, bytes, total));
        }
    })
    .unwrap();
    let size = file(NAMES[0]).size;
    assert_eq!(seen.first(), Some(&(NAMES[0], 500, size)));
    assert_eq!(seen.last(), Some(&(NAMES[0], size, size)));
    assert!(seen.is_sorted(), "{seen:?}");
}

#[test]
fn errors_and_sources_may_be_sent_to_another_thread() {
    fn sendable<T: Send + Sync + 'static>() {}
    sendable::<FetchError>();
    sendable::<crate::Source>();
}
