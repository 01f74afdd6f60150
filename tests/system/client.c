/* A program that records itself, as a user would write it. It is C and C++. usage: client MODE DIR
 */
#ifndef _GNU_SOURCE
#define _POSIX_C_SOURCE 200809L /* nanosleep() */
#endif

#include <effrecord.h>

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { STEPS = 5, NO_SUCH_LOCALE = 77 };

static void nap(double seconds)
{
    struct timespec pause;
    pause.tv_sec = (time_t)seconds;
    pause.tv_nsec = (long)((seconds - (double)pause.tv_sec) * 1e9);
    nanosleep(&pause, NULL);
}

static void say(void *data, int level, const char *message)
{
    (void)data;
    fprintf(stderr, "client: level %d: %s\n", level, message);
}

static void make_steps(effrec_t *recorder, int count)
{
    for (int i = 0; i < count; i++) {
        effrec_step_begin(recorder);
        nap(0.002);
        effrec_step_end_split(recorder, 200, 100);
    }
}

int main(int argc, char **argv)
{
    if (argc != 3)
        return 2;
    const char *mode = argv[1];
    effrec_options options = EFFREC_OPTIONS_INIT;
    options.output_dir = argv[2];
    options.method = "NPO";
    options.heartbeat_seconds = 0.01;
    options.log = say;
    if (strcmp(mode, "locale") == 0 && !setlocale(LC_ALL, "de_DE.UTF-8"))
        return NO_SUCH_LOCALE;
    effrec_t *recorder = NULL;
    int rc = effrec_open(&options, &recorder);
    if (rc < 0) {
        fprintf(stderr, "client: %s\n", effrec_strerror(rc));
        return 1;
    }
    effrec_set_model(recorder, 1000000, 2000000);
    effrec_set_real(recorder, "half", 0.5);
    effrec_phase_begin(recorder, EFFREC_PHASE_SETUP);
    nap(0.02);
    effrec_phase_end(recorder, EFFREC_PHASE_SETUP);
    if (strcmp(mode, "forever") == 0)
        for (;;)
            make_steps(recorder, STEPS);
    make_steps(recorder, STEPS);
    if (strcmp(mode, "noclose") == 0) {
        effrec_checkpoint(recorder);
        return 0;
    }
    rc = effrec_close(recorder, EFFREC_COMPLETED);
    printf("close: %s\n", effrec_strerror(rc));
    return 0;
}
