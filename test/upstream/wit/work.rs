//! Runs the tools on one case.

use crate::packages::{closure, order, units};
use crate::{verdict, Tools, Upstream};
use harness::{first_difference, Answer};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use wit_parser::{PackageId, Resolve};
use wit_source::{parse, Features};

/// A case, copied to its own directory.
pub struct Work<'a> {
    pub tools: &'a Tools,
    pub root: &'a Path,
    /// The path of the case, relative to `root`.
    pub case: &'a Path,
    pub features: &'a [&'a str],
}

impl Work<'_> {
    /// The path of the case.
    pub fn path(&self) -> PathBuf {
        self.root.join(self.case)
    }

    fn run(&self, program: &Path, args: &[String]) -> Output {
        Command::new(program)
            .args(args)
            .current_dir(self.root)
            .env_remove("BUILD_WORKING_DIRECTORY")
            .env_remove("BUILD_WORKSPACE_DIRECTORY")
            .output()
            .expect("the program runs")
    }

    /// Runs our tool. Exit code 1 returns the error; other codes panic.
    fn wit(&self, args: &[String]) -> Result<(), String> {
        let output = self.run(&self.tools.wit, args);
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!stderr.contains("internal error"), "{args:?}: {stderr}");
        match output.status.code() {
            Some(0) => Ok(()),
            Some(1) => Err(stderr),
            code => panic!("{args:?} ended with {code:?}: {stderr}"),
        }
    }

    /// Resolves the case with upstream's library.
    pub fn upstream(&self) -> Upstream {
        let mut resolve = Resolve::new();
        resolve
            .features
            .extend(self.features.iter().map(ToString::to_string));
        match resolve.push_path(self.path()) {
            Ok((package, _)) => Ok((resolve, package)),
            Err(e) => Err(resolve.render_error(&e)),
        }
    }

    /// Resolves each package of the case with our tool, dependencies first, and parses the output.
    pub fn ours(&self) -> Result<(Resolve, PackageId), String> {
        let units = units(&self.path()).expect("the case can be read");
        let mut written: Vec<Option<PathBuf>> = units.iter().map(|_| None).collect();
        for unit in order(&units) {
            let mut args = vec!["resolve".to_owned(), "--label".to_owned()];
            args.push(format!("//case:{}", units[unit].0.name));
            for file in &units[unit].0.files {
                let file = file.strip_prefix(self.root).expect("below the root");
                args.extend(["--src".to_owned(), text(file)]);
            }
            for feature in self.features {
                args.extend(["--feature".to_owned(), (*feature).to_owned()]);
            }
            for dep in closure(&units, unit) {
                if let Some(file) = &written[dep] {
                    args.extend(["--dep".to_owned(), text(file)]);
                }
            }
            let (wit, spans) = (format!("{unit}.wit"), format!("{unit}.json"));
            args.extend(["--output".to_owned(), wit.clone()]);
            args.extend(["--output-spans".to_owned(), spans]);
            self.wit(&args)?;
            written[unit] = Some(PathBuf::from(wit));
        }
        let files = |units: &[usize]| -> Vec<PathBuf> {
            let files = units.iter().filter_map(|i| written[*i].as_ref());
            files.map(|f| self.root.join(f)).collect()
        };
        let features = Features::Only(self.features.iter().map(ToString::to_string).collect());
        let read = parse(None, &files(&[0]), &files(&closure(&units, 0)));
        let loaded = read
            .and_then(|parsed| parsed.resolve(&features))
            .map_err(|e| e.render(false))?;
        Ok((loaded.resolve, loaded.main))
    }

    /// Compares `wit check` with upstream.
    pub fn check(&self, theirs: &Upstream) -> Answer {
        verdict(&self.wit(&["check".to_owned(), text(self.case)]), theirs)
    }

    /// Compares the bindings of all worlds of the main package; `None` if it has no world.
    pub fn bindings(
        &self,
        theirs: &Resolve,
        main: PackageId,
        variants: &[&[&str]],
    ) -> Option<Answer> {
        let worlds: Vec<&String> = theirs.packages[main].worlds.keys().collect();
        if worlds.is_empty() {
            return None;
        }
        let units = units(&self.path()).expect("the case can be read");
        for world in &worlds {
            for variant in variants {
                let variant: Vec<String> = variant.iter().map(ToString::to_string).collect();
                let ours = self.our_bindings(&closure(&units, 0), world, &variant);
                let theirs = self.their_bindings(world, &variant);
                let difference = match (&ours, &theirs) {
                    (Ok(ours), Ok(theirs)) if ours == theirs => continue,
                    (Ok(ours), Ok(theirs)) => first_difference(ours, theirs),
                    // Both report an error; the messages may differ.
                    (Err(_), Err(_)) => continue,
                    (Ok(_), Err(e)) => format!("only upstream reports an error: {e}"),
                    (Err(e), Ok(_)) => format!("only our tool reports an error: {e}"),
                };
                return Some(Answer::Differs(format!(
                    "world {world} {variant:?}: {difference}"
                )));
            }
        }
        Some(Answer::Same)
    }

    fn our_bindings(
        &self,
        deps: &[usize],
        world: &str,
        variant: &[String],
    ) -> Result<String, String> {
        let mut args: Vec<String> = ["bindgen-rust", "--wit", "0.wit", "--output", "ours.rs"]
            .map(str::to_owned)
            .to_vec();
        args.extend([
            "--world".to_owned(),
            world.to_owned(),
            "--generator".to_owned(),
        ]);
        args.push(text(&self.tools.generator));
        for dep in deps {
            args.extend(["--dep".to_owned(), format!("{dep}.wit")]);
        }
        for feature in self.features {
            args.extend(["--feature".to_owned(), (*feature).to_owned()]);
        }
        args.extend_from_slice(variant);
        self.wit(&args)?;
        let code = fs::read_to_string(self.root.join("ours.rs")).expect("bindings");
        Ok(without_preamble(&code))
    }

    /// Generates the bindings of the case itself, with the options of the rules.
    fn their_bindings(&self, world: &str, variant: &[String]) -> Result<String, String> {
        let out = self.root.join("theirs");
        let _ = fs::remove_dir_all(&out);
        let mut args = vec!["rust".to_owned(), text(self.case), "--world".to_owned()];
        args.extend([world.to_owned(), "--out-dir".to_owned(), text(&out)]);
        for option in [
            "--runtime-path=wit_bindgen::rt",
            "--default-bindings-module=$crate",
            "--pub-export-macro",
            "--generate-unused-types",
            "--generate-all",
            "--format",
        ] {
            args.push(option.to_owned());
        }
        if !self.features.is_empty() {
            args.push(format!("--features={}", self.features.join(",")));
        }
        args.extend_from_slice(variant);
        let output = self.run(&self.tools.generator, &args);
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into_owned());
        }
        let file = fs::read_dir(&out).expect("output").next();
        let file = file.expect("a file").expect("an entry").path();
        let code = fs::read_to_string(file).expect("bindings");
        Ok(as_crate_root(&code))
    }
}

/// The code after the header that our tool writes.
fn without_preamble(code: &str) -> String {
    let marker = "#![allow(clippy::all, non_snake_case)]\n\n";
    let at = code.find(marker).expect("a preamble");
    code[at + marker.len()..].to_owned()
}

/// Removes imports of macros that are at the crate root already. Independent of the tool's own
/// implementation.
fn as_crate_root(code: &str) -> String {
    let mut out: Vec<&str> = Vec::new();
    for line in code.lines() {
        if line.starts_with("pub use __export_world_") && line.ends_with("_cabi;") {
            if out.last() == Some(&"#[doc(hidden)]") {
                out.pop();
            }
        } else {
            out.push(line);
        }
    }
    out.iter().map(|line| format!("{line}\n")).collect()
}

fn text(path: &Path) -> String {
    path.to_str().expect("UTF-8").to_owned()
}
