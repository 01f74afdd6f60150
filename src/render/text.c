/* The plain-text table, laid out as in the document on efficiency tracking. */
#include "render/formats.h"

#include "base/parallel.h"
#include "base/utf8.h"
#include "render/rows.h"
#include "table/format.h"
#include "table/layout.h"
#include "table/summary.h"

enum { MIN_NAME_WIDTH = 30 };
enum { BLOCK_ROWS = 1024, BLOCKS_AT_ONCE = 32 };

struct text_writer {
    const struct ec_table *table;
    const struct ec_layout *layout;
    struct ec_out *out;
    struct ec_out cell; /* what ec_layout_* fill */
    int pending;        /* blanks due before the next cell: none ever end a line */
    bool color;
};

static const char BOLD[] = "\033[1m", BEST[] = "\033[1;32m", SECOND[] = "\033[4m",
                  RESET[] = "\033[0m";

/* Writes text that takes `width` columns, padded to `column_width` when something follows. */
static void put_cell(struct text_writer *writer, struct ec_str text, int width, int column_width,
                     const char *style)
{
    struct ec_out *out = writer->out;
    int padding = (column_width > width ? column_width - width : 0) + 1;
    if (text.len == 0) {
        writer->pending += padding;
        return;
    }
    bool styled = writer->color && style;
    ec_out_fill(out, ' ', (size_t)writer->pending);
    if (styled)
        ec_out_text(out, style);
    ec_out_str(out, text);
    if (styled)
        ec_out_text(out, RESET);
    writer->pending = padding;
}

static void end_line(struct text_writer *writer)
{
    ec_out_char(writer->out, '\n');
    writer->pending = 0;
}

static void write_rule(struct text_writer *writer, char c)
{
    ec_out_fill(writer->out, c, (size_t)writer->layout->total_width);
    ec_out_char(writer->out, '\n');
}

static void write_line(struct text_writer *writer, struct ec_str text, const char *style)
{
    put_cell(writer, text, 0, 0, style);
    end_line(writer);
}

static void write_title(struct text_writer *writer)
{
    struct ec_arena arena = {0};
    write_rule(writer, '=');
    write_line(writer, ec_utf8_harmless(ec_str(writer->table->title), &arena), BOLD);
    write_rule(writer, '=');
    ec_arena_free(&arena);
}

/* The line of headings over neighbouring columns, where there are any. */
static void write_groups(struct text_writer *writer)
{
    const struct ec_layout *layout = writer->layout;
    struct ec_arena arena = {0};
    writer->pending = layout->name_width + 1;
    bool any = false;
    for (size_t first = 0, end; first < writer->table->column_count; first = end) {
        int width;
        const char *group = ec_layout_group(layout, first, &end, &width);
        if (group) {
            struct ec_str title = ec_utf8_harmless(ec_str(group), &arena);
            put_cell(writer, title, ec_utf8_width(title), width, BOLD);
            any = true;
        } else {
            writer->pending += width + 1;
        }
    }
    if (any)
        end_line(writer);
    writer->pending = 0;
    ec_arena_free(&arena);
}

static void write_header(struct text_writer *writer)
{
    const struct ec_table *table = writer->table;
    struct ec_arena arena = {0};
    struct ec_str name = ec_utf8_harmless(ec_str(table->name_header), &arena);
    put_cell(writer, name, ec_utf8_width(name), writer->layout->name_width, BOLD);
    for (size_t i = 0; i < table->column_count; i++) {
        struct ec_str header = ec_str(ec_column_header(&table->columns[i], &arena));
        header = ec_utf8_harmless(header, &arena);
        put_cell(writer, header, ec_utf8_width(header), writer->layout->column_widths[i], BOLD);
    }
    end_line(writer);
    ec_arena_free(&arena);
}

static const char *cell_style(unsigned marks)
{
    if (marks & EC_MARK_BEST)
        return BEST;
    if (marks & EC_MARK_TIED)
        return BOLD;
    return marks & EC_MARK_SECOND ? SECOND : NULL;
}

static void write_row(void *context, size_t row)
{
    struct text_writer *writer = context;
    const struct ec_layout *layout = writer->layout;
    struct ec_out *cell = &writer->cell;
    int width = ec_layout_name(layout, row, cell);
    put_cell(writer, (struct ec_str){cell->buffer, cell->length}, width, layout->name_width, NULL);
    for (size_t i = 0; i < writer->table->column_count; i++) {
        width = ec_layout_cell(layout, row, i, cell);
        put_cell(writer, (struct ec_str){cell->buffer, cell->length}, width,
                 layout->column_widths[i], cell_style(ec_table_marks(writer->table, row, i)));
    }
    end_line(writer);
}

