"""The attributes that name a world, and the options that pass it to a tool."""

load("//rules/private/common:labels.bzl", "error_text")
load("//rules/private/providers:wit_info.bzl", "WitInfo")

def world_attrs(*, mandatory = False):
    """Declares the attributes that name a world.

    Args:
      mandatory: bool, whether `wit` and `world` must be set.

    Returns:
      dict[string, Attribute]
    """
    return {
        "wit": attr.label(
            doc = "The `wit_library` that declares the world.",
            providers = [WitInfo],
            mandatory = mandatory,
        ),
        "wit_features": attr.string_list(
            doc = "Feature gates (`@unstable(feature = ...)`) to open in the world, besides those that its packages open.",
        ),
        "world": attr.string(
            doc = "The world: `name`, or `namespace:package/name@version`.",
            mandatory = mandatory,
        ),
    }

WORLD_ATTRS = world_attrs()

def check_world(label, *, wit, world):
    """Fails if only one of the attributes `wit` and `world` is set.

    Args:
      label: Label, the target.
      wit: value of `wit`.
      world: value of `world`.
    """
    if bool(wit) != bool(world):
        present, missing = ("wit", "world") if wit else ("world", "wit")
        fail(error_text(label, "`{}` is set without `{}`\nhint: set both or neither".format(present, missing)))

def named_world(ctx):
    """Reads the attributes that name a world. Fails if only one of `wit` and `world` is set.

    Args:
      ctx: the context of a rule with WORLD_ATTRS.

    Returns:
      struct: `wit` (WitInfo or None), `name` (string or None) and `features` (list[string]).
    """
    check_world(ctx.label, wit = ctx.attr.wit, world = ctx.attr.world)
    return struct(
        features = ctx.attr.wit_features,
        name = ctx.attr.world or None,
        wit = ctx.attr.wit[WitInfo] if ctx.attr.wit else None,
    )

def add_world(args, world, *, spans = False, map_each = None):
    """Adds a world, if there is one, to a command line: `--wit`, `--dep`, `--world` and `--feature`.

    Args:
      args: Args.
      world: struct, as `named_world` returns it.
      spans: bool, whether to add the source locations of items as well: `--spans`.
      map_each: function from File to string, or None for the paths that actions use.

    Returns:
      depset[File], the files that the options name.
    """
    if not world.wit:
        return depset()
    args.add_all([world.wit.wit], before_each = "--wit", map_each = map_each)
    args.add_all(world.wit.deps, before_each = "--dep", map_each = map_each)
    args.add("--world", world.name)
    args.add_all(depset(world.features, transitive = [world.wit.features]), before_each = "--feature")
    files = depset([world.wit.wit], transitive = [world.wit.deps])
    if not spans:
        return files
    locations = depset([world.wit.spans], transitive = [world.wit.dep_spans])
    args.add_all(locations, before_each = "--spans", map_each = map_each)
    return depset(transitive = [files, locations])
