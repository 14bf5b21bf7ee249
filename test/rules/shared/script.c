// The script as a library in C.
#include "sources.h"

const sources_t *wit_dylib_sources(void) {
    static const source_t SOURCE = {"script.greet", "Hi, %.", 6};
    static const sources_t SOURCES = {1, &SOURCE};
    return &SOURCES;
}
