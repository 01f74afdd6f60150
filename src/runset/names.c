#include "runset/runset.h"

static const char *const issue_kinds[] = {
    [EC_ISSUE_BAD_RECORD] = "bad_record",
    [EC_ISSUE_WALK] = "unreadable",
    [EC_ISSUE_NOT_A_RUN] = "not_a_run",
};

const char *ec_issue_kind_name(enum ec_issue_kind kind)
{
    return issue_kinds[kind];
}

bool ec_issue_kind_find(struct ec_str name, enum ec_issue_kind *ret_kind)
{
    for (size_t i = 0; i < sizeof issue_kinds / sizeof issue_kinds[0]; i++) {
        if (ec_str_equal(ec_str(issue_kinds[i]), name)) {
            *ret_kind = (enum ec_issue_kind)i;
            return true;
        }
    }
    return false;
}
