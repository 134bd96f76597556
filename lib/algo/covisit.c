/* SPDX-License-Identifier: MIT */
/* covisit - recommends what came next after what the asker looked at last: sequential rules.
 *
 *     c(j, i)  = sum over the sessions and their pairs of events (a, b) with items j and i, where b comes d events after
 *                a, 1 <= d <= steps, of  decay(d)
 *     r(j, i)  = c(j, i) / sum over all items l of c(j, l)       kept for the k largest c(j, i), ties to the smaller index
 *     score(i) = sum over the asker's last events, p = 1 for the newest, p <= last, with items j_p, of  r(j_p, i) / p
 *     similar(j, i) = r(j, i)
 *
 * decay(d) is 1 / d (inverse), 1 / d^2 (square) or 1 (none). With steps 1 this is a first-order Markov chain, whose r(j, i)
 * is the share of the times that i came right after j. A session is a user's trail, or, with gap_minutes, a run of its
 * events no two neighbors of which are further apart; events that count nothing or less, and those of what came back and is
 * not in the user's row, are left out. Of the asker it is the session going on that counts.
 *
 * Sources. Ludewig and Jannach, "Evaluation of session-based recommendation algorithms", UMUAI 28, 2018,
 * 10.1007/s11257-018-9209-6, section 3.1 (MC and SR, with decay 1 / d); Kamehkhosh, Jannach and Ludewig, TempRec 2017.
 * Deviations: rules are divided by their sum, which changes no order for one last event and lets several be added; the
 * source asks with the last event alone (last 1).
 *
 * Cost. fit: O(events * steps) time; 12 bytes an event and the rules, and 12 bytes an item and thread. A question: the rules
 * of the last events' items, k each. Memory: 8 bytes a rule. */
#include "base/thread.h"
#include "data/sessions.h"
#include "math/top_rows.h"
#include "model/model.h"

enum { INVERSE = 0, SQUARE = 1, NONE = 2 };
enum { LAST = 100 };

typedef struct covisit {
    reco_model base;
    int32_t decay;
    int64_t steps, k, last;
    double gap_minutes;
    reco__csr rules; /* [n_items, n_items]: row j holds r(j, i) */
} covisit;

static const reco__param params[] = {
    PARAM_INT(covisit, steps, 10, 1, 1000, SEARCH(1, 20, LOG),
              "how many events later an item still counts as next"),
    PARAM_CHOICE(covisit, decay, SEARCH_ALL,
                 "what d events later counts: 1 / d (inverse), 1 / d^2 (square) or 1 (none)", "inverse",
                 "square", "none"),
    PARAM_INT(covisit, k, 100, 1, 100000, SEARCH(20, 500, LOG), "rules kept for each item"),
    PARAM_INT(covisit, last, 2, 1, LAST, SEARCH(1, 10, LOG),
              "how many of the asker's last events are looked at"),
    PARAM_NUMBER(covisit, gap_minutes, 0, 0, 1e7, NO_SEARCH,
                 "a pause of more minutes ends a session; 0 = whatever a user did is one session"),
    {0},
};

static int64_t gap_seconds(const covisit *m)
{
    return (int64_t)(m->gap_minutes * 60);
}

/* ---- fit ---- */

/* The events that count, and where to find them by item. */
typedef struct work {
    const covisit *m;
    const reco__log *log;
    const reco__types *types;
    uint64_t *begins; /* bit e: event e begins a session, or does not count */
    uint64_t *counts; /* bit e: event e counts */
    int64_t *start;   /* [n_items + 1] */
    int64_t *place;   /* [start[n_items]] events by item, in the order of the log */
    double *decay;    /* [steps + 1] */
    reco__top_rows rules;
    double **sum;      /* [threads][n_items], zero */
    int32_t **touched; /* [threads][n_items] */
    float **value;     /* [threads][n_items] */
    uint64_t **keys;   /* [threads] */
} work;

static inline bool bit_at(const uint64_t *bits, int64_t k)
{
    return bits[k >> 6] >> (k & 63) & 1;
}

