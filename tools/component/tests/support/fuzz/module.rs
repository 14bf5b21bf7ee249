//! Arbitrary core modules.

use super::types::{Random, Signature};
use arbitrary::Unstructured;
use wasm_smith::Config;

/// How many calls and loop iterations a module may make in total.
const FUEL: u32 = 2_000;

/// A module and its exports.
pub struct Core {
    pub bytes: Vec<u8>,
    /// The functions that can be lifted, by their names as escapes of the text format.
    pub functions: Vec<(String, Signature)>,
    /// The name of the memory, as escapes of the text format.
    pub memory: String,
}

/// A module that computes a checksum of a memory.
const SUM: &str = "(core module $s
  (import \"m\" \"memory\" (memory 0))
  (func (export \"sum\") (result i64) (local $p i32) (local $sum i64)
    (block $done
      (loop $more
        (br_if $done (i32.ge_u (local.get $p) (i32.shl (memory.size) (i32.const 16))))
        (local.set $sum (i64.add (i64.mul (local.get $sum) (i64.const 31)) (i64.load (local.get $p))))
        (local.set $p (i32.add (local.get $p) (i32.const 8)))
        (br $more)))
    (i64.add (local.get $sum) (i64.extend_i32_u (memory.size)))))";

/// The text of the function `$sum`: the checksum of the memory of the instance `$i`.
pub fn sum(core: &Core) -> String {
    let memory = &core.memory;
    format!(
        "{SUM} (core instance $s (instantiate $s (with \"m\" (instance (export \"memory\" (memory $i \"{memory}\"))))))
         (func $sum (result u64) (canon lift (core func $s \"sum\")))"
    )
}

/// An arbitrary module that imports nothing and terminates.
pub fn module(random: &mut Random, plain: bool) -> Option<Core> {
    let config = Config {
        max_imports: 0,
        export_everything: true,
        min_funcs: 4,
        max_funcs: 12,
        multi_value_enabled: random.below(2) == 0,
        allow_start_export: random.below(4) == 0,
        canonicalize_nans: true,
        // Most arbitrary code traps at once.
        disallow_traps: random.below(4) > 0,
        min_memories: 1,
        max_memories: if plain { 1 } else { 2 },
        memory_max_size_required: true,
        max_memory32_bytes: 4 << 16,
        max_tables: if plain { 1 } else { 2 },
        max_table_elements: 100,
        table_max_size_required: true,
        max_data_segments: 5,
        max_element_segments: 5,
        max_instructions: 200,
        bulk_memory_enabled: !plain,
        reference_types_enabled: !plain,
        simd_enabled: !plain && random.below(2) == 0,
        relaxed_simd_enabled: false,
        exceptions_enabled: false,
        gc_enabled: false,
        memory64_enabled: false,
        tail_call_enabled: false,
        threads_enabled: false,
        ..Config::default()
    };
    let bytes = random.bytes(12_000);
    let mut module = wasm_smith::Module::new(config, &mut Unstructured::new(&bytes)).ok()?;
    module.ensure_termination(FUEL).ok()?;
    let bytes = module.to_bytes();
    let mut functions = Vec::new();
    let mut types = Vec::new();
    let mut defined = Vec::new();
    let mut memory = String::new();
    for payload in wasmparser::Parser::new(0).parse_all(&bytes) {
        match payload.expect("a module") {
            wasmparser::Payload::TypeSection(all) => {
                types = all.into_iter_err_on_gc_types().map(Result::ok).collect();
            }
            wasmparser::Payload::FunctionSection(all) => {
                defined = all.into_iter().flatten().collect();
            }
            wasmparser::Payload::ExportSection(all) => {
                for export in all.into_iter().flatten() {
                    if export.kind == wasmparser::ExternalKind::Memory {
                        let name = export.name.bytes().map(|b| format!("\\{b:02x}"));
                        memory = name.collect();
                    }
                    if export.kind == wasmparser::ExternalKind::Func {
                        let ty: u32 = defined[export.index as usize];
                        let ty: &Option<wasmparser::FuncType> = &types[ty as usize];
                        let signature = ty.as_ref().and_then(Signature::new);
                        let name = export.name.bytes().map(|b| format!("\\{b:02x}"));
                        functions.extend(signature.map(|s| (name.collect(), s)));
                    }
                }
            }
            _ => {}
        }
    }
    (!functions.is_empty()).then_some(Core {
        bytes,
        functions,
        memory,
    })
}
