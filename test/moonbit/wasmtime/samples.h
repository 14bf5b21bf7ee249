// Arguments for each type of Wasmtime's C API, for the generated program that calls each function of the MoonBit stub.
//
// For a type `T`: `make_T` returns one and `free_T` releases it; `fill_T` writes one and `clear_T` releases what it refers to.
// `ARG_<function>_<parameter>` is the value of a number or a string, `ERROR_<function>` a part of the error that a function
// returns, and `DRIVE_<function>` says that this file calls the function.

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *current = "";

static void fail(const char *what) {
  fprintf(stderr, "%s: %s\n", current, what);
  exit(1);
}

// Checks that there is no error, or that its message contains `expected`.
static void outcome(const char *name, void *result, const char *expected) {
  wasmtime_error_t *error = result;
  wasm_name_t message = {0, NULL};
  (void)name;
  if (!error && !expected) return;
  if (!error) fail("returned no error");
  wasmtime_error_message(error, &message);
  char *text = calloc(message.size + 1, 1);
  if (message.size) memcpy(text, message.data, message.size);
  if (!expected || !strstr(text, expected)) fail(text);
  free(text);
  wasm_byte_vec_delete(&message);
  wasmtime_error_delete(error);
}

#define OK(CALL) outcome("", CALL, NULL)

static int data[4];

// A function pointer that is called as a finalizer, if at all.
static void callback(void *env) { (void)env; }

// What each function finds; made anew for each.
static struct {
  wasm_engine_t *engine;
  wasmtime_store_t *store;
  wasmtime_context_t *context;
  wasm_store_t *c_store;
  wasmtime_linker_t *linker;
  wasmtime_module_t *module;
  wasmtime_instance_t instance;
  wasmtime_component_linker_t *component_linker;
  wasmtime_component_linker_t *locked;
  wasmtime_component_t *component;
  wasmtime_component_instance_t component_instance;
} world;

static const char MODULE[] =
    "(module (import \"host\" \"f\" (func))"
    "  (func (export \"run\")) (func (export \"fail\") unreachable)"
    "  (memory (export \"memory\") 1 4) (table (export \"table\") 2 4 funcref) (global (export \"global\") (mut i32) (i32.const 7)))";

// A component with a value of each type, resources included.
static const char COMPONENT[] =
    "(component"
    "  (import \"thing\" (type $thing (sub resource)))"
    "  (type $record' (record (field \"a\" u32))) (import \"record\" (type $record (eq $record')))"
    "  (type $variant' (variant (case \"a\" u32) (case \"b\"))) (import \"variant\" (type $variant (eq $variant')))"
    "  (type $enum' (enum \"a\" \"b\")) (import \"enum\" (type $enum (eq $enum')))"
    "  (type $flags' (flags \"a\" \"b\")) (import \"flags\" (type $flags (eq $flags')))"
    "  (import \"all\" (func (param \"list\" (list u8)) (param \"record\" $record) (param \"tuple\" (tuple u8 u16))"
    "    (param \"variant\" $variant) (param \"enum\" $enum) (param \"option\" (option u8)) (param \"result\" (result u8 (error u16)))"
    "    (param \"flags\" $flags) (param \"own\" (own $thing)) (param \"future\" (future u8)) (param \"stream\" (stream u8))"
    "    (param \"map\" (map string u8)) (result u32)))"
    "  (import \"group\" (instance (export \"g\" (func))))"
    "  (core module $m (func (export \"run\")) (func (export \"make\") (param i32) (result i32) local.get 0))"
    "  (core instance $i (instantiate $m))"
    "  (func $run (canon lift (core func $i \"run\")))"
    "  (export \"run\" (func $run))"
    "  (instance $inner (export \"run\" (func $run)))"
    "  (export \"inner\" (instance $inner))"
    "  (core module $core (import \"a\" \"b\" (func)) (func (export \"c\")))"
    "  (export \"core\" (core module $core)))";

static wasm_byte_vec_t assemble(const char *text) {
  wasm_byte_vec_t bytes;
  OK(wasmtime_wat2wasm(text, strlen(text), &bytes));
  return bytes;
}

static wasm_trap_t *nothing(void *env, wasmtime_caller_t *caller, const wasmtime_val_t *args, size_t nargs,
                            wasmtime_val_t *results, size_t nresults) {
  (void)env, (void)caller, (void)args, (void)nargs, (void)results, (void)nresults;
  return NULL;
}

