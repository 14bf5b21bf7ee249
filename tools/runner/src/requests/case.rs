//! A request of a test, and the expected response.

use http::{HeaderName, HeaderValue, Method};
use rules_wit_common::{Diagnostic, Result};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use std::collections::BTreeMap;
use std::collections::HashSet;

/// A request and the expected response.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RequestCase {
    /// Method and path, such as `GET /items?limit=3`.
    pub request: String,
    /// The name in the report; by default that of the request.
    #[serde(default)]
    pub name: Option<String>,
    /// The fields of the header.
    #[serde(default)]
    pub headers: BTreeMap<String, Values>,
    /// The body, as text.
    #[serde(default)]
    pub body: Option<String>,
    /// The body, as JSON.
    #[serde(default, deserialize_with = "present")]
    pub json: Option<Value>,
    /// The body in chunks, which are sent one after the other.
    #[serde(default)]
    pub chunks: Option<Vec<String>>,
    /// How many times the chunks are sent.
    #[serde(default)]
    pub repeat: Option<u32>,
    /// The response.
    #[serde(default)]
    pub expect: Expected,
}

/// The expected response.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Expected {
    /// The status; 200 by default.
    pub status: u16,
    /// Fields of the header, with all of their values; null for a field that is not there.
    pub headers: BTreeMap<String, Option<Values>>,
    /// The body, as text.
    pub body: Option<String>,
    /// The body, compared as JSON.
    #[serde(deserialize_with = "present")]
    pub json: Option<Value>,
}

/// The values of a field of a header.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Values {
    /// One value.
    One(String),
    /// Several values, in this order.
    Many(Vec<String>),
}

impl Default for Expected {
    fn default() -> Self {
        Expected {
            status: 200,
            headers: BTreeMap::new(),
            body: None,
            json: None,
        }
    }
}

impl Values {
    /// All values.
    pub fn all(&self) -> Vec<&str> {
        match self {
            Values::One(value) => vec![value],
            Values::Many(values) => values.iter().map(String::as_str).collect(),
        }
    }
}

/// Keeps `null`, which is JSON as well.
fn present<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> std::result::Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

impl RequestCase {
    /// The name in the report, unless another case has it.
    pub fn title(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.request)
    }

    /// The method and the path.
    pub fn target(&self) -> Option<(Method, &str)> {
        let (method, path) = self.request.split_once(' ')?;
        let method = Method::from_bytes(method.as_bytes()).ok()?;
        let is_path = path.starts_with('/') && path.parse::<http::uri::PathAndQuery>().is_ok();
        is_path.then_some((method, path))
    }

    fn problem(&self) -> Option<(String, &'static str)> {
        if self.target().is_none() {
            let hint = "write a method and a path, such as `GET /items?limit=3`";
            return Some((format!("`{}` is not a request", self.request), hint));
        }
        let bodies = [
            self.body.is_some(),
            self.json.is_some(),
            self.chunks.is_some(),
        ];
        if bodies.iter().filter(|is_some| **is_some).count() > 1 {
            let hint = "keep one of `body`, `json` and `chunks`";
            return Some((
                format!("the request `{}` has several bodies", self.title()),
                hint,
            ));
        }
        if self.repeat.is_some() && self.chunks.is_none() {
            let hint = "`repeat` is for `chunks`";
            return Some((
                format!("the request `{}` repeats nothing", self.title()),
                hint,
            ));
        }
        if self.expect.body.is_some() && self.expect.json.is_some() {
            let hint = "keep one of `body` and `json`";
            return Some((
                format!("the request `{}` expects two bodies", self.title()),
                hint,
            ));
        }
        let sent = self
            .headers
            .iter()
            .map(|(name, values)| (name, Some(values)));
        let expected = self
            .expect
            .headers
            .iter()
            .map(|(name, values)| (name, values.as_ref()));
        for (name, values) in sent.chain(expected) {
            let is_value = |value: &&str| HeaderValue::from_str(value).is_ok();
            let is_field = HeaderName::from_bytes(name.as_bytes()).is_ok()
                && values.is_none_or(|values| values.all().iter().all(is_value));
            if !is_field {
                let hint = "write fields as in HTTP, such as `{\"content-type\": \"text/plain\"}`";
                return Some((
                    format!("the field `{name}` of `{}` is malformed", self.title()),
                    hint,
                ));
            }
        }
        None
    }
}

/// Checks the cases, and gives each a name of its own. Errors: a malformed case, or no case at all.
pub fn check_cases(mut cases: Vec<RequestCase>) -> Result<Vec<RequestCase>> {
    if cases.is_empty() {
        return Err(Diagnostic::new("the test has no requests")
            .hint("add a request, such as `{\"request\": \"GET /\"}`")
            .into());
    }
    let mut names = HashSet::new();
    for case in &mut cases {
        if let Some((problem, hint)) = case.problem() {
            return Err(Diagnostic::new(problem).hint(hint).into());
        }
        let title = case.title().to_owned();
        let mut name = title.clone();
        let mut n = 1;
        while !names.insert(name.clone()) {
            n += 1;
            name = format!("{title} ({n})");
        }
        case.name = Some(name);
    }
    Ok(cases)
}
