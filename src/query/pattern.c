/* Matching is dynamic programming from the end of the name: for each place in the name, a set of
 * the pieces from which the rest of the pattern matches the rest of the name. Then one walk from
 * the front takes the longest capture that stays within those sets, so no pattern needs exponential
 * time. */
#include "query/pattern.h"

#include "base/memory.h"
#include "common/nearest.h"
#include "query/caret.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

enum piece_kind { LITERAL, STAR, CAPTURE_AUTO, CAPTURE_TEXT, CAPTURE_INT, CAPTURE_NUM };

struct piece {
    enum piece_kind kind;
    struct ec_str text; /* the literal or the capture's name, in pattern->text */
};

struct ec_pattern {
    char *text; /* literals and names, one after the other */
    struct piece pieces[EC_PATTERN_PIECES];
    size_t count, capture_count;
};

/* ---- Compiling ---- */

struct compiler {
    struct ec_str source;
    size_t position;
    struct ec_pattern *pattern;
    char *end; /* of what is in pattern->text */
    struct ec_error *error;
};

#define FAIL(compiler, offset, ...)                                                                \
    (ec_caret_error((compiler)->error, (compiler)->source, offset, __VA_ARGS__), false)

static char peek(const struct compiler *compiler, size_t ahead)
{
    size_t at = compiler->position + ahead;
    return at < compiler->source.len ? compiler->source.ptr[at] : '\0';
}

static bool is_capture(enum piece_kind kind)
{
    return kind != LITERAL && kind != STAR;
}

/* Adds a piece that begins at `offset`; its text is filled in by the caller. */
static struct piece *add_piece(struct compiler *compiler, enum piece_kind kind, size_t offset)
{
    struct ec_pattern *pattern = compiler->pattern;
    if (pattern->count == EC_PATTERN_PIECES) {
        ec_caret_error(compiler->error, compiler->source, offset,
                       "the pattern has too many pieces");
        return NULL;
    }
    if (kind != LITERAL && pattern->count > 0 &&
        pattern->pieces[pattern->count - 1].kind != LITERAL) {
        ec_caret_error(compiler->error, compiler->source, offset,
                       "there must be text between this and what stands before it");
        return NULL;
    }
    pattern->capture_count += is_capture(kind);
    pattern->pieces[pattern->count] = (struct piece){kind, {compiler->end, 0}};
    return &pattern->pieces[pattern->count++];
}

static bool parse_literal(struct compiler *compiler)
{
    struct piece *piece = add_piece(compiler, LITERAL, compiler->position);
    if (!piece)
        return false;
    while (compiler->position < compiler->source.len) {
        char c = peek(compiler, 0);
        bool is_special = c == '{' || c == '}' || c == '*';
        if (is_special && peek(compiler, 1) != c)
            break;
        *compiler->end++ = c;
        piece->text.len++;
        compiler->position += is_special ? 2 : 1;
    }
    return true;
}

static bool parse_kind(struct compiler *compiler, struct ec_str word, enum piece_kind *ret_kind)
{
    static const struct {
        const char *name;
        enum piece_kind kind;
    } kinds[] = {{"text", CAPTURE_TEXT}, {"int", CAPTURE_INT}, {"num", CAPTURE_NUM}};
    struct ec_nearest nearest = {.word = word.ptr, .word_length = word.len};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        ec_nearest_offer(&nearest, kinds[i].name);
        if (ec_str_equal(word, ec_str(kinds[i].name))) {
            *ret_kind = kinds[i].kind;
            return true;
        }
    }
    size_t offset = (size_t)(word.ptr - compiler->source.ptr);
    if (nearest.best)
        return FAIL(compiler, offset, "unknown kind of capture; did you mean '%s'?", nearest.best);
    return FAIL(compiler, offset, "unknown kind of capture; there are text, int and num");
}

static bool is_new_name(const struct ec_pattern *pattern, struct ec_str name)
{
    for (size_t i = 0; i < pattern->count; i++)
        if (is_capture(pattern->pieces[i].kind) && ec_str_equal(pattern->pieces[i].text, name))
            return false;
    return true;
}

