#include "query/expr_build.h"

#include "base/memory.h"

/* ---- Code ---- */

static bool emit(struct ec_builder *builder, enum ec_expr_op op, size_t argument, size_t offset)
{
    static const signed char effects[EC_OP_COUNT] = {
#define EFFECT(name, effect) [EC_OP_##name] = effect,
        EC_EXPR_OPS(EFFECT)
#undef EFFECT
    };
    struct ec_expr *expr = builder->expr;
    builder->height += effects[op];
    if (builder->height > EC_EXPR_STACK)
        return EC_EXPR_FAIL(builder, offset, "this is nested too deeply");
    expr->code = ec_grow(expr->code, expr->code_count, &expr->code_capacity, sizeof *expr->code);
    expr->code[expr->code_count++] = (struct ec_instruction){op, (uint32_t)argument};
    return true;
}

static size_t add_constant(struct ec_expr *expr, struct ec_value value)
{
    expr->constants = ec_grow(expr->constants, expr->constant_count, &expr->constant_capacity,
                              sizeof *expr->constants);
    expr->constants[expr->constant_count] = value;
    return expr->constant_count++;
}

/* Converts the value of the code that ends before `end` from one scale to another of the same
 * dimension. Divides where that is the exact way: 1500 ms / 1000, not * 0.001. */
static void convert(struct ec_builder *builder, size_t end, double from, double to)
{
    struct ec_expr *expr = builder->expr;
    bool up = from >= to;
    size_t factor = add_constant(expr, ec_value_real(up ? from / to : to / from));
    emit(builder, up ? EC_OP_TIMES : EC_OP_OVER, factor, 0);
    struct ec_instruction conversion = expr->code[expr->code_count - 1];
    memmove(expr->code + end + 1, expr->code + end,
            (expr->code_count - 1 - end) * sizeof *expr->code);
    expr->code[end] = conversion;
}

/* ---- Types and units ---- */

static const char *type_text(enum ec_expr_type type)
{
    static const char *const texts[] = {"anything", "a number", "true or false", "text"};
    return texts[type];
}

static bool expect(struct ec_builder *builder, const struct ec_node *node, enum ec_expr_type type,
                   const char *who)
{
    if (node->type == type || node->type == EC_EXPR_ANY || type == EC_EXPR_ANY)
        return true;
    return EC_EXPR_FAIL(builder, node->offset, "%s %s, and this is %s", who, type_text(type),
                        type_text(node->type));
}

/* A constant that takes the unit of its surroundings. */
static bool is_bare(const struct ec_node *node)
{
    return node->constant && ec_quantity_is_plain(node->quantity) && node->quantity.scale == 1;
}

static bool disagree(struct ec_builder *builder, const struct ec_node *left,
                     const struct ec_node *right)
{
    char a[EC_QUANTITY_TEXT], b[EC_QUANTITY_TEXT];
    ec_quantity_text(left->quantity, a);
    ec_quantity_text(right->quantity, b);
    bool plain = ec_quantity_is_plain(left->quantity) || ec_quantity_is_plain(right->quantity);
    return EC_EXPR_FAIL(builder, right->offset, "%s and %s do not go together%s", a, b,
                        plain ? "; multiply the plain number by its unit, as in 'x * 1s'" : "");
}

/* Brings two neighbouring numbers, of which `right` ends the code, to one unit. */
static bool unify_units(struct ec_builder *builder, struct ec_node *left, struct ec_node *right)
{
    struct ec_quantity *a = &left->quantity, *b = &right->quantity;
    if (is_bare(left)) {
        *a = *b;
    } else if (is_bare(right)) {
        *b = *a;
    } else if (!ec_quantity_agree(*a, *b)) {
        return disagree(builder, left, right);
    } else if (a->scale != b->scale && left->constant && !right->constant) {
        convert(builder, right->code, a->scale, b->scale);
        right->code++;
        *a = *b;
    } else if (a->scale != b->scale) {
        convert(builder, builder->expr->code_count, b->scale, a->scale);
        *b = *a;
    }
    return true;
}

/* Two values that are compared or stand for each other: one type, and one unit. */
static bool unify(struct ec_builder *builder, struct ec_node *left, struct ec_node *right)
{
    if (left->type != EC_EXPR_ANY && right->type != EC_EXPR_ANY && left->type != right->type)
        return EC_EXPR_FAIL(builder, right->offset, "this is %s and cannot go with %s",
                            type_text(right->type), type_text(left->type));
    bool numbers = left->type == EC_EXPR_NUMBER || right->type == EC_EXPR_NUMBER;
    return !numbers || unify_units(builder, left, right);
}

/* Makes a percentage, which is a number of hundredths, a fraction. */
static void make_fraction(struct ec_builder *builder, struct ec_node *node, size_t end)
{
    if (!ec_quantity_is_plain(node->quantity) || node->quantity.scale == 1)
        return;
    convert(builder, end, node->quantity.scale, 1);
    node->quantity.scale = 1;
}

/* ---- Operands ---- */

