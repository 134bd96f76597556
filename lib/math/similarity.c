/* SPDX-License-Identifier: MIT */
#include "similarity.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/thread.h"
#include "top_rows.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

enum { BLOCK = 256 };

/* What is known of the pairs of one vector and a block of rows. */
typedef struct pairs {
    int32_t n;
    double a; /* size of the vector */
    double shrink;
    double dot[BLOCK], overlap[BLOCK];
    double b[BLOCK]; /* sizes of the rows */
    float score[BLOCK];
} pairs;

static void cosine(pairs *p)
{
    for (int32_t t = 0; t < p->n; t++) {
        p->score[t] = (float)(p->dot[t] / (sqrt(p->a * p->b[t]) + p->shrink));
    }
}

static void jaccard(pairs *p)
{
    for (int32_t t = 0; t < p->n; t++) {
        p->score[t] = (float)(p->overlap[t] / (p->a + p->b[t] - p->overlap[t] + p->shrink));
    }
}

/* One row per similarity, in the order of the words. */
static const struct similarity {
    int32_t of_sets; /* weights do not count */
    void (*score)(pairs *p);
} similarities[] = {
    {0, cosine},
    {1, jaccard},
};

int32_t reco__similarity_of_sets(int32_t similarity)
{
    return similarities[similarity].of_sets;
}

/* ---- sums over common terms */

/* Which sums are kept: of sets, overlaps are all there is to know. */
enum { SETS, WEIGHTS, BOTH };

/* Adds a vector's products with all rows. When `listed`, lists each row as it is first met, without a branch:
 * the next place is always filled and only kept when the row was new. Returns how many were listed. */
__attribute__((always_inline)) static inline int32_t add_terms(const reco__csr *terms, const reco__vector *v,
                                                               reco__comparison *c, int32_t sums, bool listed)
{
    int32_t n = 0;
    int32_t *touched = c->touched;
    uint32_t *overlap = c->overlap;
    double *dot = c->dot;
    for (int64_t k = 0; k < v->n; k++) {
        double weight = v->weight ? (double)v->weight[k] : 1;
        int64_t begin = terms->start[v->term[k]], end = terms->start[v->term[k] + 1];
        for (int64_t e = begin; e < end; e++) {
            int32_t row = terms->index[e];
            if (listed) {
                touched[n] = row;
                n += sums == SETS ? overlap[row] == 0 : dot[row] == 0;
            }
            if (sums != WEIGHTS) {
                overlap[row]++;
            }
            if (sums != SETS) {
                dot[row] += terms->value ? weight * (double)terms->value[e] : weight;
            }
        }
    }
    return n;
}

/* Lists the rows whose sums are not 0. */
static int32_t list_rows(const reco__space *space, reco__comparison *c, int32_t sums)
{
    int32_t n = 0;
    for (int32_t row = 0; row < space->terms.columns; row++) {
        c->touched[n] = row;
        n += sums == SETS ? c->overlap[row] != 0 : c->dot[row] != 0;
    }
    return n;
}

/* When most rows will be met, and often, looking through all of them afterwards is cheaper than listing them. */
static bool meets_most(const reco__space *space, const reco__vector *v)
{
    int64_t met = 0;
    for (int64_t k = 0; k < v->n; k++) {
        met += space->terms.start[v->term[k] + 1] - space->terms.start[v->term[k]];
    }
    return met > space->terms.columns;
}

static int32_t meet_rows(const reco__space *space, const reco__vector *v, reco__comparison *c, int32_t sums)
{
    const reco__csr *terms = &space->terms;
    if (meets_most(space, v)) {
        if (sums == SETS) {
            add_terms(terms, v, c, SETS, false);
        } else if (sums == WEIGHTS) {
            add_terms(terms, v, c, WEIGHTS, false);
        } else {
            add_terms(terms, v, c, BOTH, false);
        }
        return list_rows(space, c, sums);
    }
    return sums == SETS      ? add_terms(terms, v, c, SETS, true)
           : sums == WEIGHTS ? add_terms(terms, v, c, WEIGHTS, true)
                             : add_terms(terms, v, c, BOTH, true);
}

