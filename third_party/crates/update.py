"""Writes the data from which the BUILD files of crates are rendered: one JSON file for each Cargo workspace.

cargo-bazel (crate_universe of rules_rust) decides how a crate is built. Its BUILD files are Starlark that Python can
evaluate, so this script evaluates them and records the attributes of each target. Download addresses are not recorded:
cargo fetches the crates. The repository rule in //toolchains/crates renders BUILD files from the data.

Usage: update.py [--check] [--full]. Without options, the data of workspaces that is out of date is written. `--check`
compares the recorded digests with those of the manifests and lock files, writes nothing, and exits with 1 on a
difference. `--full` regenerates all data, whatever the digests are.
Environment: CARGO_BAZEL, path of the program cargo-bazel. Without it, the program is built from the sources of rules_rust,
which takes some minutes.
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

from describe import crates
from features import Features

ROOT = pathlib.Path(os.environ.get("BUILD_WORKSPACE_DIRECTORY", ".")).resolve()
DATA = ROOT / "third_party/crates"

# Version of the data format. Increment it when an edit of this script changes what it writes: the digests depend on it.
FORMAT = 3

# Name of a data file, without `.json` -> folder of the workspace.
WORKSPACES = {
    "checksum_updater": "tools/checksum_updater",
    "rhai": "third_party/rhai",
    "tools": "tools",
    "wasmer": "third_party/wasmer",
    "wasmtime": "third_party/wasmtime",
    "wit_bindgen": "third_party/wit_bindgen",
    "wit_bindgen_runtime": "third_party/wit_bindgen/runtime",
}

TRIPLES = [
    "aarch64-apple-darwin",
    "aarch64-unknown-linux-gnu",
    "wasm32-unknown-unknown",
    "wasm32-wasip2",
    "x86_64-apple-darwin",
    "x86_64-pc-windows-msvc",
    "x86_64-unknown-linux-gnu",
]

# Its build script writes the absolute path of a directory for debugging into the macro, so outputs would depend on where a
# build runs. Nobody sets WASMTIME_DEBUG_BINDGEN, which enables the directory.
COMPONENT_MACRO = {"wasmtime-internal-component-macro *": {"rustc_env": {"DEBUG_OUTPUT_DIR": "target"}}}

# Attributes that cargo-bazel does not find in the manifests of crates: workspace -> crate -> attributes. cargo-bazel
# rejects an annotation of a crate that the lock file does not have.
ANNOTATIONS = {
    # It would expand to random bytes, and no two builds would be equal.
    "rhai": {"const-random-macro *": {"rustc_env": {"CONST_RANDOM_SEED": "rules_wit"}}},
    "wasmtime": COMPONENT_MACRO,
    # These write CARGO_PKG_NAME into components; rules_rust would set it to the name of the target.
    "tools": COMPONENT_MACRO | {"wac-parser *": {"rustc_env": {"CARGO_PKG_NAME": "wac-parser"}}},
    "wit_bindgen": {"wit-bindgen-rust *": {"rustc_env": {"CARGO_PKG_NAME": "wit-bindgen-rust"}}},
    # Worlds with async functions need the feature. In older versions it would add crates.
    "wit_bindgen_runtime": {"wit-bindgen >=0.60": {"crate_features": ["async"]}},
}

# Features and dependencies that cargo cannot leave out, and that no program uses: workspace -> crate -> `features` and `deps`, the
# crates that only these features need.
UNUSED = {
    # For clocks, which are off.
    "rhai": {"rhai": {"deps": ["web-time"]}},
    "tools": {
        # Pulley, the interpreter for machines that Cranelift makes no code for. Cranelift has a code generator for it, too.
        "cranelift-codegen": {"features": ["pulley"], "deps": ["pulley-interpreter"]},
        "cranelift-codegen-meta": {"features": ["pulley"], "deps": ["pulley-interpreter"]},
        "wasmtime": {"deps": ["pulley-interpreter"]},
        "wasmtime-internal-cranelift": {"features": ["pulley"], "deps": ["pulley-interpreter"]},
        # Random choices, with which Cranelift is tested.
        "cranelift-control": {"features": ["default", "fuzz"], "deps": ["arbitrary"]},
        # HTTP/2: the runner and `wasmtime-wasi-http` have HTTP/1 only.
        "hyper": {"features": ["http2"], "deps": ["h2"]},
        # What an OCI registry shows about a component.
        "wasm-metadata": {"features": ["oci"], "deps": ["auditable-serde", "flate2", "serde_json", "spdx", "url"]},
    },
}

# Crates whose build scripts are left out: workspace -> crates. That of the C API copies headers with CMake.
WITHOUT_BUILD_SCRIPT = {
    "tools": ["wasmtime-internal-component-macro"],
    "wasmtime": ["wasmtime-c-api-impl", "wasmtime-internal-component-macro"],
}

# Texts in the sources of crates that the repository rule replaces: crate -> file -> list of pairs (text, new text).
REPLACED = {
    # The macro would include the WIT files in its output, by their absolute paths, to tell rustc of them. Their lengths move the
    # positions of all code that follows, so outputs would depend on where a build runs.
    "wasmtime-internal-component-macro": {
        "src/bindgen.rs": [("    Ok((resolve, pkgs, files))", "    Ok((resolve, pkgs, Vec::new()))")],
    },
    # Its output had the modules of `named_imports` in the order of a hash map, which differs in each run.
    "wasmtime-internal-wit-bindgen": {
        "src/lib.rs": [
            (
                "for (interface_name, id_type) in self.opts.named_imports.clone() {",
                "for (interface_name, id_type) in BTreeMap::from_iter(self.opts.named_imports.clone()) {",
            ),
        ],
    },
}

# Workspaces in which a build chooses the features of a crate: workspace -> the crate, and the build setting that lists them.
CHOSEN_FEATURES = {"wasmtime": ("wasmtime-c-api-impl", "//toolchains/wasmtime:features")}

# Workspace -> flags of rustc for the crates that are optimised. Without optimisation between the parts of a crate, they compile
# in 0.8 of the time, and are as fast to a tenth.
RUSTC_FLAGS = {"tools": ["-Clto=off"]}

# Workspace -> crates that programs link, and whose speed nobody notices: command lines, messages, reports, addresses, and
# what an engine has for features that are off. Crates that only these use are treated alike. `*` stands for all crates.
SELDOM_RUN_CRATES = {
    # All but those that unpack and hash what was fetched.
    "checksum_updater": [
        "annotate-snippets", "backon", "boon", "clap", "indexmap", "indicatif", "libtest-mimic", "regex", "rustls-native-certs", "semver",
        "serde", "serde_json", "similar", "tempfile", "toml", "ureq", "walkdir",
    ],
    "tools": [
        "annotate-snippets", "anstream", "anstyle", "clap", "cpp_demangle", "gimli", "glob", "hyper", "proptest", "pulldown-cmark",
        "quick-junit", "regex", "rustix", "rustls", "similar", "strsim", "toml", "url", "wac-graph", "wac-parser", "wasm-wave",
        "wasmprinter", "wast", "wit-dylib",
    ],
    "wasmtime": ["cpp_demangle", "env_logger", "toml", "url"],
    "wit_bindgen": ["*"],
}


def manifests(workspace):
    """Returns list[str]: the folders of a workspace's manifests, its root first, then members and path dependencies."""
    root = WORKSPACES[workspace]
    text = (ROOT / root / "Cargo.toml").read_text()
    listed = re.search(r"^members = \[([^]]*)\]", text, re.MULTILINE)
    members = [join(root, member) for member in re.findall(r'"([^"]+)"', listed[1])] if listed else []
    return [root] + members + path_dependencies(workspace)


