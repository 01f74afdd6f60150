/* Design notes.
 *
 * Every answer token of every sample is one row of the matrices below. With input x, u = x W1 + b1,
 * hidden layer h = (first half of u) * (second half of u), z = h W2 + b2 and p = softmax(z), the
 * backward pass keeps the errors dz = weight (p - y), dh = dz W2', du = dh * (the halves swapped)
 * and dx = du W1' of each row. The R-operator differentiates each of these equations, forward and
 * backward, in the given direction; a name that starts with r_ is the derivative of the value with
 * the rest of the name.
 */
#include "effbench/model.h"

#include "effbench/matrix.h"

#include <string.h>
#include <tgmath.h>

/* The layers' places in an array of parameters. */
struct layers {
    const eb_real *embedding, *w1, *b1, *w2, *b2;
};

/* The same in a gradient. */
struct layer_sums {
    eb_real *embedding, *w1, *b1, *w2, *b2;
};

/* One predicted token. */
struct row {
    const struct eb_sample *sample;
    int sample_index;
    int at; /* index of the token in the sample */
};

struct eb_workspace {
    struct eb_memory *memory;
    struct eb_shape shape;
    int inputs; /* width of x */
    int row_count;
    struct layers layers;
    struct row *rows;
    int *first_rows; /* of each sample */
    eb_real *block;  /* all that follows is inside */
    eb_real *x, *u, *h, *p, *dz, *dh, *du, *dx, *log_probability, *row_weights;
    eb_real *r_x, *r_u, *r_h, *r_dz, *r_dh, *r_du, *r_dx, *transposed;
};

static int input_width(const struct eb_shape *shape)
{
    return (EB_LOCAL + 1) * shape->embedding;
}

int eb_model_size(const struct eb_shape *shape)
{
    return shape->words * shape->embedding + (input_width(shape) + 1) * 2 * shape->hidden +
           (shape->hidden + 1) * shape->answers;
}

static struct layer_sums sums_of(const struct eb_shape *shape, eb_real *parameters)
{
    struct layer_sums layers;
    layers.embedding = parameters;
    layers.w1 = layers.embedding + shape->words * shape->embedding;
    layers.b1 = layers.w1 + input_width(shape) * 2 * shape->hidden;
    layers.w2 = layers.b1 + 2 * shape->hidden;
    layers.b2 = layers.w2 + shape->hidden * shape->answers;
    return layers;
}

static struct layers layers_of(const struct eb_shape *shape, const eb_real *parameters)
{
    struct layer_sums at = sums_of(shape, (eb_real *)parameters);
    return (struct layers){at.embedding, at.w1, at.b1, at.w2, at.b2};
}

static void fill_uniform(eb_real *from, const eb_real *to, eb_real scale, struct eb_random *random)
{
    for (; from < to; from++)
        *from = eb_random_uniform(random, scale);
}

void eb_model_init(const struct eb_shape *shape, struct eb_random *random, eb_real *ret_parameters)
{
    struct layer_sums to = sums_of(shape, ret_parameters);
    memset(ret_parameters, 0, (size_t)eb_model_size(shape) * sizeof *ret_parameters);
    /* Weights keep the variance of what passes through them (LeCun et al. 1998, "Efficient
     * BackProp"). */
    fill_uniform(to.embedding, to.w1, (eb_real)0.5, random);
    fill_uniform(to.w1, to.b1, sqrt((eb_real)3 / (eb_real)input_width(shape)), random);
    fill_uniform(to.w2, to.b2, sqrt((eb_real)3 / (eb_real)shape->hidden), random);
}

/* Cuts the next part off the workspace's block; as long as there is none, it only counts. */
static eb_real *cut(eb_real *block, size_t *size, int count)
{
    eb_real *part = block ? block + *size : NULL;
    *size += (size_t)count;
    return part;
}

/* Returns how many numbers the block has to hold. */
static size_t cut_up(struct eb_workspace *w, int rows)
{
    int inputs = w->inputs, hidden = w->shape.hidden, words = w->shape.answers;
    size_t size = 0;
    w->x = cut(w->block, &size, rows * inputs);
    w->u = cut(w->block, &size, rows * 2 * hidden);
    w->h = cut(w->block, &size, rows * hidden);
    w->p = cut(w->block, &size, rows * words);
    w->dz = cut(w->block, &size, rows * words);
    w->dh = cut(w->block, &size, rows * hidden);
    w->du = cut(w->block, &size, rows * 2 * hidden);
    w->dx = cut(w->block, &size, rows * inputs);
    w->log_probability = cut(w->block, &size, rows);
    w->row_weights = cut(w->block, &size, rows);
    w->r_x = cut(w->block, &size, rows * inputs);
    w->r_u = cut(w->block, &size, rows * 2 * hidden);
    w->r_h = cut(w->block, &size, rows * hidden);
    w->r_dz = cut(w->block, &size, rows * words);
    w->r_dh = cut(w->block, &size, rows * hidden);
    w->r_du = cut(w->block, &size, rows * 2 * hidden);
    w->r_dx = cut(w->block, &size, rows * inputs);
    w->transposed = cut(w->block, &size, hidden * (2 * inputs > words ? 2 * inputs : words));
    return size;
}

