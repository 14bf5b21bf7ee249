// Lookup of what a script names in the world.
#ifndef RULES_WIT_INTERPRETER_INTERFACES_H
#define RULES_WIT_INTERPRETER_INTERFACES_H

#include <stdbool.h>

#include "wit_dylib.h"

// The world. Each interpreter defines it.
extern const wit_t *wit;

// The index of an imported function, or -1. The version in `interface` may be a prefix, such as `wasi:cli/stderr@0.2`.
int find_import(const char *interface, const char *name);

// Whether two interfaces are the same. Null means functions of the world itself.
bool same_interface(const char *a, const char *b);

// The interface that a name means, with or without its version; null if it means none, or several versions.
const char *find_interface(const char *name);

// Reports the futures and streams of the world, and returns whether there are none. `script` is the name of the main script.
// For interpreters that do not support these: unsupported.c.
bool has_no_streams(const char *script);

#endif
