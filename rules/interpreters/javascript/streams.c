// Futures and streams that scripts have received. A future is an object with a method `then`, so scripts await it like a promise;
// a stream is an asynchronous iterator. Neither is read before the script asks for a value, so it can be passed on.
#include "streams.h"

#include <stdlib.h>

// The most bytes that are read at once from a `stream<u8>`. Other values are read one by one, so that none is lost when the
// script stops, or passes the stream on.
#define MAX_BYTES (16 << 10)

static JSClassID future_class, stream_class;
static uint32_t num_readable;

// Ends whose objects are gone. They are dropped later: the garbage collector also runs where no import can be called.
static end_t *pending;

end_type_t end_type(bool is_stream, size_t type) {
    if (is_stream) {
        const wit_stream_t *stream = &wit->streams[type];
        return (end_type_t){stream->ty, stream->lift, stream->lower, stream->abi_payload_size, stream->drop_readable, stream->drop_writable, stream->cancel_read};
    }
    const wit_future_t *future = &wit->futures[type];
    return (end_type_t){future->ty, future->lift, future->lower, future->abi_payload_size, future->drop_readable, future->drop_writable, future->cancel_read};
}

void *allocate_values(size_t count, size_t size) {
    void *memory = count * size ? calloc(count, size) : NULL;
    if (!memory && count * size) {
        report("out of memory: %zu values of a stream", count);
        fail();
    }
    return memory;
}

static end_t *end_of(JSValueConst value) {
    end_t *end = JS_GetOpaque(value, stream_class);
    return end ? end : JS_GetOpaque(value, future_class);
}

static void finalize(JSRuntime *runtime, JSValueConst object) {
    end_t *end = end_of(object);
    if (end) {
        JS_FreeValueRT(runtime, end->promise);
        end->promise = JS_UNDEFINED;
        end->next = pending;
        pending = end;
    }
}

static void mark(JSRuntime *runtime, JSValueConst object, JS_MarkFunc *mark_func) {
    end_t *end = end_of(object);
    if (end) {
        JS_MarkValue(runtime, end->promise, mark_func);
    }
}

static void drop_end(end_t *end) {
    if (end->handle) {
        end_type(end->is_stream, end->type).drop_readable(end->handle);
        end->handle = 0;
        num_readable--;
    }
}

void drop_pending_ends(void) {
    while (pending) {
        end_t *end = pending;
        pending = end->next;
        drop_end(end);
        free(end);
    }
}

uint32_t num_readable_ends(void) {
    return num_readable;
}

static JSValue new_readable(bool is_stream, size_t type, uint32_t handle) {
    end_t *end = allocate_call(sizeof *end);
    *end = (end_t){.is_stream = is_stream, .type = type, .handle = handle, .promise = JS_UNDEFINED};
    JSValue object = JS_NewObjectClass(ctx, is_stream ? stream_class : future_class);
    if (JS_IsException(object)) {
        report_exception("failed to convert a future or stream");
        fail();
    }
    JS_SetOpaque(object, end);
    num_readable++;
    return object;
}

// --- Promises ---

static JSValue new_request(end_t *end, JSValueConst object) {
    request_t *request = allocate_call(sizeof *request);
    JSValue promise = JS_NewPromiseCapability(ctx, request->functions);
    if (JS_IsException(promise)) {
        free(request);
        return promise;
    }
    request->object = JS_DupValue(ctx, object);
    request_t **last = &end->requests;
    while (*last) {
        last = &(*last)->next;
    }
    *last = request;
    return promise;
}

// Settles the first promise. Frees `value`. The object of the end may be freed.
static void settle_request(end_t *end, bool is_error, JSValue value) {
    request_t *request = end->requests;
    end->requests = request->next;
    JS_FreeValue(ctx, JS_Call(ctx, request->functions[is_error], JS_UNDEFINED, 1, &value));
    JS_FreeValues(ctx, value, request->functions[0], request->functions[1]);
    JS_FreeValue(ctx, request->object);
    free(request);
}

static JSValue iterator_result(JSValue value, bool done) {
    JSValue result = JS_NewObject(ctx);
    JS_SetPropertyStr(ctx, result, "value", value);
    JS_SetPropertyStr(ctx, result, "done", JS_NewBool(ctx, done));
    return result;
}

// --- Reading ---

static bool has_bytes(const end_t *end) {
    wit_type_t element = end_type(end->is_stream, end->type).element;
    return end->is_stream && element != NO_TYPE && resolve_alias(element) == WIT_TYPE_U8;
}

