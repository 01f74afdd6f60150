/* What the user says about a run and goes into its record. */
#ifndef EFFRECORD_SETTINGS_H
#define EFFRECORD_SETTINGS_H

#include "common/error.h"

#include <jansson.h>

/* Puts KEY=VALUE into the object `values`: numbers, true and false as such, everything else as
 * text. -1 with *error set when it is not that, or the key is one of the record's own. */
int effrecord_setting_read(const char *text, json_t *values, struct ec_error *error);

/* Whether a run can be recorded under this method; -1 with *error set otherwise. */
int effrecord_method_check(const char *name, struct ec_error *error);

#endif
