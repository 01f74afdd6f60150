/* The rows of a table: which runs (--where), how they are called (--label), in which order
 * (--order, --sort) and how many (--top).
 */
#ifndef EC_QUERY_ROWS_H
#define EC_QUERY_ROWS_H

#include "common/error.h"
#include "query/group.h"
#include "query/names.h"
#include "query/query.h"

struct ec_sort_key {
    struct ec_str name; /* of a column, else any name */
    uint32_t slot;
    bool descending;
};

struct ec_rows {
    struct ec_expr **where;
    size_t where_count;
    struct ec_sort_key *keys;
    size_t key_count, key_capacity;
};

/* Free with ec_rows_free in either case. */
int ec_rows_read(struct ec_rows *ret_rows, const struct ec_query *query, struct ec_names *names,
                 struct ec_error *error);
void ec_rows_free(struct ec_rows *rows);
/* Reads --sort anew. */
int ec_rows_read_sort(struct ec_rows *rows, const struct ec_query *query, struct ec_names *names,
                      struct ec_error *error);

/* Fills `order`, `row_count` and `base_count` with the runs that meet every --where, in the
 * runset's order; the names must be resolved. */
void ec_rows_filter(const struct ec_rows *rows, const struct ec_names *names,
                    struct ec_table *table);

/* Gives rows their labels. */
void ec_rows_label(const struct ec_query *query, struct ec_table *table);
/* Cuts a --label behind the longest of the `count` names that it begins with: names may hold '='.
 * False when it begins with none of them; then it is cut at its first '='. */
bool ec_rows_split_label(const char *label, const struct ec_str *names, size_t count,
                         struct ec_str *ret_name, struct ec_str *ret_label);

/* Where the values of rows come from that are in no column. */
struct ec_row_values {
    const struct ec_names *names;
    const struct ec_grouping *grouping;
};

/* What rows are sorted or put under headings by: per base row its value of `name` (`slot` among the
 * names), of a column that is shown, else of the run; of groups also a name that they are grouped
 * by. In `arena`; what has no value is missing. */
struct ec_value *ec_rows_values(const struct ec_row_values *source, struct ec_str name,
                                uint32_t slot, const struct ec_table *table,
                                struct ec_arena *arena);

/* The first row behind the references. */
size_t ec_rows_first_ranked(const struct ec_table *table);

/* Puts the rows behind the references in order and drops those after the first --top. The columns
 * must be there. What is missing comes last in both directions; what is equal stays as it was. */
void ec_rows_sort(const struct ec_rows *rows, const struct ec_query *query,
                  const struct ec_row_values *source, struct ec_table *table);
/* Puts them back as they stood before they were sorted; none may have been dropped since. */
void ec_rows_unsort(struct ec_table *table);

#endif
