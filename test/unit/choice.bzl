"""Unit tests of the module extension: chosen tools, mirrors, registry files, repositories."""

load("@bazel_skylib//lib:unittest.bzl", "asserts", "unittest")
load("//checksums/private:lookup.bzl", "find_release", "find_version")
load("//toolchains/private:choice.bzl", "check_mirrors", "choose", "urls")
load("//toolchains/private:hub.bzl", "hub_files")
load("//toolchains/private:index.bzl", "add_index", "parse_index")
load("//toolchains/private:local.bzl", "path_kind")
load("//toolchains/private:prebuilt.bzl", "GENERATOR", "OWN", "PROGRAMS", "own_programs")
load("//toolchains/private:program_build_file.bzl", "programs_build_file")
load("//toolchains/private:release.bzl", "escaping_entries", "host_platform")
load(":registry.bzl", "REGISTRY", "published")

DEFAULTS = {"packaged": "1.0.0"}
SOURCES = {"packaged": ["0.9.0", "1.0.0"]}

def _tool(name, version, strategy = "auto", path = ""):
    return struct(name = name, version = version, strategy = strategy, path = path)

def _choose(root, **others):
    modules = [struct(name = "top", is_root = True, tools = root)]
    modules += [struct(name = name, is_root = False, tools = tools) for name, tools in others.items()]
    return choose(modules, REGISTRY, DEFAULTS, SOURCES)

def _choose_test_impl(ctx):
    env = unittest.begin(ctx)
    default = struct(version = "1.0.0", strategy = "auto", path = "")
    asserts.equals(env, (None, {"packaged": default}), _choose([]))
    asserts.equals(env, (None, {"packaged": default}), choose([], REGISTRY, DEFAULTS, SOURCES))
    asserts.equals(env, (None, {
        "archived": struct(version = "1.9.0", strategy = "release", path = ""),
        "bare": struct(version = "7", strategy = "local", path = "bin/bare"),
        "packaged": struct(version = "0.9.0", strategy = "auto", path = ""),
    }), _choose([
        _tool("archived", "1.9.0", "release"),
        _tool("bare", "7", "local", "bin/bare"),
        _tool("packaged", "0.9.0"),
    ]))

    # Other modules may request the chosen version, with any strategy.
    asserts.equals(env, (None, {"packaged": default}), _choose([], a = [_tool("packaged", "1.0.0", "release")]))
    asserts.equals(env, (None, {"packaged": default}), _choose([], a = [_tool("packaged", "", "source")]))

    # Tools with a default need no version.
    from_source = struct(version = "1.0.0", strategy = "source", path = "")
    asserts.equals(env, (None, {"packaged": from_source}), _choose([_tool("packaged", "", "source")]))
    return unittest.end(env)

choose_test = unittest.make(_choose_test_impl)

