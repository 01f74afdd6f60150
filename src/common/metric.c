#include "common/metric.h"

#include <stdint.h>
#include <string.h>

/* The enumerators are written without their prefixes in metrics.def. */
static const struct ec_metric metrics[EC_METRIC_COUNT] = {
#define METRIC(id_, key_, label_, header_, unit_, digits_, direction_, target_, zero_,             \
               superlative_, suffix_, group_, help_)                                               \
    [EC_METRIC_##id_] = {.id = #id_,                                                               \
                         .key = key_,                                                              \
                         .label = label_,                                                          \
                         .header = header_,                                                        \
                         .superlative = superlative_,                                              \
                         .suffix = suffix_,                                                        \
                         .group = group_,                                                          \
                         .help = help_,                                                            \
                         .unit = EC_UNIT_##unit_,                                                  \
                         .direction = EC_##direction_,                                             \
                         .target = target_,                                                        \
                         .digits = digits_,                                                        \
                         .zero = EC_ZERO_IS_##zero_},
#include "common/metrics.def"
#undef METRIC
};

const struct ec_metric *ec_metric_get(enum ec_metric_id id)
{
    return &metrics[id];
}

/* `text` may hold NULs. */
static bool is_word(const char *word, const char *text, size_t length)
{
    return strlen(word) == length && memcmp(word, text, length) == 0;
}

const struct ec_metric *ec_metric_find_key(const char *key, size_t length)
{
    for (size_t i = 0; i < EC_METRIC_COUNT; i++)
        if (is_word(metrics[i].key, key, length))
            return &metrics[i];
    return NULL;
}

const struct ec_metric *ec_metric_find(const char *name, size_t length)
{
    for (size_t i = 0; i < EC_METRIC_COUNT; i++)
        if (is_word(metrics[i].id, name, length))
            return &metrics[i];
    return ec_metric_find_key(name, length);
}

bool ec_metric_is_effectiveness(const struct ec_metric *metric)
{
    return strcmp(metric->group, "Effectiveness") == 0;
}

enum ec_metric_id ec_metric_index(const struct ec_metric *metric)
{
    return (enum ec_metric_id)(metric - metrics);
}
