/* render/axis, place, plot, svg and pgfplots: ticks, labels that keep clear, the front, what is
 * shown. */
#include "cmocka_test.h"
#include "paper_fixture.h"

#include "render/plot.h"
#include "render/text_width.h"

#include <math.h>
#include <stdlib.h>

/* ---- Axes ---- */

static void assert_ticks(double low, double high, bool log, bool zero, const char *expected)
{
    struct ec_arena arena = {0};
    struct ec_axis axis = ec_axis_fit(low, high, log, zero, &arena);
    const char *text = "";
    for (int i = 0; i < axis.tick_count; i++) {
        text = ec_arena_printf(&arena, "%s%s%s", text, i > 0 ? " " : "", axis.ticks[i].label);
        double place = ec_axis_place(&axis, axis.ticks[i].value);
        assert_true(place >= -1e-9 && place <= 1 + 1e-9);
    }
    if (axis.power != 0)
        text = ec_arena_printf(&arena, "%s e%d", text, axis.power);
    assert_string_equal(text, expected);
    assert_true(axis.min < axis.max);
    assert_true(axis.min <= low && high <= axis.max);
    ec_arena_free(&arena);
}

static void axis__ticks_are_round(void **state)
{
    (void)state;
    assert_ticks(245.32, 312.45, true, false, "260 280 300");
    assert_ticks(10, 98, true, false, "0 20 40 60 80 100");
    assert_ticks(0.591, 0.662, true, false, "0.60 0.62 0.64 0.66");
    assert_ticks(-99.5, 87.1, true, false, "-100 -50 0 50 100");
    assert_ticks(0, 2345.1, false, true, "0 500 1000 1500 2000 2500");
    assert_ticks(1e15, 2e15, true, false, "1.0 1.2 1.4 1.6 1.8 2.0 e15");
}

static void axis__logarithmic_over_a_wide_range(void **state)
{
    (void)state;
    assert_ticks(2, 90, true, false, "2 5 10 20 50 100");
    assert_ticks(1e3, 1e9, true, false, "10^3 10^4 10^5 10^6 10^7 10^8 10^9");
    assert_ticks(0.001, 0.5, true, false, "0.001 0.01 0.1");
    struct ec_arena arena = {0};
    assert_true(ec_axis_fit(2, 90, true, false, &arena).log);
    assert_false(ec_axis_fit(2, 90, false, false, &arena).log);
    assert_false(ec_axis_fit(0, 90, true, false, &arena).log);
    assert_false(ec_axis_fit(-2, 90, true, false, &arena).log);
    ec_arena_free(&arena);
}

static void axis__one_value_has_room(void **state)
{
    (void)state;
    static const double values[] = {0, 5, -5, 1e-300, 1e300, 123456789};
    struct ec_arena arena = {0};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        struct ec_axis axis = ec_axis_fit(values[i], values[i], true, i % 2, &arena);
        assert_true(axis.min < axis.max);
        assert_true(axis.tick_count > 0);
        double place = ec_axis_place(&axis, values[i]);
        assert_true(place >= 0 && place <= 1);
    }
    ec_arena_free(&arena);
}

static void axis__values_near_the_largest_doubles(void **state)
{
    (void)state;
    static const double ranges[][2] = {
        {-1e308, 1e308}, {1e-308, 1e308}, {1e307, 1.7e308}, {1.7e308, 1.7e308}};
    for (size_t i = 0; i < 2 * sizeof ranges / sizeof ranges[0]; i++) {
        struct ec_arena arena = {0};
        struct ec_axis axis = ec_axis_fit(ranges[i / 2][0], ranges[i / 2][1], i % 2, false, &arena);
        assert_true(isfinite(axis.max - axis.min) && axis.max > axis.min);
        assert_true(axis.tick_count > 0);
        for (int tick = 0; tick < axis.tick_count; tick++)
            assert_true(isfinite(axis.ticks[tick].value));
        ec_arena_free(&arena);
    }
}

/* ---- Labels ---- */

static bool overlap(struct ec_box a, struct ec_box b)
{
    return fmin(a.right, b.right) - fmax(a.left, b.left) > 1e-9 &&
           fmin(a.bottom, b.bottom) - fmax(a.top, b.top) > 1e-9;
}

