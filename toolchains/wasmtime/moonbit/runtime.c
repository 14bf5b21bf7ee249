// What the MoonBit packages need beside the functions of the C API: pointers, values, callbacks, finalizers.
//
// Functions whose names begin with `rw_` are declared in the packages. A buffer is a `FixedArray[Byte]`, an address a `Ptr`.

#include <errno.h>
#include <moonbit.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <wasmtime.h>
#include <wasmtime/component.h>

// Pointers

void *rw_null(void) { return NULL; }
int32_t rw_is_null(void *p) { return !p; }
void *rw_buffer_ptr(const uint8_t *buffer, int32_t index) {
  void *p;
  memcpy(&p, buffer + sizeof p * (size_t)index, sizeof p);
  return p;
}
void rw_buffer_set_ptr(uint8_t *buffer, int32_t index, void *p) { memcpy(buffer + sizeof p * (size_t)index, &p, sizeof p); }
uint64_t rw_buffer_u64(const uint8_t *buffer, int32_t index) {
  uint64_t value;
  memcpy(&value, buffer + 8 * (size_t)index, 8);
  return value;
}
void rw_buffer_set_u64(uint8_t *buffer, int32_t index, uint64_t value) { memcpy(buffer + 8 * (size_t)index, &value, 8); }
void rw_copy_from(uint8_t *buffer, void *source, int32_t count) {
  if (count) memcpy(buffer, source, (size_t)count);
}
void rw_copy_to(void *target, const uint8_t *bytes, int32_t count) {
  if (count) memcpy(target, bytes, (size_t)count);
}
// A copy for C, which `rw_free` releases.
void *rw_allocate(const uint8_t *bytes, int32_t count) {
  char *copy = calloc((size_t)count + 1, 1);
  if (copy && bytes && count) memcpy(copy, bytes, (size_t)count);
  return copy;
}
void rw_free(void *p) { free(p); }
void *rw_offset(void *p, uint64_t offset) { return (char *)p + offset; }

// The content of a file, which `rw_free` releases, or NULL.
void *rw_read_file(const uint8_t *path, uint8_t *size) {
  FILE *file = fopen((const char *)path, "rb");
  char *content = NULL;
  uint64_t count = 0;
  if (!file) return NULL;
  for (size_t room = 1 << 16;; room *= 2) {
    char *more = realloc(content, room);
    if (!more) break;
    content = more;
    count += fread(content + count, 1, room - count, file);
    if (count < room) break;
  }
  if (ferror(file)) {
    free(content);
    content = NULL;
  }
  fclose(file);
  memcpy(size, &count, sizeof count);
  return content;
}

// Objects with a finalizer. A null pointer is released already.

typedef struct {
  void *value;
  int32_t kind;
  // An object of MoonBit that is released later, or NULL.
  void *kept;
} owned_t;

void rw_slots_delete(void *slots);
void rw_ticker_stop(void *self);

static void release(int32_t kind, void *p) {
  switch (kind) {
  case 0: wasm_engine_delete(p); break;
  case 1: wasm_config_delete(p); break;
  case 2: wasmtime_store_delete(p); break;
  case 3: wasmtime_module_delete(p); break;
  case 4: wasmtime_linker_delete(p); break;
  case 5: wasm_functype_delete(p); break;
  case 6: wasmtime_call_future_delete(p); break;
  case 7: wasmtime_instance_pre_delete(p); break;
  case 8: wasmtime_component_delete(p); break;
  case 9: wasmtime_component_linker_delete(p); break;
  case 10: wasi_config_delete(p); break;
  case 11: wasmtime_sharedmemory_delete(p); break;
  case 12: wasmtime_component_resource_any_delete(p); break;
  case 13: wasm_store_delete(p); break;
  case 14: wasmtime_component_export_index_delete(p); break;
  case 15: rw_slots_delete(p); break;
  case 16: rw_ticker_stop(p); break;
  default: abort();
  }
}

