// Types and memory of values in C.

#include "wit_host_private.h"

#define SCALAR(NAME, KIND, TYPE) \
  const wit_host_type_t wit_host_##NAME = {.kind = WASMTIME_COMPONENT_##KIND, .size = sizeof(TYPE)}

SCALAR(bool, BOOL, bool);
SCALAR(s8, S8, int8_t);
SCALAR(u8, U8, uint8_t);
SCALAR(s16, S16, int16_t);
SCALAR(u16, U16, uint16_t);
SCALAR(s32, S32, int32_t);
SCALAR(u32, U32, uint32_t);
SCALAR(s64, S64, int64_t);
SCALAR(u64, U64, uint64_t);
SCALAR(f32, F32, float);
SCALAR(f64, F64, double);
SCALAR(char, CHAR, uint32_t);
const wit_host_type_t wit_host_string = {
    .kind = WASMTIME_COMPONENT_STRING, .size = sizeof(wit_string_t), .is_owner = true};

wit_string_t wit_string(const char *text) {
  wit_string_t string = {(char *)text, text ? strlen(text) : 0};
  return string;
}

bool wit_string_copy(wit_string_t *out, const char *text, size_t len) {
  out->len = 0;
  out->ptr = len == SIZE_MAX ? NULL : (char *)malloc(len + 1);
  if (!out->ptr) return false;
  if (len) memcpy(out->ptr, text, len);
  out->ptr[len] = 0;
  out->len = len;
  return true;
}

void wit_string_free(wit_string_t *string) { wit_host_free(&wit_host_string, string); }

// The part whose payload a variant, option or result contains, or NULL.
const wit_host_part_t *wit_host_active_part(const wit_host_type_t *type, const void *value) {
  uint32_t tag;
  if (type->kind == WASMTIME_COMPONENT_VARIANT) {
    memcpy(&tag, value, sizeof tag);
  } else {
    bool flag;
    memcpy(&flag, value, sizeof flag);
    if (type->kind == WASMTIME_COMPONENT_OPTION && !flag) return NULL;
    tag = type->kind == WASMTIME_COMPONENT_RESULT && flag;
  }
  return tag < type->part_count && type->parts[tag].type ? &type->parts[tag] : NULL;
}

static void free_parts(const wit_host_type_t *type, void *value) {
  const wit_host_part_t *part;
  list_t list;
  wasmtime_component_resource_any_t *resource;
  if (!type->is_owner) return;
  switch (type->kind) {
    case WASMTIME_COMPONENT_STRING:
      memcpy(&list, value, sizeof list);
      free(list.ptr);
      break;
    case WASMTIME_COMPONENT_LIST:
      memcpy(&list, value, sizeof list);
      for (size_t i = 0; i < list.len && type->parts->type->is_owner; i++) {
        free_parts(type->parts->type, at(list.ptr, i * type->parts->type->size));
      }
      free(list.ptr);
      break;
    case WASMTIME_COMPONENT_RECORD:
    case WASMTIME_COMPONENT_TUPLE:
      for (size_t i = 0; i < type->part_count; i++) {
        free_parts(type->parts[i].type, at(value, type->parts[i].offset));
      }
      break;
    case WASMTIME_COMPONENT_VARIANT:
    case WASMTIME_COMPONENT_OPTION:
    case WASMTIME_COMPONENT_RESULT:
      part = wit_host_active_part(type, value);
      if (part) free_parts(part->type, at(value, part->offset));
      break;
    case WASMTIME_COMPONENT_RESOURCE:
      memcpy(&resource, value, sizeof resource);
      if (resource) wasmtime_component_resource_any_delete(resource);
      break;
    default: break;
  }
}

void wit_host_free(const wit_host_type_t *type, void *value) {
  if (!value) return;
  free_parts(type, value);
  memset(value, 0, type->size);
}
