"""Fetches npm packages, for repository rules."""

NPM_ATTRS = {
    "integrity": attr.string(
        doc = "The digest of the package as npm writes it: `sha512-<base64>`.",
        mandatory = True,
    ),
    "package": attr.string(
        doc = "The name of the npm package.",
        mandatory = True,
    ),
    "version": attr.string(
        doc = "The version of the npm package.",
        mandatory = True,
    ),
}

def npm_package(rctx):
    """Fetches a package through npm, so that the machine's registry, proxies and tokens apply.

    npm compares the package with `integrity`, and runs none of its scripts. Packages that it depends on are not fetched.
    Fails if there is no `npm`, if npm cannot fetch the package, or if its digest differs.

    Args:
      rctx: repository_ctx of a rule with NPM_ATTRS.

    Returns:
      string, the folder of the package in the repository.
    """
    package, version = rctx.attr.package, rctx.attr.version
    npm = rctx.which("npm")
    if not npm:
        fail("\nerror: failed to fetch {}: no `npm` on PATH\nhint: install Node.js with npm".format(package))

    # Without `resolved`, npm asks the registry that it is configured for.
    rctx.file("package.json", json.encode({"dependencies": {package: version}}))
    rctx.file("package-lock.json", json.encode({
        "lockfileVersion": 3,
        "packages": {
            "": {"dependencies": {package: version}},
            "node_modules/" + package: {
                "integrity": rctx.attr.integrity,
                "version": version,
            },
        },
        "requires": True,
    }))
    result = rctx.execute(
        [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"],
        quiet = True,
    )
    if result.return_code:
        hint = "check that npm can reach its registry: npm view {}@{}".format(package, version)
        if "EINTEGRITY" in result.stderr:
            hint = "the package differs from the hash in checksums/tools; find out why before you use it"
        fail("\nerror: failed to fetch {} {}\n{}\nhint: {}".format(package, version, result.stderr.strip(), hint))
    return "node_modules/" + package
