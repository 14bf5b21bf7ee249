#!/usr/bin/env python3
"""The publisher against a real registry and other clients: Debian's docker-registry, oras, skopeo and cosign, and wkg.

Arguments: the programs publisher and runner, push and push_wit of this package, and a component. In the toolbox, the clients
are those of the second root, and elsewhere those on PATH. $WKG is the path of wkg, which is optional. The registries are on
loopback and end with the test.
"""

import base64
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "remote"))
import second_root
import worker

CLIENTS = ["cosign", "docker-registry", "oras", "skopeo"]
PUBLISHER, RUNNER, PUSH, PUSH_WIT, COMPONENT = (pathlib.Path(os.path.abspath(path)) for path in sys.argv[1:] if not path.endswith(".args"))
SCRATCH = pathlib.Path(tempfile.mkdtemp(dir=os.environ.get("TEST_TMPDIR")))
# The password `secret`, as htpasswd -B writes it.
USERS = "me:$2b$05$7ZnbmSnkyt2V3CHuZpp/LeHPCLQ.XeEeUhte08tXB2lQj1bIXs/k.\n"
# Without the directory of a user who has said `bazel run`.
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("BUILD_")}
ENVIRONMENT |= {"HOME": str(SCRATCH), "DOCKER_CONFIG": str(SCRATCH / "docker"), "COSIGN_PASSWORD": ""}

failures = 0
cases = 0


