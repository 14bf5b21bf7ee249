// What the sources of the test `faults` share.

#ifndef RULES_WIT_TEST_FAULTS_H
#define RULES_WIT_TEST_FAULTS_H

#include "test/rules/hosts/check.h"
#include "test/rules/hosts/faulty_host.h"

// An engine with a compiled component and its linker.
typedef struct {
  wasm_engine_t *engine;
  wasmtime_component_linker_t *linker;
  faulty_component_t *component;
} loaded_t;

// Compiles a component of the world `faulty`. `config` is moved; NULL is the default.
loaded_t load(wasm_config_t *config, const char *text);
void unload(loaded_t *self);

// An instance in a store of its own.
typedef struct {
  wasmtime_store_t *store;
  wasmtime_context_t *context;
  faulty_t *faulty;
} started_t;

started_t store_of(const loaded_t *loaded);
started_t start(const loaded_t *loaded);
void stop(started_t *self);

// Checks how machine code is loaded. `file` is that of `wasm_component_precompile`, `sha256_file` the one with its hash,
// and `others` the code with fuel, with epochs and for another operating system.
void test_machine_code(const char *file, const char *sha256_file, const char *const *others);

// Runs what is left of changed components of the worlds `faulty` and `fuzzed`, for half of the time each. Equal seeds give
// equal changes.
void fuzz(int seconds, uint32_t seed);

#endif