static wasm_trap_t *c_nothing(const wasm_val_vec_t *args, wasm_val_vec_t *results) {
  (void)args, (void)results;
  return NULL;
}

static wasm_config_t *make_wasm_config(void) { return wasm_config_new(); }
static void free_wasm_config(void *p) { wasm_config_delete(p); }

static wasm_engine_t *engine_once(void) {
  wasm_config_t *config = wasm_config_new();
  wasmtime_config_wasm_gc_set(config, true);
  wasmtime_config_wasm_function_references_set(config, true);
  wasmtime_config_wasm_exceptions_set(config, true);
  wasmtime_config_wasm_threads_set(config, true);
  wasmtime_config_shared_memory_set(config, true);
  wasmtime_config_consume_fuel_set(config, true);
  wasmtime_config_wasm_component_model_map_set(config, true);
  wasmtime_config_wasm_component_model_set(config, true);
  return wasm_engine_new_with_config(config);
}

// What functions that load read.
static wasm_byte_vec_t module, component, module_code, component_code;
static char module_file[4096], component_file[4096];

static void write_file(char *path, const char *name, const wasm_byte_vec_t *bytes) {
  const char *folder = getenv("TEST_TMPDIR");
  snprintf(path, 4096, "%s/%s", folder ? folder : "/tmp", name);
  FILE *file = fopen(path, "wb");
  if (!file || fwrite(bytes->data, 1, bytes->size, file) != bytes->size || fclose(file)) fail("cannot write a file");
}

static void begin(void) {
  if (!world.engine) {
    world.engine = engine_once();
    module = assemble(MODULE);
    component = assemble(COMPONENT);
    OK(wasmtime_module_new(world.engine, (uint8_t *)module.data, module.size, &world.module));
    OK(wasmtime_component_new(world.engine, (uint8_t *)component.data, component.size, &world.component));
    OK(wasmtime_module_serialize(world.module, &module_code));
    OK(wasmtime_component_serialize(world.component, &component_code));
    write_file(module_file, "module.cwasm", &module_code);
    write_file(component_file, "component.cwasm", &component_code);
  }
  world.store = wasmtime_store_new(world.engine, NULL, NULL);
  world.context = wasmtime_store_context(world.store);
  OK(wasmtime_context_set_fuel(world.context, 1000000));
  OK(wasmtime_context_set_wasi(world.context, wasi_config_new()));
  world.c_store = wasm_store_new(world.engine);
  world.linker = wasmtime_linker_new(world.engine);
  wasm_functype_t *type = wasm_functype_new_0_0();
  OK(wasmtime_linker_define_func(world.linker, "host", 4, "f", 1, type, nothing, NULL, NULL));
  wasm_functype_delete(type);
  wasm_trap_t *trap = NULL;
  OK(wasmtime_linker_instantiate(world.linker, world.context, world.module, &world.instance, &trap));
  world.component_linker = wasmtime_component_linker_new(world.engine);
  OK(wasmtime_component_linker_define_unknown_imports_as_traps(world.component_linker, world.component));
}

static void end(void) {
  wasmtime_component_linker_delete(world.component_linker);
  if (world.locked) wasmtime_component_linker_delete(world.locked);
  world.locked = NULL;
  wasmtime_linker_delete(world.linker);
  wasm_store_delete(world.c_store);
  wasmtime_store_delete(world.store);
}

static wasmtime_extern_t exported(const char *name) {
  wasmtime_extern_t item;
  if (!wasmtime_instance_export_get(world.context, &world.instance, name, strlen(name), &item)) fail("no such export");
  return item;
}

// Shared by all calls of a function.
#define SHARED(T, VALUE) \
  static void *make_##T(void) { return VALUE; } \
  static void free_##T(void *p) { (void)p; }
// Made for each argument.
#define OWNED(T, VALUE) \
  static void *make_##T(void) { return VALUE; } \
  static void free_##T(void *p) { T##_delete(p); }

