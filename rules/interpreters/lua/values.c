// The functions with which the dylib converts values. They are on the stack of the Lua state of the call.
//
// The dylib pops only values that `check_value` accepted, so a mismatch here means that a metamethod of the script returned
// another value the second time.
#include <stdlib.h>
#include <string.h>

#include "shim.h"

typedef struct block {
    struct block *next;
    void *memory;
} block_t;

// --- Memory ---

void *cabi_realloc(void *old, size_t old_size, size_t align, size_t size) {
    if (size == 0) {
        return (void *)align;
    }
    // malloc aligns to 16 bytes, more than any type of WIT requires.
    void *memory = old_size == 0 ? malloc(size) : realloc(old, size);
    if (!memory) {
        report("out of memory: %zu bytes for an argument or a result", size);
        fail();
    }
    return memory;
}

void wit_dylib_dealloc_bytes(void *cx, void *memory, size_t size, size_t align, bool defer) {
    (void)size, (void)align;
    call_t *call = cx;
    block_t *block = defer ? malloc(sizeof *block) : NULL;
    if (!defer) {
        free(memory);
    } else if (block) {
        *block = (block_t){call->blocks, memory};
        call->blocks = block;
    }
}

void call_finish(call_t *call) {
    while (call->blocks) {
        block_t *block = call->blocks;
        call->blocks = block->next;
        free(block->memory);
        free(block);
    }
    lua_pushnil(call->L);
    lua_rawsetp(call->L, LUA_REGISTRYINDEX, call);
}

// Keeps the value on top of the stack alive until the call is over, and pops it.
static void keep_value(call_t *call) {
    lua_State *L = call->L;
    if (lua_rawgetp(L, LUA_REGISTRYINDEX, call) == LUA_TNIL) {
        lua_pop(L, 1);
        lua_newtable(L);
        lua_pushvalue(L, -1);
        lua_rawsetp(L, LUA_REGISTRYINDEX, call);
    }
    lua_insert(L, -2);
    lua_rawseti(L, -2, lua_rawlen(L, -2) + 1);
    lua_pop(L, 1);
}

lua_State *stack(void *cx) {
    lua_State *L = ((call_t *)cx)->L;
    if (!lua_checkstack(L, 8)) {
        report("out of memory: the stack of Lua");
        fail();
    }
    return L;
}

// --- Types ---

bool is_nullable(wit_type_t type) {
    return WIT_TYPE_KIND(resolve_alias(type)) == WIT_TYPE_OPTION;
}

bool is_bytes(wit_type_t element) {
    return WIT_TYPE_KIND(resolve_alias(element)) == WIT_TYPE_U8;
}

lua_Integer table_len(lua_State *L, int index) {
    index = lua_absindex(L, index);
    lua_getfield(L, index, "n");
    lua_Integer len = lua_isinteger(L, -1) ? lua_tointeger(L, -1) : luaL_len(L, index);
    lua_pop(L, 1);
    return len;
}

void push_tagged(lua_State *L, const char *tag, bool has_value) {
    lua_createtable(L, 0, 2);
    lua_pushstring(L, tag);
    lua_setfield(L, -2, "tag");
    if (has_value) {
        lua_insert(L, -2);
        lua_setfield(L, -2, "val");
    }
}

// Replaces a table `{tag, val}` by its tag, as a string on top of the stack, above the value.
static const char *pop_tag(lua_State *L) {
    lua_getfield(L, -1, "val");
    lua_getfield(L, -2, "tag");
    lua_remove(L, -3);
    const char *tag = lua_tostring(L, -1);
    return tag ? tag : "";
}

// Pops the tag, and the value below it unless the case has one.
static uint32_t end_pop(lua_State *L, uint32_t index, bool has_value) {
    lua_pop(L, has_value ? 1 : 2);
    return index;
}

_Noreturn void changed(void) {
    report("a value has changed while it was converted");
    fail();
}

// --- Scalars ---

