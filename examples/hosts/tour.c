// A tour of the C API: the version, synchronous calls that reuse a compiled module, WASI with a directory, and an asynchronous
// call that is polled. tour.rs and tour.mbt do the same.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wasmtime.h>

static const char COUNTER[] =
    "(module (import \"host\" \"twice\" (func $twice (param i32) (result i32)))"
    "  (global $calls (mut i32) (i32.const 0))"
    "  (func (export \"count\") (result i32)"
    "    (global.set $calls (i32.add (global.get $calls) (i32.const 1)))"
    "    (call $twice (global.get $calls)))"
    "  (func (export \"fail\") unreachable))";

// Counts the preopened directories: descriptors from 3 on.
static const char PREOPENS[] =
    "(module (import \"wasi_snapshot_preview1\" \"fd_prestat_get\" (func $get (param i32 i32) (result i32)))"
    "  (memory (export \"memory\") 1)"
    "  (func (export \"run\") (result i32) (local $fd i32)"
    "    (local.set $fd (i32.const 3))"
    "    (loop $next (if (i32.eqz (call $get (local.get $fd) (i32.const 0)))"
    "      (then (local.set $fd (i32.add (local.get $fd) (i32.const 1))) (br $next))))"
    "    (i32.sub (local.get $fd) (i32.const 3))))";

static void check(wasmtime_error_t *error, wasm_trap_t *trap) {
  wasm_message_t message;
  if (!error && !trap) return;
  if (error) wasmtime_error_message(error, &message);
  else wasm_trap_message(trap, &message);
  fprintf(stderr, "error: %.*s\n", (int)message.size, message.data);
  exit(1);
}

static wasmtime_module_t *compile(wasm_engine_t *engine, const char *text) {
  wasm_byte_vec_t bytes;
  wasmtime_module_t *module;
  check(wasmtime_wat2wasm(text, strlen(text), &bytes), NULL);
  check(wasmtime_module_new(engine, (uint8_t *)bytes.data, bytes.size, &module), NULL);
  wasm_byte_vec_delete(&bytes);
  return module;
}

static wasmtime_func_t instantiate(wasmtime_linker_t *linker, wasmtime_context_t *context, wasmtime_module_t *module,
                                   const char *name, wasmtime_instance_t *instance) {
  wasm_trap_t *trap = NULL;
  wasmtime_extern_t item;
  wasmtime_error_t *error = wasmtime_linker_instantiate(linker, context, module, instance, &trap);
  check(error, trap);
  if (!wasmtime_instance_export_get(context, instance, name, strlen(name), &item)) check(wasmtime_error_new("no export"), NULL);
  return item.of.func;
}

static int32_t call(wasmtime_context_t *context, const wasmtime_func_t *func) {
  wasmtime_val_t result;
  wasm_trap_t *trap = NULL;
  wasmtime_error_t *error = wasmtime_func_call(context, func, NULL, 0, &result, 1, &trap);
  check(error, trap);
  return result.of.i32;
}

static wasm_trap_t *twice(void *env, wasmtime_caller_t *caller, const wasmtime_val_t *args, size_t nargs,
                          wasmtime_val_t *results, size_t nresults) {
  (void)env, (void)caller, (void)nargs, (void)nresults;
  results[0].kind = WASMTIME_I32;
  results[0].of.i32 = 2 * args[0].of.i32;
  return NULL;
}

static void reuse(wasm_engine_t *engine) {
  wasmtime_module_t *module = compile(engine, COUNTER);
  wasmtime_linker_t *linker = wasmtime_linker_new(engine);
  wasm_functype_t *type = wasm_functype_new_1_1(wasm_valtype_new_i32(), wasm_valtype_new_i32());
  check(wasmtime_linker_define_func(linker, "host", 4, "twice", 5, type, twice, NULL, NULL), NULL);
  wasm_functype_delete(type);
  // Each store has an instance of the same code.
  for (int number = 1; number <= 2; number++) {
    wasmtime_store_t *store = wasmtime_store_new(engine, NULL, NULL);
    wasmtime_context_t *context = wasmtime_store_context(store);
    wasmtime_instance_t instance;
    wasmtime_func_t count = instantiate(linker, context, module, "count", &instance);
    for (int i = 0; i < number; i++) call(context, &count);
    printf("store %d: %d\n", number, call(context, &count));
    wasmtime_extern_t fail;
    wasm_trap_t *trap = NULL;
    wasmtime_instance_export_get(context, &instance, "fail", 4, &fail);
    check(wasmtime_func_call(context, &fail.of.func, NULL, 0, NULL, 0, &trap), NULL);
    printf(trap ? "store %d: trapped\n" : "store %d: no trap\n", number);
    if (trap) wasm_trap_delete(trap);
    wasmtime_store_delete(store);
  }
  wasmtime_linker_delete(linker);
  wasmtime_module_delete(module);
}

static void preopens(wasm_engine_t *engine) {
  wasmtime_store_t *store = wasmtime_store_new(engine, NULL, NULL);
  wasmtime_context_t *context = wasmtime_store_context(store);
  wasi_config_t *wasi = wasi_config_new();
  if (!wasi_config_preopen_dir(wasi, ".", "/data", true)) check(wasmtime_error_new("cannot open the directory"), NULL);
  check(wasmtime_context_set_wasi(context, wasi), NULL);
  wasmtime_linker_t *linker = wasmtime_linker_new(engine);
  check(wasmtime_linker_define_wasi(linker), NULL);
  wasmtime_module_t *module = compile(engine, PREOPENS);
  wasmtime_instance_t instance;
  wasmtime_func_t run = instantiate(linker, context, module, "run", &instance);
  printf("preopened directories: %d\n", call(context, &run));
  wasmtime_module_delete(module);
  wasmtime_linker_delete(linker);
  wasmtime_store_delete(store);
}

static wasm_trap_t *nothing(void *env, wasmtime_caller_t *caller, const wasmtime_val_t *args, size_t nargs,
                            wasmtime_val_t *results, size_t nresults) {
  (void)env, (void)caller, (void)args, (void)nargs, (void)results, (void)nresults;
  return NULL;
}

static void polled(void) {
  wasm_config_t *config = wasm_config_new();
  wasmtime_config_async_stack_size_set(config, 4 << 20);
  wasm_engine_t *engine = wasm_engine_new_with_config(config);
  wasmtime_store_t *store = wasmtime_store_new(engine, NULL, NULL);
  wasmtime_context_t *context = wasmtime_store_context(store);
  wasm_functype_t *type = wasm_functype_new_0_0();
  wasmtime_func_t func;
  wasmtime_func_new(context, type, nothing, NULL, NULL, &func);
  wasm_functype_delete(type);
  // What the call writes must outlive it.
  wasm_trap_t *trap = NULL;
  wasmtime_error_t *error = NULL;
  wasmtime_call_future_t *future = wasmtime_func_call_async(context, &func, NULL, 0, NULL, 0, &trap, &error);
  while (!wasmtime_call_future_poll(future)) {
  }
  wasmtime_call_future_delete(future);
  check(error, trap);
  printf("asynchronous call: done\n");
  wasmtime_store_delete(store);
  wasm_engine_delete(engine);
}

int main(void) {
  printf("version: %s\n", WASMTIME_VERSION);
  wasm_engine_t *engine = wasm_engine_new();
  reuse(engine);
  preopens(engine);
  polled();
  wasm_engine_delete(engine);
}
