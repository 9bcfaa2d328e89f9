//! Fetches one file from the first mirror that delivers it; after any failure, the next one is tried.

use std::fmt;
use std::str::FromStr;

use ureq::http::Uri;

use crate::client::Client;
use crate::download::download;
use crate::error::{Attempt, Failure, FetchError};
use crate::event::Event;
use crate::folder::Folder;
use crate::published::PublishedFile;
use crate::transfer_error::TransferError;

/// A folder on a web server with the files of a data set.
///
/// ```
/// let mirror: fetch::Mirror = "https://example.org/mnist".parse()?;
/// assert_eq!(mirror.to_string(), "https://example.org/mnist/");
/// assert!("ftp://example.org/".parse::<fetch::Mirror>().is_err());
/// # Ok::<(), fetch::MirrorError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mirror(String);

impl FromStr for Mirror {
    type Err = MirrorError;

    fn from_str(url: &str) -> Result<Self, MirrorError> {
        let parsed: Uri = url.parse().map_err(|error| MirrorError { reason: format!("{error}") })?;
        let refused = |reason: &str| Err(MirrorError { reason: reason.to_owned() });
        match parsed.scheme_str() {
            Some("http" | "https") => {}
            _ => return refused("it begins with neither http:// nor https://"),
        }
        if url.contains(['?', '#']) {
            return refused("no file name can be appended to it");
        }
        Ok(Self(format!("{}/", url.trim_end_matches('/'))))
    }
}

impl fmt::Display for Mirror {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The error for an address that is not a folder on a web server. The address is not shown, because it may contain a
/// password.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}; expected http://HOST/FOLDER/ or https://HOST/FOLDER/")]
pub struct MirrorError {
    /// What is wrong with it.
    pub reason: String,
}

/// The address without the user and the password that it may contain.
fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    format!("{scheme}://{host}{path}")
}

/// Web folders with the same files, in the order in which they are tried.
pub(crate) struct Mirrors(Vec<String>);

/// All mirrors are tried again as long as the file has grown in the meantime. So even a single mirror is enough if its
/// connections break now and then. This limits the number of rounds.
const ROUNDS: u32 = 20;

impl Mirrors {
    pub(crate) fn new(urls: impl IntoIterator<Item = impl ToString>) -> Self {
        Self(urls.into_iter().map(|url| url.to_string()).collect())
    }

    /// Fetches `file` into `folder`, and returns the mirror that delivered it, without its password. That mirror is tried
    /// first for the next file, so that the time-outs of the mirrors before it cost time only once.
    pub(crate) fn fetch(
        &mut self,
        client: &Client,
        file: &PublishedFile,
        folder: &Folder,
        report: &mut dyn FnMut(Event<'_>),
    ) -> Result<String, FetchError> {
        let mut attempts = Vec::new();
        let mut longest = folder.part(file)?.len();
        for _ in 0..ROUNDS {
            for (i, mirror) in self.0.iter().enumerate() {
                let url = format!("{mirror}{}", file.name);
                match download(client, &url, file, folder, report) {
                    Ok(()) => {
                        let mirror = self.0.remove(i);
                        self.0.insert(0, mirror);
                        return Ok(without_password(&self.0[0]));
                    }
                    Err(Failure::Here(error)) => return Err(error),
                    Err(Failure::Source(reason)) => {
                        let url = without_password(&url);
                        let next = self.0.get(i + 1).map(|url| without_password(url));
                        report(Event::MirrorFailed { url: &url, reason: &reason, next: next.as_deref() });
                        note(&mut attempts, url, reason);
                    }
                }
            }
            let bytes = folder.part(file)?.len();
            if bytes <= longest {
                break;
            }
            longest = bytes;
            report(Event::TryingAgain { file: file.name, bytes, total: file.size });
        }
        let kept = folder.tidy(file);
        Err(FetchError::AllMirrorsFailed { file: file.name, size: file.size, kept, attempts })
    }
}

/// Adds a failure to the list, which has one entry per address.
fn note(attempts: &mut Vec<Attempt>, url: String, reason: TransferError) {
    match attempts.iter_mut().find(|attempt| attempt.url == url) {
        Some(known) => *known = Attempt { url, times: known.times + 1, reason },
        None => attempts.push(Attempt { url, times: 1, reason }),
    }
}
