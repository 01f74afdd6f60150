#include "tui/state.h"

#include "base/utf8.h"
#include "table/format.h"
#include "table/summary.h"

#include <stdio.h>
#include <time.h>

/* ---- Help ---- */

static void fill_help(struct ec_model *model)
{
    struct ec_page *page = &model->page;
    ec_page_begin(page, "Keys");
    for (const struct ec_action_entry *entry = ec_action_entries(); entry->heading || entry->action;
         entry++) {
        if (entry->heading) {
            if (page->count > 0)
                ec_page_paragraph(page, ec_str(" "), 10, EC_STYLE_PLAIN);
            ec_page_paragraph(page, ec_str(entry->heading), 80, EC_STYLE_HEADER | EC_STYLE_BOLD);
            continue;
        }
        const struct ec_action_info *info = ec_action_info(entry->action);
        ec_page_row(page, EC_STYLE_PLAIN);
        ec_page_cell(page, ec_str(info->keys));
        ec_page_cell(page, ec_str(info->help));
    }
}

/* ---- Notes ---- */

static void add_lines(struct ec_page *page, const struct ec_out *lines, int width)
{
    for (size_t at = 0; at < lines->length;) {
        const char *line = lines->buffer + at, *newline = memchr(line, '\n', lines->length - at);
        size_t length = newline ? (size_t)(newline - line) : lines->length - at;
        ec_page_paragraph(page, (struct ec_str){line, length}, width, EC_STYLE_PLAIN);
        at += length + 1;
    }
}

static void add_heading(struct ec_page *page, const char *heading)
{
    if (page->count > 0)
        ec_page_paragraph(page, ec_str(" "), 10, EC_STYLE_PLAIN);
    ec_page_paragraph(page, ec_str(heading), 200, EC_STYLE_HEADER | EC_STYLE_BOLD);
}

static void add_bests(struct ec_page *page, const struct ec_table *table, int width)
{
    struct ec_out lines;
    ec_out_to_memory(&lines);
    for (size_t i = 0; i < table->best_count; i++) {
        ec_summary_write(&lines, table, &table->bests[i], EC_SUMMARY_TRUE, ec_utf8_write_harmless);
        ec_out_char(&lines, '\n');
    }
    if (lines.length > 0)
        add_heading(page, "Best performers");
    add_lines(page, &lines, width);
    ec_out_free(&lines);
}

static void add_notes(struct ec_page *page, const struct ec_table *table, int width)
{
    struct ec_out lines;
    ec_out_to_memory(&lines);
    ec_summary_write_notes(&lines, table, "", "", ec_utf8_write_harmless);
    if (lines.length > 0)
        add_heading(page, "Notes");
    add_lines(page, &lines, width);
    ec_out_free(&lines);
}

static void add_remarks(struct ec_page *page, const struct ec_table *table, int width)
{
    if (table->remark_count > 0)
        add_heading(page, "What changed nothing");
    for (size_t i = 0; i < table->remark_count; i++)
        ec_page_paragraph(page, ec_str(table->remarks[i]), width, EC_STYLE_ERROR);
}

void ec_page_write_issue(struct ec_out *out, const struct ec_issue *issue)
{
    ec_out_str(out, issue->path);
    if (issue->line > 0)
        ec_out_printf(out, ":%d:%d", issue->line, issue->column);
    ec_out_printf(out, ": %s", issue->reason);
}

static void add_issues(struct ec_page *page, const struct ec_runset *runset, int width)
{
    enum { MOST = 1000 };
    size_t count = ec_runset_issue_count(runset);
    if (count > 0)
        add_heading(page, "What could not be read");
    for (size_t i = 0; i < count && i < MOST; i++) {
        struct ec_out line;
        ec_out_to_memory(&line);
        ec_page_write_issue(&line, ec_runset_issue(runset, i));
        ec_page_paragraph(page, (struct ec_str){line.buffer, line.length}, width, EC_STYLE_ERROR);
        ec_out_free(&line);
    }
    if (count > MOST) {
        ec_page_row(page, EC_STYLE_PLAIN);
        ec_page_printf(page, "and %zu more", count - MOST);
    }
}

