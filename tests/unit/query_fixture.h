/* Tables made by a query from runs that a test writes down. */
#ifndef TESTS_QUERY_FIXTURE_H
#define TESTS_QUERY_FIXTURE_H

#include "query/query.h"

#include <math.h>

/* A run with a few of the known metrics; NAN, or NULL for text: not measured. */
struct fixture_run {
    const char *name, *method;
    double time;    /* s */
    double memory;  /* MiB */
    double utility; /* fraction */
    double setup;   /* s */
    enum ec_status status;
};

struct query_fixture {
    struct ec_runset *runset;
    struct ec_plan *plan;
    struct ec_table *table; /* NULL: the query failed, as `error` says */
    struct ec_error error;
};

struct query_fixture fixture_query(const struct fixture_run *runs, size_t count,
                                   const struct ec_query *query);
void fixture_done(struct query_fixture *fixture);

/* The number in a cell of the row with this name and the column with this key, and its spread; NAN
 * when it is missing. Both must be there. */
double fixture_number(const struct query_fixture *fixture, const char *row, const char *column);
double fixture_spread_of(const struct query_fixture *fixture, const char *row, const char *column);
/* Likewise for text: "" when it is missing. Good until the next call. */
const char *fixture_text(const struct query_fixture *fixture, const char *row, const char *column);

/* The column with this key; fails the test when there is none. */
const struct ec_column *fixture_find(const struct query_fixture *fixture, const char *key);

/* The query must fail with just this message. */
void fixture_expect_error(const struct fixture_run *runs, size_t count,
                          const struct ec_query *query, const char *message);

/* For the lists of a query: WORDS("a", "b"). */
#define WORDS(...)                                                                                 \
    {                                                                                              \
        .items = (const char *const[]){__VA_ARGS__},                                               \
        .count = sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *)                       \
    }

#endif
