// Everything that goes wrong in a component, in its file, or in the host is an error value: traps, fuel, epochs, memory,
// pools, host functions that fail, other types than those of the WIT, broken components.

#include "test/rules/hosts/faults.h"

#include <pthread.h>
#include <time.h>
#include <wasmtime/component.h>

// Exports with other types and other numbers of values.
static const char OTHER_EXPORTS[] = COMPONENT(
    "(param \"value\" u32) (result u32)",
    SAME LIFT("add", "(param \"a\" s32) (param \"b\" u32) (result u32)") LIFT("grow", "(param \"pages\" u32) (result u32)")
        "  (func (export \"call\") (param \"a\" u32) (param \"b\" u32) (result u32) (canon lift (core func $i \"add\")))\n");
static const char OTHER_IMPORT[] = COMPONENT(
    "(param \"value\" char) (result u32)",
    SAME LIFT("add", "(param \"a\" u32) (param \"b\" u32) (result u32)") LIFT("grow", "(param \"pages\" u32) (result s32)")
        CALL("u32"));

// Imports with other numbers of values.
static const char MORE_PARAMS[] = COMPONENT_OF(
    "(param \"a\" u32) (param \"b\" u32) (result u32)", "(param i32 i32) (result i32)", "(call $twice (local.get 0) (i32.const 1))",
    SAME LIFT("add", "(param \"a\" u32) (param \"b\" u32) (result u32)") LIFT("grow", "(param \"pages\" u32) (result s32)")
        CALL("u32"));
static const char NO_RESULT[] = COMPONENT_OF(
    "(param \"value\" u32)", "(param i32)", "(call $twice (local.get 0)) (i32.const 1)",
    SAME LIFT("add", "(param \"a\" u32) (param \"b\" u32) (result u32)") LIFT("grow", "(param \"pages\" u32) (result s32)")
        CALL("u32"));

static wasmtime_error_t *twice(void *data, uint32_t value, uint32_t *result) {
  int *calls = data;
  ++*calls;
  if (value == 13) return wasmtime_error_new("thirteen is not accepted");
  *result = 2 * value;
  return NULL;
}

static int calls;
static const faulty_imports_t IMPORTS = {.data = &calls, .twice = twice};

loaded_t load(wasm_config_t *config, const char *text) {
  loaded_t self;
  wasm_byte_vec_t bytes = assemble(text);
  wasmtime_component_t *compiled;
  self.engine = config ? wasm_engine_new_with_config(config) : wasm_engine_new();
  self.linker = wasmtime_component_linker_new(self.engine);
  OK(faulty_link(self.linker, &IMPORTS));
  OK(wasmtime_component_new(self.engine, (const uint8_t *)bytes.data, bytes.size, &compiled));
  OK(faulty_component_new(compiled, &self.component));
  wasmtime_component_delete(compiled);
  wasm_byte_vec_delete(&bytes);
  return self;
}

void unload(loaded_t *self) {
  faulty_component_delete(self->component);
  wasmtime_component_linker_delete(self->linker);
  wasm_engine_delete(self->engine);
}

started_t store_of(const loaded_t *loaded) {
  started_t self = {wasmtime_store_new(loaded->engine, NULL, NULL), NULL, NULL};
  self.context = wasmtime_store_context(self.store);
  return self;
}

started_t start(const loaded_t *loaded) {
  started_t self = store_of(loaded);
  OK(faulty_instantiate(loaded->component, loaded->linker, self.context, &self.faulty));
  return self;
}

void stop(started_t *self) {
  faulty_delete(self->faulty);
  wasmtime_store_delete(self->store);
}

static void check_works(const faulty_t *faulty) {
  uint32_t sum;
  OK(faulty_add(faulty, 40, 2, &sum));
  CHECK(sum == 42);
}

static void test_traps(void) {
  loaded_t loaded = load(NULL, FAULTY);
  started_t one = start(&loaded), two = start(&loaded), three = start(&loaded);
  uint32_t result = 7;
  OK(faulty_call(one.faulty, 21, &result));
  CHECK(result == 42 && calls == 1);
  check_error(faulty_call(one.faulty, 13, &result), "thirteen is not accepted");
  CHECK(result == 0 && calls == 2);
  check_error(faulty_trap(two.faulty), "unreachable");
  check_error(faulty_recurse(three.faulty), "call stack exhausted");
  // An instance that trapped is not entered again; others go on.
  check_error(faulty_add(two.faulty, 1, 2, NULL), "cannot enter component instance");
  started_t four = start(&loaded);
  check_works(four.faulty);
  stop(&one);
  stop(&two);
  stop(&three);
  stop(&four);
  unload(&loaded);
}

