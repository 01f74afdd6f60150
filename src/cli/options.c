#include "cli/options.h"

#include "base/memory.h"
#include "base/out.h"
#include "cli/document.h"
#include "cli/paths.h"
#include "cli/spec.h"
#include "common/nearest.h"
#include "common/options.h"
#include "load/load.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

enum { MAX_THREADS = 1024, MAX_WIDTH = 10000 };

void ec_strings_add(struct ec_strings *strings, const char *item)
{
    strings->items =
        ec_grow(strings->items, strings->count, &strings->capacity, sizeof *strings->items);
    strings->items[strings->count++] = item;
}

/* Adds to a list that each source gives anew. */
static void add_anew(struct ec_options *options, struct ec_strings *strings, const char *item)
{
    if (strings->source != options->source)
        strings->count = 0;
    strings->source = options->source;
    ec_strings_add(strings, item);
}

void ec_options_add_path(struct ec_options *options, const char *path)
{
    add_anew(options, &options->paths, path);
}

static int add_against(void *target, const char *argument, struct ec_error *error)
{
    struct ec_options *options = target;
    add_anew(options, &options->against, argument);
    return ec_paths_check(argument, error);
}

static int set_name(void *target, const char *argument, struct ec_error *error)
{
    struct ec_options *options = target;
    if (*argument == '\0' || strchr(argument, '/'))
        return ec_error_set(error, "'%s' is not the name of a file; it must not hold a '/'",
                            argument);
    add_anew(options, &options->names, argument);
    return 0;
}

static int set_join(void *target, const char *argument, struct ec_error *error)
{
    if (!strstr(argument, EC_LOAD_JOIN_NAME))
        return ec_error_set(error,
                            "'%s' holds no " EC_LOAD_JOIN_NAME ", so that it would be every run's",
                            argument);
    ec_strings_add(&((struct ec_options *)target)->joins, argument);
    return 0;
}

static int set_integer(const char *argument, long min, long max, int *ret_value,
                       struct ec_error *error)
{
    long value;
    if (ec_options_integer(argument, min, max, &value, error) < 0)
        return -1;
    *ret_value = (int)value;
    return 0;
}

static int set_max_depth(void *target, const char *argument, struct ec_error *error)
{
    return set_integer(argument, 0, 1 << 30, &((struct ec_options *)target)->max_depth, error);
}

static int set_threads(void *target, const char *argument, struct ec_error *error)
{
    return set_integer(argument, 1, MAX_THREADS, &((struct ec_options *)target)->threads, error);
}

static int set_width(void *target, const char *argument, struct ec_error *error)
{
    return set_integer(argument, 20, MAX_WIDTH, &((struct ec_options *)target)->width, error);
}

/* "text, csv, tsv and markdown" */
static void list_formats(struct ec_out *out)
{
    const struct ec_renderer *const *renderers = ec_renderers();
    for (size_t i = 0; renderers[i]; i++)
        ec_out_printf(out, "%s%s",
                      i == 0             ? ""
                      : renderers[i + 1] ? ", "
                                         : " and ",
                      renderers[i]->name);
}

/* The format of files that end so: latex for "tex". */
static const struct ec_renderer *renderer_by_suffix(const char *suffix)
{
    struct ec_arena arena = {0};
    const char *file = ec_arena_printf(&arena, "file.%s", suffix);
    const struct ec_renderer *renderer = ec_renderer_for_file(file);
    ec_arena_free(&arena);
    return renderer;
}

static int set_format(void *target, const char *argument, struct ec_error *error)
{
    struct ec_options *options = target;
    options->format = ec_renderer_find(argument);
    if (options->format)
        return 0;
    const struct ec_renderer *by_suffix = renderer_by_suffix(argument);
    struct ec_nearest nearest = {.word = argument, .word_length = strlen(argument)};
    for (const struct ec_renderer *const *r = ec_renderers(); *r && !by_suffix; r++)
        ec_nearest_offer(&nearest, (*r)->name);
    if (by_suffix)
        nearest.best = by_suffix->name;
    struct ec_out list;
    ec_out_to_memory(&list);
    list_formats(&list);
    if (nearest.best)
        ec_error_set(error, "there is no format '%s'; did you mean '%s'?", argument, nearest.best);
    else
        ec_error_set(error, "there is no format '%s'; there are %.*s", argument, (int)list.length,
                     list.buffer);
    ec_out_free(&list);
    return -1;
}

