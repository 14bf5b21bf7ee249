"""WasmStaticLibraryInfo: a relocatable object with its world."""

DOC = "A relocatable object that exports what a world does, and nothing else."

FIELDS = {
    "object": "File, the object (`.rel.wasm`); the sections of the bindings in it say what its world is.",
    "wit": "WitInfo or None, the package of that world.",
    "world": "string or None, the name of that world.",
}

WasmStaticLibraryInfo = provider(doc = DOC, fields = FIELDS)

def wasm_static_library_info(*, object, wit = None, world = None):
    """Makes a WasmStaticLibraryInfo.

    Args:
      object: File, the object.
      wit: WitInfo or None, the package of its world.
      world: string or None, the world's name.

    Returns:
      WasmStaticLibraryInfo.
    """
    return WasmStaticLibraryInfo(object = object, wit = wit, world = world)
