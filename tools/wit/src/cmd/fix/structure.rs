//! Restructures files before all other edits: files with several headers, with nested packages only,
//! or with functions outside of any interface.

use super::{default_exports, names};
use crate::edit::{apply, lines, Edit};
use crate::syntax::{escape, lex, Kind, Outline, Token};
use crate::tree::{File, Tree};
use rules_wit_common::Diagnostic;
use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;

/// The keywords that start a type.
const TYPES: &[&str] = &[
    "enum", "flags", "record", "resource", "type", "union", "variant",
];

/// The new texts of the files that need restructuring, by their numbers, and warnings about renamed
/// items in files.
pub(super) fn texts(tree: &Tree) -> (BTreeMap<usize, String>, Vec<(usize, Diagnostic)>) {
    let mut out = BTreeMap::new();
    let mut warnings = Vec::new();
    for unit in &tree.units {
        let is_bare = |i: &&usize| {
            let outline = &tree.files[**i].1;
            outline.header.is_none()
        };
        let all_bare = unit.files.iter().all(|i| is_bare(&i));
        let mut has_main = !all_bare;
        for i in &unit.files {
            let (file, outline) = &tree.files[*i];
            let mut text = file.text.clone();
            if let Some(new) = names::spelled(&text) {
                warnings.extend(new.renamed.iter().map(|r| (*i, renamed(file, r))));
                text = new.text;
            }
            if let Some(new) = several_headers(&text) {
                text = new;
            }
            if !has_main && has_only_blocks(outline) {
                if let Some(new) = first_block(&text) {
                    text = new;
                    has_main = true;
                }
            }
            if let Some(new) = default_exports::inlined(&text) {
                text = new;
            }
            if let Some(new) = without_interface(&text, &file.path) {
                text = new;
            }
            if let Some(new) = names::escaped(&text) {
                text = new;
            }
            if text != file.text {
                out.insert(*i, text);
            }
        }
    }
    (out, warnings)
}

/// The warning that the name at a range has become another.
fn renamed(file: &File, (range, new): &(Range<usize>, String)) -> Diagnostic {
    let old = &file.text[range.clone()];
    Diagnostic::warning(format!("`{old}` is renamed to `{new}`"))
        .site(file.site(range))
        .hint("rename it in code that uses it: names in WIT are in kebab case")
}

fn tokens(text: &str) -> Vec<Token> {
    let tokens = lex(text).into_iter();
    tokens.filter(|t| t.kind != Kind::Comment).collect()
}

/// The numbers of the tokens outside of all brackets.
fn at_top(tokens: &[Token]) -> Vec<usize> {
    let mut depth = 0_usize;
    let mut out = Vec::new();
    for (i, token) in tokens.iter().enumerate() {
        match token.kind {
            Kind::Punct('{' | '(' | '<') => depth += 1,
            Kind::Punct('}' | ')' | '>') => depth = depth.saturating_sub(1),
            _ if depth == 0 => out.push(i),
            _ => {}
        }
    }
    out
}

/// The packages at file level: the numbers of their first tokens, and of the `;` or `{` after their
/// names.
fn packages(text: &str, tokens: &[Token]) -> Vec<(usize, usize)> {
    let word = |i: usize| match tokens.get(i) {
        Some(t) if t.kind == Kind::Word => &text[t.range.clone()],
        _ => "",
    };
    let is = |i: usize, c: char| tokens.get(i).map(|t| t.kind) == Some(Kind::Punct(c));
    let mut out = Vec::new();
    for i in at_top(tokens) {
        let is_name = !word(i + 1).is_empty() && is(i + 2, ':') && !word(i + 3).is_empty();
        if word(i) != "package" || !is_name {
            continue;
        }
        let end = i + 4 + usize::from(tokens.get(i + 4).map(|t| t.kind) == Some(Kind::Version));
        if is(end, ';') || is(end, '{') {
            out.push((i, end));
        }
    }
    out
}

/// Fixes concatenated files, `package a:b; ... package c:d; ...`: the items after the second header
/// become a nested package. A repeated header is removed.
fn several_headers(text: &str) -> Option<String> {
    let tokens = tokens(text);
    let is_header = |(_, end): &&(usize, usize)| tokens[*end].kind == Kind::Punct(';');
    let all = packages(text, &tokens);
    let headers: Vec<(usize, usize)> = all.iter().filter(is_header).copied().collect();
    let (first, rest) = headers.split_first()?;
    // A header must be the first statement of a file.
    if rest.is_empty() || first.0 != 0 {
        return None;
    }
    let name = |(start, end): &(usize, usize)| {
        let range = tokens[start + 1].range.start..tokens[*end].range.start;
        text[range].trim_end().to_owned()
    };
    let mut edits = Vec::new();
    let mut open = name(first);
    for (i, header) in rest.iter().enumerate() {
        let whole = tokens[header.0].range.start..tokens[header.1].range.end;
        if name(header) == open {
            let gone = lines(text, vec![whole]).into_iter();
            edits.extend(gone.map(|range| Edit::new(range, "")));
            continue;
        }
        open = name(header);
        let colon = tokens[header.1].range.clone();
        edits.push(Edit::new(colon, " {"));
        // Up to the next package of another name, or of its own braces.
        let next = rest[i + 1..].iter().find(|h| name(h) != open);
        let is_block = |p: &&(usize, usize)| p.0 > header.1 && !headers.contains(p);
        let nested = all.iter().find(is_block);
        // Items after such a block would belong to the first package.
        let until = next.map_or(tokens.len(), |h| h.0);
        let mut tops = at_top(&tokens).into_iter();
        let in_names = |i: usize| all.iter().any(|(from, to)| *from <= i && i <= *to);
        if tops.any(|i| nested.is_some_and(|n| i > n.1) && i < until && !in_names(i)) {
            return None;
        }
        let end = [next, nested].into_iter().flatten().map(|h| h.0).min();
        let last = end.unwrap_or(tokens.len()).saturating_sub(1);
        let end = tokens.get(last).map_or(text.len(), |t| t.range.end);
        edits.push(Edit::insert(end, "\n}"));
    }
    Some(apply(text, edits))
}

