/* A value of one key of one run, and text with a length.
 *
 * Both are passed by value and own nothing: text points into whatever holds it (an arena, a
 * record's bytes), which must outlive it.
 */
#ifndef EC_BASE_VALUE_H
#define EC_BASE_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Text of any bytes: it may hold NULs, control characters and invalid UTF-8, and need not end in
 * NUL. */
struct ec_str {
    const char *ptr;
    size_t len;
};

static inline struct ec_str ec_str(const char *text)
{
    return (struct ec_str){text, strlen(text)};
}

static inline bool ec_str_equal(struct ec_str a, struct ec_str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

static inline bool ec_str_begins(struct ec_str text, const char *start)
{
    size_t length = strlen(start);
    return text.len >= length && memcmp(text.ptr, start, length) == 0;
}

/* Whether the text ends so, with something before it. */
static inline bool ec_str_ends(struct ec_str text, const char *end)
{
    size_t length = strlen(end);
    return text.len > length && memcmp(text.ptr + text.len - length, end, length) == 0;
}

enum ec_kind {
    EC_MISSING, /* not measured; shown as "-", never as 0, and never ranked */
    EC_INT,
    EC_REAL, /* always finite */
    EC_BOOL,
    EC_STR,
};

/* 16 bytes, so that it is passed in registers. */
struct ec_value {
    enum ec_kind kind;
    uint32_t text_length;
    union {
        int64_t i;
        double d;
        bool b;
        const char *text;
    };
};

static inline struct ec_value ec_value_missing(void)
{
    return (struct ec_value){.kind = EC_MISSING};
}

static inline struct ec_value ec_value_int(int64_t i)
{
    return (struct ec_value){.kind = EC_INT, .i = i};
}

static inline struct ec_value ec_value_real(double d)
{
    return (struct ec_value){.kind = EC_REAL, .d = d};
}

static inline struct ec_value ec_value_bool(bool b)
{
    return (struct ec_value){.kind = EC_BOOL, .b = b};
}

/* The text must be shorter than 4 GiB. */
static inline struct ec_value ec_value_str(struct ec_str text)
{
    return (struct ec_value){.kind = EC_STR, .text_length = (uint32_t)text.len, .text = text.ptr};
}

/* Only for texts. */
static inline struct ec_str ec_value_text(struct ec_value value)
{
    return (struct ec_str){value.text, value.text_length};
}

static inline bool ec_value_is_number(struct ec_value value)
{
    return value.kind == EC_INT || value.kind == EC_REAL;
}

/* The value as a double; only for numbers. */
static inline double ec_value_number(struct ec_value value)
{
    return value.kind == EC_INT ? (double)value.i : value.d;
}

#endif
