/* The command line of effbench as a table. */
#ifndef EB_ARGUMENTS_H
#define EB_ARGUMENTS_H

#include "common/options.h"
#include "effbench/bench.h"

struct eb_arguments {
    struct eb_bench_options options;
    bool help, version;
};

/* Takes a struct eb_arguments. */
extern const struct ec_option eb_options[];

#endif