static void finalize(void *self) {
  owned_t *owned = self;
  if (owned->value) release(owned->kind, owned->value);
  owned->value = NULL;
  void *kept = owned->kept;
  owned->kept = NULL;
  if (kept) moonbit_decref(kept);
}

void *rw_owned_keeping(void *value, int32_t kind, void *kept) {
  owned_t *owned = moonbit_make_external_object(finalize, sizeof *owned);
  *owned = (owned_t){value, kind, kept};
  return owned;
}
void *rw_owned(void *value, int32_t kind) { return rw_owned_keeping(value, kind, NULL); }
void *rw_owned_ptr(void *self) { return ((owned_t *)self)->value; }
// MoonBit releases an object after its last use, so this is one.
void rw_keep(const void *self) { (void)self; }
void rw_owned_release(void *self) { finalize(self); }
void *rw_owned_take(void *self) {
  owned_t *owned = self;
  void *value = owned->value;
  owned->value = NULL;
  return value;
}

// Stores. Each has a number as its data: an address can be that of a store that was deleted before.

void *rw_new_store_number(void) {
  static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
  static uintptr_t last;
  pthread_mutex_lock(&lock);
  uintptr_t number = ++last;
  pthread_mutex_unlock(&lock);
  return (void *)number;
}
uint64_t rw_store_number(void *context) { return (uintptr_t)wasmtime_context_get_data(context); }

// Core values

#define ACCESS(NAME, C, KIND, FIELD) \
  C rw_val_##NAME(const uint8_t *buffer, int32_t i) { return ((const wasmtime_val_t *)buffer)[i].of.FIELD; } \
  C rw_at_##NAME(void *values, int32_t i) { return ((const wasmtime_val_t *)values)[i].of.FIELD; } \
  void rw_val_set_##NAME(uint8_t *buffer, int32_t i, C value) { \
    wasmtime_val_t *val = (wasmtime_val_t *)buffer + i; \
    val->kind = KIND; \
    val->of.FIELD = value; \
  } \
  void rw_at_set_##NAME(void *values, int32_t i, C value) { rw_val_set_##NAME(values, i, value); }
ACCESS(i32, int32_t, WASMTIME_I32, i32)
ACCESS(i64, int64_t, WASMTIME_I64, i64)
ACCESS(f32, float, WASMTIME_F32, f32)
ACCESS(f64, double, WASMTIME_F64, f64)
int32_t rw_val_kind(const uint8_t *buffer, int32_t i) { return ((const wasmtime_val_t *)buffer)[i].kind; }
int32_t rw_at_kind(void *values, int32_t i) { return ((const wasmtime_val_t *)values)[i].kind; }
void rw_val_unroot(uint8_t *buffer, int32_t i) { wasmtime_val_unroot((wasmtime_val_t *)buffer + i); }

// The item of this kind in a `wasmtime_extern_t`, or false.
int32_t rw_extern_get(const uint8_t *item, int32_t kind, uint8_t *out, int32_t size) {
  const wasmtime_extern_t *self = (const wasmtime_extern_t *)item;
  if (self->kind != kind) return 0;
  memcpy(out, &self->of, (size_t)size);
  return 1;
}

// A vector of bytes

void *rw_vec_data(const uint8_t *vec) { return ((const wasm_byte_vec_t *)vec)->data; }
int32_t rw_vec_size(const uint8_t *vec) { return (int32_t)((const wasm_byte_vec_t *)vec)->size; }

// The type of a function, from the kinds of its parameters and results. NULL if one of them is unknown.
void *rw_functype(const uint8_t *params, int32_t param_count, const uint8_t *results, int32_t result_count) {
  static const wasm_valkind_t KINDS[] = {WASM_I32, WASM_I64, WASM_F32, WASM_F64};
  wasm_valtype_vec_t types[2];
  const uint8_t *kinds[] = {params, results};
  size_t counts[] = {(size_t)param_count, (size_t)result_count};
  for (int list = 0; list < 2; list++) {
    for (size_t i = 0; i < counts[list]; i++) {
      uint8_t kind = kinds[list][i];
      if (kind > 3 && kind != 128 && kind != 129) return NULL;
    }
  }
  for (int list = 0; list < 2; list++) {
    wasm_valtype_vec_new_uninitialized(&types[list], counts[list]);
    for (size_t i = 0; i < counts[list]; i++) {
      uint8_t kind = kinds[list][i];
      types[list].data[i] = wasm_valtype_new(kind < 4 ? KINDS[kind] : kind == 128 ? WASM_EXTERNREF : WASM_FUNCREF);
    }
  }
  return wasm_functype_new(&types[0], &types[1]);
}