static void fill_notes(struct ec_model *model)
{
    struct ec_page *page = &model->page;
    ec_page_begin(page, "Notes");
    if (model->problem[0]) {
        add_heading(page, "Nothing is shown");
        ec_page_paragraph(page, ec_str(model->problem), model->width, EC_STYLE_ERROR);
    }
    if (model->table) {
        add_bests(page, model->table, model->width);
        add_notes(page, model->table, model->width);
        add_remarks(page, model->table, model->width);
    }
    if (model->runset)
        add_issues(page, model->runset, model->width);
    if (page->count == 0)
        ec_page_paragraph(page, ec_str("nothing to note"), model->width, EC_STYLE_PLAIN);
}

/* ---- The command ---- */

static void fill_command(struct ec_model *model)
{
    struct ec_page *page = &model->page;
    struct ec_out command;
    ec_out_to_memory(&command);
    ec_take_command(model, &command);
    ec_page_begin(page, "The command line that shows this view");
    ec_page_paragraph(page, (struct ec_str){command.buffer, command.length}, model->width,
                      EC_STYLE_PLAIN);
    ec_out_free(&command);
}

/* ---- Detail ---- */

static void add_fact(struct ec_page *page, const char *label, struct ec_str value)
{
    ec_page_row(page, EC_STYLE_PLAIN);
    ec_page_cell(page, ec_str(label));
    ec_page_cell(page, value);
}

/* "2026-01-31 12:00:00", local time; "" for no time. */
static void write_time(struct ec_out *out, int64_t mtime_ns)
{
    time_t seconds = (time_t)(mtime_ns / 1000000000);
    struct tm parts;
    char text[32];
    if (mtime_ns != 0 && localtime_r(&seconds, &parts) &&
        strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &parts) > 0)
        ec_out_text(out, text);
}

static void add_time(struct ec_page *page, int64_t mtime_ns)
{
    struct ec_out text;
    ec_out_to_memory(&text);
    write_time(&text, mtime_ns);
    add_fact(page, "Changed", (struct ec_str){text.buffer, text.length});
    ec_out_free(&text);
}

/* "245.32 s", exact, in the unit of the record. */
static void add_value(struct ec_page *page, struct ec_value value, const struct ec_unit *unit)
{
    struct ec_out text;
    ec_out_to_memory(&text);
    ec_format_cell_exact(&text, value);
    if (unit && unit->symbol[0])
        ec_out_printf(&text, " %s", unit->symbol);
    ec_page_cell(page, (struct ec_str){text.buffer, text.length});
    ec_out_free(&text);
}

/* The row's rank among all in the table's column of this metric or key, as a word. */
static const char *mark_word(const struct ec_model *model, size_t row, uint32_t runset_column)
{
    const struct ec_table *table = model->table;
    for (size_t i = 0; i < table->column_count; i++) {
        if (table->columns[i].runset_column != runset_column)
            continue;
        unsigned marks = ec_table_marks(table, row, i);
        return marks & EC_MARK_BEST ? "best" : marks & EC_MARK_SECOND ? "second best" : "";
    }
    return "";
}

/* What the view computes: derived columns, parameters, ratios. */
static void add_computed(struct ec_model *model, size_t row)
{
    const struct ec_table *table = model->table;
    struct ec_page *page = &model->page;
    bool any = false;
    for (size_t i = 0; i < table->column_count; i++) {
        const struct ec_column *column = &table->columns[i];
        struct ec_value value = ec_table_value(table, row, i);
        if (!column->series || value.kind == EC_MISSING)
            continue;
        if (!any)
            add_heading(page, "Computed");
        any = true;
        ec_page_row(page, EC_STYLE_PLAIN);
        ec_page_cell(page, ec_str(column->label));
        add_value(page, value, column->stored_unit);
    }
}

