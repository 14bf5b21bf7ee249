// Runs components whose bytes are changed: every call is an answer or an error.

#include "test/rules/hosts/faults.h"
#include "test/rules/hosts/fuzzed_host.h"

#include <time.h>
#include <wasmtime/component.h>

static uint32_t random_state;

static uint32_t random_below(uint32_t limit) {
  random_state ^= random_state << 13;
  random_state ^= random_state >> 17;
  random_state ^= random_state << 5;
  return random_state % limit;
}

// Changes a few bytes, or cuts the component off.
static size_t mutate(uint8_t *bytes, size_t size) {
  for (uint32_t i = 1 + random_below(4); i; i--) bytes[random_below((uint32_t)size)] = (uint8_t)random_below(256);
  return random_below(8) ? size : random_below((uint32_t)size);
}

// What became of the components of a world.
typedef struct {
  int changed, valid, answers;
} count_t;

// At least so many are changed, on a machine that is busy.
enum { LEAST = 100 };

static void report(const char *world, count_t count) {
  printf("%s: %d changed components, %d of them valid, %d calls that returned\n", world, count.changed, count.valid, count.answers);
  CHECK(count.changed > count.valid && count.valid && count.answers);
}

static wasm_config_t *with_fuel(void) {
  wasm_config_t *config = wasm_config_new();
  wasmtime_config_consume_fuel_set(config, true);
  return config;
}

// A store with little fuel and memory.
static wasmtime_store_t *small_store(wasm_engine_t *engine) {
  wasmtime_store_t *store = wasmtime_store_new(engine, NULL, NULL);
  OK(wasmtime_context_set_fuel(wasmtime_store_context(store), 10000));
  wasmtime_store_limiter(store, 1 << 20, 1000, 10, 10, 10);
  return store;
}

// Releases an error. Returns whether there was none.
static bool is_ok(wasmtime_error_t *error) {
  if (error) wasmtime_error_delete(error);
  return !error;
}

// Compiles a changed copy of a component. NULL if it is not valid.
static wasmtime_component_t *compile_changed(wasm_engine_t *engine, const wasm_byte_vec_t *original, uint8_t *bytes, count_t *count) {
  wasmtime_component_t *compiled;
  count->changed++;
  memcpy(bytes, original->data, original->size);
  size_t size = mutate(bytes, original->size);
  if (!is_ok(wasmtime_component_new(engine, bytes, size, &compiled))) return NULL;
  count->valid++;
  return compiled;
}

static void fuzz_faulty(int seconds) {
  loaded_t loaded = load(with_fuel(), FAULTY);
  wasm_byte_vec_t original = assemble(FAULTY);
  uint8_t *bytes = allocate(original.size, 1);
  count_t count = {0, 0, 0};
  for (time_t end = time(NULL) + seconds; time(NULL) < end || count.changed < LEAST;) {
    wasmtime_component_t *compiled = compile_changed(loaded.engine, &original, bytes, &count);
    faulty_component_t *component;
    if (!compiled) continue;
    bool is_complete = is_ok(faulty_component_new(compiled, &component));
    wasmtime_component_delete(compiled);
    for (int function = 0; is_complete && function < 6; function++) {
      wasmtime_store_t *store = small_store(loaded.engine);
      faulty_t *faulty;
      uint32_t number;
      int32_t signed_number;
      wasmtime_error_t *error = faulty_instantiate(component, loaded.linker, wasmtime_store_context(store), &faulty);
      if (!error) {
        switch (function) {
          case 0: error = faulty_add(faulty, random_below(9), 1, &number); break;
          case 1: error = faulty_grow(faulty, random_below(9), &signed_number); break;
          case 2: error = faulty_call(faulty, random_below(20), &number); break;
          case 3: error = faulty_spin(faulty); break;
          case 4: error = faulty_trap(faulty); break;
          default: error = faulty_recurse(faulty);
        }
      }
      count.answers += is_ok(error);
      faulty_delete(faulty);
      wasmtime_store_delete(store);
    }
    faulty_component_delete(component);
  }
  report("faulty", count);
  free(bytes);
  wasm_byte_vec_delete(&original);
  unload(&loaded);
}

