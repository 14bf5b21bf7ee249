#!/usr/bin/env python3
"""Compares the table of Wasmtime's C API with the library: the functions and the version.

Arguments: the table, `wasmtime.h`, the shared library, and the expected version.
"""

import json
import re
import struct
import sys

PREFIX = r"(?:wasm|wasmtime|wasi)_\w+"

# Exported by the library, but declared in no header.
UNDECLARED = re.compile(r"wasmtime_component_fixed_length_list_type_\w+")

# The most results whose owner only the documentation names.
UNCLEAR = 0

# Owners of parameters, read in the documentation.
OWNERS = {
    "wasm_engine_new_with_config": ["moved"],
    "wasm_importtype_new": ["moved", "moved", "moved"],
    "wasm_store_new": ["borrowed"],
    "wasmtime_component_delete": ["moved"],
    "wasmtime_component_new": ["borrowed", "borrowed", None, "out"],
    "wasmtime_context_set_wasi": ["borrowed", "moved"],
    "wasmtime_error_message": ["borrowed", "out"],
}


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
    table, header, library, version = sys.argv[1:]
    with open(table, encoding="utf-8") as file:
        functions = json.load(file)
    with open(header, encoding="utf-8") as file:
        macro = re.search(r'#define WASMTIME_VERSION "([^"]*)"', file.read())
    with open(library, "rb") as file:
        content = file.read()
    symbols = exported(content)
    names = {function["name"] for function in functions if not function["inline"]}
    classes = {function["class"] for function in functions}
    unclear = [function["name"] for function in functions if function["returns"]["owner"] == "unclear"]
    print(f"{len(functions)} functions in {len(classes)} classes, {len(functions) - len(names)} of them inline, {len(symbols)} exported")
    print(f"owners of results that only the documentation names: {unclear}")
    problems = [f"declared, but not exported: {name}" for name in sorted(names - symbols)]
    unknown = [name for name in sorted(symbols - names) if not UNDECLARED.fullmatch(name)]
    problems += [f"exported, but not declared: {name}" for name in unknown]
    if not macro or macro[1] != version:
        problems.append(f"the headers have version {macro and macro[1]}, not {version}")
    # The text of an error of the library. Its patch release can be older than that of the Python package.
    reported = re.search(rb"version: (\d+\.\d+)\.\d+\n", content)
    if not reported or reported[1].decode() != version.rpartition(".")[0]:
        problems.append(f"the library has version {reported and reported[1].decode()}, not {version}")
    if not names:
        problems.append("no function found")
    if len(unclear) > UNCLEAR:
        problems.append("too many results without an owner")
    owners = {function["name"]: [param["owner"] for param in function["params"]] for function in functions}
    for name, expected in OWNERS.items():
        if owners.get(name) != expected:
            problems.append(f"owners of the parameters of {name}: {owners.get(name)}, not {expected}")
    if problems:
        sys.exit("\n".join(problems))


main()
