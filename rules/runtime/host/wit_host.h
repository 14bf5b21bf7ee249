/// Strings, and the part of C host bindings that does not depend on the WIT.
///
/// Generated headers include this file. Programs use only `wit_string_t` and its functions.

#ifndef RULES_WIT_HOST_H
#define RULES_WIT_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <wasmtime.h>
#include <wasmtime/component.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A string in UTF-8. A NUL byte follows those that the bindings return, and is not counted in `len`.
typedef struct {
  char *ptr;
  size_t len;
} wit_string_t;

/// Returns a string that refers to `text`, which must outlive it. Do not free it.
wit_string_t wit_string(const char *text);

/// Copies the `len` bytes at `text`. Release the copy with `wit_string_free`. Returns whether there was
/// enough memory.
bool wit_string_copy(wit_string_t *out, const char *text, size_t len);

/// Releases a string that the bindings or `wit_string_copy` returned.
void wit_string_free(wit_string_t *string);

// The rest is for generated sources.

typedef struct wit_host_type wit_host_type_t;

/// A part of a type: a field, case, flag or element.
typedef struct {
  /// The name in WIT.
  const char *name;
  /// The offset in the C type.
  size_t offset;
  /// The type, or NULL for none.
  const wit_host_type_t *type;
} wit_host_part_t;

/// A handle of a resource that the component defines. The C type of each such resource has these members.
typedef struct {
  /// NULL for no handle.
  wasmtime_component_resource_any_t *any;
  /// The number that Wasmtime gave to the store of the handle. Wasmtime itself compares it in calls only.
  uint64_t store;
} wit_host_guest_handle_t;

/// Who defines a resource.
typedef enum {
  /// The component does. The C type has the members of `wit_host_guest_handle_t`.
  WIT_HOST_GUEST_RESOURCE,
  /// The host does. The C type holds the number that the host chose, a `uint32_t`.
  WIT_HOST_OWN,
  WIT_HOST_BORROW,
} wit_host_handle_t;

/// A WIT type and its layout in C. Variants begin with a `uint32_t` tag, options and results with a
/// `bool`, and lists are a pointer and a length.
struct wit_host_type {
  /// `WASMTIME_COMPONENT_*`
  wasmtime_component_valkind_t kind;
  /// The size of the C type.
  size_t size;
  /// The parts: fields, cases, flags, the element of a list or option, or `ok` and `err` of a result.
  const wit_host_part_t *parts;
  size_t part_count;
  /// Whether values own memory.
  bool is_owner;
  /// For handles of resources.
  wit_host_handle_t handle;
  uint32_t resource;
};

extern const wit_host_type_t wit_host_bool, wit_host_s8, wit_host_u8, wit_host_s16, wit_host_u16,
    wit_host_s32, wit_host_u32, wit_host_s64, wit_host_u64, wit_host_f32, wit_host_f64,
    wit_host_char, wit_host_string;

/// A function, which the component exports or the host implements.
typedef struct {
  /// The name in WIT, such as `[method]file.read`.
  const char *name;
  /// The types of the parameters.
  const wit_host_type_t *const *params;
  size_t param_count;
  /// The type of the result, or NULL for none.
  const wit_host_type_t *result;
  /// For imports: the offset of the function pointer in the structure of all imports.
  size_t offset;
  /// For imports: calls that function pointer.
  wasmtime_error_t *(*call)(const void *imports, void *const *params, void *result);
} wit_host_function_t;

/// A resource that the host defines.
typedef struct {
  const char *name;
  uint32_t resource;
  size_t offset;
  wasmtime_error_t *(*drop)(const void *imports, uint32_t rep);
} wit_host_resource_t;

/// An interface of a world, or the functions of the world itself.
typedef struct {
  /// The name, or NULL for the world itself.
  const char *name;
  const wit_host_function_t *functions;
  size_t function_count;
  const wit_host_resource_t *resources;
  size_t resource_count;
} wit_host_interface_t;

/// A world.
typedef struct {
  const wit_host_interface_t *imports;
  size_t import_count;
  const wit_host_interface_t *exports;
  size_t export_count;
} wit_host_world_t;

/// A component with the indices of its exports.
typedef struct wit_host_component wit_host_component_t;

/// An instance with its store and its functions.
typedef struct wit_host_instance wit_host_instance_t;

/// Looks up the exports of a world in a component.
wasmtime_error_t *wit_host_component_new(const wit_host_world_t *world,
                                         const wasmtime_component_t *component,
                                         wit_host_component_t **out);

void wit_host_component_delete(wit_host_component_t *component);

/// Adds the imports of a world to a linker. The name of a missing function is in the error.
wasmtime_error_t *wit_host_link(const wit_host_world_t *world, wasmtime_component_linker_t *linker,
                                const void *imports);

wasmtime_error_t *wit_host_instantiate(const wit_host_component_t *component,
                                       const wasmtime_component_linker_t *linker,
                                       wasmtime_context_t *context, wit_host_instance_t **out);

void wit_host_instance_delete(wit_host_instance_t *instance);

/// Calls an exported function; `index` counts those of all interfaces. `result` is overwritten, and
/// needs no release after an error.
wasmtime_error_t *wit_host_call(const wit_host_instance_t *instance, size_t index,
                                const void *const *params, void *result);

/// Runs the destructor of a resource of the component, and releases the handle. `handle` points to the C type of a resource
/// that the component defines. Fails, and keeps the handle, if it belongs to another store.
wasmtime_error_t *wit_host_drop(const wit_host_instance_t *instance, void *handle);

/// Releases the memory that a value owns, and sets the value to zero.
void wit_host_free(const wit_host_type_t *type, void *value);

#ifdef __cplusplus
}
#endif

#endif
