// Checks values of scripts against types of WIT before the dylib converts them.
//
// The dylib cannot stop in the middle of a conversion. So a wrong argument has to be found before it starts: then it is an
// exception that the script can catch, with the script's stack.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shim.h"

// A step of the path to a value: a property, or an index if the name is null.
typedef struct step {
    const struct step *parent;
    const char *name;
    uint32_t index;
} step_t;

static const char *const KIND_NAMES[] = {
    [WIT_TYPE_U8] = "u8",     [WIT_TYPE_U16] = "u16",   [WIT_TYPE_U32] = "u32",       [WIT_TYPE_U64] = "u64",
    [WIT_TYPE_S8] = "s8",     [WIT_TYPE_S16] = "s16",   [WIT_TYPE_S32] = "s32",       [WIT_TYPE_S64] = "s64",
    [WIT_TYPE_BOOL] = "bool", [WIT_TYPE_CHAR] = "char", [WIT_TYPE_F32] = "f32",       [WIT_TYPE_F64] = "f64",
    [WIT_TYPE_TUPLE] = "tuple", [WIT_TYPE_LIST] = "list", [WIT_TYPE_STRING] = "string",
};

static size_t write_path(char *out, size_t size, const step_t *path) {
    if (!path || size == 0) {
        return 0;
    }
    size_t len = write_path(out, size, path->parent);
    int more = path->name ? snprintf(out + len, size - len, ".%s", path->name) : snprintf(out + len, size - len, "[%u]", path->index);
    return more < 0 || len + more >= size ? size - 1 : len + more;
}

// Describes a value in a message: its type, and the value itself if it is short.
static void describe(char *out, size_t size, JSValueConst value) {
    if (JS_IsString(value) || JS_IsNumber(value) || JS_IsBool(value) || JS_IsBigInt(value)) {
        const char *text = JS_ToCString(ctx, value);
        const char *quote = JS_IsString(value) ? "\"" : "";
        const char *kind = JS_IsString(value) ? "string " : JS_IsNumber(value) ? "number " : JS_IsBigInt(value) ? "BigInt " : "";
        bool is_long = text && strlen(text) > 40;
        snprintf(out, size, "%s%s%.40s%s%s", kind, quote, text ? text : "?", is_long ? "..." : "", quote);
        JS_FreeCString(ctx, text);
    } else {
        const char *kind = JS_IsUndefined(value) ? "undefined" : JS_IsNull(value) ? "null" : JS_IsArray(value) ? "an array"
                         : JS_IsFunction(ctx, value) ? "a function" : JS_GetTypedArrayType(value) >= 0 ? "a typed array"
                         : JS_IsPromise(value) ? "a promise" : JS_IsSymbol(value) ? "a symbol" : "an object";
        snprintf(out, size, "%s", kind);
    }
}

static bool mismatch(const site_t *site, const step_t *path, JSValueConst value, const char *expected) {
    char name[256], part[32], at[256] = "", got[128];
    static const char *const PARTS[] = {"argument", "`this`", "result", "error", "value of a future", "value of a stream"};
    full_name(name, sizeof name, site->interface, site->function);
    snprintf(part, sizeof part, site->part == ARGUMENT ? "%s %zu" : "%s", PARTS[site->part], site->argument);
    write_path(at, sizeof at, path);
    describe(got, sizeof got, value);
    JS_ThrowTypeError(ctx, "%s: %s%s: expected %s, got %s", name, part, at, expected, got);
    return false;
}

static bool check_type(const site_t *site, const step_t *path, JSValueConst value, wit_type_t type);

static bool check_property(const site_t *site, const step_t *path, JSValueConst object, const char *name, wit_type_t type) {
    JSValue value = JS_GetPropertyStr(ctx, object, name);
    if (JS_IsException(value)) {
        return false;
    }
    bool ok = check_type(site, &(step_t){path, name, 0}, value, type);
    JS_FreeValue(ctx, value);
    return ok;
}

static bool check_integer(const site_t *site, const step_t *path, JSValueConst value, const char *name, double least, double most) {
    double number = NAN;
    if (!JS_IsNumber(value) || JS_ToFloat64(ctx, &number, value) || number < least || number > most || number != trunc(number)) {
        return mismatch(site, path, value, name);
    }
    return true;
}

