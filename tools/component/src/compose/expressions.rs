//! Types of expressions in a source, for errors that say more than those of the library.

use std::collections::BTreeMap;
use std::ops::Range;
use wac_graph::types::{ItemKind, Package, Types, WorldId};
use wac_parser::{
    Document, Expr, InstantiationArgument, NewExpr, PostfixExpr, PrimaryExpr, Statement,
};

/// The limit of lookups, as in `let a = b; let b = c; ...`.
const MAX_STEPS: usize = 200;

/// The value of an expression.
#[derive(Clone, Copy)]
pub enum Given {
    /// An instance of a component.
    Instance(WorldId),
    /// An export of an instance.
    Item(ItemKind),
}

/// An argument of an instantiation.
pub struct Argument<'a> {
    /// The name of the import, or of the value.
    pub name: &'a str,
    pub given: Option<Given>,
    /// The expression after the name, if there is one.
    pub expression: Option<Range<usize>>,
    /// Whether it is `...value`, which passes the exports of a value.
    pub is_spread: bool,
}

/// A source with the types of its packages.
pub struct Expressions<'a> {
    document: &'a Document<'a>,
    types: Types,
    worlds: BTreeMap<String, WorldId>,
}

impl<'a> Expressions<'a> {
    /// Reads the types of packages, by the names that the source refers to them with.
    pub fn new<'b>(
        document: &'a Document<'a>,
        packages: impl Iterator<Item = (String, &'b [u8])>,
    ) -> Self {
        let mut types = Types::default();
        let mut worlds = BTreeMap::new();
        for (name, bytes) in packages {
            if let Ok(package) = Package::from_bytes(&name, None, bytes, &mut types) {
                worlds.insert(name, package.ty());
            }
        }
        Expressions {
            document,
            types,
            worlds,
        }
    }

    /// The types.
    pub fn types(&self) -> &Types {
        &self.types
    }

    /// The names of the imports of a package.
    pub fn imports(&self, package: &str) -> Vec<String> {
        let world = self.worlds.get(package).map(|id| &self.types[*id]);
        world.map_or_else(Vec::new, |w| w.imports.keys().cloned().collect())
    }

    /// The type of an import of a package.
    pub fn import(&self, package: &str, name: &str) -> Option<ItemKind> {
        let world = &self.types[*self.worlds.get(package)?];
        world.imports.get(name).copied()
    }

    /// The names of the exports of a value.
    pub fn exports(&self, given: Given) -> Vec<String> {
        match given {
            Given::Instance(id) => self.types[id].exports.keys().cloned().collect(),
            Given::Item(ItemKind::Instance(id)) => self.types[id].exports.keys().cloned().collect(),
            Given::Item(_) => Vec::new(),
        }
    }

    /// The type of an export of a value.
    pub fn export(&self, given: Given, name: &str) -> Option<ItemKind> {
        match given {
            Given::Instance(id) => self.types[id].exports.get(name).copied(),
            Given::Item(ItemKind::Instance(id)) => self.types[id].exports.get(name).copied(),
            Given::Item(_) => None,
        }
    }

    /// The instantiation at this offset, or the one with an argument there, and the argument.
    pub fn at(&self, offset: usize) -> Option<(&'a NewExpr<'a>, Option<Argument<'a>>)> {
        let mut todo: Vec<&'a Expr<'a>> = self.expressions().collect();
        while let Some(expr) = todo.pop() {
            match &expr.primary {
                PrimaryExpr::Nested(nested) => todo.push(&nested.inner),
                PrimaryExpr::Ident(_) => {}
                PrimaryExpr::New(new) => {
                    if new.package.span.offset() == offset {
                        return Some((new, None));
                    }
                    for argument in &new.arguments {
                        let (at, argument) = match argument {
                            InstantiationArgument::Inferred(id)
                            | InstantiationArgument::Spread(id) => (
                                id.span.offset(),
                                Argument {
                                    name: id.string,
                                    given: self.named(id.string, MAX_STEPS),
                                    expression: None,
                                    is_spread: matches!(argument, InstantiationArgument::Spread(_)),
                                },
                            ),
                            InstantiationArgument::Named(arg) => {
                                todo.push(&arg.expr);
                                let span = &arg.expr.span;
                                let argument = Argument {
                                    name: arg.name.as_str(),
                                    given: self.given(&arg.expr, MAX_STEPS),
                                    expression: Some(span.offset()..span.offset() + span.len()),
                                    is_spread: false,
                                };
                                (arg.name.span().offset(), argument)
                            }
                            InstantiationArgument::Fill(_) => continue,
                        };
                        if at == offset {
                            return Some((new, Some(argument)));
                        }
                    }
                }
            }
        }
        None
    }

