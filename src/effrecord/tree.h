/* Memory of a process with all its descendants, read from /proc. */
#ifndef EFFRECORD_TREE_H
#define EFFRECORD_TREE_H

#include <stdint.h>
#include <sys/types.h>

/* Sum of the resident sets of the living descendants of `ancestor`, in bytes, itself not included;
 * pages that processes share count in each. Processes that come or go meanwhile count or not. -1:
 * /proc cannot be read, or out of memory. */
int64_t effrecord_tree_rss(pid_t ancestor);

#endif
