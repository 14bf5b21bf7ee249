// Wasmtime's C++ API and the C host bindings in one program: the classes own engine, linker and store, and the bindings call.

#include "test/rules/hosts/check.h"
#include "test/rules/hosts/faulty_host.h"
#include "test/rules/hosts/relay_host.h"

#include <memory>
#include <string>
#include <wasmtime.hh>
#include <wasmtime/component/component.hh>
#include <wasmtime/component/linker.hh>

namespace {

using wasmtime::Config;
using wasmtime::Engine;
using wasmtime::Error;
using wasmtime::Store;
using wasmtime::component::Component;
using wasmtime::component::Linker;

// Owns what the bindings return.
template <typename T, void (*DELETE)(T *)>
struct Deleter {
  void operator()(T *value) const { DELETE(value); }
};
using Found = std::unique_ptr<faulty_component_t, Deleter<faulty_component_t, faulty_component_delete>>;
using Faulty = std::unique_ptr<faulty_t, Deleter<faulty_t, faulty_delete>>;

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

void test() {
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
  CHECK(!Component::deserialize(engine, wasmtime::Span<uint8_t>(code.data(), 100)));
  CHECK(!Component::compile(engine, std::string_view("(component")));

  // C++ accepts the types of all kinds.
  relay_types_person_t person = {};
  wit_string_t name = wit_string("Ada");
  person.name = name;
  person.next.is_some = true;
  CHECK(person.next.val.f0.x == 0 && person.name.len == 3);
}

}  // namespace

int main() {
  test();
  printf("passed\n");
  return 0;
}
