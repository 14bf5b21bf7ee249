//! The text of the two shims between the lowered components and the host.
//!
//! The *inner shim* imports from the host what the components import, and exports it to them. The
//! *outer shim* imports what the components export, and exports it to the host. Their functions
//! only call their counterparts: the adapters between a shim and the components copy all values
//! into or out of the memory of the shims, the only one that the host sees. Each shim defines this
//! memory and its allocator; merging unifies them.

use super::worlds::{Forward, Shim};
use std::fmt::Write;
use wit_parser::abi::{AbiVariant, WasmSignature, WasmType};
use wit_parser::{
    Function, ManglingAndAbi, Resolve, ResourceIntrinsic, TypeId, WasmExport, WasmExportKind,
    WasmImport,
};

/// How all export names begin that are for lowering only.
pub const PREFIX: &str = "rules-wit:lower/";
/// The export that marks the inner shim.
pub const INNER: &str = "rules-wit:lower/inner";
/// The export that marks the outer shim.
pub const OUTER: &str = "rules-wit:lower/outer";
/// The export that becomes the host's `cabi_realloc`.
pub const HOST_REALLOC: &str = "rules-wit:lower/realloc";
/// With the number of a resource: makes a handle for the host.
pub const GIVE: &str = "rules-wit:lower/give ";
/// With the number of a resource: takes the resource back from a handle of the host.
pub const TAKE: &str = "rules-wit:lower/take ";

/// The names that `wit-component` and bindings generators use.
const NAMES: ManglingAndAbi = ManglingAndAbi::Legacy(wit_parser::LiftLowerAbi::Sync);

/// The number of globals at the start of both shims that merging unifies.
pub const SHARED_GLOBALS: u32 = 4;

/// The allocator, and the state of calls.
///
/// Blocks form a stack. A call frees what was allocated since its frame began, and frames end in
/// the reverse order of their begin: the host calls the components, they call the host, which may
/// call them again. `$next` is the first free byte. `$args` is the start of the arguments of a call
/// to the host that is being prepared, or 0. `$top` identifies the innermost frame that is open
/// while the host runs, or is 0: the start of the blocks of a call to the host, or the address of a
/// result that the host has not released yet. `$running` is set while the components run. It stays
/// set after a trap, so that they cannot be entered again, as on a component engine.
const ALLOCATOR: &str = include_str!("allocator.wat");

/// Which of the shims is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Inner,
    Outer,
}

/// The functions of the inner shim around a call to the host: `$leave` begins the frame of the call
/// and returns its start, `$return` checks that the host has ended all frames that it began.
const INNER_CALLS: &str = include_str!("inner_calls.wat");

/// The functions of the outer shim around a call of the host.
const OUTER_CALLS: &str = include_str!("outer_calls.wat");

/// The text of the inner shim.
pub fn inner(shim: &Shim) -> String {
    let mut writer = Writer::new(&shim.resolve, Side::Inner);
    writer.push(INNER_CALLS);
    writer.forward(&shim.forwards);
    writer.finish(INNER)
}

/// The text of the outer shim.
pub fn outer(shim: &Shim) -> String {
    let mut writer = Writer::new(&shim.resolve, Side::Outer);
    writer.push(OUTER_CALLS);
    writer.push(&format!(
        "  (export {HOST_REALLOC:?} (func $host_realloc))\n"
    ));
    writer.forward(&shim.forwards);
    writer.finish(OUTER)
}

struct Writer<'a> {
    resolve: &'a Resolve,
    side: Side,
    imports: String,
    count: u32,
    text: String,
}

impl<'a> Writer<'a> {
    fn new(resolve: &'a Resolve, side: Side) -> Self {
        Writer {
            resolve,
            side,
            imports: String::new(),
            count: 0,
            text: ALLOCATOR.to_owned(),
        }
    }

    fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    fn finish(self, marker: &str) -> String {
        format!(
            "(module\n{}{}  (export {marker:?} (func $realloc))\n)\n",
            self.imports, self.text
        )
    }