SHARED(wasmtime_context, world.context)
static void *make_wasm_engine(void) { return wasmtime_engine_clone(world.engine); }
static void free_wasm_engine(void *p) { wasm_engine_delete(p); }
static void *make_wasm_store(void) { return wasm_store_new(world.engine); }
static void free_wasm_store(void *p) { wasm_store_delete(p); }
OWNED(wasmtime_store, wasmtime_store_new(world.engine, NULL, NULL))
OWNED(wasi_config, wasi_config_new())
OWNED(wasmtime_pooling_allocation_config, wasmtime_pooling_allocation_config_new())
OWNED(wasmtime_linker, wasmtime_linker_clone(world.linker))
OWNED(wasmtime_module, wasmtime_module_clone(world.module))
OWNED(wasmtime_error, wasmtime_error_new("an error"))
OWNED(wasm_valtype, wasm_valtype_new_i32())
OWNED(wasm_functype, wasm_functype_new_0_0())
OWNED(wasm_tagtype, wasm_tagtype_new(wasm_functype_new_0_0()))
OWNED(wasm_globaltype, wasm_globaltype_new(wasm_valtype_new_i32(), WASM_VAR))
static const wasm_limits_t LIMITS = {1, 4};
OWNED(wasm_memorytype, wasm_memorytype_new(&LIMITS))
OWNED(wasm_tabletype, wasm_tabletype_new(wasm_valtype_new_funcref(), &LIMITS))
OWNED(wasm_externtype, wasm_functype_as_externtype(wasm_functype_new_0_0()))

static void *make_name(wasm_name_t *name) {
  wasm_name_new_from_string(name, "name");
  return name;
}

static void *make_wasm_exporttype(void) {
  wasm_name_t name;
  return wasm_exporttype_new(make_name(&name), make_wasm_externtype());
}
static void free_wasm_exporttype(void *p) { wasm_exporttype_delete(p); }
static void *make_wasm_importtype(void) {
  wasm_name_t module, name;
  return wasm_importtype_new(make_name(&module), make_name(&name), make_wasm_externtype());
}
static void free_wasm_importtype(void *p) { wasm_importtype_delete(p); }

static wasm_func_t *c_func(void) {
  wasm_functype_t *type = wasm_functype_new_0_0();
  wasm_func_t *func = wasm_func_new(world.c_store, type, c_nothing);
  wasm_functype_delete(type);
  return func;
}
OWNED(wasm_func, c_func())
OWNED(wasm_extern, wasm_func_as_extern(c_func()))
OWNED(wasm_ref, NULL)
static wasm_memory_t *c_memory(void) {
  wasm_memorytype_t *type = make_wasm_memorytype();
  wasm_memory_t *memory = wasm_memory_new(world.c_store, type);
  wasm_memorytype_delete(type);
  return memory;
}
OWNED(wasm_memory, c_memory())
static wasm_table_t *c_table(void) {
  wasm_tabletype_t *type = make_wasm_tabletype();
  wasm_table_t *table = wasm_table_new(world.c_store, type, NULL);
  wasm_tabletype_delete(type);
  return table;
}
OWNED(wasm_table, c_table())
static wasm_global_t *c_global(void) {
  wasm_globaltype_t *type = make_wasm_globaltype();
  wasm_val_t value = WASM_I32_VAL(7);
  wasm_global_t *global = wasm_global_new(world.c_store, type, &value);
  wasm_globaltype_delete(type);
  return global;
}
OWNED(wasm_global, c_global())
static wasm_trap_t *c_trap(void) { return wasmtime_trap_new("a trap", 6); }
OWNED(wasm_trap, c_trap())
static wasm_module_t *c_module(void) {
  wasm_byte_vec_t bytes = assemble("(module (func (export \"run\")))");
  wasm_module_t *module = wasm_module_new(world.c_store, &bytes);
  wasm_byte_vec_delete(&bytes);
  return module;
}
OWNED(wasm_module, c_module())
static wasm_instance_t *c_instance(void) {
  wasm_module_t *module = c_module();
  wasm_extern_vec_t imports = WASM_EMPTY_VEC;
  wasm_instance_t *instance = wasm_instance_new(world.c_store, module, &imports, NULL);
  wasm_module_delete(module);
  return instance;
}
OWNED(wasm_instance, c_instance())
OWNED(wasm_foreign, wasm_foreign_new(world.c_store))
static wasm_shared_module_t *shared(void) {
  wasm_module_t *module = c_module();
  wasm_shared_module_t *shared = wasm_module_share(module);
  wasm_module_delete(module);
  return shared;
}
OWNED(wasm_shared_module, shared())

// A trap of WebAssembly, with frames.
static wasm_trap_t *wasm_trap(void) {
  wasmtime_extern_t item = exported("fail");
  wasm_trap_t *trap = NULL;
  OK(wasmtime_func_call(world.context, &item.of.func, NULL, 0, NULL, 0, &trap));
  if (!trap) fail("no trap");
  return trap;
}
static wasm_frame_t *frame(void) {
  wasm_trap_t *trap = wasm_trap();
  wasm_frame_t *frame = wasm_trap_origin(trap);
  wasm_trap_delete(trap);
  if (!frame) fail("no frame");
  return frame;
}
OWNED(wasm_frame, frame())

