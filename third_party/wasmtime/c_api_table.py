#!/usr/bin/env python3
"""Writes Wasmtime's C API as a table: JSON, an object for each function.

Arguments: clang, `wasmtime.h`, `conf.h`, the output. The headers are read after the preprocessor, as clang dumps their syntax tree,
because macros make a third of the functions.

A function has `name`, `class`, `subject` (the type that it belongs to), `header`, `inline` (it has no symbol), `returns` and
`params` (objects of `type`, `name`, `value` and `owner`), and `doc`. `value` says whether a pointer refers to something that
the headers define, so that callers can allocate it. `owner` says who owns what a pointer refers to:

  borrowed  the caller, before and after the call
  moved     the callee: it takes the value, and releases it
  out       the caller: the callee writes the value
  owned     the caller, of a result
  unclear   only the documentation says it

`own` in the headers decides first, then their documentation, constness, and names. A function whose subject is in no class is
an error: the API has a new type.
"""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

PREFIXES = ("wasm_", "wasmtime_", "wasi_")

# Class -> the subjects in it, without `wasm_` and `wasmtime_`.
CLASSES = {
    "async": "call_future",
    "components": "component component_export_index component_extern component_func component_instance component_linker "
    "component_linker_instance",
    "component types": "component_enum_type component_flags_type component_func_type component_future_type "
    "component_instance_type component_item component_list_type component_map_type component_option_type "
    "component_record_type component_resource_type component_result_type component_stream_type component_tuple_type "
    "component_type component_valtype component_variant_type",
    "component values": "component_resource_any component_resource_host component_val component_valflags component_vallist "
    "component_valmap component_valrecord component_valtuple",
    "configuration": "config pooling_allocation_config pooling_allocation_strategy wasi_config",
    "core modules": "caller extern extern_kind extern_vec foreign func global instance instance_pre linker memory module "
    "ref shared_module sharedmemory table table_size tag",
    "core types": "exporttype exporttype_vec externtype externtype_vec field_type functype functype_vec globaltype "
    "globaltype_vec heaptype importtype importtype_vec memorytype memorytype_vec module_type reftype storage_type "
    "struct_type array_type exn_type tabletype tabletype_vec tagtype tagtype_vec valkind valtype valtype_kind valtype_vec wasm_valtype",
    "core values": "anyref array_ref_pre arrayref eqref exnref externref funcref struct_ref_pre structref val val_vec",
    "engine": "context engine guestprofiler store",
    "errors": "error frame frame_vec trap trap_code",
    "text": "byte_vec name wat2wasm",
}


class Locations:
    """The files of declarations. clang names a file only where it changes, in the order of the dump."""

    def __init__(self):
        self.file = ""

    def visit(self, node):
        """Returns str: the file of the last location in `node`, or of the first one if `node` is a declaration."""
        first = None
        for key, value in node.items():
            if key == "file":
                self.file = value
            elif key != "includedFrom":
                for child in value if isinstance(value, list) else [value]:
                    if isinstance(child, dict):
                        self.visit(child)
            if key == "loc":
                first = self.file
        return first or self.file


def comment(node):
    """Returns str: the text of a comment."""
    kind = node.get("kind", "")
    text = node.get("text", "")
    if kind == "ParamCommandComment":
        text = "\\param %s" % node.get("param", "")
    elif kind == "InlineCommandComment":
        text = " ".join(node.get("args", []))
    children = [comment(child) for child in node.get("inner", [])]
    end = "\n" if kind in ("ParagraphComment", "VerbatimBlockComment", "VerbatimBlockLineComment") else " "
    return " ".join([text] + children).strip() + end


def has_own(node):
    """Returns bool: whether a declaration is annotated with `own`, which the overlay of the headers makes an attribute."""
    return any(child.get("kind") == "AnnotateAttr" for child in node.get("inner", []))


def param_owner(function, param, doc, own):
    """Returns str or None: who owns what a parameter refers to."""
    kind, name = param["type"], param["name"]
    if "*" not in kind or "(*" in kind:
        return None
    if re.search(r"(^|_)(out|ret|dst)$", name) or kind.endswith("**") or function.endswith("_set_null"):
        return "out"
    if own or function.endswith(("_delete", "_finish")) or re.search(r"(takes|does take) ownership\s+of (the )?`?%s\b" % name, doc):
        return "moved"
    if re.match(r"wasm_(\w+_vec|name)_t \*", kind):
        return "out"
    return "borrowed"


def result_owner(function, kind, header, own):
    """Returns str or None: who owns what a result refers to."""
    if not kind.endswith("*"):
        return None
    if own or re.match(r"wasm(time)?_(error|trap)_t \*", kind):
        return "owned"
    # In these headers everything that is owned is marked.
    if header in ("wasm.h", "wasi.h") or kind.startswith("const "):
        return "borrowed"
    if re.search(r"_(new\w*|clone|copy|type|root|get_export_index|async|[ei][xm]port_nth|pre_module|to_wasm|v128)$", function):
        return "owned"
    if re.search(r"_(context|\w*data|as_\w+|to_raw)$", function):
        return "borrowed"
    return "unclear"


