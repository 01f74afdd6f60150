/* How long each key of the interactive view takes until its picture is drawn, at 100,000 runs of 32
 * keys: processor time of the one thread that does it, the best of several rounds. The goal is 50
 * ms.
 *
 *   bench-tui [RUNS] */
#include "study.h"
#include "tui/model.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { ROUNDS = 5 };

/* What is typed before, and then the keys, of which the last one is timed. */
static const struct {
    const char *what, *text, *keys;
} steps[] = {
    {"down", "", "j"},
    {"a screen down", "", "PgDn"},
    {"last row", "", "G"},
    {"first row", "", "g"},
    {"to the right", "", "l"},
    {"sort by a number", "", "s"},
    {"sort the other way", "", "s"},
    {"sort also by a second number", "", "l S"},
    {"sort by name", "", "0 s"},
    {"no sorting", "", "~"},
    {"mark", "", "Space"},
    {"mark all", "", "a"},
    {"down, all marked", "", "j"},
    {"detail", "", "Enter"},
    {"diff of many", "", "q d"},
    {"no marks", "", "q M"},
    {"search, a letter that is nowhere", "", "/ \u00e4"},
    {"another unit", "", "Esc 0 l u"},
    {"more digits", "", "."},
    {"hide a column", "", "l x"},
    {"undo", "", "U"},
    {"plot, with its front", "", "0 l p"},
    {"next run in the plot", "", "Right"},
    {"other axis", "", "x"},
    {"histogram", "", "q H"},
    {"columns to choose from", "", "q c"},
    {"show a column", "", "G Space"},
    {"filter", "qftime < 300 and method = \"NPO\"", "Enter"},
    {"no filter", "", "F"},
    {"ratios to a baseline", "", "%"},
    {"no baseline", "", "% % %"},
    {"group", "bmethod,seed", "Enter"},
    {"no groups", "", "B"},
    {"all columns", "+all", "Enter"},
    {"down, all columns", "", "j"},
    {"sort, all columns", "", "l s"},
    {"last column", "", "$"},
};
enum { STEPS = sizeof steps / sizeof *steps };

static double milliseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return 1e3 * (double)now.tv_sec + 1e-6 * (double)now.tv_nsec;
}

static void draw(struct ec_model *model, struct ec_surface *surface)
{
    ec_surface_begin(surface, 160, 50);
    ec_model_draw(model, surface);
}

static double press(struct ec_model *model, struct ec_surface *surface, uint32_t key)
{
    double start = milliseconds();
    ec_model_key(model, key);
    draw(model, surface);
    return milliseconds() - start;
}

/* Plays all steps on a fresh model; keeps the best time of each. Returns the model's memory. */
static size_t play(const struct ec_runset *runset, double *ret_first, double ret_best[STEPS])
{
    struct ec_model_options options = {0};
    struct ec_surface surface;
    size_t before = mallinfo2().uordblks;
    struct ec_model *model = ec_model_new(&options);
    ec_surface_init(&surface, false);
    double start = milliseconds();
    ec_model_set_runs(model, runset);
    ec_model_set_progress(model, ec_runset_count(runset), false);
    draw(model, &surface);
    double first = milliseconds() - start;
    *ret_first = first < *ret_first ? first : *ret_first;
    for (size_t step = 0; step < STEPS; step++) {
        double took = 0;
        for (const char *each = steps[step].text; *each; each++)
            press(model, &surface, (unsigned char)*each);
        const char *keys = steps[step].keys;
        for (uint32_t key = ec_key_next(&keys); key; key = ec_key_next(&keys))
            took = press(model, &surface, key);
        ret_best[step] = took < ret_best[step] ? took : ret_best[step];
    }
    size_t memory = mallinfo2().uordblks - before;
    ec_model_free(model);
    ec_surface_free(&surface);
    return memory;
}

int main(int argc, char **argv)
{
    size_t count = argc > 1 ? strtoul(argv[1], NULL, 10) : 100000, memory = 0;
    struct ec_runset *runset = study_many(count, 26);
    double first = 1e9, best[STEPS];
    for (size_t i = 0; i < STEPS; i++)
        best[i] = 1e9;
    for (int round = 0; round < ROUNDS; round++)
        memory = play(runset, &first, best);
    printf("%zu runs, 32 keys\n%-48s %8.2f ms\n", count, "first picture of all runs", first);
    for (size_t i = 0; i < STEPS; i++)
        printf("%-48s %8.2f ms\n", steps[i].what, best[i]);
    printf("%-48s %8.2f MiB\n", "memory of the view, runs left out", (double)memory / 1048576);
    ec_runset_free(runset);
    return 0;
}
