/* effbench: the built-in benchmark of unlearning methods.
 *
 *   main.c             the command line; arguments.c is its options
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
#include "common/version.h"
#include "effbench/arguments.h"

#include <stdio.h>
#include <stdlib.h>

static int print_help(void)
{
    char *text = ec_options_help(eb_options);
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
    struct eb_arguments arguments = {
        .options = {.forget_split = "forget01", .train_epochs = 10},
    };
    struct ec_options_parser parser = {.options = eb_options, .target = &arguments};
    struct ec_error error = {0};
    int operand;
    if (ec_options_parse(&parser, argc, argv, &operand, &error) < 0)
        return fail(error.text);
    if (arguments.help)
        return finish(print_help());
    if (arguments.version) {
        fputs(EC_VERSION_TEXT("effbench"), stdout);
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