static void assert_clear(const struct ec_label *labels, size_t count, struct ec_box area)
{
    for (size_t i = 0; i < count; i++) {
        if (!labels[i].placed)
            continue;
        struct ec_box box = labels[i].box;
        assert_true(box.left >= area.left && box.right <= area.right);
        assert_true(box.top >= area.top && box.bottom <= area.bottom);
        for (size_t j = 0; j < count; j++) {
            struct ec_box point = {labels[j].x - 2, labels[j].y - 2, labels[j].x + 2,
                                   labels[j].y + 2};
            assert_false(overlap(box, point));
            assert_false(i != j && labels[j].placed && overlap(box, labels[j].box));
        }
    }
}

static void place__nothing_is_covered(void **state)
{
    (void)state;
    struct ec_box area = {0, 0, 200, 150};
    for (unsigned seed = 1; seed <= 20; seed++) {
        struct ec_label labels[40] = {0};
        unsigned random = seed;
        for (size_t i = 0; i < 40; i++) {
            labels[i].x = 10 + (random = random * 1103515245u + 12345u) / 4294967296.0 * 180;
            labels[i].y = 10 + (random = random * 1103515245u + 12345u) / 4294967296.0 * 130;
            labels[i].width = 20 + i % 5 * 10;
            labels[i].height = 7;
            labels[i].important = i < 5;
        }
        ec_place_labels(labels, 40, NULL, 0, area);
        assert_clear(labels, 40, area);
    }
}

static void place__the_important_one_stays(void **state)
{
    (void)state;
    struct ec_box area = {0, 0, 40, 20}; /* room for one */
    struct ec_label labels[2] = {{.x = 20, .y = 10, .width = 30, .height = 7},
                                 {.x = 20, .y = 11, .width = 30, .height = 7, .important = true}};
    ec_place_labels(labels, 2, NULL, 0, area);
    assert_true(labels[1].placed || !labels[0].placed);
    struct ec_label alone = {.x = 2, .y = 10, .width = 30, .height = 7};
    ec_place_labels(&alone, 1, NULL, 0, area);
    assert_true(alone.placed);
    assert_true(alone.box.left > 2);
}

static void assert_box(const struct ec_label *label, double left, double top, bool leader)
{
    assert_true(label->placed);
    assert_float_equal(label->box.left, left, 1e-9);
    assert_float_equal(label->box.top, top, 1e-9);
    assert_float_equal(label->box.right, left + label->width, 1e-9);
    assert_float_equal(label->box.bottom, top + label->height, 1e-9);
    assert_int_equal(label->leader, leader);
}

/* The point is at (50, 50), the text 30 by 8. */
static void assert_place(struct ec_box area, const struct ec_box *taken, double left, double top)
{
    struct ec_label label = {.x = 50, .y = 50, .width = 30, .height = 8};
    ec_place_labels(&label, 1, taken, taken != NULL, area);
    assert_box(&label, left, top, false);
}

static void place__each_side_of_a_point(void **state)
{
    (void)state;
    assert_place((struct ec_box){0, 0, 100, 100}, NULL, 54, 46);  /* right */
    assert_place((struct ec_box){0, 0, 84, 54}, NULL, 54, 46);    /* it just fits */
    assert_place((struct ec_box){16, 46, 83, 100}, NULL, 16, 46); /* left, as it is nearer */
    assert_place((struct ec_box){34, 38, 66, 100}, NULL, 35, 38); /* above */
    assert_place((struct ec_box){35, 39, 65, 62}, NULL, 35, 54);  /* below */
    assert_place((struct ec_box){45, 39, 83, 53}, NULL, 53, 39);  /* the corners */
    assert_place((struct ec_box){45, 47, 83, 61}, NULL, 53, 53);
    assert_place((struct ec_box){17, 39, 55, 53}, NULL, 17, 39);
    assert_place((struct ec_box){17, 47, 55, 61}, NULL, 17, 53);
}

