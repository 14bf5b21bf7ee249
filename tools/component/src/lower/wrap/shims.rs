//! The text of the two shims between the lowered components and the host.
//!
//! The *inner shim* imports from the host what the components import, and exports it to them. The
//! *outer shim* imports what the components export, and exports it to the host. Their functions
//! only call their counterparts: the adapters between a shim and the components copy all values
//! into or out of the memory of the shims, the only one that the host sees. Each shim defines this
//! memory and its allocator; merging unifies them.

use std::fmt::Write;
use wit_parser::abi::{AbiVariant, WasmSignature, WasmType};
use wit_parser::{
    Function, ManglingAndAbi, Resolve, ResourceIntrinsic, TypeDefKind, TypeId, WasmExport,
    WasmExportKind, WasmImport, WorldId, WorldItem, WorldKey,
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
pub const SHARED_GLOBALS: u32 = 2;

/// The allocator: a stack of blocks that are freed together when the call returns for which they
/// were allocated. `$next` is the first free byte, `$mark` the start of the blocks of the current
/// call to the host, or 0.
const ALLOCATOR: &str = r#"
  (memory (export "memory") 1)
  (global $next (mut i32) (i32.const 16))
  (global $mark (mut i32) (i32.const 0))
  (func $realloc (param $old i32) (param $had i32) (param $align i32) (param $size i32) (result i32)
    (local $at i32) (local $end i32) (local $have i32)
    (if (i32.and (i32.ne (local.get $old) (i32.const 0))
                 (i32.le_u (local.get $size) (local.get $had)))
      (then (return (local.get $old))))
    (local.set $at (i32.and (i32.add (global.get $next) (i32.sub (local.get $align) (i32.const 1)))
                            (i32.sub (i32.const 0) (local.get $align))))
    ;; The last block grows in place.
    (if (i32.and (i32.ne (local.get $had) (i32.const 0))
                 (i32.eq (i32.add (local.get $old) (local.get $had)) (global.get $next)))
      (then (local.set $at (local.get $old))))
    (local.set $end (i32.add (local.get $at) (local.get $size)))
    (if (i32.or (i32.lt_u (local.get $at) (i32.const 16))
                (i32.lt_u (local.get $end) (local.get $at)))
      (then (unreachable)))
    (local.set $have (memory.size))
    (if (i64.gt_u (i64.extend_i32_u (local.get $end))
                  (i64.shl (i64.extend_i32_u (local.get $have)) (i64.const 16)))
      (then
        (if (i32.eq (i32.const -1)
              (memory.grow
                (i32.sub
                  (i32.add (i32.shr_u (i32.sub (local.get $end) (i32.const 1)) (i32.const 16))
                           (i32.const 1))
                  (local.get $have))))
          (then (unreachable)))))
    (global.set $next (local.get $end))
    (if (i32.ne (local.get $at) (local.get $old))
      (then (memory.copy (local.get $at) (local.get $old) (local.get $had))))
    (local.get $at))
"#;

/// Which of the shims is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Inner,
    Outer,
}

/// The text of the inner shim. `world` imports what it exports.
pub fn inner(resolve: &Resolve, world: WorldId) -> String {
    let mut writer = Writer::new(resolve, Side::Inner);
    // The first blocks of a call to the host are its arguments.
    writer.push(
        r#"
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
    (if (i32.eqz (global.get $mark)) (then (global.set $mark (global.get $next))))
    (call $realloc (local.get 0) (local.get 1) (local.get 2) (local.get 3)))
"#,
    );
    writer.functions(world);
    writer.finish(INNER)
}

/// The text of the outer shim. `world` imports what it exports.
pub fn outer(resolve: &Resolve, world: WorldId) -> String {
    let mut writer = Writer::new(resolve, Side::Outer);
    writer.push("  (global $taking (mut i32) (i32.const 0))\n");
    writer.push("  (export \"cabi_realloc\" (func $realloc))\n");
    writer.functions(world);
    writer.finish(OUTER)
}

