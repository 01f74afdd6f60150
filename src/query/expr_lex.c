#include "query/expr_lex.h"

#include "common/nearest.h"
#include "query/caret.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

enum { NUMBER_MAX = 400 }; /* characters of a number */

/* isalpha and friends depend on the locale. */
static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c & 0x80);
}

static bool is_name_part(char c)
{
    return is_letter(c) || is_digit(c) || c == '.';
}

/* The byte at position + ahead; NUL past the end (and a NUL in the source fits no rule either). */
static char peek(const struct ec_lexer *lexer, size_t ahead)
{
    size_t at = lexer->position + ahead;
    return at < lexer->source.len ? lexer->source.ptr[at] : '\0';
}

static void skip_spaces(struct ec_lexer *lexer)
{
    char c = peek(lexer, 0);
    while (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
        lexer->position++;
        c = peek(lexer, 0);
    }
}

static size_t skip_digits(const struct ec_lexer *lexer, size_t ahead)
{
    while (is_digit(peek(lexer, ahead)))
        ahead++;
    return ahead;
}

static bool unknown_unit(struct ec_lexer *lexer, size_t length)
{
    const char *symbol = lexer->source.ptr + lexer->position;
    struct ec_nearest nearest = {.word = symbol, .word_length = length};
    for (int id = 0; id < EC_UNIT_COUNT; id++)
        if (ec_unit_get((enum ec_unit_id)id)->symbol[0])
            ec_nearest_offer(&nearest, ec_unit_get((enum ec_unit_id)id)->symbol);
    if (length == 1 && nearest.distance > 0)
        nearest.best = NULL; /* m may be meant for min, too */
    ec_caret_error(lexer->error, lexer->source, lexer->position,
                   nearest.best ? "unknown unit '%.*s'; did you mean '%s'?" : "unknown unit '%.*s'",
                   (int)length, symbol, nearest.best);
    return false;
}

/* The unit that begins right here, with its length: letters, or letters '/' letters where that is a
 * unit (tokens/s). NULL when there is none. */
static const struct ec_unit *find_unit(const struct ec_lexer *lexer, size_t *ret_length)
{
    size_t length = 0;
    while (is_letter(peek(lexer, length)))
        length++;
    const char *symbol = lexer->source.ptr + lexer->position;
    if (length > 0 && peek(lexer, length) == '/') {
        size_t longer = length + 1;
        while (is_letter(peek(lexer, longer)))
            longer++;
        const struct ec_unit *unit = ec_unit_find(symbol, longer);
        if (unit) {
            *ret_length = longer;
            return unit;
        }
    }
    *ret_length = length;
    return ec_unit_find(symbol, length);
}

/* After a number: "24GiB", "24 GiB" and "50%", but "50 % 3" and "50%3" are remainders. */
static bool read_unit(struct ec_lexer *lexer, const struct ec_unit **ret_unit)
{
    *ret_unit = NULL;
    char after = peek(lexer, 1);
    if (peek(lexer, 0) == '%' && !is_name_part(after) && !strchr("(\"'`", after ? after : ' ')) {
        lexer->position++;
        *ret_unit = ec_unit_get(EC_UNIT_PERCENT);
        return true;
    }
    size_t length, before_spaces = lexer->position;
    if (is_letter(peek(lexer, 0))) {
        *ret_unit = find_unit(lexer, &length);
        if (!*ret_unit)
            return unknown_unit(lexer, length);
        lexer->position += length;
        return true;
    }
    skip_spaces(lexer);
    *ret_unit = find_unit(lexer, &length);
    lexer->position = *ret_unit ? lexer->position + length : before_spaces;
    return true;
}

static bool read_number(struct ec_lexer *lexer, struct ec_token *token)
{
    size_t length = skip_digits(lexer, 0);
    bool whole = peek(lexer, length) != '.';
    if (!whole)
        length = skip_digits(lexer, length + 1);
    char exponent = peek(lexer, length);
    if (exponent == 'e' || exponent == 'E') {
        char sign = peek(lexer, length + 1);
        size_t digits = length + 1 + (sign == '+' || sign == '-');
        if (is_digit(peek(lexer, digits))) {
            length = skip_digits(lexer, digits);
            whole = false;
        }
    }
    char copy[NUMBER_MAX + 1];
    if (length > NUMBER_MAX) {
        ec_caret_error(lexer->error, lexer->source, token->offset, "the number is too long");
        return false;
    }
    memcpy(copy, lexer->source.ptr + lexer->position, length);
    copy[length] = '\0';
    double real = strtod(copy, NULL);
    errno = 0;
    long long integer = whole ? strtoll(copy, NULL, 10) : 0;
    if (!isfinite(real)) {
        ec_caret_error(lexer->error, lexer->source, token->offset, "the number is too large");
        return false;
    }
    token->number = whole && errno == 0 ? ec_value_int(integer) : ec_value_real(real);
    token->kind = EC_TOKEN_NUMBER;
    lexer->position += length;
    return read_unit(lexer, &token->unit);
}

