"""Reads registry files of users and adds their entries to the registry.

Pure functions. Fallible ones return `(err, value)`, of which one is None. The format is that of `checksums/schema.json`.
"""

load("//checksums/private:lookup.bzl", "PLATFORMS")
load("//checksums/private:versions.bzl", "highest_first", "is_rolling")

# Names that the templates in `release` can have in braces.
_TEMPLATE = ["version", "tag", "url_suffix", "stem", "exe", "bin"]

# Fields of an object: name -> (whether it is required, its type).
_TOP = {
    "github_repo": (True, "string"),
    "latest_version": (True, "string"),
    "release": (False, "dict"),
    "tool_name": (True, "string"),
    "versions": (True, "dict"),
}
_RELEASE = {
    "asset": (True, "string"),
    "base_url": (False, "string"),
    "binary": (False, "string"),
    "tag": (True, "string"),
}
_VERSION = {
    "packages": (False, "list"),
    "platforms": (True, "dict"),
    "release_date": (False, "string"),
}
_PLATFORM = {
    "sha256": (True, "string"),
    "url_suffix": (True, "string"),
    "verified": (True, "bool"),
}

# Source of a package -> the fields of its entry in `packages`, beside those of all sources.
_PACKAGES = {
    "crate": {"sha256": (True, "string")},
    "npm": {"integrity": (True, "string")},
    "pypi": {
        "file": (True, "string"),
        "platform": (False, "string"),
        "sha256": (True, "string"),
    },
}
_PACKAGE = {
    "name": (True, "string"),
    "source": (True, "string"),
    "verified": (True, "bool"),
    "version": (True, "string"),
}

def parse_index(file, text):
    """Decodes and checks a registry file.

    Args:
      file: string, the name of the file for messages.
      text: string, its content.

    Returns:
      (err, dict): the decoded JSON object.
    """
    document = json.decode(text, default = None)
    err = _check_document(document)
    if err:
        return "invalid registry file `{}`: {}\nhint: see checksums/schema.json of rules_wit for the format".format(file, err), None
    return None, document

def add_index(registry, file, document):
    """Adds the entries of a registry file to a registry.

    Existing entries stay. It is an error if the file has other hashes, addresses or release settings for one of them.

    Args:
      registry: dict[string, dict], tool -> content of its JSON file. It is not changed.
      file: string, the name of the file for messages.
      document: dict, a result of `parse_index`.

    Returns:
      (err, dict[string, dict]): the extended registry.
    """
    tool = document["tool_name"]
    known = registry.get(tool, {})

    def contradicts(what, theirs, ours):
        return "{} in `{}` contradicts the registry of rules_wit: {} instead of {}\nhint: remove the entry from `{}`, or give the tool another name".format(
            what,
            file,
            theirs,
            ours,
            file,
        )

    for field in ("github_repo", "release"):
        ours, theirs = known.get(field), document.get(field)
        if ours and theirs and ours != theirs:
            return contradicts("`{}` of {}".format(field, tool), theirs, ours), None
    versions = dict(known.get("versions", {}))
    for version, entry in document["versions"].items():
        merged = dict(versions.get(version, {}))
        platforms = dict(merged.get("platforms", {}))
        for platform, published in entry["platforms"].items():
            ours = platforms.setdefault(platform, published)
            for field in ("sha256", "url_suffix"):
                if ours[field] != published[field]:
                    return contradicts("{} of {} {} for {}".format(field, tool, version, platform), published[field], ours[field]), None
        packages = {_package_key(package): package for package in merged.get("packages", [])}
        for package in entry.get("packages", []):
            ours = packages.setdefault(_package_key(package), package)
            for field in ("sha256", "integrity"):
                if ours.get(field) != package.get(field):
                    return contradicts("{} of the {} {} {}".format(field, package["source"], package["name"], package["version"]), package[field], ours[field]), None
        versions[version] = entry | merged | {"platforms": platforms} | (
            {"packages": [packages[key] for key in sorted(packages)]} if packages else {}
        )
    order = highest_first(versions)
    return None, registry | {
        tool: document | known | {
            "latest_version": order[0],
            "versions": {version: versions[version] for version in order},
        },
    }

def _package_key(package):
    return (package["source"], package["name"], package["version"], package.get("file", ""))