def defined_types(tree):
    """Returns set[str]: names of structures, unions and enumerations that the headers define, and of types that are not such."""
    complete = {node.get("name") for node in tree["inner"] if node["kind"] == "RecordDecl" and node.get("completeDefinition")}
    complete |= {node.get("name") for node in tree["inner"] if node["kind"] == "EnumDecl"}
    names = {kind + name for name in complete if name for kind in ("", "struct ", "union ", "enum ")}
    is_unnamed = False
    for node in tree["inner"]:
        if node["kind"] == "TypedefDecl":
            target = node["type"]["qualType"]
            if target in names or is_unnamed or not (target.startswith("struct ") or re.match(r"wasm\w*_t$", target)):
                names.add(node["name"])
        # A structure without a name has that of the `typedef` around it.
        is_unnamed = node["kind"] == "RecordDecl" and not node.get("name")
    return names


def is_value(kind, defined):
    """Returns bool: whether `kind` is a pointer to a defined type."""
    target = re.match(r"(?:const )?(\w[\w ]*?) ?\*$", kind)
    return bool(target) and target[1] != "void" and (target[1] in defined or not re.search(r"_t$", target[1]))


def functions(tree, root):
    """Yields dict: each function of the API, without its class."""
    locations = Locations()
    defined = defined_types(tree)
    for node in tree["inner"]:
        file = locations.visit(node)
        name = node.get("name", "")
        if node["kind"] != "FunctionDecl" or not name.startswith(PREFIXES):
            continue
        inner = node.get("inner", [])
        result = node["type"]["qualType"].partition("(")[0].strip()
        doc = "".join(comment(child) for child in inner if child["kind"] == "FullComment")
        doc = re.sub(r" *\n *", "\n", re.sub(r"[ \t]+", " ", doc)).strip()
        params = []
        for at, child in enumerate(c for c in inner if c["kind"] == "ParmVarDecl"):
            kind = child["type"]["qualType"]
            param = {"name": child.get("name", "arg%d" % at), "type": kind, "value": is_value(kind, defined)}
            params.append(param | {"owner": param_owner(name, param, doc, has_own(child))})
        header = os.path.relpath(file, root) if file.startswith(root) else os.path.basename(file)
        yield {
            "name": name,
            "header": header,
            "inline": node.get("storageClass") == "static",
            "returns": {"type": result, "owner": result_owner(name, result, header, has_own(node))},
            "params": params,
            "doc": doc,
        }


def classify(all_functions, types):
    """Adds `subject` and `class` to each function. Returns list[str]: the functions of new types."""
    class_of = {subject: name for name, subjects in CLASSES.items() for subject in subjects.split()}
    short = lambda name: re.sub(r"^wasm(time)?_", "", name)
    subjects = sorted({short(name) for name in types} | set(class_of), key=len, reverse=True)
    new = []
    for function in all_functions:
        name = short(function["name"])
        subject = next((s for s in subjects if name == s or name.startswith(s + "_")), None)
        if subject not in class_of:
            new.append(function["name"])
        function |= {"subject": subject, "class": class_of.get(subject)}
    return new


def dump(clang, header, conf, overlay):
    """Returns dict: the syntax tree of the headers, in which `own` is an attribute."""
    root = header.parent
    for name in ("wasm.h", "wasi.h"):
        text = (root / name).read_text(encoding="utf-8")
        marked, count = re.subn(r"(?m)^#define own$", '#define own __attribute__((annotate("own")))', text)
        if count != 1:
            sys.exit("error: %s does not define `own` once" % name)
        (overlay / name).write_text(marked, encoding="utf-8")
    main = overlay / "api.c"
    main.write_text("#include <wasmtime.h>\n#include <wasmtime/component.h>\n", encoding="utf-8")
    flags = ["-fsyntax-only", "-fparse-all-comments", "-Xclang", "-ast-dump=json"]
    command = [clang, "-xc", "-std=c11", "-I", overlay, "-I", root, "-I", conf.parent.parent] + flags + [main]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)


def main():
    clang, header, conf, output = sys.argv[1:]
    header = pathlib.Path(header)
    with tempfile.TemporaryDirectory() as folder:
        tree = dump(clang, header, pathlib.Path(conf), pathlib.Path(folder))
        found = list(functions(tree, str(header.parent)))
    names = {node["name"] for node in tree["inner"] if node["kind"] == "TypedefDecl"}
    types = {name[: -len("_t")] for name in names if name.startswith(PREFIXES) and name.endswith("_t")}
    new = classify(found, types)
    if new:
        hint = "add the type to CLASSES in third_party/wasmtime/c_api_table.py"
        sys.exit("error: functions of types that are in no class: %s\nhint: %s" % (", ".join(sorted(new)), hint))
    found.sort(key=lambda function: function["name"])
    with open(output, "w", encoding="utf-8") as file:
        json.dump(found, file, indent=1, sort_keys=True)
        file.write("\n")


if __name__ == "__main__":
    main()
