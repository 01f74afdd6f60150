/* The walk goes in rounds. The first starts from the PATHs, each later one from the symbolic links
 * to directories that the round before found, in the order of their paths; load/roots.h tells which
 * of them lead somewhere new. Within a round directories are listed in any order by any thread. */
#include "load/walk.h"

#include "base/memory.h"
#include "load/naming.h"
#include "load/queue.h"
#include "load/roots.h"
#include "ranks/files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    LISTING_BYTES = 1 << 15,
    BATCH_BYTES = 1 << 14, /* queue names while a long listing goes on */
    RECORDS_AT_ONCE = 2,   /* per directory; more are shared with the other threads */
};

/* A directory that a walk may start from. */
struct candidate {
    char *path, *real; /* owned; real is NULL for a PATH that is no directory */
    int depth;
    bool missing; /* a PATH that does not exist */
};

/* What a thread keeps for itself. */
struct worker {
    char *listing;
    struct ec_path path, scratch;
    struct ec_batch batch;
    size_t records_here; /* read at once in the directory that is being listed */
    bool found_record, found_linked_record, found_ranks; /* in that directory, by standard names */
};

struct walk {
    struct ec_runset *runset;
    const struct ec_load_options *options;
    ec_walk_record record;
    void *context;
    struct ec_queue queue;
    struct ec_roots roots;
    struct worker *workers;
    size_t name_start;
    bool content_only; /* of records with the standard name */

    pthread_mutex_t lock; /* of what follows */
    struct candidate *links;
    size_t link_count, link_capacity;
    struct candidate *unreadable;
    size_t unreadable_count, unreadable_capacity;
};

static void add_issue(struct walk *walk, enum ec_issue_kind kind, struct ec_str path, int error)
{
    ec_runset_add_issue(walk->runset, kind, path, 0, 0, strerror(error));
}

/* ---- Records ---- */

static bool is_record_name(const struct walk *walk, const char *name)
{
    if (!walk->options->names)
        return strcmp(name, EC_RECORD_NAME) == 0;
    for (size_t i = 0; i < walk->options->name_count; i++)
        if (fnmatch(walk->options->names[i], name, FNM_PERIOD) == 0)
            return true;
    return false;
}

/* Hands out the record at `path`, whose file is `file` relative to the descriptor. */
static void hand_out(struct walk *walk, int worker, int descriptor, const char *file,
                     struct ec_str path, struct ec_str directory)
{
    struct ec_path *scratch = &walk->workers[worker].scratch;
    const struct ec_record_file record = {
        .directory = descriptor,
        .file = file,
        .path = path,
        .name = ec_naming_name(walk->name_start, path, directory, scratch),
        .custom = !ec_naming_is_standard(path),
    };
    walk->record(walk->context, worker, &record);
}

static void add_candidate(struct candidate **items, size_t *count, size_t *capacity, char *path,
                          char *real, int depth)
{
    *items = ec_grow(*items, *count, capacity, sizeof **items);
    (*items)[(*count)++] = (struct candidate){.path = path, .real = real, .depth = depth};
}

/* The real path of the directory that a link leads to. The caller frees. */
static char *real_path_behind(const struct walk *walk, const struct ec_work *work, int fd)
{
    char *real = ec_path_real(fd);
    if (ec_path_is_real(real))
        return real;
    char *link = ec_roots_real_path(&walk->roots, work->root, work->path.ptr);
    char *found = ec_path_real_link(fd, work->at, work->file, ec_path_parent(ec_str(link)));
    free(link);
    if (found)
        free(real);
    return found ? found : real;
}

/* Keeps the directory that a link leads to for the next round. */
static void add_link(struct walk *walk, const struct ec_work *work, int fd)
{
    char *real = real_path_behind(walk, work, fd);
    char *path = ec_strndup(work->path.ptr, work->path.len);
    pthread_mutex_lock(&walk->lock);
    add_candidate(&walk->links, &walk->link_count, &walk->link_capacity, path, real,
                  work->depth + 1);
    pthread_mutex_unlock(&walk->lock);
}

/* A symbolic link that may lead to a directory, or to nothing that matters. */
static void visit_link(struct walk *walk, const struct ec_work *work)
{
    int fd = ec_path_openat(work->at, work->file, O_PATH | O_DIRECTORY);
    if (fd >= 0) {
        add_link(walk, work, fd);
        close(fd);
    } else if (errno != ENOTDIR && errno != ENOENT && errno != ELOOP) {
        add_issue(walk, EC_ISSUE_WALK, (struct ec_str){work->path.ptr, work->path.len}, errno);
    }
}

