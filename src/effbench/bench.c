/* What the record is to tell is the cost of the unlearning alone. So the original model is trained,
 * and the retrained one that the evaluation compares with, before the recorder is opened; and the
 * memory that belongs to the unlearning comes from an allocator of its own. */
#include "effbench/bench.h"

#include "common/atomic_file.h"
#include "common/directory.h"
#include "effbench/matrix.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { EMBEDDING = 32, HIDDEN = 64 };

struct bench {
    const struct eb_bench_options *options;
    int forget_people;
    struct eb_corpus *corpus;
    struct eb_shape shape;
    int size; /* of the parameters */
    struct eb_memory memory;
    struct eb_schedule schedule;
    struct eb_workspace *workspace;
    struct eb_journal journal;
    eb_real *original, *retrained, *gradient;
    /* What the unlearning takes. */
    struct eb_memory operation_memory;
    struct eb_workspace *operation_workspace;
    eb_real *parameters;
};

static int out_of_memory(struct ec_error *error)
{
    return ec_error_set(error, "out of memory");
}

/* "DIR/NAME"; free() it. */
static char *join(const char *directory, const char *name, struct ec_error *error)
{
    size_t size = strlen(directory) + strlen(name) + 2;
    char *path = malloc(size);
    if (!path) {
        out_of_memory(error);
        return NULL;
    }
    snprintf(path, size, "%s/%s", directory, name);
    return path;
}

static int prepare_directory(const struct bench *bench, struct ec_error *error)
{
    char *path = join(bench->options->output_dir, "evals", error);
    if (!path)
        return -1;
    int result = ec_make_directories(path, error) < 0 ? -1 : 0;
    free(path);
    return result;
}

static eb_real *new_parameters(struct eb_memory *memory, int size)
{
    return eb_memory_alloc(memory, (size_t)size, sizeof(eb_real));
}

/* How many words the model can write: all that answers need, and so many more that the widest
 * matrix is made of whole tiles, which is a fifth faster. */
static int whole_tiles(const struct eb_corpus *corpus)
{
    int answers = (corpus->answer_words + EB_TILE_COLUMNS - 1) / EB_TILE_COLUMNS * EB_TILE_COLUMNS;
    return answers < corpus->word_count ? answers : corpus->word_count;
}

static int prepare(struct bench *bench, struct ec_error *error)
{
    const struct eb_bench_options *options = bench->options;
    struct eb_memory *memory = &bench->memory;
    bench->forget_people = eb_corpus_forget_people(options->forget_split);
    bench->corpus = eb_corpus_create(options->data_seed);
    if (!bench->corpus)
        return out_of_memory(error);
    bench->shape = (struct eb_shape){
        .words = bench->corpus->word_count,
        .answers = whole_tiles(bench->corpus),
        .embedding = EMBEDDING,
        .hidden = HIDDEN,
        .word_weights = bench->corpus->word_weights,
    };
    bench->size = eb_model_size(&bench->shape);
    if (eb_schedule_init(&bench->schedule, memory, options->train_epochs, options->seed) < 0)
        return out_of_memory(error);
    bench->workspace = eb_workspace_create(memory, &bench->shape, EB_BATCH);
    bench->original = new_parameters(memory, bench->size);
    bench->retrained = new_parameters(memory, bench->size);
    bench->gradient = new_parameters(memory, bench->size);
    return bench->workspace && bench->original && bench->retrained && bench->gradient
               ? 0
               : out_of_memory(error);
}

struct log_target {
    struct eb_journal *journal;
    struct ec_error *error;
};

static int log_parameters(void *data, const eb_real *parameters)
{
    const struct log_target *target = data;
    return eb_journal_append(target->journal, parameters, target->error);
}

static int open_journal(struct bench *bench, struct ec_error *error)
{
    char *path = join(bench->options->output_dir, "training_log.tmp", error);
    if (!path)
        return -1;
    int result = eb_journal_create(&bench->journal, path, bench->size, error);
    free(path);
    return result;
}

