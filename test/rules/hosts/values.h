// What the sources of the test `values` share.

#ifndef RULES_WIT_TEST_VALUES_H
#define RULES_WIT_TEST_VALUES_H

#include "test/rules/hosts/check.h"

wasmtime_store_t *new_store(void);
wasmtime_component_linker_t *new_linker(void);

// Passes a value of every type through the component `relay` and back, and values that have no equivalent in WIT.
void test_relay(const wasmtime_component_t *compiled, const wasmtime_component_t *other);

// Uses resources of a component.
void test_provider(const wasmtime_component_t *compiled);

// Passes resources of a component to another store.
void test_stores(const wasmtime_component_t *compiled);

// Lends resources to a component.
void test_user(const wasmtime_component_t *compiled);

#endif
