/* Parameters that --name-pattern takes from the names of runs (query/pattern.h). */
#ifndef EC_QUERY_PARAMETERS_H
#define EC_QUERY_PARAMETERS_H

#include "common/error.h"
#include "query/names.h"
#include "query/notes.h"
#include "query/query.h"

struct ec_parameters {
    struct ec_pattern **patterns;
    size_t count;
    struct ec_value *values; /* of names->parameter_values, for the runset seen last */
    bool *matched;           /* per run */
};

/* Compiles the patterns and announces what they capture; before any name is added. Free with
 * ec_parameters_free in either case. -1 with *error set for a pattern that makes no sense. */
int ec_parameters_read(struct ec_parameters *ret_parameters, const struct ec_query *query,
                       struct ec_names *names, struct ec_error *error);
void ec_parameters_free(struct ec_parameters *parameters);

/* Gives the runs of names->runset their parameters: those of the first pattern that matches. -1
 * with *error set when no run matches any. */
int ec_parameters_match(struct ec_parameters *parameters, struct ec_names *names,
                        struct ec_error *error);

/* Tells how many rows of the table match no pattern; its rows must still be runs. */
void ec_parameters_note(const struct ec_parameters *parameters, struct ec_table *table,
                        struct ec_notes *notes);

#endif
