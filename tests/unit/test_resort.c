/* ec_plan_sort: sorting a table that is there gives what making it anew gives. */
#include "cmocka_test.h"
#include "query_fixture.h"

static const struct fixture_run runs[] = {
    {"a10", "slow", 300, 9000, 0.6, NAN, EC_STATUS_COMPLETED},
    {"a2", "fast", 200, 8000, 0.45, NAN, EC_STATUS_COMPLETED},
    {"gold", "slow", 330, NAN, 0.9, 5, EC_STATUS_COMPLETED},
    {"dead", NULL, 10, 100, 0.9, NAN, EC_STATUS_FAILED},
    {"tie1", "fast", 200, 8000, 0.6, NAN, EC_STATUS_COMPLETED},
    {"tie2", "fast", 200, 8000, 0.6, NAN, EC_STATUS_COMPLETED},
    {"tie3", "odd", 200, 8000, 0.2, NAN, EC_STATUS_COMPLETED},
    {"none", "odd", NAN, NAN, NAN, NAN, EC_STATUS_COMPLETED},
};
enum { RUNS = sizeof runs / sizeof runs[0] };

static void assert_same_rows(const size_t *a, const size_t *b, size_t count)
{
    for (size_t i = 0; i < count && i < EC_BEST_NAMED; i++)
        assert_int_equal(a[i], b[i]);
}

static void assert_same(const struct ec_table *a, const struct ec_table *b)
{
    assert_int_equal(a->row_count, b->row_count);
    for (size_t row = 0; row < a->row_count; row++) {
        assert_int_equal(a->order[row], b->order[row]);
        for (size_t i = 0; i < a->column_count; i++)
            assert_int_equal(ec_table_marks(a, row, i), ec_table_marks(b, row, i));
    }
    assert_int_equal(a->best_count, b->best_count);
    for (size_t i = 0; i < a->best_count; i++) {
        assert_int_equal(a->bests[i].count, b->bests[i].count);
        assert_same_rows(a->bests[i].rows, b->bests[i].rows, a->bests[i].count);
        assert_int_equal(a->bests[i].tied_count, b->bests[i].tied_count);
        assert_same_rows(a->bests[i].tied_rows, b->bests[i].tied_rows, a->bests[i].tied_count);
    }
}

/* Sorts one table as each of these says, one after the other. */
static void assert_resorts(struct ec_query query)
{
    static const char *const sorts[] = {"",     "time", "-time",     "name",          "-name",
                                        "-mem", "",     "mem,-name", "-model_utility"};
    query.sort = (struct ec_words){&sorts[1], 1};
    struct query_fixture table = fixture_query(runs, RUNS, &query);
    assert_non_null(table.table);
    for (size_t i = 0; i < sizeof sorts / sizeof sorts[0]; i++) {
        query.sort = (struct ec_words){&sorts[i], sorts[i][0] ? 1 : 0};
        assert_true(ec_plan_sort(table.plan, &query, table.table));
        struct query_fixture anew = fixture_query(runs, RUNS, &query);
        assert_same(table.table, anew.table);
        fixture_done(&anew);
    }
    fixture_done(&table);
}

static void resort__as_made_anew(void **state)
{
    (void)state;
    struct ec_query query = {.columns = WORDS("time,mem,model_utility")};
    assert_resorts(query);
    query.references = (struct ec_words)WORDS("gold,tie2");
    assert_resorts(query);
    query.order = (struct ec_words)WORDS("tie3,a2");
    assert_resorts(query);
    query.baseline = "gold";
    query.pareto = (struct ec_words)WORDS("time,model_utility");
    assert_resorts(query);
    query.pareto_only = true;
    assert_resorts(query);
}

static void resort__groups(void **state)
{
    (void)state;
    struct ec_query query = {.columns = WORDS("time,mem,model_utility"),
                             .group_by = WORDS("method")};
    assert_resorts(query);
    query.references = (struct ec_words)WORDS("odd");
    assert_resorts(query);
}

static void resort__not_where_more_would_change(void **state)
{
    (void)state;
    const struct ec_words by_time = WORDS("time"), hidden = WORDS("model_utility");
    struct ec_query query = {.columns = WORDS("time,mem")};
    struct query_fixture table = fixture_query(runs, RUNS, &query);
    struct ec_query other = query;
    other.sort = hidden; /* is not among the columns */
    assert_false(ec_plan_sort(table.plan, &other, table.table));
    other.sort = by_time;
    other.top = 3;
    assert_false(ec_plan_sort(table.plan, &other, table.table));
    other.top = 0;
    other.section = "method";
    assert_false(ec_plan_sort(table.plan, &other, table.table));
    fixture_done(&table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(resort__as_made_anew),
        cmocka_unit_test(resort__groups),
        cmocka_unit_test(resort__not_where_more_would_change),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
