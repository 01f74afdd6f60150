#include "query/rank.h"

#include "base/memory.h"
#include "base/parallel.h"
#include "query/find.h"
#include "query/list.h"
#include "query/stats.h"

#include <math.h>
#include <stdlib.h>
#include <strings.h>

static const double significance = 0.05;

/* ---- Reference rows ---- */

void ec_rank_references(const struct ec_query *query, struct ec_table *table)
{
    struct ec_arena *arena = &table->arena;
    if (query->references.count == 0)
        return;
    uint32_t *order = ec_arena_alloc(arena, table->row_count * sizeof *order);
    bool *taken = ec_arena_calloc(arena, table->row_count, sizeof *taken);
    size_t count = 0;
    for (size_t i = 0; i < query->references.count; i++) {
        struct ec_str list = ec_str(query->references.items[i]), item;
        while (ec_find_next(table, &list, &item)) {
            for (size_t row = 0; row < table->row_count; row++) {
                if (taken[row] || !ec_find_matches(table, row, item))
                    continue;
                taken[row] = true;
                order[count++] = table->order[row];
            }
        }
    }
    size_t reference_count = count;
    if (reference_count == 0)
        return;
    for (size_t row = 0; row < table->row_count; row++)
        if (!taken[row])
            order[count++] = table->order[row];
    struct ec_section *sections = ec_arena_calloc(arena, 2, sizeof *sections);
    sections[0].reference = true;
    sections[1].first_row = reference_count;
    table->order = order;
    table->sections = sections;
    table->section_count = reference_count < table->row_count ? 2 : 1;
}

static bool is_retrain(struct ec_str name)
{
    static const char word[] = "retrain";
    return name.len >= sizeof word - 1 && strncasecmp(name.ptr, word, sizeof word - 1) == 0;
}

/* The row that a column's values should be close to; row_count when there is none. */
static size_t target_row(const struct ec_table *table, const struct ec_column *column)
{
    size_t references = 0, found = table->row_count, only = table->row_count;
    for (size_t row = 0; row < table->row_count; row++) {
        struct ec_str name = ec_table_row_name(table, row);
        if (column->target_run) {
            if (ec_find_matches(table, row, ec_str(column->target_run)))
                return row;
            continue;
        }
        if (!ec_table_row_is_reference(table, row))
            continue;
        only = references++ == 0 ? row : table->row_count;
        if (is_retrain(name) && found == table->row_count)
            found = row;
    }
    return found < table->row_count ? found : only;
}

void ec_rank_targets(struct ec_table *table, struct ec_notes *notes)
{
    for (size_t i = 0; i < table->column_count; i++) {
        struct ec_column *column = &table->columns[i];
        if (column->direction != EC_REFERENCE)
            continue;
        size_t row = target_row(table, column);
        struct ec_value value =
            row < table->row_count ? ec_table_value(table, row, i) : ec_value_missing();
        if (ec_value_is_number(value)) {
            column->target = ec_value_number(value);
            continue;
        }
        column->direction = EC_NEUTRAL;
        const char *whose =
            column->target_run
                ? ec_arena_printf(&table->arena, "that of %s, which is not known here",
                                  column->target_run)
                : "the retrained model's, which is not known here (--reference)";
        ec_notes_add(notes,
                     ec_arena_printf(&table->arena, "%s should be close to %s; it is not ranked",
                                     column->label, whose));
    }
}

/* ---- Ranking ---- */

/* A column that is ranked. Columns are ranked at the same time, so all that needs the table's arena
 * is done before. Looking up each value once is most of the time with 100,000 rows. */
struct ranking {
    struct ec_table *table;
    const bool *takes_part; /* per row */
    const bool *fits;       /* per base row; NULL: without a budget */
    size_t column;
    struct ec_best *best, *within; /* where results go; the latter NULL without a budget */
    size_t *best_rows, *tied_rows, *within_rows; /* the lists of rows in these */
    double *badness;                             /* per row; NAN: not ranked */
};