void wit_dylib_push_bool(void *cx, bool value) { lua_pushboolean(stack(cx), value); }
void wit_dylib_push_u8(void *cx, uint8_t value) { lua_pushinteger(stack(cx), value); }
void wit_dylib_push_s8(void *cx, int8_t value) { lua_pushinteger(stack(cx), value); }
void wit_dylib_push_u16(void *cx, uint16_t value) { lua_pushinteger(stack(cx), value); }
void wit_dylib_push_s16(void *cx, int16_t value) { lua_pushinteger(stack(cx), value); }
void wit_dylib_push_u32(void *cx, uint32_t value) { lua_pushinteger(stack(cx), value); }
void wit_dylib_push_s32(void *cx, int32_t value) { lua_pushinteger(stack(cx), value); }
void wit_dylib_push_u64(void *cx, uint64_t value) { lua_pushinteger(stack(cx), value); }
void wit_dylib_push_s64(void *cx, int64_t value) { lua_pushinteger(stack(cx), value); }
void wit_dylib_push_f32(void *cx, float value) { lua_pushnumber(stack(cx), value); }
void wit_dylib_push_f64(void *cx, double value) { lua_pushnumber(stack(cx), value); }
void wit_dylib_push_char(void *cx, uint32_t value) { lua_pushfstring(stack(cx), "%U", (long)value); }

void wit_dylib_push_string(void *cx, uint8_t *bytes, size_t len) {
    lua_pushlstring(stack(cx), (const char *)bytes, len);
    if (len > 0) {
        free(bytes);
    }
}

static int64_t pop_integer(void *cx) {
    lua_State *L = stack(cx);
    int64_t value = lua_tointeger(L, -1);
    lua_pop(L, 1);
    return value;
}

static double pop_number(void *cx) {
    lua_State *L = stack(cx);
    double value = lua_tonumber(L, -1);
    lua_pop(L, 1);
    return value;
}

uint8_t wit_dylib_pop_u8(void *cx) { return pop_integer(cx); }
int8_t wit_dylib_pop_s8(void *cx) { return pop_integer(cx); }
uint16_t wit_dylib_pop_u16(void *cx) { return pop_integer(cx); }
int16_t wit_dylib_pop_s16(void *cx) { return pop_integer(cx); }
uint32_t wit_dylib_pop_u32(void *cx) { return pop_integer(cx); }
int32_t wit_dylib_pop_s32(void *cx) { return pop_integer(cx); }
uint64_t wit_dylib_pop_u64(void *cx) { return pop_integer(cx); }
int64_t wit_dylib_pop_s64(void *cx) { return pop_integer(cx); }
float wit_dylib_pop_f32(void *cx) { return pop_number(cx); }
double wit_dylib_pop_f64(void *cx) { return pop_number(cx); }

bool wit_dylib_pop_bool(void *cx) {
    lua_State *L = stack(cx);
    bool value = lua_toboolean(L, -1);
    lua_pop(L, 1);
    return value;
}

size_t pop_bytes(call_t *call, void **memory) {
    lua_State *L = stack(call);
    size_t len = 0;
    const char *text = lua_tolstring(L, -1, &len);
    if (!text) {
        changed();
    }
    *memory = (void *)text;
    keep_value(call);
    return len;
}

size_t wit_dylib_pop_string(void *cx, char **memory) {
    return pop_bytes(cx, (void **)memory);
}

uint32_t wit_dylib_pop_char(void *cx) {
    lua_State *L = stack(cx);
    size_t len = 0;
    const uint8_t *bytes = (const uint8_t *)lua_tolstring(L, -1, &len);
    uint32_t code = len == 0 ? 0 : len == 1 ? bytes[0] : bytes[0] & (0xff >> (len + 1));
    for (size_t i = 1; i < len; i++) {
        code = code << 6 | (bytes[i] & 0x3f);
    }
    lua_pop(L, 1);
    return code;
}

// --- Handles ---

void wit_dylib_push_own(void *cx, size_t type, uint32_t handle) { push_own(cx, type, handle); }
void wit_dylib_push_borrow(void *cx, size_t type, uint32_t handle) { push_borrow(cx, type, handle); }

uint32_t wit_dylib_pop_own(void *cx, size_t type) {
    lua_State *L = stack(cx);
    uint32_t handle = to_own(L, -1, type);
    lua_pop(L, 1);
    return handle;
}

uint32_t wit_dylib_pop_borrow(void *cx, size_t type) {
    uint32_t handle = to_borrow(stack(cx), -1, type);
    keep_value(cx);
    return handle;
}

// --- Compound values ---

void wit_dylib_push_record(void *cx, size_t type) {
    const wit_record_t *record = &wit->records[type];
    lua_State *L = stack(cx);
    lua_createtable(L, 0, record->nfields);
    lua_insert(L, -1 - (int)record->nfields);
    for (size_t i = record->nfields; i-- > 0;) {
        char name[256];
        script_name(name, sizeof name, record->fields[i].name, NULL, false);
        lua_setfield(L, -2 - (int)i, name);
    }
}