    /// Adds an import; returns its index.
    fn import(&mut self, (module, name): (String, String), ty: &str) -> u32 {
        // Writing to a string does not fail.
        let _ = writeln!(
            self.imports,
            "  (import {} {} (func{ty}))",
            quote(&module),
            quote(&name)
        );
        self.count += 1;
        self.count - 1
    }

    fn forward(&mut self, forwards: &[Forward]) {
        for forward in forwards {
            for functions in &forward.functions {
                self.function(forward, functions);
            }
        }
        let resources = forwards
            .iter()
            .flat_map(|f| f.resources.iter().map(move |r| (f, *r)));
        for (number, (forward, resource)) in resources.enumerate() {
            self.resource(number, forward, resource);
        }
    }

    fn function(&mut self, forward: &Forward, (import, func): &(Function, Function)) {
        let resolve = self.resolve;
        let interface = forward.export.as_ref();
        let exported = resolve.wasm_signature(AbiVariant::GuestExport, func);
        let imported = resolve.wasm_signature(AbiVariant::GuestImport, import);
        let name = resolve.wasm_import_name(
            NAMES,
            WasmImport::Func {
                interface: forward.import.as_ref(),
                func: import,
            },
        );
        let import = self.import(name, &signature(&imported));
        let export = |kind| {
            quote(&resolve.wasm_export_name(
                NAMES,
                WasmExport::Func {
                    interface,
                    func,
                    kind,
                },
            ))
        };
        let (normal, post) = (
            export(WasmExportKind::Normal),
            export(WasmExportKind::PostReturn),
        );
        let args: String = (0..exported.params.len())
            .map(|i| format!("(local.get {i})"))
            .collect();
        let types = signature(&exported);
        let size = match (&func.result, exported.retptr) {
            (Some(result), true) => {
                let mut sizes = wit_parser::SizeAlign::default();
                sizes.fill(resolve);
                Some(sizes.size(result).size_wasm32())
            }
            _ => None,
        };
        let text = match (self.side, size) {
            (Side::Inner, None) => around_host(&normal, &types, import, &args),
            (Side::Inner, Some(size)) => format!(
                "  (func (export {normal}){types} (local $ret i32) (local $running i32)
    (local.set $running (global.get $running))
    (local.set $ret (call $result (i32.const {size}) (global.get $top) (call $leave)))
    (global.set $top (local.get $ret))
    (call {import} {args} (local.get $ret))
    (call $return (local.get $ret) (local.get $running))
    (local.get $ret))
  (func (export {post}) (param i32) (call $release (local.get 0)))
"
            ),
            (Side::Outer, None) => format!(
                "  (func (export {normal}){types} (local $base i32)
    (call $enter)
    (local.set $base {base})
    (call {import} {args})
    (global.set $next (local.get $base))
    (global.set $running (i32.const 0)))
",
                base = base(&exported)
            ),
            (Side::Outer, Some(size)) => format!(
                "  (func (export {normal}){types} (local $ret i32)
    (call $enter)
    (local.set $ret (call $result (i32.const {size}) (global.get $top) {base}))
    (call {import} {args} (local.get $ret))
    (global.set $top (local.get $ret))
    (global.set $running (i32.const 0))
    (local.get $ret))
  (func (export {post}) (param i32) (call $host) (call $release (local.get 0)))
",
                base = base(&exported)
            ),
        };
        self.push(&text);
    }

    fn resource(&mut self, number: usize, forward: &Forward, (import, export): (TypeId, TypeId)) {
        let resolve = self.resolve;
        let intrinsic = |intrinsic| {
            let (interface, resource) = match intrinsic {
                ResourceIntrinsic::ImportedDrop => (&forward.import, import),
                _ => (&forward.export, export),
            };
            let interface = interface.as_ref();
            resolve.wasm_import_name(
                NAMES,
                WasmImport::ResourceIntrinsic {
                    interface,
                    resource,
                    intrinsic,
                },
            )
        };
        let drop = self.import(
            intrinsic(ResourceIntrinsic::ImportedDrop),
            &params(&[WasmType::I32]),
        );
        // Exported resources are in interfaces.
        let Some(interface) = &forward.export else {
            return;
        };
        let dtor = quote(&resolve.wasm_export_name(
            NAMES,
            WasmExport::ResourceDtor {
                interface,
                resource: export,
            },
        ));
        if self.side == Side::Inner {
            let types = params(&[WasmType::I32]);
            self.push(&around_host(&dtor, &types, drop, "(local.get 0)"));
            return;
        }
        let unary = " (param i32) (result i32)";
        let new = self.import(intrinsic(ResourceIntrinsic::ExportedNew), unary);
        let rep = self.import(intrinsic(ResourceIntrinsic::ExportedRep), unary);
        let forget = self.import(
            intrinsic(ResourceIntrinsic::ExportedDrop),
            &params(&[WasmType::I32]),
        );
        // Taking back drops the handle of the host, not the resource.
        self.push(&format!(
            "  (func (export {dtor}) (param i32)
    (if (i32.eq (global.get $taking) (local.get 0))
      (then (global.set $taking (i32.const -1)) (return)))
    (call $enter)
    (call {drop} (local.get 0))
    (global.set $running (i32.const 0)))
  (export \"{GIVE}{number}\" (func {new}))
  (func (export \"{TAKE}{number}\") (param i32) (result i32) (local $rep i32)
    (local.set $rep (call {rep} (local.get 0)))
    (global.set $taking (local.get $rep))
    (call {forget} (local.get 0))
    (global.set $taking (i32.const -1))
    (local.get $rep))
"
        ));
    }
}

