/* effbench's model, built in double precision: derivatives against finite differences. */
#include "cmocka_test.h"
#include "effbench/matrix.h"
#include "effbench/model.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(sizeof(eb_real) == sizeof(double), "this test needs EB_DOUBLE");

enum { SAMPLES = 3 };

struct fixture {
    struct eb_corpus *corpus;
    struct eb_memory memory;
    struct eb_shape shape;
    int size;
    struct eb_workspace *workspace;
    const struct eb_sample *samples[SAMPLES];
    eb_real weights[SAMPLES]; /* of either sign, as unlearning has them */
    eb_real *parameters, *direction;
    struct eb_random random;
};

static int set_up(void **state)
{
    struct fixture *f = test_calloc(1, sizeof *f);
    f->corpus = eb_corpus_create(1);
    assert_non_null(f->corpus);
    /* Odd sizes, so that the matrix product's edges take part. */
    f->shape = (struct eb_shape){f->corpus->word_count, f->corpus->answer_words, 5, 7,
                                 f->corpus->word_weights};
    f->size = eb_model_size(&f->shape);
    f->workspace = eb_workspace_create(&f->memory, &f->shape, SAMPLES);
    f->parameters = test_calloc((size_t)f->size, sizeof *f->parameters);
    f->direction = test_calloc((size_t)f->size, sizeof *f->direction);
    eb_random_seed(&f->random, 3, 0);
    eb_model_init(&f->shape, &f->random, f->parameters);
    for (int i = 0; i < f->size; i++) {
        f->parameters[i] += eb_random_uniform(&f->random, 0.1); /* biases, too, are not 0 */
        f->direction[i] = eb_random_uniform(&f->random, 1);
    }
    for (int i = 0; i < SAMPLES; i++) {
        f->samples[i] = &f->corpus->questions[7 * i].truth;
        f->weights[i] = i == 1 ? -0.5 : 0.75;
    }
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    eb_workspace_free(f->workspace);
    eb_corpus_free(f->corpus);
    assert_int_equal(f->memory.used, 0);
    test_free(f->parameters);
    test_free(f->direction);
    test_free(f);
    return 0;
}

static double objective(struct fixture *f, const eb_real *parameters)
{
    eb_real losses[SAMPLES];
    double sum = 0;
    eb_model_forward(f->workspace, parameters, f->samples, SAMPLES, losses);
    for (int i = 0; i < SAMPLES; i++)
        sum += f->weights[i] * losses[i];
    return sum;
}

/* gradient = that of the objective at parameters + step * direction. */
static void gradient_at(struct fixture *f, double step, eb_real *gradient)
{
    eb_real *moved = test_calloc((size_t)f->size, sizeof *moved);
    for (int i = 0; i < f->size; i++)
        moved[i] = f->parameters[i] + step * f->direction[i];
    memset(gradient, 0, (size_t)f->size * sizeof *gradient);
    objective(f, moved);
    eb_model_backward(f->workspace, f->weights, gradient);
    test_free(moved);
}

static void forward__loss_of_equal_words_is_known(void **state)
{
    struct fixture *f = *state;
    eb_real losses[SAMPLES];
    memset(f->parameters, 0, (size_t)f->size * sizeof *f->parameters);
    eb_model_forward(f->workspace, f->parameters, f->samples, SAMPLES, losses);
    for (int i = 0; i < SAMPLES; i++)
        assert_float_equal(losses[i], log(f->shape.answers), 1e-12);
    assert_float_equal(eb_model_log_probability(f->workspace, 1, 0), -log(f->shape.answers), 1e-12);
}

static void backward__matches_finite_differences(void **state)
{
    struct fixture *f = *state;
    const double step = 1e-5;
    eb_real *gradient = test_calloc((size_t)f->size, sizeof *gradient);
    gradient_at(f, 0, gradient);
    int not_zero = 0;
    /* Embeddings of all words would take long; every 3rd parameter reaches all layers. */
    for (int i = 0; i < f->size; i += 3) {
        eb_real kept = f->parameters[i];
        f->parameters[i] = kept + step;
        double above = objective(f, f->parameters);
        f->parameters[i] = kept - step;
        double below = objective(f, f->parameters);
        f->parameters[i] = kept;
        assert_float_equal(gradient[i], (above - below) / (2 * step), 1e-8);
        not_zero += fabs(gradient[i]) > 1e-4;
    }
    assert_true(not_zero > 100);
    test_free(gradient);
}

