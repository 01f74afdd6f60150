/* The public functions that tell a recorder something, and the text of errors. */
#include "record/recorder.h"

#include "config.h"

#include <errno.h>
#include <math.h>
#include <string.h>

int effrec_abi_version(void)
{
    return EFFREC_ABI_VERSION;
}

const char *effrec_version(void)
{
    return EC_VERSION;
}

const char *effrec_strerror(int error)
{
    switch (error < 0 ? -error : error) {
    case 0:
        return "Success";
    case ECHILD:
        return "The recorder belongs to the process that opened it, not to this forked child";
    case EBUSY:
        return "Another thread is ending a step of the same recorder";
    case E2BIG:
        return "An option was set that this version of the library does not know";
    case EDOM:
        return "The number is not finite";
    default: {
        const char *text = error == INT32_MIN ? NULL : strerrordesc_np(error < 0 ? -error : error);
        return text ? text : "Unknown error";
    }
    }
}

/* ---- steps ---- */

int effrec_step_begin(effrec_t *recorder)
{
    return recorder ? effrec_steps_begin(&recorder->steps, effrec_now_ns()) : 0;
}

int effrec_step_end(effrec_t *recorder, int64_t tokens)
{
    struct effrec_step_tokens counts = {.total = tokens, .forget = -1, .retain = -1};
    return recorder ? effrec_steps_end(&recorder->steps, effrec_now_ns(), counts) : 0;
}

int effrec_step_end_split(effrec_t *recorder, int64_t forget_tokens, int64_t retain_tokens)
{
    if (!recorder)
        return 0;
    struct effrec_step_tokens counts = {
        .total = -1, .forget = forget_tokens, .retain = retain_tokens};
    if (forget_tokens >= 0 && retain_tokens >= 0 && forget_tokens <= INT64_MAX - retain_tokens)
        counts.total = forget_tokens + retain_tokens;
    return effrec_steps_end(&recorder->steps, effrec_now_ns(), counts);
}

/* ---- everything else, under the lock ---- */

static int enter(effrec_t *recorder)
{
    int rc = effrec_check_owner(recorder);
    if (rc == 0)
        pthread_mutex_lock(&recorder->lock);
    return rc;
}

static int leave(effrec_t *recorder, int rc)
{
    pthread_mutex_unlock(&recorder->lock);
    return rc;
}

/* Tells the GPUs' thread, whose figures are counted by phase. */
static void note_phase(effrec_t *recorder)
{
    enum effrec_gpus_doing doing = EFFREC_DOING_OTHER;
    if (effrec_phases_is_in(&recorder->phases, EFFREC_PHASE_TRAIN))
        doing = EFFREC_DOING_TRAINING;
    else if (effrec_phases_is_in(&recorder->phases, -1))
        doing = EFFREC_DOING_NOTHING_SAID;
    effrec_gpus_note(recorder->gpus, doing);
}

int effrec_phase_begin(effrec_t *recorder, int phase)
{
    int rc = recorder ? enter(recorder) : 0;
    if (!recorder || rc < 0)
        return rc;
    rc = effrec_phases_begin(&recorder->phases, phase, effrec_now_ns());
    note_phase(recorder);
    return leave(recorder, rc);
}

int effrec_phase_end(effrec_t *recorder, int phase)
{
    int rc = recorder ? enter(recorder) : 0;
    if (!recorder || rc < 0)
        return rc;
    rc = effrec_phases_end(&recorder->phases, phase, effrec_now_ns());
    note_phase(recorder);
    return leave(recorder, rc);
}

static int64_t known_or_unknown(int64_t value)
{
    return value < 0 ? EFFREC_UNKNOWN : value;
}

/* Sets one number, or a pair, of the facts; a fact that is not wanted is NULL. */
static int set_counts(effrec_t *recorder, int64_t *first, int64_t first_value, int64_t *second,
                      int64_t second_value)
{
    int rc = enter(recorder);
    if (rc < 0)
        return rc;
    *first = known_or_unknown(first_value);
    if (second)
        *second = known_or_unknown(second_value);
    return leave(recorder, 0);
}

