// Checks values of scripts against types of WIT before the dylib converts them.
//
// The dylib cannot stop in the middle of a conversion. So a wrong argument has to be found before it starts: then it is an
// error that the script can catch, with the script's line.
#include <stdio.h>
#include <string.h>

#include "shim.h"

// A step of the path to a value: a field, or an index if the name is null.
typedef struct step {
    const struct step *parent;
    const char *name;
    lua_Integer index;
} step_t;

typedef struct check {
    lua_State *L;
    const site_t *site;
    const char *where;
} check_t;

static void check_type(const check_t *check, const step_t *path, int index, wit_type_t type);

static size_t write_path(char *out, size_t size, const step_t *path) {
    if (!path || size == 0) {
        return 0;
    }
    size_t len = write_path(out, size, path->parent);
    int more = path->name ? snprintf(out + len, size - len, ".%s", path->name) : snprintf(out + len, size - len, "[%lld]", path->index);
    return more < 0 || len + more >= size ? size - 1 : len + more;
}

static void mismatch(const check_t *check, const step_t *path, int index, const char *expected) {
    lua_State *L = check->L;
    static const char *const PARTS[] = {"argument", "`self`", "result", "error"};
    char name[256], part[32], at[256] = "";
    const char *kind = luaL_typename(L, index);
    full_name(name, sizeof name, check->site->interface, check->site->function);
    snprintf(part, sizeof part, check->site->part == ARGUMENT ? "%s %zu" : "%s", PARTS[check->site->part], check->site->argument);
    write_path(at, sizeof at, path);
    if (lua_type(L, index) == LUA_TSTRING || lua_type(L, index) == LUA_TNUMBER) {
        lua_pushvalue(L, index);
        const char *text = lua_tostring(L, -1);
        kind = lua_pushfstring(L, "%s %s", kind, strlen(text) > 40 ? "" : text);
    }
    lua_pushfstring(L, "%s%s: %s%s: expected %s, got %s", check->where, name, part, at, expected, kind);
    lua_error(L);
}

static void check_integer(const check_t *check, const step_t *path, int index, const char *name, lua_Integer least, lua_Integer most) {
    int is_integer;
    lua_Integer value = lua_tointegerx(check->L, index, &is_integer);
    if (lua_type(check->L, index) != LUA_TNUMBER || !is_integer || value < least || value > most) {
        mismatch(check, path, index, name);
    }
}

// The length of a valid UTF-8 sequence of one scalar value, or 0.
static size_t scalar_len(const uint8_t *at, size_t left) {
    size_t len = at[0] < 0x80 ? 1 : at[0] >> 5 == 6 ? 2 : at[0] >> 4 == 14 ? 3 : at[0] >> 3 == 30 ? 4 : 0;
    if (len == 0 || len > left) {
        return 0;
    }
    uint32_t code = len == 1 ? at[0] : at[0] & (0xff >> (len + 1));
    for (size_t i = 1; i < len; i++) {
        if (at[i] >> 6 != 2) {
            return 0;
        }
        code = code << 6 | (at[i] & 0x3f);
    }
    static const uint32_t LEAST[] = {0, 0, 0x80, 0x800, 0x10000};
    return code < LEAST[len] || code > 0x10ffff || code >> 11 == 0x1b ? 0 : len;
}

static void check_string(const check_t *check, const step_t *path, int index, bool one) {
    const char *expected = one ? "char (a string of one Unicode scalar value)" : "string (in UTF-8)";
    if (lua_type(check->L, index) != LUA_TSTRING) {
        mismatch(check, path, index, expected);
    }
    size_t len, count = 0;
    const uint8_t *text = (const uint8_t *)lua_tolstring(check->L, index, &len);
    for (size_t i = 0; i < len; count++) {
        size_t step = scalar_len(text + i, len - i);
        if (step == 0) {
            mismatch(check, path, index, expected);
        }
        i += step;
    }
    if (one && count != 1) {
        mismatch(check, path, index, expected);
    }
}

static void check_table(const check_t *check, const step_t *path, int index, const char *expected) {
    if (!lua_istable(check->L, index)) {
        mismatch(check, path, index, expected);
    }
}

