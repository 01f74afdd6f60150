/* The pipeline on one page: options -> load -> query -> render, and what is said on standard error.
 */
#include "cli/app.h"

#include "base/memory.h"
#include "base/out.h"
#include "base/utf8.h"
#include "cli/document.h"
#include "cli/interactive.h"
#include "cli/options.h"
#include "cli/paths.h"
#include "cli/progress.h"
#include "cli/verify.h"
#include "common/atomic_file.h"
#include "common/version.h"
#include "load/jobs.h"
#include "query/catalogue.h"
#include "query/gate.h"
#include "query/query.h"
#include "render/render.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { EXIT_FINE = 0, EXIT_DIFFERS = 1, EXIT_NOTHING = 2, EXIT_UNREADABLE = 3 };
enum { ISSUES_SHOWN = 10 };

/* Lines after the first show where in the user's text the mistake is. */
static int fail(const char *message)
{
    struct ec_out out;
    ec_out_to_fd(&out, STDERR_FILENO);
    ec_out_text(&out, "effcompare: ");
    for (const char *line = message; *line;) {
        size_t length = strcspn(line, "\n");
        ec_utf8_write_harmless(&out, (struct ec_str){line, length});
        ec_out_char(&out, '\n');
        line += length + (line[length] == '\n');
    }
    ec_out_finish(&out);
    ec_out_free(&out);
    return EXIT_NOTHING;
}

static void say_remarks(const struct ec_table *table)
{
    table = ec_table_upright(table);
    for (size_t i = 0; i < table->remark_count; i++)
        fail(table->remarks[i]);
}

static void say_issue(struct ec_out *out, const struct ec_issue *issue)
{
    ec_out_text(out, "effcompare: ");
    ec_utf8_write_harmless(out, issue->path);
    if (issue->line > 0)
        ec_out_printf(out, ":%d:%d", issue->line, issue->column);
    ec_out_text(out, ": ");
    ec_utf8_write_harmless(out, ec_str(issue->reason));
    ec_out_text(out, "; skipped\n");
}

/* Files that only a custom --name made us look at are told of in one line. */
static void say_not_runs(struct ec_out *out, size_t count, const struct ec_issue *first)
{
    if (count == 0)
        return;
    ec_out_text(out, "effcompare: ");
    ec_utf8_write_harmless(out, first->path);
    if (count > 1)
        ec_out_printf(out, " and %zu more", count - 1);
    ec_out_printf(out, ": no known metric in %s; not taken for %s\n", count > 1 ? "them" : "it",
                  count > 1 ? "runs" : "a run");
}

/* Tells what could not be read; returns how many records and directories that were. */
static size_t say_issues(const struct ec_runset *runset, bool verbose)
{
    struct ec_out out;
    ec_out_to_fd(&out, STDERR_FILENO);
    size_t unreadable = 0, not_runs = 0;
    const struct ec_issue *first_not_run = NULL;
    for (size_t i = 0; i < ec_runset_issue_count(runset); i++) {
        const struct ec_issue *issue = ec_runset_issue(runset, i);
        if (issue->kind == EC_ISSUE_NOT_A_RUN) {
            if (not_runs++ == 0)
                first_not_run = issue;
        } else if (unreadable++ < ISSUES_SHOWN || verbose) {
            say_issue(&out, issue);
        }
    }
    if (unreadable > ISSUES_SHOWN && !verbose)
        ec_out_printf(&out, "effcompare: %zu more could not be read; --verbose shows them all\n",
                      unreadable - ISSUES_SHOWN);
    say_not_runs(&out, not_runs, first_not_run);
    ec_out_finish(&out);
    ec_out_free(&out);
    return unreadable;
}

static void say_nothing_found(const struct ec_options *options, const struct ec_strings *paths)
{
    struct ec_out out;
    ec_out_to_fd(&out, STDERR_FILENO);
    ec_out_text(&out, "effcompare: found no run in ");
    for (size_t i = 0; i < paths->count; i++) {
        ec_out_text(&out, i > 0 ? ", " : "");
        ec_utf8_write_harmless(&out, ec_str(paths->items[i]));
    }
    ec_out_text(&out, "; looked for files named ");
    if (options->names.count == 0)
        ec_out_text(&out, "efficiency_metrics.json (--name looks for others)");
    for (size_t i = 0; i < options->names.count; i++) {
        ec_out_text(&out, i > 0 ? ", " : "");
        ec_utf8_write_harmless(&out, ec_str(options->names.items[i]));
    }
    ec_out_char(&out, '\n');
    ec_out_finish(&out);
    ec_out_free(&out);
}

