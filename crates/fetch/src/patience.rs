//! How long a server may take.

use std::time::Duration;

/// How long a server may take.
#[derive(Clone, Copy)]
pub(crate) struct Patience {
    /// For a connection, proxy and TLS included.
    pub(crate) connect: Duration,
    /// With nothing arriving at all.
    pub(crate) silence: Duration,
    /// With fewer than `least` bytes of the file arriving.
    pub(crate) window: Duration,
    pub(crate) least: u64,
    /// For a whole transfer, redirects included: this time, and one second more for each `rate` bytes.
    ///
    /// It ends what looks busy to the other limits: redirects, chunk headers or trailers that go on without end. On a
    /// connection so slow that it is reached, the next transfer continues where this one stopped.
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
    /// The time limit for the transfer of so many bytes.
    pub(crate) fn limit(&self, bytes: u64) -> Duration {
        self.grace + Duration::from_secs(bytes / self.rate)
    }
}
