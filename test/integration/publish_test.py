#!/usr/bin/env python3
"""Checks the files with which a version is released, and makes a release of a copy of this repository without network.

Arguments: bazelw, which is in the root of the repository; checksum_updater; the registry file of rules_wit.
"""

import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import unittest

BAZELW, UPDATER, REGISTRY = (pathlib.Path(argument).resolve() for argument in sys.argv[1:])
ROOT = BAZELW.parent
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yaml"))
PLATFORMS = ("x86_64-linux", "aarch64-linux", "x86_64-macos", "aarch64-macos", "x86_64-windows")
NAMES = {"linux": "linux", "macos": "darwin", "windows": "windows", "x86_64": "amd64", "aarch64": "arm64"}

# Stand-ins for the programs that need a network or Bazel. Bazel runs the updater, and has one page of docs.
BAZEL = """#!/bin/sh
while [ $# -gt 0 ] && [ "$1" != -- ]; do
    case $1 in
        run | query | info) command=$1 ;;
    esac
    shift
done
case ${command-} in
    run)
        shift
        # Without network, nothing can be downloaded again.
        case " $* " in *" validate "*) set -- "$@" --offline ;; esac
        exec "$UPDATER" "$@"
        ;;
    query) echo //docs:page.extract ;;
    info) echo "$OUTPUTS" ;;
esac
"""
CURL = """#!/bin/sh
while [ $# -gt 0 ]; do
    case $1 in
        --output) output=$2 && shift ;;
        https://*) echo "$1" >>"$REQUESTS" && cp "$SERVED/${1##*/}" "$output" ;;
    esac
    shift
done
"""


def read(path):
    return (ROOT / path).read_text(encoding="utf-8")


def own_version():
    """Returns the version of rules_wit in TOOL_VERSIONS."""
    return re.search(r'"rules_wit": "([^"]+)"', read("toolchains/tool_versions.bzl"))[1]


