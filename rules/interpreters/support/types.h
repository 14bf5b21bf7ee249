// Comparison of types.
#ifndef RULES_WIT_INTERPRETER_TYPES_H
#define RULES_WIT_INTERPRETER_TYPES_H

#include <stdbool.h>

#include "wit_dylib.h"

// What an alias stands for.
wit_type_t resolve_alias(wit_type_t type);

// Whether two types are the same for the component model. An interface that the world imports and exports has its types twice.
bool same_type(wit_type_t a, wit_type_t b);

#endif
