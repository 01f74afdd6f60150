#include "verify/label.h"

#include "base/utf8.h"

/* Arrows, daggers and the like say nothing about what is meant; marks on letters are dropped so
 * that é is e. */
static bool is_part_of_word(int32_t code)
{
    if (code < 0x80)
        return (code >= 'a' && code <= 'z') || (code >= '0' && code <= '9');
    return code >= 0xc0 && code != 0xd7 && code != 0xf7 && !(code >= 0x2000 && code <= 0x2bff);
}

/* A raised or lowered digit as the digit; other characters as they are. */
static int32_t on_the_line(int32_t code)
{
    if (code == 0xb2 || code == 0xb3)
        return '2' + code - 0xb2;
    if (code == 0xb9)
        return '1';
    if ((code >= 0x2070 && code <= 0x2079) || (code >= 0x2080 && code <= 0x2089))
        return '0' + (code & 0xf);
    return code;
}

static bool is_mark(int32_t code)
{
    return code >= 0x300 && code <= 0x36f;
}

struct ec_str ec_label_fold(struct ec_str text, struct ec_arena *arena)
{
    struct ec_out out;
    ec_out_to_memory(&out);
    text = ec_utf8_harmless(text, arena);
    bool gap = false;
    for (size_t at = 0; at < text.len;) {
        struct ec_str rest = {text.ptr + at, text.len - at};
        int32_t code, parts[EC_UTF8_DECOMPOSED_MAX];
        size_t length = ec_utf8_decode(rest, &code);
        bool composed = ec_utf8_decompose(code, parts) > 1;
        if (composed && parts[0] < 0x80)
            code = parts[0];
        code = on_the_line(code);
        if (code >= 'A' && code <= 'Z')
            code += 'a' - 'A';
        at += length;
        if (is_mark(code))
            continue;
        if (!is_part_of_word(code)) {
            gap = out.length > 0;
            continue;
        }
        ec_out_text(&out, gap ? " " : "");
        gap = false;
        if (code < 0x80)
            ec_out_char(&out, (char)code);
        else
            ec_out_bytes(&out, rest.ptr, length);
    }
    struct ec_str folded = {ec_arena_strndup(arena, out.buffer ? out.buffer : "", out.length),
                            out.length};
    ec_out_free(&out);
    return folded;
}

/* Whether text, without regard to blanks, begins with `start`. */
static bool begins(struct ec_str text, struct ec_str start, size_t *ret_rest)
{
    size_t at = 0;
    for (size_t i = 0; i < start.len; i++) {
        if (start.ptr[i] == ' ')
            continue;
        while (at < text.len && text.ptr[at] == ' ')
            at++;
        if (at == text.len || text.ptr[at] != start.ptr[i])
            return false;
        at++;
    }
    *ret_rest = text.len - at;
    return true;
}

bool ec_label_same(struct ec_str a, struct ec_str b)
{
    size_t rest;
    return begins(a, b, &rest) && rest == 0;
}

static struct ec_str next_word(struct ec_str text, size_t *at)
{
    struct ec_str word = {text.ptr + *at, 0};
    while (*at + word.len < text.len && word.ptr[word.len] != ' ')
        word.len++;
    *at += word.len + 1;
    return word;
}

static bool has_word(struct ec_str text, struct ec_str word)
{
    for (size_t at = 0; at < text.len;)
        if (ec_str_equal(next_word(text, &at), word))
            return true;
    return false;
}

bool ec_label_has_words(struct ec_str whole, struct ec_str part)
{
    for (size_t at = 0; at < part.len;)
        if (!has_word(whole, next_word(part, &at)))
            return false;
    return part.len > 0;
}

enum fit { SAME, BEGINS, WORDS };

static bool fits(struct ec_str name, struct ec_str label, enum fit fit)
{
    size_t rest;
    switch (fit) {
    case SAME:
        return ec_label_same(name, label);
    case BEGINS:
        return begins(name, label, &rest);
    case WORDS:
        break;
    }
    return ec_label_has_words(name, label);
}

size_t ec_label_find(const struct ec_str *names, size_t count, struct ec_str label, bool cut)
{
    if (label.len == 0)
        return EC_LABEL_NONE;
    for (enum fit fit = SAME; fit <= WORDS; fit++) {
        size_t found = EC_LABEL_NONE;
        for (size_t i = 0; i < count && (fit != BEGINS || cut); i++)
            if (fits(names[i], label, fit))
                found = found == EC_LABEL_NONE ? i : EC_LABEL_SEVERAL;
        if (found != EC_LABEL_NONE)
            return found;
    }
    return EC_LABEL_NONE;
}
