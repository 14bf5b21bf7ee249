// Functions that scripts export to the world.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lualib.h"
#include "shim.h"

lua_State *main_state;
const wit_t *wit;

// References of the registry to the functions that implement the exports.
static int *exports;
static const char *main_name;

static int traceback(lua_State *L) {
    const char *text = luaL_tolstring(L, 1, NULL);
    luaL_traceback(L, L, text, 1);
    return 1;
}

// Lists the names of a table's fields, on top of the stack.
static const char *list_names(lua_State *L, int index) {
    index = lua_absindex(L, index);
    lua_pushliteral(L, "");
    for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
        if (lua_type(L, -2) == LUA_TSTRING) {
            const char *names = lua_tostring(L, -3);
            lua_pushfstring(L, "%s%s`%s`", names, *names ? ", " : "", lua_tostring(L, -2));
            lua_replace(L, -4);
        }
    }
    return *lua_tostring(L, -1) ? lua_tostring(L, -1) : "nothing";
}

// Reports a function that the script does not have, with the fields of the table at `table`.
static bool missing(lua_State *L, int table, const wit_export_func_t *func, const char *object, const char *name) {
    char wanted[256];
    full_name(wanted, sizeof wanted, func->interface, func->name);
    report("%s: the world exports `%s`, but %s%s%s %s `%s`", main_name, wanted, object ? "`" : "the script", object ? object : "",
           object ? "`" : "", object ? "has no" : "returns no", name);
    if (lua_istable(L, table)) {
        note("there is %s", list_names(L, table));
        lua_pop(L, 1);
    }
    return false;
}

// Rejects a function with more parameters than WIT has.
static bool check_parameters(lua_State *L, const wit_export_func_t *func, const char *name) {
    lua_Debug info;
    lua_pushvalue(L, -1);
    lua_getinfo(L, ">Su", &info);
    if (*info.what != 'C' && info.nparams > func->nparams) {
        char wanted[256];
        full_name(wanted, sizeof wanted, func->interface, func->name);
        report("%s:%d: the function `%s` takes %d parameters, but `%s` has %zu", info.short_src, info.linedefined, name, info.nparams, wanted,
               func->nparams);
        return false;
    }
    return true;
}

// Replaces the table on top of the stack by its field: with the name of the interface, without the version, or short.
static void get_interface(lua_State *L, const char *interface) {
    char name[256];
    snprintf(name, sizeof name, "%s", interface);
    char *version = strchr(name, '@');
    if (lua_getfield(L, -1, name) == LUA_TNIL && version) {
        *version = 0;
        lua_pop(L, 1);
        lua_getfield(L, -1, name);
    }
    if (lua_isnil(L, -1)) {
        short_interface_name(name, sizeof name, interface);
        lua_pop(L, 1);
        lua_getfield(L, -1, name);
    }
    lua_remove(L, -2);
}

// Finds the function of an export in the table that the script returned, which is at index 1.
static bool find_export(lua_State *L, size_t which) {
    const wit_export_func_t *func = &wit->export_funcs[which];
    function_name_t name = function_name(func->name);
    char object[300] = "";
    lua_settop(L, 1);
    lua_pushvalue(L, 1);
    if (func->interface) {
        short_interface_name(object, sizeof object, func->interface);
        get_interface(L, func->interface);
        if (!lua_istable(L, -1)) {
            return missing(L, 1, func, NULL, object);
        }
    }
    if (name.kind != FREE_FUNCTION) {
        lua_getfield(L, -1, name.class_name);
        if (!lua_istable(L, -1)) {
            return missing(L, -2, func, object, name.class_name);
        }
        snprintf(object + strlen(object), sizeof object - strlen(object), ".%s", name.class_name);
    }
    if (lua_getfield(L, -1, name.name) != LUA_TFUNCTION) {
        return missing(L, -2, func, *object ? object : NULL, name.name);
    }
    if (!check_parameters(L, func, name.name)) {
        return false;
    }
    exports[which] = luaL_ref(L, LUA_REGISTRYINDEX);
    return true;
}

static int run_main(lua_State *L) {
    const wit_source_t *source = lua_touserdata(L, 1);
    char chunk[1024];
    snprintf(chunk, sizeof chunk, "@%s", source->name);
    if (luaL_loadbufferx(L, (const char *)source->data, source->size, chunk, "t") != LUA_OK) {
        return lua_error(L);
    }
    lua_call(L, 0, 1);
    return 1;
}

bool exports_load(lua_State *L) {
    const wit_sources_t *sources = wit_dylib_sources();
    if (sources->count == 0) {
        report("there is no script");
        return false;
    }
    main_name = sources->sources[0].name;
    lua_pushcfunction(L, traceback);
    lua_pushcfunction(L, run_main);
    lua_pushlightuserdata(L, (void *)&sources->sources[0]);
    if (lua_pcall(L, 1, 1, -3) != LUA_OK) {
        report_error(L, NULL);
        return false;
    }
    lua_replace(L, 1);
    lua_settop(L, 1);
    if (!lua_istable(L, 1)) {
        report("%s: the script returns %s, but it has to return a table with its exports", main_name, luaL_typename(L, 1));
        return false;
    }
    bool ok = has_no_streams(main_name);
    exports = calloc(wit->num_export_funcs + 1, sizeof *exports);
    for (size_t i = 0; i < wit->num_export_funcs; i++) {
        ok = find_export(L, i) && ok;
    }
    lua_settop(L, 0);
    return ok;
}

