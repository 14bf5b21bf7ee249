// Futures and streams that scripts pass: the values of a promise or an iterator are written while the other end reads them.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "streams.h"

// What is simpler in JavaScript. `check` returns the error of a value that has the wrong type, and `write` whether the other end
// still reads. The error is thrown where a generator yields, so that it gets this location.
#define JAVASCRIPT(...) #__VA_ARGS__
static const char SOURCE[] = JAVASCRIPT((check, write) => {
    const { asyncIterator, iterator } = Symbol;
    const { getPrototypeOf } = Object;
    return {
        iterators: getPrototypeOf(getPrototypeOf(async function* () {}).prototype),
        isIterable: (source) => source[asyncIterator] != null || source[iterator] != null,
        isThenable: (value) => typeof value.then == "function",
        async writeFuture(end, source) {
            const value = await source;
            const error = check(end, value);
            if (error) {
                throw error;
            }
            await write(end, value);
        },
        async writeStream(end, source) {
            await null;
            const isAsync = source[asyncIterator] != null;
            const values = isAsync ? source[asyncIterator]() : source[iterator]();
            let result = await values.next();
            while (!result.done) {
                const value = isAsync ? result.value : await result.value;
                const error = check(end, value);
                if (error) {
                    if (!values.throw) {
                        throw error;
                    }
                    result = await values.throw(error);
                } else if (await write(end, value)) {
                    result = await values.next();
                } else {
                    await values.return?.();
                    return;
                }
            }
        },
    };
});

static JSClassID writer_class;
static JSValue iterable_function, thenable_function, write_functions[2];
static end_t *writers;

static void finalize(JSRuntime *runtime, JSValueConst object) {
    (void)runtime;
    end_t *end = JS_GetOpaque(object, writer_class);
    if (end) {
        end->forgotten = true;
    }
}

// --- Messages ---

// What is reported about a future or stream: the function that it was passed to, or that returned it, with a location.
static char *describe(const call_t *call, bool is_stream) {
    char name[256], site[600], text[1024];
    const char *kind = is_stream ? "stream" : "future";
    full_name(name, sizeof name, call->interface, call->function);
    if (call->during) {
        snprintf(text, sizeof text, "%s", call->during);
    } else if (call->export >= 0) {
        export_site(site, sizeof site, call->export);
        snprintf(text, sizeof text, "in a %s of the result of `%s`, which is at %s", kind, name, site);
    } else {
        JSValue error = JS_NewError(ctx);
        location_of(site, sizeof site, error);
        JS_FreeValue(ctx, error);
        snprintf(text, sizeof text, "in a %s that was passed to `%s` at %s", kind, name, site);
    }
    char *copy = strdup(text);
    if (!copy) {
        fail();
    }
    return copy;
}

_Noreturn static void write_failed(const end_t *end) {
    report_exception(end->during);
    fail();
}

void check_writers(void) {
    for (const end_t *end = writers; end; end = end->next) {
        if (end->forgotten) {
            JS_ThrowPlainError(ctx, "the promise of a value is never settled: nothing is left that could settle it");
            write_failed(end);
        }
    }
}

// --- Writing ---

static void close_writer(end_t *end) {
    end_t **link = &writers;
    while (*link != end) {
        link = &(*link)->next;
    }
    *link = end->next;
    end_type(end->is_stream, end->type).drop_writable(end->handle);
    remove_writer(end->task);
    free(end->during);
    free(end);
}

// Whether a value is a typed array, as several values of a stream of numbers.
static bool is_chunk(const end_t *end, JSValueConst value) {
    int class = end->is_stream ? typed_array_class(end_type(true, end->type).element) : -1;
    return class >= 0 && JS_GetTypedArrayType(value) == class;
}

