/* The registry of metrics: what each JSON key of an efficiency record means.
 *
 * Everything here is constant data made from metrics.def. Numbers are kept in the unit in which the
 * record holds them (`unit`); a key that ends in `_mb` holds MiB, because the programs that write
 * it divide by 1024^2.
 */
#ifndef EC_COMMON_METRIC_H
#define EC_COMMON_METRIC_H

#include "common/unit.h"

#include <stdbool.h>
#include <stddef.h>

/* Which values of a metric are better. */
enum ec_direction {
    EC_NEUTRAL,   /* none is better: never ranked */
    EC_LOWER,     /* lower is better */
    EC_HIGHER,    /* higher is better */
    EC_TARGET,    /* closer to `target` is better */
    EC_REFERENCE, /* closer to the value of the reference (retrained) run is better */
};

/* What a zero means in a record that has no schema version. */
enum ec_zero {
    EC_ZERO_IS_VALUE,
    EC_ZERO_IS_UNMEASURED, /* the trackers in use write 0 for what they could not measure */
};

enum ec_metric_id {
#define METRIC(id, ...) EC_METRIC_##id,
#include "common/metrics.def"
#undef METRIC
    EC_METRIC_COUNT
};

struct ec_metric {
    const char *id;          /* short name on the command line: "time" */
    const char *key;         /* key in the record: "unlearning_time_seconds" */
    const char *label;       /* name for people, without the unit: "Time" */
    const char *header;      /* fixed header of the plain-text table, NULL: label and unit */
    const char *superlative; /* line of the best-performer summary: "Fastest"; NULL: derived */
    const char *suffix;      /* written after the number in that line, as in " MB" */
    const char *group;       /* heading in --list-metrics */
    const char *help;        /* one sentence */
    enum ec_unit_id unit;
    enum ec_direction direction;
    double target; /* for EC_TARGET, in `unit` */
    int digits;    /* decimals in formats for people; -1: as many as the column's values need */
    enum ec_zero zero;
};

/* Never NULL for a valid id. */
const struct ec_metric *ec_metric_get(enum ec_metric_id id);

/* Looks a key of a record up; NULL when the registry does not name it. */
const struct ec_metric *ec_metric_find_key(const char *key, size_t length);

/* Looks a short name or a key up, as a user types it; NULL when there is none. */
const struct ec_metric *ec_metric_find(const char *name, size_t length);

/* Whether it tells what a run achieved, not what it cost: evaluations have it, records rarely. */
bool ec_metric_is_effectiveness(const struct ec_metric *metric);

/* The metric's place in the registry, which is also the order of columns. */
enum ec_metric_id ec_metric_index(const struct ec_metric *metric);

#endif
