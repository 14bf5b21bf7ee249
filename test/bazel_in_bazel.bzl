"""Tests that start Bazel."""

# They need the network and the user's caches, outside of the build's sandbox, and the whole machine. They read the workspace,
# which is more than their inputs, so an earlier result never counts.
BAZEL_IN_BAZEL_TAGS = [
    "exclusive",
    "external",
    "local",
    "no-remote-exec",
    "no-sandbox",
    "requires-network",
]
