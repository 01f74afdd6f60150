#include "ranks/json_build.h"

static void check(json_t **built, int rc)
{
    if (rc == 0)
        return;
    json_decref(*built);
    *built = NULL;
}

void ec_json_set(json_t **object, const char *key, json_t *value)
{
    check(object, json_object_set_new(*object, key, value));
}

void ec_json_set_missing(json_t **object, const json_t *from)
{
    const char *key;
    json_t *value;
    check(object, from ? 0 : -1);
    json_object_foreach((json_t *)from, key, value) if (*object && !json_object_get(*object, key))
        ec_json_set(object, key, json_incref(value));
}

void ec_json_append(json_t **array, json_t *value)
{
    check(array, json_array_append_new(*array, value));
}