/* A symbolic link with a record's name. */
static void visit_linked_record(struct walk *walk, int worker, const struct ec_work *work)
{
    struct ec_str path = {work->path.ptr, work->path.len};
    struct stat status;
    int fd = ec_path_openat(work->at, work->file, O_PATH);
    if (fd < 0 || fstat(fd, &status) != 0)
        add_issue(walk, EC_ISSUE_BAD_RECORD, path, errno);
    else if (S_ISREG(status.st_mode))
        hand_out(walk, worker, work->at, work->file, path, work->directory);
    else if (!S_ISDIR(status.st_mode))
        ec_runset_add_issue(walk->runset, EC_ISSUE_BAD_RECORD, path, 0, 0, "not a regular file");
    else if (walk->options->max_depth < 0 || work->depth < walk->options->max_depth)
        add_link(walk, work, fd);
    if (fd >= 0)
        close(fd);
}

/* ---- Directories ---- */

/* A directory that is being listed. */
struct listing {
    int fd;
    const struct ec_work *work;
    struct ec_str path;
    int depth;
};

/* Queues the names in the thread's batch. */
static void push_names(struct walk *walk, int worker, const struct listing *listing)
{
    const struct ec_holder holder = {
        .work = listing->work,
        .root = listing->work->root,
        .depth = listing->depth,
        .worker = worker,
        .fd = listing->fd,
    };
    ec_queue_push(&walk->queue, &walk->workers[worker].batch, &holder);
}

static unsigned char entry_type(const struct listing *listing, const struct dirent64 *entry)
{
    struct stat status;
    if (entry->d_type != DT_UNKNOWN)
        return entry->d_type;
    if (fstatat(listing->fd, entry->d_name, &status, AT_SYMLINK_NOFOLLOW) != 0)
        return DT_UNKNOWN;
    return (unsigned char)IFTODT(status.st_mode);
}

/* Hands out what a directory holds under the standard names, once all of it is known: ranks'
 * records and the run's own are one run. A link in the place of the latter stands for itself. */
static void hand_out_run(struct walk *walk, int worker, const struct listing *listing)
{
    struct worker *own = &walk->workers[worker];
    bool has_ranks = own->found_ranks && !own->found_linked_record;
    if (!own->found_record && !has_ranks)
        return;
    ec_path_join(&own->path, listing->path, ec_str(EC_RECORD_NAME));
    struct ec_record_file record = {
        .directory = listing->fd,
        .file = EC_RECORD_NAME,
        .absent = !own->found_record,
        .path = {own->path.ptr, own->path.len},
        .beside_ranks = has_ranks,
        .content_only = walk->content_only,
    };
    record.name = ec_naming_name(walk->name_start, record.path, listing->path, &own->scratch);
    walk->record(walk->context, worker, &record);
}

/* Notes a file of a standard name, unless the user has named others. */
static void note_standard(struct walk *walk, struct worker *own, const char *name, bool is_link)
{
    if (walk->options->names)
        return;
    if (strcmp(name, EC_RECORD_NAME) == 0)
        *(is_link ? &own->found_linked_record : &own->found_record) = true;
    else if (!is_link && ec_ranks_is_file(name))
        own->found_ranks = true;
}

/* Reads the record at once if it is one of few; queues it otherwise. */
static void found_record(struct walk *walk, int worker, const struct listing *listing,
                         const char *name)
{
    struct worker *own = &walk->workers[worker];
    if (own->records_here >= RECORDS_AT_ONCE) {
        ec_batch_add(&own->batch, EC_WORK_RECORD, name);
        return;
    }
    own->records_here++;
    ec_path_join(&own->path, listing->path, ec_str(name));
    struct ec_str path = {own->path.ptr, own->path.len};
    hand_out(walk, worker, listing->fd, name, path, listing->path);
}

static void found_special(struct walk *walk, int worker, const struct listing *listing,
                          const char *name)
{
    struct worker *own = &walk->workers[worker];
    ec_path_join(&own->path, listing->path, ec_str(name));
    ec_runset_add_issue(walk->runset, EC_ISSUE_BAD_RECORD,
                        (struct ec_str){own->path.ptr, own->path.len}, 0, 0, "not a regular file");
}

