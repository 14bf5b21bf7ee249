// Passes resources in both directions.

#include "test/rules/hosts/provider_host.h"
#include "test/rules/hosts/user_host.h"
#include "test/rules/hosts/values.h"

// Resources of the component.
void test_provider(const wasmtime_component_t *compiled) {
  provider_component_t *component;
  provider_t *provider;
  wasmtime_component_linker_t *linker = new_linker();
  wasmtime_store_t *store = new_store();
  provider_imports_t imports = {NULL};
  OK(provider_link(linker, &imports));
  OK(provider_component_new(compiled, &component));
  OK(provider_instantiate(component, linker, wasmtime_store_context(store), &provider));
  provider_counters_counter_t one, two, sum;
  uint32_t number;
  OK(provider_counters_counter_new(provider, 1, &one));
  OK(provider_counters_counter_new(provider, 20, &two));
  OK(provider_counters_counter_sum(provider, one, two, &sum));
  OK(provider_counters_counter_increment(provider, sum, &number));
  CHECK(number == 22);
  OK(provider_counters_alive(provider, &number));
  CHECK(number == 3);
  // The component takes ownership of `two`.
  OK(provider_counters_counter_absorb(provider, one, two, &number));
  CHECK(number == 21);
  OK(provider_counters_counter_drop(provider, &sum));
  CHECK(!sum.any);
  check_error(provider_counters_counter_increment(provider, sum, &number), "was dropped");
  OK(provider_counters_counter_drop(provider, &sum));
  OK(provider_counters_counter_drop(provider, &one));
  OK(provider_counters_alive(provider, &number));
  CHECK(number == 0);
  // A handle that the component owns is an error, and a trap.
  check_error(provider_counters_counter_increment(provider, two, &number), "unknown handle index");
  provider_counters_counter_free(&two);
  provider_delete(provider);
  provider_component_delete(component);
  wasmtime_component_linker_delete(linker);
  wasmtime_store_delete(store);
}

// Handles of one store in calls and drops of another are errors, although both stores give their handles the same indices.
void test_stores(const wasmtime_component_t *compiled) {
  enum { STORES = 3 };
  provider_component_t *component;
  provider_t *providers[STORES];
  wasmtime_store_t *stores[STORES];
  provider_counters_counter_t own[STORES], sum;
  wasmtime_component_linker_t *linker = new_linker();
  provider_imports_t imports = {NULL};
  uint32_t number;
  OK(provider_link(linker, &imports));
  OK(provider_component_new(compiled, &component));
  for (int i = 0; i < STORES; i++) {
    // The last store is often at the address of one that was deleted, whose handle is still there.
    if (i == 2) {
      provider_delete(providers[0]);
      wasmtime_store_delete(stores[0]);
    }
    stores[i] = new_store();
    OK(provider_instantiate(component, linker, wasmtime_store_context(stores[i]), &providers[i]));
    OK(provider_counters_counter_new(providers[i], 10 * (uint32_t)i, &own[i]));
    for (int other = 0; other < i; other++) {
      check_error(provider_counters_counter_increment(providers[i], own[other], &number), "belongs to another store");
      check_error(provider_counters_counter_absorb(providers[i], own[i], own[other], &number), "belongs to another store");
      check_error(provider_counters_counter_sum(providers[i], own[other], own[i], &sum), "belongs to another store");
      check_error(provider_counters_counter_drop(providers[i], &own[other]), "belongs to another store");
      CHECK(own[other].any && !sum.any);
    }
    if (i == 1) check_error(provider_counters_counter_drop(providers[0], &own[1]), "belongs to another store");
    // The resource with the same index is still there, and instances can be called.
    OK(provider_counters_alive(providers[i], &number));
    CHECK(number == 1);
  }
  for (int i = 1; i < STORES; i++) {
    OK(provider_counters_counter_increment(providers[i], own[i], &number));
    CHECK(number == 10 * (uint32_t)i + 1);
    OK(provider_counters_counter_drop(providers[i], &own[i]));
    OK(provider_counters_alive(providers[i], &number));
    CHECK(number == 0);
    provider_delete(providers[i]);
    wasmtime_store_delete(stores[i]);
  }
  provider_counters_counter_free(&own[0]);
  provider_component_delete(component);
  wasmtime_component_linker_delete(linker);
}

// Resources of the host: the numbers of counters are indices.
typedef struct {
  uint32_t values[8];
  uint32_t used, alive;
} counters_t;

static wasmtime_error_t *counter_drop(void *data, uint32_t rep) {
  counters_t *counters = data;
  CHECK(rep < counters->used);
  counters->alive--;
  return NULL;
}

static wasmtime_error_t *counter_new(void *data, uint32_t start, user_counters_counter_t *result) {
  counters_t *counters = data;
  CHECK(counters->used < COUNT(counters->values));
  result->rep = counters->used++;
  counters->values[result->rep] = start;
  counters->alive++;
  return NULL;
}

static wasmtime_error_t *counter_increment(void *data, user_counters_counter_t self_, uint32_t *result) {
  counters_t *counters = data;
  *result = ++counters->values[self_.rep];
  return NULL;
}

static wasmtime_error_t *counter_absorb(void *data, user_counters_counter_t self_, user_counters_counter_t other,
                                        uint32_t *result) {
  counters_t *counters = data;
  *result = counters->values[self_.rep] += counters->values[other.rep];
  // The host owns `other` now.
  return counter_drop(data, other.rep);
}

static wasmtime_error_t *counter_sum(void *data, user_counters_counter_t a, user_counters_counter_t b,
                                     user_counters_counter_t *result) {
  counters_t *counters = data;
  return counter_new(data, counters->values[a.rep] + counters->values[b.rep], result);
}

static wasmtime_error_t *alive(void *data, uint32_t *result) {
  *result = ((counters_t *)data)->alive;
  return NULL;
}

void test_user(const wasmtime_component_t *compiled) {
  static const uint32_t EXPECTED[] = {2, 21, 22, 3, 23, 2, 0};
  counters_t counters = {{0}, 0, 0};
  user_imports_t imports = {
      .data = &counters,
      .counters = {.counter_drop = counter_drop,
                   .counter_new = counter_new,
                   .counter_increment = counter_increment,
                   .counter_absorb = counter_absorb,
                   .counter_sum = counter_sum,
                   .alive = alive},
  };
  user_component_t *component;
  user_t *user;
  wasmtime_component_linker_t *linker = new_linker();
  wasmtime_store_t *store = new_store();
  OK(user_link(linker, &imports));
  OK(user_component_new(compiled, &component));
  OK(user_instantiate(component, linker, wasmtime_store_context(store), &user));
  user_list_u32_t got;
  OK(user_check_run(user, &got));
  CHECK(got.len == COUNT(EXPECTED) && !memcmp(got.ptr, EXPECTED, sizeof EXPECTED));
  user_list_u32_free(&got);
  CHECK(counters.alive == 0);
  user_delete(user);
  user_component_delete(component);
  wasmtime_component_linker_delete(linker);
  wasmtime_store_delete(store);
}
