// Async functions: each call of an export runs in a coroutine, which waits for imports that it calls.
//
// A call of an async export is a task of the host. While its coroutine waits, it returns to the host, which resumes it with the
// event of the import that has returned. Several tasks can wait at the same time.
#include <stdlib.h>

#include "async_builtins.h"
#include "shim.h"

// A call of an import that has not returned.
typedef struct import {
    call_t call;
    uint32_t index, handle;
    // Arguments and result in the canonical ABI.
    void *area;
} import_t;

// A call of an async export. Its coroutine has the arguments and the result on its stack.
typedef struct task {
    call_t call;
    size_t which;
    // What it waits for, or null.
    import_t *import;
    // The set of waitables with this import, or 0.
    uint32_t set;
    // Whether the host has the result, or wants none.
    bool returned;
} task_t;

static task_t *current;

call_t *task_start(size_t which) {
    task_t *task = allocate_call(sizeof *task);
    task->which = which;
    task->call.L = lua_newthread(main_state);
    // The coroutine is alive as long as the task.
    lua_rawsetp(main_state, LUA_REGISTRYINDEX, &task->which);
    return &task->call;
}

// --- Imports ---

// Pushes the result of an import that has returned.
static void end_import(import_t *import) {
    wit->import_funcs[import->index].async_lift_impl(&import->call, import->area);
    call_finish(&import->call);
    free(import->area);
    free(import);
}

// Goes on after an import has returned, with its result on top of the stack.
static int import_returned(lua_State *L, int status, lua_KContext index) {
    (void)status;
    return import_results(L, &wit->import_funcs[index]);
}

int call_import_async(lua_State *L, uint32_t index) {
    const wit_import_func_t *func = &wit->import_funcs[index];
    task_t *task = current && current->call.L == L ? current : NULL;
    if (!task || !lua_isyieldable(L)) {
        char name[256];
        full_name(name, sizeof name, func->interface, func->name);
        return luaL_error(L, "`%s` has to wait, which a function can that is async in WIT, outside of coroutines and callbacks", name);
    }
    import_t *import = allocate_call(sizeof *import);
    *import = (import_t){.call = {.L = L}, .index = index, .area = allocate_call(func->async_abi_area_size)};
    uint32_t status = func->async_impl(&import->call, import->area);
    if (SUBTASK_STATE(status) == SUBTASK_RETURNED) {
        end_import(import);
        return import_results(L, func);
    }
    import->handle = SUBTASK_HANDLE(status);
    task->import = import;
    if (!task->set) {
        task->set = waitable_set_new();
    }
    waitable_join(import->handle, task->set);
    return lua_yieldk(L, 0, index, import_returned);
}

// --- Tasks ---

static uint32_t end_task(task_t *task) {
    lua_closethread(task->call.L, main_state);
    call_finish(&task->call);
    lua_pushnil(main_state);
    lua_rawsetp(main_state, LUA_REGISTRYINDEX, &task->which);
    if (task->set) {
        waitable_set_drop(task->set);
    }
    free(task);
    drop_pending();
    return CALLBACK_EXIT;
}

static _Noreturn void task_failed(task_t *task) {
    lua_State *L = task->call.L;
    luaL_traceback(L, L, luaL_tolstring(L, -1, NULL), 0);
    export_failed(L, task->which);
}

// Returns the results of the function, which are above `first`, to the host.
static void return_results(task_t *task, int results) {
    lua_State *L = task->call.L;
    const wit_export_func_t *func = &wit->export_funcs[task->which];
    int first = lua_gettop(L) - results + 1;
    luaL_checkstack(L, 8, NULL);
    lua_settop(L, first + 1);
    lua_pushcfunction(L, check_results);
    lua_insert(L, first);
    lua_pushlightuserdata(L, (void *)func);
    lua_insert(L, first + 1);
    push_export(L, task->which);
    lua_insert(L, first + 2);
    if (lua_pcall(L, 4, func->result != NO_TYPE, 0) != LUA_OK) {
        task_failed(task);
    }
    end_loans(&task->call);
    func->task_return(&task->call);
    task->returned = true;
}

// Runs the coroutine until it waits or ends, with some values on top of its stack. Returns what the host has to do.
static uint32_t advance(task_t *task, int values) {
    lua_State *L = task->call.L;
    int results;
    current = task;
    int status = lua_resume(L, main_state, values, &results);
    current = NULL;
    drop_pending();
    if (status == LUA_YIELD && task->import) {
        return CALLBACK_WAIT(task->set);
    }
    if (status == LUA_YIELD) {
        lua_pushliteral(L, "attempt to yield from outside a coroutine");
    }
    if (status != LUA_OK) {
        task_failed(task);
    }
    return_results(task, results);
    return end_task(task);
}

uint32_t wit_dylib_export_async_call(void *cx, size_t which) {
    task_t *task = cx;
    lua_State *L = task->call.L;
    drop_pending();
    context_set((uint32_t)task);
    luaL_checkstack(L, 8, NULL);
    push_export(L, which);
    lua_insert(L, 1);
    return advance(task, wit->export_funcs[which].nparams);
}

uint32_t wit_dylib_export_async_callback(uint32_t event, uint32_t waitable, uint32_t code, size_t which) {
    (void)which, (void)waitable;
    task_t *task = (task_t *)context_get();
    if (event == EVENT_CANCELLED && !task->returned && !task->call.loans) {
        // The import cannot be stopped; when it has returned, the coroutine is closed.
        task_cancel();
        task->returned = true;
    }
    import_t *import = task->import;
    if (event != EVENT_SUBTASK || code != SUBTASK_RETURNED) {
        return CALLBACK_WAIT(task->set);
    }
    task->import = NULL;
    waitable_join(import->handle, 0);
    subtask_drop(import->handle);
    int values = wit->import_funcs[import->index].result != NO_TYPE;
    end_import(import);
    return task->returned ? end_task(task) : advance(task, values);
}
