// What scripts and interpreters write.
#ifndef RULES_WIT_INTERPRETER_REPORT_H
#define RULES_WIT_INTERPRETER_REPORT_H

#include <stdbool.h>
#include <stddef.h>

// While scripts are loaded, imports cannot be called.
extern bool loading;

// Writes to the standard output or error that the world imports, or nothing. Each interpreter defines it.
void write_stream(bool is_error, const char *text, size_t len);

// Writes to the log while scripts are loaded, and to the stream later.
void write_text(bool is_error, const char *text, size_t len);

// Reports an error, as a line.
void report(const char *format, ...) __attribute__((format(printf, 1, 2)));

// Adds a line to what was reported.
void note(const char *format, ...) __attribute__((format(printf, 1, 2)));

// Traps, after the interpreter has reported why.
_Noreturn void fail(void);

// Returns zeroed memory for an async call. Without any, it reports that and traps.
void *allocate_call(size_t size);

#endif
