//! Generates bindings for the host of a world, over the component API of Wasmtime: in C, and in MoonBit.
//!
//! In C, the header has the types and functions of the world, the source descriptions of them. The runtime,
//! `rules/runtime/host`, converts values and calls functions as the descriptions say.

mod header;
mod model;
mod moonbit;
mod names;
mod primitives;
mod source;
mod types;
mod world;

pub use names::{is_prefix, snake};

use crate::packages::WorldArgs;
use rules_wit_common::{Diagnostic, Result};
use world::World;

/// The bindings to generate.
pub struct Request<'a> {
    /// The world.
    pub world: &'a WorldArgs,
    /// The start of all names, or `None` for the name of the world.
    pub prefix: Option<&'a str>,
    /// Imported interfaces to leave out; a trailing `*` stands for any text.
    pub skip: &'a [String],
    /// The name of the language, for errors.
    pub language: &'a str,
}

/// Generated C bindings.
pub struct Bindings {
    /// The text of the header.
    pub header: String,
    /// The text of the source.
    pub source: String,
}

/// Generates C bindings; `header` is the name of the header, for the source. Fails like `with_world`.
pub fn generate_c(request: &Request<'_>, header_name: &str) -> Result<Bindings> {
    with_world(request, |world, preamble| Bindings {
        header: header::header(world, preamble),
        source: source::source(world, preamble, header_name),
    })
}

/// Generates a MoonBit package. Fails like `with_world`.
pub fn generate_moonbit(request: &Request<'_>) -> Result<String> {
    with_world(request, moonbit::moonbit)
}

/// Calls a function with a world and a comment about it. Fails if the package does not resolve, if there is no such world, or
/// if it has something that the C API has not.
fn with_world<T>(request: &Request<'_>, write: impl FnOnce(&World<'_>, &str) -> T) -> Result<T> {
    let read = request.world.read()?;
    let (resolve, id, name) = (&read.resolve, read.id, read.name());
    let language = request.language;

    let prefix = match request.prefix {
        Some(prefix) => prefix.to_owned(),
        None => snake(read.short_name()),
    };
    let is_skipped = |interface: &str| {
        request
            .skip
            .iter()
            .any(|pattern| match pattern.strip_suffix('*') {
                Some(start) => interface.starts_with(start),
                None => interface == pattern,
            })
    };
    let interfaces = world::interfaces(resolve, id, &is_skipped);
    let world = World::new(resolve, id, &prefix, &interfaces, &is_skipped).map_err(|fault| {
        let (function, parent, what) = (&fault.function, &fault.parent, &fault.what.what);
        let uses = if what == "is async" { "" } else { "uses " };
        let d = Diagnostic::new(format!(
            "cannot generate {language} host bindings of `{name}`: function `{function}` of `{parent}` {uses}{what}"
        ));
        let places = read.places();
        let (path, span) = match fault.what.span {
            Some(span) => (fault.what.path.clone(), span),
            None => (wit_source::spans::member(parent, function), fault.function_span),
        };
        places.add(resolve, d, &path, span).hint("leave it out of the world, or skip an imported interface with `--skip`").rule_hint("leave it out of the world, or skip an imported interface with `skip_imports`")
    })?;
    let target = match request.world.label() {
        Some(label) => format!("//\n// Generated for `{label}`.\n"),
        None => String::new(),
    };
    let preamble = format!("// {language} host bindings of the WIT world `{name}`.\n{target}");
    Ok(write(&world, &preamble))
}