// u64 and s64 are BigInt. A Number is accepted if it is a safe integer.
static bool check_bigint(const site_t *site, const step_t *path, JSValueConst value, bool is_signed) {
    const char *name = is_signed ? "s64 (a BigInt)" : "u64 (a BigInt)";
    if (JS_IsNumber(value)) {
        return check_integer(site, path, value, name, is_signed ? -9007199254740991.0 : 0, 9007199254740991.0);
    }
    if (!JS_IsBigInt(value)) {
        return mismatch(site, path, value, name);
    }
    // The conversion wraps around, so the value fits if it survives.
    int64_t bits;
    if (JS_ToBigInt64(ctx, &bits, value)) {
        return false;
    }
    JSValue again = is_signed ? JS_NewBigInt64(ctx, bits) : JS_NewBigUint64(ctx, bits);
    bool same = JS_IsStrictEqual(ctx, value, again);
    JS_FreeValue(ctx, again);
    return same || mismatch(site, path, value, name);
}

static bool check_char(const site_t *site, const step_t *path, JSValueConst value) {
    size_t len = 0;
    const uint16_t *units = JS_IsString(value) ? JS_ToCStringLenUTF16(ctx, &len, value) : NULL;
    bool pair = len == 2 && units[0] >> 10 == 0x36 && units[1] >> 10 == 0x37;
    bool single = len == 1 && units[0] >> 11 != 0x1b;
    if (units) {
        JS_FreeCStringUTF16(ctx, units);
    }
    return pair || single || mismatch(site, path, value, "char (a string of one Unicode scalar value)");
}

static bool check_list(const site_t *site, const step_t *path, JSValueConst value, wit_type_t element) {
    int class = typed_array_class(element);
    int actual = JS_GetTypedArrayType(value);
    if (actual >= 0 && actual == class) {
        return true;
    }
    if (!JS_IsArray(value) && actual < 0) {
        return mismatch(site, path, value, class >= 0 ? "a typed array or an array" : "an array");
    }
    int64_t len;
    if (JS_GetLength(ctx, value, &len)) {
        return false;
    }
    for (int64_t i = 0; i < len; i++) {
        JSValue item = JS_GetPropertyInt64(ctx, value, i);
        bool ok = !JS_IsException(item) && check_type(site, &(step_t){path, NULL, i}, item, element);
        JS_FreeValue(ctx, item);
        if (!ok) {
            return false;
        }
    }
    return true;
}

static bool check_tuple(const site_t *site, const step_t *path, JSValueConst value, const wit_type_t *types, size_t count) {
    char expected[64];
    int64_t len = -1;
    snprintf(expected, sizeof expected, "an array of %zu elements", count);
    if (!JS_IsArray(value)) {
        return mismatch(site, path, value, expected);
    }
    if (JS_GetLength(ctx, value, &len)) {
        return false;
    }
    if (len != (int64_t)count) {
        return mismatch(site, path, value, expected);
    }
    for (size_t i = 0; i < count; i++) {
        JSValue item = JS_GetPropertyUint32(ctx, value, i);
        bool ok = !JS_IsException(item) && check_type(site, &(step_t){path, NULL, i}, item, types[i]);
        JS_FreeValue(ctx, item);
        if (!ok) {
            return false;
        }
    }
    return true;
}

static bool check_map(const site_t *site, const step_t *path, JSValueConst value, const wit_map_t *map) {
    if (!JS_IsMap(value)) {
        return mismatch(site, path, value, "a Map");
    }
    JSValue entries = map_entries(value);
    wit_type_t types[] = {map->key_type, map->value_type};
    int64_t len = 0;
    bool ok = !JS_IsException(entries) && JS_GetLength(ctx, entries, &len) == 0;
    for (int64_t i = 0; ok && i < len; i++) {
        JSValue entry = JS_GetPropertyInt64(ctx, entries, i);
        ok = check_tuple(site, &(step_t){path, NULL, i}, entry, types, 2);
        JS_FreeValue(ctx, entry);
    }
    JS_FreeValue(ctx, entries);
    return ok;
}

// Checks a string against the names of cases. Lists them if it is none of them.
static int find_case(const char *text, size_t count, const char *(*name)(const void *, size_t), const void *type) {
    for (size_t i = 0; text && i < count; i++) {
        if (strcmp(name(type, i), text) == 0) {
            return i;
        }
    }
    return -1;
}

