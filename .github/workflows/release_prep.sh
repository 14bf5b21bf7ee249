#!/bin/sh
# Makes the source archive of a release, with the hashes of its tools in the registry, and the archive of its docs. Prints the
# release notes. Argument: the tag. Variables: GITHUB_REPOSITORY and GITHUB_SERVER_URL, which GitHub sets.
set -eu
tag=$1
version=${tag#v}
prefix=rules_wit-$version
archive=$PWD/rules_wit-$tag.tar.gz
tools=$GITHUB_SERVER_URL/$GITHUB_REPOSITORY/releases/download/tools-$tag
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if ! grep -qF "\"rules_wit\": \"$version\"," toolchains/tool_versions.bzl; then
    echo "error: the tag is $tag, but TOOL_VERSIONS has another version of rules_wit" >&2
    echo "hint: change toolchains/tool_versions.bzl, run \`bazel run //tools:update -- versions\`, and tag that commit" >&2
    exit 1
fi
if ! grep -qF '"github":' .bcr/metadata.template.json; then
    echo "error: .bcr/metadata.template.json has no maintainer, and the Bazel Central Registry accepts no module without one" >&2
    echo "hint: add {\"name\": \"...\", \"github\": \"...\", \"github_user_id\": ...} to \`maintainers\`, and tag that commit" >&2
    exit 1
fi
if [ "$(git rev-parse --is-shallow-repository)" = true ]; then git fetch --quiet --unshallow --tags origin; fi

# What `git archive` leaves out is in .gitattributes.
git archive --format=tar --prefix="$prefix/" "$tag" | tar -xf - -C "$work"
mkdir "$work/index"
for platform in x86_64-linux aarch64-linux x86_64-macos aarch64-macos x86_64-windows; do
    curl --fail --silent --show-error --location --retry 3 --output "$work/index/$platform.json" \
        "$tools/rules_wit-tools-$version-$platform.json"
done
bazel run --noshow_progress //tools/checksum_updater -- --workspace "$work/$prefix" add "$work"/index/*.json >&2
# Compares the hashes with the downloads.
bazel run --noshow_progress //tools/checksum_updater -- --workspace "$work/$prefix" validate rules_wit >&2

# The same bytes whoever makes it.
tar --sort=name --mtime="@$(git log -1 --format=%ct "$tag")" --owner=0 --group=0 --numeric-owner \
    --mode=u+rw,go=rX -C "$work" -cf - "$prefix" | gzip -9n >"$archive"

# The data of the rule reference, which the registry's web site shows.
bazel query --output=label 'kind("starlark_doc_extract rule", //docs:all)' >"$work/docs"
bazel build --target_pattern_file="$work/docs" >&2
(cd "$(bazel info bazel-bin)" && find docs -name '*.binaryproto' | sort) >"$work/protos"
tar --mtime="@$(git log -1 --format=%ct "$tag")" --owner=0 --group=0 --numeric-owner --dereference \
    -C "$(bazel info bazel-bin)" -T "$work/protos" -cf - | gzip -9n >"${archive%.tar.gz}.docs.tar.gz"

cat <<NOTES
\`MODULE.bazel\`:

\`\`\`starlark
bazel_dep(name = "rules_wit", version = "$version")
\`\`\`

NOTES
if previous=$(git describe --tags --match 'v[0-9]*' --abbrev=0 "$tag^" 2>/dev/null); then
    echo "## Changes since $previous"
    echo
    git log --no-merges --reverse --format='- %s' "$previous..$tag"
else
    echo "The first release."
fi
