// Wasmtime's C++ API and the C host bindings in one program: the classes own engine, linker and store, and the bindings call.

#include "test/rules/hosts/check.h"
#include "test/rules/hosts/faulty_host.h"
#include "test/rules/hosts/provider_host.h"
#include "test/rules/hosts/relay_host.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>
#include <wasmtime.hh>
#include <wasmtime/component/component.hh>
#include <wasmtime/component/linker.hh>

namespace {

using wasmtime::Config;
using wasmtime::Engine;
using wasmtime::Error;
using wasmtime::Span;
using wasmtime::Store;
using wasmtime::WasiConfig;
using wasmtime::component::Component;
using wasmtime::component::Linker;

// Owns what the bindings return.
template <typename T, void (*DELETE)(T *)>
struct Deleter {
  void operator()(T *value) const { DELETE(value); }
};
template <typename T, void (*DELETE)(T *)>
using Owner = std::unique_ptr<T, Deleter<T, DELETE>>;
using Found = Owner<faulty_component_t, faulty_component_delete>;
using Faulty = Owner<faulty_t, faulty_delete>;

// Compiles the component in a file.
Component compile(Engine &engine, const char *path) {
  size_t size = 0;
  std::unique_ptr<uint8_t, Deleter<void, free>> bytes(read_file(path, &size));
  return Component::compile(engine, Span<uint8_t>(bytes.get(), size)).unwrap();
}

Store store_with_wasi(Engine &engine) {
  Store store(engine);
  store.context().set_wasi(WasiConfig()).unwrap();
  return store;
}

// A host with a state and an import that uses it.
class Host {
 public:
  explicit Host(uint32_t factor) : factor_(factor) {}

  faulty_imports_t imports() {
    faulty_imports_t imports = {};
    imports.data = this;
    imports.twice = [](void *self, uint32_t value, uint32_t *result) {
      return static_cast<Host *>(self)->times(value, result);
    };
    return imports;
  }

  int calls = 0;

 private:
  wasmtime_error_t *times(uint32_t value, uint32_t *result) {
    calls++;
    if (value > 1000) return Error("too large").capi_release();
    *result = factor_ * value;
    return nullptr;
  }