/* Options that are given several times: each occurrence adds one string, to all that were given or
 * only to those of the same source. */
#define SETTER(field, add)                                                                         \
    static int add_##field(void *target, const char *argument, struct ec_error *error)             \
    {                                                                                              \
        struct ec_options *options = target;                                                       \
        (void)error;                                                                               \
        add;                                                                                       \
        return 0;                                                                                  \
    }
#define LIST_SETTER(field)  SETTER(field, ec_strings_add(&options->field, argument))
#define WHOLE_SETTER(field) SETTER(field, add_anew(options, &options->field, argument))
LIST_SETTER(specs)
LIST_SETTER(name_patterns)
LIST_SETTER(columns)
LIST_SETTER(units)
LIST_SETTER(directions)
LIST_SETTER(checks)
LIST_SETTER(where)
LIST_SETTER(having)
WHOLE_SETTER(group_by)
WHOLE_SETTER(sort)
LIST_SETTER(labels)
LIST_SETTER(references)
WHOLE_SETTER(order)
WHOLE_SETTER(relative_columns)
WHOLE_SETTER(pareto)
LIST_SETTER(budgets)
WHOLE_SETTER(requests)
WHOLE_SETTER(costs)
LIST_SETTER(setups)
LIST_SETTER(verify)
WHOLE_SETTER(files)
#undef WHOLE_SETTER
#undef LIST_SETTER
#undef SETTER

/* Options whose last occurrence counts, kept as the text that they are. */
#define TEXT_SETTER(field)                                                                         \
    static int set_##field(void *target, const char *argument, struct ec_error *error)             \
    {                                                                                              \
        (void)error;                                                                               \
        ((struct ec_options *)target)->field = argument;                                           \
        return 0;                                                                                  \
    }
TEXT_SETTER(baseline)
TEXT_SETTER(price)
TEXT_SETTER(section)
TEXT_SETTER(pivot)
#undef TEXT_SETTER

static int set_digits(void *target, const char *argument, struct ec_error *error)
{
    return set_integer(argument, 0, 15, &((struct ec_options *)target)->digits, error);
}

static int set_figures(void *target, const char *argument, struct ec_error *error)
{
    return set_integer(argument, 1, 15, &((struct ec_options *)target)->figures, error);
}

static int set_top(void *target, const char *argument, struct ec_error *error)
{
    return set_integer(argument, 1, INT_MAX, &((struct ec_options *)target)->top, error);
}

/* What takes one of some words, by its name in --help. */
static const struct {
    const char *argument;
    const char *words[5]; /* in the order of the enumeration they stand for */
} choices[] = {
    {"KIND", {"std", "sem", "ci95", "range"}},
    {"FORM", {"ratio", "percent", "both"}},
    {"NOTATION", {"pm", "sub", "paren"}},
    {"WHEN", {"auto", "always", "never"}},
};

const char *const *ec_options_words(const char *argument)
{
    for (size_t i = 0; i < sizeof choices / sizeof choices[0]; i++)
        if (strcmp(choices[i].argument, argument) == 0)
            return choices[i].words;
    return NULL;
}

/* Finds `argument` among the words that `choice` may be; *ret_index is its place. */
static int set_word(const char *argument, const char *choice, int *ret_index,
                    struct ec_error *error)
{
    const char *const *words = ec_options_words(choice);
    char list[128] = "";
    for (int i = 0; words[i]; i++) {
        if (strcmp(argument, words[i]) == 0) {
            *ret_index = i;
            return 0;
        }
        size_t used = strlen(list);
        snprintf(list + used, sizeof list - used, "%s%s",
                 i == 0         ? ""
                 : words[i + 1] ? ", "
                                : " or ",
                 words[i]);
    }
    return ec_error_set(error, "'%s' is not %s", argument, list);
}

