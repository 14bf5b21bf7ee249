// Functions and classes that scripts export to the world.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shim.h"

// The function that implements an export, and its `this`.
typedef struct export {
    JSValue function;
    JSValue this_value;
    function_kind_t kind;
} export_t;

static export_t *exports;
static const char *main_name;

void run_jobs(void) {
    JSContext *context;
    while (JS_ExecutePendingJob(rt, &context) > 0) {
    }
}

// Waits for a promise without the host, so one that is still pending when no job is left stays so. Frees `value`.
static JSValue settle(JSValue value) {
    if (!JS_IsPromise(value)) {
        return value;
    }
    run_jobs();
    JSPromiseStateEnum state = JS_PromiseState(ctx, value);
    JSValue result = state == JS_PROMISE_PENDING ? JS_UNDEFINED : JS_PromiseResult(ctx, value);
    JS_PromiseMarkAsHandled(ctx, value);
    rejection_handled(value);
    JS_FreeValue(ctx, value);
    if (state == JS_PROMISE_PENDING) {
        return JS_ThrowPlainError(ctx, "the promise is never settled: the call is synchronous, so it cannot wait for an import");
    }
    return state == JS_PROMISE_REJECTED ? JS_Throw(ctx, result) : result;
}

static bool present(JSValueConst value) {
    return !JS_IsUndefined(value) && !JS_IsNull(value) && !JS_IsException(value);
}

// The object that implements an interface: the export with its full name, without the version, or with its short name.
static JSValue find_interface_object(JSValueConst namespace, const char *interface) {
    char name[256];
    snprintf(name, sizeof name, "%s", interface);
    JSValue value = JS_GetPropertyStr(ctx, namespace, name);
    char *version = strchr(name, '@');
    if (!present(value) && version) {
        *version = 0;
        value = JS_GetPropertyStr(ctx, namespace, name);
    }
    if (!present(value)) {
        short_interface_name(name, sizeof name, interface);
        value = JS_GetPropertyStr(ctx, namespace, name);
    }
    return value;
}

// Lists the names of an object's properties.
static void list_names(char *out, size_t size, JSValueConst object) {
    JSPropertyEnum *names = NULL;
    uint32_t count = 0;
    size_t len = 0;
    JS_GetOwnPropertyNames(ctx, &names, &count, object, JS_GPN_STRING_MASK);
    out[0] = 0;
    for (uint32_t i = 0; i < count && len < size; i++) {
        const char *name = JS_AtomToCString(ctx, names[i].atom);
        len += snprintf(out + len, size - len, "%s`%s`", len ? ", " : "", name);
        JS_FreeCString(ctx, name);
    }
    if (count == 0) {
        snprintf(out, size, "nothing");
    }
    JS_FreePropertyEnum(ctx, names, count);
}

// `file:line:column` of a function of a script, or the main module if it is not one.
static void function_site(char *out, size_t size, JSValueConst function) {
    JSValue file = JS_GetPropertyStr(ctx, function, "fileName");
    JSValue line = JS_GetPropertyStr(ctx, function, "lineNumber");
    JSValue column = JS_GetPropertyStr(ctx, function, "columnNumber");
    const char *name = JS_IsString(file) ? JS_ToCString(ctx, file) : NULL;
    int32_t l = 0, c = 0;
    JS_ToInt32(ctx, &l, line);
    JS_ToInt32(ctx, &c, column);
    if (name && l > 0) {
        snprintf(out, size, "%s:%d:%d", name, l, c);
    } else {
        snprintf(out, size, "%s", main_name);
    }
    JS_FreeCString(ctx, name);
    JS_FreeValue(ctx, file);
    JS_FreeValue(ctx, line);
    JS_FreeValue(ctx, column);
}