static void place__lines_are_crossed_only_where_nothing_else_is_free(void **state)
{
    (void)state;
    static const struct ec_box line = {54, 49, 100, 51};
    assert_place((struct ec_box){0, 0, 100, 100}, &line, 16, 46);
    assert_place((struct ec_box){47, 46, 100, 54}, &line, 54, 46);
    /* The other side is better than behind the line. */
    static const struct ec_box short_line = {54, 40, 56, 60};
    assert_place((struct ec_box){0, 0, 100, 100}, &short_line, 16, 46);
}

/* A strip in which there is only room to the right of (50, 50), and another point there. */
static struct ec_label beside(double x)
{
    struct ec_label labels[] = {{.x = 50, .y = 50, .width = 30, .height = 8}, {.x = x, .y = 50}};
    ec_place_labels(labels, 2, NULL, 0, (struct ec_box){47, 46, 200, 54});
    assert_false(labels[1].placed);
    return labels[0];
}

static void place__farther_away_with_a_leader(void **state)
{
    (void)state;
    struct ec_label label = beside(53);
    assert_box(&label, 56.5, 46, false);
    label = beside(51.2); /* whose edge is just in the way */
    assert_box(&label, 56.5, 46, false);
    label = beside(56);
    assert_box(&label, 61, 46, true);
    label = beside(63);
    assert_box(&label, 68, 46, true);
    label = beside(74);
    assert_box(&label, 78, 46, true);
    label = beside(76); /* at every distance it would cover the point */
    assert_false(label.placed);
}

static void place__what_does_not_fit_is_left_out(void **state)
{
    (void)state;
    struct ec_label label = {.x = 50, .y = 50, .width = 30, .height = 8};
    ec_place_labels(&label, 1, NULL, 0, (struct ec_box){47, 46, 83, 54});
    assert_false(label.placed);
    ec_place_labels(&label, 1, NULL, 0, (struct ec_box){47, 47, 100, 54});
    assert_false(label.placed);
}

/* The first takes the right side, where the second, at the edge, has its only room, and gives way.
 */
static void place__labels_make_room_for_others(void **state)
{
    (void)state;
    struct ec_label labels[] = {{.x = 50, .y = 50, .width = 25, .height = 8},
                                {.x = 85, .y = 50, .width = 20, .height = 8}};
    ec_place_labels(labels, 2, NULL, 0, (struct ec_box){0, 46, 90, 54});
    assert_box(&labels[0], 21, 46, false);
    assert_box(&labels[1], 61, 46, false);
}

/* The line from the first to the only place that is free for it would lead through the other. */
static void place__no_line_leads_through_a_label(void **state)
{
    (void)state;
    struct ec_label labels[] = {{.x = 50, .y = 50, .width = 30, .height = 8},
                                {.x = 60, .y = 50, .width = 4, .height = 2, .important = true}};
    ec_place_labels(labels, 2, NULL, 0, (struct ec_box){47, 46, 200, 54});
    assert_false(labels[0].placed);
    assert_box(&labels[1], 64, 49, false);
}

/* A line leads from the first through the place above the second, which has points on both sides.
 */
static void place__a_label_keeps_clear_of_lines_to_others(void **state)
{
    (void)state;
    struct ec_label labels[] = {{.x = 50, .y = 50, .width = 30, .height = 8, .important = true},
                                {.x = 60, .y = 56, .width = 8, .height = 4},
                                {.x = 74, .y = 50},
                                {.x = 52, .y = 56},
                                {.x = 68, .y = 56}};
    ec_place_labels(labels, 5, NULL, 0, (struct ec_box){47, 46, 200, 66});
    assert_box(&labels[0], 78, 46, true);
    assert_box(&labels[1], 56, 60, false);
}

/* Two points above each other near the left edge, with a line to the right of them: no label stands
 * beside the other point, even if it has to cross the line. */