static int set_color(void *target, const char *argument, struct ec_error *error)
{
    int index = 0;
    if (set_word(argument, "WHEN", &index, error) < 0)
        return -1;
    ((struct ec_options *)target)->color = (enum ec_color)index;
    return 0;
}

static int set_spread(void *target, const char *argument, struct ec_error *error)
{
    int index = 0;
    if (set_word(argument, "KIND", &index, error) < 0)
        return -1;
    ((struct ec_options *)target)->spread = (enum ec_spread)index;
    return 0;
}

static int set_spread_form(void *target, const char *argument, struct ec_error *error)
{
    int index = 0;
    if (set_word(argument, "NOTATION", &index, error) < 0)
        return -1;
    ((struct ec_options *)target)->document.spread_form = (enum ec_spread_form)index;
    return 0;
}

static int set_caption(void *target, const char *argument, struct ec_error *error)
{
    (void)error;
    ((struct ec_options *)target)->document.caption = argument;
    return 0;
}

static int set_caption_label(void *target, const char *argument, struct ec_error *error)
{
    ((struct ec_options *)target)->document.label = argument;
    return ec_document_label(argument, error);
}

static int set_plot(void *target, const char *argument, struct ec_error *error)
{
    if (strncmp(argument, "bar:", 4) != 0 && !strchr(argument, ','))
        return ec_error_set(error, "'%s' is neither X,Y nor bar:COLUMN", argument);
    struct ec_options *options = target;
    bool bar = strncmp(argument, "bar:", 4) == 0;
    options->document.plot = argument;
    options->plot_columns = argument + (bar ? 4 : 0);
    return 0;
}

static int set_text_width(void *target, const char *argument, struct ec_error *error)
{
    return ec_document_length(argument, &((struct ec_options *)target)->document.text_width, error);
}

static int set_relative(void *target, const char *argument, struct ec_error *error)
{
    int index = 0;
    if (set_word(argument, "FORM", &index, error) < 0)
        return -1;
    ((struct ec_options *)target)->relative = (enum ec_relative)index;
    return 0;
}