def _cannot_choose_test_impl(ctx):
    env = unittest.begin(ctx)
    for (err, value), expected in [
        (
            _choose([_tool("packed", "1.0.0")]),
            "no tool `packed` in the registry; known tools: archived, bare, packaged\nhint: did you mean `packaged`?",
        ),
        (
            _choose([_tool("packaged", "0.9.0"), _tool("packaged", "1.0.0")]),
            "packaged is chosen twice: 0.9.0 and 1.0.0\nhint: remove one `rules_wit.tool`",
        ),
        (
            _choose([_tool("archived", "", "release")]),
            "archived has no `version`\nhint: add one, as rules_wit uses none by default",
        ),
        (
            _choose([_tool("packaged", "0.8.0")]),
            "packaged 0.8.0 cannot be built from source; supported versions: 0.9.0, 1.0.0\nhint: use `strategy = \"local\"`, with a program on this machine",
        ),
        (
            _choose([_tool("archived", "1.9.0")]),
            "archived 1.9.0 cannot be built from source\nhint: use `strategy = \"release\"` with one of: 1.9.0, 1.10.0",
        ),
        (
            _choose([_tool("archived", "1.8.0", "release")]),
            "no archived 1.8.0 in the registry; known versions: 1.9.0, 1.10.0, 2.0.0\nhint: add it with `bazel run @rules_wit//tools/checksum_updater -- update archived 1.8.0`",
        ),
        (
            _choose([_tool("archived", "2.0.0", "release")]),
            "archived 2.0.0 has no releases in the registry; versions with releases: 1.10.0, 1.9.0\nhint: add releases with `bazel run @rules_wit//tools/checksum_updater -- update archived 2.0.0`",
        ),
        (
            _choose([_tool("packaged", "1.0.0", "release")]),
            "packaged 1.0.0 has no releases in the registry\nhint: use `strategy = \"source\"`",
        ),
        (
            _choose([_tool("bare", "1.0.0", "local")]),
            "bare has `strategy = \"local\"` but no `path`\nhint: set `path` to an absolute path, a path relative to the workspace, or a name on PATH",
        ),
        (
            _choose([_tool("bare", "1.0.0", "release", "bin/bare")]),
            "bare has a `path`, which requires `strategy = \"local\"`, but `strategy = \"release\"`\nhint: remove one of the two",
        ),
        (
            _choose([], a = [_tool("packaged", "0.9.0")]),
            "the module `a` requests packaged 0.9.0, but the root module `top` uses the default 1.0.0\n" +
            "hint: to use 0.9.0, choose it in MODULE.bazel of the root module: rules_wit.tool(name = \"packaged\", version = \"0.9.0\")",
        ),
        (
            _choose([_tool("archived", "1.9.0", "release")], a = [_tool("archived", "1.10.0", "release")]),
            "the module `a` requests archived 1.10.0, but the root module `top` chooses 1.9.0\n" +
            "hint: to use 1.10.0, choose it in MODULE.bazel of the root module: rules_wit.tool(name = \"archived\", version = \"1.10.0\", strategy = \"release\")",
        ),
        (
            _choose([], a = [], b = [_tool("bare", "7", "local", "bare")]),
            "the module `b` requests bare 7, but the root module `top` chooses no version\n" +
            "hint: to use 7, choose it in MODULE.bazel of the root module: rules_wit.tool(name = \"bare\", version = \"7\", strategy = \"local\", path = \"...\")",
        ),
    ]:
        asserts.equals(env, expected, err)
        asserts.equals(env, None, value)
    return unittest.end(env)

cannot_choose_test = unittest.make(_cannot_choose_test_impl)

def _mirrors_test_impl(ctx):
    env = unittest.begin(ctx)
    mirrors = ["https://one.example/{github_repo}/{tag}/{asset}", "https://two.example/?{url}"]
    asserts.equals(env, None, check_mirrors(mirrors))
    _, release = find_release(REGISTRY, "bare", "1.0.0", "darwin_arm64")
    asserts.equals(env, [
        "https://one.example/somebody/bare/bare-1.0.0/bare-mac",
        "https://two.example/?https://bare.example/bare-1.0.0/bare-mac",
        "https://bare.example/bare-1.0.0/bare-mac",
    ], urls(release, mirrors))
    asserts.equals(env, [release["url"]], urls(release, []))
    for mirror, expected in {
        "https://one.example/{version}/{asset}": "unknown name in braces; known names: github_repo, tag, asset, url",
        "https://one.example/{tag}": "contains neither {asset} nor {url}",
        "{asset}": "not an address",
    }.items():
        err = check_mirrors([mirror])
        asserts.true(env, err.startswith("invalid mirror `{}`: {}\nhint: ".format(mirror, expected)), err)
    return unittest.end(env)

mirrors_test = unittest.make(_mirrors_test_impl)

def _document(**changes):
    return {
        "tool_name": "mine",
        "github_repo": "me/mine",
        "latest_version": "1.0.0",
        "release": {"asset": "mine-{url_suffix}", "tag": "v{version}"},
        "versions": {"1.0.0": {"platforms": {"linux_amd64": published("e", "linux.zip")}}},
    } | changes

