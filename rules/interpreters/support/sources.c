#include <stdio.h>
#include <string.h>

#include "sources.h"

const wit_source_t *find_source(const char *name) {
    const wit_sources_t *all = wit_dylib_sources();
    for (size_t i = 0; i < all->count; i++) {
        if (strcmp(all->sources[i].name, name) == 0) {
            return &all->sources[i];
        }
    }
    return NULL;
}

// The script at `folder/package/name`, with or without an extension.
static const wit_source_t *find_in(const char *folder, int folder_length, const char *label, const char *extension) {
    char path[1024];
    const char *package = label + 2, *name = strchr(package, ':');
    int package_length = name ? (int)(name - package) : 0;
    int length = snprintf(path, sizeof path, "%.*s%.*s%s%s", folder_length, folder, package_length, package,
                          package_length ? "/" : "", name ? name + 1 : package);
    if (length < 0 || (size_t)length + strlen(extension) + 1 > sizeof path) {
        return NULL;
    }
    const wit_source_t *found = find_source(path);
    if (!found) {
        strcpy(path + length, extension);
        found = find_source(path);
    }
    return found;
}

const wit_source_t *find_labelled_source(const char *label, const char *extension) {
    if (strncmp(label, "//", 2) != 0) {
        return NULL;
    }
    const wit_source_t *found = find_in("", 0, label, extension);
    // Paths in other repositories start with the repository's name.
    const char *main = wit_dylib_sources()->sources[0].name, *slash = strchr(main, '/');
    if (!found && slash) {
        found = find_in(main, (int)(slash + 1 - main), label, extension);
    }
    return found;
}
