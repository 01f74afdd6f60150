/* Runs for tests of the interactive view: a small study with everything that is awkward. */
#ifndef STUDY_H
#define STUDY_H

#include "runset/runset.h"

/* Nine runs of five methods; one running, one failed, one without values, a name in CJK, one with
 * an escape character in it. The caller frees. */
struct ec_runset *study_runs(void);
/* The same after a while: one run is gone, one is new, the running one has gone on. */
struct ec_runset *study_later(void);
/* Nothing but what could not be read. */
struct ec_runset *study_broken(void);
/* Names in which there is what means something in options. */
struct ec_runset *study_names(void);
/* `count` runs with `keys` numeric keys besides the six usual ones; one's name has a comma. */
struct ec_runset *study_many(size_t count, size_t keys);

#endif
