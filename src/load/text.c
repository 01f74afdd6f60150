#include "load/text.h"

#include "base/utf8.h"

const char *ec_text_skip_bom(const char *text, size_t length)
{
    return length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 ? text + 3 : text;
}

/* Whether one of eight bytes is a control character, a quote, a backslash or not ASCII. */
static bool has_special(const char *p)
{
    const uint64_t ones = UINT64_C(0x0101010101010101), highs = ones * 0x80;
    uint64_t word;
    memcpy(&word, p, sizeof word);
    uint64_t quote = word ^ ones * '"', backslash = word ^ ones * '\\';
    /* A byte minus n borrows into its high bit if it is less than n; false alarms do no harm. */
    return ((word - ones * 0x20) | (quote - ones) | (backslash - ones) | word) & highs;
}

/* Four hexadecimal digits, -1 when they are none. */
static long hex4(const char *p)
{
    long value = 0;
    for (int i = 0; i < 4; i++) {
        char c = p[i];
        if (c >= '0' && c <= '9')
            value = value * 16 + (c - '0');
        else if (c >= 'a' && c <= 'f')
            value = value * 16 + (c - 'a' + 10);
        else if (c >= 'A' && c <= 'F')
            value = value * 16 + (c - 'A' + 10);
        else
            return -1;
    }
    return value;
}

static char *utf8_put(char *out, long code)
{
    if (code < 0x80) {
        *out++ = (char)code;
        return out;
    }
    int rest = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    static const unsigned char leads[] = {0, 0xc0, 0xe0, 0xf0};
    *out++ = (char)(leads[rest] | code >> 6 * rest);
    while (rest-- > 0)
        *out++ = (char)(0x80 | (code >> 6 * rest & 0x3f));
    return out;
}

/* The code point of the \u escape (or pair of them) whose digits *p points at; -1: invalid. */
static long scan_code(const char **p)
{
    long code = hex4(*p);
    if (code < 0)
        return -1;
    *p += 4;
    if (code < 0xd800 || code > 0xdfff)
        return code;
    if (code > 0xdbff || (*p)[0] != '\\' || (*p)[1] != 'u')
        return -1;
    long low = hex4(*p + 2);
    if (low < 0xdc00 || low > 0xdfff)
        return -1;
    *p += 6;
    return 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
}

/* Undoes the escape behind the backslash at (*p)[-1]; returns where the output goes on, NULL:
 * invalid. */
static char *unescape(const char **p, char *out)
{
    static const char names[] = "\"\\/bfnrt", codes[] = "\"\\/\b\f\n\r\t";
    char c = *(*p)++;
    if (c == 'u') {
        long code = scan_code(p);
        return code < 0 ? NULL : utf8_put(out, code);
    }
    const char *found = c ? strchr(names, c) : NULL;
    if (!found)
        return NULL;
    *out++ = codes[found - names];
    return out;
}

/* Moves behind the characters that need nothing done; returns false at an invalid one. */
static bool skip_plain(const char **cursor)
{
    enum { LONGEST_UTF8 = 4 }; /* the padding lets it read as many bytes */
    const char *p = *cursor;
    for (;;) {
        while (!has_special(p))
            p += 8;
        unsigned char c = (unsigned char)*p;
        if (c == '"' || c == '\\')
            break;
        if (c < 0x20)
            return false;
        int32_t code;
        p += c < 0x80 ? 1 : ec_utf8_decode((struct ec_str){p, LONGEST_UTF8}, &code);
        if (c >= 0x80 && code < 0)
            return false;
    }
    *cursor = p;
    return true;
}

/* Finds the closing quote; says whether there are escapes. They are only stepped over here. */
static bool find_end(const char **cursor, bool *ret_escapes)
{
    const char *p = *cursor;
    *ret_escapes = false;
    for (;;) {
        if (!skip_plain(&p))
            return false;
        if (*p == '"')
            break;
        if (p[1] == '\0')
            return false;
        *ret_escapes = true;
        p += (unsigned char)p[1] < 0x80 ? 2 : 1;
    }
    *cursor = p;
    return true;
}

bool ec_text_scan(const char **cursor, struct ec_arena *arena, struct ec_str *ret_text)
{
    const char *start = *cursor + 1, *end = start;
    bool escapes;
    if (!find_end(&end, &escapes))
        return false;
    *cursor = end + 1;
    *ret_text = (struct ec_str){start, (size_t)(end - start)};
    if (!escapes)
        return true;
    char *copy = ec_arena_strndup(arena, start, ret_text->len); /* no escape makes text longer */
    char *out = copy;
    for (const char *p = start; p < end;) {
        if (*p != '\\') {
            *out++ = *p++;
            continue;
        }
        p++;
        out = unescape(&p, out);
        if (!out)
            return false;
    }
    *ret_text = (struct ec_str){copy, (size_t)(out - copy)};
    return true;
}