static void found_entry(struct walk *walk, int worker, const struct listing *listing,
                        const struct dirent64 *entry)
{
    const char *name = entry->d_name;
    struct ec_batch *batch = &walk->workers[worker].batch;
    int max_depth = walk->options->max_depth;
    bool descend = name[0] != '.' && (max_depth < 0 || listing->depth < max_depth);
    switch (entry_type(listing, entry)) {
    case DT_DIR:
        if (descend)
            ec_batch_add(batch, EC_WORK_DIRECTORY, name);
        break;
    case DT_REG:
        note_standard(walk, &walk->workers[worker], name, false);
        if (walk->options->names && is_record_name(walk, name))
            found_record(walk, worker, listing, name);
        break;
    case DT_LNK:
        note_standard(walk, &walk->workers[worker], name, true);
        if (is_record_name(walk, name))
            ec_batch_add(batch, EC_WORK_LINKED_RECORD, name);
        else if (descend)
            ec_batch_add(batch, EC_WORK_LINK, name);
        break;
    case DT_UNKNOWN: /* gone */
        break;
    default:
        if (is_record_name(walk, name))
            found_special(walk, worker, listing, name);
    }
    if (batch->bytes.len >= BATCH_BYTES)
        push_names(walk, worker, listing);
}

/* Hands on all that is in an open directory. Returns 0 or an errno. */
static int list(struct walk *walk, int worker, const struct listing *listing)
{
    struct worker *own = &walk->workers[worker];
    if (!own->listing)
        own->listing = ec_malloc(LISTING_BYTES);
    own->records_here = 0;
    own->found_record = own->found_linked_record = own->found_ranks = false;
    ssize_t length = 0;
    int64_t next = 0;
    /* Behind the last entry ext4 and btrfs name the last position there is, which saves the call
     * that would find nothing, a twentieth of a walk. Others are asked until nothing is left. */
    while (next != INT64_MAX &&
           (length = getdents64(listing->fd, own->listing, LISTING_BYTES)) > 0) {
        for (ssize_t at = 0; at < length;) {
            const struct dirent64 *entry = (const void *)(own->listing + at);
            found_entry(walk, worker, listing, entry);
            at += entry->d_reclen;
            next = entry->d_off;
        }
    }
    int error = length < 0 ? errno : 0;
    hand_out_run(walk, worker, listing);
    push_names(walk, worker, listing);
    return error;
}

/* Whether another walk starts at this directory. */
static bool is_other_root(const struct walk *walk, const struct ec_work *work)
{
    if (!walk->roots.items[work->root].has_inner)
        return false;
    char *real = ec_roots_real_path(&walk->roots, work->root, work->path.ptr);
    bool found = ec_roots_is_root(&walk->roots, ec_str(real));
    free(real);
    return found;
}

/* A directory that could not be listed: what is below it may still be reached through a link. */
static void add_unreadable(struct walk *walk, const struct ec_work *work)
{
    if (work->kind == EC_WORK_ROOT)
        return;
    char *real = ec_roots_real_path(&walk->roots, work->root, work->path.ptr);
    pthread_mutex_lock(&walk->lock);
    add_candidate(&walk->unreadable, &walk->unreadable_count, &walk->unreadable_capacity, NULL,
                  real, work->depth + 1);
    pthread_mutex_unlock(&walk->lock);
}

static void visit_directory(struct walk *walk, int worker, const struct ec_work *work)
{
    bool is_root = work->kind == EC_WORK_ROOT;
    if (!is_root && is_other_root(walk, work))
        return;
    struct listing listing = {
        .work = work,
        .path = {work->path.ptr, work->path.len},
        .depth = is_root ? walk->roots.items[work->root].depth : work->depth + 1,
    };
    listing.fd =
        ec_path_openat(work->at, work->file, O_RDONLY | O_DIRECTORY | (is_root ? 0 : O_NOFOLLOW));
    int error = listing.fd < 0 ? errno : list(walk, worker, &listing);
    if (listing.fd >= 0)
        close(listing.fd);
    /* A directory that was there a moment ago may be gone, or be something else. */
    if (error == 0 || (!is_root && (error == ENOENT || error == ENOTDIR || error == ELOOP)))
        return;
    add_issue(walk, EC_ISSUE_WALK, listing.path, error);
    add_unreadable(walk, work);
}

/* ---- PATHs ---- */

/* Finds out what a PATH is; links[] has one entry for each. */
static void visit_argument(struct walk *walk, const struct ec_work *work)
{
    struct candidate *candidate = &walk->links[work->root];
    struct stat status;
    int fd = ec_path_openat(AT_FDCWD, work->path.ptr, O_PATH);
    if (fd < 0 || fstat(fd, &status) != 0) {
        add_issue(walk, EC_ISSUE_WALK, (struct ec_str){work->path.ptr, work->path.len}, errno);
        candidate->missing = true;
    } else if (S_ISDIR(status.st_mode)) {
        candidate->real = ec_path_real(fd);
    }
    if (fd >= 0)
        close(fd);
}

