/* The compiled form of an expression: a program for a stack machine, between expr_parse.c, which
 * writes it, and expr_eval.c, which runs it.
 *
 * There are no jumps: nothing has side effects, so both branches of `if` are computed. That lets
 * the compiler insert a conversion of units behind an operand that is already compiled.
 */
#ifndef EC_QUERY_EXPR_PROGRAM_H
#define EC_QUERY_EXPR_PROGRAM_H

#include "base/arena.h"
#include "query/expr.h"

#include <regex.h>

enum {
    EC_EXPR_STACK = 64, /* values on the stack at once */
    EC_EXPR_DEPTH = 64, /* of parentheses, signs and the like */
};

/* OP(name, what it adds to the height of the stack) */
#define EC_EXPR_OPS(OP)                                                                            \
    OP(CONSTANT, 1) /* argument: index in constants */                                             \
    OP(LOAD, 1)     /* argument: slot */                                                           \
    OP(TIMES, 0)    /* by constants[argument]: a conversion of units */                            \
    OP(OVER, 0)     /* likewise */                                                                 \
    OP(MATCH, 0)    /* argument: index in patterns */                                              \
    OP(NEGATE, 0)                                                                                  \
    OP(NOT, 0)                                                                                     \
    OP(KNOWN, 0)                                                                                   \
    OP(ABS, 0)                                                                                     \
    OP(CEIL, 0)                                                                                    \
    OP(FLOOR, 0)                                                                                   \
    OP(ROUND, 0)                                                                                   \
    OP(EXP, 0)                                                                                     \
    OP(LOG, 0)                                                                                     \
    OP(LOG2, 0)                                                                                    \
    OP(LOG10, 0)                                                                                   \
    OP(SQRT, 0)                                                                                    \
    OP(ADD, -1)                                                                                    \
    OP(SUBTRACT, -1)                                                                               \
    OP(MULTIPLY, -1)                                                                               \
    OP(DIVIDE, -1)                                                                                 \
    OP(MODULO, -1)                                                                                 \
    OP(POWER, -1)                                                                                  \
    OP(MIN, -1)                                                                                    \
    OP(MAX, -1)                                                                                    \
    OP(COALESCE, -1)                                                                               \
    OP(EQUAL, -1)                                                                                  \
    OP(UNEQUAL, -1)                                                                                \
    OP(LESS, -1)                                                                                   \
    OP(LESS_EQUAL, -1)                                                                             \
    OP(GREATER, -1)                                                                                \
    OP(GREATER_EQUAL, -1)                                                                          \
    OP(AND, -1)                                                                                    \
    OP(OR, -1)                                                                                     \
    OP(IF, -2) /* condition, then, else */

#define EC_EXPR_OP_ENUM(name, effect) EC_OP_##name,
enum ec_expr_op { EC_EXPR_OPS(EC_EXPR_OP_ENUM) EC_OP_COUNT };
#undef EC_EXPR_OP_ENUM

struct ec_instruction {
    enum ec_expr_op op;
    uint32_t argument;
};

struct ec_expr {
    struct ec_arena arena; /* text of constants */
    struct ec_instruction *code;
    struct ec_value *constants;
    regex_t *patterns;
    size_t code_count, code_capacity;
    size_t constant_count, constant_capacity;
    size_t pattern_count, pattern_capacity;
    enum ec_expr_type type;
    const struct ec_unit *unit;
    char unit_text[64];
};

#endif
