#include "verify/number.h"

#include <math.h>
#include <strings.h>

/* The rest of the text being read. */
struct cursor {
    const char *at, *end;
};

static bool take(struct cursor *cursor, const char *word)
{
    size_t length = strlen(word);
    if ((size_t)(cursor->end - cursor->at) < length || memcmp(cursor->at, word, length) != 0)
        return false;
    cursor->at += length;
    return true;
}

static bool take_any(struct cursor *cursor, const char *const *words)
{
    for (; *words; words++)
        if (take(cursor, *words))
            return true;
    return false;
}

static void skip_blanks(struct cursor *cursor)
{
    static const char *const blanks[] = {" ", "\t", "\u00a0", "\u202f", "\u2009", NULL};
    while (take_any(cursor, blanks))
        continue;
}

static bool is_digit(const struct cursor *cursor)
{
    return cursor->at < cursor->end && *cursor->at >= '0' && *cursor->at <= '9';
}

static size_t digits_ahead(const struct cursor *cursor)
{
    struct cursor ahead = *cursor;
    while (is_digit(&ahead))
        ahead.at++;
    return (size_t)(ahead.at - cursor->at);
}

static bool take_minus(struct cursor *cursor)
{
    static const char *const signs[] = {"-", "\u2212", NULL};
    return take_any(cursor, signs);
}

static void take_digits(struct cursor *cursor, double *number)
{
    for (; is_digit(cursor); cursor->at++)
        *number = 10 * *number + (*cursor->at - '0');
}

/* Digits in groups of three after commas; a single comma before other than three digits is a
 * decimal comma. */
static void take_integer(struct cursor *cursor, double *number)
{
    take_digits(cursor, number);
    while (cursor->at < cursor->end && *cursor->at == ',') {
        struct cursor ahead = {cursor->at + 1, cursor->end};
        if (digits_ahead(&ahead) != 3)
            return;
        *cursor = ahead;
        take_digits(cursor, number);
    }
}

static int take_decimals(struct cursor *cursor, double *number)
{
    struct cursor ahead = {cursor->at + 1, cursor->end};
    if (cursor->at == cursor->end || (*cursor->at != '.' && *cursor->at != ',') ||
        !is_digit(&ahead))
        return 0;
    int count = (int)digits_ahead(&ahead);
    take_digits(&ahead, number);
    *cursor = ahead;
    return count;
}

static int take_exponent(struct cursor *cursor)
{
    static const char *const signs[] = {"e",     "E",         "\u00d710^",  "\u00d7 10^", "x10^",
                                        "x 10^", "\u00b710^", "\u00b7 10^", "*10^",       NULL};
    struct cursor ahead = *cursor;
    double exponent = 0;
    skip_blanks(&ahead);
    if (!take_any(&ahead, signs))
        return 0;
    bool negative = take_minus(&ahead);
    if (!negative)
        take(&ahead, "+");
    if (!is_digit(&ahead) || digits_ahead(&ahead) > 3)
        return 0;
    take_digits(&ahead, &exponent);
    *cursor = ahead;
    return negative ? -(int)exponent : (int)exponent;
}

static bool take_number(struct cursor *cursor, double *ret_value, double *ret_quantum)
{
    double number = 0;
    bool negative = take_minus(cursor);
    if (!negative)
        take(cursor, "+");
    bool starts = is_digit(cursor) || (cursor->at + 1 < cursor->end && *cursor->at == '.' &&
                                       cursor->at[1] >= '0' && cursor->at[1] <= '9');
    if (!starts)
        return false;
    take_integer(cursor, &number);
    int decimals = take_decimals(cursor, &number);
    int exponent = take_exponent(cursor);
    /* Dividing by a power of ten is exact to the last bit where multiplying by its inverse is not.
     */
    *ret_value = number / pow(10, decimals) * pow(10, exponent);
    *ret_value = negative ? -*ret_value : *ret_value;
    *ret_quantum = pow(10, exponent - decimals);
    return isfinite(*ret_value) && *ret_quantum > 0 && isfinite(*ret_quantum);
}

/* "12.34(56)": the spread in units of the last digit, right behind it, or after a blank when the
 * number of runs follows, "12.34 (56) (n=3)". False when what is in the parentheses is no such
 * number.
 */
static bool take_concise_spread(struct cursor *cursor, struct ec_printed *printed)
{
    struct cursor ahead = *cursor;
    double spread = 0;
    bool apart = take(&ahead, " ");
    if (!take(&ahead, "(") || !is_digit(&ahead))
        return false;
    take_digits(&ahead, &spread);
    if (!take(&ahead, ")"))
        return false;
    struct cursor behind = ahead;
    if (apart && !take(&behind, " (n="))
        return false;
    *cursor = ahead;
    printed->has_spread = true;
    printed->spread = spread * printed->quantum;
    printed->spread_quantum = printed->quantum;
    return true;
}

