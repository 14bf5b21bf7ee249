// The scripts of a component, and the modules that they import: other scripts by relative path or label, and the world's imports.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shim.h"

static bool is_name_char(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$';
}

int line_of(const char *source_name, const char *text) {
    const wit_source_t *source = find_source(source_name);
    size_t len = strlen(text);
    int line = 1;
    for (const char *at = source ? (const char *)source->data : ""; *at; at++) {
        line += *at == '\n';
        bool starts = at == (const char *)source->data || !is_name_char(at[-1]);
        if (starts && strncmp(at, text, len) == 0 && !is_name_char(at[len])) {
            return line;
        }
    }
    return 0;
}

void site_of(char *out, size_t size, const char *source_name, const char *text) {
    int line = line_of(source_name, text);
    if (line > 0) {
        snprintf(out, size, "%s:%d", source_name, line);
    } else {
        snprintf(out, size, "%s", source_name);
    }
}

// Copies what is between `before` and the next quote. Returns false if the text does not contain `before`.
static bool quoted_after(char *out, size_t size, const char *text, const char *before) {
    const char *start = strstr(text, before);
    if (!start) {
        return false;
    }
    start += strlen(before);
    snprintf(out, size, "%.*s", (int)strcspn(start, "'"), start);
    return true;
}

void site_of_import(char *out, size_t size, const char *message) {
    char name[256], module[512], quoted[2][520];
    if (!quoted_after(name, sizeof name, message, "export '") || !quoted_after(module, sizeof module, message, "in module '")) {
        return;
    }
    snprintf(quoted[0], sizeof quoted[0], "\"%s\"", module);
    snprintf(quoted[1], sizeof quoted[1], "'%s'", module);
    const wit_sources_t *all = wit_dylib_sources();
    for (size_t i = 0; i < all->count; i++) {
        const char *source = all->sources[i].name;
        // Scripts are imported by relative path or label.
        bool imports = find_source(module) ? strcmp(source, module) != 0 : line_of(source, quoted[0]) > 0 || line_of(source, quoted[1]) > 0;
        if (imports && line_of(source, name) > 0) {
            site_of(out, size, source, name);
            return;
        }
    }
}

// Resolves `./` and `../` against the folder of the importing script. Returns false if the path leaves the root.
static bool resolve_path(char *out, size_t size, const char *base, const char *specifier) {
    const char *slash = strrchr(base, '/');
    size_t len = slash ? (size_t)(slash - base) : 0;
    if (len + strlen(specifier) + 2 > size) {
        return false;
    }
    memcpy(out, base, len);
    while (*specifier) {
        const char *end = strchr(specifier, '/');
        size_t part = end ? (size_t)(end - specifier) : strlen(specifier);
        if (part == 2 && strncmp(specifier, "..", 2) == 0) {
            if (len == 0) {
                return false;
            }
            while (len > 0 && out[--len] != '/') {
            }
        } else if (part > 0 && !(part == 1 && *specifier == '.')) {
            if (len > 0) {
                out[len++] = '/';
            }
            memcpy(out + len, specifier, part);
            len += part;
        }
        specifier += part + (end != NULL);
    }
    out[len] = 0;
    return true;
}

static void list_modules(char *out, size_t size) {
    const wit_sources_t *all = wit_dylib_sources();
    size_t len = 0;
    out[0] = 0;
    for (size_t i = 0; i < all->count && len < size; i++) {
        len += snprintf(out + len, size - len, "%s%s", len ? ", " : "", all->sources[i].name);
    }
    for (size_t i = 0; i < wit->num_import_funcs && len < size; i++) {
        const char *name = wit->import_funcs[i].interface;
        bool again = i > 0 && name && wit->import_funcs[i - 1].interface && strcmp(name, wit->import_funcs[i - 1].interface) == 0;
        if (!again) {
            len += snprintf(out + len, size - len, "%s%s", len ? ", " : "", name ? name : wit->import_funcs[i].name);
        }
    }
}

static char *normalize(JSContext *context, const char *base, const char *specifier, void *opaque) {
    (void)opaque;
    char path[1024];
    const wit_source_t *labelled = find_labelled_source(specifier, ".js");
    if (labelled) {
        return js_strdup(context, labelled->name);
    }
    if (specifier[0] != '.') {
        snprintf(path, sizeof path, "%s", specifier);
    } else if (!resolve_path(path, sizeof path, base, specifier)) {
        path[0] = 0;
    }
    if (find_source(path) || has_import(path)) {
        return js_strdup(context, path);
    }
    // QuickJS knows no location of an import, so look for it.
    char site[600], quoted[512], modules[1024];
    snprintf(quoted, sizeof quoted, "\"%s\"", specifier);
    if (line_of(base, quoted) == 0) {
        snprintf(quoted, sizeof quoted, "'%s'", specifier);
    }
    site_of(site, sizeof site, base, quoted);
    list_modules(modules, sizeof modules);
    char stack[640];
    snprintf(stack, sizeof stack, "    at %s\n", site);
    JSValue error = JS_NewReferenceError(context, "there is no module \"%s\"; there is %s", specifier, modules);
    JS_DefinePropertyValueStr(context, error, "stack", JS_NewString(context, stack), JS_PROP_C_W_E);
    JS_Throw(context, error);
    return NULL;
}

static int init_import(JSContext *context, JSModuleDef *module) {
    JSAtom atom = JS_GetModuleName(context, module);
    const char *specifier = JS_AtomToCString(context, atom);
    JSValue namespace = import_namespace(specifier);
    JSPropertyEnum *names;
    uint32_t count;
    int failed = JS_GetOwnPropertyNames(context, &names, &count, namespace, JS_GPN_STRING_MASK | JS_GPN_ENUM_ONLY);
    for (uint32_t i = 0; !failed && i < count; i++) {
        const char *name = JS_AtomToCString(context, names[i].atom);
        failed = JS_SetModuleExport(context, module, name, JS_GetProperty(context, namespace, names[i].atom));
        JS_FreeCString(context, name);
    }
    JS_FreePropertyEnum(context, names, count);
    JS_FreeValue(context, namespace);
    JS_FreeCString(context, specifier);
    JS_FreeAtom(context, atom);
    return failed;
}

static JSModuleDef *load(JSContext *context, const char *name, void *opaque) {
    (void)opaque;
    const wit_source_t *source = find_source(name);
    if (source) {
        JSValue module = JS_Eval(context, (const char *)source->data, source->size, name, JS_EVAL_TYPE_MODULE | JS_EVAL_FLAG_COMPILE_ONLY);
        if (JS_IsException(module)) {
            return NULL;
        }
        JSModuleDef *definition = JS_VALUE_GET_PTR(module);
        JS_FreeValue(context, module);
        return definition;
    }
    JSModuleDef *definition = JS_NewCModule(context, name, init_import);
    JSValue namespace = import_namespace(name);
    JSPropertyEnum *names = NULL;
    uint32_t count = 0;
    JS_GetOwnPropertyNames(context, &names, &count, namespace, JS_GPN_STRING_MASK | JS_GPN_ENUM_ONLY);
    for (uint32_t i = 0; i < count; i++) {
        const char *text = JS_AtomToCString(context, names[i].atom);
        JS_AddModuleExport(context, definition, text);
        JS_FreeCString(context, text);
    }
    JS_FreePropertyEnum(context, names, count);
    JS_FreeValue(context, namespace);
    return definition;
}

void modules_init(void) {
    JS_SetModuleLoaderFunc(rt, normalize, load, NULL);
}
