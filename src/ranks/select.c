#include "ranks/select.h"

#include "ranks/json_build.h"
#include "ranks/members.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Clocks of machines differ, and ranks do not all start at once. */
static const double SLACK_S = 60;

int64_t ec_ranks_number(const json_t *record)
{
    return ec_member_integer(record, "rank.rank");
}

static int64_t world_size(const json_t *record)
{
    return ec_member_integer(record, "rank.world_size");
}

static double started(const json_t *record)
{
    return ec_member_number(record, "rank.started_unix_seconds");
}

static bool is_rank(const json_t *record)
{
    const json_t *rank = ec_member(record, "rank.rank");
    int64_t size = world_size(record);
    return json_is_integer(rank) && ec_ranks_number(record) >= 0 && size >= 0 &&
           size <= EC_RANKS_MAX && ec_ranks_number(record) < (size > 0 ? size : EC_RANKS_MAX);
}

static const json_t *find_newest(const json_t *records)
{
    const json_t *newest = NULL, *record;
    size_t i;
    json_array_foreach(records, i, record) if (is_rank(record) &&
                                               (!newest || started(record) > started(newest)))
        newest = record;
    return newest;
}

/* Why a record is not of the run that `newest` is of; NULL when it is. */
static const char *why_not(const json_t *record, const json_t *newest)
{
    if (record == newest)
        return NULL;
    if (!is_rank(record))
        return "does not say which rank it is";
    if (world_size(record) != world_size(newest))
        return "another number of ranks";
    const char *launch = ec_member_text(record, "rank.launch");
    const char *wanted = ec_member_text(newest, "rank.launch");
    if (launch && wanted && strcmp(launch, wanted) != 0)
        return "another launch";
    if (ec_member_number(record, "heartbeat_unix_seconds") + SLACK_S < started(newest))
        return "over before the others started";
    return NULL;
}

static int leave_out(struct ec_ranks *ranks, const json_t *record, const char *reason)
{
    json_t *entry = json_object();
    if (is_rank(record))
        ec_json_set(&entry, "rank", json_integer(ec_ranks_number(record)));
    ec_json_set(&entry, "reason", json_string(reason));
    return json_array_append_new(ranks->left_out, entry) < 0 ? -ENOMEM : 0;
}

static int compare(const void *a, const void *b)
{
    const json_t *left = *(const json_t *const *)a, *right = *(const json_t *const *)b;
    int64_t left_rank = ec_ranks_number(left), right_rank = ec_ranks_number(right);
    if (left_rank != right_rank)
        return left_rank < right_rank ? -1 : 1;
    return started(left) > started(right) ? -1 : started(left) < started(right);
}

/* Of several records of one rank the first, which is the newest, stays. */
static int drop_doubles(struct ec_ranks *ranks)
{
    size_t kept = 0;
    int rc = 0;
    for (size_t i = 0; i < ranks->count; i++) {
        const json_t *record = ranks->records[i];
        if (kept > 0 && ec_ranks_number(ranks->records[kept - 1]) == ec_ranks_number(record))
            rc = rc < 0 ? rc : leave_out(ranks, record, "an older record of the same rank");
        else
            ranks->records[kept++] = record;
    }
    ranks->count = kept;
    return rc;
}

static int fill(struct ec_ranks *ranks, const json_t *records, const json_t *newest)
{
    const json_t *record;
    size_t i;
    json_array_foreach(records, i, record)
    {
        const char *reason = why_not(record, newest);
        if (!reason)
            ranks->records[ranks->count++] = record;
        else if (leave_out(ranks, record, reason) < 0)
            return -ENOMEM;
    }
    qsort(ranks->records, ranks->count, sizeof *ranks->records, compare);
    ranks->expected_known = world_size(newest) > 0;
    ranks->expected = ranks->expected_known ? world_size(newest)
                                            : ec_ranks_number(ranks->records[ranks->count - 1]) + 1;
    return drop_doubles(ranks);
}

int ec_ranks_select(const json_t *records, struct ec_ranks *ret_ranks)
{
    *ret_ranks = (struct ec_ranks){0};
    const json_t *newest = find_newest(records);
    if (!newest)
        return -ENOENT;
    ret_ranks->left_out = json_array();
    ret_ranks->records = calloc(json_array_size(records), sizeof *ret_ranks->records);
    int rc = ret_ranks->records && ret_ranks->left_out ? fill(ret_ranks, records, newest) : -ENOMEM;
    if (rc < 0)
        ec_ranks_clear(ret_ranks);
    return rc;
}

void ec_ranks_clear(struct ec_ranks *ranks)
{
    free(ranks->records);
    json_decref(ranks->left_out);
    *ranks = (struct ec_ranks){0};
}
