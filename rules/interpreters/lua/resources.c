// Resources: userdata for those that the world imports, and any values of the script for those that it exports.
#include <stdlib.h>
#include <string.h>

#include "shim.h"

// What a userdata of an imported resource stands for.
typedef struct handle {
    uint32_t resource;
    uint32_t handle;
    bool own;
    bool live;
} handle_t;

typedef struct loan {
    struct loan *next;
    handle_t *handle;
} loan_t;

// Handles of values that are gone. They are dropped later: the garbage collector also runs where no import can be called.
static handle_t *pending;
static uint32_t num_pending, pending_capacity;

// Keys of the registry: representation -> value of an exported resource, value -> representation, representation -> handle.
static char values_key, representations_key, handles_key;
static uint32_t next_representation = 1;

bool is_exported_resource(size_t resource) {
    return wit->resources[resource].rep != NULL;
}

int find_resource(const char *interface, const char *class_name, bool exported) {
    for (size_t i = 0; i < wit->num_resources; i++) {
        char name[128];
        script_name(name, sizeof name, wit->resources[i].name, NULL, true);
        const char *other = wit->resources[i].interface;
        bool same = other == interface || (other && interface && strcmp(other, interface) == 0);
        if (same && is_exported_resource(i) == exported && strcmp(name, class_name) == 0) {
            return i;
        }
    }
    return -1;
}

void resources_init(lua_State *L) {
    void *keys[] = {&values_key, &representations_key, &handles_key};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        lua_newtable(L);
        lua_rawsetp(L, LUA_REGISTRYINDEX, keys[i]);
    }
}

// --- Imported resources ---

void drop_pending(void) {
    while (num_pending > 0) {
        handle_t handle = pending[--num_pending];
        wit->resources[handle.resource].drop(handle.handle);
    }
}

static int collect(lua_State *L) {
    handle_t *handle = lua_touserdata(L, 1);
    if (!handle || !handle->own || !handle->live) {
        return 0;
    }
    handle->live = false;
    if (num_pending == pending_capacity) {
        uint32_t capacity = pending_capacity ? 2 * pending_capacity : 16;
        handle_t *more = realloc(pending, capacity * sizeof *more);
        if (!more) {
            return 0;
        }
        pending = more;
        pending_capacity = capacity;
    }
    pending[num_pending++] = *handle;
    return 0;
}

// Drops the handle now: for `local x <close> = ...`, and `x:close()` unless the resource has a method of that name.
static int drop_now(lua_State *L) {
    collect(L);
    drop_pending();
    return 0;
}

// The metatable of a resource, which is also the table of its functions.
void push_imported_class(lua_State *L, size_t resource) {
    if (lua_rawgetp(L, LUA_REGISTRYINDEX, &wit->resources[resource]) == LUA_TTABLE) {
        return;
    }
    lua_pop(L, 1);
    lua_newtable(L);
    lua_pushvalue(L, -1);
    lua_setfield(L, -2, "__index");
    lua_pushcfunction(L, collect);
    lua_setfield(L, -2, "__gc");
    lua_pushcfunction(L, drop_now);
    lua_setfield(L, -2, "__close");
    lua_pushcfunction(L, drop_now);
    lua_setfield(L, -2, "close");
    char class_name[128];
    script_name(class_name, sizeof class_name, wit->resources[resource].name, NULL, true);
    lua_pushstring(L, class_name);
    lua_setfield(L, -2, "__name");
    for (size_t i = 0; i < wit->num_import_funcs; i++) {
        const wit_import_func_t *func = &wit->import_funcs[i];
        function_name_t name = function_name(func->name);
        if (name.kind != FREE_FUNCTION && find_resource(func->interface, name.class_name, false) == (int)resource) {
            push_import(L, i);
            lua_setfield(L, -2, name.name);
        }
    }
    lua_pushvalue(L, -1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &wit->resources[resource]);
}

static handle_t *push_handle(lua_State *L, size_t resource, uint32_t value, bool own) {
    handle_t *handle = lua_newuserdatauv(L, sizeof *handle, 0);
    *handle = (handle_t){resource, value, own, true};
    push_imported_class(L, resource);
    lua_setmetatable(L, -2);
    return handle;
}

static handle_t *get_handle(lua_State *L, int index, size_t resource) {
    handle_t *handle = lua_touserdata(L, index);
    if (!handle || !lua_getmetatable(L, index)) {
        return NULL;
    }
    push_imported_class(L, resource);
    bool same = lua_rawequal(L, -1, -2);
    lua_pop(L, 2);
    return same ? handle : NULL;
}

// --- Exported resources ---

// The representation of a value. The host gets to know the value if it does not yet.
static uint32_t representation(lua_State *L, int index) {
    index = lua_absindex(L, index);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &representations_key);
    lua_pushvalue(L, index);
    lua_rawget(L, -2);
    uint32_t known = lua_tointeger(L, -1);
    lua_pop(L, 1);
    if (known == 0) {
        known = next_representation++;
        lua_pushvalue(L, index);
        lua_pushinteger(L, known);
        lua_rawset(L, -3);
        lua_rawgetp(L, LUA_REGISTRYINDEX, &values_key);
        lua_pushvalue(L, index);
        lua_rawseti(L, -2, known);
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
    return known;
}

