/* SPDX-License-Identifier: MIT */
/* als - factors of users and items for implicit feedback, by alternating least squares.
 *
 * Notation: x_u, y_i factors; r_ui values; O observed pairs; n_u entries of user u, n_i of item i; w =
 * unobserved_weight; l = regularization; e = regularization_exponent.
 *
 *     ials  sum over O of (1 - x_u.y_i)^2  +  w * sum over all pairs of (x_u.y_i)^2
 *           + sum over u of l (n_u + w n_items)^e |x_u|^2  +  sum over i of l (n_i + w n_users)^e |y_i|^2
 *
 *     hkv   sum over all pairs of c_ui (p_ui - x_u.y_i)^2  +  l (sum over u of |x_u|^2 + sum over i of |y_i|^2)
 *           p = 1 and c = alpha r (linear) or alpha log(1 + r) (log) on O, p = 0 and c = 1 elsewhere
 *
 * With the items held, each user's part is least squares with the normal equations
 *
 *     (w Y^T Y + shift_u I + sum over O_u of      y y^T) x_u = sum over O_u of   y        ials
 *     (  Y^T Y +       l I + sum over O_u of (c-1) y y^T) x_u = sum over O_u of c y        hkv
 *
 * and alike for items: an iteration solves for all users, then all items, exactly (cholesky) or by a few
 * steps of conjugate gradients from where the row was (cg). Factors start normal with deviation 0.1 /
 * sqrt(factors), keyed by seed, side and row. Who has no entries has factors 0.
 *
 * Defaults, by trial on three sets (a gift shop's invoices, film ratings, check-ins): each within 5 parts in 100 of what
 * tuning reached. More factors gain where items are many, and lose nothing elsewhere but time.
 *
 * The ranges to search suit ials with an exponent of 1. hkv wants a regularization of 1 to 100.
 *
 * After the last iteration the users are solved for once more, exactly. So a stored user's factors are to the
 * bit what vector() makes of the same history.
 *
 * Sources: Hu, Koren and Volinsky 2008, 10.1109/ICDM.2008.22 (hkv); Rendle, Krichene, Zhang and Koren 2022,
 * 10.1145/3523227.3548486 (ials); Takacs, Pilaszy and Tikk 2011, 10.1145/2043932.2043987 (cg).
 *
 * Cost of an iteration, f factors: cg O(steps (entries f + (users + items) f^2)), cholesky O(entries f^2 +
 * (users + items) f^3); memory (users + items) f floats. A question: O(n f^2 + f^3) to fold in, O(items f) to
 * score. */
#include "base/rng.h"
#include "base/thread.h"
#include "math/normal.h"
#include "model/model.h"

#include <math.h>
#include <stdatomic.h>
#include <string.h>

enum { IALS = 0, HKV = 1 };
enum { LINEAR = 0, LOG = 1 };
enum { CG = 0, CHOLESKY = 1 };
enum { GRAIN = 4 * RECO__CG_ROWS }; /* rows a thread takes at a time */

typedef struct als {
    reco_model base;
    int32_t objective, confidence, solver;
    int64_t factors, iterations, cg_steps;
    double regularization, regularization_exponent, unobserved_weight, alpha;
    double weight;              /* unobserved_weight, or what stands for its 0 */
    int64_t items_fitted;       /* n_items of the equations: it stays when the model gets other items */
    const float *users, *items; /* [n_users or n_items, factors] */
    const float *gram;          /* [width, width] of the items, padded: what vector() adds entries to */
} als;

