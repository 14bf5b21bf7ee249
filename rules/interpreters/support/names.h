// Names of WIT as names of scripts, and names in messages.
#ifndef RULES_WIT_INTERPRETER_NAMES_H
#define RULES_WIT_INTERPRETER_NAMES_H

#include <stdbool.h>
#include <stddef.h>

// Whether `kebab-case` is `camelCase` in scripts; otherwise it is `snake_case`. Each interpreter defines it.
extern const bool names_in_camel_case;

// A name of WIT as one of scripts; `upper`: as `PascalCase`. Stops at `end`, or at the end of the text.
void script_name(char *out, size_t size, const char *name, const char *end, bool upper);

// A function of a world, such as `[method]blob.read`.
typedef enum { FREE_FUNCTION, METHOD, STATIC_METHOD, CONSTRUCTOR } function_kind_t;
typedef struct function_name {
    function_kind_t kind;
    char class_name[128];
    // `new` for a constructor.
    char name[128];
} function_name_t;

function_name_t function_name(const char *name);
// `interface#function`, or `function` of the world itself, for messages.
void full_name(char *out, size_t size, const char *interface, const char *name);
// The script's name for `name` of `namespace:package/name@version`.
void short_interface_name(char *out, size_t size, const char *interface);

#endif