static void add_values(struct ec_model *model, size_t row, size_t run)
{
    const struct ec_runset *runset = model->runset;
    struct ec_page *page = &model->page;
    struct ec_out missing;
    ec_out_to_memory(&missing);
    add_heading(page, "Values");
    for (uint32_t i = 0; i < ec_runset_column_count(runset); i++) {
        const struct ec_metric *metric = ec_runset_column_metric(runset, i);
        struct ec_str key = ec_runset_column_key(runset, i);
        struct ec_value value = ec_runset_value(runset, run, i);
        if (value.kind == EC_MISSING) {
            ec_out_text(&missing, missing.length > 0 ? ", " : "");
            ec_out_str(&missing, key);
            continue;
        }
        const char *mark = mark_word(model, row, i);
        ec_page_row(page, mark[0] ? EC_STYLE_BOLD : EC_STYLE_PLAIN);
        ec_page_cell(page, metric ? ec_str(metric->label) : key);
        add_value(page, value, metric ? ec_unit_get(metric->unit) : NULL);
        ec_page_cell(page, ec_str(mark));
        ec_page_cell(page, metric ? key : ec_str(""));
    }
    if (missing.length > 0) {
        add_heading(page, "Not measured, though other runs have it");
        ec_page_paragraph(page, (struct ec_str){missing.buffer, missing.length}, model->width,
                          EC_STYLE_DIM);
    }
    ec_out_free(&missing);
}

static void fill_detail(struct ec_model *model)
{
    const struct ec_table *table = model->table;
    struct ec_page *page = &model->page;
    size_t row = model->behind == 'P' ? model->plot.row : model->grid.row;
    if (!table || row >= table->row_count || table->grouped || !model->runset) {
        ec_page_begin(page, "No run");
        return;
    }
    struct ec_run run = ec_table_row_run(table, row);
    struct ec_out title;
    ec_out_to_memory(&title);
    ec_out_str(&title, run.name);
    ec_out_char(&title, '\0');
    ec_page_begin(page, title.buffer);
    ec_out_free(&title);
    add_fact(page, "Name", run.name);
    add_fact(page, "Record", run.path);
    add_fact(page, "Status", ec_str(ec_status_name(run.status)));
    add_time(page, run.mtime_ns);
    add_computed(model, row);
    add_values(model, row, table->order ? table->order[row] : row);
    struct ec_out path;
    ec_out_to_memory(&path);
    ec_out_str(&path, run.path);
    ec_out_char(&path, '\0');
    ec_model_ask(model, EC_EFFECT_LIST, path.buffer);
    ec_out_free(&path);
}

void ec_model_add_file(struct ec_model *model, const char *name, int64_t bytes, int64_t mtime_ns)
{
    struct ec_page *page = &model->page;
    if (model->place != 'D' || model->page_kind != EC_PAGE_DETAIL)
        return;
    if (!page->files) {
        add_heading(page, "Files");
        page->files = true;
    }
    struct ec_out text;
    ec_out_to_memory(&text);
    ec_page_row(page, EC_STYLE_PLAIN);
    ec_page_cell(page, ec_str(name));
    if (bytes >= 0)
        ec_page_printf(page, "%lld B", (long long)bytes);
    else
        ec_page_cell(page, ec_str(""));
    write_time(&text, mtime_ns);
    ec_page_cell(page, (struct ec_str){text.buffer, text.length});
    ec_out_free(&text);
}

/* ---- All ---- */

static void fill(struct ec_model *model)
{
    switch (model->page_kind) {
    case EC_PAGE_HELP:
        fill_help(model);
        break;
    case EC_PAGE_NOTES:
        fill_notes(model);
        break;
    case EC_PAGE_COMMAND:
        fill_command(model);
        break;
    case EC_PAGE_DETAIL:
        fill_detail(model);
        break;
    case EC_PAGE_DIFF:
        ec_diff_fill(model);
        break;
    case EC_PAGE_COLUMNS:
        ec_choose_fill(model);
        break;
    }
}

void ec_page_open(struct ec_model *model, enum ec_page_kind kind)
{
    if (model->place == 'T' || model->place == 'P')
        model->behind = model->place;
    model->place = kind == EC_PAGE_COLUMNS ? 'C' : 'D';
    model->page_kind = kind;
    fill(model);
}

void ec_page_refresh(struct ec_model *model)
{
    if (model->place != 'D' && model->place != 'C')
        return;
    size_t row = model->page.row, top = model->page.top, found = model->page.found;
    int left = model->page.left;
    fill(model);
    model->page.found = found;
    model->page.row = row;
    model->page.top = top;
    model->page.left = left;
}
