#include <stddef.h>
#include <stdint.h>

uint32_t mix_bytes(const uint8_t *bytes, size_t length);
