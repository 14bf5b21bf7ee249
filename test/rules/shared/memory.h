// Memory that grows and is never freed.
#ifndef TEST_SHARED_MEMORY_H
#define TEST_SHARED_MEMORY_H

#include <stddef.h>

// Never returns null.
void *allocate(size_t size, size_t align);

#endif
