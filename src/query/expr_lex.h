/* The words of an expression (query/expr.h has the grammar). */
#ifndef EC_QUERY_EXPR_LEX_H
#define EC_QUERY_EXPR_LEX_H

#include "base/arena.h"
#include "base/value.h"
#include "common/error.h"
#include "common/unit.h"

enum ec_token_kind {
    EC_TOKEN_END,
    EC_TOKEN_NUMBER,
    EC_TOKEN_TEXT, /* "..." or '...' */
    EC_TOKEN_NAME, /* a key or a function's name */
    EC_TOKEN_TRUE,
    EC_TOKEN_FALSE,
    EC_TOKEN_OPEN,
    EC_TOKEN_CLOSE,
    EC_TOKEN_COMMA,
    EC_TOKEN_OR,
    EC_TOKEN_AND,
    EC_TOKEN_EQUAL,
    EC_TOKEN_UNEQUAL,
    EC_TOKEN_LESS,
    EC_TOKEN_LESS_EQUAL,
    EC_TOKEN_GREATER,
    EC_TOKEN_GREATER_EQUAL,
    EC_TOKEN_MATCH,
    EC_TOKEN_NO_MATCH,
    EC_TOKEN_PLUS,
    EC_TOKEN_MINUS,
    EC_TOKEN_TIMES,
    EC_TOKEN_OVER,
    EC_TOKEN_MODULO,
    EC_TOKEN_POWER,
    EC_TOKEN_NOT,
    EC_TOKEN_COUNT,
};

struct ec_token {
    enum ec_token_kind kind;
    bool quoted;                /* a name in backquotes: never a function or a word like `and` */
    size_t offset, end;         /* bytes of the source */
    struct ec_str text;         /* of TEXT and NAME, without quotes; in the arena or the source */
    struct ec_value number;     /* of NUMBER */
    const struct ec_unit *unit; /* of NUMBER; NULL: none */
};

struct ec_lexer {
    struct ec_str source;
    size_t position;
    struct ec_arena *arena; /* for text with escapes */
    struct ec_error *error;
};

/* Reads the next token; false with *lexer->error set when there is none that makes sense. */
bool ec_lexer_next(struct ec_lexer *lexer, struct ec_token *ret_token);

#endif
