// What a script can see of its host: messages, time and random numbers, each only through imports of the world.
#include <stdlib.h>
#include <string.h>

#include "host.h"
#include "shim.h"

const bool names_in_camel_case = true;

void write_stream(bool is_error, const char *text, size_t len) {
    int get = is_error ? find_import("wasi:cli/stderr@0.2", "get-stderr") : find_import("wasi:cli/stdout@0.2", "get-stdout");
    int write = find_import("wasi:io/streams@0.2", "[method]output-stream.blocking-write-and-flush");
    if (get < 0 || write < 0) {
        return;
    }
    JSValue stream = call_import(get, 0, NULL);
    // One call writes at most 4096 bytes.
    while (len > 0 && !JS_IsException(stream)) {
        size_t part = len < 4096 ? len : 4096;
        JSValue bytes = JS_NewUint8ArrayCopy(ctx, (const uint8_t *)text, part);
        JSValue result = call_import(write, 2, (JSValueConst[]){stream, bytes});
        JS_FreeValue(ctx, bytes);
        if (JS_IsException(result)) {
            break;
        }
        text += part;
        len -= part;
    }
    // Output that cannot be written is no error of the script.
    JS_FreeValue(ctx, JS_GetException(ctx));
    JS_FreeValue(ctx, stream);
}

// Copies the location from the first line of a stack: `    at f (app.js:1:2)`, or `    at app.js:1:2`.
static void first_location(char *out, size_t size, const char *stack) {
    const char *start = stack;
    out[0] = 0;
    while (start && *start) {
        const char *end = strchr(start, '\n');
        size_t len = end ? (size_t)(end - start) : strlen(start);
        const char *open = memchr(start, '(', len);
        const char *from = open ? open + 1 : start + strspn(start, " ");
        from += !open && strncmp(from, "at ", 3) == 0 ? 3 : 0;
        size_t count = len - (from - start) - (open && len > 0 && start[len - 1] == ')');
        if (count > 0 && count < size && memchr(from, ':', count) && strncmp(from, "native", 6) != 0) {
            memcpy(out, from, count);
            out[count] = 0;
            return;
        }
        start = end ? end + 1 : NULL;
    }
}

static const char *property_text(JSValueConst object, const char *name) {
    JSValue value = JS_GetPropertyStr(ctx, object, name);
    const char *text = JS_IsUndefined(value) || JS_IsException(value) ? NULL : JS_ToCString(ctx, value);
    JS_FreeValue(ctx, value);
    return text;
}

void location_of(char *out, size_t size, JSValueConst error) {
    const char *stack = JS_IsError(error) ? property_text(error, "stack") : NULL;
    first_location(out, size, stack);
    JS_FreeCString(ctx, stack);
}

void report_exception(const char *during) {
    JSValue error = JS_GetException(ctx);
    const char *text = JS_ToCString(ctx, error);
    const char *stack = JS_IsError(error) ? property_text(error, "stack") : NULL;
    char location[512] = "";
    first_location(location, sizeof location, stack);
    if (!location[0] && text) {
        site_of_import(location, sizeof location, text);
    }
    report("%s%s%s", location, location[0] ? ": " : "", text ? text : "an exception that cannot be shown");
    if (stack) {
        write_text(true, stack, strlen(stack));
    }
    if (during) {
        note("%s", during);
    }
    JS_FreeCString(ctx, text);
    JS_FreeCString(ctx, stack);
    JS_FreeValue(ctx, error);
}

// --- console ---

static JSValue console_text(JSValueConst value) {
    if (JS_IsObject(value) && !JS_IsFunction(ctx, value) && !JS_IsError(value)) {
        JSValue json = JS_JSONStringify(ctx, value, JS_UNDEFINED, JS_UNDEFINED);
        if (JS_IsString(json)) {
            return json;
        }
        JS_FreeValue(ctx, JS_GetException(ctx));
    }
    return JS_IsSymbol(value) ? JS_NewString(ctx, "Symbol()") : JS_ToString(ctx, value);
}

static JSValue console_log(JSContext *context, JSValueConst this_value, int argc, JSValueConst *argv, int is_error) {
    (void)this_value;
    for (int i = 0; i < argc; i++) {
        JSValue value = console_text(argv[i]);
        size_t len;
        const char *text = JS_IsException(value) ? NULL : JS_ToCStringLen(context, &len, value);
        JS_FreeValue(context, value);
        if (!text) {
            return JS_EXCEPTION;
        }
        write_text(is_error, text, len);
        JS_FreeCString(context, text);
        if (i + 1 < argc) {
            write_text(is_error, " ", 1);
        }
    }
    write_text(is_error, "\n", 1);
    return JS_UNDEFINED;
}

// --- Time and random numbers ---

// Called by libc for `Date` and `performance`. Without a clock in the world, time stands still at the epoch.
int64_t host_now_ns(void) {
    int clock = ctx && !loading ? find_import("wasi:clocks/wall-clock@0.2", "now") : -1;
    if (clock < 0) {
        return 0;
    }
    JSValue now = call_import(clock, 0, NULL);
    JSValue seconds = JS_GetPropertyStr(ctx, now, "seconds"), nanoseconds = JS_GetPropertyStr(ctx, now, "nanoseconds");
    int64_t s = 0, ns = 0;
    JS_ToInt64Ext(ctx, &s, seconds);
    JS_ToInt64Ext(ctx, &ns, nanoseconds);
    JS_FreeValue(ctx, seconds);
    JS_FreeValue(ctx, nanoseconds);
    JS_FreeValue(ctx, now);
    return s * 1000000000 + ns;
}

static JSValue random_number(JSContext *context, JSValueConst this_value, int argc, JSValueConst *argv) {
    (void)this_value, (void)argc, (void)argv;
    JSValue value = call_import(find_import("wasi:random/random@0.2", "get-random-u64"), 0, NULL);
    int64_t bits = 0;
    if (JS_IsException(value) || JS_ToInt64Ext(context, &bits, value)) {
        return JS_EXCEPTION;
    }
    JS_FreeValue(context, value);
    return JS_NewFloat64(context, (double)((uint64_t)bits >> 11) / 9007199254740992.0);
}

void console_init(void) {
    static const struct {
        const char *name;
        int is_error;
    } METHODS[] = {{"log", 0}, {"info", 0}, {"debug", 0}, {"warn", 1}, {"error", 1}};
    JSValue global = JS_GetGlobalObject(ctx);
    JSValue console = JS_NewObject(ctx);
    for (size_t i = 0; i < sizeof METHODS / sizeof *METHODS; i++) {
        JS_SetPropertyStr(ctx, console, METHODS[i].name,
                          JS_NewCFunctionMagic(ctx, console_log, METHODS[i].name, 1, JS_CFUNC_generic_magic, METHODS[i].is_error));
    }
    JS_SetPropertyStr(ctx, global, "console", console);
    if (find_import("wasi:random/random@0.2", "get-random-u64") >= 0) {
        JSValue math = JS_GetPropertyStr(ctx, global, "Math");
        JS_SetPropertyStr(ctx, math, "random", JS_NewCFunction(ctx, random_number, "random", 0));
        JS_FreeValue(ctx, math);
    }
    JS_FreeValue(ctx, global);
}
