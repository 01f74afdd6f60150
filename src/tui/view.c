#include "tui/view.h"

#include "base/memory.h"
#include "query/derive.h"
#include "query/list.h"

#include <stdlib.h>

static void add_list(struct ec_texts *texts, struct ec_str list)
{
    struct ec_str item;
    while (ec_list_next(&list, &item))
        ec_texts_add(texts, item);
}

static void add_lists(struct ec_texts *texts, struct ec_words lists)
{
    for (size_t i = 0; i < lists.count; i++)
        add_list(texts, ec_str(lists.items[i]));
}

/* All expressions must hold: one that says so. */
static void read_where(struct ec_texts *where, struct ec_words expressions)
{
    struct ec_out all;
    ec_out_to_memory(&all);
    for (size_t i = 0; i < expressions.count; i++)
        ec_out_printf(&all, expressions.count > 1 ? "%s(%s)" : "%s%s", i > 0 ? " and " : "",
                      expressions.items[i]);
    if (all.length > 0)
        ec_texts_add(where, (struct ec_str){all.buffer, all.length});
    ec_out_free(&all);
}

void ec_view_init(struct ec_view *view, const struct ec_query *given)
{
    *view = (struct ec_view){
        .given = *given,
        .spread = given->spread,
        .fixed_digits = given->fixed_digits,
        .digits = given->digits,
        .relative = given->relative,
        .pareto_only = given->pareto_only,
    };
    read_where(&view->where, given->where);
    add_lists(&view->units, given->units);
    add_lists(&view->group_by, given->group_by);
    add_lists(&view->sort, given->sort);
    add_lists(&view->references, given->references);
    add_lists(&view->pareto, given->pareto);
    if (given->baseline)
        ec_texts_add(&view->baseline, ec_str(given->baseline));
    for (size_t i = 0; i < given->labels.count; i++)
        ec_texts_add(&view->labels, ec_str(given->labels.items[i]));
}

enum { LISTS = 9 };

static void lists_of(struct ec_view *view, struct ec_texts *ret_lists[LISTS])
{
    struct ec_texts *lists[LISTS] = {&view->columns,    &view->units,    &view->where,
                                     &view->group_by,   &view->sort,     &view->labels,
                                     &view->references, &view->baseline, &view->pareto};
    memcpy(ret_lists, lists, sizeof lists);
}

void ec_view_copy(struct ec_view *ret_view, const struct ec_view *view)
{
    struct ec_view source = *view;
    struct ec_texts *from[LISTS], *to[LISTS];
    *ret_view = *view;
    ret_view->column_list = NULL;
    lists_of(&source, from);
    lists_of(ret_view, to);
    for (size_t i = 0; i < LISTS; i++)
        ec_texts_copy(to[i], from[i]);
}

void ec_view_free(struct ec_view *view)
{
    struct ec_texts *lists[LISTS];
    lists_of(view, lists);
    for (size_t i = 0; i < LISTS; i++)
        ec_texts_free(lists[i]);
    free(view->column_list);
    *view = (struct ec_view){0};
}

static bool same_texts(const struct ec_texts *a, const struct ec_texts *b)
{
    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++)
        if (strcmp(a->items[i], b->items[i]) != 0)
            return false;
    return true;
}

bool ec_view_same_but_sort(const struct ec_view *a, const struct ec_view *b)
{
    struct ec_view first = *a, second = *b;
    struct ec_texts *of_a[LISTS], *of_b[LISTS];
    lists_of(&first, of_a);
    lists_of(&second, of_b);
    for (size_t i = 0; i < LISTS; i++)
        if (of_a[i] != &first.sort && !same_texts(of_a[i], of_b[i]))
            return false;
    return a->own_columns == b->own_columns && a->spread == b->spread &&
           a->relative == b->relative && a->pareto_only == b->pareto_only &&
           a->fixed_digits == b->fixed_digits && a->digits == b->digits;
}

bool ec_view_same_rows(const struct ec_view *a, const struct ec_view *b)
{
    return same_texts(&a->where, &b->where) && same_texts(&a->group_by, &b->group_by) &&
           same_texts(&a->labels, &b->labels) && same_texts(&a->pareto, &b->pareto) &&
           a->pareto_only == b->pareto_only && a->given.top == 0 && b->given.top == 0 &&
           a->given.having.count == 0;
}

static struct ec_words words(const struct ec_texts *texts)
{
    return (struct ec_words){(const char *const *)texts->items, texts->count};
}

struct ec_query ec_view_query(struct ec_view *view)
{
    struct ec_query query = view->given;
    if (view->own_columns) {
        free(view->column_list);
        view->column_list = ec_texts_list(&view->columns);
        query.columns = (struct ec_words){(const char *const *)&view->column_list, 1};
    }
    query.units = words(&view->units);
    query.where = words(&view->where);
    query.group_by = words(&view->group_by);
    query.spread = view->spread;
    query.sort = words(&view->sort);
    query.labels = words(&view->labels);
    query.references = words(&view->references);
    query.baseline = view->baseline.count > 0 ? view->baseline.items[0] : NULL;
    query.relative = view->relative;
    query.pareto = words(&view->pareto);
    query.pareto_only = view->pareto_only && view->pareto.count > 0;
    query.fixed_digits = view->fixed_digits;
    query.digits = view->digits;
    if (view->fixed_digits)
        query.figures = 0;
    query.transpose = false; /* it is for what is written; the screen shows a run per row */
    return query;
}

