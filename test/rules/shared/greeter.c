// An interpreter without libc: a script is a text, in which `%` stands for the argument.
#include "wit_dylib.h"

#include "memory.h"

typedef struct call {
    uint8_t *bytes;
    size_t len;
} call_t;

static const wit_source_t *script;

void wit_dylib_initialize(const wit_t *wit) {
    const wit_sources_t *sources = wit_dylib_sources();
    if (wit->version != WIT_CURRENT_VERSION || sources->count == 0) {
        __builtin_trap();
    }
    script = sources->sources;
}

void *cabi_realloc(void *old, size_t old_size, size_t align, size_t size) {
    uint8_t *block = allocate(size, align);
    for (size_t i = 0; i < old_size && i < size; i++) {
        block[i] = ((uint8_t *)old)[i];
    }
    return block;
}

void *wit_dylib_export_start(size_t which) {
    (void)which;
    return allocate(sizeof(call_t), 8);
}

void wit_dylib_export_call(void *cx, size_t which) {
    call_t *call = cx;
    (void)which;
    uint8_t *out = allocate(script->size + call->len, 1);
    size_t len = 0;
    for (size_t i = 0; i < script->size && script->data[i] != '\n'; i++) {
        if (script->data[i] != '%') {
            out[len++] = script->data[i];
            continue;
        }
        for (size_t j = 0; j < call->len; j++) {
            out[len++] = call->bytes[j];
        }
    }
    *call = (call_t){out, len};
}

// Memory is never freed.
void wit_dylib_export_finish(void *cx, size_t which) {
    (void)cx, (void)which;
}

void wit_dylib_dealloc_bytes(void *cx, void *block, size_t size, size_t align, bool defer) {
    (void)cx, (void)block, (void)size, (void)align, (void)defer;
}

void wit_dylib_push_string(void *cx, uint8_t *bytes, size_t len) {
    *(call_t *)cx = (call_t){bytes, len};
}

size_t wit_dylib_pop_string(void *cx, char **text) {
    call_t *call = cx;
    *text = (char *)call->bytes;
    return call->len;
}
