// A script that is read with 2 MiB of stack.
#include "sources.h"

enum { SIZE = 2 << 20, PAGE = 64 << 10 };

const sources_t *wit_dylib_sources(void) {
    static const source_t SOURCE = {"script.greet", "Deep, %.", 8};
    static const sources_t SOURCES = {1, &SOURCE};
    volatile char room[SIZE];
    for (size_t i = 0; i < SIZE; i += PAGE) {
        room[i] = 1;
    }
    return &SOURCES;
}
