#include "load/record.h"

#include "base/memory.h"
#include "common/liveness.h"
#include "common/read_file.h"
#include "load/bytes.h"
#include "load/fields.h"
#include "load/neighbours.h"
#include "load/path.h"
#include "load/ranks.h"
#include "load/reference.h"
#include "load/source.h"
#include "load/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { MAX_KEYS = 4096 }; /* after a record with more the worker forgets them */

struct ec_reader {
    struct ec_runset *runset;
    const struct ec_load_options *options;
    struct ec_scanner *scanner;
    struct ec_keys keys;
    struct ec_fields fields;
    struct ec_neighbours *neighbours; /* NULL: nothing is wanted from beside the record */
    struct ec_bytes bytes;            /* of the record */
    bool knows_machine;
    struct ec_machine machine;
};

struct ec_reader *ec_reader_new(struct ec_runset *runset, const struct ec_load_options *options)
{
    struct ec_reader *reader = ec_calloc(1, sizeof *reader);
    reader->runset = runset;
    reader->options = options;
    reader->scanner = ec_scanner_new();
    ec_keys_init(&reader->keys, options, runset, false);
    ec_fields_init(&reader->fields, &reader->keys);
    reader->neighbours = ec_neighbours_new(runset, options);
    return reader;
}

void ec_reader_free(struct ec_reader *reader)
{
    if (!reader)
        return;
    ec_scanner_free(reader->scanner);
    ec_neighbours_free(reader->neighbours);
    ec_fields_free(&reader->fields);
    ec_keys_free(&reader->keys);
    free(reader->bytes.ptr);
    free(reader);
}

size_t ec_reader_joined(const struct ec_reader *reader, size_t index)
{
    return reader->neighbours ? ec_neighbours_joined(reader->neighbours, index) : 0;
}

static void add_issue(struct ec_reader *reader, const struct ec_record_file *file,
                      const char *reason)
{
    ec_runset_add_issue(reader->runset, EC_ISSUE_BAD_RECORD, file->path, 0, 0, reason);
}

/* ---- Bytes ---- */

/* Opens the record. One that vanished since it was listed may be about to be replaced, as on NFS,
 * where rename is not atomic for other machines: it gets a second chance. */
static int open_record(const struct ec_record_file *file)
{
    enum { PAUSE_NS = 20 * 1000 * 1000 };
    const int flags = O_RDONLY | O_NONBLOCK | O_NOCTTY;
    int fd = ec_path_openat(file->directory, file->file, flags);
    if (fd < 0 && (errno == ENOENT || errno == ESTALE)) {
        nanosleep(&(struct timespec){.tv_nsec = PAUSE_NS}, NULL);
        fd = ec_path_openat(file->directory, file->file, flags);
    }
    return fd;
}

/* Reads the file into reader->bytes, but of one that is too large for a record only the beginning,
 * and tells whether effcompare wrote it: such files may be larger. Returns the length, or -1 with
 * *ret_reason. */
static ssize_t read_bytes(struct ec_reader *reader, int fd, off_t size, enum ec_source *ret_source,
                          const char **ret_reason)
{
    ssize_t length;
    if (size > EC_LOAD_MAX_RECORD) {
        ec_bytes_reserve(&reader->bytes, EC_SOURCE_HEAD);
        length = pread(fd, reader->bytes.ptr, EC_SOURCE_HEAD, 0);
    } else {
        length = ec_bytes_read(&reader->bytes, fd, (size_t)size, EC_LOAD_MAX_RECORD, ret_reason);
    }
    *ret_source = length > 0 ? ec_source_detect(reader->bytes.ptr, (size_t)length) : EC_SOURCE_NONE;
    if (length == 0)
        *ret_reason = "empty file";
    else if (size > EC_LOAD_MAX_RECORD && length < 0)
        *ret_reason = strerror(errno);
    else if (size > EC_LOAD_MAX_RECORD || (length < 0 && !*ret_reason))
        *ret_reason = "larger than 16 MiB";
    bool is_record = length > 0 && size <= EC_LOAD_MAX_RECORD;
    return is_record || *ret_source ? length : -1;
}

/* ---- Status ---- */

static const char *role_text(const struct ec_fields *fields, enum ec_role role, char *buffer,
                             size_t size)
{
    struct ec_value value = fields->roles[role];
    if (!fields->has_role[role] || value.kind != EC_STR || value.text_length >= size)
        return NULL;
    memcpy(buffer, value.text, value.text_length);
    buffer[value.text_length] = '\0';
    return buffer;
}

