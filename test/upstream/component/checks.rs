//! Checks that run on every component, wherever it comes from.

use crate::errors::{compare, messages};
use crate::tool::{Outcome, Tool};
use harness::{first_difference, Answer, Answers};
use std::cell::Cell;
use std::fs;
use std::panic::{catch_unwind, set_hook, take_hook, AssertUnwindSafe};
use wasmparser::{Parser, Payload, Validator, WasmFeatures};
use wit_component::{DecodedWasm, WitPrinter};
use wit_parser::{PackageId, Resolve, WorldId, WorldItem, WorldKey};

const IN: &str = "in.wasm";

/// The features for validation: all proposals of the component model, and the core proposals that
/// are on by default.
fn features() -> WasmFeatures {
    let all = WasmFeatures::all();
    let named = all.iter_names().filter(|(name, _)| name.starts_with("CM"));
    named.fold(WasmFeatures::default(), |all, (_, one)| all | one)
}

/// Runs all checks on a component, which may be invalid.
pub fn check(tool: &Tool, bytes: &[u8], answers: &mut Answers) {
    tool.write(IN, bytes);
    let features = features();
    let theirs = Validator::new_with_features(features).validate_all(bytes);
    let theirs = theirs.map(drop).map_err(|e| {
        let at = format!("(at offset {:#x})", e.offset());
        vec![e.message().to_owned(), at]
    });
    let ours = tool.run(&["validate", IN]);
    let valid = theirs.is_ok() && matches!(ours, Outcome::Done(_));
    answers.insert("validate", verdict(ours.result(), &theirs));
    if !valid {
        answers.insert("reject", reject(tool));
        return;
    }
    answers.insert("wit", wit(tool, bytes));
    answers.insert("graph", graph(tool));
    answers.insert("unbundle", unbundle(tool, bytes));
    if let Some(answer) = targets(tool, bytes) {
        answers.insert("targets", answer);
    }
    let several = WasmFeatures::WASM2 | WasmFeatures::MULTI_MEMORY;
    if let Some(lowered) = lower(tool, &["multi"], several, "lower", answers) {
        tool.write("lowered.wasm", lowered);
        answers.insert("world", world(tool, bytes));
    }
    let mvp = ["single", "--features", "mvp"];
    lower(tool, &mvp, WasmFeatures::MVP, "one memory", answers);
}

/// Whether both accept, or both report the same error.
pub fn verdict<T>(ours: Result<String, String>, theirs: &Result<T, Vec<String>>) -> Answer {
    match (ours, theirs) {
        (Ok(_), Ok(_)) => Answer::Same,
        (Ok(_), Err(e)) => {
            Answer::Differs(format!("only upstream reports an error: {}", e.join(": ")))
        }
        (Err(e), Ok(_)) => Answer::Differs(format!("only our tool reports an error: {e}")),
        (Err(ours), Err(theirs)) => compare(&ours, theirs),
    }
}

/// Whether both return the same bytes, or both report an error.
pub fn bytes(ours: &Result<Vec<u8>, String>, theirs: &Result<Vec<u8>, Vec<String>>) -> Answer {
    match (ours, theirs) {
        (Ok(ours), Ok(theirs)) => Answer::of(ours, theirs, || {
            let same = ours.iter().zip(theirs).take_while(|(a, b)| a == b).count();
            format!(
                "{} bytes, upstream {}; the first {same} are the same",
                ours.len(),
                theirs.len()
            )
        }),
        (Ok(_), Err(e)) => {
            Answer::Differs(format!("only upstream reports an error: {}", e.join(": ")))
        }
        (Err(e), Ok(_)) => Answer::Differs(format!("only our tool reports an error: {e}")),
        (Err(_), Err(_)) => Answer::Same,
    }
}

/// Every subcommand rejects an invalid component and writes nothing.
fn reject(tool: &Tool) -> Answer {
    let commands: &[&[&str]] = &[
        &["wit", IN, "-o", "out"],
        &["graph", IN, "-o", "out"],
        &["unbundle", IN, "-o", "out"],
        &["lower", IN, "--memory", "multi", "-o", "out"],
        &["lower", IN, "--memory", "single", "-o", "out"],
    ];
    for command in commands {
        match tool.run(command) {
            Outcome::Rejected(_) if tool.path("out").exists() => {
                return Answer::Differs(format!("{command:?} wrote something"));
            }
            Outcome::Rejected(_) => {}
            Outcome::Done(_) => return Answer::Differs(format!("{command:?} accepts it")),
            Outcome::Broken(e) => return Answer::Differs(e),
        }
        let _ = fs::remove_file(tool.path("out"));
        let _ = fs::remove_dir_all(tool.path("out"));
    }
    Answer::Same
}

