//! Fetching from a server that misbehaves, with tiny files that stand for MNIST's.

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use sha2::{Digest as _, Sha256};
use tempfile::TempDir;

use super::digest::Digest;
use super::server::{Reply, Request, Server, Then};
use super::*;

const NAMES: [&str; 2] = ["images.gz", "labels.gz"];

/// The body of a file: begins like gzip, has unequal quarters, differs from file to file.
fn body(name: &str) -> Vec<u8> {
    let seed = name.bytes().map(u32::from).sum::<u32>();
    let mut bytes = vec![0x1f, 0x8b];
    bytes.extend((0..1001 + seed % 7).map(|i| (i * i + seed).to_le_bytes()[0]));
    bytes
}

fn files() -> Vec<Wanted> {
    NAMES.into_iter().map(file).collect()
}

fn file(name: &'static str) -> Wanted {
    let body = body(name);
    Wanted { name, size: body.len() as u64, digest: Digest::Sha256(Sha256::digest(&body).into()) }
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
    whole: Duration::from_secs(30),
};

fn web(mirrors: &[&Server]) -> Source {
    let urls: Vec<_> = mirrors.iter().map(|server| server.url()).collect();
    Source::Web { mirrors: Mirrors::new(&urls), client: Client::new(PATIENCE, Proxies::default()) }
}

fn fetch_all(folder: &Path, files: &[Wanted], mut source: Source) -> Result<Vec<Outcome>> {
    let mut outcomes = Vec::new();
    fetch(folder, files, &mut source, "AGAIN", |_, outcome| {
        outcomes.push(match outcome {
            Outcome::AlreadyThere => Outcome::AlreadyThere,
            Outcome::Fetched { from, damaged } => Outcome::Fetched { from: from.clone(), damaged: damaged.clone() },
        });
    })?;
    Ok(outcomes)
}

fn fetched(server: &Server) -> Outcome {
    Outcome::Fetched { from: server.url(), damaged: None }
}

/// Nothing but the wanted files, whole, and the lock.
#[track_caller]
fn assert_whole_and_tidy(folder: &Path, files: &[Wanted]) {
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
fn all_files_are_fetched_and_a_second_run_asks_for_nothing() {
    let dir = TempDir::new().unwrap();
    let folder = dir.path().join("data/mnist");
    let server = good();
    let outcomes = fetch_all(&folder, &files(), web(&[&server])).unwrap();
    assert_eq!(outcomes, [fetched(&server), fetched(&server)]);
    assert_whole_and_tidy(&folder, &files());

    let outcomes = fetch_all(&folder, &files(), web(&[&server])).unwrap();
    assert_eq!(outcomes, [Outcome::AlreadyThere, Outcome::AlreadyThere]);
    assert_eq!(server.requests().len(), files().len());
}

/// Every way in which a mirror may fail, and a piece of what is said of it.
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
        (with(|request| Reply::broken(&asked(request), 2).then(Then::Drip(Duration::from_millis(50)))), "too slow"),
        (
            with(|request| Reply::new("302 Found", &format!("Location: {}\r\n", request.path), b"")),
            "too many redirects",
        ),
    ]
}

/// The cases of `failing` side by side, as some of them wait for a time-out.
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
            fetch_all(dir.path(), &files(), web(&[bad, &good])).unwrap_or_else(|error| panic!("{what}: {error:#}"));
        assert_eq!(outcomes, [fetched(&good), fetched(&good)], "{what}");
        assert_whole_and_tidy(dir.path(), &files());
        assert!(!bad.requests().is_empty());
        // Once it failed, it is not waited for again for the second file.
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
        assert!(error.contains("AGAIN --mirror URL") && error.contains("AGAIN --from DIR"), "{error}");
        assert!(error.contains(&dir.path().display().to_string()), "{error}");
        assert!(listed(dir.path()).iter().all(|name| !NAMES.contains(&name.as_str())), "{what}");
    });
}

