"""Compares the checksums in a Cargo.lock with those in the registry."""

def locked_crates(lock):
    """Reads the checksums in a lock file.

    Args:
      lock: string, the text of a `Cargo.lock`.

    Returns:
      dict[string, string]: `name version` -> SHA-256. Packages without a checksum, such as members of the workspace, are
      left out.
    """
    crates = {}
    for package in lock.split("[[package]]\n")[1:]:
        values = {}
        for line in package.split("\n"):
            key, equals, value = line.partition(" = ")
            if equals and value.startswith("\"") and key not in values:
                values[key] = value.strip("\"")
        if "checksum" in values:
            crates["{} {}".format(values["name"], values["version"])] = values["checksum"]
    return crates

def lock_error(name, lock, registry):
    """Finds the first crate whose checksum in a lock file differs from that in the registry.

    Args:
      name: string, the path of the lock file in the repository.
      lock: string, its text.
      registry: dict[string, dict], tool -> content of its JSON file.

    Returns:
      string or None: the error, with a hint.
    """
    locked = locked_crates(lock)
    for tool, known in registry.items():
        for version in known["versions"].values():
            for package in version.get("packages", []):
                if package["source"] != "crate":
                    continue
                crate = "{} {}".format(package["name"], package["version"])
                if locked.get(crate, package["sha256"]) != package["sha256"]:
                    return "the crate {} has two checksums\n  checksums/tools/{}.json: {}\n  {}: {}\nhint: bazel run //tools/checksum_updater -- validate {}".format(
                        crate,
                        tool,
                        package["sha256"],
                        name,
                        locked[crate],
                        tool,
                    )
    return None