/* From the opening quote to its partner. A backslash takes the quote or a backslash literally;
 * before anything else it stays, so that patterns keep their "\.". */
static bool read_quoted(struct ec_lexer *lexer, struct ec_token *token)
{
    char quote = peek(lexer, 0);
    size_t end = lexer->position + 1;
    const char *source = lexer->source.ptr;
    while (end < lexer->source.len && source[end] != quote)
        end += source[end] == '\\' && end + 1 < lexer->source.len ? 2 : 1;
    if (end >= lexer->source.len) {
        ec_caret_error(lexer->error, lexer->source, token->offset, "this %c has no partner", quote);
        return false;
    }
    char *text =
        ec_arena_strndup(lexer->arena, source + lexer->position + 1, end - lexer->position - 1);
    size_t length = 0;
    for (size_t i = lexer->position + 1; i < end; i++) {
        if (source[i] == '\\' && (source[i + 1] == quote || source[i + 1] == '\\'))
            i++;
        text[length++] = source[i];
    }
    text[length] = '\0';
    token->kind = quote == '`' ? EC_TOKEN_NAME : EC_TOKEN_TEXT;
    token->quoted = true;
    token->text = (struct ec_str){text, length};
    lexer->position = end + 1;
    return true;
}

static void read_name(struct ec_lexer *lexer, struct ec_token *token)
{
    static const struct {
        const char *word;
        enum ec_token_kind kind;
    } words[] = {
        {"and", EC_TOKEN_AND},   {"or", EC_TOKEN_OR},       {"not", EC_TOKEN_NOT},
        {"true", EC_TOKEN_TRUE}, {"false", EC_TOKEN_FALSE},
    };
    size_t length = 1;
    while (is_name_part(peek(lexer, length)))
        length++;
    token->kind = EC_TOKEN_NAME;
    token->text = (struct ec_str){lexer->source.ptr + lexer->position, length};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (ec_str_equal(token->text, ec_str(words[i].word)))
            token->kind = words[i].kind;
    lexer->position += length;
}

static bool read_symbol(struct ec_lexer *lexer, struct ec_token *token)
{
    /* Longer ones first. */
    static const struct {
        const char *symbol;
        enum ec_token_kind kind;
    } symbols[] = {
        {"==", EC_TOKEN_EQUAL},         {"!=", EC_TOKEN_UNEQUAL},  {"<=", EC_TOKEN_LESS_EQUAL},
        {">=", EC_TOKEN_GREATER_EQUAL}, {"!~", EC_TOKEN_NO_MATCH}, {"=~", EC_TOKEN_MATCH},
        {"&&", EC_TOKEN_AND},           {"||", EC_TOKEN_OR},       {"<>", EC_TOKEN_UNEQUAL},
        {"=", EC_TOKEN_EQUAL},          {"<", EC_TOKEN_LESS},      {">", EC_TOKEN_GREATER},
        {"~", EC_TOKEN_MATCH},          {"+", EC_TOKEN_PLUS},      {"-", EC_TOKEN_MINUS},
        {"*", EC_TOKEN_TIMES},          {"/", EC_TOKEN_OVER},      {"%", EC_TOKEN_MODULO},
        {"^", EC_TOKEN_POWER},          {"!", EC_TOKEN_NOT},       {"(", EC_TOKEN_OPEN},
        {")", EC_TOKEN_CLOSE},          {",", EC_TOKEN_COMMA},
    };
    for (size_t i = 0; i < sizeof symbols / sizeof symbols[0]; i++) {
        const char *symbol = symbols[i].symbol;
        if (symbol[0] == peek(lexer, 0) && (!symbol[1] || symbol[1] == peek(lexer, 1))) {
            token->kind = symbols[i].kind;
            lexer->position += symbol[1] ? 2 : 1;
            return true;
        }
    }
    char c = peek(lexer, 0);
    const char *hint = c == '&' ? "; write 'and'" : c == '|' ? "; write 'or'" : "";
    ec_caret_error(lexer->error, lexer->source, lexer->position,
                   "this character means nothing here%s", hint);
    return false;
}

bool ec_lexer_next(struct ec_lexer *lexer, struct ec_token *ret_token)
{
    skip_spaces(lexer);
    char c = peek(lexer, 0);
    struct ec_token token = {.kind = EC_TOKEN_END, .offset = lexer->position};
    bool fine = true;
    if (lexer->position >= lexer->source.len)
        fine = true;
    else if (is_digit(c) || (c == '.' && is_digit(peek(lexer, 1))))
        fine = read_number(lexer, &token);
    else if (is_letter(c))
        read_name(lexer, &token);
    else if (c == '"' || c == '\'' || c == '`')
        fine = read_quoted(lexer, &token);
    else
        fine = read_symbol(lexer, &token);
    token.end = lexer->position;
    *ret_token = token;
    return fine;
}
