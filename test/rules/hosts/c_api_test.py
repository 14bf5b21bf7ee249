#!/usr/bin/env python3
"""Compares the headers of Wasmtime's C API with the library: the functions and the version.

Arguments: the headers after the preprocessor, the shared library, and the expected version.
"""

import re
import struct
import sys

PREFIX = r"(?:wasm|wasmtime|wasi)_\w+"

# Exported by the library, but declared in no header.
UNDECLARED = re.compile(r"wasmtime_component_fixed_length_list_type_\w+")


def statements(text):
    """The declarations of C source after the preprocessor, without the content of braces."""
    depth = 0
    statement = []
    for token in re.findall(r'"(?:\\.|[^"\\])*"|\w+|\S', text):
        if token == "{":
            depth += 1
        elif token == "}":
            depth -= 1
            if depth == 0 and "(" in statement and "typedef" not in statement:
                yield statement
                statement = []
        elif depth == 0 and token == ";":
            yield statement
            statement = []
        elif depth == 0:
            statement.append(token)


def declared(text):
    """The names of the functions that a library has to define, and those of inline functions."""
    names, inline = set(), set()
    for statement in statements(text):
        if "typedef" in statement:
            continue
        found = re.search(r"\b(%s) \(" % PREFIX, " ".join(statement))
        if found:
            (inline if "static" in statement else names).add(found[1])
    return names, inline


def exported(library):
    """The names of the functions in the dynamic symbol table of a 64-bit little-endian ELF file."""
    if library[:6] != b"\x7fELF\x02\x01":
        sys.exit("not a 64-bit little-endian ELF file")
    offset, size, count = (struct.unpack_from("<Q", library, 0x28)[0], *struct.unpack_from("<HH", library, 0x3A))
    sections = [struct.unpack_from("<IIQQQQIIQQ", library, offset + size * i) for i in range(count)]
    names = set()
    for _, kind, _, _, start, length, link, _, _, entry in sections:
        if kind != 11:  # SHT_DYNSYM
            continue
        strings = sections[link][4]
        for at in range(start, start + length, entry):
            name, info, _, section = struct.unpack_from("<IBBH", library, at)
            if info & 15 == 2 and info >> 4 and section:  # a global function that is defined here
                begin = strings + name
                names.add(library[begin : library.index(b"\0", begin)].decode())
    return {name for name in names if re.fullmatch(PREFIX, name)}


def main():
    headers, library, version = sys.argv[1:]
    with open(headers, encoding="utf-8") as file:
        text = file.read()
    with open(library, "rb") as file:
        content = file.read()
    symbols = exported(content)
    names, inline = declared(text)
    print(f"{len(names)} functions declared, {len(inline)} inline, {len(symbols)} exported")
    problems = [f"declared, but not exported: {name}" for name in sorted(names - symbols)]
    unknown = [name for name in sorted(symbols - names) if not UNDECLARED.fullmatch(name)]
    problems += [f"exported, but not declared: {name}" for name in unknown]
    macro = re.search(r'rules_wit_version = "([^"]*)"', text)
    if not macro or macro[1] != version:
        problems.append(f"the headers have version {macro and macro[1]}, not {version}")
    # The text of an error of the library. Its patch release can be older than that of the Python package.
    reported = re.search(rb"version: (\d+\.\d+)\.\d+\n", content)
    if not reported or reported[1].decode() != version.rpartition(".")[0]:
        problems.append(f"the library has version {reported and reported[1].decode()}, not {version}")
    if not names:
        problems.append("no function found")
    if problems:
        sys.exit("\n".join(problems))


main()
