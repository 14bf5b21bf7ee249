"""Writes the BUILD files of the crates of each Cargo workspace into `crates` beside its Cargo.lock.

cargo-bazel (crate_universe of rules_rust) knows how a crate is built. It would also write download addresses; those
are left out, as the crates come through cargo (toolchains/private/crates.bzl).

Usage: crates.py [--check]. Environment: CARGO_BAZEL, the program; without it, it is built from the sources of
rules_rust, which takes some minutes. Exits with 1 if --check finds a difference.
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
TOOLS = ROOT / "tools"

# The directory of each workspace below tools, and the repository with its crates.
WORKSPACES = {
    "": "rules_wit_crates",
    "checksum_updater": "rules_wit_updater_crates",
    "generators": "rules_wit_generators",
    "wasmer": "rules_wit_wasmer_crates",
}

TRIPLES = [
    "aarch64-apple-darwin",
    "aarch64-unknown-linux-gnu",
    "wasm32-unknown-unknown",
    "wasm32-wasip2",
    "x86_64-pc-windows-msvc",
    "x86_64-unknown-linux-gnu",
]

# What a crate needs beyond what cargo-bazel sees in it.
ANNOTATIONS = {
    # Where this feature brings no crates along, worlds with async functions can have it.
    "wit-bindgen >=0.60": {"crate_features": {"common": ["async"], "selects": {}}, "disable_pipelining": False},
    # They write their own names into components; rules_rust would tell them the name of the target.
    "wac-parser *": {"disable_pipelining": False, "rustc_env": {"common": {"CARGO_PKG_NAME": "wac-parser"}, "selects": {}}},
    "wit-bindgen-rust *": {"disable_pipelining": False, "rustc_env": {"common": {"CARGO_PKG_NAME": "wit-bindgen-rust"}, "selects": {}}},
}


def manifests(workspace):
    """The workspace's manifest, then those of its members."""
    root = TOOLS / workspace / "Cargo.toml"
    listed = re.search(r"^members = \[([^]]*)\]", root.read_text(), re.MULTILINE)
    members = re.findall(r'"([^"]+)"', listed[1]) if listed else []
    return [root] + [TOOLS / workspace / member / "Cargo.toml" for member in members] + borrowed(workspace)


def borrowed(workspace):
    """The manifests of packages that a workspace takes from the one in tools, and of that, as they inherit from it."""
    names = re.findall(r'path = "\.\./([^"]+)"', (TOOLS / workspace / "Cargo.toml").read_text())
    return [TOOLS / name / "Cargo.toml" for name in names] + ([TOOLS / "Cargo.toml"] if names else [])


def merged(workspace, path):
    """The text of a manifest if the packages that a workspace borrows were its members: cargo-bazel knows no others."""
    text = path.read_text()
    if borrowed(workspace) and path == TOOLS / workspace / "Cargo.toml":
        return text.replace("[workspace]\n", "", 1)
    if borrowed(workspace) and path == TOOLS / "Cargo.toml":
        members = [workspace] + [path.parent.name for path in borrowed(workspace)[:-1]]
        return re.sub(r"^members = .*$", "members = " + json.dumps(members), text, count=1, flags=re.MULTILINE)
    return text


def digest(workspace):
    """What the BUILD files are made from, as one hash."""
    hashed = hashlib.sha256()
    for path in manifests(workspace) + [TOOLS / workspace / "Cargo.lock", pathlib.Path(__file__)]:
        hashed.update(path.read_bytes())
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


