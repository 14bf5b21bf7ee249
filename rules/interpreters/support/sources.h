// The scripts of a component.
#ifndef RULES_WIT_INTERPRETER_SOURCES_H
#define RULES_WIT_INTERPRETER_SOURCES_H

#include "wit_dylib.h"

// The script with this name, its path in its repository, or NULL.
const wit_source_t *find_source(const char *name);

// The script of a label in the repository of the main script: `//lib:format.js`, or `//lib:format` with the extension, such as
// `.js`, left out. NULL if it is no label, or if there is no such script.
const wit_source_t *find_labelled_source(const char *label, const char *extension);

#endif