def _index_test_impl(ctx):
    env = unittest.begin(ctx)
    err, document = parse_index("//:mine.json", json.encode(_document()))
    asserts.equals(env, None, err)
    err, registry = add_index(REGISTRY, "//:mine.json", document)
    asserts.equals(env, None, err)
    asserts.equals(env, ["archived", "bare", "mine", "packaged"], sorted(registry))
    err, release = find_release(registry, "mine", "1.0.0", "linux_amd64")
    asserts.equals(env, (None, "e" * 64), (err, release["sha256"]))

    # Further versions and platforms of an existing tool.
    err, registry = add_index(REGISTRY, "//:a.json", REGISTRY["archived"] | {"versions": {
        "3.0.0": {"platforms": {"linux_amd64": published("1", "x86_64-linux.tar.gz")}},
        "1.9.0": {"platforms": {
            "linux_amd64": published("c", "x86_64-linux.tar.gz"),
            "linux_arm64": published("2", "aarch64-linux.tar.gz"),
        }},
    }})
    asserts.equals(env, None, err)
    asserts.equals(env, ["3.0.0", "2.0.0", "1.10.0", "1.9.0"], list(registry["archived"]["versions"]))
    asserts.equals(env, "3.0.0", registry["archived"]["latest_version"])
    _, version = find_version(registry, "archived", "1.9.0")
    asserts.equals(env, ["linux_amd64", "linux_arm64"], sorted(version["platforms"]))
    asserts.equals(env, ["linux_amd64"], list(REGISTRY["archived"]["versions"]["1.9.0"]["platforms"]))

    # Releases of a tool that had only packages.
    err, registry = add_index(REGISTRY, "//:p.json", _document(tool_name = "packaged", github_repo = "somebody/packaged"))
    asserts.equals(env, (None, {"asset": "mine-{url_suffix}", "tag": "v{version}"}), (err, registry["packaged"]["release"]))
    return unittest.end(env)

index_test = unittest.make(_index_test_impl)

def _index_contradicts_test_impl(ctx):
    env = unittest.begin(ctx)
    other = REGISTRY["archived"] | {"versions": {"1.9.0": {"platforms": {"linux_amd64": published("f", "x86_64-linux.tar.gz")}}}}
    err, registry = add_index(REGISTRY, "//:a.json", other)
    asserts.equals(env, None, registry)
    asserts.true(env, err.startswith("sha256 of archived 1.9.0 for linux_amd64 in `//:a.json` contradicts the registry of rules_wit: {} instead of {}\nhint: ".format("f" * 64, "c" * 64)), err)
    err, _ = add_index(REGISTRY, "//:a.json", REGISTRY["archived"] | {"github_repo": "me/fork"})
    asserts.true(env, "`github_repo` of archived in `//:a.json` contradicts the registry of rules_wit: me/fork instead of somebody/archived" in err, err)
    err, _ = add_index(REGISTRY, "//:a.json", REGISTRY["archived"] | {"release": {"asset": "x", "tag": "y"}})
    asserts.true(env, "`release` of archived in `//:a.json` contradicts" in err, err)
    crate = {"source": "crate", "name": "x", "version": "1.0.0", "sha256": "1" * 64, "verified": True}
    ours = {"x": _document(tool_name = "x", versions = {"1.0.0": {"platforms": {}, "packages": [crate]}})}
    err, _ = add_index(ours, "//:x.json", _document(tool_name = "x", versions = {"1.0.0": {"platforms": {}, "packages": [crate | {"sha256": "2" * 64}]}}))
    asserts.true(env, "sha256 of the crate x 1.0.0 in `//:x.json` contradicts the registry of rules_wit: {} instead of {}".format("2" * 64, "1" * 64) in err, err)
    err, registry = add_index(ours, "//:x.json", _document(tool_name = "x", versions = {"1.0.0": {"platforms": {}, "packages": [crate | {"name": "a"}, crate]}}))
    asserts.equals(env, (None, ["a", "x"]), (err, [package["name"] for package in registry["x"]["versions"]["1.0.0"]["packages"]]))
    return unittest.end(env)