static bool parse_capture(struct compiler *compiler)
{
    size_t open = compiler->position;
    const char *inside = compiler->source.ptr + open + 1;
    size_t rest = compiler->source.len - open - 1;
    const char *close = memchr(inside, '}', rest);
    if (!close)
        return FAIL(compiler, open, "this { has no partner");
    const char *colon = memchr(inside, ':', (size_t)(close - inside));
    struct ec_str name = {inside, (size_t)((colon ? colon : close) - inside)};
    enum piece_kind kind = CAPTURE_AUTO;
    if (colon &&
        !parse_kind(compiler, (struct ec_str){colon + 1, (size_t)(close - colon - 1)}, &kind))
        return false;
    if (name.len == 0 || memchr(name.ptr, '{', name.len))
        return FAIL(compiler, open + 1, name.len ? "a name cannot hold a {" : "a name is missing");
    if (!is_new_name(compiler->pattern, name))
        return FAIL(compiler, open + 1, "there are two captures of this name");
    struct piece *piece = add_piece(compiler, kind, open);
    if (!piece)
        return false;
    memcpy(compiler->end, name.ptr, name.len);
    compiler->end += name.len;
    piece->text.len = name.len;
    compiler->position = (size_t)(close + 1 - compiler->source.ptr);
    return true;
}

static bool parse_piece(struct compiler *compiler)
{
    char c = peek(compiler, 0);
    bool doubled = peek(compiler, 1) == c;
    if (c == '{' && !doubled)
        return parse_capture(compiler);
    if (c == '}' && !doubled)
        return FAIL(compiler, compiler->position, "this } has no partner; write }} for a brace");
    if (c == '*' && !doubled)
        return add_piece(compiler, STAR, compiler->position++) != NULL;
    return parse_literal(compiler);
}

struct ec_pattern *ec_pattern_compile(struct ec_str source, struct ec_error *error)
{
    struct ec_pattern *pattern = ec_calloc(1, sizeof *pattern);
    pattern->text = ec_malloc(source.len);
    struct compiler compiler = {
        .source = source, .pattern = pattern, .end = pattern->text, .error = error};
    bool fine = true;
    while (fine && compiler.position < source.len)
        fine = parse_piece(&compiler);
    if (fine && pattern->capture_count == 0)
        fine = FAIL(&compiler, source.len, "the pattern has no {name} in it");
    if (fine)
        return pattern;
    ec_pattern_free(pattern);
    return NULL;
}

void ec_pattern_free(struct ec_pattern *pattern)
{
    if (pattern)
        free(pattern->text);
    free(pattern);
}

size_t ec_pattern_count(const struct ec_pattern *pattern)
{
    return pattern->capture_count;
}

struct ec_str ec_pattern_name(const struct ec_pattern *pattern, size_t index)
{
    size_t i = 0;
    for (;; i++)
        if (is_capture(pattern->pieces[i].kind) && index-- == 0)
            return pattern->pieces[i].text;
}

/* ---- Numbers ---- */

/* How far a number has got. */
enum progress { START, SIGN, WHOLE, POINT, FRACTION, E, E_SIGN, EXPONENT, NO };

static bool may_end(enum progress progress)
{
    return progress == WHOLE || progress == FRACTION || progress == EXPONENT;
}

static enum progress proceed(enum progress progress, char c, bool whole_only)
{
    bool is_digit = c >= '0' && c <= '9', is_sign = c == '-' || c == '+';
    switch (progress) {
    case START:
        return is_digit ? WHOLE : is_sign ? SIGN : NO;
    case SIGN:
        return is_digit ? WHOLE : NO;
    case POINT:
        return is_digit ? FRACTION : NO;
    case E:
        return is_digit ? EXPONENT : is_sign ? E_SIGN : NO;
    case E_SIGN:
    case EXPONENT:
        return is_digit ? EXPONENT : NO;
    case NO:
        return NO;
    default:
        break;
    }
    if (is_digit)
        return progress;
    if (whole_only || (c != '.' && c != 'e' && c != 'E'))
        return NO;
    return c != '.' ? E : progress == WHOLE ? POINT : NO;
}

/* The number that all of the text is; missing when it is none. */
static struct ec_value read_number(struct ec_str text)
{
    char copy[EC_PATTERN_NAME + 1];
    enum progress progress = START;
    bool whole = true;
    for (size_t i = 0; i < text.len; i++) {
        progress = proceed(progress, text.ptr[i], false);
        whole = whole && (progress == SIGN || progress == WHOLE);
    }
    if (!may_end(progress))
        return ec_value_missing();
    memcpy(copy, text.ptr, text.len);
    copy[text.len] = '\0';
    errno = 0;
    long long integer = whole ? strtoll(copy, NULL, 10) : 0;
    if (whole && errno == 0)
        return ec_value_int(integer);
    double real = strtod(copy, NULL);
    return isfinite(real) ? ec_value_real(real) : ec_value_missing();
}

