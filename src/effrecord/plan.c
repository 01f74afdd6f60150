#include "effrecord/plan.h"

#include "effrecord/settings.h"
#include "effrecord/template.h"
#include "effrecord/text.h"
#include "record/facts.h"

#include <stdlib.h>
#include <string.h>

static size_t count_words(const char *const *words)
{
    size_t count = 0;
    while (words[count])
        count++;
    return count;
}

/* ---- The output directory ---- */

/* Cuts "./", "//" and a last "/" away, so that one directory has one name. What ".." means is up to
 * the file system. */
static void simplify(char *path)
{
    char *to = path;
    for (const char *from = path; *from;) {
        bool at_start = to == path || to[-1] == '/';
        if (at_start && from[0] == '.' && (from[1] == '/' || (from[1] == '\0' && to != path)))
            from += from[1] == '/' ? 2 : 1;
        else if (from[0] == '/' && to != path && to[-1] == '/')
            from++;
        else
            *to++ = *from++;
    }
    if (to == path)
        *to++ = '.';
    if (to > path + 1 && to[-1] == '/')
        to--;
    *to = '\0';
}

/* Names with control characters would break lists of names, and terminals. */
static int check_directory(const char *directory, const char *label, struct ec_error *error)
{
    if (directory[0] == '\0')
        return ec_error_set(error, "--output-dir: for %s the directory's name is empty", label);
    for (const char *c = directory; *c; c++)
        if ((unsigned char)*c < ' ' || *c == 0x7f)
            return ec_error_set(error,
                                "--output-dir: for %s the directory's name holds a control "
                                "character",
                                label);
    return 0;
}

static int make_directory(const struct effrecord_request *request, size_t combination,
                          struct effrecord_job *job, struct ec_error *error)
{
    struct effrecord_scope scope = {.grid = &request->grid, .combination = combination};
    struct ec_error reason = {0};
    job->directory = effrecord_expand(request->output_dir, &scope, &reason);
    if (!job->directory)
        return ec_error_set(error, "--output-dir: %s", reason.text);
    if (check_directory(job->directory, job->label, error) < 0)
        return -1;
    simplify(job->directory);
    return 0;
}

/* ---- The command line ---- */

/* Words are added to job->argv, which is large enough. */
static void add_word(struct effrecord_job *job, size_t *count, char *word)
{
    job->argv[(*count)++] = word;
}

static void add_option(struct effrecord_job *job, size_t *count, const char *option, char *value)
{
    add_word(job, count, effrecord_text("%s", option));
    add_word(job, count, value);
}

/* Adds the expanded template as an option's value. */
static int add_expanded(struct effrecord_job *job, size_t *count, const char *option,
                        const char *template, const struct effrecord_scope *scope,
                        struct ec_error *error)
{
    struct ec_error reason = {0};
    char *value = effrecord_expand(template, scope, &reason);
    if (!value)
        return ec_error_set(error, "%s: %s", option, reason.text);
    add_option(job, count, option, value);
    return 0;
}

/* The axes as settings; those that the user makes come later and win. */
static void add_axes(const struct effrecord_request *request, size_t combination,
                     struct effrecord_job *job, size_t *count)
{
    for (size_t i = 0; i < request->grid.count; i++) {
        const char *name = request->grid.axes[i].name;
        const char *value = effrecord_grid_value(&request->grid, combination, i);
        if (strcmp(name, "method") == 0) {
            if (!request->method && effrecord_method_check(value, NULL) == 0)
                add_option(job, count, "--method", effrecord_text("%s", value));
        } else if (effrec_check_key(name) == 0) {
            add_option(job, count, "--set", effrecord_text("%s=%s", name, value));
        }
    }
}

static int add_settings(const struct effrecord_request *request,
                        const struct effrecord_scope *scope, struct effrecord_job *job,
                        size_t *count, struct ec_error *error)
{
    if (request->method && add_expanded(job, count, "--method", request->method, scope, error) < 0)
        return -1;
    for (size_t i = 0; i < request->setting_count; i++)
        if (add_expanded(job, count, "--set", request->settings[i], scope, error) < 0)
            return -1;
    return 0;
}