static bool *rows_that_take_part(const struct ec_table *table)
{
    bool *takes_part = ec_calloc(table->row_count, sizeof *takes_part);
    for (size_t row = 0; row < table->row_count; row++)
        takes_part[row] = ec_table_row_is_ranked(table, row);
    return takes_part;
}

static void find_badness(struct ranking *ranking)
{
    const struct ec_table *table = ranking->table;
    const struct ec_column *column = &table->columns[ranking->column];
    ranking->badness = ec_malloc(table->row_count * sizeof *ranking->badness);
    for (size_t row = 0; row < table->row_count; row++)
        ranking->badness[row] =
            ranking->takes_part[row]
                ? ec_column_badness(column, ec_table_value(table, row, ranking->column))
                : NAN;
}

/* What a t-test knows of a row: the sample's mean is its badness, or that of the runs' mean. */
static struct ec_sample row_sample(const struct ranking *ranking, size_t row)
{
    const struct ec_table *table = ranking->table;
    const struct ec_series *series = table->columns[ranking->column].series;
    uint32_t base = table->order[row];
    struct ec_sample sample = {.n = 1, .std = NAN, .mean = ranking->badness[row]};
    if (series && series->stds && series->ns) {
        sample.n = series->ns[base];
        sample.std = series->stds[base];
        if (series->means && !isnan(sample.mean))
            sample.mean = ec_column_badness(&table->columns[ranking->column],
                                            ec_value_real(series->means[base]));
    }
    return sample;
}

/* Of rows that share the best value, the one that others are tested against: always the same,
 * however the rows are sorted. */
static size_t tested_best(const struct ranking *ranking)
{
    const struct ec_table *table = ranking->table;
    size_t best = ranking->best->rows[0];
    for (size_t row = 0; row < table->row_count && ranking->best->count > 1; row++)
        if ((ec_table_marks(table, row, ranking->column) & EC_MARK_BEST) &&
            table->order[row] < table->order[best])
            best = row;
    return best;
}

/* Names a row in one of the lists of a result. */
static void name_row(size_t *named, size_t *count, size_t row)
{
    if ((*count)++ < EC_BEST_NAMED)
        named[*count - 1] = row;
}

/* Marks rows that are not the best, but that a t-test cannot tell from it, and names the first. */
static void mark_tied(const struct ranking *ranking)
{
    const struct ec_table *table = ranking->table;
    size_t tested = tested_best(ranking);
    struct ec_sample best = row_sample(ranking, tested);
    for (size_t row = 0; row < table->row_count; row++) {
        struct ec_sample sample = row_sample(ranking, row);
        uint8_t *marks = &table->columns[ranking->column].marks[table->order[row]];
        if (isnan(sample.mean) || ranking->badness[row] == ranking->badness[tested])
            continue;
        if (!(ec_stats_welch(best, sample).p >= significance))
            continue;
        *marks |= EC_MARK_TIED;
        name_row(ranking->tied_rows, &ranking->best->tied_count, row);
    }
}

/* The best and the second best badness, and how many rows have any. */
static size_t find_two_best(const struct ranking *ranking, double *ret_best, double *ret_second)
{
    size_t ranked = 0;
    double best = INFINITY, second = INFINITY;
    for (size_t row = 0; row < ranking->table->row_count; row++) {
        double bad = ranking->badness[row];
        ranked += !isnan(bad);
        if (bad < best) {
            second = best;
            best = bad;
        } else if (bad > best && bad < second) {
            second = bad;
        }
    }
    *ret_best = best;
    *ret_second = second;
    return ranked;
}

static const char *title_of(const struct ec_column *column, struct ec_arena *arena)
{
    if (column->superlative)
        return column->superlative;
    if (column->metric && column->metric->superlative)
        return column->metric->superlative;
    return ec_arena_printf(arena, "Best %s", column->label);
}

/* Marks the best and the second best, and names the best. */
static void mark_best(const struct ranking *ranking)
{
    const struct ec_table *table = ranking->table;
    uint8_t *marks = table->columns[ranking->column].marks;
    double best, second;
    size_t ranked = find_two_best(ranking, &best, &second);
    for (size_t row = 0; row < table->row_count; row++) {
        double bad = ranking->badness[row];
        if (bad == best) {
            if (ranked > 1)
                marks[table->order[row]] = EC_MARK_BEST;
            name_row(ranking->best_rows, &ranking->best->count, row);
        } else if (bad == second) {
            marks[table->order[row]] = EC_MARK_SECOND;
        }
    }
}

