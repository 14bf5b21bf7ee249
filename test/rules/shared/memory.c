// The heap of a library is unknown to it, so memory is what the engine adds.
#include "memory.h"

#include <stdint.h>

enum { PAGE = 65536 };

void *allocate(size_t size, size_t align) {
    static uintptr_t next, end;
    uintptr_t block = (next + align - 1) / align * align;
    if (block + size > end || next == 0) {
        size_t pages = (size + align) / PAGE + 1;
        uintptr_t first = __builtin_wasm_memory_grow(0, pages);
        if (first == UINTPTR_MAX) {
            __builtin_trap();
        }
        // Pages that follow each other are one block.
        next = first * PAGE == end && end ? next : first * PAGE;
        end = first * PAGE + pages * PAGE;
        block = (next + align - 1) / align * align;
    }
    next = block + size;
    return (void *)block;
}
