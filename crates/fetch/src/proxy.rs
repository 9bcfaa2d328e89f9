//! Proxies from the environment, by the same rules as curl, except that curl does not read HTTP_PROXY: in a CGI program, a
//! visitor could set it. No such program calls this crate.

use ureq::Proxy;
use ureq::http::Uri;

use crate::error::FetchError;

/// Chooses the proxy for an address.
///
/// ureq reads the environment too, but it uses one proxy for http and https, applies `NO_PROXY=example.com` to that one
/// host without its subdomains, and ignores a value that it cannot parse.
#[derive(Default)]
pub(crate) struct Proxies {
    http: Option<Proxy>,
    https: Option<Proxy>,
    /// Hosts that are reached directly, each with its subdomains; `*` means all hosts.
    direct: Vec<String>,
}

impl Proxies {
    /// Fails if a variable that is used holds no proxy.
    pub(crate) fn from_env() -> Result<Self, FetchError> {
        Self::from_vars(|name| std::env::var(name).ok())
    }

    pub(crate) fn from_vars(var: impl Fn(&str) -> Option<String>) -> Result<Self, FetchError> {
        let first = |names: [&'static str; 4]| {
            names.into_iter().find_map(|name| {
                let value = var(name)?.trim().to_owned();
                (!value.is_empty()).then_some((name, value))
            })
        };
        let proxy = |names| {
            first(names)
                .map(|(variable, value)| Proxy::new(&value).map_err(|_| FetchError::Proxy { variable }))
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

    /// The proxy for an address; `None` if it is reached directly.
    pub(crate) fn of(&self, uri: &Uri) -> Option<&Proxy> {
        let host = uri.host().unwrap_or_default().to_ascii_lowercase();
        if self.direct.iter().any(|entry| covers(entry, &host)) {
            return None;
        }
        if uri.scheme_str() == Some("http") { self.http.as_ref() } else { self.https.as_ref() }
    }
}

/// Whether an entry of `no_proxy` is this host or a parent domain of it.
fn covers(entry: &str, host: &str) -> bool {
    let domain = entry.trim_start_matches("*.").trim_start_matches('.');
    entry == "*" || host.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}
