// Lists and maps. `list<u8>` is a string; other lists are sequences.
#include "shim.h"

bool wit_dylib_push_list(void *cx, size_t type, uint8_t *bytes, size_t len) {
    lua_State *L = stack(cx);
    if (is_bytes(wit->lists[type].ty)) {
        wit_dylib_push_string(cx, bytes, len);
        return true;
    }
    lua_createtable(L, len < 1 << 20 ? len : 0, 0);
    // Elements can be nil, so the length is stored, and counts the elements that are appended.
    if (is_nullable(wit->lists[type].ty)) {
        lua_pushinteger(L, 0);
        lua_setfield(L, -2, "n");
    }
    return false;
}

void wit_dylib_list_append(void *cx, size_t type) {
    lua_State *L = stack(cx);
    lua_Integer index = table_len(L, -2) + 1;
    lua_rawseti(L, -2, index);
    if (is_nullable(wit->lists[type].ty)) {
        lua_pushinteger(L, index);
        lua_setfield(L, -2, "n");
    }
}

size_t wit_dylib_pop_list(void *cx, size_t type, void **memory) {
    lua_State *L = stack(cx);
    if (is_bytes(wit->lists[type].ty)) {
        return pop_bytes(cx, memory);
    }
    // The iterator is two values: the table, and the index of the next element.
    *memory = NULL;
    lua_pushinteger(L, 1);
    return table_len(L, -2);
}

void wit_dylib_pop_list_iter_next(void *cx, size_t type) {
    (void)type;
    lua_State *L = stack(cx);
    lua_Integer index = lua_tointeger(L, -1);
    lua_pop(L, 1);
    lua_pushinteger(L, index + 1);
    lua_geti(L, -2, index);
}

void wit_dylib_pop_list_iter(void *cx, size_t type) {
    (void)type;
    lua_pop(stack(cx), 2);
}

void wit_dylib_push_map(void *cx, size_t type, size_t len) {
    (void)type, (void)len;
    lua_newtable(stack(cx));
}

void wit_dylib_map_append(void *cx, size_t type) {
    (void)type;
    lua_rawset(stack(cx), -3);
}

size_t wit_dylib_pop_map(void *cx, size_t type) {
    (void)type;
    lua_State *L = stack(cx);
    size_t len = 0;
    lua_pushnil(L);
    while (lua_next(L, -2)) {
        lua_pop(L, 1);
        len++;
    }
    // The iterator is two values: the table, and the last key.
    lua_pushnil(L);
    return len;
}

void wit_dylib_pop_map_iter_next(void *cx, size_t type) {
    (void)type;
    lua_State *L = stack(cx);
    if (!lua_next(L, -2)) {
        changed();
    }
    // The last key stays below the value and the key.
    lua_pushvalue(L, -2);
}

void wit_dylib_pop_map_iter(void *cx, size_t type) {
    (void)type;
    lua_pop(stack(cx), 2);
}