static const reco__param params[] = {
    PARAM_CHOICE(als, objective, NO_SEARCH,
                 "what is minimized: ials (any value counts as one) or hkv (values are weights)", "ials",
                 "hkv"),
    PARAM_INT(als, factors, 96, 1, 4096, SEARCH(16, 256, LOG) SMALL(5), "length of the factors"),
    PARAM_INT(als, iterations, 12, 1, 10000, SEARCH(4, 32, LOG) SMALL(3),
              "times that users and items are solved for"),
    PARAM_NUMBER(als, regularization, 0.006, 0, 1e9, SEARCH(0.0005, 0.1, LOG),
                 "weight of the factors' squares"),
    PARAM_NUMBER(als, regularization_exponent, 1, 0, 4, NO_SEARCH,
                 "ials: how regularization grows with a row's entries; 0 = not at all"),
    PARAM_NUMBER(als, unobserved_weight, 0, 0, 1e6, SEARCH(0.001, 1, LOG),
                 "ials: weight of the pairs not observed; 0 = 1000 / sqrt(users * items), at most 0.5"),
    PARAM_NUMBER(als, alpha, 1, 0, 1e9, SEARCH(0.1, 100, LOG), "hkv: confidence of a pair of value 1"),
    PARAM_CHOICE(als, confidence, SEARCH_ALL, "hkv: alpha * value (linear) or alpha * log(1 + value) (log)",
                 "linear", "log"),
    PARAM_CHOICE(als, solver, NO_SEARCH, "how rows are solved: cg (a few steps) or cholesky (exactly)", "cg",
                 "cholesky"),
    PARAM_INT(als, cg_steps, 3, 1, 1000, NO_SEARCH, "cg: steps a row"),
    {0},
};

/* The weight of a pair not observed. There are n_users * n_items of them, so what suits is the smaller the larger the
 * matrix: on sets of 16 to 1,200 million pairs the best was near 1000 / sqrt(n_users * n_items). */
static double weight_of(const als *m, double n_users, double n_items)
{
    if (m->unobserved_weight > 0) {
        return m->unobserved_weight;
    }
    double pairs = n_users * n_items;
    return pairs > 4e6 ? 1000 / sqrt(pairs) : 0.5;
}

/* ---- one row's equations ---- */

/* Entries of a row, of which there are n_all, as the objective weighs them; weight and negated [n] are
 * written. */
static reco__entries weigh(const als *m, const int32_t *index, const float *values, int64_t n, float *weight,
                           float *negated)
{
    reco__entries entries = {index, m->objective == HKV ? weight : NULL, negated, n, 0};
    for (int64_t e = 0; e < n; e++) {
        if (m->objective == IALS) {
            negated[e] = -1;
        } else {
            double v = (double)values[e], c = m->alpha * (m->confidence == LOG ? log1p(v) : v);
            weight[e] = (float)(c - 1);
            negated[e] = -(float)c;
        }
    }
    return entries;
}

/* Regularization of a row with n entries, `others` being the rows of the other side. */
static float shift(const als *m, int64_t n, int64_t others)
{
    double l = m->regularization;
    return (float)(m->objective == HKV
                       ? l
                       : l * pow((double)n + m->weight * (double)others, m->regularization_exponent));
}

/* Weight of the Gram matrix. */
static double dense_weight(const als *m)
{
    return m->objective == HKV ? 1 : m->weight;
}

/* Numbers so small that products of three of them would be subnormal, on which processors are a hundred times as slow,
 * become 0. Regularization that leaves no taste standing drives all factors there. */
static void drop_tiny(float *x, int64_t n)
{
    for (int64_t k = 0; k < n; k++) {
        x[k] = fabsf(x[k]) < 1e-12f ? 0 : x[k];
    }
}

/* The exact factors of a row. */
static bool solve(const als *m, const reco__normal *normal, const int32_t *index, const float *values,
                  int64_t n, int64_t others, float *x, float *scratch)
{
    float weight[RECO__ENTRIES], negated[RECO__ENTRIES];
    reco__system_start(normal, scratch);
    for (int64_t e = 0; e < n; e += RECO__ENTRIES) {
        int64_t count = n - e < RECO__ENTRIES ? n - e : RECO__ENTRIES;
        reco__entries entries = weigh(m, index + e, values + e, count, weight, negated);
        reco__system_add(normal, &entries, scratch);
    }
    bool solved = reco__system_solve(normal, shift(m, n, others), x, scratch);
    if (solved) {
        drop_tiny(x, m->factors);
    }
    return solved;
}

/* ---- solving for one side ---- */

/* What a fit works with. */
typedef struct work {
    als *m;
    reco__run *run;
    float *factors[2]; /* RECO_USER, RECO_ITEM: [n, width] */
    float *gram;       /* [width, width] of the side that is held */
    float *packed;     /* the same for conjugate gradients; NULL for the other solver */
    float *gram_scratch, *scratch;
    int64_t width, scratch_each;
    /* of the side that is solved for */
    const reco__csr *x;
    reco__normal normal;
    float *solved;           /* [rows, width] */
    _Atomic int32_t bad_row; /* the lowest that could not be solved */
} work;

