"""Reads one Rust source file: its modules, the items it defines, its `use` declarations and the paths in its code.

This is a scanner, not a parser: it knows comments, literals, blocks and the few keywords that matter for imports. Items under
`#[cfg(test)]` are skipped. Syntax: https://doc.rust-lang.org/reference/paths.html and `items/use-declarations.html` there.
"""

import dataclasses
import re

_TOKEN = re.compile(
    r"""
    (?P<space>\s+|//[^\n]*)
  | (?P<comment>/\*)
  | (?P<raw>(?:br|cr|r)(?P<hashes>\#*)")
  | (?P<string>[bc]?"(?:\\.|[^"\\])*")
  | (?P<char>b?'(?:\\(?:u\{[^}]*\}|x..|.)|[^'\\\n])')
  | (?P<lifetime>'\w+)
  | (?P<name>(?:r\#)?[^\W\d]\w*)
  | (?P<number>\d\w*)
  | (?P<mark>::|.)
    """,
    re.VERBOSE | re.DOTALL,
)

_ITEMS = {"fn", "struct", "enum", "union", "trait", "type", "const", "static", "mod"}
_UNTIL_SEMICOLON = {"use", "const", "static", "type", "let"}


@dataclasses.dataclass(frozen=True)
class Token:
    """A token with its position; lines and columns count from 1."""

    kind: str
    text: str
    line: int
    column: int


@dataclasses.dataclass(frozen=True)
class Import:
    """One name of a `use` declaration, or one path in an expression, type or attribute.

    Fields:
        module: tuple[str], the inline modules of the file around it, outermost first.
        path: tuple[str], the segments as written, `crate`, `self` and `super` included.
        name: str, the name that it binds; empty for globs and for paths in code.
        glob, public, use: bool, whether it ends in `*`, has a `pub`, is a `use` declaration.
        start: Token, width: int: the characters to underline.
    """

    module: tuple
    path: tuple
    name: str
    glob: bool
    public: bool
    use: bool
    start: Token
    width: int


@dataclasses.dataclass
class Source:
    """The contents of a file.

    Fields:
        modules: list[(tuple[str], str, str or None, bool)], each `mod x;`: inline modules around it, name, `#[path]`, test-only.
        inline: set[tuple[str]], modules with a body in this file.
        defined: set[(tuple[str], str)], items by inline module and name.
        imports: list[Import].
        names: set[str], identifiers in code outside of `use` declarations, which may refer to imports.
    """

    modules: list = dataclasses.field(default_factory=list)
    inline: set = dataclasses.field(default_factory=set)
    defined: set = dataclasses.field(default_factory=set)
    imports: list = dataclasses.field(default_factory=list)
    names: set = dataclasses.field(default_factory=set)


def tokens(text):
    """The tokens of a file without comments.

    Args:
        text: str.

    Returns:
        list[Token].
    """
    found, at, line, start = [], 0, 1, 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        end = match.end()
        if match["comment"]:
            depth = 1
            while depth and end < len(text):
                depth += {"/*": 1, "*/": -1}.get(text[end : end + 2], 0)
                end += 2 if text[end : end + 2] in ("/*", "*/") else 1
        elif match["raw"]:
            close = '"' + match["hashes"]
            end = text.find(close, end) + len(close)
            if end < len(close):
                end = len(text)
        kind = "string" if match["raw"] else match.lastgroup
        if kind not in ("space", "comment"):
            found.append(Token(kind, text[at:end].removeprefix("r#"), line, at - start + 1))
        newlines = text.count("\n", at, end)
        if newlines:
            line += newlines
            start = text.rfind("\n", at, end) + 1
        at = end
    return found