static void place__a_label_names_its_own_point(void **state)
{
    (void)state;
    struct ec_box area = {0, 0, 200, 100};
    struct ec_box lines[2] = {{10, 69, 30, 71}, {29, 10, 31, 70}};
    struct ec_label labels[2] = {{.x = 10, .y = 70, .width = 60, .height = 8, .important = true},
                                 {.x = 10, .y = 79, .width = 60, .height = 8}};
    ec_place_labels(labels, 2, lines, 2, area);
    for (int i = 0; i < 2; i++) {
        double middle = (labels[i].box.top + labels[i].box.bottom) / 2;
        assert_true(labels[i].placed);
        assert_true(fabs(middle - labels[i].y) < fabs(middle - labels[1 - i].y));
    }
}

/* ---- What is shown ---- */

static const struct ec_plot_font font = {.width = 1};

static struct ec_plot *plot(struct ec_table *table, const char *what)
{
    struct ec_error error = {0};
    struct ec_plot *made =
        ec_plot_new(table, &(struct ec_render_options){.plot = what}, &font, &table->arena, &error);
    if (!made)
        fail_msg("%s", error.text);
    return made;
}

static void plot__default_is_cost_against_effect_else_memory(void **state)
{
    (void)state;
    struct ec_table *table = paper_grouped();
    struct ec_plot *shown = plot(table, NULL);
    assert_string_equal(shown->x_title, "Time (s) \u2193");
    assert_string_equal(shown->y_title, "Model utility \u2191");
    assert_int_equal(shown->point_count, 4); /* Original has no time */
    assert_int_equal(shown->missing, 1);
    ec_table_free(table);

    table = fixture_document();
    shown = plot(table, NULL);
    assert_string_equal(shown->y_title, "GPU memory (MiB) \u2193");
    ec_table_free(table);
}

static void plot__names_lose_what_all_share(void **state)
{
    (void)state;
    struct ec_table *table = fixture_document();
    struct ec_plot *shown = plot(table, "time,tps");
    assert_true(ec_str_equal(shown->points[0].label, ec_str("GradAscent")));
    assert_true(ec_str_equal(shown->points[1].label, ec_str("NPO")));
    assert_true(ec_str_equal(shown->points[2].label, ec_str("LMCleanerSample")));
    ec_table_free(table);
}

static void plot__a_key_goes_before_a_label(void **state)
{
    (void)state;
    struct ec_table *table = fixture_document();
    table->columns[0].label = "tokens_per_second"; /* the key of another */
    struct ec_plot *shown = plot(table, "bar:tokens_per_second");
    assert_string_equal(shown->x_column->key, "tokens_per_second");
    ec_table_free(table);
}

/* Also where a name fills a book: what takes time that grows with its square does not end. */
static void plot__long_names_of_bars_are_cut(void **state)
{
    (void)state;
    enum { LENGTH = 400 * 1000 };
    static char book[LENGTH + 1];
    static const char *const names[] = {"NPO", book};
    memset(book, 'x', LENGTH);
    memcpy(book + 4, "e\u0301", 3);
    struct ec_table *table = fixture_table(names, 2);
    struct ec_value values[] = {ec_value_real(1), ec_value_real(2)};
    fixture_column(table, ec_metric_get(EC_METRIC_time), values, NULL);
    struct ec_plot *shown = plot(table, "bar:time");
    assert_true(ec_str_equal(shown->points[0].label, ec_str("NPO")));
    struct ec_str cut = shown->points[1].label;
    assert_memory_equal(cut.ptr + cut.len - 4, "x\u2026", 4);
    double room = 0.45 * shown->width;
    assert_true(ec_text_width(cut) * EC_PLOT_SMALL <= room + EC_PLOT_SMALL);
    assert_true(ec_text_width(cut) * EC_PLOT_SMALL > room - EC_PLOT_SMALL);
    ec_table_free(table);
}

/* The names leave little room, in which the axis would have labels at every 200. */
static void plot__ticks_keep_clear(void **state)
{
    (void)state;
    static const char *const names[] = {"a name that takes nearly half of the picture",
                                        "another that takes nearly half of the picture "};
    struct ec_table *table = fixture_table(names, 2);
    struct ec_value values[] = {ec_value_real(1234.5), ec_value_real(1289.12)};
    fixture_column(table, ec_metric_get(EC_METRIC_time), values, NULL);
    struct ec_plot *shown = plot(table, "bar:time");
    const struct ec_axis *axis = &shown->x_axis;
    assert_int_equal(axis->tick_count, 4);
    for (int i = 0; i < axis->tick_count; i++) {
        assert_true(axis->ticks[i].value == 400 * i);
        double left = i > 0 ? ec_plot_x(shown, axis->ticks[i - 1].value) : 0;
        double width = ec_text_width(ec_str(axis->ticks[i].label)) * EC_PLOT_SMALL;
        assert_true(ec_plot_x(shown, axis->ticks[i].value) - left > width);
    }
    ec_table_free(table);
}

