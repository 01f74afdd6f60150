/* The expression language of filters, derived columns, budgets and checks.
 *
 *     mem < 24GiB and (method ~ "NPO|Grad" or not retain)
 *     energy / (tps * time)
 *     coalesce(lmcleaner_time, time) * 1.1
 *
 * From the weakest to the strongest:
 *
 *     or  ||                  and  &&                  not  !
 *     =  ==  !=  <>  <  <=  >  >=     comparisons, which do not chain
 *     ~  =~  !~               the text on the left holds a match of the pattern in quotes on the
 *                             right (POSIX extended regular expression, not anchored)
 *     +  -                    *  /  %                  - (sign)                ^ (power)
 *
 * Names are keys or short names of metrics: letters, digits, '_' and '.'; `odd key` in backquotes.
 * Text is in "double" or 'single' quotes. Numbers may have a unit: 24GiB, 1.5e3 ms, 50%. Functions:
 * abs ceil coalesce exp floor if known log log10 log2 max min missing round sqrt.
 *
 * Units. What is added or compared must have the same dimension; it is converted, so `mem < 24GiB`
 * is right whatever the unit of mem. A number without a unit takes the unit of the other side, that
 * is the one in which records hold it: `time < 600` is seconds. * and / multiply units. log, exp
 * and the like take the number as it is stored.
 *
 * What is not measured. Anything computed from a missing value is missing, and a comparison with
 * one is neither true nor false but unknown, with Kleene's three-valued logic: `false and unknown`
 * is false, `true or unknown` is true, every other mixture is unknown. A filter keeps what is true.
 * So neither `mem < 24GiB` nor `not (mem < 24GiB)` keeps a run whose memory nobody measured;
 * `missing(mem)` does, known(x) is its opposite, and coalesce(a, b, ...) is the first that is
 * known. Division by zero, the logarithm of 0 and results that are not finite are missing, as are
 * comparisons of values of different kinds (text with a number).
 *
 * Compiling needs no values, so a filter is compiled before anything is loaded, which tells the
 * loader the keys. The compiled expression owns its text and is freed by ec_expr_free; evaluating
 * it allocates nothing (but regexec may) and is safe from several threads.
 */
#ifndef EC_QUERY_EXPR_H
#define EC_QUERY_EXPR_H

#include "base/value.h"
#include "common/error.h"
#include "common/nearest.h"
#include "common/unit.h"

struct ec_expr;

enum ec_expr_type {
    EC_EXPR_ANY, /* known only when it is evaluated */
    EC_EXPR_NUMBER,
    EC_EXPR_TRUTH,
    EC_EXPR_TEXT,
};

/* What a name in an expression stands for. */
struct ec_expr_binding {
    uint32_t slot; /* the caller's number for it, handed back to ec_expr_get */
    enum ec_expr_type type;
    const struct ec_unit *unit; /* of its numbers; NULL: plain numbers */
};

/* The caller's side of compiling. */
struct ec_expr_names {
    void *context;
    /* Binds a name; `quoted`: it stood in backquotes. Returns false when there is no such name. */
    bool (*bind)(void *context, struct ec_str name, bool quoted,
                 struct ec_expr_binding *ret_binding);
    /* Offers every name there is, for the hint after a typo; may be NULL. */
    void (*offer)(void *context, struct ec_nearest *nearest);
    const char *hint; /* where none is near: what can be done; NULL: nothing */
};

/* Compiles `source`. `want` is the type that the result must have; EC_EXPR_ANY takes all. Returns
 * NULL with *error set, as ec_caret_error does, when the source makes no sense. */
struct ec_expr *ec_expr_compile(struct ec_str source, enum ec_expr_type want,
                                const struct ec_expr_names *names, struct ec_error *error);
void ec_expr_free(struct ec_expr *expr); /* NULL is fine */

/* Whether the expression is only a name, and the slot that this is bound to. */
bool ec_expr_is_name(const struct ec_expr *expr, uint32_t *ret_slot);

/* Comparison number `index` of a name with a constant, from 0 on: the name's slot and the constant;
 * false behind the last. */
bool ec_expr_comparison(const struct ec_expr *expr, size_t index, uint32_t *ret_slot,
                        struct ec_value *ret_constant);

enum ec_expr_type ec_expr_type(const struct ec_expr *expr);
/* The unit of a number's result: the one it was computed in where the registry knows it, else the
 * nameless unit, with the numbers in base units as ec_expr_unit_text says. Never NULL. */
const struct ec_unit *ec_expr_unit(const struct ec_expr *expr);
/* That unit as text, such as "MiB" or "B s" (base units); "" for plain numbers. */
const char *ec_expr_unit_text(const struct ec_expr *expr);

/* The value of the name bound to `slot` in the caller's row. */
typedef struct ec_value (*ec_expr_get)(const void *row, uint32_t slot);

/* Text in the result points into what `get` returned or into the expression. */
struct ec_value ec_expr_eval(const struct ec_expr *expr, ec_expr_get get, const void *row);

/* Whether a filter keeps the row: its value is true, not false or unknown. */
bool ec_expr_holds(const struct ec_expr *expr, ec_expr_get get, const void *row);

/* The name of function `index` of the language, in alphabetical order; NULL behind the last. */
const char *ec_expr_function_name(size_t index);

#endif
