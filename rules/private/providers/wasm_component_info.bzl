"""WasmComponentInfo: a WebAssembly component."""

DOC = "A WebAssembly component. Every rule that makes a component returns it; every rule that uses one requires it."

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
      world: string or None, the name of its world.

    Returns:
      WasmComponentInfo
    """
    return WasmComponentInfo(component = component, wit = wit, world = world)
