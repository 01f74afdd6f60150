#include "query/expr_program.h"

#include <math.h>

static struct ec_value number(double result)
{
    return isfinite(result) ? ec_value_real(result) : ec_value_missing();
}

static struct ec_value negate(struct ec_value a)
{
    if (a.kind == EC_INT && a.i != INT64_MIN)
        return ec_value_int(-a.i);
    return number(-ec_value_number(a));
}

static struct ec_value function(enum ec_expr_op op, struct ec_value a)
{
    if (!ec_value_is_number(a))
        return ec_value_missing();
    double x = ec_value_number(a);
    bool is_whole = a.kind == EC_INT;
    switch (op) {
    case EC_OP_NEGATE:
        return negate(a);
    case EC_OP_ABS:
        return x < 0 ? negate(a) : a;
    case EC_OP_CEIL:
        return is_whole ? a : number(ceil(x));
    case EC_OP_FLOOR:
        return is_whole ? a : number(floor(x));
    case EC_OP_ROUND:
        return is_whole ? a : number(round(x));
    case EC_OP_EXP:
        return number(exp(x));
    case EC_OP_LOG:
        return number(log(x));
    case EC_OP_LOG2:
        return number(log2(x));
    case EC_OP_LOG10:
        return number(log10(x));
    default:
        return number(sqrt(x));
    }
}

/* Whole numbers stay whole where the result is and fits. */
static bool whole_arithmetic(enum ec_expr_op op, int64_t a, int64_t b, struct ec_value *ret_value)
{
    int64_t result;
    bool fits = (op == EC_OP_ADD && !__builtin_add_overflow(a, b, &result)) ||
                (op == EC_OP_SUBTRACT && !__builtin_sub_overflow(a, b, &result)) ||
                (op == EC_OP_MULTIPLY && !__builtin_mul_overflow(a, b, &result));
    if (op == EC_OP_MODULO && b != 0 && b != -1) {
        result = a % b;
        fits = true;
    }
    if (fits)
        *ret_value = ec_value_int(result);
    return fits;
}

static struct ec_value arithmetic(enum ec_expr_op op, struct ec_value a, struct ec_value b)
{
    struct ec_value result;
    if (!ec_value_is_number(a) || !ec_value_is_number(b))
        return ec_value_missing();
    if (a.kind == EC_INT && b.kind == EC_INT && whole_arithmetic(op, a.i, b.i, &result))
        return result;
    double x = ec_value_number(a), y = ec_value_number(b);
    switch (op) {
    case EC_OP_ADD:
        return number(x + y);
    case EC_OP_SUBTRACT:
        return number(x - y);
    case EC_OP_MULTIPLY:
        return number(x * y);
    case EC_OP_DIVIDE:
        return number(x / y);
    case EC_OP_MODULO:
        return number(fmod(x, y));
    case EC_OP_POWER:
        return number(pow(x, y));
    case EC_OP_MIN:
        return y < x ? b : a;
    default:
        return y > x ? b : a;
    }
}

/* Sets *ret_order to the sign of a - b; false when the two cannot be compared. */
static bool order(struct ec_value a, struct ec_value b, int *ret_order)
{
    if (a.kind == EC_INT && b.kind == EC_INT) {
        *ret_order = (a.i > b.i) - (a.i < b.i);
    } else if (ec_value_is_number(a) && ec_value_is_number(b)) {
        double x = ec_value_number(a), y = ec_value_number(b);
        *ret_order = (x > y) - (x < y);
    } else if (a.kind != b.kind || a.kind == EC_MISSING) {
        return false;
    } else if (a.kind == EC_BOOL) {
        *ret_order = a.b - b.b;
    } else {
        size_t common = a.text_length < b.text_length ? a.text_length : b.text_length;
        int bytes = common ? memcmp(a.text, b.text, common) : 0;
        *ret_order =
            bytes ? bytes : (a.text_length > b.text_length) - (a.text_length < b.text_length);
    }
    return true;
}

static struct ec_value compare(enum ec_expr_op op, struct ec_value a, struct ec_value b)
{
    int sign;
    if (!order(a, b, &sign))
        return ec_value_missing();
    switch (op) {
    case EC_OP_EQUAL:
        return ec_value_bool(sign == 0);
    case EC_OP_UNEQUAL:
        return ec_value_bool(sign != 0);
    case EC_OP_LESS:
        return ec_value_bool(sign < 0);
    case EC_OP_LESS_EQUAL:
        return ec_value_bool(sign <= 0);
    case EC_OP_GREATER:
        return ec_value_bool(sign > 0);
    default:
        return ec_value_bool(sign >= 0);
    }
}

/* `decisive` settles it alone: false for `and`, true for `or`. */
static struct ec_value logic(bool decisive, struct ec_value a, struct ec_value b)
{
    if ((a.kind == EC_BOOL && a.b == decisive) || (b.kind == EC_BOOL && b.b == decisive))
        return ec_value_bool(decisive);
    return a.kind == EC_BOOL && b.kind == EC_BOOL ? ec_value_bool(!decisive) : ec_value_missing();
}