index_contradicts_test = unittest.make(_index_contradicts_test_impl)

def _invalid_index_test_impl(ctx):
    env = unittest.begin(ctx)
    entry = published("e", "linux.zip")

    def platforms(**changes):
        return json.encode(_document(versions = {"1.0.0": {"platforms": {"linux_amd64": entry | changes}}}))

    def packages(package):
        return json.encode(_document(versions = {"1.0.0": {"platforms": {}, "packages": [package]}}))

    crate = {"source": "crate", "name": "x", "version": "1.0.0", "sha256": "1" * 64, "verified": True}
    for text, expected in {
        "": "the file must be an object",
        "[]": "the file must be an object",
        json.encode(_document(last_checked = "")): "unknown field `last_checked` of the file; known fields: ",
        json.encode(_document(latest_version = "2.0.0")): "`latest_version` is 2.0.0, but the highest version is 1.0.0",
        json.encode(_document(release = {"asset": "{arch}", "tag": "v"})): "invalid `asset` `{arch}`: unknown name in braces; known names: version,",
        json.encode(_document(release = {"asset": "../x", "tag": "v"})): "invalid `asset` `../x`: must not contain `..`",
        json.encode(_document(release = {"asset": "x", "base_url": "file:///x", "tag": "v"})): "invalid `base_url` `file:///x`: must begin with",
        json.encode(_document(release = {"asset": "x"})): "`release` has no `tag`",
        json.encode(_document(tool_name = "../x")): "invalid `tool_name` `../x`",
        json.encode(_document(tool_name = "a b")): "invalid `tool_name` `a b`",
        json.encode(_document(github_repo = "x")): "invalid `github_repo` `x`",
        json.encode(_document(versions = [])): "`versions` of the file must be of type object",
        json.encode(_document(versions = {})): "no `versions`",
        json.encode(_document(versions = {"1.0.0": {}})): "version 1.0.0 has no `platforms`",
        json.encode(_document(versions = {"/etc": {"platforms": {}}})): "invalid version `/etc`",
        json.encode(_document(versions = {"1.0.0": {"platforms": {"solaris": entry}}})): "unknown platform `solaris` of version 1.0.0; known platforms: darwin_amd64,",
        json.encode({name: value for name, value in _document().items() if name != "release"}): "version 1.0.0 has platforms, but the file has no `release`",
        packages("x"): "unknown `source` `None` of a package of version 1.0.0; known sources: crate, npm, pypi",
        packages(crate | {"source": "apt"}): "unknown `source` `apt` of a package of version 1.0.0; known sources: ",
        packages(crate | {"sha256": "1"}): "invalid `sha256` of the package x: must be 64 lower-case hexadecimal digits",
        packages(crate | {"source": "npm"}): "unknown field `sha256` of a package of version 1.0.0; known fields: ",
        packages({"source": "npm", "name": "x", "version": "1.0.0", "integrity": "md5-x", "verified": True}): "invalid `integrity` of the package x: must begin with `sha512-`",
        platforms(sha256 = ""): "invalid `sha256` of version 1.0.0 for linux_amd64: must be 64 lower-case hexadecimal digits",
        platforms(sha256 = "g" * 64): "invalid `sha256` of version 1.0.0",
        platforms(sha256 = 1): "`sha256` of version 1.0.0 for linux_amd64 must be of type string",
        platforms(url_suffix = "a/../b"): "invalid `url_suffix` `a/../b` of version 1.0.0 for linux_amd64",
        platforms(verified = "no"): "`verified` of version 1.0.0 for linux_amd64 must be of type boolean",
    }.items():
        err, document = parse_index("//:mine.json", text)
        asserts.equals(env, None, document)
        asserts.true(env, err and err.startswith("invalid registry file `//:mine.json`: " + expected), err)
        asserts.true(env, err and "\nhint: " in err, err)
    return unittest.end(env)

