/* Writes one of the tables of paper_fixture.h, to be given to a typesetter.
 *
 *   paper-tables FORMAT KIND [TEXT_WIDTH [PLOT]]
 */
#include "cmocka_test.h"
#include "paper_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    const struct ec_renderer *renderer = argc > 2 ? ec_renderer_find(argv[1]) : NULL;
    struct ec_table *table = renderer ? paper_table(argv[2]) : NULL;
    if (!table)
        return 2;
    struct ec_render_options options = {.command = "paper-tables"};
    if (argc > 3)
        options.text_width = atof(argv[3]);
    if (argc > 4)
        options.plot = argv[4];
    struct ec_out out;
    struct ec_error error = {0};
    ec_out_to_fd(&out, STDOUT_FILENO);
    int status = renderer->render(table, &options, &out, &error) < 0 || ec_out_finish(&out) != 0;
    if (status)
        fprintf(stderr, "paper-tables: %s\n", error.text);
    ec_out_free(&out);
    ec_table_free(table);
    return status;
}
