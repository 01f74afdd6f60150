/* Nearly all names are plain ASCII, where every byte is one column: each function takes that case
 * first, in a loop without calls. The Unicode data is utf8proc's, so that the answer depends
 * neither on the locale nor on the C library.
 */
#include "base/utf8.h"

#include <stdio.h>
#include <utf8proc.h>

enum { ESCAPE_MAX = 16 };

static bool byte_is_plain(unsigned char byte)
{
    return byte >= 0x20 && byte < 0x7f;
}

/* Whether eight bytes are printable ASCII. Where none has its high bit set, adding 1 sets that of
 * 0x7f only, and subtracting from 0x80 + byte leaves it where the byte is at least 0x20. */
static bool eight_are_plain(const char *bytes)
{
    const uint64_t ones = UINT64_C(0x0101010101010101), highs = UINT64_C(0x8080808080808080);
    uint64_t word;
    memcpy(&word, bytes, sizeof word);
    return ((word | (word + ones) | ~((word | highs) - 0x20 * ones)) & highs) == 0;
}

/* The length of the beginning that is printable ASCII. */
static size_t plain_length(struct ec_str text)
{
    size_t length = 0;
    while (text.len - length >= 8 && eight_are_plain(text.ptr + length))
        length += 8;
    while (length < text.len && byte_is_plain((unsigned char)text.ptr[length]))
        length++;
    return length;
}

static struct ec_str text_from(struct ec_str text, size_t start)
{
    return (struct ec_str){text.ptr + start, text.len - start};
}

size_t ec_utf8_decode(struct ec_str text, int32_t *ret_code)
{
    utf8proc_ssize_t length =
        utf8proc_iterate((const utf8proc_uint8_t *)text.ptr, (utf8proc_ssize_t)text.len, ret_code);
    if (length > 0)
        return (size_t)length;
    *ret_code = -1;
    return 1;
}

int ec_utf8_decompose(int32_t code, int32_t ret_codes[EC_UTF8_DECOMPOSED_MAX])
{
    int boundary = UTF8PROC_BOUNDCLASS_START;
    utf8proc_ssize_t count = utf8proc_decompose_char(code, ret_codes, EC_UTF8_DECOMPOSED_MAX,
                                                     UTF8PROC_DECOMPOSE, &boundary);
    if (count > 0 && count <= EC_UTF8_DECOMPOSED_MAX)
        return (int)count;
    ret_codes[0] = code;
    return 1;
}

/* Tag characters spell the flags of regions; the joiners shape emoji and Indic and Persian words.
 */
static bool format_is_wanted(int32_t code)
{
    return code == 0x200c || code == 0x200d || (code >= 0xe0020 && code <= 0xe007f) ||
           utf8proc_get_property(code)->boundclass == UTF8PROC_BOUNDCLASS_PREPEND;
}

static bool code_is_harmless(int32_t code)
{
    if (code < 0)
        return false;
    if (code < 0x80)
        return byte_is_plain((unsigned char)code);
    switch (utf8proc_category(code)) {
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
        return false;
    case UTF8PROC_CATEGORY_CF:
        return format_is_wanted(code);
    default:
        return true;
    }
}

bool ec_utf8_is_valid(struct ec_str text)
{
    for (size_t at = plain_length(text); at < text.len;) {
        int32_t code;
        at += ec_utf8_decode(text_from(text, at), &code);
        if (code < 0)
            return false;
    }
    return true;
}

bool ec_utf8_is_harmless(struct ec_str text)
{
    for (size_t at = plain_length(text); at < text.len;) {
        int32_t code;
        at += ec_utf8_decode(text_from(text, at), &code);
        if (!code_is_harmless(code))
            return false;
    }
    return true;
}

/* How a code point, or the invalid byte when code is -1, is shown. */
static void visible_escape(int32_t code, unsigned char byte, char ret_escape[ESCAPE_MAX])
{
    static const char *const named[] = {['\t'] = "\\t", ['\n'] = "\\n", ['\r'] = "\\r"};

    if (code >= 0 && code <= '\r' && named[code])
        snprintf(ret_escape, ESCAPE_MAX, "%s", named[code]);
    else if (code < 0x80)
        snprintf(ret_escape, ESCAPE_MAX, "\\x%02x", (unsigned)byte);
    else if (code <= 0xffff)
        snprintf(ret_escape, ESCAPE_MAX, "\\u%04x", (unsigned)code);
    else
        snprintf(ret_escape, ESCAPE_MAX, "\\U%08x", (unsigned)code);
}

static void write_ascii(struct ec_out *out, struct ec_str text, const ec_escapes escapes)
{
    if (!escapes) {
        ec_out_str(out, text);
        return;
    }
    size_t start = 0;
    for (size_t i = 0; i < text.len; i++) {
        const char *escape = escapes[(unsigned char)text.ptr[i]];
        if (!escape)
            continue;
        ec_out_bytes(out, text.ptr + start, i - start);
        ec_out_text(out, escape);
        start = i + 1;
    }
    ec_out_bytes(out, text.ptr + start, text.len - start);
}

