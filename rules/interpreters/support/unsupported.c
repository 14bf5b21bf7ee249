// Futures and streams, for interpreters that do not support them and reject worlds that have them.
#include "interfaces.h"
#include "report.h"

static bool has_none(const char *script, const char *what, size_t count) {
    if (count > 0) {
        report("%s: the world has %s, which this interpreter does not support", script, what);
    }
    return count == 0;
}

bool has_no_streams(const char *script) {
    bool futures = has_none(script, "futures", wit->num_futures);
    return has_none(script, "streams", wit->num_streams) && futures;
}

void wit_dylib_push_future(void *cx, size_t type, uint32_t handle) {
    (void)cx, (void)type, (void)handle;
    fail();
}

void wit_dylib_push_stream(void *cx, size_t type, uint32_t handle) {
    (void)cx, (void)type, (void)handle;
    fail();
}

uint32_t wit_dylib_pop_future(void *cx, size_t type) {
    (void)cx, (void)type;
    fail();
}

uint32_t wit_dylib_pop_stream(void *cx, size_t type) {
    (void)cx, (void)type;
    fail();
}
