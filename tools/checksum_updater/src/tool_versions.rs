//! Parses `toolchains/tool_versions.bzl`, a subset of Starlark: dicts of strings and of lists of strings.

use crate::version;
use indexmap::IndexMap;
use rules_wit_common::{read_text, Diagnostic, Limit, Result, Site};
use std::ops::Range;
use std::path::Path;

/// The file with the versions, relative to the root of the workspace.
pub const PATH: &str = "toolchains/tool_versions.bzl";

/// The versions of all tools.
#[derive(Debug, Default)]
pub struct Versions {
    /// `TOOL_VERSIONS`: the version of each tool, and its line.
    pub tools: IndexMap<String, (String, usize)>,
    /// `SOURCE_VERSIONS`: the versions of each tool that are built from source.
    pub sources: IndexMap<String, Vec<String>>,
}

impl Versions {
    /// Reads the file of a workspace.
    pub fn read(root: &Path) -> Result<Versions> {
        Versions::parse(PATH, &read_text(&root.join(PATH), Limit::SOURCE)?)
    }

    /// Parses the text of the file `shown`. Errors show the location.
    pub fn parse(shown: &str, text: &str) -> Result<Versions> {
        let mut parser = Parser { shown, text, at: 0 };
        let mut versions = Versions::default();
        for (name, dict) in parser.file()? {
            for (key, value) in dict {
                match (name, value) {
                    ("TOOL_VERSIONS", Value::One(text, range)) => {
                        let line = Site::new(shown, parser.text, range).line();
                        versions.tools.insert(key, (text, line));
                    }
                    ("SOURCE_VERSIONS", Value::Many(list)) => {
                        versions.sources.insert(key, list);
                    }
                    ("TOOL_VERSIONS", Value::Many(_)) | ("SOURCE_VERSIONS", Value::One(..)) => {
                        let title =
                            format!("`{name}[\"{key}\"]` has a value of the wrong kind in {shown}");
                        let hint = "TOOL_VERSIONS has strings, SOURCE_VERSIONS lists of strings";
                        return Err(Diagnostic::new(title).hint(hint).into());
                    }
                    _ => {}
                }
            }
        }
        if versions.tools.is_empty() {
            let title = format!("no `TOOL_VERSIONS` in {shown}");
            return Err(Diagnostic::new(title)
                .hint("write TOOL_VERSIONS = {\"tool\": \"1.2.3\"}")
                .into());
        }
        Ok(versions)
    }

    /// The variables of templates that are one version, such as `WIT_BINDGEN_VERSION`.
    pub fn variables(&self) -> IndexMap<String, String> {
        let mut variables = IndexMap::new();
        for (tool, (version, _)) in &self.tools {
            variables.insert(format!("{}_VERSION", variable(tool)), version.clone());
        }
        if let Some(crates) = self
            .tools
            .get("wasm-tools")
            .and_then(|(v, _)| version::of_crates(v))
        {
            variables.insert("WASM_TOOLS_CRATES_VERSION".to_owned(), crates);
        }
        variables
    }

    /// The variables of templates that are a list, such as `WIT_BINDGEN_VERSIONS`.
    pub fn lists(&self) -> IndexMap<String, &[String]> {
        let lists = self.sources.iter();
        lists
            .map(|(name, list)| (format!("{}_VERSIONS", variable(name)), list.as_slice()))
            .collect()
    }
}

fn variable(tool: &str) -> String {
    tool.to_uppercase().replace('-', "_")
}

enum Value {
    One(String, Range<usize>),
    Many(Vec<String>),
}

type Dict = IndexMap<String, Value>;

struct Parser<'a> {
    shown: &'a str,
    text: &'a str,
    at: usize,
}