static JSValue check(JSContext *context, JSValueConst this_value, int argc, JSValueConst *argv) {
    (void)context, (void)this_value, (void)argc;
    end_t *end = JS_GetOpaque(argv[0], writer_class);
    wit_type_t element = end_type(end->is_stream, end->type).element;
    site_t site = {end->call.interface, end->call.function, end->is_stream ? STREAM_VALUE : FUTURE_VALUE, 0};
    if (element == NO_TYPE || is_chunk(end, argv[1]) || check_value(argv[1], element, &site)) {
        return JS_UNDEFINED;
    }
    // The same error without a stack: QuickJS adds that of the function in which it is thrown.
    JSValue error = JS_GetException(ctx);
    if (!JS_IsError(error)) {
        return error;
    }
    JSValue prototype = JS_GetPrototype(ctx, error);
    JSValue bare = JS_NewObjectProtoClass(ctx, prototype, JS_GetClassID(error));
    JS_DefinePropertyValueStr(ctx, bare, "message", JS_GetPropertyStr(ctx, error, "message"), JS_PROP_CONFIGURABLE | JS_PROP_WRITABLE);
    JS_FreeValues(ctx, prototype, error);
    return bare;
}

// Notes what was copied. Returns whether the write has ended.
static bool note_copied(end_t *end, uint32_t code) {
    uint32_t state = COPY_STATE(code);
    end->copied += end->is_stream ? COPY_COUNT(code) : state == COPY_COMPLETED;
    if (state == COPY_COMPLETED && end->copied < end->count) {
        return false;
    }
    if (end->copied < end->count) {
        call_take_back(&end->call);
    }
    call_finish(&end->call);
    free(end->buffer);
    end->buffer = NULL;
    return true;
}

// Starts a write, and returns the code, or COPY_BLOCKED.
static uint32_t start_write(end_t *end) {
    for (;;) {
        uint8_t *from = end->buffer + end->copied * end_type(end->is_stream, end->type).size;
        uint32_t code = end->is_stream ? wit->streams[end->type].write(end->handle, from, end->count - end->copied)
                                       : wit->futures[end->type].write(end->handle, from);
        if (code == COPY_BLOCKED || note_copied(end, code)) {
            return code;
        }
    }
}

// Puts a value, or several, into the buffer.
static void lower(end_t *end, JSValueConst value) {
    end_type_t type = end_type(end->is_stream, end->type);
    end->copied = 0;
    end->count = 1;
    if (is_chunk(end, value)) {
        size_t offset, size, element_size, total;
        JSValue buffer = JS_GetTypedArrayBuffer(ctx, value, &offset, &size, &element_size);
        const uint8_t *bytes = JS_IsException(buffer) ? NULL : JS_GetArrayBuffer(ctx, &total, buffer);
        end->count = bytes ? size / element_size : 0;
        end->buffer = allocate_values(end->count, element_size);
        if (end->buffer) {
            memcpy(end->buffer, bytes + offset, size);
        }
        JS_FreeValue(ctx, buffer);
        return;
    }
    end->buffer = allocate_values(1, type.size);
    if (type.lower) {
        call_push(&end->call, JS_DupValue(ctx, value));
        type.lower(&end->call, end->buffer);
    }
}

static JSValue write(JSContext *context, JSValueConst this_value, int argc, JSValueConst *argv) {
    (void)this_value, (void)argc;
    end_t *end = JS_GetOpaque(argv[0], writer_class);
    lower(end, argv[1]);
    if (end->count == 0) {
        return JS_TRUE;
    }
    uint32_t code = start_write(end);
    if (code != COPY_BLOCKED) {
        return JS_NewBool(context, COPY_STATE(code) == COPY_COMPLETED);
    }
    JSValue functions[2];
    JSValue promise = JS_NewPromiseCapability(context, functions);
    if (JS_IsException(promise)) {
        report_exception(end->during);
        fail();
    }
    end->resolve = functions[0];
    JS_FreeValue(context, functions[1]);
    end->busy = true;
    wait_for_copy(end->handle, end, end->task);
    return promise;
}

void write_ended(end_t *end, uint32_t code) {
    if (!note_copied(end, code)) {
        code = start_write(end);
    }
    if (code == COPY_BLOCKED) {
        end->busy = true;
        wait_for_copy(end->handle, end, end->task);
        return;
    }
    JSValue goes_on = JS_NewBool(ctx, COPY_STATE(code) == COPY_COMPLETED), resolve = end->resolve;
    JS_FreeValue(ctx, JS_Call(ctx, resolve, JS_UNDEFINED, 1, &goes_on));
    JS_FreeValue(ctx, resolve);
}

// --- Passing ---

