// Functions and classes that scripts import from the world.
#include <stdlib.h>
#include <string.h>

#include "shim.h"

// Makes the exception for the error of a `result`, as jco does: an Error with the error in `payload`.
static JSValue payload_error(JSValue payload) {
    JSValue tag = JS_IsObject(payload) ? JS_GetPropertyStr(ctx, payload, "tag") : JS_UNDEFINED;
    const char *text = JS_ToCString(ctx, JS_IsString(tag) ? tag : payload);
    JSValue error = JS_NewPlainError(ctx, "%s", text ? text : "");
    JS_FreeCString(ctx, text);
    JS_FreeValue(ctx, tag);
    JS_DefinePropertyValueStr(ctx, error, "payload", payload, JS_PROP_C_W_E);
    return error;
}

JSValue import_result(const wit_import_func_t *func, call_t *call, bool *is_err) {
    *is_err = false;
    JSValue result = func->result == NO_TYPE ? JS_UNDEFINED : call_pop(call);
    if (func->result != NO_TYPE && WIT_TYPE_KIND(resolve_alias(func->result)) == WIT_TYPE_RESULT) {
        result = unwrap_result(result, is_err);
        return *is_err ? payload_error(result) : result;
    }
    return result;
}

static bool check_arguments(const wit_import_func_t *func, int argc, JSValueConst *argv) {
    bool is_method = strncmp(func->name, "[method]", strlen("[method]")) == 0;
    for (size_t i = 0; i < func->nparams; i++) {
        JSValueConst value = (int)i < argc ? argv[i] : JS_UNDEFINED;
        site_t site = {func->interface, func->name, is_method && i == 0 ? THIS_VALUE : ARGUMENT, i + !is_method};
        if (!check_value(value, func->params[i], &site)) {
            return false;
        }
    }
    return true;
}

static void push_arguments(const wit_import_func_t *func, call_t *call, int argc, JSValueConst *argv) {
    // The dylib pops the first argument first.
    for (size_t i = func->nparams; i-- > 0;) {
        call_push(call, JS_DupValue(ctx, (int)i < argc ? argv[i] : JS_UNDEFINED));
    }
}

static call_t import_call(const wit_import_func_t *func) {
    return (call_t){.interface = func->interface, .function = func->name, .export = -1};
}

JSValue call_import(uint32_t index, int argc, JSValueConst *argv) {
    const wit_import_func_t *func = &wit->import_funcs[index];
    if (loading) {
        char name[256];
        full_name(name, sizeof name, func->interface, func->name);
        return JS_ThrowPlainError(ctx, "`%s` cannot be called while the script is loaded; call it in an exported function", name);
    }
    if (!func->impl) {
        call_t *call = check_arguments(func, argc, argv) ? calloc(1, sizeof *call) : NULL;
        if (call) {
            *call = import_call(func);
            push_arguments(func, call, argc, argv);
        }
        return call_import_async(index, call);
    }
    if (!check_arguments(func, argc, argv)) {
        return JS_EXCEPTION;
    }
    drop_pending();
    call_t call = import_call(func);
    push_arguments(func, &call, argc, argv);
    func->impl(&call);
    bool is_err;
    JSValue result = import_result(func, &call, &is_err);
    call_finish(&call);
    return is_err ? JS_Throw(ctx, result) : result;
}

static JSValue call_function(JSContext *context, JSValueConst this_value, int argc, JSValueConst *argv, int index, JSValueConst *data) {
    (void)context, (void)this_value, (void)data;
    return call_import(index, argc, argv);
}

static JSValue call_method(JSContext *context, JSValueConst this_value, int argc, JSValueConst *argv, int index, JSValueConst *data) {
    (void)context, (void)data;
    JSValueConst args[20] = {this_value};
    int count = argc < 19 ? argc : 19;
    size_t params = wit->import_funcs[index].nparams;
    if (params > 20) {
        return JS_ThrowRangeError(ctx, "a method with more than 20 parameters");
    }
    memcpy(args + 1, argv, count * sizeof *args);
    return call_import(index, count + 1, args);
}

// A function of JavaScript for an imported function.
JSValue import_function(size_t index) {
    const wit_import_func_t *func = &wit->import_funcs[index];
    function_name_t name = function_name(func->name);
    bool is_method = name.kind == METHOD;
    return JS_NewCFunctionData2(ctx, is_method ? call_method : call_function, name.name, func->nparams - is_method, index, 0, NULL);
}

// The index of the function of the world itself that a specifier names, or -1.
static int find_root_import(const char *specifier) {
    for (size_t i = 0; i < wit->num_import_funcs; i++) {
        if (!wit->import_funcs[i].interface && strcmp(wit->import_funcs[i].name, specifier) == 0) {
            return i;
        }
    }
    return -1;
}

bool has_import(const char *specifier) {
    return find_interface(specifier) || find_root_import(specifier) >= 0;
}

JSValue import_namespace(const char *specifier) {
    JSValue namespace = JS_NewObject(ctx);
    int root = find_root_import(specifier);
    if (root >= 0) {
        function_name_t name = function_name(specifier);
        JS_SetPropertyStr(ctx, namespace, name.name, import_function(root));
        JS_SetPropertyStr(ctx, namespace, "default", import_function(root));
        return namespace;
    }
    const char *interface = find_interface(specifier);
    for (size_t i = 0; i < wit->num_import_funcs; i++) {
        const wit_import_func_t *func = &wit->import_funcs[i];
        function_name_t name = function_name(func->name);
        if (same_interface(func->interface, interface) && name.kind == FREE_FUNCTION) {
            JS_SetPropertyStr(ctx, namespace, name.name, import_function(i));
        }
    }
    for (size_t i = 0; i < wit->num_resources; i++) {
        if (!is_exported_resource(i) && same_interface(wit->resources[i].interface, interface)) {
            char name[128];
            script_name(name, sizeof name, wit->resources[i].name, NULL, true);
            JS_SetPropertyStr(ctx, namespace, name, imported_class(i));
        }
    }
    return namespace;
}