class Publish(unittest.TestCase):
    def test_templates_of_the_registry(self):
        metadata, source = (json.loads(read(".bcr/%s.template.json" % name)) for name in ("metadata", "source"))
        repository = json.loads(REGISTRY.read_text(encoding="utf-8"))["github_repo"]
        self.assertEqual(["github:" + repository], metadata["repository"])
        self.assertEqual("https://github.com/" + repository, metadata["homepage"])
        self.assertEqual(([], {}), (metadata["versions"], metadata["yanked_versions"]))
        self.assertEqual({"integrity", "strip_prefix", "docs_url", "url"}, set(source))
        presubmit = read(".bcr/presubmit.yml")
        module = re.search(r"module_path: (\S+)", presubmit)[1]
        self.assertTrue((ROOT / module / "MODULE.bazel").exists(), module)
        self.assertIn("bazel: [7.x, 8.x, 9.x]", presubmit)
        self.assertTrue(read(".bazelversion").startswith("7."))

    def test_workflows_name_what_exists(self):
        self.assertEqual(["ci.yaml", "release.yaml"], [path.name for path in WORKFLOWS])
        for path in WORKFLOWS:
            text = path.read_text(encoding="utf-8")
            with self.subTest(path.name):
                self.assertNotIn("\t", text)
                uses = re.findall(r"uses: (\S+)@(\S+)(.*)", text)
                self.assertEqual(text.count("uses:"), len(uses))
                for action, ref, comment in uses:
                    if "/.github/workflows/" in action:
                        self.assertRegex(ref, r"^v\d+\.\d+\.\d+$", action)
                    else:
                        self.assertRegex(ref + comment, r"^[0-9a-f]{40} # v?\d+\.\d+\.\d+$", action)
                for label in re.findall(r"(?<![:\w])//([\w./]+(?::\w+)?)", text):
                    package, _, name = label.removesuffix("...").partition(":")
                    build = ROOT / package / "BUILD.bazel"
                    self.assertTrue((ROOT / package).is_dir() if label.endswith("...") else build.exists(), label)
                    if name:
                        self.assertIn('"%s"' % name, build.read_text(encoding="utf-8"), label)
                for script in re.findall(r"\.github/workflows/\w+\.sh", text):
                    self.assertTrue(os.access(ROOT / script, os.X_OK), script)
                for folder in re.findall(r"folder: \[?([\w/]+)", text):
                    self.assertTrue((ROOT / folder).is_dir(), folder)
        self.assertIn("bazel: [7.x, 8.x, 9.x]", read(".github/workflows/ci.yaml"))
        platforms = re.findall(r"platform: (\w+),", read(".github/workflows/release.yaml"))
        self.assertEqual(sorted(map(registry_name, PLATFORMS)), sorted(platforms))

    def test_release(self):
        version = own_version()
        with tempfile.TemporaryDirectory() as scratch:
            scratch = pathlib.Path(scratch)
            self.prepare(scratch, version)
            self.assertIn("error: .bcr/metadata.template.json has no maintainer", self.release(scratch, "v" + version, code=1).stderr)
            self.add_maintainer(scratch)
            git(scratch, "tag", "--force", "v" + version)
            first = self.release(scratch, "v" + version)
            self.assertIn('bazel_dep(name = "rules_wit", version = "%s")' % version, first.stdout)
            self.assertIn("The first release.", first.stdout)
            archive = scratch / "repository" / ("rules_wit-v%s.tar.gz" % version)
            digest = hashlib.sha256(archive.read_bytes()).digest()
            self.check_archive(archive, version)
            with tarfile.open(str(archive).replace(".tar.gz", ".docs.tar.gz")) as docs:
                self.assertEqual(["docs/page.binaryproto"], docs.getnames())

            self.release(scratch, "v" + version)
            self.assertEqual(digest, hashlib.sha256(archive.read_bytes()).digest(), "not the same bytes")
            requests = (scratch / "requests").read_text(encoding="utf-8").splitlines()
            registry = json.loads(REGISTRY.read_text(encoding="utf-8"))
            tag = registry["release"]["tag"].replace("{version}", version)
            base = "https://github.com/%s/releases/download/%s/" % (registry["github_repo"], tag)
            self.assertEqual([base + "rules_wit-tools-%s-%s.json" % (version, suffix) for suffix in PLATFORMS], requests[:5])

            # Notes are made from commits, and a tag must have the version of the tagged files.
            git(scratch, "commit", "--quiet", "--allow-empty", "--message", "wit: a change")
            git(scratch, "tag", "v9.9.9")
            wrong = self.release(scratch, "v9.9.9", code=1)
            self.assertIn("error: the tag is v9.9.9, but TOOL_VERSIONS has another version", wrong.stderr)
            git(scratch, "tag", "v0.0.0", "HEAD^")
            git(scratch, "tag", "--force", "v" + version)
            self.assertIn("## Changes since v0.0.0\n\n- wit: a change\n", self.release(scratch, "v" + version).stdout)

    def prepare(self, scratch, version):
        """Makes a repository with a tag, indexes of tools, and programs that stand in for Bazel and curl."""
        repository = scratch / "repository"
        listed = {"bazel-", ".git", "target"}
        shutil.copytree(
            ROOT,
            repository,
            ignore=lambda folder, names: [n for n in names if n in listed or n.startswith("bazel-")],
        )
        (scratch / "bin").mkdir()
        (scratch / "outputs/docs").mkdir(parents=True)
        (scratch / "outputs/docs/page.binaryproto").write_text("page")
        for name, text in (("bazel", BAZEL), ("curl", CURL)):
            (scratch / "bin" / name).write_text(text)
            (scratch / "bin" / name).chmod(0o755)
        index = json.loads(REGISTRY.read_text(encoding="utf-8"))
        for number, suffix in enumerate(PLATFORMS):
            published = {"sha256": str(number) * 64, "url_suffix": suffix + ".tar.gz", "verified": True}
            index["versions"] = {version: {"platforms": {registry_name(suffix): published}}}
            (scratch / ("rules_wit-tools-%s-%s.json" % (version, suffix))).write_text(json.dumps(index, indent=2) + "\n")
        git(scratch, "init", "--quiet", "--initial-branch=main")
        git(scratch, "add", "--all")
        git(scratch, "commit", "--quiet", "--message", "all")
        git(scratch, "tag", "v" + version)

    def add_maintainer(self, scratch):
        """Commits a maintainer to the repository."""
        path = scratch / "repository/.bcr/metadata.template.json"
        metadata = json.loads(path.read_text(encoding="utf-8"))
        self.assertEqual([], metadata["maintainers"])
        metadata["maintainers"] = [{"name": "Somebody", "github": "somebody", "github_user_id": 1}]
        path.write_text(json.dumps(metadata, indent=2) + "\n", encoding="utf-8")
        git(scratch, "commit", "--quiet", "--all", "--message", "a maintainer")

    def release(self, scratch, tag, code=0):
        """Runs release_prep.sh."""
        env = dict(
            os.environ,
            GITHUB_REPOSITORY=json.loads(REGISTRY.read_text(encoding="utf-8"))["github_repo"],
            GITHUB_SERVER_URL="https://github.com",
            OUTPUTS=str(scratch / "outputs"),
            PATH="%s:%s" % (scratch / "bin", os.environ["PATH"]),
            REQUESTS=str(scratch / "requests"),
            SERVED=str(scratch),
            UPDATER=str(UPDATER),
        )
        env.pop("BUILD_WORKSPACE_DIRECTORY", None)
        command = [".github/workflows/release_prep.sh", tag]
        result = subprocess.run(command, cwd=scratch / "repository", env=env, capture_output=True, text=True)
        self.assertEqual(code, result.returncode, result.stdout + result.stderr)
        return result

    def check_archive(self, path, version):
        """Checks the name, the top folder and the files of a source archive."""
        source = json.loads(read(".bcr/source.template.json"))
        values = {"{OWNER}": "o", "{REPO}": "rules_wit", "{TAG}": "v" + version, "{VERSION}": version}
        for name, value in values.items():
            source = {key: text.replace(name, value) for key, text in source.items()}
        self.assertEqual(source["url"].rpartition("/")[2], path.name)
        self.assertEqual(source["docs_url"].rpartition("/")[2], path.name.replace(".tar.gz", ".docs.tar.gz"))
        with tarfile.open(path) as archive:
            members = {member.name: member for member in archive}
            top = source["strip_prefix"]
            self.assertEqual({top}, {name.partition("/")[0] for name in members})
            registry = json.load(archive.extractfile(top + "/checksums/tools/rules_wit.json"))
            data = archive.extractfile(top + "/checksums/private/data.bzl").read().decode()
        self.assertEqual({(0, 0, "", "")}, {(m.uid, m.gid, m.uname, m.gname) for m in members.values()})
        platforms = registry["versions"][version]["platforms"]
        self.assertEqual(sorted(map(registry_name, PLATFORMS)), sorted(platforms))
        for published in platforms.values():
            self.assertIn(published["sha256"], data)
        names = {name.removeprefix(top + "/") for name in members}
        for kept in ("MODULE.bazel", "LICENSE", "rules/rust.bzl", "test/e2e/consumer/MODULE.bazel", "tools/Cargo.lock"):
            self.assertIn(kept, names)
        folders = {name.partition("/")[0] for name in names}
        self.assertEqual(set(), folders & {".bcr", ".ci", ".github", "bench", "examples"})
        self.assertEqual({"test/e2e"}, {"/".join(name.split("/")[:2]) for name in names if name.startswith("test/")})


def registry_name(suffix):
    """Returns the platform in the registry for a suffix of an archive, such as `x86_64-linux`."""
    cpu, _, system = suffix.partition("-")
    return "%s_%s" % (NAMES[system], NAMES[cpu])


def git(scratch, *arguments):
    identity = ["-c", "user.name=x", "-c", "user.email=x@x.example", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *identity, *arguments], cwd=scratch / "repository", check=True)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
