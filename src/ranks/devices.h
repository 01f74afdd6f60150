/* Memory and energy of GPUs and machines: per device, each counted once however many ranks share
 * it, and the figures of a whole record that follow from them. */
#ifndef EC_RANKS_DEVICES_H
#define EC_RANKS_DEVICES_H

#include "ranks/select.h"

/* Sets the keys of a record that summarise its "gpus" (docs/schema.md): highest device and process
 * memory, energy, utilisation. The GPUs that count are those that the program used; where that
 * could not be found out of any, all. Does nothing without "gpus". Returns 0 or -1. */
int ec_devices_summarize(json_t *record);

/* Merges "gpu_memory", "gpus" and the memory of the machines. Returns 0 or -1. */
int ec_devices_merge(const struct ec_ranks *ranks, json_t *merged);

#endif