// Takes what was read out of the buffer.
static JSValue take_values(end_t *end, size_t count) {
    end_type_t type = end_type(end->is_stream, end->type);
    if (has_bytes(end)) {
        uint8_t *bytes = realloc(end->buffer, count);
        bytes = bytes ? bytes : end->buffer;
        end->buffer = NULL;
        return bytes_array(bytes, count);
    }
    if (!type.lift) {
        return JS_UNDEFINED;
    }
    call_t call = {.export = -1};
    type.lift(&call, end->buffer);
    JSValue value = call_pop(&call);
    call_finish(&call);
    return value;
}

static void end_read(end_t *end, uint32_t code) {
    uint32_t state = COPY_STATE(code);
    size_t count = end->is_stream ? COPY_COUNT(code) : state == COPY_COMPLETED;
    bool is_over = state == COPY_DROPPED || !end->is_stream;
    JSValue value = count > 0 ? take_values(end, count) : JS_UNDEFINED;
    free(end->buffer);
    end->buffer = NULL;
    if (is_over) {
        drop_end(end);
    }
    if (count > 0) {
        settle_request(end, false, end->is_stream ? iterator_result(value, false) : value);
    }
}

static void start_read(end_t *end) {
    end->count = has_bytes(end) ? MAX_BYTES : 1;
    end->buffer = allocate_values(end->count, end_type(end->is_stream, end->type).size);
    uint32_t code = end->is_stream ? wit->streams[end->type].read(end->handle, end->buffer, end->count)
                                   : wit->futures[end->type].read(end->handle, end->buffer);
    if (code == COPY_BLOCKED) {
        end->busy = true;
        wait_for_copy(end->handle, end, waiting_task());
    } else {
        end_read(end, code);
    }
}

// Reads until all promises are settled, or until the host has no value yet.
static void serve(end_t *end) {
    JSValue object = JS_DupValue(ctx, end->requests->object);
    while (end->requests && !end->busy) {
        const char *kind = end->is_stream ? "stream" : "future";
        if (end->handle) {
            start_read(end);
        } else if (end->passed_on) {
            JS_ThrowTypeError(ctx, "the %s was passed on, so it cannot be read", kind);
            settle_request(end, true, JS_GetException(ctx));
        } else if (end->is_stream) {
            settle_request(end, false, iterator_result(JS_UNDEFINED, true));
        } else {
            JS_ThrowPlainError(ctx, "the future was dropped without a value");
            settle_request(end, true, JS_GetException(ctx));
        }
    }
    JS_FreeValue(ctx, object);
}

void copy_ended(end_t *end, uint32_t code) {
    end->busy = false;
    if (end->is_writer) {
        write_ended(end, code);
        return;
    }
    // The last promise may have the last reference.
    JSValue object = JS_DupValue(ctx, end->requests->object);
    end_read(end, code);
    if (end->requests) {
        serve(end);
    }
    JS_FreeValue(ctx, object);
}

// --- Methods ---

static JSValue stream_next(JSContext *context, JSValueConst this_value, int argc, JSValueConst *argv) {
    (void)argc, (void)argv;
    end_t *end = JS_GetOpaque2(context, this_value, stream_class);
    JSValue promise = end ? new_request(end, this_value) : JS_EXCEPTION;
    if (!JS_IsException(promise) && !end->busy) {
        drop_pending();
        serve(end);
    }
    return promise;
}

// Drops the stream, as at the end of a loop.
static JSValue stream_return(JSContext *context, JSValueConst this_value, int argc, JSValueConst *argv) {
    end_t *end = JS_GetOpaque2(context, this_value, stream_class);
    if (!end) {
        return JS_EXCEPTION;
    }
    if (end->busy) {
        end_type_t type = end_type(true, end->type);
        stop_waiting(end->handle);
        uint32_t code = type.cancel_read(end->handle);
        end->busy = false;
        end_read(end, code);
    }
    drop_end(end);
    if (end->requests) {
        serve(end);
    }
    JSValue result = iterator_result(argc > 0 ? JS_DupValue(context, argv[0]) : JS_UNDEFINED, true);
    JSValue promise = JS_NewSettledPromise(context, false, result);
    JS_FreeValue(context, result);
    return promise;
}

bool is_future(JSValueConst value) {
    return JS_GetOpaque(value, future_class) != NULL;
}

