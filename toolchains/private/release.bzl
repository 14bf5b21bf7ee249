"""A program that its makers released, for one platform."""

load("//checksums/private:lookup.bzl", "ARCHIVES")

DOC = """Downloads a release and declares its program as the target `:<tool>`.

Bazel's downloader does it, so its cache, its credentials and its configuration apply. It follows redirects, as GitHub
serves every release by one, so what is trusted is the hash and no host. A failure leaves nothing behind.
"""

ATTRS = {
    "asset": attr.string(
        doc = "The name of the file.",
        mandatory = True,
    ),
    "binary": attr.string(
        doc = "The program's path in the archive; empty if the asset is the program.",
    ),
    "platform": attr.string(
        doc = "Such as `linux_amd64`.",
        mandatory = True,
    ),
    "sha256": attr.string(
        doc = "Of the file.",
        mandatory = True,
    ),
    "tool": attr.string(
        doc = "The name of the tool.",
        mandatory = True,
    ),
    "urls": attr.string_list(
        doc = "Where it is, in the order to try.",
        mandatory = True,
    ),
    "version": attr.string(
        doc = "The version of the tool.",
        mandatory = True,
    ),
}

_BUILD = """\
load("@bazel_skylib//rules:native_binary.bzl", "native_binary")

native_binary(
    name = "{tool}",
    src = "{src}",
    out = "{out}",
    data = glob(
        ["**"],
        exclude = ["{src}", "BUILD.bazel", "REPO.bazel"],
        allow_empty = True,
    ),
    visibility = ["//visibility:public"],
)
"""

# What prints the names in an archive, one a line, by its kind. Windows' and macOS's tar read zip files, too.
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

def leading_out(names):
    """Entries of an archive that would be written outside of its folder.

    Args:
      names: list[string].

    Returns:
      list[string]: those that are absolute or have `..` in them.
    """
    found = []
    for name in names:
        path = name.replace("\\", "/")
        if path.startswith("/") or path[1:2] == ":" or ".." in path.split("/"):
            found.append(name)
    return found

def build_file(tool, src, platform):
    """The BUILD file of the repository.

    Args:
      tool: string, the target.
      src: string, the program.
      platform: string, the platform that it is for.

    Returns:
      string.
    """
    return _BUILD.format(
        tool = tool,
        src = src,
        # In a folder, as the program may have the target's name.
        out = "bin/" + tool + (".exe" if platform.startswith("windows_") else ""),
    )

def _impl(rctx):
    what = "{} {} for {}".format(rctx.attr.tool, rctx.attr.version, rctx.attr.platform)
    binary = rctx.attr.binary
    result = rctx.download(
        rctx.attr.urls,
        output = rctx.attr.asset,
        sha256 = rctx.attr.sha256,
        executable = not binary,
        allow_fail = True,
    )
    if not result.success:
        fail("\nerror: failed to download {}: no address has a file with the hash {}\n{}\nhint: the warnings above say what each address answered; `rules_wit.mirrors` adds addresses, `--repository_cache` and `--distdir` work without a network".format(
            what,
            rctx.attr.sha256,
            "\n".join(["  " + url for url in rctx.attr.urls]),
        ))
    if binary:
        binary = _unpack(rctx, what)
    rctx.file("BUILD.bazel", build_file(rctx.attr.tool, binary or rctx.attr.asset, rctx.attr.platform), executable = False)

def _unpack(rctx, what):
    """Unpacks the asset and returns where its program is."""
    asset = rctx.attr.asset
    if not [archive for archive in ARCHIVES if asset.endswith(archive)]:
        fail("\nerror: failed to unpack {}: `{}` is of no known kind\nhint: archives end in {}".format(what, asset, ", ".join(ARCHIVES)))
    outside = leading_out(_list(rctx, what))
    if outside:
        fail("\nerror: failed to unpack {}: `{}` has an entry that leads out of its folder: {}\nhint: do not use it, and tell its makers".format(
            what,
            asset,
            outside[0],
        ))

    # Entries outside of the top folder are not unpacked at all.
    prefix, _, rest = rctx.attr.binary.partition("/")
    if not rest:
        prefix, rest = "", prefix
    # By position: Bazel 7 and 8 call the third argument differently.
    rctx.extract(asset, "", prefix)
    rctx.delete(asset)
    program = rctx.path(rest)
    if not program.exists:
        fail("\nerror: failed to unpack {}: `{}` has no `{}`\nhint: correct `binary` in the registry".format(what, asset, rctx.attr.binary))
    if "windows" not in rctx.os.name:
        # Archives made on Windows do not say that it is executable.
        rctx.execute(["chmod", "+x", program])
    return rest

def _list(rctx, what):
    """The names in the asset. Bazel itself unpacks entries with `..` to wherever they lead."""
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
    fail("\nerror: failed to list what is in {}:\n  {}\nhint: an archive is looked into before it is unpacked; any one of these does it".format(
        what,
        "\n  ".join(failures),
    ))

release_repository = repository_rule(
    implementation = _impl,
    doc = DOC,
    attrs = ATTRS,
)
