/* scan: the scanner and jansson give the same answer, and only wanted members are handed out. */
#include "cmocka_test.h"
#include "scan_agreement.h"
#include "load/fields.h"
#include "load/reference.h"

#include <stdio.h>
#include <stdlib.h>

/* Whether the text is accepted; jansson must agree. */
static bool accepts(const char *text)
{
    return scan_assert_agreement((const uint8_t *)text, strlen(text)) == 1;
}

static void accept__what_python_writes(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "{}",
        " \t\r\n{ } \r\n",
        "{\"a\": NaN, \"b\": Infinity, \"c\": -Infinity}",
        "{\"a\": 100, \"b\": 100.0, \"c\": 1e+22, \"d\": 1E-7, \"e\": -0.0}",
        "{\"a\": 123456789012345678901234567890}",
        "{\"a\": null, \"b\": true, \"c\": false}",
        "\xef\xbb\xbf{\"a\": 1}",
        "{\r\n  \"a\": 1\r\n}\r\n",
        "{\"a\": 1, \"a\": 2}",
        "{\"a\": {\"b\": [1, {\"c\": []}, \"x\"]}}",
        "{\"\\u00e9\\ud83d\\ude00\": \"\\u0000\\\"\\\\\\/\\b\\f\\n\\r\\t\"}",
        "{\"\": \"caf\xc3\xa9 \xe6\x97\xa5 \xf0\x9f\x98\x80 \x7f\"}",
        "{\"a\": 1.7976931348623157e308, \"b\": 5e-324, \"c\": 1e-999}",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        assert_true(accepts(texts[i]));
}

static void refuse__what_is_not_json(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        " ",
        "{",
        "}",
        "[1]",
        "1",
        "\"x\"",
        "null",
        "NaN",
        "{\"a\": 1",
        "{\"a\": 1}}",
        "{\"a\": 1} x",
        "{\"a\": 1,}",
        "{,}",
        "{\"a\"}",
        "{\"a\" 1}",
        "{\"a\":}",
        "{\"a\": 1 \"b\": 2}",
        "{\"a\": [1,]}",
        "{\"a\": [1}",
        "{a: 1}",
        "{'a': 1}",
        "{\"a\": 01}",
        "{\"a\": -}",
        "{\"a\": +1}",
        "{\"a\": .5}",
        "{\"a\": 1.}",
        "{\"a\": 1e}",
        "{\"a\": 0x10}",
        "{\"a\": 1e999}",
        "{\"a\": [1e999]}",
        "{\"a\": nan}",
        "{\"a\": -NaN}",
        "{\"a\": NaNs}",
        "{\"a\": tru}",
        "{\"a\": True}",
        "{\"a\": None}",
        "{\"a\": \"\n\"}",
        "{\"a\": \"\x01\"}",
        "{\"a\": \"\\x\"}",
        "{\"a\": \"\\u12\"}",
        "{\"a\": \"\\ud800\"}",
        "{\"a\": \"\\ud800\\u0041\"}",
        "{\"a\": \"\\udc00\"}",
        "{\"a\": \"x}",
        "{\"a\": \"x\\",
        "{\"a\\u0000\": 1}",
        "{\"a\": \"\xff\"}",
        "{\"a\": \"\xc0\xaf\"}",
        "{\"a\": \"\xed\xa0\x80\"}",
        "{\"a\": \"\xf4\x90\x80\x80\"}",
        "{\"a\": \"\xe2\x82\"}",
        "{\"a\": 1} // comment",
        "\xef\xbb\xbf\xef\xbb\xbf{}",
        "\xff\xfe{\0}\0",
        "version https://git-lfs.github.com/spec/v1\n",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        assert_false(accepts(texts[i]));
}

/* An object or array with `depth` containers around the number 1. */
static char *nested(char open, char close, int depth)
{
    size_t unit = open == '[' ? 1 : 5;
    char *text = calloc(1, 16 + (size_t)depth * (unit + 1)), *p = text;
    assert_non_null(text);
    p += sprintf(p, "{\"a\":");
    for (int i = 1; i < depth; i++)
        p += sprintf(p, open == '[' ? "[" : "{\"a\":");
    *p++ = '1';
    for (int i = 1; i < depth; i++)
        *p++ = close;
    *p = '}';
    return text;
}

static void depth__limit_is_jansson_s(void **state)
{
    (void)state;
    for (int arrays = 0; arrays < 2; arrays++) {
        for (int depth = EC_SCAN_MAX_DEPTH - 3; depth < EC_SCAN_MAX_DEPTH + 3; depth++) {
            char *text = arrays ? nested('[', ']', depth) : nested('{', '}', depth);
            assert_int_equal(accepts(text), depth < EC_SCAN_MAX_DEPTH);
            free(text);
        }
    }
    char *text = nested('[', ']', 10000);
    assert_false(accepts(text));
    free(text);
}

