// The stack of a call, and the memory that has to stay alive until the call is over.
#include <stdlib.h>

#include "shim.h"

typedef struct keep {
    struct keep *next;
    enum { KEEP_MEMORY, KEEP_STRING, KEEP_VALUE, KEEP_LENT, KEEP_GIVEN } kind;
    void *memory;
    JSValue value;
    // For what was given away: how to take it back.
    take_back_t take_back;
    uint32_t type, handle;
} keep_t;

void *cabi_realloc(void *old, size_t old_size, size_t align, size_t size) {
    (void)old_size;
    if (size == 0) {
        return (void *)align;
    }
    // malloc aligns to 16 bytes, more than any type of WIT requires.
    void *memory = old_size == 0 ? malloc(size) : realloc(old, size);
    if (!memory) {
        report("out of memory: %zu bytes for an argument or a result", size);
        fail();
    }
    return memory;
}

static void keep(call_t *call, keep_t entry) {
    keep_t *kept = malloc(sizeof *kept);
    if (!kept) {
        fail();
    }
    entry.next = call->keeps;
    *kept = entry;
    call->keeps = kept;
}

void call_keep_value(call_t *call, JSValue value) {
    keep(call, (keep_t){.kind = KEEP_VALUE, .value = value});
}

void call_keep_string(call_t *call, const char *string) {
    keep(call, (keep_t){.kind = KEEP_STRING, .memory = (void *)string});
}

void call_keep_lent(call_t *call, JSValue object) {
    keep(call, (keep_t){.kind = KEEP_LENT, .value = object});
}

void call_keep_given(call_t *call, JSValue object, take_back_t take_back, uint32_t type, uint32_t handle) {
    if (call->during) {
        keep(call, (keep_t){.kind = KEEP_GIVEN, .value = object, .take_back = take_back, .type = type, .handle = handle});
    } else {
        JS_FreeValue(ctx, object);
    }
}

void call_take_back(call_t *call) {
    for (const keep_t *kept = call->keeps; kept; kept = kept->next) {
        if (kept->kind == KEEP_GIVEN) {
            kept->take_back(kept->value, kept->type, kept->handle);
        }
    }
}

void wit_dylib_dealloc_bytes(void *cx, void *memory, size_t size, size_t align, bool defer) {
    (void)size;
    (void)align;
    if (defer) {
        keep(cx, (keep_t){.kind = KEEP_MEMORY, .memory = memory});
    } else {
        free(memory);
    }
}

void call_push(call_t *call, JSValue value) {
    if (JS_IsException(value)) {
        report_exception("failed to convert a value");
        fail();
    }
    if (call->len == call->capacity) {
        call->capacity = call->capacity ? 2 * call->capacity : 16;
        call->items = realloc(call->items, call->capacity * sizeof *call->items);
        if (!call->items) {
            report("out of memory: a stack of %u values", call->capacity);
            fail();
        }
    }
    call->items[call->len++] = value;
}

JSValue call_pop(call_t *call) {
    if (call->len == 0) {
        fail();
    }
    return call->items[--call->len];
}

void call_finish(call_t *call) {
    while (call->len > 0) {
        JS_FreeValue(ctx, call_pop(call));
    }
    free(call->items);
    call->items = NULL;
    call->capacity = 0;
    while (call->keeps) {
        keep_t *kept = call->keeps;
        call->keeps = kept->next;
        switch (kept->kind) {
        case KEEP_MEMORY:
            free(kept->memory);
            break;
        case KEEP_STRING:
            JS_FreeCString(ctx, kept->memory);
            break;
        case KEEP_LENT:
            end_lending(kept->value);
            JS_FreeValue(ctx, kept->value);
            break;
        case KEEP_VALUE:
        case KEEP_GIVEN:
            JS_FreeValue(ctx, kept->value);
            break;
        }
        free(kept);
    }
}
