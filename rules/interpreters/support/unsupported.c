// Async functions, futures and streams, for interpreters that do not support them and reject worlds that have them.
#include "report.h"
#include "wit_dylib.h"

uint32_t wit_dylib_export_async_call(void *cx, size_t which) {
    (void)cx, (void)which;
    fail();
}

uint32_t wit_dylib_export_async_callback(uint32_t event, uint32_t waitable, uint32_t code, size_t which) {
    (void)event, (void)waitable, (void)code, (void)which;
    fail();
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
