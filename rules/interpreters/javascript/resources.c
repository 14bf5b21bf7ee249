// Resources: classes for those that the world imports, and instances of the script's classes for those that it exports.
#include <stdlib.h>
#include <string.h>

#include "shim.h"

// What an object of an imported class stands for.
typedef struct handle {
    uint32_t resource;
    uint32_t handle;
    bool own;
    bool live;
    // The number of calls that borrow it and have not returned.
    uint32_t lent;
} handle_t;

typedef struct loan {
    struct loan *next;
    JSValue object;
} loan_t;

// An instance of an exported class that the host knows, by its representation, which is its index.
typedef struct instance {
    JSValue object;
    // A handle of ours, while the script owns it.
    uint32_t handle;
    uint32_t next_free;
    bool used;
} instance_t;

static JSClassID handle_class;
// For an imported resource, its class; for an exported one, the script's.
static JSValue *classes;
static JSValue representation_key;
static instance_t *instances;
static uint32_t num_instances, first_free = UINT32_MAX;

// Handles of objects that are gone. They are dropped later: the garbage collector also runs where no import can be called.
static handle_t *pending;
static uint32_t num_pending, pending_capacity;

static void finalize(JSRuntime *runtime, JSValueConst object) {
    (void)runtime;
    handle_t *handle = JS_GetOpaque(object, handle_class);
    if (handle && handle->own && handle->live) {
        if (num_pending == pending_capacity) {
            uint32_t capacity = pending_capacity ? 2 * pending_capacity : 16;
            handle_t *more = realloc(pending, capacity * sizeof *more);
            if (!more) {
                free(handle);
                return;
            }
            pending = more;
            pending_capacity = capacity;
        }
        pending[num_pending++] = *handle;
    }
    free(handle);
}

void drop_pending(void) {
    drop_pending_ends();
    while (num_pending > 0) {
        handle_t handle = pending[--num_pending];
        wit->resources[handle.resource].drop(handle.handle);
    }
}

void resources_init(void) {
    static const JSClassDef DEFINITION = {.class_name = "Resource", .finalizer = finalize};
    JS_NewClassID(rt, &handle_class);
    JS_NewClass(rt, handle_class, &DEFINITION);
    representation_key = JS_NewSymbol(ctx, "representation", false);
    classes = calloc(wit->num_resources + 1, sizeof *classes);
    for (size_t i = 0; i < wit->num_resources; i++) {
        classes[i] = JS_UNDEFINED;
    }
}

bool is_exported_resource(size_t resource) {
    return wit->resources[resource].rep != NULL;
}

int find_resource(const char *interface, const char *class_name, bool exported) {
    for (size_t i = 0; i < wit->num_resources; i++) {
        char name[128];
        script_name(name, sizeof name, wit->resources[i].name, NULL, true);
        const char *other = wit->resources[i].interface;
        if (is_exported_resource(i) == exported && strcmp(name, class_name) == 0 && (other == interface || (other && interface && strcmp(other, interface) == 0))) {
            return i;
        }
    }
    return -1;
}

// --- Imported classes ---

static JSValue new_handle(size_t resource, uint32_t value, bool own) {
    JSValue class_value = imported_class(resource);
    JSValue prototype = JS_GetPropertyStr(ctx, class_value, "prototype");
    JSValue object = JS_NewObjectProtoClass(ctx, prototype, handle_class);
    JS_FreeValue(ctx, prototype);
    JS_FreeValue(ctx, class_value);
    handle_t *handle = malloc(sizeof *handle);
    if (JS_IsException(object) || !handle) {
        report("out of memory: a resource");
        fail();
    }
    *handle = (handle_t){resource, value, own, true, 0};
    JS_SetOpaque(object, handle);
    return object;
}

static JSValue construct(JSContext *context, JSValueConst new_target, int argc, JSValueConst *argv, int resource) {
    for (size_t i = 0; i < wit->num_import_funcs; i++) {
        const wit_import_func_t *func = &wit->import_funcs[i];
        function_name_t name = function_name(func->name);
        if (name.kind == CONSTRUCTOR && find_resource(func->interface, name.class_name, false) == resource) {
            JSValue object = call_import(i, argc, argv);
            // An instance of a class of the script that extends this one.
            JSValue prototype = JS_GetPropertyStr(context, new_target, "prototype");
            if (JS_IsObject(object) && JS_IsObject(prototype)) {
                JS_SetPrototype(context, object, prototype);
            }
            JS_FreeValue(context, prototype);
            return object;
        }
    }
    return JS_ThrowTypeError(context, "the resource `%s` has no constructor", wit->resources[resource].name);
}

