"""WasmInterpreterInfo: an interpreter for the scripts of components."""

DOC = "An interpreter that implements the functions of `wit_dylib.h`."

FIELDS = {
    "extensions": "list[string], the file extensions of its scripts, without a dot.",
    "module": "File, the core module (`.wasm`).",
}

WasmInterpreterInfo = provider(doc = DOC, fields = FIELDS)

def wasm_interpreter_info(*, module, extensions):
    """Makes a WasmInterpreterInfo.

    Args:
      module: File, the core module.
      extensions: list[string], the file extensions of its scripts, without a dot.

    Returns:
      WasmInterpreterInfo
    """
    return WasmInterpreterInfo(extensions = extensions, module = module)