/* Names the best of the rows that fit. */
static void name_best_within(const struct ranking *ranking)
{
    const struct ec_table *table = ranking->table;
    struct ec_best *result = ranking->within;
    double best = INFINITY;
    for (size_t row = 0; row < table->row_count; row++) {
        double bad = ranking->badness[row];
        if (!ranking->fits[table->order[row]] || ec_table_row_is_reference(table, row))
            continue;
        result->none = "not measured in any run that fits";
        if (!(bad <= best))
            continue;
        if (bad < best)
            result->count = 0;
        best = bad;
        name_row(ranking->within_rows, &result->count, row);
    }
}

static size_t ranked_rows(const struct ec_table *table)
{
    size_t count = 0;
    for (size_t row = 0; row < table->row_count; row++)
        count += !ec_table_row_is_reference(table, row);
    return count;
}

/* Makes room for what ranking the column will tell. */
static void prepare(struct ranking *ranking)
{
    struct ec_table *table = ranking->table;
    struct ec_arena *arena = &table->arena;
    struct ec_column *column = &table->columns[ranking->column];
    const char *title = title_of(column, arena);
    size_t *named = ec_arena_alloc(arena, (size_t)3 * EC_BEST_NAMED * sizeof *named);
    ranking->best_rows = named;
    ranking->tied_rows = named + EC_BEST_NAMED;
    ranking->within_rows = named + 2 * EC_BEST_NAMED;
    column->marks = ec_arena_calloc(arena, table->base_count, sizeof *column->marks);
    *ranking->best = (struct ec_best){.title = title,
                                      .column = ranking->column,
                                      .rows = ranking->best_rows,
                                      .tied_rows = ranking->tied_rows};
    if (ranking->within)
        *ranking->within =
            (struct ec_best){.title = ec_arena_printf(arena, "%s within budget", title),
                             .column = ranking->column,
                             .none = "no run fits",
                             .rows = ranking->within_rows};
}

static void rank_column(void *rankings, size_t i)
{
    struct ranking *ranking = (struct ranking *)rankings + i;
    find_badness(ranking);
    mark_best(ranking);
    if (ranking->table->grouped && ranking->best->count > 0)
        mark_tied(ranking);
    if (ranking->within)
        name_best_within(ranking);
    free(ranking->badness);
}

static void note_ties(struct ec_table *table, struct ec_notes *notes)
{
    for (size_t i = 0; i < table->best_count; i++) {
        if (table->bests[i].tied_count == 0)
            continue;
        ec_notes_add(notes, "tied with the best: Welch's t-test finds no significant difference "
                            "(two-sided, 5 %)");
        return;
    }
}

void ec_rank(struct ec_table *table, const bool *fits, struct ec_notes *notes)
{
    if (ranked_rows(table) < 2)
        return;
    size_t count = 0;
    for (size_t i = 0; i < table->column_count; i++)
        count += table->columns[i].direction != EC_NEUTRAL;
    /* those within budget come after all others */
    struct ec_best *bests = ec_arena_calloc(&table->arena, 2 * count, sizeof *bests), *best = bests;
    struct ranking *rankings = ec_calloc(count, sizeof *rankings), *ranking = rankings;
    bool *takes_part = rows_that_take_part(table);
    for (size_t i = 0; i < table->column_count; i++) {
        if (table->columns[i].direction == EC_NEUTRAL)
            continue;
        *ranking = (struct ranking){.table = table,
                                    .takes_part = takes_part,
                                    .fits = fits,
                                    .column = i,
                                    .best = best,
                                    .within = fits ? best + count : NULL};
        prepare(ranking++);
        best++;
    }
    ec_parallel(count, count * table->row_count, rank_column, rankings);
    free(takes_part);
    free(rankings);
    table->bests = bests;
    table->best_count = fits ? 2 * count : count;
    note_ties(table, notes);
}
