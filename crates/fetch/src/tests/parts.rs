//! Downloads that break off and are continued.

use std::fs;

use tempfile::TempDir;

use super::server::{Reply, Request, Server};
use super::*;

#[test]
fn a_part_left_by_an_earlier_run_is_continued() {
    for length in [1, 2, 500, body(NAMES[0]).len()] {
        let dir = TempDir::new().unwrap();
        fs::write(dir.path().join("images.gz.part"), &body(NAMES[0])[..length]).unwrap();
        let server = good();
        fetch_all(dir.path(), &files()[..1], web(&[&server])).unwrap();
        assert_whole_and_tidy(dir.path(), &files()[..1]);
        let ranges: Vec<_> = server.requests().iter().map(|request| request.range).collect();
        let expected = if length == body(NAMES[0]).len() { vec![] } else { vec![Some(length)] };
        assert_eq!(ranges, expected);
    }
}

#[test]
fn a_part_that_is_not_of_the_file_costs_one_more_try_and_no_mirror() {
    let junk = vec![7; 500];
    let complete = vec![7; body(NAMES[0]).len()];
    let too_long = vec![7; body(NAMES[0]).len() + 1];
    for (part, requests) in [(junk, 2), (complete, 1), (too_long, 1)] {
        let dir = TempDir::new().unwrap();
        fs::write(dir.path().join("images.gz.part"), part).unwrap();
        let server = good();
        fetch_all(dir.path(), &files()[..1], web(&[&server])).unwrap();
        assert_whole_and_tidy(dir.path(), &files()[..1]);
        assert_eq!(server.requests().len(), requests);
        assert_eq!(server.requests().last().unwrap().range, None);
    }
}

#[test]
fn a_part_is_completed_also_by_servers_that_do_not_serve_ranges_well() {
    let replies: [fn(&Request) -> Reply; 3] = [
        |request| Reply::ok(&asked(request)),
        // The length is not told.
        |request| Reply::new("200 OK", "", &asked(request)),
        |request| match request.range {
            Some(_) => Reply::new("416 Range Not Satisfiable", "Content-Length: 0\r\n", b""),
            None => Reply::ok(&asked(request)),
        },
    ];
    for reply in replies {
        let dir = TempDir::new().unwrap();
        fs::write(dir.path().join("images.gz.part"), &body(NAMES[0])[..500]).unwrap();
        fetch_all(dir.path(), &files()[..1], web(&[&Server::start(reply)])).unwrap();
        assert_whole_and_tidy(dir.path(), &files()[..1]);
    }
}

#[test]
fn another_range_than_the_one_asked_for_is_refused() {
    for range in ["bytes 499-1007/1008", "bytes 500-1007/4000", "bytes */1008", ""] {
        let dir = TempDir::new().unwrap();
        fs::write(dir.path().join("images.gz.part"), &body(NAMES[0])[..500]).unwrap();
        let server = Server::start(move |request| {
            Reply::new("206 Partial Content", &format!("Content-Range: {range}\r\n"), &asked(request)[500..])
        });
        let error = fetch_all(dir.path(), &files()[..1], web(&[&server])).unwrap_err().to_string();
        assert!(error.contains(&format!("answered range {range:?}")), "{error}");
    }
}

#[test]
fn a_connection_that_closes_at_every_quarter_gets_there_where_ranges_are_served() {
    let dir = TempDir::new().unwrap();
    let quarter = body(NAMES[0]).len().div_ceil(4);
    let server = Server::start(move |request| Reply::ranged(request, &asked(request), quarter));
    fetch_all(dir.path(), &files()[..1], web(&[&server])).unwrap();
    assert_whole_and_tidy(dir.path(), &files()[..1]);
    let ranges: Vec<_> = server.requests().iter().map(|request| request.range).collect();
    assert_eq!(ranges, [None, Some(quarter), Some(2 * quarter), Some(3 * quarter)]);
}

#[test]
fn a_connection_that_closes_at_a_quarter_without_ranges_is_given_up_and_keeps_its_part() {
    let dir = TempDir::new().unwrap();
    for quarter in 1..4 {
        let sent = body(NAMES[0]).len() * quarter / 4;
        let server = Server::start(move |request| Reply::broken(&asked(request), sent));
        let error = fetch_all(dir.path(), &files()[..1], web(&[&server])).unwrap_err().to_string();
        assert!(error.contains(&format!("broke off after {sent} of")), "{error}");
        assert!(error.contains("(2 times)") && error.contains(&format!("{sent} of")), "{error}");
        assert_eq!(server.requests().len(), 2);
        assert_eq!(fs::read(dir.path().join("images.gz.part")).unwrap(), body(NAMES[0])[..sent]);
    }
    fetch_all(dir.path(), &files()[..1], web(&[&good()])).unwrap();
    assert_whole_and_tidy(dir.path(), &files()[..1]);
}

#[test]
fn what_one_mirror_began_the_next_one_continues() {
    let dir = TempDir::new().unwrap();
    let (breaks, good) = (Server::start(|request| Reply::broken(&asked(request), 700)), good());
    fetch_all(dir.path(), &files()[..1], web(&[&breaks, &good])).unwrap();
    assert_whole_and_tidy(dir.path(), &files()[..1]);
    assert_eq!(good.requests()[0].range, Some(700));
}