#[test]
fn a_mirror_that_nobody_listens_at_is_left_for_the_next() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let dead = format!("http://{}/", listener.local_addr().unwrap());
    drop(listener);
    let good = good();
    let mut source =
        Source::Web { mirrors: Mirrors::new(&[dead, good.url()]), client: Client::new(PATIENCE, Proxies::default()) };
    let dir = TempDir::new().unwrap();
    fetch(dir.path(), &files(), &mut source, "AGAIN", |_, _| {}).unwrap();
    assert_whole_and_tidy(dir.path(), &files());
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
    let size = body(NAMES[0]).len();
    let damaged = Some(format!("found 6 bytes, expected {size}"));
    assert_eq!(outcomes, [Outcome::Fetched { from: good.url(), damaged }, fetched(&good)]);
    assert_whole_and_tidy(dir.path(), &files());
}

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
fn a_fault_of_this_machine_is_no_reason_to_ask_the_next_mirror() {
    let dir = TempDir::new().unwrap();
    let (first, second) = (good(), good());
    // A folder in the way of the part.
    fs::create_dir(dir.path().join("images.gz.part")).unwrap();
    let error = fetch_all(dir.path(), &files(), web(&[&first, &second])).unwrap_err();
    assert!(format!("{error:#}").contains("images.gz.part"), "{error:#}");
    assert_eq!(first.requests().len() + second.requests().len(), 0);

    // A file in the way of the folder.
    fs::write(dir.path().join("file"), b"").unwrap();
    let error = fetch_all(&dir.path().join("file/mnist"), &files(), web(&[&first])).unwrap_err();
    assert!(format!("{error:#}").contains("cannot create the folder"), "{error:#}");

    // A folder in the way of the file.
    fs::create_dir(dir.path().join("labels.gz")).unwrap();
    let error = fetch_all(dir.path(), &files()[1..], web(&[&first, &second])).unwrap_err();
    assert!(format!("{error:#}").contains("cannot rename"), "{error:#}");
    assert_eq!((first.requests().len(), second.requests().len()), (1, 0));
}

#[test]
fn whole_files_are_copied_from_a_local_folder() {
    let (from, dir) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    for name in NAMES {
        fs::write(from.path().join(name), body(name)).unwrap();
    }
    // What an interrupted download left is not mixed in.
    fs::write(dir.path().join("images.gz.part"), b"left over").unwrap();
    let source = || Source::Local(from.path().to_path_buf());
    let outcomes = fetch_all(dir.path(), &files(), source()).unwrap();
    let from_there = || Outcome::Fetched { from: from.path().display().to_string(), damaged: None };
    assert_eq!(outcomes, [from_there(), from_there()]);
    assert_whole_and_tidy(dir.path(), &files());

    // What is there already is not asked of the local folder.
    fs::remove_file(from.path().join(NAMES[0])).unwrap();
    fs::remove_file(dir.path().join(NAMES[1])).unwrap();
    let outcomes = fetch_all(dir.path(), &files(), source()).unwrap();
    assert_eq!(outcomes, [Outcome::AlreadyThere, from_there()]);
}

#[test]
fn a_local_folder_with_missing_or_bad_files_is_refused_and_all_of_them_are_named() {
    let (from, dir) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let third = file("third.gz");
    let files = [files(), vec![third]].concat();
    let mut bad = body(NAMES[0]);
    bad[300] ^= 1;
    fs::write(from.path().join(NAMES[0]), bad).unwrap();
    fs::write(from.path().join("labels"), b"unpacked").unwrap();
    fs::write(from.path().join("third.gz"), body("third.gz")).unwrap();
    let error = fetch_all(dir.path(), &files, Source::Local(from.path().to_path_buf())).unwrap_err().to_string();
    assert!(error.contains("images.gz: found sha256 "), "{error}");
    assert!(error.contains("labels.gz: missing, only the unpacked one is there"), "{error}");
    assert!(!error.contains("third.gz"), "{error}");
    assert_eq!(listed(dir.path()), [".fetch.lock"]);

    let error = fetch_all(dir.path(), &files, Source::Local(from.path().join("nowhere"))).unwrap_err().to_string();
    assert!(error.contains("nowhere is not a folder"), "{error}");
}

#[test]
fn a_file_is_whole_missing_or_damaged_by_size_by_digest_or_by_kind() {
    let dir = TempDir::new().unwrap();
    let sha256 = file(NAMES[0]);
    let md5 = Wanted { digest: Digest::Md5(md5::Md5::digest(body(NAMES[0])).into()), ..file(NAMES[0]) };
    let path = dir.path().join(NAMES[0]);
    for (file, law) in [(sha256, "sha256"), (md5, "md5")] {
        assert_eq!(file.state_in(dir.path()), State::Missing);
        fs::write(&path, body(NAMES[0])).unwrap();
        assert_eq!(file.state_in(dir.path()), State::Whole);

        let mut flipped = body(NAMES[0]);
        flipped[1] ^= 128;
        fs::write(&path, flipped).unwrap();
        let State::Damaged(how) = file.state_in(dir.path()) else { panic!("a flipped bit went unnoticed") };
        assert!(how.starts_with(&format!("found {law} ")) && how.ends_with(&file.digest.to_string()), "{how}");

        fs::write(&path, b"").unwrap();
        let how = format!("found 0 bytes, expected {}", file.size);
        assert_eq!(file.state_in(dir.path()), State::Damaged(how));

        fs::remove_file(&path).unwrap();
        fs::create_dir(&path).unwrap();
        assert!(matches!(file.state_in(dir.path()), State::Damaged(_)));
        fs::remove_dir(&path).unwrap();
    }
}

