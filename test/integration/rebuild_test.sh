#!/bin/sh
# shellcheck disable=SC1091,SC2154,SC2164
# Copies of this repository at two paths, with two output bases and no shared cache, give the same bytes; an edit
# re-runs what depends on it and nothing else; no action needs the network or the user's environment.
. "$(dirname "$0")/lib.sh"
shift

component=//examples/airssys:demo_component
build() {
    nested build --disk_cache= --extra_toolchains=//prebuilt:all --noshow_progress --execution_log_json_file="$scratch/actions.json" "$@"
}

# The mnemonics and targets that ran, one a line.
ran() {
    sed -n 's/^ *"\(mnemonic\|targetLabel\)": "\(.*\)".*/\2/p' "$scratch/actions.json" | paste -d ' ' - - | sort -u
}

one=$scratch/one
two=$scratch/a/longer/path/two
copy "$one" prebuilt "$@"
copy "$two" prebuilt "$@"
log=$scratch/log
for path in "$one" "$two"; do
    cd "$path"
    # What an action might see of the user differs too; the outputs must not.
    if build "$component" --sandbox_default_allow_network=false --spawn_strategy=sandboxed \
        --action_env=WHERE="$path" --action_env=TZ="UTC-${#path}" --action_env=LANG="$path" >"$log" 2>&1; then
        pass "builds sandboxed, without network, in ${path#"$scratch"/}"
    else
        fail "does not build in ${path#"$scratch"/}" "$log"
        
# A build setting decides which packages an application is made of.
optional=//test/rules/optional
for flag in "" "--$optional:network"; do
    # shellcheck disable=SC2086
    if nested test --extra_toolchains=//prebuilt:all --noshow_progress $flag "$optional/..." >"$log" 2>&1; then
        pass "an application ${flag:+with its optional package }runs"
    else
        fail "an application does not run with $flag" "$log"
    fi
done
finish
        exit
    fi
    sha256sum <bazel-bin/examples/airssys/demo_component.wasm >"$scratch/sum-$(basename "$path")"
    ran >"$scratch/all-$(basename "$path")"
done
if cmp -s "$scratch/sum-one" "$scratch/sum-two"; then
    pass "same bytes at two paths, with two environments"
else
    fail "other bytes at another path" "$scratch/sum-two"
fi
nested shutdown >/dev/null 2>&1 || true

cd "$one"
build "$component" >"$log" 2>&1 || fail "a second build" "$log"

bindings=$(find -L bazel-out -name examples_airssys_wit_ext_filesystem.rs | head -n 1)
place='WIT: `examples/airssys/wit/ext-filesystem/filesystem.wit:'
line=$(grep -n 'read-directory: func' examples/airssys/wit/ext-filesystem/filesystem.wit | cut -d : -f 1)
if grep -qF "$place$line\`" "$bindings"; then
    pass "a generated function says where in the WIT it is declared"
else
    fail "a generated function does not say where in the WIT it is declared"
fi

# A comment is not part of the package, so nothing that depends on the package runs again.
sed -i 's,^    type component-id = string;,& // Nobody needs to know.,' examples/airssys/wit/core-types/types.wit
build "$component" >"$log" 2>&1 || fail "a build after the edit of a comment" "$log"
ran >"$scratch/comment"
if [ "$(cut -d ' ' -f 1 "$scratch/comment" | sort -u)" = WitResolve ] && [ "$(wc -l <"$scratch/comment")" = 1 ]; then
    pass "the edit of a comment resolves one package again, and no more"
else
    fail "the edit of a comment runs more than one WitResolve" "$scratch/comment"
fi

# Each package has its crate of bindings, so an edit of one reaches its crate and its users: of the seven, none. A new
# record changes no source.
sed -i 's,^    record network-permission,    record added { x: u32 }\n&,' examples/airssys/wit/ext-network/network.wit
build "$component" >"$log" 2>&1 || fail "a build after the edit of ext-network" "$log"
ran >"$scratch/network"
generated=$(sed -n 's/^WitBindgenRust .*:\(.*\)/\1/p' "$scratch/network" | tr '\n' ' ')
compiled=$(sed -n 's/^Rustc .*:\(.*\)/\1/p' "$scratch/network" | tr '\n' ' ')
if [ "$generated" = "ext_network plugin plugin_bindings_source " ] && [ "$compiled" = "ext_network plugin plugin_bindings plugin_module " ]; then
    pass "the edit of ext-network generates and compiles its bindings and those of its user, and no more"
else
    fail "the edit of ext-network generates $generated and compiles $compiled" "$scratch/network"
fi

sed -i 's/read-directory/list-directory/' examples/airssys/wit/ext-filesystem/filesystem.wit
if build "$component" --keep_going >"$log" 2>&1; then
    fail "a function is renamed in the WIT and its users still build" "$log"
elif grep -q 'examples/airssys/plugin/walk.rs' "$log" && grep -q 'examples/airssys/filesystem/lib.rs' "$log"; then
    pass "renaming a function breaks the Rust of its users"
else
    fail "renaming a function does not point at its users" "$log"
fi
ran >"$scratch/rename"
if grep -qE 'core_types|core_host|core_component|core_capabilities|ext_network|ext_process|airssys:host' "$scratch/rename"; then
    fail "renaming a function of ext-filesystem rebuilds others" "$scratch/rename"
else
    pass "renaming a function of ext-filesystem rebuilds nothing else"
fi

# A build setting decides which packages an application is made of.
optional=//test/rules/optional
for flag in "" "--$optional:network"; do
    # shellcheck disable=SC2086
    if nested test --extra_toolchains=//prebuilt:all --noshow_progress $flag "$optional/..." >"$log" 2>&1; then
        pass "an application ${flag:+with its optional package }runs"
    else
        fail "an application does not run with $flag" "$log"
    fi
done
finish