def start(name, users=False):
    """Starts a registry and returns its address and process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = "127.0.0.1:%d" % free.getsockname()[1]
    folder = SCRATCH / name
    folder.mkdir()
    config = {
        "version": "0.1",
        "log": {"level": "error"},
        "storage": {"filesystem": {"rootdirectory": str(folder / "data")}},
        "http": {"addr": address, "secret": "x"},
    }
    if users:
        (folder / "users").write_text(USERS)
        config["auth"] = {"htpasswd": {"realm": "r", "path": str(folder / "users")}}
    (folder / "config.yml").write_text(json.dumps(config))
    log = (folder / "log").open("w")
    process = subprocess.Popen(["docker-registry", "serve", folder / "config.yml"], stdout=log, stderr=log)
    for _ in range(200):
        try:
            socket.create_connection(address.split(":"), 1).close()
            return address, process
        except OSError:
            time.sleep(0.1)
    sys.exit("error: docker-registry does not start: " + (folder / "log").read_text())


def cutting(address, limit):
    """Starts a proxy of a registry that cuts the first connection on which a client sends more than `limit` bytes. Returns its
    address and a list with the number of bytes that came through."""
    listener = socket.create_server(("127.0.0.1", 0))
    cut = []

    def forward(source, target, count):
        total = 0
        try:
            while data := source.recv(65536):
                total += len(data)
                if count and not cut and total > limit:
                    cut.append(total)
                    break
                target.sendall(data)
        except OSError:
            pass
        for end in (source, target):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def accept():
        while True:
            client = listener.accept()[0]
            server = socket.create_connection(address.split(":"))
            threading.Thread(target=forward, args=(client, server, True), daemon=True).start()
            threading.Thread(target=forward, args=(server, client, False), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    return "127.0.0.1:%d" % listener.getsockname()[1], cut


def run(*command, **more):
    return subprocess.run([str(word) for word in command], cwd=SCRATCH, env=ENVIRONMENT, capture_output=True, text=True, timeout=300, **more)


def case(name, ran, code=0, *parts):
    """Checks the exit code of a command and its output, and returns the first line of the output."""
    global failures, cases
    cases += 1
    missing = [part for part in parts if part not in ran.stdout + ran.stderr]
    if ran.returncode == code and not missing:
        print("PASS", name)
    else:
        failures += 1
        print("FAIL %s: exit code %d, missing %s\n%s%s" % (name, ran.returncode, missing, ran.stdout, ran.stderr))
    return ran.stdout.strip()


def same(name, path, other):
    equal = pathlib.Path(SCRATCH / path).is_file() and (SCRATCH / path).read_bytes() == other.read_bytes()
    case(name, subprocess.CompletedProcess([], 0 if equal else 1, "", ""))


def blob(address, repository, digest):
    """The file in which the registry keeps a blob."""
    hexadecimal = digest.split(":")[1]
    return SCRATCH / "open/data/docker/registry/v2/blobs/sha256" / hexadecimal[:2] / hexadecimal / "data"


if second_root.TOOLBOX.exists():
    root = second_root.set_up() / "root"
    programs = SCRATCH / "bin"
    programs.mkdir()
    for name in CLIENTS:
        program = programs / name
        program.write_text('#!/bin/sh\nexec %s "$@"\n' % " ".join(worker.program(str(root), name)))
        program.chmod(0o755)
    os.environ["PATH"] = ENVIRONMENT["PATH"] = "%s:%s" % (programs, os.environ["PATH"])
missing = [name for name in CLIENTS if not shutil.which(name)]
if missing:
    sys.exit("error: not on PATH: %s\nhint: install these packages of Debian" % ", ".join(missing))
# skopeo requires one.
(SCRATCH / ".config/containers").mkdir(parents=True)
(SCRATCH / ".config/containers/policy.json").write_text('{"default": [{"type": "insecureAcceptAnything"}]}')

address, registry = start("open")
closed, closed_registry = start("closed", users=True)
try:
    reference = address + "/airssys/demo"
    run("cosign", "generate-key-pair", "--output-key-prefix", "key")
    run("cosign", "generate-key-pair", "--output-key-prefix", "other")
    push = [PUSH, "--reference", reference, "--sign-key", SCRATCH / "key.key"]

    # Pushed here, fetched with others.
    pushed = case("push, signed with cosign", run(*push), 0, "@sha256:")
    case("push again is the same artifact", run(*push[:3]), 0, pushed)
    case("oras pull", run("oras", "pull", "--plain-http", reference + ":1.0.0", "-o", "oras"))
    same("oras pulls the same bytes", "oras/demo.wasm", COMPONENT)
    case("what oras pulled runs", run(RUNNER, "invoke", "oras/demo.wasm", "execute()"), 0, "err(not-running)")
    case("oras lists the provenance", run("oras", "discover", "--plain-http", "--format", "json", pushed), 0, "application/vnd.cyclonedx+json")
    case("skopeo copies it", run("skopeo", "copy", "--src-tls-verify=false", "docker://" + pushed, "oci:copied:1"))
    case("skopeo inspects it", run("skopeo", "inspect", "--raw", "oci:copied:1"), 0, "application/vnd.wasm.config.v0+json")
    case("publisher pull", run(PUBLISHER, "pull", "--plain-http", reference, "-o", "own.wasm"), 0, pushed)
    same("publisher pulls the same bytes", "own.wasm", COMPONENT)

    # The signature.
    verify = [PUBLISHER, "verify", "--plain-http", pushed, "--key"]
    case("verify", run(*verify, "key.pub", "--file", "oras/demo.wasm"), 0, "signed provenance", pushed)
    case("cosign verifies it too", run("cosign", "verify-attestation", "--key", "key.pub", "--type", "cyclonedx", "--insecure-ignore-tlog", "--allow-http-registry", pushed), 0, "The signatures were verified")
    case("another key", run(*verify, "other.pub"), 1, "not one of this key")
    flipped = bytearray((SCRATCH / "oras/demo.wasm").read_bytes())
    flipped[len(flipped) // 2] ^= 1
    (SCRATCH / "flipped.wasm").write_bytes(flipped)
    case("a flipped byte in the file", run(*verify, "key.pub", "--file", "flipped.wasm"), 1, "differs from")
    manifest = json.loads(run("oras", "manifest", "fetch", "--plain-http", pushed).stdout)
    stored = blob(address, "airssys/demo", manifest["layers"][0]["digest"])
    stored.write_bytes(flipped)
    case("a flipped byte in the registry: verify", run(*verify, "key.pub"), 1, "the layer has the digest")
    case("a flipped byte in the registry: pull", run(PUBLISHER, "pull", "--plain-http", pushed, "-o", "no.wasm"), 1, "the layer has the digest")
    stored.write_bytes(COMPONENT.read_bytes())
    case("and back", run(*verify, "key.pub"), 0)

    # Pushed with others, fetched here.
    shutil.copy(COMPONENT, SCRATCH / "by_oras.wasm")
    (SCRATCH / "config.json").write_text("{}")
    by_oras = address + "/by/oras:1"
    case("oras push", run("oras", "push", "--plain-http", by_oras, "by_oras.wasm:application/wasm", "--config", "config.json:application/vnd.wasm.config.v0+json"))
    case("pull what oras pushed", run(PUBLISHER, "pull", "--plain-http", by_oras, "-o", "from_oras.wasm"))
    same("oras pushed the same bytes", "from_oras.wasm", COMPONENT)
    case("verify what nobody signed", run(PUBLISHER, "verify", "--plain-http", by_oras, "--key", "key.pub"), 1, "has no signed provenance")
    case("skopeo pushes the copy", run("skopeo", "copy", "--dest-tls-verify=false", "oci:copied:1", "docker://%s/by/skopeo:1" % address))
    case("pull what skopeo pushed", run(PUBLISHER, "pull", "--plain-http", address + "/by/skopeo:1", "-o", "from_skopeo.wasm"), 0, pushed.split("@")[1])

    # WIT packages.
    wit = case("push a WIT package", run(PUSH_WIT, "--reference", address + "/airssys/core-component"), 0, "@sha256:")
    case("oras pulls it", run("oras", "pull", "--plain-http", wit, "-o", "wit"))
    case("pull it", run(PUBLISHER, "pull", "--plain-http", wit, "-o", "wit.wasm"))
    same("both are the same", "wit/core-component.wasm", SCRATCH / "wit.wasm")

    by_oras = address + "/by/oras-wit:1"
    case("oras pushes it", run("oras", "push", "--plain-http", by_oras, "wit.wasm:application/wasm", "--config", "config.json:application/vnd.wasm.config.v0+json"))
    case("pull the WIT package that oras pushed", run(PUBLISHER, "pull", "--plain-http", by_oras, "-o", "wit_from_oras.wasm"))
    same("oras pushed the same package", "wit_from_oras.wasm", SCRATCH / "wit.wasm")

    wkg = os.environ.get("WKG")
    if wkg:
        config = SCRATCH / "wkg.toml"
        config.write_text(
            'default_registry = "{0}"\n[registry."{0}".metadata]\npreferredProtocol = "oci"\n[registry."{0}".metadata.oci]\nregistry = "{0}"\n'
            '[registry."{0}".oci]\nprotocol = "http"\n'.format(address)
        )
        get = [wkg, "get", "--config", config, "-o"]
        case("wkg gets the component", run(*get, SCRATCH / "wkg.wasm", "airssys:demo@1.0.0"))
        same("wkg gets the same bytes", "wkg.wasm", COMPONENT)
        case("wkg gets the WIT package", run(*get, SCRATCH / "wkg_wit.wasm", "airssys:core-component@1.0.0"))
        same("wkg gets the same package", "wkg_wit.wasm", SCRATCH / "wit.wasm")
        publish = [wkg, "publish", "--config", config, "--package", "by:wkg@2.0.0"]
        # It looks for a version in the component before it takes the one of the command line.
        case("wkg 0.16 publishes no components", run(*publish, COMPONENT), 1, "component package version not found")
        case("wkg publishes a WIT package", run(*publish, "wit.wasm"))
        case("pull what wkg published", run(PUBLISHER, "pull", "--plain-http", address + "/by/wkg:2.0.0", "-o", "from_wkg.wasm"))
        same("wkg published the same bytes", "from_wkg.wasm", SCRATCH / "wit.wasm")
    else:
        print("SKIP wkg: WKG is not set")

    # A connection that is lost in the middle of an upload.
    proxy, cut = cutting(address, 300000)
    case("push through a connection that is cut", run(PUSH, "--reference", proxy + "/cut/demo"), 0, "trying ", pushed.split("@")[1])
    case("it was cut", subprocess.CompletedProcess([], 0 if cut else 1, "", ""))
    case("pull what was pushed in two parts", run(PUBLISHER, "pull", "--plain-http", address + "/cut/demo", "-o", "cut.wasm"))
    same("nothing is lost", "cut.wasm", COMPONENT)

    # Users.
    reference = closed + "/team/demo"
    case("push without a user", run(PUSH, "--reference", reference), 3, "requires a user and a password")
    (SCRATCH / "docker").mkdir(exist_ok=True)
    login = lambda password: (SCRATCH / "docker/config.json").write_text(
        json.dumps({"auths": {closed: {"auth": base64.b64encode(b"me:" + password).decode()}}})
    )
    login(b"wrong")
    case("push with a wrong password", run(PUSH, "--reference", reference), 3, "refuses access to `team/demo`")
    case("oras login", run("oras", "login", "--plain-http", "-u", "me", "--password-stdin", closed, input="secret"))
    case("push as the user that oras has logged in", run(PUSH, "--reference", reference), 0, "@sha256:")
    case("pull as that user", run(PUBLISHER, "pull", "--plain-http", reference, "-o", "users.wasm"), 0, pushed.split("@")[1])

    closed_registry.terminate()
    closed_registry.wait()
    case("a registry that is down", run(PUSH, "--reference", reference), 3, "no answer from")
finally:
    for process in (registry, closed_registry):
        process.terminate()
        process.wait()
    shutil.rmtree(SCRATCH, ignore_errors=True)
print("%d passed, %d failed, %d skipped" % (cases - failures, failures, not wkg))
sys.exit(1 if failures or not cases else 0)
