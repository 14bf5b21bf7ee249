"""Calls of the functions in maps.wit, and their results."""

# Values that come back as they are: function -> values.
_SAME = {
    "counts": ["[]", "[(\"\", 0), (\"a\", 4294967295), (\"the-key\", 1)]"],
    "lines": ["[]", "[(0, []), (255, [\"a\", \"\"])]"],
    "names": ["none", "some([])", "some([(false, \"no\"), (true, \"yes\")])"],
    "numbers": ["[]", "[[], [(0, []), (18446744073709551615, [('a', -9223372036854775808), ('\\u{10ffff}', 7)])]]"],
    "plain": ["ok", "err"],
    "value": ["ok(4294967295)", "err"],
    "message": ["ok", "err(\"\")", "err(\"e\")"],
    "results": ["[]", "[ok, err, ok]"],
    "bools": ["[]", "[true, false, true]"],
    "chars": ["[]", "['a', '\\u{0}', '\\u{10ffff}']"],
    "s8s": ["[]", "[-128, 0, 127]"],
    "s16s": ["[]", "[-32768, 32767]"],
    "u32s": ["[]", "[0, 4294967295]"],
    "s32s": ["[]", "[-2147483648, 2147483647]"],
    "s64s": ["[]", "[-9223372036854775808, 9223372036854775807]"],
    "f64s": ["[]", "[0, -0.5, 1e-300, nan, -inf]"],
    "nine-flags": ["{}", "{a0, a8}"],
    "sixteen-flags": ["{}", "{b7, b8, b15}"],
    "seventeen-flags": ["{}", "{c0, c15, c16}"],
    "tuples": ["((255, \"x\"), ((true), -1))"],
}

def maps_calls(*languages):
    """Calls of the functions, and their results.

    Args:
      *languages: strings, those that the values pass through.

    Returns:
      dict[string, string], call -> result.
    """
    entries = "(1, some(2))" if "lua" in languages else "(1, some(2)), (3, none)"
    return {
        "%s(%s)" % (name, value): value
        for name, values in _SAME.items()
        for value in values
    } | {"optional([(1, some(2)), (3, none)])": "[%s]" % entries}