static reco_status blame(work *w, int64_t row)
{
    int32_t now = atomic_load(&w->bad_row);
    while (row < now && !atomic_compare_exchange_weak(&w->bad_row, &now, (int32_t)row)) {
    }
    return RECO_ENUMERIC;
}

static reco_status solve_exactly(void *context, int64_t begin, int64_t end, int32_t worker)
{
    work *w = context;
    for (int64_t row = begin; row < end; row++) {
        int64_t from = w->x->start[row], n = w->x->start[row + 1] - from;
        float *x = w->solved + row * w->width;
        if (n == 0) {
            memset(x, 0, (size_t)w->normal.factors * sizeof *x);
        } else if (!solve(w->m, &w->normal, w->x->index + from, w->x->value + from, n, w->x->columns, x,
                          w->scratch + worker * w->scratch_each)) {
            return blame(w, row);
        }
    }
    return RECO_OK;
}

/* The weights of a block's entries lie behind what conjugate gradients take. */
static reco_status improve(void *context, int64_t begin, int64_t end, int32_t worker)
{
    work *w = context;
    float *scratch = w->scratch + worker * w->scratch_each;
    float *weights = scratch + reco__cg_need(w->width);
    for (int32_t count, row = (int32_t)begin; row < end; row += count) {
        reco__entries rows[RECO__CG_ROWS];
        float *at = weights;
        count = reco__cg_block(w->width, w->x->start, row, (int32_t)end);
        for (int32_t k = 0; k < count; k++) {
            int64_t from = w->x->start[row + k], n = w->x->start[row + k + 1] - from;
            rows[k] = weigh(w->m, w->x->index + from, w->x->value + from, n, at, at + n);
            rows[k].shift = shift(w->m, n, w->x->columns);
            at += 2 * n;
        }
        float *x = w->solved + row * w->width;
        int32_t bad = reco__cg_rows(&w->normal, rows, count, (int32_t)w->m->cg_steps, x, scratch);
        if (bad >= 0) {
            return blame(w, row + bad);
        }
        drop_tiny(x, count * w->width);
    }
    return RECO_OK;
}

static reco_status failed(const work *w, const reco_data *data, int32_t side)
{
    int32_t row = atomic_load(&w->bad_row);
    return reco__fail(w->run->err, RECO_ENUMERIC,
                      "als: the equations of %s '%.80s' have no solution in single precision: values or "
                      "parameters are too extreme",
                      side == RECO_USER ? "user" : "item",
                      reco__string(&data->catalog->sides[side].ids, row));
}

/* Solves for all rows of a side, as the solver does or exactly. */
static reco_status solve_side(work *w, const reco_data *data, int32_t side, bool exactly)
{
    reco_status status = RECO_OK;
    als *m = w->m;
    const float *held = w->factors[!side];
    bool nearly = m->solver == CG && !exactly;
    w->x = side == RECO_USER ? &data->history->x : &data->by_item;
    w->normal = (reco__normal){reco__kernels_best(), nearly ? w->packed : w->gram, held, w->width, w->width,
                               (int32_t)m->factors};
    w->solved = w->factors[side];
    atomic_store(&w->bad_row, INT32_MAX);
    TRY(reco__gram(w->run, held, w->x->columns, w->width, dense_weight(m), w->gram, w->gram_scratch));
    if (nearly) {
        reco__cg_pack(w->gram, w->width, w->packed);
    }
    TRY(reco__parallel_for(w->run, w->x->rows, GRAIN, nearly ? improve : solve_exactly, w));
done:
    return status == RECO_ENUMERIC ? failed(w, data, side) : status;
}

/* ---- fitting ---- */

/* Entries of the longest block of rows that may be solved together. */
static int64_t longest_block(const reco__csr *x)
{
    int64_t most = 0;
    for (int32_t row = 0; row < x->rows; row++) {
        int32_t end = x->rows - row < RECO__CG_ROWS ? x->rows : row + RECO__CG_ROWS;
        int64_t n = x->start[end] - x->start[row];
        most = n > most ? n : most;
    }
    return most;
}

