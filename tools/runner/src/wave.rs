//! Calls and values as text: WAVE, the WebAssembly Value Encoding.
//!
//! A stream is written like a list, a future like its value, and a map like a list of pairs.
//!
//! Values are converted here, from the syntax tree of `wasm-wave`: errors name the expected type of each
//! part of a value, and unknown fields of a record are errors.

use crate::async_values::Handle;
use crate::maps;
use crate::types::{show_type, unsupported_parameter, unsupported_result, Function};
use rules_wit_common::{Diagnostic, Result, Site};
use std::ops::Range;
use wasmtime::component::wasm_wave::ast::{Node, NodeType};
use wasmtime::component::wasm_wave::parser::ParserError;
use wasmtime::component::wasm_wave::untyped::UntypedValue;
use wasmtime::component::{Type, Val};

/// A parsed call: `name(arguments)`.
pub struct Call<'a> {
    /// The name of the function.
    pub name: &'a str,
    text: &'a str,
    /// The offset of the opening parenthesis.
    open: usize,
    arguments: Option<UntypedValue<'static>>,
}

/// An error in a value, and its range in the text.
#[derive(Debug)]
struct Mismatch {
    span: Range<usize>,
    message: String,
}

/// Returns the text of a value.
pub fn show_value(value: &Val) -> String {
    // The library panics at a map.
    let text = match maps::are_in(value) {
        true => maps::as_lists(value.clone()).to_wave(),
        false => value.to_wave(),
    };
    text.unwrap_or_else(|_| format!("{value:?}"))
}

/// Parses a value. The added newline keeps `wasm-wave` from panicking at a comment at the end of the
/// text.
fn parse_untyped(text: &str) -> Result<UntypedValue<'static>, ParserError> {
    UntypedValue::parse(&format!("{text}\n")).map(UntypedValue::into_owned)
}

/// Parses `name(arguments)`. [`Call::values`] checks the types of the arguments.
pub fn parse_call(text: &str) -> Result<Call<'_>> {
    let wrong = |span, message: &str| {
        Diagnostic::new(format!("the call is malformed: {message}"))
            .site(site("call", text, span))
            .hint("write the call in WAVE, such as `greet(\"World\", 42, {x: 1})`")
    };
    let Some(open) = text.find('(') else {
        let end = text.trim_end().len();
        return Err(wrong(end..end, "expected `(` after the function's name").into());
    };
    let name = text[..open].trim();
    if name.is_empty() {
        return Err(wrong(open..open + 1, "expected a function's name before `(`").into());
    }
    let rest = &text[open..];
    let is_empty = rest[1..].trim_start().strip_prefix(')');
    let arguments = match is_empty {
        Some(tail) if tail.trim().is_empty() => None,
        Some(tail) => {
            let at = text.len() - tail.trim_start().len();
            return Err(wrong(at..text.trim_end().len(), "unexpected text after `)`").into());
        }
        None => Some(parse_untyped(rest).map_err(|e| {
            let span = open + e.span().start..open + e.span().end;
            wrong(span, &describe(&e))
        })?),
    };
    Ok(Call {
        name,
        text,
        open,
        arguments,
    })
}

impl Call<'_> {
    /// Converts the arguments to the types of the parameters. Errors show the argument and the type.
    pub fn values(&self, function: &Function) -> Result<Vec<Val>> {
        check_supported(function)?;
        let params: Vec<(&str, Type)> = function.ty.params().collect();
        let nodes: Vec<&Node> = match &self.arguments {
            Some(tuple) => tuple
                .node()
                .as_tuple()
                .map_err(|e| self.malformed(&e))?
                .collect(),
            None => Vec::new(),
        };
        // WAVE allows leaving out trailing options.
        let optional = |(_, ty): &&(&str, Type)| matches!(ty, Type::Option(_));
        let required = params.len() - params.iter().rev().take_while(optional).count();
        if nodes.len() < required || nodes.len() > params.len() {
            let span = match nodes.get(params.len()) {
                Some(extra) => self.shift(extra.span()),
                None => self.text.trim_end().len().saturating_sub(1)..self.text.trim_end().len(),
            };
            let message = format!("expected {}", count(params.len()));
            return Err(Diagnostic::new(format!(
                "`{}` takes {}, but {} given",
                self.name,
                count(params.len()),
                match nodes.len() {
                    1 => "1 is".to_owned(),
                    n => format!("{n} are"),
                }
            ))
            .site(site("call", self.text, span).label(message))
            .note(function.signature())
            .into());
        }
        let source = &self.text[self.open..];
        let mut values = Vec::with_capacity(params.len());
        for (i, (name, ty)) in params.iter().enumerate() {
            let Some(node) = nodes.get(i) else {
                values.push(Val::Option(None));
                continue;
            };
            values.push(convert(node, ty, source).map_err(|e| {
                Diagnostic::new(format!(
                    "argument {} (`{name}`) of `{}` is not of type `{}`",
                    i + 1,
                    self.name,
                    show_type(ty)
                ))
                .site(site("call", self.text, self.shift(e.span)).label(e.message))
                .note(function.signature())
            })?);
        }
        Ok(values)
    }

    fn shift(&self, span: Range<usize>) -> Range<usize> {
        span.start + self.open..span.end + self.open
    }

    fn malformed(&self, e: &ParserError) -> Diagnostic {
        Diagnostic::new(format!("the call is malformed: {}", describe(e))).site(site(
            "call",
            self.text,
            self.shift(e.span()),
        ))
    }
}

