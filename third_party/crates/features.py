"""Computes for which features of a crate each feature and dependency of the crates below it is on.

A build can then choose features, and compiles what cargo would compile for them. A condition is a set of alternatives, each a
frozenset of features that must all be chosen; no alternative contains another. Features of crates only add to each other, so
conditions need no negation. As text, `a&b|c` means both `a` and `b`, or `c`.
"""

import collections
import sys

ALWAYS = frozenset([frozenset()])


def either(one, other):
    """Returns the condition that holds if one of two does."""
    both = one | other
    return frozenset(clause for clause in both if not any(less < clause for less in both))


def both(one, other):
    """Returns the condition that holds if two do."""
    return either(frozenset(a | b for a in one for b in other), frozenset())


def implies(one, other):
    """Returns bool: whether `other` holds wherever `one` does."""
    return all(any(less <= clause for less in other) for clause in one)


def text(condition):
    """Returns str: the text of a condition."""
    return "|".join(sorted("&".join(sorted(clause)) for clause in condition))


class Features:
    """The conditions of the crates below `root`, a crate of which a build chooses features.

    `metadata` is the output of `cargo metadata` for a package that depends on `root` with all of its features.
    """

    def __init__(self, metadata, root):
        self.packages = {package["id"]: package for package in metadata["packages"]}
        self.resolved = {node["id"]: node for node in metadata["resolve"]["nodes"]}
        self.root = next(id for id, package in self.packages.items() if package["name"] == root)
        # Without those that only name an optional dependency.
        declared = self.packages[self.root]["features"].items()
        self.chosen = sorted(name for name, values in declared if name != "default" and values != ["dep:" + name])
        # Fact -> rules that it is a premise of: the other premises' facts and the conclusion.
        self.rules = collections.defaultdict(list)
        self.conditions = {}
        self.derive()

    def targets(self, package, dependency):
        """Returns list[str]: the packages that a declared dependency resolves to."""
        deps = [dep["pkg"] for dep in self.resolved[package]["deps"]]
        return [id for id in deps if self.packages[id]["name"] == dependency["name"]]

    def rule(self, conclusion, *premises):
        """Adds: `conclusion` holds where all premises do."""
        for premise in premises:
            self.rules[premise].append((premises, conclusion))

    def add_package(self, id):
        """Adds the rules of the manifest of a package."""
        package = self.packages[id]
        by_key = collections.defaultdict(list)
        for dependency in package["dependencies"]:
            if dependency["kind"] == "dev":
                continue
            key = dependency["rename"] or dependency["name"]
            for target in self.targets(id, dependency):
                by_key[key].append(target)
                edge = ("edge", id, target, dependency["kind"] or "normal")
                self.rule(edge, ("dependency", id, key) if dependency["optional"] else ("package", id))
                self.rule(("package", target), edge)
                wanted = dependency["features"] + (["default"] if dependency["uses_default_features"] else [])
                for feature in wanted:
                    self.rule(("feature", target, feature), edge)
        for feature, values in package["features"].items():
            this = ("feature", id, feature)
            for value in values:
                key, slash, theirs = value.partition("/")
                is_weak = key.endswith("?")
                key = key.removesuffix("?")
                if value.startswith("dep:"):
                    self.rule(("dependency", id, value[4:]), this)
                elif not slash:
                    self.rule(("feature", id, value), this)
                else:
                    for target in by_key[key]:
                        # A dependency that is not optional is there in any case.
                        optional = {d["optional"] for d in package["dependencies"] if (d["rename"] or d["name"]) == key}
                        is_there = ("dependency", id, key) if optional == {True} else ("package", id)
                        self.rule(("feature", target, theirs), this, is_there)
                    if not is_weak:
                        self.rule(("dependency", id, key), this)
                        if key in package["features"]:
                            self.rule(("feature", id, key), this)

    def derive(self):
        """Derives all conditions."""
        for id in self.packages:
            self.add_package(id)
        todo = collections.deque()
        self.improve(("package", self.root), ALWAYS, todo)
        for feature in self.chosen:
            self.improve(("feature", self.root, feature), frozenset([frozenset([feature])]), todo)
        while todo:
            for premises, conclusion in self.rules[todo.popleft()]:
                condition = ALWAYS
                for premise in premises:
                    condition = both(condition, self.conditions.get(premise, frozenset()))
                self.improve(conclusion, condition, todo)

    def improve(self, fact, condition, todo):
        """Adds alternatives to the condition of a fact."""
        old = self.conditions.get(fact, frozenset())
        new = either(old, condition)
        if new != old:
            self.conditions[fact] = new
            todo.append(fact)

    def condition(self, key, fact):
        """Returns the condition of a fact about a package, or None if it holds wherever the package is used."""
        if fact not in self.conditions:
            sys.exit("error: nothing enables %s\nhint: fix features.py" % " ".join(fact))
        condition = self.conditions[fact]
        return None if implies(self.conditions[("package", key)], condition) else condition

    def apply(self, data):
        """Moves what is not always on into the key `when` of the crates of `data`: condition -> the same keys.

        Returns list[str]: the features among which a build can choose.
        """
        ids = {"%s %s" % (package["name"], package["version"]): id for id, package in self.packages.items()}
        for crate, described in data.items():
            id = ids[crate]
            if ("package", id) not in self.conditions:
                continue
            self.split(id, ids, described, "normal")
            if "build_script" in described:
                self.split(id, ids, described["build_script"], "build")
        return self.chosen

    def split(self, id, ids, attributes, kind):
        """Moves the values of a target that are not always on."""
        when = {}
        for triple, values in [(None, attributes)] + sorted(attributes.get("platforms", {}).items()):
            for name in ("deps", "features", "proc_macro_deps"):
                kept = []
                for value in values.get(name, []):
                    fact = ("feature", id, value) if name == "features" else ("edge", id, ids[value.partition(":")[0]], kind)
                    condition = self.condition(id, fact)
                    if condition is None:
                        kept.append(value)
                        continue
                    place = when.setdefault(text(condition), {})
                    if triple:
                        place = place.setdefault("platforms", {}).setdefault(triple, {})
                    place.setdefault(name, []).append(value)
                if name in values:
                    values[name] = kept
        platforms = {triple: values for triple, values in attributes.get("platforms", {}).items() if any(values.values())}
        if "platforms" in attributes:
            attributes["platforms"] = platforms
        if when:
            attributes["when"] = when