static bool wrong_case(const site_t *site, const step_t *path, JSValueConst value, size_t count, const char *(*name)(const void *, size_t), const void *type) {
    char expected[512];
    size_t len = snprintf(expected, sizeof expected, "one of");
    for (size_t i = 0; i < count && len < sizeof expected; i++) {
        len += snprintf(expected + len, sizeof expected - len, "%s \"%s\"", i ? "," : "", name(type, i));
    }
    return mismatch(site, path, value, expected);
}

static const char *enum_case(const void *type, size_t i) { return ((const wit_enum_t *)type)->names[i]; }
static const char *variant_case(const void *type, size_t i) { return ((const wit_variant_t *)type)->cases[i].name; }
static const char *result_case(const void *type, size_t i) { (void)type; return i ? "err" : "ok"; }
static const char *option_case(const void *type, size_t i) { (void)type; return i ? "some" : "none"; }

static wit_type_t variant_payload(const void *type, size_t i) { return ((const wit_variant_t *)type)->cases[i].ty; }
static wit_type_t result_payload(const void *type, size_t i) { const wit_result_t *result = type; return i ? result->err : result->ok; }
static wit_type_t option_payload(const void *type, size_t i) { return i ? ((const wit_option_t *)type)->ty : NO_TYPE; }

static bool check_enum(const site_t *site, const step_t *path, JSValueConst value, const wit_enum_t *type) {
    const char *text = JS_IsString(value) ? JS_ToCString(ctx, value) : NULL;
    int found = find_case(text, type->nnames, enum_case, type);
    JS_FreeCString(ctx, text);
    return found >= 0 || wrong_case(site, path, value, type->nnames, enum_case, type);
}

static bool check_tagged(const site_t *site, const step_t *path, JSValueConst value, size_t count,
                         const char *(*name)(const void *, size_t), wit_type_t (*payload)(const void *, size_t), const void *type) {
    if (!JS_IsObject(value)) {
        return mismatch(site, path, value, "an object {tag, val}");
    }
    JSValue tag = JS_GetPropertyStr(ctx, value, "tag");
    if (JS_IsException(tag)) {
        return false;
    }
    const char *text = JS_IsString(tag) ? JS_ToCString(ctx, tag) : NULL;
    int found = find_case(text, count, name, type);
    bool ok = found >= 0 || wrong_case(site, &(step_t){path, "tag", 0}, tag, count, name, type);
    JS_FreeCString(ctx, text);
    JS_FreeValue(ctx, tag);
    if (!ok || payload(type, found) == NO_TYPE) {
        return ok;
    }
    return check_property(site, path, value, "val", payload(type, found));
}

static bool check_record(const site_t *site, const step_t *path, JSValueConst value, const wit_record_t *record) {
    char expected[192];
    if (!JS_IsObject(value)) {
        snprintf(expected, sizeof expected, "a record `%s` (an object)", record->name);
        return mismatch(site, path, value, expected);
    }
    for (size_t i = 0; i < record->nfields; i++) {
        char name[256];
        script_name(name, sizeof name, record->fields[i].name, NULL, false);
        if (!check_property(site, path, value, name, record->fields[i].ty)) {
            return false;
        }
    }
    return true;
}

static bool check_handle(const site_t *site, const step_t *path, JSValueConst value, size_t resource, bool own) {
    char class_name[128], expected[256];
    const char *why = NULL;
    if (is_resource(value, resource, own, &why)) {
        return true;
    }
    script_name(class_name, sizeof class_name, wit->resources[resource].name, NULL, true);
    snprintf(expected, sizeof expected, "an object of class %s%s%s", class_name, why ? ", which " : "", why ? why : "");
    return mismatch(site, path, value, expected);
}

// An array of a stream is checked at once; the values of other iterators and of promises, when they are written.
static bool check_values(const site_t *site, const step_t *path, JSValueConst value, wit_type_t element, bool is_stream) {
    int answer = is_stream ? is_iterable(value) : is_thenable(value);
    if (answer < 0) {
        return false;
    }
    if (!is_stream) {
        return answer || element == NO_TYPE || check_type(site, path, value, element);
    }
    if (!answer) {
        return mismatch(site, path, value, "an iterable or async iterable");
    }
    int64_t len = 0;
    if (element == NO_TYPE || !JS_IsArray(value) || JS_GetLength(ctx, value, &len)) {
        return !JS_HasException(ctx);
    }
    int class = typed_array_class(element);
    for (int64_t i = 0; i < len; i++) {
        JSValue item = JS_GetPropertyInt64(ctx, value, i);
        bool is_chunk = class >= 0 && JS_GetTypedArrayType(item) == class;
        bool ok = !JS_IsException(item) && (is_chunk || JS_IsPromise(item) || check_type(site, &(step_t){path, NULL, i}, item, element));
        JS_FreeValue(ctx, item);
        if (!ok) {
            return false;
        }
    }
    return true;
}

