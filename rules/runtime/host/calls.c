// Calls of functions that a component exports, and of functions that a host implements.

#include "wit_host_private.h"

struct wit_host_component {
  const wit_host_world_t *world;
  wasmtime_component_t *component;
  size_t function_count;
  wasmtime_component_export_index_t *functions[];
};

struct wit_host_instance {
  const wit_host_world_t *world;
  scope_t scope;
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
  self->scope = (scope_t){context, instance.store_id};
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

// Whether a value refers to memory of Wasmtime.
static bool has_memory(const val_t *val) { return val->kind >= WASMTIME_COMPONENT_STRING; }

error_t *wit_host_call(const wit_host_instance_t *instance, size_t index, const void *const *params,
                       void *result) {
  const wit_host_function_t *function = exported(instance->world, index);
  val_t on_stack[ON_STACK] = {0}, *args = on_stack, returned = {0};
  size_t count = function->param_count, made = 0;
  error_t *error = NULL;
  if (count > ON_STACK) args = calloc(count, sizeof *args);
  if (!args) return out_of_memory();
  if (result) memset(result, 0, function->result->size);
  for (; made < count && !error; made++) {
    error = lower(&instance->scope, function->params[made], params[made], &args[made]);
  }
  if (!error) {
    error = wasmtime_component_func_call(&instance->functions[index], instance->scope.context, args, count,
                                         &returned, function->result ? 1 : 0);
  }
  if (!error && result) {
    error = lift(&instance->scope, function->result, &returned, result);
    if (error) wit_host_free(function->result, result);
  }
  for (size_t i = 0; i < made; i++) {
    if (has_memory(&args[i])) wasmtime_component_val_delete(&args[i]);
  }
  if (has_memory(&returned)) wasmtime_component_val_delete(&returned);
  if (args != on_stack) free(args);
  return error;
}

error_t *wit_host_drop(const wit_host_instance_t *instance, void *handle) {
  wit_host_guest_handle_t value;
  memcpy(&value, handle, sizeof value);
  if (!value.any) return NULL;
  error_t *error = check_store(&instance->scope, &value);
  if (error) return error;
  error = wasmtime_component_resource_any_drop(instance->scope.context, value.any);
  wasmtime_component_resource_any_delete(value.any);
  memset(handle, 0, sizeof value);
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
  scope_t scope = {context, 0};
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
    error = lift(&scope, function->params[i], &args[i], params[i]);
  }
  if (!error) error = function->call(definition->imports, params, result);
  if (!error && result) error = lower(&scope, function->result, result, &results[0]);
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
