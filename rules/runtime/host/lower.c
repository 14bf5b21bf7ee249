// Values of C as values of Wasmtime, as the descriptions of types say.

#include "wit_host_private.h"

// Wasmtime aborts the process if a string is not UTF-8.
static bool is_utf8(const char *text, size_t len) {
  const uint8_t *at = (const uint8_t *)text, *end = at + len;
  while (at < end) {
    // Most strings are ASCII.
    for (uint64_t eight; end - at >= 8; at += 8) {
      memcpy(&eight, at, 8);
      if (eight & 0x8080808080808080) break;
    }
    if (at == end) return true;
    uint8_t first = *at++;
    if (first < 0x80) continue;
    int more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1;
    if (first < 0xc2 || first > 0xf4 || end - at < more) return false;
    uint8_t low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
    uint8_t high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
    if (*at < low || *at > high) return false;
    for (at++; --more; at++) {
      if ((*at & 0xc0) != 0x80) return false;
    }
  }
  return true;
}

// Enums and flags are integers of 1 to 4 bytes.
static uint32_t load_integer(const void *value, size_t size) {
  uint8_t u8;
  uint16_t u16;
  uint32_t u32;
  switch (size) {
    case 1: return memcpy(&u8, value, 1), u8;
    case 2: return memcpy(&u16, value, 2), u16;
    default: return memcpy(&u32, value, 4), u32;
  }
}

static error_t *lower_resource(const scope_t *scope, const wit_host_type_t *type,
                               const void *value, val_t *out) {
  wasmtime_component_resource_any_t *any = NULL;
  if (type->handle == WIT_HOST_GUEST_RESOURCE) {
    wit_host_guest_handle_t handle;
    memcpy(&handle, value, sizeof handle);
    if (!handle.any) return wasmtime_error_new("a handle of a resource is null, or was dropped");
    error_t *error = check_store(scope, &handle);
    if (error) return error;
    any = wasmtime_component_resource_any_clone(handle.any);
  } else {
    uint32_t rep;
    memcpy(&rep, value, sizeof rep);
    wasmtime_component_resource_host_t *host =
        wasmtime_component_resource_host_new(type->handle == WIT_HOST_OWN, rep, type->resource);
    error_t *error = wasmtime_component_resource_host_to_any(scope->context, host, &any);
    wasmtime_component_resource_host_delete(host);
    if (error) return error;
  }
  out->kind = WASMTIME_COMPONENT_RESOURCE;
  out->of.resource = any;
  return NULL;
}

// Converts the payload of a variant, option or result to a value of its own. Sets `out` to NULL for none.
static error_t *lower_payload(const scope_t *scope, const wit_host_type_t *type,
                              const void *value, val_t **out) {
  const wit_host_part_t *part = wit_host_active_part(type, value);
  val_t payload = {0};
  *out = NULL;
  if (!part) return NULL;
  error_t *error = lower(scope, part->type, at(value, part->offset), &payload);
  if (error) {
    wasmtime_component_val_delete(&payload);
    return error;
  }
  *out = wasmtime_component_val_new(&payload);
  return NULL;
}

// Converts several values that follow each other (a list) or that parts describe (a tuple).
static error_t *lower_all(const scope_t *scope, const wit_host_type_t *type,
                          const void *value, val_t *out, size_t count) {
  error_t *error = NULL;
  for (size_t i = 0; i < count && !error; i++) {
    bool is_list = type->kind == WASMTIME_COMPONENT_LIST;
    const wit_host_part_t *part = &type->parts[is_list ? 0 : i];
    size_t offset = is_list ? i * part->type->size : part->offset;
    error = lower(scope, part->type, at(value, offset), &out[i]);
  }
  return error;
}

