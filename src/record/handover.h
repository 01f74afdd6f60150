/* How a program run by the effrecord command and the command agree on who writes the record.
 *
 * The command makes a page of shared memory and names it in the environment. Both sides change its
 * state by compare-and-swap: the command holds it while it writes, and the first recorder opened
 * below the command takes it for good; from then on the command does not write until the program
 * has ended. The page needs no file, so nothing is left behind when either side is killed.
 */
#ifndef EFFREC_HANDOVER_H
#define EFFREC_HANDOVER_H

#include <limits.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#define EFFREC_HANDOVER_VARIABLE "EFFREC_HANDOVER"

enum { EFFREC_RUN_ID_MAX = 64, EFFREC_METHOD_MAX = 256 };

struct effrec_handover {
    char magic[16];
    _Atomic uint32_t state;
    char run_id[EFFREC_RUN_ID_MAX];
    char directory[PATH_MAX];       /* absolute: where the record is */
    char method[EFFREC_METHOD_MAX]; /* what the command was told, or empty */
};

/* The command's side. *ret_variable is the value for the environment, at least 64 bytes. The page
 * lives as long as the process. 0 or a negative errno. */
int effrec_handover_create(const char *run_id, const char *directory, const char *method,
                           struct effrec_handover **ret_page, char *ret_variable);

/* True when the command may write now; effrec_handover_release() afterwards. False for good once
 * the program took over. */
bool effrec_handover_acquire(struct effrec_handover *page);
void effrec_handover_release(struct effrec_handover *page);

/* The program's side: takes the record over, if the environment offers one that nobody took. The
 * caller unmaps with effrec_handover_unmap(). */
struct effrec_handover *effrec_handover_take(void);
void effrec_handover_unmap(struct effrec_handover *page);

#endif