// The property of an object that has to be a function. Reports a missing one, or one that takes too many parameters.
static JSValue find_function(JSValueConst object, const char *object_name, const char *name, const wit_export_func_t *func) {
    char site[600], wanted[256], others[1024];
    JSValue value = JS_GetPropertyStr(ctx, object, name);
    full_name(wanted, sizeof wanted, func->interface, func->name);
    if (!JS_IsFunction(ctx, value)) {
        site_of(site, sizeof site, main_name, object_name ? object_name : name);
        list_names(others, sizeof others, object);
        report("%s: the world exports `%s`, but %s%s%s %s function `%s`", site, wanted, object_name ? "`" : "the script",
               object_name ? object_name : "", object_name ? "`" : "", object_name ? "has no" : "exports no", name);
        note("there is %s", others);
        JS_FreeValue(ctx, value);
        return JS_UNDEFINED;
    }
    JSValue length = JS_GetPropertyStr(ctx, value, "length");
    int32_t takes = 0;
    JS_ToInt32(ctx, &takes, length);
    JS_FreeValue(ctx, length);
    int32_t gets = func->nparams - (function_name(func->name).kind == METHOD);
    if (takes > gets) {
        function_site(site, sizeof site, value);
        report("%s: the function `%s` takes %d parameters, but `%s` has %d", site, name, takes, wanted, gets);
        JS_FreeValue(ctx, value);
        return JS_UNDEFINED;
    }
    return value;
}

static bool find_method(export_t *out, JSValueConst object, const char *object_name, const function_name_t *name, const wit_export_func_t *func) {
    JSValue class_value = find_function(object, object_name, name->class_name, &(wit_export_func_t){func->interface, func->name, NULL, 255, NULL, 0});
    if (JS_IsUndefined(class_value)) {
        return false;
    }
    int resource = find_resource(func->interface, name->class_name, true);
    if (resource >= 0) {
        set_exported_class(resource, class_value);
    }
    if (name->kind == CONSTRUCTOR) {
        *out = (export_t){class_value, JS_UNDEFINED, CONSTRUCTOR};
        return true;
    }
    JSValue holder = name->kind == STATIC_METHOD ? JS_DupValue(ctx, class_value) : JS_GetPropertyStr(ctx, class_value, "prototype");
    JSValue function = find_function(holder, name->class_name, name->name, func);
    *out = (export_t){function, name->kind == STATIC_METHOD ? class_value : JS_UNDEFINED, name->kind};
    JS_FreeValue(ctx, holder);
    return !JS_IsUndefined(function);
}

static bool find_export(export_t *out, JSValueConst namespace, const wit_export_func_t *func) {
    function_name_t name = function_name(func->name);
    if (!func->interface) {
        *out = (export_t){find_function(namespace, NULL, name.name, func), JS_UNDEFINED, FREE_FUNCTION};
        return !JS_IsUndefined(out->function);
    }
    char short_name[256];
    short_interface_name(short_name, sizeof short_name, func->interface);
    JSValue object = find_interface_object(namespace, func->interface);
    if (!present(object)) {
        char others[1024], site[600];
        list_names(others, sizeof others, namespace);
        site_of(site, sizeof site, main_name, name.kind == FREE_FUNCTION ? name.name : name.class_name);
        report("%s: the world exports `%s#%s`, but the script exports no object `%s`", site, func->interface, func->name, short_name);
        note("it exports %s", others);
        return false;
    }
    if (name.kind != FREE_FUNCTION) {
        bool found = find_method(out, object, short_name, &name, func);
        JS_FreeValue(ctx, object);
        return found;
    }
    *out = (export_t){find_function(object, short_name, name.name, func), object, FREE_FUNCTION};
    return !JS_IsUndefined(out->function);
}

bool exports_load(void) {
    const wit_sources_t *sources = wit_dylib_sources();
    if (sources->count == 0) {
        report("there is no script");
        return false;
    }
    const wit_source_t *source = &sources->sources[0];
    main_name = source->name;
    JSValue module = JS_Eval(ctx, (const char *)source->data, source->size, main_name, JS_EVAL_TYPE_MODULE | JS_EVAL_FLAG_COMPILE_ONLY);
    if (JS_IsException(module)) {
        report_exception(NULL);
        return false;
    }
    JSModuleDef *definition = JS_VALUE_GET_PTR(module);
    JSValue result = settle(JS_EvalFunction(ctx, module));
    if (JS_IsException(result)) {
        report_exception(NULL);
        return false;
    }
    JS_FreeValue(ctx, result);
    JSValue namespace = JS_GetModuleNamespace(ctx, definition);
    bool ok = true;
    exports = calloc(wit->num_export_funcs + 1, sizeof *exports);
    for (size_t i = 0; i < wit->num_export_funcs; i++) {
        const wit_export_func_t *func = &wit->export_funcs[i];
        ok = find_export(&exports[i], namespace, func) && ok;
    }
    JS_FreeValue(ctx, namespace);
    return ok;
}

// --- Calls ---