struct ec_node ec_build_start(const struct ec_builder *builder, size_t offset)
{
    return (struct ec_node){
        .code = builder->expr->code_count, .offset = offset, .quantity = ec_quantity_plain()};
}

bool ec_build_constant(struct ec_builder *builder, struct ec_value value,
                       const struct ec_unit *unit, struct ec_node *node)
{
    node->type = value.kind == EC_STR    ? EC_EXPR_TEXT
                 : value.kind == EC_BOOL ? EC_EXPR_TRUTH
                                         : EC_EXPR_NUMBER;
    node->constant = true;
    if (unit)
        node->quantity = ec_quantity_of(unit);
    return emit(builder, EC_OP_CONSTANT, add_constant(builder->expr, value), node->offset);
}

bool ec_build_load(struct ec_builder *builder, struct ec_expr_binding binding, struct ec_node *node)
{
    node->type = binding.type;
    if (binding.unit)
        node->quantity = ec_quantity_of(binding.unit);
    return emit(builder, EC_OP_LOAD, binding.slot, node->offset);
}

/* ---- Operators ---- */

bool ec_build_prefix(struct ec_builder *builder, enum ec_expr_op op, struct ec_node *node)
{
    bool is_not = op == EC_OP_NOT;
    enum ec_expr_type type = is_not ? EC_EXPR_TRUTH : EC_EXPR_NUMBER;
    if (!expect(builder, node, type, is_not ? "'not' needs" : "'-' needs"))
        return false;
    node->type = type;
    return emit(builder, op, 0, node->offset);
}

/* Emits an operator whose operands are checked; *left becomes the result. */
static bool emit_binary(struct ec_builder *builder, enum ec_expr_op op, struct ec_node *left,
                        const struct ec_node *right)
{
    left->constant = left->constant && right->constant;
    return emit(builder, op, 0, right->offset);
}

static bool build_logic(struct ec_builder *builder, enum ec_expr_op op, struct ec_node *left,
                        struct ec_node *right)
{
    if (!expect(builder, left, EC_EXPR_TRUTH, "'and' and 'or' need") ||
        !expect(builder, right, EC_EXPR_TRUTH, "'and' and 'or' need"))
        return false;
    left->type = EC_EXPR_TRUTH;
    return emit_binary(builder, op, left, right);
}

static bool build_comparison(struct ec_builder *builder, enum ec_expr_op op, struct ec_node *left,
                             struct ec_node *right)
{
    bool is_order = op != EC_OP_EQUAL && op != EC_OP_UNEQUAL;
    if (!unify(builder, left, right))
        return false;
    if (is_order && (left->type == EC_EXPR_TRUTH || right->type == EC_EXPR_TRUTH))
        return EC_EXPR_FAIL(builder, left->offset, "true and false have no order");
    left->type = EC_EXPR_TRUTH;
    left->quantity = ec_quantity_plain();
    return emit_binary(builder, op, left, right);
}

/* Makes fractions of two operands that are plain numbers or percentages. */
static void make_fractions(struct ec_builder *builder, struct ec_node *left, struct ec_node *right)
{
    size_t before = builder->expr->code_count;
    make_fraction(builder, left, right->code);
    right->code += builder->expr->code_count - before;
    make_fraction(builder, right, builder->expr->code_count);
}

static bool build_product(struct ec_builder *builder, enum ec_expr_op op, struct ec_node *left,
                          struct ec_node *right)
{
    /* Twice a percentage is a percentage. */
    if (is_bare(right))
        return emit_binary(builder, op, left, right);
    if (op == EC_OP_MULTIPLY && is_bare(left)) {
        left->quantity = right->quantity;
        return emit_binary(builder, op, left, right);
    }
    make_fractions(builder, left, right);
    if (!ec_quantity_combine(left->quantity, right->quantity, op == EC_OP_MULTIPLY ? 1 : -1,
                             &left->quantity))
        return EC_EXPR_FAIL(builder, right->offset, "the unit of this has too high a power");
    if (!emit_binary(builder, op, left, right))
        return false;
    make_fraction(builder, left,
                  builder->expr->code_count); /* MiB / GiB is a number, not 1024ths */
    return true;
}

static bool build_power(struct ec_builder *builder, struct ec_node *left, struct ec_node *right)
{
    const struct ec_node *wrong = !ec_quantity_is_plain(left->quantity)    ? left
                                  : !ec_quantity_is_plain(right->quantity) ? right
                                                                           : NULL;
    if (wrong)
        return EC_EXPR_FAIL(builder, wrong->offset, "'^' takes plain numbers; multiply it out");
    make_fractions(builder, left, right);
    return emit_binary(builder, EC_OP_POWER, left, right);
}

static bool build_arithmetic(struct ec_builder *builder, enum ec_expr_op op, struct ec_node *left,
                             struct ec_node *right)
{
    if (!expect(builder, left, EC_EXPR_NUMBER, "arithmetic needs") ||
        !expect(builder, right, EC_EXPR_NUMBER, "arithmetic needs"))
        return false;
    left->type = EC_EXPR_NUMBER;
    if (op == EC_OP_POWER)
        return build_power(builder, left, right);
    if (op == EC_OP_MULTIPLY || op == EC_OP_DIVIDE)
        return build_product(builder, op, left, right);
    return unify_units(builder, left, right) && emit_binary(builder, op, left, right);
}

