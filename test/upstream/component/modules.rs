//! The cases of wit-component: modules and libraries with their worlds.

use crate::checks;
use crate::errors::{compare, messages};
use crate::stored;
use crate::tool::{Tool, Versions};
use harness::{first_difference, Answer, Answers, Case};
use std::fs;
use std::path::{Path, PathBuf};
use wasm_encoder::{ComponentSection, CustomSection};
use wit_component::{ComponentEncoder, Linker, StringEncoding, WitPrinter};
use wit_parser::{PackageId, Resolve};

/// A module of a case.
struct Module {
    /// Its name in the case.
    name: String,
    /// Its file in the working directory of the tool.
    file: String,
    bytes: Vec<u8>,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Main,
    Library { open: bool },
    Adapter,
}

/// The options that a case sets in comments.
#[derive(Default)]
struct Options {
    stub_missing_functions: bool,
    use_built_in_libdl: bool,
    return_call_ref: bool,
    realloc_via_memory_grow: bool,
}

/// Checks a case of `tests/components`.
pub fn check(tool: &Tool, case: &Case, versions: Versions) -> Answers {
    let mut answers = Answers::new();
    let mut modules = match modules(&case.path) {
        Ok(modules) => modules,
        Err(e) => return Answers::from([("expected", Answer::Differs(e))]),
    };
    let options = options(&case.path);
    for module in &modules {
        tool.write(&module.file, &module.bytes);
    }
    let theirs = upstream(&modules, &options, true);
    answers.insert(
        "expected",
        expected(&case.path, &theirs, versions.wit_component),
    );
    if modules.is_empty() {
        // A world without a module: the command line requires a module.
        return answers;
    }
    // On a command line, libraries for `dlopen` come after the others.
    modules.sort_by_key(|m| m.kind == Kind::Library { open: true });
    for names in [true, false] {
        let theirs = upstream(&modules, &options, names);
        let ours = subject(tool, &modules, &options, names);
        let same = checks::bytes(&ours, &theirs);
        let done = same != Answer::Same;
        answers.insert("new", same);
        if let (Err(ours), Err(theirs)) = (&ours, &theirs) {
            answers.insert("error", compare(ours, theirs));
        }
        if done {
            break;
        }
        if let (Ok(_), Ok(theirs), false) = (ours, theirs, names) {
            checks::check(tool, &theirs, &mut answers);
        }
    }
    answers
}

/// Checks a case of `tests/targets`: a component and a world.
pub fn check_targets(tool: &Tool, case: &Case) -> Answers {
    let read = || -> Result<_, Vec<String>> {
        let mut resolve = Resolve::default();
        let package = resolve
            .push_file(case.path.join("test.wit"))
            .map_err(|e| messages(e.as_ref()))?;
        let world = resolve
            .select_world(&[package], Some("foobar"))
            .map_err(|e| messages(e.as_ref()))?;
        let bytes = wat::parse_file(case.path.join("test.wat")).map_err(|e| messages(&e))?;
        Ok((resolve, world, bytes))
    };
    let (resolve, world, bytes) = match read() {
        Ok(read) => read,
        Err(e) => return Answers::from([("expected", Answer::Differs(e.join(": ")))]),
    };
    let theirs = wit_component::targets(&resolve, world, &bytes).map_err(|e| messages(e.as_ref()));
    let mut answers = Answers::from([("expected", kept_error(&case.path, &theirs))]);
    checks::check(tool, &bytes, &mut answers);
    tool.write("test.wasm", bytes);
    let wit = fs::read(case.path.join("test.wit")).expect("the world");
    tool.write("test.wit", wit);
    let ours = tool.run(&[
        "targets",
        "test.wasm",
        "--wit",
        "test.wit",
        "--world",
        "foobar",
    ]);
    answers.insert("targets", checks::fits(ours, theirs));
    answers
}

