#include "effrecord/compare.h"

#include "effrecord/child.h"
#include "effrecord/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

/* "effcompare" beside this program's own file, or the bare name, which is looked for in PATH. */
static char *find_program(void)
{
    char *own = effrecord_own_path();
    char *beside = effrecord_text("%.*s/effcompare", (int)(strrchr(own, '/') - own), own);
    free(own);
    if (access(beside, X_OK) == 0)
        return beside;
    free(beside);
    return effrecord_text("effcompare");
}

/* A file with the paths, each ended by a NUL, at its start: there may be more of them than a command
 * line can hold. -1: errno tells. */
static int make_list(const char *const *directories, size_t count)
{
    int fd = memfd_create("effrecord-directories", MFD_CLOEXEC);
    bool written = fd >= 0;
    for (size_t i = 0; i < count && written; i++)
        written = dprintf(fd, "%s%c", directories[i], '\0') > 0;
    if (written && lseek(fd, 0, SEEK_SET) == 0)
        return fd;
    if (fd >= 0)
        close(fd);
    return -1;
}

void effrecord_compare(const char *const *directories, size_t count,
                       const struct effrecord_signals *signals)
{
    char *program = find_program();
    char name[] = "effcompare", from_input[] = "-";
    char *words[] = {name, from_input, NULL};
    int list = make_list(directories, count);
    pid_t pid =
        list < 0 ? -errno
                 : effrecord_spawn(program, words, signals, (struct effrecord_streams){list, -1});
    if (pid == -ENOENT)
        fputs("effrecord: effcompare is neither beside this program nor in PATH; there is no "
              "comparison\n",
              stderr);
    else if (pid < 0)
        fprintf(stderr, "effrecord: %s: %s; there is no comparison\n", program, strerror(-pid));
    else
        waitpid(pid, NULL, 0);
    if (list >= 0)
        close(list);
    free(program);
}
