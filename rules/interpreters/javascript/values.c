// The functions with which the dylib converts values.
//
// The dylib pops only values that `check_value` accepted, so a mismatch here means that a getter or a proxy of the script
// returned another value the second time.
#include <stdlib.h>
#include <string.h>

#include "shim.h"

// The names of a type with members, as atoms.
typedef struct names {
    JSAtom *atoms;
} names_t;

static names_t *record_names, *flags_names, *variant_names, *enum_names;
static JSAtom atom_tag, atom_val, atom_ok, atom_err, atom_none, atom_some;

static JSAtom camel_atom(const char *name) {
    char camel[256];
    script_name(camel, sizeof camel, name, NULL, false);
    return JS_NewAtom(ctx, camel);
}

static names_t *new_names(size_t count) {
    return count ? calloc(count, sizeof(names_t)) : NULL;
}

static JSAtom *new_atoms(size_t count) {
    return calloc(count ? count : 1, sizeof(JSAtom));
}

void values_init(void) {
    atom_tag = JS_NewAtom(ctx, "tag");
    atom_val = JS_NewAtom(ctx, "val");
    atom_ok = JS_NewAtom(ctx, "ok");
    atom_err = JS_NewAtom(ctx, "err");
    atom_none = JS_NewAtom(ctx, "none");
    atom_some = JS_NewAtom(ctx, "some");
    record_names = new_names(wit->num_records);
    for (size_t i = 0; i < wit->num_records; i++) {
        const wit_record_t *record = &wit->records[i];
        record_names[i].atoms = new_atoms(record->nfields);
        for (size_t k = 0; k < record->nfields; k++) {
            record_names[i].atoms[k] = camel_atom(record->fields[k].name);
        }
    }
    flags_names = new_names(wit->num_flags);
    for (size_t i = 0; i < wit->num_flags; i++) {
        const wit_flags_t *flags = &wit->flags[i];
        flags_names[i].atoms = new_atoms(flags->nnames);
        for (size_t k = 0; k < flags->nnames; k++) {
            flags_names[i].atoms[k] = camel_atom(flags->names[k]);
        }
    }
    variant_names = new_names(wit->num_variants);
    for (size_t i = 0; i < wit->num_variants; i++) {
        const wit_variant_t *variant = &wit->variants[i];
        variant_names[i].atoms = new_atoms(variant->ncases);
        for (size_t k = 0; k < variant->ncases; k++) {
            variant_names[i].atoms[k] = JS_NewAtom(ctx, variant->cases[k].name);
        }
    }
    enum_names = new_names(wit->num_enums);
    for (size_t i = 0; i < wit->num_enums; i++) {
        const wit_enum_t *type = &wit->enums[i];
        enum_names[i].atoms = new_atoms(type->nnames);
        for (size_t k = 0; k < type->nnames; k++) {
            enum_names[i].atoms[k] = JS_NewAtom(ctx, type->names[k]);
        }
    }
}

bool is_nullable(wit_type_t type) {
    return WIT_TYPE_KIND(resolve_alias(type)) == WIT_TYPE_OPTION;
}

static JSValue tagged(JSAtom tag, bool has_value, JSValue value) {
    JSValue object = JS_NewObject(ctx);
    JS_SetProperty(ctx, object, atom_tag, JS_AtomToString(ctx, tag));
    if (has_value) {
        JS_SetProperty(ctx, object, atom_val, value);
    }
    return object;
}

// Replaces an object `{tag, val}` by its `val` on the stack, and returns the index of its tag.
static uint32_t pop_tagged(call_t *call, const JSAtom *tags, size_t count, bool (*has_value)(const void *, size_t), const void *type) {
    JSValue object = call_pop(call);
    JSValue tag = JS_GetProperty(ctx, object, atom_tag);
    JSAtom atom = JS_IsException(tag) ? JS_ATOM_NULL : JS_ValueToAtom(ctx, tag);
    JS_FreeValue(ctx, tag);
    for (size_t i = 0; i < count; i++) {
        if (tags[i] == atom) {
            if (has_value(type, i)) {
                call_push(call, JS_GetProperty(ctx, object, atom_val));
            }
            JS_FreeAtom(ctx, atom);
            JS_FreeValue(ctx, object);
            return i;
        }
    }
    report("a variant has changed its tag while it was converted");
    fail();
}

