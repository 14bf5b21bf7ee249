//! Runs `wit` over the cases in `resolve/` and `bindgen-rust/` beside this file.
//!
//! A case is a directory: sources (`*.wit`), the sources of its dependencies (`deps/*.wit`, in the
//! order of their names; each may use those before it), more arguments (`args.txt`, one a line),
//! and what is expected: `expected.*`, or, where the name begins with `error-`, `error.txt` with
//! the exit code and the message. `BLESS=1` writes what is expected.
//!
//! `WIT_BIN` names the binary and `GOLDEN_DIR` the directory of the cases, where Cargo does not;
//! `WIT_BINDGEN_BIN` names the generator, of the newest version that there is.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn binary() -> PathBuf {
    let path = std::env::var_os("WIT_BIN")
        .map(PathBuf::from)
        .or_else(|| option_env!("CARGO_BIN_EXE_wit").map(PathBuf::from))
        .expect("WIT_BIN");
    path.canonicalize().expect("the binary exists")
}

/// The generator of bindings, by its absolute path.
fn generator() -> String {
    let path = PathBuf::from(std::env::var_os("WIT_BINDGEN_BIN").expect("WIT_BINDGEN_BIN"));
    let path = path.canonicalize().expect("the generator exists");
    path.into_os_string().into_string().expect("UTF-8")
}

fn cases(kind: &str) -> Vec<PathBuf> {
    let root = match std::env::var_os("GOLDEN_DIR") {
        Some(dir) => PathBuf::from(dir),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("tests"),
    };
    let mut cases: Vec<PathBuf> = fs::read_dir(root.join(kind))
        .expect("the directory of the cases")
        .map(|e| e.expect("entry").path())
        .filter(|p| p.is_dir())
        .collect();
    cases.sort();
    assert!(!cases.is_empty(), "no case in {kind}");
    cases
}

fn wit_files(dir: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(dir) else {
        return Vec::new();
    };
    let mut files: Vec<PathBuf> = entries
        .map(|e| e.expect("entry").path())
        .filter(|p| p.extension().is_some_and(|e| e == "wit"))
        .filter(|p| !p.ends_with("expected.wit"))
        .collect();
    files.sort();
    files
}

/// A case laid out in a directory of its own, so that no path of this machine shows.
struct Case {
    source: PathBuf,
    name: String,
    dir: tempfile::TempDir,
}

impl Case {
    fn new(source: PathBuf) -> Self {
        let dir = tempfile::tempdir().expect("tempdir");
        let name = source
            .file_name()
            .expect("name")
            .to_string_lossy()
            .into_owned();
        let case = Case { source, name, dir };
        for sub in ["", "deps", "indirect"] {
            for file in wit_files(&case.source.join(sub)) {
                let to = case.path(sub);
                fs::create_dir_all(&to).expect("mkdir");
                fs::copy(&file, to.join(file.file_name().expect("name"))).expect("copy");
            }
        }
        case
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_else(|e| panic!("{}: {name}: {e}", self.name))
    }

    fn run(&self, args: &[String]) -> Output {
        Command::new(binary())
            .args(args)
            .current_dir(self.dir.path())
            .env_remove("BUILD_WORKING_DIRECTORY")
            .env_remove("BUILD_WORKSPACE_DIRECTORY")
            .output()
            .expect("runs")
    }

    fn names(&self, sub: &str) -> Vec<String> {
        let prefix = if sub.is_empty() {
            String::new()
        } else {
            format!("{sub}/")
        };
        wit_files(&self.source.join(sub))
            .iter()
            .map(|p| format!("{prefix}{}", p.file_name().expect("name").to_string_lossy()))
            .collect()
    }

    fn resolve(&self, label: &str, srcs: &[String], deps: &[String], out: &str) -> Output {
        self.resolve_with(label, srcs, deps, &[], &[], out)
    }

    fn resolve_with(
        &self,
        label: &str,
        srcs: &[String],
        deps: &[String],
        indirect: &[String],
        more: &[String],
        out: &str,
    ) -> Output {
        let mut args = vec!["resolve".to_owned(), "--label".to_owned(), label.to_owned()];
        args.extend(more.iter().cloned());
        for (flag, files) in [("--src", srcs), ("--dep", deps), ("--indirect", indirect)] {
            for file in files {
                args.extend([flag.to_owned(), file.clone()]);
            }
        }
        args.extend(["--out-wit".to_owned(), format!("{out}.wit")]);
        args.extend(["--out-spans".to_owned(), format!("{out}.json")]);
        self.run(&args)
    }