static bool take_spread(struct cursor *cursor, struct ec_printed *printed)
{
    static const char *const signs[] = {"\u00b1", "+/-", "+-", NULL};
    skip_blanks(cursor);
    if (!take_any(cursor, signs))
        return true;
    skip_blanks(cursor);
    printed->has_spread = true;
    return take_number(cursor, &printed->spread, &printed->spread_quantum);
}

/* "(3)": how many runs went in. */
static void take_count(struct cursor *cursor)
{
    struct cursor ahead = *cursor;
    if (!take(&ahead, "("))
        return;
    take(&ahead, "n=");
    if (digits_ahead(&ahead) == 0)
        return;
    ahead.at += digits_ahead(&ahead);
    if (take(&ahead, ")"))
        *cursor = ahead;
}

/* "^a", a footnote's letter; "^2" is a power. */
static bool take_letter(struct cursor *cursor)
{
    const char *at = cursor->at;
    bool letter = cursor->end - at >= 2 && at[0] == '^' && at[1] >= 'a' && at[1] <= 'z' &&
                  (cursor->end - at == 2 || at[2] == ' ');
    cursor->at += letter ? 2 : 0;
    return letter;
}

/* Marks of footnotes and arrows after a number. */
static void take_marks(struct cursor *cursor)
{
    static const char *const marks[] = {"*",       "\u2020", "\u2021", "^*", "^\u2020",
                                        "^\u2021", "\u2193", "\u2191", " ",  NULL};
    while (take_any(cursor, marks) || take_letter(cursor))
        continue;
}

static void take_unit(struct cursor *cursor, struct ec_printed *printed)
{
    struct cursor ahead = *cursor;
    while (ahead.at < ahead.end && !strchr(" (*", *ahead.at) && (unsigned char)*ahead.at < 0x80)
        ahead.at++;
    struct ec_str text = {cursor->at, (size_t)(ahead.at - cursor->at)};
    printed->unit = ec_printed_unit(text);
    if (printed->unit)
        *cursor = ahead;
    else if (!take(cursor, "\u00d7"))
        take(cursor, "x"); /* a ratio */
}

bool ec_printed_read(struct ec_str text, struct ec_printed *ret_printed)
{
    struct cursor cursor = {text.ptr, text.ptr + text.len};
    struct ec_printed printed = {0};
    skip_blanks(&cursor);
    if (!take_number(&cursor, &printed.value, &printed.quantum))
        return false;
    if (!take_concise_spread(&cursor, &printed) && !take_spread(&cursor, &printed))
        return false;
    take_marks(&cursor);
    take_unit(&cursor, &printed);
    take_marks(&cursor);
    take_count(&cursor);
    take_marks(&cursor);
    if (cursor.at != cursor.end)
        return false;
    *ret_printed = printed;
    return true;
}

bool ec_printed_is_missing(struct ec_str text)
{
    static const char *const words[] = {"-",   "--",   "---", "\u2013", "\u2014", "\u2212",
                                        "N/A", "n.a.", "NA",  "none",   "null",   "nan"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (text.len == strlen(words[i]) && strncasecmp(text.ptr, words[i], text.len) == 0)
            return true;
    return false;
}

bool ec_printed_agrees(double printed, double quantum, double number)
{
    double slack = quantum * 1e-6 + fabs(number) * 1e-12;
    return fabs(printed - number) <= quantum / 2 + slack;
}

const struct ec_unit *ec_printed_unit(struct ec_str text)
{
    static const struct {
        const char *name;
        enum ec_unit_id unit;
    } names[] = {
        {"sec", EC_UNIT_S},
        {"secs", EC_UNIT_S},
        {"seconds", EC_UNIT_S},
        {"second", EC_UNIT_S},
        {"mins", EC_UNIT_MIN},
        {"minutes", EC_UNIT_MIN},
        {"minute", EC_UNIT_MIN},
        {"hr", EC_UNIT_H},
        {"hrs", EC_UNIT_H},
        {"hours", EC_UNIT_H},
        {"hour", EC_UNIT_H},
        {"days", EC_UNIT_D},
        {"msec", EC_UNIT_MS},
        {"\u00b5s", EC_UNIT_US},
        {"tok/s", EC_UNIT_TOKENS_S},
        {"tokens/sec", EC_UNIT_TOKENS_S},
        {"tokens/second", EC_UNIT_TOKENS_S},
        {"KB", EC_UNIT_KB},
        {"FLOPs", EC_UNIT_FLOP},
        {"TFLOPs", EC_UNIT_TFLOP},
        {"PFLOPs", EC_UNIT_PFLOP},
    };
    const struct ec_unit *unit = ec_unit_find(text.ptr, text.len);
    for (size_t i = 0; !unit && i < sizeof names / sizeof names[0]; i++)
        if (text.len == strlen(names[i].name) &&
            strncasecmp(text.ptr, names[i].name, text.len) == 0)
            unit = ec_unit_get(names[i].unit);
    return unit;
}
