// Passes a value of every type through a component and back, and values that have no equivalent in WIT.

#include "test/rules/hosts/relay_host.h"
#include "test/rules/hosts/values.h"

static bool is(wit_string_t string, const char *text) {
  return string.len == strlen(text) && !memcmp(string.ptr, text, string.len);
}

static wit_string_t copy(wit_string_t string) {
  wit_string_t out;
  CHECK(wit_string_copy(&out, string.ptr, string.len));
  return out;
}

// Copies a list of values that own nothing.
#define COPY_LIST(RESULT, LIST) \
  do { \
    (RESULT)->len = (LIST).len; \
    (RESULT)->ptr = allocate((LIST).len, sizeof *(LIST).ptr); \
    if ((LIST).len) memcpy((RESULT)->ptr, (LIST).ptr, (LIST).len * sizeof *(LIST).ptr); \
  } while (0)

// The imports of the relay: each returns its argument.

static wasmtime_error_t *small(void *data, bool a, int8_t b, uint8_t c, int16_t d, uint16_t e, int32_t f,
                               uint32_t g, float h, uint32_t i,
                               relay_tuple9_bool_s8_u8_s16_u16_s32_u32_f32_char_t *result) {
  (void)data;
  *result = (relay_tuple9_bool_s8_u8_s16_u16_s32_u32_f32_char_t){a, b, c, d, e, f, g, h, i};
  return NULL;
}

static wasmtime_error_t *large(void *data, int64_t a, uint64_t b, double c, relay_tuple3_s64_u64_f64_t *result) {
  (void)data;
  *result = (relay_tuple3_s64_u64_f64_t){a, b, c};
  return NULL;
}

static wasmtime_error_t *text(void *data, wit_string_t value, wit_string_t *result) {
  (void)data;
  if (is(value, "fail")) return wasmtime_error_new("the host fails");
  if (is(value, "invalid")) return wit_string_copy(result, "\xff", 1) ? NULL : wasmtime_error_new("memory");
  *result = copy(value);
  return NULL;
}

static wasmtime_error_t *people(void *data, relay_list_types_person_t value, relay_list_types_person_t *result) {
  (void)data;
  COPY_LIST(result, value);
  for (size_t i = 0; i < value.len; i++) {
    relay_types_person_t *person = &result->ptr[i];
    person->name = copy(person->name);
    relay_list_string_t tags = person->tags;
    COPY_LIST(&person->tags, tags);
    for (size_t j = 0; j < tags.len; j++) person->tags.ptr[j] = copy(tags.ptr[j]);
  }
  return NULL;
}

static wasmtime_error_t *shapes(void *data, relay_list_types_shape_t value, relay_list_types_shape_t *result) {
  (void)data;
  COPY_LIST(result, value);
  for (size_t i = 0; i < value.len; i++) {
    relay_types_shape_t *shape = &result->ptr[i];
    if (shape->tag == RELAY_TYPES_SHAPE_POLYGON) COPY_LIST(&shape->val.polygon, value.ptr[i].val.polygon);
    if (shape->tag == RELAY_TYPES_SHAPE_NAMED) shape->val.named = copy(shape->val.named);
  }
  return NULL;
}

static wasmtime_error_t *colours(void *data, relay_list_types_colour_t value, relay_list_types_colour_t *result) {
  (void)data;
  COPY_LIST(result, value);
  return NULL;
}

static wasmtime_error_t *flags2(void *data, relay_types_rights_t a, relay_types_many_t b,
                                relay_tuple2_types_rights_types_many_t *result) {
  (void)data;
  *result = (relay_tuple2_types_rights_types_many_t){a, b};
  return NULL;
}

static wasmtime_error_t *nested(void *data, relay_list_list_u16_t value, relay_list_list_u16_t *result) {
  (void)data;
  COPY_LIST(result, value);
  for (size_t i = 0; i < value.len; i++) COPY_LIST(&result->ptr[i], value.ptr[i]);
  return NULL;
}

static wasmtime_error_t *optional(void *data, const relay_option_option_u32_t *value,
                                  relay_option_option_u32_t *result) {
  (void)data;
  *result = *value;
  return NULL;
}

