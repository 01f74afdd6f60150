#include "record/facts.h"

#include "record/effrecord.h"
#include "record/keys.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

bool effrec_is_utf8(const char *text)
{
    json_t *string = json_string(text);
    bool valid = string != NULL;
    json_decref(string);
    return valid;
}

int effrec_facts_init(struct effrec_facts *facts)
{
    *facts = (struct effrec_facts){
        .model_parameters = -1,
        .model_bytes = -1,
        .forget_samples = -1,
        .retain_samples = -1,
        .forward_passes = -1,
        .backward_passes = -1,
        .storage_bytes = -1,
        .tokens = -1,
        .requires_retain_set = -1,
        .synchronized_steps = -1,
        .tokens_gathered = -1,
        .extras = json_object(),
        .own = json_object(),
    };
    return facts->extras && facts->own ? 0 : -ENOMEM;
}

void effrec_facts_clear(struct effrec_facts *facts)
{
    free(facts->method);
    free(facts->token_definition);
    for (size_t i = 0; i < facts->gpu_count; i++) {
        free(facts->gpus[i].gpu);
        for (int kind = 0; kind < EFFREC_GPU_MEMORY_KINDS; kind++)
            free(facts->gpus[i].source[kind]);
    }
    free(facts->gpus);
    json_decref(facts->extras);
    json_decref(facts->own);
}

int effrec_facts_set_text(char **text, const char *value)
{
    char *copy = NULL;
    if (value) {
        copy = strdup(value);
        if (!copy)
            return -ENOMEM;
        if (!effrec_is_utf8(copy)) {
            free(copy);
            return -EINVAL;
        }
    }
    free(*text);
    *text = copy;
    return 0;
}

static struct effrec_gpu_report *find_or_add_gpu(struct effrec_facts *facts, const char *gpu)
{
    for (size_t i = 0; i < facts->gpu_count; i++)
        if (strcmp(facts->gpus[i].gpu, gpu) == 0)
            return &facts->gpus[i];
    struct effrec_gpu_report *gpus =
        realloc(facts->gpus, (facts->gpu_count + 1) * sizeof *facts->gpus);
    if (!gpus)
        return NULL;
    facts->gpus = gpus;
    struct effrec_gpu_report *report = &gpus[facts->gpu_count];
    *report = (struct effrec_gpu_report){.gpu = strdup(gpu), .peak_bytes = {-1, -1}};
    if (!report->gpu)
        return NULL;
    facts->gpu_count++;
    return report;
}

int effrec_facts_report_gpu(struct effrec_facts *facts, const char *gpu, int kind, int64_t bytes,
                            const char *source)
{
    if (!gpu || gpu[0] == '\0' || !effrec_is_utf8(gpu) || kind < 0 ||
        kind >= EFFREC_GPU_MEMORY_KINDS || bytes < 0 || (source && !effrec_is_utf8(source)))
        return -EINVAL;
    struct effrec_gpu_report *report = find_or_add_gpu(facts, gpu);
    if (!report)
        return -ENOMEM;
    if (bytes <= report->peak_bytes[kind])
        return 0;
    int rc = effrec_facts_set_text(&report->source[kind], source);
    if (rc == 0)
        report->peak_bytes[kind] = bytes;
    return rc;
}

static bool is_key(const char *key)
{
    if (!key || key[0] == '\0' || strlen(key) > EFFREC_KEY_MAX || !effrec_is_utf8(key))
        return false;
    for (const unsigned char *at = (const unsigned char *)key; *at; at++)
        if (*at < 0x20 || *at == 0x7f)
            return false;
    return true;
}

int effrec_check_key(const char *key)
{
    return is_key(key) && !effrec_key_is_own(key) ? 0 : -EINVAL;
}

int effrec_facts_set_extra(struct effrec_facts *facts, const char *key, json_t *value)
{
    if (!value)
        return -ENOMEM;
    if (effrec_check_key(key) < 0) {
        json_decref(value);
        return -EINVAL;
    }
    return json_object_set_new(facts->extras, key, value) < 0 ? -ENOMEM : 0;
}
