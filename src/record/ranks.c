#include "record/ranks.h"

#include "ranks/json_build.h"
#include "ranks/select.h"

#include <ctype.h>
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Where launchers put the numbers. */
static const struct variables {
    const char *source;
    const char *rank;
    const char *size[2]; /* the first that is there */
    const char *local_rank;
    const char *only_with; /* believed only when this is set, too */
    bool size_may_lack;
} launchers[] = {
    {"torchrun", "RANK", {"WORLD_SIZE", NULL}, "LOCAL_RANK", NULL, false},
    {"Open MPI",
     "OMPI_COMM_WORLD_RANK",
     {"OMPI_COMM_WORLD_SIZE", NULL},
     "OMPI_COMM_WORLD_LOCAL_RANK",
     NULL,
     false},
    /* PMIx tells the size only when asked; under srun Slurm does. */
    {"PMIx", "PMIX_RANK", {"SLURM_STEP_NUM_TASKS", "SLURM_NTASKS"}, "SLURM_LOCALID", NULL, true},
    {"PMI", "PMI_RANK", {"PMI_SIZE", NULL}, "MPI_LOCALRANKID", NULL, false},
    {"MVAPICH",
     "MV2_COMM_WORLD_RANK",
     {"MV2_COMM_WORLD_SIZE", NULL},
     "MV2_COMM_WORLD_LOCAL_RANK",
     NULL,
     false},
    {"Slurm step",
     "SLURM_PROCID",
     {"SLURM_STEP_NUM_TASKS", "SLURM_NTASKS"},
     "SLURM_LOCALID",
     "SLURM_STEP_ID",
     false},
};

/* A whole number in all of `text`; false: it is not. */
static bool read_number(const char *text, int64_t *ret_value)
{
    if (!text || !isdigit((unsigned char)text[0]) || strlen(text) > 9)
        return false;
    char *end;
    *ret_value = strtoll(text, &end, 10);
    return *end == '\0';
}

static bool is_possible(const struct effrec_ranks *ranks)
{
    return ranks->rank >= 0 && ranks->rank < EC_RANKS_MAX && ranks->world_size >= 0 &&
           ranks->world_size <= EC_RANKS_MAX &&
           (ranks->world_size == 0 || ranks->rank < ranks->world_size);
}

static bool ask(const struct variables *launcher, struct effrec_ranks *ret_ranks)
{
    struct effrec_ranks found = {.source = launcher->source, .local_rank = -1};
    if (launcher->only_with && !getenv(launcher->only_with))
        return false;
    if (!read_number(getenv(launcher->rank), &found.rank))
        return false;
    bool sized = false;
    for (size_t i = 0; i < 2 && !sized && launcher->size[i]; i++)
        sized = read_number(getenv(launcher->size[i]), &found.world_size) && found.world_size > 0;
    if (!sized)
        found.world_size = 0;
    if (!read_number(getenv(launcher->local_rank), &found.local_rank))
        found.local_rank = -1;
    if ((!sized && !launcher->size_may_lack) || !is_possible(&found))
        return false;
    *ret_ranks = found;
    return true;
}

/* "RANK/SIZE", for launchers that are not known here; "0/1" says that the process is alone. */
static bool ask_own_variable(struct effrec_ranks *ret_ranks)
{
    const char *value = getenv("EFFREC_RANK");
    struct effrec_ranks found = {.source = "EFFREC_RANK", .local_rank = -1};
    const char *slash = value ? strchr(value, '/') : NULL;
    char rank[16];
    if (!slash || slash - value >= (ptrdiff_t)sizeof rank)
        return false;
    memcpy(rank, value, (size_t)(slash - value));
    rank[slash - value] = '\0';
    if (!read_number(rank, &found.rank) || !read_number(slash + 1, &found.world_size) ||
        found.world_size == 0 || !is_possible(&found))
        return false;
    *ret_ranks = found;
    return true;
}

static void append(struct effrec_ranks *ranks, const char *label, const char *variable)
{
    const char *value = getenv(variable);
    size_t length = strlen(ranks->launch);
    if (value && value[0] != '\0')
        snprintf(ranks->launch + length, sizeof ranks->launch - length, "%s%s %s",
                 length > 0 ? ", " : "", label, value);
}

