"""Whether a build takes the tools of rules_wit from its release. Pure functions."""

# The name of rules_wit in the registry.
OWN = "rules_wit"

# The bindings generator, of which a release contains the default version.
GENERATOR = "wit-bindgen"

# Program in an archive of the release -> the target that builds it, except for the generator, whose target has a version.
PROGRAMS = {
    "checksum_updater": Label("//tools/checksum_updater:checksum_updater_bin"),
    "component": Label("//tools/component:component_bin"),
    "publisher": Label("//tools/publisher:publisher_bin"),
    "runner": Label("//tools/runner:runner_bin"),
    "wit": Label("//tools/wit:wit_bin"),
}

def own_error(tool, version):
    """Checks a choice of rules_wit itself.

    Args:
      tool: struct with the strings `version` and `strategy`.
      version: string, the version of this module.

    Returns:
      string or None: the error, with a hint.
    """
    if tool.strategy == "local":
        return "rules_wit is several programs, so it has no `strategy = \"local\"`\nhint: to replace one of them, register a toolchain: docs/toolchains.md#replace-a-tool"
    if tool.version != version:
        return "the tools of rules_wit {} do not work with the rules of rules_wit {}\nhint: remove `version`, or change that of the `bazel_dep`".format(tool.version, version)
    return None

def own_programs(chosen, archived, generator, *, prefer_source = False):
    """Returns where the programs in a release of rules_wit come from.

    A program with the strategy `auto` comes from the release where there is an archive for the platform, and is built from
    source otherwise. The generator follows rules_wit if neither its version nor its strategy is chosen.

    Args:
      chosen: dict[string, struct], a result of `choose`, with rules_wit and the generator.
      archived: list[string], the platforms for which the release has archives.
      generator: string, the version of the generator in the archives.
      prefer_source: bool, whether `auto` means `source`.

    Returns:
      dict[string, struct]: program -> struct with `platforms` (list of strings, those whose archive is used) and `source`
      (bool, whether other platforms build it from source).
    """
    own = chosen[OWN].strategy
    here = struct(
        platforms = [] if own == "source" or own == "auto" and prefer_source else archived,
        source = own != "release",
    )
    programs = {name: here for name in PROGRAMS}
    strategy = chosen[GENERATOR].strategy
    if strategy == "auto" and chosen[GENERATOR].version == generator:
        programs[GENERATOR] = here
    elif strategy in ("auto", "source"):
        programs[GENERATOR] = struct(platforms = [], source = True)
    return programs
