//! The rules of a registry file beyond its syntax, checked offline.

use crate::digest::Digest;
use crate::registry::format::{Package, PackageSource};
use crate::registry::tool::Tool;
use crate::version;
use regex::Regex;
use rules_wit_common::Diagnostic;
use std::sync::LazyLock;

const PLATFORM: &str = "^(darwin|linux|windows)_(amd64|arm64)$";
const REPOSITORY: &str = "^[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+$";
const NAME: &str = "^(@[a-z0-9_.-]+/)?[A-Za-z0-9][A-Za-z0-9_.-]*$";
const VERSION: &str = "^[A-Za-z0-9][A-Za-z0-9.+_-]*$";
/// Text that becomes part of addresses and paths: segments between `/`, without `..`.
const PATH: &str = r"^[A-Za-z0-9_@.+{}-]+(/[A-Za-z0-9_@.+{}-]+)*$";
const DATE: &str = r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$";

fn matches(pattern: &'static str, text: &str) -> bool {
    static PATTERNS: LazyLock<Vec<(&str, Option<Regex>)>> = LazyLock::new(|| {
        [PLATFORM, REPOSITORY, NAME, VERSION, PATH, DATE]
            .map(|p| (p, Regex::new(p).ok()))
            .to_vec()
    });
    let found = PATTERNS.iter().find(|(p, _)| *p == pattern);
    let known = found.and_then(|(_, r)| r.as_ref());
    known.is_some_and(|r| r.is_match(text)) && !text.contains("..")
}

/// Returns all violations in a file.
pub fn check(tool: &Tool) -> Vec<Diagnostic> {
    let mut checker = Checker {
        tool,
        errors: Vec::new(),
    };
    checker.head();
    checker.release();
    checker.versions();
    if checker.errors.is_empty() && !tool.is_canonical() {
        let rendered = tool.render();
        let line = tool
            .text
            .lines()
            .zip(rendered.lines())
            .take_while(|(a, b)| a == b)
            .count()
            + 1;
        checker.errors.push(
            Diagnostic::new(format!(
                "{}:{line}: the file is not in canonical form (two spaces, one key per line, no duplicates)",
                tool.shown
            ))
            .hint(format!("bazel run //tools/checksum_updater -- update {}", tool.file.tool_name)),
        );
    }
    checker.errors
}

struct Checker<'a> {
    tool: &'a Tool,
    errors: Vec<Diagnostic>,
}

