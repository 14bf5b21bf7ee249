"""The layers of the Rust crates: no import cycles, and commands on top."""

import os

import rust_imports
from report import Problem, Site


def check_crate(root, read=None):
    """Checks the crate of a root file.

    Args:
        root: str, path of main.rs or lib.rs.
        read: function from path to text, for tests; without it, files are read.

    Returns:
        (list[Problem], rust_imports.Crate).
    """
    crate = rust_imports.Crate(root, read)

    def site(edge):
        text = crate.read_text(edge.importer).splitlines()[edge.line - 1]
        imported = os.path.relpath(edge.imported, os.path.dirname(root))
        return Site(edge.importer, text, edge.line, edge.column, edge.width, f"imports {imported}")

    found = []
    for cycle in rust_imports.cycles(crate.edges):
        names = [os.path.relpath(edge.importer, os.path.dirname(root)) for edge in cycle]
        found.append(
            Problem(
                f"import cycle in {os.path.dirname(root)}: {' -> '.join([*names, names[0]])}",
                [site(edge) for edge in cycle],
                "move what they share into a file that imports none of them",
            )
        )
    for edge in crate.edges:
        command = crate.home[edge.imported][:2]
        if command[:1] != ("cmd",) or edge.importer == root or crate.home[edge.importer][:2] == command:
            continue
        if len(command) == 1 or crate.home[edge.importer] == ("cmd",):
            continue  # the list of commands and what they share
        found.append(
            Problem(
                f"{edge.importer} imports the command `{command[1]}`",
                [site(edge)],
                "move what it needs out of `cmd` into the library",
            )
        )
    return found, crate


def check(folder):
    """Checks every crate below a folder.

    Args:
        folder: str, path.

    Returns:
        (list[Problem], int): also the number of files read.
    """
    found, files = [], 0
    for base in rust_imports.crates(folder):
        seen = set()
        for root in rust_imports.roots(base):
            problems, crate = check_crate(root)
            found += problems
            files += len(crate.files)
            seen |= crate.seen
        for path in sources(os.path.join(base, "src")):
            if path not in seen:
                found.append(Problem(f"{path} belongs to no crate", [], "declare it with `mod`, or remove it"))
    return found, files


def sources(folder):
    """The Rust files below a folder.

    Args:
        folder: str.

    Returns:
        list[str]: paths, sorted.
    """
    return sorted(os.path.join(base, name) for base, _, names in os.walk(folder) for name in names if name.endswith(".rs"))
