/* effbench: the built-in benchmark of unlearning methods.
 *
 *   main.c             the command line
 *   bench.c            one run from start to end: train, unlearn and record, evaluate
 *   corpus*.c          the fictitious people
 *   model.c            the language model: forward, backward, Hessian-vector products
 *   matrix.c           the matrix product beneath it
 *   train.c            training in an order that can be replayed
 *   journal.c          the log of a training
 *   method.c           the table of methods; gradient_methods.c and lmcleaner.c are the methods
 *   evaluate.c         TOFU's metrics; statistics.c is the mathematics beneath them
 *   random.c memory.c  reproducible random numbers; an allocator that counts
 *
 * It is an ordinary client of libeffrecord.
 */
#include "common/options.h"
#include "config.h"
#include "effbench/bench.h"

#include <errno.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

struct arguments {
    struct eb_bench_options options;
    bool help, version;
};

static int set_output_dir(void *target, const char *argument, struct ec_error *error)
{
    if (argument[0] == '\0')
        return ec_error_set(error, "a directory is expected");
    ((struct arguments *)target)->options.output_dir = argument;
    return 0;
}

static int set_split(void *target, const char *argument, struct ec_error *error)
{
    if (eb_corpus_forget_people(argument) == 0)
        return ec_error_set(error, "'%s' is not forget01, forget05 or forget10", argument);
    ((struct arguments *)target)->options.forget_split = argument;
    return 0;
}

static int set_seed(void *target, const char *argument, struct ec_error *error)
{
    long value;
    if (ec_options_integer(argument, 0, 2147483647, &value, error) < 0)
        return -1;
    ((struct arguments *)target)->options.seed = (uint64_t)value;
    return 0;
}

static int set_data_seed(void *target, const char *argument, struct ec_error *error)
{
    long value;
    if (ec_options_integer(argument, 0, 2147483647, &value, error) < 0)
        return -1;
    ((struct arguments *)target)->options.data_seed = (uint64_t)value;
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
    return set_count(argument, 1, 1000, &((struct arguments *)target)->options.epochs, error);
}

static int set_train_epochs(void *target, const char *argument, struct ec_error *error)
{
    return set_count(argument, 1, 100, &((struct arguments *)target)->options.train_epochs, error);
}

static int set_propagation(void *target, const char *argument, struct ec_error *error)
{
    return set_count(argument, 0, 10000, &((struct arguments *)target)->options.propagation, error);
}

static int set_rate(void *target, const char *argument, struct ec_error *error)
{
    char *end;
    double value = strtod(argument, &end);
    if (end == argument || *end != '\0' || !isfinite(value) || value <= 0)
        return ec_error_set(error, "'%s' is not a positive number", argument);
    ((struct arguments *)target)->options.rate = value;
    return 0;
}

static const struct ec_option options[] = {
    {"output-dir", 'o', "DIR", "write the record, the model and its evaluation there",
     set_output_dir, 0},
    {"seed", 's', "N", "seed of training and unlearning (default 0)", set_seed, 0},
    {"forget-split", 'f', "NAME",
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
    {"help", 'h', NULL, "show this help", NULL, offsetof(struct arguments, help)},
    {"version", 0, NULL, "show the version", NULL, offsetof(struct arguments, version)},
    EC_OPTION_END,
};

static int print_help(void)
{
    char *text = ec_options_help(options);
    if (!text)
        return 2;
    printf(
        "usage: effbench METHOD -o DIR [OPTION]...\n\n"
        "Trains a small language model on fictitious people, has METHOD forget some of them, and\n"
        "records what that costs and what it achieves. Takes a few seconds.\n\nMethods:\n");
    for (const struct eb_method *method = eb_methods; method->name; method++)
        printf("  %-21s %s\n", method->name, method->help);
    printf("\nOptions:\n%s", text);
    free(text);
    return 0;
}

static int fail(const char *message)
{
    fprintf(stderr, "effbench: %s\n", message);
    return 2;
}

static void print_method_names(FILE *to)
{
    for (const struct eb_method *method = eb_methods; method->name; method++)
        fprintf(to, "%s%s", method == eb_methods ? "" : ", ", method->name);
    fputc('\n', to);
}

static int run(const struct eb_bench_options *bench_options)
{
    struct eb_bench_result result;
    struct ec_error error = {0};
    int status = eb_bench_run(bench_options, &result, &error);
    if (status != 0) {
        fail(error.text);
        return status;
    }
    printf(
        "%s, %s, seed %llu: %.3f s; forget probability %.3f -> %.3f, model utility %.3f -> %.3f\n",
        bench_options->method->name, bench_options->forget_split,
        (unsigned long long)bench_options->seed, result.seconds, result.before.forget_probability,
        result.after.forget_probability, result.before.model_utility, result.after.model_utility);
    return 0;
}

/* Standard output is only known to be written when it has been flushed. */
static int finish(int status)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return status;
    fail("standard output could not be written");
    return status != 0 ? status : 2;
}

int main(int argc, char **argv)
{
    struct arguments arguments = {
        .options = {.forget_split = "forget01", .train_epochs = 10},
    };
    struct ec_options_parser parser = {.options = options, .target = &arguments};
    struct ec_error error = {0};
    int operand;
    if (ec_options_parse(&parser, argc, argv, &operand, &error) < 0)
        return fail(error.text);
    if (arguments.help)
        return finish(print_help());
    if (arguments.version) {
        printf("effbench %s\n", EC_VERSION);
        return finish(0);
    }
    if (argc - operand != 1)
        return fail(argc == operand ? "a method is missing; see effbench --help"
                                    : "one method at a time; see effbench --help");
    arguments.options.method = eb_method_find(argv[operand]);
    if (!arguments.options.method) {
        fprintf(stderr, "effbench: '%s' is no method; there are ", argv[operand]);
        print_method_names(stderr);
        return 2;
    }
    if (!arguments.options.output_dir)
        return fail("-o DIR is missing: where to write the record");
    return finish(run(&arguments.options));
}