static inline void set_bit(uint64_t *bits, int64_t k)
{
    bits[k >> 6] |= (uint64_t)1 << (k & 63);
}

/* Marks what counts and where sessions begin, and counts events by item. has [n_items], zero: users in whose row an item
 * was last. */
static void mark_events(work *w, int32_t *has)
{
    const reco__log *log = w->log;
    const reco__csr *x = &w->m->base.history->x;
    for (int32_t u = 0; u < log->n_users; u++) {
        reco__trail trail = reco__log_trail(log, u, INT64_MAX);
        for (int64_t from = 0, end; from < trail.n; from = end) {
            end = reco__session_end(&trail, gap_seconds(w->m), from);
            set_bit(w->begins, log->start[u] + from);
        }
        for (int64_t k = x->start[u]; k < x->start[u + 1]; k++) {
            has[x->index[k]] = u + 1;
        }
        for (int64_t e = log->start[u]; e < log->start[u + 1]; e++) {
            if (has[log->item[e]] == u + 1 && reco__log_weighed(log, w->types, e) > 0) {
                set_bit(w->counts, e);
                w->start[log->item[e] + 1]++;
            }
        }
    }
}

static reco_status index_events(work *w, int32_t n_items, reco_error *err)
{
    reco_status status = RECO_OK;
    const reco__log *log = w->log;
    int64_t events = reco__log_size(log), words = events / 64 + 1;
    int64_t *next = reco__alloc(n_items, sizeof *next);
    int32_t *has = reco__alloc_zero(n_items, sizeof *has);
    w->begins = reco__alloc_zero(words, sizeof *w->begins);
    w->counts = reco__alloc_zero(words, sizeof *w->counts);
    w->start = reco__alloc_zero((int64_t)n_items + 1, sizeof *w->start);
    TRY_ALLOC(next && has && w->begins && w->counts && w->start);
    mark_events(w, has);
    for (int32_t i = 0; i < n_items; i++) {
        next[i] = w->start[i];
        w->start[i + 1] += w->start[i];
    }
    TRY_ALLOC(w->place = reco__alloc(w->start[n_items], sizeof *w->place));
    for (int64_t e = 0; e < events; e++) {
        if (bit_at(w->counts, e)) {
            w->place[next[log->item[e]]++] = e;
        }
    }
done:
    reco__free(next);
    reco__free(has);
    return status;
}

/* Adds up c(j, i) for what follows one event; returns how many items were touched so far. */
static int32_t follow(const work *w, int64_t event, double *sum, int32_t *touched, int32_t n)
{
    int64_t events = reco__log_size(w->log);
    for (int64_t e = event + 1, d = 1; e < events && d <= w->m->steps && !bit_at(w->begins, e); e++) {
        if (bit_at(w->counts, e)) {
            int32_t item = w->log->item[e];
            if (sum[item] == 0) {
                touched[n++] = item;
            }
            sum[item] += w->decay[d++];
        }
    }
    return n;
}

static reco_status find_rules(void *context, int64_t begin, int64_t end, int32_t worker)
{
    work *w = context;
    double *sum = w->sum[worker];
    int32_t *touched = w->touched[worker];
    float *value = w->value[worker];
    for (int32_t j = (int32_t)begin; j < end; j++) {
        int32_t n = 0;
        double total = 0;
        for (int64_t p = w->start[j]; p < w->start[j + 1]; p++) {
            n = follow(w, w->place[p], sum, touched, n);
        }
        for (int32_t t = 0; t < n; t++) {
            total += sum[touched[t]];
        }
        for (int32_t t = 0; t < n; t++) {
            value[t] = (float)(sum[touched[t]] / total);
            sum[touched[t]] = 0;
        }
        reco__topk_large best = reco__topk_large_of(w->keys[worker], reco__top_rows_room(&w->rules, j));
        reco__topk_large_offer(&best, value, touched, n);
        reco__topk_large_finish(&best);
        reco__top_rows_put(&w->rules, j, &best);
    }
    return RECO_OK;
}

