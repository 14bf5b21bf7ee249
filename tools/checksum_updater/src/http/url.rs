//! URLs: which may be requested, and the targets of redirects.

use ureq::http::Uri;

/// Whether a URL uses https, or http on this machine.
pub fn is_protected(url: &str) -> bool {
    let Ok(uri) = url.parse::<Uri>() else {
        return false;
    };
    let host = uri.host().unwrap_or_default();
    let loopback = host == "localhost"
        || host
            .trim_matches(['[', ']'])
            .parse::<std::net::IpAddr>()
            .is_ok_and(|ip| ip.is_loopback());
    match uri.scheme_str() {
        Some("https") => !host.is_empty(),
        Some("http") => loopback,
        _ => false,
    }
}

/// The scheme, host and port of a URL, in lower case.
pub fn origin(url: &str) -> String {
    let after = url.find("://").map_or(0, |i| i + 3);
    let end = url[after..]
        .find(['/', '?', '#'])
        .map_or(url.len(), |i| after + i);
    url[..end].to_ascii_lowercase()
}

/// Resolves a `Location` against the URL `from`: an absolute URL, `//host/path`, or `/path`.
pub fn join(from: &str, to: &str) -> Option<String> {
    if to.contains("://") {
        Some(to.to_owned())
    } else if let Some(rest) = to.strip_prefix("//") {
        Some(format!("{}://{rest}", from.split("://").next()?))
    } else {
        to.starts_with('/').then(|| format!("{}{to}", origin(from)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_protected_addresses() {
        for good in [
            "https://a.example/x",
            "http://127.0.0.1:1/x",
            "http://localhost/x",
            "http://[::1]:8/x",
        ] {
            assert!(is_protected(good), "{good}");
        }
        for bad in [
            "http://a.example/x",
            "ftp://a.example",
            "file:///etc",
            "http://127.0.0.1.a.example/",
            "x",
            "",
        ] {
            assert!(!is_protected(bad), "{bad}");
        }
    }

    #[test]
    fn redirects_are_joined() {
        let from = "https://a.example:8/b/c?d";
        assert_eq!(join(from, "/x").as_deref(), Some("https://a.example:8/x"));
        assert_eq!(
            join(from, "//b.example/x").as_deref(),
            Some("https://b.example/x")
        );
        assert_eq!(join(from, "http://c/").as_deref(), Some("http://c/"));
        assert_eq!(join(from, "x"), None);
        assert_eq!(origin("HTTPS://A.example"), "https://a.example");
    }
}
