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
#include "common/standard_streams.h"

#include <jansson.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
    ec_standard_streams_hold();
    ec_memory_keep_freed();
    json_set_alloc_funcs(ec_malloc, free); /* what base/memory.h says, for jansson, too */
    return ec_app(argc, argv);
}
