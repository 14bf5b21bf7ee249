"""Writes the data from which the BUILD files of crates are rendered: one JSON file for each Cargo workspace.

cargo-bazel (crate_universe of rules_rust) decides how a crate is built. Its BUILD files are Starlark that Python can
evaluate, so their attributes are recorded, without download addresses: crates come through cargo. The repository rule in
//toolchains/crates renders BUILD files from the data.

Usage: update.py [--check] [--full]. Without options, workspaces whose data is out of date are written. `--check` compares
the recorded digests of manifests and lock files and exits with 1 on a difference; with `--full`, all data is made again.
Environment: CARGO_BAZEL, the program; without it, it is built from the sources of rules_rust, which takes some minutes.
"""

import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(os.environ.get("BUILD_WORKSPACE_DIRECTORY", ".")).resolve()
DATA = ROOT / "third_party/crates"

# The name of a data file -> the folder of the workspace.
WORKSPACES = {
    "checksum_updater": "tools/checksum_updater",
    "tools": "tools",
    "wasmer": "third_party/wasmer",
    "wit_bindgen": "third_party/wit_bindgen",
}

TRIPLES = [
    "aarch64-apple-darwin",
    "aarch64-unknown-linux-gnu",
    "wasm32-unknown-unknown",
    "wasm32-wasip2",
    "x86_64-pc-windows-msvc",
    "x86_64-unknown-linux-gnu",
]

# What crates of a workspace need beyond what cargo-bazel sees in them. An annotation of a crate that is not there is an error.
ANNOTATIONS = {
    # They write their own names into components; rules_rust would pass the name of the target.
    "tools": {"wac-parser *": {"rustc_env": {"CARGO_PKG_NAME": "wac-parser"}}},
    "wit_bindgen": {
        "wit-bindgen-rust *": {"rustc_env": {"CARGO_PKG_NAME": "wit-bindgen-rust"}},
        # From this version on the feature adds no crates, and worlds with async functions need it.
        "wit-bindgen >=0.60": {"crate_features": ["async"]},
    },
}

# Crates that guests link, in a workspace whose other crates make up programs that run for milliseconds.
GUEST_CRATES = {"wit_bindgen": ["bitflags", "wit-bindgen", "wit-bindgen-rt"]}

# Debug assertions follow the optimisation level unless they are named.
UNOPTIMISED = ["-Copt-level=0", "-Cdebug-assertions=off"]


def manifests(workspace):
    """The folders of a workspace's manifests: the workspace itself first, then members and what these take by path."""
    root = WORKSPACES[workspace]
    text = (ROOT / root / "Cargo.toml").read_text()
    listed = re.search(r"^members = \[([^]]*)\]", text, re.MULTILINE)
    members = [join(root, member) for member in re.findall(r'"([^"]+)"', listed[1])] if listed else []
    return [root] + members + borrowed(workspace)


def join(folder, path):
    """A relative path below the repository's root, without `..`."""
    return os.path.normpath(os.path.join(folder, path))


def borrowed(workspace):
    """The folders of packages that a workspace takes from //tools by path, and of that workspace, whose keys they inherit."""
    root = WORKSPACES[workspace]
    text = (ROOT / root / "Cargo.toml").read_text()
    folders = [join(root, path) for path in re.findall(r'path = "(\.\./[^"]+)"', text)]
    return folders + (["tools"] if folders else [])


def inside(workspace, folder):
    """The folder in which cargo-bazel sees a manifest: it knows no members outside of the workspace's folder."""
    root = WORKSPACES[workspace]
    outside = not (folder + "/").startswith(root + "/") and not borrowed(workspace)
    return "%s/%s" % (root, folder.rpartition("/")[2]) if outside else folder


