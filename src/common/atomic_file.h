/* Replaces a file's content in one step: whoever reads the path sees the old content or the new
 * one, never a part, and after a crash one of the two is there.
 *
 * Nothing is kept between calls; the caller owns what it passes in.
 */
#ifndef EC_COMMON_ATOMIC_FILE_H
#define EC_COMMON_ATOMIC_FILE_H

#include "common/error.h"

#include <stddef.h>

/* Makes `size` bytes at `data` the content of `path`.
 *
 * A regular file is replaced by a synced temporary of the same directory; it keeps its permissions
 * and, where the caller may set them, its owner and group. A new file gets 0666 less the umask. A
 * symbolic link stays, and the file that it points to is replaced or made. A file that the caller
 * may not write is not replaced (EACCES), although its directory would allow it. Anything else that
 * can be written (a terminal, a FIFO, /dev/null) is written to as it is.
 *
 * Returns 0 or a negative errno with "PATH: reason" in `error`. After a failure the old content is
 * intact and the temporary is gone, with one exception: when only the last step fails (the
 * directory could not be synced), the new content is there but may not survive a power cut. */
int ec_atomic_write(const char *path, const void *data, size_t size, struct ec_error *error);

#endif
