"""Calls of the functions in types.wit, and their results."""

_POINT = "{x: 1.5, the-y: -0.0, labels: [\"a\", \"\"]}"

# Values that come back as they are: function -> values.
_SAME = {
    "boolean": ["true", "false"],
    "u8": ["0", "255"],
    "u16": ["0", "65535"],
    "u32": ["0", "4294967295"],
    "u64": ["0", "9007199254740993", "18446744073709551615"],
    "s8": ["-128", "127"],
    "s16": ["-32768", "32767"],
    "s32": ["-2147483648", "2147483647"],
    "s64": ["-9223372036854775808", "9223372036854775807", "-9007199254740993"],
    "f32": ["0", "-0.5", "3.4028235e38", "nan", "inf", "-inf"],
    "f64": ["0", "1e-300", "1.7976931348623157e308", "nan", "inf", "-inf"],
    "character": ["'a'", "'\\u{0}'", "'\\u{d7ff}'", "'\\u{e000}'", "'\\u{1f600}'", "'\\u{10ffff}'"],
    "text": ["\"\"", "\"Grüße, 世界 😀\"", "\"a\\u{0}b\"", "\"\\u{d7ff}\\u{e000}\""],
    "bytes": ["[]", "[0, 1, 255]"],
    "numbers": ["[]", "[0, 18446744073709551615]"],
    "floats": ["[1.5, nan, -inf]"],
    "texts": ["[]", "[\"a\", \"\", \"b\"]"],
    "lists": ["[[], [1, 65535], []]"],
    "a-tuple": ["(7, \"x\", true)"],
    "a-record": [
        "{points: [], next: none, pair: (0, \"\")}",
        "{points: [%s, %s], next: some(%s), pair: (1, \"p\")}" % (_POINT, _POINT, _POINT),
    ],
    "a-variant": ["empty", "circle(2.5)", "path([%s])" % _POINT, "named(\"n\")"],
    "an-enum": ["red", "dark-green", "blue"],
    "some-flags": ["{}", "{read, run-it}", "{read, write, run-it}"],
    "many-flags": ["{}", "{f0, f31}", "{f15, f16}"],
    "maybe": ["none", "some(0)", "some(5)"],
    "maybe-maybe": ["none", "some(none)", "some(some(3))"],
    "maybes": ["[]", "[none]", "[some(\"a\"), none, some(\"\"), none]"],
    "fallible": ["ok(5)", "err(dark-green)"],
    "fallible-list": ["[ok, err(\"e\"), ok]"],
    "deep": ["[]", "[[[[[[[some(([1, 2])), none], []]]]], []]]"],
}

INVOKE = {
    "%s(%s)" % (name, value): value
    for name, values in _SAME.items()
    for value in values
} | {
    "nothing()": "",
    "many-params(255, \"b\", 2, [1, 2], 9007199254740993, \"f\", \"g\", \"h\", \"i\", \"j\")": "\"255;b;2;1,2;9007199254740993;f;g;h;i;j\"",
}