impl Checker<'_> {
    fn error(&mut self, keys: &[&str], title: String, hint: &str) {
        let site = self.tool.site(keys);
        self.errors
            .push(Diagnostic::new(title).site(site).hint(hint));
    }

    fn pattern(&mut self, keys: &[&str], pattern: &'static str, text: &str, what: &str) {
        if !matches(pattern, text) {
            let title = format!("invalid {what} `{text}`");
            self.error(keys, title, &format!("a {what} matches {pattern}"));
        }
    }

    fn head(&mut self) {
        let file = &self.tool.file;
        let stem = self
            .tool
            .path
            .file_stem()
            .map(|s| s.to_string_lossy().into_owned());
        if stem.as_deref() != Some(file.tool_name.as_str()) {
            let title = format!(
                "`tool_name` is `{}`, but the file has another name",
                file.tool_name
            );
            self.error(&["tool_name"], title, "rename the file or the tool");
        }
        self.pattern(
            &["github_repo"],
            REPOSITORY,
            &file.github_repo,
            "repository",
        );
        let names = || file.versions.keys().map(String::as_str);
        if let Some(highest) = version::highest(names()) {
            if highest != file.latest_version {
                let title = format!(
                    "`latest_version` is `{}`, the highest version is `{highest}`",
                    file.latest_version
                );
                self.error(&["latest_version"], title, &format!("write \"{highest}\""));
            }
        }
        let sorted = version::sort(names());
        if let Some((wrong, right)) = names().zip(sorted).find(|(a, b)| a != b) {
            let title = format!(
                "versions are not sorted, highest first: found `{wrong}`, expected `{right}`"
            );
            self.error(&["versions", wrong], title, "sort the versions");
        }
    }

    fn release(&mut self) {
        let Some(release) = &self.tool.file.release else {
            return;
        };
        self.pattern(&["release", "tag"], PATH, &release.tag, "tag");
        self.pattern(&["release", "asset"], PATH, &release.asset, "asset");
        if let Some(binary) = &release.binary {
            self.pattern(&["release", "binary"], PATH, binary, "path in an archive");
        }
        if let Some(base) = &release.base_url {
            if !base.starts_with("https://") {
                let title = format!("`base_url` is `{base}`, which is not https");
                self.error(&["release", "base_url"], title, "use an https URL");
            }
        }
    }

    fn versions(&mut self) {
        for (version, entry) in &self.tool.file.versions {
            let at = ["versions", version.as_str()];
            self.pattern(&at, VERSION, version, "version");
            if let Some(date) = &entry.release_date {
                self.pattern(&[at[0], at[1], "release_date"], DATE, date, "date");
            }
            if !entry.platforms.is_empty() && self.tool.file.release.is_none() {
                let title = format!("version {version} has release archives, but the file has no `release` with their names");
                self.error(
                    &[at[0], at[1], "platforms"],
                    title,
                    "add `release` with `tag` and `asset`",
                );
            }
            let keys: Vec<&String> = entry.platforms.keys().collect();
            if !keys.is_sorted() {
                let title = format!("the platforms of version {version} are not sorted");
                self.error(&[at[0], at[1], "platforms"], title, "sort the platforms");
            }
            for (platform, archive) in &entry.platforms {
                let at = [at[0], at[1], "platforms", platform.as_str()];
                self.pattern(&at, PLATFORM, platform, "platform");
                let keys = [at[0], at[1], at[2], at[3], "url_suffix"];
                self.pattern(&keys, PATH, &archive.url_suffix, "file name suffix");
                let keys = [at[0], at[1], at[2], at[3], "sha256"];
                self.digest(&keys, &archive.sha256, false);
            }
            self.packages(version, &entry.packages);
            let mut tree = serde_json::Value::Object(self.tool.object(&at));
            let text = tree.to_string();
            tree.sort_all_objects();
            // Values are equal whatever the order of their keys.
            if text != *tree.to_string() {
                let title = format!("the keys of version {version} are not sorted");
                self.error(&at, title, "sort the keys of every object in a version");
            }
        }
    }

    fn packages(&mut self, version: &str, packages: &[Package]) {
        let order = |p: &Package| (p.source.name(), p.name.clone(), p.file.clone());
        for pair in packages.windows(2) {
            if order(&pair[0]) >= order(&pair[1]) {
                let title = format!(
                    "the packages of version {version} are not sorted by source, name and file, or contain a duplicate: `{}`",
                    pair[1].name
                );
                self.error(
                    &["versions", version, "packages"],
                    title,
                    "sort the packages",
                );
                break;
            }
        }
        for (i, package) in packages.iter().enumerate() {
            let index = i.to_string();
            let at = |key: &'static str| {
                ["versions", version, "packages", index.as_str(), key].map(str::to_owned)
            };
            let keys = |key| at(key).to_vec();
            let check = |this: &mut Self, key, pattern, text: &str, what: &str| {
                let keys = keys(key);
                let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
                this.pattern(&keys, pattern, text, what);
            };
            check(self, "name", NAME, &package.name, "package name");
            check(self, "version", VERSION, &package.version, "version");
            if let Some(file) = &package.file {
                check(self, "file", PATH, file, "file name");
            }
            if let Some(platform) = &package.platform {
                check(self, "platform", PLATFORM, platform, "platform");
            }
            let (key, digest) = package.digest();
            let keys = at(key);
            let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
            let npm = package.source == PackageSource::Npm;
            self.digest(&keys, digest, npm);
            let misplaced = if npm {
                package.sha256.is_some()
            } else {
                package.integrity.is_some()
            };
            let file = (package.source == PackageSource::Pypi) == package.file.is_some();
            if misplaced || !file {
                let title = format!("the package `{}` has keys of another source", package.name);
                let hint = "crate: sha256; npm: integrity; pypi: file, platform and sha256";
                self.error(&["versions", version, "packages", &index], title, hint);
            }
        }
    }

    fn digest(&mut self, keys: &[&str], text: &str, integrity: bool) {
        let fits = match Digest::parse(text) {
            Some(Digest::Integrity(_)) => integrity,
            Some(Digest::Sha256(_)) => !integrity,
            None => false,
        };
        if !fits {
            let title = format!("malformed digest `{text}`");
            let hint = if integrity {
                "write `sha512-` and the base64 of 64 bytes"
            } else {
                "write 64 hexadecimal digits in lower case"
            };
            self.error(keys, title, hint);
        }
    }
}