static wasmtime_sharedmemory_t *shared_memory(void) {
  wasm_memorytype_t *type;
  wasmtime_sharedmemory_t *memory;
  OK(wasmtime_memorytype_new(1, true, 4, false, true, 16, &type));
  OK(wasmtime_sharedmemory_new(world.engine, type, &memory));
  wasm_memorytype_delete(type);
  return memory;
}
OWNED(wasmtime_sharedmemory, shared_memory())
static wasmtime_instance_pre_t *instance_pre(void) {
  wasmtime_instance_pre_t *pre;
  OK(wasmtime_linker_instantiate_pre(world.linker, world.module, &pre));
  return pre;
}
OWNED(wasmtime_instance_pre, instance_pre())

static const wasmtime_field_type_t FIELD = {true, {WASMTIME_STORAGE_TYPE_KIND_I8, NULL}};
OWNED(wasmtime_struct_type, wasmtime_struct_type_new(world.engine, &FIELD, 1))
OWNED(wasmtime_array_type, wasmtime_array_type_new(world.engine, &FIELD))
static wasmtime_struct_ref_pre_t *struct_pre(void) {
  wasmtime_struct_type_t *type = make_wasmtime_struct_type();
  wasmtime_struct_ref_pre_t *pre = wasmtime_struct_ref_pre_new(world.context, type);
  wasmtime_struct_type_delete(type);
  return pre;
}
OWNED(wasmtime_struct_ref_pre, struct_pre())
static wasmtime_array_ref_pre_t *array_pre(void) {
  wasmtime_array_type_t *type = make_wasmtime_array_type();
  wasmtime_array_ref_pre_t *pre = wasmtime_array_ref_pre_new(world.context, type);
  wasmtime_array_type_delete(type);
  return pre;
}
OWNED(wasmtime_array_ref_pre, array_pre())
static wasmtime_exn_type_t *exn_type(void) {
  wasm_valtype_vec_t params = WASM_EMPTY_VEC;
  wasmtime_exn_type_t *type = NULL;
  OK(wasmtime_exn_type_new(world.engine, &params, &type));
  return type;
}
OWNED(wasmtime_exn_type, exn_type())

static wasmtime_guestprofiler_t *profiler(void) {
  wasm_name_t name;
  wasmtime_guestprofiler_modules_t modules = {make_name(&name), world.module};
  wasmtime_guestprofiler_t *profiler = wasmtime_guestprofiler_new(world.engine, &name, 1000, &modules, 1);
  wasm_name_delete(&name);
  return profiler;
}
OWNED(wasmtime_guestprofiler, profiler())

// The results and errors of an asynchronous call; they must outlive it.
static wasm_trap_t *future_trap;
static wasmtime_error_t *future_error;
static wasmtime_call_future_t *future(void) {
  static wasmtime_extern_t item;
  item = exported("run");
  return wasmtime_func_call_async(world.context, &item.of.func, NULL, 0, NULL, 0, &future_trap, &future_error);
}
static void *make_wasmtime_call_future(void) { return future(); }
static void free_wasmtime_call_future(void *p) {
  while (!wasmtime_call_future_poll(p)) {
  }
  wasmtime_call_future_delete(p);
}

// Components

OWNED(wasmtime_component, wasmtime_component_clone(world.component))
OWNED(wasmtime_component_type, wasmtime_component_type(world.component))
OWNED(wasmtime_component_export_index, wasmtime_component_get_export_index(world.component, NULL, "run", 3))
static void *make_wasmtime_component_linker(void) {
  wasmtime_component_linker_t *linker = wasmtime_component_linker_new(world.engine);
  OK(wasmtime_component_linker_define_unknown_imports_as_traps(linker, world.component));
  return linker;
}
static void free_wasmtime_component_linker(void *p) { wasmtime_component_linker_delete(p); }
static void *make_wasmtime_component_linker_instance(void) {
  world.locked = wasmtime_component_linker_new(world.engine);
  return wasmtime_component_linker_root(world.locked);
}
static void free_wasmtime_component_linker_instance(void *p) { wasmtime_component_linker_instance_delete(p); }

