"""The repository rule for a release of a tool, for one platform."""

load("//checksums/private:lookup.bzl", "ARCHIVES")
load(":program_build_file.bzl", "program_build_file", "programs_build_file", "sdk_build_file")

DOC = """Downloads a release and declares its program as the target `:<tool>`, or each of its `programs` as a target.

Bazel's downloader fetches it, so its cache, credentials and configuration apply. It follows redirects, because GitHub
redirects every download of a release. The hash is what is trusted, not the host. Fails if no address serves the asset, if
the asset cannot be unpacked, or if an entry of the archive would be written outside of the repository's folder.
"""

ATTRS = {
    "asset": attr.string(
        doc = "The name of the released file.",
        mandatory = True,
    ),
    "binary": attr.string(
        doc = "The path of the program in the archive. Empty if the asset is the program itself.",
    ),
    "platform": attr.string(
        doc = "The platform of the program, such as `linux_amd64`.",
        mandatory = True,
    ),
    "programs": attr.string_list(
        doc = "The names of all programs, if the archive has several. They are in the folder of `binary`.",
    ),
    "sha256": attr.string(
        doc = "SHA-256 of the released file, 64 hexadecimal digits.",
        mandatory = True,
    ),
    "tool": attr.string(
        doc = "The name of the tool.",
        mandatory = True,
    ),
    "urls": attr.string_list(
        doc = "The addresses of the released file, in the order in which they are tried.",
        mandatory = True,
    ),
    "version": attr.string(
        doc = "The version of the tool.",
        mandatory = True,
    ),
    "wasi_sdk": attr.bool(
        doc = "Whether the archive is a WASI SDK, whose C toolchains are targets too.",
    ),
}

# The folder of the unpacked files. In the package's folder, a program could have the name of its target.
_FOLDER = "release"

# Suffix of an archive -> commands that print the names of its entries, one per line, in the order in which they are tried.
# The tar of Windows and macOS also reads zip files.
_LISTERS = {
    ".zip": [
        ["unzip", "-Z1"],
        ["tar", "-tf"],
        ["python3", "-c", "import sys, zipfile; print(*zipfile.ZipFile(sys.argv[1]).namelist(), sep='\\n')"],
    ],
    "": [
        ["tar", "-tf"],
        ["python3", "-c", "import sys, tarfile; print(*tarfile.open(sys.argv[1]).getnames(), sep='\\n')"],
    ],
}

def escaping_entries(names):
    """Returns the entries of an archive that would be written outside of the folder it is unpacked into.

    Args:
      names: list[string], names of entries, with `/` or `\\`.

    Returns:
      list[string]: the names that are absolute paths or contain `..`.
    """
    found = []
    for name in names:
        path = name.replace("\\", "/")
        if path.startswith("/") or path[1:2] == ":" or ".." in path.split("/"):
            found.append(name)
    return found

def _impl(rctx):
    what = "{} {} for {}".format(rctx.attr.tool, rctx.attr.version, rctx.attr.platform)
    binary = rctx.attr.binary
    result = rctx.download(
        rctx.attr.urls,
        output = rctx.attr.asset if binary else _FOLDER + "/" + rctx.attr.asset,
        sha256 = rctx.attr.sha256,
        executable = not binary,
        allow_fail = True,
    )
    if not result.success:
        fail("\nerror: failed to download {}: no address served a file with SHA-256 {}\n{}\nhint: see the error of each address in the warnings above; add addresses with `rules_wit.mirrors`, or use `--repository_cache` or `--distdir` without a network{}".format(
            what,
            rctx.attr.sha256,
            "\n".join(["  " + url for url in rctx.attr.urls]),
            "; `rules_wit.tool(name = \"rules_wit\", strategy = \"source\")` builds the tools" if rctx.attr.programs else "",
        ))
    program = _FOLDER + "/" + (_unpack(rctx, what) if binary else rctx.attr.asset)
    windows = rctx.attr.platform.startswith("windows_")
    if rctx.attr.programs:
        folder = program.rpartition("/")[0] + "/"
        programs = {name: folder + name + (".exe" if windows else "") for name in rctx.attr.programs}
        for path in programs.values():
            _check_program(rctx, what, path)
        _try(rctx, program, what)
        text = programs_build_file(programs, windows = windows)
    else:
        text = program_build_file(rctx.attr.tool, program, windows = windows)
    if rctx.attr.wasi_sdk:
        text = sdk_build_file(_FOLDER) + text
    rctx.file("BUILD.bazel", text, executable = False)