const struct ec_option ec_options_table[] = {
    EC_OPTION_HEADING("Finding and reading records"),
    {"name", 0, "GLOB",
     "look for files with this name instead of efficiency_metrics.json;\nmay be given several "
     "times",
     set_name, 0},
    {"max-depth", 0, "N", "look at most N directories below each PATH", set_max_depth, 0},
    {"jobs", 'j', "N", "read with at most N threads (default: 32, since reading is mostly waiting)",
     set_threads, 0},
    {"keep-zeros", 0, NULL,
     "take zeros for measured also where the tracker writes 0\nfor what it did not measure", NULL,
     offsetof(struct ec_options, keep_zeros)},
    {"join", 0, "PATH",
     "take metrics also from this evaluation of each run; {name} stands for\nthe run's name: "
     "'evals/{name}/TOFU_SUMMARY.json'",
     set_join, 0},
    EC_OPTION_HEADING("What is shown"),
    {"columns", 'c', "COLUMNS",
     "columns, separated by commas: short names such as time, any JSON key,\nglobs, all, or "
     "NAME=EXPRESSION; +COLUMNS adds to those so far",
     add_columns, 0},
    {"unit", 0, "NAME=UNIT", "show a column in another unit: time=min,mem=GiB", add_units, 0},
    {"digits", 0, "N", "decimals of all numbers that are not counts", set_digits, 0},
    {"figures", 0, "N",
     "instead as many decimals as give the smallest number of each column\nN significant figures",
     set_figures, 0},
    {"direction", 0, "NAME=DIRECTION",
     "which values of a column are better: lower, higher, none, or what\nthey should be close to: "
     "a "
     "number, or @RUN",
     add_directions, 0},
    {"name-pattern", 0, "PATTERN",
     "take columns from the names of runs: 'expA_{method}_k{K}_s{seed}'; of\nseveral the first "
     "that "
     "matches counts",
     add_name_patterns, 0},
    {"where", 0, "EXPRESSION",
     "show only runs for which this is true: 'mem < 24GiB and steps > 10'", add_where, 0},
    {"having", 0, "EXPRESSION",
     "show only rows for which this is true of the columns shown, computed\nones too: "
     "'time_ratio > 2'",
     add_having, 0},
    {"group-by", 0, "COLUMNS", "one row for all runs with the same values of these, such as method",
     add_group_by, 0},
    {"pivot", 0, "COLUMN", "of groups: one column for each value of COLUMN, such as a batch size",
     set_pivot, 0},
    {"spread", 0, "KIND",
     "of a group: std (default), sem or ci95 of the mean; or range, with\nthe median", set_spread,
     0},
    {"sort", 0, "COLUMNS", "sort by these columns, -NAME from the largest down", add_sort, 0},
    {"top", 0, "N", "show only the first N rows", set_top, 0},
    {"label", 0, "NAME=LABEL", "show the run NAME as LABEL", add_labels, 0},
    {"reference", 0, "RUNS", "show these runs (names or globs) apart and do not rank them",
     add_references, 0},
    {"order", 0, "RUNS",
     "show these rows (names, labels or globs) first, in this order; with\n--sort only where that "
     "finds no difference",
     add_order, 0},
    {"section", 0, "COLUMN",
     "put rows under headings by their value of COLUMN, or with the word\nmetrics, columns by what "
     "they measure",
     set_section, 0},
    {"transpose", 0, NULL, "metrics in rows, runs in columns (JSON and NDJSON keep a run per row)",
     NULL, offsetof(struct ec_options, transpose)},
    EC_OPTION_HEADING("Comparing"),
    {"baseline", 0, "RUN",
     "add how many times better than this run (name, label or glob) each\nof the others is: above "
     "1 is better for every metric",
     set_baseline, 0},
    {"relative", 0, "FORM", "ratio (default), percent (above 0 is better) or both", set_relative,
     0},
    {"relative-columns", 0, "COLUMNS",
     "compare only these columns (default: where less or more is better)", add_relative_columns, 0},
    {"pareto", 0, "COLUMNS",
     "add which runs no other beats in all of these columns: the front\nof their trade-off",
     add_pareto, 0},
    {"pareto-only", 0, NULL, "show only runs that are, or may be, on that front", NULL,
     offsetof(struct ec_options, pareto_only)},
    {"budget", 0, "LIMITS",
     "add who fits, by how much the others do not, and the best within:\n'mem <= 24GiB, time <= "
     "15min'",
     add_budgets, 0},
    {"requests", 0, "NUMBERS", "add what this many unlearning requests cost: 1,10,100",
     add_requests, 0},
    {"cost", 0, "COLUMNS", "columns that requests cost (default: time; with --price only money)",
     add_costs, 0},
    {"setup", 0, "[RUNS=]WHAT",
     "what is paid once before the first request: a column, a run, or an\namount such as 21.5min; "
     "of RUNS (name, label or glob) only",
     add_setups, 0},
    {"price", 0, "PRICE", "money for time or energy: 2.99/h, 'EUR 0.30/kWh'", set_price, 0},
    EC_OPTION_HEADING("Changes since earlier runs"),
    {"against", 0, "PATH",
     "show how the runs changed since those in PATH: a directory, or what\neffcompare wrote as "
     "JSON, NDJSON, CSV or TSV; may be given several times",
     add_against, 0},
    {"check", 0, "LIMITS", "exit with status 1 when a run changed by more: 'time<=+5%,mem<=+0'",
     add_checks, 0},
    EC_OPTION_HEADING("Output"),
    {"format", 'f', "FORMAT", "how to write the table; see below", set_format, 0},
    {"output", 'o', "FILE",
     "write FILE in the format of its suffix, instead of standard output\n(-o - adds standard "
     "output); may be given several times",
     add_files, 0},
    {"width", 0, "N", "cut names so that the table fits (default: the terminal's width)", set_width,
     0},
    {"color", 0, "WHEN", "auto (in a terminal, unless NO_COLOR is set), always or never", set_color,
     0},
    EC_OPTION_HEADING("Browsing"),
    {"interactive", 'i', NULL, "browse the runs in the terminal; ? lists the keys", NULL,
     offsetof(struct ec_options, interactive)},
    {"watch", 0, NULL, "with --interactive: show new and changed runs as files change", NULL,
     offsetof(struct ec_options, watch)},
    EC_OPTION_HEADING("For papers"),
    {"caption", 0, "TEXT", "caption of a table in LaTeX or Typst", set_caption, 0},
    {"caption-label", 0, "LABEL", "what the paper refers to it by (default: tab:efficiency)",
     set_caption_label, 0},
    {"spread-form", 0, "NOTATION",
     "how LaTeX and Typst write a spread: pm (1.25 \u00b1 0.05, the default), sub\n(\u00b1 0.05 as "
     "an "
     "index) or paren (1.25(5))",
     set_spread_form, 0},
    {"text-width", 0, "LENGTH",
     "width of the text or column, such as 5.5in (default), 3.25in, 8cm;\nplots take 3.25in",
     set_text_width, 0},
    {"plot", 0, "X,Y|bar:COLUMN",
     "what svg and pgfplots show (default: cost against effectiveness or memory)", set_plot, 0},
    {"verify", 0, "FILE",
     "instead of writing a table, compare those in FILE (Markdown or LaTeX)\nwith the runs; exit "
     "status 1 when a number differs or none was found",
     add_verify, 0},
    {"standalone", 0, NULL, "write a document that compiles by itself", NULL,
     offsetof(struct ec_options, document.standalone)},
    EC_OPTION_HEADING("Options in files"),
    {"spec", 0, "FILE",
     "take options from this file, NAME = VALUE on each line; those of the\ncommand line go before "
     "them",
     add_specs, 0},
    EC_OPTION_HEADING("Messages"),
    {"verbose", 'v', NULL, "tell about every record that could not be read, not only ten", NULL,
     offsetof(struct ec_options, verbose)},
    {"list-metrics", 0, NULL, "list the metrics that are known, with units and directions", NULL,
     offsetof(struct ec_options, list_metrics)},
    {"help", 'h', NULL, "show this help", NULL, offsetof(struct ec_options, help)},
    {"version", 0, NULL, "show the version", NULL, offsetof(struct ec_options, version)},
    EC_OPTION_END,
};

