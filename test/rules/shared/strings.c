// What the built-in implementation of `dlopen` needs of a libc.
#include <stddef.h>

size_t strlen(const char *text) {
    const char *end = text;
    while (*end) {
        end++;
    }
    return end - text;
}

int memcmp(const void *a, const void *b, size_t size) {
    const unsigned char *x = a, *y = b;
    for (size_t i = 0; i < size; i++) {
        if (x[i] != y[i]) {
            return x[i] - y[i];
        }
    }
    return 0;
}
