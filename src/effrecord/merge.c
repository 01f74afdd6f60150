/* effrecord merge: the ranks' records of each directory into its efficiency_metrics.json. */
#include "effrecord/commands.h"

#include "common/options.h"
#include "effrecord/text.h"
#include "record/merge_ranks.h"

#include <stdio.h>
#include <stdlib.h>

enum { EXIT_UNREADABLE = 3, EXIT_NOTHING = 2 };

static int set_help(void *target, const char *argument, struct ec_error *error)
{
    (void)argument;
    (void)error;
    *(bool *)target = true;
    return 0;
}

const struct ec_option effrecord_merge_options[] = {
    {"help", 'h', NULL, "show this help", set_help, 0},
    EC_OPTION_END,
};

/* What happened in one directory. */
struct outcome {
    const char *directory;
    bool unreadable;
};

static void complain(void *context, const char *name, int line, int column, const char *reason)
{
    struct outcome *outcome = context;
    outcome->unreadable = true;
    if (line > 0)
        fprintf(stderr, "effrecord: %s/%s:%d:%d: %s; the rank is left out\n", outcome->directory,
                name, line, column, reason);
    else
        fprintf(stderr, "effrecord: %s/%s: %s; the rank is left out\n", outcome->directory, name,
                reason);
}

static const char *text(const json_t *object, const char *key)
{
    const char *value = json_string_value(json_object_get(object, key));
    return value ? value : "-";
}

/* Returns the exit status for this directory. */
static int merge_one(const char *directory)
{
    struct outcome outcome = {.directory = directory};
    struct ec_error error = {0};
    json_t *merged = NULL;
    int rc = effrec_merge_read(directory, complain, &outcome, &merged, &error);
    if (rc == 0)
        rc = effrec_merge_write(directory, merged, &error);
    if (rc < 0)
        fprintf(stderr, "effrecord: %s; nothing was merged\n", error.text);
    else
        printf("%s/efficiency_metrics.json: %s ranks, %s\n", directory, text(merged, "ranks"),
               text(merged, "status"));
    json_decref(merged);
    if (rc < 0)
        return EXIT_NOTHING;
    return outcome.unreadable ? EXIT_UNREADABLE : 0;
}

static int print_help(void)
{
    char *rows = ec_options_help(effrecord_merge_options);
    if (!rows)
        return EXIT_FAILURE;
    printf(
        "Usage: effrecord merge [OPTION]... DIR...\n"
        "Merge the records of a run's ranks, DIR/efficiency_metrics.rankNNNNN.json, into\n"
        "DIR/efficiency_metrics.json. Rank 0 does so itself when it ends after the others.\n\n%s\n"
        "The exit status is 0, 2 when a directory could not be merged or for a usage error, 3 "
        "when\n"
        "some ranks' records could not be read.\n",
        rows);
    free(rows);
    return fflush(stdout) == 0 ? 0 : EXIT_FAILURE;
}

int effrecord_merge(int argc, char **argv)
{
    bool help = false;
    struct ec_error error = {0};
    int first = 0, status = 0;
    struct ec_options_parser parser = {.options = effrecord_merge_options, .target = &help};
    effrecord_alloc_json(EXIT_NOTHING);
    if (ec_options_parse(&parser, argc, argv, &first, &error) == 0 && help)
        return print_help();
    if (error.text[0] == '\0' && first >= argc)
        ec_error_set(&error, "which directory is to be merged?");
    if (error.text[0] != '\0') {
        fprintf(stderr, "effrecord: %s\nTry 'effrecord merge --help'.\n", error.text);
        return EXIT_NOTHING;
    }
    for (int i = first; i < argc; i++) {
        int one = merge_one(argv[i]);
        status = status == EXIT_NOTHING || one == 0 ? status : one;
    }
    return fflush(stdout) == 0 ? status : EXIT_FAILURE;
}
