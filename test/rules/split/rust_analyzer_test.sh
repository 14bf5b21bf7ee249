#!/bin/sh
# Checks the crates that rules_rust describes to rust-analyzer: one for each WIT package, for the world and for the
# component, each with its dependencies.
set -eu
failures=0
expect() {
    crate=$1
    shift
    file=$(grep -l "\"display_name\": \"$crate\"" $specs) || { echo "FAIL: no crate $crate"; failures=1; return; }
    for dep; do
        grep -q "ID-.*$dep\.rs\"" "$file" || { echo "FAIL: $crate does not depend on $dep"; cat "$file"; failures=1; }
    done
}
specs=$*
expect test_rules_split_base
expect test_rules_split_one test_rules_split_base
expect points test_rules_split_base
expect bindings test_rules_split_one test_rules_split_base
expect one_guest_module one_guest_bindings_source points
exit $failures
