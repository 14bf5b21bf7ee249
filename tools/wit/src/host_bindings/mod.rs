//! Generates C bindings for the host of a world, over the component API of Wasmtime.
//!
//! The header has the types and functions of the world, the source descriptions of them. The runtime,
//! `rules/runtime/host`, converts values and calls functions as the descriptions say.

mod header;
mod model;
mod names;
mod primitives;
mod source;
mod types;
mod world;

pub use names::{is_prefix, snake};

use crate::spans::{Places, Spans};
use rules_wit_common::{Diagnostic, Result};
use std::path::PathBuf;
use wit_source::{parse, select_world, Features};
use world::World;

/// The bindings to generate.
pub struct Request<'a> {
    /// The label of the target of the bindings.
    pub label: Option<&'a str>,
    /// The package, in normal form.
    pub wit: &'a PathBuf,
    /// The packages that it uses, in normal form.
    pub deps: &'a [PathBuf],
    /// The world.
    pub world: &'a str,
    /// The features whose `@unstable` items exist.
    pub features: &'a [String],
    /// Files with the locations of items.
    pub spans: &'a [PathBuf],
    /// The start of all names, or `None` for the name of the world.
    pub prefix: Option<&'a str>,
    /// Imported interfaces to leave out; a trailing `*` stands for any text.
    pub skip: &'a [String],
    /// The name of the header, for the source.
    pub header: &'a str,
}

/// Generated bindings.
pub struct Bindings {
    /// The text of the header.
    pub header: String,
    /// The text of the source.
    pub source: String,
}

/// Generates bindings. Fails if the package does not resolve, if there is no such world, or if it has
/// something that the C API has not.
pub fn generate(request: &Request<'_>) -> Result<Bindings> {
    let features = Features::Only(request.features.to_vec());
    let main = std::slice::from_ref(request.wit);
    let loaded = parse(request.label, main, request.deps)?.resolve(&features)?;
    let id = select_world(&loaded, request.label, request.world)?;
    let resolve = &loaded.resolve;
    let world = &resolve.worlds[id];
    let spans: Vec<Spans> = (request.spans.iter())
        .map(|f| Spans::read(f))
        .collect::<Result<_>>()?;
    let package = world.package.unwrap_or(loaded.main);
    let name = resolve.id_of_name(package, &world.name);

    let prefix = match request.prefix {
        Some(prefix) => prefix.to_owned(),
        None => snake(&world.name),
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
            "cannot generate C host bindings of `{name}`: function `{function}` of `{parent}` {uses}{what}"
        ));
        let places = Places {
            sources: &loaded.sources,
            spans: &spans,
        };
        let (path, span) = match fault.what.span {
            Some(span) => (fault.what.path.clone(), span),
            None => (crate::spans::member(parent, function), fault.function_span),
        };
        places.add(resolve, d, &path, span).hint("leave it out of the world, or skip an imported interface with `--skip`").rule_hint("leave it out of the world, or skip an imported interface with `skip_imports`")
    })?;
    let target = match request.label {
        Some(label) => format!("//\n// Generated for `{label}`.\n"),
        None => String::new(),
    };
    let preamble = format!("// C host bindings of the WIT world `{name}`.\n{target}");
    Ok(Bindings {
        header: header::header(&world, &preamble),
        source: source::source(&world, &preamble, request.header),
    })
}
