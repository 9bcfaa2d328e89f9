//! Time limits for servers.

use std::time::Duration;

/// Time limits for a server.
#[derive(Clone, Copy)]
pub(crate) struct Patience {
    /// For establishing a connection, including proxy and TLS.
    pub(crate) connect: Duration,
    /// Without any data arriving.
    pub(crate) silence: Duration,
    /// With fewer than `least` bytes of the file arriving.
    pub(crate) window: Duration,
    pub(crate) least: u64,
    /// For a whole transfer, including redirects: this time, plus one second for each `rate` bytes.
    ///
    /// It ends transfers that look busy to the other limits: endless redirects, chunk headers or trailers. If a
    /// connection is so slow that it reaches this limit, the next transfer continues where this one stopped.
    pub(crate) grace: Duration,
    pub(crate) rate: u64,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(15),
            silence: Duration::from_secs(20),
            window: Duration::from_secs(30),
            least: 30 << 10,
            grace: Duration::from_secs(60),
            rate: 16 << 10,
        }
    }
}

impl Patience {
    /// The time limit for transferring this many bytes.
    pub(crate) fn limit(&self, bytes: u64) -> Duration {
        self.grace + Duration::from_secs(bytes / self.rate)
    }
}