// Functions of the host. MoonBit passes a function that calls a closure, and the closure, which is released with the function.

typedef struct {
  void (*call)(void *closure, void *frame);
  void *closure;
} closure_t;

// What a closure sees of a call.
typedef struct {
  const void *args;
  size_t arg_count;
  void *results;
  size_t result_count;
  void *context;
  char *failure;
  // Of an asynchronous call: the closure that goes on with it, and whether it is done.
  void *next;
  int is_done;
} frame_t;

void *rw_closure(void (*call)(void *, void *), void *closure) {
  closure_t *self = malloc(sizeof *self);
  if (!self) abort();
  *self = (closure_t){call, closure};
  return self;
}
static void closure_delete(void *env) {
  moonbit_decref(((closure_t *)env)->closure);
  free(env);
}
void *rw_closure_delete(void) { return (void *)closure_delete; }

static char *call_closure(void *env, frame_t *frame) {
  closure_t *self = env;
  // The call consumes a reference.
  moonbit_incref(self->closure);
  self->call(self->closure, frame);
  return frame->failure;
}
static wasm_trap_t *new_trap(char *failure) {
  wasm_trap_t *trap = wasmtime_trap_new(failure, strlen(failure));
  free(failure);
  return trap;
}
static wasm_trap_t *call_core(void *env, wasmtime_caller_t *caller, const wasmtime_val_t *args, size_t nargs,
                              wasmtime_val_t *results, size_t nresults) {
  frame_t frame = {.args = args, .arg_count = nargs, .results = results, .result_count = nresults, .context = wasmtime_caller_context(caller)};
  char *failure = call_closure(env, &frame);
  return failure ? new_trap(failure) : NULL;
}
void *rw_core_callback(void) { return (void *)call_core; }

// An asynchronous call of a function of the host goes on with another closure.
typedef struct {
  void *closure;
  frame_t frame;
  // Where a failure goes. NULL for a component: Wasmtime takes errors from the first closure only.
  wasm_trap_t **trap;
} pending_t;

