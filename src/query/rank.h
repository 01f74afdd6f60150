/* Best and second best per column, and the best-performer summary.
 *
 * Only completed runs with a number in the column are ranked, and no reference rows (Original,
 * Retrain). Equal values share a place. Nothing is ranked where fewer than two rows could be. With
 * groups, a row is marked as tied with the best when Welch's t-test finds no significant difference
 * (two-sided, 5 %; both groups need two runs or more).
 */
#ifndef EC_QUERY_RANK_H
#define EC_QUERY_RANK_H

#include "query/notes.h"
#include "query/query.h"
#include "table/table.h"

/* Puts the rows that --reference names (names, labels, globs) before the others, as a section of
 * their own, in the order in which they are named; before sorting. */
void ec_rank_references(const struct ec_query *query, struct ec_table *table);

/* Gives columns that should be close to a reference run that run's value as their target: of
 * `--direction NAME=@RUN` that RUN, else the reference row called Retrain or retrain..., else the
 * only one. Without one, the column is not ranked, and a note says so. */
void ec_rank_targets(struct ec_table *table, struct ec_notes *notes);

/* Fills `marks` of every column with a direction, and table->bests for those columns; with `fits`
 * (per base row) followed by the best of the rows that fit a budget. */
void ec_rank(struct ec_table *table, const bool *fits, struct ec_notes *notes);

#endif
