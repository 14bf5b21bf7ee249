//! Pairs of components around arbitrary modules.

use super::module::{module, sum, Core};
use super::types::{Random, Signature, Ty};
use std::fmt::Write;

/// Two components, each around a module, of which the second calls the first.
pub struct Pair {
    pub component: Vec<u8>,
    /// The exports of both.
    pub functions: Vec<(String, Signature)>,
}

impl Pair {
    pub fn random(random: &mut Random) -> Option<Pair> {
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

/// An expression that converts a value to another type.
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

/// The text of a module that, for each function of `a`, exports one that calls it and passes the
/// arguments and the result on to a function of `b`.
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

/// Replaces the first empty section `id`, a module or a nested component: the text format cannot
/// include binaries.
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
