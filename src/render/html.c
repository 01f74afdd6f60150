/* One self-contained page: the table as HTML that needs no script, the whole table as JSON, and the
 * script that sorts, filters and plots (html/page.js). The JSON has runs in rows also where the
 * table is transposed; the script then sorts and filters its columns.
 *
 * Nothing is fetched. Text from outside is escaped here and only ever made a text node by the
 * script; should either fail, the content security policy runs no script but the one whose hash it
 * names.
 */
#include "render/formats.h"

#include "base/utf8.h"
#include "render/html/assets.h"
#include "render/json.h"
#include "table/format.h"
#include "table/summary.h"

static const ec_escapes html_escapes = {
    ['&'] = "&amp;", ['<'] = "&lt;", ['>'] = "&gt;", ['"'] = "&quot;", ['\''] = "&#39;"};

static void write_text(struct ec_out *out, struct ec_str text)
{
    ec_utf8_write_escaped(out, text, html_escapes);
}

static void write_attribute(struct ec_out *out, const char *name, const char *value)
{
    ec_out_printf(out, " %s=\"", name);
    write_text(out, ec_str(value));
    ec_out_char(out, '"');
}

/* ---- Head ---- */

static void write_head(struct ec_out *out, const char *title)
{
    ec_out_text(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                     "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    ec_out_printf(out,
                  "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                  "style-src 'sha256-%s'; script-src 'sha256-%s'; base-uri 'none'; "
                  "form-action 'none'\">\n<title>",
                  ec_html_style.sha256, ec_html_script.sha256);
    write_text(out, ec_str(title));
    ec_out_text(out, "</title>\n<style>");
    ec_out_str(out, ec_html_style.text);
    ec_out_text(out, "</style>\n</head>\n");
}

static void write_bests(struct ec_out *out, const struct ec_table *table)
{
    if (table->best_count == 0)
        return;
    ec_out_text(out, "<section>\n<h2>Best performers</h2>\n<ul>\n");
    for (size_t i = 0; i < table->best_count; i++) {
        ec_out_text(out, "<li>");
        ec_summary_write(out, table, &table->bests[i], EC_SUMMARY_TRUE, write_text);
        ec_out_text(out, "</li>\n");
    }
    ec_out_text(out, "</ul>\n</section>\n");
}

/* ---- The table ---- */

/* Headings over neighbouring columns with the same group. */
static void write_column_groups(struct ec_out *out, const struct ec_table *table)
{
    bool any = false;
    for (size_t i = 0; i < table->column_count; i++)
        any = any || table->columns[i].group;
    if (!any)
        return;
    ec_out_text(out, "<tr><td></td>");
    for (size_t i = 0, end; i < table->column_count; i = end) {
        const char *group = table->columns[i].group;
        end = ec_table_group_end(table, i);
        while (!group && end < table->column_count && !table->columns[end].group)
            end++;
        ec_out_printf(out,
                      group ? "<th scope=\"colgroup\" colspan=\"%zu\">" : "<td colspan=\"%zu\">",
                      end - i);
        write_text(out, ec_str(group ? group : ""));
        ec_out_text(out, group ? "</th>" : "</td>");
    }
    ec_out_text(out, "</tr>\n");
}

/* The heading of a metric's column, or row. What the script needs to know of it is in data
 * attributes. */
static void write_metric_header(struct ec_out *out, const struct ec_column *column,
                                const char *start)
{
    struct ec_arena arena = {0};
    const struct ec_unit *stored = column->stored_unit, *shown = column->unit;
    char scale[EC_NUMBER_MAX];
    ec_format_exact(scale, stored && shown ? ec_unit_factor(stored, shown) : 1);

    ec_out_text(out, start);
    write_attribute(out, "data-key", column->key);
    write_attribute(out, "data-label", column->label);
    write_attribute(out, "data-scale", scale);
    if (column->metric) {
        write_attribute(out, "data-id", column->metric->id);
        write_attribute(out, "title", column->metric->help);
    }
    ec_out_char(out, '>');
    write_text(out, ec_str(ec_column_title(column, &arena)));
    ec_out_text(out, "</th>");
    ec_arena_free(&arena);
}

/* The heading of a run's row, or column. */
static void write_run_header(struct ec_out *out, const struct ec_table *runs, size_t row,
                             const char *start)
{
    const char *mark = ec_table_row_mark(runs, row);
    ec_out_printf(out, "%s><span>", start);
    write_text(out, ec_table_row_name(runs, row));
    ec_out_text(out, "</span>");
    if (*mark)
        ec_out_printf(out, "<span class=\"status\">%s</span>", mark);
    ec_out_text(out, "</th>");
}

