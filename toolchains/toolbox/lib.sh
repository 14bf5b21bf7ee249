# shellcheck shell=sh
# Functions of the toolbox that can be tested separately. Sourced by toolbox.sh.

say() { printf 'bazelw: %s\n' "$*" >&2; }
die() {
    printf 'error: failed to set up the toolbox: %s\n' "$1" >&2
    [ -z "${2-}" ] || printf 'hint: %s\n' "$2" >&2
    exit 3
}

# check_cache DIRECTORY: fails if Bazel cannot keep its files in the directory. Its path becomes part of a URL, of bazelrc
# files and of command lines in actions.
check_cache() {
    case $1 in
        /*) ;;
        *) die "the cache directory \`$1\` is a relative path" "set XDG_CACHE_HOME to an absolute path" ;;
    esac
    # A list, as ranges depend on the locale. Bytes above 127 are letters of other languages.
    rest=$(
        printf '%s' "$1" | LC_ALL=C tr -d 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._+@,=~-' |
            LC_ALL=C tr -d '\200-\377' | head -c 1
        echo .
    )
    [ "$rest" = . ] ||
        die "the path of the cache directory \`$1\` has a character that Bazel does not support: \`${rest%.}\`" \
            "set XDG_CACHE_HOME to a path of letters, digits and \`/._+@,=~-\`"
}

# stop_server BASE: stops the Bazel server of an output base, if the process in its pid file is that server. After a crash
# the file remains, and another process may get its id.
stop_server() {
    pid=$(head -c 20 "$1/server/server.pid.txt" 2>/dev/null) || return 0
    case $pid in '' | *[!0-9]*) return 0 ;; esac
    if tr '\0' '\n' 2>/dev/null <"/proc/$pid/cmdline" | grep -qxF -- "--output_base=$1"; then
        kill "$pid" 2>/dev/null || :
    fi
}

# register_modules REGISTRY: adds an entry for each `NAME VERSION` of the standard input to a module registry. The entry
# refers to the toolbox's copy of the module. Prints the names of modules that the toolbox lacks.
register_modules() {
    while read -r name version; do
        # The grammar of Bazel. Both become part of paths.
        case $name in '' | [!a-z]* | *[!a-z0-9._-]*) die "\`$name\` is not a module name" "correct MODULE.bazel" ;; esac
        case $version in '' | [!0-9A-Za-z]* | *[!0-9A-Za-z.+-]*) die "\`$version\` is not a version of $name" "correct MODULE.bazel" ;; esac
        entry=$1/modules/$name/$version
        [ ! -e "$entry/source.json" ] || continue
        if [ ! -e "$1/templates/$name" ]; then echo "$name"; continue; fi
        mkdir -p "$entry"
        sed "s/@VERSION@/$version/" "$1/templates/$name" >"$entry/MODULE.bazel.$$"
        mv "$entry/MODULE.bazel.$$" "$entry/MODULE.bazel"
        cp "$1/modules/$name/0/source.json" "$entry/source.json.$$"
        mv "$entry/source.json.$$" "$entry/source.json"
    done
}
