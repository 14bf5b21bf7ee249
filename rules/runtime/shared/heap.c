// An empty heap: the allocator of Rust grows the memory instead.
//
// In a component of shared libraries, these symbols would be the same memory for each library, and several allocators would use
// it.
const char __heap_base[1];
extern const char __heap_end[1] __attribute__((alias("__heap_base")));
