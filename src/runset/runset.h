/* The runs of one comparison, in columns, and what could not be read.
 *
 * The runset owns every string and value in it until ec_runset_free. Loader threads add runs
 * concurrently; ec_runset_finish then puts the runs into their one order (natural order of names,
 * then of paths) and the columns into theirs (the registry's metrics in its order, then other keys
 * by natural order), neither of which depends on the order of arrival. `row` and `column` are
 * numbers by order of arrival before ec_runset_finish, and places in the final order after it:
 * numbers that were asked for before do not hold any more.
 */
#ifndef EC_RUNSET_RUNSET_H
#define EC_RUNSET_RUNSET_H

#include "base/value.h"
#include "common/metric.h"
#include "common/status.h"

struct ec_runset;

/* What the loader knows of a run besides its values. */
struct ec_run {
    struct ec_str path; /* the record's file as it was found */
    struct ec_str name; /* how people call the run; unique in a runset only together with path */
    int64_t mtime_ns;   /* modification time of the file, nanoseconds since the epoch */
    enum ec_status status;
    bool is_copy;             /* read from a file that effcompare wrote, which names the record */
    bool outdated_evaluation; /* some values are of an evaluation from before the run began */
};

/* One value of a run to add; text is copied. */
struct ec_field {
    uint32_t column;   /* from ec_runset_column */
    bool zero_dropped; /* value is missing because it was a zero that means "not measured" */
    struct ec_value value;
};

/* Why something that was looked at is not a run. */
enum ec_issue_kind {
    EC_ISSUE_BAD_RECORD, /* a record, or a file beside it, that could not be read: status 3 */
    EC_ISSUE_WALK,       /* a directory that could not be read: exit status 3 */
    EC_ISSUE_NOT_A_RUN,  /* JSON without a known metric, found by a custom --name: only said */
};

struct ec_issue {
    enum ec_issue_kind kind;
    int line, column; /* 1-based; 0: not known */
    struct ec_str path;
    const char *reason;
};

/* The name as machine formats write it ("bad_record"), and what has this name; false when nothing
 * has. */
const char *ec_issue_kind_name(enum ec_issue_kind kind);
bool ec_issue_kind_find(struct ec_str name, enum ec_issue_kind *ret_kind);

struct ec_runset *ec_runset_new(void);
void ec_runset_free(struct ec_runset *runset); /* NULL is fine */

/* ---- Loading; every function here may be called from any thread ---- */

/* The number of the column for this JSON key (dotted where nested), made when it is new. */
uint32_t ec_runset_column(struct ec_runset *runset, struct ec_str key);
void ec_runset_add(struct ec_runset *runset, const struct ec_run *run,
                   const struct ec_field *fields, size_t field_count);
/* `reason` is copied. */
void ec_runset_add_issue(struct ec_runset *runset, enum ec_issue_kind kind, struct ec_str path,
                         int line, int column, const char *reason);
/* Runs added so far. */
size_t ec_runset_progress(struct ec_runset *runset);

/* A finished runset of its own with copies of at most `limit` of the runs and issues added so far,
 * the first ones: something to show while the others are loaded. The caller frees it. */
struct ec_runset *ec_runset_snapshot(struct ec_runset *runset, size_t limit);

/* Orders the runs and the issues. Call it once, when no thread adds any more. */
void ec_runset_finish(struct ec_runset *runset);

/* For what is found out about the runs when all are there: after ec_runset_finish, before anybody
 * reads. */
void ec_runset_set_status(struct ec_runset *runset, size_t row, enum ec_status status);
/* What there is to say about the runs as a whole; the text is copied. */
void ec_runset_set_remark(struct ec_runset *runset, const char *remark);

/* ---- Reading, after ec_runset_finish ---- */

size_t ec_runset_count(const struct ec_runset *runset);
/* The strings point into the runset. */
struct ec_run ec_runset_run(const struct ec_runset *runset, size_t row);

/* Whether any run is a copy; has an outdated evaluation. */
bool ec_runset_has_copies(const struct ec_runset *runset);
bool ec_runset_has_outdated(const struct ec_runset *runset);

enum ec_status ec_runset_status(const struct ec_runset *runset, size_t row);

size_t ec_runset_column_count(const struct ec_runset *runset);
struct ec_str ec_runset_column_key(const struct ec_runset *runset, uint32_t column);
/* NULL when the registry does not name the key. */
const struct ec_metric *ec_runset_column_metric(const struct ec_runset *runset, uint32_t column);
/* Finds a column; returns false when no run was loaded with this key and nobody asked for it. */
bool ec_runset_find_column(const struct ec_runset *runset, struct ec_str key, uint32_t *ret_column);
/* How many zeros that mean "not measured" were dropped from this column. */
size_t ec_runset_column_zeros(const struct ec_runset *runset, uint32_t column);

struct ec_value ec_runset_value(const struct ec_runset *runset, size_t row, uint32_t column);

/* NULL: there is nothing to say. */
const char *ec_runset_remark(const struct ec_runset *runset);

size_t ec_runset_issue_count(const struct ec_runset *runset);
const struct ec_issue *ec_runset_issue(const struct ec_runset *runset, size_t index);

#endif