static struct ec_options_parser parser_for(struct ec_options *options)
{
    return (struct ec_options_parser){.options = ec_options_table, .target = options};
}

int ec_options_take(struct ec_options *options, const char *name, const char *argument,
                    struct ec_error *error)
{
    struct ec_options_parser parser = parser_for(options);
    return ec_options_take_one(&parser, name, argument, error);
}

bool ec_options_has(const char *name)
{
    return ec_options_find(ec_options_table, name);
}

static int read_command_line(struct ec_options *options, int argc, char **argv,
                             struct ec_error *error)
{
    struct ec_options_parser parser = parser_for(options);
    int first_path;
    if (ec_options_parse(&parser, argc, argv, &first_path, error) < 0)
        return -1;
    for (int i = first_path; i < argc; i++)
        ec_options_add_path(options, argv[i]);
    return 0;
}

int ec_options_read(struct ec_options *ret_options, int argc, char **argv, struct ec_arena *arena,
                    struct ec_error *error)
{
    const struct ec_options defaults = {
        .max_depth = -1, .threads = EC_LOAD_DEFAULT_THREADS, .digits = -1};
    *ret_options = defaults;
    if (read_command_line(ret_options, argc, argv, error) < 0)
        return -1;
    if (ret_options->specs.count == 0)
        return 0;
    struct ec_options given = *ret_options; /* to know the specifications */
    *ret_options = defaults;
    int result = 0;
    for (size_t i = 0; i < given.specs.count && result == 0; i++, ret_options->source++)
        result = ec_spec_read(ret_options, given.specs.items[i], arena, error);
    ec_options_free(&given);
    return result < 0 ? -1 : read_command_line(ret_options, argc, argv, error);
}