static int add_command(const struct effrecord_request *request, const struct effrecord_scope *scope,
                       struct effrecord_job *job, size_t *count, struct ec_error *error)
{
    add_word(job, count, effrecord_text("--"));
    job->command = &job->argv[*count];
    for (size_t i = 0; request->command[i]; i++) {
        struct ec_error reason = {0};
        char *word = effrecord_expand(request->command[i], scope, &reason);
        if (!word)
            return ec_error_set(error, "COMMAND: %s", reason.text);
        add_word(job, count, word);
    }
    return 0;
}

static int make_argv(const struct effrecord_request *request, size_t combination,
                     struct effrecord_job *job, struct ec_error *error)
{
    struct effrecord_scope scope = {&request->grid, combination, job->directory};
    size_t count = 0;
    size_t options = 2 + request->grid.count + request->setting_count; /* -o, --method, --set */
    job->argv =
        effrecord_alloc(3 + 2 * options + count_words(request->command) + 1, sizeof *job->argv);
    add_word(job, &count, effrecord_text("effrecord"));
    add_word(job, &count, effrecord_text("run"));
    add_option(job, &count, "-o", effrecord_text("%s", job->directory));
    add_axes(request, combination, job, &count);
    if (add_settings(request, &scope, job, &count, error) < 0)
        return -1;
    return add_command(request, &scope, job, &count, error);
}

/* ---- The whole ---- */

static int by_directory(const void *a, const void *b)
{
    const struct effrecord_job *const *left = a, *const *right = b;
    int order = strcmp((*left)->directory, (*right)->directory);
    return order != 0 ? order : (*left > *right) - (*left < *right);
}

static int check_directories_differ(const struct effrecord_plan *plan, const char *template,
                                    struct ec_error *error)
{
    struct effrecord_job **sorted = effrecord_alloc(plan->count, sizeof *sorted);
    int rc = 0;
    for (size_t i = 0; i < plan->count; i++)
        sorted[i] = &plan->jobs[i];
    qsort(sorted, plan->count, sizeof *sorted, by_directory);
    for (size_t i = 1; i < plan->count && rc == 0; i++)
        if (strcmp(sorted[i - 1]->directory, sorted[i]->directory) == 0)
            rc = ec_error_set(error, "--output-dir: '%s' is %s both for %s and for %s", template,
                              sorted[i]->directory, sorted[i - 1]->label, sorted[i]->label);
    free(sorted);
    return rc;
}

int effrecord_plan_make(const struct effrecord_request *request, struct effrecord_plan *ret_plan,
                        struct ec_error *error)
{
    struct effrecord_plan plan = {.count = effrecord_grid_size(&request->grid)};
    int rc = 0;
    plan.jobs = effrecord_alloc(plan.count, sizeof *plan.jobs);
    for (size_t i = 0; i < plan.count && rc == 0; i++) {
        struct effrecord_job *job = &plan.jobs[i];
        job->label = effrecord_grid_label(&request->grid, i);
        rc = make_directory(request, i, job, error);
        if (rc == 0)
            rc = make_argv(request, i, job, error);
    }
    if (rc == 0)
        rc = check_directories_differ(&plan, request->output_dir, error);
    if (rc == 0)
        *ret_plan = plan;
    else
        effrecord_plan_free(&plan);
    return rc;
}

void effrecord_plan_free(struct effrecord_plan *plan)
{
    for (size_t i = 0; i < plan->count; i++) {
        struct effrecord_job *job = &plan->jobs[i];
        for (size_t word = 0; job->argv && job->argv[word]; word++)
            free(job->argv[word]);
        free(job->argv);
        free(job->directory);
        free(job->label);
    }
    free(plan->jobs);
    *plan = (struct effrecord_plan){0};
}
