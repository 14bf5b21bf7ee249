"""Artifacts in OCI registries: references, credentials and manifests.

Pure functions. Fallible ones return `(err, value)`, of which one is None; `err` ends with a line `hint: ...`.
"""

# The media types of a component, see tools/publisher/src/artifact.rs.
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
LAYER = "application/wasm"

# Characters of names in references.
_LOWER = "abcdefghijklmnopqrstuvwxyz0123456789"
_HEX = "abcdef0123456789"

# More bytes than any manifest may have.
_MOST_BYTES = 4 << 20

def _only(text, characters):
    """Returns whether a text consists of the characters."""
    return not [c for c in text.elems() if c not in characters]

def parse_digest(text):
    """Returns the SHA-256 of a digest.

    Args:
      text: string, `sha256:` and 64 hexadecimal digits.

    Returns:
      (err, string): the hexadecimal digits.
    """
    algorithm, _, digits = text.partition(":")
    if algorithm != "sha256" or len(digits) != 64 or not _only(digits, _HEX):
        return "invalid digest `{}`\nhint: write `sha256:` and 64 hexadecimal digits, as `bazel run` of the push printed it".format(text), None
    return None, digits

def parse_repository(text):
    """Splits the name of a repository, and ignores a tag.

    Args:
      text: string, `registry/repository` or `registry/repository:tag`.

    Returns:
      (err, struct): `registry` and `repository`, strings.
    """
    registry, _, path = text.partition("/")
    repository, _, tag = path.partition(":")
    err = None
    if "@" in text:
        err = "it contains a digest"
    elif not ("." in registry or ":" in registry or registry == "localhost"):
        err = "it does not start with a registry"
    elif not _only(registry.lower(), _LOWER + ".-:[]"):
        err = "the registry is not a host"
    elif [part for part in repository.split("/") if not (part and part[0] in _LOWER and part[-1] in _LOWER and _only(part, _LOWER + "._-"))]:
        err = "a repository consists of lower-case letters, digits, `.`, `_`, `-` and `/`"
    elif ":" in path and not _only(tag.lower(), _LOWER + "._-"):
        err = "invalid tag"
    if err:
        return "invalid reference `{}`: {}\nhint: write `registry/repository` or `registry/repository:tag`, and put the digest into `digest`".format(text, err), None
    return None, struct(registry = registry, repository = repository)

def origin(registry, *, plain_http):
    """Returns the start of a registry's addresses.

    Args:
      registry: string, `host` or `host:port`.
      plain_http: bool.

    Returns:
      string
    """
    host = "registry-1." + registry if registry == "docker.io" else registry
    return ("http://" if plain_http else "https://") + host

def token_address(registry, repository, template):
    """Returns where tokens for a repository come from. Bazel downloads them over https only, as they have no hash.

    Args:
      registry: string.
      repository: string.
      template: string, with `{repository}`; empty for the path that most registries use.

    Returns:
      (err, string)
    """
    template = template or origin(registry, plain_http = False) + "/token?service=" + registry + "&scope=repository:{repository}:pull"
    if not template.startswith("https://"):
        return "`token_url` must start with https:// and starts with {}\nhint: credentials are sent there".format(template.partition("//")[0]), None
    return None, template.replace("{repository}", repository)

def find_credentials(config, registry):
    """Finds the credentials of a registry in Docker's configuration.

    Args:
      config: string, the text of `config.json`.
      registry: string.

    Returns:
      (err, struct or None): `basic` (string, user and password in base64, or empty), `user` and `password` (strings), `helper`
      (string, the name of a credential helper, or empty) and `key` (string, the name of the registry for the helper).
    """
    document = json.decode(config, default = None)
    if type(document) != "dict":
        return "Docker's configuration is not a JSON object\nhint: correct the file, or point DOCKER_CONFIG at another directory", None
    helpers = document.get("credHelpers", {})
    auths = document.get("auths", {})
    names = [registry] + [form.format(registry) for form in ("https://{}", "https://{}/", "https://{}/v1/", "https://{}/v2/", "http://{}")]
    for key in names + (["https://index.docker.io/v1/"] if registry == "docker.io" else []):
        found = dict(basic = "", user = "", password = "", helper = "", key = key)
        entry = auths.get(key)
        if helpers.get(key):
            found["helper"] = helpers[key]
        elif entry and entry.get("auth"):
            found["basic"] = entry["auth"]
        elif entry and entry.get("username"):
            found |= {"user": entry["username"], "password": entry.get("password", "")}
        elif entry != None and document.get("credsStore"):
            found["helper"] = document["credsStore"]
        else:
            continue
        if not _only(found["helper"].lower(), _LOWER + "._-"):
            return "invalid credential helper `{}`\nhint: correct Docker's configuration".format(found["helper"]), None
        return None, struct(**found)
    return None, None

def parse_helper_answer(text):
    """Reads what a credential helper prints.

    Args:
      text: string.

    Returns:
      (err, struct): `user` and `password`, strings.
    """
    answer = json.decode(text, default = None)
    if type(answer) != "dict" or not answer.get("Username") or not answer.get("Secret"):
        return "its output has no `Username` and `Secret`\nhint: log in again, or remove the helper from Docker's configuration", None
    return None, struct(user = answer["Username"], password = answer["Secret"])

def parse_token(text):
    """Reads the answer of a token server.

    Args:
      text: string.

    Returns:
      string or None: the token.
    """
    answer = json.decode(text, default = None)
    if type(answer) != "dict":
        return None
    token = answer.get("token") or answer.get("access_token")
    return token if type(token) == "string" else None

def parse_manifest(text):
    """Finds the binary in a manifest.

    Args:
      text: string, the manifest.

    Returns:
      (err, string): the SHA-256 of the layer.
    """
    manifest = json.decode(text, default = None) if len(text) <= _MOST_BYTES else None
    hint = "\nhint: an artifact of a component has one layer `{}`; check the reference and the digest".format(LAYER)
    if type(manifest) != "dict":
        return "the manifest is not a JSON object" + hint, None
    layers = manifest.get("layers")
    if manifest.get("schemaVersion") != 2 or type(layers) != "list":
        return "the manifest is not one of an artifact, but of the type `{}`".format(manifest.get("mediaType", "unknown")) + hint, None
    if len(layers) != 1 or type(layers[0]) != "dict" or layers[0].get("mediaType") != LAYER:
        return "the artifact is not a component: its layers are [{}]".format(
            ", ".join([str(layer.get("mediaType")) if type(layer) == "dict" else "invalid" for layer in layers]),
        ) + hint, None
    return parse_digest(str(layers[0].get("digest", "")))

def build_file(name, kind, deps, *, component_bzl, wit_bzl, decode_bzl):
    """Renders the BUILD file of a pulled artifact.

    Args:
      name: string, the target.
      kind: string, `component` or `wit`.
      deps: list[string], the labels of WIT packages that a WIT package uses.
      component_bzl: string, the label of the file with `wasm_component_import`.
      wit_bzl: string, the label of the file with `wit_library`.
      decode_bzl: string, the label of the file with `wit_decode`.

    Returns:
      string
    """
    if kind == "component":
        return """load("{}", "wasm_component_import")

wasm_component_import(
    name = "{}",
    src = "{}.wasm",
    visibility = ["//visibility:public"],
)
""".format(component_bzl, name, kind)
    return """load("{}", "wit_library")
load("{}", "wit_decode")

wit_decode(
    name = "text",
    src = "wit.wasm",
)

wit_library(
    name = "{}",
    srcs = [":text"],
    visibility = ["//visibility:public"],
    deps = {},
)
""".format(wit_bzl, decode_bzl, name, deps)