static wasmtime_error_t *either(void *data, const relay_result_u32_string_t *value,
                                relay_result_u32_string_t *result) {
  (void)data;
  *result = *value;
  if (value->is_err) result->val.err = copy(value->val.err);
  return NULL;
}

static wasmtime_error_t *neither(void *data, const relay_result_void_void_t *value,
                                 relay_result_void_void_t *result) {
  (void)data;
  *result = *value;
  return NULL;
}

static wasmtime_error_t *wrong(void *data, const relay_result_void_types_colour_t *value,
                               relay_result_void_types_colour_t *result) {
  (void)data;
  *result = *value;
  return NULL;
}

static wasmtime_error_t *right(void *data, const relay_result_list_u8_void_t *value,
                               relay_result_list_u8_void_t *result) {
  (void)data;
  *result = *value;
  if (!value->is_err) COPY_LIST(&result->val.ok, value->val.ok);
  return NULL;
}

static wasmtime_error_t *nothing(void *data) {
  ++*(int *)data;
  return NULL;
}

static wasmtime_error_t *successor(void *data, uint32_t number, uint32_t *result) {
  (void)data;
  *result = number + 1;
  return NULL;
}

static int calls_of_nothing;

static const relay_imports_t RELAY_IMPORTS = {
    .data = &calls_of_nothing,
    .echo = {small, large, text, people, shapes, colours, flags2, nested, optional, either, neither, wrong,
             right, nothing},
    .default_ = successor,
};

static void pass_scalars(const relay_t *relay) {
  relay_tuple9_bool_s8_u8_s16_u16_s32_u32_f32_char_t s;
  OK(relay_echo_small(relay, true, -128, 255, -32768, 65535, INT32_MIN, UINT32_MAX, 0.5f, 0x1f600, &s));
  CHECK(s.f0 && s.f1 == -128 && s.f2 == 255 && s.f3 == -32768 && s.f4 == 65535 && s.f5 == INT32_MIN);
  CHECK(s.f6 == UINT32_MAX && s.f7 == 0.5f && s.f8 == 0x1f600);
  relay_tuple3_s64_u64_f64_t l;
  relay_echo_id_t id = UINT64_MAX;
  OK(relay_echo_large(relay, INT64_MIN, id, -1e300, &l));
  CHECK(l.f0 == INT64_MIN && l.f1 == UINT64_MAX && l.f2 == -1e300);
  uint32_t next;
  OK(relay_delete_(relay, 41, &next));
  CHECK(next == 42);
  OK(relay_delete_(relay, 41, NULL));
  OK(relay_echo_nothing(relay));
  CHECK(calls_of_nothing == 1);
}

static void pass_strings(const relay_t *relay) {
  const char *texts[] = {"", "a", "h\xc3\xa9llo \xe2\x9c\x93 \xf0\x9f\x98\x80", "a\nb"};
  wit_string_t got;
  for (size_t i = 0; i < COUNT(texts); i++) {
    OK(relay_echo_text(relay, wit_string(texts[i]), &got));
    CHECK(is(got, texts[i]) && !got.ptr[got.len]);
    wit_string_free(&got);
    CHECK(!got.ptr && !got.len);
  }
  wit_string_t with_nul = {(char *)"a\0b", 3};
  OK(relay_echo_text(relay, with_nul, &got));
  CHECK(got.len == 3 && !memcmp(got.ptr, "a\0b", 3));
  wit_string_free(&got);
}

static void pass_people(const relay_t *relay) {
  wit_string_t tags[] = {wit_string("x"), wit_string("")};
  relay_types_person_t all[] = {
      {.int_ = 7, .name = wit_string("Ada"), .tags = {tags, 2}, .next = {true, {{-1, 2}, 'x'}}},
      {.int_ = 0, .name = wit_string(""), .tags = {NULL, 0}, .next = {.is_some = false}},
  };
  relay_list_types_person_t got;
  OK(relay_echo_people(relay, (relay_list_types_person_t){all, 2}, &got));
  CHECK(got.len == 2 && got.ptr[0].int_ == 7 && is(got.ptr[0].name, "Ada") && got.ptr[0].tags.len == 2);
  CHECK(is(got.ptr[0].tags.ptr[0], "x") && is(got.ptr[0].tags.ptr[1], ""));
  CHECK(got.ptr[0].next.is_some && got.ptr[0].next.val.f0.x == -1 && got.ptr[0].next.val.f0.y == 2);
  CHECK(got.ptr[0].next.val.f1 == 'x');
  CHECK(is(got.ptr[1].name, "") && !got.ptr[1].tags.len && !got.ptr[1].next.is_some);
  relay_list_types_person_free(&got);
}

