/* SPDX-License-Identifier: MIT */
#include "similarity.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/thread.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

/* What is known of the two rows of a pair. */
typedef struct pair {
    double dot, overlap, a, b;
} pair;

/* ---- similarities: the value, and a cheap test whether it may reach `cut` (never wrong when it says no) */

/* Rounding may not turn a yes into a no, so the cheap tests are this much too generous. */
static const double generous = 1 - 1e-6;

static inline double cosine(pair p, double shrink)
{
    return p.dot / (sqrt(p.a * p.b) + shrink);
}

static inline bool cosine_may_reach(pair p, double cut)
{
    return p.dot * p.dot >= cut * cut * generous * (p.a * p.b);
}

static inline double jaccard(pair p, double shrink)
{
    return p.overlap / (p.a + p.b - p.overlap + shrink);
}

static inline bool jaccard_may_reach(pair p, double cut)
{
    return p.overlap >= cut * generous * (p.a + p.b - p.overlap);
}

static inline double row_size(const reco__space *space, int32_t row)
{
    if (space->norm) {
        double norm = space->norm[row];
        return norm * norm;
    }
    return (double)(space->start[row + 1] - space->start[row]);
}

/* What a comparison works on, the same for all candidates. */
typedef struct selection {
    const reco__space *space;
    double size; /* of the vector compared with the rows */
    int32_t self;
    int32_t n;     /* touched rows */
    bool weighted; /* sums are in dot, else overlaps are the sums */
    bool counted;  /* overlaps are there */
} selection;

static inline bool admits(const reco__space *space, bool counted, double overlap, int32_t row)
{
    if (!counted) {
        return true;
    }
    return overlap >= (double)space->min_overlap &&
           !(space->beyond && overlap == (double)(space->start[row + 1] - space->start[row]));
}

/* Offers the touched rows and clears their sums. Inlined into one loop per similarity. */
__attribute__((always_inline)) static inline void select_best(const selection *s, reco__comparison *c,
                                                              double (*value)(pair, double),
                                                              bool (*may_reach)(pair, double))
{
    reco__topk *best = &c->best;
    double cut = 0;
    for (int32_t t = 0; t < s->n; t++) {
        int32_t row = c->touched[t];
        pair p = {.a = s->size};
        p.overlap = s->counted ? (double)c->overlap[row] : 0;
        p.dot = s->weighted ? c->dot[row] : p.overlap;
        c->dot[row] = 0;
        c->overlap[row] = 0;
        p.b = row_size(s->space, row);
        if (!may_reach(p, cut) || row == s->self || !admits(s->space, s->counted, p.overlap, row)) {
            continue;
        }
        float score = (float)value(p, s->space->shrink);
        if (score > 0 && reco__topk_wants(best, score, row)) {
            reco__topk_offer(best, score, row);
            cut = best->size == best->capacity ? best->entries[0].score : 0;
        }
    }
}

static void select_cosine(const selection *s, reco__comparison *c)
{
    select_best(s, c, cosine, cosine_may_reach);
}

static void select_jaccard(const selection *s, reco__comparison *c)
{
    select_best(s, c, jaccard, jaccard_may_reach);
}

/* One row per similarity, in the order of the words. */
static const struct similarity {
    int32_t of_sets; /* weights do not count */
    void (*select)(const selection *s, reco__comparison *c);
} similarities[] = {
    {0, select_cosine},
    {1, select_jaccard},
};

int32_t reco__similarity_of_sets(int32_t similarity)
{
    return similarities[similarity].of_sets;
}

/* ---- sums over common terms */

/* Adds a vector's products with all rows; lists each row when it is first met. The list is written without a
 * branch: the next place is always filled and only kept when the row was new. */