    /// Brings the dependencies into normal form.
    fn deps(&self) -> Vec<String> {
        self.below("deps", &[])
    }

    /// Brings the packages in a directory into normal form, which may use those that are done.
    fn below(&self, dir: &str, before: &[String]) -> Vec<String> {
        let mut done: Vec<String> = before.to_vec();
        for src in self.names(dir) {
            let stem = src.trim_start_matches(dir).trim_matches('/');
            let stem = stem.trim_end_matches(".wit");
            let out = format!("out-{stem}");
            let label = format!("//{dir}:{stem}");
            let mut output = self.resolve(&label, std::slice::from_ref(&src), &[], &out);
            if !output.status.success() {
                output = self.resolve(&label, std::slice::from_ref(&src), &done, &out);
            }
            assert!(output.status.success(), "{}: {}", self.name, text(&output));
            done.push(format!("{out}.wit"));
        }
        done
    }

    /// Makes a crate of each dependency, and gives the options that name them.
    fn crates(&self, deps: &[String]) -> Vec<String> {
        let mut options = Vec::new();
        for (i, dep) in deps.iter().enumerate() {
            let stem = dep.trim_end_matches(".wit");
            let description = format!("{stem}.crate.json");
            let name = stem.replace('-', "_");
            let mut args: Vec<String> =
                ["bindgen-rust", "--package", "--wit", dep, "--out", "dep.rs"]
                    .map(str::to_owned)
                    .to_vec();
            args.extend(["--generator".to_owned(), generator()]);
            args.extend(["--crate-name".to_owned(), name]);
            args.extend(["--out-crate".to_owned(), description.clone()]);
            for before in &deps[..i] {
                args.extend(["--dep".to_owned(), before.clone()]);
            }
            args.extend(options.iter().cloned());
            let output = self.run(&args);
            assert!(output.status.success(), "{}: {}", self.name, text(&output));
            options.extend(["--crate".to_owned(), description]);
        }
        options
    }

    fn more_args(&self) -> Vec<String> {
        fs::read_to_string(self.source.join("args.txt"))
            .map(|t| t.lines().map(str::to_owned).collect())
            .unwrap_or_default()
    }

    fn expect(&self, name: &str, actual: &str) {
        let file = self.source.join(name);
        if std::env::var_os("BLESS").is_some() {
            fs::write(&file, actual).expect("bless");
            return;
        }
        let expected = fs::read_to_string(&file).unwrap_or_default();
        assert!(
            expected == actual,
            "{}/{name} differs (BLESS=1 regenerates)\n--- expected\n{expected}\n--- actual\n{actual}",
            self.name
        );
    }

    fn expect_error(&self, output: &Output) {
        let code = output.status.code().expect("exit code");
        assert_ne!(code, 101, "{}: {}", self.name, text(output));
        assert!(output.stdout.is_empty());
        self.expect("error.txt", &format!("exit {code}\n{}", text(output)));
    }

    /// What the name of the case says shall happen.
    fn is_error(&self) -> bool {
        self.name.starts_with("error-")
    }

