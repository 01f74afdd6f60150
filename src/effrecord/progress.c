#include "effrecord/progress.h"

#include "effrecord/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

void effrecord_progress_begin(struct effrecord_progress *progress)
{
    const char *term = getenv("TERM");
    bool dumb = !term || strcmp(term, "dumb") == 0;
    *progress = (struct effrecord_progress){.refreshes = !dumb && isatty(STDERR_FILENO)};
}

char *effrecord_duration(double seconds)
{
    long whole = lround(fmin(seconds, 1e9));
    if (whole >= 3600)
        return effrecord_text("%ld:%02ld:%02ld", whole / 3600, whole / 60 % 60, whole % 60);
    return effrecord_text("%ld:%02ld", whole / 60, whole % 60);
}

double effrecord_seconds_left(double mean, size_t waiting, const double *elapsed,
                              size_t running_count, size_t lanes)
{
    double work = mean * (double)waiting, longest = 0;
    for (size_t i = 0; i < running_count; i++) {
        double rest = fmax(mean - elapsed[i], 0);
        work += rest;
        longest = fmax(longest, rest);
    }
    if (waiting > 0) /* what starts last still takes its whole time */
        longest = mean;
    return fmax(work / (double)lanes, longest);
}

static int terminal_columns(void)
{
    struct winsize size;
    return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

/* Cuts UTF-8 text to so many characters. */
static void cut(char *text, int columns)
{
    char *at = text;
    for (; *at && columns > 0; columns--)
        do
            at++;
        while (((unsigned char)*at & 0xc0) == 0x80);
    *at = '\0';
}

void effrecord_progress_show(struct effrecord_progress *progress,
                             const struct effrecord_standing *standing)
{
    if (!progress->refreshes)
        return;
    struct ec_text_stream line;
    effrecord_text_begin(&line);
    fprintf(line.out, "%zu/%zu done", standing->completed, standing->total);
    if (standing->failed > 0)
        fprintf(line.out, ", %zu failed", standing->failed);
    if (standing->seconds_left >= 0) {
        char *left = effrecord_duration(standing->seconds_left);
        fprintf(line.out, ", about %s left", left);
        free(left);
    }
    fprintf(line.out, "; %zu running: %s", standing->running, standing->names);
    char *text = effrecord_text_end(&line);
    cut(text, terminal_columns() - 1); /* a full line would wrap on some terminals */
    fprintf(stderr, "\r%s\033[K", text);
    fflush(stderr);
    free(text);
    progress->line_shown = true;
}

void effrecord_progress_clear(struct effrecord_progress *progress)
{
    if (progress->line_shown)
        fputs("\r\033[K", stderr);
    progress->line_shown = false;
}
