#!/bin/sh
# shellcheck disable=SC1091,SC2154,SC2164
# Copies of this repository at two paths, with two output bases and no shared cache, build the same bytes. An edit re-runs
# only the actions that depend on it. No action needs the network or the user's environment.
. "$(dirname "$0")/lib.sh"
shift

component=//examples/airssys:demo_component
build() {
    nested build --disk_cache= --extra_toolchains=//prebuilt:all --noshow_progress --execution_log_json_file="$scratch/actions.json" "$@"
}

# Prints the mnemonics and targets of the executed actions, one per line.
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
    # The environments differ too, but not the outputs.
    if build "$component" --sandbox_default_allow_network=false --spawn_strategy=sandboxed \
        --action_env=WHERE="$path" --action_env=TZ="UTC-${#path}" --action_env=LANG="$path" >"$log" 2>&1; then
        pass "builds sandboxed and without network in ${path#"$scratch"/}"
    else
        fail "does not build in ${path#"$scratch"/}" "$log"
        finish
        exit
    fi
    sha256sum <bazel-bin/examples/airssys/demo_component.wasm >"$scratch/sum-$(basename "$path")"
    ran >"$scratch/all-$(basename "$path")"
done
if cmp -s "$scratch/sum-one" "$scratch/sum-two"; then
    pass "same bytes at two paths, in two environments"
else
    fail "different bytes at another path" "$scratch/sum-two"
fi
nested shutdown >/dev/null 2>&1 || true

cd "$one"
build "$component" >"$log" 2>&1 || fail "a second build" "$log"

bindings=$(find -L bazel-out -name examples_airssys_wit_ext_filesystem.rs | head -n 1)
place='WIT: `examples/airssys/wit/ext-filesystem/filesystem.wit:'
line=$(grep -n 'read-directory: func' examples/airssys/wit/ext-filesystem/filesystem.wit | cut -d : -f 1)
if grep -qF "$place$line\`" "$bindings"; then
    pass "a generated function names its location in the WIT"
else
    fail "a generated function does not name its location in the WIT"
fi

# Comments are not part of a package, so no dependent is rebuilt.
sed -i 's,^    type component-id = string;,& // Nobody needs to know.,' examples/airssys/wit/core-types/types.wit
build "$component" >"$log" 2>&1 || fail "a build after editing a comment" "$log"
ran >"$scratch/comment"
if [ "$(cut -d ' ' -f 1 "$scratch/comment" | sort -u)" = WitResolve ] && [ "$(wc -l <"$scratch/comment")" = 1 ]; then
    pass "editing a comment resolves one package again"
else
    fail "editing a comment runs more than one WitResolve" "$scratch/comment"
fi

# Each package has its own crate of bindings, so an edit rebuilds that crate and its dependents. A new record changes no
# other source.
sed -i 's,^    record network-permission,    record added { x: u32 }\n&,' examples/airssys/wit/ext-network/network.wit
build "$component" >"$log" 2>&1 || fail "a build after editing ext-network" "$log"
ran >"$scratch/network"
generated=$(sed -n 's/^WitBindgenRust .*:\(.*\)/\1/p' "$scratch/network" | tr '\n' ' ')
compiled=$(sed -n 's/^Rustc .*:\(.*\)/\1/p' "$scratch/network" | tr '\n' ' ')
if [ "$generated" = "ext_network plugin plugin_bindings_source " ] && [ "$compiled" = "ext_network plugin plugin_bindings plugin_module " ]; then
    pass "editing ext-network generates and compiles only its bindings and those of its dependent"
else
    fail "editing ext-network generates $generated and compiles $compiled" "$scratch/network"
fi

sed -i 's/read-directory/list-directory/' examples/airssys/wit/ext-filesystem/filesystem.wit
if build "$component" --keep_going >"$log" 2>&1; then
    fail "a function is renamed in the WIT, and its callers still build" "$log"
elif grep -q 'examples/airssys/plugin/walk.rs' "$log" && grep -q 'examples/airssys/filesystem/lib.rs' "$log"; then
    pass "renaming a function breaks its callers in Rust"
else
    fail "renaming a function does not report its callers" "$log"
fi
ran >"$scratch/rename"
if grep -qE 'core_types|core_host|core_component|core_capabilities|ext_network|ext_process|airssys:host' "$scratch/rename"; then
    fail "renaming a function of ext-filesystem rebuilds other packages" "$scratch/rename"
else
    pass "renaming a function of ext-filesystem rebuilds nothing else"
fi