bool ec_build_binary(struct ec_builder *builder, enum ec_expr_op op, struct ec_node *left,
                     struct ec_node *right)
{
    if (op == EC_OP_AND || op == EC_OP_OR)
        return build_logic(builder, op, left, right);
    if (op >= EC_OP_EQUAL && op <= EC_OP_GREATER_EQUAL)
        return build_comparison(builder, op, left, right);
    return build_arithmetic(builder, op, left, right);
}

bool ec_build_match(struct ec_builder *builder, bool negated, struct ec_node *left,
                    struct ec_str pattern, size_t offset)
{
    struct ec_expr *expr = builder->expr;
    if (!expect(builder, left, EC_EXPR_TEXT, "'~' compares"))
        return false;
    if (memchr(pattern.ptr, '\0', pattern.len))
        return EC_EXPR_FAIL(builder, offset, "a pattern cannot hold a NUL");
    expr->patterns = ec_grow(expr->patterns, expr->pattern_count, &expr->pattern_capacity,
                             sizeof *expr->patterns);
    regex_t *compiled = &expr->patterns[expr->pattern_count];
    int status = regcomp(compiled, pattern.ptr, REG_EXTENDED | REG_NOSUB);
    if (status != 0) {
        char reason[128];
        regerror(status, compiled, reason, sizeof reason);
        return EC_EXPR_FAIL(builder, offset, "this pattern makes no sense: %s", reason);
    }
    left->type = EC_EXPR_TRUTH;
    left->quantity = ec_quantity_plain();
    left->constant = false;
    return emit(builder, EC_OP_MATCH, expr->pattern_count++, offset) &&
           (!negated || emit(builder, EC_OP_NOT, 0, offset));
}

/* ---- Functions ---- */

bool ec_build_call(struct ec_builder *builder, const struct ec_function *function,
                   struct ec_node *node)
{
    switch (function->kind) {
    case EC_FUNCTION_KNOWS:
        node->type = EC_EXPR_TRUTH;
        node->quantity = ec_quantity_plain();
        /* missing() is the opposite of known(). */
        return emit(builder, EC_OP_KNOWN, 0, node->offset) &&
               (function->op == EC_OP_KNOWN || emit(builder, function->op, 0, node->offset));
    case EC_FUNCTION_CHOICE:
        return expect(builder, node, EC_EXPR_TRUTH, "the condition of if() must be");
    case EC_FUNCTION_FIRST:
        return true;
    default:
        break;
    }
    if (!expect(builder, node, EC_EXPR_NUMBER, "this function takes"))
        return false;
    node->type = EC_EXPR_NUMBER;
    if (function->kind == EC_FUNCTION_FOLD)
        return true;
    if (function->kind == EC_FUNCTION_DROPS_UNIT)
        node->quantity = ec_quantity_plain();
    if (function->kind == EC_FUNCTION_ROOT) {
        make_fraction(builder, node, builder->expr->code_count);
        if (!ec_quantity_root(node->quantity, &node->quantity))
            return EC_EXPR_FAIL(builder, node->offset, "the unit of this has no square root");
    }
    return emit(builder, function->op, 0, node->offset);
}

bool ec_build_fold(struct ec_builder *builder, const struct ec_function *function,
                   struct ec_node *node, struct ec_node *next)
{
    if (function->kind == EC_FUNCTION_FOLD &&
        !expect(builder, next, EC_EXPR_NUMBER, "this function takes"))
        return false;
    if (!unify(builder, node, next))
        return false;
    node->constant = node->constant && next->constant;
    if (function->kind == EC_FUNCTION_FIRST && node->type != next->type)
        node->type = EC_EXPR_ANY;
    return emit(builder, function->op, 0, next->offset);
}

bool ec_build_choice(struct ec_builder *builder, struct ec_node *node, struct ec_node *then,
                     struct ec_node *otherwise)
{
    if (!unify(builder, then, otherwise))
        return false;
    node->type = then->type == otherwise->type ? then->type : EC_EXPR_ANY;
    node->quantity = then->quantity;
    node->constant = node->constant && then->constant && otherwise->constant;
    return emit(builder, EC_OP_IF, 0, node->offset);
}

bool ec_build_finish(struct ec_builder *builder, struct ec_node *node, enum ec_expr_type want)
{
    struct ec_expr *expr = builder->expr;
    if (!expect(builder, node, want, "this must be"))
        return false;
    expr->type = node->type;
    expr->unit = ec_quantity_unit(node->quantity);
    if (!expr->unit) {
        convert(builder, expr->code_count, node->quantity.scale, 1);
        node->quantity.scale = 1;
        expr->unit = ec_quantity_unit(node->quantity);
    }
    if (!expr->unit || expr->unit->symbol[0])
        ec_quantity_text(node->quantity, expr->unit_text);
    if (!expr->unit)
        expr->unit = ec_unit_get(EC_UNIT_NONE);
    return true;
}
