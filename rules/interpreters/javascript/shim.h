// What the files of this interpreter share. The dylib of a world calls the `wit_dylib_*` functions; see wit_dylib.h.
#ifndef RULES_WIT_JAVASCRIPT_SHIM_H
#define RULES_WIT_JAVASCRIPT_SHIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "interfaces.h"
#include "names.h"
#include "quickjs.h"
#include "report.h"
#include "sources.h"
#include "types.h"
#include "wit_dylib.h"

// No type: of a function without a result, or of a case without a payload.
#define NO_TYPE UINT32_MAX

// One engine serves the whole component.
extern JSRuntime *rt;
extern JSContext *ctx;

// --- call.c: the stack of a call ---

// A call of an export or of an import: a stack of values, and what has to stay alive until the call is over.
typedef struct call {
    JSValue *items;
    uint32_t len, capacity;
    // Memory to free, strings to release and values to release when the call is over.
    struct keep *keeps;
    // Handles that the caller of an export lends for the duration of the call.
    struct loan *loans;
    // The function, for messages about futures and streams that are written later. An export has an index; otherwise -1.
    const char *interface, *function;
    int32_t export;
    // For the value of a future or stream: what is reported about that one. Otherwise null.
    const char *during;
} call_t;

void call_push(call_t *call, JSValue value);
JSValue call_pop(call_t *call);
void call_keep_value(call_t *call, JSValue value);
void call_keep_string(call_t *call, const char *string);
// The object of a handle that the call borrows.
void call_keep_lent(call_t *call, JSValue object);
// An object whose handle is given away. If the value of a stream is not read, `take_back` gets the handle. Frees `object`.
typedef void (*take_back_t)(JSValueConst object, uint32_t type, uint32_t handle);
void call_keep_given(call_t *call, JSValue object, take_back_t take_back, uint32_t type, uint32_t handle);
void call_take_back(call_t *call);
void call_finish(call_t *call);

// --- values.c: values of WIT as values of JavaScript ---

// Prepares the names of the world's types, once.
void values_init(void);

// Whether `undefined` is a value of the type, so that an option of it has to be an object.
bool is_nullable(wit_type_t type);

// The payload of `{tag: "ok", val}` or `{tag: "err", val}`; sets `is_err`. Frees `value`.
JSValue unwrap_result(JSValue value, bool *is_err);
// Makes `{tag, val}`. Takes ownership of `value`.
JSValue wrap_result(bool is_err, JSValue value);

// --- check.c: whether a value has a type ---

// Where a value comes from, for messages: an argument (counted from 1), `this`, or the result of a function; or the value of a
// future or stream in one of these.
typedef struct site {
    const char *interface;
    const char *function;
    enum { ARGUMENT, THIS_VALUE, RESULT, ERROR_PAYLOAD, FUTURE_VALUE, STREAM_VALUE } part;
    size_t argument;
} site_t;

// Throws a TypeError that names the site and the path to the first value that does not fit. Returns false if it threw.
bool check_value(JSValueConst value, wit_type_t type, const site_t *site);

// --- lists.c ---

// The class of the typed arrays with elements of a type, or -1 if lists of it are ordinary arrays.
int typed_array_class(wit_type_t element);
// A `Uint8Array`, which takes over the memory.
JSValue bytes_array(uint8_t *bytes, size_t size);
// The entries of a `Map`, as an array of pairs.
JSValue map_entries(JSValueConst map);

// --- modules.c: sources, and the modules that scripts import ---

void modules_init(void);
// The line of the first occurrence of a name, or of a quoted text, in a source; 0 if there is none.
int line_of(const char *source_name, const char *text);
// `source:line` of the same, or only the source.
void site_of(char *out, size_t size, const char *source_name, const char *text);
// Errors of QuickJS about an export that a module lacks have no location: finds that of its import. Otherwise, leaves `out`.
void site_of_import(char *out, size_t size, const char *message);

// --- imports.c: functions that scripts call ---

// The members of an imported interface, as an object; for a function of the world itself, an object with that function.
JSValue import_namespace(const char *specifier);
// Whether the world imports something with this specifier.
bool has_import(const char *specifier);
// An import as a function of the script.
JSValue import_function(size_t index);
JSValue call_import(uint32_t index, int argc, JSValueConst *argv);
// Pops the result of an import that has returned: the value, or the error to throw.
JSValue import_result(const wit_import_func_t *func, call_t *call, bool *is_err);