// An import or export of the component.
static wasmtime_component_extern_t *item_of(const char *name) {
  wasmtime_component_type_t *type = wasmtime_component_type(world.component);
  wasmtime_component_extern_t *item = NULL;
  if (!wasmtime_component_type_import_get(type, world.engine, name, strlen(name), &item) &&
      !wasmtime_component_type_export_get(type, world.engine, name, strlen(name), &item)) {
    fail("no such item");
  }
  wasmtime_component_type_delete(type);
  return item;
}
static wasmtime_component_item_t type_of(const char *name) {
  wasmtime_component_extern_t *item = item_of(name);
  wasmtime_component_item_t type;
  wasmtime_component_extern_type(item, &type);
  wasmtime_component_extern_delete(item);
  return type;
}
OWNED(wasmtime_component_extern, item_of("all"))
OWNED(wasmtime_component_func_type, type_of("all").of.component_func)
OWNED(wasmtime_component_instance_type, type_of("group").of.component_instance)
OWNED(wasmtime_module_type, type_of("core").of.module)
OWNED(wasmtime_component_resource_type, wasmtime_component_resource_type_new_host(7))

// The type of a parameter of the function with all types.
static wasmtime_component_valtype_t param(const char *wanted) {
  wasmtime_component_func_type_t *all = make_wasmtime_component_func_type();
  wasmtime_component_valtype_t type;
  const char *name;
  size_t length;
  for (size_t i = 0; wasmtime_component_func_type_param_nth(all, i, &name, &length, &type); i++) {
    if (length == strlen(wanted) && !memcmp(name, wanted, length)) {
      wasmtime_component_func_type_delete(all);
      return type;
    }
    wasmtime_component_valtype_delete(&type);
  }
  fail("no such parameter");
  abort();
}
#define PARAM(NAME) OWNED(wasmtime_component_##NAME##_type, param(#NAME).of.NAME)
PARAM(list)
PARAM(record)
PARAM(tuple)
PARAM(variant)
PARAM(option)
PARAM(result)
PARAM(flags)
PARAM(map)
OWNED(wasmtime_component_enum_type, param("enum").of.enum_)
OWNED(wasmtime_component_future_type, param("future").of.future)
OWNED(wasmtime_component_stream_type, param("stream").of.stream)

OWNED(wasmtime_component_resource_host, wasmtime_component_resource_host_new(true, 1, 7))
static wasmtime_component_resource_any_t *any_resource(void) {
  wasmtime_component_resource_host_t *host = wasmtime_component_resource_host_new(true, 1, 7);
  wasmtime_component_resource_any_t *any;
  OK(wasmtime_component_resource_host_to_any(world.context, host, &any));
  wasmtime_component_resource_host_delete(host);
  return any;
}
OWNED(wasmtime_component_resource_any, any_resource())

// Values

#define PLAIN(T) \
  static void fill_##T(void *p) { (void)p; } \
  static void clear_##T(void *p) { (void)p; }
PLAIN(bool)
PLAIN(int)
PLAIN(int32)
PLAIN(size)
PLAIN(uint32)
PLAIN(uint64)
PLAIN(wasmtime_trap_code)
PLAIN(wasmtime_val_raw)

#define VALUE(T, FILL, CLEAR) \
  static void fill_##T(void *p) { T##_t *out = p; FILL; } \
  static void clear_##T(void *p) { T##_t *out = p; (void)out; CLEAR; }
#define VEC(T, ITEM) \
  static void fill_##T(void *p) { void *item = make_##ITEM(); T##_new(p, 1, (ITEM##_t *const *)&item); } \
  static void clear_##T(void *p) { T##_delete(p); }
