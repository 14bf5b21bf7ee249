// Functions and tables that scripts import from the world, and `require`.
#include <stdio.h>
#include <string.h>

#include "shim.h"

// Replaces a result by what functions of Lua return: the value, or nil and the error.
static int unwrap_result(lua_State *L, const wit_result_t *result) {
    lua_getfield(L, -1, "tag");
    bool is_err = strcmp(lua_tostring(L, -1), "err") == 0;
    lua_pop(L, 1);
    if (is_err) {
        lua_pushnil(L);
        if (result->err == NO_TYPE) {
            lua_pushliteral(L, "error");
        } else {
            lua_getfield(L, -2, "val");
        }
        return 2;
    }
    if (result->ok == NO_TYPE) {
        lua_pushboolean(L, true);
    } else {
        lua_getfield(L, -1, "val");
    }
    return 1;
}

int import_results(lua_State *L, const wit_import_func_t *func) {
    if (func->result == NO_TYPE) {
        return 0;
    }
    wit_type_t type = resolve_alias(func->result);
    return WIT_TYPE_KIND(type) == WIT_TYPE_RESULT ? unwrap_result(L, &wit->results[WIT_TYPE_INDEX(type)]) : 1;
}

int call_import(lua_State *L, uint32_t index, int first) {
    const wit_import_func_t *func = &wit->import_funcs[index];
    if (loading) {
        char name[256];
        full_name(name, sizeof name, func->interface, func->name);
        return luaL_error(L, "`%s` cannot be called while the script is loaded; call it in an exported function", name);
    }
    int count = func->nparams;
    luaL_checkstack(L, count + 16, "too many arguments");
    lua_settop(L, first + count - 1);
    luaL_where(L, 1);
    const char *where = lua_tostring(L, -1);
    bool is_method = strncmp(func->name, "[method]", strlen("[method]")) == 0;
    for (int i = 0; i < count; i++) {
        site_t site = {func->interface, func->name, is_method && i == 0 ? SELF : ARGUMENT, i + !is_method};
        check_value(L, first + i, func->params[i], &site, where);
    }
    drop_pending();
    // The dylib pops the first argument first.
    for (int i = count; i-- > 0;) {
        lua_pushvalue(L, first + i);
    }
    if (!func->impl) {
        return call_import_async(L, index);
    }
    call_t call = {.L = L};
    func->impl(&call);
    call_finish(&call);
    return import_results(L, func);
}

static int call_function(lua_State *L) {
    return call_import(L, lua_tointeger(L, lua_upvalueindex(1)), 1);
}

void push_import(lua_State *L, uint32_t index) {
    lua_pushinteger(L, index);
    lua_pushcclosure(L, call_function, 1);
}

// Pushes what `require` returns for an import: a table for an interface, a function for a function of the world itself.
static bool push_module(lua_State *L, const char *name) {
    for (size_t i = 0; i < wit->num_import_funcs; i++) {
        if (!wit->import_funcs[i].interface && strcmp(wit->import_funcs[i].name, name) == 0) {
            push_import(L, i);
            return true;
        }
    }
    const char *interface = find_interface(name);
    if (!interface) {
        return false;
    }
    lua_newtable(L);
    for (size_t i = 0; i < wit->num_import_funcs; i++) {
        const wit_import_func_t *func = &wit->import_funcs[i];
        function_name_t function = function_name(func->name);
        if (same_interface(func->interface, interface) && function.kind == FREE_FUNCTION) {
            push_import(L, i);
            lua_setfield(L, -2, function.name);
        }
    }
    for (size_t i = 0; i < wit->num_resources; i++) {
        if (!is_exported_resource(i) && same_interface(wit->resources[i].interface, interface)) {
            char class_name[128];
            script_name(class_name, sizeof class_name, wit->resources[i].name, NULL, true);
            push_imported_class(L, i);
            lua_setfield(L, -2, class_name);
        }
    }
    return true;
}

// The source of a module `a.b`, which is `a/b.lua` in the folder of the main script, or of a label.
static const wit_source_t *find_module(const char *name) {
    const wit_source_t *labelled = find_labelled_source(name, ".lua");
    if (labelled) {
        return labelled;
    }
    const char *main = wit_dylib_sources()->sources[0].name, *slash = strrchr(main, '/');
    char path[1024];
    int folder = slash ? slash + 1 - main : 0;
    int len = snprintf(path, sizeof path, "%.*s%s.lua", folder, main, name);
    for (int i = folder; i < len - 4 && i < (int)sizeof path; i++) {
        path[i] = path[i] == '.' ? '/' : path[i];
    }
    return find_source(path);
}

static int require(lua_State *L) {
    const char *name = luaL_checkstring(L, 1);
    lua_settop(L, 1);
    luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
    if (lua_getfield(L, 2, name) != LUA_TNIL) {
        return 1;
    }
    lua_pop(L, 1);
    if (push_module(L, name)) {
        lua_pushvalue(L, -1);
        lua_setfield(L, 2, name);
        return 1;
    }
    const wit_source_t *source = find_module(name);
    if (!source) {
        return luaL_error(L, "there is no module '%s': the world imports no interface and there is no script with this name", name);
    }
    // A script with several names is loaded once.
    if (lua_getfield(L, 2, source->name) != LUA_TNIL) {
        return 1;
    }
    lua_pop(L, 1);
    char chunk[1024];
    snprintf(chunk, sizeof chunk, "@%s", source->name);
    if (luaL_loadbufferx(L, (const char *)source->data, source->size, chunk, "t") != LUA_OK) {
        return lua_error(L);
    }
    lua_pushvalue(L, 1);
    lua_call(L, 1, 1);
    if (lua_isnil(L, -1)) {
        lua_pop(L, 1);
        lua_pushboolean(L, true);
    }
    lua_pushvalue(L, -1);
    lua_setfield(L, 2, source->name);
    return 1;
}

void imports_init(lua_State *L) {
    lua_pushcfunction(L, require);
    lua_setglobal(L, "require");
}
