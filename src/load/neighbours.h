/* What lies beside a record and tells more of its run.
 *
 * Evaluations (load/summary.h): *_SUMMARY.json and *_EVAL.json in the record's directory, in its
 * evals/ and in its evals_NAME/, the metrics of which are called NAME_METRIC; and the files that
 * options->joins name. Parameters (load/overrides.h): .hydra/overrides.yaml.
 *
 * Where several files have a metric, the first counts: the record itself, joined files in their
 * order, summaries, evaluations; within these the record's directory before evals/, then by name.
 * An evaluation is large, so it is only read for a metric that is wanted by its full name and still
 * missing, or where it has no summary beside it. Of several records in one directory an evaluation
 * there could be any one's, so that none is taken but joined files; parameters are those of all.
 */
#ifndef EC_LOAD_NEIGHBOURS_H
#define EC_LOAD_NEIGHBOURS_H

#include "load/fields.h"
#include "load/record.h"

/* One per worker. */
struct ec_neighbours;

/* NULL when the options want nothing from beside a record. Both must outlive it. */
struct ec_neighbours *ec_neighbours_new(struct ec_runset *runset,
                                        const struct ec_load_options *options);
void ec_neighbours_free(struct ec_neighbours *neighbours); /* NULL is fine */

/* Adds to the fields of a run what is wanted and still missing; a file that cannot be read is an
 * issue. The texts of the fields are valid until the next call. Returns whether some of it is from
 * a file that was last written over a minute (clocks differ) before the run began, as far as its
 * record tells: an evaluation of what was there before. */
bool ec_neighbours_read(struct ec_neighbours *neighbours, const struct ec_record_file *file,
                        struct ec_fields *fields);

/* How many runs had the file of joins[index]. */
size_t ec_neighbours_joined(const struct ec_neighbours *neighbours, size_t index);

#endif