static uint32_t get_exported_handle(lua_State *L, uint32_t value) {
    lua_rawgetp(L, LUA_REGISTRYINDEX, &handles_key);
    lua_rawgeti(L, -1, value);
    uint32_t handle = lua_tointeger(L, -1);
    lua_pop(L, 2);
    return handle;
}

static void set_exported_handle(lua_State *L, uint32_t value, uint32_t handle) {
    lua_rawgetp(L, LUA_REGISTRYINDEX, &handles_key);
    lua_pushinteger(L, handle);
    lua_rawseti(L, -2, value);
    lua_pop(L, 1);
}

static void push_exported(lua_State *L, uint32_t value) {
    lua_rawgetp(L, LUA_REGISTRYINDEX, &values_key);
    lua_rawgeti(L, -1, value);
    lua_remove(L, -2);
}

static uint32_t exported_handle(lua_State *L, int index, size_t resource) {
    uint32_t value = representation(L, index);
    uint32_t handle = get_exported_handle(L, value);
    if (handle == 0) {
        handle = wit->resources[resource].make(value);
        set_exported_handle(L, value, handle);
    }
    return handle;
}

static int destroy(lua_State *L) {
    // A value with a `__close` metamethod is told.
    if (luaL_getmetafield(L, 1, "__close") != LUA_TNIL) {
        lua_pushvalue(L, 1);
        lua_call(L, 1, 0);
    }
    return 0;
}

// Forgets a representation, and pushes its value; nil if there is none.
static void release(lua_State *L, uint32_t value) {
    push_exported(L, value);
    if (lua_isnil(L, -1)) {
        return;
    }
    lua_rawgetp(L, LUA_REGISTRYINDEX, &representations_key);
    lua_pushvalue(L, -2);
    lua_pushnil(L);
    lua_rawset(L, -3);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &values_key);
    lua_pushnil(L);
    lua_rawseti(L, -2, value);
    lua_pop(L, 2);
    set_exported_handle(L, value, 0);
}

void wit_dylib_resource_dtor(size_t resource, size_t value) {
    (void)resource;
    lua_State *L = main_state;
    if (!lua_checkstack(L, 8)) {
        fail();
    }
    lua_pushcfunction(L, destroy);
    release(L, value);
    if (lua_isnil(L, -1)) {
        lua_pop(L, 2);
    } else if (lua_pcall(L, 1, 0, 0) != LUA_OK) {
        report_error(L, "in `__close` of a resource");
        fail();
    }
    drop_pending();
}

// --- Conversions ---

void push_own(call_t *call, size_t resource, uint32_t handle) {
    if (!is_exported_resource(resource)) {
        push_handle(call->L, resource, handle, true);
        return;
    }
    // The script owns the value again, so it is collected like others; `__close` is for those that the host drops.
    release(call->L, wit->resources[resource].rep(handle));
    wit->resources[resource].drop(handle);
}

void push_borrow(call_t *call, size_t resource, uint32_t handle) {
    if (is_exported_resource(resource)) {
        // Whoever exports a resource gets its representation.
        push_exported(call->L, handle);
        return;
    }
    loan_t *loan = malloc(sizeof *loan);
    if (!loan) {
        fail();
    }
    *loan = (loan_t){call->loans, push_handle(call->L, resource, handle, false)};
    call->loans = loan;
    // The userdata must exist until the loan ends.
    lua_pushvalue(call->L, -1);
    lua_rawsetp(call->L, LUA_REGISTRYINDEX, loan);
}

void end_loans(call_t *call) {
    while (call->loans) {
        loan_t *loan = call->loans;
        loan->handle->live = false;
        wit->resources[loan->handle->resource].drop(loan->handle->handle);
        lua_pushnil(call->L);
        lua_rawsetp(call->L, LUA_REGISTRYINDEX, loan);
        call->loans = loan->next;
        free(loan);
    }
}

bool is_resource(lua_State *L, int index, size_t resource, bool own, const char **why) {
    if (is_exported_resource(resource)) {
        return lua_istable(L, index) || lua_isuserdata(L, index);
    }
    handle_t *handle = get_handle(L, index, resource);
    if (!handle) {
        return false;
    }
    if (!handle->live) {
        *why = handle->own ? "is not closed or passed on" : "is not used after the call that lent it";
        return false;
    }
    if (own && !handle->own) {
        *why = "is owned and not borrowed";
        return false;
    }
    return true;
}

uint32_t to_own(lua_State *L, int index, size_t resource) {
    if (is_exported_resource(resource)) {
        uint32_t handle = exported_handle(L, index, resource);
        set_exported_handle(L, representation(L, index), 0);
        return handle;
    }
    handle_t *handle = get_handle(L, index, resource);
    if (!handle || !handle->live) {
        report("`%s` is passed twice, but can have one owner only", wit->resources[resource].name);
        fail();
    }
    handle->live = false;
    return handle->handle;
}

uint32_t to_borrow(lua_State *L, int index, size_t resource) {
    if (is_exported_resource(resource)) {
        return exported_handle(L, index, resource);
    }
    handle_t *handle = get_handle(L, index, resource);
    if (!handle) {
        changed();
    }
    return handle->handle;
}