VEC(wasm_exporttype_vec, wasm_exporttype)
VEC(wasm_extern_vec, wasm_extern)
VEC(wasm_externtype_vec, wasm_externtype)
VEC(wasm_frame_vec, wasm_frame)
VEC(wasm_functype_vec, wasm_functype)
VEC(wasm_globaltype_vec, wasm_globaltype)
VEC(wasm_importtype_vec, wasm_importtype)
VEC(wasm_memorytype_vec, wasm_memorytype)
VEC(wasm_tabletype_vec, wasm_tabletype)
VEC(wasm_tagtype_vec, wasm_tagtype)
VEC(wasm_valtype_vec, wasm_valtype)
VALUE(wasm_byte_vec, wasm_byte_vec_new(out, 4, "name"), wasm_byte_vec_delete(out))
VALUE(wasm_name, wasm_name_new_from_string(out, "name"), wasm_byte_vec_delete(out))
VALUE(wasm_message, wasm_name_new_from_string_nt(out, "message"), wasm_byte_vec_delete(out))
VALUE(wasm_limits, *out = LIMITS, )
VALUE(wasm_val, *out = (wasm_val_t)WASM_I32_VAL(7), wasm_val_delete(out))
VALUE(wasm_val_vec, wasm_val_vec_new_empty(out), wasm_val_vec_delete(out))
VALUE(wasmtime_val, (out->kind = WASMTIME_I32, out->of.i32 = 7), wasmtime_val_unroot(out))
VALUE(wasmtime_func, *out = exported("run").of.func, )
VALUE(wasmtime_table, *out = exported("table").of.table, )
VALUE(wasmtime_memory, *out = exported("memory").of.memory, )
VALUE(wasmtime_global, *out = exported("global").of.global, )
VALUE(wasmtime_instance, *out = world.instance, )
VALUE(wasmtime_extern, *out = exported("run"), wasmtime_extern_delete(out))
static void fill_wasmtime_tag(void *p) {
  wasm_tagtype_t *type = make_wasm_tagtype();
  OK(wasmtime_tag_new(world.context, type, p));
  wasm_tagtype_delete(type);
}
static void clear_wasmtime_tag(void *p) { (void)p; }

VALUE(wasmtime_anyref, wasmtime_anyref_from_i31(world.context, 7, out), wasmtime_anyref_unroot(out))
VALUE(wasmtime_eqref, wasmtime_eqref_from_i31(world.context, 7, out), wasmtime_eqref_unroot(out))
VALUE(wasmtime_externref, wasmtime_externref_new(world.context, data, NULL, out), wasmtime_externref_unroot(out))
static void fill_wasmtime_structref(void *p) {
  wasmtime_struct_ref_pre_t *pre = struct_pre();
  wasmtime_val_t field = {.kind = WASMTIME_I32};
  OK(wasmtime_structref_new(world.context, pre, &field, 1, p));
  wasmtime_struct_ref_pre_delete(pre);
}
static void clear_wasmtime_structref(void *p) { wasmtime_structref_unroot(p); }
static void fill_wasmtime_arrayref(void *p) {
  wasmtime_array_ref_pre_t *pre = array_pre();
  wasmtime_val_t element = {.kind = WASMTIME_I32};
  OK(wasmtime_arrayref_new(world.context, pre, &element, 2, p));
  wasmtime_array_ref_pre_delete(pre);
}
static void clear_wasmtime_arrayref(void *p) { wasmtime_arrayref_unroot(p); }
static void fill_wasmtime_exnref(void *p) {
  wasmtime_tag_t tag;
  fill_wasmtime_tag(&tag);
  OK(wasmtime_exnref_new(world.context, &tag, NULL, 0, p));
}
static void clear_wasmtime_exnref(void *p) { wasmtime_exnref_unroot(p); }
VALUE(wasmtime_valtype, out->kind = WASMTIME_I32, wasmtime_valtype_delete(out))
VALUE(wasmtime_heaptype, out->kind = WASMTIME_HEAPTYPE_KIND_ANY, wasmtime_heaptype_delete(out))
VALUE(wasmtime_reftype, out->heaptype.kind = WASMTIME_HEAPTYPE_KIND_ANY, wasmtime_reftype_delete(out))
VALUE(wasmtime_storage_type, *out = FIELD.storage, wasmtime_storage_type_delete(out))
VALUE(wasmtime_field_type, *out = FIELD, wasmtime_field_type_delete(out))

static wasmtime_error_t *no_stack(void *env, size_t size, bool zeroed, wasmtime_stack_memory_t *stack) {
  (void)env, (void)size, (void)zeroed, (void)stack;
  return wasmtime_error_new("no stack");
}
VALUE(wasmtime_stack_creator, (out->new_stack = no_stack, out->finalizer = callback), )
static wasmtime_error_t *no_memory(void *env, const wasm_memorytype_t *type, size_t minimum, size_t maximum, size_t reserved,
                                   size_t guard, wasmtime_linear_memory_t *memory) {
  (void)env, (void)type, (void)minimum, (void)maximum, (void)reserved, (void)guard, (void)memory;
  return wasmtime_error_new("no memory");
}
VALUE(wasmtime_memory_creator, (out->new_memory = no_memory, out->finalizer = callback), )
static wasm_name_t profiled;
VALUE(wasmtime_guestprofiler_modules, (out->name = make_name(&profiled), out->mod = world.module), wasm_name_delete(&profiled))