struct eb_workspace *eb_workspace_create(struct eb_memory *memory, const struct eb_shape *shape,
                                         int max_samples)
{
    struct eb_workspace *w = eb_memory_alloc(memory, 1, sizeof *w);
    if (!w)
        return NULL;
    int rows = max_samples * EB_ANSWER_TOKENS;
    w->memory = memory;
    w->shape = *shape;
    w->inputs = input_width(shape);
    w->rows = eb_memory_alloc(memory, (size_t)rows, sizeof *w->rows);
    w->first_rows = eb_memory_alloc(memory, (size_t)max_samples + 1, sizeof *w->first_rows);
    w->block = eb_memory_alloc(memory, cut_up(w, rows), sizeof *w->block);
    if (!w->rows || !w->first_rows || !w->block) {
        eb_workspace_free(w);
        return NULL;
    }
    cut_up(w, rows);
    return w;
}

void eb_workspace_free(struct eb_workspace *w)
{
    if (!w)
        return;
    eb_memory_free(w->memory, w->rows);
    eb_memory_free(w->memory, w->first_rows);
    eb_memory_free(w->memory, w->block);
    eb_memory_free(w->memory, w);
}

/* The three products of a layer of weights, inputs x outputs: what goes in is on the left. */

static void push(const struct eb_workspace *w, int inputs, int outputs, const eb_real *in,
                 const eb_real *weights, eb_real *out)
{
    struct eb_view left = {in, inputs, 1};
    eb_matrix_multiply_add(w->row_count, outputs, inputs, left, weights, out);
}

static void pull(const struct eb_workspace *w, int inputs, int outputs, const eb_real *out_error,
                 const eb_real *weights, eb_real *in_error)
{
    struct eb_view left = {out_error, outputs, 1};
    eb_matrix_transpose(inputs, outputs, weights, w->transposed);
    eb_matrix_multiply_add(w->row_count, inputs, outputs, left, w->transposed, in_error);
}

static void add_outer(const struct eb_workspace *w, int inputs, int outputs, const eb_real *in,
                      const eb_real *out_error, eb_real *weights_sum)
{
    struct eb_view left = {in, 1, inputs};
    eb_matrix_multiply_add(inputs, outputs, w->row_count, left, out_error, weights_sum);
}

static void add_rows(const struct eb_workspace *w, int columns, const eb_real *from, eb_real *sum)
{
    for (int r = 0; r < w->row_count; r++)
        for (int j = 0; j < columns; j++)
            sum[j] += from[r * columns + j];
}

static void repeat_row(const struct eb_workspace *w, int columns, const eb_real *row, eb_real *to)
{
    for (int r = 0; r < w->row_count; r++)
        memcpy(to + r * columns, row, (size_t)columns * sizeof *to);
}

static void clear(const struct eb_workspace *w, int columns, eb_real *matrix)
{
    memset(matrix, 0, (size_t)w->row_count * (size_t)columns * sizeof *matrix);
}

/* The factor of a word's embedding among the last words, and in the sum of all words. */
static const eb_real local_gain = 2;

static eb_real bag_gain(const struct eb_workspace *w, const struct row *row, int token)
{
    return 2 * w->shape.word_weights[token] / sqrt((eb_real)row->at);
}

static void add_scaled(int count, eb_real factor, const eb_real *from, eb_real *to)
{
    for (int j = 0; j < count; j++)
        to[j] += factor * from[j];
}

/* x = the inputs of all rows, which are linear in the embeddings. */
static void embed(const struct eb_workspace *w, const eb_real *embedding, eb_real *x)
{
    int d = w->shape.embedding;
    clear(w, w->inputs, x);
    for (int r = 0; r < w->row_count; r++, x += w->inputs) {
        const struct row *row = &w->rows[r];
        const uint16_t *tokens = row->sample->tokens;
        for (int i = 0; i < EB_LOCAL; i++)
            add_scaled(d, local_gain, embedding + tokens[row->at - 1 - i] * d, x + i * d);
        for (int s = 0; s < row->at; s++)
            add_scaled(d, bag_gain(w, row, tokens[s]), embedding + tokens[s] * d, x + EB_LOCAL * d);
    }
}