static struct ec_value matches(const regex_t *pattern, struct ec_value a)
{
    if (a.kind != EC_STR)
        return ec_value_missing();
    /* REG_STARTEND: the text need not end in NUL and may hold some. */
    regmatch_t range = {.rm_so = 0, .rm_eo = (regoff_t)a.text_length};
    const char *text = a.text_length ? a.text : "";
    return ec_value_bool(regexec(pattern, text, 1, &range, REG_STARTEND) == 0);
}

static struct ec_value unary(const struct ec_expr *expr, struct ec_instruction instruction,
                             struct ec_value a)
{
    switch (instruction.op) {
    case EC_OP_TIMES:
        return arithmetic(EC_OP_MULTIPLY, a, expr->constants[instruction.argument]);
    case EC_OP_OVER:
        return arithmetic(EC_OP_DIVIDE, a, expr->constants[instruction.argument]);
    case EC_OP_MATCH:
        return matches(&expr->patterns[instruction.argument], a);
    case EC_OP_NOT:
        return a.kind == EC_BOOL ? ec_value_bool(!a.b) : ec_value_missing();
    case EC_OP_KNOWN:
        return ec_value_bool(a.kind != EC_MISSING);
    default:
        return function(instruction.op, a);
    }
}

static bool is_comparison(enum ec_expr_op op)
{
    return op >= EC_OP_EQUAL && op <= EC_OP_GREATER_EQUAL;
}

static struct ec_value binary(enum ec_expr_op op, struct ec_value a, struct ec_value b)
{
    if (is_comparison(op))
        return compare(op, a, b);
    if (op == EC_OP_AND || op == EC_OP_OR)
        return logic(op == EC_OP_OR, a, b);
    if (op == EC_OP_COALESCE)
        return a.kind == EC_MISSING ? b : a;
    return arithmetic(op, a, b);
}

static struct ec_value choose(struct ec_value condition, struct ec_value then,
                              struct ec_value otherwise)
{
    if (condition.kind != EC_BOOL)
        return ec_value_missing();
    return condition.b ? then : otherwise;
}

struct ec_value ec_expr_eval(const struct ec_expr *expr, ec_expr_get get, const void *row)
{
    struct ec_value stack[EC_EXPR_STACK]; /* the compiler saw to it that it is enough */
    struct ec_value *top = stack;         /* one above the topmost value */
    for (size_t i = 0; i < expr->code_count; i++) {
        struct ec_instruction instruction = expr->code[i];
        if (instruction.op == EC_OP_CONSTANT) {
            *top++ = expr->constants[instruction.argument];
        } else if (instruction.op == EC_OP_LOAD) {
            *top++ = get(row, instruction.argument);
        } else if (instruction.op < EC_OP_ADD) {
            top[-1] = unary(expr, instruction, top[-1]);
        } else if (instruction.op == EC_OP_IF) {
            top -= 2;
            top[-1] = choose(top[-1], top[0], top[1]);
        } else {
            top--;
            top[-1] = binary(instruction.op, top[-1], top[0]);
        }
    }
    return stack[0];
}

bool ec_expr_holds(const struct ec_expr *expr, ec_expr_get get, const void *row)
{
    struct ec_value value = ec_expr_eval(expr, get, row);
    return value.kind == EC_BOOL && value.b;
}

bool ec_expr_is_name(const struct ec_expr *expr, uint32_t *ret_slot)
{
    if (expr->code_count != 1 || expr->code[0].op != EC_OP_LOAD)
        return false;
    *ret_slot = expr->code[0].argument;
    return true;
}

bool ec_expr_comparison(const struct ec_expr *expr, size_t index, uint32_t *ret_slot,
                        struct ec_value *ret_constant)
{
    for (size_t i = 2; i < expr->code_count; i++) {
        const struct ec_instruction *a = &expr->code[i - 2], *b = &expr->code[i - 1];
        bool name_first = a->op == EC_OP_LOAD && b->op == EC_OP_CONSTANT;
        bool name_last = a->op == EC_OP_CONSTANT && b->op == EC_OP_LOAD;
        if (!is_comparison(expr->code[i].op) || (!name_first && !name_last) || index-- > 0)
            continue;
        *ret_slot = (name_first ? a : b)->argument;
        *ret_constant = expr->constants[(name_first ? b : a)->argument];
        return true;
    }
    return false;
}

enum ec_expr_type ec_expr_type(const struct ec_expr *expr)
{
    return expr->type;
}

const struct ec_unit *ec_expr_unit(const struct ec_expr *expr)
{
    return expr->unit;
}

const char *ec_expr_unit_text(const struct ec_expr *expr)
{
    return expr->unit_text;
}
