// The script as a library in C: what wit_dylib.h declares as an import.
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

const sources_t *wit_dylib_sources(void) {
    static const source_t SOURCE = {"script.greet", "Hi, %.", 6};
    static const sources_t SOURCES = {1, &SOURCE};
    return &SOURCES;
}
