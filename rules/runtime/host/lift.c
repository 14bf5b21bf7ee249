// Values of Wasmtime as values of C, as the descriptions of types say.

#include "wit_host_private.h"

static bool is_name(const wasm_name_t *name, const char *text) {
  return name->size == strlen(text) && !memcmp(name->data, text, name->size);
}

// The number of the part with this name, or the number of parts.
static size_t find_part(const wit_host_type_t *type, const wasm_name_t *name) {
  size_t i = 0;
  while (i < type->part_count && !is_name(name, type->parts[i].name)) i++;
  return i;
}

static void store_integer(void *value, size_t size, uint32_t number) {
  uint8_t u8 = (uint8_t)number;
  uint16_t u16 = (uint16_t)number;
  switch (size) {
    case 1: memcpy(value, &u8, 1); break;
    case 2: memcpy(value, &u16, 2); break;
    default: memcpy(value, &number, 4);
  }
}

static error_t *lift_payload(const scope_t *scope, const wit_host_part_t *part,
                             const val_t *val, void *out) {
  if (!part->type) return NULL;
  if (!val) return wasmtime_error_new("a payload is missing");
  return lift(scope, part->type, val, at(out, part->offset));
}

static error_t *lift_resource(const scope_t *scope, const wit_host_type_t *type,
                              const val_t *val, void *out) {
  if (type->handle == WIT_HOST_GUEST_RESOURCE) {
    wit_host_guest_handle_t handle = {wasmtime_component_resource_any_clone(val->of.resource), scope->store};
    memcpy(out, &handle, sizeof handle);
    return NULL;
  }
  wasmtime_component_resource_host_t *host = NULL;
  error_t *error = wasmtime_component_resource_any_to_host(scope->context, val->of.resource, &host);
  if (error) return error;
  uint32_t rep = wasmtime_component_resource_host_rep(host);
  if (wasmtime_component_resource_host_type(host) != type->resource) {
    error = wasmtime_error_new("a handle is of another resource");
  }
  wasmtime_component_resource_host_delete(host);
  memcpy(out, &rep, sizeof rep);
  return error;
}

// Converts a value to C. `out` must be zero. After an error it is a value that can be freed.
error_t *wit_host_lift(const scope_t *scope, const wit_host_type_t *type, const val_t *val,
                       void *out) {
  error_t *error = NULL;
  if (val->kind != type->kind) {
    return wasmtime_error_new("the component passes a value of another type than the WIT says");
  }
  switch (type->kind) {
    case WASMTIME_COMPONENT_STRING: {
      wit_string_t string;
      if (!wit_string_copy(&string, val->of.string.data, val->of.string.size)) return out_of_memory();
      memcpy(out, &string, sizeof string);
      return NULL;
    }
    case WASMTIME_COMPONENT_LIST: {
      const wit_host_type_t *element = type->parts->type;
      list_t list = {NULL, val->of.list.size};
      if (list.len && !(list.ptr = calloc(list.len, element->size))) return out_of_memory();
      memcpy(out, &list, sizeof list);
      for (size_t i = 0; i < list.len && !error; i++) {
        error = lift(scope, element, &val->of.list.data[i], at(list.ptr, i * element->size));
      }
      return error;
    }
    case WASMTIME_COMPONENT_RECORD:
      if (val->of.record.size != type->part_count) break;
      for (size_t i = 0; i < type->part_count && !error; i++) {
        const wit_host_part_t *part = &type->parts[i];
        if (!is_name(&val->of.record.data[i].name, part->name)) {
          return error_of("a record has no field `%s`", part->name);
        }
        error = lift(scope, part->type, &val->of.record.data[i].val, at(out, part->offset));
      }
      return error;
    case WASMTIME_COMPONENT_TUPLE:
      if (val->of.tuple.size != type->part_count) break;
      for (size_t i = 0; i < type->part_count && !error; i++) {
        error = lift_payload(scope, &type->parts[i], &val->of.tuple.data[i], out);
      }
      return error;
    case WASMTIME_COMPONENT_VARIANT: {
      uint32_t tag = (uint32_t)find_part(type, &val->of.variant.discriminant);
      if (tag == type->part_count) break;
      memcpy(out, &tag, sizeof tag);
      return lift_payload(scope, &type->parts[tag], val->of.variant.val, out);
    }
    case WASMTIME_COMPONENT_ENUM: {
      size_t number = find_part(type, &val->of.enumeration);
      if (number == type->part_count) break;
      store_integer(out, type->size, (uint32_t)number);
      return NULL;
    }
    case WASMTIME_COMPONENT_OPTION: {
      bool is_some = val->of.option;
      memcpy(out, &is_some, sizeof is_some);
      return is_some ? lift_payload(scope, type->parts, val->of.option, out) : NULL;
    }
    case WASMTIME_COMPONENT_RESULT: {
      bool is_err = !val->of.result.is_ok;
      memcpy(out, &is_err, sizeof is_err);
      return lift_payload(scope, &type->parts[is_err], val->of.result.val, out);
    }
    case WASMTIME_COMPONENT_FLAGS: {
      uint32_t bits = 0;
      for (size_t i = 0; i < val->of.flags.size; i++) {
        size_t bit = find_part(type, &val->of.flags.data[i]);
        if (bit == type->part_count) return wasmtime_error_new("flags have an unknown name");
        bits |= (uint32_t)1 << bit;
      }
      store_integer(out, type->size, bits);
      return NULL;
    }
    case WASMTIME_COMPONENT_RESOURCE: return lift_resource(scope, type, val, out);
    default: copy_scalar(out, &val->of, type->size); return NULL;
  }
  return wasmtime_error_new("the component passes a value that the type in the WIT does not have");
}