static bool go_on(void *env) {
  pending_t *self = env;
  char *failure = call_closure(self->closure, &self->frame);
  if (!failure) return self->frame.is_done != 0;
  if (!self->trap) {
    fprintf(stderr, "error: failed to go on with a function of the host: %s\n", failure);
    abort();
  }
  *self->trap = new_trap(failure);
  return true;
}
static void pending_delete(void *env) {
  closure_delete(((pending_t *)env)->closure);
  free(env);
}
static bool is_done(void *env) {
  (void)env;
  return true;
}
// Calls the first closure, which leaves the second one in its frame. Returns its failure.
static char *start_async(void *env, frame_t *frame, wasm_trap_t **trap, wasmtime_async_continuation_t *continuation) {
  char *failure = call_closure(env, frame);
  if (!failure && !frame->next) failure = strdup("the function of the host does not go on");
  if (failure) {
    if (frame->next) closure_delete(frame->next);
    *continuation = (wasmtime_async_continuation_t){is_done, NULL, NULL};
    return failure;
  }
  pending_t *pending = malloc(sizeof *pending);
  if (!pending) abort();
  *pending = (pending_t){frame->next, *frame, trap};
  *continuation = (wasmtime_async_continuation_t){go_on, pending, pending_delete};
  return NULL;
}
static void call_core_async(void *env, wasmtime_caller_t *caller, const wasmtime_val_t *args, size_t nargs, wasmtime_val_t *results,
                            size_t nresults, wasm_trap_t **trap, wasmtime_async_continuation_t *continuation) {
  frame_t frame = {.args = args, .arg_count = nargs, .results = results, .result_count = nresults, .context = wasmtime_caller_context(caller)};
  char *failure = start_async(env, &frame, trap, continuation);
  if (failure) *trap = new_trap(failure);
}
void *rw_core_async_callback(void) { return (void *)call_core_async; }
void rw_frame_continue(void *frame, void *closure) { ((frame_t *)frame)->next = closure; }
void rw_frame_done(void *frame) { ((frame_t *)frame)->is_done = 1; }
static wasm_trap_t *no_operation(void *env, wasmtime_caller_t *caller, const wasmtime_val_t *args, size_t nargs,
                                 wasmtime_val_t *results, size_t nresults) {
  (void)env, (void)caller, (void)args, (void)nargs, (void)results, (void)nresults;
  return NULL;
}
void *rw_no_operation(void) { return (void *)no_operation; }
static wasmtime_error_t *call_component(void *env, wasmtime_context_t *context, const wasmtime_component_func_type_t *type,
                                        wasmtime_component_val_t *args, size_t nargs, wasmtime_component_val_t *results,
                                        size_t nresults) {
  frame_t frame = {.args = args, .arg_count = nargs, .results = results, .result_count = nresults, .context = context};
  (void)type;
  char *failure = call_closure(env, &frame);
  if (!failure) return NULL;
  wasmtime_error_t *error = wasmtime_error_new(failure);
  free(failure);
  return error;
}
void *rw_component_callback(void) { return (void *)call_component; }
static void call_component_async(void *env, wasmtime_context_t *context, const wasmtime_component_func_type_t *type,
                                 wasmtime_component_val_t *args, size_t nargs, wasmtime_component_val_t *results, size_t nresults,
                                 wasmtime_error_t **error, wasmtime_async_continuation_t *continuation) {
  frame_t frame = {.args = args, .arg_count = nargs, .results = results, .result_count = nresults, .context = context};
  (void)type;
  char *failure = start_async(env, &frame, NULL, continuation);
  if (failure) *error = wasmtime_error_new(failure);
  free(failure);
}
void *rw_component_async_callback(void) { return (void *)call_component_async; }
static wasmtime_error_t *call_drop(void *env, wasmtime_context_t *context, uint32_t rep) {
  frame_t frame = {.args = &rep, .arg_count = 1, .context = context};
  char *failure = call_closure(env, &frame);
  if (!failure) return NULL;
  wasmtime_error_t *error = wasmtime_error_new(failure);
  free(failure);
  return error;
}
void *rw_drop_callback(void) { return (void *)call_drop; }
uint32_t rw_frame_rep(void *frame) { return *(const uint32_t *)((frame_t *)frame)->args; }
void *rw_frame_args(void *frame) { return (void *)((frame_t *)frame)->args; }
int32_t rw_frame_arg_count(void *frame) { return (int32_t)((frame_t *)frame)->arg_count; }
void *rw_frame_results(void *frame) { return ((frame_t *)frame)->results; }
int32_t rw_frame_result_count(void *frame) { return (int32_t)((frame_t *)frame)->result_count; }
void *rw_frame_context(void *frame) { return ((frame_t *)frame)->context; }
void rw_frame_fail(void *frame, const uint8_t *text, int32_t length) {
  frame_t *self = frame;
  free(self->failure);
  self->failure = rw_allocate(text, length);
}

// Component values. A slot is a `wasmtime_component_val_t *`; what is in it is written once, and released with the slots.

typedef wasmtime_component_val_t val_t;