static bool check_transfer(const site_t *site, const step_t *path, JSValueConst value, bool is_stream, size_t type) {
    transfer_t transfer = transfer_of(value, is_stream, type);
    if (transfer == PASS_ON) {
        return true;
    }
    if (transfer == PASSED_ON) {
        return mismatch(site, path, value, is_stream ? "a stream that was not passed on" : "a future that was not passed on");
    }
    if (!check_values(site, path, value, is_stream ? wit->streams[type].ty : wit->futures[type].ty, is_stream)) {
        return false;
    }
    // Something has to write the values.
    char expected[160];
    snprintf(expected, sizeof expected, "a %s that was received: a new one is written by a call of an `async` export, and none is in progress",
             is_stream ? "stream" : "future");
    return waiting_task() || mismatch(site, path, value, expected);
}

static bool check_type(const site_t *site, const step_t *path, JSValueConst value, wit_type_t type) {
    type = resolve_alias(type);
    uint32_t kind = WIT_TYPE_KIND(type), index = WIT_TYPE_INDEX(type);
    switch (kind) {
    case WIT_TYPE_U8: return check_integer(site, path, value, "u8", 0, UINT8_MAX);
    case WIT_TYPE_U16: return check_integer(site, path, value, "u16", 0, UINT16_MAX);
    case WIT_TYPE_U32: return check_integer(site, path, value, "u32", 0, UINT32_MAX);
    case WIT_TYPE_S8: return check_integer(site, path, value, "s8", INT8_MIN, INT8_MAX);
    case WIT_TYPE_S16: return check_integer(site, path, value, "s16", INT16_MIN, INT16_MAX);
    case WIT_TYPE_S32: return check_integer(site, path, value, "s32", INT32_MIN, INT32_MAX);
    case WIT_TYPE_U64:
    case WIT_TYPE_S64: return check_bigint(site, path, value, kind == WIT_TYPE_S64);
    case WIT_TYPE_F32:
    case WIT_TYPE_F64: return JS_IsNumber(value) || mismatch(site, path, value, KIND_NAMES[kind]);
    case WIT_TYPE_BOOL: return JS_IsBool(value) || mismatch(site, path, value, "bool");
    case WIT_TYPE_STRING: return JS_IsString(value) || mismatch(site, path, value, "string");
    case WIT_TYPE_CHAR: return check_char(site, path, value);
    case WIT_TYPE_RECORD: return check_record(site, path, value, &wit->records[index]);
    case WIT_TYPE_TUPLE: return check_tuple(site, path, value, wit->tuples[index].types, wit->tuples[index].ntypes);
    case WIT_TYPE_LIST: return check_list(site, path, value, wit->lists[index].ty);
    case WIT_TYPE_MAP: return check_map(site, path, value, &wit->maps[index]);
    case WIT_TYPE_ENUM: return check_enum(site, path, value, &wit->enums[index]);
    case WIT_TYPE_FLAGS: return JS_IsObject(value) || mismatch(site, path, value, "an object with a boolean for each flag");
    case WIT_TYPE_VARIANT:
        return check_tagged(site, path, value, wit->variants[index].ncases, variant_case, variant_payload, &wit->variants[index]);
    case WIT_TYPE_RESULT:
        return check_tagged(site, path, value, 2, result_case, result_payload, &wit->results[index]);
    case WIT_TYPE_OPTION:
        if (is_nullable(wit->options[index].ty)) {
            return check_tagged(site, path, value, 2, option_case, option_payload, &wit->options[index]);
        }
        return JS_IsUndefined(value) || JS_IsNull(value) || check_type(site, path, value, wit->options[index].ty);
    case WIT_TYPE_OWN:
    case WIT_TYPE_BORROW: return check_handle(site, path, value, index, kind == WIT_TYPE_OWN);
    case WIT_TYPE_FUTURE:
    case WIT_TYPE_STREAM: return check_transfer(site, path, value, kind == WIT_TYPE_STREAM, index);
    default: return mismatch(site, path, value, "a type that this interpreter supports");
    }
}

bool check_value(JSValueConst value, wit_type_t type, const site_t *site) {
    return check_type(site, NULL, value, type);
}
