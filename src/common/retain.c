#include "common/retain.h"

#include <stddef.h>
#include <string.h>

/* Read from the trainers' sources and shipped configurations in open-unlearning. A configuration
 * can change the answer (UNDIAL with alpha > 0 uses the retain set), which is why the caller's word
 * goes before this table. AltPO is no trainer there: it runs DPO on generated answers. Sorted by
 * name. */
static const struct ec_retain table[] = {
    {"AltPO", true, false},
    {"CEU", false, false},
    {"DPO", true, false},
    {"GradAscent", false, false},
    {"GradDiff", true, false},
    {"LMCleanerBatch", false, true}, /* reloads the fine-tuning set, its logs and checkpoints */
    {"LMCleanerBatchLevel", false, true},   /* the same under the name of its configuration */
    {"LMCleanerSample", false, false},      /* needs the recorded gradients of each sample */
    {"LMCleanerSampleLevel", false, false}, /* the same under the name of its configuration */
    {"NPO", true, false},
    {"PDU", true, false}, /* as a constraint */
    {"RMU", true, false},
    {"SatImp", true, false},
    {"SimNPO", true, false},
    {"UNDIAL", false, false}, /* reads it, but with the weight 0 */
    {"WGA", true, false},
};

const struct ec_retain *ec_retain_find(const char *method)
{
    for (size_t i = 0; method && i < sizeof table / sizeof table[0]; i++)
        if (strcmp(table[i].method, method) == 0)
            return &table[i];
    return NULL;
}
