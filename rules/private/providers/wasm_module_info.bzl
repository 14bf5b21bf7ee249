"""WasmModuleInfo: a linked core module."""

DOC = "A linked core module with the custom sections that describe its world, as `wasm_component_lower` and `wasm_static_link` make it."

FIELDS = {
    "module": "File, the core module (`.wasm`).",
    "wit": "WitInfo or None, the package of the module's world.",
    "world": "string or None, the name of that world.",
}

WasmModuleInfo = provider(doc = DOC, fields = FIELDS)

def wasm_module_info(*, module, wit = None, world = None):
    """Makes a WasmModuleInfo.

    Args:
      module: File, the module.
      wit: WitInfo or None, the package of its world.
      world: string or None, the name of its world.

    Returns:
      WasmModuleInfo
    """
    return WasmModuleInfo(module = module, wit = wit, world = world)