/* "007" and "+5" are rather labels than numbers. */
static bool looks_like_label(struct ec_str text)
{
    size_t sign = text.ptr[0] == '-';
    bool is_padded = text.len > sign + 1 && text.ptr[sign] == '0' && text.ptr[sign + 1] >= '0' &&
                     text.ptr[sign + 1] <= '9';
    return is_padded || text.ptr[0] == '+';
}

static struct ec_value capture_value(enum piece_kind kind, struct ec_str text)
{
    if (kind == CAPTURE_TEXT || (kind == CAPTURE_AUTO && looks_like_label(text)))
        return ec_value_str(text);
    struct ec_value number = read_number(text);
    bool is_exact = number.kind == EC_INT || memchr(text.ptr, '.', text.len) ||
                    memchr(text.ptr, 'e', text.len) || memchr(text.ptr, 'E', text.len);
    bool is_text = number.kind == EC_MISSING || !is_exact;
    return kind == CAPTURE_AUTO && is_text ? ec_value_str(text) : number;
}

/* ---- Matching ---- */

enum { NOWHERE = -1 };

/* can[j] has bit i when the pieces from i on match the name from byte j on. The longest end of
 * piece i at byte j after which the rest matches; NOWHERE if there is none. */
static int longest_end(const struct piece *piece, size_t i, struct ec_str name, size_t j,
                       const uint64_t *can)
{
    uint64_t next = (uint64_t)1 << (i + 1);
    if (piece->kind == LITERAL) {
        size_t length = piece->text.len;
        bool here = length <= name.len - j && memcmp(name.ptr + j, piece->text.ptr, length) == 0;
        return here && (can[j + length] & next) ? (int)(j + length) : NOWHERE;
    }
    int longest = NOWHERE;
    if (piece->kind == CAPTURE_INT || piece->kind == CAPTURE_NUM) {
        enum progress progress = START;
        for (size_t end = j; end < name.len && progress != NO; end++) {
            progress = proceed(progress, name.ptr[end], piece->kind == CAPTURE_INT);
            if (may_end(progress) && (can[end + 1] & next))
                longest = (int)end + 1;
        }
        return longest;
    }
    for (size_t end = name.len + 1; end-- > j + (piece->kind != STAR);)
        if (can[end] & next)
            return (int)end;
    return NOWHERE;
}

static void find_ends(const struct ec_pattern *pattern, struct ec_str name, uint64_t *can)
{
    memset(can, 0, (name.len + 1) * sizeof *can);
    can[name.len] = (uint64_t)1 << pattern->count;
    for (size_t i = pattern->count; i-- > 0;) {
        const struct piece *piece = &pattern->pieces[i];
        uint64_t bit = (uint64_t)1 << i, next = bit << 1;
        bool is_open =
            piece->kind != LITERAL && piece->kind != CAPTURE_INT && piece->kind != CAPTURE_NUM;
        bool later = false; /* some place after this one can go on */
        for (size_t j = name.len + 1; j-- > 0;) {
            bool here = (can[j] & next) != 0;
            bool fits = is_open ? later || (here && piece->kind == STAR)
                                : longest_end(piece, i, name, j, can) != NOWHERE;
            if (fits)
                can[j] |= bit;
            later = later || here;
        }
    }
}

bool ec_pattern_match(const struct ec_pattern *pattern, struct ec_str name,
                      struct ec_value *ret_values)
{
    uint64_t can[EC_PATTERN_NAME + 1];
    if (name.len > EC_PATTERN_NAME)
        return false;
    find_ends(pattern, name, can);
    if (!(can[0] & 1))
        return false;
    size_t j = 0;
    for (size_t i = 0; i < pattern->count; i++) {
        const struct piece *piece = &pattern->pieces[i];
        size_t end = (size_t)longest_end(piece, i, name, j, can);
        if (is_capture(piece->kind))
            *ret_values++ = capture_value(piece->kind, (struct ec_str){name.ptr + j, end - j});
        j = end;
    }
    return true;
}