// A component of the world `fuzzed`. Its values are constants, so that they reach the host whatever types they get.
static const char FUZZED[] =
    "(component"
    "  (type $point0 (record (field \"x\" s32) (field \"y\" s32)))"
    "  (import \"point\" (type $point (eq $point0)))"
    "  (type $person0 (record (field \"int\" u8) (field \"name\" string) (field \"tags\" (list string))"
    "    (field \"next\" (option (tuple $point char)))))"
    "  (import \"person\" (type $person (eq $person0)))"
    "  (type $shape0 (variant (case \"default\") (case \"circle\" f64) (case \"polygon\" (list $point)) (case \"named\" string)))"
    "  (import \"shape\" (type $shape (eq $shape0)))"
    "  (type $colour0 (enum \"red\" \"green\" \"blue\"))"
    "  (import \"colour\" (type $colour (eq $colour0)))"
    "  (type $rights0 (flags \"read\" \"write\" \"execute\"))"
    "  (import \"rights\" (type $rights (eq $rights0)))"
    "  (import \"check\" (func $check (param \"people\" (list $person)) (param \"shape\" $shape) (param \"rights\" $rights)"
    "    (result (result string (error $colour)))))"
    "  (core module $heap"
    "    (memory (export \"memory\") 1)"
    "    (data (i32.const 32) \"Adah\\c3\\a4mmer\")"
    // Tags.
    "    (data (i32.const 48) \"\\20\\00\\00\\00\\03\\00\\00\\00\" \"\\23\\00\\00\\00\\07\\00\\00\\00\")"
    // People: a number, a name, tags, an optional point and character.
    "    (data (i32.const 64) \"\\07\\00\\00\\00\" \"\\20\\00\\00\\00\\03\\00\\00\\00\" \"\\30\\00\\00\\00\\02\\00\\00\\00\""
    "      \"\\01\\00\\00\\00\\01\\00\\00\\00\\02\\00\\00\\00\\78\\00\\00\\00\")"
    "    (data (i32.const 100) \"\\00\\00\\00\\00\" \"\\23\\00\\00\\00\\07\\00\\00\\00\")"
    // Shapes: `named`, `polygon`, `circle`, `default`.
    "    (data (i32.const 144) \"\\03\\00\\00\\00\\00\\00\\00\\00\" \"\\20\\00\\00\\00\\03\\00\\00\\00\""
    "      \"\\02\\00\\00\\00\\00\\00\\00\\00\" \"\\58\\00\\00\\00\\01\\00\\00\\00\""
    "      \"\\01\\00\\00\\00\\00\\00\\00\\00\" \"\\00\\00\\00\\00\\00\\00\\f8\\3f\")"
    "    (global $next (mut i32) (i32.const 1024))"
    "    (func (export \"realloc\") (param i32 i32 i32 i32) (result i32)"
    "      (local i32)"
    "      (local.set 4 (i32.and (i32.add (global.get $next) (i32.const 7)) (i32.const -8)))"
    "      (global.set $next (i32.add (local.get 4) (local.get 3)))"
    "      (local.get 4)))"
    "  (core instance $heap (instantiate $heap))"
    "  (alias core export $heap \"memory\" (core memory $memory))"
    "  (alias core export $heap \"realloc\" (core func $realloc))"
    "  (core func $lowered (canon lower (func $check) (memory $memory) (realloc (core func $realloc))))"
    "  (core module $m"
    "    (import \"\" \"memory\" (memory 1))"
    "    (import \"\" \"check\" (func $check (param i32 i32 i32 i64 i32 i32 i32)))"
    "    (func $list (param i32 i32) (result i32)"
    "      (i32.store (i32.const 16) (local.get 0)) (i32.store (i32.const 20) (local.get 1))"
    "      (i32.const 16))"
    "    (func (export \"call\") (result i32)"
    "      (call $check (i32.const 64) (i32.const 2) (i32.const 2) (i64.const 88) (i32.const 1) (i32.const 5) (i32.const 16))"
    "      (i32.const 16))"
    "    (func (export \"people\") (result i32) (call $list (i32.const 64) (i32.const 2)))"
    "    (func (export \"shapes\") (result i32) (call $list (i32.const 144) (i32.const 4)))"
    "    (export \"echo\" (func $list)))"
    "  (core instance $i (instantiate $m (with \"\" (instance"
    "    (export \"memory\" (memory $memory)) (export \"check\" (func $lowered))))))"
    "  (func (export \"call\") (result (result string (error $colour)))"
    "    (canon lift (core func $i \"call\") (memory $memory) (realloc (core func $realloc))))"
    "  (func (export \"people\") (result (list $person))"
    "    (canon lift (core func $i \"people\") (memory $memory) (realloc (core func $realloc))))"
    "  (func (export \"shapes\") (result (list $shape))"
    "    (canon lift (core func $i \"shapes\") (memory $memory) (realloc (core func $realloc))))"
    "  (func (export \"echo\") (param \"value\" (list $person)) (result (list $person))"
    "    (canon lift (core func $i \"echo\") (memory $memory) (realloc (core func $realloc)))))";

