"""Fetches crates: the packages of a Cargo lock file, or a single one."""

# The version of cargo that introduced the format of our lock files.
_OLDEST_CARGO = (1, 78)

def reads_lock_files(version):
    """Returns whether a cargo can read our lock files.

    Args:
      version: string, what `cargo --version` prints: `cargo 1.78.0 (54d8815d0 2024-03-26)`.

    Returns:
      bool
    """
    numbers = version.partition("cargo ")[2].split(".")[:2]
    return len(numbers) == 2 and all([n.isdigit() for n in numbers]) and tuple([int(n) for n in numbers]) >= _OLDEST_CARGO

def replaced(content, pairs):
    """Replaces texts of a file.

    Args:
      content: string, the file.
      pairs: list of pairs of strings: a text, which the file must contain exactly once, and the new text.

    Returns:
      (string, string): an error, or None; and the new content.
    """
    for old, new in pairs:
        if content.count(old) != 1:
            return "the text `{}` occurs {} times".format(old, content.count(old)), None
        content = content.replace(old, new)
    return None, content

def _cargo(rctx):
    found = rctx.which("cargo")
    if found and reads_lock_files(rctx.execute([found, "--version"]).stdout):
        return found
    extension = ".exe" if rctx.os.name.startswith("windows") else ""
    return rctx.path(Label("@rust_host_tools//:bin/cargo" + extension))

def _required_sources(manifest):
    """Returns the sources that cargo requires beside a manifest: a library, and the tests that it names."""
    tests = manifest.split("[[test]]\nname = \"")[1:]
    return ["src/lib.rs", "lib.rs"] + ["tests/{}.rs".format(test.partition("\"")[0]) for test in tests]

def cargo_vendor(rctx, *, workspace, manifests, lockfile):
    """Runs `cargo vendor`, which writes `vendor/<name>-<version>` for each package of a lock file.

    Runs the cargo on `PATH`, or if that is missing or too old, the one of rules_rust. Its configuration applies: mirrors, proxies and tokens. It
    compares each package with the SHA-256 in the lock file. Fails with cargo's output if a package cannot be fetched.

    Args:
      rctx: repository_ctx.
      workspace: string, the folder of the workspace's manifest in its repository.
      manifests: dict[string, path], folder in the repository -> its `Cargo.toml`.
      lockfile: path, the workspace's `Cargo.lock`.
    """
    for folder, manifest in manifests.items():
        rctx.symlink(manifest, "workspace/{}/Cargo.toml".format(folder))
        for source in _required_sources(rctx.read(manifest)):
            rctx.file("workspace/{}/{}".format(folder, source), "")
    rctx.file("workspace/{}/Cargo.lock".format(workspace), rctx.read(lockfile))
    rctx.report_progress("cargo vendor")
    result = rctx.execute(
        [
            _cargo(rctx),
            "vendor",
            "--locked",
            "--versioned-dirs",
            "--manifest-path",
            "workspace/{}/Cargo.toml".format(workspace),
            "vendor",
        ],
        timeout = 3000,
        quiet = True,
    )
    if result.return_code:
        fail("\nerror: failed to fetch the crates of {}/Cargo.lock\n{}\nhint: check that cargo can reach its configured registry".format(
            workspace,
            result.stderr.strip(),
        ))

_PROJECT = """\
[package]
name = "scratch"
version = "0.0.0"
edition = "2021"

[workspace]

[lib]
path = "lib.rs"

[dependencies]
{name} = {{ version = "={version}", default-features = false }}
"""

def cargo_crate(rctx, *, name, version, sha256):
    """Fetches one crate, without its dependencies, and unpacks it into the repository.

    cargo's configuration applies: mirrors, proxies and tokens. Fails if cargo cannot fetch the crate, or if its hash
    differs.

    Args:
      rctx: repository_ctx.
      name: string, the name of the crate.
      version: string, its version.
      sha256: string, SHA-256 of the `.crate` file.
    """

    # A home with the user's configuration and an empty cache, in which the crate is easily found.
    home = rctx.getenv("CARGO_HOME") or rctx.getenv("HOME", rctx.getenv("USERPROFILE", "")) + "/.cargo"
    for file in ("config", "config.toml", "credentials", "credentials.toml"):
        if rctx.path(home + "/" + file).exists:
            rctx.symlink(home + "/" + file, "cargo/" + file)
    environment = {"CARGO_HOME": str(rctx.path("cargo"))}
    rctx.report_progress("cargo info {}".format(name))

    # `cargo info` downloads only the crate itself.
    result = rctx.execute(
        [_cargo(rctx), "info", "--quiet", "{}@{}".format(name, version)],
        environment = environment,
        quiet = True,
    )
    if result.return_code:
        # It does not work with a mirror, and older versions of cargo do not have it. `cargo fetch` also downloads the
        # dependencies.
        rctx.file("scratch/Cargo.toml", _PROJECT.format(name = name, version = version))
        rctx.file("scratch/lib.rs", "")
        result = rctx.execute(
            [_cargo(rctx), "fetch", "--quiet", "--manifest-path", "scratch/Cargo.toml"],
            environment = environment,
            quiet = True,
        )
    file = "{}-{}.crate".format(name, version)
    cache = rctx.path("cargo/registry/cache")
    found = [
        registry.get_child(file)
        for registry in (cache.readdir() if cache.exists else [])
        if registry.get_child(file).exists
    ]
    if result.return_code or not found:
        fail("\nerror: failed to fetch the crate {} {}\n{}\nhint: check that cargo can reach its configured registry".format(
            name,
            version,
            result.stderr.strip(),
        ))
    path = str(found[0])
    rctx.download_and_extract(
        url = ("file://" if path.startswith("/") else "file:///") + path,
        sha256 = sha256,
        stripPrefix = "{}-{}".format(name, version),
        type = "tar.gz",
    )
    rctx.delete("cargo")