static void plot__wrong_columns(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"tine,mem", "--plot: 'tine' is no column of the table; did you mean 'time'?"},
        {"time,qqqqqqqq", "--plot: 'qqqqqqqq' is no column of the table"},
        {"bar:", "--plot: '' is no column of the table"},
        {"time", "--plot: 'time' is neither X,Y nor bar:COLUMN"}};
    struct ec_table *table = fixture_document();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct ec_error error = {0};
        struct ec_render_options options = {.plot = cases[i][0]};
        assert_null(ec_plot_new(table, &options, &font, &table->arena, &error));
        assert_string_equal(error.text, cases[i][1]);
    }
    ec_table_free(table);
}

static void plot__no_values(void **state)
{
    (void)state;
    static const char *const names[] = {"a"};
    struct ec_table *table = fixture_table(names, 1);
    struct ec_error error = {0};
    fixture_column(table, ec_metric_get(EC_METRIC_time), (struct ec_value[]){ec_value_missing()},
                   NULL);
    struct ec_render_options options = {0};
    assert_null(ec_plot_new(table, &options, &font, &table->arena, &error));
    assert_string_equal(error.text, "no column has values to compare; name one with --plot");
    options.plot = "bar:time";
    error.text[0] = '\0';
    assert_null(ec_plot_new(table, &options, &font, &table->arena, &error));
    assert_string_equal(error.text, "no run has Time, so there is nothing to plot");
    ec_table_free(table);
}

/* Whether some other point is at least as good in both and better in one; both are lower is better.
 */
static bool is_beaten(const struct ec_plot *shown, size_t self)
{
    const struct ec_plot_point *point = &shown->points[self];
    for (size_t i = 0; i < shown->point_count; i++) {
        const struct ec_plot_point *other = &shown->points[i];
        if (other->x <= point->x && other->y <= point->y &&
            (other->x < point->x || other->y < point->y))
            return true;
    }
    return false;
}

