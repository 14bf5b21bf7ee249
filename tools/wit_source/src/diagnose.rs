//! Turns errors of `wit_parser` into diagnostics: where, what exists, how to fix it.

use crate::comments::blank;
use crate::header::package_name;
use crate::hints;
use crate::index::Index;
use crate::sources::Sources;
use rules_wit_common::{Diagnostic, Failure, Site};
use wit_parser::{PackageName, ParseErrorKind, ResolveErrorKind, SourceMap, Span};

/// The diagnostic for an error within one package.
pub(crate) fn parse_error(
    label: Option<&str>,
    sources: &Sources,
    map: &SourceMap,
    error: &ParseErrorKind,
) -> Failure {
    let message = error.to_string();
    if message.starts_with("no `package` header") {
        return no_header(label, sources);
    }
    let title = first_line(&message);
    let mut d = Diagnostic::new(&title).target(label);
    let Some((path, site)) = sources.site(map, error.span()) else {
        return d.into();
    };
    if let Some(previous) = title
        .strip_prefix("package identifier `")
        .and_then(|_| title.rsplit('`').nth(1))
    {
        return two_headers(label, sources, previous, site);
    }
    d = d.site(site);
    if let Some(name) = title.strip_prefix("duplicate item named `") {
        for other in definitions(sources, name.trim_end_matches('`')) {
            if !d.has_site(&other) {
                d = d.site(other);
            }
        }
        return d.hint("rename one of them").into();
    }
    let text = sources.text(&path);
    let range = map.resolve_span(error.span()).map(|l| l.range);
    let range = range.unwrap_or_default();
    let name = title
        .strip_prefix("name `")
        .and_then(|t| t.split('`').next());
    let first = name.and_then(|name| hints::first_definition(text, name, range.start));
    if let Some(first) = first.filter(|_| title.ends_with("is defined more than once")) {
        d = d.site(Site::new(&path, text, first).label("and here"));
    }
    match hints::of(error, &title, text, &range) {
        Some(hint) => d.hint(hint).into(),
        None => d.into(),
    }
}

/// The sites at which the main package defines an interface or world of this name.
fn definitions(sources: &Sources, name: &str) -> Vec<Site> {
    let mut out = Vec::new();
    for path in sources.main_files() {
        let text = sources.text(path);
        let code = blank(text);
        for keyword in ["interface", "world"] {
            for (at, _) in code.match_indices(keyword) {
                let rest = &code[at + keyword.len()..];
                let trimmed = rest.trim_start().trim_start_matches('%');
                let start = code.len() - trimmed.len();
                let end = trimmed
                    .find(|c: char| c != '-' && !c.is_alphanumeric())
                    .unwrap_or(trimmed.len());
                if &trimmed[..end] == name && rest.len() != trimmed.len() {
                    out.push(Site::new(path, text, start..start + end));
                }
            }
        }
    }
    out
}

fn no_header(label: Option<&str>, sources: &Sources) -> Failure {
    let mut d = Diagnostic::new("no `package` header in the sources").target(label);
    if let Some(path) = sources.main_files().first() {
        d = d.site(Site::new(path, sources.text(path), 0..0));
    }
    let is_block = |path: &String| {
        let code = blank(sources.text(path));
        code.trim_start().starts_with("package ")
    };
    if sources.main_files().iter().any(is_block) {
        d = d.note("a package in braces is nested, and needs another one with a header");
        return d
            .hint("replace the first braces by `package namespace:name;`, as `wit fix` does")
            .into();
    }
    d.hint("start one of the files with `package namespace:name@version;`, as `wit fix --package` does").rule_hint("start one of the files with `package namespace:name@version;`")
    .into()
}

fn two_headers(label: Option<&str>, sources: &Sources, previous: &str, site: Site) -> Failure {
    let mut d = Diagnostic::new("the sources have `package` headers of two packages")
        .target(label)
        .site(site);
    let first = sources.main_files().iter().find_map(|path| {
        let text = sources.text(path);
        let range = package_name(text)?;
        (&text[range.clone()] == previous).then(|| Site::new(path, text, range))
    });
    if let Some(first) = first {
        d = d.site(first.label("the other package"));
    }
    d.hint("put the files of each package into a directory of their own")
        .rule_hint("define a wit_library for each package")
        .into()
}