invalid_index_test = unittest.make(_invalid_index_test_impl)

def _repositories_test_impl(ctx):
    env = unittest.begin(ctx)
    files = hub_files({
        "b": {"strategy": "release", "version": "1.0.0", "programs": {
            "b": {"platforms": {"linux_amd64": "@r_linux//:b", "darwin_arm64": "@r_mac//:b"}},
        }},
        "a": {"strategy": "source", "version": "2.0.0", "programs": {
            "a_one": {"otherwise": "@@//x:a"},
            "a_two": {"platforms": {"windows_amd64": "@r_windows//:a"}, "otherwise": "@@//x:a"},
        }},
        "c": {"strategy": "release", "version": "3.0.0", "programs": {}, "c_toolchains": {"darwin_arm64": "@r_sdk//"}},
    })
    asserts.equals(env, """\"\"\"The tools that were chosen in MODULE.bazel.\"\"\"

CHOSEN = {
    "a": {
        "strategy": "source",
        "version": "2.0.0",
    },
    "b": {
        "strategy": "release",
        "version": "1.0.0",
    },
    "c": {
        "strategy": "release",
        "version": "3.0.0",
    },
}
""", files["versions.bzl"])
    asserts.true(
        env,
        "        \"@platforms//cpu:aarch64\",\n        \"@platforms//os:macos\",\n    ],\n    repository = \"@r_sdk//\",\n" in files["c/BUILD.bazel"],
        files["c/BUILD.bazel"],
    )
    for line in [
        "    actual = \"@@//x:a\",\n",
        "            \":darwin_arm64\": \"@r_mac//:b\",\n            \":linux_amd64\": \"@r_linux//:b\",\n        },\n",
        "    name = \"a_two\",\n    actual = select(\n        {\n            \":windows_amd64\": \"@r_windows//:a\",\n            \"//conditions:default\": \"@@//x:a\",\n        },\n",
        "error: b 1.0.0 is not released for this platform, only for darwin_arm64, linux_amd64; hint: ",
        "        \"@platforms//cpu:aarch64\",\n        \"@platforms//os:windows\",\n",
    ]:
        asserts.true(env, line in files["BUILD.bazel"], line)

    names = ["a/b", "a/..b/c", "a/b../c", "..", "a/../b", "../a", "/a", "a\\..\\b", "C:\\a", "a/.."]
    asserts.equals(env, names[3:], escaping_entries(names))
    for (os, arch), platform in {
        ("linux", "aarch64"): "linux_arm64",
        ("linux", "amd64"): "linux_amd64",
        ("linux", "riscv64"): "linux_riscv64",
        ("mac os x", "aarch64"): "darwin_arm64",
        ("mac os x", "x86_64"): "darwin_amd64",
        ("windows 10", "amd64"): "windows_amd64",
    }.items():
        asserts.equals(env, platform, host_platform(os, arch))
    for path, kind in {
        "../a": "workspace",
        "/usr/bin/a": "absolute",
        "C:/a": "absolute",
        "C:\\a": "absolute",
        "a": "PATH",
        "b/a": "workspace",
        "b\\a": "workspace",
    }.items():
        asserts.equals(env, kind, path_kind(path))
    return unittest.end(env)

repositories_test = unittest.make(_repositories_test_impl)

