/* Submits the jobs of a sweep to Slurm, as arrays of which each task is one combination. */
#ifndef EFFRECORD_SUBMIT_H
#define EFFRECORD_SUBMIT_H

#include "effrecord/plan.h"
#include "effrecord/runner.h"
#include "effrecord/words.h"

struct effrecord_submission {
    const struct effrecord_plan *plan;
    const struct effrecord_words *options; /* of sbatch, as the user gave them */
    long lanes;                            /* tasks of an array at a time; 0: no limit */
};

/* Whether these options go with an array of our own; -1 with *error set when they do not. */
int effrecord_submit_check(const struct effrecord_words *options, struct ec_error *error);

/* Shows what would be submitted: for each array the command and its script. */
void effrecord_submit_show(const struct effrecord_submission *submission,
                           const struct effrecord_result *results);

/* Submits what is WAITING; those jobs become LEFT_ALONE, and a line for each, with its id, goes to
 * standard output. Their records say from then on that they pend. Returns how many were submitted
 * before *error was set. */
size_t effrecord_submit(const struct effrecord_submission *submission,
                        struct effrecord_result *results, struct ec_error *error);

#endif