def join(folder, path):
    """Returns str: `path`, which is relative to `folder`, relative to the repository's root and without `..`."""
    return os.path.normpath(os.path.join(folder, path))


def path_dependencies(workspace):
    """Returns list[str]: the folders of the path dependencies of a workspace, and `tools` if there are any.

    The path dependencies are members of the workspace in //tools, and inherit keys of its manifest.
    """
    root = WORKSPACES[workspace]
    text = (ROOT / root / "Cargo.toml").read_text()
    folders = [join(root, path) for path in re.findall(r'path = "(\.\./[^"]+)"', text)]
    return folders + (["tools"] if folders else [])


def copied_folder(workspace, folder):
    """Returns str: the folder of a manifest in the copy that cargo-bazel reads.

    cargo-bazel requires that members are below the workspace's folder, so the copy moves the others there.
    """
    root = WORKSPACES[workspace]
    outside = not (folder + "/").startswith(root + "/") and not path_dependencies(workspace)
    return "%s/%s" % (root, folder.rpartition("/")[2]) if outside else folder


def copied_manifest(workspace, folder):
    """Returns str: the text of a manifest in the copy, in which every package of a workspace is a member of it."""
    text = (ROOT / folder / "Cargo.toml").read_text()
    dependencies = path_dependencies(workspace)
    text = re.sub(r'"\.\./[^"]*/([^"/]+)"', r'"\1"', text) if not dependencies else text
    text = re.sub(r'^workspace = "[^"]*"\n', "", text, flags=re.MULTILINE)
    if dependencies and folder == WORKSPACES[workspace]:
        return text.replace("[workspace]\n", "", 1)
    if dependencies and folder == "tools":
        members = [os.path.relpath(path, "tools") for path in [WORKSPACES[workspace]] + dependencies[:-1]]
        return re.sub(r"^members = .*$", "members = " + json.dumps(members), text, count=1, flags=re.MULTILINE)
    return text


