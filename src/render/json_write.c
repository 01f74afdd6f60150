#include "render/json_write.h"

#include "base/utf8.h"
#include "table/format.h"

#include <inttypes.h>
#include <math.h>
#include <time.h>

static struct ec_json begin(struct ec_out *out, int indent, char start, char end)
{
    ec_out_char(out, start);
    return (struct ec_json){.out = out, .indent = indent, .end = end};
}

struct ec_json ec_json_object(struct ec_out *out, int indent)
{
    return begin(out, indent, '{', '}');
}

struct ec_json ec_json_array(struct ec_out *out, int indent)
{
    return begin(out, indent, '[', ']');
}

void ec_json_item(struct ec_json *array)
{
    if (array->any)
        ec_out_char(array->out, ',');
    if (array->indent != EC_JSON_INLINE) {
        ec_out_char(array->out, '\n');
        ec_out_fill(array->out, ' ', (size_t)array->indent);
    } else if (array->any) {
        ec_out_char(array->out, ' ');
    }
    array->any = true;
}

void ec_json_key(struct ec_json *object, struct ec_str key)
{
    ec_json_item(object);
    ec_json_string(object->out, key);
    ec_out_text(object->out, ": ");
}

void ec_json_member(struct ec_json *object, const char *key)
{
    ec_json_key(object, ec_str(key));
}

void ec_json_end(struct ec_json *json)
{
    enum { INDENT_STEP = 2 };
    if (json->any && json->indent != EC_JSON_INLINE) {
        ec_out_char(json->out, '\n');
        ec_out_fill(json->out, ' ', (size_t)(json->indent - INDENT_STEP));
    }
    ec_out_char(json->out, json->end);
}

/* As \uXXXX, or a pair of surrogates. */
static void write_escape(struct ec_out *out, int32_t code)
{
    unsigned unit = (unsigned)code;
    if (code >= 0x10000) {
        ec_out_printf(out, "\\u%04x", 0xd800 + ((unit - 0x10000) >> 10));
        unit = 0xdc00 + (unit & 0x3ff);
    }
    ec_out_printf(out, "\\u%04x", unit);
}

static void write_code(struct ec_out *out, int32_t code, struct ec_str bytes)
{
    static const char *const named[] = {
        ['\b'] = "\\b", ['\t'] = "\\t", ['\n'] = "\\n", ['\f'] = "\\f", ['\r'] = "\\r"};

    if (code < 0)
        ec_out_text(out, "\xef\xbf\xbd");
    else if (code == '"' || code == '\\')
        ec_out_printf(out, "\\%c", (char)code);
    else if (code <= '\r' && named[code])
        ec_out_text(out, named[code]);
    else if (code == '<' || !ec_utf8_is_harmless(bytes)) /* markup; what would upset a terminal */
        write_escape(out, code);
    else
        ec_out_str(out, bytes);
}

static bool is_plain(unsigned char byte)
{
    return byte >= 0x20 && byte < 0x7f && byte != '"' && byte != '\\' && byte != '<';
}

void ec_json_string(struct ec_out *out, struct ec_str text)
{
    ec_out_char(out, '"');
    for (size_t at = 0; at < text.len;) {
        size_t start = at;
        while (at < text.len && is_plain((unsigned char)text.ptr[at]))
            at++;
        ec_out_bytes(out, text.ptr + start, at - start);
        if (at == text.len)
            break;
        struct ec_str rest = {text.ptr + at, text.len - at};
        int32_t code;
        size_t length = ec_utf8_decode(rest, &code);
        write_code(out, code, (struct ec_str){rest.ptr, length});
        at += length;
    }
    ec_out_char(out, '"');
}

void ec_json_text(struct ec_out *out, const char *text)
{
    if (text)
        ec_json_string(out, ec_str(text));
    else
        ec_out_text(out, "null");
}

void ec_json_number(struct ec_out *out, double number)
{
    if (isfinite(number))
        ec_format_cell_exact(out, ec_value_real(number));
    else
        ec_out_text(out, "null");
}

void ec_json_bool(struct ec_out *out, bool truth)
{
    ec_out_text(out, truth ? "true" : "false");
}

void ec_json_value(struct ec_out *out, struct ec_value value)
{
    switch (value.kind) {
    case EC_MISSING:
        ec_out_text(out, "null");
        break;
    case EC_BOOL:
        ec_json_bool(out, value.b);
        break;
    case EC_INT:
        ec_out_printf(out, "%" PRId64, value.i);
        break;
    case EC_REAL:
        ec_json_number(out, value.d);
        break;
    case EC_STR:
        ec_json_string(out, ec_value_text(value));
        break;
    }
}

void ec_json_time(struct ec_out *out, int64_t nanoseconds)
{
    enum { SECOND = 1000000000, FIRST_YEAR = 1900 };
    time_t seconds = nanoseconds / SECOND;
    int64_t rest = nanoseconds % SECOND;
    if (rest < 0) {
        seconds--;
        rest += SECOND;
    }
    struct tm tm;
    gmtime_r(&seconds, &tm); /* 64 bits of nanoseconds are the years 1677 to 2262 */
    ec_out_printf(out, "\"%04d-%02d-%02dT%02d:%02d:%02d.%09" PRId64 "Z\"", tm.tm_year + FIRST_YEAR,
                  tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, rest);
}

void ec_json_hex(struct ec_out *out, struct ec_str bytes)
{
    ec_out_char(out, '"');
    for (size_t i = 0; i < bytes.len; i++)
        ec_out_printf(out, "%02x", (unsigned char)bytes.ptr[i]);
    ec_out_char(out, '"');
}