VALUE(wasmtime_component_func, {
  wasmtime_component_export_index_t *index = make_wasmtime_component_export_index();
  OK(wasmtime_component_linker_instantiate(world.component_linker, world.context, world.component, &world.component_instance));
  if (!wasmtime_component_instance_get_func(&world.component_instance, world.context, index, out)) fail("no function");
  wasmtime_component_export_index_delete(index);
}, )
VALUE(wasmtime_component_instance,
      OK(wasmtime_component_linker_instantiate(world.component_linker, world.context, world.component, out)), )
VALUE(wasmtime_component_item, *out = type_of("all"), wasmtime_component_item_delete(out))
VALUE(wasmtime_component_valtype, *out = param("record"), wasmtime_component_valtype_delete(out))
VALUE(wasmtime_component_val, (out->kind = WASMTIME_COMPONENT_STRING, make_name(&out->of.string)), wasmtime_component_val_delete(out))
VALUE(wasmtime_component_valflags, wasmtime_component_valflags_new_uninit(out, 1), wasmtime_component_valflags_delete(out))
VALUE(wasmtime_component_vallist, wasmtime_component_vallist_new_uninit(out, 1), wasmtime_component_vallist_delete(out))
VALUE(wasmtime_component_valmap, wasmtime_component_valmap_new_uninit(out, 1), wasmtime_component_valmap_delete(out))
VALUE(wasmtime_component_valrecord, wasmtime_component_valrecord_new_uninit(out, 1), wasmtime_component_valrecord_delete(out))
VALUE(wasmtime_component_valtuple, wasmtime_component_valtuple_new_uninit(out, 1), wasmtime_component_valtuple_delete(out))
VALUE(wasmtime_component_valmap_entry, fill_wasmtime_component_val(&out->key),
      (wasmtime_component_val_delete(&out->key), wasmtime_component_val_delete(&out->value)))
VALUE(wasmtime_component_valrecord_entry, make_name(&out->name), (wasm_name_delete(&out->name), wasmtime_component_val_delete(&out->val)))

#define ARG_wasm_exporttype_vec_new_arg1 1
#define ARG_wasm_extern_vec_new_arg1 1
#define ARG_wasm_externtype_vec_new_arg1 1
#define ARG_wasm_frame_vec_new_arg1 1
#define ARG_wasm_functype_vec_new_arg1 1
#define ARG_wasm_globaltype_vec_new_arg1 1
#define ARG_wasm_importtype_vec_new_arg1 1
#define ARG_wasm_memorytype_vec_new_arg1 1
#define ARG_wasm_tabletype_vec_new_arg1 1
#define ARG_wasm_tagtype_vec_new_arg1 1
#define ARG_wasm_valtype_vec_new_arg1 1
#define ARG_wasmtime_module_new_wasm module.data
#define ARG_wasmtime_module_new_wasm_len module.size
#define ARG_wasmtime_module_validate_wasm module.data
#define ARG_wasmtime_module_validate_wasm_len module.size
#define ARG_wasmtime_module_deserialize_bytes module_code.data
#define ARG_wasmtime_module_deserialize_bytes_len module_code.size
#define ARG_wasmtime_module_deserialize_file_path module_file
#define ARG_wasmtime_component_new_buf component.data
#define ARG_wasmtime_component_new_len component.size
#define ARG_wasmtime_component_deserialize_buf component_code.data
#define ARG_wasmtime_component_deserialize_len component_code.size
#define ARG_wasmtime_component_deserialize_file_path component_file
#define ARG_wasmtime_wat2wasm_wat "(module)"
#define ARG_wasmtime_config_target_set_arg1 "x86_64-unknown-linux-gnu"
#define ARG_wasmtime_instance_new_nimports 1
#define ARG_wasmtime_structref_new_nfields 1
#define ERROR_wasmtime_config_cache_config_load "failed to"
#define ERROR_wasmtime_error_new "name"
#define ERROR_wasmtime_exnref_field "cannot access field 0"

// Functions that need more than an argument of each type

#define DRIVE_wasmtime_call_future_poll
static void drive_wasmtime_call_future_poll(void) {
  void *future = make_wasmtime_call_future();
  while (!mbt_wasmtime_call_future_poll(future)) {
  }
  wasmtime_call_future_delete(future);
}

