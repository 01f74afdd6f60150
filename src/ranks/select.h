/* Which of the records that lie in a directory are the ranks of one run: the newest one. */
#ifndef EC_RANKS_SELECT_H
#define EC_RANKS_SELECT_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

/* More ranks than any run has; a record that says so is refused. */
enum { EC_RANKS_MAX = 10000000 };

/* Borrowed records, one for each rank, by rank. */
struct ec_ranks {
    const json_t **records;
    size_t count;
    int64_t expected;    /* how many the run has */
    bool expected_known; /* else only the highest rank is known */
    json_t *left_out;    /* array: {"rank": .., "reason": ..} of records of other runs */
};

/* Selects from an array of records. A record of another launch or of another number of ranks than
 * the one that started last, or that gave its last sign of life more than a minute before that
 * start, is left by an earlier run and is left out. Returns 0, -ENOENT (no record of a rank) or
 * -ENOMEM. */
int ec_ranks_select(const json_t *records, struct ec_ranks *ret_ranks);
void ec_ranks_clear(struct ec_ranks *ranks);

/* The number of the rank whose record it is. */
int64_t ec_ranks_number(const json_t *record);

#endif
