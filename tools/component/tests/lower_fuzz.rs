//! Arbitrary modules as components that call each other: composed and lowered, they return the same
//! and trap on the same calls. Then damaged components, which end in an error or in a module.
//!
//! `FUZZ_CASES` sets how many are tried, `FUZZ_SEED` with which the first begins: each has a seed of
//! its own, which is named when it fails.

#[allow(dead_code)]
mod support;

use arbitrary::Unstructured;
use std::fmt::Write;
use support::lower;
use wasm_smith::Config;
use wasmtime::component::{Component, Linker, Val as ComponentVal};
use wasmtime::{Engine, Instance, Module, Store, Val};

/// How each is lowered.
const WAYS: [&[&str]; 4] = [
    &["--memory", "multi", "--features", "wasm3"],
    &["--memory", "single"],
    &["--memory", "single", "--features", "mvp"],
    &["--memory", "single", "--bounds", "unchecked"],
];

/// How often a module may call or begin a loop again, in all.
const FUEL: u32 = 2_000;

fn variable(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// Numbers without end.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut n = self.0;
        n = (n ^ (n >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        n = (n ^ (n >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        n ^ (n >> 31)
    }

    fn below(&mut self, most: u64) -> u64 {
        self.next() % most
    }

    fn bytes(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| self.next() as u8).collect()
    }

    /// Numbers that are near something more often than not.
    fn value(&mut self) -> u64 {
        match self.below(4) {
            0 => self.below(20),
            1 => self.below(20).wrapping_neg(),
            2 => 1 << self.below(64),
            _ => self.next(),
        }
    }
}

/// The types of numbers, by their names in modules and in interfaces.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ty {
    I32,
    I64,
    F32,
    F64,
}

impl Ty {
    fn core(self) -> &'static str {
        ["i32", "i64", "f32", "f64"][self as usize]
    }

    fn interface(self) -> &'static str {
        ["u32", "u64", "f32", "f64"][self as usize]
    }

    fn val(self, bits: u64) -> Val {
        match self {
            Ty::I32 => Val::I32(bits as i32),
            Ty::I64 => Val::I64(bits as i64),
            // Numbers: which of those that are none it is need not survive.
            Ty::F32 => Val::F32((bits as i32 as f32).to_bits()),
            Ty::F64 => Val::F64((bits as i64 as f64).to_bits()),
        }
    }
}

/// A function: its parameters and its result.
#[derive(Clone)]
struct Signature(Vec<Ty>, Option<Ty>);

impl Signature {
    /// The signature of a function, if it can be one of a component that needs no memory.
    fn new(ty: &wasmparser::FuncType) -> Option<Signature> {
        let convert = |ty: &wasmparser::ValType| match ty {
            wasmparser::ValType::I32 => Some(Ty::I32),
            wasmparser::ValType::I64 => Some(Ty::I64),
            wasmparser::ValType::F32 => Some(Ty::F32),
            wasmparser::ValType::F64 => Some(Ty::F64),
            _ => None,
        };
        let all = |types: &[wasmparser::ValType]| types.iter().map(convert).collect();
        let (params, results): (Option<Vec<Ty>>, Option<Vec<Ty>>) =
            (all(ty.params()), all(ty.results()));
        let (params, results) = (params?, results?);
        (params.len() <= 16 && results.len() <= 1)
            .then(|| Signature(params, results.first().copied()))
    }

    fn core(&self) -> String {
        let params: String = self.0.iter().map(|ty| format!(" {}", ty.core())).collect();
        let result = self.1.map(|ty| format!(" (result {})", ty.core()));
        format!("(param{params}){}", result.unwrap_or_default())
    }

    fn interface(&self) -> String {
        let params = self.0.iter().enumerate();
        let params = params.map(|(i, ty)| format!(" (param \"p{i}\" {})", ty.interface()));
        let params: String = params.collect();
        let result = self.1.map(|ty| format!(" (result {})", ty.interface()));
        params + &result.unwrap_or_default()
    }
}

