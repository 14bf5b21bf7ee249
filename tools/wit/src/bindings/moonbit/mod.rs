//! Generates MoonBit bindings of a world, with the program `wit-bindgen moonbit`.

mod adapt;
mod order;
mod packages;
mod post_return;

use super::doc_locations;
use super::generator::{Files, Generator};
use super::refusals::{self, Refusal};
use crate::packages::{document, WorldArgs};
use rules_wit_common::{Diagnostic, Result};

/// The bindings to generate.
pub struct Request<'a> {
    /// The world.
    pub world: &'a WorldArgs,
    /// The program that generates the code.
    pub generator: Generator<'a>,
    /// Traits that generated types derive: `debug`, `eq`, `show`.
    pub derive: &'a [String],
}

const NO_ASYNC: Refusal = Refusal {
    of: refusals::of_async,
    reason: "MoonBit bindings have no async support",
    hint: "leave the function out of the world, or implement it in another language",
};

/// The file that lists the packages.
const MANIFEST: &str = "bindings.json";

/// Generates bindings: the sources, and `bindings.json`, which lists the packages.
///
/// Fails if the package does not resolve, if there is no such world, if the world has something
/// async, or if the generator fails or writes other code than expected.
pub fn generate(request: &Request<'_>) -> Result<Files> {
    let mut world = request.world.read()?;
    doc_locations::add(&mut world.resolve, &world.spans);
    let resolve = &world.resolve;
    if let Some(refused) = refusals::first(resolve, world.id, |_| false, &NO_ASYNC) {
        let places = world.places();
        return Err(places
            .add(resolve, refused.diagnostic, &refused.path, refused.span)
            .into());
    }
    let title = format!("world `{}`", world.name());
    let failed = |message: &str| {
        Diagnostic::new(format!("cannot generate bindings of {title}: {message}"))
            .hint("change the WIT, or use another version of the generator")
    };
    let document = document(resolve, world.package).map_err(|e| failed(&e.to_string()))?;
    let derive = request.derive.iter().map(|name| format!("--derive-{name}"));
    let options: Vec<String> = derive.collect();
    let mut files = request
        .generator
        .run("moonbit", &document, world.short_name(), &options)?
        .map_err(|e| failed(&e.message))?;
    let unexpected = |e: String| {
        failed(&format!(
            "the generator wrote other code than expected: {e}"
        ))
    };
    let mut manifest = packages::manifest(&mut files, resolve, world.id).map_err(unexpected)?;
    files.retain(|path, _| path.ends_with(".mbt"));
    post_return::add(&mut files, packages::ENTRY_FILE, &mut manifest.exports)
        .map_err(unexpected)?;
    for (path, text) in &mut files {
        *text = order::sorted(text);
        *text = adapt::adapt(path, text)?;
    }
    files.insert(MANIFEST.to_owned(), manifest.to_json());
    Ok(files)
}
