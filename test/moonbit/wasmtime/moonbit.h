// What the stub of the MoonBit packages needs of MoonBit's runtime, for its test in C: objects with counted references.
#ifndef MOONBIT_H
#define MOONBIT_H

#include <stdint.h>

void *moonbit_make_external_object(void (*finalize)(void *self), uint32_t payload_size);
void moonbit_incref(void *object);
void moonbit_decref(void *object);

#endif