    /// Whether the case failed as it should; it is an error to fail when it should not.
    fn failed(&self, output: &Output, product: &str) -> bool {
        if !self.is_error() {
            assert!(output.status.success(), "{}: {}", self.name, text(output));
            return false;
        }
        assert!(!output.status.success(), "{}: no error", self.name);
        assert!(!self.path(product).exists(), "{}: output", self.name);
        self.expect_error(output);
        true
    }
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// The names after `prefix` at the start of lines, up to `end`.
fn names_in(text: &str, prefix: &str, end: char) -> BTreeSet<String> {
    text.lines()
        .filter_map(|l| l.trim_start().strip_prefix(prefix))
        .filter_map(|l| l.split(end).next())
        .map(|n| n.trim().trim_start_matches('%').to_owned())
        .collect()
}

#[test]
fn resolve() {
    for source in cases("resolve") {
        let case = Case::new(source);
        let indirect = case.below("indirect", &[]);
        let mut deps = case.below("deps", &indirect);
        deps.drain(..indirect.len());
        let srcs = case.names("");
        let label = format!("//case:{}", case.name);
        let more = case.more_args();
        let output = case.resolve_with(&label, &srcs, &deps, &indirect, &more, "out");
        if case.failed(&output, "out.wit") {
            continue;
        }
        // Two cases are of all shapes, and say nothing of what they do not use.
        if case.source.join("warnings.txt").exists() {
            case.expect("warnings.txt", &text(&output));
        }
        let normal = case.read("out.wit");
        case.expect("expected.wit", &normal);
        case.expect("expected.json", &case.read("out.json"));
        assert!(
            normal.starts_with(&format!("// label: {label}\n")),
            "{}",
            case.name
        );

        // The normal form of the normal form is itself.
        let again = case.resolve(&label, &["out.wit".to_owned()], &deps, "again");
        assert!(again.status.success(), "{}: {}", case.name, text(&again));
        assert_eq!(normal, case.read("again.wit"), "{}", case.name);

        same_encoding(&case, &srcs, &deps, &normal);
    }
}

/// The bindings of each world, with any feature, are the same from the sources and from the normal
/// form: they hold the encoding of the world. Only the margin of documentation may differ, and the
/// order of functions where one stands before a resource: the printer puts resources first.
fn same_encoding(case: &Case, srcs: &[String], deps: &[String], normal: &str) {
    let [src] = srcs else {
        return;
    };
    let main = normal.split("\npackage ").nth(1).unwrap_or_default();
    let mut features: Vec<Option<String>> = vec![None];
    features.extend(
        names_in(normal, "@unstable(feature = ", ')')
            .into_iter()
            .map(Some),
    );
    for world in names_in(main, "world ", '{') {
        for feature in &features {
            let mut codes = Vec::new();
            for file in [src.as_str(), "out.wit"] {
                let mut args: Vec<String> = ["bindgen-rust", "--no-format", "--wit", file]
                    .map(str::to_owned)
                    .to_vec();
                args.extend(["--world".to_owned(), world.clone()]);
                args.extend(["--generator".to_owned(), generator()]);
                args.extend(["--out".to_owned(), "world.rs".to_owned()]);
                for dep in deps {
                    args.extend(["--dep".to_owned(), dep.clone()]);
                }
                if let Some(feature) = feature {
                    args.extend(["--feature".to_owned(), feature.clone()]);
                }
                let output = case.run(&args);
                assert!(output.status.success(), "{}: {}", case.name, text(&output));
                let code = case.read("world.rs");
                let is_code = |l: &&str| !l.trim_start().starts_with("///");
                codes.push(code.lines().filter(is_code).collect::<Vec<_>>().join("\n"));
            }
            // Too long to print.
            assert!(
                codes[0] == codes[1],
                "{}: the encodings of {world} with {feature:?} differ",
                case.name
            );
            assert!(codes[0].contains("component-type:wit-bindgen"));
        }
    }
}

#[test]
fn bindgen_rust() {
    for source in cases("bindgen-rust") {
        let case = Case::new(source);
        let deps = case.deps();
        let label = format!("//case:{}", case.name);
        let resolved = case.resolve(&label, &case.names(""), &deps, "out");
        assert!(resolved.status.success(), "{}", text(&resolved));
        let mut args: Vec<String> = ["bindgen-rust", "--wit", "out.wit", "--label", &label]
            .map(str::to_owned)
            .to_vec();
        args.extend(["--out".to_owned(), "out.rs".to_owned()]);
        args.extend(["--generator".to_owned(), generator()]);
        args.extend(["--spans".to_owned(), "out.json".to_owned()]);
        for dep in &deps {
            args.extend(["--dep".to_owned(), dep.clone()]);
            args.extend(["--spans".to_owned(), dep.replace(".wit", ".json")]);
        }
        if case.name.starts_with("crates-") {
            args.extend(case.crates(&deps));
        }
        args.extend(case.more_args());
        let output = case.run(&args);
        if case.failed(&output, "out.rs") {
            continue;
        }
        let code = case.read("out.rs");
        if case.path("out.crate.json").exists() {
            case.expect("expected.json", &case.read("out.crate.json"));
        }
        case.expect("expected.rs", &code);
        assert!(case.run(&args).status.success());
        assert_eq!(
            code,
            case.read("out.rs"),
            "{}: not the same twice",
            case.name
        );
    }
}

#[test]
fn the_order_of_sources_and_dependencies_does_not_show() {
    let case = Case::new(
        cases("resolve")
            .into_iter()
            .find(|c| c.ends_with("several-files"))
            .expect("the case several-files"),
    );
    let mut deps = case.deps();
    let mut srcs = case.names("");
    assert!(srcs.len() > 1 && deps.len() > 1);
    assert!(case.resolve("//x", &srcs, &deps, "one").status.success());
    srcs.reverse();
    deps.reverse();
    assert!(case.resolve("//x", &srcs, &deps, "two").status.success());
    assert_eq!(case.read("one.wit"), case.read("two.wit"));
    assert_eq!(case.read("one.json"), case.read("two.json"));
}
