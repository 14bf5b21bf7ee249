//! Compares types and functions.

use super::comparison::{Comparison, Item, Parent};
use super::rules::Rule;
use super::type_text::{definition, type_text};
use std::collections::{HashMap, HashSet};
use wit_parser::{Function, FunctionKind, Span, Type, TypeDefKind, TypeId};

/// A field, case, flag or parameter: its name, type and span.
type Part<'p> = (&'p str, Option<Type>, Span);

/// The rules for the parts of a type or function.
struct Rules {
    what: &'static str,
    removed: Rule,
    added: Rule,
    changed: Rule,
    reordered: Rule,
    renamed: Option<Rule>,
}

impl Comparison<'_> {
    /// Compares two types of the same name.
    pub fn ty(&mut self, parent: &Parent, name: &str, old: TypeId, new: TypeId) {
        let (a, b) = (&self.sides.old.resolve, &self.sides.new.resolve);
        let (from, to) = (&a.types[old], &b.types[new]);
        let items = (Item::ty(a, old), Item::ty(b, new));
        self.remarks(parent, name, items.0, items.1);
        use TypeDefKind as K;
        let owner = format!("`{name}` of `{}`", parent.path);
        match (&from.kind, &to.kind) {
            (K::Record(x), K::Record(y)) => {
                let rules = Rules {
                    what: "field",
                    removed: Rule::RecordFieldRemoved,
                    added: Rule::RecordFieldAdded,
                    changed: Rule::RecordFieldTypeChanged,
                    reordered: Rule::RecordFieldsReordered,
                    renamed: None,
                };
                let parts = |fields: &'_ [wit_parser::Field]| -> Vec<(String, Option<Type>, Span)> {
                    let parts = fields.iter().map(|f| (f.name.clone(), Some(f.ty), f.span));
                    parts.collect()
                };
                let (x, y) = (parts(&x.fields), parts(&y.fields));
                self.parts(
                    parent,
                    name,
                    &format!("record {owner}"),
                    items,
                    &rules,
                    &x,
                    &y,
                );
            }
            (K::Variant(x), K::Variant(y)) => {
                let rules = Rules {
                    what: "case",
                    removed: Rule::VariantCaseRemoved,
                    added: Rule::VariantCaseAdded,
                    changed: Rule::VariantCaseTypeChanged,
                    reordered: Rule::VariantCasesReordered,
                    renamed: None,
                };
                let parts = |cases: &'_ [wit_parser::Case]| -> Vec<(String, Option<Type>, Span)> {
                    let parts = cases.iter().map(|c| (c.name.clone(), c.ty, c.span));
                    parts.collect()
                };
                let (x, y) = (parts(&x.cases), parts(&y.cases));
                self.parts(
                    parent,
                    name,
                    &format!("variant {owner}"),
                    items,
                    &rules,
                    &x,
                    &y,
                );
            }
            (K::Enum(x), K::Enum(y)) => {
                let rules = Rules {
                    what: "case",
                    removed: Rule::EnumCaseRemoved,
                    added: Rule::EnumCaseAdded,
                    changed: Rule::TypeKindChanged,
                    reordered: Rule::EnumCasesReordered,
                    renamed: None,
                };
                let parts =
                    |cases: &'_ [wit_parser::EnumCase]| -> Vec<(String, Option<Type>, Span)> {
                        let parts = cases.iter().map(|c| (c.name.clone(), None, c.span));
                        parts.collect()
                    };
                let (x, y) = (parts(&x.cases), parts(&y.cases));
                self.parts(
                    parent,
                    name,
                    &format!("enum {owner}"),
                    items,
                    &rules,
                    &x,
                    &y,
                );
            }
            (K::Flags(x), K::Flags(y)) => {
                let rules = Rules {
                    what: "flag",
                    removed: Rule::FlagRemoved,
                    added: Rule::FlagAdded,
                    changed: Rule::TypeKindChanged,
                    reordered: Rule::FlagsReordered,
                    renamed: None,
                };
                let parts = |flags: &'_ [wit_parser::Flag]| -> Vec<(String, Option<Type>, Span)> {
                    let parts = flags.iter().map(|c| (c.name.clone(), None, c.span));
                    parts.collect()
                };
                let (x, y) = (parts(&x.flags), parts(&y.flags));
                self.parts(
                    parent,
                    name,
                    &format!("flags {owner}"),
                    items,
                    &rules,
                    &x,
                    &y,
                );
            }
            (K::Resource, K::Resource) => {}
            _ if self.sides.same_definition(old, new) => {}
            (x, y) if is_named(x) && is_named(y) => {
                let title = format!("{owner} changed from a {} to a {}", x.as_str(), y.as_str());
                let rule = Rule::TypeKindChanged;
                self.report(rule, parent, name, title, Some(items.0), Some(items.1));
            }
            (x, y) => {
                let text = |resolve, kind: &K, id| match is_named(kind) {
                    true => format!("a {}", kind.as_str()),
                    false => format!("`{}`", definition(resolve, id)),
                };
                let (x, y) = (text(a, x, old), text(b, y, new));
                let title = match x == y {
                    true => format!("{owner} changed to another {x}"),
                    false => format!("{owner} changed from {x} to {y}"),
                };
                let rule = Rule::TypeAliasChanged;
                self.report(rule, parent, name, title, Some(items.0), Some(items.1));
            }
        }
    }

    /// Compares the fields, cases, flags or parameters of two items of the same name.
    #[allow(clippy::too_many_arguments)] // Two sides of everything.
    fn parts(
        &mut self,
        parent: &Parent,
        name: &str,
        owner: &str,
        (old_item, new_item): (Item<'_>, Item<'_>),
        rules: &Rules,
        old: &[(String, Option<Type>, Span)],
        new: &[(String, Option<Type>, Span)],
    ) {
        let old: Vec<Part<'_>> = old.iter().map(|(n, t, s)| (n.as_str(), *t, *s)).collect();
        let new: Vec<Part<'_>> = new.iter().map(|(n, t, s)| (n.as_str(), *t, *s)).collect();
        let (before, after): (HashMap<&str, usize>, HashMap<&str, usize>) = (
            old.iter().enumerate().map(|(i, p)| (p.0, i)).collect(),
            new.iter().enumerate().map(|(i, p)| (p.0, i)).collect(),
        );
        let what = rules.what;
        let at = |item: Item<'_>, span: Span| -> Span {
            match span.is_known() {
                true => span,
                false => item.span,
            }
        };
        let mut renamed = HashSet::new();
        for (i, (part, ty, span)) in old.iter().enumerate() {
            let part_name = format!("{name}.{part}");
            let from = Item {
                span: at(old_item, *span),
                ..old_item
            };
            if let Some(j) = after.get(part) {
                let (_, other, other_span) = new[*j];
                if !self.sides.same(*ty, other) {
                    let title = format!(
                        "{what} `{part}` of {owner} changed from {} to {}",
                        type_text(self.before(), *ty),
                        type_text(self.after(), other)
                    );
                    let to = Item {
                        span: at(new_item, other_span),
                        ..new_item
                    };
                    self.report(
                        rules.changed,
                        parent,
                        &part_name,
                        title,
                        Some(from),
                        Some(to),
                    );
                }
                continue;
            }
            let other = new.get(i).filter(|p| !before.contains_key(p.0));
            if let (Some(rule), Some((other, other_ty, other_span))) = (rules.renamed, other) {
                if self.sides.same(*ty, *other_ty) {
                    renamed.insert(*other);
                    let title = format!("{what} `{part}` of {owner} was renamed to `{other}`");
                    let to = Item {
                        span: at(new_item, *other_span),
                        ..new_item
                    };
                    self.report(rule, parent, &part_name, title, Some(from), Some(to));
                    continue;
                }
            }
            let title = format!("{what} `{part}` of {owner} was removed");
            self.report(
                rules.removed,
                parent,
                &part_name,
                title,
                Some(from),
                Some(new_item),
            );
        }
        for (part, _, span) in &new {
            if !before.contains_key(part) && !renamed.contains(part) {
                let to = Item {
                    span: at(new_item, *span),
                    ..new_item
                };
                let title = format!("{what} `{part}` of {owner} was added");
                let part_name = format!("{name}.{part}");
                self.report(
                    rules.added,
                    parent,
                    &part_name,
                    title,
                    Some(old_item),
                    Some(to),
                );
            }
        }
        let old_order = old.iter().filter(|p| after.contains_key(p.0)).map(|p| p.0);
        let new_order = new.iter().filter(|p| before.contains_key(p.0)).map(|p| p.0);
        if !old_order.eq(new_order) {
            let title = format!("the {what}s of {owner} were reordered");
            let items = (Some(old_item), Some(new_item));
            self.report(rules.reordered, parent, name, title, items.0, items.1);
        }
    }

    /// Compares the functions of an interface or a world.
    pub fn functions(&mut self, parent: &Parent, old: &[&Function], new: &[&Function]) {
        let before: HashMap<&str, &Function> = old.iter().map(|f| (f.name.as_str(), *f)).collect();
        let after: HashMap<&str, &Function> = new.iter().map(|f| (f.name.as_str(), *f)).collect();
        for function in old {
            if let Some(other) = after.get(function.name.as_str()) {
                self.function(parent, function, other);
                continue;
            }
            let title = format!("{} was removed", self.function_text(parent, function));
            let item = Some(Item::function(function));
            let (rule, _) = function_rules(function);
            self.report(rule, parent, &function.name, title, item, None);
        }
        for function in new {
            if !before.contains_key(function.name.as_str()) {
                let title = format!("{} was added", self.function_text(parent, function));
                let item = Some(Item::function(function));
                let (_, rule) = function_rules(function);
                self.report(rule, parent, &function.name, title, None, item);
            }
        }
    }

    /// A function in messages.
    fn function_text(&self, parent: &Parent, function: &Function) -> String {
        let name = function.item_name();
        let resource = function.name.rsplit(']').next().unwrap_or_default();
        let resource = resource.split('.').next().unwrap_or_default();
        let what = match function.kind {
            FunctionKind::Freestanding | FunctionKind::AsyncFreestanding => {
                return format!("function `{name}` of `{}`", parent.path);
            }
            FunctionKind::Method(_) | FunctionKind::AsyncMethod(_) => format!("method `{name}`"),
            FunctionKind::Static(_) | FunctionKind::AsyncStatic(_) => {
                format!("static function `{name}`")
            }
            FunctionKind::Constructor(_) => "the constructor".to_owned(),
        };
        format!("{what} of resource `{resource}` of `{}`", parent.path)
    }

    fn function(&mut self, parent: &Parent, old: &Function, new: &Function) {
        let items = (Item::function(old), Item::function(new));
        let name = old.name.as_str();
        self.remarks(parent, name, items.0, items.1);
        let text = self.function_text(parent, old);
        if old.kind.is_async() != new.kind.is_async() {
            let now = match new.kind.is_async() {
                true => "is now async",
                false => "is no longer async",
            };
            let rule = Rule::FunctionAsyncChanged;
            let title = format!("{text} {now}");
            self.report(rule, parent, name, title, Some(items.0), Some(items.1));
        }
        let rules = Rules {
            what: "parameter",
            removed: Rule::FunctionParamRemoved,
            added: Rule::FunctionParamAdded,
            changed: Rule::FunctionParamTypeChanged,
            reordered: Rule::FunctionParamsReordered,
            renamed: Some(Rule::FunctionParamRenamed),
        };
        let parts = |function: &Function| -> Vec<(String, Option<Type>, Span)> {
            let params = function.params.iter();
            params
                .map(|p| (p.name.clone(), Some(p.ty), p.span))
                .collect()
        };
        self.parts(parent, name, &text, items, &rules, &parts(old), &parts(new));
        if !self.sides.same(old.result, new.result) {
            let title = format!(
                "the result of {text} changed from {} to {}",
                type_text(self.before(), old.result),
                type_text(self.after(), new.result)
            );
            let rule = Rule::FunctionResultChanged;
            self.report(rule, parent, name, title, Some(items.0), Some(items.1));
        }
    }
}

/// The rules for a removed and for an added function.
fn function_rules(function: &Function) -> (Rule, Rule) {
    match function.kind {
        FunctionKind::Freestanding | FunctionKind::AsyncFreestanding => {
            (Rule::FunctionRemoved, Rule::FunctionAdded)
        }
        FunctionKind::Method(_) | FunctionKind::AsyncMethod(_) => {
            (Rule::ResourceMethodRemoved, Rule::ResourceMethodAdded)
        }
        FunctionKind::Static(_) | FunctionKind::AsyncStatic(_) => {
            (Rule::ResourceStaticRemoved, Rule::ResourceStaticAdded)
        }
        FunctionKind::Constructor(_) => (
            Rule::ResourceConstructorRemoved,
            Rule::ResourceConstructorAdded,
        ),
    }
}

fn is_named(kind: &TypeDefKind) -> bool {
    matches!(
        kind,
        TypeDefKind::Record(_)
            | TypeDefKind::Variant(_)
            | TypeDefKind::Enum(_)
            | TypeDefKind::Flags(_)
            | TypeDefKind::Resource
    )
}
