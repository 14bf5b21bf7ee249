//! What was found, and whom it breaks.

use super::rules::{Change, Rule};
use rules_wit_common::Site;
use std::rc::Rc;
use wit_parser::{PackageId, Stability};

/// What a change does to those who know the old packages alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Effect {
    /// Nothing.
    #[default]
    None,
    /// They go on as they are. Once the other side asks for what is new, they have to provide it.
    Extends,
    /// They stop working.
    Breaks,
}

/// In which worlds, of both sides, an item is, and which way round.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Roles {
    /// Worlds that import it: hosts provide it, and guests call it.
    pub imported: Vec<String>,
    /// Worlds that export it: guests provide it, and hosts call it.
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

    /// What a change does to guests and to hosts. A component names only those of its imports that
    /// it uses, but everything that its world exports: so a new import is no matter to an old host
    /// until a guest uses it, but an old guest lacks a new export at once.
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
            // There is nothing to be done for a type: who provides its interface has it.
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

    /// Whom it breaks, and why.
    pub fn reasons(&self, rule: Rule) -> Vec<String> {
        let (guests, hosts) = self.effects(rule);
        let mut out = Vec::new();
        if guests != Effect::Breaks && hosts != Effect::Breaks {
            return out;
        }
        if self.is_unknown() {
            out.push(
                "breaks guests and hosts that use it: no world here imports or exports it"
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
    /// The package of OLD, and of NEW, that it belongs to.
    pub packages: (Option<PackageId>, Option<PackageId>),
    /// `ns:package/interface#item`.
    pub item: String,
    pub title: String,
    /// Shared by all findings of an interface, as it may be in many worlds.
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

    /// Whether it breaks anybody.
    pub fn breaks(&self) -> bool {
        self.guests().max(self.hosts()) == Effect::Breaks
    }
}

/// Since which version something is deprecated.
pub(super) fn deprecated(stability: &Stability) -> Option<&semver::Version> {
    match stability {
        Stability::Stable { deprecated, .. } | Stability::Unstable { deprecated, .. } => {
            deprecated.as_ref()
        }
        Stability::Unknown => None,
    }
}

/// Since which version something is there.
pub(super) fn since(stability: &Stability) -> Option<&semver::Version> {
    match stability {
        Stability::Stable { since, .. } => Some(since),
        _ => None,
    }
}
