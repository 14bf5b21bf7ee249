// Starts the engine when the component is instantiated.
#include "shim.h"

// JavaScript calls use both this stack, in memory, and the one of the WebAssembly engine, which cannot be measured. The
// limit is low enough for the default stack of wasmtime, so that endless recursion is a RangeError and not a trap.
#define MAX_STACK (128 << 10)

JSRuntime *rt;
JSContext *ctx;
const wit_t *wit;

void wit_dylib_initialize(const wit_t *world) {
    wit = world;
    loading = true;
    if (world->version != WIT_CURRENT_VERSION) {
        report("the interpreter implements version %d of the interface of WIT dylibs, but the dylib has version %u", WIT_CURRENT_VERSION, world->version);
        fail();
    }
    rt = JS_NewRuntime();
    if (rt) {
        JS_SetMaxStackSize(rt, MAX_STACK);
        ctx = JS_NewContext(rt);
    }
    if (!ctx) {
        report("out of memory: JavaScript cannot start");
        fail();
    }
    console_init();
    values_init();
    resources_init();
    tasks_init();
    streams_init();
    rejections_init();
    modules_init();
    if (!exports_load()) {
        fail();
    }
    loading = false;
}