/// The diagnostic for an error between packages.
pub(crate) fn resolve_error(
    label: Option<&str>,
    sources: &Sources,
    map: &SourceMap,
    error: &ResolveErrorKind,
) -> Failure {
    let index = Index::new(sources);
    let at = sources.site(map, error.span());
    let asker = at
        .as_ref()
        .and_then(|(path, _)| sources.label(path))
        .or(label)
        .map(str::to_owned);
    let site = at.map(|(_, site)| site);
    let with_site = |d: Diagnostic, text: &str| match &site {
        Some(site) => d.site(site.clone().label(text)),
        None => d,
    };
    let d = match error {
        ResolveErrorKind::PackageNotFound { requested, .. } => {
            let d = package_not_found(&index, sources, requested, asker.as_deref(), &site);
            return d.target(label).into();
        }
        ResolveErrorKind::InterfaceNotFound {
            requested, package, ..
        } => with_site(
            Diagnostic::new(format!(
                "interface `{requested}` not found in package `{package}`"
            )),
            "used here",
        )
        .note(list("interfaces", package, &index.interfaces(package)))
        .hint(provider_hint(&index, sources, package)),
        ResolveErrorKind::WorldNotFound {
            requested, package, ..
        } => with_site(
            Diagnostic::new(format!(
                "world `{requested}` not found in package `{package}`"
            )),
            "used here",
        )
        .note(list("worlds", package, &index.worlds(package)))
        .hint(provider_hint(&index, sources, package)),
        ResolveErrorKind::DuplicatePackage { name, span1, span2 } => {
            duplicate(sources, map, name, [*span2, *span1])
        }
        ResolveErrorKind::PackageCycle { package, .. } => {
            let names: Vec<String> = index
                .cycle(package)
                .iter()
                .map(ToString::to_string)
                .collect();
            with_site(
                Diagnostic::new(format!(
                    "circular dependency detected: {}",
                    names.join(" -> ")
                )),
                "",
            )
            .hint("move the shared types into a third package")
        }
        ResolveErrorKind::StabilityMismatch { .. } => with_site(
            Diagnostic::new("an item has different feature gates in two includes"),
            "",
        )
        .hint("give both the same `@since` or `@unstable`"),
        other => semantic(&index, map, other, with_site),
    };
    d.target(label).into()
}

fn semantic(
    index: &Index<'_>,
    map: &SourceMap,
    error: &ResolveErrorKind,
    with_site: impl Fn(Diagnostic, &str) -> Diagnostic,
) -> Diagnostic {
    let title = first_line(&error.to_string());
    if let (true, Some((interface, types))) = (
        title.ends_with("not defined in interface"),
        index.foreign_type(map, error.span()),
    ) {
        return with_site(
            Diagnostic::new(format!("{title} `{interface}`")),
            "used here",
        )
        .note(format!("types in `{interface}`: {}", join(&types)))
        .hint("check the spelling and the version of the package");
    }
    if let Some(d) = world_names(index, &title) {
        return d;
    }
    let d = with_site(Diagnostic::new(&title), "");
    if title.contains("feature gate") {
        return d.hint("use a version that is not newer than that of the package");
    }
    if title.contains("feature not being activated") {
        return d.hint("add the `@unstable(feature = ...)` of the used item here too");
    }
    if title.contains("transitively depends") {
        return d.hint("export that interface too, or do not export its user");
    }
    d
}

/// The error for names in a world that differ only in case, which the library reports without a site.
fn world_names(index: &Index<'_>, title: &str) -> Option<Diagnostic> {
    let title = title.strip_suffix(" (kebab-case identifiers are case-insensitive)")?;
    let mut d = Diagnostic::new(title);
    let names: Vec<&str> = title.split('`').skip(1).step_by(2).collect();
    let [name, world, other] = names.as_slice() else {
        return None;
    };
    for site in [name, other]
        .into_iter()
        .flat_map(|name| index.world_items(world, name))
    {
        if !d.has_site(&site) {
            d = d.site(site);
        }
    }
    Some(d.hint("rename one of them: names must differ in more than case and hyphens"))
}