/// The WIT that the library decodes from a component: the document and its text.
struct Read {
    decoded: DecodedWasm,
    text: String,
}

thread_local! {
    /// Whether panics print nothing.
    static HUSHED: Cell<bool> = const { Cell::new(false) };
}

/// Silences panics that become answers.
pub fn hush() {
    let usual = take_hook();
    set_hook(Box::new(move |info| {
        if !HUSHED.get() {
            usual(info);
        }
    }));
}

fn read(bytes: &[u8]) -> Result<Read, Vec<String>> {
    // The library panics on some valid components.
    HUSHED.set(true);
    let read = catch_unwind(AssertUnwindSafe(|| {
        let decoded = wit_component::decode(bytes).map_err(|e| messages(e.as_ref()))?;
        let text = print(decoded.resolve(), decoded.package())?;
        Ok(Read { decoded, text })
    }));
    HUSHED.set(false);
    read.unwrap_or_else(|_| Err(Vec::new()))
}

fn print(resolve: &Resolve, main: PackageId) -> Result<String, Vec<String>> {
    let mut others: Vec<PackageId> = resolve.packages.iter().map(|(id, _)| id).collect();
    others.retain(|id| *id != main);
    let mut printer = WitPrinter::default();
    printer
        .print(resolve, main, &others)
        .map_err(|e| messages(e.as_ref()))?;
    Ok(printer.output.to_string())
}

fn wit(tool: &Tool, bytes: &[u8]) -> Answer {
    let ours = tool.run(&["wit", IN]).result();
    match (&ours, read(bytes)) {
        (Ok(ours), Ok(theirs)) => {
            let (ours, theirs) = (ours.trim_end(), theirs.text.trim_end());
            Answer::of(&ours, &theirs, || first_difference(ours, theirs))
        }
        (_, theirs) => verdict(ours, &theirs),
    }
}

/// Each format of the graph can be drawn.
fn graph(tool: &Tool) -> Answer {
    for (format, starts) in [("svg", "<svg "), ("dot", "digraph "), ("json", "{")] {
        match tool.run(&["graph", IN, "--format", format]).result() {
            Ok(text) if text.starts_with(starts) => {}
            Ok(text) => return Answer::Differs(format!("no {format}: {text}")),
            Err(e) => return Answer::Differs(e),
        }
    }
    Answer::Same
}

/// The modules are written unchanged, and the remaining component is valid.
fn unbundle(tool: &Tool, bytes: &[u8]) -> Answer {
    let args = ["unbundle", IN, "--threshold", "0", "-o", "apart"];
    if let Err(e) = tool.run(&args).result() {
        return Answer::Differs(e);
    }
    let mut number = 0;
    for module in modules(bytes) {
        if tool.read(&format!("apart/unbundled-module{number}.wasm")) != module {
            return Answer::Differs(format!("module {number} differs"));
        }
        number += 1;
    }
    let rest = tool.read("apart/component.wasm");
    let files = fs::read_dir(tool.path("apart"))
        .expect("it is there")
        .count();
    if files != number + 1 || modules(&rest).next().is_some() {
        return Answer::Differs(format!("{files} files for {number} modules"));
    }
    match Validator::new_with_features(features()).validate_all(&rest) {
        Ok(_) => Answer::Same,
        Err(e) => Answer::Differs(format!("the remaining component is invalid: {e}")),
    }
}

/// The modules in a component, at any depth.
fn modules(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let payloads = Parser::new(0).parse_all(bytes).map_while(Result::ok);
    payloads.filter_map(|payload| match payload {
        Payload::ModuleSection {
            unchecked_range: range,
            ..
        } => bytes.get(range.start as usize..range.end as usize),
        _ => None,
    })
}

