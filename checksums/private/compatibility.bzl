"""Versions of tools that work together. Written by `bazel run //test/version_matrix:update`."""

# Tool -> version -> other tool -> versions of it that work.
TOOL_COMPATIBILITY = {
    "wasm-tools": {
        "1.240.0": {
            "wit-bindgen": [
                "0.44.0",
                "0.45.0",
                "0.46.0",
                "0.47.0",
                "0.60.0",
                "0.61.1",
                "0.62.0",
                "0.63.0",
            ],
        },
        "1.257.1": {
            "wit-bindgen": [
                "0.44.0",
                "0.45.0",
                "0.46.0",
                "0.47.0",
                "0.60.0",
                "0.61.1",
                "0.62.0",
                "0.63.0",
            ],
        },
        "1.258.3": {
            "wit-bindgen": [
                "0.44.0",
                "0.45.0",
                "0.46.0",
                "0.47.0",
                "0.60.0",
                "0.61.1",
                "0.62.0",
                "0.63.0",
            ],
        },
        "1.263.0": {
            "wit-bindgen": [
                "0.44.0",
                "0.45.0",
                "0.46.0",
                "0.47.0",
                "0.60.0",
                "0.61.1",
                "0.62.0",
                "0.63.0",
            ],
        },
    },
    "wit-bindgen": {
        "0.44.0": {
            "runtime": [
                "embedded",
                "0.44.0",
                "0.45.0",
                "0.46.0",
                "0.47.0",
                "0.60.0",
                "0.61.1",
                "0.62.0",
                "0.63.0",
            ],
        },
        "0.45.0": {
            "runtime": [
                "embedded",
                "0.44.0",
                "0.45.0",
                "0.46.0",
                "0.47.0",
                "0.60.0",
                "0.61.1",
                "0.62.0",
                "0.63.0",
            ],
        },
        "0.46.0": {
            "runtime": [
                "embedded",
                "0.44.0",
                "0.45.0",
                "0.46.0",
                "0.47.0",
                "0.60.0",
                "0.61.1",
                "0.62.0",
                "0.63.0",
            ],
        },
        "0.47.0": {
            "runtime": [
                "embedded",
                "0.44.0",
                "0.45.0",
                "0.46.0",
                "0.47.0",
                "0.60.0",
                "0.61.1",
                "0.62.0",
                "0.63.0",
            ],
        },
        "0.60.0": {
            "runtime": [
                "embedded",
                "0.60.0",
                "0.61.1",
                "0.62.0",
                "0.63.0",
            ],
        },
        "0.61.1": {
            "runtime": [
                "embedded",
                "0.60.0",
                "0.61.1",
                "0.62.0",
                "0.63.0",
            ],
        },
        "0.62.0": {
            "runtime": [
                "embedded",
                "0.60.0",
                "0.61.1",
                "0.62.0",
                "0.63.0",
            ],
        },
        "0.63.0": {
            "runtime": [
                "embedded",
                "0.60.0",
                "0.61.1",
                "0.62.0",
                "0.63.0",
            ],
        },
    },
}

# Tool -> version -> other tool -> version of it that does not work -> the first error.
TOOL_INCOMPATIBILITY = {
    "wasm-tools": {
        "1.240.0": {},
        "1.257.1": {},
        "1.258.3": {},
        "1.263.0": {},
    },
    "wit-bindgen": {
        "0.44.0": {
            "runtime": {
                "0.39.0": "error[E0433]: cannot find `Cleanup` in `rt`",
            },
        },
        "0.45.0": {
            "runtime": {
                "0.39.0": "error[E0433]: cannot find `Cleanup` in `rt`",
            },
        },
        "0.46.0": {
            "runtime": {
                "0.39.0": "error[E0433]: cannot find `Cleanup` in `rt`",
            },
        },
        "0.47.0": {
            "runtime": {
                "0.39.0": "error[E0433]: cannot find `Cleanup` in `rt`",
            },
        },
        "0.60.0": {
            "runtime": {
                "0.39.0": "error[E0433]: cannot find `Cleanup` in `rt`",
                "0.44.0": "error[E0405]: cannot find trait `ResourceRep` in module `wit_bindgen::rt`",
                "0.45.0": "error[E0405]: cannot find trait `ResourceRep` in module `wit_bindgen::rt`",
                "0.46.0": "error[E0405]: cannot find trait `ResourceRep` in module `wit_bindgen::rt`",
                "0.47.0": "error[E0405]: cannot find trait `ResourceRep` in module `wit_bindgen::rt`",
            },
        },
        "0.61.1": {
            "runtime": {
                "0.39.0": "error[E0433]: cannot find `Cleanup` in `rt`",
                "0.44.0": "error[E0405]: cannot find trait `ResourceRep` in module `wit_bindgen::rt`",
                "0.45.0": "error[E0405]: cannot find trait `ResourceRep` in module `wit_bindgen::rt`",
                "0.46.0": "error[E0405]: cannot find trait `ResourceRep` in module `wit_bindgen::rt`",
                "0.47.0": "error[E0405]: cannot find trait `ResourceRep` in module `wit_bindgen::rt`",
            },
        },
        "0.62.0": {
            "runtime": {
                "0.39.0": "error[E0433]: cannot find `Cleanup` in `rt`",
                "0.44.0": "error[E0405]: cannot find trait `ResourceRep` in module `wit_bindgen::rt`",
                "0.45.0": "error[E0405]: cannot find trait `ResourceRep` in module `wit_bindgen::rt`",
                "0.46.0": "error[E0405]: cannot find trait `ResourceRep` in module `wit_bindgen::rt`",
                "0.47.0": "error[E0405]: cannot find trait `ResourceRep` in module `wit_bindgen::rt`",
            },
        },
        "0.63.0": {
            "runtime": {
                "0.39.0": "error[E0433]: cannot find `Cleanup` in `rt`",
                "0.44.0": "error[E0405]: cannot find trait `ResourceRep` in module `wit_bindgen::rt`",
                "0.45.0": "error[E0405]: cannot find trait `ResourceRep` in module `wit_bindgen::rt`",
                "0.46.0": "error[E0405]: cannot find trait `ResourceRep` in module `wit_bindgen::rt`",
                "0.47.0": "error[E0405]: cannot find trait `ResourceRep` in module `wit_bindgen::rt`",
            },
        },
    },
}
