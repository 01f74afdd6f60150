#include "query/gate.h"

#include "base/memory.h"
#include "query/caret.h"
#include "query/derive.h"
#include "query/list.h"
#include "query/notes.h"
#include "runset/intern.h"

#include <math.h>
#include <stdlib.h>

/* ---- Reading ---- */

static int refuse(struct ec_error *error, struct ec_str list, const char *at, const char *what)
{
    return ec_caret_error(error, list, (size_t)(at - list.ptr), "%s", what);
}

static void skip_blanks(struct ec_str *text)
{
    while (text->len > 0 && text->ptr[0] == ' ')
        text->ptr++, text->len--;
}

/* Reads what may follow the comparison: +5%, -512MiB, 0. */
static int read_bound(struct ec_str text, struct ec_str list, struct ec_gate_check *check,
                      struct ec_error *error)
{
    const char *start = text.ptr;
    bool is_signed = text.len > 0 && (text.ptr[0] == '+' || text.ptr[0] == '-');
    if (is_signed && text.ptr[0] == '+')
        text.ptr++, text.len--;
    check->percent = text.len > 0 && text.ptr[text.len - 1] == '%';
    text.len -= check->percent;
    if (ec_amount_read(text, &check->bound, NULL) < 0)
        return refuse(error, list, start, "a change such as +5% or -512MiB is missing here");
    if (!is_signed && check->bound.value != 0)
        return refuse(error, list, start,
                      "a check limits the change: put + before what it may rise by, - before what "
                      "it may fall by");
    if (check->percent && check->bound.unit->dimension != EC_DIM_NONE)
        return refuse(error, list, start, "a change is in percent or in a unit, not in both");
    return 0;
}

static int read_check(struct ec_str item, struct ec_str list, struct ec_gate_check *ret_check,
                      struct ec_error *error)
{
    size_t at = 0;
    while (at < item.len && item.ptr[at] != '<' && item.ptr[at] != '>')
        at++;
    struct ec_gate_check check = {.text = item, .name = {item.ptr, at}, .strict = true};
    while (check.name.len > 0 && item.ptr[check.name.len - 1] == ' ')
        check.name.len--;
    if (check.name.len == 0)
        return refuse(error, list, item.ptr, "a check starts with a column, as in time<=+5%");
    if (at == item.len)
        return refuse(error, list, item.ptr + at, "one of < <= > >= is missing here");
    check.upper = item.ptr[at++] == '<';
    if (at < item.len && item.ptr[at] == '=') {
        check.strict = false;
        at++;
    }
    struct ec_str bound = {item.ptr + at, item.len - at};
    skip_blanks(&bound);
    *ret_check = check;
    return read_bound(bound, list, ret_check, error);
}

int ec_gate_read(struct ec_gate *ret_gate, struct ec_columns *columns, const struct ec_query *query,
                 struct ec_names *names, struct ec_error *error)
{
    struct ec_gate *gate = ret_gate;
    *gate = (struct ec_gate){0};
    for (size_t i = 0; i < query->checks.count; i++) {
        struct ec_str list = ec_str(query->checks.items[i]), rest = list, item;
        while (ec_list_next(&rest, &item)) {
            struct ec_error reason = {0};
            struct ec_gate_check check;
            if (read_check(item, list, &check, &reason) < 0)
                return ec_error_set(error, "--check: %s", reason.text);
            ec_columns_want(columns, names, check.name);
            gate->checks = ec_grow(gate->checks, gate->count, &gate->capacity, sizeof check);
            gate->checks[gate->count++] = check;
        }
    }
    return 0;
}

void ec_gate_free(struct ec_gate *gate)
{
    free(gate->checks);
    *gate = (struct ec_gate){0};
}

/* ---- Rows that belong together ---- */

/* No such row or column. */
#define NONE UINT32_MAX

/* Rows of the table before, by their names. */
struct rows_by_name {
    struct ec_intern names;
    uint32_t *heads; /* per name: the first row that is not taken yet; NONE */
    uint32_t *nexts; /* per row: the next of the same name; NONE */
};

