#include "tui/state.h"

#include "base/memory.h"
#include "base/utf8.h"
#include "table/format.h"

void ec_draw_hit(struct ec_model *model, struct ec_hit hit)
{
    model->hits = ec_grow(model->hits, model->hit_count, &model->hit_capacity, sizeof *model->hits);
    model->hits[model->hit_count++] = hit;
}

/* ---- The title ---- */

/* "12 345" with thousands apart. */
static void write_count(struct ec_out *out, size_t count)
{
    if (count >= 1000) {
        write_count(out, count / 1000);
        ec_out_printf(out, ",%03zu", count % 1000);
    } else {
        ec_out_printf(out, "%zu", count);
    }
}

static void write_runs(struct ec_out *out, const struct ec_model *model)
{
    const struct ec_table *table = model->table;
    size_t all = model->runset ? ec_runset_count(model->runset) : 0;
    size_t rows = table ? table->row_count : 0;
    write_count(out, rows);
    if (table && table->grouped) {
        ec_out_printf(out, " group%s of ", rows == 1 ? "" : "s");
        write_count(out, all);
    } else if (rows < all) {
        ec_out_text(out, " of ");
        write_count(out, all);
    }
    ec_out_text(out, all == 1 ? " run" : " runs");
    if (model->loading) {
        ec_out_text(out, " \u00b7 loading, ");
        write_count(out, model->found);
        ec_out_text(out, " found");
    }
    if (model->marks.count > 0) {
        ec_out_text(out, " \u00b7 ");
        write_count(out, model->marks.count);
        ec_out_text(out, " marked");
    }
    if (model->watch_state)
        ec_out_printf(out, " \u00b7 %s", model->watch_state);
}

static void write_list(struct ec_out *out, const char *before, const struct ec_texts *texts)
{
    for (size_t i = 0; i < texts->count; i++) {
        ec_out_text(out, i > 0 ? "," : before);
        ec_utf8_write_harmless(out, ec_str(texts->items[i]));
    }
}

static void draw_title(struct ec_model *model, struct ec_surface *surface)
{
    struct ec_out text;
    ec_out_to_memory(&text);
    bool page = model->place == 'D' || model->place == 'C';
    if (page) {
        ec_out_str(&text, model->page.title);
    } else {
        write_runs(&text, model);
        write_list(&text, " \u00b7 by ", &model->view.group_by);
        write_list(&text, " \u00b7 where ", &model->view.where);
    }
    for (int x = 0; x < surface->width; x++)
        ec_surface_text(surface, 0, x, " ", EC_STYLE_REVERSE);
    ec_surface_put_cut(surface, 0, 1, surface->width - 2, (struct ec_str){text.buffer, text.length},
                       EC_STYLE_REVERSE);
    ec_out_free(&text);
}

/* ---- The lines at the bottom ---- */

/* The first note, and whether there are others. */
static void draw_note(struct ec_model *model, struct ec_surface *surface, int y)
{
    const struct ec_table *table = model->table;
    struct ec_out text;
    ec_out_to_memory(&text);
    size_t issues = ec_table_issue_count(table), more = table->note_count;
    if (issues > 0) {
        ec_out_printf(&text, "%zu record%s could not be read", issues, issues == 1 ? "" : "s");
    } else {
        ec_utf8_write_harmless(&text, ec_str(table->notes[0]));
        more--;
    }
    const char *others = more > 0 ? " (more: i)" : " (i)";
    int room = surface->width - (int)strlen(others);
    int used = ec_surface_put_cut(surface, y, 0, room, (struct ec_str){text.buffer, text.length},
                                  EC_STYLE_DIM);
    ec_surface_text(surface, y, used, others, EC_STYLE_DIM);
    ec_out_free(&text);
}

void ec_draw_named(struct ec_surface *surface, int y, struct ec_str name, struct ec_str facts)
{
    struct ec_arena arena = {0};
    int room = surface->width - ec_utf8_width(facts);
    room = room > surface->width / 3 ? room : surface->width / 3;
    name = ec_utf8_harmless(name, &arena);
    int x = ec_surface_put_cut(surface, y, 0, room, name, EC_STYLE_BOLD);
    ec_surface_put_cut(surface, y, x, surface->width - x, facts, EC_STYLE_PLAIN);
    ec_arena_free(&arena);
}

