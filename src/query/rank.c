#include "query/rank.h"

#include "base/memory.h"
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
        while (ec_list_next(&list, &item)) {
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
            row < table->row_count ? ec_table_cell(table, row, i).value : ec_value_missing();
        if (ec_value_is_number(value)) {
            column->target = ec_value_number(value);
            continue;
        }
        column->direction = EC_NEUTRAL;
        ec_notes_add(notes, ec_arena_printf(&table->arena,
                                            "%s should be close to the retrained model's, which is "
                                            "not known here (--reference); it is not ranked",
                                            column->label));
    }
}

/* ---- Ranking ---- */

/* What is known while one column after the other is ranked. Looking up each row's status once, and
 * each value once per column, is most of the time with 100,000 rows. */
struct ranking {
    struct ec_table *table;
    bool *takes_part; /* per row */
    double *badness;  /* per row, of the column that is being ranked; NAN: not ranked */
};

static void begin_ranking(struct ranking *ranking, struct ec_table *table)
{
    ranking->table = table;
    ranking->takes_part = ec_calloc(table->row_count, sizeof *ranking->takes_part);
    ranking->badness = ec_calloc(table->row_count, sizeof *ranking->badness);
    for (size_t row = 0; row < table->row_count; row++)
        ranking->takes_part[row] = ec_table_row_status(table, row) == EC_STATUS_COMPLETED &&
                                   !ec_table_row_is_reference(table, row);
}

static void begin_column(const struct ranking *ranking, size_t column)
{
    const struct ec_table *table = ranking->table;
    for (size_t row = 0; row < table->row_count; row++)
        ranking->badness[row] = ranking->takes_part[row]
                                    ? ec_column_badness(&table->columns[column],
                                                        ec_table_cell(table, row, column).value)
                                    : NAN;
}

static void end_ranking(struct ranking *ranking)
{
    free(ranking->takes_part);
    free(ranking->badness);
}

/* What a t-test knows of a row: the sample's mean is its badness. */
static struct ec_sample row_sample(const struct ranking *ranking, size_t row, size_t column)
{
    const struct ec_table *table = ranking->table;
    const struct ec_series *series = table->columns[column].series;
    uint32_t base = table->order[row];
    struct ec_sample sample = {.n = 1, .std = NAN, .mean = ranking->badness[row]};
    if (series && series->stds && series->ns) {
        sample.n = series->ns[base];
        sample.std = series->stds[base];
    }
    return sample;
}

/* Of rows that share the best value, the one that others are tested against: always the same,
 * however the rows are sorted. */
static size_t tested_best(const struct ec_table *table, size_t index, const struct ec_best *result)
{
    size_t best = result->rows[0];
    for (size_t row = 0; row < table->row_count && result->count > 1; row++)
        if ((ec_table_marks(table, row, index) & EC_MARK_BEST) &&
            table->order[row] < table->order[best])
            best = row;
    return best;
}

/* Marks rows that are not the best, but that a t-test cannot tell from it, and names the first. */
static void mark_tied(const struct ranking *ranking, size_t index, struct ec_best *result)
{
    struct ec_table *table = ranking->table;
    struct ec_column *column = &table->columns[index];
    struct ec_sample best = row_sample(ranking, tested_best(table, index, result), index);
    size_t *named = ec_arena_alloc(&table->arena, EC_BEST_NAMED * sizeof *named);
    result->tied_rows = named;
    for (size_t row = 0; row < table->row_count; row++) {
        struct ec_sample sample = row_sample(ranking, row, index);
        uint8_t *marks = &column->marks[table->order[row]];
        if (isnan(sample.mean) || (*marks & EC_MARK_BEST))
            continue;
        if (!(ec_stats_welch(best, sample).p >= significance))
            continue;
        *marks |= EC_MARK_TIED;
        if (result->tied_count++ < EC_BEST_NAMED)
            named[result->tied_count - 1] = row;
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

static void rank_column(const struct ranking *ranking, size_t index, struct ec_best *ret_best)
{
    struct ec_table *table = ranking->table;
    struct ec_column *column = &table->columns[index];
    double best, second;
    size_t ranked = find_two_best(ranking, &best, &second);
    size_t *named = ec_arena_alloc(&table->arena, EC_BEST_NAMED * sizeof *named);
    *ret_best =
        (struct ec_best){.title = title_of(column, &table->arena), .column = index, .rows = named};
    column->marks = ec_arena_calloc(&table->arena, table->base_count, sizeof *column->marks);
    for (size_t row = 0; row < table->row_count; row++) {
        double bad = ranking->badness[row];
        if (bad == best) {
            if (ranked > 1)
                column->marks[table->order[row]] = EC_MARK_BEST;
            if (ret_best->count++ < EC_BEST_NAMED)
                named[ret_best->count - 1] = row;
        } else if (bad == second) {
            column->marks[table->order[row]] = EC_MARK_SECOND;
        }
    }
    if (table->grouped && ret_best->count > 0)
        mark_tied(ranking, index, ret_best);
}

static size_t ranked_rows(const struct ec_table *table)
{
    size_t count = 0;
    for (size_t row = 0; row < table->row_count; row++)
        count += !ec_table_row_is_reference(table, row);
    return count;
}

/* The best of the rows that fit. */
static struct ec_best best_within(const struct ranking *ranking, size_t index, const bool *fits)
{
    struct ec_table *table = ranking->table;
    struct ec_arena *arena = &table->arena;
    size_t *named = ec_arena_alloc(arena, EC_BEST_NAMED * sizeof *named);
    struct ec_best result = {.title = ec_arena_printf(arena, "%s within budget",
                                                      title_of(&table->columns[index], arena)),
                             .column = index,
                             .none = "no run fits",
                             .rows = named};
    double best = INFINITY;
    for (size_t row = 0; row < table->row_count; row++) {
        double bad = ranking->badness[row];
        if (!fits[table->order[row]] || ec_table_row_is_reference(table, row))
            continue;
        result.none = "not measured in any run that fits";
        if (!(bad <= best))
            continue;
        if (bad < best)
            result.count = 0;
        best = bad;
        if (result.count++ < EC_BEST_NAMED)
            named[result.count - 1] = row;
    }
    return result;
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
    struct ec_best *bests = ec_arena_calloc(&table->arena, 2 * table->column_count, sizeof *bests);
    table->bests = bests;
    struct ranking ranking;
    begin_ranking(&ranking, table);
    size_t within = 0; /* those within budget come after all others */
    for (size_t i = 0; i < table->column_count; i++)
        within += table->columns[i].direction != EC_NEUTRAL;
    for (size_t i = 0; i < table->column_count; i++) {
        if (table->columns[i].direction == EC_NEUTRAL)
            continue;
        begin_column(&ranking, i);
        if (fits)
            bests[within + table->best_count] = best_within(&ranking, i, fits);
        rank_column(&ranking, i, &bests[table->best_count++]);
    }
    note_ties(table, notes);
    table->best_count += fits ? within : 0;
    end_ranking(&ranking);
}