/// Parses the expected value of a test, which is blank if the function has no result.
pub fn parse_expected(text: &str, ty: Option<&Type>) -> Result<Option<Val>> {
    let Some(ty) = ty else {
        return match text.trim().is_empty() {
            true => Ok(None),
            false => Err(Diagnostic::new("the function has no result")
                .site(site("value", text, 0..text.len()).label("expected an empty text"))
                .into()),
        };
    };
    let shown = show_type(ty);
    let value = parse_untyped(text)
        .map_err(|e| Mismatch {
            span: e.span(),
            message: describe(&e),
        })
        .and_then(|untyped| convert(untyped.node(), ty, text));
    value.map(Some).map_err(|e| {
        Diagnostic::new(format!("the expected value is not of type `{shown}`"))
            .site(site("value", text, e.span).label(e.message))
            .into()
    })
}

/// Fails if the type of a function has parts that WAVE cannot represent.
fn check_supported(function: &Function) -> Result<()> {
    let params = function.ty.params().map(|(name, ty)| {
        let place = format!("its parameter `{name}`");
        (place, unsupported_parameter(&ty))
    });
    let results = function.ty.results().map(|ty| {
        let place = "its result".to_owned();
        (place, unsupported_result(&ty))
    });
    for (place, unsupported) in params.chain(results) {
        if let Some(what) = unsupported {
            let article = match what {
                "error-context" => "an",
                _ => "a",
            };
            return Err(Diagnostic::new(format!(
                "`{}` cannot be called with WAVE: {place} contains {article} {what}",
                function.full_name()
            ))
            .hint("export a function of plain values, or call it from a host program")
            .into());
        }
    }
    Ok(())
}

