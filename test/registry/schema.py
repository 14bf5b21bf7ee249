"""JSON Schema, as much of it as checksums/schema.json uses.

Python brings no validator and the toolbox has no packages of Python's. A keyword that is not known here is an error, so
that nothing in a schema goes unchecked.
"""

import re

ANNOTATIONS = {"$schema", "$defs", "title", "description"}
TYPES = {"object": dict, "array": list, "string": str, "boolean": bool}


def _matches(pattern, text):
    # `$` means the end in a schema; to Python, also a line feed before it.
    return re.search(re.sub(r"\$$", r"\\Z", pattern), text, re.ASCII)


def validate(value, schema, root=None, at="$"):
    """Yields `place: what is wrong` for each violation."""
    root = root or schema
    for keyword, expected in schema.items():
        if keyword in ANNOTATIONS:
            continue
        check = CHECKS.get(keyword)
        if not check:
            raise ValueError(f"the schema uses `{keyword}`, which this validator does not know")
        yield from check(value, expected, schema, root, at)


def _type(value, expected, schema, root, at):
    if not isinstance(value, TYPES[expected]):
        yield f"{at}: must be of type {expected}"


def _ref(value, expected, schema, root, at):
    target = root
    for part in expected.removeprefix("#/").split("/"):
        target = target[part]
    yield from validate(value, target, root, at)


def _pattern(value, expected, schema, root, at):
    if isinstance(value, str) and not _matches(expected, value):
        yield f"{at}: `{value}` does not match {expected}"


def _const(value, expected, schema, root, at):
    if value != expected:
        yield f"{at}: must be `{expected}`"


def _required(value, expected, schema, root, at):
    for key in expected:
        if isinstance(value, dict) and key not in value:
            yield f"{at}: lacks `{key}`"


def _properties(value, expected, schema, root, at):
    for key, inner in expected.items():
        if isinstance(value, dict) and key in value:
            yield from validate(value[key], inner, root, f"{at}.{key}")


def _pattern_properties(value, expected, schema, root, at):
    for pattern, inner in expected.items():
        for key in value if isinstance(value, dict) else ():
            if _matches(pattern, key):
                yield from validate(value[key], inner, root, f"{at}.{key}")


def _additional_properties(value, expected, schema, root, at):
    if expected is not False:
        raise ValueError("only `additionalProperties: false` is known")
    known = schema.get("properties", {})
    patterns = schema.get("patternProperties", {})
    for key in value if isinstance(value, dict) else ():
        if key not in known and not any(_matches(pattern, key) for pattern in patterns):
            yield f"{at}: must not have `{key}`"


def _min_properties(value, expected, schema, root, at):
    if isinstance(value, dict) and len(value) < expected:
        yield f"{at}: needs at least {expected}"


def _min_items(value, expected, schema, root, at):
    if isinstance(value, list) and len(value) < expected:
        yield f"{at}: needs at least {expected}"


def _unique_items(value, expected, schema, root, at):
    if expected and isinstance(value, list) and any(item in value[:i] for i, item in enumerate(value)):
        yield f"{at}: has an item twice"


def _items(value, expected, schema, root, at):
    for i, item in enumerate(value if isinstance(value, list) else ()):
        yield from validate(item, expected, root, f"{at}[{i}]")


def _one_of(value, expected, schema, root, at):
    results = [list(validate(value, inner, root, at)) for inner in expected]
    fitting = sum(not errors for errors in results)
    if fitting != 1:
        # The alternative that comes nearest tells best what is wrong.
        yield from min(results, key=len) if not fitting else [f"{at}: fits {fitting} alternatives"]


CHECKS = {
    "$ref": _ref,
    "additionalProperties": _additional_properties,
    "const": _const,
    "items": _items,
    "minItems": _min_items,
    "minProperties": _min_properties,
    "oneOf": _one_of,
    "pattern": _pattern,
    "patternProperties": _pattern_properties,
    "properties": _properties,
    "required": _required,
    "type": _type,
    "uniqueItems": _unique_items,
}
