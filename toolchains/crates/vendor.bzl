"""Fetches the packages of a Cargo lock file."""

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
