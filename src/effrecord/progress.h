/* How far a sweep has come, on standard error: one line that is refreshed on a terminal, a line for
 * each end elsewhere. */
#ifndef EFFRECORD_PROGRESS_H
#define EFFRECORD_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>

struct effrecord_progress {
    bool refreshes;  /* standard error is a terminal that can go back in a line */
    bool line_shown; /* there is a line to be cleared */
};

/* What the line tells. */
struct effrecord_standing {
    size_t total, completed, failed, running;
    double seconds_left; /* negative: not known yet */
    const char *names;   /* of what is running */
};

void effrecord_progress_begin(struct effrecord_progress *progress);

/* Shows or refreshes the line; nothing elsewhere than on a terminal. */
void effrecord_progress_show(struct effrecord_progress *progress,
                             const struct effrecord_standing *standing);

/* Clears the line. Before anything else is printed. */
void effrecord_progress_clear(struct effrecord_progress *progress);

/* "0:42", "12:05", "3:10:00": free() it. */
char *effrecord_duration(double seconds);

/* How long the rest will take: `waiting` runs and those that run for `elapsed[running_count]`
 * seconds, `lanes` at a time, each as long as `mean`. */
double effrecord_seconds_left(double mean, size_t waiting, const double *elapsed,
                              size_t running_count, size_t lanes);

#endif
