//! Compares a response with what is expected.

use crate::diff;
use crate::requests::case::{Expected, Values};
use crate::requests::send::Response;
use crate::text::{ends, indent};
use http::HeaderValue;
use serde_json::Value;

/// The most characters of a value in the log.
const MAX_SHOWN: usize = 10_000;

/// Compares a response. The error shows each difference.
pub fn check(expected: &Expected, got: &Response) -> Result<(), String> {
    let mut wrong = Vec::new();
    if got.status.as_u16() != expected.status {
        let text = String::from_utf8_lossy(&got.body);
        // The body of an unexpected status says why.
        let body =
            match expected.body.is_some() || expected.json.is_some() || text.trim().is_empty() {
                true => String::new(),
                false => format!(": {}", text.trim()),
            };
        wrong.push(differ(
            &format!("status {}", expected.status),
            &format!("status {}{body}", got.status.as_u16()),
        ));
    }
    for (name, values) in &expected.headers {
        wrong.extend(check_field(name, values.as_ref(), got));
    }
    if let Some(broken) = &got.broken {
        wrong.push(broken.clone());
    }
    if let Some(body) = &expected.body {
        wrong.extend(check_text(body, &got.body));
    }
    if let Some(value) = &expected.json {
        wrong.extend(check_json(value, &got.body));
    }
    match wrong.is_empty() {
        true => Ok(()),
        false => Err(wrong.join("\n")),
    }
}

fn check_field(name: &str, expected: Option<&Values>, got: &Response) -> Option<String> {
    let all = got.headers.get_all(name);
    let shown = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let got: Vec<String> = all.iter().map(shown).collect();
    let expected: Vec<&str> = expected.map(Values::all).unwrap_or_default();
    if got == expected {
        return None;
    }
    let show = |values: &[&str]| match values {
        [] => format!("no field `{name}`"),
        values => format!("{name}: {}", values.join(", ")),
    };
    let got: Vec<&str> = got.iter().map(String::as_str).collect();
    Some(differ(&show(&expected), &show(&got)))
}

fn check_text(expected: &str, got: &[u8]) -> Option<String> {
    if expected.as_bytes() == got {
        return None;
    }
    let got = String::from_utf8_lossy(got);
    let is_line = |text: &str| !text.trim_end_matches('\n').contains('\n');
    Some(match is_line(expected) && is_line(&got) {
        true => differ(&format!("body {expected:?}"), &format!("body {got:?}")),
        false => differ_in_lines("body differs", expected, &got),
    })
}

fn check_json(expected: &Value, got: &[u8]) -> Option<String> {
    match serde_json::from_slice::<Value>(got) {
        Ok(value) if is_equal(expected, &value) => None,
        Ok(value) => Some(differ_in_lines(
            "body differs as JSON",
            &format!("{expected:#}\n"),
            &format!("{value:#}\n"),
        )),
        Err(e) => Some(differ(
            &format!("body {expected}"),
            &format!(
                "body {:?}, which is not JSON: {e}",
                String::from_utf8_lossy(got)
            ),
        )),
    }
}

/// Whether two values are equal; `1` and `1.0` are one number.
fn is_equal(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) if a.is_f64() || b.is_f64() => {
            a.as_f64() == b.as_f64()
        }
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| is_equal(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len()
                && a.iter()
                    .all(|(key, a)| b.get(key).is_some_and(|b| is_equal(a, b)))
        }
        _ => a == b,
    }
}

fn differ_in_lines(what: &str, expected: &str, got: &str) -> String {
    format!(
        "{what} (-expected, +got):\n{}",
        indent(&diff::lines(expected, got))
    )
}

fn differ(expected: &str, got: &str) -> String {
    let [expected, got] = [expected, got].map(|text| ends(text, MAX_SHOWN));
    format!("expected: {expected}\ngot:      {got}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn equal_json() {
        for (a, b, expected) in [
            (json!(1), json!(1.0), true),
            (json!({"a": [1, 2]}), json!({"a": [1.0, 2]}), true),
            (json!({"a": 1, "b": 2}), json!({"b": 2, "a": 1}), true),
            (json!({"a": 1}), json!({"a": 1, "b": 2}), false),
            (json!([1, 2]), json!([2, 1]), false),
            (json!(null), json!(false), false),
            (json!(1), json!(2), false),
            (
                json!(9_007_199_254_740_993_u64),
                json!(9_007_199_254_740_992_u64),
                false,
            ),
        ] {
            assert_eq!(is_equal(&a, &b), expected, "{a} {b}");
        }
    }
}
