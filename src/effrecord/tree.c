#include "effrecord/tree.h"

#include "common/process.h"

#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct process {
    pid_t pid, parent;
    int64_t rss_pages;
    bool inside;
};

struct process_list {
    struct process *items;
    size_t count, capacity;
};

#define SKIP_6_FIELDS  " %*s %*s %*s %*s %*s %*s"
#define SKIP_18_FIELDS SKIP_6_FIELDS SKIP_6_FIELDS SKIP_6_FIELDS

/* From /proc/PID/stat: fields 4 (parent) and 24 (resident pages). The name in field 2 may hold
 * anything. */
static bool read_process(const char *pid, struct process *ret_process)
{
    char path[64], text[1024];
    long parent;
    long long rss;
    snprintf(path, sizeof path, "/proc/%.20s/stat", pid);
    if (ec_read_small_file(path, text, sizeof text) < 0)
        return false;
    const char *after_name = strrchr(text, ')');
    if (!after_name ||
        sscanf(after_name + 1, " %*c %ld" SKIP_18_FIELDS " %*s %lld", &parent, &rss) != 2)
        return false;
    *ret_process = (struct process){
        .pid = (pid_t)strtol(pid, NULL, 10), .parent = (pid_t)parent, .rss_pages = rss};
    return true;
}

static bool append(struct process_list *list, const struct process *process)
{
    if (list->count == list->capacity) {
        size_t capacity = list->capacity ? 2 * list->capacity : 256;
        struct process *items = realloc(list->items, capacity * sizeof *items);
        if (!items)
            return false;
        list->items = items;
        list->capacity = capacity;
    }
    list->items[list->count++] = *process;
    return true;
}

static bool read_all(struct process_list *list)
{
    DIR *proc = opendir("/proc");
    if (!proc)
        return false;
    bool fine = true;
    for (struct dirent *entry; fine && (entry = readdir(proc));) {
        struct process process;
        if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9' &&
            read_process(entry->d_name, &process))
            fine = append(list, &process);
    }
    closedir(proc);
    return fine;
}

static bool is_inside(const struct process_list *list, pid_t pid, pid_t ancestor)
{
    if (pid == ancestor)
        return true;
    for (size_t i = 0; i < list->count; i++)
        if (list->items[i].pid == pid)
            return list->items[i].inside;
    return false;
}

int64_t effrecord_tree_rss(pid_t ancestor)
{
    struct process_list list = {0};
    int64_t pages = 0;
    bool fine = read_all(&list);
    /* Parents mostly come before their children; where numbers wrapped around, the next round finds
     * them. */
    for (bool found = fine; found;) {
        found = false;
        for (size_t i = 0; i < list.count; i++) {
            struct process *process = &list.items[i];
            if (!process->inside && is_inside(&list, process->parent, ancestor)) {
                process->inside = found = true;
                pages += process->rss_pages;
            }
        }
    }
    free(list.items);
    return fine ? pages * sysconf(_SC_PAGESIZE) : -1;
}