/* An item has at most k rules, and no more than events follow its own. */
static int32_t most_rules(void *context, int32_t item)
{
    const work *w = context;
    int64_t reached, most = w->m->k < w->m->base.n_items ? w->m->k : w->m->base.n_items;
    bool fits = reco__mul(w->start[item + 1] - w->start[item], w->m->steps, &reached);
    return (int32_t)(fits && reached < most ? reached : most);
}

static reco_status make_workers(work *w, int32_t threads, int32_t n_items, reco_error *err)
{
    reco_status status = RECO_OK;
    int32_t k = (int32_t)(w->m->k < n_items ? w->m->k : n_items);
    TRY_ALLOC(w->sum = reco__alloc_zero(threads, sizeof(*w->sum)));
    TRY_ALLOC(w->touched = reco__alloc_zero(threads, sizeof(*w->touched)));
    TRY_ALLOC(w->value = reco__alloc_zero(threads, sizeof(*w->value)));
    TRY_ALLOC(w->keys = reco__alloc_zero(threads, sizeof(*w->keys)));
    for (int32_t t = 0; t < threads; t++) {
        TRY_ALLOC(w->sum[t] = reco__alloc_zero(n_items, sizeof **w->sum));
        TRY_ALLOC(w->touched[t] = reco__alloc(n_items, sizeof **w->touched));
        TRY_ALLOC(w->value[t] = reco__alloc(n_items, sizeof **w->value));
        TRY_ALLOC(w->keys[t] = reco__alloc(reco__topk_large_room(k), sizeof **w->keys));
    }
done:
    return status;
}

static void free_all(work *w, int32_t threads)
{
    for (int32_t t = 0; t < threads; t++) {
        reco__free(w->sum ? w->sum[t] : NULL);
        reco__free(w->touched ? w->touched[t] : NULL);
        reco__free(w->value ? w->value[t] : NULL);
        reco__free(w->keys ? w->keys[t] : NULL);
    }
    reco__free(w->sum);
    reco__free(w->touched);
    reco__free(w->value);
    reco__free(w->keys);
    reco__free(w->begins);
    reco__free(w->counts);
    reco__free(w->start);
    reco__free(w->place);
    reco__free(w->decay);
    reco__top_rows_free(&w->rules);
}

static reco_status fit(reco_model *self, const reco_data *data, reco__run *run)
{
    enum { GRAIN = 16 };
    covisit *m = (covisit *)self;
    reco_status status = RECO_OK;
    reco_error *err = run->err;
    work w = {.m = m, .log = data->log, .types = &data->catalog->types};
    TRY_ALLOC(w.decay = reco__alloc(m->steps + 1, sizeof *w.decay));
    for (int64_t d = 0; d <= m->steps; d++) {
        double far = d > 0 ? (double)d : 1;
        w.decay[d] = m->decay == NONE ? 1 : m->decay == SQUARE ? 1 / (far * far) : 1 / far;
    }
    TRY(index_events(&w, self->n_items, err));
    TRY(reco__top_rows_make(&w.rules, self->n_items, most_rules, &w, err));
    TRY(make_workers(&w, run->threads, self->n_items, err));
    TRY(reco__parallel_steps(run, self->n_items, GRAIN, find_rules, &w));
    TRY(reco__top_rows_take(&w.rules, self->n_items, &m->rules, err));
done:
    free_all(&w, run->threads);
    return status;
}

static int64_t estimate(const reco_model *self, const reco_data *data, int32_t threads)
{
    const covisit *m = (const covisit *)self;
    int64_t items = reco__data_items(data), events = reco__log_size(data->log), rules, reached;
    int64_t most = m->k < items ? m->k : items;
    if (!reco__mul(items, most, &rules) || !reco__mul(events, m->steps, &reached)) {
        return -1;
    }
    rules = reached < rules ? reached : rules;
    int64_t worker = items * 16 + reco__topk_large_room((int32_t)most) * 8;
    return rules * 16 + events * 9 + items * 28 + threads * worker + m->steps * 8;
}

/* ---- questions ---- */

static int32_t remembers(const reco_model *self)
{
    return (int32_t)((const covisit *)self)->last;
}