def _unpack(rctx, what):
    """Unpacks the asset into _FOLDER and returns the path of its program there."""
    asset = rctx.attr.asset
    if not [archive for archive in ARCHIVES if asset.endswith(archive)]:
        fail("\nerror: failed to unpack {}: `{}` is not a known kind of archive\nhint: supported suffixes: {}".format(what, asset, ", ".join(ARCHIVES)))
    outside = escaping_entries(_entries(rctx, what))
    if outside:
        fail("\nerror: failed to unpack {}: `{}` has an entry outside of its folder: {}\nhint: do not use this release, and report it to its authors".format(
            what,
            asset,
            outside[0],
        ))

    # Entries outside of the top folder are not unpacked.
    prefix, _, rest = rctx.attr.binary.partition("/")
    if not rest:
        prefix, rest = "", prefix

    # By position: the name of the third argument differs between Bazel 7 and 8.
    rctx.extract(asset, _FOLDER, prefix)
    rctx.delete(asset)
    link = _escaping_link(rctx)
    if link:
        fail("\nerror: failed to unpack {}: `{}` has a link that leads out of its folder: {}\nhint: do not use this release, and report it to its authors".format(
            what,
            asset,
            link,
        ))
    _check_program(rctx, what, _FOLDER + "/" + rest)
    return rest

def _check_program(rctx, what, path):
    """Checks that an unpacked program exists, and makes it executable."""
    program = rctx.path(path)
    if not program.exists:
        prefix = rctx.attr.binary.partition("/")[0] + "/" if "/" in rctx.attr.binary else ""
        fail("\nerror: failed to unpack {}: `{}` has no `{}`\nhint: correct `binary` in the registry".format(
            what,
            rctx.attr.asset,
            prefix + path.removeprefix(_FOLDER + "/"),
        ))
    if "windows" not in rctx.os.name:
        # Archives that are made on Windows do not record the executable bit.
        rctx.execute(["chmod", "+x", program])

def host_platform(os, arch):
    """Returns the platform in the registry of the machine that Bazel runs on.

    Args:
      os: string, `repository_os.name`.
      arch: string, `repository_os.arch`.

    Returns:
      string: such as `linux_amd64`. For other machines, it is no key of `PLATFORMS`.
    """
    system = {"mac": "darwin", "win": "windows"}.get(os[:3], os)
    return "{}_{}".format(system, {"aarch64": "arm64", "x86_64": "amd64"}.get(arch, arch))

def _try(rctx, path, what):
    """Fails if a program for this machine does not start, for example because its libc is older."""
    if rctx.attr.platform != host_platform(rctx.os.name, rctx.os.arch):
        return
    result = rctx.execute([rctx.path(path), "--version"], quiet = True)
    if result.return_code:
        metadata = rctx.path(_FOLDER + "/metadata.json")
        needs = json.decode(rctx.read(metadata)).get("libc") if metadata.exists else None
        fail("\nerror: {} does not run on this machine{}\n  {}\nhint: `rules_wit.tool(name = \"rules_wit\", strategy = \"source\")` builds the tools".format(
            what,
            ", it needs " + needs if needs else "",
            result.stderr.strip() or "exit code {}".format(result.return_code),
        ))

# More folders than any release has; Starlark has no unbounded loops.
_MOST_FOLDERS = 1000000

def _escaping_link(rctx):
    """Returns the path of a link to a file outside of _FOLDER, or None."""
    root = str(rctx.path(_FOLDER).realpath)
    todo = [rctx.path(root)]
    for _ in range(_MOST_FOLDERS):
        if not todo:
            return None
        folder = todo.pop()
        for entry in folder.readdir():
            # A dangling link reaches nothing, and has no real path.
            if not entry.exists:
                continue
            real = str(entry.realpath)
            if real != root and not real.startswith(root + "/"):
                return str(entry).removeprefix(root + "/")
            if real == str(entry) and entry.is_dir:
                todo.append(entry)
    fail("\nerror: failed to unpack {}: more than {} folders\nhint: do not use this release, and report it to its authors".format(
        rctx.attr.asset,
        _MOST_FOLDERS,
    ))

def _entries(rctx, what):
    """Returns the names of the asset's entries. Bazel itself does not check them before it unpacks."""
    asset = rctx.attr.asset
    failures = []
    for command in _LISTERS[".zip" if asset.endswith(".zip") else ""]:
        program = rctx.which(command[0])
        if not program:
            failures.append("{} is not on PATH".format(command[0]))
            continue
        result = rctx.execute([program] + command[1:] + [asset], quiet = True)
        if result.return_code == 0:
            return result.stdout.splitlines()
        failures.append("{}: {}".format(command[0], result.stderr.strip()))
    fail("\nerror: failed to list the entries of {}:\n  {}\nhint: entries are checked before an archive is unpacked; install one of these programs, or replace a damaged archive".format(
        what,
        "\n  ".join(failures),
    ))

release_repository = repository_rule(
    implementation = _impl,
    doc = DOC,
    attrs = ATTRS,
)
