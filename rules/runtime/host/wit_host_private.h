// What the files of this library share.
#ifndef WIT_HOST_PRIVATE_H
#define WIT_HOST_PRIVATE_H

#include "wit_host.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef wasmtime_component_val_t val_t;
typedef wasmtime_error_t error_t;

// Where values are converted.
typedef struct {
  wasmtime_context_t *context;
  // The number of the store, as handles have it. 0 in calls of the host, which pass no handles of components.
  uint64_t store;
} scope_t;

// The layout of all lists.
typedef struct {
  void *ptr;
  size_t len;
} list_t;

// Makes an error whose message is `text` with `name` in place of `%s`.
static inline error_t *error_of(const char *text, const char *name) {
  char message[512];
  snprintf(message, sizeof message, text, name);
  return wasmtime_error_new(message);
}

static inline error_t *out_of_memory(void) { return wasmtime_error_new("out of memory"); }

// Wasmtime would take a handle of another store for the one with the same index: drop another resource, or abort.
static inline error_t *check_store(const scope_t *scope, const wit_host_guest_handle_t *handle) {
  return handle->store == scope->store ? NULL : wasmtime_error_new("the handle belongs to another store");
}

static inline void *at(const void *value, size_t offset) { return (char *)value + offset; }

// Copies a number, `bool` or `char`. The compiler knows these sizes, and calls no function.
static inline void copy_scalar(void *to, const void *from, size_t size) {
  switch (size) {
    case 1: memcpy(to, from, 1); break;
    case 2: memcpy(to, from, 2); break;
    case 4: memcpy(to, from, 4); break;
    default: memcpy(to, from, 8);
  }
}

// The part whose payload a variant, option or result contains, or NULL.
const wit_host_part_t *wit_host_active_part(const wit_host_type_t *type, const void *value);

// Converts a C value. After an error, `out` is a value that can be deleted.
error_t *wit_host_lower(const scope_t *scope, const wit_host_type_t *type, const void *value,
                        val_t *out);

// Converts a value to C. `out` must be zero. After an error it is a value that can be freed.
error_t *wit_host_lift(const scope_t *scope, const wit_host_type_t *type, const val_t *val,
                       void *out);

// Most values are numbers, for which these call no function.

static inline error_t *lower(const scope_t *scope, const wit_host_type_t *type, const void *value, val_t *out) {
  if (type->kind >= WASMTIME_COMPONENT_CHAR) return wit_host_lower(scope, type, value, out);
  out->kind = type->kind;
  copy_scalar(&out->of, value, type->size);
  return NULL;
}

static inline error_t *lift(const scope_t *scope, const wit_host_type_t *type, const val_t *val, void *out) {
  if (type->kind >= WASMTIME_COMPONENT_CHAR || val->kind != type->kind) return wit_host_lift(scope, type, val, out);
  copy_scalar(out, &val->of, type->size);
  return NULL;
}

#endif
