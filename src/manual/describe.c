/* Writes what the programs' tables hold as JSON: their options, the formats, metrics, keys and
 * methods. manual.py and completions.py make man pages and completions from it, so that nothing
 * is typed twice. Runs when the project is built; is not installed. */
#include "cli/options.h"
#include "common/metric.h"
#include "config.h"
#include "effbench/arguments.h"
#include "effrecord/commands.h"
#include "query/expr.h"
#include "render/render.h"
#include "tui/keys.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

static json_t *text(const char *value)
{
    return value ? json_string(value) : json_null();
}

static json_t *words(const char *const *items)
{
    json_t *array = json_array();
    for (; items && *items; items++)
        json_array_append_new(array, json_string(*items));
    return array;
}

/* A heading has only a name. */
static json_t *option(const struct ec_option *row)
{
    if (!row->set && !row->flag)
        return json_pack("{ss}", "heading", row->name);
    char letter[] = {row->letter, '\0'};
    return json_pack("{ss ss so ss so}", "name", row->name, "letter", letter, "argument",
                     text(row->argument), "help", row->help, "words",
                     words(row->argument ? ec_options_words(row->argument) : NULL));
}

static json_t *options(const struct ec_option *row)
{
    json_t *array = json_array();
    for (; row->name; row++)
        json_array_append_new(array, option(row));
    return array;
}

static json_t *formats(void)
{
    json_t *array = json_array();
    for (const struct ec_renderer *const *r = ec_renderers(); *r; r++)
        json_array_append_new(array, json_pack("{ss so ss}", "name", (*r)->name, "suffixes",
                                               words((*r)->suffixes), "help", (*r)->help));
    return array;
}

static json_t *methods(void)
{
    json_t *array = json_array();
    for (const struct eb_method *method = eb_methods; method->name; method++)
        json_array_append_new(array,
                              json_pack("{ss ss}", "name", method->name, "help", method->help));
    return array;
}

static json_t *metrics(void)
{
    json_t *array = json_array();
    for (int i = 0; i < EC_METRIC_COUNT; i++) {
        const struct ec_metric *metric = ec_metric_get((enum ec_metric_id)i);
        json_array_append_new(array,
                              json_pack("{ss ss ss ss ss}", "name", metric->id, "key", metric->key,
                                        "unit", ec_unit_get(metric->unit)->symbol, "group",
                                        metric->group, "help", metric->help));
    }
    return array;
}

static json_t *units(void)
{
    json_t *array = json_array();
    for (int i = 0; i < EC_UNIT_COUNT; i++)
        if (ec_unit_get((enum ec_unit_id)i)->symbol[0] != '\0')
            json_array_append_new(array, json_string(ec_unit_get((enum ec_unit_id)i)->symbol));
    return array;
}

static json_t *functions(void)
{
    json_t *array = json_array();
    for (size_t i = 0; ec_expr_function_name(i); i++)
        json_array_append_new(array, json_string(ec_expr_function_name(i)));
    return array;
}

static json_t *key_names(const char *names)
{
    json_t *array = json_array();
    for (uint32_t key = ec_key_next(&names); key; key = ec_key_next(&names)) {
        struct ec_out name;
        ec_out_to_memory(&name);
        ec_key_write(&name, key);
        json_array_append_new(array, json_stringn(name.buffer, name.length));
        ec_out_free(&name);
    }
    return array;
}

static json_t *keys(void)
{
    json_t *array = json_array();
    for (const struct ec_action_entry *entry = ec_action_entries(); entry->heading || entry->action;
         entry++) {
        if (entry->heading) {
            json_array_append_new(array, json_pack("{ss}", "heading", entry->heading));
            continue;
        }
        const struct ec_action_info *info = ec_action_info(entry->action);
        json_array_append_new(
            array, json_pack("{so ss}", "keys", key_names(info->keys), "help", info->help));
    }
    return array;
}

int main(void)
{
    json_t *all = json_pack(
        "{ss s{so so so so so} so so so so so so}", "version", EC_VERSION, "options", "effcompare",
        options(ec_options_table), "effrecord", options(effrecord_run_options), "effrecord sweep",
        options(effrecord_sweep_options), "effrecord merge", options(effrecord_merge_options),
        "effbench", options(eb_options), "formats", formats(), "methods", methods(), "metrics",
        metrics(), "keys", keys(), "units", units(), "functions", functions());
    int status = all && json_dumpf(all, stdout, JSON_INDENT(1)) == 0 && fflush(stdout) == 0
                     ? EXIT_SUCCESS
                     : EXIT_FAILURE;
    json_decref(all);
    return status;
}