// Reads each byte of a string, so that AddressSanitizer sees one that is not there.
static uint32_t sum_of(wit_string_t text) {
  uint32_t sum = 0;
  for (size_t i = 0; i < text.len; i++) sum += (uint8_t)text.ptr[i];
  return sum + (uint8_t)text.ptr[text.len];
}

static uint32_t sum_of_people(fuzzed_list_types_person_t people) {
  uint32_t sum = 0;
  for (size_t i = 0; i < people.len; i++) {
    const fuzzed_types_person_t *person = &people.ptr[i];
    sum += person->int_ + sum_of(person->name);
    for (size_t j = 0; j < person->tags.len; j++) sum += sum_of(person->tags.ptr[j]);
    if (person->next.is_some) sum += (uint32_t)person->next.val.f0.x + person->next.val.f1;
  }
  return sum;
}

static uint32_t sum_of_shape(const fuzzed_types_shape_t *shape) {
  uint32_t sum = shape->tag;
  if (shape->tag == FUZZED_TYPES_SHAPE_NAMED) sum += sum_of(shape->val.named);
  for (size_t i = 0; shape->tag == FUZZED_TYPES_SHAPE_POLYGON && i < shape->val.polygon.len; i++) {
    sum += (uint32_t)shape->val.polygon.ptr[i].y;
  }
  CHECK(shape->tag <= FUZZED_TYPES_SHAPE_NAMED);
  return sum;
}

static wasmtime_error_t *check(void *data, fuzzed_list_types_person_t people, const fuzzed_types_shape_t *shape,
                               fuzzed_types_rights_t rights, fuzzed_result_string_types_colour_t *result) {
  uint32_t sum = sum_of_people(people) + sum_of_shape(shape) + rights;
  (void)data;
  CHECK(rights < 8);
  result->is_err = sum % 3 == 0;
  if (result->is_err) {
    result->val.err = FUZZED_TYPES_COLOUR_GREEN;
    return NULL;
  }
  char text[16];
  int length = snprintf(text, sizeof text, "%u", (unsigned)sum);
  return wit_string_copy(&result->val.ok, text, (size_t)length) ? NULL : wasmtime_error_new("out of memory");
}

static wit_string_t random_text(void) {
  static const char *const TEXTS[] = {"", "Ada", "h\xc3\xa4mmer", "\xf0\x9f\xa6\x80 a longer text, with more than sixteen bytes"};
  return wit_string(TEXTS[random_below(COUNT(TEXTS))]);
}

static wasmtime_error_t *call_echo(const fuzzed_t *fuzzed, fuzzed_list_types_person_t *result) {
  wit_string_t tags[3] = {random_text(), random_text(), random_text()};
  fuzzed_types_person_t people[2];
  memset(people, 0, sizeof people);
  for (size_t i = 0; i < COUNT(people); i++) {
    people[i].int_ = (uint8_t)random_below(256);
    people[i].name = random_text();
    people[i].tags.ptr = tags;
    people[i].tags.len = random_below(4);
    people[i].next.is_some = random_below(2);
    people[i].next.val.f1 = 'x';
  }
  return fuzzed_echo(fuzzed, (fuzzed_list_types_person_t){people, random_below(3)}, result);
}

// Calls a function of an instance, and reads its result.
static wasmtime_error_t *call(const fuzzed_t *fuzzed, int function) {
  fuzzed_result_string_types_colour_t result;
  fuzzed_list_types_person_t people;
  fuzzed_list_types_shape_t shapes;
  wasmtime_error_t *error;
  switch (function) {
    case 0:
      if ((error = fuzzed_call(fuzzed, &result))) return error;
      if (!result.is_err) sum_of(result.val.ok);
      CHECK(!result.is_err || result.val.err <= FUZZED_TYPES_COLOUR_BLUE);
      fuzzed_result_string_types_colour_free(&result);
      return NULL;
    case 1:
      if ((error = fuzzed_shapes(fuzzed, &shapes))) return error;
      for (size_t i = 0; i < shapes.len; i++) sum_of_shape(&shapes.ptr[i]);
      fuzzed_list_types_shape_free(&shapes);
      return NULL;
    default:
      error = function == 2 ? fuzzed_people(fuzzed, &people) : call_echo(fuzzed, &people);
      if (error) return error;
      sum_of_people(people);
      fuzzed_list_types_person_free(&people);
      return NULL;
  }
}

enum { FUNCTIONS = 4 };

