/* effcompare: compares what machine-unlearning runs cost.
 *
 * Data flows one way, and each hand-over is of something const:
 *
 *   PATHs -> load/ -> runset/ -> query/ -> table/ -> render/ -> bytes
 *
 *   cli/     reads the command line, runs the pipeline (app.c), says what went wrong
 *   load/    walks directories and reads records, with several threads
 *   runset/  the runs in columns, and what could not be read
 *   query/   which columns and rows, in which order, marked how
 *   table/   the view model that every format shows; numbers as text; the layout of plain text
 *   render/  one file per format
 *   verify/  tables in papers, read back and compared with the table
 *   tui/     the interactive view
 *   base/    arena, memory, byte sink, UTF-8, values
 *   common/  what the recorder library (record/) shares: metrics, units, options, errors, files
 *
 * docs/design.md says what each of them may not touch.
 */
#include "base/memory.h"
#include "cli/app.h"

#include <fcntl.h>
#include <jansson.h>
#include <stdlib.h>
#include <unistd.h>

/* A standard stream that is closed must not become the number of a file opened later: then a table
 * would be written into it. /dev/null opened the wrong way round makes each use an error instead.
 */
static void hold_standard_streams(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0)
            (void)!open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

int main(int argc, char **argv)
{
    hold_standard_streams();
    ec_memory_keep_freed();
    json_set_alloc_funcs(ec_malloc, free); /* what base/memory.h says, for jansson, too */
    return ec_app(argc, argv);
}
