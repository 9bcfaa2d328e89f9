//! Why one server did not deliver one file.

use std::time::Duration;

use crate::state::Difference;

/// Why one server did not deliver one file. The next mirror may.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TransferError {
    /// The address cannot be parsed.
    #[error("not an address: {reason}")]
    Address {
        /// What the parser says.
        reason: String,
    },
    /// There was no answer.
    #[error("{reason}{}", proxy.as_ref().map(|proxy| format!(" (through the proxy {proxy})")).unwrap_or_default())]
    NoAnswer {
        /// What happened instead.
        reason: String,
        /// Host and port of the proxy that was asked.
        proxy: Option<String>,
    },
    /// The server refused.
    #[error("answered {status}")]
    Status {
        /// Its status, such as `404 Not Found`.
        status: String,
    },
    /// The server sends another part of the file than the one that was asked for.
    #[error("answered range {found:?}, expected bytes {first}- of {size}")]
    Range {
        /// The range that it announces.
        found: String,
        /// The first byte that was asked for.
        first: u64,
        /// The length of the whole file.
        size: u64,
    },
    /// The server sends a web page: often an error message, or the login form of a network.
    #[error("answered a web page ({content_type}) instead of the file")]
    WebPage {
        /// The type that it announces.
        content_type: String,
    },
    /// The server announces another length.
    #[error("offers {found} bytes, expected {expected}")]
    Length {
        /// The length that it announces.
        found: u64,
        /// The number of bytes that are missing.
        expected: u64,
    },
    /// The server sends something that is not gzip.
    #[error("sent something that is not gzip, beginning {start:?}")]
    NotGzip {
        /// Its first bytes as text.
        start: String,
    },
    /// The server sends too much.
    #[error("sends more than the {expected} bytes expected")]
    TooLong {
        /// The length of the file.
        expected: u64,
    },
    /// The answer is complete, but the file is not.
    #[error("ended after {received} of {expected} bytes")]
    TooShort {
        /// The number of bytes so far, including earlier attempts.
        received: u64,
        /// The length of the file.
        expected: u64,
    },
    /// The connection failed, or the time limit for the transfer was reached.
    #[error("broke off after {received} of {expected} bytes: {reason}")]
    BrokeOff {
        /// The number of bytes so far, including earlier attempts.
        received: u64,
        /// The length of the file.
        expected: u64,
        /// What happened.
        reason: String,
    },
    /// The server sends too little in too much time.
    #[error("left after {received} of {expected} bytes: too slow, {bytes} bytes in {time:.0?}")]
    TooSlow {
        /// The number of bytes so far, including earlier attempts.
        received: u64,
        /// The length of the file.
        expected: u64,
        /// The number of bytes that came lately.
        bytes: u64,
        /// In this time.
        time: Duration,
    },
    /// The server sent a file of the right length that is not the published one.
    #[error("sent another file: {difference}")]
    OtherFile {
        /// How it differs.
        difference: Difference,
    },
}