void wit_dylib_pop_record(void *cx, size_t type) {
    const wit_record_t *record = &wit->records[type];
    lua_State *L = stack(cx);
    int table = lua_gettop(L);
    if (!lua_checkstack(L, record->nfields + 4)) {
        fail();
    }
    for (size_t i = record->nfields; i-- > 0;) {
        char name[256];
        script_name(name, sizeof name, record->fields[i].name, NULL, false);
        lua_getfield(L, table, name);
    }
    lua_remove(L, table);
}

void wit_dylib_push_tuple(void *cx, size_t type) {
    int count = wit->tuples[type].ntypes;
    lua_State *L = stack(cx);
    lua_createtable(L, count, 0);
    lua_insert(L, -1 - count);
    for (int i = count; i > 0; i--) {
        lua_rawseti(L, -1 - i, i);
    }
}

void wit_dylib_pop_tuple(void *cx, size_t type) {
    lua_State *L = stack(cx);
    int table = lua_gettop(L), count = wit->tuples[type].ntypes;
    if (!lua_checkstack(L, count + 4)) {
        fail();
    }
    for (int i = count; i > 0; i--) {
        lua_geti(L, table, i);
    }
    lua_remove(L, table);
}

void wit_dylib_push_flags(void *cx, size_t type, uint32_t bits) {
    lua_State *L = stack(cx);
    lua_newtable(L);
    for (size_t i = 0; i < wit->flags[type].nnames; i++) {
        char name[256];
        script_name(name, sizeof name, wit->flags[type].names[i], NULL, false);
        lua_pushboolean(L, bits >> i & 1);
        lua_setfield(L, -2, name);
    }
}

uint32_t wit_dylib_pop_flags(void *cx, size_t type) {
    lua_State *L = stack(cx);
    uint32_t bits = 0;
    for (size_t i = 0; i < wit->flags[type].nnames; i++) {
        char name[256];
        script_name(name, sizeof name, wit->flags[type].names[i], NULL, false);
        lua_getfield(L, -1, name);
        bits |= (uint32_t)lua_toboolean(L, -1) << i;
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
    return bits;
}

void wit_dylib_push_enum(void *cx, size_t type, uint32_t value) {
    lua_pushstring(stack(cx), wit->enums[type].names[value]);
}

uint32_t wit_dylib_pop_enum(void *cx, size_t type) {
    lua_State *L = stack(cx);
    const char *name = lua_tostring(L, -1);
    for (size_t i = 0; name && i < wit->enums[type].nnames; i++) {
        if (strcmp(wit->enums[type].names[i], name) == 0) {
            lua_pop(L, 1);
            return i;
        }
    }
    changed();
}

void wit_dylib_push_variant(void *cx, size_t type, uint32_t discriminant) {
    const wit_case_t *chosen = &wit->variants[type].cases[discriminant];
    push_tagged(stack(cx), chosen->name, chosen->ty != NO_TYPE);
}

uint32_t wit_dylib_pop_variant(void *cx, size_t type) {
    const wit_variant_t *variant = &wit->variants[type];
    lua_State *L = stack(cx);
    const char *tag = pop_tag(L);
    for (size_t i = 0; i < variant->ncases; i++) {
        if (strcmp(variant->cases[i].name, tag) == 0) {
            return end_pop(L, i, variant->cases[i].ty != NO_TYPE);
        }
    }
    changed();
}

void wit_dylib_push_option(void *cx, size_t type, uint32_t discriminant) {
    lua_State *L = stack(cx);
    if (is_nullable(wit->options[type].ty)) {
        push_tagged(L, discriminant ? "some" : "none", discriminant);
    } else if (!discriminant) {
        lua_pushnil(L);
    }
}

uint32_t wit_dylib_pop_option(void *cx, size_t type) {
    lua_State *L = stack(cx);
    if (is_nullable(wit->options[type].ty)) {
        bool some = strcmp(pop_tag(L), "some") == 0;
        return end_pop(L, some, some);
    }
    if (lua_isnil(L, -1)) {
        lua_pop(L, 1);
        return 0;
    }
    return 1;
}

void wit_dylib_push_result(void *cx, size_t type, uint32_t discriminant) {
    const wit_result_t *result = &wit->results[type];
    push_tagged(stack(cx), discriminant ? "err" : "ok", (discriminant ? result->err : result->ok) != NO_TYPE);
}

uint32_t wit_dylib_pop_result(void *cx, size_t type) {
    lua_State *L = stack(cx);
    bool is_err = strcmp(pop_tag(L), "err") == 0;
    return end_pop(L, is_err, (is_err ? wit->results[type].err : wit->results[type].ok) != NO_TYPE);
}
