/* Compiles any bytes as an expression and evaluates what compiles. */
#include "query/expr.h"

#include <math.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Binds every name but those that begin with 'q', of a type and a unit that depend on its length.
 */
static bool bind(void *context, struct ec_str name, bool quoted,
                 struct ec_expr_binding *ret_binding)
{
    (void)context, (void)quoted;
    if (name.len > 0 && name.ptr[0] == 'q')
        return false;
    *ret_binding = (struct ec_expr_binding){
        .slot = (uint32_t)name.len,
        .type = name.len % 4,
        .unit = name.len % 4 > EC_EXPR_NUMBER ? NULL : ec_unit_get(name.len % EC_UNIT_COUNT),
    };
    return true;
}

static void offer(void *context, struct ec_nearest *nearest)
{
    (void)context;
    ec_nearest_offer(nearest, "quantity");
}

static struct ec_value get(const void *row, uint32_t slot)
{
    (void)row;
    const struct ec_value values[] = {
        ec_value_missing(),
        ec_value_int(INT64_MIN),
        ec_value_bool(true),
        ec_value_str(ec_str("ab")),
        ec_value_real(-1.5e300),
        ec_value_int(3),
        ec_value_str((struct ec_str){NULL, 0}),
    };
    return values[slot % (sizeof values / sizeof values[0])];
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct ec_expr_names names = {.bind = bind, .offer = offer};
    struct ec_error error = {0};
    /* The C library's regcomp needs memory exponential in nested repetitions; it is not under test.
     */
    if (size > 4096 || (memchr(data, '~', size) && memchr(data, '{', size)))
        return 0;
    struct ec_str source = {(const char *)data, size};
    struct ec_expr *expr = ec_expr_compile(source, EC_EXPR_ANY, &names, &error);
    if (!expr != (error.text[0] != '\0') || (!expr && strncmp(error.text, "column ", 7) != 0))
        abort();
    if (!expr)
        return 0;
    struct ec_value value = ec_expr_eval(expr, get, NULL);
    if (value.kind == EC_REAL && !isfinite(value.d))
        abort();
    ec_expr_free(expr);
    return 0;
}