/* The run under the cursor in full, and the cell. */
static void draw_status(struct ec_model *model, struct ec_surface *surface, int y)
{
    const struct ec_table *table = model->table;
    const struct ec_column *column = ec_grid_column(model);
    size_t row = model->grid.row;
    struct ec_out cell;
    ec_out_to_memory(&cell);
    if (column) {
        struct ec_arena arena = {0};
        ec_out_text(&cell, " \u00b7 ");
        ec_utf8_write_harmless(&cell, ec_str(ec_column_title(column, &arena)));
        ec_out_text(&cell, " ");
        ec_format_cell_spread(&cell, column, ec_table_cell(table, row, model->grid.column - 1),
                              ec_utf8_write_harmless);
        ec_arena_free(&arena);
    }
    ec_draw_named(surface, y, ec_table_row_name(table, row),
                  (struct ec_str){cell.buffer, cell.length});
    ec_out_free(&cell);
}

static const char *label_of(const struct ec_model *model, enum ec_action action)
{
    bool opens_group = action == EC_ACTION_OPEN && model->table && model->table->grouped;
    return opens_group ? "runs" : ec_action_info(action)->label;
}

/* "s sort  f filter  ..." as far as there is room; help always has some. */
static void draw_hints(struct ec_model *model, struct ec_surface *surface, int y)
{
    const char *help = "? help";
    int end = surface->width - (int)strlen(help), x = 0;
    ec_surface_text(surface, y, end > 0 ? end : 0, help, EC_STYLE_HINT);
    ec_draw_hit(model,
                (struct ec_hit){y, end, surface->width - end, EC_HIT_ACTION, EC_ACTION_HELP});
    for (int i = 1; i < EC_ACTION_COUNT; i++) {
        enum ec_action action = (enum ec_action)i;
        const struct ec_action_info *info = ec_action_info(action);
        const char *label = label_of(model, action);
        if (label[0] == '\0' || action == EC_ACTION_HELP || !ec_model_offers(model, action))
            continue;
        struct ec_out key;
        ec_out_to_memory(&key);
        ec_key_write(&key, ec_key_next(&(const char *){info->keys}));
        int width = (int)key.length + 1 + (int)strlen(label);
        if (x + width + 2 <= end) {
            ec_surface_put(surface, y, x, width, (struct ec_str){key.buffer, key.length},
                           EC_STYLE_HINT | EC_STYLE_BOLD);
            ec_surface_text(surface, y, x + (int)key.length + 1, label, EC_STYLE_PLAIN);
            ec_draw_hit(model, (struct ec_hit){y, x, width, EC_HIT_ACTION, (size_t)i});
            x += width + 2;
        }
        ec_out_free(&key);
    }
}

/* The line that is typed, scrolled so that its cursor is seen. */
static void draw_prompt(struct ec_model *model, struct ec_surface *surface, int y)
{
    const struct ec_prompt *prompt = &model->prompt;
    const struct ec_line *line = &prompt->line;
    bool replace = prompt->kind == EC_PROMPT_REPLACE;
    struct ec_arena arena = {0};
    int x = 0;
    if (replace) /* the file's name comes first */
        x = ec_surface_put_cut(surface, y, 0, surface->width / 2,
                               ec_utf8_harmless(ec_str(line->text), &arena), EC_STYLE_PLAIN) +
            1;
    ec_surface_text(surface, y, x, ec_prompt_title(prompt), EC_STYLE_ACCENT | EC_STYLE_BOLD);
    x += ec_utf8_width(ec_str(ec_prompt_title(prompt)));
    if (replace || prompt->kind == EC_PROMPT_YANK || prompt->kind == EC_PROMPT_FORMAT) {
        ec_arena_free(&arena);
        surface->cursor_x = x < surface->width ? x : surface->width - 1;
        surface->cursor_y = y;
        return;
    }
    struct ec_str text = ec_utf8_harmless((struct ec_str){line->text, line->length}, &arena);
    int before = ec_utf8_width((struct ec_str){text.ptr, line->cursor});
    int room = surface->width - x - 1;
    int scrolled = before > room ? before - room : 0;
    surface->clip = x;
    ec_surface_put(surface, y, x - scrolled, room + scrolled + 1, text, EC_STYLE_PLAIN);
    surface->clip = 0;
    surface->cursor_x = x + before - scrolled;
    surface->cursor_y = y;
    ec_arena_free(&arena);
}

static void draw_message(struct ec_model *model, struct ec_surface *surface, int y)
{
    struct ec_arena arena = {0};
    struct ec_str first = {model->message, strcspn(model->message, "\n")};
    ec_surface_put_cut(surface, y, 0, surface->width, ec_utf8_harmless(first, &arena),
                       model->message_is_error ? EC_STYLE_ERROR : EC_STYLE_ACCENT);
    ec_arena_free(&arena);
}