static void check_field(const check_t *check, const step_t *path, int index, const char *name, wit_type_t type) {
    lua_getfield(check->L, index, name);
    check_type(check, &(step_t){path, name, 0}, lua_gettop(check->L), type);
    lua_pop(check->L, 1);
}

static void check_item(const check_t *check, const step_t *path, int index, lua_Integer i, wit_type_t type) {
    lua_geti(check->L, index, i);
    check_type(check, &(step_t){path, NULL, i}, lua_gettop(check->L), type);
    lua_pop(check->L, 1);
}

static void check_list(const check_t *check, const step_t *path, int index, wit_type_t element) {
    if (is_bytes(element)) {
        if (lua_type(check->L, index) != LUA_TSTRING) {
            mismatch(check, path, index, "list<u8> (a string)");
        }
        return;
    }
    check_table(check, path, index, "a table with the elements of a list");
    lua_Integer len = table_len(check->L, index);
    for (lua_Integer i = 1; i <= len; i++) {
        check_item(check, path, index, i, element);
    }
}

static void check_tuple(const check_t *check, const step_t *path, int index, const wit_tuple_t *tuple) {
    char expected[64];
    snprintf(expected, sizeof expected, "a table with %zu elements", tuple->ntypes);
    check_table(check, path, index, expected);
    for (size_t i = 0; i < tuple->ntypes; i++) {
        check_item(check, path, index, i + 1, tuple->types[i]);
    }
}

static void check_record(const check_t *check, const step_t *path, int index, const wit_record_t *record) {
    char expected[192];
    snprintf(expected, sizeof expected, "a record `%s` (a table)", record->name);
    check_table(check, path, index, expected);
    for (size_t i = 0; i < record->nfields; i++) {
        char name[256];
        script_name(name, sizeof name, record->fields[i].name, NULL, false);
        check_field(check, path, index, name, record->fields[i].ty);
    }
}

static void check_map(const check_t *check, const step_t *path, int index, const wit_map_t *map) {
    lua_State *L = check->L;
    check_table(check, path, index, "a table");
    for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
        int top = lua_gettop(L);
        check_type(check, &(step_t){path, "key", 0}, top - 1, map->key_type);
        check_type(check, &(step_t){path, "value", 0}, top, map->value_type);
    }
}

// The index of the case with the name at `index`. Raises an error that lists the cases if it is none of them.
static size_t find_case(const check_t *check, const step_t *path, int index, size_t count, const char *(*name)(const void *, size_t), const void *type) {
    const char *text = lua_type(check->L, index) == LUA_TSTRING ? lua_tostring(check->L, index) : NULL;
    char expected[512];
    size_t len = snprintf(expected, sizeof expected, "one of");
    for (size_t i = 0; text && i < count; i++) {
        if (strcmp(text, name(type, i)) == 0) {
            return i;
        }
    }
    for (size_t i = 0; i < count && len < sizeof expected; i++) {
        len += snprintf(expected + len, sizeof expected - len, "%s \"%s\"", i ? "," : "", name(type, i));
    }
    mismatch(check, path, index, expected);
    return 0;
}

static const char *enum_case(const void *type, size_t i) { return ((const wit_enum_t *)type)->names[i]; }
static const char *variant_case(const void *type, size_t i) { return ((const wit_variant_t *)type)->cases[i].name; }
static const char *result_case(const void *type, size_t i) { (void)type; return i ? "err" : "ok"; }
static const char *option_case(const void *type, size_t i) { (void)type; return i ? "some" : "none"; }

static wit_type_t variant_payload(const void *type, size_t i) { return ((const wit_variant_t *)type)->cases[i].ty; }
static wit_type_t result_payload(const void *type, size_t i) { const wit_result_t *result = type; return i ? result->err : result->ok; }
static wit_type_t option_payload(const void *type, size_t i) { return i ? ((const wit_option_t *)type)->ty : NO_TYPE; }

static void check_tagged(const check_t *check, const step_t *path, int index, size_t count, const char *(*name)(const void *, size_t),
                         wit_type_t (*payload)(const void *, size_t), const void *type) {
    check_table(check, path, index, "a table {tag, val}");
    lua_getfield(check->L, index, "tag");
    size_t found = find_case(check, &(step_t){path, "tag", 0}, lua_gettop(check->L), count, name, type);
    lua_pop(check->L, 1);
    if (payload(type, found) != NO_TYPE) {
        check_field(check, path, index, "val", payload(type, found));
    }
}

