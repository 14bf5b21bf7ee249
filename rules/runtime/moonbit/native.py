#!/usr/bin/env python3
"""Builds a native MoonBit program with `moon`, and runs it with the arguments of this program.

`MOON_HOME` names MoonBit's tool chain. `MOONBIT_MODULE` names a file, in the runfiles, that lists the packages of the program.
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

# The name of the module, whose packages have the paths that sources import.
MODULE = "program"


def runfiles():
    """Returns pathlib.Path: the directory with the runfiles."""
    for name in ("RUNFILES_DIR", "TEST_SRCDIR"):
        if os.environ.get(name):
            return pathlib.Path(os.environ[name])
    own = pathlib.Path(sys.argv[0] + ".runfiles")
    return own if own.exists() else pathlib.Path.cwd().parent


def standard_imports(files, aliases):
    """Returns list[dict]: the packages of the standard library that sources name."""
    text = "".join(file.read_text(encoding="utf-8") for file in files)
    names = sorted(set(re.findall(r"@([a-z]\w*)\.", text)) - set(aliases))
    return [{"path": "moonbitlang/core/" + {"utf8": "encoding/utf8"}.get(name, name), "alias": name} for name in names]


def folder(path):
    """Returns str: the directory of a package."""
    return path.replace("/", "_").replace("-", "_")


def write_package(root, files, package, is_main, flags):
    """Writes a package as `moon` reads it."""
    directory = root / folder(package["path"])
    directory.mkdir(parents=True)
    stubs = []
    for file in package["files"] + package["stubs"]:
        shutil.copy(files / file, directory / pathlib.Path(file).name)
    for file in package["stubs"]:
        if file.endswith(".c"):
            stubs.append(pathlib.Path(file).name)
    imports = [{"path": "%s/%s" % (MODULE, folder(dep["path"])), "alias": dep["alias"]} for dep in package["imports"]]
    content = {
        "import": imports + standard_imports(directory.glob("*.mbt"), [dep["alias"] for dep in imports]),
        "supported-targets": ["native"],
    }
    if stubs:
        content["native-stub"] = stubs
        content["link"] = {"native": {"stub-cc-flags": flags["compile"]}}
    if is_main:
        content["is-main"] = True
        content["link"] = {"native": {"cc-link-flags": flags["link"]}}
    (directory / "moon.pkg.json").write_text(json.dumps(content, indent=1), encoding="utf-8")


def main():
    files = runfiles()
    module = json.loads((files / os.environ["MOONBIT_MODULE"]).read_text(encoding="utf-8"))
    home = os.environ.get("MOON_HOME")
    moon = pathlib.Path(home or "", "bin", "moon")
    if not home or not moon.exists():
        why = "`MOON_HOME` has no `bin/moon`" if home else "native programs need MoonBit's tool chain"
        sys.exit("error: %s: %s; hint: set MOON_HOME to its directory" % (module["label"], why))
    library = (files / module["library"]).resolve()
    # One header is generated, so the others are beside it only here.
    headers = (files / module["headers"]).absolute().parent
    flags = {
        "compile": "-I%s -I%s" % (headers, pathlib.Path(home, "include").resolve()),
        "link": "%s -Wl,-rpath,%s -lpthread" % (library, library.parent),
    }
    with tempfile.TemporaryDirectory() as directory:
        root = pathlib.Path(directory)
        (root / "moon.mod.json").write_text(json.dumps({"name": MODULE, "source": "src"}), encoding="utf-8")
        for package in module["packages"]:
            write_package(root / "src", files, package, package["path"] == module["main"], flags)
        main_folder = folder(module["main"])
        command = [str(moon), "build", "--target", "native", "--directory", str(root)]
        if subprocess.run(command, check=False).returncode:
            sys.exit(1)
        programs = [path for path in root.glob("**/%s.exe" % main_folder) if path.is_file()]
        if not programs:
            sys.exit("error: %s: `moon` built no program" % module["label"])
        sys.exit(subprocess.run([str(programs[0])] + sys.argv[1:], check=False).returncode)


if __name__ == "__main__":
    main()