void *wit_dylib_export_start(size_t which) {
    call_t *call = calloc(1, sizeof *call);
    if (!call) {
        report("out of memory: a call");
        fail();
    }
    const wit_export_func_t *func = &wit->export_funcs[which];
    *call = (call_t){.interface = func->interface, .function = func->name, .export = which};
    return call;
}

static JSValue call_script(const export_t *export, size_t count, JSValue *args) {
    if (export->kind == CONSTRUCTOR) {
        return JS_CallConstructor(ctx, export->function, count, args);
    }
    if (export->kind == METHOD) {
        return JS_Call(ctx, export->function, args[0], count - 1, args + 1);
    }
    return JS_Call(ctx, export->function, export->this_value, count, args);
}

// The payload of the error that a function with a `result` throws: `payload` of the exception, or the exception if it is
// not an Error, as in jco. Returns false for other exceptions, which stay thrown.
static bool take_payload(JSValue *payload) {
    JSValue error = JS_GetException(ctx);
    if (JS_IsError(error)) {
        JSAtom atom = JS_NewAtom(ctx, "payload");
        bool has_payload = JS_GetOwnProperty(ctx, NULL, error, atom) > 0;
        *payload = has_payload ? JS_GetProperty(ctx, error, atom) : JS_UNDEFINED;
        JS_FreeAtom(ctx, atom);
        if (!has_payload) {
            JS_Throw(ctx, error);
            return false;
        }
        JS_FreeValue(ctx, error);
        return true;
    }
    *payload = error;
    return true;
}

// Checks what a script returned or threw, and makes the value that the dylib pops.
static JSValue convert_result(const wit_export_func_t *func, JSValue value) {
    site_t site = {func->interface, func->name, RESULT, 0};
    wit_type_t type = resolve_alias(func->result);
    if (WIT_TYPE_KIND(type) != WIT_TYPE_RESULT) {
        bool ok = !JS_IsException(value) && check_value(value, type, &site);
        return ok ? value : JS_EXCEPTION;
    }
    const wit_result_t *result = &wit->results[WIT_TYPE_INDEX(type)];
    bool is_err = JS_IsException(value);
    if (is_err && !take_payload(&value)) {
        return JS_EXCEPTION;
    }
    site.part = is_err ? ERROR_PAYLOAD : RESULT;
    wit_type_t payload = is_err ? result->err : result->ok;
    if (payload != NO_TYPE && !check_value(value, payload, &site)) {
        return JS_EXCEPTION;
    }
    return wrap_result(is_err, value);
}

JSValue call_export(size_t which, call_t *call) {
    size_t count = wit->export_funcs[which].nparams;
    JSValue value = call_script(&exports[which], count, call->items + call->len - count);
    for (size_t i = 0; i < count; i++) {
        JS_FreeValue(ctx, call_pop(call));
    }
    return value;
}

bool returns_future(size_t which) {
    wit_type_t result = wit->export_funcs[which].result;
    return result != NO_TYPE && WIT_TYPE_KIND(resolve_alias(result)) == WIT_TYPE_FUTURE;
}

void export_site(char *out, size_t size, size_t which) {
    function_site(out, size, exports[which].function);
}

void export_failed(size_t which) {
    const wit_export_func_t *func = &wit->export_funcs[which];
    char name[256], site[600], during[900];
    full_name(name, sizeof name, func->interface, func->name);
    export_site(site, sizeof site, which);
    snprintf(during, sizeof during, "in a call of the export `%s`, which is at %s", name, site);
    report_exception(during);
    fail();
}

void push_result(size_t which, call_t *call, JSValue value) {
    const wit_export_func_t *func = &wit->export_funcs[which];
    if (func->result != NO_TYPE) {
        value = convert_result(func, value);
    }
    if (JS_IsException(value)) {
        export_failed(which);
    }
    if (func->result != NO_TYPE) {
        call_push(call, value);
    } else {
        JS_FreeValue(ctx, value);
    }
}

void wit_dylib_export_call(void *cx, size_t which) {
    JS_UpdateStackTop(rt);
    drop_pending();
    struct task *outer = leave_task();
    JSValue value = call_export(which, cx);
    push_result(which, cx, returns_future(which) ? value : settle(value));
    run_jobs();
    report_rejections();
    end_loans(cx);
    resume_task(outer);
    drop_pending();
}

void wit_dylib_export_finish(void *cx, size_t which) {
    (void)which;
    call_finish(cx);
    free(cx);
}