/// The resources that a world exports, in the order of their numbers.
fn exported_resources(resolve: &Resolve, world: WorldId) -> Vec<(&WorldKey, TypeId)> {
    let mut all = Vec::new();
    for (key, item) in &resolve.worlds[world].exports {
        if let WorldItem::Interface { id, .. } = item {
            for ty in resolve.interfaces[*id].types.values() {
                if matches!(resolve.types[*ty].kind, TypeDefKind::Resource) {
                    all.push((key, *ty));
                }
            }
        }
    }
    all
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
            "(module\n{}{}  (export {HOST_REALLOC:?} (func $realloc))\n  (export {marker:?} (func $realloc))\n)\n",
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

    fn functions(&mut self, world: WorldId) {
        let resolve = self.resolve;
        for (key, item) in &resolve.worlds[world].exports {
            match item {
                WorldItem::Function(func) => self.function(None, func),
                WorldItem::Interface { id, .. } => {
                    for func in resolve.interfaces[*id].functions.values() {
                        self.function(Some(key), func);
                    }
                }
                WorldItem::Type { .. } => {}
            }
        }
        for (number, (key, ty)) in exported_resources(resolve, world).into_iter().enumerate() {
            self.resource(number, key, ty);
        }
    }

    fn function(&mut self, interface: Option<&WorldKey>, func: &Function) {
        let resolve = self.resolve;
        let exported = resolve.wasm_signature(AbiVariant::GuestExport, func);
        let imported = resolve.wasm_signature(AbiVariant::GuestImport, func);
        let name = resolve.wasm_import_name(NAMES, WasmImport::Func { interface, func });
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
        let (enter, leave) = match self.side {
            Side::Inner => (
                "(if (i32.eqz (global.get $mark)) (then (global.set $mark (global.get $next))))",
                "(global.set $next (global.get $mark)) (global.set $mark (i32.const 0))",
            ),
            // The host must not call in while the components call it.
            Side::Outer => (
                "(if (global.get $mark) (then (unreachable)))",
                "(global.set $next (i32.const 16))",
            ),
        };
        let args: String = (0..exported.params.len())
            .map(|i| format!("(local.get {i})"))
            .collect();
        let types = signature(&exported);
        let text = match (&func.result, exported.retptr) {
            (Some(result), true) => {
                let mut sizes = wit_parser::SizeAlign::default();
                sizes.fill(resolve);
                let (size, align) = (
                    sizes.size(result).size_wasm32(),
                    sizes.align(result).align_wasm32(),
                );
                format!(
                    "  (func (export {normal}){types} (local $ret i32)
    {enter}
    (local.set $ret (call $realloc (i32.const 0) (i32.const 0) (i32.const {align}) (i32.const {size})))
    (call {import} {args} (local.get $ret))
    (local.get $ret))
  (func (export {post}) (param i32)
    {leave})
"
                )
            }
            _ => format!(
                "  (func (export {normal}){types}
    {enter}
    (call {import} {args})
    {leave})
"
            ),
        };
        self.push(&text);
    }

    fn resource(&mut self, number: usize, interface: &WorldKey, resource: TypeId) {
        let resolve = self.resolve;
        let intrinsic = |intrinsic| {
            resolve.wasm_import_name(
                NAMES,
                WasmImport::ResourceIntrinsic {
                    interface: Some(interface),
                    resource,
                    intrinsic,
                },
            )
        };
        let drop = self.import(
            intrinsic(ResourceIntrinsic::ImportedDrop),
            &params(&[WasmType::I32]),
        );
        let dtor = quote(&resolve.wasm_export_name(
            NAMES,
            WasmExport::ResourceDtor {
                interface,
                resource,
            },
        ));
        if self.side == Side::Inner {
            self.push(&format!(
                "  (func (export {dtor}) (param i32) (call {drop} (local.get 0)))\n"
            ));
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
    (if (i32.eqz (global.get $taking)) (then (call {drop} (local.get 0)))))
  (export \"{GIVE}{number}\" (func {new}))
  (func (export \"{TAKE}{number}\") (param i32) (result i32) (local $rep i32)
    (local.set $rep (call {rep} (local.get 0)))
    (global.set $taking (i32.const 1))
    (call {forget} (local.get 0))
    (global.set $taking (i32.const 0))
    (local.get $rep))
"
        ));
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