JSValue wrap_result(bool is_err, JSValue value) {
    return tagged(is_err ? atom_err : atom_ok, true, value);
}

JSValue unwrap_result(JSValue value, bool *is_err) {
    JSValue tag = JS_GetProperty(ctx, value, atom_tag);
    JSAtom atom = JS_ValueToAtom(ctx, tag);
    *is_err = atom == atom_err;
    JS_FreeAtom(ctx, atom);
    JS_FreeValue(ctx, tag);
    JSValue payload = JS_GetProperty(ctx, value, atom_val);
    JS_FreeValue(ctx, value);
    return payload;
}

// --- Scalars ---

void wit_dylib_push_bool(void *cx, bool value) { call_push(cx, JS_NewBool(ctx, value)); }
void wit_dylib_push_u8(void *cx, uint8_t value) { call_push(cx, JS_NewInt32(ctx, value)); }
void wit_dylib_push_s8(void *cx, int8_t value) { call_push(cx, JS_NewInt32(ctx, value)); }
void wit_dylib_push_u16(void *cx, uint16_t value) { call_push(cx, JS_NewInt32(ctx, value)); }
void wit_dylib_push_s16(void *cx, int16_t value) { call_push(cx, JS_NewInt32(ctx, value)); }
void wit_dylib_push_u32(void *cx, uint32_t value) { call_push(cx, JS_NewUint32(ctx, value)); }
void wit_dylib_push_s32(void *cx, int32_t value) { call_push(cx, JS_NewInt32(ctx, value)); }
void wit_dylib_push_u64(void *cx, uint64_t value) { call_push(cx, JS_NewBigUint64(ctx, value)); }
void wit_dylib_push_s64(void *cx, int64_t value) { call_push(cx, JS_NewBigInt64(ctx, value)); }
void wit_dylib_push_f32(void *cx, float value) { call_push(cx, JS_NewNumber(ctx, value)); }
void wit_dylib_push_f64(void *cx, double value) { call_push(cx, JS_NewNumber(ctx, value)); }

void wit_dylib_push_char(void *cx, uint32_t value) {
    uint16_t units[2] = {value};
    size_t len = 1;
    if (value >= 0x10000) {
        units[0] = 0xd800 + ((value - 0x10000) >> 10);
        units[1] = 0xdc00 + ((value - 0x10000) & 0x3ff);
        len = 2;
    }
    call_push(cx, JS_NewStringUTF16(ctx, units, len));
}

void wit_dylib_push_string(void *cx, uint8_t *bytes, size_t len) {
    call_push(cx, JS_NewStringLen(ctx, (const char *)bytes, len));
    if (len > 0) {
        free(bytes);
    }
}

static double pop_number(void *cx) {
    JSValue value = call_pop(cx);
    double number = 0;
    if (JS_ToFloat64(ctx, &number, value)) {
        report_exception("failed to convert a number");
        fail();
    }
    JS_FreeValue(ctx, value);
    return number;
}

static uint64_t pop_bigint(void *cx) {
    JSValue value = call_pop(cx);
    int64_t number = 0;
    if (JS_ToInt64Ext(ctx, &number, value)) {
        report_exception("failed to convert a BigInt");
        fail();
    }
    JS_FreeValue(ctx, value);
    return number;
}

uint8_t wit_dylib_pop_u8(void *cx) { return pop_number(cx); }
int8_t wit_dylib_pop_s8(void *cx) { return pop_number(cx); }
uint16_t wit_dylib_pop_u16(void *cx) { return pop_number(cx); }
int16_t wit_dylib_pop_s16(void *cx) { return pop_number(cx); }
uint32_t wit_dylib_pop_u32(void *cx) { return pop_number(cx); }
int32_t wit_dylib_pop_s32(void *cx) { return pop_number(cx); }
uint64_t wit_dylib_pop_u64(void *cx) { return pop_bigint(cx); }
int64_t wit_dylib_pop_s64(void *cx) { return pop_bigint(cx); }
float wit_dylib_pop_f32(void *cx) { return pop_number(cx); }
double wit_dylib_pop_f64(void *cx) { return pop_number(cx); }