JSValue future_promise(JSValueConst future) {
    end_t *end = JS_GetOpaque(future, future_class);
    if (JS_IsUndefined(end->promise)) {
        JSValue promise = new_request(end, future);
        if (JS_IsException(promise)) {
            return promise;
        }
        end->promise = promise;
        serve(end);
    }
    return JS_DupValue(ctx, end->promise);
}

static JSValue future_then(JSContext *context, JSValueConst this_value, int argc, JSValueConst *argv) {
    if (!JS_GetOpaque2(context, this_value, future_class)) {
        return JS_EXCEPTION;
    }
    drop_pending();
    JSValue promise = future_promise(this_value);
    if (JS_IsException(promise)) {
        return promise;
    }
    JSValue derived = JS_PromiseThen(context, promise, argc > 0 ? argv[0] : JS_UNDEFINED, argc > 1 ? argv[1] : JS_UNDEFINED);
    JS_FreeValue(context, promise);
    return derived;
}

static void define_method(JSValueConst prototype, JSCFunction *function, const char *name, int length) {
    JS_DefinePropertyValueStr(ctx, prototype, name, JS_NewCFunction(ctx, function, name, length), JS_PROP_CONFIGURABLE | JS_PROP_WRITABLE);
}

// The prototype of promises. Its `catch` and `finally` call `then`.
static JSValue promise_prototype(void) {
    JSValue functions[2];
    JSValue promise = JS_NewPromiseCapability(ctx, functions);
    JSValue prototype = JS_GetPrototype(ctx, promise);
    JS_FreeValues(ctx, promise, functions[0], functions[1]);
    return prototype;
}

void streams_init(void) {
    static const JSClassDef FUTURE = {.class_name = "Future", .finalizer = finalize, .gc_mark = mark};
    static const JSClassDef STREAM = {.class_name = "Stream", .finalizer = finalize, .gc_mark = mark};
    JS_NewClassID(rt, &future_class);
    JS_NewClass(rt, future_class, &FUTURE);
    JS_NewClassID(rt, &stream_class);
    JS_NewClass(rt, stream_class, &STREAM);
    if (wit->num_futures + wit->num_streams == 0) {
        return;
    }
    JSValue promises = promise_prototype(), iterators = writers_init();
    JSValue future = JS_NewObjectProto(ctx, promises), stream = JS_NewObjectProto(ctx, iterators);
    define_method(future, future_then, "then", 2);
    define_method(stream, stream_next, "next", 0);
    define_method(stream, stream_return, "return", 1);
    JS_SetClassProto(ctx, future_class, future);
    JS_SetClassProto(ctx, stream_class, stream);
    JS_FreeValues(ctx, promises, iterators);
}

// --- Conversions ---

transfer_t transfer_of(JSValueConst value, bool is_stream, size_t type) {
    end_t *end = JS_GetOpaque(value, is_stream ? stream_class : future_class);
    if (end && end->passed_on) {
        return PASSED_ON;
    }
    bool is_unread = end && end->handle && !end->requests && JS_IsUndefined(end->promise);
    bool fits = is_unread && same_type(end_type(is_stream, end->type).element, end_type(is_stream, type).element);
    return fits ? PASS_ON : WRITE;
}

// The value that has the future or stream was not read.
static void take_back(JSValueConst object, uint32_t type, uint32_t handle) {
    (void)type;
    end_t *end = end_of(object);
    end->handle = handle;
    end->passed_on = false;
    num_readable++;
}

static uint32_t pop_end(call_t *call, bool is_stream, size_t type) {
    JSValue value = call_pop(call);
    if (transfer_of(value, is_stream, type) != PASS_ON) {
        return write_value(call, is_stream, type, value);
    }
    end_t *end = end_of(value);
    uint32_t handle = end->handle;
    end->handle = 0;
    end->passed_on = true;
    num_readable--;
    call_keep_given(call, value, take_back, type, handle);
    return handle;
}

void wit_dylib_push_future(void *cx, size_t type, uint32_t handle) { call_push(cx, new_readable(false, type, handle)); }
void wit_dylib_push_stream(void *cx, size_t type, uint32_t handle) { call_push(cx, new_readable(true, type, handle)); }
uint32_t wit_dylib_pop_future(void *cx, size_t type) { return pop_end(cx, false, type); }
uint32_t wit_dylib_pop_stream(void *cx, size_t type) { return pop_end(cx, true, type); }
