//! The rules: the kinds of changes, with the names in docs/breaking.md.

/// What a rule is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// An added item.
    Added,
    /// A removed item.
    Removed,
    /// A changed item of the same name.
    Changed,
    /// A remark: users see no difference.
    Remark,
}

macro_rules! rules {
    ($($rule:ident $id:literal $change:ident,)*) => {
        /// A rule: a kind of change.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        #[allow(missing_docs)] // The page has a section for each.
        pub enum Rule {
            $($rule,)*
        }

        impl Rule {
            /// All rules, in the order of the page.
            #[cfg(test)]
            pub const ALL: &'static [Rule] = &[$(Rule::$rule,)*];

            /// Its name in docs/breaking.md.
            pub fn id(self) -> &'static str {
                match self {
                    $(Rule::$rule => $id,)*
                }
            }

            /// What it is about.
            pub fn change(self) -> Change {
                match self {
                    $(Rule::$rule => Change::$change,)*
                }
            }
        }
    };
}

rules! {
    PackageRemoved "package-removed" Removed,
    PackageAdded "package-added" Added,
    InterfaceRemoved "interface-removed" Removed,
    InterfaceAdded "interface-added" Added,
    WorldRemoved "world-removed" Removed,
    WorldAdded "world-added" Added,
    WorldImportRemoved "world-import-removed" Removed,
    WorldImportAdded "world-import-added" Added,
    WorldExportRemoved "world-export-removed" Removed,
    WorldExportAdded "world-export-added" Added,
    WorldItemKindChanged "world-item-kind-changed" Changed,
    DependencyVersionChanged "dependency-version-changed" Changed,
    TypeRemoved "type-removed" Removed,
    TypeAdded "type-added" Added,
    TypeKindChanged "type-kind-changed" Changed,
    TypeAliasChanged "type-alias-changed" Changed,
    RecordFieldRemoved "record-field-removed" Changed,
    RecordFieldAdded "record-field-added" Changed,
    RecordFieldTypeChanged "record-field-type-changed" Changed,
    RecordFieldsReordered "record-fields-reordered" Changed,
    VariantCaseRemoved "variant-case-removed" Changed,
    VariantCaseAdded "variant-case-added" Changed,
    VariantCaseTypeChanged "variant-case-type-changed" Changed,
    VariantCasesReordered "variant-cases-reordered" Changed,
    EnumCaseRemoved "enum-case-removed" Changed,
    EnumCaseAdded "enum-case-added" Changed,
    EnumCasesReordered "enum-cases-reordered" Changed,
    FlagRemoved "flag-removed" Changed,
    FlagAdded "flag-added" Changed,
    FlagsReordered "flags-reordered" Changed,
    ResourceRemoved "resource-removed" Removed,
    ResourceAdded "resource-added" Added,
    ResourceConstructorRemoved "resource-constructor-removed" Removed,
    ResourceConstructorAdded "resource-constructor-added" Added,
    ResourceMethodRemoved "resource-method-removed" Removed,
    ResourceMethodAdded "resource-method-added" Added,
    ResourceStaticRemoved "resource-static-removed" Removed,
    ResourceStaticAdded "resource-static-added" Added,
    FunctionRemoved "function-removed" Removed,
    FunctionAdded "function-added" Added,
    FunctionParamRemoved "function-param-removed" Changed,
    FunctionParamAdded "function-param-added" Changed,
    FunctionParamRenamed "function-param-renamed" Changed,
    FunctionParamTypeChanged "function-param-type-changed" Changed,
    FunctionParamsReordered "function-params-reordered" Changed,
    FunctionResultChanged "function-result-changed" Changed,
    FunctionAsyncChanged "function-async-changed" Changed,
    ItemDeprecated "item-deprecated" Remark,
    ItemUndeprecated "item-undeprecated" Remark,
    SinceChanged "since-changed" Remark,
    SinceTooOld "since-too-old" Remark,
    VersionTooSmall "version-too-small" Remark,
}

impl Rule {
    /// How to avoid a break.
    pub fn hint(self) -> &'static str {
        match self {
            Rule::PackageRemoved => "keep the package, or announce its removal to its users",
            Rule::InterfaceRemoved | Rule::WorldRemoved | Rule::WorldImportRemoved => {
                "keep it and mark it `@deprecated`, or bump the version for a breaking change"
            }
            Rule::WorldExportAdded | Rule::WorldExportRemoved => {
                "keep this world, and add another one that includes it"
            }
            Rule::DependencyVersionChanged => {
                "keep the old version, or bump your own for a breaking change"
            }
            Rule::SinceTooOld => "write the version that adds it: `@since(version = ...)`",
            Rule::VersionTooSmall => "bump the version in the `package` header",
            _ => match self.change() {
                Change::Added => {
                    "add it to a new interface, which implementers can export when they are ready"
                }
                Change::Removed => {
                    "keep it and mark it `@deprecated`, or bump the version for a breaking change"
                }
                Change::Changed => {
                    "keep it and add a new item, or bump the version for a breaking change"
                }
                Change::Remark => "",
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Rule;
    use std::path::PathBuf;

    /// Every rule has a section in the page and a golden case, and there are no others.
    #[test]
    fn every_rule_has_a_section_and_a_case() {
        let page = std::env::var_os("BREAKING_PAGE").map_or_else(
            || {
                let manifest = std::env::var_os("CARGO_MANIFEST_DIR").expect("CARGO_MANIFEST_DIR");
                PathBuf::from(manifest).join("../../docs/breaking.md")
            },
            PathBuf::from,
        );
        let page = std::fs::read_to_string(page).expect("the page");
        let printed = |case: &golden::Case| {
            let streams = ["stdout", "stderr"].map(|s| case.expected(s).unwrap_or_default());
            streams.concat()
        };
        let cases: String = golden::Case::all("breaking").iter().map(printed).collect();
        let sections: Vec<&str> = page
            .lines()
            .filter_map(|l| l.strip_prefix("### "))
            .collect();
        let ids: Vec<&str> = Rule::ALL.iter().map(|r| r.id()).collect();
        assert_eq!(sections, ids);
        for id in ids {
            assert!(
                cases.contains(&format!("({id})")),
                "no golden case shows {id}"
            );
        }
    }
}
