/* Makes a tree of efficiency records to measure with; the same one for the same arguments.
 *
 *     generate DIRECTORY RUNS [KEYS [neighbours]]
 *
 * RUNS directories in groups of a thousand, each with a record of KEYS (6 or 32, default 32) keys
 * as the reference tracker writes it. With `neighbours` each also has what training leaves around:
 * a checkpoint, .hydra, evals and a log.
 */
#include "common/metric.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    GROUP = 1000,
    FEW_KEYS = 6,
    MANY_KEYS = 32,
    PATH_BYTES = 512,
    RUN_BYTES = 128,
    GROUP_BYTES = 32,
    RECORD_BYTES = 8192
};

static _Noreturn void fail(const char *path)
{
    perror(path);
    exit(1);
}

static void make_directory(const char *path)
{
    if (mkdir(path, 0777) != 0 && errno != EEXIST)
        fail(path);
}

static void write_file(const char *directory, const char *name, const char *text)
{
    char path[PATH_BYTES];
    if ((size_t)snprintf(path, sizeof path, "%s/%s", directory, name) >= sizeof path)
        fail(directory);
    FILE *file = fopen(path, "w");
    if (!file || fputs(text, file) < 0 || fclose(file) != 0)
        fail(path);
}

static uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

/* One value, as Python's json.dump would write it. */
static int write_value(char *out, size_t size, const struct ec_metric *metric, uint64_t *random)
{
    uint64_t number = next_random(random);
    if (metric->digits == 0 && strncmp(metric->key, "requires", 8) == 0)
        return snprintf(out, size, "%s", number % 2 ? "true" : "false");
    if (metric->digits == 0)
        return snprintf(out, size, "%d", (int)(number % 100000));
    return snprintf(out, size, "%.17g", (double)(number >> 11) / (double)(UINT64_C(1) << 40));
}

static void make_record(char *text, int keys, uint64_t *random)
{
    size_t length = (size_t)snprintf(text, RECORD_BYTES, "{");
    for (int i = 0; i < keys && i < EC_METRIC_COUNT; i++) {
        const struct ec_metric *metric = ec_metric_get((enum ec_metric_id)i);
        length += (size_t)snprintf(text + length, RECORD_BYTES - length,
                                   "%s\n  \"%s\": ", i ? "," : "", metric->key);
        length += (size_t)write_value(text + length, RECORD_BYTES - length, metric, random);
    }
    snprintf(text + length, RECORD_BYTES - length, "\n}");
}

static void make_neighbours(const char *run)
{
    static const struct {
        const char *directory, *file;
    } files[] = {
        {"checkpoint-100", "config.json"},
        {"checkpoint-100", "model.safetensors"},
        {"checkpoint-100", "trainer_state.json"},
        {"checkpoint-100", "tokenizer.json"},
        {".hydra", "config.yaml"},
        {".hydra", "overrides.yaml"},
        {"evals", "TOFU_EVAL.json"},
        {"evals", "TOFU_SUMMARY.json"},
    };
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        char path[PATH_BYTES];
        snprintf(path, sizeof path, "%s/%s", run, files[i].directory);
        make_directory(path);
        write_file(path, files[i].file, "{}\n");
    }
    write_file(run, "train.log", "step 1\n");
}

static void make_run(int number, int keys, int neighbours, uint64_t *random)
{
    static const char *const methods[] = {"GradAscent", "GradDiff", "NPO",
                                          "DPO",        "RMU",      "LMCleaner"};
    char group[GROUP_BYTES], run[RUN_BYTES], text[RECORD_BYTES];
    snprintf(group, sizeof group, "exp%d", number / GROUP);
    if (number % GROUP == 0)
        make_directory(group);
    snprintf(run, sizeof run, "%s/%s_forget%02d_lr%de-6_s%d", group, methods[number % 6],
             number % 3 ? 5 : 10, 1 + number % 9, number % GROUP);
    make_directory(run);
    make_record(text, keys, random);
    write_file(run, "efficiency_metrics.json", text);
    if (neighbours)
        make_neighbours(run);
}

int main(int argc, char **argv)
{
    if (argc < 3 || argc > 5) {
        fprintf(stderr, "usage: %s DIRECTORY RUNS [KEYS [neighbours]]\n", argv[0]);
        return 2;
    }
    int runs = atoi(argv[2]), keys = argc > 3 ? atoi(argv[3]) : MANY_KEYS;
    if (keys != FEW_KEYS && keys != MANY_KEYS) {
        fprintf(stderr, "%s: KEYS is %d or %d\n", argv[0], FEW_KEYS, MANY_KEYS);
        return 2;
    }
    uint64_t random = 88172645463325252u;
    make_directory(argv[1]);
    if (chdir(argv[1]) != 0)
        fail(argv[1]);
    for (int i = 0; i < runs; i++)
        make_run(i, keys, argc > 4, &random);
    return 0;
}