// Converts a C value. After an error, `out` is a value that can be deleted.
error_t *wit_host_lower(const scope_t *scope, const wit_host_type_t *type, const void *value,
                        val_t *out) {
  wasmtime_component_valunion_t of;
  error_t *error = NULL;
  list_t list;
  memset(&of, 0, sizeof of);
  switch (type->kind) {
    case WASMTIME_COMPONENT_CHAR:
      memcpy(&of.character, value, sizeof of.character);
      if (of.character > 0x10ffff || (of.character >= 0xd800 && of.character < 0xe000)) {
        return wasmtime_error_new("a `char` is not a Unicode scalar value");
      }
      break;
    case WASMTIME_COMPONENT_STRING:
      memcpy(&list, value, sizeof list);
      if (!list.ptr && list.len) return wasmtime_error_new("a string is null");
      if (!is_utf8((const char *)list.ptr, list.len)) {
        return wasmtime_error_new("a string is not UTF-8");
      }
      wasm_byte_vec_new(&of.string, list.len, (const char *)list.ptr);
      break;
    case WASMTIME_COMPONENT_LIST:
      memcpy(&list, value, sizeof list);
      if (!list.ptr && list.len) return wasmtime_error_new("a list is null");
      wasmtime_component_vallist_new_uninit(&of.list, list.len);
      error = lower_all(scope, type, list.ptr, of.list.data, list.len);
      break;
    case WASMTIME_COMPONENT_TUPLE:
      wasmtime_component_valtuple_new_uninit(&of.tuple, type->part_count);
      error = lower_all(scope, type, value, of.tuple.data, type->part_count);
      break;
    case WASMTIME_COMPONENT_RECORD:
      wasmtime_component_valrecord_new_uninit(&of.record, type->part_count);
      for (size_t i = 0; i < type->part_count && !error; i++) {
        const wit_host_part_t *part = &type->parts[i];
        wasm_byte_vec_new(&of.record.data[i].name, strlen(part->name), part->name);
        error = lower(scope, part->type, at(value, part->offset), &of.record.data[i].val);
      }
      break;
    case WASMTIME_COMPONENT_VARIANT: {
      uint32_t tag;
      memcpy(&tag, value, sizeof tag);
      if (tag >= type->part_count) return wasmtime_error_new("a variant has an unknown tag");
      error = lower_payload(scope, type, value, &of.variant.val);
      if (error) return error;
      wasm_byte_vec_new(&of.variant.discriminant, strlen(type->parts[tag].name), type->parts[tag].name);
      break;
    }
    case WASMTIME_COMPONENT_ENUM: {
      uint32_t number = load_integer(value, type->size);
      if (number >= type->part_count) return wasmtime_error_new("an enum has an unknown case");
      wasm_byte_vec_new(&of.enumeration, strlen(type->parts[number].name), type->parts[number].name);
      break;
    }
    case WASMTIME_COMPONENT_OPTION: error = lower_payload(scope, type, value, &of.option); break;
    case WASMTIME_COMPONENT_RESULT: {
      bool is_err;
      memcpy(&is_err, value, sizeof is_err);
      of.result.is_ok = !is_err;
      error = lower_payload(scope, type, value, &of.result.val);
      break;
    }
    case WASMTIME_COMPONENT_FLAGS: {
      uint32_t bits = load_integer(value, type->size);
      size_t count = 0;
      if (type->part_count < 32 && bits >> type->part_count) {
        return wasmtime_error_new("flags have an unknown bit");
      }
      for (uint32_t rest = bits; rest; rest &= rest - 1) count++;
      wasmtime_component_valflags_new_uninit(&of.flags, count);
      for (size_t i = 0, next = 0; i < type->part_count; i++) {
        const char *name = type->parts[i].name;
        if (bits >> i & 1) wasm_byte_vec_new(&of.flags.data[next++], strlen(name), name);
      }
      break;
    }
    case WASMTIME_COMPONENT_RESOURCE: return lower_resource(scope, type, value, out);
    default: copy_scalar(&of, value, type->size);
  }
  out->kind = type->kind;
  out->of = of;
  return error;
}
