#!/usr/bin/env python3
"""Pulls a component and a WIT package from a registry with `wasm_component_pull`, in a module of its own.

Arguments: bazelw, the programs component, runner and wit, a component, and a WIT file. The registries are servers on loopback:
one for users with a name and a password, and one over https that wants a token, as most public ones do.
"""

import base64
import hashlib
import http.server
import json
import os
import pathlib
import shutil
import ssl
import subprocess
import sys
import threading
import urllib.parse

BAZELW = pathlib.Path(sys.argv[1]).resolve()
COMPONENT, RUNNER, WIT = (pathlib.Path(path).resolve() for path in sys.argv[2:5])
WASM, PACKAGE = (pathlib.Path(path).resolve() for path in sys.argv[5:7])
SCRATCH = pathlib.Path(os.environ["TEST_TMPDIR"])
BASIC = "Basic " + base64.b64encode(b"me:secret").decode()

# Variables of the outer Bazel, which must not affect the inner one. With TEST_TMPDIR, it would share no caches.
ENVIRONMENT = {
    name: value
    for name, value in os.environ.items()
    if not name.startswith(("TEST_", "RUNFILES", "BUILD_", "XML_OUTPUT"))
} | {"DOCKER_CONFIG": str(SCRATCH / "docker")}
ENVIRONMENT.setdefault("HOME", os.path.expanduser("~"))

failures = 0
cases = 0


def digest(content):
    return "sha256:" + hashlib.sha256(content).hexdigest()


class Registry(http.server.ThreadingHTTPServer):
    """A registry.

    Attributes:
      name: str, its address.
      files: dict[str, bytes], path -> content.
      requests: list[str], the paths of all requests.
      tokens: dict[str, str], the scope of a token -> the token; empty if the registry wants a password.
    """

    def __init__(self, certificate=None):
        super().__init__(("127.0.0.1", 0), Handler)
        self.name = "127.0.0.1:%d" % self.server_address[1]
        self.files = {}
        self.requests = []
        self.tokens = {}
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self.socket = context.wrap_socket(self.socket, server_side=True)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def add(self, repository, binary):
        """Adds an artifact and returns its digest."""
        layer = {"mediaType": "application/wasm", "digest": digest(binary), "size": len(binary)}
        manifest = json.dumps({"schemaVersion": 2, "layers": [layer]}).encode()
        self.files["/v2/%s/manifests/%s" % (repository, digest(manifest))] = manifest
        self.files["/v2/%s/blobs/%s" % (repository, digest(binary))] = binary
        return digest(manifest)


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        server = self.server
        given = self.headers.get("Authorization")
        server.requests.append(self.path)
        path, _, query = self.path.partition("?")
        wanted = BASIC
        if server.tokens and path != "/token":
            repository = path.removeprefix("/v2/").rpartition("/")[0].rpartition("/")[0]
            wanted = "Bearer " + server.tokens.get("repository:%s:pull" % repository, "none")
        if given != wanted:
            return self.send(401, b"")
        content = server.files.get(path)
        if path == "/token":
            scope = urllib.parse.parse_qs(query)["scope"][0]
            content = json.dumps({"token": server.tokens[scope]}).encode() if scope in server.tokens else None
        return self.send(200 if content is not None else 404, content or b"")

    def send(self, status, content):
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        pass