/// A module, and those of its exports that can be lifted: the names in hexadecimal.
struct Core {
    bytes: Vec<u8>,
    functions: Vec<(String, Signature)>,
    memory: String,
}

/// What tells all that is in a memory.
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

/// The function that tells all, of the instance `$i`.
fn sum(core: &Core) -> String {
    let memory = &core.memory;
    format!(
        "{SUM} (core instance $s (instantiate $s (with \"m\" (instance (export \"memory\" (memory $i \"{memory}\"))))))
         (func $sum (result u64) (canon lift (core func $s \"sum\")))"
    )
}

/// An arbitrary module that imports nothing. It ends.
fn module(random: &mut Random, plain: bool) -> Option<Core> {
    let config = Config {
        max_imports: 0,
        export_everything: true,
        min_funcs: 4,
        max_funcs: 12,
        multi_value_enabled: random.below(2) == 0,
        allow_start_export: random.below(4) == 0,
        canonicalize_nans: true,
        // Most of what is arbitrary traps at once.
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

/// An expression for a number that is there as one of another type.
fn cast(value: &str, from: Ty, to: Ty) -> String {
    let word = match from {
        Ty::I32 | Ty::I64 => value.to_owned(),
        Ty::F32 => format!("(i32.reinterpret_f32 {value})"),
        Ty::F64 => format!("(i64.reinterpret_f64 {value})"),
    };
    let wide = matches!(from, Ty::I64 | Ty::F64);
    match (to, wide) {
        (to, _) if to == from => value.to_owned(),
        (Ty::I32, false) | (Ty::I64, true) => word,
        (Ty::I32, true) => format!("(i32.wrap_i64 {word})"),
        (Ty::I64, false) => format!("(i64.extend_i32_s {word})"),
        (Ty::F32, false) => format!("(f32.convert_i32_s {word})"),
        (Ty::F32, true) => format!("(f32.convert_i64_s {word})"),
        (Ty::F64, false) => format!("(f64.convert_i32_s {word})"),
        (Ty::F64, true) => format!("(f64.convert_i64_s {word})"),
    }
}

/// A module that calls a function of the one, which is within, with what one of the other gives: for
/// each function of the other component.
fn glue(random: &mut Random, a: &Core, b: &Core) -> String {
    let (mut imports, mut functions) = (String::new(), String::new());
    for (letter, core) in [("a", a), ("b", b)] {
        for (i, (_, signature)) in core.functions.iter().enumerate() {
            let ty = signature.core();
            // Writing to a string does not fail.
            let _ = writeln!(
                imports,
                "(import \"{letter}\" \"{letter}{i}\" (func ${letter}{i} {ty}))"
            );
        }
    }
    for (i, (_, Signature(params, result))) in a.functions.iter().enumerate() {
        let pass: String = (0..params.len())
            .map(|p| format!("(local.get {p})"))
            .collect();
        let call = format!("(call $a{i} {pass})");
        let j = random.below(b.functions.len() as u64) as usize;
        let Signature(wanted, given) = &b.functions[j].1;
        let have: Vec<(String, Ty)> = params
            .iter()
            .enumerate()
            .map(|(p, ty)| (format!("(local.get {p})"), *ty))
            .chain(result.map(|ty| ("(local.get $r)".to_owned(), ty)))
            .collect();
        let args: String = wanted
            .iter()
            .map(|to| match random.below(have.len() as u64 + 1) as usize {
                n if n < have.len() => cast(&have[n].0, have[n].1, *to),
                _ => format!("({}.const {})", to.core(), random.below(40)),
            })
            .collect();
        let (local, set) = match result {
            Some(ty) => (format!("(local $r {})", ty.core()), "(local.set $r)"),
            None => (String::new(), ""),
        };
        let ty = Signature(params.clone(), *given).core();
        let _ = writeln!(
            functions,
            "(func (export \"g{i}\") {ty} {local} {call} {set} (call $b{j} {args}))"
        );
    }
    format!("(core module $g {imports} {functions})")
}

/// Puts something else in place of the first module, or nested component, of a component that is
/// empty: the text format has no room for bytes.
fn splice(component: &[u8], id: u8, content: &[u8]) -> Vec<u8> {
    let mut at = 8;
    while let Some(found) = component.get(at) {
        let (mut size, mut shift, mut body) = (0, 0, at + 1);
        loop {
            size |= usize::from(component[body] & 0x7f) << shift;
            shift += 7;
            body += 1;
            if component[body - 1] < 0x80 {
                break;
            }
        }
        let old = &component[body..body + size];
        if *found == id && old.len() == 8 {
            let mut all = component[..=at].to_vec();
            let mut rest = content.len();
            while rest > 0x7f {
                all.push(rest as u8 | 0x80);
                rest >>= 7;
            }
            all.push(rest as u8);
            return [&all, content, &component[body + size..]].concat();
        }
        at = body + size;
    }
    panic!("no section {id} that is empty");
}

/// Two components, each around a module, the second of which calls the first, and what both export.
struct Pair {
    component: Vec<u8>,
    functions: Vec<(String, Signature)>,
}

impl Pair {
    fn random(random: &mut Random) -> Option<Pair> {
        let plain = random.below(3) > 0;
        let mut some = || (0..20).find_map(|_| module(random, plain));
        let (a, b) = (some()?, some()?);
        let mut functions = Vec::new();
        let [mut lift, mut give, mut import, mut alias] = [(); 4].map(|()| String::new());
        let [mut with_a, mut with_b, mut lifts, mut out] = [(); 4].map(|()| String::new());
        let (glue, sum_a, sum_b) = (glue(random, &a, &b), sum(&a), sum(&b));
        for (i, (name, signature)) in a.functions.iter().enumerate() {
            let ty = signature.interface();
            let _ = writeln!(
                lift,
                "(func $a{i} {ty} (canon lift (core func $i \"{name}\")))"
            );
            let _ = writeln!(give, "(export \"a{i}\" (func $a{i}))");
            let _ = writeln!(import, "(export \"a{i}\" (func {ty}))");
            let _ = writeln!(alias, "(core func $a{i} (canon lower (func $in \"a{i}\")))");
            let _ = writeln!(with_a, "(export \"a{i}\" (func $a{i}))");
            let _ = writeln!(out, "(export \"a{i}\" (func $api \"a{i}\"))");
            functions.push((format!("a{i}"), signature.clone()));
        }
        let called: Vec<&str> = glue.lines().filter(|l| l.contains("(export")).collect();
        for (i, (name, signature)) in b.functions.iter().enumerate() {
            let _ = writeln!(with_b, "(export \"b{i}\" (func $i \"{name}\"))");
            for (g, line) in called.iter().enumerate() {
                if !line.contains(&format!("(call $b{i} ")) {
                    continue;
                }
                let signature = Signature(a.functions[g].1 .0.clone(), signature.1);
                let ty = signature.interface();
                let _ = writeln!(
                    lifts,
                    "(func (export \"g{g}\") {ty} (canon lift (core func $g \"g{g}\")))"
                );
                let _ = writeln!(out, "(export \"g{g}\" (func $b \"g{g}\"))");
                functions.push((format!("g{g}"), signature));
            }
        }
        let parse = |text: String| wat::parse_str(&text).unwrap_or_else(|e| panic!("{e}\n{text}"));
        let first = parse(format!(
            "(component
               (core module)
               (core instance $i (instantiate 0))
               {sum_a} {lift}
               (instance $x {give} (export \"sum-a\" (func $sum))) (export \"api\" (instance $x)))"
        ));
        let second = parse(format!(
            "(component
               (import \"api\" (instance $in {import}))
               {alias}
               (core module) {glue}
               (core instance $i (instantiate 0))
               (core instance $g (instantiate $g (with \"a\" (instance {with_a})) (with \"b\" (instance {with_b}))))
               {sum_b} (export \"sum-b\" (func $sum))
               {lifts})"
        ));
        let both = parse(format!(
            "(component
               (component) (component)
               (instance $a (instantiate 0))
               (alias export $a \"api\" (instance $api))
               (instance $b (instantiate 1 (with \"api\" (instance $api))))
               (export \"sum-a\" (func $api \"sum-a\")) (export \"sum-b\" (func $b \"sum-b\"))
               {out})"
        ));
        let both = splice(&both, 4, &splice(&first, 1, &a.bytes));
        let component = splice(&both, 4, &splice(&second, 1, &b.bytes));
        Some(Pair {
            component,
            functions,
        })
    }
}

/// A value by its bits, where all numbers that are none are the same.
fn bits(val: &Val) -> u64 {
    match val {
        Val::I32(n) => u64::from(*n as u32),
        Val::I64(n) => *n as u64,
        Val::F32(n) if f32::from_bits(*n).is_nan() => f32::NAN.to_bits().into(),
        Val::F32(n) => (*n).into(),
        Val::F64(n) if f64::from_bits(*n).is_nan() => f64::NAN.to_bits(),
        Val::F64(n) => *n,
        other => panic!("{other:?}"),
    }
}

/// What a call comes to: the bits of the result, if there is one, or a trap.
type Outcome = Result<Option<u64>, ()>;

/// Something with functions.
trait Callee {
    fn call(&mut self, name: &str, args: &[Val], result: bool) -> Outcome;
}

struct Composed(Store<()>, wasmtime::component::Instance);

impl Composed {
    fn new(engine: &Engine, component: &Component) -> Option<Self> {
        let mut store = Store::new(engine, ());
        let instance = Linker::new(engine).instantiate(&mut store, component);
        Some(Composed(store, instance.ok()?))
    }
}

impl Callee for Composed {
    fn call(&mut self, name: &str, args: &[Val], result: bool) -> Outcome {
        let func = self.1.get_func(&mut self.0, name).expect("a function");
        let args: Vec<ComponentVal> = args
            .iter()
            .map(|arg| match arg {
                Val::I32(n) => ComponentVal::U32(*n as u32),
                Val::I64(n) => ComponentVal::U64(*n as u64),
                Val::F32(n) => ComponentVal::Float32(f32::from_bits(*n)),
                Val::F64(n) => ComponentVal::Float64(f64::from_bits(*n)),
                other => panic!("{other:?}"),
            })
            .collect();
        let mut results = vec![ComponentVal::Bool(false); usize::from(result)];
        let called = func.call(&mut self.0, &args, &mut results);
        called.map_err(|_| ())?;
        Ok(results.first().map(|val| {
            bits(&match *val {
                ComponentVal::U32(n) => Val::I32(n as i32),
                ComponentVal::U64(n) => Val::I64(n as i64),
                ComponentVal::Float32(n) => Val::F32(n.to_bits()),
                ComponentVal::Float64(n) => Val::F64(n.to_bits()),
                ref other => panic!("{other:?}"),
            })
        }))
    }
}

struct Lowered(Store<()>, Instance);

impl Lowered {
    fn new(engine: &Engine, module: &Module) -> Option<Self> {
        let mut store = Store::new(engine, ());
        let instance = Instance::new(&mut store, module, &[]);
        Some(Lowered(store, instance.ok()?))
    }
}

impl Callee for Lowered {
    fn call(&mut self, name: &str, args: &[Val], result: bool) -> Outcome {
        let func = self.1.get_func(&mut self.0, name).expect("a function");
        let mut results = vec![Val::I32(0); usize::from(result)];
        let called = func.call(&mut self.0, args, &mut results);
        called.map_err(|_| ())?;
        Ok(results.first().map(bits))
    }
}

/// What was seen, so that nobody takes silence for success.
#[derive(Debug, Default)]
struct Seen {
    lowered: u32,
    refused: u32,
    values: u32,
    traps: u32,
}

/// Compares the calls of one pair.
fn compare(engine: &Engine, pair: &Pair, random: &mut Random, seen: &mut Seen) {
    // Not with references to what only the host knows: the engine here was built without them.
    let component = Component::new(engine, &pair.component).ok();
    for way in WAYS {
        let lowered = match lower(&pair.component, way) {
            Ok(lowered) => lowered,
            Err(error) => {
                assert!(error.starts_with("error: "), "{way:?}: {error}");
                assert!(!error.contains("internal error"), "{way:?}: {error}");
                assert!(error.contains("hint: "), "{way:?}: {error}");
                seen.refused += 1;
                continue;
            }
        };
        let Some(component) = &component else {
            continue;
        };
        seen.lowered += 1;
        // What is not checked may be another value, and then anything.
        let checked = !way.contains(&"unchecked");
        let module = Module::new(engine, &lowered).expect("a module");
        let fresh = || {
            (
                Composed::new(engine, component),
                Lowered::new(engine, &module),
            )
        };
        let mut both = fresh();
        for _ in 0..12 {
            let (Some(a), Some(b)) = &mut both else {
                assert_eq!(both.0.is_none(), both.1.is_none(), "{way:?}: instantiation");
                break;
            };
            let (name, Signature(params, result)) =
                &pair.functions[random.below(pair.functions.len() as u64) as usize];
            let args: Vec<Val> = params.iter().map(|ty| ty.val(random.value())).collect();
            let expected = a.call(name, &args, result.is_some());
            if !checked && expected.is_err() {
                break;
            }
            let outcome = b.call(name, &args, result.is_some());
            assert_eq!(expected, outcome, "{way:?}: {name}{args:?}");
            if expected.is_ok() {
                for sum in ["sum-a", "sum-b"] {
                    let (left, right) = (a.call(sum, &[], true), b.call(sum, &[], true));
                    assert_eq!(left, right, "{way:?}: {sum} after {name}{args:?}");
                }
            }
            match expected {
                Ok(_) => seen.values += 1,
                // Nothing is said of an instance after a trap.
                Err(()) => {
                    seen.traps += 1;
                    both = fresh();
                }
            }
        }
    }
}

#[test]
fn arbitrary_modules_do_the_same_lowered() {
    let cases = variable("FUZZ_CASES").unwrap_or(100);
    let first = variable("FUZZ_SEED").unwrap_or(1);
    let mut config = wasmtime::Config::new();
    config.cranelift_opt_level(wasmtime::OptLevel::None);
    config.wasm_backtrace_max_frames(None);
    let engine = Engine::new(&config).expect("an engine");
    let mut seen = Seen::default();
    for seed in first..first + cases {
        println!("FUZZ_CASES=1 FUZZ_SEED={seed}");
        let mut random = Random(seed << 32);
        if let Some(pair) = Pair::random(&mut random) {
            compare(&engine, &pair, &mut random, &mut seen);
        }
    }
    println!("{seen:?}");
    // Of a few, all may be refused.
    if cases >= 20 {
        assert!(u64::from(seen.lowered) > cases, "{seen:?}");
        assert!(u64::from(seen.values) > cases, "{seen:?}");
        assert!(seen.traps > 0, "{seen:?}");
    }
}

#[test]
fn damaged_pairs_end_in_good_order() {
    let cases = variable("FUZZ_CASES").unwrap_or(150);
    let first = variable("FUZZ_SEED").unwrap_or(1);
    for seed in first..first + cases {
        println!("FUZZ_CASES=1 FUZZ_SEED={seed}");
        let mut random = Random(seed << 32);
        let Some(pair) = Pair::random(&mut random) else {
            continue;
        };
        let mut bytes = pair.component;
        for _ in 0..=random.below(3) {
            let at = 8 + random.below(bytes.len() as u64 - 8) as usize;
            match random.below(4) {
                0 => bytes[at] ^= 1 << random.below(8),
                1 => bytes[at] = random.next() as u8,
                2 => {
                    bytes.remove(at);
                }
                _ => bytes.insert(at, random.next() as u8),
            }
        }
        if random.below(8) == 0 {
            bytes.truncate(8 + random.below(bytes.len() as u64 - 8) as usize);
        }
        let way = WAYS[random.below(WAYS.len() as u64) as usize];
        if let Err(error) = lower(&bytes, way) {
            assert!(error.starts_with("error: "), "{way:?}: {error}");
            assert!(!error.contains("internal error"), "{way:?}: {error}");
        }
    }
}
