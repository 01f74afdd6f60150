/* effrecord: records the cost of any program.
 *
 *   main.c           picks the subcommand
 *   run.c            `effrecord [run] COMMAND`: options, and the run from start to end
 *   child.c          starts programs; runs one as if nobody stood between
 *   signals.c        awaits signals to pass them on
 *   merge.c          `effrecord merge DIR`
 *   tree.c           memory of the program and its descendants
 *   outcome.c        what is put into the record once the program has ended
 *   settings.c       what the user puts into the record
 *   trainer_state.c  steps and tokens of a Hugging Face Trainer
 *   switch.c         efficiency_tracking.enabled of a YAML file
 *
 *   sweep.c          `effrecord sweep`: options, and the sweep from start to end
 *   grid.c           -L: names, their values, combinations
 *   template.c       text with placeholders
 *   plan.c           one command line per combination
 *   runner.c         runs them here, each as `effrecord run`
 *   progress.c       the line with the time left
 *   submit.c         hands them to Slurm instead; pending.c is the record until a task starts
 *   state.c          what an earlier start left
 *   compare.c        the table in the end, by effcompare
 *   words.c text.c   words, text and memory for these
 *
 * The record itself is libeffrecord's (src/record/).
 */
#include "common/standard_streams.h"
#include "effrecord/commands.h"

#include <stddef.h>
#include <string.h>

static const struct {
    const char *name;
    int (*run)(int argc,
               char **argv); /* argv[0] is the subcommand's name; returns the exit status */
} commands[] = {
    {"run", effrecord_run},
    {"sweep", effrecord_sweep},
    {"merge", effrecord_merge},
};

int main(int argc, char **argv)
{
    ec_standard_streams_hold();
    for (size_t i = 0; argc > 1 && i < sizeof commands / sizeof commands[0]; i++)
        if (strcmp(argv[1], commands[i].name) == 0)
            return commands[i].run(argc - 1, argv + 1);
    return effrecord_run(argc, argv);
}