static int64_t role_integer(const struct ec_fields *fields, enum ec_role role)
{
    struct ec_value value = fields->roles[role];
    return fields->has_role[role] && value.kind == EC_INT ? value.i : 0;
}

static double role_number(const struct ec_fields *fields, enum ec_role role)
{
    struct ec_value value = fields->roles[role];
    return fields->has_role[role] && ec_value_is_number(value) ? ec_value_number(value) : 0;
}

static enum ec_status find_status(struct ec_reader *reader)
{
    const struct ec_fields *fields = &reader->fields;
    /* What other programs mean by a key of this name is anyone's guess. */
    if (!fields->has_role[EC_ROLE_STATUS] || !fields->has_role[EC_ROLE_SCHEMA_VERSION])
        return EC_STATUS_COMPLETED;
    if (!reader->knows_machine)
        ec_machine_read(&reader->machine);
    reader->knows_machine = true;
    char status[32], host[EC_HOST_MAX], boot_id[EC_BOOT_ID_MAX];
    const struct ec_liveness_record record = {
        .status = role_text(fields, EC_ROLE_STATUS, status, sizeof status),
        .host = role_text(fields, EC_ROLE_HOST, host, sizeof host),
        .boot_id = role_text(fields, EC_ROLE_BOOT_ID, boot_id, sizeof boot_id),
        .pid_namespace = (uint64_t)role_integer(fields, EC_ROLE_PID_NAMESPACE),
        .pid = role_integer(fields, EC_ROLE_PID),
        .pid_start_time = (uint64_t)role_integer(fields, EC_ROLE_PID_START_TIME),
        .heartbeat_at = role_number(fields, EC_ROLE_HEARTBEAT_AT),
        .heartbeat_seconds = role_number(fields, EC_ROLE_HEARTBEAT_SECONDS),
    };
    const struct ec_liveness_here here = {&reader->machine, (double)time(NULL),
                                          ec_process_start_time};
    return ec_liveness(&record, &here);
}

/* ---- A record ---- */

/* Reads a text that the scanner refused: jansson knows the reason. Should it accept the text, it is
 * right, and the scanner has a bug that costs nobody their record. */
static bool ask_jansson(struct ec_reader *reader, size_t length, const struct ec_record_file *file,
                        json_t **ret_json)
{
    json_error_t error;
    ec_fields_begin(&reader->fields);
    const struct ec_scan_sink sink = ec_fields_sink(&reader->fields);
    *ret_json = ec_reference_read(reader->bytes.ptr, length, &sink, &error);
    if (!*ret_json)
        ec_runset_add_issue(reader->runset, EC_ISSUE_BAD_RECORD, file->path, error.line,
                            error.column, error.text);
    return *ret_json;
}

static void add_run(struct ec_reader *reader, const struct ec_record_file *file, int64_t mtime_ns)
{
    struct ec_fields *fields = &reader->fields;
    if (file->custom && !fields->known_metric) {
        ec_runset_add_issue(reader->runset, EC_ISSUE_NOT_A_RUN, file->path, 0, 0,
                            "a JSON object without a known metric");
        return;
    }
    if (fields->slot_count > EC_LOAD_MAX_KEYS) { /* each would be a column */
        ec_runset_add_issue(reader->runset, EC_ISSUE_BAD_RECORD, file->path, 0, 0,
                            "more than 10000 keys");
        return;
    }
    ec_fields_end(fields, reader->options->keep_zeros);
    bool outdated = reader->neighbours && ec_neighbours_read(reader->neighbours, file, fields);
    const struct ec_run run = {
        .path = file->path,
        .name = file->name,
        .mtime_ns = mtime_ns,
        .status = find_status(reader),
        .outdated_evaluation = outdated,
    };
    ec_runset_add(reader->runset, &run, fields->fields, fields->field_count);
}

static void forget_keys(struct ec_reader *reader, bool metrics_too)
{
    ec_keys_free(&reader->keys);
    ec_keys_init(&reader->keys, reader->options, reader->runset, metrics_too);
    ec_scanner_forget(reader->scanner);
}

/* Keeps memory bounded after unusual records. */
static void tidy_up(struct ec_reader *reader)
{
    ec_bytes_shrink(&reader->bytes);
    if (reader->keys.count > MAX_KEYS)
        forget_keys(reader, reader->keys.metrics_too);
}