// --- Calls ---

void *wit_dylib_export_start(size_t which) {
    if (wit->export_funcs[which].task_return) {
        return task_start(which);
    }
    call_t *call = calloc(1, sizeof *call);
    if (!call) {
        report("out of memory: a call");
        fail();
    }
    call->L = main_state;
    return call;
}

// Where the function at index 2 is defined, for errors in its result.
static const char *definition(lua_State *L) {
    lua_Debug info;
    lua_pushvalue(L, 2);
    lua_getinfo(L, ">S", &info);
    return lua_pushfstring(L, "%s:%d: ", info.short_src, info.linedefined);
}

// Leaves the value that the dylib pops: nil and an error become the error of a result.
static int wrap_result(lua_State *L, const wit_export_func_t *func, const wit_result_t *result, site_t *site, int first) {
    bool is_err = lua_isnil(L, first) && !lua_isnil(L, first + 1);
    wit_type_t type = is_err ? result->err : result->ok;
    lua_pushvalue(L, is_err ? first + 1 : first);
    site->part = is_err ? ERROR_PAYLOAD : RESULT;
    if (type != NO_TYPE) {
        int value = lua_gettop(L);
        check_value(L, value, type, site, definition(L));
        lua_settop(L, value);
    }
    (void)func;
    push_tagged(L, is_err ? "err" : "ok", true);
    return 1;
}

int check_results(lua_State *L) {
    const wit_export_func_t *func = lua_touserdata(L, 1);
    int first = lua_gettop(L) - 1;
    if (func->result == NO_TYPE) {
        return 0;
    }
    site_t site = {func->interface, func->name, RESULT, 0};
    wit_type_t type = resolve_alias(func->result);
    if (WIT_TYPE_KIND(type) == WIT_TYPE_RESULT) {
        return wrap_result(L, func, &wit->results[WIT_TYPE_INDEX(type)], &site, first);
    }
    check_value(L, first, type, &site, definition(L));
    lua_settop(L, first);
    return 1;
}

// Calls the function at index 2 with the values above it, and checks its result.
static int call_export(lua_State *L) {
    lua_pushvalue(L, 2);
    lua_insert(L, 2);
    lua_call(L, lua_gettop(L) - 3, 2);
    return check_results(L);
}

void push_export(lua_State *L, size_t which) {
    lua_rawgeti(L, LUA_REGISTRYINDEX, exports[which]);
}

// `file:line` of the function of an export, or the main script if it is a function in C.
static void export_site(char *out, size_t size, lua_State *L, size_t which) {
    lua_Debug info;
    push_export(L, which);
    lua_getinfo(L, ">S", &info);
    if (*info.source == '@') {
        snprintf(out, size, "%s:%d", info.source + 1, info.linedefined);
    } else {
        snprintf(out, size, "%s", main_name);
    }
}

void export_failed(lua_State *L, size_t which) {
    const wit_export_func_t *func = &wit->export_funcs[which];
    char name[256], site[600], during[900];
    full_name(name, sizeof name, func->interface, func->name);
    export_site(site, sizeof site, L, which);
    snprintf(during, sizeof during, "in a call of the export `%s`, which is at %s", name, site);
    report_error(L, during);
    fail();
}

void wit_dylib_export_call(void *cx, size_t which) {
    call_t *call = cx;
    lua_State *L = call->L;
    const wit_export_func_t *func = &wit->export_funcs[which];
    int first = lua_gettop(L) - (int)func->nparams + 1;
    drop_pending();
    luaL_checkstack(L, 8, NULL);
    lua_pushcfunction(L, traceback);
    lua_insert(L, first);
    lua_pushcfunction(L, call_export);
    lua_insert(L, first + 1);
    lua_pushlightuserdata(L, (void *)func);
    lua_insert(L, first + 2);
    push_export(L, which);
    lua_insert(L, first + 3);
    if (lua_pcall(L, func->nparams + 2, func->result != NO_TYPE, first) != LUA_OK) {
        export_failed(L, which);
    }
    lua_remove(L, first);
    end_loans(call);
    drop_pending();
}

void wit_dylib_export_finish(void *cx, size_t which) {
    (void)which;
    call_finish(cx);
    free(cx);
}

void wit_dylib_initialize(const wit_t *world) {
    static const luaL_Reg LIBRARIES[] = {
        {LUA_GNAME, luaopen_base},          {LUA_COLIBNAME, luaopen_coroutine}, {LUA_TABLIBNAME, luaopen_table},
        {LUA_STRLIBNAME, luaopen_string},   {LUA_MATHLIBNAME, luaopen_math},    {LUA_UTF8LIBNAME, luaopen_utf8},
        {LUA_DBLIBNAME, luaopen_debug},
    };
    wit = world;
    loading = true;
    if (world->version != WIT_CURRENT_VERSION) {
        report("the interpreter implements version %d of the interface of WIT dylibs, but the dylib has version %u", WIT_CURRENT_VERSION, world->version);
        fail();
    }
    lua_State *L = main_state = luaL_newstate();
    if (!L) {
        report("out of memory: Lua cannot start");
        fail();
    }
    for (size_t i = 0; i < sizeof LIBRARIES / sizeof *LIBRARIES; i++) {
        luaL_requiref(L, LIBRARIES[i].name, LIBRARIES[i].func, 1);
        lua_pop(L, 1);
    }
    host_init(L);
    imports_init(L);
    resources_init(L);
    if (!exports_load(L)) {
        fail();
    }
    loading = false;
}