/* A rule before every section but the first, then its title. */
static void write_section(void *context, const struct ec_section *section)
{
    struct text_writer *writer = context;
    if (section->first_row > 0)
        write_rule(writer, '-');
    if (!section->title)
        return;
    struct ec_arena arena = {0};
    write_line(writer, ec_utf8_harmless(ec_str(section->title), &arena), BOLD);
    ec_arena_free(&arena);
}

static const struct ec_row_hooks row_hooks = {write_section, write_row};

/* Rows that are written into memory while others are. */
struct block {
    struct text_writer writer;
    struct ec_out out;
    size_t first, end;
};

static void write_block(void *context, size_t i)
{
    struct block *block = (struct block *)context + i;
    block->out.length = 0;
    ec_render_rows_between(block->writer.table, block->first, block->end, &row_hooks,
                           &block->writer);
}

/* Writes all rows, as many blocks at once as there are. */
static void write_in_blocks(struct text_writer *writer, struct block *blocks)
{
    size_t row_count = writer->table->row_count;
    for (size_t row = 0; row < row_count;) {
        size_t count = 0;
        for (; count < BLOCKS_AT_ONCE && row < row_count; count++) {
            blocks[count].first = row;
            row = row_count - row > BLOCK_ROWS ? row + BLOCK_ROWS : row_count;
            blocks[count].end = row;
        }
        ec_parallel(count, row_count, write_block, blocks);
        for (size_t i = 0; i < count; i++)
            ec_out_bytes(writer->out, blocks[i].out.buffer, blocks[i].out.length);
    }
}

/* Numbers take long to write as text: where there are many, several threads do it. */
static void write_rows(struct text_writer *writer)
{
    if (writer->table->row_count <= BLOCK_ROWS) {
        ec_render_rows(writer->table, &row_hooks, writer);
        return;
    }
    struct block blocks[BLOCKS_AT_ONCE];
    for (size_t i = 0; i < BLOCKS_AT_ONCE; i++) {
        blocks[i].writer = *writer;
        blocks[i].writer.out = &blocks[i].out;
        ec_out_to_memory(&blocks[i].out);
        ec_out_to_memory(&blocks[i].writer.cell);
    }
    write_in_blocks(writer, blocks);
    for (size_t i = 0; i < BLOCKS_AT_ONCE; i++) {
        ec_out_free(&blocks[i].out);
        ec_out_free(&blocks[i].writer.cell);
    }
}

static void write_summary(struct text_writer *writer)
{
    const struct ec_table *table = writer->table;
    if (table->best_count == 0)
        return;
    ec_out_char(writer->out, '\n');
    write_line(writer, ec_str("Best Performers:"), BOLD);
    for (size_t i = 0; i < table->best_count; i++) {
        ec_out_text(writer->out, "  ");
        ec_summary_write(writer->out, table, &table->bests[i], EC_SUMMARY_SEED,
                         ec_utf8_write_harmless);
        ec_out_char(writer->out, '\n');
    }
}

static int render_text(const struct ec_table *table, const struct ec_render_options *options,
                       struct ec_out *out, struct ec_error *error)
{
    (void)error;
    struct ec_layout *layout =
        ec_layout_new(table, &(struct ec_layout_options){.width = options->width,
                                                         .min_name_width = MIN_NAME_WIDTH});
    struct text_writer writer = {
        .table = table, .layout = layout, .out = out, .color = options->color};
    ec_out_to_memory(&writer.cell);

    if (table->title)
        write_title(&writer);
    write_groups(&writer);
    write_header(&writer);
    write_rule(&writer, '-');
    write_rows(&writer);
    write_rule(&writer, '=');
    write_summary(&writer);
    ec_summary_write_notes(out, table, "\n", "Note: ", ec_utf8_write_harmless);

    ec_out_free(&writer.cell);
    ec_layout_free(layout);
    return 0;
}

static const char *const suffixes[] = {".txt", NULL};

const struct ec_renderer ec_renderer_text = {
    .name = "text",
    .suffixes = suffixes,
    .help = "aligned table with the best performers below",
    .render = render_text,
};
