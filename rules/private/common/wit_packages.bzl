"""WIT packages with their dependencies."""

load("//rules/private/common:labels.bzl", "label_text")

def add_packages(args, packages):
    """Adds WIT packages with their dependencies to a command line, each file once.

    Args:
      args: Args.
      packages: list[WitInfo].

    Returns:
      depset[File], the files that the options name.
    """
    args.add_all([wit.wit for wit in packages], before_each = "--wit", uniquify = True)
    deps = depset(transitive = [wit.deps for wit in packages])
    args.add_all(deps, before_each = "--dep")
    return depset([wit.wit for wit in packages], transitive = [deps])

def provided_twice(packages):
    """Finds a package that two targets provide.

    Args:
      packages: list[struct], as in `packages` of a WitInfo.

    Returns:
      string or None, an error with a hint.
    """
    providers = {}
    for package in packages:
        if not package.id:
            continue
        other = providers.setdefault(package.id, package.label)
        if other != package.label:
            return "package `{}` is provided twice, by `{}` and by `{}`\nhint: use one of the two in all `deps`, or change the version of one package".format(
                package.id,
                label_text(other),
                label_text(package.label),
            )
    return None
