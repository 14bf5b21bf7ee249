"""What a target for WebAssembly tells linters and editors about the crate that it is made of."""

load("@rules_rust//rust:defs.bzl", "rust_analyzer_aspect", "rust_clippy_aspect", "rust_common")
load(":rust_analyzer_info.bzl", "rust_analyzer_infos")

# Of the attribute with the crate.
GUEST_ASPECTS = [
    rust_analyzer_aspect,
    rust_clippy_aspect,
]

# Aspects of the command line visit the target in the configuration of the host, where clippy would compile the crate for
# another platform than its dependencies. It runs on the crate instead.
LINT_TAG = "no-clippy"

def guest_crate_providers(target):
    """Returns the providers by which linters and editors find a crate.

    Args:
      target: Target, the crate, with GUEST_ASPECTS.

    Returns:
      list[Provider]
    """
    if rust_common.crate_info in target:
        crate = target[rust_common.crate_info]
    else:
        crate = target[rust_common.test_crate_info].crate
    return [rust_common.test_crate_info(crate = crate)] + rust_analyzer_infos(target)