static int train_original(struct bench *bench, struct ec_error *error)
{
    bool logs = bench->options->method->needs_journal;
    struct log_target target = {&bench->journal, error};
    if (logs && open_journal(bench, error) < 0)
        return -1;
    struct eb_training training = {
        .corpus = bench->corpus,
        .schedule = &bench->schedule,
        .workspace = bench->workspace,
        .size = bench->size,
        .watch = logs ? log_parameters : NULL,
        .data = &target,
    };
    struct eb_random random;
    eb_random_seed(&random, bench->options->seed, EB_STREAM_INIT);
    eb_model_init(&bench->shape, &random, bench->original);
    return eb_train(&training, bench->original, bench->gradient);
}

/* The task of unlearning `parameters` with what belongs to the bench itself. */
static struct eb_task make_task(struct bench *bench)
{
    const struct eb_bench_options *options = bench->options;
    return (struct eb_task){
        .corpus = bench->corpus,
        .schedule = &bench->schedule,
        .shape = bench->shape,
        .memory = &bench->memory,
        .workspace = bench->workspace,
        .journal = &bench->journal,
        .seed = options->seed,
        .forget_people = bench->forget_people,
        .epochs = options->epochs > 0 ? options->epochs : options->method->epochs,
        .rate = options->rate > 0 ? (eb_real)options->rate : options->method->rate,
        .propagation = options->propagation,
    };
}

static int train_reference(struct bench *bench, struct ec_error *error)
{
    struct eb_task task = make_task(bench);
    task.parameters = bench->retrained;
    return eb_unlearn_retrain(&task, error);
}

static void declare(const struct bench *bench, effrec_t *recorder)
{
    const struct eb_bench_options *options = bench->options;
    int forget = bench->forget_people * EB_EACH;
    effrec_set_model(recorder, bench->size, (int64_t)bench->size * (int64_t)sizeof(eb_real));
    effrec_set_samples(recorder, forget, EB_TRAINED - forget);
    effrec_set_requires_retain_set(recorder, options->method->needs_retain_set);
    effrec_set_token_definition(recorder, "all words of question and answer");
    effrec_set_synchronized(recorder, 1);
    effrec_set_bool(recorder, "original_data_required", options->method->needs_journal);
    effrec_set_string(recorder, "forget_split", options->forget_split);
    effrec_set_int(recorder, "seed", (int64_t)options->seed);
}

static bool all_finite(const eb_real *values, int count)
{
    for (int i = 0; i < count; i++)
        if (!isfinite(values[i]))
            return false;
    return true;
}

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/* Loads the model, unlearns. Returns the exit status. */
static int unlearn(struct bench *bench, effrec_t *recorder, double *ret_seconds,
                   struct ec_error *error)
{
    struct eb_memory *memory = &bench->operation_memory;
    effrec_phase_begin(recorder, EFFREC_PHASE_SETUP);
    declare(bench, recorder);
    bench->parameters = new_parameters(memory, bench->size);
    bench->operation_workspace = eb_workspace_create(memory, &bench->shape, EB_BATCH);
    if (!bench->parameters || !bench->operation_workspace) {
        out_of_memory(error);
        return 2;
    }
    memcpy(bench->parameters, bench->original, (size_t)bench->size * sizeof *bench->parameters);
    effrec_phase_end(recorder, EFFREC_PHASE_SETUP);

    struct eb_task task = make_task(bench);
    task.memory = memory;
    task.workspace = bench->operation_workspace;
    task.recorder = recorder;
    task.parameters = bench->parameters;
    double start = now();
    effrec_phase_begin(recorder, EFFREC_PHASE_TRAIN);
    int failed = bench->options->method->unlearn(&task, error) < 0;
    effrec_phase_end(recorder, EFFREC_PHASE_TRAIN);
    *ret_seconds = now() - start;
    effrec_set_int(recorder, "allocator_peak_bytes", (int64_t)memory->peak);
    if (failed)
        return 2;
    if (all_finite(bench->parameters, bench->size))
        return 0;
    ec_error_set(error, "%s diverged: a lower --learning-rate or fewer --epochs may help",
                 bench->options->method->name);
    return 1;
}