// Calls all functions of a component. Returns the number of those that returned.
static int call_all(wasm_engine_t *engine, const wasmtime_component_linker_t *linker, const wasmtime_component_t *compiled) {
  fuzzed_component_t *component;
  int answers = 0;
  bool is_complete = is_ok(fuzzed_component_new(compiled, &component));
  for (int function = 0; is_complete && function < FUNCTIONS; function++) {
    wasmtime_store_t *store = small_store(engine);
    fuzzed_t *fuzzed;
    wasmtime_error_t *error = fuzzed_instantiate(component, linker, wasmtime_store_context(store), &fuzzed);
    if (!error) error = call(fuzzed, function);
    answers += is_ok(error);
    fuzzed_delete(fuzzed);
    wasmtime_store_delete(store);
  }
  fuzzed_component_delete(component);
  return answers;
}

// An occurrence of a text, or NULL.
static char *random_occurrence(char *text, const char *what) {
  char *at = strstr(text + random_below((uint32_t)strlen(text)), what);
  return at ? at : strstr(text, what);
}

// Puts `text` in place of `length` characters.
static void replace(char *at, size_t length, const char *text) {
  memmove(at + strlen(text), at + length, strlen(at + length) + 1);
  memcpy(at, text, strlen(text));
}

// Changes types in the text of a component: replaces one by another, removes or renames a field or case. Most changes of bytes
// make a component invalid; these do not.
static void change_types(char *text) {
  static const char *const TYPES[] = {" bool)", " u8)", " s32)", " u64)", " f64)", " char)", " string)", " $point)", " $colour)"};
  const char *part = random_below(2) ? "(field \"" : "(case \"";
  char *at;
  switch (random_below(4)) {
    case 0:
      if ((at = random_occurrence(text, part))) at[strlen(part)] = (char)('a' + random_below(26));
      break;
    case 1:
      if ((at = random_occurrence(text, part))) {
        size_t length = 0, depth = 0;
        do {
          depth += at[length] == '(';
          depth -= at[length] == ')';
        } while (at[length++] && depth);
        replace(at, length, "");
      }
      break;
    default:
      part = TYPES[random_below(COUNT(TYPES))];
      if ((at = random_occurrence(text, part))) replace(at, strlen(part), TYPES[random_below(COUNT(TYPES))]);
  }
}

// Compiles a component with other types. NULL if it is not valid.
static wasmtime_component_t *compile_other_types(wasm_engine_t *engine, count_t *count) {
  char text[sizeof FUZZED + 32];
  wasm_byte_vec_t bytes;
  wasmtime_component_t *compiled;
  count->changed++;
  memcpy(text, FUZZED, sizeof FUZZED);
  for (uint32_t i = 1 + random_below(2); i; i--) change_types(text);
  if (!is_ok(wasmtime_wat2wasm(text, strlen(text), &bytes))) return NULL;
  bool is_valid = is_ok(wasmtime_component_new(engine, (const uint8_t *)bytes.data, bytes.size, &compiled));
  wasm_byte_vec_delete(&bytes);
  if (!is_valid) return NULL;
  count->valid++;
  return compiled;
}

static void fuzz_values(int seconds) {
  static const fuzzed_imports_t IMPORTS = {.check = check};
  wasm_engine_t *engine = wasm_engine_new_with_config(with_fuel());
  wasmtime_component_linker_t *linker = wasmtime_component_linker_new(engine);
  wasm_byte_vec_t original = assemble(FUZZED);
  uint8_t *bytes = allocate(original.size, 1);
  count_t count = {0, 0, 0};
  wasmtime_component_t *compiled;
  OK(fuzzed_link(linker, &IMPORTS));
  OK(wasmtime_component_new(engine, (const uint8_t *)original.data, original.size, &compiled));
  CHECK(call_all(engine, linker, compiled) == FUNCTIONS);
  wasmtime_component_delete(compiled);
  for (time_t end = time(NULL) + seconds; time(NULL) < end || count.changed < LEAST;) {
    compiled = random_below(2) ? compile_other_types(engine, &count) : compile_changed(engine, &original, bytes, &count);
    if (!compiled) continue;
    count.answers += call_all(engine, linker, compiled);
    wasmtime_component_delete(compiled);
  }
  report("fuzzed", count);
  free(bytes);
  wasm_byte_vec_delete(&original);
  wasmtime_component_linker_delete(linker);
  wasm_engine_delete(engine);
}

void fuzz(int seconds, uint32_t seed) {
  // For the log of a test that does not end.
  fprintf(stderr, "fuzzing with the seed %u\n", (unsigned)seed);
  // The generator would return zeros only.
  random_state = seed ? seed : 1;
  fuzz_faulty(seconds - seconds / 2);
  random_state = seed ? seed : 1;
  fuzz_values(seconds - seconds / 2);
}
