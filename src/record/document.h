/* The record as JSON: which keys it has, in which order, and why one is missing. docs/schema.md is
 * its description for readers. */
#ifndef EFFREC_DOCUMENT_H
#define EFFREC_DOCUMENT_H

#include "record/facts.h"
#include "record/phases.h"
#include "record/steps.h"

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

enum { EFFREC_SCHEMA_VERSION = 1 };

/* Percentiles of the latency, in this order. */
enum { EFFREC_P50, EFFREC_P95, EFFREC_P99, EFFREC_PERCENTILE_COUNT };

/* One moment of a recording. Borrowed pointers. */
struct effrec_view {
    const char *status;
    bool ended;
    const struct effrec_facts *facts;
    const json_t *identity; /* object of the keys that never change: run_id, host, command, ... */
    struct effrec_steps_totals steps;
    bool has_percentiles;
    double percentiles_ns[EFFREC_PERCENTILE_COUNT];
    const struct effrec_latency *histogram; /* of one of several ranks, to be merged; else NULL */
    const json_t *gpu_keys;                 /* "gpus" and "gpu_sampling", or NULL */
    struct effrec_phases_times times;
    int64_t rss_peak_bytes;   /* of one process; -1: unknown */
    double now_s;             /* seconds since the epoch */
    double heartbeat_seconds; /* 0: none */
    uint64_t sequence;        /* how often the record was made, from 1 */
};

/* A new object, NULL when out of memory. */
json_t *effrec_document(const struct effrec_view *view);

/* "2026-01-31T12:00:00.000Z", NULL when out of memory. */
json_t *effrec_time_stamp(double seconds_since_epoch);

/* The document as the file holds it: indented, with a last newline that takes the place of a
 * terminator. *ret_size bytes; free() it. NULL: out of memory. */
char *effrec_document_text(const json_t *document, size_t *ret_size);

#endif
