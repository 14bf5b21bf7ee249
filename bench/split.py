"""Measures builds after an edit of one package: a crate of bindings for each package against one for the world.

Generates applications on 7 and on 200 packages: a core package, and extensions that use its types. Each edit adds a
function to one extension; the time is that of building the bindings.
"""

import shutil

from timing import BAZELW, copy_repository, row, run

CORE = """package bench:core@1.0.0;

interface types {
    record id { name: string, number: u64 }
    variant failure { denied(string), missing(id), other }
}
"""

EXTENSION = """package bench:ext%(n)d@1.0.0;

interface api {
    use bench:core/types@1.0.0.{id, failure};
    record options { owner: id, names: list<string>, limit: option<u32> }
    resource handle {
        constructor(options: options);
        read: func(limit: u32) -> result<list<u8>, failure>;
        write: func(data: list<u8>) -> result<u64, failure>;
    }
    find: func(id: id, pattern: string) -> result<list<id>, failure>;
    describe: func(options: list<options>) -> list<tuple<string, u32>>;%(more)s
}
"""


def generate(folder, packages):
    """Writes an application on a number of packages."""
    folder.mkdir()
    (folder / "core.wit").write_text(CORE)
    for n in range(packages - 1):
        (folder / ("ext%d.wit" % n)).write_text(EXTENSION % {"n": n, "more": ""})
    imports = "".join("    import bench:ext%d/api@1.0.0;\n" % n for n in range(packages - 1))
    (folder / "app.wit").write_text("package bench:app@1.0.0;\n\nworld app {\n%s    export run: func() -> u32;\n}\n" % imports)
    extensions = "[%s]" % ", ".join('":ext%d"' % n for n in range(packages - 1))
    (folder / "BUILD.bazel").write_text(
        'load("//rules:rust.bzl", "rust_wit_bindgen")\nload("//rules:rust_crates.bzl", "rust_wit_crates")\nload("//rules:wit.bzl", "wit_library")\n'
        'wit_library(name = "core", srcs = ["core.wit"])\n'
        '[wit_library(name = "ext%%d" %% n, srcs = ["ext%%d.wit" %% n], deps = [":core"]) for n in range(%d)]\n'
        'wit_library(name = "app", srcs = ["app.wit"], deps = %s)\n'
        'rust_wit_crates(name = "crates", wit = ":app")\n'
        'rust_wit_bindgen(name = "by_package", crates = ":crates", wit = ":app", world = "app")\n'
        'rust_wit_bindgen(name = "by_world", wit = ":app", world = "app")\n'
        % (packages - 1, extensions)
    )


def bench(runs, scratch, counts):
    repository = scratch / "repository"
    copy_repository(repository)
    platform = "--platforms=//toolchains/platforms:wasip2"
    for packages in counts:
        folder = repository / ("split%d" % packages)
        generate(folder, packages)
        times = {"package": [], "world": []}
        for number in range(-1, runs):
            more = "".join("\n    more%d: func(a: u32) -> u32;" % n for n in range(number + 1))
            for split in times:
                # Another edit for each side, so that neither finds the package resolved by the other.
                more += "\n    for-%s: func();" % split
                (folder / "ext3.wit").write_text(EXTENSION % {"n": 3, "more": more})
                seconds = run([BAZELW, "build", "--noshow_progress", platform, "//split%d:by_%s" % (packages, split)], repository)
                if number >= 0:
                    times[split].append(seconds)
        row("edit one of %d packages -> bindings, by package" % packages, times["package"], times["world"], "by world")
    shutil.rmtree(folder)
