# Prints "name version" of every bazel_dep in a MODULE.bazel, and of those in the modules that it
# overrides by a local path, except for the overridden ones. Used by toolbox.sh.

function scan(dir, file,    text, line, call, name, version, path) {
    if (file in seen) return
    seen[file] = 1
    text = ""
    while ((getline line < file) > 0) { sub(/^[ \t]*#.*/, "", line); text = text " " line }
    close(file)
    while (match(text, /(bazel_dep|local_path_override)[ \t]*\([^)]*\)/)) {
        call = substr(text, RSTART, RLENGTH)
        text = substr(text, RSTART + RLENGTH)
        if (call ~ /^bazel_dep/) {
            name = value(call, "name"); version = value(call, "version")
            if (name != "" && version != "") required[name " " version] = name
        } else {
            overridden[value(call, "module_name")] = 1
            path = value(call, "path")
            if (path !~ /^\//) path = dir "/" path
            scan(path, path "/MODULE.bazel")
        }
    }
}

function value(call, key) {
    if (!match(call, "[(, \t]" key "[ \t]*=[ \t]*\"[^\"]*\"")) return ""
    call = substr(call, RSTART, RLENGTH)
    sub(/^[^"]*"/, "", call)
    sub(/"$/, "", call)
    return call
}

BEGIN {
    scan(dir, ARGV[1])
    for (entry in required) if (!(required[entry] in overridden)) print entry
    exit
}