static void test_fuel(void) {
  wasm_config_t *config = wasm_config_new();
  wasmtime_config_consume_fuel_set(config, true);
  loaded_t loaded = load(config, FAULTY);
  for (int i = 0; i < 2; i++) {
    started_t self = store_of(&loaded);
    uint64_t left;
    // Without fuel, not even a small function runs.
    OK(wasmtime_context_set_fuel(self.context, 100000));
    OK(faulty_instantiate(loaded.component, loaded.linker, self.context, &self.faulty));
    check_works(self.faulty);
    OK(wasmtime_context_get_fuel(self.context, &left));
    CHECK(left > 0 && left < 100000);
    check_error(faulty_spin(self.faulty), "all fuel consumed");
    OK(wasmtime_context_get_fuel(self.context, &left));
    CHECK(left == 0);
    stop(&self);
  }
  unload(&loaded);
}

static void *tick_later(void *engine) {
  struct timespec delay = {0, 50 * 1000 * 1000};
  nanosleep(&delay, NULL);
  wasmtime_engine_increment_epoch((wasm_engine_t *)engine);
  return NULL;
}

static void test_epochs(void) {
  wasm_config_t *config = wasm_config_new();
  wasmtime_config_epoch_interruption_set(config, true);
  loaded_t loaded = load(config, FAULTY);
  started_t self = store_of(&loaded);
  pthread_t thread;
  wasmtime_context_set_epoch_deadline(self.context, 1);
  OK(faulty_instantiate(loaded.component, loaded.linker, self.context, &self.faulty));
  check_works(self.faulty);
  CHECK(!pthread_create(&thread, NULL, tick_later, loaded.engine));
  check_error(faulty_spin(self.faulty), "interrupt");
  CHECK(!pthread_join(thread, NULL));
  stop(&self);
  unload(&loaded);
}

static void test_memory(void) {
  loaded_t loaded = load(NULL, FAULTY);
  started_t self = store_of(&loaded), small = store_of(&loaded);
  int32_t before;
  wasmtime_store_limiter(self.store, 4 * 65536, -1, -1, -1, -1);
  OK(faulty_instantiate(loaded.component, loaded.linker, self.context, &self.faulty));
  OK(faulty_grow(self.faulty, 3, &before));
  CHECK(before == 1);
  OK(faulty_grow(self.faulty, 1, &before));
  CHECK(before == -1);
  check_works(self.faulty);
  wasmtime_store_limiter(small.store, 1024, -1, -1, -1, -1);
  faulty_t *none;
  check_error(faulty_instantiate(loaded.component, loaded.linker, small.context, &none), "memory minimum size");
  CHECK(!none);
  stop(&self);
  stop(&small);
  unload(&loaded);
}

// The memories of instances come from a pool, and return to it with their stores.
static void test_pool(void) {
  wasm_config_t *config = wasm_config_new();
  wasmtime_pooling_allocation_config_t *pool = wasmtime_pooling_allocation_config_new();
  wasmtime_pooling_allocation_config_total_component_instances_set(pool, 2);
  wasmtime_pooling_allocation_config_total_core_instances_set(pool, 2);
  wasmtime_pooling_allocation_config_total_memories_set(pool, 2);
  wasmtime_pooling_allocation_config_total_tables_set(pool, 2);
  wasmtime_pooling_allocation_strategy_set(config, pool);
  wasmtime_pooling_allocation_config_delete(pool);
  loaded_t loaded = load(config, FAULTY);
  for (int i = 0; i < 200; i++) {
    started_t one = start(&loaded), two = start(&loaded), three = store_of(&loaded);
    int32_t before;
    check_error(faulty_instantiate(loaded.component, loaded.linker, three.context, &three.faulty), "maximum concurrent");
    CHECK(!three.faulty);
    // Memories of former instances are not seen.
    OK(faulty_grow(one.faulty, 1, &before));
    CHECK(before == 1);
    check_error(faulty_trap(two.faulty), "unreachable");
    stop(&one);
    stop(&two);
    stop(&three);
  }
  unload(&loaded);
}

