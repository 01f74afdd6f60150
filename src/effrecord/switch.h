/* The switch in a YAML file:
 *
 *     efficiency_tracking:
 *       enabled: true
 */
#ifndef EFFRECORD_SWITCH_H
#define EFFRECORD_SWITCH_H

#include "common/error.h"

#include <stdbool.h>

/* Reads efficiency_tracking.enabled. Returns 0, or -1 with "PATH:LINE:COLUMN: reason" when the file
 * cannot be read, is not YAML, or does not say. */
int effrecord_switch_read(const char *path, bool *ret_enabled, struct ec_error *error);

#endif
