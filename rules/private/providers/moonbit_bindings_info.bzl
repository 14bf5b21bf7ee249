"""MoonBitBindingsInfo: generated MoonBit bindings of a world."""

DOC = "Generated MoonBit bindings of a world."

FIELDS = {
    "directory": "File, the directory with the sources; `bindings.json` in it lists the packages.",
    "world": "struct with the world: `wit` (WitInfo), `name` (string) and `features` (list[string]).",
}

MoonBitBindingsInfo = provider(doc = DOC, fields = FIELDS)

def moonbit_bindings_info(*, directory, world):
    """Makes a MoonBitBindingsInfo.

    Args:
      directory: File, the directory with the sources.
      world: struct, as `named_world` returns it.

    Returns:
      MoonBitBindingsInfo
    """
    return MoonBitBindingsInfo(directory = directory, world = world)
