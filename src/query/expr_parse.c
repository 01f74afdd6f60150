/* The grammar of expressions: one pass, by precedence (Pratt 1973). Types, units and code are
 * expr_build.c's. */
#include "query/expr_build.h"
#include "query/expr_lex.h"

#include "base/memory.h"

#include <stdlib.h>

struct parser {
    struct ec_builder builder;
    struct ec_lexer lexer;
    struct ec_token token; /* the next one */
    const struct ec_expr_names *names;
    int depth; /* of the recursion */
};

/* What binds how tightly. */
enum { OR = 1, AND, NOT, COMPARISON, SUM, PRODUCT, SIGN, POWER, LOWEST = OR };

static const struct {
    int precedence; /* 0: not a binary operator */
    enum ec_expr_op op;
} operators[EC_TOKEN_COUNT] = {
    [EC_TOKEN_OR] = {OR, EC_OP_OR},
    [EC_TOKEN_AND] = {AND, EC_OP_AND},
    [EC_TOKEN_EQUAL] = {COMPARISON, EC_OP_EQUAL},
    [EC_TOKEN_UNEQUAL] = {COMPARISON, EC_OP_UNEQUAL},
    [EC_TOKEN_LESS] = {COMPARISON, EC_OP_LESS},
    [EC_TOKEN_LESS_EQUAL] = {COMPARISON, EC_OP_LESS_EQUAL},
    [EC_TOKEN_GREATER] = {COMPARISON, EC_OP_GREATER},
    [EC_TOKEN_GREATER_EQUAL] = {COMPARISON, EC_OP_GREATER_EQUAL},
    [EC_TOKEN_MATCH] = {COMPARISON, EC_OP_MATCH},
    [EC_TOKEN_NO_MATCH] = {COMPARISON, EC_OP_MATCH},
    [EC_TOKEN_PLUS] = {SUM, EC_OP_ADD},
    [EC_TOKEN_MINUS] = {SUM, EC_OP_SUBTRACT},
    [EC_TOKEN_TIMES] = {PRODUCT, EC_OP_MULTIPLY},
    [EC_TOKEN_OVER] = {PRODUCT, EC_OP_DIVIDE},
    [EC_TOKEN_MODULO] = {PRODUCT, EC_OP_MODULO},
    [EC_TOKEN_POWER] = {POWER, EC_OP_POWER},
};

static const struct ec_function functions[] = {
    {"abs", EC_FUNCTION_KEEPS_UNIT, EC_OP_ABS},
    {"ceil", EC_FUNCTION_KEEPS_UNIT, EC_OP_CEIL},
    {"coalesce", EC_FUNCTION_FIRST, EC_OP_COALESCE},
    {"exp", EC_FUNCTION_DROPS_UNIT, EC_OP_EXP},
    {"floor", EC_FUNCTION_KEEPS_UNIT, EC_OP_FLOOR},
    {"if", EC_FUNCTION_CHOICE, EC_OP_IF},
    {"known", EC_FUNCTION_KNOWS, EC_OP_KNOWN},
    {"log", EC_FUNCTION_DROPS_UNIT, EC_OP_LOG},
    {"log10", EC_FUNCTION_DROPS_UNIT, EC_OP_LOG10},
    {"log2", EC_FUNCTION_DROPS_UNIT, EC_OP_LOG2},
    {"max", EC_FUNCTION_FOLD, EC_OP_MAX},
    {"min", EC_FUNCTION_FOLD, EC_OP_MIN},
    {"missing", EC_FUNCTION_KNOWS, EC_OP_NOT},
    {"round", EC_FUNCTION_KEEPS_UNIT, EC_OP_ROUND},
    {"sqrt", EC_FUNCTION_ROOT, EC_OP_SQRT},
};

const char *ec_expr_function_name(size_t index)
{
    return index < sizeof functions / sizeof functions[0] ? functions[index].name : NULL;
}

static bool parse_binary(struct parser *parser, int weakest, struct ec_node *ret_node);

#define FAIL(parser, ...) EC_EXPR_FAIL(&(parser)->builder, (parser)->token.offset, __VA_ARGS__)

static bool advance(struct parser *parser)
{
    return ec_lexer_next(&parser->lexer, &parser->token);
}

/* ---- Names ---- */

