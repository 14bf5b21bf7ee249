//! Names of functions and interfaces.

/// What a function of WIT is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FunctionKind {
    /// A function of an interface, or of the world itself.
    Free,
    /// The constructor of a resource.
    Constructor,
    /// A method of a resource, whose first argument is the resource.
    Method,
    /// A static function of a resource.
    Static,
}

/// The parts of a name such as `[method]blob.read`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FunctionName {
    /// What the function is.
    pub kind: FunctionKind,
    /// The resource, or the empty text.
    pub resource: &'static str,
    /// The name, or the empty text for a constructor.
    pub name: &'static str,
}

impl FunctionName {
    /// Takes the name of a function in a world apart.
    pub fn of(name: &'static str) -> Self {
        const PREFIXES: [(&str, FunctionKind); 3] = [
            ("[constructor]", FunctionKind::Constructor),
            ("[method]", FunctionKind::Method),
            ("[static]", FunctionKind::Static),
        ];
        for (prefix, kind) in PREFIXES {
            if let Some(rest) = name.strip_prefix(prefix) {
                let (resource, name) = rest.split_once('.').unwrap_or((rest, ""));
                return FunctionName {
                    kind,
                    resource,
                    name,
                };
            }
        }
        FunctionName {
            kind: FunctionKind::Free,
            resource: "",
            name,
        }
    }
}

/// Returns the `name` of an interface `namespace:package/name@version`.
pub fn short_interface_name(interface: &str) -> &str {
    let name = interface
        .rsplit_once('/')
        .map_or(interface, |(_, name)| name);
    name.split_once('@').map_or(name, |(name, _)| name)
}