/* Floats of a worker's scratch. */
static int64_t scratch_floats(const als *m, const reco_data *data, int64_t width)
{
    int64_t exact = reco__system_need(width);
    int64_t users = longest_block(&data->history->x), items = longest_block(&data->by_item);
    int64_t nearly = reco__cg_need(width) + 2 * (users > items ? users : items);
    int64_t most = m->solver == CG && nearly > exact ? nearly : exact;
    return (most + RECO__PAD - 1) / RECO__PAD * RECO__PAD;
}

static reco_status start_items(void *context, int64_t begin, int64_t end, int32_t worker)
{
    work *w = context;
    const als *m = w->m;
    double deviation = 0.1 / sqrt((double)m->factors);
    (void)worker;
    for (int64_t row = begin; row < end; row++) {
        float *y = w->factors[RECO_ITEM] + row * w->width;
        memset(y, 0, (size_t)w->width * sizeof *y);
        if (w->x->start[row + 1] > w->x->start[row]) {
            reco__rng random = reco__rng_key(w->run->seed, RECO_ITEM, (uint64_t)row);
            for (int64_t k = 0; k < m->factors; k++) {
                y[k] = (float)(deviation * reco__rng_normal(&random));
            }
        }
    }
    return RECO_OK;
}

static reco_status iterate(work *w, const reco_data *data)
{
    reco_status status = RECO_OK;
    double halves = 2 * (double)w->m->iterations + 1;
    w->x = &data->by_item;
    TRY(reco__parallel_for(w->run, w->x->rows, GRAIN, start_items, w));
    for (int64_t k = 0; k < w->m->iterations; k++) {
        TRY(solve_side(w, data, RECO_USER, false));
        TRY(reco__run_step(w->run, (double)(2 * k + 1) / halves));
        TRY(solve_side(w, data, RECO_ITEM, false));
        TRY(reco__run_step(w->run, (double)(2 * k + 2) / halves));
    }
    TRY(solve_side(w, data, RECO_USER, true));
done:
    return status;
}

/* The factors of a side, its n rows moved together. */
static const float *take_factors(work *w, int32_t side, int64_t n)
{
    float *factors = w->factors[side];
    int64_t width = w->m->factors;
    for (int64_t row = 1; row < n && width < w->width; row++) {
        memmove(factors + row * width, factors + row * w->width, (size_t)width * sizeof *factors);
    }
    w->factors[side] = NULL;
    return factors;
}

static reco_status fit(reco_model *self, const reco_data *data, reco__run *run)
{
    als *m = (als *)self;
    reco_status status = RECO_OK;
    reco_error *err = run->err;
    int64_t width = reco__padded(m->factors), users = self->n_users, items = self->n_items;
    work w = {.m = m, .run = run, .width = width, .scratch_each = scratch_floats(m, data, width)};
    m->weight = weight_of(m, (double)users, (double)items);
    m->items_fitted = items;
    TRY_ALLOC(w.factors[RECO_USER] = reco__alloc_zero(users, (size_t)width * sizeof(float)));
    TRY_ALLOC(w.factors[RECO_ITEM] = reco__alloc(items, (size_t)width * sizeof(float)));
    TRY_ALLOC(w.gram_scratch = reco__alloc(reco__gram_need(width, run->threads), sizeof(float)));
    TRY_ALLOC(w.scratch = reco__alloc(run->threads, (size_t)w.scratch_each * sizeof(float)));
    TRY_ALLOC(m->gram = w.gram = reco__alloc(width, (size_t)width * sizeof(float)));
    if (m->solver == CG) {
        TRY_ALLOC(w.packed = reco__alloc(reco__cg_packed(width), sizeof(float)));
    }
    TRY(iterate(&w, data));
    m->users = take_factors(&w, RECO_USER, users);
    m->items = take_factors(&w, RECO_ITEM, items);
done:
    reco__free(w.factors[RECO_USER]);
    reco__free(w.factors[RECO_ITEM]);
    reco__free(w.packed);
    reco__free(w.gram_scratch);
    reco__free(w.scratch);
    return status;
}

