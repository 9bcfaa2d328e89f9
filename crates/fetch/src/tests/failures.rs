//! Mirrors that fail in every way, one after the other.

use std::fs;
use std::net::TcpListener;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use tempfile::TempDir;

use super::server::{Reply, Request, Server, Then};
use super::*;

/// One byte of body after the other.
const DRIP: Then = Then::Repeat(&[0], Duration::from_millis(50));

/// Every way in which a mirror may fail, and a part of the message about it.
fn failing() -> Vec<(Server, &'static str)> {
    const PAGE: &[u8] = b"<!doctype html><title>Sign in</title>";
    fn with(answer: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Server {
        Server::start(answer)
    }
    let html = |status: &'static str| {
        move |_: &Request| {
            let headers = format!("Content-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\n", PAGE.len());
            Reply::new(status, &headers, PAGE)
        }
    };
    let wrong = |request: &Request| {
        let mut body = asked(request);
        *body.last_mut().unwrap() ^= 1;
        body
    };
    vec![
        (with(|_| Reply::new("403 Forbidden", "Content-Length: 0\r\n", b"")), "answered 403 Forbidden"),
        (with(html("404 Not Found")), "answered 404 Not Found"),
        (with(html("503 Service Unavailable")), "answered 503 Service Unavailable"),
        (with(html("200 OK")), "answered a web page (text/html; charset=utf-8)"),
        (with(|_| Reply::ok(PAGE)), "offers 37 bytes, expected 10"),
        // Neither kind nor length is told.
        (with(|_| Reply::new("200 OK", "", PAGE)), "not gzip, beginning \"<!doctype html><titl\""),
        (with(|_| Reply::new("204 No Content", "", b"")), "answered 204 No Content"),
        (with(|request| Reply::new("200 OK", "", &asked(request)[..300])), "ended after 300 of 10"),
        (with(move |request| Reply::ok(&wrong(request))), "sent another file: found sha256 "),
        (with(|request| Reply::broken(&asked(request), 0)), "broke off after 0 of 10"),
        (with(|request| Reply::broken(&asked(request), 400)), "broke off after 400 of 10"),
        (with(|request| Reply::new("200 OK", "", &[asked(request), vec![0]].concat())), "sends more than the 10"),
        (with(|request| Reply::broken(&asked(request), 400).then(Then::Stall)), "bytes: nothing came for 2s"),
        (with(|_| Reply { bytes: Vec::new(), then: Then::Stall }), "nothing came for 2s"),
        (with(|_| Reply { bytes: Vec::new(), then: Then::Close }), "Peer disconnected"),
        (with(|_| Reply { bytes: b"220 ftp\r\n\r\n".to_vec(), then: Then::Close }), "protocol"),
        (with(|request| Reply::broken(&asked(request), 2).then(DRIP)), "too slow"),
        (
            with(|request| Reply::new("302 Found", &format!("Location: {}\r\n", request.path), b"")),
            "too many redirects",
        ),
    ]
}

/// Runs the cases of `failing` in parallel, because some of them wait for a time-out.
fn for_each_failing(test: impl Fn(&Server, &str) + Sync) {
    thread::scope(|scope| {
        for (bad, what) in failing() {
            let test = &test;
            scope.spawn(move || test(&bad, what));
        }
    });
}

#[test]
fn any_failure_leads_on_to_the_next_mirror() {
    for_each_failing(|bad, what| {
        let dir = TempDir::new().unwrap();
        let good = good();
        let outcomes =
            fetch_all(dir.path(), &files(), web(&[bad, &good])).unwrap_or_else(|error| panic!("{what}: {error}"));
        assert_eq!(outcomes, [fetched(&good), fetched(&good)], "{what}");
        assert_whole_and_tidy(dir.path(), &files());
        assert!(!bad.requests().is_empty());
        // After it failed, the second file does not wait for it again.
        assert!(bad.requests().iter().all(|request| request.path == "/images.gz"), "{what}");
    });
}

#[test]
fn when_all_mirrors_fail_each_is_listed_with_its_reason_and_nothing_stands_under_the_final_name() {
    for_each_failing(|bad, what| {
        let dir = TempDir::new().unwrap();
        let gone = Server::start(|_| Reply::new("410 Gone", "", b""));
        let error = fetch_all(dir.path(), &files(), web(&[&gone, bad])).unwrap_err().to_string();
        assert!(error.contains(&format!("{}images.gz", bad.url())), "{error}");
        assert!(error.contains(what), "{what}: {error}");
        assert!(error.contains(&format!("{}images.gz", gone.url())), "{error}");
        assert!(error.contains("answered 410 Gone"), "{error}");
        assert!(listed(dir.path()).iter().all(|name| !NAMES.contains(&name.as_str())), "{what}");
    });
}

