/* A fresh temporary directory for a test of the recorder, which is the working directory while the
 * test runs, and what is in the records there. */
#ifndef RECORDER_FIXTURE_H
#define RECORDER_FIXTURE_H

#include "record/effrecord.h"

#include <jansson.h>

#define RECORD "efficiency_metrics.json"

#define recorder_test(test) cmocka_unit_test_setup_teardown(test, recorder_setup, recorder_teardown)

int recorder_setup(void **state);
int recorder_teardown(void **state);

/* A recorder here that refreshes nothing by itself. */
effrec_t *open_quietly(void);

/* The JSON in a file. The caller frees it with json_decref. */
json_t *load(const char *path);
/* The text of a key; "(none)" where there is none. */
const char *text(const json_t *record, const char *key);
/* The number of a key; 0 where there is none. */
double number(const json_t *record, const char *key);

#endif
