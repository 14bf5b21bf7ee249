//! Generates the bindings of a world or a package.

use super::code::{as_crate_root, preamble, without_section};
use super::crates::{self, Crate, Crates};
use super::doc_locations;
use super::generator::Generator;
use super::refusals::{self, Refusal};
use super::rust_names::{self, Clash};
use super::{parameters, payloads};
use crate::packages::{document, PackageArgs};
use rules_wit_common::{Diagnostic, Failure, Result};
use std::path::PathBuf;
use wit_parser::{InterfaceId, Resolve, TypeDefKind, TypeId, TypeOwner};
use wit_source::select_world;
use wit_source::spans::{member, Places};

/// The bindings to generate.
pub struct Request<'a> {
    /// The package.
    pub package: &'a PackageArgs,
    /// The world, or `None` for all interfaces of the package.
    pub world: Option<&'a str>,
    /// Descriptions of crates with bindings of other packages.
    pub crates: &'a [PathBuf],
    /// The name of the generated crate, if it is to be described.
    pub crate_name: Option<&'a str>,
    /// The program that generates the code.
    pub generator: Generator<'a>,
    /// Whether the runtime supports async functions, futures and streams.
    pub has_async: bool,
    /// Options of the generator.
    pub options: Vec<String>,
    /// The values of options `--with`.
    pub with: &'a [String],
    /// Options of the generator that name interfaces: each is passed on only if the code has them.
    pub options_of_interfaces: Vec<String>,
}

/// Generated bindings.
pub struct Bindings {
    /// The root of the crate.
    pub code: String,
    /// The description of the crate, if it has a name.
    pub description: Option<Crate>,
}

/// The panic of the generator for an alias of a handle.
const PANIC_OF_HANDLES: &str = "handle types do not require definition";

const GENERATE_ALL: &str = "--generate-all";

const NO_ASYNC: Refusal = Refusal {
    of: refusals::of_async,
    reason: "the runtime has no async support",
    hint: "use `runtime = \"official\"`, in a version of wit-bindgen since 0.60, or leave the function out of the world",
};

const PANICS: Refusal = Refusal {
    of: refusals::of_panics,
    reason: "the generator does not support it",
    hint: "use another type, or another version of the generator",
};

const MOVED_ELEMENTS: Refusal = Refusal {
    of: refusals::of_moved_elements,
    reason: "the generator does not support it",
    hint: "use a list without a length",
};

