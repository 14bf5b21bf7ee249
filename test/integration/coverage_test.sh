#!/bin/sh
# shellcheck disable=SC1091,SC2086,SC2154,SC2164
# Runs `bazel coverage` on components, a composition of them and unit tests. Arguments: bazelw, tools to use as toolchains.
. "$(dirname "$0")/lib.sh"
shift
copy "$scratch/repository" prebuilt "$@"
cd "$scratch/repository"
log=$scratch/log

# Rust's tests ask for a program that merges reports, and Bazel downloads its own. There is one report here.
cat >prebuilt/merge.sh <<'SH'
#!/bin/sh
for argument; do
    case $argument in
        --coverage_dir=*) directory=${argument#*=} ;;
        --output_file=*) output=${argument#*=} ;;
    esac
done
cat "$directory"/*.dat >"$output"
SH
chmod +x prebuilt/merge.sh
cat >>prebuilt/BUILD.bazel <<'BUILD'
load("@rules_shell//shell:sh_binary.bzl", "sh_binary")
sh_binary(name = "merge", srcs = ["merge.sh"])
BUILD

tests="//examples/team:app_test //examples/team/catalog:catalog_test //examples/team/catalog:catalog_unit_test"
flags="--extra_toolchains=//prebuilt:all --coverage_output_generator=//prebuilt:merge --coverage_report_generator=//prebuilt:merge --combined_report=none
    --instrumentation_filter=^//examples/team"
if nested coverage $tests $flags --noshow_progress >"$log" 2>&1; then
    pass "bazel coverage"
else
    fail "bazel coverage" "$log"
fi

# Bindings with a crate for each package are crates of their own, which coverage must not change.
if nested build --collect_code_coverage --nobuild //test/rules/split/... $flags --instrumentation_filter=^// --noshow_progress >"$log" 2>&1; then
    pass "analysis of split bindings"
else
    fail "analysis of split bindings" "$log"
fi

# lines TEST SOURCE: prints how often each line of a source ran, `line,times`.
lines() {
    sed -n "\\|^SF:$2\$|,/^end_of_record/s/^DA://p" "bazel-testlogs/$1/coverage.dat"
}

# ran TEST SOURCE TIMES TEXT: checks how often the line with a text ran.
ran() {
    line=$(grep -nF "$4" "$2" | cut -d : -f 1)
    got=$(lines "$1" "$2" | sed -n "s/^$line,//p")
    if [ "$got" = "$3" ]; then pass "$1: $4: $3"; else fail "$1: $4: '$got' times, expected $3"; fi
}

ran examples/team/catalog/catalog_test examples/team/catalog/lib.rs 3 'fn find('
ran examples/team/catalog/catalog_unit_test examples/team/catalog/lib.rs 3 'fn find('
ran examples/team/app_test examples/team/catalog/lib.rs 2 'fn find('
ran examples/team/app_test examples/team/catalog/lib.rs 0 'InvalidNumber'
finish
