// The part of C host bindings that does not depend on the WIT: converts values between C and Wasmtime as
// the descriptions of types say, and calls functions.

#include "wit_host.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef wasmtime_component_val_t val_t;
typedef wasmtime_error_t error_t;

// The layout of all lists.
typedef struct {
  void *ptr;
  size_t len;
} list_t;

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

// Makes an error whose message is `text` with `name` in place of `%s`.
static error_t *error_of(const char *text, const char *name) {
  char message[512];
  snprintf(message, sizeof message, text, name);
  return wasmtime_error_new(message);
}

static error_t *out_of_memory(void) { return wasmtime_error_new("out of memory"); }

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

// Wasmtime aborts the process if a string is not UTF-8.
static bool is_utf8(const char *text, size_t len) {
  const uint8_t *at = (const uint8_t *)text, *end = at + len;
  while (at < end) {
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

static bool is_name(const wasm_name_t *name, const char *text) {
  return name->size == strlen(text) && !memcmp(name->data, text, name->size);
}

// The number of the part with this name, or the number of parts.
static size_t find_part(const wit_host_type_t *type, const wasm_name_t *name) {
  size_t i = 0;
  while (i < type->part_count && !is_name(name, type->parts[i].name)) i++;
  return i;
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

static void store_integer(void *value, size_t size, uint32_t number) {
  uint8_t u8 = (uint8_t)number;
  uint16_t u16 = (uint16_t)number;
  switch (size) {
    case 1: memcpy(value, &u8, 1); break;
    case 2: memcpy(value, &u16, 2); break;
    default: memcpy(value, &number, 4);
  }
}

static void *at(const void *value, size_t offset) { return (char *)value + offset; }

// The part whose payload a variant, option or result contains, or NULL.
static const wit_host_part_t *active_part(const wit_host_type_t *type, const void *value) {
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
      part = active_part(type, value);
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

static error_t *lower(wasmtime_context_t *context, const wit_host_type_t *type, const void *value,
                      val_t *out);

static error_t *lower_resource(wasmtime_context_t *context, const wit_host_type_t *type,
                               const void *value, val_t *out) {
  wasmtime_component_resource_any_t *any = NULL;
  if (type->handle == WIT_HOST_GUEST_RESOURCE) {
    memcpy(&any, value, sizeof any);
    if (!any) return wasmtime_error_new("a handle of a resource is null, or was dropped");
    any = wasmtime_component_resource_any_clone(any);
  } else {
    uint32_t rep;
    memcpy(&rep, value, sizeof rep);
    wasmtime_component_resource_host_t *host =
        wasmtime_component_resource_host_new(type->handle == WIT_HOST_OWN, rep, type->resource);
    error_t *error = wasmtime_component_resource_host_to_any(context, host, &any);
    wasmtime_component_resource_host_delete(host);
    if (error) return error;
  }
  out->kind = WASMTIME_COMPONENT_RESOURCE;
  out->of.resource = any;
  return NULL;
}

// Converts the payload of a variant, option or result to a value of its own. Sets `out` to NULL for none.
static error_t *lower_payload(wasmtime_context_t *context, const wit_host_type_t *type,
                              const void *value, val_t **out) {
  const wit_host_part_t *part = active_part(type, value);
  val_t payload = {0};
  *out = NULL;
  if (!part) return NULL;
  error_t *error = lower(context, part->type, at(value, part->offset), &payload);
  if (error) {
    wasmtime_component_val_delete(&payload);
    return error;
  }
  *out = wasmtime_component_val_new(&payload);
  return NULL;
}

// Converts several values that follow each other (a list) or that parts describe (a tuple).
static error_t *lower_all(wasmtime_context_t *context, const wit_host_type_t *type,
                          const void *value, val_t *out, size_t count) {
  error_t *error = NULL;
  for (size_t i = 0; i < count && !error; i++) {
    bool is_list = type->kind == WASMTIME_COMPONENT_LIST;
    const wit_host_part_t *part = &type->parts[is_list ? 0 : i];
    size_t offset = is_list ? i * part->type->size : part->offset;
    error = lower(context, part->type, at(value, offset), &out[i]);
  }
  return error;
}

// Converts a C value. After an error, `out` is a value that can be deleted.
static error_t *lower(wasmtime_context_t *context, const wit_host_type_t *type, const void *value,
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
      error = lower_all(context, type, list.ptr, of.list.data, list.len);
      break;
    case WASMTIME_COMPONENT_TUPLE:
      wasmtime_component_valtuple_new_uninit(&of.tuple, type->part_count);
      error = lower_all(context, type, value, of.tuple.data, type->part_count);
      break;
    case WASMTIME_COMPONENT_RECORD:
      wasmtime_component_valrecord_new_uninit(&of.record, type->part_count);
      for (size_t i = 0; i < type->part_count && !error; i++) {
        const wit_host_part_t *part = &type->parts[i];
        wasm_byte_vec_new(&of.record.data[i].name, strlen(part->name), part->name);
        error = lower(context, part->type, at(value, part->offset), &of.record.data[i].val);
      }
      break;
    case WASMTIME_COMPONENT_VARIANT: {
      uint32_t tag;
      memcpy(&tag, value, sizeof tag);
      if (tag >= type->part_count) return wasmtime_error_new("a variant has an unknown tag");
      error = lower_payload(context, type, value, &of.variant.val);
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
    case WASMTIME_COMPONENT_OPTION: error = lower_payload(context, type, value, &of.option); break;
    case WASMTIME_COMPONENT_RESULT: {
      bool is_err;
      memcpy(&is_err, value, sizeof is_err);
      of.result.is_ok = !is_err;
      error = lower_payload(context, type, value, &of.result.val);
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
    case WASMTIME_COMPONENT_RESOURCE: return lower_resource(context, type, value, out);
    default: memcpy(&of, value, type->size);
  }
  out->kind = type->kind;
  out->of = of;
  return error;
}

static error_t *lift(wasmtime_context_t *context, const wit_host_type_t *type, const val_t *val,
                     void *out);

static error_t *lift_payload(wasmtime_context_t *context, const wit_host_part_t *part,
                             const val_t *val, void *out) {
  if (!part->type) return NULL;
  if (!val) return wasmtime_error_new("a payload is missing");
  return lift(context, part->type, val, at(out, part->offset));
}

static error_t *lift_resource(wasmtime_context_t *context, const wit_host_type_t *type,
                              const val_t *val, void *out) {
  if (type->handle == WIT_HOST_GUEST_RESOURCE) {
    wasmtime_component_resource_any_t *any = wasmtime_component_resource_any_clone(val->of.resource);
    memcpy(out, &any, sizeof any);
    return NULL;
  }
  wasmtime_component_resource_host_t *host = NULL;
  error_t *error = wasmtime_component_resource_any_to_host(context, val->of.resource, &host);
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
static error_t *lift(wasmtime_context_t *context, const wit_host_type_t *type, const val_t *val,
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
        error = lift(context, element, &val->of.list.data[i], at(list.ptr, i * element->size));
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
        error = lift(context, part->type, &val->of.record.data[i].val, at(out, part->offset));
      }
      return error;
    case WASMTIME_COMPONENT_TUPLE:
      if (val->of.tuple.size != type->part_count) break;
      for (size_t i = 0; i < type->part_count && !error; i++) {
        error = lift_payload(context, &type->parts[i], &val->of.tuple.data[i], out);
      }
      return error;
    case WASMTIME_COMPONENT_VARIANT: {
      uint32_t tag = (uint32_t)find_part(type, &val->of.variant.discriminant);
      if (tag == type->part_count) break;
      memcpy(out, &tag, sizeof tag);
      return lift_payload(context, &type->parts[tag], val->of.variant.val, out);
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
      return is_some ? lift_payload(context, type->parts, val->of.option, out) : NULL;
    }
    case WASMTIME_COMPONENT_RESULT: {
      bool is_err = !val->of.result.is_ok;
      memcpy(out, &is_err, sizeof is_err);
      return lift_payload(context, &type->parts[is_err], val->of.result.val, out);
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
    case WASMTIME_COMPONENT_RESOURCE: return lift_resource(context, type, val, out);
    default: memcpy(out, &val->of, type->size); return NULL;
  }
  return wasmtime_error_new("the component passes a value that the type in the WIT does not have");
}

struct wit_host_component {
  const wit_host_world_t *world;
  wasmtime_component_t *component;
  size_t function_count;
  wasmtime_component_export_index_t *functions[];
};

struct wit_host_instance {
  const wit_host_world_t *world;
  wasmtime_context_t *context;
  size_t function_count;
  wasmtime_component_func_t functions[];
};

// The exported function with this number.
static const wit_host_function_t *exported(const wit_host_world_t *world, size_t index) {
  const wit_host_interface_t *interface = world->exports;
  for (; index >= interface->function_count; interface++) index -= interface->function_count;
  return &interface->functions[index];
}

error_t *wit_host_component_new(const wit_host_world_t *world, const wasmtime_component_t *component,
                                wit_host_component_t **out) {
  size_t count = 0, next = 0;
  error_t *error = NULL;
  *out = NULL;
  for (size_t i = 0; i < world->export_count; i++) count += world->exports[i].function_count;
  wit_host_component_t *self = calloc(1, sizeof *self + count * sizeof *self->functions);
  if (!self) return out_of_memory();
  self->world = world;
  self->component = wasmtime_component_clone(component);
  self->function_count = count;
  for (size_t i = 0; i < world->export_count && !error; i++) {
    const wit_host_interface_t *interface = &world->exports[i];
    wasmtime_component_export_index_t *parent = NULL;
    if (interface->name) {
      parent = wasmtime_component_get_export_index(component, NULL, interface->name, strlen(interface->name));
      if (!parent) error = error_of("the component does not export the interface `%s`", interface->name);
    }
    for (size_t j = 0; j < interface->function_count && !error; j++) {
      const char *name = interface->functions[j].name;
      self->functions[next] = wasmtime_component_get_export_index(component, parent, name, strlen(name));
      if (!self->functions[next++]) error = error_of("the component does not export the function `%s`", name);
    }
    if (parent) wasmtime_component_export_index_delete(parent);
  }
  if (error) {
    wit_host_component_delete(self);
    return error;
  }
  *out = self;
  return NULL;
}

void wit_host_component_delete(wit_host_component_t *component) {
  if (!component) return;
  for (size_t i = 0; i < component->function_count; i++) {
    if (component->functions[i]) wasmtime_component_export_index_delete(component->functions[i]);
  }
  wasmtime_component_delete(component->component);
  free(component);
}

error_t *wit_host_instantiate(const wit_host_component_t *component,
                              const wasmtime_component_linker_t *linker,
                              wasmtime_context_t *context, wit_host_instance_t **out) {
  wasmtime_component_instance_t instance;
  *out = NULL;
  error_t *error = wasmtime_component_linker_instantiate(linker, context, component->component, &instance);
  if (error) return error;
  size_t count = component->function_count;
  wit_host_instance_t *self = calloc(1, sizeof *self + count * sizeof *self->functions);
  if (!self) return out_of_memory();
  self->world = component->world;
  self->context = context;
  self->function_count = count;
  for (size_t i = 0; i < count && !error; i++) {
    if (!wasmtime_component_instance_get_func(&instance, context, component->functions[i], &self->functions[i])) {
      error = error_of("the export `%s` is not a function", exported(self->world, i)->name);
    }
  }
  if (error) {
    free(self);
    return error;
  }
  *out = self;
  return NULL;
}

void wit_host_instance_delete(wit_host_instance_t *instance) { free(instance); }

// Values of most calls fit on the stack.
enum { ON_STACK = 8 };

error_t *wit_host_call(const wit_host_instance_t *instance, size_t index, const void *const *params,
                       void *result) {
  const wit_host_function_t *function = exported(instance->world, index);
  val_t on_stack[ON_STACK], *args = on_stack, returned = {0};
  size_t count = function->param_count;
  error_t *error = NULL;
  if (count > ON_STACK) args = malloc(count * sizeof *args);
  if (!args) return out_of_memory();
  memset(args, 0, count * sizeof *args);
  if (result) memset(result, 0, function->result->size);
  for (size_t i = 0; i < count && !error; i++) {
    error = lower(instance->context, function->params[i], params[i], &args[i]);
  }
  if (!error) {
    error = wasmtime_component_func_call(&instance->functions[index], instance->context, args, count,
                                         &returned, function->result ? 1 : 0);
  }
  if (!error && result) {
    error = lift(instance->context, function->result, &returned, result);
    if (error) wit_host_free(function->result, result);
  }
  for (size_t i = 0; i < count; i++) wasmtime_component_val_delete(&args[i]);
  wasmtime_component_val_delete(&returned);
  if (args != on_stack) free(args);
  return error;
}

error_t *wit_host_drop(const wit_host_instance_t *instance, wasmtime_component_resource_any_t **handle) {
  if (!*handle) return NULL;
  error_t *error = wasmtime_component_resource_any_drop(instance->context, *handle);
  wasmtime_component_resource_any_delete(*handle);
  *handle = NULL;
  return error;
}

// What the linker keeps for a function or resource of the host.
typedef struct {
  const wit_host_function_t *function;
  const wit_host_resource_t *resource;
  const void *imports;
} definition_t;

// Offsets at which values of any type are aligned.
static size_t aligned(size_t size) { return (size + 15) / 16 * 16; }

static error_t *call_host(void *data, wasmtime_context_t *context,
                          const wasmtime_component_func_type_t *type, val_t *args, size_t arg_count,
                          val_t *results, size_t result_count) {
  const definition_t *definition = data;
  const wit_host_function_t *function = definition->function;
  size_t count = function->param_count, size = 0;
  error_t *error = NULL;
  (void)type;
  if (arg_count != count || result_count != (function->result ? 1 : 0)) {
    return error_of("the component calls `%s` with another number of values than the WIT says", function->name);
  }
  for (size_t i = 0; i < count; i++) size += aligned(function->params[i]->size);
  if (function->result) size += aligned(function->result->size);
  // The values, then pointers to them.
  char *values = calloc(1, size + count * sizeof(void *) + 16);
  if (!values) return out_of_memory();
  void **params = (void **)(values + size);
  char *next = values;
  for (size_t i = 0; i < count; i++) {
    params[i] = next;
    next += aligned(function->params[i]->size);
  }
  void *result = function->result ? next : NULL;
  for (size_t i = 0; i < count && !error; i++) {
    error = lift(context, function->params[i], &args[i], params[i]);
  }
  if (!error) error = function->call(definition->imports, params, result);
  if (!error && result) error = lower(context, function->result, result, &results[0]);
  for (size_t i = 0; i < count; i++) wit_host_free(function->params[i], params[i]);
  if (result) wit_host_free(function->result, result);
  free(values);
  return error;
}

static error_t *drop_host(void *data, wasmtime_context_t *context, uint32_t rep) {
  const definition_t *definition = data;
  (void)context;
  return definition->resource->drop(definition->imports, rep);
}

static bool is_missing(const void *imports, size_t offset) {
  void (*function)(void);
  memcpy(&function, at(imports, offset), sizeof function);
  return !function;
}

static definition_t *define(const wit_host_function_t *function, const wit_host_resource_t *resource,
                            const void *imports) {
  definition_t *definition = malloc(sizeof *definition);
  if (definition) *definition = (definition_t){function, resource, imports};
  return definition;
}

static error_t *link_resource(wasmtime_component_linker_instance_t *instance,
                              const wit_host_resource_t *resource, const void *imports) {
  if (is_missing(imports, resource->offset)) {
    return error_of("the host does not implement the destructor of `%s`", resource->name);
  }
  definition_t *definition = define(NULL, resource, imports);
  if (!definition) return out_of_memory();
  wasmtime_component_resource_type_t *type = wasmtime_component_resource_type_new_host(resource->resource);
  error_t *error = wasmtime_component_linker_instance_add_resource(
      instance, resource->name, strlen(resource->name), type, drop_host, definition, free);
  wasmtime_component_resource_type_delete(type);
  return error;
}

static error_t *link_interface(wasmtime_component_linker_instance_t *root,
                               const wit_host_interface_t *interface, const void *imports) {
  wasmtime_component_linker_instance_t *instance = root;
  error_t *error = NULL;
  if (interface->name) {
    error = wasmtime_component_linker_instance_add_instance(root, interface->name,
                                                            strlen(interface->name), &instance);
    if (error) return error;
  }
  for (size_t i = 0; i < interface->resource_count && !error; i++) {
    error = link_resource(instance, &interface->resources[i], imports);
  }
  for (size_t i = 0; i < interface->function_count && !error; i++) {
    const wit_host_function_t *function = &interface->functions[i];
    if (is_missing(imports, function->offset)) {
      error = error_of("the host does not implement the function `%s`", function->name);
      break;
    }
    definition_t *definition = define(function, NULL, imports);
    error = definition ? wasmtime_component_linker_instance_add_func(instance, function->name,
                                                                     strlen(function->name), call_host,
                                                                     definition, free)
                       : out_of_memory();
  }
  if (instance != root) wasmtime_component_linker_instance_delete(instance);
  return error;
}

error_t *wit_host_link(const wit_host_world_t *world, wasmtime_component_linker_t *linker,
                       const void *imports) {
  wasmtime_component_linker_instance_t *root = wasmtime_component_linker_root(linker);
  error_t *error = NULL;
  for (size_t i = 0; i < world->import_count && !error; i++) {
    error = link_interface(root, &world->imports[i], imports);
  }
  wasmtime_component_linker_instance_delete(root);
  return error;
}