static void backward__adds_to_what_is_there(void **state)
{
    struct fixture *f = *state;
    eb_real *once = test_calloc((size_t)f->size, sizeof *once);
    eb_real *twice = test_calloc((size_t)f->size, sizeof *twice);
    gradient_at(f, 0, once);
    gradient_at(f, 0, twice);
    objective(f, f->parameters);
    eb_model_backward(f->workspace, f->weights, twice);
    for (int i = 0; i < f->size; i++)
        assert_float_equal(twice[i], 2 * once[i], 1e-12);
    test_free(once);
    test_free(twice);
}

static void hessian_product__matches_finite_differences_of_the_gradient(void **state)
{
    struct fixture *f = *state;
    const double step = 1e-5;
    size_t count = (size_t)f->size;
    eb_real *above = test_calloc(count, sizeof *above), *below = test_calloc(count, sizeof *below);
    eb_real *gradient = test_calloc(count, sizeof *gradient);
    eb_real *product = test_calloc(count, sizeof *product);
    gradient_at(f, step, above);
    gradient_at(f, -step, below);
    objective(f, f->parameters);
    eb_model_backward(f->workspace, f->weights, gradient);
    eb_model_hessian_product(f->workspace, f->direction, product);
    double largest = 0;
    for (int i = 0; i < f->size; i++) {
        assert_float_equal(product[i], (above[i] - below[i]) / (2 * step), 1e-6);
        largest = fmax(largest, fabs(product[i]));
    }
    assert_true(largest > 0.1);
    test_free(above);
    test_free(below);
    test_free(gradient);
    test_free(product);
}

static void hessian_product__is_symmetric(void **state)
{
    struct fixture *f = *state;
    size_t count = (size_t)f->size;
    eb_real *other = test_calloc(count, sizeof *other),
            *gradient = test_calloc(count, sizeof *gradient);
    eb_real *h_direction = test_calloc(count, sizeof *other);
    eb_real *h_other = test_calloc(count, sizeof *other);
    double left = 0, right = 0;
    for (int i = 0; i < f->size; i++)
        other[i] = eb_random_uniform(&f->random, 1);
    objective(f, f->parameters);
    eb_model_backward(f->workspace, f->weights, gradient);
    eb_model_hessian_product(f->workspace, f->direction, h_direction);
    eb_model_hessian_product(f->workspace, other, h_other);
    for (int i = 0; i < f->size; i++) {
        left += other[i] * h_direction[i];
        right += f->direction[i] * h_other[i];
    }
    assert_true(fabs(left) > 1e-3);
    assert_float_equal(left, right, 1e-9);
    test_free(other);
    test_free(gradient);
    test_free(h_direction);
    test_free(h_other);
}

static void multiply__matches_the_definition_at_every_size(void **state)
{
    struct fixture *f = *state;
    enum { MOST = 21 };
    eb_real a[MOST * MOST], b[MOST * MOST], c[MOST * MOST];
    for (int i = 0; i < MOST * MOST; i++) {
        a[i] = eb_random_uniform(&f->random, 1);
        b[i] = eb_random_uniform(&f->random, 1);
    }
    for (int rows = 1; rows <= MOST; rows += 2)
        for (int columns = 1; columns <= MOST; columns++) {
            struct eb_view transposed = {a, 1, rows};
            for (int i = 0; i < rows * columns; i++)
                c[i] = 1;
            eb_matrix_multiply_add(rows, columns, MOST, transposed, b, c);
            for (int i = 0; i < rows; i++)
                for (int j = 0; j < columns; j++) {
                    eb_real expected = 1;
                    for (int k = 0; k < MOST; k++)
                        expected += a[k * rows + i] * b[k * columns + j];
                    assert_float_equal(c[i * columns + j], expected, 1e-12);
                }
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(forward__loss_of_equal_words_is_known, set_up, tear_down),
        cmocka_unit_test_setup_teardown(backward__matches_finite_differences, set_up, tear_down),
        cmocka_unit_test_setup_teardown(backward__adds_to_what_is_there, set_up, tear_down),
        cmocka_unit_test_setup_teardown(hessian_product__matches_finite_differences_of_the_gradient,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(hessian_product__is_symmetric, set_up, tear_down),
        cmocka_unit_test_setup_teardown(multiply__matches_the_definition_at_every_size, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
