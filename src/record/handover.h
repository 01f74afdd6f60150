/* How a program run by the effrecord command and the command agree on who writes the record.
 *
 * Where the program is one of several ranks and the command is not that rank itself (it has started
 * mpirun or torchrun), each rank writes its own record beside the command's: they all join.
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

enum { EFFREC_RUN_ID_MAX = 64, EFFREC_METHOD_MAX = 256, EFFREC_JOIN_RANKS = 4096 };

struct effrec_handover {
    char magic[16];
    _Atomic uint32_t state;
    _Atomic uint64_t joined[EFFREC_JOIN_RANKS / 64]; /* bit per rank */
    int64_t rank; /* of the command itself; -1: it is not one of several */
    char run_id[EFFREC_RUN_ID_MAX];
    char directory[PATH_MAX];       /* absolute: where the record is */
    char method[EFFREC_METHOD_MAX]; /* what the command was told, or empty */
};

/* The command's side. `rank` is -1 when it is not one of several. *ret_variable is the value for
 * the environment, at least 64 bytes. The page lives as long as the process. 0 or a negative errno.
 */
int effrec_handover_create(const char *run_id, const char *directory, const char *method,
                           int64_t rank, struct effrec_handover **ret_page, char *ret_variable);

/* True when the command may write now; effrec_handover_release() afterwards. False for good once
 * the program took over or ranks joined. */
bool effrec_handover_acquire(struct effrec_handover *page);
/* Whether ranks other than the command's own have joined. */
bool effrec_handover_was_joined(struct effrec_handover *page);
void effrec_handover_release(struct effrec_handover *page);

/* The program's side: takes the record over, if the environment offers one that nobody took, or
 * joins as a rank, once for each rank below EFFREC_JOIN_RANKS. `rank` is -1 for a program that is
 * not one of several. The caller unmaps with effrec_handover_unmap(). */
struct effrec_handover *effrec_handover_take(int64_t rank);
void effrec_handover_unmap(struct effrec_handover *page);

#endif
