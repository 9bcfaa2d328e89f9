//! One file from one address over HTTP, continued where an earlier attempt broke off.

use std::io::{self, ErrorKind, Read};
use std::time::{Duration, Instant};

use anyhow::Result;
use indicatif::{ProgressBar, ProgressStyle};
use ureq::http::{Response, StatusCode, Uri, header};
use ureq::{Agent, Body, Timeout};

use super::folder::{Failure, Folder, Part};
use super::manifest::Wanted;
use super::proxy::Proxies;

/// How long a server may take.
#[derive(Clone, Copy)]
pub(super) struct Patience {
    /// For a connection, proxy and TLS included.
    pub(super) connect: Duration,
    /// With nothing arriving at all.
    pub(super) silence: Duration,
    /// With less than `least` bytes arriving.
    pub(super) window: Duration,
    pub(super) least: u64,
    /// In all, redirects included.
    pub(super) whole: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(15),
            silence: Duration::from_secs(20),
            window: Duration::from_secs(30),
            least: 30 << 10,
            whole: Duration::from_secs(3600),
        }
    }
}

/// Asks servers, through proxies where there are any.
pub(super) struct Client {
    agent: Agent,
    proxies: Proxies,
    patience: Patience,
}

impl Client {
    pub(super) fn new(patience: Patience, proxies: Proxies) -> Self {
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .proxy(None)
            // Packed on the way once more, or unpacked, the file would not be the one with the digest.
            .accept_encoding("identity")
            .timeout_resolve(Some(patience.connect))
            .timeout_connect(Some(patience.connect))
            .timeout_recv_response(Some(patience.silence))
            .timeout_per_read(Some(patience.silence))
            .timeout_per_write(Some(patience.silence))
            .timeout_global(Some(patience.whole))
            .build()
            .new_agent();
        Self { agent, proxies, patience }
    }

    /// Asks for what follows the first `offset` bytes; the answer may be the whole all the same.
    fn get(&self, url: &str, offset: u64) -> Result<Response<Body>, Failure> {
        let uri: Uri = url.parse().map_err(|error| Failure::Source(format!("not an address: {error}")))?;
        let proxy = self.proxies.of(&uri);
        let mut request = self.agent.get(&uri);
        if offset > 0 {
            request = request.header(header::RANGE, format!("bytes={offset}-"));
        }
        request.config().proxy(proxy.cloned()).build().call().map_err(|error| {
            // Host and port only: the rest may hold a password.
            let through = proxy.map(|proxy| format!(" (through the proxy {}:{})", proxy.host(), proxy.port()));
            Failure::Source(explain(&error, self.patience) + &through.unwrap_or_default())
        })
    }
}

/// Completes what `folder` has of `file` and puts it under its final name.
pub(super) fn download(client: &Client, url: &str, file: &Wanted, folder: &Folder) -> Result<(), Failure> {
    let mut part = folder.part(file)?;
    if part.len() > file.size {
        part.clear()?;
    }
    let inherited = part.len() > 0;
    receive(client, url, file, &mut part)?;
    match folder.keep(part, file) {
        // What came before this server's share may be to blame, so it gets a second chance from the first byte on.
        Err(Failure::Source(_)) if inherited => {
            let mut part = folder.part(file)?;
            receive(client, url, file, &mut part)?;
            folder.keep(part, file)
        }
        kept => kept,
    }
    .map_err(|failure| match failure {
        Failure::Source(how) => Failure::Source(format!("sent another file: {how}")),
        here @ Failure::Here(_) => here,
    })
}