/// The text of a function that calls the host and returns no result in memory.
fn around_host(name: &str, types: &str, import: u32, args: &str) -> String {
    format!(
        "  (func (export {name}){types} (local $base i32) (local $top i32) (local $running i32)
    (local.set $top (global.get $top))
    (local.set $running (global.get $running))
    (global.set $top (local.tee $base (call $leave)))
    (call {import} {args})
    (call $return (local.get $base) (local.get $running))
    (global.set $top (local.get $top))
    (global.set $next (local.get $base)))
"
    )
}

/// The start of the frame of a call of the host. Only if no other call is open are all blocks
/// arguments of this one; in others they are freed with the call around it. Without arguments in
/// memory, they belong to a call that the host prepares.
fn base(exported: &WasmSignature) -> &'static str {
    let in_memory = exported.params.iter().any(|ty| match ty {
        WasmType::Pointer | WasmType::PointerOrI64 | WasmType::Length => true,
        WasmType::I32 | WasmType::I64 | WasmType::F32 | WasmType::F64 => false,
    });
    match in_memory {
        true => "(select (global.get $next) (i32.const 16) (global.get $top))",
        false => "(global.get $next)",
    }
}

fn params(types: &[WasmType]) -> String {
    list("param", types)
}

fn list(keyword: &str, types: &[WasmType]) -> String {
    if types.is_empty() {
        return String::new();
    }
    let names: Vec<&str> = types
        .iter()
        .map(|ty| match ty {
            WasmType::I32 | WasmType::Pointer | WasmType::Length => "i32",
            WasmType::I64 | WasmType::PointerOrI64 => "i64",
            WasmType::F32 => "f32",
            WasmType::F64 => "f64",
        })
        .collect();
    format!(" ({keyword} {})", names.join(" "))
}

fn signature(signature: &WasmSignature) -> String {
    params(&signature.params) + &list("result", &signature.results)
}

/// A string literal of the text format.
fn quote(name: &str) -> String {
    let mut text = String::from("\"");
    for byte in name.bytes() {
        match byte {
            b'"' | b'\\' => {
                text.push('\\');
                text.push(byte as char);
            }
            0x20..=0x7e => text.push(byte as char),
            _ => {
                let _ = write!(text, "\\{byte:02x}");
            }
        }
    }
    text + "\""
}