static void pass_variants(const relay_t *relay) {
  relay_types_point_t points[] = {{1, 2}, {3, 4}};
  relay_types_shape_t all[] = {
      {.tag = RELAY_TYPES_SHAPE_DEFAULT},
      {.tag = RELAY_TYPES_SHAPE_CIRCLE, .val.circle = 1.5},
      {.tag = RELAY_TYPES_SHAPE_POLYGON, .val.polygon = {points, 2}},
      {.tag = RELAY_TYPES_SHAPE_NAMED, .val.named = wit_string("n")},
  };
  relay_list_types_shape_t got;
  OK(relay_echo_shapes(relay, (relay_list_types_shape_t){all, 4}, &got));
  CHECK(got.len == 4 && got.ptr[0].tag == RELAY_TYPES_SHAPE_DEFAULT && got.ptr[1].val.circle == 1.5);
  CHECK(got.ptr[2].tag == RELAY_TYPES_SHAPE_POLYGON && got.ptr[2].val.polygon.len == 2);
  CHECK(got.ptr[2].val.polygon.ptr[1].y == 4 && is(got.ptr[3].val.named, "n"));
  relay_list_types_shape_free(&got);

  relay_types_colour_t colours[] = {RELAY_TYPES_COLOUR_BLUE, RELAY_TYPES_COLOUR_RED};
  relay_list_types_colour_t same;
  OK(relay_echo_colours(relay, (relay_list_types_colour_t){colours, 2}, &same));
  CHECK(same.len == 2 && same.ptr[0] == RELAY_TYPES_COLOUR_BLUE && same.ptr[1] == RELAY_TYPES_COLOUR_RED);
  relay_list_types_colour_free(&same);

  relay_tuple2_types_rights_types_many_t flags;
  relay_types_rights_t rights = RELAY_TYPES_RIGHTS_READ | RELAY_TYPES_RIGHTS_EXECUTE;
  OK(relay_echo_flags2(relay, rights, RELAY_TYPES_MANY_F16 | RELAY_TYPES_MANY_F0, &flags));
  CHECK(flags.f0 == 5 && flags.f1 == 0x10001);
}

static void pass_nested(const relay_t *relay) {
  uint16_t numbers[] = {1, 65535};
  relay_list_u16_t lists[] = {{numbers, 2}, {NULL, 0}};
  relay_list_list_u16_t got;
  OK(relay_echo_nested(relay, (relay_list_list_u16_t){lists, 2}, &got));
  CHECK(got.len == 2 && got.ptr[0].len == 2 && got.ptr[0].ptr[1] == 65535 && !got.ptr[1].len);
  relay_list_list_u16_free(&got);

  relay_option_option_u32_t options[] = {{false, {false, 0}}, {true, {false, 0}}, {true, {true, 3}}};
  for (size_t i = 0; i < COUNT(options); i++) {
    relay_option_option_u32_t option;
    OK(relay_echo_optional(relay, &options[i], &option));
    CHECK(option.is_some == options[i].is_some && option.val.is_some == options[i].val.is_some);
    CHECK(option.val.val == options[i].val.val);
  }
}

