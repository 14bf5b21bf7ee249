// Lists and maps. A list of numbers is a typed array, whose memory is passed without conversion.
#include <stdlib.h>
#include <string.h>

#include "shim.h"

// The kind of a number in WIT -> the class of its typed array, and the size of an element.
static const struct {
    int8_t class;
    uint8_t size;
} NUMBERS[] = {
    [WIT_TYPE_U8] = {JS_TYPED_ARRAY_UINT8, 1},       [WIT_TYPE_S8] = {JS_TYPED_ARRAY_INT8, 1},
    [WIT_TYPE_U16] = {JS_TYPED_ARRAY_UINT16, 2},     [WIT_TYPE_S16] = {JS_TYPED_ARRAY_INT16, 2},
    [WIT_TYPE_U32] = {JS_TYPED_ARRAY_UINT32, 4},     [WIT_TYPE_S32] = {JS_TYPED_ARRAY_INT32, 4},
    [WIT_TYPE_U64] = {JS_TYPED_ARRAY_BIG_UINT64, 8}, [WIT_TYPE_S64] = {JS_TYPED_ARRAY_BIG_INT64, 8},
    [WIT_TYPE_F32] = {JS_TYPED_ARRAY_FLOAT32, 4},    [WIT_TYPE_F64] = {JS_TYPED_ARRAY_FLOAT64, 8},
};

static bool is_number(wit_type_t element) {
    uint32_t kind = WIT_TYPE_KIND(element);
    return kind < sizeof NUMBERS / sizeof *NUMBERS && NUMBERS[kind].size > 0;
}

int typed_array_class(wit_type_t element) {
    element = resolve_alias(element);
    return is_number(element) ? NUMBERS[WIT_TYPE_KIND(element)].class : -1;
}

// Frees, and never resizes, the memory that a typed array took over.
static void *free_buffer(JSRuntime *runtime, void *opaque, void *memory, size_t size) {
    (void)runtime;
    (void)opaque;
    if (size == 0 && memory) {
        free(memory);
    }
    return NULL;
}

// A typed array that owns its memory.
static JSValue typed_array(wit_type_t element, uint8_t *bytes, size_t len) {
    size_t size = len * NUMBERS[WIT_TYPE_KIND(element)].size;
    JSValue buffer = size == 0 ? JS_NewArrayBufferCopy(ctx, NULL, 0) : JS_NewArrayBuffer(ctx, bytes, size, 0, free_buffer, NULL, false);
    JSValue array = JS_IsException(buffer) ? buffer : JS_NewTypedArray(ctx, 1, &buffer, NUMBERS[WIT_TYPE_KIND(element)].class);
    JS_FreeValue(ctx, buffer);
    return array;
}

JSValue bytes_array(uint8_t *bytes, size_t size) {
    return typed_array(WIT_TYPE_U8, bytes, size);
}

bool wit_dylib_push_list(void *cx, size_t type, uint8_t *bytes, size_t len) {
    wit_type_t element = resolve_alias(wit->lists[type].ty);
    if (!is_number(element)) {
        call_push(cx, JS_NewArray(ctx));
        return false;
    }
    call_push(cx, typed_array(element, bytes, len));
    return true;
}

void wit_dylib_list_append(void *cx, size_t type) {
    (void)type;
    call_t *call = cx;
    JSValue element = call_pop(call);
    JSValue array = call->items[call->len - 1];
    int64_t len;
    if (JS_GetLength(ctx, array, &len) || JS_SetPropertyInt64(ctx, array, len, element) < 0) {
        report_exception("failed to convert a list");
        fail();
    }
}