// Their number is before the first one.
void *rw_slots(int32_t count) {
  val_t *all = calloc((size_t)count + 1, sizeof *all);
  if (!all) abort();
  all->of.s32 = count;
  return all + 1;
}
void rw_slots_delete(void *slots) {
  val_t *all = (val_t *)slots - 1;
  for (int32_t i = 1; i <= all->of.s32; i++) wasmtime_component_val_delete(all + i);
  free(all);
}
void *rw_slot(void *slots, int32_t i) { return (val_t *)slots + i; }
int32_t rw_slot_kind(void *slot) { return ((val_t *)slot)->kind; }
// Numbers of all kinds, as their bits.
void rw_slot_set_bits(void *slot, int32_t kind, uint64_t bits) {
  val_t *val = slot;
  val->kind = (uint8_t)kind;
  switch (kind) {
  case WASMTIME_COMPONENT_BOOL: val->of.boolean = bits != 0; break;
  case WASMTIME_COMPONENT_S8:
  case WASMTIME_COMPONENT_U8: val->of.u8 = (uint8_t)bits; break;
  case WASMTIME_COMPONENT_S16:
  case WASMTIME_COMPONENT_U16: val->of.u16 = (uint16_t)bits; break;
  case WASMTIME_COMPONENT_S64:
  case WASMTIME_COMPONENT_U64:
  case WASMTIME_COMPONENT_F64: val->of.u64 = bits; break;
  default: val->of.u32 = (uint32_t)bits; break;
  }
}
uint64_t rw_slot_bits(void *slot) {
  const val_t *val = slot;
  switch (val->kind) {
  case WASMTIME_COMPONENT_BOOL: return val->of.boolean;
  case WASMTIME_COMPONENT_S8: return (uint64_t)(int64_t)val->of.s8;
  case WASMTIME_COMPONENT_U8: return val->of.u8;
  case WASMTIME_COMPONENT_S16: return (uint64_t)(int64_t)val->of.s16;
  case WASMTIME_COMPONENT_U16: return val->of.u16;
  case WASMTIME_COMPONENT_S32: return (uint64_t)(int64_t)val->of.s32;
  case WASMTIME_COMPONENT_S64:
  case WASMTIME_COMPONENT_U64:
  case WASMTIME_COMPONENT_F64: return val->of.u64;
  default: return val->of.u32;
  }
}
static void set_name(wasm_name_t *name, const uint8_t *text, int32_t length) {
  wasm_byte_vec_new(name, (size_t)length, (const char *)text);
}
// A string, or the case of an enum.
void rw_slot_set_text(void *slot, int32_t kind, const uint8_t *text, int32_t length) {
  val_t *val = slot;
  val->kind = (uint8_t)kind;
  set_name(&val->of.string, text, length);
}
// A list, tuple, record, flags or map of `count` items.
void rw_slot_set_items(void *slot, int32_t kind, int32_t count) {
  val_t *val = slot;
  size_t size = (size_t)count;
  val->kind = (uint8_t)kind;
  switch (kind) {
  case WASMTIME_COMPONENT_LIST: wasmtime_component_vallist_new_uninit(&val->of.list, size); break;
  case WASMTIME_COMPONENT_TUPLE: wasmtime_component_valtuple_new_uninit(&val->of.tuple, size); break;
  case WASMTIME_COMPONENT_RECORD: wasmtime_component_valrecord_new_uninit(&val->of.record, size); break;
  case WASMTIME_COMPONENT_FLAGS: wasmtime_component_valflags_new_uninit(&val->of.flags, size); break;
  case WASMTIME_COMPONENT_MAP: wasmtime_component_valmap_new_uninit(&val->of.map, size); break;
  default: abort();
  }
}
int32_t rw_slot_count(void *slot) { return (int32_t)((val_t *)slot)->of.list.size; }
// The item of a list, tuple, record or map; the keys of a map are items 0, 2, ...
void *rw_slot_item(void *slot, int32_t i) {
  val_t *val = slot;
  switch (val->kind) {
  case WASMTIME_COMPONENT_RECORD: return &val->of.record.data[i].val;
  case WASMTIME_COMPONENT_MAP: return i % 2 ? &val->of.map.data[i / 2].value : &val->of.map.data[i / 2].key;
  default: return &val->of.list.data[i];
  }
}
// The name of a field, flag, or active case; or a string.
static wasm_name_t *name_of(val_t *val, int32_t i) {
  switch (val->kind) {
  case WASMTIME_COMPONENT_RECORD: return &val->of.record.data[i].name;
  case WASMTIME_COMPONENT_FLAGS: return &val->of.flags.data[i];
  case WASMTIME_COMPONENT_VARIANT: return &val->of.variant.discriminant;
  default: return &val->of.string;
  }
}
void rw_slot_set_name(void *slot, int32_t i, const uint8_t *text, int32_t length) { set_name(name_of(slot, i), text, length); }
int32_t rw_slot_name_size(void *slot, int32_t i) { return (int32_t)name_of(slot, i)->size; }
void *rw_slot_name(void *slot, int32_t i) { return name_of(slot, i)->data; }

