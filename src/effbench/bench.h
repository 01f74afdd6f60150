/* One run of the benchmark: train, unlearn under the recorder's eyes, evaluate. */
#ifndef EB_BENCH_H
#define EB_BENCH_H

#include "common/error.h"
#include "effbench/evaluate.h"
#include "effbench/method.h"

#include <stdint.h>

struct eb_bench_options {
    const struct eb_method *method;
    const char *output_dir;
    const char *forget_split;
    uint64_t seed;      /* of the original model, its training and the unlearning */
    uint64_t data_seed; /* of the corpus */
    int train_epochs;
    int epochs;      /* of a gradient method; 0: the method's default */
    double rate;     /* likewise */
    int propagation; /* LMCleaner's K; 0: to the end of training */
};

/* What came out, for the message at the end. */
struct eb_bench_result {
    struct eb_summary before, after; /* of the original and the unlearned model */
    double seconds;                  /* of the unlearning alone */
};

/* Makes the output directory with its parents and writes efficiency_metrics.json, model.f32 (the
 * unlearned parameters, bare floats) and evals/TOFU_SUMMARY.json into it. Returns the program's
 * exit status: 0, 1 (the unlearned model has parameters that are not finite: recorded as failed) or
 * 2 (something could not be written or memory ran out), with *error set unless it is 0. */
int eb_bench_run(const struct eb_bench_options *options, struct eb_bench_result *ret_result,
                 struct ec_error *error);

#endif
