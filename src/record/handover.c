#include "record/handover.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { FREE = 0, WRITING = 1, TAKEN = 2, JOINED = 3 };

/* The command holds the page for about an fsync; a stopped one must not hold the program up. */
enum { TAKE_TRIES = 2000, TAKE_PAUSE_NS = 1000000 };

static const char MAGIC[16] = "effrecord-page2";

static struct effrec_handover *map(int fd)
{
    void *page =
        mmap(NULL, sizeof(struct effrec_handover), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    return page == MAP_FAILED ? NULL : page;
}

int effrec_handover_create(const char *run_id, const char *directory, const char *method,
                           int64_t rank, struct effrec_handover **ret_page, char *ret_variable)
{
    if (strlen(directory) >= PATH_MAX)
        return -ENAMETOOLONG;
    /* The descriptor stays open: the program opens it through this process's entry in /proc. */
    int fd = memfd_create("effrecord", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (fd < 0)
        return -errno;
    struct effrec_handover *page = NULL;
    if (ftruncate(fd, sizeof *page) == 0 && fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK) == 0)
        page = map(fd);
    if (!page) {
        int rc = -errno;
        close(fd);
        return rc;
    }
    memcpy(page->magic, MAGIC, sizeof MAGIC);
    page->rank = rank;
    snprintf(page->run_id, sizeof page->run_id, "%s", run_id);
    snprintf(page->directory, sizeof page->directory, "%s", directory);
    snprintf(page->method, sizeof page->method, "%s", method ? method : "");
    snprintf(ret_variable, 64, "/proc/%ld/fd/%d", (long)getpid(), fd);
    *ret_page = page;
    return 0;
}

static bool change(struct effrec_handover *page, uint32_t from, uint32_t to)
{
    return atomic_compare_exchange_strong(&page->state, &from, to);
}

bool effrec_handover_acquire(struct effrec_handover *page)
{
    return change(page, FREE, WRITING);
}

void effrec_handover_release(struct effrec_handover *page)
{
    change(page, WRITING, FREE);
}

bool effrec_handover_was_joined(struct effrec_handover *page)
{
    return atomic_load(&page->state) == JOINED;
}

/* The name may be stale and mean another process's file by now, so everything is checked. */
static struct effrec_handover *open_page(const char *name)
{
    if (!name || strncmp(name, "/proc/", 6) != 0)
        return NULL;
    int fd = open(name, O_RDWR | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return NULL;
    struct stat status;
    struct effrec_handover *page = NULL;
    if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode) &&
        status.st_size == sizeof(struct effrec_handover))
        page = map(fd);
    close(fd);
    if (page && memcmp(page->magic, MAGIC, sizeof MAGIC) != 0) {
        effrec_handover_unmap(page);
        page = NULL;
    }
    return page;
}

/* False when the rank has joined before: programs that it starts have the same environment. */
static bool claim_rank(struct effrec_handover *page, int64_t rank)
{
    if (rank >= EFFREC_JOIN_RANKS)
        return false;
    uint64_t bit = UINT64_C(1) << (rank % 64);
    return (atomic_fetch_or(&page->joined[rank / 64], bit) & bit) == 0;
}

struct effrec_handover *effrec_handover_take(int64_t rank)
{
    struct effrec_handover *page = open_page(getenv(EFFREC_HANDOVER_VARIABLE));
    if (!page)
        return NULL;
    bool joins = rank >= 0 && rank != page->rank;
    uint32_t wanted = joins ? JOINED : TAKEN;
    for (int i = 0; i < TAKE_TRIES; i++) {
        if (change(page, FREE, wanted) || (joins && atomic_load(&page->state) == JOINED)) {
            if (!joins || claim_rank(page, rank))
                return page;
            break;
        }
        if (atomic_load(&page->state) != WRITING)
            break;
        nanosleep(&(struct timespec){.tv_nsec = TAKE_PAUSE_NS}, NULL);
    }
    effrec_handover_unmap(page);
    return NULL;
}

void effrec_handover_unmap(struct effrec_handover *page)
{
    if (page)
        munmap(page, sizeof *page);
}
