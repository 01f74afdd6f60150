#include "study.h"

#include <stdio.h>

enum { KEYS = 6 };
static const char *const keys[KEYS] = {
    "unlearning_time_seconds", "total_steps", "peak_gpu_memory_mb",
    "tokens_per_second",       "method",      "seed",
};

struct line {
    const char *name, *method;
    double time, memory, rate; /* 0: not measured */
    int steps, seed;
    enum ec_status status;
};

static const struct line lines[] = {
    {"npo_s0", "NPO", 312.45, 9123.45, 987.65, 100, 0, EC_STATUS_COMPLETED},
    {"npo_s1", "NPO", 318.07, 9120.01, 981.2, 100, 1, EC_STATUS_COMPLETED},
    {"graddiff_s0", "GradDiff", 245.32, 8234.56, 1234.56, 100, 0, EC_STATUS_COMPLETED},
    {"graddiff_s1", "GradDiff", 251.9, 8234.56, 1201.1, 100, 1, EC_STATUS_COMPLETED},
    {"lmcleaner_k10", "LMCleaner", 39.12, 31500, 0, 57, 0, EC_STATUS_COMPLETED},
    {"retrain", "Retrain", 723.5, 18400, 1098.76, 6300, 0, EC_STATUS_COMPLETED},
    {"rmu_s0", "RMU", 120.5, 12000, 640, 40, 0, EC_STATUS_RUNNING},
    {"\xe5\xae\x9f\xe9\xa8\x93_s0", "RMU", 12.25, 0, 0, 3, 0, EC_STATUS_FAILED},
    {"odd\x1b[31m name", "RMU", 0, 0, 0, 0, 0, EC_STATUS_COMPLETED},
};

static void add(struct ec_runset *runset, const struct line *line)
{
    char path[256];
    int length = snprintf(path, sizeof path, "saves/%s/efficiency_metrics.json", line->name);
    struct ec_run run = {
        .path = {path, (size_t)length},
        .name = {path + 6, strlen(line->name)},
        .mtime_ns = INT64_C(1769860800000000000),
        .status = line->status,
    };
    struct ec_value values[KEYS] = {
        line->time > 0 ? ec_value_real(line->time) : ec_value_missing(),
        line->steps > 0 ? ec_value_int(line->steps) : ec_value_missing(),
        line->memory > 0 ? ec_value_real(line->memory) : ec_value_missing(),
        line->rate > 0 ? ec_value_real(line->rate) : ec_value_missing(),
        ec_value_str(ec_str(line->method)),
        ec_value_int(line->seed),
    };
    struct ec_field fields[KEYS];
    for (size_t i = 0; i < KEYS; i++)
        fields[i] = (struct ec_field){ec_runset_column(runset, ec_str(keys[i])), false, values[i]};
    ec_runset_add(runset, &run, fields, KEYS);
}

struct ec_runset *study_runs(void)
{
    struct ec_runset *runset = ec_runset_new();
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        add(runset, &lines[i]);
    ec_runset_add_issue(runset, EC_ISSUE_BAD_RECORD, ec_str("saves/broken/efficiency_metrics.json"),
                        3, 7, "string or '}' expected near end of file");
    ec_runset_finish(runset);
    return runset;
}

struct ec_runset *study_broken(void)
{
    struct ec_runset *runset = ec_runset_new();
    ec_runset_add_issue(runset, EC_ISSUE_BAD_RECORD, ec_str("saves/cut.csv"), 9, 31,
                        "the quote is not closed");
    ec_runset_finish(runset);
    return runset;
}

struct ec_runset *study_later(void)
{
    static const struct line fresh = {"dpo_s0", "DPO", 333.3, 9000,
                                      900,      100,   0,     EC_STATUS_COMPLETED};
    struct ec_runset *runset = ec_runset_new();
    add(runset, &fresh);
    for (size_t i = 1; i < sizeof lines / sizeof *lines; i++) {
        struct line line = lines[i];
        if (line.status == EC_STATUS_RUNNING) {
            line.steps = 80;
            line.time = 241;
        }
        add(runset, &line);
    }
    ec_runset_finish(runset);
    return runset;
}

struct ec_runset *study_names(void)
{
    static const char *const names[] = {"it's (1)", "lr=0.1,seed=0", "lr=0.1,seed=1", "-x=[2]"};
    struct ec_runset *runset = ec_runset_new();
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct line line = lines[i];
        line.name = names[i];
        add(runset, &line);
    }
    ec_runset_finish(runset);
    return runset;
}

struct ec_runset *study_many(size_t count, size_t extra)
{
    static const char *const methods[] = {"NPO", "GradDiff", "GradAscent", "RMU", "LMCleaner"};
    enum { MOST = 64 };
    struct ec_runset *runset = ec_runset_new();
    uint32_t state = 1;
    for (size_t i = 0; i < count; i++) {
        char path[128];
        state = state * 1664525 + 1013904223; /* Numerical Recipes' generator */
        double random = state / 4294967296.0;
        const char *method = methods[state >> 8 & 3];
        int name =
            snprintf(path, sizeof path, "saves/exp%zu_%s_k%zu_s%zu", i % 97, method, i % 30, i);
        int length =
            name + snprintf(path + name, sizeof path - (size_t)name, "/efficiency_metrics.json");
        struct ec_run run = {.path = {path, (size_t)length},
                             .name = {path + 6, (size_t)name - 6},
                             .status = EC_STATUS_COMPLETED};
        struct ec_value values[KEYS] = {
            ec_value_real(20 + 900 * random),
            ec_value_int(50 + (int)(i % 100)),
            ec_value_real(5000 + 35000 * (1 - random) * random),
            ec_value_real(200 + random * 2800),
            ec_value_str(ec_str(method)),
            ec_value_int((int)(i % 5)),
        };
        struct ec_field fields[KEYS + MOST];
        for (size_t key = 0; key < KEYS; key++)
            fields[key] =
                (struct ec_field){ec_runset_column(runset, ec_str(keys[key])), false, values[key]};
        for (size_t key = 0; key < extra && key < MOST; key++) {
            char text[32];
            snprintf(text, sizeof text, key == 1 ? "extra_%zu,none" : "extra_%zu", key);
            fields[KEYS + key] = (struct ec_field){ec_runset_column(runset, ec_str(text)), false,
                                                   ec_value_real(random * (double)(key + 1))};
        }
        ec_runset_add(runset, &run, fields, KEYS + (extra < MOST ? extra : MOST));
    }
    ec_runset_finish(runset);
    return runset;
}
