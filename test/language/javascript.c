// Calls `run` of a module in JavaScript, with the engine alone. Arguments: the module, its name.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "quickjs.h"

static JSValue print(JSContext *ctx, JSValueConst this_value, int argc, JSValueConst *argv) {
    (void)this_value;
    size_t len;
    const char *text = argc > 0 ? JS_ToCStringLen(ctx, &len, argv[0]) : NULL;
    if (!text) {
        return JS_EXCEPTION;
    }
    fwrite(text, 1, len, stdout);
    putchar('\n');
    JS_FreeCString(ctx, text);
    return JS_UNDEFINED;
}

static JSValue checked(JSContext *ctx, JSValue value) {
    if (JS_IsException(value)) {
        JSValue error = JS_GetException(ctx);
        fprintf(stderr, "error: %s\n", JS_ToCString(ctx, error));
        exit(1);
    }
    return value;
}

int main(int argc, char **argv) {
    static char text[1 << 20];
    FILE *file = argc == 3 ? fopen(argv[1], "rb") : NULL;
    if (!file) {
        return 2;
    }
    // QuickJS needs a NUL after the source.
    size_t len = fread(text, 1, sizeof text - 1, file);
    JSRuntime *rt = JS_NewRuntime();
    JSContext *ctx = JS_NewContext(rt), *job;
    JSValue console = JS_NewObject(ctx);
    JS_SetPropertyStr(ctx, console, "log", JS_NewCFunction(ctx, print, "log", 1));
    JS_SetPropertyStr(ctx, JS_GetGlobalObject(ctx), "console", console);
    JSValue compiled = checked(ctx, JS_Eval(ctx, text, len, argv[2], JS_EVAL_TYPE_MODULE | JS_EVAL_FLAG_COMPILE_ONLY));
    JSModuleDef *module = JS_VALUE_GET_PTR(compiled);
    checked(ctx, JS_EvalFunction(ctx, compiled));
    while (JS_ExecutePendingJob(rt, &job) > 0) {
    }
    JSValue run = JS_GetPropertyStr(ctx, JS_GetModuleNamespace(ctx, module), "run");
    checked(ctx, JS_Call(ctx, run, JS_UNDEFINED, 0, NULL));
    while (JS_ExecutePendingJob(rt, &job) > 0) {
    }
    return 0;
}
