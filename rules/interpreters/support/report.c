// What scripts and interpreters write.
#include "report.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool loading;

// `runner check-script` reads the log when a script cannot be loaded.
struct {
    uint32_t len;
    char text[16 << 10];
} wit_dylib_log;

static void append_log(const char *text, size_t len) {
    size_t room = sizeof wit_dylib_log.text - wit_dylib_log.len;
    len = len < room ? len : room;
    memcpy(wit_dylib_log.text + wit_dylib_log.len, text, len);
    wit_dylib_log.len += len;
}

void write_text(bool is_error, const char *text, size_t len) {
    static bool busy;
    if (loading) {
        append_log(text, len);
    } else if (!busy) {
        // Writing calls imports, which can fail and report it.
        busy = true;
        write_stream(is_error, text, len);
        busy = false;
    }
}

static void write_line(const char *kind, const char *format, va_list args) {
    char text[2048];
    int len = snprintf(text, sizeof text, "%s: ", kind);
    len += vsnprintf(text + len, sizeof text - len - 1, format, args);
    len = len < (int)sizeof text - 1 ? len : (int)sizeof text - 2;
    text[len++] = '\n';
    write_text(true, text, len);
}

void report(const char *format, ...) {
    va_list args;
    va_start(args, format);
    write_line("error", format, args);
    va_end(args);
}

void note(const char *format, ...) {
    va_list args;
    va_start(args, format);
    write_line("note", format, args);
    va_end(args);
}

// The name shows in the backtrace of the trap.
__attribute__((noinline)) static void script_failed_see_standard_error(void) {
    __builtin_trap();
}

void fail(void) {
    script_failed_see_standard_error();
    __builtin_unreachable();
}

void *allocate_call(size_t size) {
    void *memory = calloc(1, size ? size : 1);
    if (!memory) {
        report("out of memory: %zu bytes for an async call", size);
        fail();
    }
    return memory;
}