def make_certificate():
    """Makes a certificate for loopback. Returns its file, with the key, and a store for Java that trusts only it."""
    both, store = SCRATCH / "certificate.pem", SCRATCH / "trusted.p12"
    key, certificate = SCRATCH / "key", SCRATCH / "certificate"
    new = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run(["openssl", *new, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    both.write_text(key.read_text() + certificate.read_text())
    export = ["pkcs12", "-export", "-nokeys", "-in", certificate, "-out", store, "-passout", "pass:secret"]
    subprocess.run(["openssl", *export, "-jdktrust", "anyExtendedKeyUsage"], check=True, capture_output=True)
    return both, store


def log_in(password):
    folder = SCRATCH / "docker"
    folder.mkdir(exist_ok=True)
    auth = base64.b64encode(b"me:" + password.encode()).decode()
    (folder / "config.json").write_text(json.dumps({"auths": {name: {"auth": auth} for name in (host, secure.name)}}))


def module(name, artifacts):
    """Writes a module that pulls artifacts: name -> (kind, address, digest, further arguments). Returns its folder."""
    folder = SCRATCH / name
    (folder / "tools").mkdir(parents=True, exist_ok=True)
    text = 'module(name = "consumer")\nbazel_dep(name = "rules_wit")\n'
    text += 'local_path_override(module_name = "rules_wit", path = "%s")\n' % BAZELW.parent
    text += 'pull = use_extension("@rules_wit//toolchains:extensions.bzl", "wasm_component_pull")\n'
    for target, (kind, address, wanted, more) in artifacts.items():
        text += 'pull.%s(name = "%s", digest = "%s", reference = "%s:1"%s)\n' % (kind, target, wanted, address, more)
        text += 'use_repo(pull, "%s")\n' % target
    tools = {"component": COMPONENT, "runner": RUNNER, "wit": WIT}
    text += 'register_toolchains("//tools:all")\n'
    (folder / "MODULE.bazel").write_text(text)
    build = 'load("@rules_wit//toolchains:defs.bzl", "tool_toolchain")\n'
    for tool, program in tools.items():
        copy = folder / "tools" / (tool + ".bin")
        if not copy.exists():
            shutil.copy(program, copy)
        build += 'tool_toolchain(name = "%s", tool = "%s.bin")\n' % (tool, tool)
        build += 'toolchain(name = "%s_toolchain", toolchain = ":%s", toolchain_type = "@rules_wit//toolchains:%s_toolchain_type")\n' % (tool, tool, tool)
    (folder / "tools/BUILD.bazel").write_text(build)
    (folder / "BUILD.bazel").write_text(
        """
load("@rules_wit//rules:component.bzl", "wasm_component_lower", "wasm_component_test")
load("@rules_wit//rules:wit.bzl", "wit_library")

wasm_component_test(
    name = "test",
    component = "@block",
    invoke = {"execute()": "err(not-running)"},
)

wasm_component_lower(
    name = "lowered",
    component = "@block",
)

wit_library(
    name = "user",
    srcs = ["user.wit"],
    deps = ["@api"],
)
"""
    )
    (folder / "user.wit").write_text("package t:user;\nworld w { import airssys:core-types/types@1.0.0; }\n")
    return folder


def bazel(folder, *arguments):
    trust = ["--host_jvm_args=-Djavax.net.ssl.trustStore=%s" % store, "--host_jvm_args=-Djavax.net.ssl.trustStorePassword=secret"]
    command = [BAZELW, "--max_idle_secs=60", *trust, *arguments, "--noshow_progress", "--repository_cache=" + str(SCRATCH / "downloads")]
    return subprocess.run(command, cwd=folder, env=ENVIRONMENT, stdin=subprocess.DEVNULL, capture_output=True, text=True)


def case(name, ran, code, *parts):
    global failures, cases
    cases += 1
    output = ran.stdout + ran.stderr
    missing = [part for part in parts if part not in output]
    if (ran.returncode == 0) == (code == 0) and not missing:
        print("PASS", name, flush=True)
        return
    failures += 1
    print("FAIL %s: exit code %d, missing %s\n%s" % (name, ran.returncode, missing, output))


certificate, store = make_certificate()
registry = Registry()
secure = Registry(certificate)
host = registry.name
HTTP = ", plain_http = True"
encoded = SCRATCH / "api.wasm"
subprocess.run([WIT, "encode", PACKAGE, "-o", encoded], check=True)
block = registry.add("team/block", WASM.read_bytes())
api = registry.add("team/api", encoded.read_bytes())
by_password = {"block": ("component", host + "/team/block", block, HTTP), "api": ("wit", host + "/team/api", api, HTTP)}
folder = module("consumer", by_password)

log_in("wrong")
case("a wrong password", bazel(folder, "build", "@block"), 1, "failed to pull %s/team/block:1@%s" % (host, block), "hint: see the error", "docker login")

log_in("secret")
case("a component runs and is lowered, and a WIT package is used", bazel(folder, "test", "//..."), 0)
fetched = len(registry.requests)
case("nothing is fetched again", bazel(folder, "test", "//..."), 0)
if len(registry.requests) != fetched:
    case("no requests", subprocess.CompletedProcess([], 1, "", str(registry.requests[fetched:])), 0)

# A registry that has changed a byte.
changed = bytearray(WASM.read_bytes() + b"\0\2\1x")
other = registry.add("team/other", bytes(changed))
changed[-1] ^= 1
registry.files["/v2/team/other/blobs/" + digest(bytes(changed[:-1]) + b"x")] = bytes(changed)
module("consumer", by_password | {"block": ("component", host + "/team/other", other, HTTP)})
case("a changed byte", bazel(folder, "build", "@block"), 1, "failed to pull %s/team/other:1: no layer with the digest" % host, "do not use this registry")

# Tokens. One server gives those of both registries; in the second module, the first registry wants them too.
secure.add("safe/block", WASM.read_bytes())
secure.add("safe/api", encoded.read_bytes())
secure.tokens = {"repository:safe/block:pull": "one", "repository:safe/api:pull": "two"}
by_token = {"block": ("component", secure.name + "/safe/block", block, ""), "api": ("wit", secure.name + "/safe/api", api, "")}
module("consumer", by_token)
log_in("wrong")
case("no token for a wrong password", bazel(folder, "build", "@block"), 1, "failed to pull %s/safe/block:1@%s" % (secure.name, block), "docker login")
log_in("secret")
case("each repository has its own token", bazel(folder, "test", "//..."), 0)
registry.tokens = {"repository:team/block:pull": "three"}
secure.tokens |= registry.tokens
url = ', token_url = "https://%s/token?scope=repository:{repository}:pull"' % secure.name
module("consumer", by_token | {"block": ("component", host + "/team/block", block, HTTP + url)})
case("tokens from elsewhere", bazel(folder, "test", "//..."), 0)

bazel(folder, "shutdown")
print("%d passed, %d failed" % (cases - failures, failures))
sys.exit(1 if failures else 0)
