//! Downloads one file from one address over HTTP, and continues an interrupted download.

use std::io::{self, ErrorKind, Read};
use std::time::Instant;

use ureq::Body;
use ureq::http::{Response, StatusCode, header};

use crate::client::Client;
use crate::error::Failure;
use crate::event::Event;
use crate::folder::{Folder, Part};
use crate::patience::Patience;
use crate::published::PublishedFile;
use crate::transfer_error::TransferError;

/// Completes the part of `file` in `folder`, and gives it its final name.
pub(crate) fn download(
    client: &Client,
    url: &str,
    file: &PublishedFile,
    folder: &Folder,
    report: &mut dyn FnMut(Event<'_>),
) -> Result<(), Failure> {
    let mut part = folder.part(file)?;
    if part.len() > file.size {
        part.clear()?;
    }
    let inherited = part.len() > 0;
    receive(client, url, file, &mut part, report)?;
    let mut other = folder.keep(part, file)?;
    if other.is_some() && inherited {
        // Perhaps the earlier part was wrong, so this server gets a second chance, from the first byte.
        let mut part = folder.part(file)?;
        receive(client, url, file, &mut part, report)?;
        other = folder.keep(part, file)?;
    }
    match other {
        None => Ok(()),
        Some(difference) => Err(TransferError::OtherFile { difference }.into()),
    }
}

/// Appends to `part` until it has the size of `file`.
///
/// Then it stops reading: the digest decides whether this is the right file, and a server could go on sending without
/// end. A body that is known to be too long is discarded.
fn receive(
    client: &Client,
    url: &str,
    file: &PublishedFile,
    part: &mut Part,
    report: &mut dyn FnMut(Event<'_>),
) -> Result<(), Failure> {
    if part.len() == file.size {
        return Ok(());
    }
    let expected = file.size;
    // A server without ranges sends the whole file, so the time limit is for the whole file.
    let limit = client.patience().limit(expected);
    let mut response = client.get(url, part.len(), limit)?;
    if part.len() > 0 && response.status() == StatusCode::RANGE_NOT_SATISFIABLE {
        part.clear()?;
        response = client.get(url, 0, limit)?;
    }
    let mut received = first_byte(&response, file, part.len())?;
    let mut progress = |bytes| report(Event::Progress { file: file.name, bytes, total: expected });
    progress(received);
    let mut body = response.into_body().into_reader();
    let mut pace = Pace::new(client.patience());
    let mut buffer = vec![0; 1 << 16];
    while received < expected {
        let chunk = read(&mut body, &mut buffer).map_err(|error| {
            let reason = client.explain(&error.into(), limit);
            TransferError::BrokeOff { received, expected, reason }
        })?;
        if chunk.is_empty() {
            return Err(TransferError::TooShort { received, expected }.into());
        }
        if received == 0 && !GZIP.starts_with(&chunk[..chunk.len().min(GZIP.len())]) {
            let start = String::from_utf8_lossy(&chunk[..chunk.len().min(20)]).into_owned();
            return Err(TransferError::NotGzip { start }.into());
        }
        if chunk.len() as u64 > expected - received {
            part.clear()?;
            return Err(TransferError::TooLong { expected }.into());
        }
        // A server without ranges begins at the first byte: skip the bytes that the part already has.
        let known = usize::try_from(part.len() - received).map_or(chunk.len(), |known| known.min(chunk.len()));
        part.append(&chunk[known..])?;
        received += chunk.len() as u64;
        progress(received);
        if received < expected {
            pace.step(chunk.len(), received, expected)?;
        }
    }
    Ok(())
}

/// The first bytes of every gzip file.
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// The position in the file where the body begins, or the reason not to read the body.
fn first_byte(response: &Response<Body>, file: &PublishedFile, offset: u64) -> Result<u64, TransferError> {
    let text = |name| response.headers().get(name).and_then(|value| value.to_str().ok());
    let status = response.status();
    let first = match status {
        StatusCode::OK => 0,
        StatusCode::PARTIAL_CONTENT if offset > 0 => {
            let range = text(header::CONTENT_RANGE).unwrap_or_default();
            let (bytes, whole) = range.split_once('/').unwrap_or((range, "*"));
            if !bytes.starts_with(&format!("bytes {offset}-")) || (whole != "*" && whole != file.size.to_string()) {
                return Err(TransferError::Range { found: range.to_owned(), first: offset, size: file.size });
            }
            offset
        }
        _ => return Err(TransferError::Status { status: status.to_string() }),
    };
    if let Some(kind) = text(header::CONTENT_TYPE).filter(|kind| kind.trim_start().starts_with("text/html")) {
        return Err(TransferError::WebPage { content_type: kind.to_owned() });
    }
    let expected = file.size - first;
    match response.body().content_length() {
        Some(found) if found != expected => Err(TransferError::Length { found, expected }),
        _ => Ok(first),
    }
}

/// The next piece of the body; empty at its end.
fn read<'a>(body: &mut impl Read, buffer: &'a mut [u8]) -> io::Result<&'a [u8]> {
    loop {
        match body.read(buffer) {
            Ok(n) => return Ok(&buffer[..n]),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// Detects a server that keeps sending, but far too slowly.
struct Pace {
    patience: Patience,
    since: Instant,
    bytes: u64,
}

impl Pace {
    fn new(patience: Patience) -> Self {
        Self { patience, since: Instant::now(), bytes: 0 }
    }

    fn step(&mut self, bytes: usize, received: u64, expected: u64) -> Result<(), TransferError> {
        self.bytes += bytes as u64;
        let time = self.since.elapsed();
        if time < self.patience.window {
            return Ok(());
        }
        if self.bytes < self.patience.least {
            return Err(TransferError::TooSlow { received, expected, bytes: self.bytes, time });
        }
        *self = Self::new(self.patience);
        Ok(())
    }
}
