/* What one recorded step costs: effrec_step_begin() + effrec_step_end(), in this thread alone and
 * while the heartbeat reads the counters as often as it can. usage: bench-steps DIR */
#include "record/effrecord.h"

#include <stdio.h>
#include <time.h>

enum { ROUNDS = 7, STEPS = 2000000 };

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* Nanoseconds per pair; the best of several rounds, since everything else only adds. */
static double measure(effrec_t *recorder)
{
    double best = 1e9;
    for (int round = 0; round < ROUNDS; round++) {
        double start = seconds();
        for (int i = 0; i < STEPS; i++) {
            effrec_step_begin(recorder);
            effrec_step_end_split(recorder, 2048, 2048);
        }
        double each = (seconds() - start) * 1e9 / STEPS;
        best = each < best ? each : best;
    }
    return best;
}

static double measure_clock(void)
{
    struct timespec now;
    double start = seconds();
    for (int i = 0; i < STEPS; i++)
        clock_gettime(CLOCK_MONOTONIC, &now);
    return (seconds() - start) * 1e9 / STEPS;
}

static int report(const char *directory, const char *name, double heartbeat)
{
    effrec_options options = EFFREC_OPTIONS_INIT;
    options.output_dir = directory;
    options.heartbeat_seconds = heartbeat;
    effrec_t *recorder = NULL;
    int rc = effrec_open(&options, &recorder);
    if (rc < 0) {
        fprintf(stderr, "bench-steps: %s\n", effrec_strerror(rc));
        return 1;
    }
    printf("%-44s %8.1f ns\n", name, measure(recorder));
    return effrec_close(recorder, EFFREC_COMPLETED) < 0;
}

int main(int argc, char **argv)
{
    const char *directory = argc > 1 ? argv[1] : ".";
    printf("%-44s %8.1f ns\n", "reading the clock twice", 2 * measure_clock());
    return report(directory, "step_begin + step_end", -1) ||
           report(directory, "the same, record refreshed every 10 ms", 0.01);
}