/* The transpose of embed: adds the inputs' errors to the embeddings that they came from. */
static void unembed(const struct eb_workspace *w, const eb_real *dx, eb_real *sum)
{
    int d = w->shape.embedding;
    for (int r = 0; r < w->row_count; r++, dx += w->inputs) {
        const struct row *row = &w->rows[r];
        const uint16_t *tokens = row->sample->tokens;
        for (int i = 0; i < EB_LOCAL; i++)
            add_scaled(d, local_gain, dx + i * d, sum + tokens[row->at - 1 - i] * d);
        for (int s = 0; s < row->at; s++)
            add_scaled(d, bag_gain(w, row, tokens[s]), dx + EB_LOCAL * d, sum + tokens[s] * d);
    }
}

/* to (rows x 2 hidden) = factor (rows x hidden) times each half of u, put in the other half's
 * place: the derivative of h = u1 * u2, transposed. */
static void add_gated(const struct eb_workspace *w, const eb_real *factor, const eb_real *u,
                      eb_real *to)
{
    int hidden = w->shape.hidden;
    for (int r = 0; r < w->row_count; r++, u += 2 * hidden, to += 2 * hidden, factor += hidden)
        for (int j = 0; j < hidden; j++) {
            to[j] += factor[j] * u[hidden + j];
            to[hidden + j] += factor[j] * u[j];
        }
}

/* h = u1 * u2 of every row. */
static void multiply_halves(const struct eb_workspace *w)
{
    int hidden = w->shape.hidden;
    for (int r = 0; r < w->row_count; r++) {
        const eb_real *u = w->u + 2 * r * hidden;
        for (int j = 0; j < hidden; j++)
            w->h[r * hidden + j] = u[j] * u[hidden + j];
    }
}

/* r_h = r_u1 * u2 + u1 * r_u2 of every row. */
static void differentiate_halves(const struct eb_workspace *w)
{
    int hidden = w->shape.hidden;
    for (int r = 0; r < w->row_count; r++) {
        const eb_real *u = w->u + 2 * r * hidden, *r_u = w->r_u + 2 * r * hidden;
        for (int j = 0; j < hidden; j++)
            w->r_h[r * hidden + j] = r_u[j] * u[hidden + j] + u[j] * r_u[hidden + j];
    }
}

static int target_of(const struct row *row)
{
    return row->sample->tokens[row->at];
}

/* Turns one row of z into p; returns the log-probability of `target`. */
static eb_real softmax(eb_real *z, int count, int target)
{
    eb_real highest = z[0], sum = 0;
    for (int j = 1; j < count; j++)
        highest = z[j] > highest ? z[j] : highest;
    eb_real target_z = z[target] - highest;
    for (int j = 0; j < count; j++)
        sum += z[j] = exp(z[j] - highest);
    for (int j = 0; j < count; j++)
        z[j] /= sum;
    return target_z - log(sum);
}

static void lay_out_rows(struct eb_workspace *w, const struct eb_sample *const *samples, int count)
{
    w->row_count = 0;
    for (int i = 0; i < count; i++) {
        w->first_rows[i] = w->row_count;
        for (int at = samples[i]->question; at < samples[i]->length; at++)
            w->rows[w->row_count++] = (struct row){samples[i], i, at};
    }
    w->first_rows[count] = w->row_count;
}

void eb_model_forward(struct eb_workspace *w, const eb_real *parameters,
                      const struct eb_sample *const *samples, int count, eb_real *ret_losses)
{
    int words = w->shape.answers, hidden = w->shape.hidden;
    lay_out_rows(w, samples, count);
    w->layers = layers_of(&w->shape, parameters);
    embed(w, w->layers.embedding, w->x);
    repeat_row(w, 2 * hidden, w->layers.b1, w->u);
    push(w, w->inputs, 2 * hidden, w->x, w->layers.w1, w->u);
    multiply_halves(w);
    repeat_row(w, words, w->layers.b2, w->p);
    push(w, hidden, words, w->h, w->layers.w2, w->p);
    for (int i = 0; i < count; i++) {
        ret_losses[i] = 0;
        for (int r = w->first_rows[i]; r < w->first_rows[i + 1]; r++) {
            w->log_probability[r] = softmax(w->p + r * words, words, target_of(&w->rows[r]));
            ret_losses[i] -= w->log_probability[r];
        }
        ret_losses[i] /= (eb_real)eb_sample_answer_length(samples[i]);
    }
}

