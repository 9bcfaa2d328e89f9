//! Asks web servers for a file or the rest of it, through a proxy if there is one.

use std::time::Duration;

use ureq::http::{Response, Uri, header};
use ureq::{Agent, Body, Timeout};

use crate::error::Failure;
use crate::patience::Patience;
use crate::proxy::Proxies;
use crate::transfer_error::TransferError;

pub(crate) struct Client {
    agent: Agent,
    proxies: Proxies,
    patience: Patience,
}

impl Client {
    pub(crate) fn new(patience: Patience, proxies: Proxies) -> Self {
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .proxy(None)
            // If it were compressed again or unpacked on the way, the file would have another digest.
            .accept_encoding("identity")
            .timeout_resolve(Some(patience.connect))
            .timeout_connect(Some(patience.connect))
            .timeout_recv_response(Some(patience.silence))
            .timeout_per_read(Some(patience.silence))
            .timeout_per_write(Some(patience.silence))
            .build()
            .new_agent();
        Self { agent, proxies, patience }
    }

    pub(crate) fn patience(&self) -> Patience {
        self.patience
    }

    /// Requests the part of a file after its first `offset` bytes; the server may send the whole file anyway. `limit` is
    /// the time for redirects, answer and body together.
    pub(crate) fn get(&self, url: &str, offset: u64, limit: Duration) -> Result<Response<Body>, Failure> {
        let uri: Uri = url.parse().map_err(|error| TransferError::Address { reason: format!("{error}") })?;
        let proxy = self.proxies.of(&uri);
        let mut request = self.agent.get(&uri);
        if offset > 0 {
            request = request.header(header::RANGE, format!("bytes={offset}-"));
        }
        let request = request.config().proxy(proxy.cloned()).timeout_global(Some(limit)).build();
        request.call().map_err(|error| {
            let reason = self.explain(&error, limit);
            // Only host and port: the rest may contain a password.
            let proxy = proxy.map(|proxy| format!("{}:{}", proxy.host(), proxy.port()));
            TransferError::NoAnswer { reason, proxy }.into()
        })
    }

    /// Explains an error of the transport in plain words.
    pub(crate) fn explain(&self, error: &ureq::Error, limit: Duration) -> String {
        let Patience { connect, silence, .. } = self.patience;
        match error {
            ureq::Error::Timeout(Timeout::Resolve | Timeout::Connect) => format!("no connection within {connect:?}"),
            ureq::Error::Timeout(Timeout::Global) => format!("not done within {limit:?}"),
            ureq::Error::Timeout(_) => format!("nothing came for {silence:?}"),
            ureq::Error::Io(error) => error.to_string(),
            other => other.to_string(),
        }
    }
}