static JSValue dispose(JSContext *context, JSValueConst this_value, int argc, JSValueConst *argv) {
    (void)argc, (void)argv;
    handle_t *handle = JS_GetOpaque2(context, this_value, handle_class);
    if (!handle) {
        return JS_EXCEPTION;
    }
    if (handle->own && handle->live) {
        if (handle->lent > 0) {
            return JS_ThrowTypeError(context, "the object is lent to a call that has not returned");
        }
        handle->live = false;
        wit->resources[handle->resource].drop(handle->handle);
    }
    return JS_UNDEFINED;
}

static void define_dispose(JSValueConst prototype) {
    JSValue global = JS_GetGlobalObject(ctx);
    JSValue symbol = JS_GetPropertyStr(ctx, global, "Symbol");
    JSValue key = JS_GetPropertyStr(ctx, symbol, "dispose");
    if (JS_IsSymbol(key)) {
        JSAtom atom = JS_ValueToAtom(ctx, key);
        JS_DefinePropertyValue(ctx, prototype, atom, JS_NewCFunction(ctx, dispose, "[Symbol.dispose]", 0), JS_PROP_CONFIGURABLE | JS_PROP_WRITABLE);
        JS_FreeAtom(ctx, atom);
    }
    JS_FreeValue(ctx, key);
    JS_FreeValue(ctx, symbol);
    JS_FreeValue(ctx, global);
}

JSValue imported_class(size_t resource) {
    if (!JS_IsUndefined(classes[resource])) {
        return JS_DupValue(ctx, classes[resource]);
    }
    char class_name[128];
    script_name(class_name, sizeof class_name, wit->resources[resource].name, NULL, true);
    JSCFunctionType function = {.constructor_magic = construct};
    JSValue class_value = JS_NewCFunction2(ctx, function.generic, class_name, 0, JS_CFUNC_constructor_magic, resource);
    JSValue prototype = JS_NewObject(ctx);
    JS_SetConstructor(ctx, class_value, prototype);
    for (size_t i = 0; i < wit->num_import_funcs; i++) {
        const wit_import_func_t *func = &wit->import_funcs[i];
        function_name_t name = function_name(func->name);
        bool is_member = name.kind == METHOD || name.kind == STATIC_METHOD;
        if (is_member && find_resource(func->interface, name.class_name, false) == (int)resource) {
            JS_DefinePropertyValueStr(ctx, name.kind == METHOD ? prototype : class_value, name.name, import_function(i),
                                      JS_PROP_CONFIGURABLE | JS_PROP_WRITABLE);
        }
    }
    define_dispose(prototype);
    JS_FreeValue(ctx, prototype);
    classes[resource] = class_value;
    return JS_DupValue(ctx, class_value);
}

// --- Exported classes ---

void set_exported_class(size_t resource, JSValue class_value) {
    if (JS_IsUndefined(classes[resource])) {
        classes[resource] = JS_DupValue(ctx, class_value);
    }
}

static JSAtom key_atom(void) {
    static JSAtom atom;
    atom = atom ? atom : JS_ValueToAtom(ctx, representation_key);
    return atom;
}

// The representation of an instance of an exported class. The host gets to know it if it does not yet.
static uint32_t representation(JSValueConst object) {
    JSValue known = JS_GetProperty(ctx, object, key_atom());
    int32_t index;
    if (JS_IsNumber(known) && JS_ToInt32(ctx, &index, known) == 0) {
        return index;
    }
    if (first_free != UINT32_MAX) {
        index = first_free;
        first_free = instances[index].next_free;
    } else {
        index = num_instances++;
        if ((index & (index - 1)) == 0) {
            instances = realloc(instances, (index ? 2 * index : 1) * sizeof *instances);
        }
        if (!instances) {
            report("out of memory: a resource");
            fail();
        }
    }
    instances[index] = (instance_t){JS_DupValue(ctx, object), 0, 0, true};
    if (JS_DefinePropertyValue(ctx, object, key_atom(), JS_NewInt32(ctx, index), JS_PROP_CONFIGURABLE) < 0) {
        report_exception("an object of an exported class has to be extensible");
        fail();
    }
    return index;
}

static uint32_t exported_handle(JSValueConst object, size_t resource) {
    uint32_t index = representation(object);
    if (instances[index].handle == 0) {
        instances[index].handle = wit->resources[resource].make(index);
    }
    return instances[index].handle;
}

// Forgets a representation. Returns the object.
static JSValue release(size_t index) {
    instance_t *instance = &instances[index];
    JSValue object = instance->object;
    instance->used = false;
    instance->next_free = first_free;
    first_free = index;
    JS_DeleteProperty(ctx, object, key_atom(), 0);
    return object;
}

