"""WasmComponentInfo: a WebAssembly component."""

DOC = "A WebAssembly component, as every rule that makes one returns it and every rule that takes one expects it."

FIELDS = {
    "component": "File, the component (`.wasm`).",
    "wit": "WitInfo or None, the package of the world that the component was checked against.",
    "world": "string or None, the name of that world.",
}

WasmComponentInfo = provider(doc = DOC, fields = FIELDS)

def wasm_component_info(*, component, wit = None, world = None):
    """Makes a WasmComponentInfo.

    Args:
      component: File, the component.
      wit: WitInfo or None, the package of its world.
      world: string or None, the world's name.

    Returns:
      WasmComponentInfo.
    """
    return WasmComponentInfo(component = component, wit = wit, world = world)
