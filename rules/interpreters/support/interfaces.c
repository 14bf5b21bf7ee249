// Lookup of what a script names in the world.
#include <string.h>

#include "interfaces.h"

int find_import(const char *interface, const char *name) {
    size_t len = strlen(interface);
    for (size_t i = 0; i < wit->num_import_funcs; i++) {
        const wit_import_func_t *func = &wit->import_funcs[i];
        if (func->interface && strncmp(func->interface, interface, len) == 0 && strcmp(func->name, name) == 0) {
            return i;
        }
    }
    return -1;
}

bool same_interface(const char *a, const char *b) {
    return a == b || (a && b && strcmp(a, b) == 0);
}

const char *find_interface(const char *name) {
    const char *found = NULL;
    size_t len = strlen(name);
    for (size_t i = 0; i < wit->num_import_funcs + wit->num_resources; i++) {
        bool is_func = i < wit->num_import_funcs;
        const wit_resource_t *resource = is_func ? NULL : &wit->resources[i - wit->num_import_funcs];
        if (resource && resource->rep) {
            continue;
        }
        const char *interface = is_func ? wit->import_funcs[i].interface : resource->interface;
        if (!interface || strncmp(interface, name, len) != 0) {
            continue;
        }
        if (interface[len] == 0) {
            return interface;
        }
        if (interface[len] == '@') {
            if (found && strcmp(found, interface) != 0) {
                return NULL;
            }
            found = interface;
        }
    }
    return found;
}