static void say_unused_joins(const struct ec_plan *plan)
{
    size_t wanted;
    ec_plan_beside(plan, &wanted);
    if (wanted > 0)
        return;
    struct ec_out out;
    ec_out_to_fd(&out, STDERR_FILENO);
    ec_out_text(&out, "effcompare: --join: no column or filter asks for a metric of these files, "
                      "as -c +forget_quality would; they were not read\n");
    ec_out_finish(&out);
    ec_out_free(&out);
}

static int terminal_width(int fd)
{
    struct winsize size;
    if (!isatty(fd))
        return 0;
    return ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

static struct ec_render_options stdout_options(const struct ec_options *options)
{
    const char *no_color = getenv("NO_COLOR");
    const char *term = getenv("TERM");
    bool plain = (no_color && *no_color) || (term && strcmp(term, "dumb") == 0);
    struct ec_render_options render_options = options->document;
    render_options.width = options->width ? options->width : terminal_width(STDOUT_FILENO);
    render_options.color = options->color == EC_COLOR_ALWAYS ||
                           (options->color == EC_COLOR_AUTO && !plain && isatty(STDOUT_FILENO));
    return render_options;
}

static bool is_stdout(const char *path)
{
    return strcmp(path, "-") == 0;
}

/* The paths of the outputs. */
static const char *const *outputs(const struct ec_options *options, size_t *ret_count)
{
    static const char *const standard[] = {"-"};
    *ret_count = options->files.count > 0 ? options->files.count : 1;
    return options->files.count > 0 ? options->files.items : standard;
}

/* NULL: the file's suffix means none, and none was named. */
static const struct ec_renderer *output_format(const struct ec_options *options, const char *path)
{
    const struct ec_renderer *by_suffix = is_stdout(path) ? NULL : ec_renderer_for_file(path);
    if (by_suffix || options->format)
        return by_suffix ? by_suffix : options->format;
    return is_stdout(path) ? ec_renderer_find("text") : NULL;
}

/* What the format has to say of the table that was written; `path` NULL: to standard output. */
static void say_remark(const struct ec_renderer *renderer, const struct ec_table *table,
                       const struct ec_render_options *options, const char *path)
{
    struct ec_arena arena = {0};
    const char *remark = renderer->remark ? renderer->remark(table, options, &arena) : NULL;
    if (remark)
        fail(path ? ec_arena_printf(&arena, "%s: %s", path, remark) : remark);
    ec_arena_free(&arena);
}

static int write_stdout(const struct ec_table *table, const struct ec_options *options,
                        struct ec_error *error)
{
    const struct ec_renderer *renderer = output_format(options, "-");
    struct ec_render_options render_options = stdout_options(options);
    struct ec_out out;
    ec_out_to_fd(&out, STDOUT_FILENO);
    int result = renderer->render(table, &render_options, &out, error);
    int write_error = ec_out_finish(&out);
    ec_out_free(&out);
    if (result < 0)
        return -1;
    if (write_error == EPIPE) /* whoever read has had enough, and SIGPIPE is ignored */
        return ec_error_set(error, "%s", "");
    if (write_error)
        return ec_error_set(error, "standard output: %s; the table is incomplete",
                            strerror(write_error));
    say_remark(renderer, table, &render_options, NULL);
    return 0;
}

static int write_file(const struct ec_table *table, const struct ec_options *options,
                      const char *path, struct ec_error *error)
{
    const struct ec_renderer *renderer = output_format(options, path);
    struct ec_render_options render_options = options->document;
    render_options.width = options->width;
    struct ec_out out;
    ec_out_to_memory(&out);
    struct ec_error reason = {0};
    int result = renderer->render(table, &render_options, &out, &reason);
    if (result == 0 && ec_atomic_write(path, out.buffer, out.length, &reason) < 0)
        result = -1;
    ec_out_free(&out);
    if (result < 0)
        return ec_error_set(error, "%s; not written", reason.text);
    say_remark(renderer, table, &render_options, path);
    return 0;
}

/* Every output is tried, whatever became of the others. */
static int write_outputs(const struct ec_table *table, const struct ec_options *options)
{
    int status = EXIT_FINE;
    size_t count;
    const char *const *paths = outputs(options, &count);
    for (size_t i = 0; i < count; i++) {
        struct ec_error error = {0};
        int result = is_stdout(paths[i]) ? write_stdout(table, options, &error)
                                         : write_file(table, options, paths[i], &error);
        if (result == 0)
            continue;
        status = EXIT_NOTHING;
        if (error.text[0])
            fail(error.text);
    }
    return status;
}

/* A suffix that means no format is told before the work, not after it. */
static int check_outputs(const struct ec_options *options, struct ec_error *error)
{
    size_t count;
    const char *const *paths = outputs(options, &count);
    for (size_t i = 0; i < count; i++)
        if (!output_format(options, paths[i]))
            return ec_error_set(error, "%s: no format has this suffix; name one with --format",
                                paths[i]);
    return 0;
}

static bool shows_times(const struct ec_options *options)
{
    size_t count;
    const char *const *paths = outputs(options, &count);
    bool shows = options->interactive;
    for (size_t i = 0; i < count; i++)
        shows = shows || output_format(options, paths[i])->shows_times;
    return shows;
}

/* A plot that was asked for and is written nowhere. */
static void say_unused_plot(const struct ec_options *options)
{
    size_t count;
    const char *const *paths = outputs(options, &count);
    for (size_t i = 0; i < count; i++)
        if (output_format(options, paths[i])->is_plot)
            return;
    fail("--plot changes only svg and pgfplots, and no output is one (-f svg)");
}

/* Formats for programs keep the recorded unit, which the key of a metric tells, but not the name of
 * a column that is computed or renamed. */
static void say_kept_units(const struct ec_table *table, const struct ec_options *options)
{
    size_t count;
    const char *const *paths = outputs(options, &count);
    for (size_t i = 0; i < count; i++)
        if (!output_format(options, paths[i])->is_exact)
            return;
    table = ec_table_upright(table);
    const struct ec_column *first = NULL;
    size_t more = 0;
    for (size_t i = 0; i < table->column_count; i++) {
        const struct ec_column *column = &table->columns[i];
        if ((column->metric && !column->renames) || column->unit == column->stored_unit)
            continue;
        more += first != NULL;
        first = first ? first : column;
    }
    struct ec_error message = {0};
    if (more > 0)
        ec_error_set(&message, "--unit: formats for programs have %s in %s, and %zu more as stored",
                     first->key, first->stored_unit->symbol, more);
    else if (first)
        ec_error_set(&message, "--unit: formats for programs have %s in %s, as stored", first->key,
                     first->stored_unit->symbol);
    if (first)
        fail(message.text);
}

static struct ec_load_options load_options(const struct ec_options *options,
                                           const struct ec_plan *plan,
                                           const struct ec_strings *paths)
{
    struct ec_load_options load = {
        .paths = paths->items,
        .path_count = paths->count,
        .names = options->names.items,
        .name_count = options->names.count,
        .joins = options->joins.items,
        .join_count = options->joins.count,
        .max_depth = options->max_depth,
        .threads = options->threads,
        .keep_zeros = options->keep_zeros,
        .without_times = !shows_times(options),
    };
    load.keys = ec_plan_keys(plan, &load.key_count);
    load.beside = ec_plan_beside(plan, &load.beside_count);
    return load;
}

/* The runs in these paths, with whatever could not be read. */
static struct ec_runset *load(const struct ec_options *options, const struct ec_plan *plan,
                              const struct ec_strings *paths)
{
    struct ec_load_options load = load_options(options, plan, paths);
    struct ec_runset *runset = ec_runset_new();
    struct ec_progress progress;
    ec_progress_start(&progress, runset);
    ec_load(runset, &load);
    ec_runset_finish(runset);
    ec_progress_end(&progress);
    ec_jobs_ask(runset, &load);
    return runset;
}

static int verify(const struct ec_table *table, const struct ec_options *options)
{
    struct ec_error error = {0};
    bool holds;
    if (ec_cli_verify(&options->verify, table, &holds, &error) < 0)
        return fail(error.text);
    return holds ? EXIT_FINE : EXIT_DIFFERS;
}

static int show(struct ec_plan *plan, const struct ec_runset *runset,
                const struct ec_options *options)
{
    struct ec_error error = {0};
    struct ec_table *table = ec_plan_table(plan, runset, &error);
    if (!table)
        return fail(error.text);
    say_remarks(table);
    if (options->verify.count == 0)
        say_kept_units(table, options);
    int status = options->verify.count > 0 ? verify(table, options) : write_outputs(table, options);
    ec_table_free(table);
    return status;
}

/* A check that compared nothing must not look like one that holds. */
static int judge(const struct ec_gate_result *result)
{
    struct ec_error error = {0};
    if (result->failed > 0)
        ec_error_set(&error, "--check fails for %zu of %zu runs", result->failed, result->compared);
    else if (result->vacuous)
        ec_error_set(&error, "--check '%s' compared nothing: no run was measured before and now",
                     result->vacuous);
    if (error.text[0])
        fail(error.text);
    return result->failed > 0 ? EXIT_DIFFERS : result->vacuous ? EXIT_NOTHING : EXIT_FINE;
}

static int show_changes(struct ec_plan *plan, const struct ec_runset *before,
                        const struct ec_runset *runset, const struct ec_options *options)
{
    struct ec_error error = {0};
    struct ec_gate_result result;
    struct ec_table *table = ec_plan_changes(plan, before, runset, &result, &error);
    if (!table)
        return fail(error.text);
    say_remarks(table);
    int status = write_outputs(table, options);
    if (status == EXIT_FINE)
        status = judge(&result);
    ec_table_free(table);
    return status;
}

/* Tells what could not be read, or that there is nothing; frees the runs. */
static size_t finish_runs(struct ec_runset *runset, const struct ec_options *options,
                          const struct ec_strings *paths)
{
    size_t unreadable = say_issues(runset, options->verbose);
    if (ec_runset_count(runset) == 0)
        say_nothing_found(options, paths);
    ec_runset_free(runset);
    return unreadable;
}

static int compare(const struct ec_options *options)
{
    struct ec_error error = {0};
    struct ec_query query = ec_options_query(options);
    struct ec_plan *plan = ec_plan_new(&query, &error);
    if (!plan)
        return fail(error.text);
    if (options->joins.count > 0)
        say_unused_joins(plan);
    if (options->document.plot && options->verify.count == 0)
        say_unused_plot(options);
    struct ec_runset *before = NULL, *runset = load(options, plan, &options->paths);
    if (options->against.count > 0)
        before = load(options, plan, &options->against);
    int status = EXIT_NOTHING;
    if (ec_runset_count(runset) > 0 && !before)
        status = show(plan, runset, options);
    else if (ec_runset_count(runset) > 0 && ec_runset_count(before) > 0)
        status = show_changes(plan, before, runset, options);
    size_t unreadable = finish_runs(runset, options, &options->paths);
    if (before)
        unreadable += finish_runs(before, options, &options->against);
    ec_plan_free(plan);
    return status == EXIT_FINE && unreadable > 0 ? EXIT_UNREADABLE : status;
}

static int print_view(void *options, const struct ec_table *table)
{
    say_remarks(table);
    int status = write_outputs(table, options);
    size_t unreadable = say_issues(table->runset, ((struct ec_options *)options)->verbose);
    return status == EXIT_FINE && unreadable > 0 ? EXIT_UNREADABLE : status;
}

static int browse(struct ec_options *options)
{
    struct ec_error error = {0};
    struct ec_query query = ec_options_query(options);
    struct ec_plan *plan = ec_plan_new(&query, &error);
    if (!plan)
        return fail(error.text);
    struct ec_load_options load = load_options(options, plan, &options->paths);
    int status =
        ec_cli_interactive(options, &load, stdout_options(options).color, print_view, &error);
    ec_plan_free(plan);
    return status < 0 ? fail(error.text) : status;
}

static int print_text(const char *text)
{
    struct ec_out out;
    ec_out_to_fd(&out, STDOUT_FILENO);
    ec_out_text(&out, text);
    int error = ec_out_finish(&out);
    ec_out_free(&out);
    return error ? fail(strerror(error)) : EXIT_FINE;
}

static int print_usage(void)
{
    char *usage = ec_options_usage();
    int status = print_text(usage);
    free(usage);
    return status;
}

static int list_metrics(const struct ec_options *options)
{
    struct ec_table *table = ec_catalogue_table();
    int status = write_outputs(table, options);
    ec_table_free(table);
    return status;
}

static int run(struct ec_options *options, struct ec_arena *arena)
{
    struct ec_error error = {0};
    if (options->help)
        return print_usage();
    if (options->version)
        return print_text(EC_VERSION_TEXT("effcompare"));
    if (options->checks.count > 0 && options->against.count == 0)
        return fail("--check limits changes; --against names the runs before");
    if (options->watch && !options->interactive)
        return fail("--watch goes with --interactive");
    if (options->interactive && (options->against.count > 0 || options->verify.count > 0))
        return fail(options->against.count > 0 ? "--against does not go with --interactive"
                                               : "--verify does not go with --interactive");
    if (check_outputs(options, &error) < 0)
        return fail(error.text);
    if (options->list_metrics)
        return list_metrics(options);
    if (ec_paths_read(&options->paths, arena, &error) < 0)
        return fail(error.text);
    return options->interactive ? browse(options) : compare(options);
}

int ec_app(int argc, char **argv)
{
    struct ec_options options;
    struct ec_error error = {0};
    struct ec_arena arena = {0};
    int status;
    const char *command = ec_document_command(argc, argv, &arena);
    if (ec_options_read(&options, argc, argv, &arena, &error) < 0) {
        fail(error.text);
        fputs("Try 'effcompare --help'.\n", stderr);
        status = EXIT_NOTHING;
    } else {
        options.document.command = command;
        status = run(&options, &arena);
    }
    ec_options_free(&options);
    ec_arena_free(&arena);
    return status;
}