static void write_column_header(struct ec_out *out, const struct ec_table *table, size_t column)
{
    if (table->source)
        write_run_header(out, table->source, column,
                         ec_table_row_is_reference(table->source, column)
                             ? "<th scope=\"col\" class=\"run reference\""
                             : "<th scope=\"col\" class=\"run\"");
    else
        write_metric_header(out, &table->columns[column], "<th scope=\"col\"");
}

static void write_row_header(struct ec_out *out, const struct ec_table *table, size_t row)
{
    static const char start[] = "<th scope=\"row\" class=\"name\"";
    if (table->source)
        write_metric_header(out, &table->source->columns[row], start);
    else
        write_run_header(out, table, row, start);
}

static const char *cell_class(const struct ec_cell *cell)
{
    if (cell->value.kind == EC_MISSING)
        return "missing";
    if (cell->marks & EC_MARK_BEST)
        return "best";
    if (cell->marks & EC_MARK_TIED)
        return "tied";
    if (cell->marks & EC_MARK_SECOND)
        return "second";
    return cell->value.kind == EC_STR ? "text" : NULL;
}

/* The marks again, for those who do not see them. */
static const char *spoken_mark(unsigned marks)
{
    if (marks & EC_MARK_BEST)
        return "best";
    if (marks & EC_MARK_TIED)
        return marks & EC_MARK_SECOND ? "second best, tied with the best" : "tied with the best";
    return marks & EC_MARK_SECOND ? "second best" : NULL;
}

static void write_cell(struct ec_out *out, const struct ec_column *column, struct ec_cell cell)
{
    const char *class = cell_class(&cell), *spoken = spoken_mark(cell.marks);
    ec_out_text(out, "<td");
    if (class)
        write_attribute(out, "class", class);
    ec_out_char(out, '>');
    ec_format_cell_spread(out, column, cell, write_text);
    if (spoken)
        ec_out_printf(out, "<span class=\"spoken\"> %s</span>", spoken);
    ec_out_text(out, "</td>");
}

static void write_row(struct ec_out *out, const struct ec_table *table, size_t row)
{
    ec_out_text(out, "<tr>");
    write_row_header(out, table, row);
    for (size_t i = 0; i < table->column_count; i++)
        write_cell(out, ec_table_format(table, row, i), ec_table_cell(table, row, i));
    ec_out_text(out, "</tr>\n");
}

/* A section is a <tbody>, so that sorting stays within it. */
static void begin_section(struct ec_out *out, const struct ec_table *table,
                          const struct ec_section *section)
{
    ec_out_printf(out, "<tbody class=\"%s%s\">\n", section->first_row > 0 ? "rule" : "",
                  section->reference ? " reference" : "");
    if (!section->title)
        return;
    ec_out_printf(out, "<tr class=\"section\"><th scope=\"rowgroup\" colspan=\"%zu\">",
                  table->column_count + 1);
    write_text(out, ec_str(section->title));
    ec_out_text(out, "</th></tr>\n");
}

static void write_rows(struct ec_out *out, const struct ec_table *table)
{
    size_t section = 0;
    if (table->section_count == 0 || table->sections[0].first_row > 0)
        ec_out_text(out, "<tbody>\n");
    for (size_t row = 0; row < table->row_count; row++) {
        for (; section < table->section_count && table->sections[section].first_row == row;
             section++) {
            if (row > 0 || section > 0)
                ec_out_text(out, "</tbody>\n");
            begin_section(out, table, &table->sections[section]);
        }
        write_row(out, table, row);
    }
    ec_out_text(out, "</tbody>\n");
}

static void write_table(struct ec_out *out, const struct ec_table *table)
{
    ec_out_text(
        out,
        "<section>\n<h2 id=\"runs\">Comparison</h2>\n"
        "<div class=\"tools\" id=\"table-tools\" hidden>\n"
        "<label>Filter: words, or conditions such as time&lt;300\n"
        "<input type=\"search\" id=\"filter\" autocomplete=\"off\" spellcheck=\"false\"></label>\n"
        "<output id=\"shown\" for=\"filter\"></output>\n</div>\n"
        "<div class=\"frame\" role=\"region\" aria-labelledby=\"runs\" tabindex=\"0\">\n"
        "<table id=\"table\"");
    ec_out_text(out, table->source ? " class=\"transposed\">\n<thead>\n" : ">\n<thead>\n");
    write_column_groups(out, table);
    ec_out_text(out, "<tr><th scope=\"col\" class=\"name\">");
    write_text(out, ec_str(table->name_header));
    ec_out_text(out, "</th>");
    for (size_t i = 0; i < table->column_count; i++)
        write_column_header(out, table, i);
    ec_out_text(out, "</tr>\n</thead>\n");
    write_rows(out, table);
    ec_out_text(out, "</table>\n<button type=\"button\" id=\"more\" hidden></button>\n</div>\n");
}

/* ---- Below the table ---- */