size_t wit_dylib_pop_list(void *cx, size_t type, void **memory) {
    wit_type_t element = resolve_alias(wit->lists[type].ty);
    JSValue array = call_pop(cx);
    if (is_number(element) && JS_GetTypedArrayType(array) == NUMBERS[WIT_TYPE_KIND(element)].class) {
        size_t offset, bytes, element_size, total;
        JSValue buffer = JS_GetTypedArrayBuffer(ctx, array, &offset, &bytes, &element_size);
        uint8_t *base = JS_IsException(buffer) ? NULL : JS_GetArrayBuffer(ctx, &total, buffer);
        JS_FreeValue(ctx, buffer);
        if (!base && bytes > 0) {
            report_exception("failed to convert a typed array");
            fail();
        }
        // An empty list has a pointer that is aligned and not null.
        *memory = bytes > 0 ? base + offset : (void *)8;
        call_keep_value(cx, array);
        return bytes / element_size;
    }
    int64_t len;
    if (JS_GetLength(ctx, array, &len)) {
        report_exception("failed to convert a list");
        fail();
    }
    // The iterator is two values: the array, and the index of the next element.
    call_push(cx, array);
    call_push(cx, JS_NewInt32(ctx, 0));
    *memory = NULL;
    return len;
}

void wit_dylib_pop_list_iter_next(void *cx, size_t type) {
    (void)type;
    call_t *call = cx;
    uint32_t index = JS_VALUE_GET_INT(call->items[call->len - 1]);
    call->items[call->len - 1] = JS_NewInt32(ctx, index + 1);
    call_push(call, JS_GetPropertyUint32(ctx, call->items[call->len - 2], index));
}

void wit_dylib_pop_list_iter(void *cx, size_t type) {
    (void)type;
    JS_FreeValue(ctx, call_pop(cx));
    JS_FreeValue(ctx, call_pop(cx));
}

// --- Maps ---

static JSValue invoke(JSValueConst object, const char *method, int argc, JSValueConst *argv) {
    JSAtom atom = JS_NewAtom(ctx, method);
    JSValue value = JS_Invoke(ctx, object, atom, argc, argv);
    JS_FreeAtom(ctx, atom);
    return value;
}

void wit_dylib_push_map(void *cx, size_t type, size_t len) {
    (void)type;
    (void)len;
    JSValue global = JS_GetGlobalObject(ctx);
    JSValue constructor = JS_GetPropertyStr(ctx, global, "Map");
    call_push(cx, JS_CallConstructor(ctx, constructor, 0, NULL));
    JS_FreeValue(ctx, constructor);
    JS_FreeValue(ctx, global);
}

void wit_dylib_map_append(void *cx, size_t type) {
    (void)type;
    call_t *call = cx;
    JSValue value = call_pop(call), key = call_pop(call);
    JSValue result = invoke(call->items[call->len - 1], "set", 2, (JSValueConst[]){key, value});
    if (JS_IsException(result)) {
        report_exception("failed to convert a map");
        fail();
    }
    JS_FreeValue(ctx, result);
    JS_FreeValue(ctx, key);
    JS_FreeValue(ctx, value);
}

JSValue map_entries(JSValueConst map) {
    JSValue global = JS_GetGlobalObject(ctx);
    JSValue array = JS_GetPropertyStr(ctx, global, "Array");
    JSValue entries = invoke(array, "from", 1, &map);
    JS_FreeValue(ctx, array);
    JS_FreeValue(ctx, global);
    return entries;
}

size_t wit_dylib_pop_map(void *cx, size_t type) {
    (void)type;
    JSValue map = call_pop(cx);
    JSValue entries = map_entries(map);
    JS_FreeValue(ctx, map);
    int64_t len;
    if (JS_IsException(entries) || JS_GetLength(ctx, entries, &len)) {
        report_exception("failed to convert a map");
        fail();
    }
    call_push(cx, entries);
    call_push(cx, JS_NewInt32(ctx, 0));
    return len;
}

void wit_dylib_pop_map_iter_next(void *cx, size_t type) {
    wit_dylib_pop_list_iter_next(cx, type);
    JSValue entry = call_pop(cx);
    call_push(cx, JS_GetPropertyUint32(ctx, entry, 1));
    call_push(cx, JS_GetPropertyUint32(ctx, entry, 0));
    JS_FreeValue(ctx, entry);
}

void wit_dylib_pop_map_iter(void *cx, size_t type) {
    wit_dylib_pop_list_iter(cx, type);
}
