#include "mix.h"

#include <string.h>

uint32_t mix_bytes(const uint8_t *bytes, size_t length) {
    uint32_t hash = 2166136261u;
    uint8_t block[4];
    for (size_t i = 0; i < length; i += sizeof block) {
        size_t rest = length - i < sizeof block ? length - i : sizeof block;
        memset(block, 0, sizeof block);
        memcpy(block, bytes + i, rest);
        for (size_t k = 0; k < sizeof block; k++) {
            hash = (hash ^ block[k]) * 16777619u;
        }
    }
    return hash;
}