def lock_file(workspace):
    """Returns str: the text of a workspace's lock file."""
    return (ROOT / WORKSPACES[workspace] / "Cargo.lock").read_text()


def digest(workspace):
    """Returns str: SHA-256 of a workspace's manifests without comments, its lock file, and the settings above."""
    settings = [FORMAT, TRIPLES, ANNOTATIONS.get(workspace), SELDOM_RUN_CRATES.get(workspace)]
    settings += [REPLACED[crate] for crate in sorted(REPLACED) if 'name = "%s"' % crate in lock_file(workspace)]
    settings += [table[workspace] for table in (UNUSED, WITHOUT_BUILD_SCRIPT, CHOSEN_FEATURES, RUSTC_FLAGS) if workspace in table]
    hashed = hashlib.sha256(json.dumps(settings, sort_keys=True).encode())
    files = [folder + "/Cargo.toml" for folder in manifests(workspace)] + [WORKSPACES[workspace] + "/Cargo.lock"]
    for path in files:
        hashed.update(re.sub(rb"^#.*\n", b"", (ROOT / path).read_bytes(), flags=re.MULTILINE))
    return hashed.hexdigest()


def cargo_bazel():
    """Returns the path of cargo-bazel: $CARGO_BAZEL, or the program built from rules_rust into the user's cache."""
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


def chosen_features(workspace, data):
    """Makes what depends on the chosen features of a crate conditional. Returns dict: the key `features` of a data file."""
    crate, setting = CHOSEN_FEATURES[workspace]
    command = ["cargo", "metadata", "--locked", "--format-version=1"]
    manifest = ROOT / WORKSPACES[workspace] / "Cargo.toml"
    output = subprocess.run(command + ["--manifest-path", manifest], check=True, stdout=subprocess.PIPE).stdout
    features = Features(json.loads(output), crate)
    listed = set(re.findall(r'^    "([^"]+)",$', manifest.read_text(), re.MULTILINE))
    if listed != set(features.chosen):
        names = ", ".join(sorted(listed ^ set(features.chosen)))
        sys.exit("error: %s does not list the features of %s: %s\nhint: list exactly those that the crate has" % (manifest, crate, names))
    features.apply(data)
    return {"chosen": features.chosen, "setting": setting}