fn convert(node: &Node, ty: &Type, src: &str) -> Result<Val, Mismatch> {
    let expected = |_: ParserError| mismatch(node, format!("expected `{}`", show_type(ty)));
    match Handle::of(ty) {
        Some(Handle::Stream(Some(ty))) => {
            let elements = node.as_list().map_err(expected)?;
            return Ok(Val::List(convert_all(elements, &ty, src)?));
        }
        Some(Handle::Future(Some(ty))) => return convert(node, &ty, src),
        _ => {}
    }
    Ok(match ty {
        Type::List(list) => Val::List(convert_all(
            node.as_list().map_err(expected)?,
            &list.ty(),
            src,
        )?),
        Type::Map(map) => {
            let mut pairs = Vec::new();
            for pair in node.as_list().map_err(expected)? {
                let parts: Vec<&Node> = pair.as_tuple().map_err(expected)?.collect();
                let [key, value] = parts[..] else {
                    return Err(mismatch(pair, "expected a key and a value".to_owned()));
                };
                pairs.push((
                    convert(key, &map.key(), src)?,
                    convert(value, &map.value(), src)?,
                ));
            }
            maps::sort(&mut pairs);
            if let Some(key) = maps::repeated(&pairs) {
                let message = format!("the key {} is there twice", show_value(key));
                return Err(mismatch(node, message));
            }
            Val::Map(pairs)
        }
        Type::FixedLengthList(list) => {
            let nodes = node.as_list().map_err(expected)?;
            if nodes.len() as u64 != u64::from(list.len()) {
                let message = format!("expected {} elements", list.len());
                return Err(mismatch(node, message));
            }
            Val::FixedLengthList(convert_all(nodes, &list.ty(), src)?)
        }
        Type::Tuple(tuple) => {
            let nodes = node.as_tuple().map_err(expected)?;
            if nodes.len() != tuple.types().len() {
                return Err(mismatch(node, format!("expected `{}`", show_type(ty))));
            }
            let values = nodes.zip(tuple.types()).map(|(n, ty)| convert(n, &ty, src));
            Val::Tuple(values.collect::<Result<_, _>>()?)
        }
        Type::Record(record) => {
            let given: Vec<(&str, &Node)> = node.as_record(src).map_err(expected)?.collect();
            if let Some((name, value)) = given
                .iter()
                .find(|(name, _)| !record.fields().any(|f| f.name == *name))
            {
                return Err(mismatch(value, format!("unknown field `{name}`")));
            }
            let mut fields = Vec::new();
            for field in record.fields() {
                let value = match given.iter().find(|(name, _)| *name == field.name) {
                    Some((_, value)) => convert(value, &field.ty, src)?,
                    None if matches!(field.ty, Type::Option(_)) => Val::Option(None),
                    None => {
                        let ty = show_type(&field.ty);
                        let message = format!("missing field `{}` of type `{ty}`", field.name);
                        return Err(mismatch(node, message));
                    }
                };
                fields.push((field.name.to_owned(), value));
            }
            Val::Record(fields)
        }
        Type::Variant(variant) => {
            let (label, payload) = node.as_variant(src).map_err(expected)?;
            let Some(case) = variant.cases().find(|c| c.name == label) else {
                return Err(mismatch(node, format!("expected `{}`", show_type(ty))));
            };
            Val::Variant(
                label.to_owned(),
                convert_payload(node, case.ty, payload, src)?,
            )
        }
        Type::Enum(names) => {
            let label = node.as_enum(src).map_err(expected)?;
            if !names.names().any(|n| n == label) {
                return Err(mismatch(node, format!("expected `{}`", show_type(ty))));
            }
            Val::Enum(label.to_owned())
        }
        Type::Flags(flags) => {
            let given: Vec<&str> = node.as_flags(src).map_err(expected)?.collect();
            if let Some(unknown) = given.iter().find(|g| !flags.names().any(|n| n == **g)) {
                return Err(mismatch(node, format!("unknown flag `{unknown}`")));
            }
            // In the order of the type, like results of a guest.
            let names = flags.names().filter(|n| given.contains(n));
            Val::Flags(names.map(str::to_owned).collect())
        }
        Type::Option(option) => match node.ty() {
            NodeType::OptionSome | NodeType::OptionNone => {
                let payload = node.as_option().map_err(expected)?;
                Val::Option(match payload {
                    Some(node) => Some(Box::new(convert(node, &option.ty(), src)?)),
                    None => None,
                })
            }
            _ if is_flat(&option.ty()) => {
                Val::Option(Some(Box::new(convert(node, &option.ty(), src)?)))
            }
            _ => return Err(mismatch(node, format!("expected `{}`", show_type(ty)))),
        },
        Type::Result(result) => match (node.ty(), result.ok()) {
            (NodeType::ResultOk | NodeType::ResultErr, ok) => {
                Val::Result(match node.as_result().map_err(expected)? {
                    Ok(payload) => Ok(convert_payload(node, ok, payload, src)?),
                    Err(payload) => Err(convert_payload(node, result.err(), payload, src)?),
                })
            }
            (_, Some(ok)) if is_flat(&ok) => {
                Val::Result(Ok(Some(Box::new(convert(node, &ok, src)?))))
            }
            _ => return Err(mismatch(node, format!("expected `{}`", show_type(ty)))),
        },
        _ => node.to_wasm_value::<Val>(ty, src).map_err(expected)?,
    })
}

fn convert_all<'a>(
    nodes: impl Iterator<Item = &'a Node>,
    ty: &Type,
    src: &str,
) -> Result<Vec<Val>, Mismatch> {
    nodes.map(|node| convert(node, ty, src)).collect()
}

fn convert_payload(
    node: &Node,
    ty: Option<Type>,
    payload: Option<&Node>,
    src: &str,
) -> Result<Option<Box<Val>>, Mismatch> {
    match (ty, payload) {
        (Some(ty), Some(payload)) => Ok(Some(Box::new(convert(payload, &ty, src)?))),
        (None, None) => Ok(None),
        (Some(ty), None) => Err(mismatch(
            node,
            format!("expected a payload of type `{}`", show_type(&ty)),
        )),
        (None, Some(payload)) => Err(mismatch(payload, "unexpected payload".to_owned())),
    }
}

/// Whether `some(x)` or `ok(x)` can be written as `x`.
fn is_flat(ty: &Type) -> bool {
    !matches!(ty, Type::Option(_) | Type::Result(_))
}

fn mismatch(node: &Node, message: String) -> Mismatch {
    Mismatch {
        span: node.span(),
        message,
    }
}

fn describe(e: &ParserError) -> String {
    match e.detail() {
        Some(detail) => format!("{}: {detail}", e.kind()),
        None => e.kind().to_string(),
    }
}

fn site(what: &str, text: &str, span: Range<usize>) -> Site {
    Site::new(what, text, span)
}

fn count(n: usize) -> String {
    match n {
        0 => "no arguments".to_owned(),
        1 => "1 argument".to_owned(),
        n => format!("{n} arguments"),
    }
}