int effrec_set_model(effrec_t *recorder, int64_t parameters, int64_t bytes)
{
    return recorder ? set_counts(recorder, &recorder->facts.model_parameters, parameters,
                                 &recorder->facts.model_bytes, bytes)
                    : 0;
}

int effrec_set_samples(effrec_t *recorder, int64_t forget, int64_t retain)
{
    return recorder ? set_counts(recorder, &recorder->facts.forget_samples, forget,
                                 &recorder->facts.retain_samples, retain)
                    : 0;
}

int effrec_set_passes(effrec_t *recorder, int64_t forward, int64_t backward)
{
    return recorder ? set_counts(recorder, &recorder->facts.forward_passes, forward,
                                 &recorder->facts.backward_passes, backward)
                    : 0;
}

int effrec_set_storage(effrec_t *recorder, int64_t bytes)
{
    return recorder ? set_counts(recorder, &recorder->facts.storage_bytes, bytes, NULL, 0) : 0;
}

int effrec_set_tokens(effrec_t *recorder, int64_t tokens)
{
    return recorder ? set_counts(recorder, &recorder->facts.tokens, tokens, NULL, 0) : 0;
}

static int set_flag(effrec_t *recorder, int *flag, int value)
{
    int rc = enter(recorder);
    if (rc < 0)
        return rc;
    *flag = value < 0 ? EFFREC_UNKNOWN : value != 0;
    return leave(recorder, 0);
}

int effrec_set_requires_retain_set(effrec_t *recorder, int required)
{
    return recorder ? set_flag(recorder, &recorder->facts.requires_retain_set, required) : 0;
}

int effrec_set_synchronized(effrec_t *recorder, int synchronized_steps)
{
    return recorder ? set_flag(recorder, &recorder->facts.synchronized_steps, synchronized_steps)
                    : 0;
}

int effrec_set_tokens_gathered(effrec_t *recorder, int gathered)
{
    return recorder ? set_flag(recorder, &recorder->facts.tokens_gathered, gathered) : 0;
}

static int set_text(effrec_t *recorder, char **text, const char *value)
{
    int rc = enter(recorder);
    return rc < 0 ? rc : leave(recorder, effrec_facts_set_text(text, value));
}

int effrec_set_method(effrec_t *recorder, const char *method)
{
    return recorder ? set_text(recorder, &recorder->facts.method, method) : 0;
}

int effrec_set_token_definition(effrec_t *recorder, const char *definition)
{
    return recorder ? set_text(recorder, &recorder->facts.token_definition, definition) : 0;
}

int effrec_report_gpu_memory(effrec_t *recorder, const char *gpu, int kind, int64_t bytes,
                             const char *source)
{
    int rc = recorder ? enter(recorder) : 0;
    if (!recorder || rc < 0)
        return rc;
    return leave(recorder, effrec_facts_report_gpu(&recorder->facts, gpu, kind, bytes, source));
}

static int set_extra(effrec_t *recorder, const char *key, json_t *value)
{
    int rc = enter(recorder);
    if (rc < 0) {
        json_decref(value);
        return rc;
    }
    return leave(recorder, effrec_facts_set_extra(&recorder->facts, key, value));
}

int effrec_set_int(effrec_t *recorder, const char *key, int64_t value)
{
    return recorder ? set_extra(recorder, key, json_integer(value)) : 0;
}

int effrec_set_real(effrec_t *recorder, const char *key, double value)
{
    if (recorder && !isfinite(value))
        return -EDOM;
    return recorder ? set_extra(recorder, key, json_real(value)) : 0;
}

int effrec_set_bool(effrec_t *recorder, const char *key, int value)
{
    return recorder ? set_extra(recorder, key, json_boolean(value)) : 0;
}

int effrec_set_string(effrec_t *recorder, const char *key, const char *value)
{
    if (recorder && (!value || !effrec_is_utf8(value)))
        return -EINVAL;
    return recorder ? set_extra(recorder, key, json_string(value)) : 0;
}
