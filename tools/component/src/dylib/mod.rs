//! Generates a library that implements a world in terms of the functions of an interpreter, with
//! wit-dylib.

mod metadata;
mod support;

use crate::error::catch_message;
use rules_wit_common::{Diagnostic, Result};
use wit_component::{embed_component_metadata, StringEncoding};
use wit_dylib::{AsyncFilterSet, DylibOpts, StackPointer};
use wit_parser::WorldId;
use wit_source::Loaded;

/// How to generate the library.
pub struct Options<'a> {
    /// The name of the interpreter's library, for `component link`.
    pub interpreter: Option<&'a str>,
    /// Which functions are asynchronous, in upstream's syntax.
    pub async_filters: &'a [String],
    /// Whether to refuse asynchronous functions.
    pub no_async: bool,
    /// Whether to refuse futures and streams.
    pub no_streams: bool,
    /// Where the stack pointer is.
    pub stack_pointer: StackPointer,
    /// The encoding of strings.
    pub encoding: StringEncoding,
}

/// A library, and what it tells the interpreter.
pub struct Dylib {
    /// The library, which carries the world.
    pub library: Vec<u8>,
    /// Functions and types by their numbers, as JSON.
    pub metadata: String,
}

/// Generates the library of a world. The same world and options give the same bytes.
pub fn generate(loaded: &Loaded, world: WorldId, options: &Options<'_>) -> Result<Dylib> {
    let mut filters = AsyncFilterSet::default();
    for filter in options.async_filters {
        filters.push(filter);
    }
    let sync = options.no_async.then_some(&mut filters);
    support::check(loaded, world, sync, !options.no_streams)?;
    let mut opts = DylibOpts {
        interpreter: options.interpreter.map(str::to_owned),
        async_: filters,
        stack_pointer: options.stack_pointer.clone(),
    };
    let name = &loaded.resolve.worlds[world].name;
    let generated =
        catch_message(|| wit_dylib::create_with_metadata(&loaded.resolve, world, Some(&mut opts)));
    let (mut library, metadata) = generated.map_err(|panic| {
        Diagnostic::new(format!(
            "internal error: cannot generate the library of world `{name}`: {panic}"
        ))
        .hint("report it, with the WIT if possible")
    })?;
    opts.async_
        .ensure_all_used()
        .map_err(|e| unused_filter(&e.to_string(), name))?;
    embed_component_metadata(&mut library, &loaded.resolve, world, options.encoding).map_err(
        |e| {
            Diagnostic::new(format!("cannot encode world `{name}`: {e:#}"))
                .hint("check that `component validate` accepts a component of this world")
        },
    )?;
    Ok(Dylib {
        library,
        metadata: metadata::json(&metadata),
    })
}

fn unused_filter(message: &str, world: &str) -> Diagnostic {
    let filter = message.rsplit(": ").next().unwrap_or_default();
    let filter = filter.trim_start_matches("async option: ");
    Diagnostic::new(format!(
        "no function of world `{world}` matches `--async {filter}`"
    ))
    .hint("write a function of an interface as `ns:package/interface@version#function`")
    .rule_hint(
        "in `async_filter`, write a function of an interface as `ns:package/interface@version#function`",
    )
}
