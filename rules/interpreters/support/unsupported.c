// Async functions, futures and streams, for interpreters that do not support them and reject worlds that have them.
#include "interfaces.h"
#include "names.h"
#include "report.h"

static void report_function(const char *script, const char *direction, const char *interface, const char *function) {
    char name[256];
    full_name(name, sizeof name, interface, function);
    report("%s: the world %s `%s` as an async function, which this interpreter does not support", script, direction, name);
}

static size_t report_types(const char *script, const char *what, size_t count) {
    if (count > 0) {
        report("%s: the world has %s, which this interpreter does not support", script, what);
    }
    return count;
}

bool is_supported(const char *script) {
    size_t problems = 0;
    for (size_t i = 0; i < wit->num_import_funcs; i++) {
        const wit_import_func_t *func = &wit->import_funcs[i];
        if (!func->impl) {
            report_function(script, "imports", func->interface, func->name);
            problems++;
        }
    }
    for (size_t i = 0; i < wit->num_export_funcs; i++) {
        const wit_export_func_t *func = &wit->export_funcs[i];
        if (func->task_return) {
            report_function(script, "exports", func->interface, func->name);
            problems++;
        }
    }
    problems += report_types(script, "futures", wit->num_futures);
    problems += report_types(script, "streams", wit->num_streams);
    return problems == 0;
}

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