static void *payload(val_t **out, int32_t has) {
  val_t nothing = {0};
  *out = has ? wasmtime_component_val_new(&nothing) : NULL;
  return *out;
}
// Each returns the slot of the payload, or NULL.
void *rw_slot_set_variant(void *slot, const uint8_t *text, int32_t length, int32_t has) {
  val_t *val = slot;
  val->kind = WASMTIME_COMPONENT_VARIANT;
  set_name(&val->of.variant.discriminant, text, length);
  return payload(&val->of.variant.val, has);
}
void *rw_slot_set_option(void *slot, int32_t has) {
  val_t *val = slot;
  val->kind = WASMTIME_COMPONENT_OPTION;
  return payload(&val->of.option, has);
}
void *rw_slot_set_result(void *slot, int32_t is_ok, int32_t has) {
  val_t *val = slot;
  val->kind = WASMTIME_COMPONENT_RESULT;
  val->of.result.is_ok = is_ok != 0;
  return payload(&val->of.result.val, has);
}
int32_t rw_slot_is_ok(void *slot) { return ((val_t *)slot)->of.result.is_ok; }
void *rw_slot_payload(void *slot) {
  val_t *val = slot;
  switch (val->kind) {
  case WASMTIME_COMPONENT_VARIANT: return val->of.variant.val;
  case WASMTIME_COMPONENT_OPTION: return val->of.option;
  default: return val->of.result.val;
  }
}
void rw_slot_set_resource(void *slot, void *resource) {
  val_t *val = slot;
  val->kind = WASMTIME_COMPONENT_RESOURCE;
  val->of.resource = wasmtime_component_resource_any_clone(resource);
}
void *rw_slot_resource(void *slot) { return wasmtime_component_resource_any_clone(((val_t *)slot)->of.resource); }

// Threads: each has a store of its own, and runs a function of a module, which may import a shared memory.

typedef struct {
  wasm_engine_t *engine;
  wasmtime_module_t *module;
  wasmtime_sharedmemory_t *memory;
  wasi_config_t *wasi;
  char *entry;
  int64_t *args;
  size_t arg_count;
  int32_t repeat;
  char *failure;
  pthread_t thread;
  pthread_mutex_t lock;
  int is_done, is_detached;
} job_t;

static char *message_of(wasmtime_error_t *error, wasm_trap_t *trap) {
  wasm_byte_vec_t message;
  if (error) {
    wasmtime_error_message(error, &message);
    wasmtime_error_delete(error);
  } else {
    wasm_trap_message(trap, &message);
    wasm_trap_delete(trap);
  }
  char *text = rw_allocate((uint8_t *)message.data, (int32_t)message.size);
  wasm_byte_vec_delete(&message);
  return text;
}

