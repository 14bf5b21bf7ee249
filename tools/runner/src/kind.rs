//! What a component exports, before it is compiled.

use wasmtime_environ::wasmparser::{Parser, Payload};

/// The interfaces that handle HTTP requests.
const HANDLERS: [&str; 2] = ["wasi:http/incoming-handler@0.2.", "wasi:http/handler@0.3."];

/// The interfaces of commands. That of 0.3 needs no host function of WASI 0.3.
const COMMANDS: [&str; 2] = ["wasi:cli/run@0.2.", "wasi:cli/run@0.3."];

/// What a component is, by its exports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A command, which may handle HTTP requests as well.
    Command,
    /// A handler of HTTP requests.
    Handler,
    /// Neither.
    Library,
}

impl Kind {
    /// Reads the exports of a component. Those of a malformed one are not all found.
    pub fn of(bytes: &[u8]) -> Self {
        let names = export_names(bytes);
        let exports = |prefixes: &[&str]| {
            let is_one = |name: &&str| prefixes.iter().any(|prefix| name.starts_with(prefix));
            names.iter().any(is_one)
        };
        if exports(&COMMANDS) {
            Kind::Command
        } else if exports(&HANDLERS) {
            Kind::Handler
        } else {
            Kind::Library
        }
    }
}

/// Whether this is the interface of commands, in a version that the host calls.
pub fn is_command_interface(name: &str) -> bool {
    COMMANDS.iter().any(|prefix| name.starts_with(prefix))
}

fn export_names(bytes: &[u8]) -> Vec<&str> {
    let mut names = Vec::new();
    // The depth of nested modules and components.
    let mut depth = 0;
    for payload in Parser::new(0).parse_all(bytes) {
        match payload {
            Ok(Payload::ModuleSection { .. } | Payload::ComponentSection { .. }) => depth += 1,
            Ok(Payload::End(_)) if depth > 0 => depth -= 1,
            Ok(Payload::ComponentExportSection(exports)) if depth == 0 => {
                names.extend(exports.into_iter().flatten().map(|export| export.name.name));
            }
            Ok(_) => {}
            Err(_) => break,
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::Kind;

    #[test]
    fn kinds() {
        let component = |exports: &[&str]| {
            let exports: String = exports
                .iter()
                .map(|name| format!("(export \"{name}\" (instance $i))"))
                .collect();
            let text = format!(
                "(component (component (instance $x) (export \"wasi:cli/run@0.2.0\" (instance $x))) \
                 (core module) (instance $i) {exports})"
            );
            wat::parse_str(text).expect("is valid")
        };
        for (exports, kind) in [
            (&[][..], Kind::Library),
            (&["wasi:http/types@0.2.0"], Kind::Library),
            (&["wasi:http/handler@0.4.0"], Kind::Library),
            (&["wasi:http/handler@0.3.1"], Kind::Handler),
            (&["wasi:http/incoming-handler@0.2.3"], Kind::Handler),
            (&["wasi:cli/run@0.2.0"], Kind::Command),
            (
                &["wasi:http/incoming-handler@0.2.3", "wasi:cli/run@0.3.0"],
                Kind::Command,
            ),
        ] {
            assert_eq!(Kind::of(&component(exports)), kind, "{exports:?}");
        }
        assert_eq!(Kind::of(b""), Kind::Library);
        assert_eq!(Kind::of(&component(&[])[..20]), Kind::Library);
    }
}
