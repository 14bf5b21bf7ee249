"""Which Starlark files load which others, and the contents of public files.

Starlark is read with Python's own parser: every .bzl file is also valid Python as far as statements at the top level go.
"""

import ast
import os

from report import Problem, Site

# Private files of rules_rust change with every release, so only users of `rust_wit_crates` load them.
_PRIVATE = "@rules_rust//rust/private"
# A provider for editors, which rules_rust has in this file in all supported versions, and exports nowhere else.
_PROVIDERS = "@rules_rust//rust/private:providers.bzl"
_MAY_LOAD_PROVIDERS = "rules/private/common/rust_analyzer_info.bzl"
_PUBLIC_CRATES = "rules/rust_crates.bzl"
_COMPILE = "rust_compile.bzl"


def loads(text):
    """The `load` statements of a file.

    Args:
        text: str, Starlark.

    Returns:
        list[(str, ast.Constant)]: the label as written, and the node to point at.
    """
    return [(node.value.args[0].value, node.value.args[0]) for node in ast.parse(text).body if _is_load(node)]


def file_of(label, folder):
    """The path of the file that a label names, or None for other repositories.

    Args:
        label: str, as in a `load` statement.
        folder: str, the package of the file with that statement.

    Returns:
        str or None.
    """
    label = label.removeprefix("@rules_wit")
    if label.startswith("@"):
        return None
    package, _, name = label.rpartition(":")
    package = package.removeprefix("//") if label.startswith("//") else folder
    return os.path.normpath(os.path.join(package, name))


def check(files):
    """Checks the layers of the Starlark files.

    Args:
        files: dict[str, str], path from the root of the repository -> text.

    Returns:
        list[Problem].
    """
    found = []
    for path, text in sorted(files.items()):
        if path.startswith("checksums/"):
            found += _loads_toolchains(path, text)
        if os.path.dirname(path) == "rules":
            found += _not_public(path, text)
            if path != _PUBLIC_CRATES:
                found += _closure(path, path, files, [], set())
        if os.path.dirname(path) == "rules/private":
            found += _no_rule(path, text)
    return found


def _at(path, text, node):
    line = text.splitlines()[node.lineno - 1]
    width = node.end_col_offset - node.col_offset if node.end_lineno == node.lineno else len(line) - node.col_offset
    return path, line, node.lineno, node.col_offset + 1, width


def _loads_toolchains(path, text):
    for label, node in loads(text):
        loaded = file_of(label, os.path.dirname(path))
        if loaded and loaded.startswith("toolchains/"):
            yield Problem(
                f"`//checksums` depends on `//toolchains`: {path} loads {loaded}",
                [Site(*_at(path, text, node), "loaded here")],
                "move what both need into //checksums",
            )


def _not_public(path, text):
    body = ast.parse(text).body
    if not body or not isinstance(body[0], ast.Expr) or not isinstance(getattr(body[0].value, "value", None), str):
        yield Problem(f"public file without a docstring: {path}", [], f"add a docstring to {path} that says which rules it exports")
    else:
        body = body[1:]
    for node in body:
        if _is_load(node) or _is_reexport(node):
            continue
        yield Problem(
            f"public file with a definition: {path}",
            [Site(*_at(path, text, node), "neither `load` nor `name = _name`")],
            "move it to rules/private and re-export it",
        )


def _is_load(node):
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and getattr(node.value.func, "id", "") == "load"


def _is_reexport(node):
    if not isinstance(node, ast.Assign) or len(node.targets) != 1:
        return False
    target, value = node.targets[0], node.value
    return isinstance(target, ast.Name) and isinstance(value, ast.Name) and value.id == "_" + target.id


def _no_rule(path, text):
    name = os.path.splitext(os.path.basename(path))[0]
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef) and node.name == name:
            return
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == name:
            return
    yield Problem(
        f"file without the rule of its name: {path}",
        [],
        f"define `{name}` there, or move the file to rules/private/common",
    )


def _closure(public, path, files, chain, seen):
    """Follows the loads of a public file depth first; `chain` holds the sites that lead to `path`."""
    seen.add(path)
    text = files[path]
    for label, node in loads(text):
        here = chain + [Site(*_at(path, text, node), "loaded here")]
        loaded = file_of(label, os.path.dirname(path))
        if label == _PROVIDERS and path == _MAY_LOAD_PROVIDERS:
            continue
        if label.startswith(_PRIVATE) or loaded and os.path.basename(loaded) == _COMPILE:
            yield Problem(
                f"{public} loads private files of rules_rust: {loaded or label}",
                here,
                "load it in a public file of its own, for the users of that rule alone",
            )
        elif loaded in files and loaded not in seen:
            yield from _closure(public, loaded, files, here, seen)
