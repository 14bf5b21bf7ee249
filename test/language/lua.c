// Calls `run` of a script in Lua, with the engine alone. Arguments: the script, its name.
#include <stdio.h>

#include "lauxlib.h"
#include "lua.h"
#include "lualib.h"

int main(int argc, char **argv) {
    static char text[1 << 20], name[256];
    FILE *file = argc == 3 ? fopen(argv[1], "rb") : NULL;
    if (!file) {
        return 2;
    }
    size_t len = fread(text, 1, sizeof text, file);
    snprintf(name, sizeof name, "@%s", argv[2]);
    lua_State *lua = luaL_newstate();
    luaL_requiref(lua, LUA_GNAME, luaopen_base, 1);
    luaL_requiref(lua, LUA_COLIBNAME, luaopen_coroutine, 1);
    luaL_requiref(lua, LUA_MATHLIBNAME, luaopen_math, 1);
    luaL_requiref(lua, LUA_STRLIBNAME, luaopen_string, 1);
    luaL_requiref(lua, LUA_TABLIBNAME, luaopen_table, 1);
    luaL_requiref(lua, LUA_UTF8LIBNAME, luaopen_utf8, 1);
    if (luaL_loadbuffer(lua, text, len, name) || lua_pcall(lua, 0, 1, 0) || lua_getfield(lua, -1, "run") != LUA_TFUNCTION || lua_pcall(lua, 0, 0, 0)) {
        fprintf(stderr, "error: %s\n", lua_tostring(lua, -1));
        return 1;
    }
    return 0;
}
