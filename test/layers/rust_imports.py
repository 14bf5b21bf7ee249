"""Which files of a Rust crate import which others, resolved as the compiler resolves paths."""

import dataclasses
import os
import re

import rust_source

_FOLDER_ROOTS = ("mod.rs", "main.rs", "lib.rs")
_TEST_FILES = {"fuzz", "tests"}
_MAX_REEXPORTS = 16


@dataclasses.dataclass(frozen=True)
class Edge:
    """An import: `importer` and `imported` are paths of files; start and width are the range to underline in `importer`."""

    importer: str
    imported: str
    line: int
    column: int
    width: int


class Crate:
    """The modules of a crate.

    Fields:
        root: str, the path of main.rs or lib.rs.
        files: dict[str, rust_source.Source], path -> content, without test-only files.
        modules: dict[tuple[str], str], module path -> file.
        seen: set[str], every file that belongs to the crate, test-only ones included.
        edges: list[Edge], one for each pair of files.
    """

    def __init__(self, root, read=None):
        self.root = root
        self.read_text = read or _read_text
        self.files, self.modules, self.seen = {}, {}, set()
        self.home = {}  # file -> its module path
        self._load(root, (), False)
        self.children = {}
        for path in self.modules:
            if path:
                self.children.setdefault(path[:-1], set()).add(path[-1])
        self.bindings, self.globs, self.defined = {}, {}, {}
        for file, source in self.files.items():
            home = self.home[file]
            for inline, name in source.defined:
                self.defined.setdefault(home + inline, set()).add(name)
            for item in source.imports:
                if item.use and item.glob:
                    self.globs.setdefault(home + item.module, []).append(item)
                elif item.use:
                    self.bindings.setdefault(home + item.module, {})[item.name] = item
        self.edges = sorted(self._edges(), key=lambda edge: (edge.importer, edge.line, edge.column))

    def _load(self, file, path, test):
        test = test or os.path.basename(file).removesuffix(".rs") in _TEST_FILES
        self.seen.add(file)
        source = rust_source.read(self.read_text(file))
        if not test:
            self.files[file] = source
            self.home[file] = path
            self.modules[path] = file
            for inline in source.inline:
                self.modules[path + inline] = file
        folder, name = os.path.split(file)
        if name not in _FOLDER_ROOTS:
            folder = os.path.join(folder, name.removesuffix(".rs"))
        for inline, name, explicit, only_tests in source.modules:
            base = os.path.join(folder, *inline)
            if explicit:
                candidates = [os.path.normpath(os.path.join(os.path.dirname(file), explicit))]
            else:
                candidates = [os.path.join(base, name + ".rs"), os.path.join(base, name, "mod.rs")]
            for candidate in candidates:
                if self._exists(candidate):
                    self._load(candidate, path + inline + (name,), test or only_tests or name in _TEST_FILES)
                    break

    def _exists(self, file):
        try:
            self.read_text(file)
        except (KeyError, OSError):
            return False
        return True

    def absolute(self, module, segments, without=None, depth=0):
        """The path from the crate's root that segments refer to in a module, or None for other crates.

        Args:
            module: tuple[str].
            segments: tuple[str].
            without: rust_source.Import, the `use` declaration that is being resolved, which is ignored.
            depth: int, the number of names followed so far.

        Returns:
            tuple[str] or None.
        """
        first, rest = segments[0], segments[1:]
        if first == "crate":
            return rest
        if first == "self":
            return module + rest
        if first == "super":
            while first == "super":
                module, first, rest = module[:-1], rest[0] if rest else "", rest[1:]
            return module + ((first,) + rest if first else ())
        if first in self.children.get(module, ()):
            return module + segments
        bound = self.bindings.get(module, {}).get(first)
        if bound is None or bound is without or depth > _MAX_REEXPORTS:
            return None
        base = self.absolute(module, bound.path, bound, depth + 1)
        return None if base is None else base + rest

    def resolve(self, path, depth=0):
        """The module that defines the item of a path from the root, following `use` declarations.

        Args:
            path: tuple[str].
            depth: int, the number of names followed so far.

        Returns:
            (tuple[str], bool): a module, and whether the path names the module itself.
        """
        module, rest = (), path
        while rest and rest[0] in self.children.get(module, ()):
            module, rest = module + rest[:1], rest[1:]
        if not rest:
            return module, True
        name = rest[0]
        if name in self.defined.get(module, ()) or depth > _MAX_REEXPORTS:
            return module, False
        bound = self.bindings.get(module, {}).get(name)
        if bound:
            base = self.absolute(module, bound.path, bound)
            return (module, False) if base is None else self.resolve(base + rest[1:], depth + 1)
        for glob in self.globs.get(module, ()):
            base = self.absolute(module, glob.path)
            if base is None:
                continue
            target = self.resolve(base, depth + 1)[0]
            if target != module and name in self.defined.get(target, set()) | set(self.bindings.get(target, {})):
                return self.resolve(target + rest, depth + 1)
        return module, False

    def _edges(self):
        found, deferred = {}, []
        for file, source in self.files.items():
            home = self.home[file]
            through = set()  # names of modules that paths in the code begin with
            for item in source.imports:
                if not item.use:
                    through.add(item.path[0])
            for item in source.imports:
                module = home + item.module
                path = self.absolute(module, item.path, item if item.use else None)
                if path is None:
                    continue
                target, exact = self.resolve(path)
                imported = self.modules[target]
                if imported == file:
                    continue
                if item.use and exact and not item.glob and not item.public and item.name in through:
                    continue  # only a name for a module: the paths through it are the imports
                edge = Edge(file, imported, item.start.line, item.start.column, item.width)
                reexport = item.use and item.public and target[: len(home)] == home
                if reexport and (item.glob or item.name not in source.names):
                    deferred.append(edge)
                else:
                    found.setdefault((file, imported), edge)
        for edge in deferred:
            # A re-export of a child is an import only where the child uses the parent itself.
            if (edge.imported, edge.importer) in found:
                found.setdefault((edge.importer, edge.imported), edge)
        return found.values()