class _Reader:
    def __init__(self, text):
        self.tokens = tokens(text)
        self.at = 0
        self.blocks = []  # for each open brace: the name of the inline module, or None
        self.source = Source()

    def text(self, offset=0):
        index = self.at + offset
        return self.tokens[index].text if 0 <= index < len(self.tokens) else ""

    def kind(self, offset=0):
        index = self.at + offset
        return self.tokens[index].kind if 0 <= index < len(self.tokens) else ""

    def module(self):
        return tuple(name for name in self.blocks if name)

    def skip_group(self):
        """Skips the group that opens here."""
        depth = 0
        while self.at < len(self.tokens):
            depth += {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}.get(self.text(), 0)
            self.at += 1
            if depth == 0:
                return

    def skip_item(self):
        """Skips an item: up to the end of its block, or its semicolon."""
        while self.text() == "#":
            self.at += 1
            self.skip_group()
        semicolon = False
        while self.at < len(self.tokens):
            text = self.text()
            if text in _UNTIL_SEMICOLON and self.text(1) not in ("fn", "unsafe", "async", "extern"):
                semicolon = True
            if text in ("(", "[", "{"):
                self.skip_group()
                if text == "{" and not semicolon:
                    return
                continue
            self.at += 1
            if text == ";":
                return

    def attribute(self):
        """Skips an attribute; returns whether it is `cfg(test)`, and the path in `#[path]`."""
        begin = self.at
        self.skip_group()
        inside = [token.text for token in self.tokens[begin + 1 : self.at - 1]]
        test = "not" not in inside and inside[:2] == ["cfg", "("] and "test" in inside
        return test, inside[2].strip('"') if inside[:2] == ["path", "="] else None

    def visibility(self):
        """Skips `pub` and its restriction."""
        self.at += 1
        if self.text() == "(" and (self.text(1) == "in" or self.text(2) == ")" and self.text(1) in ("crate", "self", "super")):
            self.skip_group()

    def is_public(self):
        """Whether `pub` precedes the keyword here."""
        before = self.at - 1
        if before >= 0 and self.tokens[before].text == ")":
            while before >= 0 and self.tokens[before].text != "(":
                before -= 1
            before -= 1
        return before >= 0 and self.tokens[before].text == "pub"

    def use(self):
        public = self.is_public()
        self.at += 1
        self.use_tree((), public)

    def use_tree(self, prefix, public):
        path = list(prefix)
        start = self.tokens[self.at]
        while True:
            text = self.text()
            if self.kind() == "name":
                start = self.tokens[self.at]
                if not (text == "self" and path):
                    path.append(text)
                self.at += 1
            elif text == "{":
                self.at += 1
                while self.text() not in ("}", ""):
                    self.use_tree(path, public)
                    if self.text() == ",":
                        self.at += 1
                self.at += 1
                return
            elif text == "*":
                self.add(tuple(path), "", True, public, self.tokens[self.at], 1)
                self.at += 1
                return
            if self.text() != "::":
                break
            self.at += 1
        name = path[-1] if path else ""
        if self.text() == "as":
            name = self.text(1)
            self.at += 2
        self.add(tuple(path), name, False, public, start, len(start.text))

    def add(self, path, name, glob, public, start, width):
        self.source.imports.append(Import(self.module(), path, name, glob, public, True, start, width))

    def path(self):
        """Reads a path in code, if one begins here."""
        start = self.tokens[self.at]
        before = self.text(-1)
        segments, last = [start.text], start
        self.at += 1
        if before not in (".", "fn", "let") and self.text() != ":":
            self.source.names.add(start.text)
        while self.text() == "::" and self.kind(1) == "name":
            last = self.tokens[self.at + 1]
            segments.append(last.text)
            self.at += 2
        if len(segments) == 1 or before in ("::", ".") or before == "$" and segments[0] != "crate":
            return
        width = last.column + len(last.text) - start.column if last.line == start.line else len(start.text)
        self.source.imports.append(Import(self.module(), tuple(segments), "", False, False, False, start, width))

    def define(self):
        """Records an item of a module, and returns whether it is a module with a body, which opens a block."""
        keyword, offset = self.text(), 1
        if keyword == "static" and self.text(1) == "mut":
            offset = 2
        if self.kind(offset) != "name" or any(block is None for block in self.blocks):
            return False
        name = self.text(offset)
        self.source.defined.add((self.module(), name))
        return keyword == "mod" and self.text(2) == "{"

    def read(self):
        path = None
        while self.at < len(self.tokens):
            text = self.text()
            if text == "#" and self.text(1) in ("[", "!"):
                inner = self.text(1) == "!"
                self.at += 2 if inner else 1
                begin = self.at
                test, file = self.attribute()
                path = file or path
                if test and inner:
                    return Source()
                if test:
                    self.test_module(path)
                    self.skip_item()
                    path = None
                else:
                    self.at = begin + 1  # the paths in it are code
            elif text == "{":
                self.blocks.append(None)
                self.at += 1
            elif text == "}":
                if self.blocks:
                    self.blocks.pop()
                self.at += 1
            elif self.kind() != "name":
                self.at += 1
            elif text == "pub":
                self.visibility()
            elif text == "use" and self.text(1) != "<":
                self.use()
            elif text == "macro_rules" and self.text(1) == "!":
                self.source.defined.add((self.module(), self.text(2)))
                self.at += 3
            elif text in _ITEMS and self.kind(1) == "name" and self.text(1) != "fn":
                if self.define():
                    self.blocks.append(self.text(1))
                    self.source.inline.add(self.module())
                    self.at += 3
                elif text == "mod" and self.text(2) == ";":
                    self.source.modules.append((self.module(), self.text(1), path, False))
                    path = None
                    self.at += 3
                else:
                    self.at += 1
            else:
                self.path()
        return self.source

    def test_module(self, path):
        """Records a test-only `mod x;`, if one follows here."""
        begin = self.at
        while self.text() == "#":
            self.at += 1
            path = self.attribute()[1] or path
        if self.text() == "pub":
            self.visibility()
        if self.text() == "mod" and self.text(2) == ";":
            self.source.modules.append((self.module(), self.text(1), path, True))
        self.at = begin


def read(text):
    """Reads a file.

    Args:
        text: str, Rust.

    Returns:
        Source.
    """
    return _Reader(text).read()
