/* How long each key of the interactive view takes until its picture is drawn, at 100,000 runs of 32
 * keys; the goal is 50 ms. usage: bench-tui [RUNS] */
#include "study.h"
#include "tui/model.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

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

/* Presses keys, named as in keys.def; the last one is timed. Text after "type:" is typed. */
static void measure(struct ec_model *model, struct ec_surface *surface, const char *what,
                    const char *keys, const char *text)
{
    double took = 0;
    for (const char *each = text; *each; each++) {
        ec_model_key(model, (unsigned char)*each);
        draw(model, surface);
    }
    for (uint32_t key = ec_key_next(&keys); key; key = ec_key_next(&keys)) {
        double start = milliseconds();
        ec_model_key(model, key);
        draw(model, surface);
        took = milliseconds() - start;
    }
    printf("%-48s %8.2f ms\n", what, took);
}

int main(int argc, char **argv)
{
    size_t count = argc > 1 ? strtoul(argv[1], NULL, 10) : 100000;
    struct ec_runset *runset = study_many(count, 26);
    struct ec_model_options options = {0};
    struct ec_model *model = ec_model_new(&options);
    struct ec_surface surface;
    ec_surface_init(&surface, false);
    double start = milliseconds();
    size_t before = mallinfo2().uordblks;
    ec_model_set_runs(model, runset);
    ec_model_set_progress(model, count, false);
    draw(model, &surface);
    printf("%zu runs, 32 keys\n%-48s %8.2f ms\n", count, "first picture of all runs",
           milliseconds() - start);
    measure(model, &surface, "down", "j", "");
    measure(model, &surface, "a screen down", "PgDn", "");
    measure(model, &surface, "last row", "G", "");
    measure(model, &surface, "first row", "g", "");
    measure(model, &surface, "to the right", "l", "");
    measure(model, &surface, "sort by a number", "s", "");
    measure(model, &surface, "sort the other way", "s", "");
    measure(model, &surface, "sort also by a second number", "l S", "");
    measure(model, &surface, "sort by name", "0 s", "");
    measure(model, &surface, "no sorting", "~", "");
    measure(model, &surface, "mark", "Space", "");
    measure(model, &surface, "mark all", "a", "");
    measure(model, &surface, "down, all marked", "j", "");
    measure(model, &surface, "detail", "Enter", "");
    measure(model, &surface, "diff of many", "q d", "");
    measure(model, &surface, "no marks", "q M", "");
    measure(model, &surface, "search, a letter that is nowhere", "/ \u00e4", "");
    measure(model, &surface, "hide a column", "Esc l x", "");
    measure(model, &surface, "undo", "U", "");
    measure(model, &surface, "another unit", "u", "");
    measure(model, &surface, "more digits", ".", "");
    measure(model, &surface, "plot", "p", "");
    measure(model, &surface, "next run in the plot", "Right", "");
    measure(model, &surface, "other axis", "x", "");
    measure(model, &surface, "histogram", "q H", "");
    measure(model, &surface, "columns to choose from", "q c", "");
    measure(model, &surface, "show a column", "G Space", "");
    measure(model, &surface, "filter", "Enter", "qftime < 300 and method = \"NPO\"");
    measure(model, &surface, "no filter", "F", "");
    measure(model, &surface, "group", "Enter", "bmethod,seed");
    measure(model, &surface, "no groups", "B", "");
    measure(model, &surface, "all columns", "Enter", "+all");
    measure(model, &surface, "down, all columns", "j", "");
    measure(model, &surface, "sort, all columns", "l s", "");
    printf("%-48s %8.2f MiB\n", "memory of the view, runs left out",
           (double)(mallinfo2().uordblks - before) / 1048576);
    ec_model_free(model);
    ec_runset_free(runset);
    ec_surface_free(&surface);
    return 0;
}
