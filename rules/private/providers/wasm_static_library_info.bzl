"""WasmStaticLibraryInfo: a relocatable object with its world."""

DOC = "A relocatable object that exports the exports of its world, and nothing else."

FIELDS = {
    "object": "File, the object (`.rel.wasm`), with the custom sections that describe its world.",
    "wit": "WitInfo or None, the package of its world.",
    "world": "string or None, the name of that world.",
}

WasmStaticLibraryInfo = provider(doc = DOC, fields = FIELDS)

def wasm_static_library_info(*, object, wit = None, world = None):
    """Makes a WasmStaticLibraryInfo.

    Args:
      object: File, the object.
      wit: WitInfo or None, the package of its world.
      world: string or None, the name of its world.

    Returns:
      WasmStaticLibraryInfo
    """
    return WasmStaticLibraryInfo(object = object, wit = wit, world = world)