/* ---- the best of the rows met */

static double row_size(const reco__space *space, int32_t row)
{
    if (space->norm) {
        double norm = space->norm[row];
        return norm * norm;
    }
    return (double)(space->start[row + 1] - space->start[row]);
}

/* Takes the sums of rows out of the comparison, which clears them there. */
static void take_sums(const reco__space *space, const int32_t *rows, int32_t sums, reco__comparison *c,
                      pairs *p)
{
    for (int32_t t = 0; t < p->n; t++) {
        p->b[t] = row_size(space, rows[t]);
    }
    for (int32_t t = 0; sums != WEIGHTS && t < p->n; t++) {
        p->overlap[t] = (double)c->overlap[rows[t]];
        p->dot[t] = p->overlap[t];
        c->overlap[rows[t]] = 0;
    }
    for (int32_t t = 0; sums != SETS && t < p->n; t++) {
        p->dot[t] = c->dot[rows[t]];
        c->dot[rows[t]] = 0;
    }
}

/* Takes the score from rows that have too few terms in common with the vector, or no others. */
static void refuse(const reco__space *space, const int32_t *rows, pairs *p)
{
    double least = (double)space->min_overlap;
    for (int32_t t = 0; t < p->n; t++) {
        double terms = (double)(space->start[rows[t] + 1] - space->start[rows[t]]);
        if (p->overlap[t] < least || (space->beyond && p->overlap[t] == terms)) {
            p->score[t] = 0;
        }
    }
}

float reco__norm(const float *weights, int64_t n)
{
    double sum = 0;
    for (int64_t k = 0; k < n; k++) {
        sum += (double)weights[k] * (double)weights[k];
    }
    double norm = sqrt(sum);
    if (n > 0 && norm < (double)FLT_TRUE_MIN) {
        return FLT_TRUE_MIN;
    }
    return norm > (double)FLT_MAX ? FLT_MAX : (float)norm;
}

static double vector_size(const reco__vector *v)
{
    double sum = 0;
    for (int64_t k = 0; v->weight && k < v->n; k++) {
        sum += (double)v->weight[k] * (double)v->weight[k];
    }
    return v->weight ? sum : (double)v->n;
}

/* Offers the rows met to c->best, or writes their scores into `out` unless it is NULL. Returns how many were met. */
static int32_t compare(const reco__space *space, const reco__vector *vector, int32_t self,
                       reco__comparison *c, float *out)
{
    const struct similarity *similarity = &similarities[space->similarity];
    reco__vector v = *vector;
    pairs p = {.shrink = space->shrink};
    if (similarity->of_sets) {
        v.weight = NULL;
    }
    bool weighted = !similarity->of_sets && (v.weight || space->terms.value);
    bool refuses = space->min_overlap > 1 || space->beyond;
    int32_t sums = !weighted ? SETS : refuses ? BOTH : WEIGHTS;
    int32_t met = meet_rows(space, &v, c, sums);
    if (self >= 0) { /* nothing in common, so its score is 0 */
        c->dot[self] = 0;
        c->overlap[self] = 0;
    }
    p.a = vector_size(&v);
    for (int32_t from = 0; from < met; from += BLOCK) {
        const int32_t *rows = c->touched + from;
        p.n = met - from < BLOCK ? met - from : BLOCK;
        take_sums(space, rows, sums, c, &p);
        similarity->score(&p);
        if (refuses) {
            refuse(space, rows, &p);
        }
        for (int32_t t = 0; out && t < p.n; t++) {
            out[rows[t]] = p.score[t];
        }
        if (!out) {
            reco__topk_large_offer(&c->best, p.score, rows, p.n);
        }
    }
    return met;
}

void reco__most_similar(const reco__space *space, const reco__vector *vector, int32_t self,
                        reco__comparison *c)
{
    compare(space, vector, self, c, NULL);
    reco__topk_large_finish(&c->best);
}

int32_t reco__similarities(const reco__space *space, const reco__vector *vector, int32_t self,
                           reco__comparison *c, float *out)
{
    return compare(space, vector, self, c, out);
}

/* ---- all rows against all */

