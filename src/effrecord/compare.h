/* The comparison that a sweep ends with. */
#ifndef EFFRECORD_COMPARE_H
#define EFFRECORD_COMPARE_H

#include "effrecord/signals.h"

#include <stddef.h>

/* Runs effcompare, from beside this program or from PATH, on the directories, and waits for it. It
 * writes to standard output; when it cannot be run, a message says so. The signals are taken. */
void effrecord_compare(const char *const *directories, size_t count,
                       const struct effrecord_signals *signals);

#endif