static int64_t estimate(const reco_model *self, const reco_data *data, int32_t threads)
{
    const als *m = (const als *)self;
    int64_t width = reco__padded(m->factors), users = reco__data_users(data), items = reco__data_items(data);
    int64_t fixed = reco__gram_need(width, threads) + width * width + reco__cg_packed(width) +
                    threads * scratch_floats(m, data, width);
    int64_t total;
    return reco__mul(users + items, width, &total) && reco__add(total, fixed, &total) &&
                   reco__mul(total, (int64_t)sizeof(float), &total)
               ? total
               : -1;
}

/* ---- what the core asks ---- */

static reco_status state(reco_model *self, reco__state *s)
{
    als *m = (als *)self;
    reco_status status = RECO_OK;
    int64_t width = reco__padded(m->factors);
    TRY(reco__state_number(s, "weight", &m->weight));
    if (reco__state_version(s) < 2) {
        m->items_fitted = self->n_items;
    } else {
        TRY(reco__state_count(s, "items_fitted", &m->items_fitted, 0, INT32_MAX));
    }
    TRY(reco__state_f32(s, "item_factors", &m->items, RECO__ITEMS, m->factors, 0));
    TRY(reco__state_f32(s, "gram", &m->gram, width, width, 0));
    TRY(reco__state_f32(s, "user_factors", &m->users, RECO__USERS, m->factors, 0));
done:
    return status;
}

static void factors(const reco_model *self, reco__factors *out)
{
    const als *m = (const als *)self;
    *out = (reco__factors){(int32_t)m->factors, m->factors, m->items, m->users};
}

/* What a question works with. */
typedef struct room {
    float *system; /* [reco__system_need] */
    float *z;      /* [factors] of explain */
} room;

static room lay_out(const als *m, reco__scratch *scratch)
{
    room r = {.system =
                  reco__scratch_take(scratch, reco__system_need(reco__padded(m->factors)), sizeof *r.system)};
    r.z = reco__scratch_take(scratch, m->factors, sizeof *r.z);
    return r;
}

static void layout(const reco_model *self, reco__scratch *scratch)
{
    lay_out((const als *)self, scratch);
}

static reco__normal equations(const als *m)
{
    return (reco__normal){reco__kernels_best(), m->gram, m->items, m->factors, reco__padded(m->factors),
                          (int32_t)m->factors};
}

static reco_status vector(const reco_model *self, const reco__asker *who, float *x, reco__scratch *scratch)
{
    const als *m = (const als *)self;
    reco__normal normal = equations(m);
    room r = lay_out(m, scratch);
    return solve(m, &normal, who->items, who->values, who->n, m->items_fitted, x, r.system) ? RECO_OK
                                                                                            : RECO_ENUMERIC;
}

/* A score is y_i . A^-1 (sum over the history of target y), so each entry adds target (A^-1 y_i) . y (Hu,
 * Koren and Volinsky, section 5). */
static reco_status explain(const reco_model *self, const reco__asker *who, int32_t item, float *amounts,
                           reco__scratch *s)
{
    const als *m = (const als *)self;
    int64_t f = m->factors;
    reco__normal normal = equations(m);
    float weight[RECO__ENTRIES], negated[RECO__ENTRIES];
    room r = lay_out(m, s);
    if (!solve(m, &normal, who->items, who->values, who->n, m->items_fitted, r.z, r.system)) {
        return RECO_ENUMERIC;
    }
    memcpy(r.z, m->items + item * f, (size_t)f * sizeof *r.z);
    reco__system_again(&normal, r.z, r.system);
    for (int64_t e = 0; e < who->n; e += RECO__ENTRIES) {
        int64_t n = who->n - e < RECO__ENTRIES ? who->n - e : RECO__ENTRIES;
        weigh(m, who->items + e, who->values + e, n, weight, negated);
        normal.kernels->matvec_at(m->items, who->items + e, n, f, f, r.z, amounts + e);
        for (int64_t k = 0; k < n; k++) {
            amounts[e + k] *= -negated[k];
        }
    }
    return RECO_OK;
}

const reco__algo reco__algo_als = {
    .name = "als",
    .summary = "factors of users and items for implicit feedback, by alternating least squares",
    .state_version = 2,
    .state_oldest = 1,
    .size = sizeof(als),
    .params = params,
    .fit = RECO__TRAINS(fit),
    .state = state,
    .layout = layout,
    .estimate = RECO__TRAINS(estimate),
    .factors = factors,
    .vector = vector,
    .explain = explain,
};