/* Only what is the same for every rank, on every machine. The address of the master is not: one
 * machine may call itself "localhost". */
static void find_launch(struct effrec_ranks *ranks)
{
    if (strcmp(ranks->source, "torchrun") == 0) {
        append(ranks, "torchelastic run", "TORCHELASTIC_RUN_ID");
        append(ranks, "restart", "TORCHELASTIC_RESTART_COUNT");
        append(ranks, "port", "MASTER_PORT");
    } else if (strcmp(ranks->source, "Open MPI") == 0 || strcmp(ranks->source, "PMIx") == 0) {
        append(ranks, "PMIx namespace", "PMIX_NAMESPACE");
    } else if (strcmp(ranks->source, "Slurm step") == 0) {
        append(ranks, "Slurm job", "SLURM_JOB_ID");
        append(ranks, "step", "SLURM_STEP_ID");
    }
}

static int note_conflict(struct effrec_ranks *ranks, const struct effrec_ranks *other)
{
    bool size_agrees = other->world_size == ranks->world_size || other->world_size == 0;
    if (other->rank == ranks->rank && size_agrees)
        return 0;
    if (!ranks->conflicts)
        ranks->conflicts = json_array();
    json_t *conflict =
        json_pack("{ss,sI,sI}", "source", other->source, "rank", (json_int_t)other->rank,
                  "world_size", (json_int_t)other->world_size);
    return json_array_append_new(ranks->conflicts, conflict) < 0 ? -ENOMEM : 0;
}

/* The first source wins; what others say is noted. */
static int consider(struct effrec_ranks *ranks, const struct effrec_ranks *found)
{
    if (ranks->source)
        return note_conflict(ranks, found);
    *ranks = *found;
    return 0;
}

int effrec_ranks_find(int64_t rank, int64_t world_size, int64_t local_rank,
                      struct effrec_ranks *ret_ranks)
{
    struct effrec_ranks found;
    *ret_ranks = (struct effrec_ranks){.local_rank = -1};
    if (world_size != 0) {
        *ret_ranks = (struct effrec_ranks){
            .source = "given", .rank = rank, .world_size = world_size, .local_rank = local_rank};
        if (world_size < 0 || !is_possible(ret_ranks))
            return -EINVAL;
    }
    int rc = ask_own_variable(&found) ? consider(ret_ranks, &found) : 0;
    for (size_t i = 0; rc == 0 && i < sizeof launchers / sizeof launchers[0]; i++)
        if (ask(&launchers[i], &found))
            rc = consider(ret_ranks, &found);
    if (ret_ranks->source)
        find_launch(ret_ranks);
    return rc;
}

void effrec_ranks_clear(struct effrec_ranks *ranks)
{
    json_decref(ranks->conflicts);
    ranks->conflicts = NULL;
}

bool effrec_ranks_several(const struct effrec_ranks *ranks)
{
    return ranks->source && ranks->world_size != 1;
}

int effrec_ranks_put(const struct effrec_ranks *ranks, double started_s, json_t *identity)
{
    if (!effrec_ranks_several(ranks) && !ranks->conflicts)
        return 0;
    json_t *object = json_object();
    ec_json_set(&object, "rank", json_integer(ranks->rank));
    if (ranks->world_size > 0)
        ec_json_set(&object, "world_size", json_integer(ranks->world_size));
    if (ranks->local_rank >= 0)
        ec_json_set(&object, "local_rank", json_integer(ranks->local_rank));
    ec_json_set(&object, "source", json_string(ranks->source));
    if (ranks->launch[0] != '\0')
        ec_json_set(&object, "launch", json_string(ranks->launch));
    ec_json_set(&object, "started_unix_seconds", json_real(started_s));
    if (ranks->conflicts)
        ec_json_set(&object, "conflicts", json_incref(ranks->conflicts));
    return json_object_set_new(identity, "rank", object) < 0 ? -ENOMEM : 0;
}
