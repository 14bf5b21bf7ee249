#ifndef EXAMPLES_TEAM_CATALOG_EAN_H_
#define EXAMPLES_TEAM_CATALOG_EAN_H_

#include <stddef.h>
#include <stdint.h>

/* Returns 1 if the text is an EAN-13 with the right check digit, and otherwise 0. */
int32_t ean_is_valid(const uint8_t *text, size_t length);

#endif