def merged(workspace, folder):
    """The text of a manifest as if every package that a workspace uses were a member below its folder."""
    text = (ROOT / folder / "Cargo.toml").read_text()
    text = re.sub(r'"\.\./[^"]*/([^"/]+)"', r'"\1"', text) if not borrowed(workspace) else text
    text = re.sub(r'^workspace = "[^"]*"\n', "", text, flags=re.MULTILINE)
    lent = borrowed(workspace)
    if lent and folder == WORKSPACES[workspace]:
        return text.replace("[workspace]\n", "", 1)
    if lent and folder == "tools":
        members = [os.path.relpath(path, "tools") for path in [WORKSPACES[workspace]] + lent[:-1]]
        return re.sub(r"^members = .*$", "members = " + json.dumps(members), text, count=1, flags=re.MULTILINE)
    return text


def digest(workspace):
    """SHA-256 of what the data is made from."""
    hashed = hashlib.sha256()
    files = [folder + "/Cargo.toml" for folder in manifests(workspace)] + [WORKSPACES[workspace] + "/Cargo.lock"]
    for path in files + ["third_party/crates/update.py"]:
        hashed.update((ROOT / path).read_bytes())
    return hashed.hexdigest()


def cargo_bazel():
    """The program, built in the user's cache if the environment names none."""
    given = os.environ.get("CARGO_BAZEL")
    if given:
        return given
    bazelw = ROOT / "bazelw"
    base = subprocess.run([bazelw, "info", "output_base"], cwd=ROOT, check=True, capture_output=True, text=True)
    external = pathlib.Path(base.stdout.strip()) / "external"
    source = next(path for path in external.glob("rules_rust*") if (path / "crate_universe/Cargo.toml").exists())
    target = pathlib.Path(os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache")) / "rules_wit/cargo-bazel"
    manifest = source / "crate_universe/Cargo.toml"
    subprocess.run(
        ["cargo", "build", "--release", "--locked", "--bin=cargo-bazel", "--manifest-path", manifest, "--target-dir", target],
        check=True,
    )
    return target / "release/cargo-bazel"


def build_files(program, workspace):
    """Runs cargo-bazel. Returns dict[str, str]: file name -> text of the BUILD files that it writes."""
    folders = manifests(workspace)
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        work = scratch / "work"
        for folder in folders:
            copy = work / inside(workspace, folder) / "Cargo.toml"
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_text(merged(workspace, folder))
            for source in targets(copy.read_text()):
                (copy.parent / source).parent.mkdir(parents=True, exist_ok=True)
                (copy.parent / source).touch()
        shutil.copy(ROOT / WORKSPACES[workspace] / "Cargo.lock", scratch)
        (scratch / "config.json").write_text(json.dumps(config(workspace)))
        (scratch / "splicing.json").write_text(
            json.dumps(
                {
                    "cargo_config": None,
                    "direct_packages": {},
                    "manifests": {
                        str(work / inside(workspace, folder) / "Cargo.toml"): "//%s:Cargo.toml" % folder for folder in folders
                    },
                    "resolver_version": "2",
                }
            )
        )
        # Up to version 3.2 crates-index looks for the registry's index under the name that cargo gave it before 1.85.
        index = pathlib.Path(os.environ.get("CARGO_HOME", pathlib.Path.home() / ".cargo")) / "registry/index"
        old = index / "index.crates.io-6f17d22bba15001f"
        if index.is_dir() and not old.exists() and not old.is_symlink():
            old.symlink_to(next((path.name for path in index.glob("index.crates.io-*")), "missing"))
        subprocess.run(
            [program, "vendor", "--cargo", shutil.which("cargo"), "--rustc", shutil.which("rustc")]
            + ["--config", scratch / "config.json", "--splicing-manifest", scratch / "splicing.json"]
            + ["--cargo-lockfile", scratch / "Cargo.lock", "--workspace-dir", work],
            check=True,
            cwd=work,
            env=dict(os.environ, OUTPUT_BASE=str(scratch), CARGO="cargo", RUSTC="rustc"),
        )
        return {path.name: path.read_text() for path in (work / "out").iterdir() if path.is_file()}


def targets(manifest):
    """Sources that cargo looks for, to be made as empty files."""
    if "[package]" not in manifest:
        return []
    return re.findall(r'^path = "([^"]+\.rs)"', manifest, re.MULTILINE) or ["src/lib.rs"]


def config(workspace):
    """The configuration of cargo-bazel."""
    return {
        "generate_binaries": False,
        "generate_build_scripts": True,
        "cargo_config": None,
        "annotations": {
            crate: {"disable_pipelining": False} | {name: {"common": value, "selects": {}} for name, value in attributes.items()}
            for crate, attributes in ANNOTATIONS.get(workspace, {}).items()
        },
        "rendering": {
            "repository_name": workspace,
            "build_file_template": "//out:{name}-{version}.BUILD.bazel",
            "crate_label_template": "//vendor/{name}-{version}:{target}",
            "crates_module_template": "//out:{file}",
            "default_alias_rule": "alias",
            "default_package_name": None,
            "generate_rules_license_metadata": False,
            "generate_target_compatible_with": False,
            "platforms_template": "@rules_rust//rust/platform:{triple}",
            "regen_command": "bazel run //tools:update",
            "vendor_mode": "remote",
        },
        "supported_platform_triples": TRIPLES,
    }


class Select:
    """A `select`, perhaps added to other values."""

    def __init__(self, parts):
        self.parts = parts

    def __add__(self, other):
        return Select(self.parts + (other.parts if isinstance(other, Select) else [other]))

    def __radd__(self, other):
        return Select([other] + self.parts)


class Calls(dict):
    """The global names of a BUILD file: functions that record their calls."""

    def __init__(self):
        super().__init__()
        self.made = []

    def __missing__(self, name):
        if name == "select":
            return lambda branches: Select([branches])
        if name == "glob":
            return lambda *_args, **_kwargs: None
        return lambda *_args, **attributes: self.made.append((name, attributes))


# What every target has, and the repository rule writes.
COMMON = ["compile_data", "crate_name", "data", "name", "pkg_name", "rustc_flags", "srcs", "tags", "version", "visibility"]

SHORT = {"crate_features": "features", "crate_root": "root", "rustc_env": "env"}


def crates(files, lock):
    """Returns dict[str, dict]: `name version` -> the attributes that tell a crate from others."""
    # A plus before build metadata is a dash in labels.
    keys = {
        "%s-%s" % (name, version.replace("+", "-")): "%s %s" % (name, version)
        for name, version in re.findall(r'^name = "([^"]+)"\nversion = "([^"]+)"', lock, re.MULTILINE)
    }
    out = {}
    for file, text in files.items():
        folder = file.removesuffix(".BUILD.bazel").replace("+", "-")
        if folder not in keys:
            continue
        calls = Calls()
        exec(text, calls)  # The output of a program that this one runs.
        crate = {}
        for rule, attributes in calls.made:
            if rule in ("rust_library", "rust_proc_macro"):
                crate = describe(attributes, keys) | crate
                name = keys[folder].split()[0].replace("-", "_")
                if attributes["name"] != name:
                    crate["lib"] = attributes["name"]
                if rule == "rust_proc_macro":
                    crate["proc_macro"] = True
            elif rule == "cargo_build_script":
                script = describe(attributes, keys)
                script.pop("edition")
                crate["build_script"] = script
        script = crate.get("build_script", {})
        if script.get("root") == "build.rs":
            script.pop("root")
        inherit(script, crate)
        if crate["root"] == "src/lib.rs":
            crate.pop("root")
        out[keys[folder]] = crate
    return out


def inherit(script, crate):
    """Drops the features of a build script: they are those of its crate."""
    if script:
        pairs = [(script, crate)]
        for triple in TRIPLES:
            pairs.append((script.get("platforms", {}).get(triple, {}), crate.get("platforms", {}).get(triple, {})))
        for ours, theirs in pairs:
            assert ours.pop("features", []) == theirs.get("features", [])
        platforms = {triple: values for triple, values in script.pop("platforms", {}).items() if values}
        if platforms:
            script["platforms"] = platforms


def describe(attributes, keys):
    """The attributes of a target in the form of the data."""
    out = {}
    for name, value in attributes.items():
        if name in COMMON or (name == "aliases" and not value):
            continue
        name = SHORT.get(name, name)
        for part in value.parts if isinstance(value, Select) else [value]:
            if isinstance(part, dict) and "//conditions:default" in part:
                for platform, values in part.items():
                    if values:
                        triple = platform.rpartition(":")[2]
                        out.setdefault("platforms", {}).setdefault(triple, {})[name] = shorten(values, keys)
            elif part:
                out[name] = shorten(part, keys)
    return out


def shorten(value, keys):
    """Labels in a value as `name version`, or `name version:target` where the target has another name."""
    if isinstance(value, str):
        folder, colon, target = value.removeprefix("//vendor/").partition(":")
        if not value.startswith("//vendor/") or not colon:
            return value
        key = keys[folder]
        return key if target == key.split()[0].replace("-", "_") else "%s:%s" % (key, target)
    if isinstance(value, dict):
        return {shorten(key, keys): shorten(item, keys) for key, item in sorted(value.items())}
    short = [shorten(item, keys) for item in value]
    return [item for item in short if not item.endswith(":build_script_build")]


def unoptimised(workspace, data, direct):
    """The crates that run for milliseconds: what only build scripts and procedural macros use, as cargo has it too."""
    if workspace in GUEST_CRATES:
        return [key for key in data if key.split()[0] not in GUEST_CRATES[workspace]]
    seen = set()
    todo = [key for key in direct if not data[key].get("proc_macro")]
    while todo:
        key = todo.pop()
        if key in seen:
            continue
        seen.add(key)
        for attributes in [data[key]] + list(data[key].get("platforms", {}).values()):
            todo += [dep.partition(":")[0] for dep in attributes.get("deps", [])]
    return [key for key in data if key not in seen]


def document(workspace, files):
    """The text of a data file: a crate a line."""
    lock = (ROOT / WORKSPACES[workspace] / "Cargo.lock").read_text()
    data = crates(files, lock)
    keys = {key.replace(" ", "-").replace("+", "-"): key for key in data}
    aliases = {}
    for name, folder in re.findall(r'^alias\(\n    name = "([^"]+)",\n    actual = "//vendor/([^:"]+):', files["BUILD.bazel"], re.MULTILINE):
        aliases[name] = keys[folder]
    for key in unoptimised(workspace, data, aliases.values()):
        data[key]["flags"] = UNOPTIMISED
    lines = {
        "digest": json.dumps(digest(workspace)),
        "manifests": json.dumps(manifests(workspace)),
        "aliases": block(aliases),
        "crates": block(data),
    }
    return "{\n" + ",\n".join('  "%s": %s' % item for item in lines.items()) + "\n}\n"


def block(items):
    """A JSON object with a line for each key."""
    return "{\n" + ",\n".join("    %s: %s" % (json.dumps(key), json.dumps(items[key], sort_keys=True)) for key in sorted(items)) + "\n  }"


def main():
    full = "--full" in sys.argv[1:]
    check = "--check" in sys.argv[1:]
    for workspace in WORKSPACES:
        path = DATA / (workspace + ".json")
        old = path.read_text() if path.exists() else "{}"
        if not full and json.loads(old).get("digest") == digest(workspace):
            continue
        name = path.relative_to(ROOT)
        if check and not full:
            sys.exit("error: %s is out of date\nhint: bazel run //tools:update" % name)
        new = document(workspace, build_files(cargo_bazel(), workspace))
        if check and new != old:
            sys.exit("error: %s is not what cargo-bazel makes\nhint: bazel run //tools:update" % name)
        if not check:
            path.write_text(new)
            print("%s: %d crates" % (name, len(json.loads(new)["crates"])))


if __name__ == "__main__":
    main()
