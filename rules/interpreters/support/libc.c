// Functions of libc that would import WASI, for interpreters whose components import nothing but their world.
//
// The linker finds them before those of libc, so the members of libc.a with the imports are not linked. `fwrite` cannot be
// replaced: `snprintf` uses other functions of the same member. It ends in the functions of streams below.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>

#include "host.h"

int gettimeofday(struct timeval *restrict tv, void *restrict zone) {
    (void)zone;
    int64_t now = host_now_ns();
    tv->tv_sec = now / 1000000000;
    tv->tv_usec = now % 1000000000 / 1000;
    return 0;
}

int clock_gettime(clockid_t clock, struct timespec *time) {
    (void)clock;
    int64_t now = host_now_ns();
    time->tv_sec = now / 1000000000;
    time->tv_nsec = now % 1000000000;
    return 0;
}

time_t time(time_t *out) {
    time_t now = host_now_ns() / 1000000000;
    if (out) {
        *out = now;
    }
    return now;
}

clock_t clock(void) {
    return host_now_ns() / (1000000000 / CLOCKS_PER_SEC);
}

// There are no time zones.
struct tm *localtime_r(const time_t *restrict time, struct tm *restrict out) {
    return gmtime_r(time, out);
}

// Environment variables of the host are not visible.
char *getenv(const char *name) {
    (void)name;
    return NULL;
}

// Lua's sort chooses pivots of long tables with it.
uint32_t arc4random(void) {
    static uint32_t state = 1;
    state = state * 1664525 + 1013904223;
    return state;
}

_Noreturn void abort(void) {
    __builtin_trap();
}

_Noreturn void exit(int status) {
    (void)status;
    __builtin_trap();
}

_Noreturn void __assert_fail(const char *condition, const char *file, int line, const char *function) {
    (void)condition, (void)file, (void)line, (void)function;
    __builtin_trap();
}

// --- Streams: whatever is written to them is discarded, and no file can be opened. ---

FILE *fopen(const char *restrict path, const char *restrict mode) {
    (void)path, (void)mode;
    return NULL;
}

FILE *freopen(const char *restrict path, const char *restrict mode, FILE *restrict file) {
    (void)path, (void)mode, (void)file;
    return NULL;
}

int fprintf(FILE *restrict file, const char *restrict format, ...) {
    (void)file, (void)format;
    return 0;
}

int fputc(int c, FILE *file) {
    (void)file;
    return c;
}

int putchar(int c) {
    return c;
}

int fputs(const char *restrict text, FILE *restrict file) {
    (void)text, (void)file;
    return 0;
}

int fflush(FILE *file) {
    (void)file;
    return 0;
}

// The signatures are those of musl's stdio_impl.h; they are called through the table of a stream.
size_t __stdio_write(FILE *file, const unsigned char *bytes, size_t len) {
    (void)file, (void)bytes;
    return len;
}

size_t __stdio_read(FILE *file, unsigned char *bytes, size_t len) {
    (void)file, (void)bytes, (void)len;
    return 0;
}

size_t __stdout_write(FILE *file, const unsigned char *bytes, size_t len) {
    (void)file, (void)bytes;
    return len;
}

off_t __stdio_seek(FILE *file, off_t offset, int whence) {
    (void)file, (void)offset, (void)whence;
    return -1;
}

int __stdio_close(FILE *file) {
    (void)file;
    return 0;
}

int __isatty(int descriptor) {
    (void)descriptor;
    return 0;
}
