/* Fuzz target: the metrics that are read from any bytes are those that jansson sees there. */
#include "base/memory.h"
#include "load/summary.h"

#include <math.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

/* The value that a member's metric has; NULL: none. */
static const json_t *metric_value(const json_t *member)
{
    if (json_is_object(member))
        member = json_object_get(member, "agg_value");
    return json_is_object(member) || json_is_array(member) ? NULL : member;
}

static bool is_same(struct ec_value value, const json_t *json)
{
    switch (value.kind) {
    case EC_INT:
    case EC_REAL:
        return json_is_number(json) && ec_value_number(value) == json_number_value(json);
    case EC_BOOL:
        return json_is_boolean(json) && value.b == json_is_true(json);
    case EC_STR:
        return json_is_string(json) &&
               ec_str_equal(ec_value_text(value),
                            (struct ec_str){json_string_value(json), json_string_length(json)});
    case EC_MISSING:
        break;
    }
    return false;
}

/* NaN and the infinities are missing, but jansson was shown zeros for them. */
static bool is_absent(const json_t *json)
{
    return !json || json_is_null(json) || (json_is_real(json) && json_real_value(json) == 0);
}

static void compare(struct ec_runset *runset, const struct ec_fields *fields, json_t *json)
{
    const char *key;
    json_t *member;
    json_object_foreach(json, key, member)
    {
        uint32_t column = ec_runset_column(runset, ec_str(key));
        const json_t *expected = metric_value(member);
        struct ec_value value = ec_value_missing();
        for (size_t i = 0; i < fields->field_count; i++)
            if (fields->fields[i].column == column)
                value = fields->fields[i].value;
        if (value.kind == EC_MISSING ? !is_absent(expected) : !is_same(value, expected))
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    static const char *const patterns[] = {"*"};
    struct ec_runset *runset = ec_runset_new();
    struct ec_summary *summary = ec_summary_new(runset, patterns, 1);
    struct ec_fields fields = {0};
    char *text = ec_calloc(length + EC_SCAN_PADDING, 1);
    if (length > 0)
        memcpy(text, bytes, length);
    json_error_t error, reason;
    bool accepted = ec_summary_read(summary, text, length, ec_str(""), &fields, &error);
    json_t *json = ec_reference_parse(text, length, &reason);
    if (accepted != json_is_object(json) || (!accepted && fields.field_count > 0))
        abort();
    if (accepted)
        compare(runset, &fields, json);
    json_decref(json);
    free(text);
    ec_fields_free(&fields);
    ec_summary_free(summary);
    ec_runset_free(runset);
    return 0;
}