static char *call_entry(job_t *job, wasmtime_context_t *context, const wasmtime_func_t *func) {
  enum { MOST = 16 };
  wasmtime_val_t args[MOST], results[MOST];
  wasm_functype_t *type = wasmtime_func_type(context, func);
  const wasm_valtype_vec_t *params = wasm_functype_params(type);
  size_t result_count = wasm_functype_results(type)->size;
  if (params->size != job->arg_count || params->size > MOST || result_count > MOST) {
    wasm_functype_delete(type);
    return strdup("the function has another number of parameters or results");
  }
  for (size_t i = 0; i < job->arg_count; i++) {
    bool is_i64 = wasm_valtype_kind(params->data[i]) == WASM_I64;
    args[i].kind = is_i64 ? WASMTIME_I64 : WASMTIME_I32;
    if (is_i64) args[i].of.i64 = job->args[i];
    else args[i].of.i32 = (int32_t)job->args[i];
  }
  wasm_functype_delete(type);
  for (int32_t i = 0; i < job->repeat; i++) {
    wasm_trap_t *trap = NULL;
    wasmtime_error_t *error = wasmtime_func_call(context, func, args, job->arg_count, results, result_count, &trap);
    if (error || trap) return message_of(error, trap);
    for (size_t j = 0; j < result_count; j++) wasmtime_val_unroot(&results[j]);
  }
  return NULL;
}

static char *run_in(job_t *job, wasmtime_context_t *context, wasmtime_linker_t *linker) {
  wasmtime_error_t *error = NULL;
  if (job->wasi) {
    error = wasmtime_context_set_wasi(context, job->wasi);
    job->wasi = NULL;
    if (!error) error = wasmtime_linker_define_wasi(linker);
  }
  if (!error && job->memory) {
    wasmtime_extern_t memory = {.kind = WASMTIME_EXTERN_SHAREDMEMORY, .of = {.sharedmemory = job->memory}};
    error = wasmtime_linker_define(linker, context, "env", 3, "memory", 6, &memory);
  }
  wasmtime_instance_t instance;
  wasm_trap_t *trap = NULL;
  if (!error) error = wasmtime_linker_instantiate(linker, context, job->module, &instance, &trap);
  if (error || trap) return message_of(error, trap);
  wasmtime_extern_t item;
  if (!wasmtime_instance_export_get(context, &instance, job->entry, strlen(job->entry), &item)) {
    return strdup("the module has no such export");
  }
  char *failure = item.kind == WASMTIME_EXTERN_FUNC ? call_entry(job, context, &item.of.func) : strdup("the export is not a function");
  wasmtime_extern_delete(&item);
  return failure;
}

static void job_delete(job_t *job) {
  wasmtime_module_delete(job->module);
  if (job->memory) wasmtime_sharedmemory_delete(job->memory);
  if (job->wasi) wasi_config_delete(job->wasi);
  wasm_engine_delete(job->engine);
  pthread_mutex_destroy(&job->lock);
  free(job->entry);
  free(job->args);
  free(job->failure);
  free(job);
}

static void *run_job(void *env) {
  job_t *job = env;
  wasmtime_store_t *store = wasmtime_store_new(job->engine, NULL, NULL);
  wasmtime_linker_t *linker = wasmtime_linker_new(job->engine);
  char *failure = run_in(job, wasmtime_store_context(store), linker);
  wasmtime_linker_delete(linker);
  wasmtime_store_delete(store);
  pthread_mutex_lock(&job->lock);
  job->failure = failure;
  job->is_done = 1;
  int is_detached = job->is_detached;
  pthread_mutex_unlock(&job->lock);
  if (is_detached) job_delete(job);
  return NULL;
}