__attribute__((always_inline)) static inline int32_t add_terms(const reco__csr *terms, const reco__vector *v,
                                                               reco__comparison *c, bool weighted,
                                                               bool counted, bool valued)
{
    int32_t n = 0;
    int32_t *touched = c->touched;
    for (int64_t k = 0; k < v->n; k++) {
        double weight = weighted && v->weight ? (double)v->weight[k] : 1;
        int64_t end = terms->start[v->term[k] + 1];
        for (int64_t e = terms->start[v->term[k]]; e < end; e++) {
            int32_t row = terms->index[e];
            touched[n] = row;
            if (weighted) {
                n += c->dot[row] == 0;
                c->dot[row] += valued ? weight * (double)terms->value[e] : weight;
            } else {
                n += c->overlap[row] == 0;
            }
            if (counted) {
                c->overlap[row]++;
            }
        }
    }
    return n;
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

void reco__most_similar(const reco__space *space, const reco__vector *vector, int32_t self,
                        reco__comparison *c)
{
    const struct similarity *similarity = &similarities[space->similarity];
    reco__vector v = *vector;
    selection s = {.space = space, .self = self};
    if (similarity->of_sets) {
        v.weight = NULL;
    }
    bool valued = !similarity->of_sets && space->terms.value;
    s.weighted = v.weight || valued;
    s.counted = !s.weighted || space->min_overlap > 1 || space->beyond;
    s.size = vector_size(&v);
    if (!s.weighted) {
        s.n = add_terms(&space->terms, &v, c, false, true, false);
    } else if (!valued) {
        s.n = add_terms(&space->terms, &v, c, true, true, false);
        s.counted = true;
    } else if (s.counted) {
        s.n = add_terms(&space->terms, &v, c, true, true, true);
    } else {
        s.n = add_terms(&space->terms, &v, c, true, false, true);
    }
    c->best.size = 0;
    similarity->select(&s, c);
}

/* ---- all rows against all */

typedef struct search {
    const reco__space *space;
    const reco__csr *rows;
    int64_t *place; /* [n + 1]: where a row's neighbors are written; at most this many */
    int32_t *index;
    float *value;
    int32_t *found;            /* [n] */
    reco__comparison *workers; /* [threads] */
    int64_t first;             /* row that the body's row 0 is */
} search;

static void sift_down(reco__scored *heap, int32_t size, int32_t at)
{
    reco__scored entry = heap[at];
    for (int32_t child = 2 * at + 1; child < size; child = 2 * at + 1) {
        child += child + 1 < size && heap[child + 1].index > heap[child].index;
        if (entry.index >= heap[child].index) {
            break;
        }
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = entry;
}

/* Puts entries in the order of their indices. */
static void sort_by_index(reco__scored *entries, int32_t n)
{
    for (int32_t at = n / 2 - 1; at >= 0; at--) {
        sift_down(entries, n, at);
    }
    for (int32_t size = n - 1; size > 0; size--) {
        reco__scored last = entries[0];
        entries[0] = entries[size];
        entries[size] = last;
        sift_down(entries, size, 0);
    }
}

static reco_status find_rows(void *context, int64_t begin, int64_t end, int32_t worker)
{
    search *s = context;
    reco__comparison *c = &s->workers[worker];
    for (int64_t r = s->first + begin; r < s->first + end; r++) {
        int64_t from = s->rows->start[r];
        reco__vector v = {s->rows->index + from, s->rows->value ? s->rows->value + from : NULL,
                          s->rows->start[r + 1] - from};
        int64_t to = s->place[r];
        c->best.capacity = (int32_t)(s->place[r + 1] - to);
        reco__most_similar(s->space, &v, (int32_t)r, c);
        sort_by_index(c->best.entries, c->best.size);
        for (int32_t k = 0; k < c->best.size; k++) {
            s->index[to + k] = c->best.entries[k].index;
            s->value[to + k] = c->best.entries[k].score;
        }
        s->found[r] = c->best.size;
    }
    return RECO_OK;
}

/* How many neighbors a row can have at most: k, all others, or all that its terms lead to. */
static int64_t most_found(const reco__csr *rows, const reco__csr *terms, int32_t row, int32_t k)
{
    int64_t most = k < rows->rows - 1 ? k : rows->rows - 1;
    int64_t reached = 0;
    for (int64_t e = rows->start[row]; e < rows->start[row + 1] && reached < most; e++) {
        reached += terms->start[rows->index[e] + 1] - terms->start[rows->index[e]] - 1;
    }
    return reached < most ? reached : most;
}

static void free_workers(reco__comparison *workers, int32_t n)
{
    for (int32_t w = 0; workers && w < n; w++) {
        reco__free(workers[w].dot);
        reco__free(workers[w].overlap);
        reco__free(workers[w].touched);
        reco__free(workers[w].best.entries);
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
        c->best.entries = reco__alloc(k, sizeof *c->best.entries);
        if (!c->dot || !c->overlap || !c->touched || !c->best.entries) {
            free_workers(workers, n);
            return NULL;
        }
    }
    return workers;
}

/* Copies the rows' neighbors, between which places were left, into a matrix without gaps. */
static reco_status close_gaps(const search *s, int32_t n, reco__csr *out, reco_error *err)
{
    reco_status status = RECO_OK;
    int32_t *index = NULL;
    float *value = NULL;
    int64_t *start = reco__alloc((int64_t)n + 1, sizeof *start);
    TRY_ALLOC(start);
    start[0] = 0;
    for (int32_t r = 0; r < n; r++) {
        start[r + 1] = start[r] + s->found[r];
    }
    TRY_ALLOC(index = reco__alloc(start[n], sizeof *index));
    TRY_ALLOC(value = reco__alloc(start[n], sizeof *value));
    for (int32_t r = 0; r < n; r++) {
        memcpy(index + start[r], s->index + s->place[r], (size_t)s->found[r] * sizeof *index);
        memcpy(value + start[r], s->value + s->place[r], (size_t)s->found[r] * sizeof *value);
    }
    *out = (reco__csr){n, n, start, index, value};
    return RECO_OK;
done:
    reco__free(start);
    reco__free(index);
    return status;
}

enum { STEPS = 24, GRAIN = 16 };

static reco_status search_all(search *s, int32_t n, reco__run *run)
{
    reco_status status = RECO_OK;
    for (int32_t step = 0; step < STEPS; step++) {
        s->first = (int64_t)n * step / STEPS;
        TRY(reco__run_step(run, (double)step / STEPS));
        TRY(reco__parallel_for(run, (int64_t)n * (step + 1) / STEPS - s->first, GRAIN, find_rows, s));
    }
done:
    return status;
}

reco_status reco__neighbors_find(const reco__space *space, const reco__csr *rows, int32_t k, reco__csr *out,
                                 reco__run *run)
{
    reco_status status = RECO_OK;
    reco_error *err = run->err;
    int32_t n = rows->rows;
    search s = {.space = space, .rows = rows};
    s.place = reco__alloc((int64_t)n + 1, sizeof *s.place);
    TRY_ALLOC(s.place);
    s.place[0] = 0;
    for (int32_t r = 0; r < n; r++) {
        s.place[r + 1] = s.place[r] + most_found(rows, &space->terms, r, k);
    }
    s.index = reco__alloc(s.place[n], sizeof *s.index);
    s.value = reco__alloc(s.place[n], sizeof *s.value);
    s.found = reco__alloc(n, sizeof *s.found);
    s.workers = make_workers(run->threads, n, k < n ? k : n);
    TRY_ALLOC(s.index && s.value && s.found && s.workers);
    TRY(search_all(&s, n, run));
    TRY(close_gaps(&s, n, out, err));
done:
    free_workers(s.workers, run->threads);
    reco__free(s.found);
    reco__free(s.value);
    reco__free(s.index);
    reco__free(s.place);
    return status;
}

int64_t reco__neighbors_estimate(const reco__csr *rows, const reco__csr *terms, int32_t k, int32_t threads)
{
    int64_t n = rows->rows;
    int64_t pairs = 0;
    for (int32_t r = 0; r < n; r++) {
        pairs += most_found(rows, terms, r, k);
    }
    int64_t found, workers;
    if (!reco__mul(pairs, 4 * (int64_t)sizeof(int32_t), &found) ||
        !reco__mul(n + k, (int64_t)threads * 24, &workers)) {
        return -1;
    }
    return found + workers + n * 20;
}