static void output_errors(struct eb_workspace *w, const eb_real *weights)
{
    int words = w->shape.answers;
    for (int r = 0; r < w->row_count; r++) {
        const struct row *row = &w->rows[r];
        eb_real weight = weights[row->sample_index] / (eb_real)eb_sample_answer_length(row->sample);
        for (int j = 0; j < words; j++)
            w->dz[r * words + j] = weight * w->p[r * words + j];
        w->dz[r * words + target_of(row)] -= weight;
        w->row_weights[r] = weight;
    }
}

void eb_model_backward(struct eb_workspace *w, const eb_real *weights, eb_real *gradient)
{
    int words = w->shape.answers, hidden = w->shape.hidden;
    struct layer_sums sums = sums_of(&w->shape, gradient);
    output_errors(w, weights);
    add_outer(w, hidden, words, w->h, w->dz, sums.w2);
    add_rows(w, words, w->dz, sums.b2);
    clear(w, hidden, w->dh);
    pull(w, hidden, words, w->dz, w->layers.w2, w->dh);
    clear(w, 2 * hidden, w->du);
    add_gated(w, w->dh, w->u, w->du);
    add_outer(w, w->inputs, 2 * hidden, w->x, w->du, sums.w1);
    add_rows(w, 2 * hidden, w->du, sums.b1);
    clear(w, w->inputs, w->dx);
    pull(w, w->inputs, 2 * hidden, w->du, w->layers.w1, w->dx);
    unembed(w, w->dx, sums.embedding);
}

/* r_x, r_u, r_h and r_dz. */
static void differentiate_forward(struct eb_workspace *w, const struct layers *direction)
{
    int words = w->shape.answers, hidden = w->shape.hidden;
    embed(w, direction->embedding, w->r_x);
    repeat_row(w, 2 * hidden, direction->b1, w->r_u);
    push(w, w->inputs, 2 * hidden, w->r_x, w->layers.w1, w->r_u);
    push(w, w->inputs, 2 * hidden, w->x, direction->w1, w->r_u);
    differentiate_halves(w);
    repeat_row(w, words, direction->b2, w->r_dz);
    push(w, hidden, words, w->r_h, w->layers.w2, w->r_dz);
    push(w, hidden, words, w->h, direction->w2, w->r_dz);
    for (int r = 0; r < w->row_count; r++) {
        const eb_real *p = w->p + r * words;
        eb_real *r_z = w->r_dz + r * words, mean = 0;
        for (int j = 0; j < words; j++)
            mean += p[j] * r_z[j];
        for (int j = 0; j < words; j++)
            r_z[j] = w->row_weights[r] * p[j] * (r_z[j] - mean);
    }
}

void eb_model_hessian_product(struct eb_workspace *w, const eb_real *direction, eb_real *product)
{
    int words = w->shape.answers, hidden = w->shape.hidden;
    struct layers v = layers_of(&w->shape, direction);
    struct layer_sums sums = sums_of(&w->shape, product);
    differentiate_forward(w, &v);
    add_outer(w, hidden, words, w->r_h, w->dz, sums.w2);
    add_outer(w, hidden, words, w->h, w->r_dz, sums.w2);
    add_rows(w, words, w->r_dz, sums.b2);
    clear(w, hidden, w->r_dh);
    pull(w, hidden, words, w->r_dz, w->layers.w2, w->r_dh);
    pull(w, hidden, words, w->dz, v.w2, w->r_dh);
    clear(w, 2 * hidden, w->r_du);
    add_gated(w, w->r_dh, w->u, w->r_du);
    add_gated(w, w->dh, w->r_u, w->r_du);
    add_outer(w, w->inputs, 2 * hidden, w->r_x, w->du, sums.w1);
    add_outer(w, w->inputs, 2 * hidden, w->x, w->r_du, sums.w1);
    add_rows(w, 2 * hidden, w->r_du, sums.b1);
    clear(w, w->inputs, w->r_dx);
    pull(w, w->inputs, 2 * hidden, w->r_du, w->layers.w1, w->r_dx);
    pull(w, w->inputs, 2 * hidden, w->du, v.w1, w->r_dx);
    unembed(w, w->r_dx, sums.embedding);
}

eb_real eb_model_log_probability(const struct eb_workspace *w, int sample, int position)
{
    return w->log_probability[w->first_rows[sample] + position];
}

int eb_model_best_word(const struct eb_workspace *w, int sample, int position)
{
    const eb_real *p = w->p + (w->first_rows[sample] + position) * w->shape.answers;
    int best = 0;
    for (int j = 1; j < w->shape.answers; j++)
        if (p[j] > p[best])
            best = j;
    return best;
}