static void index_rows(struct rows_by_name *by, const struct ec_table *table)
{
    *by = (struct rows_by_name){0};
    by->heads = ec_calloc(table->row_count, sizeof *by->heads);
    by->nexts = ec_calloc(table->row_count, sizeof *by->nexts);
    for (size_t row = table->row_count; row-- > 0;) {
        size_t known = by->names.count;
        const char *name = ec_intern_add(&by->names, ec_table_row_name(table, row));
        uint32_t index = ec_interned_index(name);
        by->nexts[row] = index == known ? NONE : by->heads[index];
        by->heads[index] = (uint32_t)row;
    }
}

static void free_index(struct rows_by_name *by)
{
    ec_intern_free(&by->names);
    free(by->heads);
    free(by->nexts);
}

/* Takes the first row of this name; NONE when there is none left. */
static uint32_t take_row(struct rows_by_name *by, struct ec_str name)
{
    const char *known = ec_intern_find(&by->names, name);
    if (!known)
        return NONE;
    uint32_t *head = &by->heads[ec_interned_index(known)], row = *head;
    if (row != NONE)
        *head = by->nexts[row];
    return row;
}

/* What is compared: rows of both tables that belong together. */
struct comparison {
    const struct ec_table *before, *now;
    uint32_t *rows_before, *rows_now; /* per row of the table of changes */
    size_t count;
    size_t gone, new; /* rows that are in one table only, and the first of them */
    struct ec_str first_gone, first_new;
};

static void match_rows(struct comparison *comparison, struct ec_arena *arena)
{
    const struct ec_table *before = comparison->before, *now = comparison->now;
    struct rows_by_name by;
    index_rows(&by, before);
    comparison->rows_before = ec_arena_alloc(arena, now->row_count * sizeof(uint32_t));
    comparison->rows_now = ec_arena_alloc(arena, now->row_count * sizeof(uint32_t));
    for (size_t row = 0; row < now->row_count; row++) {
        uint32_t row_before = take_row(&by, ec_table_row_name(now, row));
        if (row_before == NONE) {
            if (comparison->new ++ == 0)
                comparison->first_new = ec_table_row_name(now, row);
            continue;
        }
        comparison->rows_before[comparison->count] = row_before;
        comparison->rows_now[comparison->count++] = (uint32_t)row;
    }
    comparison->gone = before->row_count - comparison->count;
    for (size_t row = before->row_count; row-- > 0;)
        if (take_row(&by, ec_table_row_name(before, row)) != NONE)
            comparison->first_gone = ec_table_row_name(before, row);
    free_index(&by);
}

/* ---- Changes ---- */

/* A column of the comparison: its place in both tables, NONE where it is missing. */
struct place {
    size_t before, now;
};

static size_t find_key(const struct ec_table *table, const char *key)
{
    for (size_t i = 0; i < table->column_count; i++)
        if (strcmp(table->columns[i].key, key) == 0)
            return i;
    return NONE;
}

/* What a row cost in a column; NAN when that is not known, as of a run that did not complete. */
static struct ec_estimate value_of(const struct ec_table *table, size_t row, size_t column)
{
    if (column == NONE || ec_table_row_status(table, row) != EC_STATUS_COMPLETED)
        return (struct ec_estimate){NAN, NAN};
    return ec_derive_get(table, row, column);
}

/* In percent of the value before, whose sign does not matter. */
static double percent_change(double before, double now)
{
    if (now == before)
        return 0;
    return 100 * (now - before) / fabs(before);
}

static const char *copy_text(struct ec_arena *arena, const char *text)
{
    return text ? ec_arena_strndup(arena, text, strlen(text)) : NULL;
}

