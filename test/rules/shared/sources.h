// What wit_dylib.h declares as an import, for scripts in C.
#ifndef TEST_SHARED_SOURCES_H
#define TEST_SHARED_SOURCES_H

#include <stddef.h>

typedef struct source {
    const char *name;
    const char *data;
    size_t size;
} source_t;

typedef struct sources {
    size_t count;
    const source_t *sources;
} sources_t;

const sources_t *wit_dylib_sources(void);

#endif