static void pass_results(const relay_t *relay) {
  relay_result_u32_string_t either = {.is_err = true, .val.err = wit_string("no")}, got;
  OK(relay_echo_either(relay, &either, &got));
  CHECK(got.is_err && is(got.val.err, "no"));
  relay_result_u32_string_free(&got);
  either = (relay_result_u32_string_t){.is_err = false, .val.ok = 9};
  OK(relay_echo_either(relay, &either, &got));
  CHECK(!got.is_err && got.val.ok == 9);

  relay_result_void_void_t neither = {true}, same;
  OK(relay_echo_neither(relay, &neither, &same));
  CHECK(same.is_err);
  relay_result_void_types_colour_t wrong = {true, {RELAY_TYPES_COLOUR_GREEN}}, colour;
  OK(relay_echo_wrong(relay, &wrong, &colour));
  CHECK(colour.is_err && colour.val.err == RELAY_TYPES_COLOUR_GREEN);
  uint8_t bytes[] = {0, 255};
  relay_result_list_u8_void_t right = {false, {{bytes, 2}}}, list;
  OK(relay_echo_right(relay, &right, &list));
  CHECK(!list.is_err && list.val.ok.len == 2 && list.val.ok.ptr[1] == 255);
  relay_result_list_u8_void_free(&list);
}

// Wasmtime aborts the process for some of these.
static void reject_values(const relay_t *relay) {
  wit_string_t got;
  const char *texts[] = {"\xff", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "a\xe2\x9c", "\xf8\x88\x80\x80\x80"};
  for (size_t i = 0; i < COUNT(texts); i++) {
    check_error(relay_echo_text(relay, wit_string(texts[i]), &got), "a string is not UTF-8");
    CHECK(!got.ptr && !got.len);
  }
  check_error(relay_echo_text(relay, (wit_string_t){NULL, 1}, &got), "a string is null");
  check_error(relay_echo_small(relay, 0, 0, 0, 0, 0, 0, 0, 0, 0xd800, NULL), "Unicode scalar value");
  check_error(relay_echo_small(relay, 0, 0, 0, 0, 0, 0, 0, 0, 0x110000, NULL), "Unicode scalar value");
  check_error(relay_echo_flags2(relay, 8, 0, NULL), "flags have an unknown bit");
  relay_types_colour_t colour = (relay_types_colour_t)3;
  check_error(relay_echo_colours(relay, (relay_list_types_colour_t){&colour, 1}, NULL), "an enum has an unknown case");
  relay_types_shape_t shape = {.tag = 4};
  check_error(relay_echo_shapes(relay, (relay_list_types_shape_t){&shape, 1}, NULL), "a variant has an unknown tag");
  wit_string_t tags[] = {wit_string("fine"), wit_string("\xff")};
  relay_types_person_t person = {.name = wit_string("n"), .tags = {tags, 2}};
  check_error(relay_echo_people(relay, (relay_list_types_person_t){&person, 1}, NULL), "a string is not UTF-8");
}

void test_relay(const wasmtime_component_t *compiled, const wasmtime_component_t *other) {
  relay_component_t *component;
  check_error(relay_component_new(other, &component), "does not export the interface `test:hosts/echo@1.0.0`");
  CHECK(!component);
  OK(relay_component_new(compiled, &component));
  wasmtime_component_linker_t *linker = new_linker(), *incomplete = new_linker();
  relay_imports_t missing = RELAY_IMPORTS;
  missing.echo.people = NULL;
  check_error(relay_link(incomplete, &missing), "the host does not implement the function `people`");
  OK(relay_link(linker, &RELAY_IMPORTS));
  // Two instances, each with its own store.
  for (int i = 0; i < 2; i++) {
    wasmtime_store_t *store = new_store();
    relay_t *relay;
    calls_of_nothing = 0;
    OK(relay_instantiate(component, linker, wasmtime_store_context(store), &relay));
    pass_scalars(relay);
    pass_strings(relay);
    pass_people(relay);
    pass_variants(relay);
    pass_nested(relay);
    pass_results(relay);
    reject_values(relay);
    wit_string_t got;
    const char *failing = i ? "fail" : "invalid";
    check_error(relay_echo_text(relay, wit_string(failing), &got), i ? "the host fails" : "a string is not UTF-8");
    relay_delete(relay);
    wasmtime_store_delete(store);
  }
  wasmtime_component_linker_delete(linker);
  wasmtime_component_linker_delete(incomplete);
  relay_component_delete(component);
}
