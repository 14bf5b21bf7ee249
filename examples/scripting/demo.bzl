"""The demos of a script."""

load("@rules_shell//shell:sh_test.bzl", "sh_test")
load("//rules:component.bzl", "wasm_component_binary", "wasm_component_lower", "wasm_component_plug", "wasm_component_preinit", "wasm_component_test")

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

# What the guest of //examples/static_linking prints.
_GREETING = "[*] Hello, World!"

def lowered_script_tests(name, script):
    """Declares one core module, with one memory, of the program in //examples/static_linking, a script and its interpreter.

    Tests run it on several engines without components, also if the script was loaded when it was built. One runs the
    component as it is, which prints the same.

    Args:
      name: string, the name of the module. The one in which the script is loaded is called `<name>_preinit`.
      script: label, the component of the script, with the world `dependency`.
    """
    wasm_component_preinit(
        name = name + "_snapshot",
        component = script,
    )
    for suffix, plug, hosts in [
        ("", script, ["wasm3", "wasmi", "wasmtime"]),
        ("_preinit", name + "_snapshot", ["wasm3", "wasmi"]),
    ]:
        wasm_component_plug(
            name = name + suffix + "_component",
            plugs = [plug],
            socket = "//examples/static_linking:guest",
        )
        wasm_component_plug(
            name = name + suffix + "_command",
            plugs = [
                name + suffix + "_component",
                "//examples/scripting:printer",
            ],
            socket = "//examples/scripting:starter",
        )
        wasm_component_test(
            name = name + suffix + "_command_test",
            size = "small",
            component = name + suffix + "_command",
            stdout = _GREETING + "\n",
        )
        wasm_component_lower(
            name = name + suffix,
            component = name + suffix + "_component",
            engine_features = "mvp",
            memory = "single",
        )
        for host in hosts:
            sh_test(
                name = host + suffix + "_test",
                size = "small",
                srcs = ["//examples/static_linking:output_test.sh"],
                args = [
                    "'%s'" % _GREETING,
                    "$(rootpath //examples/static_linking:%s)" % host,
                    "$(rootpath :%s)" % (name + suffix),
                ],
                data = [
                    name + suffix,
                    "//examples/static_linking:" + host,
                ],
            )
