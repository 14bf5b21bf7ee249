"""The repository rule for an artifact in an OCI registry."""

load(
    ":oci.bzl",
    "MANIFEST",
    "build_file",
    "find_credentials",
    "origin",
    "parse_digest",
    "parse_helper_answer",
    "parse_manifest",
    "parse_repository",
    "parse_token",
    "token_address",
)

DOC = """Fetches an artifact by its digest and declares it as a `wasm_component_import` or a `wit_library`.

Bazel's downloader fetches the manifest and the layer, both with their hash, so its cache and its configuration apply. Fails if
no credentials give access, or if any byte differs.
"""

ATTRS = {
    "deps": attr.string_list(
        doc = "The labels of WIT packages that a WIT package uses.",
    ),
    "digest": attr.string(
        doc = "The digest of the manifest.",
        mandatory = True,
    ),
    "kind": attr.string(
        doc = "What the artifact is.",
        mandatory = True,
        values = ["component", "wit"],
    ),
    "plain_http": attr.bool(
        doc = "Whether to use http.",
    ),
    "reference": attr.string(
        doc = "`registry/repository`. A tag is ignored.",
        mandatory = True,
    ),
    "target": attr.string(
        doc = "The name of the target.",
        mandatory = True,
    ),
    "token_url": attr.string(
        doc = "Where tokens come from, with `{repository}`.",
    ),
}

# Where Docker's configuration is in the directory of the user.
_CONFIG = ".docker/config.json"

def _or_fail(rctx, result):
    """Returns the value of a result, or fails with its error."""
    err, value = result
    if err:
        fail("\nerror: failed to pull {}: {}".format(rctx.attr.reference, err))
    return value

def _credentials(rctx, registry):
    """Returns the credentials of a registry as a value of `auth`, or None."""
    environment = rctx.os.environ
    directory = environment.get("DOCKER_CONFIG")
    home = environment.get("HOME") or environment.get("USERPROFILE")
    if not directory and not home:
        return None
    path = rctx.path(directory + "/config.json" if directory else home + "/" + _CONFIG)
    if not path.exists:
        return None
    found = _or_fail(rctx, find_credentials(rctx.read(path, watch = "no"), registry))
    if found and found.helper:
        found = _ask(rctx, found)
    if not found:
        return None
    if getattr(found, "basic", ""):
        return {
            "password": found.basic,
            "pattern": "Basic <password>",
            "type": "pattern",
        }
    return {
        "login": found.user,
        "password": found.password,
        "type": "basic",
    }

def _ask(rctx, found):
    """Returns the credentials that a helper knows."""
    program = rctx.which("docker-credential-" + found.helper)
    if not program:
        fail("\nerror: failed to pull {}: `docker-credential-{}` is not on PATH\nhint: install it, or log in without a helper".format(rctx.attr.reference, found.helper))

    # Helpers read the name of the registry from the standard input, which only a shell can write.
    result = rctx.execute(["sh", "-c", "printf %s \"$1\" | \"$2\" get", "sh", found.key, program], quiet = True)
    if result.return_code:
        if "credentials not found" in result.stdout:
            return None
        fail("\nerror: failed to pull {}: `docker-credential-{}` failed: {}\nhint: log in again".format(rctx.attr.reference, found.helper, (result.stderr or result.stdout).strip()))
    return _or_fail(rctx, parse_helper_answer(result.stdout))

def _download(rctx, url, output, sha256, auth, headers = {}):
    """Downloads a file and returns whether that worked; Bazel prints why not."""
    return rctx.download(
        [url],
        output = output,
        sha256 = sha256,
        # The registry's name is part of the key of the cache: a changed reference is fetched.
        canonical_id = url,
        allow_fail = True,
        auth = {url: auth} if auth else {},
        headers = headers,
    ).success

def _token(rctx, at, credentials):
    """Returns a token as a value of `auth`, or None."""
    url = _or_fail(rctx, token_address(at.registry, at.repository, rctx.attr.token_url))
    result = rctx.download(
        [url],
        output = "token.json",
        allow_fail = True,
        auth = {url: credentials} if credentials else {},
    )
    if not result.success:
        return None
    token = parse_token(rctx.read("token.json", watch = "no"))
    rctx.delete("token.json")
    return {
        "password": token,
        "pattern": "Bearer <password>",
        "type": "pattern",
    } if token else None

def _impl(rctx):
    at = _or_fail(rctx, parse_repository(rctx.attr.reference))
    sha256 = _or_fail(rctx, parse_digest(rctx.attr.digest))
    start = "{}/v2/{}/".format(origin(at.registry, plain_http = rctx.attr.plain_http), at.repository)
    url = start + "manifests/sha256:" + sha256
    credentials = _credentials(rctx, at.registry)

    # A downloader does not see the challenge of a registry, so the ways to get access are tried one after the other.
    auth = None if rctx.attr.token_url else credentials
    headers = {"Accept": MANIFEST}
    done = not rctx.attr.token_url and _download(rctx, url, "manifest.json", sha256, auth, headers)
    if not done and (rctx.attr.token_url or not rctx.attr.plain_http):
        auth = _token(rctx, at, credentials)
        done = auth and _download(rctx, url, "manifest.json", sha256, auth, headers)
    if not done:
        fail("\nerror: failed to pull {}@sha256:{}: no manifest with this digest\nhint: see the error of each address in the warnings above; {}".format(
            rctx.attr.reference,
            sha256,
            "log in with `docker login {}`, or set `token_url` if the registry's tokens come from elsewhere".format(at.registry),
        ))
    layer = _or_fail(rctx, parse_manifest(rctx.read("manifest.json")))
    if not _download(rctx, start + "blobs/sha256:" + layer, rctx.attr.kind + ".wasm", layer, auth):
        fail("\nerror: failed to pull {}: no layer with the digest sha256:{}\nhint: see the warning above; if the checksum was wrong, do not use this registry".format(rctx.attr.reference, layer))
    rctx.file("BUILD.bazel", build_file(
        rctx.attr.target,
        rctx.attr.kind,
        rctx.attr.deps,
        component_bzl = str(Label("//rules:component.bzl")),
        wit_bzl = str(Label("//rules:wit.bzl")),
        decode_bzl = str(Label("//rules/private:wit_decode.bzl")),
    ), executable = False)

oci_repository = repository_rule(
    implementation = _impl,
    doc = DOC,
    attrs = ATTRS,
)