def build_files(program, workspace):
    """Runs cargo-bazel on a copy of a workspace. Returns dict[str, str]: file name -> text of the BUILD files it writes."""
    folders = manifests(workspace)
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        work = scratch / "work"
        for folder in folders:
            copy = work / copied_folder(workspace, folder) / "Cargo.toml"
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_text(copied_manifest(workspace, folder))
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
                        str(work / copied_folder(workspace, folder) / "Cargo.toml"): "//%s:Cargo.toml" % folder for folder in folders
                    },
                    "resolver_version": "2",
                }
            )
        )
        # crates-index up to 3.2, a library of cargo-bazel, expects the registry's index under its name in cargo before 1.85.
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
    """Returns list[str]: the sources that cargo requires for a package; the copy has empty files in their place."""
    if "[package]" not in manifest:
        return []
    tests = re.findall(r'^\[\[test\]\]\nname = "([^"]+)"', manifest, re.MULTILINE)
    sources = re.findall(r'^path = "([^"]+\.rs)"', manifest, re.MULTILINE) or ["src/lib.rs"]
    return sources + ["tests/%s.rs" % test for test in tests]


def config(workspace):
    """Returns dict: the configuration of cargo-bazel, in the format of rules_rust's crate_universe/src/config.rs."""
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


def unoptimised(workspace, data, direct):
    """Returns list[str]: the crates that are compiled without optimisation.

    Only crates that run seldom, build scripts and procedural macros use them; cargo does not optimise the latter two either.
    """
    seldom = SELDOM_RUN_CRATES.get(workspace, [])
    optimised = set()
    todo = list(direct)
    while todo:
        key = todo.pop()
        if key in optimised or data[key].get("proc_macro") or key.split()[0] in seldom or "*" in seldom:
            continue
        optimised.add(key)
        for attributes in [data[key]] + list(data[key].get("platforms", {}).values()):
            todo += [dep.partition(":")[0] for dep in attributes.get("deps", [])]
    return [key for key in data if key not in optimised]


def remove_unused(workspace, data):
    """Removes the features and dependencies in `UNUSED` from the data of a workspace."""
    for crate, unused in UNUSED.get(workspace, {}).items():
        for key in [key for key in data if key.split()[0] == crate]:
            for attributes in [data[key]] + list(data[key].get("platforms", {}).values()):
                for name in unused.keys() & attributes.keys():
                    attributes[name] = [value for value in attributes[name] if value.split()[0] not in unused[name]]


def document(workspace, files):
    """Returns str: the text of a data file, with one crate per line."""
    data = crates(files, lock_file(workspace))
    remove_unused(workspace, data)
    for key, described in data.items():
        if key.split()[0] in WITHOUT_BUILD_SCRIPT.get(workspace, []):
            described.pop("build_script")
        if key.split()[0] in REPLACED:
            described["replace"] = REPLACED[key.split()[0]]
    keys = {key.replace(" ", "-").replace("+", "-"): key for key in data}
    aliases = {}
    for name, folder in re.findall(r'^alias\(\n    name = "([^"]+)",\n    actual = "//vendor/([^:"]+):', files["BUILD.bazel"], re.MULTILINE):
        aliases[name] = keys[folder]
    for key in unoptimised(workspace, data, aliases.values()):
        data[key]["unoptimised"] = True
    aliases = {name: key + (":" + data[key]["lib"] if "lib" in data[key] else "") for name, key in aliases.items()}
    chosen = {"features": json.dumps(chosen_features(workspace, data))} if workspace in CHOSEN_FEATURES else {}
    lines = {
        "digest": json.dumps(digest(workspace)),
        "manifests": json.dumps(manifests(workspace)),
        "aliases": block(aliases),
        "crates": block(data),
    }
    flags = {"rustc_flags": json.dumps(RUSTC_FLAGS[workspace])} if workspace in RUSTC_FLAGS else {}
    lines = chosen | flags | lines
    return "{\n" + ",\n".join('  "%s": %s' % item for item in lines.items()) + "\n}\n"


def block(items):
    """Returns str: a JSON object with one line per key, sorted."""
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
            sys.exit("error: %s differs from the output of cargo-bazel\nhint: bazel run //tools:update" % name)
        if not check:
            path.write_text(new)
            print("%s: %d crates" % (name, len(json.loads(new)["crates"])))


if __name__ == "__main__":
    main()
