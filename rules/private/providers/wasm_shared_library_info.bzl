"""WasmSharedLibraryInfo: a WebAssembly library for dynamic linking."""

DOC = "A shared library: position-independent code with a `dylink.0` section."

FIELDS = {
    "library": "File, the library (`.so`). Other libraries refer to it by its file name.",
}

WasmSharedLibraryInfo = provider(doc = DOC, fields = FIELDS)

def wasm_shared_library_info(*, library):
    """Makes a WasmSharedLibraryInfo.

    Args:
      library: File, the library.

    Returns:
      WasmSharedLibraryInfo
    """
    return WasmSharedLibraryInfo(library = library)
