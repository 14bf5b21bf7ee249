// A script whose last character comes from an adapter.
#include "sources.h"

__attribute__((import_module("punctuation"), import_name("mark"))) int mark(void);

const sources_t *wit_dylib_sources(void) {
    static char text[] = "Hi, %_";
    static const source_t SOURCE = {"script.greet", text, 6};
    static const sources_t SOURCES = {1, &SOURCE};
    text[5] = mark();
    return &SOURCES;
}