void ec_utf8_write_escaped(struct ec_out *out, struct ec_str text, const ec_escapes escapes)
{
    while (text.len > 0) {
        size_t length = plain_length(text);
        write_ascii(out, (struct ec_str){text.ptr, length}, escapes);
        text = text_from(text, length);
        if (text.len == 0)
            return;

        int32_t code;
        length = ec_utf8_decode(text, &code);
        if (code_is_harmless(code)) {
            ec_out_bytes(out, text.ptr, length);
        } else if (escapes && code >= 0 && code < 0x80 && escapes[code]) {
            ec_out_text(out, escapes[code]);
        } else {
            char escape[ESCAPE_MAX];
            visible_escape(code, (unsigned char)text.ptr[0], escape);
            write_ascii(out, ec_str(escape), escapes);
        }
        text = text_from(text, length);
    }
}

void ec_utf8_write_harmless(struct ec_out *out, struct ec_str text)
{
    ec_utf8_write_escaped(out, text, NULL);
}

struct ec_str ec_utf8_harmless(struct ec_str text, struct ec_arena *arena)
{
    if (ec_utf8_is_harmless(text))
        return text;
    struct ec_out out;
    ec_out_to_memory(&out);
    ec_utf8_write_harmless(&out, text);
    struct ec_str harmless = {ec_arena_strndup(arena, out.buffer, out.length), out.length};
    ec_out_free(&out);
    return harmless;
}

/* ---- Widths ---- */

/* The columns that a code point adds to its cluster; `previous` is -1 at the cluster's beginning.
 */
static int code_width(int32_t code, int32_t previous)
{
    if (previous < 0)
        return utf8proc_charwidth(code);
    if (previous == 0x200d) /* joined into the picture before it */
        return 0;
    switch (utf8proc_get_property(code)->boundclass) {
    case UTF8PROC_BOUNDCLASS_EXTEND:
    case UTF8PROC_BOUNDCLASS_ZWJ:
    case UTF8PROC_BOUNDCLASS_V: /* vowels and finals are drawn within the syllable's two columns */
    case UTF8PROC_BOUNDCLASS_T:
        return 0;
    default:
        return utf8proc_charwidth(code);
    }
}

/* Whether a variation selector 16 after this code point asks for a picture two columns wide. */
static bool can_be_emoji(int32_t code)
{
    return code == '#' || code == '*' || (code >= '0' && code <= '9') ||
           utf8proc_get_property(code)->boundclass == UTF8PROC_BOUNDCLASS_EXTENDED_PICTOGRAPHIC;
}

size_t ec_utf8_cluster(struct ec_str text, int *ret_width)
{
    int32_t code, state = 0;
    size_t length = ec_utf8_decode(text, &code);
    int width = code_width(code, -1);
    int32_t first = code;
    while (length < text.len) {
        int32_t next;
        size_t step = ec_utf8_decode(text_from(text, length), &next);
        if (next < 0 || utf8proc_grapheme_break_stateful(code, next, &state))
            break;
        width += code_width(next, code);
        if (next == 0xfe0f && width == 1 && can_be_emoji(first))
            width = 2;
        code = next;
        length += step;
    }
    if (ret_width)
        *ret_width = width;
    return length;
}

int ec_utf8_width(struct ec_str text)
{
    size_t at = plain_length(text);
    if (at == text.len)
        return (int)text.len;
    int width = 0;
    for (at = 0; at < text.len;) {
        int cluster_width;
        at += ec_utf8_cluster(text_from(text, at), &cluster_width);
        width += cluster_width;
    }
    return width;
}

struct ec_str ec_utf8_head(struct ec_str text, int width)
{
    if (width <= 0)
        return (struct ec_str){text.ptr, 0};
    if (plain_length(text) == text.len)
        return (struct ec_str){text.ptr, text.len < (size_t)width ? text.len : (size_t)width};
    size_t at = 0;
    int used = 0;
    while (at < text.len) {
        int cluster_width;
        size_t length = ec_utf8_cluster(text_from(text, at), &cluster_width);
        if (used + cluster_width > width)
            break;
        used += cluster_width;
        at += length;
    }
    return (struct ec_str){text.ptr, at};
}

struct ec_str ec_utf8_tail(struct ec_str text, int width)
{
    if (width <= 0)
        return text_from(text, text.len);
    if (plain_length(text) == text.len)
        return text_from(text, text.len < (size_t)width ? 0 : text.len - (size_t)width);
    /* Clusters can only be told from the beginning: drop them until the rest fits. */
    size_t at = 0;
    for (int rest = ec_utf8_width(text); rest > width;) {
        int cluster_width;
        at += ec_utf8_cluster(text_from(text, at), &cluster_width);
        rest -= cluster_width;
    }
    return text_from(text, at);
}
