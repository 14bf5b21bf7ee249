//! Generates the Rust bindings of a world for programs that run its components.

use super::code::preamble;
use super::generator::Generator;
use super::{doc_locations, rust_names};
use crate::packages::{document, WorldArgs};
use rules_wit_common::{Diagnostic, Failure, Result};
use wit_parser::InterfaceId;

/// The bindings to generate.
pub struct HostRequest<'a> {
    /// The world.
    pub world: &'a WorldArgs,
    /// The program that generates the code.
    pub generator: Generator<'a>,
    /// Interfaces and types with bindings elsewhere, and the Rust paths of these: `NAME=PATH`.
    pub with: &'a [String],
    /// Other options of the generator.
    pub options: Vec<String>,
}

/// Generates the root of a crate. Fails if the package does not resolve, if there is no such world, or
/// if the generator fails.
pub fn generate_host(request: &HostRequest<'_>) -> Result<String> {
    let mut world = request.world.read()?;
    doc_locations::add(&mut world.resolve, &world.spans);
    let resolve = &world.resolve;
    let title = format!("world `{}`", world.name());
    let is_elsewhere = |id: InterfaceId| {
        let name = resolve.id_of(id).unwrap_or_default();
        let mut mapped = request.with.iter().filter_map(|w| w.split_once('='));
        mapped.any(|(n, _)| n == name)
    };
    if let Some(clash) = rust_names::clash(resolve, world.id, is_elsewhere) {
        let places = world.places();
        let diagnostic = places.add(resolve, clash.diagnostic, &clash.path, clash.span);
        return Err(diagnostic.into());
    }
    let failed = |message: &str| error(message, &title);
    let document = document(resolve, world.package).map_err(|e| failed(&e.to_string()))?;
    let mut options = request.options.clone();
    options.extend(request.with.iter().map(|value| format!("--with={value}")));
    let run = request
        .generator
        .run("rust", &document, world.short_name(), &options)?;
    let files = run.map_err(|e| failed(&e.message))?;
    let code: String = files.into_values().collect();
    Ok(preamble(&format!("{title}, for hosts"), request.world.label()) + &code)
}

/// The error for a message of the generator.
fn error(message: &str, world: &str) -> Failure {
    // What follows one of these is a list of names.
    let unused = [
        (
            "interfaces were specified in the `with` config option but are not referenced in the target world: ",
            "with_",
            "--with",
        ),
        ("unused `imports` rules found: ", "imports", "--imports"),
        ("unused `exports` rules found: ", "exports", "--exports"),
    ];
    let correct = |diagnostic: Diagnostic, attribute: &str, option: &str| {
        diagnostic
            .hint(format!("correct `{option}`"))
            .rule_hint(format!("correct `{attribute}`"))
            .into()
    };
    for (start, attribute, option) in unused {
        if let Some(names) = message.strip_prefix(start) {
            let names = quoted(names).join(", ");
            let diagnostic = Diagnostic::new(format!("{world} does not use {names}"));
            return correct(diagnostic, attribute, option);
        }
    }
    let no_error =
        "failed to locate a WIT error type corresponding to the `trappable_error_type` name ";
    if let Some(rest) = message.strip_prefix(no_error) {
        let name = rest.trim_end_matches(" provided");
        let diagnostic = Diagnostic::new(format!("{world} has no error type {name}"));
        return correct(diagnostic, "trappable_errors", "--trappable-error");
    }
    Diagnostic::new(format!(
        "cannot generate host bindings of {world}: {message}"
    ))
    .hint("change the WIT, or map the interface to existing bindings with `--with`")
    .rule_hint("change the WIT, or map the interface to existing bindings with `with_`")
    .into()
}

/// The names in a list of strings as `{:?}` writes it, in backquotes. The generator quotes names of functions
/// before, so that their quotes are escaped.
fn quoted(text: &str) -> Vec<String> {
    let quote = match text.contains("\\\"") {
        true => "\\\"",
        false => "\"",
    };
    let names = text.split(quote).skip(1).step_by(2);
    names.map(|name| format!("`{name}`")).collect()
}