/// Whether the component targets its own world and variants of it.
fn targets(tool: &Tool, bytes: &[u8]) -> Option<Answer> {
    let Ok(DecodedWasm::Component(resolve, id)) = read(bytes).map(|read| read.decoded) else {
        return None;
    };
    let own = &resolve.worlds[id];
    let mut variants = vec![resolve.clone()];
    for i in 0..own.imports.len().min(3) {
        let mut less = resolve.clone();
        less.worlds[id].imports.shift_remove_index(i);
        variants.push(less);
    }
    if !own.exports.is_empty() {
        let mut less = resolve.clone();
        less.worlds[id].exports.shift_remove_index(0);
        variants.push(less);
    }
    let mut exports = own.exports.values();
    let function = exports.find(|item| matches!(item, WorldItem::Function(_)));
    if let Some(WorldItem::Function(function)) = function {
        let mut more = resolve.clone();
        let mut function = function.clone();
        function.name = "one-more".to_owned();
        let key = WorldKey::Name(function.name.clone());
        let item = WorldItem::Function(function);
        more.worlds[id].exports.insert(key, item);
        variants.push(more);
    }
    let mut answer = None;
    for variant in &variants {
        // Worlds that cannot be written as text are skipped.
        let Some((text, parsed, world)) = rewritten(variant, id) else {
            continue;
        };
        tool.write("own.wit", text);
        let ours = tool.run(&["targets", IN, "--wit", "own.wit", "--world", &own.name]);
        let theirs = wit_component::targets(&parsed, world, bytes);
        let one = fits(ours, theirs.map_err(|e| messages(e.as_ref())));
        if one != Answer::Same {
            return Some(one);
        }
        answer = Some(one);
    }
    answer
}

/// Prints the document of a world and parses the text again.
fn rewritten(resolve: &Resolve, world: WorldId) -> Option<(String, Resolve, WorldId)> {
    let world = &resolve.worlds[world];
    let text = print(resolve, world.package?).ok()?;
    let mut parsed = Resolve::default();
    let package = parsed.push_str("own.wit", &text).ok()?;
    let world = *parsed.packages[package].worlds.get(&world.name)?;
    Some((text, parsed, world))
}

/// Whether both agree on whether a component targets a world.
pub fn fits(ours: Outcome, theirs: Result<(), Vec<String>>) -> Answer {
    match (ours, &theirs) {
        // Upstream's message is about a component that it generates for the comparison.
        (Outcome::Rejected(_), Err(_)) => Answer::Same,
        (ours, _) => verdict(ours.result(), &theirs),
    }
}

/// Lowering returns a module that is valid with these features, or an error with a hint.
fn lower(
    tool: &Tool,
    memory: &[&str],
    features: WasmFeatures,
    check: &'static str,
    answers: &mut Answers,
) -> Option<Vec<u8>> {
    let mut args = vec!["lower", IN, "-o", "low.wasm", "--memory"];
    args.extend(memory);
    let (answer, lowered) = match tool.run(&args) {
        Outcome::Broken(e) => (Answer::Differs(e), None),
        Outcome::Rejected(e) if e.contains("\nhint: ") => (Answer::Same, None),
        Outcome::Rejected(e) => (Answer::Differs(format!("no hint: {e}")), None),
        Outcome::Done(_) => {
            let lowered = tool.read("low.wasm");
            let answer = match Validator::new_with_features(features).validate_all(&lowered) {
                Ok(_) if Parser::is_core_wasm(&lowered) => Answer::Same,
                Ok(_) => Answer::Differs("not a core module".to_owned()),
                Err(e) => Answer::Differs(e.to_string()),
            };
            (answer, Some(lowered))
        }
    };
    answers.insert(check, answer);
    lowered
}

/// A component made of the lowered module has the world of the original.
fn world(tool: &Tool, bytes: &[u8]) -> Answer {
    let again = match tool.make(&["new", "lowered.wasm"], "again.wasm") {
        Ok(again) => again,
        Err(e) => return Answer::Differs(e),
    };
    match (read(&again), read(bytes)) {
        (Ok(ours), Ok(theirs)) => {
            let tell = || first_difference(&ours.text, &theirs.text);
            Answer::of(&ours.text, &theirs.text, tell)
        }
        (Err(e), _) | (_, Err(e)) => Answer::Differs(e.join(": ")),
    }
}
