/* The names that a query mentions, and their value for each run.
 *
 * A name stands for, in this order: one of `name`, `status`, `path`; a column that -c computes; a
 * parameter that a name pattern captures; a metric by its short name, unless no run has it but some
 * have a JSON key of just that name; or a JSON key. In backquotes it is always the JSON key. Names
 * are collected while the query is read, before anything is loaded, so that the loader knows which
 * keys to keep; afterwards they are resolved against the runset. Everything lives in the plan's
 * arena.
 */
#ifndef EC_QUERY_NAMES_H
#define EC_QUERY_NAMES_H

#include "base/arena.h"
#include "common/error.h"
#include "common/metric.h"
#include "query/expr.h"
#include "runset/runset.h"

enum ec_name_kind {
    EC_NAME_KEY,
    EC_NAME_NAME,
    EC_NAME_STATUS,
    EC_NAME_PATH,
    EC_NAME_PARAMETER,
    EC_NAME_EXPR,
};

struct ec_name {
    const char *text; /* as the user wrote it, without backquotes */
    bool literal;     /* it stood in backquotes: a JSON key */
    bool required;    /* some run must have it */
    const char *hint; /* said of it when no run has it; NULL: nothing */
    bool record_only; /* not the user's: a record may have it, files beside it do not matter */
    enum ec_name_kind kind;
    const char *key;                /* EC_NAME_KEY: the JSON key */
    const struct ec_metric *metric; /* NULL: not in the registry */
    uint32_t column;                /* EC_NAME_KEY: once resolved, of the runset, or EC_NO_COLUMN */
    /* EC_NAME_KEY: the metric that the short name `text` means; `key` and `metric` are its own, or
     * once resolved those of the key `text`. NULL: `text` is no short name. */
    const struct ec_metric *short_for;
    size_t parameter;           /* EC_NAME_PARAMETER: its number */
    const struct ec_expr *expr; /* EC_NAME_EXPR: borrowed */
};

struct ec_names {
    struct ec_arena *arena;
    struct ec_name *items;
    size_t count, capacity;
    const char **parameters; /* names that patterns capture */
    size_t parameter_count, parameter_capacity;
    const struct ec_runset *runset;    /* once resolved */
    struct ec_value *parameter_values; /* [run * parameter_count + parameter]; NULL: none */
};

/* Free with ec_names_free; `arena` is borrowed. */
void ec_names_init(struct ec_names *names, struct ec_arena *arena);
void ec_names_free(struct ec_names *names);

/* Announces a parameter, before any name is added. The same name again changes nothing. Returns
 * false for a name that stands for something else in every run. */
bool ec_names_add_parameter(struct ec_names *names, struct ec_str name);

/* The number of a parameter that was announced. */
size_t ec_names_parameter(const struct ec_names *names, struct ec_str name);

/* From now on, `name` stands for what the expression of earlier names computes. It is borrowed. */
void ec_names_define(struct ec_names *names, struct ec_str name, const struct ec_expr *expr);

/* The slot for a name as it was written, made when it is new. */
uint32_t ec_names_add(struct ec_names *names, struct ec_str name);

/* Likewise for a name that the tool itself gives: only the metric or the key, whatever it was
 * defined as. `record`: beside the record it is not searched for. */
uint32_t ec_names_add_own(struct ec_names *names, const char *name, bool record);
/* That for records. */
uint32_t ec_names_add_record_key(struct ec_names *names, const char *key);

/* Whether some name stands for this JSON key. */
bool ec_names_has_key(const struct ec_names *names, const char *key);

/* Likewise, for a name without which the query has no answer. */
uint32_t ec_names_require(struct ec_names *names, struct ec_str name);
/* Likewise, for one that rows are put together by: then patterns may help. */
uint32_t ec_names_require_key(struct ec_names *names, struct ec_str name);

/* For ec_expr_compile: every name is known, as a JSON key if as nothing else. */
struct ec_expr_names ec_names_for_expr(struct ec_names *names);

/* The JSON keys to load, in the arena. */
const char *const *ec_names_keys(const struct ec_names *names, size_t *ret_count);

/* Of the keys to load, those that evaluations and files of parameters may hold: effectiveness
 * metrics, and what the registry does not know. In the arena. */
const char *const *ec_names_beside(const struct ec_names *names, size_t *ret_count);

/* Looks the keys up in what was loaded. */
void ec_names_resolve(struct ec_names *names, const struct ec_runset *runset);

/* -1 with *error set when an expression uses a name that the registry does not know and no run has:
 * then it is a typo more likely than an answer. The names must be resolved. */
int ec_names_check(const struct ec_names *names, struct ec_error *error);

/* Whether any run has a value of this name; the names must be resolved. */
bool ec_names_has_value(const struct ec_names *names, uint32_t slot);

/* The known name that is nearest to a mistyped one; NULL when none is near. */
const char *ec_names_nearest(const struct ec_names *names, const char *name);

/* The value for a run of the runset; a row of ec_names_get is a `struct ec_names_row`. */
struct ec_value ec_names_value(const struct ec_names *names, size_t run, uint32_t slot);

struct ec_names_row {
    const struct ec_names *names;
    size_t run;
};
/* An ec_expr_get. */
struct ec_value ec_names_get(const void *row, uint32_t slot);

#endif