/* What is asked with: the items of the asker's last events that count, the newest first. */
typedef struct asked {
    int32_t item[LAST];
    int32_t n;
} asked;

static asked last_items(const covisit *m, const reco__asker *who)
{
    asked a = {.n = 0};
    const reco__types *types = &m->base.catalog->types;
    reco__trail trail = reco__trail_last(&who->trail, m->last);
    int64_t from = reco__session_last(&trail, gap_seconds(m));
    for (int64_t e = trail.n - 1; e >= from; e--) {
        uint8_t type = trail.types ? trail.types[e] : RECO__NO_TYPE;
        double weight = type == RECO__NO_TYPE ? 1 : types->weights[type];
        if ((float)(trail.values[e] * weight) > 0 && reco__has(who->items, who->n, trail.items[e])) {
            a.item[a.n++] = trail.items[e];
        }
    }
    return a;
}

static reco_status score(const reco_model *self, const reco__asker *who, reco__scores *out,
                         reco__scratch *scratch)
{
    const reco__csr *x = &((const covisit *)self)->rules;
    asked a = last_items((const covisit *)self, who);
    (void)scratch;
    for (int32_t p = 0; p < a.n; p++) {
        int64_t from = x->start[a.item[p]];
        reco__scores_add_row(out, x->index + from, x->value + from, x->start[a.item[p] + 1] - from,
                             1.0f / (float)(p + 1), false);
    }
    return RECO_OK;
}

static reco_status score_some(const reco_model *self, const reco__asker *who, const int32_t *items, int32_t n,
                              float *scores, reco__scratch *scratch)
{
    const reco__csr *x = &((const covisit *)self)->rules;
    asked a = last_items((const covisit *)self, who);
    (void)scratch;
    for (int32_t k = 0; k < n; k++) {
        scores[k] = 0;
        for (int32_t p = 0; p < a.n; p++) {
            scores[k] += reco__csr_value(x, a.item[p], items[k]) * (1.0f / (float)(p + 1));
        }
    }
    return RECO_OK;
}

static reco_status similar(const reco_model *self, int32_t item, reco__scores *out, reco__scratch *scratch)
{
    const reco__csr *x = &((const covisit *)self)->rules;
    (void)scratch;
    int64_t from = x->start[item];
    reco__scores_add_row(out, x->index + from, x->value + from, x->start[item + 1] - from, 1, false);
    return RECO_OK;
}

static reco_status explain(const reco_model *self, const reco__asker *who, int32_t item, float *amounts,
                           reco__scratch *scratch)
{
    const reco__csr *x = &((const covisit *)self)->rules;
    asked a = last_items((const covisit *)self, who);
    (void)scratch;
    for (int32_t p = 0; p < a.n; p++) {
        int64_t entry = reco__find_in(who->items, who->n, a.item[p]);
        amounts[entry < 0 ? reco__asker_entries(who) - 1 : entry] +=
            reco__csr_value(x, a.item[p], item) * (1.0f / (float)(p + 1));
    }
    return RECO_OK;
}

/* ---- what is kept ---- */

static reco_status state(reco_model *self, reco__state *s)
{
    covisit *m = (covisit *)self;
    reco_status status = RECO_OK;
    TRY(reco__state_csr(s, "rules", &m->rules, RECO__ITEMS, RECO__ITEMS, 0));
    for (int64_t e = 0; reco__state_loading(s) && e < reco__csr_size(&m->rules); e++) {
        if (!(m->rules.value[e] > 0 && m->rules.value[e] <= 1)) {
            return reco__state_refuse(s, "a rule is not above 0 and at most 1");
        }
    }
done:
    return status;
}

const reco__algo reco__algo_covisit = {
    .name = "covisit",
    .summary = "what came next after what was looked at last: sequential rules",
    .state_version = 1,
    .size = sizeof(covisit),
    .params = params,
    .fit = RECO__TRAINS(fit),
    .state = state,
    .score = score,
    .score_some = score_some,
    .similar = similar,
    .explain = explain,
    .remembers = remembers,
    .estimate = RECO__TRAINS(estimate),
};
