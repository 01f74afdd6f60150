#include "effrecord/settings.h"

#include "record/facts.h"
#include "record/handover.h"

#include <stdlib.h>
#include <string.h>

int effrecord_method_check(const char *name, struct ec_error *error)
{
    if (!effrec_is_utf8(name) || strlen(name) >= EFFREC_METHOD_MAX)
        return ec_error_set(error, "a method is a name of at most %d bytes of UTF-8",
                            EFFREC_METHOD_MAX - 1);
    return 0;
}

/* Numbers, true and false are those of JSON. NULL: out of memory, of which jansson says nothing; of
 * a long string it would even take a part. */
static json_t *value_of(const char *text)
{
    if (strchr(text, '"'))
        return json_string(text);
    json_error_t error = {0};
    json_t *value = json_loads(text, JSON_DECODE_ANY, &error);
    if (json_is_number(value) || json_is_boolean(value) || (!value && error.text[0] == '\0'))
        return value;
    json_decref(value);
    return json_string(text);
}

int effrecord_setting_read(const char *text, json_t *values, struct ec_error *error)
{
    const char *equals = strchr(text, '=');
    if (!equals)
        return ec_error_set(error, "'%s' is not KEY=VALUE", text);
    if (!effrec_is_utf8(text))
        return ec_error_set(error, "the text is not UTF-8");
    char *key = strndup(text, (size_t)(equals - text));
    if (!key)
        return ec_error_set(error, "out of memory");
    int rc = effrec_check_key(key) == 0 ? 0 : ec_error_set(error, "'%s' cannot be set", key);
    if (rc == 0 && json_object_set_new(values, key, value_of(equals + 1)) < 0)
        rc = ec_error_set(error, "out of memory");
    free(key);
    return rc;
}