typedef struct search {
    const reco__space *space;
    const reco__csr *rows;
    int32_t k;
    reco__top_rows found;
    reco__comparison *workers; /* [threads] */
} search;

static reco_status find_rows(void *context, int64_t begin, int64_t end, int32_t worker)
{
    search *s = context;
    reco__comparison *c = &s->workers[worker];
    for (int32_t r = (int32_t)begin; r < end; r++) {
        int64_t from = s->rows->start[r];
        reco__vector v = {s->rows->index + from, s->rows->value ? s->rows->value + from : NULL,
                          s->rows->start[r + 1] - from};
        c->best = reco__topk_large_of(c->best.keys, reco__top_rows_room(&s->found, r));
        reco__most_similar(s->space, &v, r, c);
        reco__top_rows_put(&s->found, r, &c->best);
    }
    return RECO_OK;
}

/* How many neighbors a row can have at most: k, all others, or all that its terms lead to. */
static int32_t most_found(void *context, int32_t row)
{
    const search *s = context;
    const reco__csr *rows = s->rows, *terms = &s->space->terms;
    int64_t most = s->k < rows->rows - 1 ? s->k : rows->rows - 1;
    int64_t reached = 0;
    for (int64_t e = rows->start[row]; e < rows->start[row + 1] && reached < most; e++) {
        reached += terms->start[rows->index[e] + 1] - terms->start[rows->index[e]] - 1;
    }
    return (int32_t)(reached < most ? reached : most);
}

static void free_workers(reco__comparison *workers, int32_t n)
{
    for (int32_t w = 0; workers && w < n; w++) {
        reco__free(workers[w].dot);
        reco__free(workers[w].overlap);
        reco__free(workers[w].touched);
        reco__free(workers[w].best.keys);
    }
    reco__free(workers);
}

static reco__comparison *make_workers(int32_t n, int64_t rows, int32_t k)
{
    reco__comparison *workers = reco__alloc_zero(n, sizeof *workers);
    for (int32_t w = 0; workers && w < n; w++) {
        reco__comparison *c = &workers[w];
        c->dot = reco__alloc_zero(rows, sizeof *c->dot);
        c->overlap = reco__alloc_zero(rows, sizeof *c->overlap);
        c->touched = reco__alloc(rows + 1, sizeof *c->touched);
        c->best.keys = reco__alloc(reco__topk_large_room(k), sizeof *c->best.keys);
        if (!c->dot || !c->overlap || !c->touched || !c->best.keys) {
            free_workers(workers, n);
            return NULL;
        }
    }
    return workers;
}

reco_status reco__neighbors_find(const reco__space *space, const reco__csr *rows, int32_t k, reco__csr *out,
                                 reco__run *run)
{
    enum { GRAIN = 16 };
    reco_status status = RECO_OK;
    reco_error *err = run->err;
    int32_t n = rows->rows;
    search s = {.space = space, .rows = rows, .k = k};
    TRY(reco__top_rows_make(&s.found, n, most_found, &s, err));
    TRY_ALLOC(s.workers = make_workers(run->threads, n, k < n ? k : n));
    TRY(reco__parallel_steps(run, n, GRAIN, find_rows, &s));
    TRY(reco__top_rows_take(&s.found, n, out, err));
done:
    free_workers(s.workers, run->threads);
    reco__top_rows_free(&s.found);
    return status;
}

int64_t reco__neighbors_estimate(const reco__csr *rows, const reco__csr *terms, int32_t k, int32_t threads)
{
    int64_t n = rows->rows;
    int64_t most = 0;
    const reco__space space = {.terms = *terms};
    search s = {.space = &space, .rows = rows, .k = k};
    for (int32_t r = 0; r < n; r++) {
        most += most_found(&s, r);
    }
    int64_t found, worker, workers;
    if (!reco__mul(most, 2 * (int64_t)(sizeof(int32_t) + sizeof(float)), &found) ||
        !reco__add(n * 16, reco__topk_large_room(k < n ? k : (int32_t)n) * 8, &worker) ||
        !reco__mul(worker, threads, &workers)) {
        return -1;
    }
    return found + workers + n * 20;
}
