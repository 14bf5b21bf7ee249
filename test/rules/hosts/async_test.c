// Asynchronous calls of components over the C API: a function of the host that finishes after some polls, calls in two stores
// at a time, errors, and WASI. Futures are polled; nothing blocks.

#include "check.h"

#include <wasmtime/component.h>

// A component that adds what two calls of an asynchronous function of the host return.
static const char SUM[] =
    "(component"
    "  (import \"wait\" (func $wait (param \"polls\" u32) (result u32)))"
    "  (core func $lowered (canon lower (func $wait)))"
    "  (core module $m"
    "    (import \"\" \"wait\" (func $wait (param i32) (result i32)))"
    "    (func (export \"run\") (param i32) (result i32)"
    "      (i32.add (call $wait (local.get 0)) (call $wait (i32.const 1))))"
    "    (func (export \"spin\") (loop (br 0))))"
    "  (core instance $i (instantiate $m (with \"\" (instance (export \"wait\" (func $lowered))))))"
    "  (func (export \"spin\") (canon lift (core func $i \"spin\")))"
    "  (func (export \"run\") (param \"polls\" u32) (result u32) (canon lift (core func $i \"run\"))))";

// The state of an asynchronous call: the number of polls that are left, and where the result goes.
typedef struct {
  uint32_t left, polls;
  wasmtime_component_val_t *result;
} waiting_t;

static unsigned finished;

static bool go_on(void *env) {
  waiting_t *waiting = env;
  if (waiting->left--) return false;
  waiting->result->kind = WASMTIME_COMPONENT_U32;
  waiting->result->of.u32 = 10 * waiting->polls;
  return true;
}

static void released(void *env) {
  finished++;
  free(env);
}

static void wait_for(void *env, wasmtime_context_t *context, const wasmtime_component_func_type_t *type,
                     wasmtime_component_val_t *args, size_t nargs, wasmtime_component_val_t *results, size_t nresults,
                     wasmtime_error_t **error, wasmtime_async_continuation_t *continuation) {
  (void)env, (void)context, (void)type;
  CHECK(nargs == 1 && nresults == 1);
  // Wasmtime reads the error after this function only, not when the continuation is done.
  if (args[0].of.u32 == 99) {
    *error = wasmtime_error_new("the host gave up");
    return;
  }
  waiting_t *waiting = allocate(1, sizeof *waiting);
  *waiting = (waiting_t){args[0].of.u32, args[0].of.u32, results};
  *continuation = (wasmtime_async_continuation_t){go_on, waiting, released};
}

// A call with all that must outlive its future.
typedef struct {
  wasmtime_store_t *store;
  wasmtime_context_t *context;
  wasmtime_component_instance_t instance;
  wasmtime_component_func_t func;
  wasmtime_component_val_t arg, result;
  wasmtime_error_t *error;
  wasmtime_call_future_t *future;
} call_t;

// Polls a future to its end. Returns the number of polls.
static unsigned finish(wasmtime_call_future_t *future) {
  unsigned polls = 1;
  CHECK(future);
  while (!wasmtime_call_future_poll(future)) polls++;
  wasmtime_call_future_delete(future);
  return polls;
}

static void start(call_t *call, wasm_engine_t *engine, const wasmtime_component_linker_t *linker,
                  const wasmtime_component_t *component, const char *name, uint32_t polls) {
  memset(call, 0, sizeof *call);
  call->store = wasmtime_store_new(engine, NULL, NULL);
  call->context = wasmtime_store_context(call->store);
  // The call yields between slices of fuel, so that a loop does not block the thread.
  OK(wasmtime_context_set_fuel(call->context, 100000));
  OK(wasmtime_context_fuel_async_yield_interval(call->context, 1000));
  OK(wasmtime_context_set_wasi(call->context, wasi_config_new()));
  finish(wasmtime_component_linker_instantiate_async(linker, call->context, component, &call->instance, &call->error));
  OK(call->error);
  wasmtime_component_export_index_t *index = wasmtime_component_get_export_index(component, NULL, name, strlen(name));
  CHECK(wasmtime_component_instance_get_func(&call->instance, call->context, index, &call->func));
  wasmtime_component_export_index_delete(index);
  call->arg.kind = WASMTIME_COMPONENT_U32;
  call->arg.of.u32 = polls;
  bool is_run = !strcmp(name, "run");
  call->future = wasmtime_component_func_call_async(&call->func, call->context, &call->arg, is_run, &call->result, is_run, &call->error);
}

static void delete(call_t *call) {
  if (call->future) wasmtime_call_future_delete(call->future);
  wasmtime_store_delete(call->store);
}

int main(void) {
  wasm_config_t *config = wasm_config_new();
  wasmtime_config_consume_fuel_set(config, true);
  wasm_engine_t *engine = wasm_engine_new_with_config(config);
  wasm_byte_vec_t bytes = assemble(SUM);
  wasmtime_component_t *component;
  OK(wasmtime_component_new(engine, (uint8_t *)bytes.data, bytes.size, &component));
  wasmtime_component_linker_t *linker = wasmtime_component_linker_new(engine);
  OK(wasmtime_component_linker_add_wasip2_async(linker));
  wasmtime_component_linker_instance_t *root = wasmtime_component_linker_root(linker);
  OK(wasmtime_component_linker_instance_add_func_async(root, "wait", 4, wait_for, NULL, NULL));
  wasmtime_component_linker_instance_delete(root);

  // Two calls at a time, one of which takes longer.
  call_t calls[2];
  start(&calls[0], engine, linker, component, "run", 2);
  start(&calls[1], engine, linker, component, "run", 7);
  unsigned polls[2] = {0, 0};
  for (unsigned open = 2; open;) {
    for (int i = 0; i < 2; i++) {
      if (!calls[i].future) continue;
      polls[i]++;
      if (!wasmtime_call_future_poll(calls[i].future)) continue;
      wasmtime_call_future_delete(calls[i].future);
      calls[i].future = NULL;
      open--;
    }
  }
  for (int i = 0; i < 2; i++) {
    OK(calls[i].error);
    CHECK(calls[i].result.kind == WASMTIME_COMPONENT_U32 && calls[i].result.of.u32 == (i ? 70u : 20u) + 10);
    delete(&calls[i]);
  }
  CHECK(polls[0] > 2 && polls[1] == polls[0] + 5 && finished == 4);

  // An error of the host, and one of the engine.
  call_t failing, spinning, dropped;
  start(&failing, engine, linker, component, "run", 99);
  finish(failing.future);
  failing.future = NULL;
  check_error(failing.error, "the host gave up");
  delete(&failing);
  start(&spinning, engine, linker, component, "spin", 0);
  CHECK(finish(spinning.future) > 50);
  spinning.future = NULL;
  check_error(spinning.error, "all fuel consumed");
  delete(&spinning);

  // A call that is given up releases what the host keeps for it.
  unsigned before = finished;
  start(&dropped, engine, linker, component, "run", 1000);
  CHECK(!wasmtime_call_future_poll(dropped.future) && finished == before);
  delete(&dropped);
  CHECK(finished == before + 1);

  wasmtime_component_linker_delete(linker);
  wasmtime_component_delete(component);
  wasm_byte_vec_delete(&bytes);
  wasm_engine_delete(engine);
  printf("polls: %u and %u\n", polls[0], polls[1]);
}
