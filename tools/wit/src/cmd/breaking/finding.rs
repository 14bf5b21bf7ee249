//! A finding, and whom it breaks.

use super::rules::{Change, Rule};
use rules_wit_common::Site;
use std::rc::Rc;
use wit_parser::{PackageId, Stability};

/// The effect of a change on guests or hosts that were built for OLD.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Effect {
    /// None.
    #[default]
    None,
    /// They keep working, but have to provide the new item once the other side uses it.
    Extends,
    /// They stop working.
    Breaks,
}

/// The worlds, of both sides, that import or export an item.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Roles {
    /// The worlds that import it: hosts provide it, guests call it.
    pub imported: Vec<String>,
    /// The worlds that export it: guests provide it, hosts call it.
    pub exported: Vec<String>,
}

impl Roles {
    pub fn import(world: &str) -> Self {
        Roles {
            imported: vec![world.to_owned()],
            exported: Vec::new(),
        }
    }

    pub fn export(world: &str) -> Self {
        Roles {
            imported: Vec::new(),
            exported: vec![world.to_owned()],
        }
    }

    fn is_unknown(&self) -> bool {
        self.imported.is_empty() && self.exported.is_empty()
    }

    /// The effects of a change on guests and on hosts.
    ///
    /// A component imports only the items that it uses, but exports everything that its world
    /// exports. So a new import concerns an old host only once a guest uses it, while an old guest
    /// lacks a new export at once.
    pub fn effects(&self, rule: Rule) -> (Effect, Effect) {
        let when = |yes: bool, effect: Effect| if yes { effect } else { Effect::None };
        let is_unknown = self.is_unknown();
        let (is_imported, is_exported) = (!self.imported.is_empty(), !self.exported.is_empty());
        match (rule, rule.change()) {
            (Rule::PackageAdded | Rule::InterfaceAdded | Rule::WorldAdded, _)
            | (_, Change::Remark) => (Effect::None, Effect::None),
            (_, Change::Changed) => (Effect::Breaks, Effect::Breaks),
            (_, Change::Removed) => (
                when(is_imported || is_unknown, Effect::Breaks),
                when(is_exported || is_unknown, Effect::Breaks),
            ),
            // A type needs no implementation from the side that provides its interface.
            (Rule::TypeAdded, _) => (when(is_exported, Effect::Breaks), Effect::None),
            (_, Change::Added) => {
                let guests = when(is_unknown, Effect::Extends);
                (
                    guests.max(when(is_exported, Effect::Breaks)),
                    when(is_imported || is_unknown, Effect::Extends),
                )
            }
        }
    }

    /// Notes that say whom it breaks, and why.
    pub fn reasons(&self, rule: Rule) -> Vec<String> {
        let (guests, hosts) = self.effects(rule);
        let mut out = Vec::new();
        if guests != Effect::Breaks && hosts != Effect::Breaks {
            return out;
        }
        if self.is_unknown() {
            out.push(
                "breaks guests and hosts that use it: no world of these packages imports or exports it"
                    .to_owned(),
            );
            return out;
        }
        match rule.change() {
            Change::Added => {
                let worlds = list(&self.exported);
                out.push(format!("breaks guests of {worlds}: they do not export it"));
            }
            Change::Removed => {
                if guests == Effect::Breaks {
                    let worlds = list(&self.imported);
                    out.push(format!("breaks guests of {worlds}: they may use it"));
                }
                if hosts == Effect::Breaks {
                    let worlds = list(&self.exported);
                    out.push(format!("breaks hosts of {worlds}: they may use it"));
                }
            }
            Change::Changed => {
                for (worlds, verb) in [(&self.imported, "imports"), (&self.exported, "exports")] {
                    if !worlds.is_empty() {
                        let worlds = list(worlds);
                        out.push(format!(
                            "breaks guests and hosts of {worlds}, which {verb} it"
                        ));
                    }
                }
            }
            Change::Remark => {}
        }
        out
    }
}

fn list(worlds: &[String]) -> String {
    let shown: Vec<String> = worlds.iter().take(3).map(|w| format!("`{w}`")).collect();
    match worlds.len().saturating_sub(3) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// A change.
#[derive(Clone, Debug)]
pub(super) struct Finding {
    pub rule: Rule,
    /// Its package in OLD and in NEW.
    pub packages: (Option<PackageId>, Option<PackageId>),
    /// `ns:package/interface#item`.
    pub item: String,
    pub title: String,
    /// Shared by all findings of an interface, which can be in many worlds.
    pub roles: Rc<Roles>,
    pub old: Option<Site>,
    pub new: Option<Site>,
    pub notes: Vec<String>,
}

impl Finding {
    pub fn guests(&self) -> Effect {
        self.roles.effects(self.rule).0
    }

    pub fn hosts(&self) -> Effect {
        self.roles.effects(self.rule).1
    }

    /// Whether it breaks guests or hosts.
    pub fn breaks(&self) -> bool {
        self.guests().max(self.hosts()) == Effect::Breaks
    }
}

/// The version since which an item is deprecated.
pub(super) fn deprecated(stability: &Stability) -> Option<&semver::Version> {
    match stability {
        Stability::Stable { deprecated, .. } | Stability::Unstable { deprecated, .. } => {
            deprecated.as_ref()
        }
        Stability::Unknown => None,
    }
}

/// The version since which an item exists.
pub(super) fn since(stability: &Stability) -> Option<&semver::Version> {
    match stability {
        Stability::Stable { since, .. } => Some(since),
        _ => None,
    }
}