static void visit(void *context, int worker, const struct ec_work *work)
{
    struct walk *walk = context;
    struct ec_str path = {work->path.ptr, work->path.len};
    switch (work->kind) {
    case EC_WORK_ARGUMENT:
        visit_argument(walk, work);
        break;
    case EC_WORK_ROOT:
    case EC_WORK_DIRECTORY:
        visit_directory(walk, worker, work);
        break;
    case EC_WORK_RECORD: {
        struct ec_str directory = work->directory.len > 0 ? work->directory : ec_path_parent(path);
        hand_out(walk, worker, work->at, work->file, path, directory);
        break;
    }
    case EC_WORK_LINKED_RECORD:
        visit_linked_record(walk, worker, work);
        break;
    case EC_WORK_LINK:
        visit_link(walk, work);
        break;
    }
}

/* Queues a single path. */
static void push_path(struct walk *walk, enum ec_work_kind kind, const char *path, size_t number)
{
    struct ec_batch *batch = &walk->workers[0].batch;
    const struct ec_holder holder = {.root = number, .fd = -1};
    ec_batch_add(batch, kind, path);
    ec_queue_push(&walk->queue, batch, &holder);
}

static int path_compare(const void *a, const void *b)
{
    return strcmp(((const struct candidate *)a)->path, ((const struct candidate *)b)->path);
}

/* ---- Rounds ---- */

/* Adds the candidates that lead somewhere new as roots, in their order. PATHs are roots even where
 * another one covers them: who names a directory wants its runs to be called by that. */
static void add_roots(struct walk *walk, struct candidate *candidates, size_t count, bool are_paths)
{
    for (size_t i = 0; i < count; i++) {
        struct candidate *candidate = &candidates[i];
        if (!candidate->real)
            continue;
        struct ec_str real = ec_str(candidate->real);
        bool is_covered = are_paths ? ec_roots_is_root(&walk->roots, real)
                                    : ec_roots_cover(&walk->roots, real, walk->options->max_depth);
        if (!is_covered) {
            ec_roots_add(&walk->roots, candidate->path, real, candidate->depth);
            candidate->path = NULL;
        }
    }
}

static void free_candidates(struct candidate *candidates, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free(candidates[i].path);
        free(candidates[i].real);
    }
    free(candidates);
}

/* From now on links to what is below unreadable directories lead somewhere new. */
static void add_unreadable_roots(struct walk *walk)
{
    for (size_t i = 0; i < walk->unreadable_count; i++) {
        struct candidate *candidate = &walk->unreadable[i];
        if (ec_roots_is_root(&walk->roots, ec_str(candidate->real)))
            continue;
        size_t root = ec_roots_add(&walk->roots, NULL, ec_str(candidate->real), candidate->depth);
        walk->roots.items[root].unreadable = true;
    }
    free_candidates(walk->unreadable, walk->unreadable_count);
    walk->unreadable = NULL;
    walk->unreadable_count = walk->unreadable_capacity = 0;
}

/* Walks from the roots that are new, then from the links found, and so on. */
static void walk_rounds(struct walk *walk, size_t first_new)
{
    for (;;) {
        ec_roots_mark_inner(&walk->roots);
        for (size_t i = walk->roots.count; i-- > first_new;)
            push_path(walk, EC_WORK_ROOT, walk->roots.items[i].path, i);
        ec_queue_run(&walk->queue);
        add_unreadable_roots(walk);
        struct candidate *links = walk->links;
        size_t link_count = walk->link_count;
        if (link_count == 0)
            break;
        walk->links = NULL;
        walk->link_count = walk->link_capacity = 0;
        qsort(links, link_count, sizeof *links, path_compare);
        first_new = walk->roots.count;
        add_roots(walk, links, link_count, false);
        free_candidates(links, link_count);
    }
}

/* ---- The first round ---- */

/* The directories among the PATHs, by how they are written. */
static struct ec_roots written_directories(const struct candidate *paths, size_t count)
{
    struct ec_roots written = {0};
    for (size_t i = 0; i < count; i++) {
        if (!paths[i].real)
            continue;
        char *text = ec_path_written(ec_str(paths[i].path));
        if (!ec_roots_is_root(&written, ec_str(text)))
            ec_roots_add(&written, NULL, ec_str(text), 0);
        free(text);
    }
    return written;
}

/* Whether the walk of another PATH finds this file, too. */
static bool is_found_by_walk(const struct walk *walk, const struct ec_roots *directories,
                             struct ec_str file)
{
    if (directories->count == 0 || !is_record_name(walk, ec_path_base(file).ptr))
        return false;
    char *written = ec_path_written(ec_path_parent(file));
    bool found = ec_roots_cover(directories, ec_str(written), walk->options->max_depth);
    free(written);
    return found;
}

