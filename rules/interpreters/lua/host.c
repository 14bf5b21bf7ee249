// Messages, and what a script can see of its host, only through imports of the world.
#include "host.h"

#include "shim.h"

const bool names_in_camel_case = false;

// Writes to a stream of `wasi:cli`, if the world imports it.
static int write_all(lua_State *L, const char *interface, const char *getter, const char *text, size_t len) {
    int get = find_import(interface, getter);
    int write = find_import("wasi:io/streams@0.2", "[method]output-stream.blocking-write-and-flush");
    int top = lua_gettop(L);
    if (get < 0 || write < 0) {
        return 0;
    }
    call_import(L, get, top + 1);
    int stream = lua_gettop(L);
    // One call writes at most 4096 bytes.
    while (len > 0) {
        size_t part = len < 4096 ? len : 4096;
        lua_pushvalue(L, stream);
        lua_pushlstring(L, text, part);
        call_import(L, write, stream + 1);
        lua_settop(L, stream);
        text += part;
        len -= part;
    }
    lua_settop(L, top);
    return 0;
}

typedef struct output {
    bool is_error;
    const char *text;
    size_t len;
} output_t;

static int write_output(lua_State *L) {
    const output_t *output = lua_touserdata(L, 1);
    const char *interface = output->is_error ? "wasi:cli/stderr@0.2" : "wasi:cli/stdout@0.2";
    return write_all(L, interface, output->is_error ? "get-stderr" : "get-stdout", output->text, output->len);
}

// The coroutine that prints, if any.
static lua_State *printing;

void write_stream(bool is_error, const char *text, size_t len) {
    lua_State *L = printing ? printing : main_state;
    if (L && lua_checkstack(L, 4)) {
        // Output that cannot be written is no error of the script.
        output_t output = {is_error, text, len};
        lua_pushcfunction(L, write_output);
        lua_pushlightuserdata(L, &output);
        if (lua_pcall(L, 1, 0, 0) != LUA_OK) {
            lua_pop(L, 1);
        }
    }
}

void report_error(lua_State *L, const char *during) {
    const char *text = lua_tostring(L, -1);
    report("%s", text ? text : "an error that is no string");
    if (during) {
        note("%s", during);
    }
    lua_pop(L, 1);
}

static int panic(lua_State *L) {
    report_error(L, "outside of any function of the script");
    fail();
}

static int print(lua_State *L) {
    int count = lua_gettop(L);
    luaL_Buffer buffer;
    luaL_buffinit(L, &buffer);
    for (int i = 1; i <= count; i++) {
        if (i > 1) {
            luaL_addchar(&buffer, '\t');
        }
        luaL_tolstring(L, i, NULL);
        luaL_addvalue(&buffer);
    }
    luaL_addchar(&buffer, '\n');
    luaL_pushresult(&buffer);
    size_t len;
    const char *text = lua_tolstring(L, -1, &len);
    printing = L;
    write_text(false, text, len);
    printing = NULL;
    return 0;
}

// There is no `os` in scripts, so nothing but the seed of hashes asks for the time.
int64_t host_now_ns(void) {
    return 0;
}

void host_init(lua_State *L) {
    lua_atpanic(L, panic);
    lua_pushcfunction(L, print);
    lua_setglobal(L, "print");
    // These would read files.
    static const char *const REMOVED[] = {"dofile", "loadfile"};
    for (size_t i = 0; i < sizeof REMOVED / sizeof *REMOVED; i++) {
        lua_pushnil(L);
        lua_setglobal(L, REMOVED[i]);
    }
}
