//! A small HTTP server on 127.0.0.1 for tests, as well or ill behaved as they ask. It ends when it is dropped.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// What a client asked for.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Request {
    /// GET, or CONNECT when the server is taken for a proxy.
    pub(super) method: String,
    pub(super) path: String,
    /// The offset of `Range: bytes=OFFSET-`.
    pub(super) range: Option<usize>,
    /// What `Authorization: Basic` holds.
    pub(super) authorization: Option<String>,
}

/// What is written, before the connection is closed.
pub(super) struct Reply {
    pub(super) bytes: Vec<u8>,
    pub(super) then: Then,
}

pub(super) enum Then {
    Close,
    /// Keep the connection open and silent.
    Stall,
    /// Repeat these bytes without end, this far apart.
    Repeat(&'static [u8], Duration),
}

impl Reply {
    /// Status line, headers (each ended by CR LF) and body as given.
    pub(super) fn new(status: &str, headers: &str, body: &[u8]) -> Self {
        let mut bytes = format!("HTTP/1.1 {status}\r\nConnection: close\r\n{headers}\r\n").into_bytes();
        bytes.extend_from_slice(body);
        Self { bytes, then: Then::Close }
    }

    /// `body` with its length, cut off after `sent` bytes.
    pub(super) fn broken(body: &[u8], sent: usize) -> Self {
        Self::new("200 OK", &format!("Content-Length: {}\r\n", body.len()), &body[..sent])
    }

    pub(super) fn ok(body: &[u8]) -> Self {
        Self::broken(body, body.len())
    }

    /// `body` as one chunk, whose length is not told in the headers, and then the last chunk, which is empty.
    pub(super) fn chunked(body: &[u8]) -> Self {
        let mut chunks = format!("{:x}\r\n", body.len()).into_bytes();
        chunks.extend_from_slice(body);
        chunks.extend_from_slice(b"\r\n0\r\n");
        Self::new("200 OK", "Transfer-Encoding: chunked\r\n", &chunks)
    }

    /// What is asked of `body`, at most `most` bytes of it.
    pub(super) fn ranged(request: &Request, body: &[u8], most: usize) -> Self {
        let Some(start) = request.range else { return Self::broken(body, most.min(body.len())) };
        let rest = &body[start..];
        let headers = format!(
            "Content-Range: bytes {start}-{}/{}\r\nContent-Length: {}\r\n",
            body.len() - 1,
            body.len(),
            rest.len()
        );
        Self::new("206 Partial Content", &headers, &rest[..most.min(rest.len())])
    }

    pub(super) fn then(self, then: Then) -> Self {
        Self { then, ..self }
    }
}

pub(super) struct Server {
    port: u16,
    requests: Arc<Mutex<Vec<Request>>>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    pub(super) fn start(answer: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let requests = Arc::default();
        let stop = Arc::new(AtomicBool::new(false));
        let thread = thread::spawn({
            let (requests, stop) = (Arc::clone(&requests), Arc::clone(&stop));
            let answer = Arc::new(answer);
            move || {
                let mut connections = Vec::new();
                for stream in listener.incoming() {
                    if stop.load(Ordering::Relaxed) {
                        break;
                    }
                    let (requests, stop) = (Arc::clone(&requests), Arc::clone(&stop));
                    let answer = Arc::clone(&answer);
                    // A client that goes away early is part of the game: errors end the connection only.
                    connections.push(thread::spawn(move || {
                        stream.map(|stream| serve(stream, &requests, &stop, &*answer)).ok()
                    }));
                }
                connections.into_iter().for_each(|connection| drop(connection.join()));
            }
        });
        Self { port, requests, stop, thread: Some(thread) }
    }

    /// The address of the folder that it serves.
    pub(super) fn url(&self) -> String {
        format!("http://127.0.0.1:{}/", self.port)
    }

    pub(super) fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        let _ = TcpStream::connect(("127.0.0.1", self.port));
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

fn serve(
    mut stream: TcpStream,
    requests: &Mutex<Vec<Request>>,
    stop: &AtomicBool,
    answer: &dyn Fn(&Request) -> Reply,
) -> std::io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    let mut reader = BufReader::new(stream.try_clone()?);
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let mut words = line.split_whitespace().map(str::to_owned);
        let (Some(method), Some(path)) = (words.next(), words.next()) else { return Ok(()) };
        let (mut range, mut authorization) = (None, None);
        loop {
            let mut header = String::new();
            reader.read_line(&mut header)?;
            let header = header.trim();
            if header.is_empty() {
                break;
            }
            if let Some((name, value)) = header.split_once(": Basic ")
                && name.eq_ignore_ascii_case("authorization")
            {
                authorization = Some(value.to_owned());
            }
            let header = header.to_ascii_lowercase();
            if let Some(offset) = header.strip_prefix("range: bytes=") {
                range = offset.strip_suffix('-').and_then(|offset| offset.parse().ok());
            }
        }
        let request = Request { method, path, range, authorization };
        requests.lock().unwrap().push(request.clone());
        if request.method == "CONNECT" {
            // This server is the far end of the tunnel too.
            stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n")?;
            continue;
        }
        let reply = answer(&request);
        stream.write_all(&reply.bytes)?;
        while !stop.load(Ordering::Relaxed) {
            match reply.then {
                Then::Close => break,
                Then::Stall => thread::sleep(Duration::from_millis(5)),
                Then::Repeat(bytes, pause) => {
                    stream.write_all(bytes)?;
                    thread::sleep(pause);
                }
            }
        }
        return Ok(());
    }
}
