"""WasmModuleInfo: a linked core module."""

DOC = "A core module that is linked, with the sections that say what its world is, as every rule that makes one returns it."

FIELDS = {
    "module": "File, the core module (`.wasm`).",
    "wit": "WitInfo or None, the package of the world that the module has.",
    "world": "string or None, the name of that world.",
}

WasmModuleInfo = provider(doc = DOC, fields = FIELDS)

def wasm_module_info(*, module, wit = None, world = None):
    """Makes a WasmModuleInfo.

    Args:
      module: File, the module.
      wit: WitInfo or None, the package of its world.
      world: string or None, the world's name.

    Returns:
      WasmModuleInfo.
    """
    return WasmModuleInfo(module = module, wit = wit, world = world)