/// Appends to `part` until it has the size of `file`. Not more: a body that is too long is cut off and thrown away.
fn receive(client: &Client, url: &str, file: &Wanted, part: &mut Part) -> Result<(), Failure> {
    if part.len() == file.size {
        return Ok(());
    }
    let mut response = client.get(url, part.len())?;
    if part.len() > 0 && response.status() == StatusCode::RANGE_NOT_SATISFIABLE {
        part.clear()?;
        response = client.get(url, 0)?;
    }
    let mut position = first_byte(&response, file, part.len()).map_err(Failure::Source)?;
    let bar = bar(file, position);
    let mut body = response.into_body().into_reader();
    let mut pace = Pace::new(client.patience);
    let mut buffer = vec![0; 1 << 16];
    while let Some(chunk) = read(&mut body, &mut buffer).map_err(|error| {
        let why = explain(&error.into(), client.patience);
        Failure::Source(format!("broke off after {position} of {} bytes: {why}", file.size))
    })? {
        if position == 0 && !GZIP.starts_with(&chunk[..chunk.len().min(GZIP.len())]) {
            let start = String::from_utf8_lossy(&chunk[..chunk.len().min(20)]).into_owned();
            return Err(Failure::Source(format!("sent something that is not gzip, beginning {start:?}")));
        }
        if chunk.len() as u64 > file.size - position {
            part.clear()?;
            return Err(Failure::Source(format!("sends more than the {} bytes expected", file.size)));
        }
        // A server without ranges begins at the first byte: what is there already is passed over.
        let known = usize::try_from(part.len() - position).map_or(chunk.len(), |known| known.min(chunk.len()));
        part.append(&chunk[known..])?;
        position += chunk.len() as u64;
        bar.set_position(position);
        if position < file.size {
            pace.step(chunk.len())
                .map_err(|slow| Failure::Source(format!("left after {position} of {} bytes: {slow}", file.size)))?;
        }
    }
    if position < file.size {
        return Err(Failure::Source(format!("ended after {position} of {} bytes", file.size)));
    }
    Ok(())
}

/// What every gzip file begins with.
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// Where in the file the body begins, or why it is none worth reading.
fn first_byte(response: &Response<Body>, file: &Wanted, offset: u64) -> Result<u64, String> {
    let text = |name| response.headers().get(name).and_then(|value| value.to_str().ok());
    let status = response.status();
    let first = match status {
        StatusCode::OK => 0,
        StatusCode::PARTIAL_CONTENT if offset > 0 => {
            let range = text(header::CONTENT_RANGE).unwrap_or_default();
            let (bytes, whole) = range.split_once('/').unwrap_or((range, "*"));
            if !bytes.starts_with(&format!("bytes {offset}-")) || (whole != "*" && whole != file.size.to_string()) {
                return Err(format!("answered range {range:?}, expected bytes {offset}- of {}", file.size));
            }
            offset
        }
        _ => return Err(format!("answered {status}")),
    };
    if let Some(kind) = text(header::CONTENT_TYPE).filter(|kind| kind.trim_start().starts_with("text/html")) {
        return Err(format!("answered a web page ({kind}) instead of the file"));
    }
    match response.body().content_length() {
        Some(length) if length != file.size - first => {
            Err(format!("offers {length} bytes, expected {}", file.size - first))
        }
        _ => Ok(first),
    }
}

/// The next piece of the body, None at its end.
fn read<'a>(body: &mut impl Read, buffer: &'a mut [u8]) -> io::Result<Option<&'a [u8]>> {
    loop {
        match body.read(buffer) {
            Ok(0) => return Ok(None),
            Ok(n) => return Ok(Some(&buffer[..n])),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// Notices a server that sends so little that it would take for ever, but never falls silent.
struct Pace {
    patience: Patience,
    since: Instant,
    bytes: u64,
}

impl Pace {
    fn new(patience: Patience) -> Self {
        Self { patience, since: Instant::now(), bytes: 0 }
    }

    fn step(&mut self, bytes: usize) -> Result<(), String> {
        self.bytes += bytes as u64;
        if self.since.elapsed() < self.patience.window {
            return Ok(());
        }
        if self.bytes < self.patience.least {
            return Err(format!("too slow, {} bytes in {:.0?}", self.bytes, self.since.elapsed()));
        }
        *self = Self::new(self.patience);
        Ok(())
    }
}

/// Says in plain words what the transport reports.
fn explain(error: &ureq::Error, patience: Patience) -> String {
    let Patience { connect, silence, whole, .. } = patience;
    match error {
        ureq::Error::Timeout(Timeout::Resolve | Timeout::Connect) => format!("no connection within {connect:?}"),
        ureq::Error::Timeout(Timeout::Global) => format!("not done within {whole:?}"),
        ureq::Error::Timeout(_) => format!("nothing came for {silence:?}"),
        ureq::Error::Io(error) => error.to_string(),
        other => other.to_string(),
    }
}

/// The progress bar, on stderr; it draws nothing where that is no terminal.
fn bar(file: &Wanted, position: u64) -> ProgressBar {
    if cfg!(test) {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{msg} {bar:20} {bytes:>10} of {total_bytes:10} {eta:>4}");
    ProgressBar::new(file.size)
        .with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
        .with_message(file.name)
        .with_position(position)
}
