/* Writes JSON: text that any parser reads, whatever bytes a name or a value holds.
 *
 * Everything is ASCII where it could do harm: control characters, the two line separators that
 * JavaScript knows and '<' are written as \u escapes, so the same text is safe in a terminal and
 * inside an HTML page's <script>. Other characters stay as they are, in UTF-8.
 */
#ifndef EC_RENDER_JSON_WRITE_H
#define EC_RENDER_JSON_WRITE_H

#include "base/out.h"

/* An object or an array that is being written; the caller writes each value after its key. */
struct ec_json {
    struct ec_out *out;
    int indent; /* blanks before each member on a line of its own; EC_JSON_INLINE: one line */
    bool any;   /* a member was written */
    char end;
};
enum { EC_JSON_INLINE = -1 };

struct ec_json ec_json_object(struct ec_out *out, int indent);
struct ec_json ec_json_array(struct ec_out *out, int indent);
/* What stands before the next value. */
void ec_json_key(struct ec_json *object, struct ec_str key);
void ec_json_member(struct ec_json *object, const char *key);
void ec_json_item(struct ec_json *array);
void ec_json_end(struct ec_json *json);

/* Bytes that are not UTF-8 come out as U+FFFD each. */
void ec_json_string(struct ec_out *out, struct ec_str text);
/* NULL: null. */
void ec_json_text(struct ec_out *out, const char *text);
/* null when it is not finite. */
void ec_json_number(struct ec_out *out, double number);
void ec_json_bool(struct ec_out *out, bool truth);
/* Exact: reals with a decimal point or an exponent, integers without, missing as null. */
void ec_json_value(struct ec_out *out, struct ec_value value);
/* "2025-01-31T23:59:59.123456789Z". */
void ec_json_time(struct ec_out *out, int64_t nanoseconds);
/* Each byte as two hexadecimal digits, as a string. */
void ec_json_hex(struct ec_out *out, struct ec_str bytes);

#endif
