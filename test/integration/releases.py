#!/usr/bin/env python3
"""Generates releases of fictitious tools with their registry files, and serves them on loopback.

Argument: a folder, which receives `<tool>.json`, `tools.MODULE.bazel` (statements that choose the tools), `requests` (a line
per request) and, once the server runs, `port`.
"""

import hashlib
import http.server
import io
import json
import os
import sys
import tarfile
import threading
import time
import zipfile

FOLDER = sys.argv[1]
# Unique in each run, so that caches of earlier runs do not apply.
NONCE = f"# {time.time_ns()} {os.getpid()}\n"
FILES = {}
# The platforms that this test may run on.
HERE = ("darwin_amd64", "darwin_arm64", "linux_amd64", "linux_arm64")


def program(tool):
    return f"#!/bin/sh\n{NONCE}echo \"{tool} $*\"\n".encode()


def tar(mode, entries):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:" + mode) as archive:
        for name, content in entries:
            info = tarfile.TarInfo(name)
            info.size, info.mode = len(content), 0o755
            if name.endswith("->"):
                info.name, info.type, info.linkname, info.size = name[:-2], tarfile.SYMTYPE, content.decode(), 0
            archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def zipped(entries):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries:
            # Without the executable bit, like archives made on Windows.
            archive.writestr(zipfile.ZipInfo(name), content)
    return buffer.getvalue()


def release(tool, suffix, content, behaviour="serve", binary="{tool}/bin/tool", sha256=None, platforms=HERE):
    """Adds a release of a tool, with the same archive for all platforms."""
    name = f"{tool}-{suffix}"
    FILES[name] = content
    right = hashlib.sha256(content).hexdigest()
    entry = {"sha256": sha256 or right, "url_suffix": suffix, "verified": False}
    document = {
        "tool_name": tool,
        "github_repo": f"example/{tool}",
        "latest_version": "1.2.3",
        "release": {"asset": tool + "-{url_suffix}", "base_url": f"{BASE}/{behaviour}/{{tag}}", "tag": "v{version}"},
        "versions": {"1.2.3": {"platforms": {platform: entry for platform in platforms}}},
    }
    if binary:
        document["release"]["binary"] = binary.replace("{tool}", tool)
    with open(f"{FOLDER}/{tool}.json", "w", encoding="utf-8") as file:
        json.dump(document, file, indent=2)


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        with open(f"{FOLDER}/requests", "a", encoding="utf-8") as file:
            file.write(f"{self.headers['Host']} {self.path}\n")
        _, behaviour, *_, name = self.path.split("/")
        content = FILES.get(name, b"")
        if behaviour == "missing" or not content:
            self.send_error(404)
        elif behaviour in ("elsewhere", "astray"):
            to = {"elsewhere": "serve", "astray": "other"}[behaviour]
            self.send_response(302)
            self.send_header("Location", f"{ELSEWHERE}/{to}/{name}")
            self.send_header("Content-Length", "0")
            self.end_headers()
        else:
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if behaviour == "cut":
                content = content[: len(content) // 2]
            elif behaviour == "other":
                content = bytes(len(content))
            self.wfile.write(content)

    def log_message(self, *args):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
BASE = f"http://127.0.0.1:{server.server_port}"
ELSEWHERE = f"http://localhost:{server.server_port}"


def tree(tool):
    return [(f"{tool}/bin/tool", program(tool)), (f"{tool}/share/data", b"data\n" * 5000)]


for kind, make in {
    "tar.gz": lambda entries: tar("gz", entries),
    "tar.xz": lambda entries: tar("xz", entries),
    "zip": zipped,
}.items():
    tool = "good-" + kind.replace(".", "-")
    release(tool, "any." + kind, make(tree(tool)))
    evil = "evil-" + kind.replace(".", "-")
    release(evil, "any." + kind, make(tree(evil) + [("../../escaped", NONCE.encode())]))
    release("absolute-" + kind.replace(".", "-"), "any." + kind, make(tree("x") + [(FOLDER + "/escaped", b"x")]))
release("good-bare", "any", program("good-bare"), binary=None)
release("good-flat", "any.tar.gz", tar("gz", [("tool", program("good-flat"))]), binary="tool")
release("good-same", "any.tar.gz", tar("gz", [("good-same/good-same", program("good-same"))]), binary="{tool}/{tool}")
release("evil-flat", "any.zip", zipped([("tool", program("evil-flat")), ("../../escaped", b"x")]), binary="tool")
release("foreign", "any.zip", zipped(tree("foreign")), platforms=("windows_arm64",))
outside = os.path.dirname(os.path.abspath(FOLDER)).encode()
release("link", "any.tar.gz", tar("gz", tree("link") + [("link/out->", outside), ("link/out/escaped", b"x")]))
# To the root of the file system: Bazel turns absolute links into ones within the repository.
climb = b"../" * 40
with open(os.path.join(outside, b"victim"), "w", encoding="utf-8") as file:
    file.write("#!/bin/sh\n")
release("link-program", "any.tar.gz", tar("gz", [("link-program/bin/tool->", climb + outside + b"/victim")]))
release("link-beside", "any.tar.xz", tar("xz", tree("link-beside") + [("link-beside/data->", climb + b"etc")]))
release("link-inside", "any.tar.gz", tar("gz", [("link-inside/real", program("link-inside")), ("link-inside/bin/tool->", b"../real")]))
right = zipped(tree("flipped"))
digest = hashlib.sha256(right).hexdigest()
release("flipped", "any.zip", right, sha256=("1" if digest[0] == "0" else "0") + digest[1:])
release("cut", "any.zip", zipped(tree("cut")), behaviour="cut")
release("missing", "any.zip", zipped(tree("missing")), behaviour="missing")
release("elsewhere", "any.zip", zipped(tree("elsewhere")), behaviour="elsewhere")
release("astray", "any.zip", zipped(tree("astray")), behaviour="astray")
release("mirrored", "any.zip", zipped(tree("mirrored")), behaviour="missing")
release("garbage", "any.tar.gz", b"\x1f\x8b" + NONCE.encode())
release("empty", "any.zip", zipped([("empty/readme", b"no program")]))

with open(f"{FOLDER}/tools.MODULE.bazel", "w", encoding="utf-8") as file:
    for name in sorted(os.listdir(FOLDER)):
        if name.endswith(".json"):
            tool = name.removesuffix(".json")
            file.write(f'rules_wit.index(file = "//:{name}")\n')
            file.write(f'rules_wit.tool(name = "{tool}", strategy = "release", version = "1.2.3")\n')
open(f"{FOLDER}/requests", "w", encoding="utf-8").close()
threading.Thread(target=server.serve_forever, daemon=True).start()
with open(f"{FOLDER}/port.new", "w", encoding="utf-8") as file:
    file.write(f"{server.server_port}\n")
os.rename(f"{FOLDER}/port.new", f"{FOLDER}/port")
# Serves until the test closes this pipe or ends.
sys.stdin.read()