// All values are written, or the other end is gone; or the script has thrown an exception.
static JSValue on_done(JSContext *context, JSValueConst this_value, int argc, JSValueConst *argv, int is_exception, JSValueConst *data) {
    (void)this_value;
    end_t *end = JS_GetOpaque(data[0], writer_class);
    if (is_exception) {
        JS_Throw(context, argc > 0 ? JS_DupValue(context, argv[0]) : JS_UNDEFINED);
        write_failed(end);
    }
    JS_SetOpaque(data[0], NULL);
    close_writer(end);
    return JS_UNDEFINED;
}

static void drop_unread(JSValueConst object, uint32_t type, uint32_t handle) {
    (void)object;
    end_type(type & 1, type >> 1).drop_readable(handle);
}

uint32_t write_value(call_t *call, bool is_stream, uint32_t type, JSValue value) {
    uint64_t ends = is_stream ? wit->streams[type].make() : wit->futures[type].make();
    end_t *end = allocate_call(sizeof *end);
    *end = (end_t){.next = writers, .is_stream = is_stream, .type = type, .handle = ends >> 32, .is_writer = true, .task = waiting_task()};
    if (!end->task) {
        report("a %s is to be written while no call of an async function is in progress", is_stream ? "stream" : "future");
        fail();
    }
    end->during = describe(call, is_stream);
    end->call = (call_t){.interface = call->interface, .function = call->function, .export = call->export, .during = end->during};
    writers = end;
    add_writer(end->task);
    if (is_chunk(end, value)) {
        value = JS_NewArrayFrom(ctx, 1, &value);
    }
    JSValue object = JS_NewObjectClass(ctx, writer_class);
    if (JS_IsException(object) || JS_IsException(value)) {
        write_failed(end);
    }
    JS_SetOpaque(object, end);
    JSValue promise = JS_Call(ctx, write_functions[is_stream], JS_UNDEFINED, 2, (JSValueConst[]){object, value});
    JSValue functions[] = {
        JS_NewCFunctionData(ctx, on_done, 1, false, 1, &object),
        JS_NewCFunctionData(ctx, on_done, 1, true, 1, &object),
    };
    JSValue derived = JS_IsException(promise) ? promise : JS_PromiseThen(ctx, promise, functions[0], functions[1]);
    if (JS_IsException(derived)) {
        write_failed(end);
    }
    JS_FreeValues(ctx, derived, functions[0], functions[1], promise, object, value);
    call_keep_given(call, JS_UNDEFINED, drop_unread, type << 1 | is_stream, ends);
    return ends;
}

static int ask(JSValueConst function, JSValueConst value) {
    if (!JS_IsObject(value)) {
        return false;
    }
    JSValue answer = JS_Call(ctx, function, JS_UNDEFINED, 1, &value);
    int result = JS_IsException(answer) ? -1 : JS_ToBool(ctx, answer);
    JS_FreeValue(ctx, answer);
    return result;
}

int is_iterable(JSValueConst value) { return ask(iterable_function, value); }
int is_thenable(JSValueConst value) { return ask(thenable_function, value); }

JSValue writers_init(void) {
    static const JSClassDef DEFINITION = {.class_name = "Writer", .finalizer = finalize};
    JS_NewClassID(rt, &writer_class);
    JS_NewClass(rt, writer_class, &DEFINITION);
    // Locations in native code are not shown.
    JSValue function = JS_Eval(ctx, SOURCE, sizeof SOURCE - 1, "native", JS_EVAL_TYPE_GLOBAL | JS_EVAL_FLAG_STRICT);
    JSValue natives[] = {JS_NewCFunction(ctx, check, "check", 2), JS_NewCFunction(ctx, write, "write", 2)};
    JSValue functions = JS_IsException(function) ? function : JS_Call(ctx, function, JS_UNDEFINED, 2, natives);
    if (JS_IsException(functions)) {
        report_exception(NULL);
        fail();
    }
    iterable_function = JS_GetPropertyStr(ctx, functions, "isIterable");
    thenable_function = JS_GetPropertyStr(ctx, functions, "isThenable");
    write_functions[false] = JS_GetPropertyStr(ctx, functions, "writeFuture");
    write_functions[true] = JS_GetPropertyStr(ctx, functions, "writeStream");
    JSValue iterators = JS_GetPropertyStr(ctx, functions, "iterators");
    JS_FreeValues(ctx, function, natives[0], natives[1], functions);
    return iterators;
}