static uint32_t next_random(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

/* Many small changes to a text with everything in it; some of the results are JSON, most are not.
 */
static void mutations__agree(void **state)
{
    (void)state;
    static const char text[] =
        "\xef\xbb\xbf{\"a\": {\"b\": 1, \"c.d\": [1, {\"e\": NaN}]},\r\n\"a\":"
        " -1.5e-3, \"\\u0061\": \"\\ud83d\\ude00\xc3\xa9\\n\", \"f\": {\"g\":"
        " {\"h\": Infinity}}, \"f\": null, \"i\": [], \"j\": true, \"k\": {}}"
        "\0{\"a\": {\"b\": 12345678901234567890}, \"a\": -0, \"f\": \"x\"}";
    static const char pieces[] = "\"\\{}[]:,.-+eE0129 \n\tutfnNI\x80\xc3\xed\xf4\xff";
    uint32_t random = 2463534242u;
    char work[sizeof text + 8];
    for (int round = 0; round < 30000; round++) {
        size_t length = sizeof text - 1;
        memcpy(work, text, length);
        for (uint32_t changes = 1 + next_random(&random) % 3; changes > 0; changes--) {
            size_t at = next_random(&random) % length;
            if (next_random(&random) % 3 == 0)
                memmove(work + at, work + at + 1, --length - at);
            else
                work[at] = pieces[next_random(&random) % (sizeof pieces - 1)];
        }
        scan_assert_agreement((const uint8_t *)work, length);
    }
}

/* ---- What is handed out ---- */

struct scanned {
    struct ec_runset *runset;
    struct ec_load_options options;
    struct ec_scanner *scanner;
    struct ec_keys keys;
    struct ec_fields fields;
};

static void scanned_init(struct scanned *scanned, const char *const *keys, size_t key_count)
{
    *scanned = (struct scanned){.runset = ec_runset_new(), .scanner = ec_scanner_new()};
    scanned->options.keys = keys;
    scanned->options.key_count = key_count;
    ec_keys_init(&scanned->keys, &scanned->options, scanned->runset, false);
    ec_fields_init(&scanned->fields, &scanned->keys);
}

static void scanned_free(struct scanned *scanned)
{
    ec_fields_free(&scanned->fields);
    ec_keys_free(&scanned->keys);
    ec_scanner_free(scanned->scanner);
    ec_runset_free(scanned->runset);
}

static void scan_text(struct scanned *scanned, const char *text)
{
    char padded[1024] = "";
    size_t length = strlen(text);
    assert_true(length + EC_SCAN_PADDING <= sizeof padded);
    memcpy(padded, text, length);
    ec_fields_begin(&scanned->fields);
    const struct ec_scan_sink sink = ec_fields_sink(&scanned->fields);
    assert_true(ec_scan(scanned->scanner, padded, length, &sink));
    ec_fields_end(&scanned->fields, false);
}

/* The field of a key; NULL when the record has none. */
static const struct ec_field *field(const struct scanned *scanned, const char *key)
{
    uint32_t column;
    if (!ec_runset_find_column(scanned->runset, ec_str(key), &column))
        return NULL;
    for (size_t i = 0; i < scanned->fields.field_count; i++)
        if (scanned->fields.fields[i].column == column)
            return &scanned->fields.fields[i];
    return NULL;
}

static int64_t integer(const struct scanned *scanned, const char *key)
{
    assert_non_null(field(scanned, key));
    assert_int_equal(field(scanned, key)->value.kind, EC_INT);
    return field(scanned, key)->value.i;
}

static void fields__nested_objects_have_dotted_keys(void **state)
{
    (void)state;
    struct scanned scanned;
    scanned_init(&scanned, NULL, 0);
    scan_text(&scanned, "{\"a\": {\"b\": {\"c\": 1}, \"d\": 2}, \"e\": [3], \"f.g\": 4}");
    assert_int_equal(scanned.fields.field_count, 3);
    assert_int_equal(integer(&scanned, "a.b.c"), 1);
    assert_int_equal(integer(&scanned, "a.d"), 2);
    assert_int_equal(integer(&scanned, "f.g"), 4);
    scanned_free(&scanned);
}

static void fields__last_duplicate_wins(void **state)
{
    (void)state;
    struct scanned scanned;
    scanned_init(&scanned, NULL, 0);
    scan_text(&scanned, "{\"a\": 1, \"a\": 2}");
    assert_int_equal(integer(&scanned, "a"), 2);
    scan_text(&scanned, "{\"a\": {\"b\": 1}, \"a\": 3}");
    assert_null(field(&scanned, "a.b"));
    assert_int_equal(integer(&scanned, "a"), 3);
    scan_text(&scanned, "{\"a\": 3, \"a\": {\"b\": 1, \"c\": 2}, \"a\": {\"c\": 4}}");
    assert_null(field(&scanned, "a"));
    assert_null(field(&scanned, "a.b"));
    assert_int_equal(integer(&scanned, "a.c"), 4);
    scan_text(&scanned, "{\"a\": {\"b\": 1}, \"a\": [1]}");
    assert_int_equal(scanned.fields.field_count, 0);
    scan_text(&scanned, "{\"x\": {\"a\": {\"b\": 1}}, \"x\": {\"a\": {}}}");
    assert_int_equal(scanned.fields.field_count, 0);
    scanned_free(&scanned);
}

static void fields__only_wanted_keys(void **state)
{
    (void)state;
    static const char *const keys[] = {"total_steps", "trainer.*", "x.y"};
    struct scanned scanned;
    scanned_init(&scanned, keys, 3);
    for (int again = 0; again < 2; again++) { /* the second time keys are remembered */
        scan_text(&scanned,
                  "{\"total_steps\": 1, \"other\": 2, \"trainer\": {\"lr\": 3, \"o\": {\"p\":"
                  " 4}}, \"x\": {\"z\": 5, \"y\": 6}, \"w\": {\"total_steps\": 7}}");
        assert_int_equal(scanned.fields.field_count, 4);
        assert_int_equal(integer(&scanned, "total_steps"), 1);
        assert_int_equal(integer(&scanned, "trainer.lr"), 3);
        assert_int_equal(integer(&scanned, "trainer.o.p"), 4);
        assert_int_equal(integer(&scanned, "x.y"), 6);
    }
    /* What was no object before, and was not wanted, must be found when it is one. */
    scan_text(&scanned, "{\"x\": 1, \"other\": 2}");
    scan_text(&scanned, "{\"x\": {\"y\": 1}, \"other\": 2, \"x\": 3}");
    assert_int_equal(scanned.fields.field_count, 0);
    scanned_free(&scanned);
}

static void fields__values_keep_their_kind(void **state)
{
    (void)state;
    struct scanned scanned;
    scanned_init(&scanned, NULL, 0);
    scan_text(&scanned, "{\"i\": -9223372036854775808, \"r\": 245.32, \"w\": 100.0, \"b\": true, "
                        "\"s\": \"a\\u0000\\u00e9\", \"n\": null, \"x\": NaN, \"y\": -Infinity, "
                        "\"big\": 9223372036854775808}");
    assert_true(integer(&scanned, "i") == INT64_MIN);
    assert_true(field(&scanned, "r")->value.kind == EC_REAL);
    assert_true(field(&scanned, "r")->value.d == 245.32);
    assert_int_equal(field(&scanned, "w")->value.kind, EC_REAL);
    assert_true(field(&scanned, "b")->value.kind == EC_BOOL && field(&scanned, "b")->value.b);
    assert_int_equal(field(&scanned, "s")->value.text_length, 4);
    assert_memory_equal(field(&scanned, "s")->value.text, "a\0\xc3\xa9", 4);
    assert_int_equal(field(&scanned, "n")->value.kind, EC_MISSING);
    assert_int_equal(field(&scanned, "x")->value.kind, EC_MISSING);
    assert_int_equal(field(&scanned, "y")->value.kind, EC_MISSING);
    assert_int_equal(field(&scanned, "big")->value.kind, EC_REAL);
    assert_true(field(&scanned, "big")->value.d == 9223372036854775808.0);
    scanned_free(&scanned);
}

static void fields__zero_means_unmeasured_only_without_schema_version(void **state)
{
    (void)state;
    struct scanned scanned;
    scanned_init(&scanned, NULL, 0);
    scan_text(&scanned, "{\"tokens_per_second\": 0, \"total_steps\": 0.0, \"mine\": 0, "
                        "\"lmcleaner_total_hvp_calls\": 0, \"requires_retain_set\": false}");
    assert_int_equal(field(&scanned, "tokens_per_second")->value.kind, EC_MISSING);
    assert_true(field(&scanned, "tokens_per_second")->zero_dropped);
    assert_true(field(&scanned, "total_steps")->zero_dropped);
    assert_int_equal(integer(&scanned, "mine"), 0);
    assert_int_equal(integer(&scanned, "lmcleaner_total_hvp_calls"), 0);
    assert_int_equal(field(&scanned, "requires_retain_set")->value.kind, EC_BOOL);
    scan_text(&scanned, "{\"tokens_per_second\": 0, \"schema_version\": 1}");
    assert_int_equal(integer(&scanned, "tokens_per_second"), 0);
    scanned_free(&scanned);
}

static void reference__message_has_line_and_column(void **state)
{
    (void)state;
    json_error_t error;
    static const char text[] = "\xef\xbb\xbf{\"a\": NaN,\n \"b\": -Infinity, x}";
    assert_null(ec_reference_parse(text, sizeof text - 1, &error));
    assert_int_equal(error.line, 2);
    assert_int_equal(error.column, 18);
    assert_string_equal(error.text, "string or '}' expected near 'x'");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accept__what_python_writes),
        cmocka_unit_test(refuse__what_is_not_json),
        cmocka_unit_test(depth__limit_is_jansson_s),
        cmocka_unit_test(mutations__agree),
        cmocka_unit_test(fields__nested_objects_have_dotted_keys),
        cmocka_unit_test(fields__last_duplicate_wins),
        cmocka_unit_test(fields__only_wanted_keys),
        cmocka_unit_test(fields__values_keep_their_kind),
        cmocka_unit_test(fields__zero_means_unmeasured_only_without_schema_version),
        cmocka_unit_test(reference__message_has_line_and_column),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