/// Generates bindings. Fails if the package does not resolve, if there is no such world, or if the
/// generator fails.
pub fn generate(request: Request<'_>) -> Result<Bindings> {
    let label = request.package.label();
    let parsed = request.package.parse()?;
    let nested: Vec<_> = parsed.group.nested.iter().map(|p| p.name.clone()).collect();
    let mut loaded = parsed.resolve(&request.package.features())?;
    let is_package = request.world.is_none();
    let (package, world) = match request.world {
        Some(name) => {
            let world = select_world(&loaded, label, name)?;
            let package = loaded.resolve.worlds[world].package;
            (package.unwrap_or(loaded.main), world)
        }
        None => {
            let nested = nested
                .iter()
                .filter_map(|n| loaded.resolve.package_names.get(n));
            let own: Vec<_> = std::iter::once(loaded.main)
                .chain(nested.copied())
                .collect();
            crates::world_of(&mut loaded.resolve, &own)
                .map_err(|e| Diagnostic::new(format!("cannot import the package: {e:#}")))?
        }
    };
    let (resolve, sources) = (&mut loaded.resolve, loaded.sources);
    let spans = request.package.spans()?;
    doc_locations::add(resolve, &spans);
    let title = match is_package {
        true => format!("package `{}`", resolve.packages[loaded.main].name),
        false => {
            let name = resolve.id_of_name(package, &resolve.worlds[world].name);
            format!("world `{name}`")
        }
    };

    let (crates, with) = Crates::read(request.crates, request.with)?;
    let mut options = request.options;
    let with = with.iter().map(|value| format!("--with={value}"));
    let of_interfaces: Vec<String> = with.chain(request.options_of_interfaces).collect();
    let relevant = crates.relevant(resolve, world, is_package, &of_interfaces);
    options.extend(relevant.into_iter().cloned());
    let mut options_of_whole = options.clone();
    options_of_whole.retain(|option| option != GENERATE_ALL);
    options_of_whole.push(GENERATE_ALL.to_owned());
    options_of_whole.extend(crates.with(resolve, world, true));
    options.extend(crates.with(resolve, world, false));

    let is_mapped = |name: &str| {
        let mut mapped = request.with.iter().filter_map(|w| w.split_once('='));
        mapped.any(|(n, path)| n == name && path != "generate")
    };
    let is_elsewhere = |resolve: &Resolve, id: InterfaceId| {
        is_mapped(&resolve.id_of(id).unwrap_or_default()) || crates.has(resolve, id)
    };
    let places = Places {
        sources: &sources,
        spans: &spans,
    };
    let refused = |resolve: &Resolve, refusal: &Refusal| {
        refusals::first(resolve, world, |id| is_elsewhere(resolve, id), refusal)
    };
    let at = |resolve: &Resolve, clash: Clash| -> Failure {
        let d = places.add(resolve, clash.diagnostic, &clash.path, clash.span);
        d.into()
    };
    let unsupported = match request.has_async {
        true => None,
        false => refused(resolve, &NO_ASYNC),
    };
    let unsupported = unsupported.or_else(|| refused(resolve, &MOVED_ELEMENTS));
    let clash = || rust_names::clash(resolve, world, |id| is_elsewhere(resolve, id));
    if let Some(clash) = unsupported.or_else(clash) {
        return Err(at(resolve, clash));
    }
    let world_name = resolve.worlds[world].name.clone();
    let run = |resolve: &Resolve, options: &[String]| -> Result<String> {
        let failed = |message: &str| generator_error(message, &title, resolve, &places);
        let document = document(resolve, package).map_err(|e| failed(&e.to_string()))?;
        let files = request
            .generator
            .run("rust", &document, &world_name, options)?;
        let files = files.map_err(|e| {
            let is_known = !e.is_panic || e.message == PANIC_OF_HANDLES;
            let unsupported = match is_known {
                true => None,
                false => refused(resolve, &PANICS),
            };
            match unsupported {
                Some(clash) => at(resolve, clash),
                None => failed(&e.message),
            }
        })?;
        Ok(files.into_values().next().unwrap_or_default())
    };
    let mut code = run(resolve, &options)?;
    if parameters::rename(resolve, &parameters::hidden(&code)) {
        let renamed = run(resolve, &options)?;
        let hidden = parameters::hidden(&renamed);
        let sections = parameters::with_sections_of(&renamed, &code);
        code = sections.filter(|_| hidden.is_empty()).ok_or_else(|| {
            let hidden: Vec<&str> = parameters::hidden(&code).into_iter().collect();
            Diagnostic::new(format!(
                "parameters of {title} are called like locals of its bindings: {}",
                hidden.join(", ")
            ))
            .hint("rename these parameters")
        })?;
    }
    if !is_package && payloads::are_elsewhere(resolve, world, |id| crates.has(resolve, id)) {
        let whole = run(resolve, &options_of_whole)?;
        code = payloads::with_modules_of(&code, &whole);
    }
    let mut out = preamble(&title, label);
    if is_package {
        out.push_str(&without_section(&code));
    } else {
        out.push_str(&as_crate_root(&code));
        out.push_str(&crates.reexports(resolve, world));
    }
    let name = request.crate_name;
    let description = name.map(|name| Crate::new(name, resolve, world, &crates));
    Ok(Bindings {
        code: out,
        description,
    })
}

/// The error for a message of the generator about a world or package.
fn generator_error(message: &str, of: &str, resolve: &Resolve, places: &Places<'_>) -> Failure {
    if let Some(names) = message.strip_prefix("unused remappings provided via `with`: ") {
        let names = names.trim_matches(['[', ']']).replace('"', "`");
        return Diagnostic::new(format!("{of} does not use {names}"))
            .hint("remove the `--with` of it")
            .rule_hint("remove it from `with`")
            .into();
    }
    if let Some(name) = message.strip_prefix("missing `with` mapping for the key ") {
        return Diagnostic::new(format!("{of} uses {name}, for which there are no bindings"))
            .hint("map it with `--with`, or generate it with `--generate-all`")
            .rule_hint("map it with `with`, or generate it with `generate_all`")
            .into();
    }
    let d = Diagnostic::new(format!("cannot generate bindings of {of}: {message}"));
    if message == PANIC_OF_HANDLES {
        if let Some((id, name)) = handle_alias(resolve) {
            let ty = &resolve.types[id];
            let (title, path) = match ty.owner {
                TypeOwner::Interface(i) => {
                    let parent = resolve.id_of(i).unwrap_or_default();
                    (
                        format!("type `{name}` of `{parent}`"),
                        member(&parent, name),
                    )
                }
                _ => (format!("type `{name}`"), String::new()),
            };
            let d = Diagnostic::new(format!(
                "cannot generate bindings of {of}: {title} is an alias of a handle"
            ));
            let d = places.add(resolve, d, &path, ty.span);
            return d
                .hint(format!(
                    "write the handle, such as `own<...>`, in place of `{name}`"
                ))
                .into();
        }
    }
    d.hint("use another version of the generator, or change the WIT")
        .into()
}

/// A named type that is a handle: `type t = own<r>`.
fn handle_alias(resolve: &Resolve) -> Option<(TypeId, &str)> {
    let mut types = resolve.types.iter();
    types.find_map(|(id, ty)| {
        let is_handle = matches!(ty.kind, TypeDefKind::Handle(_));
        Some((id, ty.name.as_deref().filter(|_| is_handle)?))
    })
}