// Starts a thread. `memory` and `wasi` may be NULL; `wasi` is moved. NULL if there is no thread.
void *rw_job_start(void *engine, void *module, void *memory, void *wasi, const uint8_t *entry, int32_t length, void *args,
                   int32_t arg_count, int32_t repeat) {
  job_t *job = calloc(1, sizeof *job);
  if (!job) return NULL;
  job->engine = wasmtime_engine_clone(engine);
  job->module = wasmtime_module_clone(module);
  job->memory = memory ? wasmtime_sharedmemory_clone(memory) : NULL;
  job->wasi = wasi;
  job->entry = rw_allocate(entry, length);
  job->arg_count = (size_t)arg_count;
  job->args = rw_allocate(args, arg_count * 8);
  job->repeat = repeat;
  pthread_mutex_init(&job->lock, NULL);
  if (pthread_create(&job->thread, NULL, run_job, job)) {
    job_delete(job);
    return NULL;
  }
  return job;
}
int32_t rw_job_is_done(void *self) {
  job_t *job = self;
  pthread_mutex_lock(&job->lock);
  int is_done = job->is_done;
  pthread_mutex_unlock(&job->lock);
  return is_done;
}
// Waits for a thread, and releases the job. The result is NULL, or a failure that `rw_free` releases.
void *rw_job_join(void *self) {
  job_t *job = self;
  pthread_join(job->thread, NULL);
  char *failure = job->failure;
  job->failure = NULL;
  job_delete(job);
  return failure;
}
// Lets a thread run; the job is released at its end.
void rw_job_detach(void *self) {
  job_t *job = self;
  pthread_mutex_lock(&job->lock);
  job->is_detached = 1;
  int is_done = job->is_done;
  pthread_detach(job->thread);
  pthread_mutex_unlock(&job->lock);
  if (is_done) job_delete(job);
}
int32_t rw_length(void *text) { return (int32_t)strlen(text); }
void *rw_component_call(const uint8_t *func, void *context, void *args, int32_t arg_count, void *results, int32_t result_count) {
  return wasmtime_component_func_call((const wasmtime_component_func_t *)func, context, args, (size_t)arg_count, results,
                                      (size_t)result_count);
}
void *rw_component_call_async(const uint8_t *func, void *context, void *args, int32_t arg_count, void *results,
                              int32_t result_count, uint8_t *error) {
  return wasmtime_component_func_call_async((const wasmtime_component_func_t *)func, context, args, (size_t)arg_count, results,
                                            (size_t)result_count, (wasmtime_error_t **)error);
}

// A thread that begins an epoch of an engine whenever a time is over.

typedef struct {
  wasm_engine_t *engine;
  int32_t milliseconds;
  pthread_t thread;
  pthread_mutex_t lock;
  pthread_cond_t changed;
  int is_stopped;
} ticker_t;

static void *run_ticker(void *env) {
  ticker_t *ticker = env;
  pthread_mutex_lock(&ticker->lock);
  while (!ticker->is_stopped) {
    struct timespec next;
    clock_gettime(CLOCK_REALTIME, &next);
    long nanoseconds = next.tv_nsec + ticker->milliseconds % 1000 * 1000000L;
    next.tv_sec += ticker->milliseconds / 1000 + nanoseconds / 1000000000;
    next.tv_nsec = nanoseconds % 1000000000;
    while (!ticker->is_stopped && pthread_cond_timedwait(&ticker->changed, &ticker->lock, &next) != ETIMEDOUT) {
    }
    if (!ticker->is_stopped) wasmtime_engine_increment_epoch(ticker->engine);
  }
  pthread_mutex_unlock(&ticker->lock);
  return NULL;
}

static void ticker_delete(ticker_t *ticker) {
  wasm_engine_delete(ticker->engine);
  pthread_cond_destroy(&ticker->changed);
  pthread_mutex_destroy(&ticker->lock);
  free(ticker);
}

// NULL if there is no thread.
void *rw_ticker_start(void *engine, int32_t milliseconds) {
  ticker_t *ticker = calloc(1, sizeof *ticker);
  if (!ticker) return NULL;
  ticker->engine = wasmtime_engine_clone(engine);
  ticker->milliseconds = milliseconds;
  pthread_mutex_init(&ticker->lock, NULL);
  pthread_cond_init(&ticker->changed, NULL);
  if (pthread_create(&ticker->thread, NULL, run_ticker, ticker)) {
    ticker_delete(ticker);
    return NULL;
  }
  return ticker;
}
void rw_ticker_stop(void *self) {
  ticker_t *ticker = self;
  pthread_mutex_lock(&ticker->lock);
  ticker->is_stopped = 1;
  pthread_cond_signal(&ticker->changed);
  pthread_mutex_unlock(&ticker->lock);
  pthread_join(ticker->thread, NULL);
  ticker_delete(ticker);
}