/* The last line: what is typed, what happened, or the keys. */
static void draw_bottom(struct ec_model *model, struct ec_surface *surface)
{
    int y = surface->height - 1;
    if (model->prompt.kind != EC_PROMPT_NONE)
        draw_prompt(model, surface, y);
    else if (model->message[0])
        draw_message(model, surface, y);
    else
        draw_hints(model, surface, y);
}

/* What is wrong with the line that is typed, above it. */
static void draw_prompt_error(struct ec_model *model, struct ec_surface *surface)
{
    if (model->prompt.kind == EC_PROMPT_NONE || !model->prompt.error[0] || surface->height < 2)
        return;
    struct ec_arena arena = {0};
    int y = surface->height - 2;
    for (int x = 0; x < surface->width; x++)
        ec_surface_text(surface, y, x, " ", EC_STYLE_PLAIN);
    ec_surface_put_cut(surface, y, 0, surface->width,
                       ec_utf8_harmless(ec_str(model->prompt.error), &arena), EC_STYLE_ERROR);
    ec_arena_free(&arena);
}

/* ---- The whole ---- */

/* What could not be read first of all: why there is nothing. */
static void draw_first_issue(const struct ec_runset *runset, struct ec_surface *surface, int y)
{
    struct ec_arena arena = {0};
    struct ec_out text;
    ec_out_to_memory(&text);
    ec_page_write_issue(&text, ec_runset_issue(runset, 0));
    ec_out_text(&text, " (more: i)");
    struct ec_str written = {text.buffer, text.length};
    ec_surface_put_cut(surface, y, 1, surface->width - 2, ec_utf8_harmless(written, &arena),
                       EC_STYLE_ERROR);
    ec_out_free(&text);
    ec_arena_free(&arena);
}

static void draw_empty(struct ec_model *model, struct ec_surface *surface, int y)
{
    struct ec_arena arena = {0};
    const char *text = model->problem[0] ? model->problem
                       : model->loading  ? "loading \u2026"
                                         : "no run was found";
    struct ec_str first = {text, strcspn(text, "\n")};
    ec_surface_put_cut(surface, y, 1, surface->width - 2, ec_utf8_harmless(first, &arena),
                       model->problem[0] ? EC_STYLE_ERROR : EC_STYLE_PLAIN);
    ec_arena_free(&arena);
    if (!model->problem[0] && model->runset && ec_runset_issue_count(model->runset) > 0)
        draw_first_issue(model->runset, surface, y + 1);
}

static void draw_table(struct ec_model *model, struct ec_surface *surface, int y, int height)
{
    const struct ec_table *table = model->table;
    if (!table) {
        draw_empty(model, surface, y + 1);
        return;
    }
    bool notes = height >= 8 && (table->note_count > 0 || ec_table_issue_count(table) > 0);
    bool status = height >= 5;
    int rows = height - notes - status;
    ec_draw_grid(model, surface, y, rows);
    if (notes)
        draw_note(model, surface, y + rows);
    if (status && table->row_count > 0)
        draw_status(model, surface, y + rows + notes);
}

static void draw_page(struct ec_model *model, struct ec_surface *surface, int y, int height)
{
    struct ec_page *page = &model->page;
    ec_page_draw(page, surface, y, height);
    for (int line = 0; page->has_cursor && line < height; line++)
        ec_draw_hit(model, (struct ec_hit){y + line, 0, surface->width, EC_HIT_ROW,
                                           page->top + (size_t)line});
}

void ec_model_draw(struct ec_model *model, struct ec_surface *surface)
{
    bool wraps = model->place == 'D' &&
                 (model->page_kind == EC_PAGE_NOTES || model->page_kind == EC_PAGE_COMMAND);
    bool is_other_width = model->width != surface->width;
    model->width = surface->width;
    model->height = surface->height;
    model->hit_count = 0;
    if (wraps && is_other_width)
        ec_page_refresh(model);
    if (surface->width < 1 || surface->height < 1)
        return;
    draw_title(model, surface);
    int height = surface->height - 2;
    if (height > 0 && model->place == 'T')
        draw_table(model, surface, 1, height);
    else if (height > 0 && model->place == 'P')
        ec_draw_plot(model, surface, 1, height);
    else if (height > 0)
        draw_page(model, surface, 1, height);
    if (surface->height > 1)
        draw_bottom(model, surface);
    draw_prompt_error(model, surface);
}
