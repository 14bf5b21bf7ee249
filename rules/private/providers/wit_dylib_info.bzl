"""WitDylibInfo: the library that connects an interpreter to a world."""

DOC = "A shared library that implements a world with the functions of an interpreter."

FIELDS = {
    "features": "list[string], feature gates that are open in the world.",
    "library": "File, the library (`.so`).",
    "metadata": "File, JSON with the functions and types of the world.",
    "wit": "WitInfo, the package of the world.",
    "world": "string, the name of the world.",
}

WitDylibInfo = provider(doc = DOC, fields = FIELDS)

def wit_dylib_info(*, library, metadata, wit, world, features = []):
    """Makes a WitDylibInfo.

    Args:
      library: File, the library.
      metadata: File, JSON with the functions and types of the world.
      wit: WitInfo, the package of the world.
      world: string, the name of the world.
      features: list[string], feature gates that are open in the world.

    Returns:
      WitDylibInfo
    """
    return WitDylibInfo(
        features = features,
        library = library,
        metadata = metadata,
        wit = wit,
        world = world,
    )