impl<'a> Parser<'a> {
    /// `[docstring] { load(...) | NAME = { dict } | NAME = NAME }`.
    fn file(&mut self) -> Result<Vec<(&'a str, Dict)>> {
        let mut found: Vec<(&str, Dict)> = Vec::new();
        self.skip();
        if self.rest().starts_with("\"\"\"") {
            self.docstring()?;
        }
        loop {
            self.skip();
            if self.rest().is_empty() {
                return Ok(found);
            }
            let start = self.at;
            let name = self.name("a name")?;
            if name == "load" {
                self.load()?;
                continue;
            }
            if found.iter().any(|(n, _)| *n == name) {
                return Err(self.error(start, &format!("`{name}` is assigned twice")));
            }
            self.expect("=")?;
            self.skip();
            // A name re-exports a dict of another file.
            let dict = if self.rest().starts_with('{') {
                self.dict()?
            } else {
                self.name("`{`").map(|_| Dict::new())?
            };
            found.push((name, dict));
        }
    }

    fn load(&mut self) -> Result<()> {
        self.expect("(")?;
        loop {
            self.skip();
            if self.take(")") {
                return Ok(());
            }
            if !self.rest().starts_with('"') {
                self.name("a string")?;
                self.expect("=")?;
                self.skip();
            }
            self.string()?;
            self.skip();
            if !self.take(",") && !self.rest().starts_with(')') {
                return Err(self.error(self.at, "expected `,` or `)`"));
            }
        }
    }

    fn dict(&mut self) -> Result<Dict> {
        let mut dict = Dict::new();
        self.expect("{")?;
        loop {
            self.skip();
            if self.take("}") {
                return Ok(dict);
            }
            let start = self.at;
            let key = self.string()?;
            self.expect(":")?;
            self.skip();
            let from = self.at;
            let value = if self.rest().starts_with('[') {
                Value::Many(self.list()?)
            } else {
                Value::One(self.string()?, from..self.at)
            };
            if dict.insert(key.clone(), value).is_some() {
                return Err(self.error(start, &format!("duplicate key `{key}`")));
            }
            self.skip();
            if !self.take(",") && !self.rest().starts_with('}') {
                return Err(self.error(self.at, "expected `,` or `}`"));
            }
        }
    }

    fn list(&mut self) -> Result<Vec<String>> {
        let mut list = Vec::new();
        self.expect("[")?;
        loop {
            self.skip();
            if self.take("]") {
                return Ok(list);
            }
            list.push(self.string()?);
            self.skip();
            if !self.take(",") && !self.rest().starts_with(']') {
                return Err(self.error(self.at, "expected `,` or `]`"));
            }
        }
    }

    fn string(&mut self) -> Result<String> {
        let start = self.at;
        if !self.take("\"") {
            return Err(self.error(start, "expected a string in double quotes"));
        }
        match self.rest().find(['"', '\n', '\\']) {
            Some(end) if self.rest()[end..].starts_with('"') => {
                let text = self.rest()[..end].to_owned();
                self.at += end + 1;
                Ok(text)
            }
            Some(end) if self.rest()[end..].starts_with('\\') => {
                Err(self.error(self.at + end, "escapes are not supported"))
            }
            _ => Err(self.error(start, "the string is not closed in its line")),
        }
    }

    fn docstring(&mut self) -> Result<()> {
        let start = self.at;
        match self.rest()[3..].find("\"\"\"") {
            Some(end) => {
                self.at += end + 6;
                Ok(())
            }
            None => Err(self.error(start, "the docstring is not closed")),
        }
    }

    fn name(&mut self, expected: &str) -> Result<&'a str> {
        let rest = self.rest();
        let end = rest
            .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
            .unwrap_or(rest.len());
        if end == 0 || rest.starts_with(|c: char| c.is_ascii_digit()) {
            return Err(self.error(self.at, &format!("expected {expected}")));
        }
        self.at += end;
        Ok(&rest[..end])
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    /// Skips blanks and comments.
    fn skip(&mut self) {
        loop {
            let rest = self.rest().trim_start();
            self.at = self.text.len() - rest.len();
            if !rest.starts_with('#') {
                return;
            }
            self.at += rest.find('\n').unwrap_or(rest.len());
        }
    }