/// Whether the file has no items but `package a:b { ... }`.
fn has_only_blocks(outline: &Outline) -> bool {
    let top = &outline.top;
    let is_empty = top.uses.is_empty() && top.bodies.is_empty() && top.stray.is_none();
    outline.header.is_none() && is_empty && !outline.nested.is_empty()
}

/// Replaces the braces of the first package by a header, as one package of a file must have one.
fn first_block(text: &str) -> Option<String> {
    let tokens = tokens(text);
    let (start, open) = packages(text, &tokens).first().copied()?;
    let mut depth = 0_usize;
    let close = (open..tokens.len()).find(|i| {
        match tokens[*i].kind {
            Kind::Punct('{') => depth += 1,
            Kind::Punct('}') => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0
    })?;
    let name_end = tokens[open].range.start - {
        let before = &text[tokens[start].range.start..tokens[open].range.start];
        before.len() - before.trim_end().len()
    };
    let inner = &text[tokens[open].range.end..tokens[close].range.start];
    let mut out = text[..name_end].to_owned();
    out.push(';');
    out.push_str(&dedented(inner));
    out.truncate(out.trim_end().len());
    let rest = text[tokens[close].range.end..].trim_start_matches([' ', '\t']);
    out.push('\n');
    out.push_str(rest.strip_prefix('\n').unwrap_or(rest));
    Some(out)
}

/// The text without the common indentation of its lines.
fn dedented(text: &str) -> String {
    let lines = || text.split('\n').skip(1).filter(|l| !l.trim().is_empty());
    let blank = |l: &str| l.len() - l.trim_start_matches([' ', '\t']).len();
    let margin = lines().map(blank).min().unwrap_or(0);
    let mut out = Vec::new();
    for (i, line) in text.split('\n').enumerate() {
        out.push(match i {
            0 => line,
            _ => line.get(margin.min(blank(line))..).unwrap_or(line),
        });
    }
    // A blank line after the header, as is usual.
    let text = out.join("\n");
    match text.strip_prefix('\n') {
        Some(rest) if !rest.starts_with('\n') => format!("\n\n{rest}"),
        _ => text,
    }
}

/// Whether the item at `range` is a type or function.
pub(super) fn is_item(text: &str, range: &Range<usize>) -> bool {
    let text = &text[range.start..];
    let words = tokens(text);
    let [word, next, ..] = words.as_slice() else {
        return false;
    };
    let is_function = word.kind == Kind::Word && next.kind == Kind::Punct(':');
    is_function || (TYPES.contains(&&text[word.range.clone()]) && next.kind == Kind::Word)
}

/// Puts the items of a file without interfaces into one with the name of the file, as in WIT of 2022.
fn without_interface(text: &str, path: &Path) -> Option<String> {
    let outline = Outline::new(text);
    let top = &outline.top;
    let stray = top.stray.as_ref()?;
    if !is_item(text, stray) {
        return None;
    }
    if !top.bodies.is_empty() || !outline.nested.is_empty() {
        return None;
    }
    let stem = &names::kebab(path.file_stem()?.to_str()?);
    wit_parser::validate_id(stem).ok()?;
    let all = lex(text);
    let after_header = outline.header.as_ref().map_or(0, |h| h.range.end);
    let code = |t: &&Token| t.kind != Kind::Comment && t.range.start >= after_header;
    let is_semicolon = |t: &&Token| t.kind == Kind::Punct(';');
    let first = match outline.header {
        Some(_) => all.iter().filter(code).find(|t| !is_semicolon(t))?,
        None => all.iter().find(code)?,
    };
    let last = all.iter().rfind(code)?;
    // Comments directly above the first item belong to it.
    let mut start = first.range.start;
    for token in all
        .iter()
        .rev()
        .filter(|t| t.range.end <= first.range.start)
    {
        let is_near = text[token.range.end..start].matches('\n').count() == 1;
        if token.kind != Kind::Comment || !is_near || token.range.start < after_header {
            break;
        }
        start = token.range.start;
    }
    // A comment on the last line belongs to it.
    let end = last.range.end;
    let line = text[end..].find('\n').map_or(text.len(), |i| end + i);
    let is_comment = text[end..line].trim_start().starts_with("//");
    let end = if is_comment { line } else { end };
    let mut out = text[..start].to_owned();
    out.push_str(&format!("interface {} {{\n", escape(stem)));
    for line in text[start..end].lines() {
        match line.trim().is_empty() {
            true => out.push('\n'),
            false => out.push_str(&format!("    {line}\n")),
        }
    }
    out.push('}');
    let rest = &text[end..];
    out.push_str(if rest.is_empty() { "\n" } else { rest });
    Some(out)
}
