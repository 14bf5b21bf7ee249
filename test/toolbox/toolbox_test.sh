#!/bin/sh
# shellcheck disable=SC1090
# How bazelw handles untrusted text, and files that are stale or missing. Arguments: lib.sh, modules.awk and toolbox.sh
# of the toolbox.
set -eu
lib=$(readlink -f "$1")
modules=$(readlink -f "$2")
toolbox=$(readlink -f "$3")
cd "$TEST_TMPDIR"
failures=0
check() { # check WHAT COMMAND...
    what=$1
    shift
    if "$@"; then echo "PASS $what"; else failures=$((failures + 1)) && echo "FAIL $what"; fi
}

# register: runs register_modules on a fresh registry for the MODULE.bazel on standard input.
register() {
    rm -rf registry workspace
    mkdir -p registry/modules/rules_cc/0 registry/templates workspace
    echo 'module(name = "rules_cc", version = "@VERSION@")' >registry/templates/rules_cc
    echo '{}' >registry/modules/rules_cc/0/source.json
    cat >workspace/MODULE.bazel
    (
        set -eu
        . "$lib"
        LC_ALL=C awk -v dir=workspace -f "$modules" workspace/MODULE.bazel | register_modules registry
    ) >out 2>err
}

printf 'bazel_dep(name = "rules_cc", version = "9.8.7-rc1+build")\nbazel_dep(name = "absent", version = "1")\n' | register
check "a version is registered" grep -q 'version = "9.8.7-rc1+build"' registry/modules/rules_cc/9.8.7-rc1+build/MODULE.bazel
check "a missing module is named" grep -qx absent out

# Each character that a version must not have. `"`, `)` and line feeds end the version in MODULE.bazel.
refused() { # refused OCTAL
    version=1$(printf "\\$1")e
    printf 'bazel_dep(name = "rules_cc", version = "%s")\n' "$version" >module
    if register <module; then check "a version with character $1 is refused" false; fi
    check "the error for character $1 says so" grep -qa "is not a version of rules_cc" err
}
for octal in 040 041 043 044 045 046 047 050 052 054 057 072 073 074 075 076 077 100 133 134 135 136 137 140 173 174 175 176; do
    refused "$octal"
done
# Some shells do not match bytes that are no characters of the locale.
for LC_ALL in C C.UTF-8; do
    export LC_ALL
    refused 200
    refused 351
done
unset LC_ALL
for version in "1/;e touch pwned;#" ../../../escaped .. -e; do
    printf 'bazel_dep(name = "rules_cc", version = "%s")\n' "$version" >module
    if register <module; then check "the version $version is refused" false; fi
    check "the version $version writes nothing" test ! -e pwned -a ! -e escaped -a "$(find registry -type f | wc -l)" = 2
done
printf 'bazel_dep(name = "../rules_cc", version = "1")\n' >module
if register <module; then check "a name with slashes is refused" false; fi
check "the error for a name says so" grep -q "is not a module name" err

# Cache directories.
for name in plain .cache a_b+c@d,e=f~g-h "$(printf 'caf\303\251')"; do
    (. "$lib" && check_cache "/home/$name") 2>err
    check "a cache directory $name is accepted" test ! -s err
done
if (. "$lib" && check_cache relative/path) 2>err; then check "a relative cache directory is refused" false; fi
check "the error for a relative path says so" grep -q "is a relative path" err
for octal in 011 012 015 040 041 042 043 044 045 046 047 050 051 052 072 073 074 076 077 133 134 135 136 140 173 174 175 177; do
    directory=$(printf "/home/ca\\${octal}che")
    if (. "$lib" && check_cache "$directory") 2>err; then check "a cache directory with character $octal is refused" false; fi
    check "the error for a cache directory with character $octal says so" grep -q "Bazel does not support" err
done

# A pid file that names another process.
mkdir -p base/server
sleep 60 &
other=$!
echo "$other" >base/server/server.pid.txt
(. "$lib" && stop_server "$PWD/base")
code=0
kill -USR1 "$other" # The first signal is the one that `wait` reports.
wait "$other" || code=$?
check "a process that is not a server keeps running" test "$code" = 138
sh -c 'sleep 60; :' server "--output_base=$PWD/base" &
server=$!
sleep 1
echo "$server" >base/server/server.pid.txt
(. "$lib" && stop_server "$PWD/base")
code=0
wait "$server" || code=$?
check "the server of the output base is ended" test "$code" = 143

# The files of the machine that the root shows. A machine may lack some, and links may lead nowhere.
mkdir -p etc "root$PWD/etc" bin
echo hosts >etc/hosts
echo users >etc/passwd
ln -s nothing etc/localtime
# shellcheck disable=SC2016
printf '#!/bin/sh\nprintf "%%s\\n" "$@"\n' >bin/unshare
chmod +x bin/unshare
sed -n '/^enter() {/,/^}/p' "$toolbox" | sed "s|/etc/\([a-z]*[. *;)]\)|$PWD/etc/\1|g" >enter.sh
(
    set -eu
    PATH=$PWD/bin:$PATH HOME=$PWD root=$PWD/root workspace=$PWD home=$PWD cache=$PWD
    . ./enter.sh
    enter -- true
) >mounts
check "a file of the machine is in the root" grep -qx "$PWD/etc/hosts" mounts
check "a link to nothing is not" test -z "$(grep localtime mounts)"
check "a file that is missing is not" test -z "$(grep resolv.conf mounts)"
[ "$failures" = 0 ]