    fn take(&mut self, token: &str) -> bool {
        let taken = self.rest().starts_with(token);
        if taken {
            self.at += token.len();
        }
        taken
    }

    fn expect(&mut self, token: &str) -> Result<()> {
        self.skip();
        match self.take(token) {
            true => Ok(()),
            false => Err(self.error(self.at, &format!("expected `{token}`"))),
        }
    }

    fn error(&self, at: usize, title: &str) -> rules_wit_common::Failure {
        Diagnostic::new(title)
            .site(Site::new(self.shown, self.text, at..at + 1))
            .hint("use only dicts of strings and of lists of strings: other programs read this file too")
            .into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "\"\"\"Doc.\n\"\"\"\n\nload(\":c.bzl\", \"X\", Y = \"Z\")\n# a comment\nTOOL_VERSIONS = {\n    # why\n    \
        \"wit-bindgen\": \"0.99.7\",  # and why\n    \"wasm-tools\": \"1.999.7\"\n}\n\
        SOURCE_VERSIONS = {\"wit-bindgen\": [\"0.97.0\", \"0.99.7\",], \"e\": []}\nTOOL_COMPATIBILITY = X\n";

    #[test]
    fn what_it_says() {
        let versions = Versions::parse("f", GOOD).expect("parses");
        assert_eq!(versions.tools["wit-bindgen"], ("0.99.7".to_owned(), 8));
        assert_eq!(versions.sources["wit-bindgen"], ["0.97.0", "0.99.7"]);
        let variables = versions.variables();
        assert_eq!(variables["WIT_BINDGEN_VERSION"], "0.99.7");
        assert_eq!(variables["WASM_TOOLS_CRATES_VERSION"], "0.999.7");
        assert_eq!(versions.lists()["WIT_BINDGEN_VERSIONS"].len(), 2);
    }

    #[test]
    fn errors_show_where() {
        for (text, place, title) in [
            ("", "", "no `TOOL_VERSIONS`"),
            ("\"\"\"x", "f:1:1", "docstring is not closed"),
            (
                "TOOL_VERSIONS = {\n  'a': \"1\"}",
                "f:2:3",
                "expected a string in double quotes",
            ),
            (
                "TOOL_VERSIONS = {\"a\": \"1\" \"b\": \"2\"}",
                "f:1:27",
                "expected `,` or `}`",
            ),
            (
                "TOOL_VERSIONS = {\"a\": \"1\", \"a\": \"2\"}",
                "f:1:28",
                "duplicate key",
            ),
            (
                "TOOL_VERSIONS = {\"a\": \"1\n\"}",
                "f:1:23",
                "not closed in its line",
            ),
            (
                "TOOL_VERSIONS = {\"a\": \"1\\x\"}",
                "f:1:25",
                "escapes are not",
            ),
            ("TOOL_VERSIONS = {\"a\": 1}", "f:1:23", "expected a string"),
            ("TOOL_VERSIONS = {\"a\": [\"1\"]}", "", "wrong kind"),
            (
                "TOOL_VERSIONS = {\"a\": \"1\"",
                "f:1:26",
                "expected `,` or `}`",
            ),
            (
                "TOOL_VERSIONS = {\"a\": \"1\"}\nTOOL_VERSIONS = {}",
                "f:2:1",
                "assigned twice",
            ),
            ("TOOL_VERSIONS = [x for x in y]", "f:1:17", "expected `{`"),
            ("TOOL_VERSIONS += {}", "f:1:15", "expected `=`"),
            ("load(3)", "f:1:6", "expected a string"),
            ("é", "f:1:1", "expected a name"),
        ] {
            let error = Versions::parse("f", text).expect_err(text).render(false);
            assert!(
                error.contains(title) && error.contains(place),
                "{text}: {error}"
            );
        }
    }
}
