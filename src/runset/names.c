#include "runset/runset.h"

static const char *const statuses[] = {
    [EC_STATUS_COMPLETED] = "completed", [EC_STATUS_RUNNING] = "running",
    [EC_STATUS_FAILED] = "failed",       [EC_STATUS_INTERRUPTED] = "interrupted",
    [EC_STATUS_PARTIAL] = "partial",     [EC_STATUS_PENDING] = "pending",
};

static const char *const issue_kinds[] = {
    [EC_ISSUE_BAD_RECORD] = "bad_record",
    [EC_ISSUE_WALK] = "unreadable",
    [EC_ISSUE_NOT_A_RUN] = "not_a_run",
};

static bool find(const char *const *names, size_t count, struct ec_str name, size_t *ret_index)
{
    for (size_t i = 0; i < count; i++) {
        if (ec_str_equal(ec_str(names[i]), name)) {
            *ret_index = i;
            return true;
        }
    }
    return false;
}

const char *ec_status_name(enum ec_status status)
{
    return statuses[status];
}

bool ec_status_find(struct ec_str name, enum ec_status *ret_status)
{
    size_t index;
    if (!find(statuses, sizeof statuses / sizeof statuses[0], name, &index))
        return false;
    *ret_status = (enum ec_status)index;
    return true;
}

const char *ec_issue_kind_name(enum ec_issue_kind kind)
{
    return issue_kinds[kind];
}

bool ec_issue_kind_find(struct ec_str name, enum ec_issue_kind *ret_kind)
{
    size_t index;
    if (!find(issue_kinds, sizeof issue_kinds / sizeof issue_kinds[0], name, &index))
        return false;
    *ret_kind = (enum ec_issue_kind)index;
    return true;
}