// --- exports.c: functions that scripts define ---

// Evaluates the main module and finds the exports of the world in it. Reports all errors; returns false if there are any.
bool exports_load(void);
// Calls the script's function with the arguments on the stack, which it pops.
JSValue call_export(size_t which, call_t *call);
// Whether its result is a future, so that a promise that it returns is this future.
bool returns_future(size_t which);
// `file:line:column` of the function.
void export_site(char *out, size_t size, size_t which);
// Checks what it returned or threw, and pushes the result. Reports what is wrong with it, and traps.
void push_result(size_t which, call_t *call, JSValue value);
// Reports the current exception of a call of an export, and traps.
_Noreturn void export_failed(size_t which);
// Runs the jobs of promises.
void run_jobs(void);

// --- rejections.c: promises that are rejected ---

void rejections_init(void);
// The rejection of a promise is handled by the host.
void rejection_handled(JSValueConst promise);
// Reports the promises that are rejected and that nothing awaits.
void report_rejections(void);

// --- tasks.c: async functions ---

// An end of a future or stream.
struct end;

void tasks_init(void);
// Starts a call of an async import, whose arguments are on the stack. Owns `call`. Returns a promise.
JSValue call_import_async(uint32_t index, call_t *call);
// Around a call of an export that is not async: nothing waits meanwhile. Returns the running task.
struct task *leave_task(void);
void resume_task(struct task *task);
// The task that waits for what the script has started: the running one, or any other one. Null if there is none.
struct task *waiting_task(void);
// Waits for the end of a copy, in a task or, if it is null, in the next one.
void wait_for_copy(uint32_t handle, struct end *end, struct task *task);
void stop_waiting(uint32_t handle);
// A task does not end while it has writers.
void add_writer(struct task *task);
void remove_writer(struct task *task);

// --- streams.c: futures and streams that scripts have received ---

// Prepares them and those of writers.c, if the world has any.
void streams_init(void);
// Whether a value is a future that the script has received, and its promise, which starts to read it.
bool is_future(JSValueConst value);
JSValue future_promise(JSValueConst future);
// How a value becomes a future or a stream: as the one that was received, which can be passed on once, or as a new one.
typedef enum { PASS_ON, PASSED_ON, WRITE } transfer_t;
transfer_t transfer_of(JSValueConst value, bool is_stream, size_t type);
// The end of a copy that a task has waited for.
void copy_ended(struct end *end, uint32_t code);
// Drops the ends of objects that the garbage collector freed.
void drop_pending_ends(void);
// The number of ends that objects have.
uint32_t num_readable_ends(void);

// --- writers.c: futures and streams that scripts pass ---

// Whether a value has an iterator, or is a thenable. -1 if the script throws an exception.
int is_iterable(JSValueConst value);
int is_thenable(JSValueConst value);
// Reports a future or stream that nothing can write any more, and traps.
void check_writers(void);

// --- resources.c ---

void resources_init(void);
// The class of an imported resource.
JSValue imported_class(size_t resource);
void set_exported_class(size_t resource, JSValue class_value);
bool is_exported_resource(size_t resource);
// Index of the resource with this interface and class name, or -1.
int find_resource(const char *interface, const char *class_name, bool exported);
JSValue resource_from_own(call_t *call, size_t resource, uint32_t handle);
JSValue resource_from_borrow(call_t *call, size_t resource, uint32_t handle);
uint32_t resource_to_own(JSValueConst value, size_t resource);
// The handle is not owned by another component after all.
void resource_take_back(JSValueConst value, uint32_t resource, uint32_t handle);
uint32_t resource_to_borrow(JSValueConst value, size_t resource);
// Whether a value is a live object of the resource, and why not.
bool is_resource(JSValueConst value, size_t resource, bool own, const char **why);
// Whether a call of an import that has not returned borrows what is lent to this call.
bool loans_in_use(const call_t *call);
void end_loans(call_t *call);
// The end of a call that borrowed the object.
void end_lending(JSValueConst object);
// Drops the handles of objects that the garbage collector freed.
void drop_pending(void);

// --- console.c: what a script can see of its host, if the world imports it ---

void console_init(void);
// Reports the current exception with its stack.
void report_exception(const char *during);
// The first location in the stack of an error, or an empty text.
void location_of(char *out, size_t size, JSValueConst error);

#endif
