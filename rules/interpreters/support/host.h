// What the files of this folder need from an interpreter.
#ifndef RULES_WIT_INTERPRETER_HOST_H
#define RULES_WIT_INTERPRETER_HOST_H

#include <stdint.h>

// Nanoseconds since the epoch. Each interpreter defines it, with the clock that its world imports or without one.
int64_t host_now_ns(void);

#endif
