"""Errors in the shape that all tools of this repository print."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Site:
    """A range in a line of a file: `text` is the line, `line` and `column` count from 1."""

    path: str
    text: str
    line: int
    column: int
    width: int
    label: str


@dataclasses.dataclass(frozen=True)
class Problem:
    """An error: its first line without `error: `, the sites that it is about, and a hint."""

    title: str
    sites: list
    hint: str

    def __str__(self):
        lines = [f"error: {self.title}"]
        gutter = max((len(str(site.line)) for site in self.sites), default=1)
        for site in self.sites:
            text = site.text.replace("\t", " ")
            lines += [
                f"{'':{gutter}}--> {site.path}:{site.line}:{site.column}",
                f"{'':{gutter}} |",
                f"{site.line:{gutter}} | {text}",
                f"{'':{gutter}} | {'':{site.column - 1}}{'^' * max(site.width, 1)} {site.label}",
            ]
        return "\n".join([*lines, f"hint: {self.hint}"])

