"""The module extension `wasm_component_pull`."""

load("//checksums/private:lookup.bzl", "or_fail")
load(":oci.bzl", "parse_digest", "parse_repository")
load(":oci_repository.bzl", "oci_repository")

DOC = """Declares components and WIT packages from OCI registries.

```starlark
pull = use_extension("@rules_wit//toolchains:extensions.bzl", "wasm_component_pull")
pull.component(
    name = "greeter",
    digest = "sha256:...",
    reference = "registry.example/team/greeter:1.0.0",
)
use_repo(pull, "greeter")
```

`@greeter` is then a `wasm_component_import`, which other rules compose, lower or run. A repository is fetched when it is used,
by digest, so it never changes. Credentials are those of `docker login`.
"""

_COMMON = {
    "name": attr.string(
        doc = "The name of the repository and of its target.",
        mandatory = True,
    ),
    "digest": attr.string(
        doc = "The digest of the artifact, `sha256:...`. `bazel run` of the push prints it, and so does `publisher pull`.",
        mandatory = True,
    ),
    "plain_http": attr.bool(
        doc = "Whether to use http, for a registry on this machine or in a trusted network.",
    ),
    "reference": attr.string(
        doc = "`registry/repository` or `registry/repository:tag`. The tag is for readers: the digest decides.",
        mandatory = True,
    ),
    "token_url": attr.string(
        doc = "Where the registry's tokens come from, `https://...`; `{repository}` is replaced. Default: the path `/token` of the registry, if it refuses access without a token.",
    ),
}

_component = tag_class(
    doc = "Declares a repository with a component: `@<name>` is a `wasm_component_import`.",
    attrs = _COMMON,
)

_wit = tag_class(
    doc = "Declares a repository with a WIT package: `@<name>` is a `wit_library`.",
    attrs = _COMMON | {
        "deps": attr.label_list(
            doc = "The `wit_library` of each package that this one names.",
        ),
    },
)

def pulled(modules):
    """Returns the repositories that modules declare.

    Args:
      modules: list[struct], with `name` (string) and `tags` (list of structs with `kind` and the attributes of the tag).

    Returns:
      (err, dict[string, struct]): name -> tag.
    """
    found = {}
    for module in modules:
        for tag in module.tags:
            err, at = parse_repository(tag.reference)
            err = err or parse_digest(tag.digest)[0]
            if err:
                return "`{}` of the module `{}`: {}".format(tag.name, module.name, err), None
            other = found.setdefault(tag.name, tag)
            if (other.kind, parse_repository(other.reference)[1], other.digest) != (tag.kind, at, tag.digest):
                return "`{}` is declared twice: {}@{} and {}@{}\nhint: rename one of them".format(tag.name, other.reference, other.digest, tag.reference, tag.digest), None
    return None, found

def _impl(mctx):
    tags = or_fail(pulled([
        struct(
            name = module.name,
            tags = [
                struct(
                    kind = kind,
                    name = tag.name,
                    deps = [str(label) for label in getattr(tag, "deps", [])],
                    digest = tag.digest,
                    plain_http = tag.plain_http,
                    reference = tag.reference,
                    token_url = tag.token_url,
                )
                for kind, tags in (("component", module.tags.component), ("wit", module.tags.wit))
                for tag in tags
            ],
        )
        for module in mctx.modules
    ]))
    for name, tag in tags.items():
        oci_repository(
            name = name,
            deps = tag.deps,
            digest = tag.digest,
            kind = tag.kind,
            plain_http = tag.plain_http,
            reference = tag.reference,
            target = name,
            token_url = tag.token_url,
        )
    return mctx.extension_metadata(reproducible = True)

wasm_component_pull = module_extension(
    implementation = _impl,
    doc = DOC,
    tag_classes = {
        "component": _component,
        "wit": _wit,
    },
)
