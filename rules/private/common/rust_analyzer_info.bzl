"""The provider with which rules_rust describes a crate to editors. It exports the provider from a private file only."""

# buildifier: disable=bzl-visibility
load("@rules_rust//rust/private:providers.bzl", "RustAnalyzerInfo")

def rust_analyzer_infos(target):
    """Returns the description of a crate for editors, which `rust_analyzer_aspect` adds to its target.

    Args:
      target: Target.

    Returns:
      list[RustAnalyzerInfo]
    """
    return [target[RustAnalyzerInfo]] if RustAnalyzerInfo in target else []
