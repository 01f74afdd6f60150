#include "effbench/method.h"

#include <string.h>

const struct eb_method eb_methods[] = {
    {.name = "Retrain",
     .help = "train again on the retain set only: the gold standard (TOFU, Maini et al. 2024)",
     .unlearn = eb_unlearn_retrain,
     .needs_retain_set = true},
    {.name = "GradAscent",
     .help = "ascend the forget loss (Jang et al. 2023; TOFU, Maini et al. 2024)",
     .unlearn = eb_unlearn_grad_ascent,
     .epochs = 5,
     .rate = (eb_real)0.05},
    {.name = "GradDiff",
     .help = "ascend the forget loss, descend the retain loss (Liu et al. 2022)",
     .unlearn = eb_unlearn_grad_diff,
     .needs_retain_set = true,
     .epochs = 5,
     .rate = (eb_real)0.07},
    {.name = "NPO",
     .help = "negative preference optimization with a retain loss (Zhang et al. 2024)",
     .unlearn = eb_unlearn_npo,
     .needs_retain_set = true,
     .epochs = 5,
     .rate = (eb_real)0.07},
    {.name = "LMCleanerSampleLevel",
     .help = "undo the forget samples' recorded gradients, propagated by Hessian products",
     .unlearn = eb_unlearn_lmcleaner_sample,
     .needs_journal = true},
    {.name = "LMCleanerBatchLevel",
     .help = "undo every recorded step that held a forget sample, propagated likewise",
     .unlearn = eb_unlearn_lmcleaner_batch,
     .needs_journal = true},
    {.name = NULL},
};

const struct eb_method *eb_method_find(const char *name)
{
    for (const struct eb_method *method = eb_methods; method->name; method++)
        if (strcmp(method->name, name) == 0)
            return method;
    return NULL;
}
