"""Pairs of a component that calls and one that is called."""

load("//rules:component.bzl", "wasm_component_plug", "wasm_component_test")
load(":types.bzl", "INVOKE")

# Kind -> the scripts that call and that are called, and calls with their results. `%s` is the largest u64.
KINDS = {
    "big": (
        "big",
        "echo",
        {"run()": "\"10485760,7,1310720,%s,1000,10485\""},
    ),
    "jobs": (
        "user",
        "worker",
        {"run(20)": "41"},
    ),
    # Objects that are collected drop their resources: 1 if few are alive at any time, or else how many are.
    "many_resources": (
        "many_counters",
        "counters",
        {"run()": "[1, 1]"},
    ),
    "resources": (
        "use_counters",
        "counters",
        {"run()": "[3, 10, 3, 2, 13, 3, 1, 2]"},
    ),
    "values": (
        "forward",
        "echo",
        INVOKE,
    ),
}

def pair_test(name, caller, socket, plug, calls):
    """Declares a pair, `<name>`, and its test, `<name>_test`.

    Args:
      name: string.
      caller: string, the language that calls.
      socket: label, the component that calls.
      plug: label, the component that is called.
      calls: dict[string, string], as in KINDS.
    """
    wasm_component_plug(
        name = name,
        plugs = [plug],
        socket = socket,
    )

    # Languages without such integers have a negative one.
    largest = "18446744073709551615" if caller.startswith("javascript") else "-1"
    wasm_component_test(
        name = name + "_test",
        size = "medium",
        component = ":" + name,
        invoke = {call: result.replace("%s", largest) for call, result in calls.items()},
    )
