// Runs the linked module on the interpreter wasm3.

#include <stdio.h>
#include <stdlib.h>

#include "wasm3.h"

static m3ApiRawFunction(print) {
    m3ApiGetArgMem(const char *, text)
    m3ApiGetArg(uint32_t, length)
    m3ApiCheckMem(text, length);
    printf("[*] %.*s\n", (int)length, text);
    m3ApiSuccess();
}

static int failed(const char *what, M3Result result) {
    fprintf(stderr, "error: failed to %s: %s\n", what, result);
    return 1;
}

// Returns the content of the file, or NULL.
static uint8_t *read_file(const char *path, uint32_t *size) {
    FILE *file = fopen(path, "rb");
    if (!file) return NULL;
    uint8_t *bytes = NULL;
    if (fseek(file, 0, SEEK_END) == 0) {
        long end = ftell(file);
        rewind(file);
        if (end >= 0 && (bytes = malloc(end + 1)) != NULL) {
            *size = fread(bytes, 1, end, file);
        }
    }
    fclose(file);
    return bytes;
}

int main(int argc, char **argv) {
    if (argc < 2) {
        fprintf(stderr, "error: expected an argument\nhint: pass the path of the module\n");
        return 2;
    }
    uint32_t size = 0;
    uint8_t *bytes = read_file(argv[1], &size);
    if (!bytes) {
        fprintf(stderr, "error: failed to read %s\n", argv[1]);
        return 3;
    }
    IM3Environment environment = m3_NewEnvironment();
    IM3Runtime runtime = m3_NewRuntime(environment, 64 * 1024, NULL);
    IM3Module module = NULL;
    IM3Function loaded = NULL;
    M3Result result = m3_ParseModule(environment, &module, bytes, size);
    if (result) return failed("read the module", result);
    result = m3_LoadModule(runtime, module);
    if (result) return failed("load the module", result);
    result = m3_LinkRawFunction(module, "example:linking/console", "print", "v(ii)", print);
    if (result) return failed("link `print`", result);
    result = m3_RunStart(module);
    if (result) return failed("start the module", result);
    result = m3_FindFunction(&loaded, runtime, "loaded");
    if (result) return failed("find `loaded`", result);
    result = m3_CallV(loaded);
    if (result) return failed("call `loaded`", result);
    m3_FreeRuntime(runtime);
    m3_FreeEnvironment(environment);
    free(bytes);
    return 0;
}
