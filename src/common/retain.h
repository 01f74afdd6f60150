/* What the trainers of open-unlearning need beside the model, by their class name. */
#ifndef EC_COMMON_RETAIN_H
#define EC_COMMON_RETAIN_H

#include <stdbool.h>

struct ec_retain {
    const char *method;
    bool retain_set;    /* the shipped configuration uses the retain set in its loss */
    bool original_data; /* needs the whole data set of the original training */
};

/* Looks a trainer up by its exact name; NULL: not known. */
const struct ec_retain *ec_retain_find(const char *method);

#endif
