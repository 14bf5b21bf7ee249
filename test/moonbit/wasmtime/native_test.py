#!/usr/bin/env python3
"""Runs a native MoonBit program without MoonBit's tool chain, and with a program in its place that checks the module.

Argument: the program.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

# In place of `moon`: it compiles the C stubs with the flags of the packages, and "builds" a program that echoes.
MOON = """#!/usr/bin/env python3
import json, pathlib, subprocess, sys
assert sys.argv[1:5] == ["build", "--target", "native", "--directory"], sys.argv
root = pathlib.Path(sys.argv[5])
name = json.loads((root / "moon.mod.json").read_text())["name"]
packages = {}
for file in root.glob("src/*/moon.pkg.json"):
    packages["%s/%s" % (name, file.parent.name)] = (file.parent, json.loads(file.read_text()))
main = []
for path, (folder, package) in packages.items():
    assert list(folder.glob("*.mbt")), path
    for dep in package["import"]:
        assert dep["path"] in packages or dep["path"] == "moonbitlang/core/encoding/utf8", dep
        assert dep["alias"], dep
    flags = package.get("link", {}).get("native", {})
    for stub in package.get("native-stub", []):
        subprocess.run(["cc", "-fsyntax-only", "-I" + str(root)] + flags["stub-cc-flags"].split() + [str(folder / stub)], check=True)
    if package.get("is-main"):
        assert "-rpath" in flags["cc-link-flags"], flags
        main.append(folder.name)
assert len(main) == 1, main
program = root / "target" / (main[0] + ".exe")
program.parent.mkdir()
program.write_text('#!/bin/sh\\necho "ran $*"\\nexit 7\\n')
program.chmod(0o755)
print(sorted(packages))
"""


def run(program, home, *args):
    """Runs the program. Returns the result."""
    environment = {name: value for name, value in os.environ.items() if name != "MOON_HOME"}
    if home:
        environment["MOON_HOME"] = home
    module = pathlib.Path(program + ".module.json")
    environment["MOONBIT_MODULE"] = "%s/%s" % (os.environ["TEST_WORKSPACE"], module)
    return subprocess.run([program, *args], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)


def main():
    program = sys.argv[1]
    result = run(program, None)
    expected = "error: //examples/hosts:tour_moonbit: native programs need MoonBit's tool chain; hint: set MOON_HOME to its directory\n"
    assert result.returncode == 1 and result.stderr == expected and not result.stdout, result
    with tempfile.TemporaryDirectory() as home:
        result = run(program, home)
        assert "`MOON_HOME` has no `bin/moon`" in result.stderr, result
        moon = pathlib.Path(home, "bin", "moon")
        include = pathlib.Path(home, "include")
        for folder in (moon.parent, include):
            folder.mkdir()
        (include / "moonbit.h").write_text(
            "#include <stdint.h>\nvoid *moonbit_make_external_object(void (*)(void *), uint32_t);\n"
            "void moonbit_incref(void *);\nvoid moonbit_decref(void *);\n"
        )
        moon.write_text(MOON)
        moon.chmod(0o755)
        result = run(program, home, "one", "two")
        assert result.returncode == 7 and result.stdout.endswith("ran one two\n"), result
        names = json.loads(result.stdout.splitlines()[0].replace("'", '"'))
        assert [name.rpartition("/")[2] for name in names] == [
            "examples_hosts_tour_moonbit_main",
            "rules_wit_wasmtime",
            "rules_wit_wasmtime_raw",
            "rules_wit_wasmtime_wasi",
        ], names


main()
