/* What evaluations say of a run: the metrics in open-unlearning's *_SUMMARY.json and *_EVAL.json.
 *
 * A summary holds {"METRIC": VALUE}, an evaluation {"METRIC": {"agg_value": VALUE, ...}}. Both are
 * read the same way, so that a file may have any name. Of an evaluation everything else, such as
 * value_by_index, is checked for being JSON, but not kept.
 */
#ifndef EC_LOAD_SUMMARY_H
#define EC_LOAD_SUMMARY_H

#include "load/fields.h"
#include "load/load.h"
#include "load/reference.h"

/* One per worker. */
struct ec_summary;

/* `patterns` are the metrics to take, full names or globs; both must outlive it. */
struct ec_summary *ec_summary_new(struct ec_runset *runset, const char *const *patterns,
                                  size_t pattern_count);
void ec_summary_free(struct ec_summary *summary); /* NULL is fine */

/* Adds the file's metrics to the fields of a run, with `prefix` before their names, but for those
 * that are there already. Text must be followed by EC_SCAN_PADDING NULs. Returns false with
 * *ret_error set when it is not a JSON object or has more than EC_LOAD_MAX_KEYS wanted metrics;
 * then nothing is added. */
bool ec_summary_read(struct ec_summary *summary, const char *text, size_t length,
                     struct ec_str prefix, struct ec_fields *fields, json_error_t *ret_error);

/* Frees the texts of fields that were added: when the run is in the runset. */
void ec_summary_release(struct ec_summary *summary);

#endif
