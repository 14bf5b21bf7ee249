//! What the service does, whatever the version of WASI: its routes and its JSON.

use serde_json::{json, Value};
use sha2::{Digest, Sha256};

/// The most bytes of a JSON body.
pub const MAX_JSON: usize = 64 << 10;

/// What a request asks for.
#[derive(Debug, PartialEq, Eq)]
pub enum Route {
    /// `GET /greetings/{name}`
    Greet(String),
    /// `POST /temperatures`: converts `{"celsius": 21.5}`.
    Convert,
    /// `PUT /uploads`: measures a body of any size.
    Upload,
    /// `GET /upstream`: asks the server that the configuration names.
    Upstream,
    /// Another method than this one.
    NotAllowed(&'static str),
    /// No such path.
    NotFound,
}

/// A response.
#[derive(Debug, PartialEq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// Fields of the header, besides the type of the content.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Value,
}

/// Where `GET /upstream` sends its request.
#[derive(Debug, PartialEq, Eq)]
pub struct Upstream {
    /// Host and port.
    pub authority: String,
    /// The path.
    pub path: String,
}

/// Finds the route of a request.
pub fn route(method: &str, path: &str) -> Route {
    let path = path.split('?').next().unwrap_or_default();
    let parts: Vec<&str> = path.split('/').skip(1).collect();
    let (allowed, route) = match parts.as_slice() {
        ["greetings", name] if !name.is_empty() => ("GET", Route::Greet((*name).to_owned())),
        ["temperatures"] => ("POST", Route::Convert),
        ["uploads"] => ("PUT", Route::Upload),
        ["upstream"] => ("GET", Route::Upstream),
        _ => return Route::NotFound,
    };
    match method == allowed {
        true => route,
        false => Route::NotAllowed(allowed),
    }
}

/// A response with this body.
pub fn ok(body: Value) -> Answer {
    Answer {
        status: 200,
        headers: Vec::new(),
        body,
    }
}

/// A response that says what is wrong.
pub fn error(status: u16, message: &str) -> Answer {
    Answer {
        status,
        headers: Vec::new(),
        body: json!({ "error": message }),
    }
}

/// Answers a route that needs no body and no other server, if this is one.
pub fn answer(route: &Route) -> Option<Answer> {
    match route {
        Route::Greet(name) => Some(ok(json!({ "greeting": format!("Hello, {name}!") }))),
        Route::NotAllowed(allowed) => {
            let mut answer = error(405, "method not allowed");
            answer.headers.push(("allow", (*allowed).to_owned()));
            Some(answer)
        }
        Route::NotFound => Some(error(404, "not found")),
        Route::Convert | Route::Upload | Route::Upstream => None,
    }
}

/// Converts degrees Celsius to Fahrenheit.
pub fn convert(body: &[u8]) -> Answer {
    let parsed: Result<Value, _> = serde_json::from_slice(body);
    match parsed.ok().and_then(|value| value.get("celsius")?.as_f64()) {
        Some(celsius) => ok(json!({ "celsius": celsius, "fahrenheit": celsius * 1.8 + 32.0 })),
        None => error(400, "expected an object with the number `celsius`"),
    }
}

/// Measures an upload without keeping it.
#[derive(Default)]
pub struct Upload {
    bytes: u64,
    hash: Sha256,
}

impl Upload {
    /// Adds a chunk.
    pub fn add(&mut self, chunk: &[u8]) {
        self.bytes += chunk.len() as u64;
        self.hash.update(chunk);
    }

    /// The response after the last chunk.
    pub fn answer(self) -> Answer {
        let digest: String = self
            .hash
            .finalize()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        ok(json!({ "bytes": self.bytes, "sha256": digest }))
    }
}

impl Upstream {
    /// Parses the value of the configuration: an `http` URL.
    pub fn parse(url: Option<String>) -> Result<Self, Answer> {
        let url = url.ok_or_else(|| error(404, "no upstream is configured"))?;
        let rest = url.strip_prefix("http://");
        let rest = rest.ok_or_else(|| error(500, "the upstream is not an http URL"))?;
        let (authority, path) = match rest.split_once('/') {
            Some((authority, path)) => (authority, format!("/{path}")),
            None => (rest, "/".to_owned()),
        };
        Ok(Upstream {
            authority: authority.to_owned(),
            path,
        })
    }

    /// The response of the upstream server, as a part of ours.
    pub fn answer(status: u16, body: &[u8]) -> Answer {
        ok(json!({ "status": status, "body": String::from_utf8_lossy(body) }))
    }

    /// The upstream server did not respond.
    pub fn failed(error: &str) -> Answer {
        self::error(502, error)
    }
}