#[test]
fn a_mirror_that_nobody_listens_at_is_left_for_the_next() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let dead = format!("http://{}/", listener.local_addr().unwrap());
    drop(listener);
    let good = good();
    let source =
        Supply::Web { mirrors: Mirrors::new(&[dead, good.url()]), client: Client::new(PATIENCE, Proxies::default()) };
    let dir = TempDir::new().unwrap();
    fetch_all(dir.path(), &files(), source).unwrap();
    assert_whole_and_tidy(dir.path(), &files());
}

#[test]
fn the_password_of_a_mirror_is_sent_to_it_and_never_shown() {
    let (dead, good) = (Server::start(|_| Reply::new("503 Service Unavailable", "", b"")), good());
    let urls = [&dead, &good].map(|server| server.url().replace("//", "//me:secret@"));
    let mut shown = String::new();
    for mirrors in [&urls[..], &urls[..1]] {
        let dir = TempDir::new().unwrap();
        let web = Supply::Web { mirrors: Mirrors::new(mirrors), client: Client::new(PATIENCE, Proxies::default()) };
        let fetched = fetch_files(&files(), dir.path(), || Ok(web), &mut |event| shown += &format!("{event:?}\n"));
        shown += &fetched.map_or_else(|error| error.to_string(), |()| String::new());
    }
    assert!(shown.contains(&dead.url()) && shown.contains(&good.url()) && !shown.contains("secret"), "{shown}");
    assert_eq!(good.requests()[0].authorization.as_deref(), Some("bWU6c2VjcmV0"), "me:secret in base64");
}

#[test]
fn a_mirror_that_works_is_asked_first_for_the_next_file() {
    let dir = TempDir::new().unwrap();
    let count = AtomicUsize::new(0);
    let flaky = Server::start(move |request| match count.fetch_add(1, Ordering::Relaxed) {
        0 => Reply::new("503 Service Unavailable", "", b""),
        _ => Reply::ok(&asked(request)),
    });
    let good = good();
    let outcomes = fetch_all(dir.path(), &files(), web(&[&flaky, &good])).unwrap();
    assert_eq!(outcomes, [fetched(&good), fetched(&good)]);
    assert_eq!(flaky.requests().len(), 1);
}

#[test]
fn a_fault_of_this_machine_is_no_reason_to_ask_the_next_mirror() {
    let dir = TempDir::new().unwrap();
    let (first, second) = (good(), good());
    // A folder where the part should be.
    fs::create_dir(dir.path().join("images.gz.part")).unwrap();
    let error = fetch_all(dir.path(), &files(), web(&[&first, &second])).unwrap_err();
    assert!(error.to_string().contains("images.gz.part is a folder, expected a regular file"), "{error}");
    assert_eq!(first.requests().len() + second.requests().len(), 0);

    // A file where the folder should be.
    fs::write(dir.path().join("file"), b"").unwrap();
    let error = fetch_all(&dir.path().join("file/mnist"), &files(), web(&[&first])).unwrap_err();
    assert!(error.to_string().contains("cannot create the folder"), "{error}");

    // A folder where the file should be.
    fs::create_dir(dir.path().join("labels.gz")).unwrap();
    let error = fetch_all(dir.path(), &files()[1..], web(&[&first, &second])).unwrap_err();
    assert!(error.to_string().contains("labels.gz is a folder, expected a regular file"), "{error}");
    assert_eq!(first.requests().len() + second.requests().len(), 0);
}

#[test]
fn the_address_of_a_mirror_is_a_folder_on_a_web_server() {
    let parse = |url: &str| url.parse::<crate::Mirror>().map(|mirror| mirror.to_string());
    assert_eq!(parse("https://a.org/mnist").unwrap(), "https://a.org/mnist/");
    assert_eq!(parse("http://127.0.0.1:80//").unwrap(), "http://127.0.0.1:80/");
    for bad in ["", "a.org", "ftp://a.org/", "/tmp", "https://a.org/?file=", "https://a b/"] {
        let error = parse(bad).unwrap_err().to_string();
        assert!(error.contains("expected http://HOST/FOLDER/"), "{bad}: {error}");
    }
}