#[test]
fn a_check_changes_nothing_and_fails_unless_all_is_whole() {
    let dir = TempDir::new().unwrap();
    let folder = dir.path().join("mnist");
    let error = check(&folder, &files(), "AGAIN").unwrap_err().to_string();
    assert!(error.contains("2 of 2 files") && error.contains("`AGAIN` fetches them"), "{error}");
    assert!(!folder.exists());

    fs::create_dir(&folder).unwrap();
    for name in NAMES {
        fs::write(folder.join(name), body(name)).unwrap();
    }
    check(&folder, &files(), "AGAIN").unwrap();
    fs::write(folder.join(NAMES[1]), b"rotten").unwrap();
    assert!(check(&folder, &files(), "AGAIN").unwrap_err().to_string().contains("1 of 2 files"));
    assert_eq!(listed(&folder), NAMES);
}

fn proxies(vars: &[(&str, &str)]) -> Result<Proxies> {
    Proxies::from_vars(|name| vars.iter().find(|var| var.0 == name).map(|var| var.1.to_owned()))
}

#[test]
fn proxies_follow_from_the_environment_as_for_curl() {
    #[track_caller]
    fn through(vars: &[(&str, &str)], url: &str, expected: Option<&str>) {
        let proxies = proxies(vars).unwrap();
        let found = proxies.of(&url.parse().unwrap()).map(|proxy| proxy.host().to_owned());
        assert_eq!(found.as_deref(), expected);
    }
    through(&[], "https://a.org/", None);
    through(&[("https_proxy", "http://s:1"), ("http_proxy", "p:2")], "https://a.org/", Some("s"));
    through(&[("https_proxy", "http://s:1"), ("http_proxy", "p:2")], "http://a.org/", Some("p"));
    through(&[("http_proxy", "http://p:2")], "https://a.org/", None);
    through(&[("HTTPS_PROXY", "http://S:1"), ("https_proxy", "http://s:1")], "https://a.org/", Some("s"));
    through(&[("ALL_PROXY", "socks5://all:3"), ("https_proxy", " ")], "https://a.org/", Some("all"));
    for (direct, host, expected) in [
        ("a.org", "a.org", None),
        ("a.org", "b.a.org", None),
        ("a.org", "ba.org", Some("s")),
        ("b.org, .A.org", "b.a.org", None),
        ("*.a.org", "B.a.org", None),
        ("*", "a.org", None),
        (" ,", "a.org", Some("s")),
    ] {
        let vars = [("HTTPS_PROXY", "http://s:1"), ("NO_PROXY", direct)];
        through(&vars, &format!("https://{host}/"), expected);
    }
}

#[test]
fn a_proxy_that_is_none_is_an_error_that_does_not_repeat_its_password() {
    let error = proxies(&[("https_proxy", "gopher://me:secret@host")]).err().unwrap().to_string();
    assert!(error.contains("https_proxy") && !error.contains("secret"), "{error}");
}

#[test]
fn a_fetch_goes_through_the_proxy_of_the_environment_and_names_it_when_it_fails() {
    let dir = TempDir::new().unwrap();
    let proxy = good();
    let source = |proxy: &str| Source::Web {
        mirrors: Mirrors::new(&["http://mirror.invalid/"]),
        client: Client::new(PATIENCE, proxies(&[("http_proxy", proxy)]).unwrap()),
    };
    fetch_all(dir.path(), &files()[..1], source(&proxy.url())).unwrap();
    assert_whole_and_tidy(dir.path(), &files()[..1]);
    let methods: Vec<_> = proxy.requests().into_iter().map(|request| (request.method, request.path)).collect();
    let tunnel = ("CONNECT".to_owned(), "mirror.invalid:80".to_owned());
    assert_eq!(methods, [tunnel, ("GET".to_owned(), "/images.gz".to_owned())]);

    let error = fetch_all(dir.path(), &files(), source("http://me:secret@127.0.0.1:1")).unwrap_err().to_string();
    assert!(error.contains("(through the proxy 127.0.0.1:1)") && !error.contains("secret"), "{error}");
}

#[test]
fn the_address_of_a_mirror_is_a_folder_on_a_web_server() {
    assert_eq!(mirrors::parse("https://a.org/mnist").unwrap(), "https://a.org/mnist/");
    assert_eq!(mirrors::parse("http://127.0.0.1:80//").unwrap(), "http://127.0.0.1:80/");
    for bad in ["", "a.org", "ftp://a.org/", "/tmp", "https://a.org/?file=", "https://a b/"] {
        assert!(mirrors::parse(bad).is_err(), "{bad}");
    }
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
