//! The files that are generated as a whole, from templates and from the registry.

use crate::registry::{self, starlark};
use crate::sync::literals;
use crate::sync::template::{self, SUFFIX};
use crate::tool_versions::{self, Versions};
use rules_wit_common::{read_text, Failure, Limit, Result};
use std::path::Path;

/// A generated file.
pub struct Generated {
    /// The path, relative to the root.
    pub path: String,
    /// The text that it should have.
    pub text: String,
    /// The text that it has; `None` if it does not exist.
    pub current: Option<String>,
    /// The file or folder that it is generated from.
    pub source: String,
}

/// Renders all templates.
pub fn templates(root: &Path, files: &[String], versions: &Versions) -> Result<Vec<Generated>> {
    let mut generated = Vec::new();
    let mut problems = Vec::new();
    for template in files {
        let Some(path) = rendered(template) else {
            continue;
        };
        let text = read_text(&root.join(template), Limit::SOURCE)?;
        match template::render(template, &text, versions) {
            Ok(text) => generated.push(Generated {
                path: path.to_owned(),
                text,
                current: current(root, path)?,
                source: format!("{template} with {}", tool_versions::PATH),
            }),
            Err(failure) => problems.extend(failure),
        }
    }
    Failure::from_all(problems).map_or(Ok(generated), Err)
}

/// The file that a template is rendered to. Templates of tests are not rendered.
fn rendered(template: &str) -> Option<&str> {
    template
        .strip_suffix(SUFFIX)
        .filter(|_| !template.split('/').any(|d| d == "tests"))
}

/// Renders the registry as Starlark, if there is a registry.
pub fn data(root: &Path, files: &[String]) -> Result<Option<Generated>> {
    let directory = format!("{}/", registry::DIRECTORY);
    if !files.iter().any(|f| f.starts_with(&directory)) {
        return Ok(None);
    }
    Ok(Some(Generated {
        path: starlark::PATH.to_owned(),
        text: starlark::render(&registry::read(root, None)?),
        current: current(root, starlark::PATH)?,
        source: registry::DIRECTORY.to_owned(),
    }))
}

fn current(root: &Path, path: &str) -> Result<Option<String>> {
    let path = root.join(path);
    path.exists()
        .then(|| read_text(&path, Limit::SOURCE))
        .transpose()
}

pub fn files_with_literals(files: &[String]) -> impl Iterator<Item = &'static str> + '_ {
    literals::files()
        .into_iter()
        .filter(|f| files.iter().any(|g| g == f))
}