fn modules(dir: &Path) -> Result<Vec<Module>, String> {
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_dir(dir).map_err(|e| e.to_string())?;
    let mut files: Vec<PathBuf> = fs::read_dir(dir)
        .map_err(|e| e.to_string())?
        .filter_map(|e| Some(e.ok()?.path()))
        .filter(|p| p.extension().is_some_and(|e| e == "wat"))
        .collect();
    files.sort();
    let mut out = Vec::new();
    for file in files {
        let stem = file
            .file_stem()
            .and_then(|s| s.to_str())
            .unwrap_or_default();
        let prefixes = [
            ("dlopen-lib-", Kind::Library { open: true }),
            ("lib-", Kind::Library { open: false }),
            ("adapt-", Kind::Adapter),
            ("module", Kind::Main),
        ];
        let kind = prefixes.iter().find(|(prefix, _)| stem.starts_with(prefix));
        let Some((prefix, kind)) = kind else { continue };
        let text = fs::read_to_string(&file).map_err(|e| e.to_string())?;
        let comments = text.lines().map(str::trim);
        let named = comments
            .take_while(|l| l.is_empty() || l.starts_with(";;"))
            .find_map(|l| l.strip_prefix(";; module name: "));
        out.push(Module {
            name: named.unwrap_or(&stem[prefix.len()..]).to_owned(),
            file: format!("{stem}.wasm"),
            bytes: module(&file, stem, &resolve, package)?,
            kind: *kind,
        });
    }
    Ok(out)
}

