// Functions by their names in the canonical ABI. The callee owns its arguments. It keeps its results, unless it exports a
// function that frees them.

typedef unsigned int u32;
typedef unsigned long long u64;

typedef struct {
    char *bytes;
    u32 length;
} text;

void *malloc(unsigned long);
void free(void *);

#define EXPORT(name) __attribute__((export_name(name)))
#define TEXT "test:linked/text@1.0.0#"

__attribute__((import_module("test:linked/listener@1.0.0"), import_name("heard"))) void heard(text *, u32, u32);

static text area;
static const char motto[] = "nobody's";

EXPORT(TEXT "upper") text *upper(char *bytes, u32 length) {
    area.bytes = malloc(length);
    area.length = length;
    for (u32 i = 0; i < length; i++)
        area.bytes[i] = bytes[i] >= 'a' && bytes[i] <= 'z' ? bytes[i] - 32 : bytes[i];
    // An empty block has no owner.
    if (length) free(bytes);
    return &area;
}

EXPORT("cabi_post_" TEXT "upper") void upper_post(text *result) { free(result->bytes); }

EXPORT(TEXT "motto") text *get_motto(void) {
    area.bytes = (char *)motto;
    area.length = sizeof motto - 1;
    return &area;
}

EXPORT(TEXT "motto-address") u32 motto_address(void) { return (u32)motto; }

static u32 count;

__attribute__((constructor)) static void construct(void) { count++; }

EXPORT(TEXT "constructed") u32 constructed(void) { return count; }

EXPORT(TEXT "total") u64 total(u32 *values, u32 count) {
    u64 sum = 0;
    for (u32 i = 0; i < count; i++) sum += values[i];
    if (count) free(values);
    return sum;
}

EXPORT(TEXT "say") void say(text *words, u32 count) {
    heard(words, count, count);
    for (u32 i = 0; i < count; i++)
        if (words[i].length) free(words[i].bytes);
    if (count) free(words);
}
