// A script that comes from a library that is opened by its name.
#include "sources.h"

void *dlopen(const char *name, int flags);
void *dlsym(void *library, const char *name);

enum { RTLD_NOW = 2 };

const sources_t *wit_dylib_sources(void) {
    static source_t source = {"script.greet", 0, 10};
    static const sources_t SOURCES = {1, &source};
    void *library = dlopen("libopened.so", RTLD_NOW);
    const char *(*text)(void) = (const char *(*)(void))dlsym(library, "script_text");
    source.data = text();
    return &SOURCES;
}