/// Loads a module and adds the world of the same name, and a producer that upstream expects in the
/// result.
fn module(
    file: &Path,
    stem: &str,
    resolve: &Resolve,
    package: PackageId,
) -> Result<Vec<u8>, String> {
    let fail = |e: &(dyn std::error::Error + 'static)| messages(e).join(": ");
    let mut bytes = wat::parse_file(file).map_err(|e| fail(&e))?;
    let world = resolve
        .select_world(&[package], Some(stem))
        .map_err(|e| fail(e.as_ref()))?;
    let mut bindgen = wit_component::metadata::Bindgen::default();
    let producers = bindgen.producers.get_or_insert_default();
    producers.add("processed-by", "my-fake-bindgen", "123.45");
    let section = wit_component::metadata::encode(
        resolve,
        world,
        StringEncoding::UTF8,
        bindgen.producers.as_ref(),
    )
    .map_err(|e| fail(e.as_ref()))?;
    let section = CustomSection {
        name: "component-type".into(),
        data: section.into(),
    };
    section.append_to_component(&mut bytes);
    Ok(bytes)
}

fn options(dir: &Path) -> Options {
    let mut options = Options::default();
    for entry in fs::read_dir(dir).expect("a directory").flatten() {
        let path = entry.path();
        if path.extension().is_none_or(|e| e != "wat") || path.ends_with("component.wat") {
            continue;
        }
        let text = fs::read_to_string(path).expect("text");
        for line in text.lines().filter_map(|l| l.trim().strip_prefix(";;!")) {
            match line.trim() {
                "stub-missing-functions = true" => options.stub_missing_functions = true,
                "use-built-in-libdl = true" => options.use_built_in_libdl = true,
                "return-call-ref = true" => options.return_call_ref = true,
                "realloc-via-memory-grow = true" => options.realloc_via_memory_grow = true,
                other => panic!("{}: {other}", dir.display()),
            }
        }
    }
    options
}

/// The library's component of the modules, with or without debug names for added items.
fn upstream(modules: &[Module], options: &Options, names: bool) -> Result<Vec<u8>, Vec<String>> {
    let configure = |encoder: &mut ComponentEncoder| {
        encoder
            .validate(false)
            .debug_names(names)
            .shim_return_call_ref(options.return_call_ref)
            .realloc_via_memory_grow(options.realloc_via_memory_grow);
    };
    let adapters = modules.iter().filter(|m| m.kind == Kind::Adapter);
    let encode = || -> Result<Vec<u8>, Box<dyn std::error::Error + Send + Sync>> {
        if let Some(main) = modules.iter().find(|m| m.kind == Kind::Main) {
            let mut encoder = ComponentEncoder::default();
            configure(&mut encoder);
            encoder.module(&main.bytes)?;
            for adapter in adapters.clone() {
                encoder.adapter(&adapter.name, &adapter.bytes)?;
            }
            return Ok(encoder.encode()?);
        }
        let mut linker = Linker::default();
        linker
            .stub_missing_functions(options.stub_missing_functions)
            .use_built_in_libdl(options.use_built_in_libdl);
        configure(linker.encoder());
        for module in modules {
            if let Kind::Library { open } = module.kind {
                linker.library(&module.name, &module.bytes, open)?;
            }
        }
        for adapter in adapters.clone() {
            linker.encoder().adapter(&adapter.name, &adapter.bytes)?;
        }
        Ok(linker.encode()?)
    };
    encode().map_err(|e| messages(e.as_ref()))
}

/// Our tool's component of the modules.
fn subject(
    tool: &Tool,
    modules: &[Module],
    options: &Options,
    names: bool,
) -> Result<Vec<u8>, String> {
    let main = modules.iter().find(|m| m.kind == Kind::Main);
    let mut args = match main {
        Some(main) => vec!["new".to_owned(), main.file.clone()],
        None => vec!["link".to_owned()],
    };
    for module in modules {
        let named = format!("{}={}", module.name, module.file);
        match module.kind {
            Kind::Main => {}
            Kind::Library { open: false } => args.push(named),
            Kind::Library { open: true } => args.extend(["--dl-openable".to_owned(), named]),
            Kind::Adapter => args.extend(["--adapt".to_owned(), named]),
        }
    }
    let flags = [
        (options.stub_missing_functions, "--stub-missing-functions"),
        (options.use_built_in_libdl, "--use-built-in-libdl"),
        (options.return_call_ref, "--return-call-ref"),
        (options.realloc_via_memory_grow, "--realloc-via-memory-grow"),
        (names, "--debug-names"),
    ];
    args.extend(
        flags
            .iter()
            .filter(|(set, _)| *set)
            .map(|(_, flag)| (*flag).to_owned()),
    );
    tool.make(&args, "out.wasm")
}

/// Whether the library passes upstream's own test.
fn expected(dir: &Path, theirs: &Result<Vec<u8>, Vec<String>>, version: &str) -> Answer {
    let Ok(bytes) = theirs else {
        return kept_error(dir, theirs);
    };
    let same = stored::compare(bytes, &dir.join("component.wat"), version);
    if same != Answer::Same {
        return same;
    }
    let printed = wit_component::decode(bytes).and_then(|decoded| {
        let mut printer = WitPrinter::default();
        printer.print(decoded.resolve(), decoded.package(), &[])?;
        Ok(printer.output.to_string())
    });
    let printed = match printed {
        Ok(printed) => printed,
        Err(e) => return Answer::Differs(format!("{e:#}")),
    };
    let kept = fs::read_to_string(dir.join("component.wit.print")).unwrap_or_default();
    Answer::of(&printed.trim(), &kept.trim(), || {
        first_difference(&printed, &kept)
    })
}

fn kept_error<T>(dir: &Path, theirs: &Result<T, Vec<String>>) -> Answer {
    let kept = fs::read_to_string(dir.join("error.txt"));
    match (theirs, kept) {
        (Ok(_), Err(_)) => Answer::Same,
        (Ok(_), Ok(_)) => Answer::Differs("accepted".to_owned()),
        (Err(e), Err(_)) => Answer::Differs(format!("rejected: {}", e.join(": "))),
        (Err(e), Ok(kept)) => {
            let text = e.join(": ");
            Answer::of(&text.trim(), &kept.trim(), || {
                first_difference(&text, &kept)
            })
        }
    }
}