# A script is data: editing it compiles nothing, neither the interpreter nor the library of the world.
script=//examples/lua:app
build "$script" >"$log" 2>&1 || fail "a build of a script" "$log"
ran >"$scratch/lua"
sha256sum <bazel-bin/examples/lua/app.wasm >"$scratch/lua-one"
sed -i 's,^-- Formats a line,-- Formats one line,' examples/lua/format.lua
build "$script" >"$log" 2>&1 || fail "a build after editing a script" "$log"
ran >"$scratch/script"
if [ "$(cut -d ' ' -f 1 "$scratch/script" | sort -u | tr '\n' ' ')" = "WasmCheckScript WasmComponentNew WasmComponentValidate WitDylibPlace " ]; then
    pass "editing a script compiles nothing"
else
    fail "editing a script runs more than placing, encoding and checks" "$scratch/script"
fi

# A script needs one language: the others are neither fetched nor compiled. An earlier run may have fetched all.
find "$(nested info output_base 2>/dev/null)/external" -maxdepth 1 -newer "$scratch/rename" >"$scratch/external"
for language in "js quickjs|interpreters/javascript" "lua rules_wit_lua|interpreters/lua" "rhai rhai"; do
    target=//examples/${language% *}:app
    nested cquery --extra_toolchains=//prebuilt:all --noshow_progress --output=label "deps($target)" >"$scratch/deps" 2>"$log" ||
        fail "the dependencies of $target" "$log"
    if [ "$target" = "$script" ]; then
        cat "$scratch/external" "$scratch/lua" >>"$scratch/deps"
    fi
    # Each language with what names it.
    grep -oE 'quickjs|interpreters/javascript|rules_wit_lua|interpreters/lua|rhai' "$scratch/deps" | sort -u >"$scratch/found"
    if [ -s "$scratch/found" ] && ! grep -vxE "${language#* }" "$scratch/found" >"$log"; then
        pass "$target needs its own language only"
    else
        fail "$target needs another language" "$log"
    fi
done

# The interpreter does not depend on the WIT, and the check of the script names the function that is missing.
checkout='checkout: func'
sed -i "s/$checkout/check-out: func/" examples/scripting/shop.wit
if build "$script" >"$log" 2>&1; then
    fail "a function is renamed in the WIT, and its script still builds" "$log"
elif grep -qF 'examples/lua/app.lua: the world exports `demo:shop/cart@1.0.0#check-out`, but `cart` has no `check_out`' "$log"; then
    pass "renaming a function breaks its script"
else
    fail "renaming a function does not report the function of the script" "$log"
fi
ran >"$scratch/script-wit"
if grep -q '^WitDylib ' "$scratch/script-wit" && ! grep -q '^Cpp' "$scratch/script-wit"; then
    pass "editing the WIT of a script compiles nothing"
else
    fail "editing the WIT of a script compiles C, or makes no new library of the world" "$scratch/script-wit"
fi
sed -i "s/check-out: func/$checkout/" examples/scripting/shop.wit
build "$script" >"$log" 2>&1 || fail "a build after restoring the WIT of a script" "$log"

# The library of a world does not depend on the interpreter.
sed -i 's/an error that is no string/an error that is not a string/' rules/interpreters/lua/host.c
build "$script" >"$log" 2>&1 || fail "a build after editing an interpreter" "$log"
ran >"$scratch/interpreter"
if grep -q '^CppCompile ' "$scratch/interpreter" && grep -q '^WitDylibPlace ' "$scratch/interpreter" &&
    ! grep -qE '^(WitResolve|WitDylib) ' "$scratch/interpreter"; then
    pass "editing an interpreter does not generate the library of the world again"
else
    fail "editing an interpreter does not place it, or generates the library of the world again" "$scratch/interpreter"
fi

cd "$two"
build "$script" --action_env=WHERE="$two" --action_env=LANG="$two" >"$log" 2>&1 || fail "a build of a script at another path" "$log"
sha256sum <bazel-bin/examples/lua/app.wasm >"$scratch/lua-two"
nested shutdown >/dev/null 2>&1 || true
if cmp -s "$scratch/lua-one" "$scratch/lua-two"; then
    pass "same bytes of a script at two paths"
else
    fail "different bytes of a script at another path" "$scratch/lua-two"
fi
cd "$one"

# A build setting selects the packages of an application.
optional=//test/rules/optional
for flag in "" "--$optional:network"; do
    # shellcheck disable=SC2086
    if nested test --extra_toolchains=//prebuilt:all --noshow_progress $flag "$optional/..." >"$log" 2>&1; then
        pass "the application ${flag:+with its optional package }runs"
    else
        fail "the application does not run with $flag" "$log"
    fi
done
finish
