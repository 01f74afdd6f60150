#include "query/parameters.h"

#include "base/memory.h"
#include "query/pattern.h"

#include <stdlib.h>

static int announce(struct ec_names *names, const struct ec_pattern *pattern,
                    struct ec_error *error)
{
    for (size_t i = 0; i < ec_pattern_count(pattern); i++)
        if (!ec_names_add_parameter(names, ec_pattern_name(pattern, i)))
            return ec_error_set(
                error, "--name-pattern: {%.*s} would hide the %.*s that every run has",
                (int)ec_pattern_name(pattern, i).len, ec_pattern_name(pattern, i).ptr,
                (int)ec_pattern_name(pattern, i).len, ec_pattern_name(pattern, i).ptr);
    return 0;
}

int ec_parameters_read(struct ec_parameters *ret_parameters, const struct ec_query *query,
                       struct ec_names *names, struct ec_error *error)
{
    *ret_parameters = (struct ec_parameters){0};
    ret_parameters->patterns = ec_calloc(query->name_patterns.count, sizeof(struct ec_pattern *));
    for (size_t i = 0; i < query->name_patterns.count; i++) {
        struct ec_error reason = {0};
        struct ec_pattern *pattern =
            ec_pattern_compile(ec_str(query->name_patterns.items[i]), &reason);
        if (!pattern)
            return ec_error_set(error, "--name-pattern: %s", reason.text);
        ret_parameters->patterns[ret_parameters->count++] = pattern;
        if (announce(names, pattern, error) < 0)
            return -1;
    }
    return 0;
}

void ec_parameters_free(struct ec_parameters *parameters)
{
    for (size_t i = 0; i < parameters->count; i++)
        ec_pattern_free(parameters->patterns[i]);
    free(parameters->patterns);
    free(parameters->values);
    free(parameters->matched);
    *parameters = (struct ec_parameters){0};
}

/* Matches one run; `values` are its parameters. */
static bool match_run(const struct ec_parameters *parameters, const struct ec_names *names,
                      struct ec_str name, struct ec_value *scratch, struct ec_value *values)
{
    for (size_t i = 0; i < parameters->count; i++) {
        const struct ec_pattern *pattern = parameters->patterns[i];
        if (!ec_pattern_match(pattern, name, scratch))
            continue;
        for (size_t k = 0; k < ec_pattern_count(pattern); k++)
            values[ec_names_parameter(names, ec_pattern_name(pattern, k))] = scratch[k];
        return true;
    }
    return false;
}

int ec_parameters_match(struct ec_parameters *parameters, struct ec_names *names,
                        struct ec_error *error)
{
    if (parameters->count == 0)
        return 0;
    size_t runs = ec_runset_count(names->runset), width = names->parameter_count, matched = 0;
    free(parameters->values);
    free(parameters->matched);
    parameters->values = ec_calloc(runs * width, sizeof *parameters->values);
    parameters->matched = ec_calloc(runs, sizeof *parameters->matched);
    struct ec_value *scratch = ec_calloc(width, sizeof *scratch);
    for (size_t run = 0; run < runs; run++) {
        parameters->matched[run] =
            match_run(parameters, names, ec_runset_run(names->runset, run).name, scratch,
                      parameters->values + run * width);
        matched += parameters->matched[run];
    }
    free(scratch);
    names->parameter_values = parameters->values;
    if (matched > 0 || runs == 0)
        return 0;
    struct ec_str first = ec_runset_run(names->runset, 0).name;
    return ec_error_set(error, "--name-pattern matches no run's whole name; the first is '%.*s'",
                        (int)first.len, first.ptr);
}

void ec_parameters_note(const struct ec_parameters *parameters, struct ec_table *table,
                        struct ec_notes *notes)
{
    size_t unmatched = 0;
    for (size_t row = 0; parameters->count > 0 && row < table->row_count; row++)
        unmatched += !parameters->matched[table->order[row]];
    if (unmatched > 0)
        ec_notes_add(notes, ec_arena_printf(&table->arena,
                                            "%zu of %zu runs do not match --name-pattern; what it "
                                            "captures is missing there",
                                            unmatched, table->row_count));
}
