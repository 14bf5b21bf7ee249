"""The demo of a script."""

load("//rules:component.bzl", "wasm_component_binary", "wasm_component_plug", "wasm_component_test")

_OUTPUT = """\
[script] checking out 2 lines
2 x tea at 4.50
1 x scone at 2.75
total: 1175
[script] checking out 1 lines
1 x island at 90071992547409.93
total: 9007199254740993
[script] checking out 2 lines
error: cake: sold-out
[script] checking out 1 lines
error: moon: unknown-item
"""

def script_demo(name, script):
    """Declares a program in Rust that calls a script, which calls a store in Rust, and its test.

    Args:
      name: string, the name of the program.
      script: label, the component of the script.
    """
    wasm_component_plug(
        name = name + "_component",
        plugs = [
            script,
            "//examples/scripting:store",
        ],
        socket = "//examples/scripting:program",
    )
    wasm_component_binary(
        name = name,
        component = name + "_component",
    )
    wasm_component_test(
        name = name + "_test",
        size = "small",
        component = name + "_component",
        stdout = _OUTPUT,
    )