def generate(program, workspace, out):
    """Writes the BUILD files of a workspace into the directory `out`."""
    root = TOOLS / workspace
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        work = scratch / "work"
        for path in manifests(workspace):
            copy = work / "tools" / path.relative_to(TOOLS)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_text(merged(workspace, path))
            if "[package]" in path.read_text():
                for source in ("src/lib.rs", "src/main.rs", "lib.rs"):
                    if (path.parent / source).exists():
                        (copy.parent / source).parent.mkdir(exist_ok=True)
                        (copy.parent / source).touch()
        lock = scratch / "Cargo.lock"
        shutil.copy(root / "Cargo.lock", lock)
        config = scratch / "config.json"
        config.write_text(
            json.dumps(
                {
                    "generate_binaries": False,
                    "generate_build_scripts": True,
                    "cargo_config": None,
                    # Those of crates that the workspace does not have are an error.
                    "annotations": {
                        crate: annotation
                        for crate, annotation in ANNOTATIONS.items()
                        if 'name = "%s"\n' % crate.split()[0] in (root / "Cargo.lock").read_text()
                    },
                    "rendering": {
                        "repository_name": WORKSPACES[workspace],
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
            )
        )
        splicing = scratch / "splicing.json"
        splicing.write_text(
            json.dumps(
                {
                    "cargo_config": None,
                    "direct_packages": {},
                    "manifests": {
                        str(work / "tools" / path.relative_to(TOOLS)): "//%s:Cargo.toml" % path.parent.relative_to(ROOT)
                        for path in manifests(workspace)
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
        environment = dict(os.environ, OUTPUT_BASE=str(scratch), CARGO="cargo", RUSTC="rustc")
        which = {name: shutil.which(name) for name in ("cargo", "rustc")}
        subprocess.run(
            [program, "vendor", "--cargo", which["cargo"], "--rustc", which["rustc"], "--config", config]
            + ["--splicing-manifest", splicing, "--cargo-lockfile", lock, "--workspace-dir", work],
            check=True,
            cwd=work,
            env=environment,
        )
        for path in sorted((work / "out").iterdir()):
            text = path.read_text()
            if path.name == "BUILD.bazel":
                (out / "crates.BUILD.bazel").write_text(aliases(text))
            elif path.name.endswith(".BUILD.bazel"):
                (out / path.name).write_text(lean(text))


def aliases(text):
    """The root BUILD file: an alias for each crate that a manifest names."""
    names = re.findall(r'^alias\(\n    name = "([^"]+)",\n    actual = "([^"]+)",', text, re.MULTILINE)
    header = '# Written by `bazel run //tools:update`.\n\npackage(default_visibility = ["//visibility:public"])\n'
    # "sha2" is what users want to write, whether or not there is an alias with a version beside it.
    return header + "".join(
        '\nalias(\n    name = "%s",\n    actual = "%s",\n)\n' % (name, actual) for name, actual in sorted(names)
    )


def lean(text):
    """A crate's BUILD file without what says nothing here."""
    text = re.sub(r'^    tags = \[\n(        "[^"]*",\n)*    \],\n', "", text, flags=re.MULTILINE)
    return re.sub(r"\A(#.*\n)+", "# Written by `bazel run //tools:update`.\n", text)


def written(folder):
    """The files of a folder of BUILD files that are written here."""
    return {path.name: path.read_text() for path in folder.iterdir() if path.name != "BUILD.bazel"}


def update(workspace, check):
    """Writes the BUILD files of a workspace, or ends the program if they are not up to date."""
    folder = TOOLS / workspace / "crates"
    with tempfile.TemporaryDirectory() as scratch:
        out = pathlib.Path(scratch)
        generate(cargo_bazel(), workspace, out)
        (out / "digest.txt").write_text(digest(workspace) + "\n")
        new = written(out)
    old = written(folder)
    changed = sorted(name for name in new.keys() | old.keys() if new.get(name) != old.get(name))
    if check:
        if changed:
            sys.exit("error: not up to date: %s\nhint: bazel run //tools:update" % ", ".join(changed))
        return
    for name in changed:
        if name in new:
            (folder / name).write_text(new[name])
        else:
            (folder / name).unlink()
    print("%s: %d files, %d changed" % (folder.relative_to(ROOT), len(new), len(changed)))


def main():
    full = "--full" in sys.argv[1:]
    check = "--check" in sys.argv[1:]
    for workspace in WORKSPACES:
        folder = TOOLS / workspace / "crates"
        stamp = folder / "digest.txt"
        current = stamp.exists() and stamp.read_text().split() == [digest(workspace)]
        if check and not full:
            if not current:
                sys.exit(
                    "error: %s is not what %s asks for\nhint: bazel run //tools:update"
                    % (folder.relative_to(ROOT), (folder.parent / "Cargo.lock").relative_to(ROOT))
                )
        elif full or not current:
            update(workspace, check)


if __name__ == "__main__":
    main()