/* Queues the files among the PATHs, each once; returns whether there are any. Sorts the PATHs. */
static bool push_files(struct walk *walk, struct candidate *paths, size_t count,
                       const struct ec_roots *directories)
{
    size_t file_count = 0;
    for (size_t i = 0; i < count; i++) {
        if (!paths[i].real && !paths[i].missing) {
            struct candidate file = paths[i];
            paths[i] = paths[file_count];
            paths[file_count++] = file;
        }
    }
    if (file_count > 1)
        qsort(paths, file_count, sizeof *paths, path_compare);
    for (size_t i = 0; i < file_count; i++) {
        struct ec_str path = ec_str(paths[i].path);
        bool again = i > 0 && ec_str_equal(path, ec_str(paths[i - 1].path));
        if (!again && !is_found_by_walk(walk, directories, path))
            push_path(walk, EC_WORK_RECORD, paths[i].path, 0);
    }
    return file_count > 0;
}

/* Finds out what the PATHs are; fills walk->links with them. */
static void look_at_paths(struct walk *walk)
{
    const struct ec_load_options *options = walk->options;
    for (size_t i = 0; i < options->path_count; i++)
        add_candidate(&walk->links, &walk->link_count, &walk->link_capacity,
                      ec_path_tidy(options->paths[i]), NULL, 0);
    for (size_t i = options->path_count; i-- > 0;)
        push_path(walk, EC_WORK_ARGUMENT, walk->links[i].path, i);
    ec_queue_run(&walk->queue);
}

static size_t find_name_start(const struct candidate *paths, size_t count)
{
    const char **texts = ec_calloc(count, sizeof *texts);
    for (size_t i = 0; i < count; i++)
        texts[i] = paths[i].path;
    size_t start = ec_naming_start(texts, count, count == 1 && paths[0].real);
    free(texts);
    return start;
}

static void free_walk(struct walk *walk)
{
    for (int i = 0; i < walk->options->threads; i++) {
        free(walk->workers[i].listing);
        free(walk->workers[i].path.ptr);
        free(walk->workers[i].scratch.ptr);
        ec_batch_free(&walk->workers[i].batch);
    }
    free(walk->workers);
    ec_queue_free(&walk->queue);
    ec_roots_free(&walk->roots);
    pthread_mutex_destroy(&walk->lock);
}

/* Makes the queue, with as many threads as can each have what they open at once (a directory, a
 * record, a file beside it): more that share a table could hold every descriptor and wait for each
 * other's. What is left may be deep directories'. */
static void init_queue(struct walk *walk)
{
    enum { FOR_OTHERS = 8, FOR_DEEP = 2, FOR_EACH = 3 };
    struct rlimit limit;
    rlim_t free = RLIM_INFINITY, threads = (rlim_t)walk->options->threads;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0)
        free = limit.rlim_cur > FOR_OTHERS ? limit.rlim_cur - FOR_OTHERS : 0;
    if (free < FOR_DEEP + FOR_EACH * threads)
        threads = free < FOR_DEEP + 2 * FOR_EACH ? 1 : (free - FOR_DEEP) / FOR_EACH;
    rlim_t left = free > FOR_EACH * threads ? free - FOR_EACH * threads : 0;
    ec_queue_init(&walk->queue, (int)threads, visit, walk);
    walk->queue.stop = walk->options->stop;
    walk->queue.max_held = left < EC_QUEUE_MAX_HELD ? (size_t)left : EC_QUEUE_MAX_HELD;
}

void ec_walk(struct ec_runset *runset, const struct ec_load_options *options, ec_walk_record record,
             void *context)
{
    struct walk walk = {.runset = runset, .options = options, .record = record, .context = context};
    pthread_mutex_init(&walk.lock, NULL);
    walk.workers = ec_calloc((size_t)options->threads, sizeof *walk.workers);
    init_queue(&walk);
    look_at_paths(&walk);
    struct candidate *paths = walk.links;
    walk.links = NULL;
    walk.link_count = walk.link_capacity = 0;
    walk.name_start = find_name_start(paths, options->path_count);
    struct ec_roots directories = written_directories(paths, options->path_count);
    add_roots(&walk, paths, options->path_count, true);
    /* A file may hold what effcompare wrote of the same records: they are told by their times. */
    bool has_files = push_files(&walk, paths, options->path_count, &directories);
    walk.content_only = options->without_times && !has_files;
    ec_roots_free(&directories);
    free_candidates(paths, options->path_count);
    walk_rounds(&walk, 0);
    free_walk(&walk);
}
