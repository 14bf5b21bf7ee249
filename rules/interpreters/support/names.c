// Names of WIT as names of scripts, and names in messages.
#include "names.h"

#include <stdio.h>
#include <string.h>

static char to_upper(char c) {
    return c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c;
}

void script_name(char *out, size_t size, const char *name, const char *end, bool upper) {
    bool joined = upper || names_in_camel_case;
    size_t len = 0;
    for (; *name && name != end && len + 1 < size; name++) {
        if (*name != '-') {
            out[len++] = upper ? to_upper(*name) : *name;
            upper = false;
        } else if (joined) {
            upper = true;
        } else {
            out[len++] = '_';
        }
    }
    out[len] = 0;
}

function_name_t function_name(const char *name) {
    function_name_t result = {.kind = FREE_FUNCTION};
    static const struct {
        const char *prefix;
        function_kind_t kind;
    } PREFIXES[] = {{"[method]", METHOD}, {"[static]", STATIC_METHOD}, {"[constructor]", CONSTRUCTOR}};
    for (size_t i = 0; i < sizeof PREFIXES / sizeof *PREFIXES; i++) {
        size_t len = strlen(PREFIXES[i].prefix);
        if (strncmp(name, PREFIXES[i].prefix, len) == 0) {
            result.kind = PREFIXES[i].kind;
            name += len;
        }
    }
    if (result.kind != FREE_FUNCTION) {
        const char *dot = strchr(name, '.');
        script_name(result.class_name, sizeof result.class_name, name, dot, true);
        name = dot ? dot + 1 : "new";
    }
    script_name(result.name, sizeof result.name, name, NULL, false);
    return result;
}

void full_name(char *out, size_t size, const char *interface, const char *name) {
    snprintf(out, size, "%s%s%s", interface ? interface : "", interface ? "#" : "", name);
}

void short_interface_name(char *out, size_t size, const char *interface) {
    const char *slash = strchr(interface, '/');
    const char *start = slash ? slash + 1 : interface;
    script_name(out, size, start, strchr(start, '@'), false);
}