/* A copy of the column that ranks nothing, below a heading for all three. */
static struct ec_column plain_copy(struct ec_table *table, const struct ec_column *column,
                                   const char *word, const struct ec_series *series)
{
    struct ec_column copy =
        ec_derive_column(ec_arena_printf(&table->arena, "%s_%s", column->key, word), word, series);
    copy.group = copy_text(&table->arena, column->label);
    copy.stored_unit = column->stored_unit;
    copy.unit = column->unit;
    copy.digits = column->digits;
    copy.scientific = column->scientific;
    return copy;
}

/* Adds the values before and now, and the change. */
static void add_columns(struct ec_table *table, const struct comparison *comparison,
                        struct place place)
{
    const struct ec_column *column = &comparison->now->columns[place.now];
    struct ec_series *before = ec_derive_series(table), *now = ec_derive_series(table);
    struct ec_series *change = ec_derive_series(table);
    for (size_t row = 0; row < comparison->count; row++) {
        struct ec_estimate old =
            value_of(comparison->before, comparison->rows_before[row], place.before);
        struct ec_estimate new = value_of(comparison->now, comparison->rows_now[row], place.now);
        double percent = percent_change(old.value, new.value);
        ec_derive_set(table, before, row, old);
        ec_derive_set(table, now, row, new);
        ec_derive_set(table, change, row,
                      (struct ec_estimate){isfinite(percent) ? percent : NAN, NAN});
    }
    ec_derive_add(table, plain_copy(table, column, "before", before));
    ec_derive_add(table, plain_copy(table, column, "now", now));
    struct ec_column relative = plain_copy(table, column, "change", change);
    relative.stored_unit = relative.unit = ec_unit_get(EC_UNIT_PERCENT);
    relative.digits = 2;
    relative.scientific = false;
    ec_derive_add(table, relative);
}

static bool is_checked(const struct ec_gate *gate, const struct ec_table *table, size_t column)
{
    for (size_t i = 0; i < gate->count; i++)
        if (ec_columns_find(table, gate->checks[i].name) == &table->columns[column])
            return true;
    return false;
}

static void add_changes(const struct ec_gate *gate, const struct ec_query *query,
                        const struct comparison *comparison, struct ec_table *table)
{
    bool only_checked = gate->count > 0 && query->columns.count == 0;
    for (size_t i = 0; i < comparison->now->column_count; i++) {
        struct place place = {find_key(comparison->before, comparison->now->columns[i].key), i};
        bool has_numbers =
            ec_table_has_numbers(comparison->now, i) ||
            (place.before != NONE && ec_table_has_numbers(comparison->before, place.before));
        if (has_numbers && (!only_checked || is_checked(gate, comparison->now, i)))
            add_columns(table, comparison, place);
    }
}

/* ---- Checks ---- */

enum verdict { SAYS_NOTHING, HOLDS, FAILS };

static const char ok[] = "ok"; /* told from others by its address */

static enum verdict judge(const struct ec_gate_check *check, double bound, double before,
                          double now)
{
    if (isnan(before))
        return SAYS_NOTHING;
    if (isnan(now))
        return FAILS;
    double change = check->percent ? percent_change(before, now) : now - before;
    double over = check->upper ? change - bound : bound - change;
    return over < 0 || (over == 0 && !check->strict) ? HOLDS : FAILS;
}

/* Applies a check to all rows. verdicts[row] becomes "ok" or the list of the checks that failed; it
 * stays NULL where no check says anything. *compared counts the rows of which this one does. */