/* "there is no 'tiem'; did you mean 'time'?" */
static bool unknown(struct parser *parser, const char *what, struct ec_token name, const char *best,
                    const char *hint)
{
    int shown = name.text.len > 100 ? 100 : (int)name.text.len;
    if (best)
        return EC_EXPR_FAIL(&parser->builder, name.offset,
                            "there is no %s'%.*s'; did you mean '%s'?", what, shown, name.text.ptr,
                            best);
    return EC_EXPR_FAIL(&parser->builder, name.offset, "there is no %s'%.*s'%s%s", what, shown,
                        name.text.ptr, hint ? "; " : "", hint ? hint : "");
}

static bool parse_key(struct parser *parser, struct ec_token name, struct ec_node *node)
{
    const struct ec_expr_names *names = parser->names;
    struct ec_expr_binding binding = {0};
    if (names->bind(names->context, name.text, name.quoted, &binding))
        return ec_build_load(&parser->builder, binding, node);
    struct ec_nearest nearest = {.word = name.text.ptr, .word_length = name.text.len};
    if (names->offer)
        names->offer(names->context, &nearest);
    return unknown(parser, "", name, nearest.best, names->hint);
}

static const struct ec_function *find_function(struct parser *parser, struct ec_token name)
{
    struct ec_nearest nearest = {.word = name.text.ptr, .word_length = name.text.len};
    for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++) {
        if (ec_str_equal(name.text, ec_str(functions[i].name)))
            return &functions[i];
        ec_nearest_offer(&nearest, functions[i].name);
    }
    unknown(parser, "function ", name, nearest.best, NULL);
    return NULL;
}

/* The second and later arguments, each after a comma. */
static bool parse_argument(struct parser *parser, const struct ec_function *function,
                           struct ec_node *node)
{
    if (parser->token.kind != EC_TOKEN_COMMA)
        return FAIL(parser, "%s() needs another argument", function->name);
    return advance(parser) && parse_binary(parser, LOWEST, node);
}

static bool parse_more_arguments(struct parser *parser, const struct ec_function *function,
                                 struct ec_node *node)
{
    struct ec_node a, b;
    if (function->kind == EC_FUNCTION_CHOICE)
        return parse_argument(parser, function, &a) && parse_argument(parser, function, &b) &&
               ec_build_choice(&parser->builder, node, &a, &b);
    if (function->kind != EC_FUNCTION_FOLD && function->kind != EC_FUNCTION_FIRST)
        return true;
    while (parser->token.kind == EC_TOKEN_COMMA)
        if (!parse_argument(parser, function, &a) ||
            !ec_build_fold(&parser->builder, function, node, &a))
            return false;
    return true;
}

/* The rest of name(...); the next token is the parenthesis. */
static bool parse_call(struct parser *parser, struct ec_token name, struct ec_node *node)
{
    const struct ec_function *function = find_function(parser, name);
    if (!function || !advance(parser) || !parse_binary(parser, LOWEST, node) ||
        !ec_build_call(&parser->builder, function, node) ||
        !parse_more_arguments(parser, function, node))
        return false;
    node->offset = name.offset;
    if (parser->token.kind == EC_TOKEN_COMMA)
        return FAIL(parser, "%s() takes no more arguments", function->name);
    if (parser->token.kind != EC_TOKEN_CLOSE)
        return FAIL(parser, "expected ')' or an operator");
    return advance(parser);
}

/* ---- Operands ---- */

static bool parse_name(struct parser *parser, struct ec_node *node)
{
    struct ec_token name = parser->token;
    if (!advance(parser))
        return false;
    if (parser->token.kind == EC_TOKEN_OPEN && !name.quoted)
        return parse_call(parser, name, node);
    return parse_key(parser, name, node);
}

static bool parse_parenthesis(struct parser *parser, struct ec_node *node)
{
    size_t offset = parser->token.offset;
    if (!advance(parser) || !parse_binary(parser, LOWEST, node))
        return false;
    if (parser->token.kind != EC_TOKEN_CLOSE)
        return FAIL(parser, "expected ')' or an operator");
    node->offset = offset;
    return advance(parser);
}

static bool parse_prefix(struct parser *parser, struct ec_node *node)
{
    bool is_not = parser->token.kind == EC_TOKEN_NOT;
    size_t offset = parser->token.offset;
    if (!advance(parser) || !parse_binary(parser, is_not ? NOT : SIGN, node) ||
        !ec_build_prefix(&parser->builder, is_not ? EC_OP_NOT : EC_OP_NEGATE, node))
        return false;
    node->offset = offset;
    return true;
}

