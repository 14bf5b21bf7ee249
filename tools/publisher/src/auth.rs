//! Authorization: the challenges of registries, and access tokens.
//!
//! See <https://distribution.github.io/distribution/spec/auth/token/>.

use crate::credentials::{self, Credentials};
use crate::http::{Call, Http};
use crate::reference::Reference;
use base64::prelude::{Engine, BASE64_STANDARD};
use rules_wit_common::{Diagnostic, Result};
use serde_json::Value;
use std::cell::RefCell;

/// The largest answer with a token.
const MAX_TOKEN: u64 = 1 << 20;

/// The authorization of the requests to a repository.
pub struct Auth {
    registry: String,
    repository: String,
    actions: &'static str,
    plain_http: bool,
    header: RefCell<Option<String>>,
}

impl Auth {
    /// Returns the state before the first request, which is sent without authorization.
    pub fn new(reference: &Reference, actions: &'static str, plain_http: bool) -> Self {
        Auth {
            registry: reference.registry.clone(),
            repository: reference.repository.clone(),
            actions,
            plain_http,
            header: RefCell::default(),
        }
    }

    /// The value of the header `Authorization`.
    pub fn header(&self) -> Option<String> {
        self.header.borrow().clone()
    }

    /// Gets authorization that meets a challenge, the header `WWW-Authenticate`.
    pub fn challenged(&self, http: &Http, challenge: Option<&str>) -> Result<()> {
        let challenge = challenge.unwrap_or_default();
        let (scheme, parameters) = challenge.split_once(' ').unwrap_or((challenge, ""));
        let credentials = credentials::of(&self.registry)?;
        let header = match scheme.to_ascii_lowercase().as_str() {
            "basic" => match &credentials {
                Some(Credentials::Basic { user, password }) => basic(user, password),
                _ => return Err(self.refused("it requires a user and a password").into()),
            },
            "bearer" => format!(
                "Bearer {}",
                self.token(http, parameters, credentials.as_ref())?
            ),
            _ => {
                return Err(self
                    .refused(&format!("unknown challenge `{scheme}`"))
                    .into())
            }
        };
        *self.header.borrow_mut() = Some(header);
        Ok(())
    }

    /// Requests an access token.
    fn token(
        &self,
        http: &Http,
        parameters: &str,
        credentials: Option<&Credentials>,
    ) -> Result<String> {
        let value = |name: &str| parameter(parameters, name);
        let realm = value("realm").unwrap_or_default();
        // Credentials must not be sent in clear text because a registry says so.
        if !(realm.starts_with("https://") || self.plain_http && realm.starts_with("http://")) {
            return Err(self
                .refused(&format!(
                    "its tokens come from `{realm}`, which is not https"
                ))
                .into());
        }
        let scope = value("scope")
            .unwrap_or_else(|| format!("repository:{}:{}", self.repository, self.actions));
        let service = value("service").unwrap_or_default();
        let mut headers = Vec::new();
        let mut form = format!("service={}&scope={}", escaped(&service), escaped(&scope));
        let mut method = "GET";
        match credentials {
            Some(Credentials::Basic { user, password }) => {
                headers.push(("authorization", basic(user, password)));
            }
            Some(Credentials::IdentityToken(token)) => {
                method = "POST";
                headers.push((
                    "content-type",
                    "application/x-www-form-urlencoded".to_owned(),
                ));
                form += &format!(
                    "&grant_type=refresh_token&client_id=rules_wit&refresh_token={}",
                    escaped(token)
                );
            }
            None => {}
        }
        let separator = if realm.contains('?') { '&' } else { '?' };
        let url = match method {
            "GET" => format!("{realm}{separator}{form}"),
            _ => realm.clone(),
        };
        let answer = http.send(&Call {
            method,
            url: &url,
            headers,
            body: form.as_bytes(),
            limit: MAX_TOKEN,
        })?;
        let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        let token = body["token"]
            .as_str()
            .or_else(|| body["access_token"].as_str());
        match token {
            Some(token) if answer.status == 200 => Ok(token.to_owned()),
            _ => Err(self.refused(&answer.why()).into()),
        }
    }

    /// The error of a registry that refuses access.
    pub fn refused(&self, why: &str) -> Diagnostic {
        Diagnostic::environment(format!("{} refuses access to `{}`: {why}", self.registry, self.repository)).hint(format!(
            "log in with `docker login {0}`, `oras login {0}` or `podman login {0}`, as a user with the permission to {1}",
            self.registry,
            self.actions.rsplit(',').next().unwrap_or_default(),
        ))
    }
}

fn basic(user: &str, password: &str) -> String {
    format!(
        "Basic {}",
        BASE64_STANDARD.encode(format!("{user}:{password}"))
    )
}

/// The value of a parameter in a challenge: `name="value",...`.
fn parameter(parameters: &str, name: &str) -> Option<String> {
    let mut rest = parameters;
    while let Some((key, tail)) = rest.split_once('=') {
        let key = key.trim().trim_start_matches(',').trim();
        let (value, tail) = match tail.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"')?,
            None => tail.split_once(',').unwrap_or((tail, "")),
        };
        if key.eq_ignore_ascii_case(name) {
            return Some(value.trim().to_owned());
        }
        rest = tail;
    }
    None
}

/// A text as part of a query.
fn escaped(text: &str) -> String {
    text.bytes()
        .map(|b| match b {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                char::from(b).to_string()
            }
            _ => format!("%{b:02X}"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn challenges_are_parsed() {
        let text = r#"realm="https://a.example/token?x=1",service="r.example", scope="repository:a/b:pull,push",n=1"#;
        for (name, value) in [
            ("realm", Some("https://a.example/token?x=1")),
            ("service", Some("r.example")),
            ("Scope", Some("repository:a/b:pull,push")),
            ("n", Some("1")),
            ("m", None),
        ] {
            assert_eq!(parameter(text, name).as_deref(), value, "{name}");
        }
        assert_eq!(parameter(r#"realm="open"#, "realm"), None);
        assert_eq!(escaped("a:b/c,d é"), "a%3Ab%2Fc%2Cd%20%C3%A9");
    }
}
