/* What the interactive view shows, as the options that a command line would say: the editable copy
 * of a query (query/query.h).
 *
 * Owns its strings; options that the view does not edit point to the command line's. ec_view_free.
 */
#ifndef EC_TUI_VIEW_H
#define EC_TUI_VIEW_H

#include "base/out.h"
#include "query/query.h"
#include "tui/texts.h"

struct ec_view {
    struct ec_query given;    /* options that are not edited stay as they were given */
    bool own_columns;         /* `columns` counts, not what was given */
    struct ec_texts columns;  /* one NAME, GLOB or NAME=EXPRESSION each */
    char *column_list;        /* `columns` as one list, made by ec_view_query */
    struct ec_texts units;    /* one NAME=UNIT each */
    struct ec_texts where;    /* at most one expression */
    struct ec_texts group_by; /* one name each */
    enum ec_spread spread;
    struct ec_texts sort; /* one NAME or -NAME each */
    struct ec_texts labels, references;
    struct ec_texts baseline; /* at most one row's name */
    enum ec_relative relative;
    struct ec_texts pareto; /* one name each */
    bool pareto_only;
    bool fixed_digits;
    int digits;
};

void ec_view_init(struct ec_view *view, const struct ec_query *given);
void ec_view_copy(struct ec_view *ret_view, const struct ec_view *view);
void ec_view_free(struct ec_view *view);

/* The query; it points into the view and holds until that is changed. */
struct ec_query ec_view_query(struct ec_view *view);

/* Whether nothing but what they are sorted by tells them apart. */
bool ec_view_same_but_sort(const struct ec_view *a, const struct ec_view *b);
/* Whether both show the same rows under the same names, in whatever order. */
bool ec_view_same_rows(const struct ec_view *a, const struct ec_view *b);

/* ---- Editing ---- */

/* Makes the list of columns say what the table shows, so that single columns can be changed. */
void ec_view_spell_columns(struct ec_view *view, const struct ec_table *table);
/* The place in the list of the column with this key; the list's length for a column that is not
 * there because something else brought it (the range of a group). */
size_t ec_view_find_column(const struct ec_view *view, struct ec_str key);

/* Sorts by a column alone, or by it after the other keys. A column that is sorted by already is
 * turned round. */
void ec_view_sort(struct ec_view *view, const char *name, bool alone);
/* 1 and -1: sorted by this column, from the smallest or the largest; 0: not. *ret_place is its
 * number among the keys, from 1. */
int ec_view_sorted(const struct ec_view *view, const struct ec_column *column, size_t *ret_place);

/* The place of the column's name or key in a list of such; the list's length where it is not. */
size_t ec_view_find_name(const struct ec_texts *names, const struct ec_column *column);

/* A column's name as lists of options have it: in backquotes where it holds what means something
 * there. The caller frees. */
char *ec_view_quoted(const char *name);

/* Replaces the item of a list NAME=VALUE, or adds it; a NULL value removes it. */
void ec_view_set(struct ec_texts *list, const char *name, const char *value);

#endif
