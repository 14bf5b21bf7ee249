//! The names that manifests give to packages.

/// Whether `local`, a name in a manifest, can mean a package called `package`: the name itself, with
/// or without a namespace, or the part after a dash, such as `types` for `core-types`.
pub fn is_local_name(local: &str, package: &str) -> bool {
    let local = local.rsplit(':').next().unwrap_or(local);
    local == package
        || package
            .strip_suffix(local)
            .is_some_and(|p| p.ends_with('-'))
}
