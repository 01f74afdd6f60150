/* What never changes during a run: who records what, where, since when, and as part of which job.
 */
#ifndef EFFREC_IDENTITY_H
#define EFFREC_IDENTITY_H

#include <stdint.h>

#include <jansson.h>

/* A new object with the keys from "run_id" to "job"; NULL when out of memory. `argv` is
 * NULL-terminated, NULL: the command line of this process. Bytes that are not UTF-8 become '?'. */
json_t *effrec_identity(const char *run_id, const char *recorder, const char *const *argv,
                        double started_s);

/* Two of them: an array of strings; NULL: not known, or out of memory. */
json_t *effrec_command_line(const char *const *argv);
json_t *effrec_working_directory(void);

/* 16 random hexadecimal digits and a zero byte. */
void effrec_make_run_id(char *ret_id);

/* Highest resident set of this process so far, in bytes; -1: unknown. */
int64_t effrec_rss_peak(void);

#endif