static void plot__front_is_what_nobody_beats(void **state)
{
    (void)state;
    static const char *const names[] = {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"};
    unsigned random = 7;
    for (int round = 0; round < 50; round++) {
        struct ec_table *table = fixture_table(names, 12);
        struct ec_value x[12], y[12];
        for (size_t i = 0; i < 12; i++) { /* few values, so that there are ties */
            x[i] = ec_value_int((random = random * 1103515245u + 12345u) >> 16 & 7);
            y[i] = ec_value_int((random = random * 1103515245u + 12345u) >> 16 & 7);
        }
        fixture_column(table, ec_metric_get(EC_METRIC_time), x, NULL);
        fixture_column(table, ec_metric_get(EC_METRIC_mem), y, NULL);
        struct ec_plot *shown = plot(table, "time,mem");
        for (size_t i = 0; i < 12; i++)
            assert_int_equal(shown->points[i].front, !is_beaten(shown, i));
        ec_table_free(table);
    }
}

static void plot__references_are_not_on_the_front(void **state)
{
    (void)state;
    struct ec_table *table = paper_grouped();
    struct ec_plot *shown = plot(table, "time,model_utility");
    assert_true(shown->points[0].reference); /* Retrain: the best utility */
    assert_false(shown->points[0].front);
    assert_int_equal(shown->front_count, 1);
    assert_true(shown->points[3].front); /* LMCleaner: fastest and the best utility of the rest */
    ec_table_free(table);
}

static void plot__closest_to_a_target_has_no_line(void **state)
{
    (void)state;
    struct ec_table *table = paper_grouped();
    struct ec_plot *shown = plot(table, "time,privleak");
    assert_true(shown->front_count > 0);
    assert_null(shown->front);
    ec_table_free(table);
}

/* ---- Bytes ---- */

static void assert_contains(struct ec_table *table, const char *format, const char *part)
{
    char *text = fixture_render(table, format, 0, false);
    if (!strstr(text, part))
        fail_msg("no '%s' in:\n%s", part, text);
    free(text);
    ec_table_free(table);
}

static void svg__names_are_text(void **state)
{
    (void)state;
    assert_contains(fixture_document(), "svg", ">LMCleanerSample</text>");
    assert_contains(paper_hostile(), "svg", "&lt;b&gt;|&quot;q&quot;&#39;s&#39;&lt;/b&gt;");
    assert_contains(paper_hostile(), "svg", "ctrl\\x1b[2J\\nline\\xff \\u202e");
}

static void pgfplots__names_are_text(void **state)
{
    (void)state;
    assert_contains(fixture_document(), "pgfplots", "{LMCleanerSample};");
    assert_contains(paper_hostile(), "pgfplots", "{U+4E2DU+6587 ");
}

/* In a font that is wider than Helvetica, too: a name ends before the axis and begins within the
 * picture. */
static void svg__long_names_stay_within(void **state)
{
    (void)state;
    static const char *const names[] = {"NPO", "under_score_very_long_name_with_many_parts"};
    struct ec_table *table = fixture_table(names, 2);
    struct ec_value values[] = {ec_value_real(1), ec_value_real(2)};
    fixture_column(table, ec_metric_get(EC_METRIC_time), values, NULL);
    char *text = fixture_render(table, "svg", 0, false);
    const char *name = strstr(text, "\"end\">under_score"),
               *end = name ? strstr(name, "\u2026") : NULL;
    assert_non_null(end);
    name += strlen("\"end\">");
    double dejavu = 1.14 * ec_text_width((struct ec_str){name, (size_t)(end + 3 - name)});
    assert_true(dejavu * EC_PLOT_SMALL <= 0.45 * EC_PLOT_WIDTH);
    free(text);
    ec_table_free(table);
}

static void svg__the_same_every_time(void **state)
{
    (void)state;
    struct ec_table *table = paper_grouped();
    char *first = fixture_render(table, "svg", 0, false);
    fixture_assert_renders(table, "svg", 80, true, first);
    free(first);
    ec_table_free(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(axis__ticks_are_round),
        cmocka_unit_test(axis__logarithmic_over_a_wide_range),
        cmocka_unit_test(axis__one_value_has_room),
        cmocka_unit_test(axis__values_near_the_largest_doubles),
        cmocka_unit_test(place__nothing_is_covered),
        cmocka_unit_test(place__the_important_one_stays),
        cmocka_unit_test(place__each_side_of_a_point),
        cmocka_unit_test(place__lines_are_crossed_only_where_nothing_else_is_free),
        cmocka_unit_test(place__farther_away_with_a_leader),
        cmocka_unit_test(place__what_does_not_fit_is_left_out),
        cmocka_unit_test(place__labels_make_room_for_others),
        cmocka_unit_test(place__a_label_keeps_clear_of_lines_to_others),
        cmocka_unit_test(place__no_line_leads_through_a_label),
        cmocka_unit_test(place__a_label_names_its_own_point),
        cmocka_unit_test(plot__default_is_cost_against_effect_else_memory),
        cmocka_unit_test(plot__names_lose_what_all_share),
        cmocka_unit_test(plot__a_key_goes_before_a_label),
        cmocka_unit_test(plot__long_names_of_bars_are_cut),
        cmocka_unit_test(plot__ticks_keep_clear),
        cmocka_unit_test(plot__wrong_columns),
        cmocka_unit_test(plot__no_values),
        cmocka_unit_test(plot__front_is_what_nobody_beats),
        cmocka_unit_test(plot__references_are_not_on_the_front),
        cmocka_unit_test(plot__closest_to_a_target_has_no_line),
        cmocka_unit_test(svg__names_are_text),
        cmocka_unit_test(pgfplots__names_are_text),
        cmocka_unit_test(svg__long_names_stay_within),
        cmocka_unit_test(svg__the_same_every_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
