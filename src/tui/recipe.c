#include "tui/recipe.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- What a view says, option by option ---- */

/* Takes one option after the other. */
typedef void take_option(void *context, struct ec_setting setting);

struct teller {
    take_option *take;
    void *context;
};

static void tell(const struct teller *teller, const char *name, const char *value)
{
    teller->take(teller->context, (struct ec_setting){name, value});
}

static void tell_each(const struct teller *teller, const char *name, struct ec_words values)
{
    for (size_t i = 0; i < values.count; i++)
        tell(teller, name, values.items[i]);
}

static struct ec_words words(const struct ec_texts *texts)
{
    return (struct ec_words){(const char *const *)texts->items, texts->count};
}

static void tell_list(const struct teller *teller, const char *name, const struct ec_texts *texts)
{
    if (texts->count == 0)
        return;
    char *list = ec_texts_list(texts);
    tell(teller, name, list);
    free(list);
}

static void tell_number(const struct teller *teller, const char *name, long number)
{
    char text[24];
    snprintf(text, sizeof text, "%ld", number);
    tell(teller, name, text);
}

static void tell_flag(const struct teller *teller, const char *name, bool is_set)
{
    if (is_set)
        tell(teller, name, NULL);
}

/* Options that the view leaves as they were given, and those that belong to them. */
static void tell_analysis(const struct teller *teller, const struct ec_view *view)
{
    static const char *const relatives[] = {"ratio", "percent", "both"};
    const struct ec_query *given = &view->given;
    tell_each(teller, "baseline", words(&view->baseline));
    if (view->baseline.count > 0 && view->relative != EC_RELATIVE_RATIO)
        tell(teller, "relative", relatives[view->relative]);
    tell_each(teller, "relative-columns", given->relative_columns);
    tell_list(teller, "pareto", &view->pareto);
    tell_flag(teller, "pareto-only", view->pareto_only && view->pareto.count > 0);
    tell_each(teller, "budget", given->budgets);
    tell_each(teller, "requests", given->requests);
    tell_each(teller, "cost", given->costs);
    tell_each(teller, "setup", given->setups);
    if (given->price)
        tell(teller, "price", given->price);
    if (given->section)
        tell(teller, "section", given->section);
    tell_flag(teller, "transpose", given->transpose);
}

static void tell_view(const struct teller *teller, const struct ec_view *view)
{
    static const char *const spreads[] = {"std", "sem", "ci95", "range"};
    const struct ec_query *given = &view->given;
    if (view->own_columns)
        tell_list(teller, "columns", &view->columns);
    else
        tell_each(teller, "columns", given->columns);
    tell_list(teller, "unit", &view->units);
    tell_each(teller, "direction", given->directions);
    if (view->fixed_digits)
        tell_number(teller, "digits", view->digits);
    else if (given->figures > 0)
        tell_number(teller, "figures", given->figures);
    tell_each(teller, "name-pattern", given->name_patterns);
    tell_each(teller, "where", words(&view->where));
    tell_each(teller, "having", given->having);
    tell_list(teller, "group-by", &view->group_by);
    if (given->pivot && view->group_by.count > 0)
        tell(teller, "pivot", given->pivot);
    if (view->group_by.count > 0 && view->spread != EC_SPREAD_STD)
        tell(teller, "spread", spreads[view->spread]);
    tell_list(teller, "sort", &view->sort);
    if (given->top > 0)
        tell_number(teller, "top", (long)given->top);
    tell_each(teller, "label", words(&view->labels));
    tell_list(teller, "reference", &view->references);
    tell_each(teller, "order", given->order);
    tell_analysis(teller, view);
}

/* ---- A command line ---- */

static void write_option(void *context, struct ec_setting setting)
{
    struct ec_out *out = context;
    bool is_columns = strcmp(setting.name, "columns") == 0;
    if (is_columns)
        ec_out_text(out, " -c");
    else
        ec_out_printf(out, " --%s", setting.name);
    if (!setting.value)
        return;
    /* A value that begins with a dash would be taken for an option. */
    ec_out_char(out, setting.value[0] == '-' && !is_columns ? '=' : ' ');
    ec_out_shell_word(out, ec_str(setting.value));
}

void ec_recipe_write_options(struct ec_out *out, const struct ec_view *view)
{
    tell_view(&(struct teller){write_option, out}, view);
}

void ec_recipe_write_command(struct ec_out *out, const struct ec_setting *settings, size_t count,
                             const struct ec_view *view, struct ec_words paths)
{
    ec_out_text(out, "effcompare");
    for (size_t i = 0; i < count; i++)
        write_option(out, settings[i]);
    ec_recipe_write_options(out, view);
    bool dashed = false;
    for (size_t i = 0; i < paths.count; i++)
        dashed = dashed || (paths.items[i][0] == '-' && paths.items[i][1] != '\0');
    ec_out_text(out, dashed ? " --" : "");
    for (size_t i = 0; i < paths.count; i++) {
        ec_out_char(out, ' ');
        ec_out_shell_word(out, ec_str(paths.items[i]));
    }
}

/* ---- A specification file ---- */

struct spec {
    struct ec_out *out;
    const char *directory;
    struct ec_error *error;
    bool failed;
};

static bool is_path(const char *name)
{
    return strcmp(name, "path") == 0 || strcmp(name, "join") == 0;
}

static void write_line(void *context, struct ec_setting setting)
{
    struct spec *spec = context;
    ec_out_text(spec->out, setting.name);
    if (setting.value) {
        if (strchr(setting.value, '\n')) {
            ec_error_set(spec->error, "--%s has a line break, so no specification can hold it",
                         setting.name);
            spec->failed = true;
        }
        bool moved = spec->directory && is_path(setting.name) && setting.value[0] != '/' &&
                     strcmp(setting.value, "-") != 0;
        ec_out_printf(spec->out, " = %s%s%s", moved ? spec->directory : "", moved ? "/" : "",
                      setting.value);
    }
    ec_out_char(spec->out, '\n');
}

int ec_recipe_write_spec(struct ec_out *out, const struct ec_setting *settings, size_t count,
                         const struct ec_view *view, struct ec_words paths, const char *directory,
                         struct ec_error *error)
{
    struct spec spec = {out, directory, error, false};
    ec_out_text(out, "# effcompare --spec FILE shows this table\n");
    for (size_t i = 0; i < paths.count; i++)
        write_line(&spec, (struct ec_setting){"path", paths.items[i]});
    for (size_t i = 0; i < count; i++)
        write_line(&spec, settings[i]);
    tell_view(&(struct teller){write_line, &spec}, view);
    return spec.failed ? -1 : 0;
}
