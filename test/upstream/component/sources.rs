//! The cases of wac-parser: WAC sources with their packages.

use crate::checks;
use crate::errors::{self, messages};
use crate::plugs::plug;
use crate::stored;
use crate::tool::{Tool, Versions};
use harness::{first_difference, Answer, Answers, Case};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use wac_graph::types::BorrowedPackageKey;
use wac_graph::EncodeOptions;
use wac_parser::resolution::Error;
use wac_parser::Document;

/// Packages by the names in a source, `ns:name` or `ns:name@version`.
pub type Packages = BTreeMap<String, Vec<u8>>;

/// The results of the library for a source.
struct Made {
    /// The graph in `Debug` format.
    graph: String,
    /// The component with its dependencies embedded.
    component: Vec<u8>,
    /// The component with its dependencies imported.
    importing: Vec<u8>,
}

/// Checks a source.
pub fn check(tool: &Tool, case: &Case, versions: Versions) -> Answers {
    let source = fs::read_to_string(&case.path).expect("text");
    let source = source.replace("\r\n", "\n");
    let mut packages = Packages::new();
    let theirs = upstream(&source, Some(&case.path.with_extension("")), &mut packages);
    let mut answers = Answers::new();
    let expected = expected(case, &source, &theirs, versions.wit_component);
    answers.insert("expected", expected);

    let component = theirs.map(|made| made.component);
    let ours = compose(tool, &source, &packages);
    answers.insert("compose", checks::bytes(&ours, &component));
    if let (Err(ours), Err(theirs)) = (&ours, &component) {
        answers.insert("error", errors::compare(ours, theirs));
        if let (_, Some(location)) = errors::report(&kept(case)) {
            let own = errors::location(ours);
            let same = Answer::of(&own, &Some(location), || {
                format!("{own:?}, upstream {location:?}\n{ours}")
            });
            answers.insert("location", same);
        }
    }
    let parts: Vec<Vec<u8>> = packages.into_values().collect();
    if let Some(answer) = plug(tool, &parts) {
        answers.insert("plug", answer);
    }
    if let (Ok(_), Ok(component)) = (ours, component) {
        checks::check(tool, &component, &mut answers);
    }
    answers
}

/// The result that upstream stores for a case, without carriage returns.
fn kept(case: &Case) -> String {
    let file = case.path.with_extension("wac.result");
    let kept = fs::read_to_string(file).expect("the result");
    kept.replace("\r\n", "\n")
}

/// Whether the library passes upstream's own test.
fn expected(
    case: &Case,
    source: &str,
    theirs: &Result<Made, Vec<String>>,
    version: &str,
) -> Answer {
    let kept = kept(case);
    let tree = Document::parse(source)
        .map(|d| serde_json::to_string_pretty(&d).expect("JSON"))
        .map_err(|e| messages(&e));
    let same = |ours: &str, kept: &str| Answer::of(&ours, &kept, || first_difference(ours, kept));
    let should_fail = case.name.contains("/fail/");
    let kind = case.name.split('/').next().unwrap_or_default();
    match (kind, &tree, theirs) {
        ("parser", Ok(tree), _) if !should_fail => same(tree, &kept),
        ("resolution", _, Ok(made)) if !should_fail => same(&made.graph, &kept),
        ("encoding", _, Ok(made)) if !should_fail => {
            let file = case.path.with_extension("wac.result");
            stored::compare(&made.importing, &file, version)
        }
        ("parser", Err(e), _) | (_, _, Err(e)) if should_fail => {
            let e: Vec<String> = e.iter().map(|m| errors::one_line(m)).collect();
            let (kept, _) = errors::report(&kept);
            same(&e.join("\n"), &kept.join("\n"))
        }
        (_, _, Err(e)) => Answer::Differs(format!("refused: {}", e.join(": "))),
        _ => Answer::Differs("accepted".to_owned()),
    }
}

/// Runs `component compose`.
pub fn compose(tool: &Tool, source: &str, packages: &Packages) -> Result<Vec<u8>, String> {
    tool.write("in.wac", source);
    let mut args = vec!["compose".to_owned(), "in.wac".to_owned()];
    for (i, (name, bytes)) in packages.iter().enumerate() {
        let file = format!("dep{i}.wasm");
        tool.write(&file, bytes);
        args.extend(["--dep".to_owned(), format!("{name}={file}")]);
    }
    tool.make(&args, "out.wasm")
}

/// The library's error for a source with these packages.
pub fn refusal(source: &str, packages: &Packages) -> Option<Vec<String>> {
    upstream(source, None, &mut packages.clone()).err()
}

/// Composes with the library. Missing packages are loaded from a directory, if there is one, as wac's
/// own resolver does, and added to `packages`.
fn upstream(
    source: &str,
    dir: Option<&Path>,
    packages: &mut Packages,
) -> Result<Made, Vec<String>> {
    let document = Document::parse(source).map_err(|e| messages(&e))?;
    loop {
        let given = packages.clone();
        let versions: Vec<_> = given
            .keys()
            .map(|name| name.split_once('@').and_then(|(_, v)| v.parse().ok()))
            .collect();
        let keys = given.iter().zip(&versions).map(|((name, bytes), version)| {
            let name = name.split('@').next().unwrap_or(name);
            let key = BorrowedPackageKey::from_name_and_version(name, version.as_ref());
            (key, bytes.clone())
        });
        let resolution = match document.resolve(keys.collect()) {
            Ok(resolution) => resolution,
            Err(Error::UnknownPackage { name, span }) => {
                let word = source.get(span.offset()..span.offset() + span.len());
                let reference = match word.and_then(|w| w.split_once('@')) {
                    Some((_, version)) => format!("{name}@{version}"),
                    None => name.clone(),
                };
                let loaded = match dir {
                    Some(dir) if !packages.contains_key(&reference) => load(dir, &reference)?,
                    _ => None,
                };
                match loaded {
                    Some(bytes) => packages.insert(reference, bytes),
                    None => return Err(messages(&Error::UnknownPackage { name, span })),
                };
                continue;
            }
            Err(e) => return Err(messages(&e)),
        };
        let encode = |define_components| {
            let options = EncodeOptions {
                define_components,
                ..Default::default()
            };
            resolution.encode(options).map_err(|e| messages(&e))
        };
        let (component, importing) = (encode(true)?, encode(false)?);
        return Ok(Made {
            component,
            importing,
            graph: format!("{:?}", resolution.into_graph()),
        });
    }
}

/// Loads a package from the file system: a directory with WIT, or a file.
fn load(dir: &Path, reference: &str) -> Result<Option<Vec<u8>>, Vec<String>> {
    let mut path = dir.to_owned();
    path.extend(reference.split([':', '@']));
    if path.is_dir() {
        return wit_package(&path).map(Some);
    }
    let named = |extension| {
        let mut name = path.clone().into_os_string();
        name.push(extension);
        std::path::PathBuf::from(name)
    };
    let (text, binary) = (named(".wat"), named(".wasm"));
    if text.exists() {
        return wat::parse_file(&text).map(Some).map_err(|e| messages(&e));
    }
    Ok(fs::read(binary).ok())
}

fn wit_package(dir: &Path) -> Result<Vec<u8>, Vec<String>> {
    let mut resolve = wit_parser::Resolve::new();
    let (package, _) = resolve.push_dir(dir).map_err(|e| messages(e.as_ref()))?;
    wit_component::encode(&resolve, package).map_err(|e| messages(e.as_ref()))
}