#define DRIVE_wasmtime_component_val_new
#define DRIVE_wasmtime_component_val_free
static void drive_wasmtime_component_val_new(void) {
  wasmtime_component_val_t value;
  fill_wasmtime_component_val(&value);
  wasmtime_component_val_t *moved = mbt_wasmtime_component_val_new((uint8_t *)&value);
  if (moved->kind != WASMTIME_COMPONENT_STRING) fail("another kind");
  mbt_wasmtime_component_val_free((uint8_t *)moved);
}
static void drive_wasmtime_component_val_free(void) { drive_wasmtime_component_val_new(); }

#define DRIVE_wasmtime_sharedmemory_new
static void drive_wasmtime_sharedmemory_new(void) {
  wasm_memorytype_t *type;
  wasmtime_sharedmemory_t *memory;
  OK(wasmtime_memorytype_new(1, true, 4, false, true, 16, &type));
  OK(mbt_wasmtime_sharedmemory_new(world.engine, type, (uint8_t *)&memory));
  wasm_memorytype_delete(type);
  wasmtime_sharedmemory_delete(memory);
}

#define DRIVE_wasmtime_table_new
#define DRIVE_wasmtime_table_set
#define DRIVE_wasmtime_table_grow
static void drive_wasmtime_table_new(void) {
  wasm_tabletype_t *type = make_wasm_tabletype();
  wasmtime_table_t table;
  wasmtime_val_t init = {.kind = WASMTIME_FUNCREF}, got;
  uint64_t before;
  OK(mbt_wasmtime_table_new(world.context, type, (uint8_t *)&init, (uint8_t *)&table));
  OK(mbt_wasmtime_table_grow(world.context, (uint8_t *)&table, 1, (uint8_t *)&init, (uint8_t *)&before));
  init.of.funcref = exported("run").of.func;
  OK(mbt_wasmtime_table_set(world.context, (uint8_t *)&table, before, (uint8_t *)&init));
  if (!wasmtime_table_get(world.context, &table, before, &got) || wasmtime_funcref_is_null(&got.of.funcref)) fail("no element");
  wasm_tabletype_delete(type);
}
static void drive_wasmtime_table_set(void) { drive_wasmtime_table_new(); }
static void drive_wasmtime_table_grow(void) { drive_wasmtime_table_new(); }

// Only a host function has a caller.
#define DRIVE_wasmtime_caller_context
#define DRIVE_wasmtime_caller_export_get
static wasm_trap_t *with_caller(void *env, wasmtime_caller_t *caller, const wasmtime_val_t *args, size_t nargs,
                                wasmtime_val_t *results, size_t nresults) {
  wasmtime_extern_t item;
  (void)env, (void)args, (void)nargs, (void)results, (void)nresults;
  if (mbt_wasmtime_caller_context(caller) != world.context) fail("another context");
  if (mbt_wasmtime_caller_export_get(caller, (const uint8_t *)"x", 1, (uint8_t *)&item)) fail("a host has exports");
  return NULL;
}
static void drive_wasmtime_caller_context(void) {
  wasm_functype_t *type = wasm_functype_new_0_0();
  wasmtime_func_t func;
  wasm_trap_t *trap = NULL;
  wasmtime_func_new(world.context, type, with_caller, NULL, NULL, &func);
  OK(wasmtime_func_call(world.context, &func, NULL, 0, NULL, 0, &trap));
  wasm_functype_delete(type);
}
static void drive_wasmtime_caller_export_get(void) { drive_wasmtime_caller_context(); }

// Checks that the current function ends the process, as Wasmtime does not implement it. A fork of this process would lack
// the threads of the engine, so it runs the program again.
static void check_abort(const char *program) {
  int status;
  pid_t child = fork();
  if (!child) {
    if (freopen("/dev/null", "w", stderr)) execl(program, program, current, (char *)NULL);
    _exit(2);
  }
  if (waitpid(child, &status, 0) != child || !WIFSIGNALED(status) || WTERMSIG(status) != SIGABRT) {
    fail("is implemented: change `is_unimplemented` of the generator");
  }
}

// Releases what all functions share.
static void finish(void) {
  if (!world.engine) return;
  wasm_byte_vec_t *all[] = {&module, &component, &module_code, &component_code};
  for (size_t i = 0; i < 4; i++) wasm_byte_vec_delete(all[i]);
  wasmtime_module_delete(world.module);
  wasmtime_component_delete(world.component);
  wasm_engine_delete(world.engine);
}
