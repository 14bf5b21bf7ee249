// Calls each function of the hand-written stub as MoonBit would.

#include <stdio.h>
#include <unistd.h>

#include "toolchains/wasmtime/moonbit/runtime.c"

#define CHECK(CONDITION) \
  do { \
    if (!(CONDITION)) { \
      fprintf(stderr, "%s:%d: failed: %s\n", __FILE__, __LINE__, #CONDITION); \
      exit(1); \
    } \
  } while (0)
#define OK(CALL) CHECK(!(CALL))

// MoonBit's objects

typedef struct {
  void (*finalize)(void *);
  int64_t count;
} header_t;
static int live;

void *moonbit_make_external_object(void (*finalize)(void *self), uint32_t size) {
  header_t *header = calloc(1, sizeof *header + size);
  *header = (header_t){finalize, 1};
  live++;
  return header + 1;
}
void moonbit_incref(void *object) { ((header_t *)object - 1)->count++; }
void moonbit_decref(void *object) {
  header_t *header = (header_t *)object - 1;
  if (--header->count) return;
  if (header->finalize) header->finalize(object);
  free(header);
  live--;
}

static wasm_byte_vec_t assemble(const char *text) {
  wasm_byte_vec_t bytes;
  OK(wasmtime_wat2wasm(text, strlen(text), &bytes));
  return bytes;
}

static void test_pointers(void) {
  uint8_t buffer[16] = {0}, copy[4];
  int target;
  CHECK(rw_is_null(rw_null()) && !rw_is_null(&target));
  rw_buffer_set_ptr(buffer, 1, &target);
  CHECK(rw_buffer_ptr(buffer, 1) == &target && rw_is_null(rw_buffer_ptr(buffer, 0)));
  rw_buffer_set_u64(buffer, 0, 1ull << 40);
  CHECK(rw_buffer_u64(buffer, 0) == 1ull << 40);
  char *text = rw_allocate((const uint8_t *)"abc", 3);
  CHECK(!strcmp(text, "abc") && rw_length(text) == 3 && *(char *)rw_offset(text, 2) == 'c');
  rw_copy_to(text, (const uint8_t *)"xyz", 3);
  rw_copy_from(copy, text, 4);
  CHECK(!strcmp((char *)copy, "xyz"));
  rw_copy_from(copy, NULL, 0);
  rw_copy_to(text, NULL, 0);
  rw_free(text);
  uint8_t size[8];
  CHECK(!rw_read_file((const uint8_t *)"no/such/file", size));
  void *content = rw_read_file((const uint8_t *)"/proc/self/cmdline", size);
  CHECK(content && rw_buffer_u64(size, 0) > 0);
  rw_free(content);
  wasm_byte_vec_t vec;
  wasm_byte_vec_new(&vec, 2, "ab");
  CHECK(rw_vec_size((uint8_t *)&vec) == 2 && !memcmp(rw_vec_data((uint8_t *)&vec), "ab", 2));
  wasm_byte_vec_delete(&vec);
}

static void *keeping;
static int was_released;
static void check_released(void *self) {
  (void)self;
  CHECK(!rw_owned_ptr(keeping));
  was_released++;
}

// Each kind of owner releases what it owns, once.
static void test_owners(wasm_engine_t *engine) {
  wasm_byte_vec_t module = assemble("(module)"), component = assemble("(component (core module) (export \"m\" (core module 0)))");
  wasmtime_module_t *compiled;
  wasmtime_component_t *compiled_component;
  wasmtime_instance_pre_t *pre;
  wasmtime_sharedmemory_t *memory;
  wasm_memorytype_t *type;
  OK(wasmtime_module_new(engine, (uint8_t *)module.data, module.size, &compiled));
  OK(wasmtime_component_new(engine, (uint8_t *)component.data, component.size, &compiled_component));
  wasmtime_linker_t *linker = wasmtime_linker_new(engine);
  OK(wasmtime_linker_instantiate_pre(linker, compiled, &pre));
  OK(wasmtime_memorytype_new(1, true, 1, false, true, 16, &type));
  OK(wasmtime_sharedmemory_new(engine, type, &memory));
  wasm_memorytype_delete(type);
  wasmtime_store_t *store = wasmtime_store_new(engine, NULL, NULL);
  wasmtime_context_t *context = wasmtime_store_context(store);
  wasmtime_component_resource_host_t *host = wasmtime_component_resource_host_new(true, 1, 7);
  wasmtime_component_resource_any_t *any;
  OK(wasmtime_component_resource_host_to_any(context, host, &any));
  wasmtime_component_resource_host_delete(host);
  wasmtime_func_t func;
  wasm_functype_t *nothing = wasm_functype_new_0_0();
  wasm_trap_t *trap = NULL;
  wasmtime_error_t *error = NULL;
  wasmtime_func_new(context, nothing, rw_no_operation(), NULL, NULL, &func);
  wasmtime_call_future_t *future = wasmtime_func_call_async(context, &func, NULL, 0, NULL, 0, &trap, &error);
  while (!wasmtime_call_future_poll(future)) {
  }
  void *slots = rw_slots(1);
  rw_slot_set_text(slots, WASMTIME_COMPONENT_STRING, (const uint8_t *)"text", 4);
  void *owners[17] = {
      [15] = slots,       [16] = rw_ticker_start(engine, 60000),
      [14] = wasmtime_component_get_export_index(compiled_component, NULL, "m", 1),
      [6] = future,       [12] = any,    [7] = pre,    [4] = linker, [3] = compiled, [11] = memory, [5] = nothing,
      [8] = compiled_component, [9] = wasmtime_component_linker_new(engine), [10] = wasi_config_new(), [13] = wasm_store_new(engine),
      [2] = store,        [1] = wasm_config_new(), [0] = wasmtime_engine_clone(engine),
  };
  static const int ORDER[] = {6, 12, 7, 4, 3, 11, 5, 14, 8, 9, 10, 13, 2, 1, 0, 15, 16};
  for (int i = 0; i < 17; i++) {
    CHECK(owners[ORDER[i]]);
    void *owner = rw_owned(owners[ORDER[i]], ORDER[i]);
    rw_keep(owner);
    CHECK(rw_owned_ptr(owner) == owners[ORDER[i]]);
    // Early or late, it is the same.
    if (i % 2) rw_owned_release(owner);
    if (i % 2) CHECK(!rw_owned_ptr(owner));
    moonbit_decref(owner);
  }
  // What an owner keeps is released behind it.
  for (int i = 0; i < 2; i++) {
    keeping = rw_owned_keeping(wasm_config_new(), 1, moonbit_make_external_object(check_released, 8));
    was_released = 0;
    if (i) rw_owned_release(keeping);
    CHECK(was_released == i);
    moonbit_decref(keeping);
    CHECK(was_released == 1);
  }
  void *owner = rw_owned(wasm_config_new(), 1);
  void *config = rw_owned_take(owner);
  moonbit_decref(owner);
  wasm_config_delete(config);
  wasm_byte_vec_delete(&module);
  wasm_byte_vec_delete(&component);
}

// No two stores have the same number, also not one at the address of another that was deleted.
static void test_stores(wasm_engine_t *engine) {
  uint64_t numbers[3];
  for (int i = 0; i < 3; i++) {
    wasmtime_store_t *store = wasmtime_store_new(engine, rw_new_store_number(), NULL);
    numbers[i] = rw_store_number(wasmtime_store_context(store));
    for (int other = 0; other < i; other++) CHECK(numbers[i] != numbers[other]);
    wasmtime_store_delete(store);
  }
}

static void test_values(void) {
  wasmtime_val_t vals[4] = {{0}};
  uint8_t *buffer = (uint8_t *)vals;
  rw_val_set_i32(buffer, 0, -7);
  rw_val_set_i64(buffer, 1, 1ll << 40);
  rw_val_set_f32(buffer, 2, 0.5f);
  rw_at_set_f64(vals, 3, 0.25);
  for (int i = 0; i < 4; i++) CHECK(rw_val_kind(buffer, i) == i && rw_at_kind(vals, i) == i);
  CHECK(rw_at_i32(vals, 0) == -7 && rw_at_i64(vals, 1) == 1ll << 40 && rw_at_f32(vals, 2) == 0.5f && rw_val_f64(buffer, 3) == 0.25);
  rw_at_set_i32(vals, 0, 1);
  rw_at_set_i64(vals, 1, 2);
  rw_at_set_f32(vals, 2, 3);
  rw_val_set_f64(buffer, 3, 4);
  CHECK(rw_val_i32(buffer, 0) == 1 && rw_val_i64(buffer, 1) == 2 && rw_val_f32(buffer, 2) == 3 && rw_at_f64(vals, 3) == 4);
  rw_val_unroot(buffer, 0);
}

// A closure of MoonBit: it doubles its argument, or fails.
static void twice(void *closure, void *frame) {
  CHECK(rw_frame_arg_count(frame) == 1 && rw_frame_result_count(frame) == 1 && rw_frame_context(frame));
  int32_t x = rw_at_i32(rw_frame_args(frame), 0);
  if (x < 0) {
    rw_frame_fail(frame, (const uint8_t *)"first", 5);
    rw_frame_fail(frame, (const uint8_t *)"negative", 8);
  }
  rw_at_set_i32(rw_frame_results(frame), 0, 2 * x);
  // A closure releases itself after the call.
  moonbit_decref(closure);
}

static void test_core(wasm_engine_t *engine) {
  static const uint8_t I32[] = {0}, ALL[] = {0, 1, 2, 3, 128, 129}, BAD[] = {7};
  CHECK(!rw_functype(BAD, 1, I32, 1) && !rw_functype(I32, 1, BAD, 1));
  wasm_functype_delete(rw_functype(ALL, 6, ALL, 6));
  wasm_functype_t *type = rw_functype(I32, 1, I32, 1);
  wasmtime_linker_t *linker = wasmtime_linker_new(engine);
  void *closure = moonbit_make_external_object(NULL, 8);
  OK(wasmtime_linker_define_func(linker, "host", 4, "twice", 5, type, rw_core_callback(), rw_closure(twice, closure), rw_closure_delete()));
  wasm_functype_delete(type);
  wasmtime_store_t *store = wasmtime_store_new(engine, NULL, NULL);
  wasmtime_context_t *context = wasmtime_store_context(store);
  wasmtime_extern_t item;
  CHECK(wasmtime_linker_get(linker, context, "host", 4, "twice", 5, &item));
  wasmtime_func_t func;
  wasmtime_memory_t memory;
  CHECK(rw_extern_get((uint8_t *)&item, 0, (uint8_t *)&func, sizeof func));
  CHECK(!rw_extern_get((uint8_t *)&item, 3, (uint8_t *)&memory, sizeof memory));
  wasmtime_val_t arg = {.kind = WASMTIME_I32, .of = {.i32 = 21}}, result;
  wasm_trap_t *trap = NULL;
  OK(wasmtime_func_call(context, &func, &arg, 1, &result, 1, &trap));
  CHECK(!trap && result.of.i32 == 42);
  arg.of.i32 = -1;
  // Wasmtime reports the trap of a host's function as an error.
  wasmtime_error_t *error = wasmtime_func_call(context, &func, &arg, 1, &result, 1, &trap);
  CHECK(error || trap);
  char *message = message_of(error, trap);
  CHECK(strstr(message, "negative"));
  free(message);
  wasmtime_linker_delete(linker);
  wasmtime_store_delete(store);
}

static void set(void *slot, const char *name) { rw_slot_set_text(slot, WASMTIME_COMPONENT_STRING, (const uint8_t *)name, (int32_t)strlen(name)); }
static int is(void *slot, int32_t i, const char *name) {
  return rw_slot_name_size(slot, i) == (int32_t)strlen(name) && !memcmp(rw_slot_name(slot, i), name, strlen(name));
}

static void test_slots(void) {
  static const struct { int kind; uint64_t bits; } NUMBERS[] = {
      {WASMTIME_COMPONENT_BOOL, 1}, {WASMTIME_COMPONENT_S8, -7ull}, {WASMTIME_COMPONENT_U8, 200}, {WASMTIME_COMPONENT_S16, -300ull},
      {WASMTIME_COMPONENT_U16, 60000}, {WASMTIME_COMPONENT_U32, 4000000000}, {WASMTIME_COMPONENT_S64, -5ull},
      {WASMTIME_COMPONENT_U64, -1ull}, {WASMTIME_COMPONENT_F32, 0x3f000000}, {WASMTIME_COMPONENT_F64, 0x3fe0000000000000},
      {WASMTIME_COMPONENT_CHAR, 0x1f600}, {WASMTIME_COMPONENT_S32, -70000ull},
  };
  enum { COUNT = sizeof NUMBERS / sizeof *NUMBERS, TOTAL = COUNT + 9 };
  void *slots = rw_slots(TOTAL), *slot = NULL;
  for (int i = 0; i < COUNT; i++) {
    slot = rw_slot(slots, i);
    rw_slot_set_bits(slot, NUMBERS[i].kind, NUMBERS[i].bits);
    CHECK(rw_slot_kind(slot) == NUMBERS[i].kind && rw_slot_bits(slot) == NUMBERS[i].bits);
  }
  int next = COUNT;
  slot = rw_slot(slots, next++);
  set(slot, "text");
  CHECK(is(slot, 0, "text"));
  for (int kind = WASMTIME_COMPONENT_LIST; kind <= WASMTIME_COMPONENT_TUPLE; kind++) {
    slot = rw_slot(slots, next++);
    rw_slot_set_items(slot, kind, 2);
    for (int i = 0; i < 2; i++) {
      if (kind == WASMTIME_COMPONENT_RECORD) rw_slot_set_name(slot, i, (const uint8_t *)(i ? "b" : "a"), 1);
      set(rw_slot_item(slot, i), i ? "two" : "one");
    }
    CHECK(rw_slot_count(slot) == 2 && is(rw_slot_item(slot, 1), 0, "two"));
    if (kind == WASMTIME_COMPONENT_RECORD) CHECK(is(slot, 0, "a") && is(slot, 1, "b"));
  }
  slot = rw_slot(slots, next++);
  rw_slot_set_items(slot, WASMTIME_COMPONENT_FLAGS, 1);
  rw_slot_set_name(slot, 0, (const uint8_t *)"flag", 4);
  CHECK(is(slot, 0, "flag"));
  slot = rw_slot(slots, next++);
  rw_slot_set_items(slot, WASMTIME_COMPONENT_MAP, 1);
  set(rw_slot_item(slot, 0), "key");
  set(rw_slot_item(slot, 1), "value");
  CHECK(is(rw_slot_item(slot, 1), 0, "value"));
  slot = rw_slot(slots, next++);
  set(rw_slot_set_variant(slot, (const uint8_t *)"case", 4, 1), "payload");
  CHECK(is(slot, 0, "case") && is(rw_slot_payload(slot), 0, "payload"));
  slot = rw_slot(slots, next++);
  CHECK(!rw_slot_set_option(slot, 0) && !rw_slot_payload(slot));
  slot = rw_slot(slots, next++);
  set(rw_slot_set_result(slot, 1, 1), "ok");
  CHECK(rw_slot_is_ok(slot) && is(rw_slot_payload(slot), 0, "ok"));
  CHECK(next == TOTAL);
  rw_slots_delete(slots);
}

static const char COMPONENT[] =
    "(component"
    "  (import \"test:x/host\" (instance $host"
    "    (export \"thing\" (type $thing (sub resource)))"
    "    (export \"make\" (func (param \"x\" u32) (result (own $thing))))))"
    "  (alias export $host \"thing\" (type $thing))"
    "  (core func $make (canon lower (func $host \"make\")))"
    "  (core func $drop (canon resource.drop $thing))"
    "  (core module $m"
    "    (import \"\" \"make\" (func $make (param i32) (result i32)))"
    "    (import \"\" \"drop\" (func $drop (param i32)))"
    "    (func (export \"run\") (param i32) (result i32)"
    "      (call $drop (call $make (local.get 0))) (i32.add (local.get 0) (i32.const 1)))"
    "    (func (export \"give\") (result i32) (call $make (i32.const 5))))"
    "  (core instance $i (instantiate $m (with \"\" (instance (export \"make\" (func $make)) (export \"drop\" (func $drop))))))"
    "  (func (export \"give\") (result (own $thing)) (canon lift (core func $i \"give\")))"
    "  (func (export \"run\") (param \"x\" u32) (result u32) (canon lift (core func $i \"run\"))))";

static uint32_t dropped;
static void make_thing(void *closure, void *frame) {
  uint32_t x = (uint32_t)rw_slot_bits(rw_slot(rw_frame_args(frame), 0));
  if (x == 99) {
    rw_frame_fail(frame, (const uint8_t *)"no thing", 8);
  } else {
    wasmtime_component_resource_host_t *host = wasmtime_component_resource_host_new(true, x, 7);
    wasmtime_component_resource_any_t *any;
    OK(wasmtime_component_resource_host_to_any(rw_frame_context(frame), host, &any));
    rw_slot_set_resource(rw_frame_results(frame), any);
    wasmtime_component_resource_any_delete(any);
    wasmtime_component_resource_host_delete(host);
  }
  moonbit_decref(closure);
}
static void drop_thing(void *closure, void *frame) {
  dropped = rw_frame_rep(frame);
  if (dropped == 98) rw_frame_fail(frame, (const uint8_t *)"no drop", 7);
  moonbit_decref(closure);
}

static void test_component(wasm_engine_t *engine) {
  wasm_byte_vec_t bytes = assemble(COMPONENT);
  wasmtime_component_t *component;
  OK(wasmtime_component_new(engine, (uint8_t *)bytes.data, bytes.size, &component));
  wasm_byte_vec_delete(&bytes);
  wasmtime_component_linker_t *linker = wasmtime_component_linker_new(engine);
  wasmtime_component_linker_instance_t *root = wasmtime_component_linker_root(linker), *host;
  OK(wasmtime_component_linker_instance_add_instance(root, "test:x/host", 11, &host));
  wasmtime_component_resource_type_t *type = wasmtime_component_resource_type_new_host(7);
  OK(wasmtime_component_linker_instance_add_resource(host, "thing", 5, type, rw_drop_callback(),
                                                     rw_closure(drop_thing, moonbit_make_external_object(NULL, 8)), rw_closure_delete()));
  OK(wasmtime_component_linker_instance_add_func(host, "make", 4, rw_component_callback(),
                                                 rw_closure(make_thing, moonbit_make_external_object(NULL, 8)), rw_closure_delete()));
  wasmtime_component_resource_type_delete(type);
  wasmtime_component_linker_instance_delete(host);
  wasmtime_component_linker_instance_delete(root);
  for (uint32_t x = 97; x <= 99; x++) {
    wasmtime_store_t *store = wasmtime_store_new(engine, NULL, NULL);
    wasmtime_context_t *context = wasmtime_store_context(store);
    wasmtime_component_instance_t instance;
    wasmtime_component_func_t run, give;
    OK(wasmtime_component_linker_instantiate(linker, context, component, &instance));
    for (int i = 0; i < 2; i++) {
      wasmtime_component_export_index_t *index = wasmtime_component_get_export_index(component, NULL, i ? "run" : "give", i ? 3 : 4);
      CHECK(wasmtime_component_instance_get_func(&instance, context, index, i ? &run : &give));
      wasmtime_component_export_index_delete(index);
    }
    void *slots = rw_slots(2);
    if (x == 97) {
      OK(rw_component_call((uint8_t *)&give, context, slots, 0, rw_slot(slots, 1), 1));
      wasmtime_component_resource_any_t *any = rw_slot_resource(rw_slot(slots, 1));
      OK(wasmtime_component_resource_any_drop(context, any));
      CHECK(dropped == 5);
      wasmtime_component_resource_any_delete(any);
      rw_slots_delete(slots);
      slots = rw_slots(2);
    }
    rw_slot_set_bits(slots, WASMTIME_COMPONENT_U32, x);
    wasmtime_error_t *error = rw_component_call((uint8_t *)&run, context, slots, 1, rw_slot(slots, 1), 1);
    if (x == 97) {
      CHECK(!error && rw_slot_bits(rw_slot(slots, 1)) == 98 && dropped == 97);
    } else {
      CHECK(error);
      char *message = message_of(error, NULL);
      CHECK(strstr(message, x == 98 ? "no drop" : "no thing"));
      free(message);
    }
    rw_slots_delete(slots);
    wasmtime_store_delete(store);
  }
  wasmtime_component_linker_delete(linker);
  wasmtime_component_delete(component);
}

// Closures of MoonBit: the first one starts an asynchronous call, and its argument says how often the second one is called
// before it is done.
static void go_on_waiting(void *closure, void *frame) {
  int32_t *left = closure;
  if (--*left < 0) {
    rw_at_set_i32(rw_frame_results(frame), 0, 42);
    rw_frame_done(frame);
  }
  moonbit_decref(closure);
}
static void go_on_waiting_component(void *closure, void *frame) {
  int32_t *left = closure;
  if (--*left < 0) {
    rw_slot_set_bits(rw_frame_results(frame), WASMTIME_COMPONENT_U32, 42);
    rw_frame_done(frame);
  }
  moonbit_decref(closure);
}
// Special arguments: the first closure fails, without and with a second one, or has none; the second one fails.
enum { FAILS = 97, FAILS_WITH_NEXT, STOPS, FAILS_LATER };
static void fail_later(void *closure, void *frame) {
  rw_frame_fail(frame, (const uint8_t *)"no wait", 7);
  moonbit_decref(closure);
}
static void start_waiting(void *frame, int32_t count, void (*next)(void *, void *)) {
  if (count == FAILS || count == FAILS_WITH_NEXT) rw_frame_fail(frame, (const uint8_t *)"no wait", 7);
  if (count == FAILS || count == STOPS) return;
  if (count == FAILS_LATER) next = fail_later;
  int32_t *left = moonbit_make_external_object(NULL, sizeof *left);
  *left = count;
  rw_frame_continue(frame, rw_closure(next, left));
}
static void wait_core(void *closure, void *frame) {
  start_waiting(frame, rw_at_i32(rw_frame_args(frame), 0), go_on_waiting);
  moonbit_decref(closure);
}
static void wait_component(void *closure, void *frame) {
  start_waiting(frame, (int32_t)rw_slot_bits(rw_frame_args(frame)), go_on_waiting_component);
  moonbit_decref(closure);
}

// Polls a call. Returns its failure, or NULL.
static char *finish(wasmtime_call_future_t *future, int32_t polls, wasmtime_error_t **error, wasm_trap_t **trap) {
  CHECK(future);
  for (int32_t i = 0; i < polls; i++) CHECK(!wasmtime_call_future_poll(future));
  CHECK(wasmtime_call_future_poll(future));
  wasmtime_call_future_delete(future);
  return *error || (trap && *trap) ? message_of(*error, trap ? *trap : NULL) : NULL;
}
static void check_waiting(int32_t count, char *failure, int is_42) {
  const char *expected = count == STOPS ? "does not go on" : count >= FAILS ? "no wait" : NULL;
  CHECK(expected ? failure && strstr(failure, expected) : !failure && is_42);
  free(failure);
}
// The last one is for core functions only: in a component, the second closure cannot fail.
static const int32_t COUNTS[] = {0, 3, FAILS, FAILS_WITH_NEXT, STOPS, FAILS_LATER};

static void test_async_core(wasm_engine_t *engine) {
  wasmtime_linker_t *linker = wasmtime_linker_new(engine);
  wasm_functype_t *type = wasm_functype_new_1_1(wasm_valtype_new_i32(), wasm_valtype_new_i32());
  OK(wasmtime_linker_define_async_func(linker, "host", 4, "wait", 4, type, rw_core_async_callback(),
                                       rw_closure(wait_core, moonbit_make_external_object(NULL, 8)), rw_closure_delete()));
  wasm_functype_delete(type);
  for (int i = 0; i < 7; i++) {
    wasmtime_store_t *store = wasmtime_store_new(engine, NULL, NULL);
    wasmtime_context_t *context = wasmtime_store_context(store);
    wasmtime_extern_t item;
    CHECK(wasmtime_linker_get(linker, context, "host", 4, "wait", 4, &item));
    wasmtime_val_t arg = {.kind = WASMTIME_I32, .of = {.i32 = i < 6 ? COUNTS[i] : 9}}, result = {0};
    wasm_trap_t *trap = NULL;
    wasmtime_error_t *error = NULL;
    wasmtime_call_future_t *future = wasmtime_func_call_async(context, &item.of.func, &arg, 1, &result, 1, &trap, &error);
    if (i < 6) {
      char *failure = finish(future, COUNTS[i] < FAILS ? COUNTS[i] : 0, &error, &trap);
      check_waiting(COUNTS[i], failure, result.kind == WASMTIME_I32 && result.of.i32 == 42);
    } else {
      // A call that is given up releases its closures.
      CHECK(!wasmtime_call_future_poll(future));
      wasmtime_call_future_delete(future);
    }
    wasmtime_store_delete(store);
  }
  wasmtime_linker_delete(linker);
}

static const char WAITING[] =
    "(component"
    "  (import \"wait\" (func $wait (param \"x\" u32) (result u32)))"
    "  (core func $lowered (canon lower (func $wait)))"
    "  (core module $m"
    "    (import \"\" \"wait\" (func $wait (param i32) (result i32)))"
    "    (func (export \"run\") (param i32) (result i32) (call $wait (local.get 0))))"
    "  (core instance $i (instantiate $m (with \"\" (instance (export \"wait\" (func $lowered))))))"
    "  (func (export \"run\") (param \"x\" u32) (result u32) (canon lift (core func $i \"run\"))))";

static void test_async_component(wasm_engine_t *engine) {
  wasm_byte_vec_t bytes = assemble(WAITING);
  wasmtime_component_t *component;
  OK(wasmtime_component_new(engine, (uint8_t *)bytes.data, bytes.size, &component));
  wasm_byte_vec_delete(&bytes);
  wasmtime_component_linker_t *linker = wasmtime_component_linker_new(engine);
  wasmtime_component_linker_instance_t *root = wasmtime_component_linker_root(linker);
  OK(wasmtime_component_linker_instance_add_func_async(root, "wait", 4, rw_component_async_callback(),
                                                       rw_closure(wait_component, moonbit_make_external_object(NULL, 8)),
                                                       rw_closure_delete()));
  wasmtime_component_linker_instance_delete(root);
  wasmtime_component_export_index_t *index = wasmtime_component_get_export_index(component, NULL, "run", 3);
  for (int i = 0; i < 6; i++) {
    wasmtime_store_t *store = wasmtime_store_new(engine, NULL, NULL);
    wasmtime_context_t *context = wasmtime_store_context(store);
    wasmtime_component_instance_t instance;
    wasmtime_component_func_t run;
    wasmtime_error_t *error = NULL;
    CHECK(!finish(wasmtime_component_linker_instantiate_async(linker, context, component, &instance, &error), 0, &error, NULL));
    CHECK(wasmtime_component_instance_get_func(&instance, context, index, &run));
    void *slots = rw_slots(2), *result = rw_slot(slots, 1), *owner = rw_owned(slots, 15);
    rw_slot_set_bits(slots, WASMTIME_COMPONENT_U32, i < 5 ? (uint64_t)COUNTS[i] : 9);
    wasmtime_call_future_t *future = rw_component_call_async((uint8_t *)&run, context, slots, 1, result, 1, (uint8_t *)&error);
    if (i < 5) {
      char *failure = finish(future, COUNTS[i] < FAILS ? COUNTS[i] : 0, &error, NULL);
      check_waiting(COUNTS[i], failure, rw_slot_kind(result) == WASMTIME_COMPONENT_U32 && rw_slot_bits(result) == 42);
    } else {
      CHECK(!wasmtime_call_future_poll(future));
      wasmtime_call_future_delete(future);
    }
    moonbit_decref(owner);
    wasmtime_store_delete(store);
  }
  wasmtime_component_export_index_delete(index);
  wasmtime_component_linker_delete(linker);
  wasmtime_component_delete(component);
}

// A ticker interrupts a call that does not end by itself.
static void test_ticker(void) {
  wasm_config_t *config = wasm_config_new();
  wasmtime_config_epoch_interruption_set(config, true);
  wasm_engine_t *engine = wasm_engine_new_with_config(config);
  wasm_byte_vec_t bytes = assemble("(module (func (export \"spin\") (loop (br 0))) (func (export \"nop\")))");
  wasmtime_module_t *module;
  OK(wasmtime_module_new(engine, (uint8_t *)bytes.data, bytes.size, &module));
  wasm_byte_vec_delete(&bytes);
  wasmtime_store_t *store = wasmtime_store_new(engine, NULL, NULL);
  wasmtime_context_t *context = wasmtime_store_context(store);
  wasmtime_instance_t instance;
  wasmtime_extern_t item;
  wasm_trap_t *trap = NULL;
  OK(wasmtime_instance_new(context, module, NULL, 0, &instance, &trap));
  CHECK(!trap && wasmtime_instance_export_get(context, &instance, "spin", 4, &item));
  void *ticker = rw_ticker_start(engine, 10);
  CHECK(ticker);
  void *owner = rw_owned(ticker, 16);
  wasmtime_context_set_epoch_deadline(context, 3);
  wasmtime_error_t *error = wasmtime_func_call(context, &item.of.func, NULL, 0, NULL, 0, &trap);
  CHECK(error || trap);
  char *message = message_of(error, trap);
  CHECK(strstr(message, "interrupt"));
  free(message);
  // No epoch begins after its release.
  moonbit_decref(owner);
  wasmtime_context_set_epoch_deadline(context, 2);
  usleep(60000);
  CHECK(wasmtime_instance_export_get(context, &instance, "nop", 3, &item));
  trap = NULL;
  OK(wasmtime_func_call(context, &item.of.func, NULL, 0, NULL, 0, &trap));
  CHECK(!trap);
  wasmtime_store_delete(store);
  wasmtime_module_delete(module);
  wasm_engine_delete(engine);
}

static const char THREADS[] =
    "(module (import \"env\" \"memory\" (memory 1 1 shared))"
    "  (func (export \"add\") (param i32 i64) (drop (i64.atomic.rmw.add (local.get 0) (local.get 1))))"
    "  (func (export \"fail\") unreachable)"
    "  (func (export \"spin\") (loop $again (br_if $again (i32.eqz (i32.atomic.load (i32.const 8))))))"
    "  (global (export \"global\") i32 (i32.const 0)))";

static void *start(wasm_engine_t *engine, void *module, void *memory, const char *entry, uint64_t *args, int count, int repeat) {
  void *job = rw_job_start(engine, module, memory, wasi_config_new(), (const uint8_t *)entry, (int32_t)strlen(entry), args, count, repeat);
  CHECK(job);
  return job;
}
static void check_failure(void *job, const char *expected) {
  char *failure = rw_job_join(job);
  CHECK(expected ? failure && strstr(failure, expected) : !failure);
  rw_free(failure);
}

static void test_threads(wasm_engine_t *engine) {
  wasm_byte_vec_t bytes = assemble(THREADS);
  wasmtime_module_t *module;
  wasmtime_sharedmemory_t *memory;
  wasm_memorytype_t *type;
  OK(wasmtime_module_new(engine, (uint8_t *)bytes.data, bytes.size, &module));
  OK(wasmtime_memorytype_new(1, true, 1, false, true, 16, &type));
  OK(wasmtime_sharedmemory_new(engine, type, &memory));
  wasm_memorytype_delete(type);
  wasm_byte_vec_delete(&bytes);
  uint64_t args[] = {0, 3};
  void *jobs[4];
  for (int i = 0; i < 4; i++) jobs[i] = start(engine, module, memory, "add", args, 2, 100);
  for (int i = 0; i < 4; i++) check_failure(jobs[i], NULL);
  CHECK(*(uint64_t *)wasmtime_sharedmemory_data(memory) == 1200);
  check_failure(start(engine, module, memory, "fail", args, 0, 1), "unreachable");
  check_failure(start(engine, module, memory, "add", args, 1, 1), "another number");
  check_failure(start(engine, module, memory, "nothing", args, 0, 1), "no such export");
  check_failure(start(engine, module, memory, "global", args, 0, 1), "not a function");
  check_failure(start(engine, module, NULL, "fail", args, 0, 1), "unknown import");
  // Until the memory says so, these are not done.
  void *spinning = start(engine, module, memory, "spin", args, 0, 1), *detached = start(engine, module, memory, "spin", args, 0, 1);
  CHECK(!rw_job_is_done(spinning));
  rw_job_detach(detached);
  wasmtime_sharedmemory_data(memory)[8] = 1;
  while (!rw_job_is_done(spinning)) usleep(1000);
  check_failure(spinning, NULL);
  void *done = start(engine, module, memory, "spin", args, 0, 1);
  while (!rw_job_is_done(done)) usleep(1000);
  rw_job_detach(done);
  wasmtime_sharedmemory_delete(memory);
  wasmtime_module_delete(module);
  // The detached thread releases the job.
  usleep(300000);
}

int main(void) {
  wasm_config_t *config = wasm_config_new();
  wasmtime_config_wasm_threads_set(config, true);
  wasmtime_config_shared_memory_set(config, true);
  wasm_engine_t *engine = wasm_engine_new_with_config(config);
  test_pointers();
  test_owners(engine);
  test_stores(engine);
  test_values();
  test_core(engine);
  test_slots();
  test_component(engine);
  test_async_core(engine);
  test_async_component(engine);
  test_ticker();
  test_threads(engine);
  wasm_engine_delete(engine);
  CHECK(!live);
  printf("passed\n");
}
