//! Templates: `X.template` is rendered to `X`, with versions in place of variables.

use crate::tool_versions::Versions;
use regex::{Captures, Regex};
use rules_wit_common::{Diagnostic, Result, Site};
use std::sync::LazyLock;

/// The suffix of the name of a template.
pub const SUFFIX: &str = ".template";

static VARIABLE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"\$\{([A-Za-z0-9_]*)\}").ok());

/// Renders the template `shown` with the content `text`.
///
/// `${TOOL_VERSION}` is a version. A line with `${TOOL_VERSIONS}` is repeated for each version of the
/// list; `${TOOL_VERSIONS_SLUG}` is that version with dashes in place of dots.
///
/// Errors: unknown variables, and lines with variables of two lists.
pub fn render(shown: &str, text: &str, versions: &Versions) -> Result<String> {
    let (variables, lists) = (versions.variables(), versions.lists());
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let mut list: Option<&str> = None;
        for found in VARIABLE.iter().flat_map(|v| v.captures_iter(line)) {
            let name = found.get(1).map_or("", |m| m.as_str());
            let range = found.get(0).map_or(0..0, |m| at + m.start()..at + m.end());
            let of_list = name.strip_suffix("_SLUG").unwrap_or(name);
            if variables.contains_key(name) {
                continue;
            }
            let site = || Site::new(shown, text, range.clone());
            if !lists.contains_key(of_list) {
                let known: Vec<&str> = variables
                    .keys()
                    .chain(lists.keys())
                    .map(String::as_str)
                    .collect();
                return Err(Diagnostic::new(format!("unknown variable `{name}`"))
                    .site(site())
                    .note(format!("known variables: {}", known.join(", ")))
                    .hint(format!(
                        "add the tool to {}, or correct the name",
                        crate::tool_versions::PATH
                    ))
                    .into());
            }
            if list.is_some_and(|l| l != of_list) {
                return Err(Diagnostic::new("a line has variables of two lists")
                    .site(site())
                    .hint("write two lines")
                    .into());
            }
            list = Some(of_list);
        }
        let write = |version: Option<&str>| {
            let replace = |found: &Captures| -> String {
                let name = found.get(1).map_or("", |m| m.as_str());
                match (variables.get(name), version) {
                    (Some(value), _) => value.clone(),
                    (None, Some(version)) if name.ends_with("_SLUG") => version.replace('.', "-"),
                    (None, version) => version.unwrap_or_default().to_owned(),
                }
            };
            VARIABLE
                .as_ref()
                .map_or(line.into(), |v| v.replace_all(line, replace))
        };
        match list.and_then(|l| lists.get(l)) {
            Some(of) => of.iter().for_each(|v| out.push_str(&write(Some(v)))),
            None => out.push_str(&write(None)),
        }
        at += line.len();
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn versions() -> Versions {
        let text = "TOOL_VERSIONS = {\"wit-bindgen\": \"0.99.7\", \"wasm-tools\": \"1.999.7\"}\n\
            SOURCE_VERSIONS = {\"wit-bindgen\": [\"0.97.0\", \"0.99.7\"], \"wit-component\": [\"0.1.0\"]}\n";
        Versions::parse("f", text).expect("parses")
    }

    #[test]
    fn rendered() {
        for (template, expected) in [
            ("", ""),
            ("a ${b $c {}\r\n", "a ${b $c {}\r\n"),
            (
                "v=${WIT_BINDGEN_VERSION};${WASM_TOOLS_CRATES_VERSION}",
                "v=0.99.7;0.999.7",
            ),
            (
                "x\nw-${WIT_BINDGEN_VERSIONS_SLUG} = ${WIT_BINDGEN_VERSIONS}\ny\n",
                "x\nw-0-97-0 = 0.97.0\nw-0-99-7 = 0.99.7\ny\n",
            ),
        ] {
            assert_eq!(
                render("t", template, &versions()).expect(template),
                expected
            );
        }
    }

    #[test]
    fn errors_show_where() {
        for (template, place, title) in [
            (
                "a\nb ${NO_VERSION}\n",
                "t:2:3",
                "unknown variable `NO_VERSION`",
            ),
            ("${wit_bindgen}", "t:1:1", "unknown variable"),
            ("${}", "t:1:1", "unknown variable"),
            ("${WIT_BINDGEN_VERSION_SLUG}", "t:1:1", "unknown variable"),
            (
                "${WIT_BINDGEN_VERSIONS} ${WIT_COMPONENT_VERSIONS}",
                "t:1:25",
                "two lists",
            ),
        ] {
            let error = render("t", template, &versions())
                .expect_err(template)
                .render(false);
            assert!(error.contains(title) && error.contains(place), "{error}");
        }
    }
}