void wit_dylib_resource_dtor(size_t resource, size_t index) {
    (void)resource;
    if (index >= num_instances || !instances[index].used) {
        return;
    }
    JSValue object = release(index);
    JSValue global = JS_GetGlobalObject(ctx);
    JSValue symbol = JS_GetPropertyStr(ctx, global, "Symbol");
    JSValue key = JS_GetPropertyStr(ctx, symbol, "dispose");
    JSAtom atom = JS_ValueToAtom(ctx, key);
    JSValue method = JS_GetProperty(ctx, object, atom);
    if (JS_IsFunction(ctx, method)) {
        JSValue result = JS_Call(ctx, method, object, 0, NULL);
        if (JS_IsException(result)) {
            report_exception("in `[Symbol.dispose]` of a resource");
            fail();
        }
        JS_FreeValue(ctx, result);
    }
    JS_FreeAtom(ctx, atom);
    JS_FreeValues(ctx, method, key, symbol, global, object);
    drop_pending();
}

// --- Conversions ---

JSValue resource_from_own(call_t *call, size_t resource, uint32_t handle) {
    (void)call;
    if (!is_exported_resource(resource)) {
        return new_handle(resource, handle, true);
    }
    // The script owns the object again, so it is collected like others; `[Symbol.dispose]` is for those the host drops.
    JSValue object = release(wit->resources[resource].rep(handle));
    wit->resources[resource].drop(handle);
    return object;
}

JSValue resource_from_borrow(call_t *call, size_t resource, uint32_t handle) {
    if (is_exported_resource(resource)) {
        // Whoever exports a resource gets its representation.
        return JS_DupValue(ctx, instances[handle].object);
    }
    JSValue object = new_handle(resource, handle, false);
    loan_t *loan = malloc(sizeof *loan);
    if (!loan) {
        fail();
    }
    *loan = (loan_t){call->loans, JS_DupValue(ctx, object)};
    call->loans = loan;
    return object;
}

bool loans_in_use(const call_t *call) {
    for (const loan_t *loan = call->loans; loan; loan = loan->next) {
        const handle_t *handle = JS_GetOpaque(loan->object, handle_class);
        if (handle->lent > 0) {
            return true;
        }
    }
    return false;
}

void end_loans(call_t *call) {
    while (call->loans) {
        loan_t *loan = call->loans;
        handle_t *handle = JS_GetOpaque(loan->object, handle_class);
        if (handle->lent > 0) {
            report("a borrowed `%s` is used by a call that has not returned when the function that borrowed it returns",
                   wit->resources[handle->resource].name);
            fail();
        }
        handle->live = false;
        wit->resources[handle->resource].drop(handle->handle);
        JS_FreeValue(ctx, loan->object);
        call->loans = loan->next;
        free(loan);
    }
}

bool is_resource(JSValueConst value, size_t resource, bool own, const char **why) {
    if (is_exported_resource(resource)) {
        return JS_IsObject(value) && !JS_IsUndefined(classes[resource]) && JS_IsInstanceOf(ctx, value, classes[resource]) > 0;
    }
    handle_t *handle = JS_GetOpaque(value, handle_class);
    if (!handle || handle->resource != resource) {
        return false;
    }
    if (!handle->live) {
        *why = handle->own ? "is not disposed of or passed on" : "is not used after the call that lent it";
        return false;
    }
    if (own && !handle->own) {
        *why = "is owned and not borrowed";
        return false;
    }
    if (own && handle->lent > 0) {
        *why = "is not lent to a call that has not returned";
        return false;
    }
    return true;
}

uint32_t resource_to_own(JSValueConst value, size_t resource) {
    if (is_exported_resource(resource)) {
        uint32_t handle = exported_handle(value, resource);
        instances[representation(value)].handle = 0;
        return handle;
    }
    handle_t *handle = JS_GetOpaque(value, handle_class);
    if (!handle || !handle->live) {
        report("`%s` is passed twice, but can have one owner only", wit->resources[resource].name);
        fail();
    }
    handle->live = false;
    return handle->handle;
}

void resource_take_back(JSValueConst value, uint32_t resource, uint32_t handle) {
    if (is_exported_resource(resource)) {
        instances[representation(value)].handle = handle;
    } else {
        handle_t *taken = JS_GetOpaque(value, handle_class);
        taken->live = true;
    }
}

uint32_t resource_to_borrow(JSValueConst value, size_t resource) {
    if (is_exported_resource(resource)) {
        return exported_handle(value, resource);
    }
    handle_t *handle = JS_GetOpaque(value, handle_class);
    if (!handle) {
        fail();
    }
    handle->lent++;
    return handle->handle;
}

void end_lending(JSValueConst object) {
    handle_t *handle = JS_GetOpaque(object, handle_class);
    if (handle) {
        handle->lent--;
    }
}