bool wit_dylib_pop_bool(void *cx) {
    JSValue value = call_pop(cx);
    bool result = JS_ToBool(ctx, value) > 0;
    JS_FreeValue(ctx, value);
    return result;
}

// Strings of JavaScript may have unpaired surrogates, which UTF-8 cannot encode. As TextEncoder does, replaces each with
// U+FFFD, which has as many bytes.
static void replace_surrogates(uint8_t *bytes, size_t len) {
    for (size_t i = 0; i + 2 < len; i++) {
        if (bytes[i] == 0xed && bytes[i + 1] >= 0xa0) {
            memcpy(bytes + i, "\xef\xbf\xbd", 3);
        }
    }
}

size_t wit_dylib_pop_string(void *cx, char **memory) {
    JSValue value = call_pop(cx);
    size_t len;
    const char *text = JS_ToCStringLen(ctx, &len, value);
    if (!text) {
        report_exception("failed to convert a string");
        fail();
    }
    JS_FreeValue(ctx, value);
    call_keep_string(cx, text);
    replace_surrogates((uint8_t *)text, len);
    *memory = (char *)text;
    return len;
}

uint32_t wit_dylib_pop_char(void *cx) {
    JSValue value = call_pop(cx);
    size_t len;
    const uint16_t *units = JS_ToCStringLenUTF16(ctx, &len, value);
    if (!units || len == 0) {
        fail();
    }
    uint32_t code = units[0];
    if (len > 1) {
        code = 0x10000 + ((code - 0xd800) << 10) + (units[1] - 0xdc00);
    }
    JS_FreeCStringUTF16(ctx, units);
    JS_FreeValue(ctx, value);
    return code;
}

// --- Handles ---

void wit_dylib_push_own(void *cx, size_t type, uint32_t handle) { call_push(cx, resource_from_own(cx, type, handle)); }
void wit_dylib_push_borrow(void *cx, size_t type, uint32_t handle) { call_push(cx, resource_from_borrow(cx, type, handle)); }

uint32_t wit_dylib_pop_own(void *cx, size_t type) {
    JSValue value = call_pop(cx);
    uint32_t handle = resource_to_own(value, type);
    call_keep_given(cx, value, resource_take_back, type, handle);
    return handle;
}

uint32_t wit_dylib_pop_borrow(void *cx, size_t type) {
    JSValue value = call_pop(cx);
    uint32_t handle = resource_to_borrow(value, type);
    // The object must not be freed before the call returns.
    call_keep_lent(cx, value);
    return handle;
}

// --- Compound values ---

void wit_dylib_push_record(void *cx, size_t type) {
    const wit_record_t *record = &wit->records[type];
    call_t *call = cx;
    JSValue object = JS_NewObject(ctx);
    uint32_t first = call->len - record->nfields;
    for (size_t i = 0; i < record->nfields; i++) {
        JS_SetProperty(ctx, object, record_names[type].atoms[i], call->items[first + i]);
    }
    call->len = first;
    call_push(call, object);
}

void wit_dylib_pop_record(void *cx, size_t type) {
    JSValue object = call_pop(cx);
    for (size_t i = wit->records[type].nfields; i-- > 0;) {
        call_push(cx, JS_GetProperty(ctx, object, record_names[type].atoms[i]));
    }
    JS_FreeValue(ctx, object);
}

void wit_dylib_push_tuple(void *cx, size_t type) {
    call_t *call = cx;
    size_t count = wit->tuples[type].ntypes;
    call->len -= count;
    call_push(call, JS_NewArrayFrom(ctx, count, call->items + call->len));
}

void wit_dylib_pop_tuple(void *cx, size_t type) {
    JSValue array = call_pop(cx);
    for (size_t i = wit->tuples[type].ntypes; i-- > 0;) {
        call_push(cx, JS_GetPropertyUint32(ctx, array, i));
    }
    JS_FreeValue(ctx, array);
}

