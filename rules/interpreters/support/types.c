#include "types.h"

#include <string.h>

#include "interfaces.h"

wit_type_t resolve_alias(wit_type_t type) {
    while (WIT_TYPE_KIND(type) == WIT_TYPE_ALIAS) {
        type = wit->aliases[WIT_TYPE_INDEX(type)].ty;
    }
    return type;
}

static bool same_names(size_t count, const char *const *a, size_t other_count, const char *const *b) {
    for (size_t i = 0; i < count && count == other_count; i++) {
        if (strcmp(a[i], b[i]) != 0) {
            return false;
        }
    }
    return count == other_count;
}

static bool same_record(const wit_record_t *a, const wit_record_t *b) {
    for (size_t i = 0; i < a->nfields && a->nfields == b->nfields; i++) {
        if (strcmp(a->fields[i].name, b->fields[i].name) != 0 || !same_type(a->fields[i].ty, b->fields[i].ty)) {
            return false;
        }
    }
    return a->nfields == b->nfields;
}

static bool same_variant(const wit_variant_t *a, const wit_variant_t *b) {
    for (size_t i = 0; i < a->ncases && a->ncases == b->ncases; i++) {
        if (strcmp(a->cases[i].name, b->cases[i].name) != 0 || !same_type(a->cases[i].ty, b->cases[i].ty)) {
            return false;
        }
    }
    return a->ncases == b->ncases;
}

static bool same_tuple(const wit_tuple_t *a, const wit_tuple_t *b) {
    for (size_t i = 0; i < a->ntypes && a->ntypes == b->ntypes; i++) {
        if (!same_type(a->types[i], b->types[i])) {
            return false;
        }
    }
    return a->ntypes == b->ntypes;
}

bool same_type(wit_type_t first, wit_type_t second) {
    if (first == second) {
        return true;
    }
    first = resolve_alias(first);
    second = resolve_alias(second);
    uint32_t kind = WIT_TYPE_KIND(first), a = WIT_TYPE_INDEX(first), b = WIT_TYPE_INDEX(second);
    if (kind != WIT_TYPE_KIND(second) || a == b) {
        return first == second;
    }
    switch (kind) {
    case WIT_TYPE_RECORD: return same_record(&wit->records[a], &wit->records[b]);
    case WIT_TYPE_TUPLE: return same_tuple(&wit->tuples[a], &wit->tuples[b]);
    case WIT_TYPE_VARIANT: return same_variant(&wit->variants[a], &wit->variants[b]);
    case WIT_TYPE_FLAGS: return same_names(wit->flags[a].nnames, wit->flags[a].names, wit->flags[b].nnames, wit->flags[b].names);
    case WIT_TYPE_ENUM: return same_names(wit->enums[a].nnames, wit->enums[a].names, wit->enums[b].nnames, wit->enums[b].names);
    case WIT_TYPE_OPTION: return same_type(wit->options[a].ty, wit->options[b].ty);
    case WIT_TYPE_RESULT:
        return same_type(wit->results[a].ok, wit->results[b].ok) && same_type(wit->results[a].err, wit->results[b].err);
    case WIT_TYPE_LIST: return same_type(wit->lists[a].ty, wit->lists[b].ty);
    case WIT_TYPE_MAP:
        return same_type(wit->maps[a].key_type, wit->maps[b].key_type) && same_type(wit->maps[a].value_type, wit->maps[b].value_type);
    case WIT_TYPE_FUTURE: return same_type(wit->futures[a].ty, wit->futures[b].ty);
    case WIT_TYPE_STREAM: return same_type(wit->streams[a].ty, wit->streams[b].ty);
    default: return false;
    }
}