    /// The place of an instance: the name that `let` gives it, or its package.
    pub fn place(&self, name: &str) -> Option<Range<usize>> {
        let lets = self.document.statements.iter().filter_map(|s| match s {
            Statement::Let(s) => Some((s.id.string, &s.id.span)),
            _ => None,
        });
        let news = self.expressions().filter_map(|expr| match &expr.primary {
            PrimaryExpr::New(new) => Some((new.package.name, &new.package.span)),
            _ => None,
        });
        let (_, span) = lets.chain(news).find(|(found, _)| *found == name)?;
        Some(span.offset()..span.offset() + span.len())
    }

    /// The package of an instance.
    pub fn package(&self, given: Given) -> Option<&str> {
        let Given::Instance(world) = given else {
            return None;
        };
        let mut worlds = self.worlds.iter();
        let (name, _) = worlds.find(|(_, id)| **id == world)?;
        Some(name)
    }

    /// The value whose export is accessed at this offset.
    pub fn accessed(&self, offset: usize) -> Option<Given> {
        let mut todo: Vec<&'a Expr<'a>> = self.expressions().collect();
        while let Some(expr) = todo.pop() {
            if let Some(n) = expr
                .postfix
                .iter()
                .position(|p| p.span().offset() == offset)
            {
                return self.part(expr, n, MAX_STEPS);
            }
            match &expr.primary {
                PrimaryExpr::Nested(nested) => todo.push(&nested.inner),
                PrimaryExpr::Ident(_) => {}
                PrimaryExpr::New(new) => {
                    todo.extend(new.arguments.iter().filter_map(|a| match a {
                        InstantiationArgument::Named(arg) => Some(&arg.expr),
                        _ => None,
                    }));
                }
            }
        }
        None
    }

    fn expressions(&self) -> impl Iterator<Item = &'a Expr<'a>> {
        self.document.statements.iter().filter_map(|s| match s {
            Statement::Let(s) => Some(&s.expr),
            Statement::Export(s) => Some(&s.expr),
            Statement::Import(_) | Statement::Type(_) => None,
        })
    }

    fn named(&self, name: &str, steps: usize) -> Option<Given> {
        let found = self.document.statements.iter().find_map(|s| match s {
            Statement::Let(s) if s.id.string == name => Some(&s.expr),
            _ => None,
        });
        self.given(found?, steps.checked_sub(1)?)
    }

    fn given(&self, expr: &'a Expr<'a>, steps: usize) -> Option<Given> {
        self.part(expr, expr.postfix.len(), steps)
    }

    /// The value of an expression with the first `count` of its accesses.
    fn part(&self, expr: &'a Expr<'a>, count: usize, steps: usize) -> Option<Given> {
        let mut given = match &expr.primary {
            PrimaryExpr::New(new) => Given::Instance(*self.worlds.get(new.package.string)?),
            PrimaryExpr::Nested(nested) => self.given(&nested.inner, steps.checked_sub(1)?)?,
            PrimaryExpr::Ident(id) => self.named(id.string, steps)?,
        };
        for access in expr.postfix.iter().take(count) {
            let name = match access {
                PostfixExpr::Access(access) => access.id.string,
                PostfixExpr::NamedAccess(access) => access.string.value,
            };
            let full = self.exports(given);
            let full = full.iter().find(|n| *n == name).or_else(|| {
                let short = |n: &&String| {
                    let item = n.rsplit('/').next().unwrap_or_default();
                    n.contains('/') && item.split('@').next() == Some(name)
                };
                full.iter().find(short)
            })?;
            given = Given::Item(self.export(given, full)?);
        }
        Some(given)
    }
}
