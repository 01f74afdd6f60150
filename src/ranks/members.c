#include "ranks/members.h"

#include <string.h>

enum { SEGMENT_MAX = 128 };

/* Copies the segment before the first dot; returns the rest, or NULL when it was the last. */
static const char *cut_segment(const char *path, char *ret_segment)
{
    const char *dot = strchr(path, '.');
    size_t length = dot ? (size_t)(dot - path) : strlen(path);
    if (length >= SEGMENT_MAX)
        length = SEGMENT_MAX - 1;
    memcpy(ret_segment, path, length);
    ret_segment[length] = '\0';
    return dot ? dot + 1 : NULL;
}

const json_t *ec_member(const json_t *object, const char *path)
{
    char segment[SEGMENT_MAX];
    while (path && object) {
        path = cut_segment(path, segment);
        object = json_object_get(object, segment);
    }
    return object;
}

const char *ec_member_text(const json_t *object, const char *path)
{
    return json_string_value(ec_member(object, path));
}

double ec_member_number(const json_t *object, const char *path)
{
    return json_number_value(ec_member(object, path));
}

int64_t ec_member_integer(const json_t *object, const char *path)
{
    return json_integer_value(ec_member(object, path));
}

int ec_member_set(json_t *object, const char *path, json_t *value)
{
    char segment[SEGMENT_MAX];
    for (;;) {
        path = cut_segment(path, segment);
        if (!path)
            return json_object_set_new(object, segment, value);
        json_t *inner = json_object_get(object, segment);
        if (!json_is_object(inner)) {
            inner = json_object();
            if (json_object_set_new(object, segment, inner) < 0) {
                json_decref(value);
                return -1;
            }
        }
        object = inner;
    }
}

void ec_member_delete(json_t *object, const char *path)
{
    char segment[SEGMENT_MAX];
    while ((path = cut_segment(path, segment)))
        object = json_object_get(object, segment);
    json_object_del(object, segment);
}

json_t *ec_number_sum(const json_t *a, const json_t *b)
{
    json_int_t sum;
    if (json_is_integer(a) && json_is_integer(b) &&
        !__builtin_add_overflow(json_integer_value(a), json_integer_value(b), &sum))
        return json_integer(sum);
    return json_real(json_number_value(a) + json_number_value(b));
}

bool ec_number_less(const json_t *a, const json_t *b)
{
    if (json_is_integer(a) && json_is_integer(b))
        return json_integer_value(a) < json_integer_value(b);
    return json_number_value(a) < json_number_value(b);
}
