// Machine code: that of other engines and damaged files are errors, and code with another hash is not loaded.

#include "test/rules/hosts/faults.h"

#include <wasmtime/component.h>
#include "wit_code.h"

// The SHA-256 of that of each of 300 messages, of 0 to 299 bytes, from Python's hashlib:
// sha256(b"".join(sha256(bytes((7 * i + n) % 256 for i in range(n))).digest() for n in range(300)))
static const char OF_HASHES[] = "d5238871a46ac4a1a75ac3fb19d645b0b3b9e5f35f5f720e2b240d605c6b694e";

static void test_sha256(void) {
  uint8_t message[300] = {0}, digests[300][32], digest[32];
  char text[65];
  for (size_t n = 0; n < 300; n++) {
    for (size_t i = 0; i < n; i++) message[i] = (uint8_t)(7 * i + n);
    wit_sha256(message, n, digests[n]);
  }
  wit_sha256(digests[0], sizeof digests, digest);
  for (int i = 0; i < 32; i++) snprintf(text + 2 * i, 3, "%02x", digest[i]);
  CHECK(!strcmp(text, OF_HASHES));
}

// Loads code whose hash is in a file, and nothing else.
static void test_hash(wasm_engine_t *engine, const char *file, const char *sha256_file) {
  size_t size, length;
  uint8_t *code = read_file(file, &size), *listed = read_file(sha256_file, &length);
  wasmtime_component_t *component = NULL;
  char sha256[65] = "";
  CHECK(length >= 64);
  memcpy(sha256, listed, 64);
  OK(wit_component_load_code(engine, code, size, sha256, &component));
  wasmtime_component_delete(component);
  component = NULL;
  for (size_t at = 0; at < size; at += size / 7) {
    code[at] ^= 1;
    check_error(wit_component_load_code(engine, code, size, sha256, &component), "SHA-256 of the machine code differs");
    code[at] ^= 1;
  }
  check_error(wit_component_load_code(engine, code, size - 1, sha256, &component), "SHA-256 of the machine code differs");
  check_error(wit_component_load_code(engine, code, 0, sha256, &component), "SHA-256 of the machine code differs");
  sha256[63] = 0;
  check_error(wit_component_load_code(engine, code, size, sha256, &component), "64 hexadecimal digits");
  check_error(wit_component_load_code(engine, code, size, "", &component), "64 hexadecimal digits");
  CHECK(!component);
  free(listed);
  free(code);
}

// Machine code of another version of Wasmtime is an error, and says which one.
static void test_other_version(wasm_engine_t *engine, const wasm_byte_vec_t *code) {
  wasmtime_component_t *none = NULL;
  const char *dot = strchr(WASMTIME_VERSION, '.');
  // A section begins with the version of its format, and the length and digits of Wasmtime's.
  uint8_t start[16] = {0};
  size_t digits = (size_t)(dot - WASMTIME_VERSION), found = 0;
  start[1] = (uint8_t)digits;
  memcpy(start + 2, WASMTIME_VERSION, digits);
  uint8_t *copy = allocate(code->size, 1);
  memcpy(copy, code->data, code->size);
  for (size_t at = 0; at + 2 + digits <= code->size; at++) {
    if (memcmp(copy + at, start, 2 + digits)) continue;
    copy[at + 2] = '1';
    found++;
  }
  CHECK(found);
  check_error(wasmtime_component_deserialize(engine, copy, code->size, &none), "incompatible version '1");
  free(copy);
}

// Attributes of `wasm_component_precompile`: fuel, epochs and another operating system.
static void test_settings(wasm_engine_t *plain, wasm_engine_t *with_fuel, const char *const *files) {
  wasm_config_t *config = wasm_config_new();
  wasmtime_config_epoch_interruption_set(config, true);
  wasm_engine_t *with_epochs = wasm_engine_new_with_config(config);
  wasmtime_component_t *component = NULL;
  OK(wasmtime_component_deserialize_file(with_fuel, files[0], &component));
  wasmtime_component_delete(component);
  OK(wasmtime_component_deserialize_file(with_epochs, files[1], &component));
  wasmtime_component_delete(component);
  check_error(wasmtime_component_deserialize_file(plain, files[0], &component), "compiled with fuel");
  check_error(wasmtime_component_deserialize_file(plain, files[1], &component), "compiled with epoch");
  check_error(wasmtime_component_deserialize_file(plain, files[2], &component), "compiled for operating system");
  wasm_engine_delete(with_epochs);
}

// Machine code of this library and of the rules runs; what is recognizably no code for an engine is an error. Changed code
// would run: Wasmtime trusts it.
void test_machine_code(const char *file, const char *sha256_file, const char *const *others) {
  test_sha256();
  wasm_engine_t *engine = wasm_engine_new();
  wasm_config_t *config = wasm_config_new();
  wasmtime_config_consume_fuel_set(config, true);
  wasm_engine_t *with_fuel = wasm_engine_new_with_config(config);
  wasm_byte_vec_t bytes = assemble(FAULTY), code, empty = assemble("(component)"), foreign;
  wasmtime_component_t *compiled, *none = NULL;
  OK(wasmtime_component_new(engine, (const uint8_t *)bytes.data, bytes.size, &compiled));
  OK(wasmtime_component_serialize(compiled, &code));
  wasmtime_component_delete(compiled);
  const uint8_t *data = (const uint8_t *)code.data;
  OK(wasmtime_component_deserialize(engine, data, code.size, &compiled));
  wasmtime_component_delete(compiled);
  check_error(wasmtime_component_deserialize(with_fuel, data, code.size, &none), "compiled without fuel");
  test_other_version(engine, &code);
  for (size_t size = 0; size < 4096; size += 64) {
    check_error(wasmtime_component_deserialize(engine, data, size, &none), "");
  }
  check_error(wasmtime_component_deserialize(engine, (const uint8_t *)empty.data, empty.size, &none), "");
  wasmtime_module_t *module;
  wasm_byte_vec_t core = assemble("(module)");
  OK(wasmtime_module_new(engine, (const uint8_t *)core.data, core.size, &module));
  OK(wasmtime_module_serialize(module, &foreign));
  check_error(wasmtime_component_deserialize(engine, (const uint8_t *)foreign.data, foreign.size, &none), "incompatible object file");
  wasmtime_module_delete(module);
  // The code of `wasm_component_precompile`.
  OK(wasmtime_component_deserialize_file(engine, file, &compiled));
  faulty_component_t *component;
  check_error(faulty_component_new(compiled, &component), "does not export");
  wasmtime_component_delete(compiled);
  check_error(wasmtime_component_deserialize_file(with_fuel, file, &none), "compiled without fuel");
  check_error(wasmtime_component_deserialize_file(engine, "/nothing", &none), "");
  test_hash(engine, file, sha256_file);
  test_settings(engine, with_fuel, others);
  wasm_byte_vec_delete(&core);
  wasm_byte_vec_delete(&foreign);
  wasm_byte_vec_delete(&empty);
  wasm_byte_vec_delete(&code);
  wasm_byte_vec_delete(&bytes);
  wasm_engine_delete(with_fuel);
  wasm_engine_delete(engine);
}
