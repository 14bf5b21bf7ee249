#include "ean.h"

int32_t ean_is_valid(const uint8_t *text, size_t length) {
  if (length != 13) return 0;
  uint32_t sum = 0;
  for (size_t i = 0; i < length; ++i) {
    if (text[i] < '0' || text[i] > '9') return 0;
    sum += (text[i] - '0') * (i % 2 ? 3 : 1);
  }
  return sum % 10 == 0;
}
