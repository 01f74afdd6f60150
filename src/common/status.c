#include "common/status.h"

#include <string.h>

static const char *const names[EC_STATUS_COUNT] = {
    [EC_STATUS_COMPLETED] = "completed", [EC_STATUS_RUNNING] = "running",
    [EC_STATUS_FAILED] = "failed",       [EC_STATUS_INTERRUPTED] = "interrupted",
    [EC_STATUS_PARTIAL] = "partial",     [EC_STATUS_PENDING] = "pending",
};

const char *ec_status_name(enum ec_status status)
{
    return names[status];
}

bool ec_status_find(const char *name, size_t length, enum ec_status *ret_status)
{
    for (int i = 0; i < EC_STATUS_COUNT; i++) {
        if (strlen(names[i]) == length && memcmp(names[i], name, length) == 0) {
            *ret_status = (enum ec_status)i;
            return true;
        }
    }
    return false;
}
