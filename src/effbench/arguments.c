#include "effbench/arguments.h"

#include <math.h>
#include <stdlib.h>

static int set_output_dir(void *target, const char *argument, struct ec_error *error)
{
    if (argument[0] == '\0')
        return ec_error_set(error, "a directory is expected");
    ((struct eb_arguments *)target)->options.output_dir = argument;
    return 0;
}

static int set_split(void *target, const char *argument, struct ec_error *error)
{
    if (eb_corpus_forget_people(argument) == 0)
        return ec_error_set(error, "'%s' is not forget01, forget05 or forget10", argument);
    ((struct eb_arguments *)target)->options.forget_split = argument;
    return 0;
}

static int set_seed(void *target, const char *argument, struct ec_error *error)
{
    long value;
    if (ec_options_integer(argument, 0, 2147483647, &value, error) < 0)
        return -1;
    ((struct eb_arguments *)target)->options.seed = (uint64_t)value;
    return 0;
}

static int set_data_seed(void *target, const char *argument, struct ec_error *error)
{
    long value;
    if (ec_options_integer(argument, 0, 2147483647, &value, error) < 0)
        return -1;
    ((struct eb_arguments *)target)->options.data_seed = (uint64_t)value;
    return 0;
}

static int set_count(const char *argument, long min, long max, int *to, struct ec_error *error)
{
    long value;
    if (ec_options_integer(argument, min, max, &value, error) < 0)
        return -1;
    *to = (int)value;
    return 0;
}

static int set_epochs(void *target, const char *argument, struct ec_error *error)
{
    return set_count(argument, 1, 1000, &((struct eb_arguments *)target)->options.epochs, error);
}

static int set_train_epochs(void *target, const char *argument, struct ec_error *error)
{
    return set_count(argument, 1, 100, &((struct eb_arguments *)target)->options.train_epochs,
                     error);
}

static int set_propagation(void *target, const char *argument, struct ec_error *error)
{
    return set_count(argument, 0, 10000, &((struct eb_arguments *)target)->options.propagation,
                     error);
}

static int set_rate(void *target, const char *argument, struct ec_error *error)
{
    char *end;
    double value = strtod(argument, &end);
    if (end == argument || *end != '\0' || !isfinite(value) || value <= 0)
        return ec_error_set(error, "'%s' is not a positive number", argument);
    ((struct eb_arguments *)target)->options.rate = value;
    return 0;
}

const struct ec_option eb_options[] = {
    {"output-dir", 'o', "DIR", "write the record, the model and its evaluation there",
     set_output_dir, 0},
    {"seed", 's', "N", "seed of training and unlearning (default 0)", set_seed, 0},
    {"forget-split", 'f', "SPLIT",
     "forget01, forget05 or forget10 (default forget01): the share of\n"
     "the people to forget, in percent",
     set_split, 0},
    {"epochs", 'e', "N",
     "passes over the forget set (default 5); for GradAscent, GradDiff\n"
     "and NPO, ignored by the others",
     set_epochs, 0},
    {"learning-rate", 'r', "X", "learning rate of the same methods (default: as tuned for each)",
     set_rate, 0},
    {"propagate", 'K', "N",
     "steps that LMCleaner follows a contribution over (default 0: to the\n"
     "end of training, the most exact)",
     set_propagation, 0},
    {"train-epochs", 0, "N", "epochs of the original training (default 10)", set_train_epochs, 0},
    {"data-seed", 0, "N", "seed of the corpus (default 0)", set_data_seed, 0},
    {"help", 'h', NULL, "show this help", NULL, offsetof(struct eb_arguments, help)},
    {"version", 0, NULL, "show the version", NULL, offsetof(struct eb_arguments, version)},
    EC_OPTION_END,
};