fn package_not_found(
    index: &Index<'_>,
    sources: &Sources,
    requested: &PackageName,
    asker: Option<&str>,
    site: &Option<Site>,
) -> Diagnostic {
    let known = index.names();
    let near: Vec<&PackageName> = known
        .iter()
        .filter(|k| k.namespace == requested.namespace && k.name == requested.name)
        .collect();
    let mut d = match near.last() {
        Some(near) => Diagnostic::new(format!(
            "package '{}' found with {} but {}",
            requested.name,
            version(near),
            match &requested.version {
                Some(v) => format!("{v} required"),
                None => "required without one".to_owned(),
            }
        )),
        None => Diagnostic::new(format!("failed to resolve dependency '{}'", requested.name)),
    };
    if let Some(site) = site {
        let text = match asker {
            Some(asker) => format!("{asker} uses `{requested}`"),
            None => format!("`{requested}` is used here"),
        };
        d = d.site(site.clone().label(text));
    }
    for name in &near {
        if let Some(path) = index.file(name) {
            let text = sources.text(&path);
            let from = sources.label(&path).unwrap_or(&path);
            let range = package_name(text).unwrap_or(0..0);
            d = d.site(Site::new(&path, text, range).label(format!("`{name}`, from {from}")));
        }
    }
    let names: Vec<String> = known
        .iter()
        .map(|name| {
            let path = index.file(name);
            match path.as_deref().and_then(|p| sources.label(p)) {
                Some(label) => format!("\n  {name} ({label})"),
                None => format!("\n  {name}"),
            }
        })
        .collect();
    let d = d.note(format!("available packages:{}", names.concat()));
    match near.last() {
        Some(PackageName {
            version: Some(v), ..
        }) if requested.version.is_none() => d.hint(format!(
            "write the version after the interface: `{}:{}/...@{v}`",
            requested.namespace, requested.name
        )),
        _ => match asker {
            Some(asker) => d.hint(format!(
                "add the wit_library of `{requested}` to the deps of {asker}"
            )),
            // Of the rules, only `wit_breaking_test` takes sources that have no target.
            None => d
                .hint("add the package to the tree, or pass it with `--dep`")
                .rule_hint("add the package to `baseline`"),
        },
    }
}

fn version(name: &PackageName) -> String {
    match &name.version {
        Some(v) => format!("version {v}"),
        None => "no version".to_owned(),
    }
}

fn duplicate(
    sources: &Sources,
    map: &SourceMap,
    name: &PackageName,
    spans: [Span; 2],
) -> Diagnostic {
    let mut labels = Vec::new();
    let mut sites = Vec::new();
    for span in spans {
        if let Some((path, site)) = sources.site(map, span) {
            let from = sources.label(&path).unwrap_or(&path).to_owned();
            sites.push((from.clone(), site));
            labels.push(from);
        }
    }
    // The error does not depend on the order of the dependencies.
    sites.sort_by(|a, b| a.0.cmp(&b.0));
    labels.sort();
    labels.dedup();
    let mut d = Diagnostic::new(format!(
        "package `{name}` is provided twice: {}",
        match labels.as_slice() {
            [one] => format!("both times by {one}"),
            many => format!("by {}", many.join(" and by ")),
        }
    ));
    for (from, site) in sites {
        d = d.site(site.label(format!("from {from}")));
    }
    d.hint("remove one of them, or pass only one").rule_hint("keep one of them in the `deps` of the closure, and make the users of the other depend on it")
}

fn provider_hint(index: &Index<'_>, sources: &Sources, package: &PackageName) -> String {
    let path = index.file(package);
    match path.as_deref().and_then(|p| sources.label(p)) {
        Some(label) => format!("check the spelling, or define it in {label}"),
        None => format!("check the spelling, or define it in `{package}`"),
    }
}

fn list(what: &str, package: &PackageName, names: &[String]) -> String {
    format!("{what} in `{package}`: {}", join(names))
}

fn join(names: &[String]) -> String {
    if names.is_empty() {
        return "none".to_owned();
    }
    let names: Vec<String> = names.iter().map(|n| format!("`{n}`")).collect();
    names.join(", ")
}

/// The first line of a library's message: lower-case, and without a full stop.
pub(crate) fn first_line(message: &str) -> String {
    let line = message
        .lines()
        .next()
        .unwrap_or_default()
        .trim_end_matches('.');
    let mut chars = line.chars();
    match chars.next() {
        Some(c) => c.to_lowercase().chain(chars).collect(),
        None => "invalid WIT".to_owned(),
    }
}