static struct ec_words words(const struct ec_strings *strings)
{
    return (struct ec_words){strings->items, strings->count};
}

struct ec_query ec_options_query(const struct ec_options *options)
{
    static const char *const all[] = {"all"};
    struct ec_query query = {
        .name_patterns = words(&options->name_patterns),
        .columns = words(&options->columns),
        .checks = words(&options->checks),
        .units = words(&options->units),
        .directions = words(&options->directions),
        .fixed_digits = options->digits >= 0,
        .digits = options->digits,
        .figures = options->figures,
        .where = words(&options->where),
        .having = words(&options->having),
        .group_by = words(&options->group_by),
        .spread = options->spread,
        .sort = words(&options->sort),
        .top = (size_t)options->top,
        .labels = words(&options->labels),
        .references = words(&options->references),
        .order = words(&options->order),
        .baseline = options->baseline,
        .relative = options->relative,
        .relative_columns = words(&options->relative_columns),
        .pareto = words(&options->pareto),
        .pareto_only = options->pareto_only,
        .budgets = words(&options->budgets),
        .requests = words(&options->requests),
        .costs = words(&options->costs),
        .setups = words(&options->setups),
        .price = options->price,
        .pivot = options->pivot,
        .section = options->section,
        .transpose = options->transpose,
    };
    if (query.columns.count > 0)
        return query;
    if (options->verify.count > 0)
        query.columns = (struct ec_words){all, 1};
    else if (options->plot_columns)
        query.columns = (struct ec_words){&options->plot_columns, 1};
    return query;
}

void ec_options_free(struct ec_options *options)
{
    free(options->specs.items);
    free(options->paths.items);
    free(options->names.items);
    free(options->joins.items);
    free(options->files.items);
    free(options->verify.items);
    free(options->name_patterns.items);
    free(options->columns.items);
    free(options->against.items);
    free(options->checks.items);
    free(options->units.items);
    free(options->directions.items);
    free(options->where.items);
    free(options->having.items);
    free(options->group_by.items);
    free(options->sort.items);
    free(options->labels.items);
    free(options->references.items);
    free(options->order.items);
    free(options->relative_columns.items);
    free(options->pareto.items);
    free(options->budgets.items);
    free(options->requests.items);
    free(options->costs.items);
    free(options->setups.items);
}

char *ec_options_usage(void)
{
    struct ec_out out;
    ec_out_to_memory(&out);
    ec_out_text(&out, "Usage: effcompare [OPTION]... [PATH]...\n"
                      "Compare what machine-unlearning runs cost.\n"
                      "\n"
                      "A PATH is a directory to search, a record, a file that effcompare wrote as "
                      "JSON, NDJSON,\nCSV or TSV, or - for a list of paths on standard input.\n"
                      "Without one, saves/unlearn is searched.\n"
                      "\n");
    char *options = ec_options_help(ec_options_table);
    if (options)
        ec_out_text(&out, options);
    free(options);
    ec_out_text(&out, "\nFormats, and the suffixes of their files:\n");
    for (const struct ec_renderer *const *r = ec_renderers(); *r; r++)
        ec_out_printf(&out, "  %-10s%-9s%s\n", (*r)->name, (*r)->suffixes[0], (*r)->help);
    ec_out_text(&out, "\nExit status: 0 all is well; 1 a check failed; 2 wrong usage or nothing to "
                      "show;\n3 the table is shown, but some records could not be read.\n");
    ec_out_char(&out, '\0');
    return out.buffer;
}