static bool scan(struct ec_reader *reader, size_t length)
{
    ec_fields_begin(&reader->fields);
    const struct ec_scan_sink sink = ec_fields_sink(&reader->fields);
    return ec_scan(reader->scanner, reader->bytes.ptr, length, &sink);
}

/* Reads a record from reader->bytes. */
static void read_record(struct ec_reader *reader, const struct ec_record_file *file, size_t length,
                        int64_t mtime_ns)
{
    if (file->custom && !reader->keys.metrics_too)
        forget_keys(reader, true); /* from now on it matters whether there is a known one */
    json_t *json = NULL;           /* texts of the fields may point into it */
    if (scan(reader, length) || ask_jansson(reader, length, file, &json))
        add_run(reader, file, mtime_ns);
    json_decref(json);
}

/* Reads a record of which only the content counts with a single call, which is a tenth of the time
 * that a small file takes. False, and nothing is added, unless that gives a whole record. */
static bool read_at_once(struct ec_reader *reader, const struct ec_record_file *file, int fd)
{
    enum { AT_ONCE = 1 << 14 };
    ec_bytes_reserve(&reader->bytes, AT_ONCE);
    ssize_t length = read(fd, reader->bytes.ptr, AT_ONCE);
    if (length <= 0 || length == AT_ONCE)
        return false;
    memset(reader->bytes.ptr + length, 0, EC_SCAN_PADDING);
    if (ec_source_detect(reader->bytes.ptr, (size_t)length) || !scan(reader, (size_t)length))
        return false;
    add_run(reader, file, 0);
    return true;
}

/* Reads the merged record of a run's ranks. False when it is the file itself that counts. */
static bool read_ranks(struct ec_reader *reader, const struct ec_record_file *file)
{
    struct ec_ranks_record merged;
    if (!ec_ranks_record(reader->runset, file, &merged))
        return false;
    struct ec_record_file first = *file;
    first.path = (struct ec_str){merged.path.ptr, merged.path.len};
    ec_bytes_reserve(&reader->bytes, merged.length);
    memcpy(reader->bytes.ptr, merged.text, merged.length);
    memset(reader->bytes.ptr + merged.length, 0, EC_SCAN_PADDING);
    read_record(reader, &first, merged.length, merged.mtime_ns);
    free(merged.text);
    free(merged.path.ptr);
    return true;
}

/* Whether the file is somebody else's table, of which a parser of JSON would say nothing helpful.
 */
static bool is_foreign_table(struct ec_str path, const char *bytes, size_t length)
{
    static const char *const suffixes[] = {".csv", ".tsv", ".tab"};
    const char *start = ec_text_skip_bom(bytes, length);
    start += strspn(start, " \t\r\n"); /* zeros follow the bytes */
    for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++)
        if (ec_str_ends(path, suffixes[i]))
            return *start != '{';
    return false;
}

/* Reads an open file from its beginning, if it is a regular one. */
static void read_regular(struct ec_reader *reader, const struct ec_record_file *file, int fd)
{
    const char *reason = NULL;
    struct stat status;
    enum ec_source source = EC_SOURCE_NONE;
    ssize_t length = -1;
    if (fstat(fd, &status) != 0)
        reason = strerror(errno);
    else if (!S_ISREG(status.st_mode))
        reason = S_ISDIR(status.st_mode) ? "is a directory" : "not a regular file";
    else
        length = read_bytes(reader, fd, status.st_size, &source, &reason);
    if (length > 0 && !source && is_foreign_table(file->path, reader->bytes.ptr, (size_t)length)) {
        length = -1;
        reason = "not a table of effcompare's, which begins with the word experiment";
    }
    if (length < 0) {
        add_issue(reader, file, reason);
        return;
    }
    int64_t mtime_ns = ec_file_nanoseconds(status.st_mtim);
    if (source)
        ec_source_read(reader->runset, reader->options, source, file, fd, mtime_ns);
    else
        read_record(reader, file, (size_t)length, mtime_ns);
}

static void read_file(struct ec_reader *reader, const struct ec_record_file *file)
{
    int fd = open_record(file);
    if (fd < 0) {
        add_issue(reader, file, strerror(errno));
        return;
    }
    if (!file->content_only || !read_at_once(reader, file, fd)) {
        lseek(fd, 0, SEEK_SET); /* what cannot is not regular */
        read_regular(reader, file, fd);
    }
    close(fd);
}

void ec_reader_read(struct ec_reader *reader, const struct ec_record_file *file)
{
    if ((!file->beside_ranks || !read_ranks(reader, file)) && !file->absent)
        read_file(reader, file);
    tidy_up(reader);
}
