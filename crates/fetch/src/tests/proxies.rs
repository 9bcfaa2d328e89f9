//! Which proxy is taken, and that it is.

use tempfile::TempDir;

use super::*;

fn proxies(vars: &[(&str, &str)]) -> Result<Proxies, FetchError> {
    Proxies::from_vars(|name| vars.iter().find(|var| var.0 == name).map(|var| var.1.to_owned()))
}

#[test]
fn proxies_follow_from_the_environment_as_for_curl() {
    #[track_caller]
    fn through(vars: &[(&str, &str)], url: &str, expected: Option<&str>) {
        let proxies = proxies(vars).unwrap();
        let found = proxies.of(&url.parse().unwrap()).map(|proxy| proxy.host().to_owned());
        assert_eq!(found.as_deref(), expected);
    }
    through(&[], "https://a.org/", None);
    through(&[("https_proxy", "http://s:1"), ("http_proxy", "p:2")], "https://a.org/", Some("s"));
    through(&[("https_proxy", "http://s:1"), ("http_proxy", "p:2")], "http://a.org/", Some("p"));
    through(&[("http_proxy", "http://p:2")], "https://a.org/", None);
    through(&[("HTTPS_PROXY", "http://S:1"), ("https_proxy", "http://s:1")], "https://a.org/", Some("s"));
    through(&[("ALL_PROXY", "socks5://all:3"), ("https_proxy", " ")], "https://a.org/", Some("all"));
    for (direct, host, expected) in [
        ("a.org", "a.org", None),
        ("a.org", "b.a.org", None),
        ("a.org", "ba.org", Some("s")),
        ("b.org, .A.org", "b.a.org", None),
        ("*.a.org", "B.a.org", None),
        ("*", "a.org", None),
        (" ,", "a.org", Some("s")),
    ] {
        let vars = [("HTTPS_PROXY", "http://s:1"), ("NO_PROXY", direct)];
        through(&vars, &format!("https://{host}/"), expected);
    }
}

#[test]
fn a_proxy_that_is_none_is_an_error_that_does_not_repeat_its_password() {
    let error = proxies(&[("https_proxy", "gopher://me:secret@host")]).err().unwrap().to_string();
    assert!(error.contains("https_proxy") && !error.contains("secret"), "{error}");
}

#[test]
fn a_fetch_goes_through_the_proxy_of_the_environment_and_names_it_when_it_fails() {
    let dir = TempDir::new().unwrap();
    let proxy = good();
    let source = |proxy: &str| Supply::Web {
        mirrors: Mirrors::new(["http://mirror.invalid/"]),
        client: Client::new(PATIENCE, proxies(&[("http_proxy", proxy)]).unwrap()),
    };
    fetch_all(dir.path(), &files()[..1], source(&proxy.url())).unwrap();
    assert_whole_and_tidy(dir.path(), &files()[..1]);
    let methods: Vec<_> = proxy.requests().into_iter().map(|request| (request.method, request.path)).collect();
    let tunnel = ("CONNECT".to_owned(), "mirror.invalid:80".to_owned());
    assert_eq!(methods, [tunnel, ("GET".to_owned(), "/images.gz".to_owned())]);

    let error = fetch_all(dir.path(), &files(), source("http://me:secret@127.0.0.1:1")).unwrap_err().to_string();
    assert!(error.contains("(through the proxy 127.0.0.1:1)") && !error.contains("secret"), "{error}");
}
