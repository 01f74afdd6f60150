#include "tui/line.h"

#include "base/memory.h"
#include "base/utf8.h"
#include "tui/keys.h"

#include <stdlib.h>

static void set_text(struct ec_line *line, struct ec_str text)
{
    if (text.len + 1 > line->capacity) {
        line->capacity = text.len + 64;
        line->text = ec_realloc(line->text, line->capacity, 1);
    }
    if (text.len > 0)
        memmove(line->text, text.ptr, text.len);
    line->text[text.len] = '\0';
    line->length = line->cursor = text.len;
}

void ec_line_begin(struct ec_line *line, struct ec_str text, const struct ec_texts *history)
{
    free(line->draft);
    line->draft = NULL;
    line->history = history;
    line->recalled = history ? history->count : 0;
    set_text(line, text);
}

void ec_line_free(struct ec_line *line)
{
    free(line->text);
    free(line->draft);
    *line = (struct ec_line){0};
}

/* Replaces the bytes from start to end by others; the cursor follows them. */
static void splice(struct ec_line *line, size_t start, size_t end, struct ec_str bytes)
{
    size_t length = line->length - (end - start) + bytes.len;
    if (length + 1 > line->capacity) {
        line->capacity = 2 * length + 64;
        line->text = ec_realloc(line->text, line->capacity, 1);
    }
    memmove(line->text + start + bytes.len, line->text + end, line->length - end + 1);
    if (bytes.len > 0)
        memcpy(line->text + start, bytes.ptr, bytes.len);
    line->length = length;
    line->cursor = start + bytes.len;
}

static size_t next_place(const struct ec_line *line, size_t from)
{
    if (from >= line->length)
        return line->length;
    return from + ec_utf8_cluster((struct ec_str){line->text + from, line->length - from}, NULL);
}

static size_t previous_place(const struct ec_line *line)
{
    size_t place = 0;
    for (size_t next = 0; next < line->cursor; next = next_place(line, next))
        place = next;
    return place;
}

static size_t word_start(const struct ec_line *line)
{
    size_t at = line->cursor;
    while (at > 0 && line->text[at - 1] == ' ')
        at--;
    while (at > 0 && line->text[at - 1] != ' ')
        at--;
    return at;
}

static void recall(struct ec_line *line, bool older)
{
    size_t count = line->history ? line->history->count : 0;
    if (older ? line->recalled == 0 : line->recalled == count)
        return;
    if (line->recalled == count) {
        free(line->draft);
        line->draft = ec_strndup(line->text, line->length);
    }
    line->recalled += older ? (size_t)-1 : 1;
    const char *text = line->recalled < count ? line->history->items[line->recalled] : line->draft;
    set_text(line, ec_str(text));
}

static size_t encode(uint32_t code, char ret_bytes[4])
{
    if (code < 0x80) {
        ret_bytes[0] = (char)code;
        return 1;
    }
    size_t length = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    static const unsigned char leads[] = {0, 0, 0xc0, 0xe0, 0xf0};
    for (size_t i = length - 1; i > 0; i--, code >>= 6)
        ret_bytes[i] = (char)(0x80 | (code & 0x3f));
    ret_bytes[0] = (char)(leads[length] | code);
    return length;
}

static bool type(struct ec_line *line, uint32_t key)
{
    char bytes[4];
    if (key < ' ' || key >= EC_KEY_SPECIAL)
        return false;
    struct ec_str text = {bytes, encode(key, bytes)};
    if (ec_utf8_is_harmless(text)) /* what cannot be shown cannot be typed */
        splice(line, line->cursor, line->cursor, text);
    return true;
}

bool ec_line_key(struct ec_line *line, uint32_t key)
{
    const struct ec_str nothing = {NULL, 0};
    switch (key) {
    case EC_KEY_BACKSPACE:
    case EC_KEY_CONTROL('H'):
    case 0x7f:
        splice(line, previous_place(line), line->cursor, nothing);
        return true;
    case EC_KEY_DELETE:
    case EC_KEY_CONTROL('D'):
        splice(line, line->cursor, next_place(line, line->cursor), nothing);
        return true;
    case EC_KEY_LEFT:
    case EC_KEY_CONTROL('B'):
        line->cursor = previous_place(line);
        return true;
    case EC_KEY_RIGHT:
    case EC_KEY_CONTROL('F'):
        line->cursor = next_place(line, line->cursor);
        return true;
    case EC_KEY_HOME:
    case EC_KEY_CONTROL('A'):
        line->cursor = 0;
        return true;
    case EC_KEY_END:
    case EC_KEY_CONTROL('E'):
        line->cursor = line->length;
        return true;
    case EC_KEY_CONTROL('U'):
        splice(line, 0, line->cursor, nothing);
        return true;
    case EC_KEY_CONTROL('K'):
        splice(line, line->cursor, line->length, nothing);
        return true;
    case EC_KEY_CONTROL('W'):
        splice(line, word_start(line), line->cursor, nothing);
        return true;
    case EC_KEY_UP:
    case EC_KEY_CONTROL('P'):
        recall(line, true);
        return true;
    case EC_KEY_DOWN:
    case EC_KEY_CONTROL('N'):
        recall(line, false);
        return true;
    default:
        return type(line, key);
    }
}

void ec_history_add(struct ec_texts *history, struct ec_str text)
{
    if (text.len == 0 ||
        (history->count > 0 && ec_str_equal(ec_str(history->items[history->count - 1]), text)))
        return;
    ec_texts_add(history, text);
}
