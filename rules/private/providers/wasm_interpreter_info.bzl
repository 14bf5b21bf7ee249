"""WasmInterpreterInfo: an interpreter for the scripts of components."""

DOC = "An interpreter that implements the functions of `wit_dylib.h`."

FIELDS = {
    "extensions": "list[string], the file extensions of its scripts, without a dot.",
    "has_async": "bool, whether it supports asynchronous functions.",
    "has_streams": "bool, whether it supports futures and streams.",
    "module": "File, the core module (`.wasm`).",
    "shared_libraries": "list[File], the interpreter as shared libraries, of which the first has the functions of `wit_dylib.h`. Empty if it has none.",
}

WasmInterpreterInfo = provider(doc = DOC, fields = FIELDS)

def wasm_interpreter_info(*, module, extensions, has_async = False, has_streams = False, shared_libraries = []):
    """Makes a WasmInterpreterInfo.

    Args:
      module: File, the core module.
      extensions: list[string], the file extensions of its scripts, without a dot.
      has_async: bool, whether it supports asynchronous functions.
      has_streams: bool, whether it supports futures and streams.
      shared_libraries: list[File], the interpreter as shared libraries.

    Returns:
      WasmInterpreterInfo
    """
    return WasmInterpreterInfo(
        extensions = extensions,
        has_async = has_async,
        has_streams = has_streams,
        module = module,
        shared_libraries = shared_libraries,
    )
