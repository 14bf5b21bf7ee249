// What the files of this interpreter share. The dylib of a world calls the `wit_dylib_*` functions; see wit_dylib.h.
#ifndef RULES_WIT_LUA_SHIM_H
#define RULES_WIT_LUA_SHIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "interfaces.h"
#include "lauxlib.h"
#include "lua.h"
#include "names.h"
#include "report.h"
#include "sources.h"
#include "types.h"
#include "wit_dylib.h"

// No type: of a function without a result, or of a case without a payload.
#define NO_TYPE UINT32_MAX

// The main thread of the only state.
extern lua_State *main_state;

// --- values.c: values of WIT as values of Lua ---

// A call of an export or of an import. Its values are on top of the stack of `L`.
typedef struct call {
    lua_State *L;
    // Memory to free when the call is over.
    struct block *blocks;
    // Handles that the caller of an export lends for the duration of the call.
    struct loan *loans;
} call_t;

void call_finish(call_t *call);
// Whether `nil` is a value of the type, so that an option of it has to be a table.
bool is_nullable(wit_type_t type);
bool is_bytes(wit_type_t element);
// The number of elements of a list or tuple: its field `n`, as `table.pack` sets it, or its length.
lua_Integer table_len(lua_State *L, int index);
void push_tagged(lua_State *L, const char *tag, bool has_value);
// The stack of a call, with room for some values.
lua_State *stack(void *cx);
// Pops a string, which stays alive until the call is over.
size_t pop_bytes(call_t *call, void **memory);
_Noreturn void changed(void);

// --- check.c: whether a value has a type ---

// Where a value comes from, for messages: an argument (counted from 1), `self`, or the result of a function.
typedef struct site {
    const char *interface;
    const char *function;
    enum { ARGUMENT, SELF, RESULT, ERROR_PAYLOAD } part;
    size_t argument;
} site_t;

// Raises an error that names the site and the path to the first value that does not fit. `where` is put before it.
void check_value(lua_State *L, int index, wit_type_t type, const site_t *site, const char *where);

// --- imports.c: functions that scripts call, and `require` ---

void imports_init(lua_State *L);
// Calls an import with the arguments from `first` to the top of the stack, and returns the number of results.
int call_import(lua_State *L, uint32_t index, int first);
// Replaces the result of an import by what the function returns in Lua, and returns the number of values.
int import_results(lua_State *L, const wit_import_func_t *func);
void push_import(lua_State *L, uint32_t index);

// --- exports.c: functions that scripts define ---

bool exports_load(lua_State *L);
// Pushes the function that implements an export.
void push_export(lua_State *L, size_t which);
// Checks the results of an export: with a pointer to it, the function and two results on the stack. Returns the value that the
// dylib pops. Called by `lua_pcall`.
int check_results(lua_State *L);
// Reports the error on top of the stack, in a call of an export, and traps.
_Noreturn void export_failed(lua_State *L, size_t which);

// --- tasks.c: async functions ---

// Makes the stack of a call of an async export.
call_t *task_start(size_t which);
// Calls an async import, whose arguments are on top of the stack, and waits for it. Returns the number of results.
int call_import_async(lua_State *L, uint32_t index);

// --- resources.c ---

void resources_init(lua_State *L);
bool is_exported_resource(size_t resource);
int find_resource(const char *interface, const char *class_name, bool exported);
// Pushes the table with the functions of an imported resource.
void push_imported_class(lua_State *L, size_t resource);
void push_own(call_t *call, size_t resource, uint32_t handle);
void push_borrow(call_t *call, size_t resource, uint32_t handle);
uint32_t to_own(lua_State *L, int index, size_t resource);
uint32_t to_borrow(lua_State *L, int index, size_t resource);
bool is_resource(lua_State *L, int index, size_t resource, bool own, const char **why);
void end_loans(call_t *call);
void drop_pending(void);

// --- host.c: messages ---

void host_init(lua_State *L);
// Reports the error on top of the stack, with the traceback in it, and pops it.
void report_error(lua_State *L, const char *during);

#endif
