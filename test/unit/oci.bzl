"""Unit tests of artifacts in OCI registries: the module extension, and names in the provenance."""

load("@bazel_skylib//lib:unittest.bzl", "asserts", "unittest")
load("//rules/private/common:provenance.bzl", "crate_id")
load(
    "//toolchains/private:oci.bzl",
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
load("//toolchains/private:wasm_component_pull.bzl", "pulled")

_HEX = "0a" * 32
_DIGEST = "sha256:" + _HEX

def _names_test_impl(ctx):
    env = unittest.begin(ctx)
    for text, registry, repository in [
        ("r.example/a", "r.example", "a"),
        ("r.example/a/b-c:1.0.0", "r.example", "a/b-c"),
        ("localhost/a", "localhost", "a"),
        ("127.0.0.1:5000/a/b:v1", "127.0.0.1:5000", "a/b"),
    ]:
        asserts.equals(env, (None, struct(registry = registry, repository = repository)), parse_repository(text))
    for text, why in [
        ("", "does not start with a registry"),
        ("a/b", "does not start with a registry"),
        ("r.example", "a repository consists of"),
        ("r.example/A", "a repository consists of"),
        ("r.example/../b", "a repository consists of"),
        ("r.example/a//b", "a repository consists of"),
        ("r.example/a:b/c", "invalid tag"),
        ("r.ex?ample/a", "the registry is not a host"),
        ("r.example/a@" + _DIGEST, "it contains a digest"),
    ]:
        err, value = parse_repository(text)
        asserts.equals(env, None, value)
        asserts.true(env, why in err and "\nhint: " in err, "{}: {}".format(text, err))
    asserts.equals(env, (None, _HEX), parse_digest(_DIGEST))
    for text in ("", _HEX, "sha256:" + _HEX.upper(), "sha256:" + _HEX[1:], "sha512:" + _HEX):
        asserts.true(env, parse_digest(text)[0].startswith("invalid digest"), text)
    asserts.equals(env, "https://r.example", origin("r.example", plain_http = False))
    asserts.equals(env, "http://localhost:1", origin("localhost:1", plain_http = True))
    asserts.equals(env, (None, "https://r.example/token?service=r.example&scope=repository:a/b:pull"), token_address("r.example", "a/b", ""))
    asserts.equals(env, (None, "https://t.example?r=a/b"), token_address("r.example", "a/b", "https://t.example?r={repository}"))
    asserts.true(env, "must start with https://" in token_address("r.example", "a", "http://t.example")[0])
    return unittest.end(env)

oci_names_test = unittest.make(_names_test_impl)

def _found(**kwargs):
    return None, struct(**(dict(basic = "", user = "", password = "", helper = "", key = "r.example") | kwargs))

def _credentials_test_impl(ctx):
    env = unittest.begin(ctx)
    for config, expected in [
        ({}, (None, None)),
        ({"auths": {"other.example": {"auth": "x"}}}, (None, None)),
        ({"credsStore": "desktop"}, (None, None)),
        ({"auths": {"r.example": {"auth": "dTpw"}}}, _found(basic = "dTpw")),
        ({"auths": {"https://r.example/v2/": {"auth": "dTpw"}}}, _found(basic = "dTpw", key = "https://r.example/v2/")),
        ({"auths": {"r.example": {"username": "u", "password": "p"}}}, _found(user = "u", password = "p")),
        ({"auths": {"r.example": {}}, "credsStore": "desktop"}, _found(helper = "desktop")),
        ({"auths": {"r.example": {"auth": "x"}}, "credHelpers": {"r.example": "cloud"}}, _found(helper = "cloud")),
    ]:
        asserts.equals(env, expected, find_credentials(json.encode(config), "r.example"))
    asserts.true(env, "not a JSON object" in find_credentials("[", "r.example")[0])
    asserts.true(env, "invalid credential helper" in find_credentials(json.encode({"credHelpers": {"r.example": "../x"}}), "r.example")[0])
    asserts.equals(env, (None, struct(user = "u", password = "p")), parse_helper_answer(json.encode({"Username": "u", "Secret": "p"})))
    asserts.true(env, "has no `Username`" in parse_helper_answer("{}")[0])
    asserts.equals(env, "t", parse_token(json.encode({"token": "t"})))
    asserts.equals(env, "t", parse_token(json.encode({"access_token": "t"})))
    asserts.equals(env, None, parse_token(json.encode({"token": 1})))
    asserts.equals(env, None, parse_token("x"))
    return unittest.end(env)

oci_credentials_test = unittest.make(_credentials_test_impl)

def _manifest(layers, **kwargs):
    return json.encode({"schemaVersion": 2, "layers": layers} | kwargs)

def _manifest_test_impl(ctx):
    env = unittest.begin(ctx)
    layer = {"mediaType": "application/wasm", "digest": _DIGEST}
    asserts.equals(env, (None, _HEX), parse_manifest(_manifest([layer])))
    for text, why in [
        ("x", "not a JSON object"),
        ("[]", "not a JSON object"),
        (json.encode({"schemaVersion": 2, "mediaType": "an.index", "manifests": []}), "of the type `an.index`"),
        (_manifest([]), "its layers are []"),
        (_manifest([layer, layer]), "its layers are [application/wasm, application/wasm]"),
        (_manifest([layer | {"mediaType": "text/plain"}]), "its layers are [text/plain]"),
        (_manifest(["x"]), "its layers are [invalid]"),
        (_manifest([layer | {"digest": "sha256:../x"}]), "invalid digest"),
        (_manifest([layer], schemaVersion = 1), "not one of an artifact"),
    ]:
        err, value = parse_manifest(text)
        asserts.equals(env, None, value)
        asserts.true(env, why in err and "\nhint: " in err, "{}: {}".format(text, err))
    files = dict(component_bzl = "//c.bzl", wit_bzl = "//w.bzl", decode_bzl = "//d.bzl")
    asserts.true(env, "wasm_component_import(\n    name = \"x\",\n    src = \"component.wasm\"" in build_file("x", "component", [], **files))
    asserts.true(env, "deps = [\"//a:b\"]" in build_file("x", "wit", ["//a:b"], **files))
    return unittest.end(env)

oci_manifest_test = unittest.make(_manifest_test_impl)

def _tag(name, reference = "r.example:1/a:1", digest = _DIGEST, kind = "component"):
    return struct(name = name, reference = reference, digest = digest, kind = kind)

def _pulled_test_impl(ctx):
    env = unittest.begin(ctx)
    modules = lambda *tags: [struct(name = "m{}".format(i), tags = [tag]) for i, tag in enumerate(tags)]
    asserts.equals(env, (None, {"a": _tag("a"), "b": _tag("b")}), pulled(modules(_tag("a"), _tag("b"))))

    # Two modules may use the same artifact, whatever they call its tag.
    asserts.equals(env, (None, {"a": _tag("a")}), pulled(modules(_tag("a"), _tag("a", reference = "r.example:1/a"))))
    for other in (_tag("a", digest = "sha256:" + "1b" * 32), _tag("a", kind = "wit"), _tag("a", reference = "r.example:1/b")):
        asserts.true(env, "`a` is declared twice" in pulled(modules(_tag("a"), other))[0])
    asserts.true(env, "`a` of the module `m0`: invalid digest" in pulled(modules(_tag("a", digest = "x")))[0])
    asserts.true(env, "`a` of the module `m0`: invalid reference" in pulled(modules(_tag("a", reference = "x")))[0])
    return unittest.end(env)

oci_pulled_test = unittest.make(_pulled_test_impl)

def _crate_id_test_impl(ctx):
    env = unittest.begin(ctx)
    for expected, name, version, tags, package, is_own in [
        ("serde_json@1.0.0", "serde_json", "1.0.0", [], "", False),
        ("serde-json@1.0.0", "serde_json", "1.0.0", ["manual", "crate-name=serde-json"], "", False),
        ("crypto-common@0.2.2", "crypto_common", "0.2.2", [], "vendor/crypto-common-0.2.2", False),
        ("toml@1.2.1+spec-1.1.0", "toml", "1.2.1+spec-1.1.0", [], "vendor/toml-1.2.1-spec-1.1.0", False),
        ("own", "own", "1.0.0", [], "a/own-1.0.0", True),
        ("other", "other", "0.0.0", [], "", False),
    ]:
        asserts.equals(env, expected, crate_id(name, version, tags, package = package, is_own = is_own))
    return unittest.end(env)

crate_id_test = unittest.make(_crate_id_test_impl)

def oci_tests():
    """Declares the unit tests of this file."""
    crate_id_test(name = "crate_id_test")
    oci_credentials_test(name = "oci_credentials_test")
    oci_manifest_test(name = "oci_manifest_test")
    oci_names_test(name = "oci_names_test")
    oci_pulled_test(name = "oci_pulled_test")