static int apply_check(const struct ec_gate_check *check, const struct comparison *comparison,
                       const char **verdicts, struct ec_arena *arena, size_t *compared,
                       struct ec_error *error)
{
    struct ec_error reason = {0};
    const struct ec_column *column = ec_columns_require(comparison->now, check->name, &reason);
    if (!column)
        return ec_error_set(error, "--check: %s", reason.text);
    size_t index = (size_t)(column - comparison->now->columns);
    size_t index_before = find_key(comparison->before, column->key);
    double bound = ec_amount_in(check->bound, column->stored_unit);
    if (isnan(bound))
        return ec_error_set(error, "--check: %.*s: %s is recorded in %s", (int)check->text.len,
                            check->text.ptr, column->key,
                            column->stored_unit->symbol[0] ? column->stored_unit->symbol
                                                           : "plain numbers");
    for (size_t row = 0; row < comparison->count; row++) {
        enum verdict verdict =
            judge(check, bound,
                  value_of(comparison->before, comparison->rows_before[row], index_before).value,
                  value_of(comparison->now, comparison->rows_now[row], index).value);
        *compared += verdict != SAYS_NOTHING;
        if (verdict == HOLDS && !verdicts[row])
            verdicts[row] = ok;
        if (verdict != FAILS)
            continue;
        bool first = !verdicts[row] || verdicts[row] == ok;
        verdicts[row] = ec_arena_printf(arena, "%s%s%.*s", first ? "fails " : verdicts[row],
                                        first ? "" : ", ", (int)check->text.len, check->text.ptr);
    }
    return 0;
}

/* Adds the column of verdicts. */
static int apply_checks(const struct ec_gate *gate, const struct comparison *comparison,
                        struct ec_table *table, struct ec_gate_result *result,
                        struct ec_error *error)
{
    if (gate->count == 0)
        return 0;
    const char **verdicts = ec_arena_calloc(&table->arena, comparison->count, sizeof *verdicts);
    for (size_t i = 0; i < gate->count; i++) {
        const struct ec_gate_check *check = &gate->checks[i];
        size_t compared = 0;
        if (apply_check(check, comparison, verdicts, &table->arena, &compared, error) < 0)
            return -1;
        if (compared == 0 && !result->vacuous)
            result->vacuous = ec_arena_strndup(&table->arena, check->text.ptr, check->text.len);
    }
    struct ec_series *column = ec_derive_series(table);
    for (size_t row = 0; row < comparison->count; row++) {
        result->failed += verdicts[row] && verdicts[row] != ok;
        if (verdicts[row])
            ec_derive_set_text(table, column, row, verdicts[row]);
    }
    ec_derive_add(table, ec_derive_column("check", "Check", column));
    return 0;
}

/* ---- The table ---- */

static void note_one_sided(struct ec_table *table, struct ec_notes *notes, size_t count,
                           struct ec_str first, const char *where)
{
    if (count == 0)
        return;
    const char *more = count > 1 ? ec_arena_printf(&table->arena, " and %zu more", count - 1) : "";
    ec_notes_add(notes,
                 ec_arena_printf(&table->arena, "%.*s%s %s %s and not compared", (int)first.len,
                                 first.ptr, more, count > 1 ? "are" : "is", where));
}

/* Says why numbers of rows that are compared are missing. */
static void note_incomplete(struct ec_notes *notes, const struct ec_table *table,
                            const uint32_t *rows, size_t row_count, const char *when)
{
    size_t count = 0, first = 0;
    for (size_t i = row_count; i-- > 0;) {
        if (ec_table_row_status(table, rows[i]) == EC_STATUS_COMPLETED)
            continue;
        count++;
        first = rows[i];
    }
    if (count == 0)
        return;
    struct ec_str name = ec_table_row_name(table, first);
    const char *more = count > 1 ? ec_arena_printf(notes->arena, " and %zu more", count - 1) : "";
    ec_notes_add(notes,
                 ec_arena_printf(notes->arena,
                                 "%.*s%s did not complete %s, so what %s cost is not known",
                                 (int)name.len, name.ptr, more, when, count > 1 ? "they" : "it"));
}

/* Says how many runs are missing in the groups. */
static void note_left_out(struct ec_notes *notes, size_t count, const char *when)
{
    if (count > 0)
        ec_notes_add(
            notes, ec_arena_printf(notes->arena, "%zu run%s did not complete %s and %s in no group",
                                   count, count == 1 ? "" : "s", when, count == 1 ? "is" : "are"));
}