static int save_model(struct bench *bench, effrec_t *recorder, struct ec_error *error)
{
    char *path = join(bench->options->output_dir, "model.f32", error);
    if (!path)
        return -1;
    effrec_phase_begin(recorder, EFFREC_PHASE_SAVE);
    int result = ec_atomic_write(path, bench->parameters,
                                 (size_t)bench->size * sizeof *bench->parameters, error);
    effrec_phase_end(recorder, EFFREC_PHASE_SAVE);
    free(path);
    return result;
}

static int summarize(const struct bench *bench, const eb_real *parameters,
                     const struct eb_scores *retrained, struct eb_summary *ret_summary,
                     struct ec_error *error)
{
    struct eb_scores scores;
    eb_evaluate(bench->corpus, bench->workspace, parameters, bench->forget_people, &scores);
    ret_summary->retrain_distance =
        eb_retrain_distance(parameters, bench->original, bench->retrained, bench->size);
    return eb_summarize(&scores, retrained, ret_summary) < 0 ? out_of_memory(error) : 0;
}

static int evaluate(struct bench *bench, effrec_t *recorder, struct eb_bench_result *result,
                    struct ec_error *error)
{
    struct eb_scores retrained;
    char *path = join(bench->options->output_dir, "evals/TOFU_SUMMARY.json", error);
    if (!path)
        return -1;
    effrec_phase_begin(recorder, EFFREC_PHASE_EVAL);
    eb_evaluate(bench->corpus, bench->workspace, bench->retrained, bench->forget_people,
                &retrained);
    int failed = summarize(bench, bench->original, &retrained, &result->before, error) < 0 ||
                 summarize(bench, bench->parameters, &retrained, &result->after, error) < 0 ||
                 eb_summary_write(&result->after, path, error) < 0;
    effrec_phase_end(recorder, EFFREC_PHASE_EVAL);
    free(path);
    return failed ? -1 : 0;
}

/* Everything that the record covers. Returns the exit status. */
static int record(struct bench *bench, struct eb_bench_result *result, struct ec_error *error)
{
    effrec_options options = EFFREC_OPTIONS_INIT;
    effrec_t *recorder = NULL;
    options.output_dir = bench->options->output_dir;
    options.method = bench->options->method->name;
    int code = effrec_open(&options, &recorder);
    if (code == 0)
        code = effrec_checkpoint(recorder); /* tells at once whether it can be written */
    int status = 2;
    if (code == 0)
        status = unlearn(bench, recorder, &result->seconds, error);
    if (status == 0 &&
        (save_model(bench, recorder, error) < 0 || evaluate(bench, recorder, result, error) < 0))
        status = 2;
    int close_code = effrec_close(recorder, status == 0 ? EFFREC_COMPLETED : EFFREC_FAILED);
    if (code == 0)
        code = close_code;
    if (code == 0)
        return status;
    ec_error_set(error, "%s: the record could not be written: %s", options.output_dir,
                 effrec_strerror(code));
    return 2;
}

static void free_bench(struct bench *bench)
{
    eb_journal_free(&bench->journal);
    eb_workspace_free(bench->operation_workspace);
    eb_memory_free(&bench->operation_memory, bench->parameters);
    eb_workspace_free(bench->workspace);
    eb_memory_free(&bench->memory, bench->original);
    eb_memory_free(&bench->memory, bench->retrained);
    eb_memory_free(&bench->memory, bench->gradient);
    eb_schedule_free(&bench->schedule, &bench->memory);
    eb_corpus_free(bench->corpus);
}

int eb_bench_run(const struct eb_bench_options *options, struct eb_bench_result *ret_result,
                 struct ec_error *error)
{
    struct bench bench = {.options = options, .journal = {.descriptor = -1}};
    int status = 2;
    if (prepare_directory(&bench, error) == 0 && prepare(&bench, error) == 0 &&
        train_original(&bench, error) == 0 && train_reference(&bench, error) == 0)
        status = record(&bench, ret_result, error);
    free_bench(&bench);
    return status;
}
