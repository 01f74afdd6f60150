/* The half of the expression compiler that knows types, units and code; expr_parse.c knows the
 * grammar.
 *
 * Each operand that was parsed leaves a node: its type, its unit and where its code begins. Units
 * cost nothing at run time unless they differ: values keep the unit in which they are stored, and
 * only where two operands meet with different scales is one of them converted, the constant one if
 * there is one.
 *
 * The functions return false with *builder->error set when the source makes no sense.
 */
#ifndef EC_QUERY_EXPR_BUILD_H
#define EC_QUERY_EXPR_BUILD_H

#include "query/caret.h"
#include "query/expr_program.h"
#include "query/expr_unit.h"

struct ec_builder {
    struct ec_expr *expr;
    struct ec_str source;
    struct ec_error *error;
    int height; /* of the stack when the code so far has run */
};

struct ec_node {
    enum ec_expr_type type;
    struct ec_quantity quantity; /* of numbers; plain for everything else */
    bool constant;
    size_t code;   /* where its instructions begin; they reach to the next node's or to the end */
    size_t offset; /* in the source */
};

/* What a function takes and gives. */
enum ec_function_kind {
    EC_FUNCTION_KEEPS_UNIT, /* number -> number of the same unit */
    EC_FUNCTION_DROPS_UNIT, /* number -> plain number */
    EC_FUNCTION_ROOT,       /* number -> number */
    EC_FUNCTION_KNOWS,      /* anything -> true or false */
    EC_FUNCTION_FOLD,       /* numbers, at least one; pairwise from the left */
    EC_FUNCTION_FIRST,      /* the same for values of any one type */
    EC_FUNCTION_CHOICE,     /* true or false, and two values of one type */
};

struct ec_function {
    const char *name;
    enum ec_function_kind kind;
    enum ec_expr_op op;
};

/* `return EC_EXPR_FAIL(builder, offset, "what is wrong")`, with the formatting of printf. */
#define EC_EXPR_FAIL(builder, offset, ...)                                                         \
    (ec_caret_error((builder)->error, (builder)->source, offset, __VA_ARGS__), false)

/* A node for what is parsed next, at `offset`. */
struct ec_node ec_build_start(const struct ec_builder *builder, size_t offset);

bool ec_build_constant(struct ec_builder *builder, struct ec_value value,
                       const struct ec_unit *unit, struct ec_node *node);
bool ec_build_load(struct ec_builder *builder, struct ec_expr_binding binding,
                   struct ec_node *node);

/* The sign or `not` of a node. */
bool ec_build_prefix(struct ec_builder *builder, enum ec_expr_op op, struct ec_node *node);

/* Each of these makes *left the result of an operator; `right` is the operand compiled last. */
bool ec_build_binary(struct ec_builder *builder, enum ec_expr_op op, struct ec_node *left,
                     struct ec_node *right);
/* `pattern` is the text of a POSIX extended regular expression, at `offset` in the source. */
bool ec_build_match(struct ec_builder *builder, bool negated, struct ec_node *left,
                    struct ec_str pattern, size_t offset);

/* Functions of one argument; also checks the first argument of the others. */
bool ec_build_call(struct ec_builder *builder, const struct ec_function *function,
                   struct ec_node *node);
/* One more argument of a fold. */
bool ec_build_fold(struct ec_builder *builder, const struct ec_function *function,
                   struct ec_node *node, struct ec_node *next);
/* if(*node, then, otherwise) */
bool ec_build_choice(struct ec_builder *builder, struct ec_node *node, struct ec_node *then,
                     struct ec_node *otherwise);

/* The whole expression is *node and must be of type `want`. */
bool ec_build_finish(struct ec_builder *builder, struct ec_node *node, enum ec_expr_type want);

#endif
