#include "query/amount.h"

#include "query/expr.h"

#include <math.h>

static bool bind_nothing(void *context, struct ec_str name, bool quoted,
                         struct ec_expr_binding *ret_binding)
{
    (void)context, (void)name, (void)quoted, (void)ret_binding;
    return false;
}

static struct ec_value get_nothing(const void *row, uint32_t slot)
{
    (void)row, (void)slot;
    return ec_value_missing();
}

int ec_amount_read(struct ec_str source, struct ec_amount *ret_amount, struct ec_error *error)
{
    struct ec_expr_names none = {.bind = bind_nothing};
    struct ec_expr *expr = ec_expr_compile(source, EC_EXPR_NUMBER, &none, error);
    if (!expr)
        return -1;
    struct ec_value value = ec_expr_eval(expr, get_nothing, NULL);
    struct ec_amount amount = {.unit = ec_expr_unit(expr)};
    ec_expr_free(expr);
    if (!ec_value_is_number(value))
        return ec_error_set(error, "'%.*s' is no number", (int)source.len, source.ptr);
    amount.value = ec_value_number(value);
    *ret_amount = amount;
    return 0;
}

double ec_amount_in(struct ec_amount amount, const struct ec_unit *unit)
{
    if (amount.unit->dimension == EC_DIM_NONE)
        return amount.value;
    if (amount.unit->dimension != unit->dimension)
        return NAN;
    return amount.value * ec_unit_factor(amount.unit, unit);
}
