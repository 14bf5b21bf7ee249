TOOL_VERSIONS = {
    "wit-bindgen": "0.99.7",
    "wasm-tools": "1.999.7",
    "bazel": "7.99.7",
    "rust": "1.99.7",
    "rules_rust": "0.93.7",
    "platforms": "7.1.7",
}

SOURCE_VERSIONS = {
    "wit-bindgen": [
        "0.98.0",
        "0.99.7",
    ],
    "wit-component": ["0.999.7"],
}