static unsigned marks_of(const struct ec_table *table)
{
    unsigned marks = 0;
    for (size_t i = 0; i < table->column_count; i++)
        for (size_t row = 0; table->columns[i].marks && row < table->row_count; row++)
            marks |= ec_table_marks(table, row, i);
    return marks;
}

static void write_legend(struct ec_out *out, const struct ec_table *table)
{
    unsigned marks = marks_of(table);
    struct ec_arena arena = {0};
    const char *spread = ec_table_spread_note(table, &arena);
    if (!marks && !spread)
        return;
    ec_out_text(out, "<p class=\"faint\">");
    if (marks & EC_MARK_BEST)
        ec_out_text(out, "<strong>Bold on a ground</strong>: best. ");
    if (marks & EC_MARK_TIED)
        ec_out_text(out, "<strong>Bold</strong>: tied with the best. ");
    if (marks & EC_MARK_SECOND)
        ec_out_text(out, "<u>Underlined</u>: second best. ");
    if (spread) {
        write_text(out, ec_str(spread));
        ec_out_char(out, '.');
    }
    ec_out_text(out, "</p>\n");
    ec_arena_free(&arena);
}

static void write_notes(struct ec_out *out, const struct ec_table *table)
{
    if (table->note_count == 0)
        return;
    ec_out_text(out, "<ul class=\"faint\">\n");
    for (size_t i = 0; i < table->note_count; i++) {
        ec_out_text(out, "<li>");
        write_text(out, ec_str(table->notes[i]));
        ec_out_text(out, "</li>\n");
    }
    ec_out_text(out, "</ul>\n");
}

static void write_issues(struct ec_out *out, const struct ec_table *table)
{
    size_t count = ec_table_issue_count(table);
    if (count == 0)
        return;
    ec_out_printf(out, "<details>\n<summary>%zu file%s or director%s left out</summary>\n<ul>\n",
                  count, count == 1 ? "" : "s", count == 1 ? "y" : "ies");
    for (size_t i = 0; i < count; i++) {
        const struct ec_issue *issue = ec_table_issue(table, i);
        ec_out_text(out, "<li>");
        write_text(out, issue->path);
        if (issue->line > 0)
            ec_out_printf(out, ":%d:%d", issue->line, issue->column);
        ec_out_text(out, ": ");
        write_text(out, ec_str(issue->reason));
        ec_out_text(out, "</li>\n");
    }
    ec_out_text(out, "</ul>\n</details>\n");
}

/* What the script fills. */
static const char plot_and_detail[] =
    "<section id=\"plot-section\" hidden>\n<h2>Scatter plot</h2>\n<div class=\"tools\">\n"
    "<label>Across<select id=\"x-axis\"></select></label>\n"
    "<label class=\"check\"><input type=\"checkbox\" id=\"x-log\">logarithmic</label>\n"
    "<label>Upwards<select id=\"y-axis\"></select></label>\n"
    "<label class=\"check\"><input type=\"checkbox\" id=\"y-log\">logarithmic</label>\n</div>\n"
    "<figure>\n<svg id=\"plot\" role=\"img\"></svg>\n"
    "<figcaption><span id=\"plot-text\"></span>\n<ul id=\"front\"></ul></figcaption>\n</figure>\n"
    "</section>\n"
    "<dialog id=\"detail\" aria-labelledby=\"detail-name\">\n<h2 id=\"detail-name\"></h2>\n"
    "<div id=\"detail-content\"></div>\n"
    "<button type=\"button\" id=\"detail-close\">Close</button>\n</dialog>\n";

static int render_html(const struct ec_table *table, const struct ec_render_options *options,
                       struct ec_out *out, struct ec_error *error)
{
    (void)options, (void)error;
    const char *title = table->title ? table->title : "Comparison of runs";
    write_head(out, title);
    ec_out_text(out, "<body>\n<main>\n<h1>");
    write_text(out, ec_str(title));
    ec_out_text(out, "</h1>\n");
    write_bests(out, table);
    write_table(out, table);
    write_legend(out, table);
    write_notes(out, table);
    write_issues(out, table);
    ec_out_text(out, "</section>\n");
    ec_out_text(out, plot_and_detail);
    ec_out_text(out, "</main>\n<script type=\"application/json\" id=\"data\">\n");
    ec_json_write_table(out, table);
    ec_out_text(out, "</script>\n<script>");
    ec_out_str(out, ec_html_script.text);
    ec_out_text(out, "</script>\n</body>\n</html>\n");
    return 0;
}

static const char *const suffixes[] = {".html", ".htm", NULL};

const struct ec_renderer ec_renderer_html = {
    .name = "html",
    .suffixes = suffixes,
    .help = "one page to share: sort, filter, look into runs, plot; needs no network",
    .render = render_html,
};
