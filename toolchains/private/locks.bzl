"""Whether Cargo.lock and the registry of checksums say the same of a crate."""

def locked_crates(lock):
    """The crates of a lock file.

    Args:
      lock: string, what is in Cargo.lock.

    Returns:
      dict[string, string]: `name version` -> SHA-256; of packages without one, nothing.
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
    """The first crate of which a lock file and the registry say different things.

    Args:
      name: string, the path of the lock file in the repository.
      lock: string, what is in it.
      registry: dict, tool -> what is known of it.

    Returns:
      string or None: what is wrong, with a hint.
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
