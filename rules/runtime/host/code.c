// Loads machine code after a comparison of its SHA-256, which FIPS 180-4 specifies.

#include "wit_code.h"

#include <string.h>

enum { BLOCK = 64, DIGEST = 32 };

static const uint32_t CONSTANTS[BLOCK] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static uint32_t rotate(uint32_t value, int count) { return value >> count | value << (32 - count); }

static void add_block(uint32_t state[8], const uint8_t *block) {
  uint32_t words[BLOCK], v[8];
  for (int i = 0; i < 16; i++, block += 4) {
    words[i] = (uint32_t)block[0] << 24 | (uint32_t)block[1] << 16 | (uint32_t)block[2] << 8 | block[3];
  }
  for (int i = 16; i < BLOCK; i++) {
    uint32_t a = words[i - 15], b = words[i - 2];
    words[i] = words[i - 16] + (rotate(a, 7) ^ rotate(a, 18) ^ a >> 3) + words[i - 7] +
               (rotate(b, 17) ^ rotate(b, 19) ^ b >> 10);
  }
  memcpy(v, state, sizeof v);
  for (int i = 0; i < BLOCK; i++) {
    uint32_t first = v[7] + (rotate(v[4], 6) ^ rotate(v[4], 11) ^ rotate(v[4], 25)) +
                     ((v[4] & v[5]) ^ (~v[4] & v[6])) + CONSTANTS[i] + words[i];
    uint32_t second = (rotate(v[0], 2) ^ rotate(v[0], 13) ^ rotate(v[0], 22)) +
                      ((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]));
    memmove(v + 1, v, 7 * sizeof *v);
    v[4] += first;
    v[0] = first + second;
  }
  for (int i = 0; i < 8; i++) state[i] += v[i];
}

void wit_sha256(const uint8_t *bytes, size_t size, uint8_t digest[32]) {
  uint32_t state[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                       0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  uint8_t last[2 * BLOCK] = {0};
  size_t rest = size % BLOCK, padded = rest < BLOCK - 8 ? BLOCK : 2 * BLOCK;
  uint64_t bits = (uint64_t)size * 8;
  for (size_t i = 0; i + BLOCK <= size; i += BLOCK) add_block(state, bytes + i);
  if (rest) memcpy(last, bytes + size - rest, rest);
  last[rest] = 0x80;
  for (int i = 0; i < 8; i++) last[padded - 1 - i] = (uint8_t)(bits >> 8 * i);
  for (size_t i = 0; i < padded; i += BLOCK) add_block(state, last + i);
  for (int i = 0; i < DIGEST; i++) digest[i] = (uint8_t)(state[i / 4] >> 8 * (3 - i % 4));
}

// Returns the value of a hexadecimal digit, or -1.
static int digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

wasmtime_error_t *wit_component_load_code(wasm_engine_t *engine, const uint8_t *bytes, size_t size,
                                          const char *sha256, wasmtime_component_t **out) {
  uint8_t digest[DIGEST];
  int difference = 0;
  wit_sha256(bytes, size, digest);
  // A digit follows a digit, so this ends at the end of the string.
  for (int i = 0; i < 2 * DIGEST; i++) {
    int value = digit(sha256[i]);
    if (value < 0) return wasmtime_error_new("the expected SHA-256 does not have 64 hexadecimal digits");
    difference |= value ^ (digest[i / 2] >> (i % 2 ? 0 : 4) & 15);
  }
  if (difference) return wasmtime_error_new("the SHA-256 of the machine code differs from the expected one");
  return wasmtime_component_deserialize(engine, bytes, size, out);
}
