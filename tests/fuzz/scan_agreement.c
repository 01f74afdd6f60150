#include "scan_agreement.h"

#include "load/fields.h"
#include "load/reference.h"

#include <stdio.h>
#include <stdlib.h>

struct agreement {
    struct ec_runset *runset;
    struct ec_load_options options;
    struct ec_scanner *scanner;
    struct ec_keys scan_keys, reference_keys;
    struct ec_fields scanned, referred;
    struct ec_scanner *skipping; /* wants nothing */
};

/* `options` decide which keys are wanted. */
static void agreement_init(struct agreement *agreement)
{
    *agreement = (struct agreement){
        .runset = ec_runset_new(), .scanner = ec_scanner_new(), .skipping = ec_scanner_new()};
    ec_keys_init(&agreement->scan_keys, &agreement->options, agreement->runset, false);
    ec_keys_init(&agreement->reference_keys, &agreement->options, agreement->runset, false);
    ec_fields_init(&agreement->scanned, &agreement->scan_keys);
    ec_fields_init(&agreement->referred, &agreement->reference_keys);
}

static void agreement_free(struct agreement *agreement)
{
    ec_fields_free(&agreement->scanned);
    ec_fields_free(&agreement->referred);
    ec_keys_free(&agreement->scan_keys);
    ec_keys_free(&agreement->reference_keys);
    ec_scanner_free(agreement->scanner);
    ec_scanner_free(agreement->skipping);
    ec_runset_free(agreement->runset);
}

static void differ(const char *what, const char *text, size_t length)
{
    fprintf(stderr, "%s: ", what);
    fwrite(text, 1, length, stderr);
    fputc('\n', stderr);
    abort();
}

static double as_number(struct ec_value value)
{
    return value.kind == EC_MISSING ? 0 : ec_value_number(value);
}

/* NaN and infinity are missing for the scanner and zero for jansson (load/reference.h). */
static int value_compare(struct ec_value a, struct ec_value b, bool has_words)
{
    bool number_a = ec_value_is_number(a) || (has_words && a.kind == EC_MISSING);
    bool number_b = ec_value_is_number(b) || (has_words && b.kind == EC_MISSING);
    if (number_a && number_b)
        return (as_number(a) > as_number(b)) - (as_number(a) < as_number(b));
    if (number_a || number_b)
        return number_a - number_b;
    if (a.kind != b.kind)
        return (int)a.kind - (int)b.kind;
    if (a.kind == EC_BOOL)
        return a.b - b.b;
    if (a.kind != EC_STR)
        return 0;
    if (a.text_length != b.text_length)
        return a.text_length < b.text_length ? -1 : 1;
    return memcmp(a.text, b.text, a.text_length);
}

static int field_compare(const void *a, const void *b, void *context)
{
    const struct ec_field *field_a = a, *field_b = b;
    if (field_a->column != field_b->column)
        return field_a->column < field_b->column ? -1 : 1;
    return value_compare(field_a->value, field_b->value, *(const bool *)context);
}

static void sort_fields(struct ec_fields *fields, bool has_words)
{
    ec_fields_end(fields, true);
    if (fields->field_count > 0)
        qsort_r(fields->fields, fields->field_count, sizeof *fields->fields, field_compare,
                &has_words);
}

/* Both accepted text[0..length): the fields must be the same. */
static void assert_same_fields(struct agreement *agreement, const char *text, size_t length)
{
    bool has_words = memmem(text, length, "NaN", 3) || memmem(text, length, "Infinity", 8);
    struct ec_fields *scanned = &agreement->scanned, *referred = &agreement->referred;
    sort_fields(scanned, has_words);
    sort_fields(referred, has_words);
    if (scanned->field_count != referred->field_count)
        differ("number of fields differs", text, length);
    for (size_t i = 0; i < scanned->field_count; i++)
        if (field_compare(&scanned->fields[i], &referred->fields[i], &has_words) != 0)
            differ("field differs", text, length);
}

static uint32_t want_no_key(void *context, uint32_t parent, struct ec_str key)
{
    (void)context, (void)parent, (void)key;
    return EC_SCAN_SKIP;
}

static uint32_t want_no_container(void *context, uint32_t parent, struct ec_str key, bool is_array)
{
    (void)context, (void)parent, (void)key, (void)is_array;
    return EC_SCAN_SKIP;
}

/* text is followed by EC_SCAN_PADDING NULs. */
static bool assert_agreement(struct agreement *agreement, const char *text, size_t length)
{
    ec_fields_begin(&agreement->scanned);
    struct ec_scan_sink sink = ec_fields_sink(&agreement->scanned);
    bool accepted = ec_scan(agreement->scanner, text, length, &sink);

    const struct ec_scan_sink nothing = {NULL, want_no_key, NULL, want_no_container};
    if (ec_scan(agreement->skipping, text, length, &nothing) != accepted)
        differ("what is wanted decides about acceptance", text, length);

    json_error_t error;
    json_t *json = ec_reference_parse(text, length, &error);
    if (accepted != (json_is_object(json) != 0))
        differ(accepted ? "jansson refuses" : "the scanner refuses", text, length);
    if (accepted) {
        ec_fields_begin(&agreement->referred);
        sink = ec_fields_sink(&agreement->referred);
        ec_reference_replay(json, &sink);
        assert_same_fields(agreement, text, length);
    }
    json_decref(json);
    return accepted;
}

int scan_assert_agreement(const uint8_t *bytes, size_t length)
{
    struct agreement agreement;
    agreement_init(&agreement);
    int accepted = 0;
    for (size_t start = 0; start <= length;) {
        const uint8_t *end = start < length ? memchr(bytes + start, '\0', length - start) : NULL;
        size_t count = end ? (size_t)(end - bytes) - start : length - start;
        char *text = calloc(1, count + EC_SCAN_PADDING); /* so that sanitizers see its end */
        if (!text)
            abort();
        if (count > 0)
            memcpy(text, bytes + start, count);
        accepted += assert_agreement(&agreement, text, count);
        free(text);
        start += count + 1;
    }
    agreement_free(&agreement);
    return accepted;
}
