//! The imports that the host provides.

use rules_wit_common::{Diagnostic, Result};
use std::collections::BTreeSet;
use wasmtime::component::types::ComponentItem;
use wasmtime::component::Component;

/// The interfaces of WASI 0.2 that the host provides, in each 0.2 version that Wasmtime supports.
const P2: &[&str] = &[
    "wasi:cli/environment",
    "wasi:cli/exit",
    "wasi:cli/stderr",
    "wasi:cli/stdin",
    "wasi:cli/stdout",
    "wasi:cli/terminal-input",
    "wasi:cli/terminal-output",
    "wasi:cli/terminal-stderr",
    "wasi:cli/terminal-stdin",
    "wasi:cli/terminal-stdout",
    "wasi:clocks/monotonic-clock",
    "wasi:clocks/wall-clock",
    "wasi:filesystem/preopens",
    "wasi:filesystem/types",
    "wasi:http/outgoing-handler",
    "wasi:http/types",
    "wasi:io/error",
    "wasi:io/poll",
    "wasi:io/streams",
    "wasi:random/insecure",
    "wasi:random/insecure-seed",
    "wasi:random/random",
    "wasi:sockets/instance-network",
    "wasi:sockets/ip-name-lookup",
    "wasi:sockets/network",
    "wasi:sockets/tcp",
    "wasi:sockets/tcp-create-socket",
    "wasi:sockets/udp",
    "wasi:sockets/udp-create-socket",
];

/// The interfaces of WASI 0.3 that the host provides.
const P3: &[&str] = &[
    "wasi:cli/environment",
    "wasi:cli/exit",
    "wasi:cli/stderr",
    "wasi:cli/stdin",
    "wasi:cli/stdout",
    "wasi:cli/terminal-input",
    "wasi:cli/terminal-output",
    "wasi:cli/terminal-stderr",
    "wasi:cli/terminal-stdin",
    "wasi:cli/terminal-stdout",
    "wasi:cli/types",
    "wasi:clocks/monotonic-clock",
    "wasi:clocks/system-clock",
    "wasi:clocks/types",
    "wasi:filesystem/preopens",
    "wasi:filesystem/types",
    "wasi:http/client",
    "wasi:http/types",
    "wasi:random/insecure",
    "wasi:random/insecure-seed",
    "wasi:random/random",
    "wasi:sockets/ip-name-lookup",
    "wasi:sockets/types",
];

/// `wasi:config`, which has no stable version.
const CONFIG: &str = "wasi:config/store@0.2.0-rc.1";

/// Checks that the host provides all imports of a component. The error lists those that are missing.
pub fn check(component: &Component, name: &str) -> Result<()> {
    let ty = component.component_type();
    let missing: Vec<&str> = ty
        .imports(component.engine())
        .filter(|(name, item)| !is_provided(name) && !is_only_types(component, &item.ty))
        .map(|(name, _)| name)
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let count = match missing.len() {
        1 => "1 import".to_owned(),
        n => format!("{n} imports"),
    };
    let is_wasi = |import: &&str| import.starts_with("wasi:");
    let is_other = |import: &&str| is_wasi(import) && !is_known_version(import);
    let plug = "plug components that export them, with `component plug` or `wasm_component_plug`";
    let hint = if missing.iter().any(is_other) {
        "build the component for WASI 0.2 or 0.3, the versions that the host provides".to_owned()
    } else if missing.iter().any(is_wasi) {
        format!("the host provides {}: {plug}", packages())
    } else {
        plug.to_owned()
    };
    let list: Vec<String> = missing.iter().map(|import| format!("  {import}")).collect();
    Err(Diagnostic::new(format!(
        "`{name}` has {count} that the host does not provide"
    ))
    .note(format!("missing imports:\n{}", list.join("\n")))
    .hint(hint)
    .into())
}

/// Whether an import is a type, or an interface of types only, which needs no implementation.
fn is_only_types(component: &Component, item: &ComponentItem) -> bool {
    match item {
        ComponentItem::Type(_) => true,
        ComponentItem::ComponentInstance(instance) => instance
            .exports(component.engine())
            .all(|(_, item)| is_only_types(component, &item.ty)),
        _ => false,
    }
}

/// Whether the host provides an import.
fn is_provided(import: &str) -> bool {
    let name = import.split('@').next().unwrap_or_default();
    match minor(import) {
        Some("0.2") => P2.contains(&name) || import == CONFIG,
        Some("0.3") => P3.contains(&name) && !version(import).contains('-'),
        _ => false,
    }
}

/// Whether an import is an interface of WASI 0.2 other than `wasi:http`.
pub fn is_basic(import: &str) -> bool {
    let name = import.split('@').next().unwrap_or_default();
    minor(import) == Some("0.2") && P2.contains(&name) && !name.starts_with("wasi:http/")
}

fn is_known_version(import: &str) -> bool {
    matches!(minor(import), Some("0.2" | "0.3")) && !version(import).contains('-')
}

/// The first two parts of the version.
fn minor(import: &str) -> Option<&str> {
    let (first, _patch) = version(import).split('-').next()?.rsplit_once('.')?;
    Some(first)
}

fn version(import: &str) -> &str {
    import.split_once('@').map_or("", |(_, version)| version)
}

/// The names of the WASI packages of the host, as a part of a sentence.
fn packages() -> String {
    let all = P2.iter().chain(P3).chain([&CONFIG]);
    let names: BTreeSet<&str> = all.filter_map(|i| i.split('/').next()).collect();
    let mut names: Vec<&str> = names.into_iter().collect();
    let last = names.pop().unwrap_or_default();
    format!("{} and {last}", names.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn provided() {
        for (import, expected) in [
            ("wasi:cli/exit@0.2.0", true),
            ("wasi:cli/exit@0.2.9", true),
            ("wasi:cli/exit@0.3.0", true),
            ("wasi:cli/exit@0.3.1", true),
            ("wasi:cli/exit@0.4.0", false),
            ("wasi:cli/exit@0.3.0-rc-2026-02-09", false),
            ("wasi:cli/exit", false),
            ("wasi:http/types@0.2.0", true),
            ("wasi:http/handler@0.3.0", false),
            ("wasi:io/poll@0.3.0", false),
            ("wasi:config/store@0.2.0-rc.1", true),
            ("wasi:config/store@0.2.0", false),
            ("exit", false),
        ] {
            assert_eq!(is_provided(import), expected, "{import}");
        }
        assert!(packages().starts_with("wasi:cli, wasi:clocks, wasi:config, "));
        assert!(packages().ends_with(" and wasi:sockets"));
    }
}