static bool parse_operand(struct parser *parser, struct ec_node *node)
{
    struct ec_token token = parser->token;
    struct ec_value value;
    *node = ec_build_start(&parser->builder, token.offset);
    switch (token.kind) {
    case EC_TOKEN_NAME:
        return parse_name(parser, node);
    case EC_TOKEN_OPEN:
        return parse_parenthesis(parser, node);
    case EC_TOKEN_MINUS:
    case EC_TOKEN_NOT:
        return parse_prefix(parser, node);
    case EC_TOKEN_NUMBER:
        value = token.number;
        break;
    case EC_TOKEN_TEXT:
        value = ec_value_str(token.text);
        break;
    case EC_TOKEN_TRUE:
    case EC_TOKEN_FALSE:
        value = ec_value_bool(token.kind == EC_TOKEN_TRUE);
        break;
    case EC_TOKEN_END:
        return FAIL(parser, "a value is missing at the end");
    default:
        return FAIL(parser, "expected a value here");
    }
    return ec_build_constant(&parser->builder, value, token.unit, node) && advance(parser);
}

/* ---- Operators ---- */

static bool parse_pattern(struct parser *parser, bool negated, struct ec_node *left)
{
    struct ec_token token = parser->token;
    if (token.kind != EC_TOKEN_TEXT)
        return FAIL(parser, "'~' needs a pattern in quotes on its right");
    return advance(parser) &&
           ec_build_match(&parser->builder, negated, left, token.text, token.offset);
}

/* The right operand of `operator`, and what the two make. */
static bool parse_right(struct parser *parser, enum ec_token_kind operator, struct ec_node * left)
{
    int precedence = operators[operator].precedence;
    struct ec_node right;
    if (operators[operator].op == EC_OP_MATCH)
        return parse_pattern(parser, operator== EC_TOKEN_NO_MATCH, left);
    /* a^b^c is a^(b^c), and b may have a sign; everything else groups from the left. */
    return parse_binary(parser, operator == EC_TOKEN_POWER ? SIGN : precedence + 1, &right) &&
           ec_build_binary(&parser->builder, operators[operator].op, left, &right);
}

/* An operand and all operators behind it that bind at least as tightly as `weakest`. */
static bool parse_binary(struct parser *parser, int weakest, struct ec_node *ret_node)
{
    if (++parser->depth > EC_EXPR_DEPTH)
        return FAIL(parser, "this is nested too deeply");
    if (!parse_operand(parser, ret_node))
        return false;
    for (;;) {
        enum ec_token_kind operator= parser->token.kind;
        int precedence = operators[operator].precedence;
        if (precedence == 0 || precedence < weakest)
            break;
        if (!advance(parser) || !parse_right(parser, operator, ret_node))
            return false;
        if (precedence == COMPARISON && operators[parser->token.kind].precedence == COMPARISON)
            return FAIL(parser, "comparisons do not chain; write 'a < b and b < c'");
    }
    parser->depth--;
    return true;
}

static bool check_end(struct parser *parser)
{
    struct ec_token token = parser->token;
    if (token.kind == EC_TOKEN_END)
        return true;
    struct ec_nearest nearest = {.word = token.text.ptr, .word_length = token.text.len};
    ec_nearest_offer(&nearest, "and");
    ec_nearest_offer(&nearest, "or");
    if (token.kind == EC_TOKEN_NAME && nearest.best)
        return FAIL(parser, "expected an operator here; did you mean '%s'?", nearest.best);
    return FAIL(parser, token.kind == EC_TOKEN_CLOSE ? "this ')' has no partner"
                                                     : "expected an operator here");
}

struct ec_expr *ec_expr_compile(struct ec_str source, enum ec_expr_type want,
                                const struct ec_expr_names *names, struct ec_error *error)
{
    struct ec_expr *expr = ec_calloc(1, sizeof *expr);
    struct parser parser = {
        .builder = {.expr = expr, .source = source, .error = error},
        .lexer = {.source = source, .arena = &expr->arena, .error = error},
        .names = names,
    };
    struct ec_node whole;
    if (advance(&parser) && parse_binary(&parser, LOWEST, &whole) && check_end(&parser) &&
        ec_build_finish(&parser.builder, &whole, want))
        return expr;
    ec_expr_free(expr);
    return NULL;
}

void ec_expr_free(struct ec_expr *expr)
{
    if (!expr)
        return;
    for (size_t i = 0; i < expr->pattern_count; i++)
        regfree(&expr->patterns[i]);
    ec_arena_free(&expr->arena);
    free(expr->patterns);
    free(expr->constants);
    free(expr->code);
    free(expr);
}
