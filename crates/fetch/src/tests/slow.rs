//! Servers that look busy and send nothing useful, without end: each is left after the time limit of a transfer.

use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::server::{Reply, Server, Then};
use super::*;

/// One trailer after the other.
const TRAILERS: Then = Then::Repeat(b"X-More: 1\r\n", Duration::from_millis(50));

/// Far below the hour or so that such a server might take, far above the limit of these tests.
const SOON: Duration = Duration::from_secs(30);

#[test]
fn a_whole_file_is_kept_at_once_though_trailers_follow_without_end() {
    let dir = TempDir::new().unwrap();
    let busy = Server::start(|request| Reply::chunked(&asked(request)).then(TRAILERS));
    let start = Instant::now();
    let outcomes = fetch_all(dir.path(), &files(), web(&[&busy])).unwrap();
    assert!(start.elapsed() < PATIENCE.grace, "{:?}", start.elapsed());
    assert_eq!(outcomes, [fetched(&busy), fetched(&busy)]);
    assert_whole_and_tidy(dir.path(), &files());
}

#[test]
fn another_file_with_trailers_without_end_leads_on_to_the_next_mirror_at_once() {
    let dir = TempDir::new().unwrap();
    let busy = Server::start(|request| {
        let mut other = asked(request);
        other[500] ^= 1;
        Reply::chunked(&other).then(TRAILERS)
    });
    let good = good();
    let start = Instant::now();
    let outcomes = fetch_all(dir.path(), &files(), web(&[&busy, &good])).unwrap();
    assert!(start.elapsed() < PATIENCE.grace, "{:?}", start.elapsed());
    assert_eq!(outcomes, [fetched(&good), fetched(&good)]);
}

#[test]
fn a_part_of_a_file_with_trailers_without_end_is_left_after_the_time_limit_and_continued_elsewhere() {
    let dir = TempDir::new().unwrap();
    let busy = Server::start(|request| Reply::chunked(&asked(request)[..600]).then(TRAILERS));
    let good = good();
    let start = Instant::now();
    let mut reasons = Vec::new();
    fetch_files(&files(), dir.path(), || Ok(web(&[&busy, &good])), &mut |event| {
        if let Event::MirrorFailed { reason, .. } = event {
            reasons.push(reason.to_string());
        }
    })
    .unwrap();
    assert!(start.elapsed() < SOON, "{:?}", start.elapsed());
    assert_eq!(reasons.len(), 1);
    assert!(reasons[0].starts_with("broke off after 600 of ") && reasons[0].contains("not done within"), "{reasons:?}");
    assert_eq!(good.requests()[0].range, Some(600));
    assert_whole_and_tidy(dir.path(), &files());
}

#[test]
fn a_redirect_whose_body_never_ends_and_headers_that_never_end_are_left_after_a_time_limit() {
    const PAUSE: Duration = Duration::from_millis(50);
    fn redirect() -> Reply {
        Reply::new("302 Found", "Location: /elsewhere\r\nContent-Length: 1000000\r\n", b"")
    }
    fn headers() -> Reply {
        Reply { bytes: b"HTTP/1.1 200 OK\r\n".to_vec(), then: Then::Close }
    }
    fn chunks() -> Reply {
        Reply::new("200 OK", "Transfer-Encoding: chunked\r\n", b"1;")
    }
    thread::scope(|scope| {
        for busy in [
            Server::start(|_| redirect().then(Then::Repeat(b"<", PAUSE))),
            Server::start(|_| headers().then(TRAILERS)),
            Server::start(|_| chunks().then(Then::Repeat(b"x", PAUSE))),
        ] {
            scope.spawn(move || {
                let dir = TempDir::new().unwrap();
                let good = good();
                let start = Instant::now();
                let outcomes = fetch_all(dir.path(), &files(), web(&[&busy, &good])).unwrap();
                assert!(start.elapsed() < SOON, "{:?}", start.elapsed());
                assert_eq!(outcomes, [fetched(&good), fetched(&good)]);
            });
        }
    });
}

#[test]
fn the_time_limit_of_a_transfer_grows_with_the_file() {
    let patience = Patience::default();
    assert_eq!(patience.limit(0), Duration::from_secs(60));
    assert_eq!(patience.limit(9_912_422), Duration::from_secs(60 + 605)); // MNIST's training images
}
