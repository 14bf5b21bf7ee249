//! Finds what was not plugged although it may be meant to be.

use super::context::Context;
use super::errors::{self, Make};
use super::wiring::{Choice, Item, Rejected};
use rules_wit_common::Diagnostic;
use std::collections::BTreeSet;

/// The errors and the warnings. Two plugs for one import are an error if one of them has no other
/// use, and everything is if nothing is plugged or `strict` is set. Else warnings are: exports that
/// have the name of an import, but not its type, and plugs that are not used.
pub fn of(context: &Context, strict: bool) -> (Vec<Diagnostic>, Vec<Diagnostic>) {
    let fatal = strict || context.wiring.used.len() == 1;
    let make: Make = if fatal {
        Diagnostic::new
    } else {
        Diagnostic::warning
    };
    let mut errors = Vec::new();
    let mut others = Vec::new();
    let mut told = BTreeSet::new();
    for (choice, export) in context.wiring.ambiguous(context.worlds) {
        if told.insert(export.part) {
            errors.push(errors::second(context, choice, export));
        }
    }
    for choice in context.wiring.in_use().filter(|c| c.chosen.is_none()) {
        let mut rejected = choice.rejected.iter();
        if let Some((export, _)) = rejected.find(|(_, why)| *why == Rejected::Type) {
            told.insert(export.part);
            others.push(errors::mismatch(make, context, choice.import, *export));
        }
    }
    for plug in 1..context.parts.len() {
        if !context.wiring.used.contains(&plug) && !told.contains(&plug) {
            others.push(errors::useless(
                make,
                context,
                plug,
                passed_over(context, plug),
            ));
        }
    }
    if fatal {
        errors.append(&mut others);
    }
    (errors, others)
}

/// The first import that an export of a plug has the name of.
fn passed_over<'a>(context: &'a Context, plug: usize) -> Option<(&'a Choice, Item, Rejected)> {
    context.wiring.in_use().find_map(|choice| {
        let mut rejected = choice.rejected.iter();
        let (export, why) = rejected.find(|(export, _)| export.part == plug)?;
        Some((choice, *export, *why))
    })
}