  uint32_t factor_;
};

void test_faulty() {
  Config config;
  config.consume_fuel(true);
  Engine engine(std::move(config));
  Component compiled = Component::compile(engine, std::string_view(FAULTY)).unwrap();
  Linker linker(engine);
  Host host(3);
  faulty_imports_t imports = host.imports();
  OK(faulty_link(linker.capi(), &imports));

  faulty_component_t *found = nullptr;
  OK(faulty_component_new(compiled.capi(), &found));
  Found component(found);
  for (int i = 0; i < 2; i++) {
    Store store(engine);
    store.context().set_fuel(100000).unwrap();
    faulty_t *instance = nullptr;
    OK(faulty_instantiate(component.get(), linker.capi(), store.context().capi(), &instance));
    Faulty faulty(instance);
    uint32_t number = 0;
    OK(faulty_call(faulty.get(), 14, &number));
    CHECK(number == 42 && host.calls == 2 * i + 1);
    Error error(faulty_call(faulty.get(), 2000, &number));
    CHECK(error.message().find("too large") != std::string::npos);
  }

  // A component is serialized and loaded again; other bytes are an error.
  auto code = compiled.serialize().unwrap();
  Component again = Component::deserialize(engine, code).unwrap();
  CHECK(!Component::deserialize(engine, Span<uint8_t>(code.data(), 100)));
  CHECK(!Component::compile(engine, std::string_view("(component")));
}

std::string string_of(wit_string_t text) { return std::string(text.ptr, text.len); }

wit_string_t copy(wit_string_t text) {
  wit_string_t out;
  CHECK(wit_string_copy(&out, text.ptr, text.len));
  return out;
}

// Copies a list of values that own nothing, for a result.
template <typename List>
List copy_list(List list) {
  List out = {};
  out.ptr = static_cast<decltype(out.ptr)>(allocate(list.len, sizeof *list.ptr));
  out.len = list.len;
  for (size_t i = 0; i < list.len; i++) out.ptr[i] = list.ptr[i];
  return out;
}

// An import that the test does not call.
template <typename... Args>
wasmtime_error_t *unused(void *, Args...) {
  return Error("not called by the test").capi_release();
}

relay_imports_t relay_imports(std::vector<std::string> *log) {
  relay_imports_t imports = {};
  imports.data = log;
  imports.default_ = [](void *, uint32_t number, uint32_t *result) -> wasmtime_error_t * {
    *result = number + 1;
    return nullptr;
  };
  imports.echo.text = [](void *self, wit_string_t value, wit_string_t *result) -> wasmtime_error_t * {
    static_cast<std::vector<std::string> *>(self)->push_back(string_of(value));
    *result = copy(value);
    return nullptr;
  };
  imports.echo.people = [](void *, relay_list_types_person_t value, relay_list_types_person_t *result) -> wasmtime_error_t * {
    *result = copy_list(value);
    for (size_t i = 0; i < value.len; i++) {
      relay_types_person_t &person = result->ptr[i];
      person.name = copy(person.name);
      person.tags = copy_list(person.tags);
      for (size_t j = 0; j < person.tags.len; j++) person.tags.ptr[j] = copy(person.tags.ptr[j]);
    }
    return nullptr;
  };
  imports.echo.shapes = [](void *, relay_list_types_shape_t value, relay_list_types_shape_t *result) -> wasmtime_error_t * {
    *result = copy_list(value);
    for (size_t i = 0; i < value.len; i++) {
      relay_types_shape_t &shape = result->ptr[i];
      if (shape.tag == RELAY_TYPES_SHAPE_NAMED) shape.val.named = copy(shape.val.named);
    }
    return nullptr;
  };
  imports.echo.small_ = unused;
  imports.echo.large = unused;
  imports.echo.colours = unused;
  imports.echo.flags2 = unused;
  imports.echo.nested = unused;
  imports.echo.optional = unused;
  imports.echo.either = unused;
  imports.echo.neither = unused;
  imports.echo.wrong = unused;
  imports.echo.right = unused;
  imports.echo.nothing = unused;
  return imports;
}

// Passes strings, records and variants.
void test_relay(const char *path) {
  Engine engine;
  Component compiled = compile(engine, path);
  Linker linker(engine);
  linker.add_wasip2().unwrap();
  std::vector<std::string> log;
  relay_imports_t imports = relay_imports(&log);
  OK(relay_link(linker.capi(), &imports));
  relay_component_t *found = nullptr;
  OK(relay_component_new(compiled.capi(), &found));
  Owner<relay_component_t, relay_component_delete> component(found);
  Store store = store_with_wasi(engine);
  relay_t *instance = nullptr;
  OK(relay_instantiate(component.get(), linker.capi(), store.context().capi(), &instance));
  Owner<relay_t, relay_delete> relay(instance);

  uint32_t next = 0;
  OK(relay_delete_(relay.get(), 41, &next));
  CHECK(next == 42);
  wit_string_t text;
  OK(relay_echo_text(relay.get(), wit_string("h\xc3\xa4mmer"), &text));
  CHECK(string_of(text) == "h\xc3\xa4mmer" && log == std::vector<std::string>{"h\xc3\xa4mmer"});
  wit_string_free(&text);

  wit_string_t tags[] = {wit_string("x"), wit_string("")};
  relay_types_person_t people[2] = {};
  people[0].int_ = 7;
  people[0].name = wit_string("Ada");
  people[0].tags = {tags, 2};
  people[0].next.is_some = true;
  people[0].next.val.f0.y = -2;
  relay_list_types_person_t same;
  OK(relay_echo_people(relay.get(), {people, 2}, &same));
  CHECK(same.len == 2 && same.ptr[0].int_ == 7 && string_of(same.ptr[0].name) == "Ada" && same.ptr[0].tags.len == 2);
  CHECK(string_of(same.ptr[0].tags.ptr[0]) == "x" && same.ptr[0].next.is_some && same.ptr[0].next.val.f0.y == -2);
  CHECK(!same.ptr[1].name.len && !same.ptr[1].next.is_some);
  relay_list_types_person_free(&same);

  relay_types_shape_t shapes[2] = {};
  shapes[0].tag = RELAY_TYPES_SHAPE_CIRCLE;
  shapes[0].val.circle = 1.5;
  shapes[1].tag = RELAY_TYPES_SHAPE_NAMED;
  shapes[1].val.named = wit_string("n");
  relay_list_types_shape_t drawn;
  OK(relay_echo_shapes(relay.get(), {shapes, 2}, &drawn));
  CHECK(drawn.len == 2 && drawn.ptr[0].val.circle == 1.5 && string_of(drawn.ptr[1].val.named) == "n");
  relay_list_types_shape_free(&drawn);

  Error error(relay_echo_nothing(relay.get()));
  CHECK(error.message().find("not called by the test") != std::string::npos);
}

// A resource of the component, whose destructor runs with this object.
class Counter {
 public:
  Counter(provider_t *provider, uint32_t start) : provider_(provider) {
    OK(provider_counters_counter_new(provider, start, &handle_));
  }
  Counter(Counter &&other) noexcept : provider_(other.provider_), handle_(std::exchange(other.handle_, {})) {}
  ~Counter() { OK(provider_counters_counter_drop(provider_, &handle_)); }
  Counter &operator=(Counter &&) = delete;

  uint32_t increment() {
    uint32_t number = 0;
    OK(provider_counters_counter_increment(provider_, handle_, &number));
    return number;
  }
  // Takes another counter.
  uint32_t absorb(Counter other) {
    uint32_t number = 0;
    OK(provider_counters_counter_absorb(provider_, handle_, other.handle_, &number));
    provider_counters_counter_free(&other.handle_);
    return number;
  }

 private:
  provider_t *provider_;
  provider_counters_counter_t handle_ = {};
};

void test_provider(const char *path) {
  Engine engine;
  Component compiled = compile(engine, path);
  Linker linker(engine);
  linker.add_wasip2().unwrap();
  provider_imports_t imports = {};
  OK(provider_link(linker.capi(), &imports));
  provider_component_t *found = nullptr;
  OK(provider_component_new(compiled.capi(), &found));
  Owner<provider_component_t, provider_component_delete> component(found);
  Store store = store_with_wasi(engine);
  provider_t *instance = nullptr;
  OK(provider_instantiate(component.get(), linker.capi(), store.context().capi(), &instance));
  Owner<provider_t, provider_delete> provider(instance);

  uint32_t alive = 0;
  {
    std::vector<Counter> counters;
    for (uint32_t start = 0; start < 10; start++) counters.emplace_back(provider.get(), start);
    CHECK(counters[9].increment() == 10);
    CHECK(counters[1].absorb(std::move(counters[9])) == 11);
    OK(provider_counters_alive(provider.get(), &alive));
    CHECK(alive == 9);
  }
  OK(provider_counters_alive(provider.get(), &alive));
  CHECK(alive == 0);
}

}  // namespace

int main(int argc, char **argv) {
  CHECK(argc == 3);
  test_faulty();
  test_relay(argv[1]);
  test_provider(argv[2]);
  printf("passed\n");
  return 0;
}
