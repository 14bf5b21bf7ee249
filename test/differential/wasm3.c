// Runs a module on wasm3. Reads a command from each line of standard input:
//   call NAME ARGUMENT...   with the bits of each argument as a decimal number
//   read ADDRESS LENGTH
//   write ADDRESS BYTES     with the bytes in hexadecimal
// Prints `ok ` and the bits of the result or the bytes, or `trap ` and the reason.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wasm3.h"

enum { MAX_ARGUMENTS = 64 };

static IM3Runtime runtime;

static void report(M3Result result) {
    if (result) printf("trap %s\n", result);
}

static void call(char *text) {
    const char *name = strtok(text, " ");
    IM3Function function = NULL;
    M3Result result = m3_FindFunction(&function, runtime, name ? name : "");
    if (result) {
        report(result);
        return;
    }
    uint64_t values[MAX_ARGUMENTS];
    const void *pointers[MAX_ARGUMENTS];
    uint32_t count = 0;
    for (char *word = strtok(NULL, " "); word && count < MAX_ARGUMENTS; word = strtok(NULL, " ")) {
        values[count] = strtoull(word, NULL, 10);
        pointers[count] = &values[count];
        count++;
    }
    result = m3_Call(function, count, pointers);
    if (result) {
        report(result);
        return;
    }
    uint64_t value = 0;
    if (m3_GetRetCount(function) == 1) {
        const void *out[1] = {&value};
        result = m3_GetResults(function, 1, out);
        if (result) {
            report(result);
            return;
        }
    }
    printf("ok %llu\n", (unsigned long long)value);
}

static void access_memory(char *text, int writing) {
    char *end = NULL;
    uint64_t at = strtoull(text, &end, 10);
    while (*end == ' ') end++;
    uint64_t length = writing ? strlen(end) / 2 : strtoull(end, NULL, 10);
    uint32_t size = 0;
    uint8_t *bytes = m3_GetMemory(runtime, &size, 0);
    if (!bytes || at + length > size) {
        printf("trap out of bounds\n");
        return;
    }
    printf("ok ");
    for (uint64_t i = 0; i < length; i++) {
        if (writing) {
            char two[3] = {end[2 * i], end[2 * i + 1], 0};
            bytes[at + i] = (uint8_t)strtoul(two, NULL, 16);
        } else {
            printf("%02x", bytes[at + i]);
        }
    }
    printf("\n");
}

int main(int argc, char **argv) {
    if (argc < 2) return 2;
    FILE *file = fopen(argv[1], "rb");
    if (!file) return 3;
    static uint8_t module_bytes[16 << 20];
    uint32_t size = (uint32_t)fread(module_bytes, 1, sizeof module_bytes, file);
    fclose(file);
    IM3Environment environment = m3_NewEnvironment();
    runtime = m3_NewRuntime(environment, 1 << 20, NULL);
    IM3Module module = NULL;
    M3Result result = m3_ParseModule(environment, &module, module_bytes, size);
    if (!result) result = m3_LoadModule(runtime, module);
    if (!result) result = m3_RunStart(module);
    char *line = NULL;
    size_t capacity = 0;
    while (getline(&line, &capacity, stdin) > 0) {
        line[strcspn(line, "\n")] = 0;
        if (result) {
            report(result);
        } else if (strncmp(line, "call ", 5) == 0) {
            call(line + 5);
        } else if (strncmp(line, "read ", 5) == 0) {
            access_memory(line + 5, 0);
        } else if (strncmp(line, "write ", 6) == 0) {
            access_memory(line + 6, 1);
        } else {
            printf("trap what?\n");
        }
        fflush(stdout);
    }
    return 0;
}