def _check_document(document):
    """Returns the first error of a document, or None."""
    err = _check_fields("the file", document, _TOP)
    if err:
        return err
    if not _is_name(document["tool_name"], "-_"):
        return "invalid `tool_name` `{}`: must be lower-case letters, digits, dashes and underscores".format(document["tool_name"])
    if document["github_repo"].count("/") != 1:
        return "invalid `github_repo` `{}`: must be `owner/name`".format(document["github_repo"])
    if "release" in document:
        err = _check_release(document["release"])
        if err:
            return err
    for version, entry in document["versions"].items():
        err = _check_version(version, entry, "release" in document)
        if err:
            return err
    order = highest_first(document["versions"])
    if not order:
        return "no `versions`"
    if document["latest_version"] != order[0]:
        return "`latest_version` is {}, but the highest version is {}".format(document["latest_version"], order[0])
    return None

def _check_release(release):
    err = _check_fields("`release`", release, _RELEASE)
    if err:
        return err
    for field, template in release.items():
        rest = template
        for name in _TEMPLATE + (["github_repo"] if field == "base_url" else []):
            rest = rest.replace("{%s}" % name, "")
        if "{" in rest or "}" in rest:
            return "invalid `{}` `{}`: unknown name in braces; known names: {}".format(field, template, ", ".join(_TEMPLATE))
        if ".." in template.split("/"):
            return "invalid `{}` `{}`: must not contain `..`".format(field, template)
    base = release.get("base_url", "https://")
    if not base.startswith("https://") and not base.startswith("http://"):
        return "invalid `base_url` `{}`: must begin with `https://` or `http://`".format(base)
    return None

def _check_version(version, entry, has_release):
    if is_rolling(version) and not _is_name(version, "-._"):
        return "invalid version `{}`".format(version)
    at = "version {}".format(version)
    err = _check_fields(at, entry, _VERSION)
    if err:
        return err
    if entry["platforms"] and not has_release:
        return at + " has platforms, but the file has no `release`"
    for platform, published in entry["platforms"].items():
        if platform not in PLATFORMS:
            return "unknown platform `{}` of {}; known platforms: {}".format(platform, at, ", ".join(PLATFORMS))
        err = _check_fields("{} for {}".format(at, platform), published, _PLATFORM)
        if err:
            return err
        if not _is_sha256(published["sha256"]):
            return "invalid `sha256` of {} for {}: must be 64 lower-case hexadecimal digits".format(at, platform)
        if not _is_name(published["url_suffix"].lower(), "-._"):
            return "invalid `url_suffix` `{}` of {} for {}: must be letters, digits and `-._`".format(published["url_suffix"], at, platform)
    for package in entry.get("packages", []):
        source = package.get("source") if type(package) == "dict" else None
        if source not in _PACKAGES:
            return "unknown `source` `{}` of a package of {}; known sources: {}".format(source, at, ", ".join(_PACKAGES))
        err = _check_fields("a package of " + at, package, _PACKAGE | _PACKAGES[source])
        if err:
            return err
        if not _is_sha256(package.get("sha256", "0" * 64)):
            return "invalid `sha256` of the package {}: must be 64 lower-case hexadecimal digits".format(package["name"])
        if not package.get("integrity", "sha512-").startswith("sha512-"):
            return "invalid `integrity` of the package {}: must begin with `sha512-`".format(package["name"])
    return None

def _check_fields(at, value, fields):
    """Returns the error if a value is not an object with these fields, or None. `at` names the value in the error."""
    if type(value) != "dict":
        return at + " must be an object"
    for name in value:
        if name not in fields:
            return "unknown field `{}` of {}; known fields: {}".format(name, at, ", ".join(fields))
    for name, (required, kind) in fields.items():
        if name in value and type(value[name]) != kind:
            return "`{}` of {} must be of type {}".format(name, at, {"bool": "boolean", "dict": "object", "list": "array"}.get(kind, kind))
        if required and name not in value:
            return "{} has no `{}`".format(at, name)
    return None

def _is_sha256(text):
    return len(text) == 64 and not [char for char in text.elems() if char not in "0123456789abcdef"]

def _is_name(text, also):
    letters = "abcdefghijklmnopqrstuvwxyz0123456789"
    return text != "" and text[0] in letters and not [char for char in text.elems() if char not in letters + also]