def _read_text(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def roots(folder):
    """The root files of the crate in a folder: src/main.rs, src/lib.rs and those that its Cargo.toml names.

    Args:
        folder: str, with a Cargo.toml.

    Returns:
        list[str]: paths, sorted.
    """
    manifest = _read_text(os.path.join(folder, "Cargo.toml"))
    named = re.findall(r'^\[(?:lib|\[bin\])\]\n(?:(?!\[).*\n)*?path = "([^"]+)"', manifest, re.MULTILINE)
    candidates = {os.path.join(folder, path) for path in ["src/main.rs", "src/lib.rs", *named]}
    return sorted(path for path in candidates if os.path.isfile(path))


def crates(folder):
    """The folders that contain a crate: a folder and those below it.

    Args:
        folder: str.

    Returns:
        list[str]: sorted.
    """
    found = []
    for base, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in ("src", "target", "tests"))
        if "Cargo.toml" in files and roots(base):
            found.append(base)
    return sorted(found)


def cycles(edges):
    """Import cycles: the shortest ones first, none sharing an edge with another.

    Args:
        edges: list[Edge].

    Returns:
        list[list[Edge]]: each ends where it begins.
    """
    left = {}
    for edge in edges:
        left.setdefault(edge.importer, {})[edge.imported] = edge
    found = []
    while True:
        shortest = None
        for start in sorted(left):
            cycle = _shortest(left, start, len(shortest) if shortest else None)
            if cycle:
                shortest = cycle
        if not shortest:
            return found
        found.append(shortest)
        for edge in shortest:
            del left[edge.importer][edge.imported]


def _shortest(left, start, below):
    """The shortest cycle through a file that has fewer edges than `below`, if there is one."""
    came, queue = {}, [start]
    for distance in range(1, (below or len(left) + 1)):
        following = []
        for file in queue:
            for imported, edge in left.get(file, {}).items():
                if imported == start:
                    cycle = [edge]
                    while cycle[0].importer != start:
                        cycle.insert(0, came[cycle[0].importer])
                    return cycle
                if imported not in came:
                    came[imported] = edge
                    following.append(imported)
        queue = following
    return None