static void check_handle(const check_t *check, const step_t *path, int index, size_t resource, bool own) {
    char class_name[128], expected[256];
    const char *why = NULL;
    if (!is_resource(check->L, index, resource, own, &why)) {
        script_name(class_name, sizeof class_name, wit->resources[resource].name, NULL, true);
        snprintf(expected, sizeof expected, "a %s%s%s", class_name, why ? " that " : "", why ? why : "");
        mismatch(check, path, index, expected);
    }
}

static void check_type(const check_t *check, const step_t *path, int index, wit_type_t type) {
    type = resolve_alias(type);
    uint32_t kind = WIT_TYPE_KIND(type), i = WIT_TYPE_INDEX(type);
    luaL_checkstack(check->L, 8, "a value is nested too deeply");
    switch (kind) {
    case WIT_TYPE_U8: check_integer(check, path, index, "u8", 0, UINT8_MAX); break;
    case WIT_TYPE_U16: check_integer(check, path, index, "u16", 0, UINT16_MAX); break;
    case WIT_TYPE_U32: check_integer(check, path, index, "u32", 0, UINT32_MAX); break;
    case WIT_TYPE_S8: check_integer(check, path, index, "s8", INT8_MIN, INT8_MAX); break;
    case WIT_TYPE_S16: check_integer(check, path, index, "s16", INT16_MIN, INT16_MAX); break;
    case WIT_TYPE_S32: check_integer(check, path, index, "s32", INT32_MIN, INT32_MAX); break;
    case WIT_TYPE_U64: check_integer(check, path, index, "u64 (an integer)", INT64_MIN, INT64_MAX); break;
    case WIT_TYPE_S64: check_integer(check, path, index, "s64 (an integer)", INT64_MIN, INT64_MAX); break;
    case WIT_TYPE_F32:
    case WIT_TYPE_F64:
        if (lua_type(check->L, index) != LUA_TNUMBER) {
            mismatch(check, path, index, kind == WIT_TYPE_F32 ? "f32" : "f64");
        }
        break;
    case WIT_TYPE_BOOL:
        if (!lua_isboolean(check->L, index)) {
            mismatch(check, path, index, "bool");
        }
        break;
    case WIT_TYPE_STRING: check_string(check, path, index, false); break;
    case WIT_TYPE_CHAR: check_string(check, path, index, true); break;
    case WIT_TYPE_RECORD: check_record(check, path, index, &wit->records[i]); break;
    case WIT_TYPE_TUPLE: check_tuple(check, path, index, &wit->tuples[i]); break;
    case WIT_TYPE_LIST: check_list(check, path, index, wit->lists[i].ty); break;
    case WIT_TYPE_MAP: check_map(check, path, index, &wit->maps[i]); break;
    case WIT_TYPE_FLAGS: check_table(check, path, index, "a table with a boolean for each flag"); break;
    case WIT_TYPE_ENUM: find_case(check, path, index, wit->enums[i].nnames, enum_case, &wit->enums[i]); break;
    case WIT_TYPE_VARIANT:
        check_tagged(check, path, index, wit->variants[i].ncases, variant_case, variant_payload, &wit->variants[i]);
        break;
    case WIT_TYPE_RESULT: check_tagged(check, path, index, 2, result_case, result_payload, &wit->results[i]); break;
    case WIT_TYPE_OPTION:
        if (is_nullable(wit->options[i].ty)) {
            check_tagged(check, path, index, 2, option_case, option_payload, &wit->options[i]);
        } else if (!lua_isnil(check->L, index)) {
            check_type(check, path, index, wit->options[i].ty);
        }
        break;
    case WIT_TYPE_OWN:
    case WIT_TYPE_BORROW: check_handle(check, path, index, i, kind == WIT_TYPE_OWN); break;
    default: mismatch(check, path, index, "a type that this interpreter supports");
    }
}

void check_value(lua_State *L, int index, wit_type_t type, const site_t *site, const char *where) {
    check_t check = {L, site, where};
    check_type(&check, NULL, lua_absindex(L, index), type);
}