void wit_dylib_push_flags(void *cx, size_t type, uint32_t flags) {
    JSValue object = JS_NewObject(ctx);
    for (size_t i = 0; i < wit->flags[type].nnames; i++) {
        JS_SetProperty(ctx, object, flags_names[type].atoms[i], JS_NewBool(ctx, flags >> i & 1));
    }
    call_push(cx, object);
}

uint32_t wit_dylib_pop_flags(void *cx, size_t type) {
    JSValue object = call_pop(cx);
    uint32_t flags = 0;
    for (size_t i = 0; i < wit->flags[type].nnames; i++) {
        JSValue value = JS_GetProperty(ctx, object, flags_names[type].atoms[i]);
        flags |= (uint32_t)(JS_ToBool(ctx, value) > 0) << i;
        JS_FreeValue(ctx, value);
    }
    JS_FreeValue(ctx, object);
    return flags;
}

void wit_dylib_push_enum(void *cx, size_t type, uint32_t value) {
    call_push(cx, JS_AtomToString(ctx, enum_names[type].atoms[value]));
}

uint32_t wit_dylib_pop_enum(void *cx, size_t type) {
    JSValue value = call_pop(cx);
    JSAtom atom = JS_ValueToAtom(ctx, value);
    JS_FreeValue(ctx, value);
    JS_FreeAtom(ctx, atom);
    for (size_t i = 0; i < wit->enums[type].nnames; i++) {
        if (enum_names[type].atoms[i] == atom) {
            return i;
        }
    }
    fail();
}

void wit_dylib_push_variant(void *cx, size_t type, uint32_t discriminant) {
    bool has_value = wit->variants[type].cases[discriminant].ty != NO_TYPE;
    JSValue value = has_value ? call_pop(cx) : JS_UNDEFINED;
    call_push(cx, tagged(variant_names[type].atoms[discriminant], has_value, value));
}

static bool case_has_value(const void *type, size_t index) {
    return ((const wit_variant_t *)type)->cases[index].ty != NO_TYPE;
}

uint32_t wit_dylib_pop_variant(void *cx, size_t type) {
    const wit_variant_t *variant = &wit->variants[type];
    return pop_tagged(cx, variant_names[type].atoms, variant->ncases, case_has_value, variant);
}

void wit_dylib_push_option(void *cx, size_t type, uint32_t discriminant) {
    bool some = discriminant == 1;
    if (is_nullable(wit->options[type].ty)) {
        JSValue value = some ? call_pop(cx) : JS_UNDEFINED;
        call_push(cx, tagged(some ? atom_some : atom_none, some, value));
    } else if (!some) {
        call_push(cx, JS_UNDEFINED);
    }
}

static bool is_some(const void *type, size_t index) {
    (void)type;
    return index == 1;
}

uint32_t wit_dylib_pop_option(void *cx, size_t type) {
    if (is_nullable(wit->options[type].ty)) {
        return pop_tagged(cx, (JSAtom[]){atom_none, atom_some}, 2, is_some, NULL);
    }
    JSValue value = call_pop(cx);
    if (JS_IsUndefined(value) || JS_IsNull(value)) {
        return 0;
    }
    call_push(cx, value);
    return 1;
}

static bool result_has_value(const void *type, size_t index) {
    const wit_result_t *result = type;
    return (index == 0 ? result->ok : result->err) != NO_TYPE;
}

void wit_dylib_push_result(void *cx, size_t type, uint32_t discriminant) {
    bool has_value = result_has_value(&wit->results[type], discriminant);
    JSValue value = has_value ? call_pop(cx) : JS_UNDEFINED;
    call_push(cx, tagged(discriminant ? atom_err : atom_ok, has_value, value));
}

uint32_t wit_dylib_pop_result(void *cx, size_t type) {
    return pop_tagged(cx, (JSAtom[]){atom_ok, atom_err}, 2, result_has_value, &wit->results[type]);
}