def _prebuilt_test_impl(ctx):
    env = unittest.begin(ctx)
    archived = ["darwin_arm64", "linux_amd64"]
    both = struct(platforms = archived, source = True)
    source = struct(platforms = [], source = True)
    release = struct(platforms = archived, source = False)

    def programs(own = "auto", generator = "auto", version = "2.0.0", archived = archived, prefer_source = False):
        chosen = {
            GENERATOR: struct(strategy = generator, version = version),
            OWN: struct(strategy = own, version = "1.0.0"),
        }
        result = own_programs(chosen, archived, "2.0.0", prefer_source = prefer_source)

        # All programs but the generator come from the same place.
        asserts.equals(env, sorted(PROGRAMS), sorted([name for name in result if name != GENERATOR]))
        asserts.equals(env, {name: result["wit"] for name in PROGRAMS}, {name: result[name] for name in PROGRAMS})
        return result["wit"], result.get(GENERATOR)

    asserts.equals(env, (both, both), programs())
    asserts.equals(env, (source, source), programs(archived = []))
    asserts.equals(env, (source, source), programs(own = "source"))
    asserts.equals(env, (release, release), programs(own = "release"))

    # A release has one version of the generator.
    asserts.equals(env, (both, source), programs(version = "1.9.0"))
    asserts.equals(env, (release, source), programs(own = "release", version = "1.9.0"))
    asserts.equals(env, (both, source), programs(generator = "source"))
    for strategy in ("release", "local"):
        asserts.equals(env, (both, None), programs(generator = strategy))

    # In rules_wit itself.
    asserts.equals(env, (source, source), programs(prefer_source = True))
    asserts.equals(env, (release, release), programs(own = "release", prefer_source = True))
    return unittest.end(env)

prebuilt_test = unittest.make(_prebuilt_test_impl)

def _own_release_test_impl(ctx):
    env = unittest.begin(ctx)
    archived = {
        "github_repo": "somebody/rules_wit",
        "versions": {
            "0.9.0": {"platforms": {"linux_amd64": published("a", "x86_64-linux.tar.gz")}},
            "1.0.0": {"platforms": {"linux_amd64": published("b", "x86_64-linux.tar.gz")}},
        },
    }
    for platforms, strategy, version, expected in [
        (archived, "auto", "", None),
        (archived, "release", "", None),
        (archived, "source", "1.0.0", None),
        ({"versions": {"1.0.0": {"platforms": {}}}}, "auto", "", None),
        ({"versions": {"1.0.0": {"platforms": {}}}}, "release", "", "rules_wit 1.0.0 has no releases in the registry\nhint: use `strategy = \"source\"`"),
        (archived, "release", "0.9.0", "the tools of rules_wit 0.9.0 do not work with the rules of rules_wit 1.0.0\nhint: remove `version`, or change that of the `bazel_dep`"),
        (archived, "local", "", "rules_wit is several programs, so it has no `strategy = \"local\"`\nhint: to replace one of them, register a toolchain: docs/toolchains.md#replace-a-tool"),
    ]:
        err, chosen = choose(
            [struct(name = "top", is_root = True, tools = [_tool(OWN, version, strategy)])],
            {OWN: platforms},
            {OWN: "1.0.0"},
            {OWN: ["1.0.0"]},
        )
        asserts.equals(env, expected, err)
        if not expected:
            asserts.equals(env, struct(version = "1.0.0", strategy = strategy, path = ""), chosen[OWN])

    text = programs_build_file({"a": "a.exe", "b": "x/b.exe"}, windows = True)
    asserts.true(env, "    name = \"b\",\n    src = \"x/b.exe\",\n    out = \"bin/b.exe\",\n    visibility = " in text, text)
    return unittest.end(env)

own_release_test = unittest.make(_own_release_test_impl)

def choice_tests():
    """Declares the unit tests of this file."""
    choose_test(name = "choose_test")
    cannot_choose_test(name = "cannot_choose_test")
    mirrors_test(name = "mirrors_test")
    index_test(name = "index_test")
    index_contradicts_test(name = "index_contradicts_test")
    invalid_index_test(name = "invalid_index_test")
    repositories_test(name = "repositories_test")
    prebuilt_test(name = "prebuilt_test")
    own_release_test(name = "own_release_test")