static void test_types(void) {
  loaded_t loaded = load(NULL, OTHER_EXPORTS);
  started_t self = start(&loaded);
  uint32_t number = 7;
  int32_t signed_number = 7;
  check_error(faulty_add(self.faulty, 1, 2, &number), "type mismatch");
  check_error(faulty_call(self.faulty, 1, &number), "expected 2 argument(s), got 1");
  // Wasmtime does not enter an instance again after such a call.
  stop(&self);
  self = start(&loaded);
  check_error(faulty_grow(self.faulty, 0, &signed_number), "another type than the WIT says");
  CHECK(!number && !signed_number);
  stop(&self);
  unload(&loaded);

  // The linker knows no types of functions: the import gets a value of the wrong kind.
  loaded = load(NULL, OTHER_IMPORT);
  self = start(&loaded);
  calls = 0;
  check_error(faulty_call(self.faulty, 65, &number), "another type than the WIT says");
  CHECK(calls == 0);
  stop(&self);
  unload(&loaded);

  // It gets another number of them.
  const char *const texts[] = {MORE_PARAMS, NO_RESULT};
  for (size_t i = 0; i < COUNT(texts); i++) {
    loaded = load(NULL, texts[i]);
    self = start(&loaded);
    check_error(faulty_call(self.faulty, 1, &number), "`twice` with another number of values than the WIT says");
    CHECK(calls == 0);
    stop(&self);
    unload(&loaded);
  }
}

// What belongs to one engine is an error with another.
static void test_engines(void) {
  loaded_t one = load(NULL, FAULTY), two = load(NULL, FAULTY);
  started_t self = store_of(&one), other = store_of(&two);
  check_error(faulty_instantiate(one.component, two.linker, self.context, &self.faulty), "cross-`Engine` instantiation");
  CHECK(!self.faulty);
  check_error(faulty_instantiate(one.component, one.linker, other.context, &other.faulty), "cross-`Engine` usage");
  CHECK(!other.faulty);
  // The stores can be used.
  OK(faulty_instantiate(one.component, one.linker, self.context, &self.faulty));
  OK(faulty_instantiate(two.component, two.linker, other.context, &other.faulty));
  check_works(self.faulty);
  check_works(other.faulty);
  stop(&self);
  stop(&other);
  unload(&one);
  unload(&two);
}

static void test_files(void) {
  wasm_engine_t *engine = wasm_engine_new();
  wasm_byte_vec_t bytes = assemble(FAULTY), module = assemble("(module)");
  wasmtime_component_t *none = NULL;
  const uint8_t *data = (const uint8_t *)bytes.data;
  int complete = 0;
  for (size_t size = 0; size < bytes.size; size++) {
    wasmtime_error_t *error = wasmtime_component_new(engine, data, size, &none);
    // Without its last sections, it can be a component that exports less.
    if (!error) {
      faulty_component_t *component;
      error = faulty_component_new(none, &component);
      wasmtime_component_delete(none);
      faulty_component_delete(component);
      if (!error) complete++;
    }
    if (error) wasmtime_error_delete(error);
  }
  // Without names of functions.
  CHECK(complete == 1);
  check_error(wasmtime_component_new(engine, (const uint8_t *)module.data, module.size, &none), "");
  check_error(wasmtime_component_new(engine, (const uint8_t *)"\x7f" "ELF", 4, &none), "");
  wasm_byte_vec_delete(&module);
  wasm_byte_vec_delete(&bytes);
  wasm_engine_delete(engine);
}

int main(int argc, char **argv) {
  CHECK(argc == 7 || argc == 8);
  test_traps();
  test_fuel();
  test_epochs();
  test_memory();
  test_pool();
  test_types();
  test_engines();
  test_files();
  test_machine_code(argv[1], argv[2], (const char *const *)argv + 3);
  fuzz(atoi(argv[6]), argc == 8 ? (uint32_t)strtoul(argv[7], NULL, 10) : 1);
  printf("passed\n");
  return 0;
}
