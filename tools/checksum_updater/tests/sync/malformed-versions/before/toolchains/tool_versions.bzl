TOOL_VERSIONS = {
    "wit-bindgen": VERSION,
}