/* ---- Editing ---- */

char *ec_view_quoted(const char *name)
{
    struct ec_out quoted;
    bool plain = name[0] == '`' || (!strchr("+-", name[0]) && !strpbrk(name, ",=()\"'*?["));
    ec_out_to_memory(&quoted);
    ec_out_printf(&quoted, plain ? "%s" : "`%s`", name);
    ec_out_char(&quoted, '\0');
    return quoted.buffer;
}

static bool names_column(struct ec_str name, const struct ec_column *column)
{
    ec_list_unquote(&name);
    return ec_str_equal(name, ec_str(column->key)) ||
           ec_str_equal(name, ec_str(ec_derive_name(column)));
}

size_t ec_view_find_name(const struct ec_texts *names, const struct ec_column *column)
{
    size_t i = 0;
    while (i < names->count && !names_column(ec_str(names->items[i]), column))
        i++;
    return i;
}

/* The name that a column of the list has: what stands before "=EXPRESSION". */
static struct ec_str item_name(const char *item)
{
    struct ec_str name, source;
    return ec_list_split(ec_str(item), &name, &source) ? name : ec_str(item);
}

static const char *item_of(const struct ec_texts *columns, const struct ec_column *column)
{
    for (size_t i = 0; i < columns->count; i++)
        if (names_column(item_name(columns->items[i]), column))
            return columns->items[i];
    return NULL;
}

void ec_view_spell_columns(struct ec_view *view, const struct ec_table *table)
{
    struct ec_texts spelt = {0};
    for (size_t i = 0; !view->own_columns && i < view->given.columns.count; i++) {
        const char *list = view->given.columns.items[i];
        add_list(&view->columns, ec_str(list + (list[0] == '+')));
    }
    for (size_t i = 0; i < table->column_count; i++) {
        const struct ec_column *column = &table->columns[i];
        char *usual = ec_view_quoted(ec_derive_name(column));
        const char *item = item_of(&view->columns, column);
        if (!item && !column->derived)
            item = usual; /* one of the usual columns, or of a glob */
        if (item && ec_texts_find(&spelt, ec_str(item)) == spelt.count)
            ec_texts_add(&spelt, ec_str(item));
        free(usual);
    }
    ec_texts_free(&view->columns);
    view->columns = spelt;
    view->own_columns = true;
}

size_t ec_view_find_column(const struct ec_view *view, struct ec_str key)
{
    const struct ec_metric *metric = ec_metric_find(key.ptr, key.len);
    size_t i = 0;
    for (; i < view->columns.count; i++) {
        struct ec_str name = item_name(view->columns.items[i]);
        ec_list_unquote(&name);
        if (ec_str_equal(name, key) || (metric && ec_metric_find(name.ptr, name.len) == metric))
            break;
    }
    return i;
}

static const char *sort_name(const char *item)
{
    return item[0] == '-' ? item + 1 : item;
}

static void turn_round(struct ec_texts *sort, size_t at)
{
    struct ec_out item;
    ec_out_to_memory(&item);
    const char *old = sort->items[at];
    ec_out_printf(&item, "%s%s", old[0] == '-' ? "" : "-", sort_name(old));
    ec_texts_replace(sort, at, (struct ec_str){item.buffer, item.length});
    ec_out_free(&item);
}

void ec_view_sort(struct ec_view *view, const char *name, bool alone)
{
    struct ec_texts *sort = &view->sort;
    size_t at = 0;
    while (at < sort->count && strcmp(sort_name(sort->items[at]), name) != 0)
        at++;
    bool known = at < sort->count;
    if (known)
        turn_round(sort, at);
    for (size_t i = sort->count; alone && i > 0; i--)
        if (!known || i - 1 != at)
            ec_texts_remove(sort, i - 1);
    if (!known)
        ec_texts_add(sort, ec_str(name));
}

int ec_view_sorted(const struct ec_view *view, const struct ec_column *column, size_t *ret_place)
{
    for (size_t i = 0; i < view->sort.count; i++) {
        const char *item = view->sort.items[i];
        bool found = column ? names_column(ec_str(sort_name(item)), column)
                            : strcmp(sort_name(item), "name") == 0;
        if (!found)
            continue;
        *ret_place = i + 1;
        return item[0] == '-' ? -1 : 1;
    }
    return 0;
}

/* Whether the item is NAME=VALUE; names of runs may hold '='. */
static bool sets(const char *item, const char *name)
{
    size_t length = strlen(name);
    return ec_str_equal(item_name(item), ec_str(name)) ||
           (strncmp(item, name, length) == 0 && item[length] == '=');
}

void ec_view_set(struct ec_texts *list, const char *name, const char *value)
{
    size_t at = 0;
    while (at < list->count && !sets(list->items[at], name))
        at++;
    if (at < list->count)
        ec_texts_remove(list, at);
    if (!value)
        return;
    struct ec_out item;
    ec_out_to_memory(&item);
    ec_out_printf(&item, "%s=%s", name, value);
    ec_texts_insert(list, at, (struct ec_str){item.buffer, item.length});
    ec_out_free(&item);
}