static bool has_values(const struct ec_table *table, size_t column)
{
    for (size_t row = 0; row < table->row_count; row++)
        if (ec_table_value(table, row, column).kind != EC_MISSING)
            return true;
    return false;
}

/* Names columns that were asked for and hold no numbers. */
static void note_texts(struct ec_notes *notes, const struct ec_table *now)
{
    enum { NAMED = 3 };
    const char *list = "";
    size_t count = 0;
    for (size_t i = 0; i < now->column_count; i++) {
        if (ec_table_has_numbers(now, i) || !has_values(now, i))
            continue;
        if (count++ < NAMED)
            list = ec_arena_printf(notes->arena, "%s%s%s", list, count > 1 ? ", " : "",
                                   now->columns[i].key);
    }
    if (count > NAMED)
        list = ec_arena_printf(notes->arena, "%s and %zu more", list, count - NAMED);
    if (count > 0)
        ec_notes_add(notes,
                     ec_arena_printf(notes->arena, "only numbers are compared, not %s", list));
}

static void fill_table(const struct ec_query *query, struct ec_table *table,
                       const struct comparison *comparison)
{
    struct ec_arena *arena = &table->arena;
    table->title = "Unlearning Efficiency Changes";
    table->name_header = copy_text(arena, comparison->now->name_header);
    table->grouped = comparison->now->grouped;
    table->spread = copy_text(arena, comparison->now->spread);
    table->row_count = table->base_count = comparison->count;
    struct ec_str *names = ec_arena_alloc(arena, comparison->count * sizeof *names);
    uint32_t *order = ec_arena_alloc(arena, comparison->count * sizeof *order);
    for (size_t row = 0; row < comparison->count; row++) {
        struct ec_str name = ec_table_row_name(comparison->now, comparison->rows_now[row]);
        names[row] = (struct ec_str){ec_arena_strndup(arena, name.ptr, name.len), name.len};
        order[row] = (uint32_t)row;
    }
    table->row_names = names;
    table->order = order;
    struct ec_notes notes = {.arena = arena};
    /* A filter looks at the runs before and at those now. */
    bool filtered = query->where.count > 0;
    note_one_sided(table, &notes, comparison->gone, comparison->first_gone,
                   filtered ? "not here any more, or --where leaves out what became of it,"
                            : "not here any more");
    note_one_sided(table, &notes, comparison->new, comparison->first_new,
                   filtered ? "new, or --where leaves out what it was before," : "new");
    note_incomplete(&notes, comparison->before, comparison->rows_before, comparison->count,
                    "before");
    note_incomplete(&notes, comparison->now, comparison->rows_now, comparison->count, "now");
    note_left_out(&notes, comparison->before->left_out, "before");
    note_left_out(&notes, comparison->now->left_out, "now");
    if (query->columns.count > 0)
        note_texts(&notes, comparison->now);
    table->notes = notes.items;
    table->note_count = notes.count;
}

struct ec_table *ec_gate_changes(const struct ec_gate *gate, const struct ec_query *query,
                                 const struct ec_table *before, const struct ec_table *now,
                                 struct ec_gate_result *ret_result, struct ec_error *error)
{
    struct ec_table *table = ec_table_new(NULL);
    struct comparison comparison = {.before = before, .now = now};
    match_rows(&comparison, &table->arena);
    *ret_result = (struct ec_gate_result){.compared = comparison.count};
    int result = 0;
    if (comparison.count == 0)
        result = ec_error_set(error,
                              "--against: no run has the same name before and now: '%.*s' before, "
                              "'%.*s' now; nothing is compared",
                              (int)comparison.first_gone.len, comparison.first_gone.ptr,
                              (int)comparison.first_new.len, comparison.first_new.ptr);
    if (result == 0) {
        fill_table(query, table, &comparison);
        add_changes(gate, query, &comparison, table);
        result = apply_checks(gate, &comparison, table, ret_result, error);
    }
    if (result == 0)
        return table;
    ec_table_free(table);
    return NULL;
}
