//! Proxies from the environment, by the rules that curl made common.

use anyhow::{Result, anyhow};
use ureq::Proxy;
use ureq::http::Uri;

/// Which proxy an address goes through.
///
/// ureq reads the environment too, but knows one proxy for http and https alike, takes `NO_PROXY=example.com` for that
/// one host without its subdomains, and ignores a value that it cannot read.
#[derive(Default)]
pub(super) struct Proxies {
    http: Option<Proxy>,
    https: Option<Proxy>,
    /// Hosts that are reached directly, each with its subdomains; `*` is all.
    direct: Vec<String>,
}

impl Proxies {
    pub(super) fn from_env() -> Result<Self> {
        Self::from_vars(|name| std::env::var(name).ok())
    }

    pub(super) fn from_vars(var: impl Fn(&str) -> Option<String>) -> Result<Self> {
        let first = |names: [&'static str; 4]| {
            names.into_iter().find_map(|name| {
                let value = var(name)?.trim().to_owned();
                (!value.is_empty()).then_some((name, value))
            })
        };
        let proxy = |names| {
            first(names)
                // The value is not repeated: it may hold a password.
                .map(|(name, value)| {
                    Proxy::new(&value).map_err(|_| {
                        anyhow!(
                            "{name} does not hold a proxy, expected [http|https|socks5]://[USER:PASSWORD@]HOST:PORT"
                        )
                    })
                })
                .transpose()
        };
        let direct = var("no_proxy").or_else(|| var("NO_PROXY")).unwrap_or_default();
        Ok(Self {
            http: proxy(["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"])?,
            https: proxy(["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"])?,
            direct: direct
                .split(',')
                .map(|entry| entry.trim().to_ascii_lowercase())
                .filter(|entry| !entry.is_empty())
                .collect(),
        })
    }

    /// None: directly.
    pub(super) fn of(&self, uri: &Uri) -> Option<&Proxy> {
        let host = uri.host().unwrap_or_default().to_ascii_lowercase();
        if self.direct.iter().any(|entry| covers(entry, &host)) {
            return None;
        }
        if uri.scheme_str() == Some("http") { self.http.as_ref() } else { self.https.as_ref() }
    }
}

/// Whether an entry of `no_proxy` is this host or a domain above it.
fn covers(entry: &str, host: &str) -> bool {
    let domain = entry.trim_start_matches("*.").trim_start_matches('.');
    entry == "*" || host.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}
