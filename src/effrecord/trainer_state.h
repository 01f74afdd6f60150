/* Steps and tokens from the trainer_state.json that the Hugging Face Trainer leaves behind. */
#ifndef EFFRECORD_TRAINER_STATE_H
#define EFFRECORD_TRAINER_STATE_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

struct effrecord_trainer_state {
    char *path;          /* free() it */
    int64_t global_step; /* as the Trainer counts: steps before a resume are included */
    int64_t tokens;      /* -1: not counted */
};

/* Takes the newest trainer_state.json in `directory` or in a checkpoint-* folder of it that was
 * written at or after `since`. False when there is none that can be read. */
bool effrecord_trainer_state_read(const char *directory, struct timespec since,
                                  struct effrecord_trainer_state *ret_state);

#endif
