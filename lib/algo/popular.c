/* SPDX-License-Identifier: MIT */
/* popular - recommends what is taken most; the baseline that everything must beat, and the template for new
 * algorithms.
 *
 *     c(i) = sum over the events of i of weight * value * 2^(-age / half_life_days)
 *
 * where the weight is that of the event's type, and its age counts in days before the newest event of all. Events
 * older than window_days do not count, and an event without a time does not age. When neither is set, c(i) is the sum
 * of the item's entries in the interaction matrix, so the builder's rules hold.
 *
 *     score(i) = c(i)                                                                          without `by`
 *              = sum over t in T of w_t c_t(i) / sum over t in T of w_t  +  c(i) / C           by a field of users, contexts
 *              = c(i) * sum over the tokens t of i of p_t                +  c(i) / C           by a field of items
 *
 * `by` names a field of tokens: a segment or country of users, a device or season of contexts, a category of items. T and w_t
 * are the tokens that whoever asks has in that field, and their weights; c_t(i) counts what was taken by users, or at moments,
 * that have t. By a field of items, p_t is the share of the asker's history that has t, by its values. C is the sum of all c,
 * so the last term is less than one event: it only brings what the segment does not tell apart into the order of all. Who has
 * no such token, or no history, is answered by c(i). No source: the baseline everyone uses.
 *
 * Fit O(events * tokens), memory n_items floats and 8 bytes a token and item that met. */
#include "data/profile.h"
#include "model/model.h"

#include <math.h>
#include <string.h>

typedef struct popular {
    reco_model base;
    double half_life_days, window_days;
    char by[RECO__PARAM_TEXT_SIZE];
    const float *count;       /* [n_items] c */
    reco__csr segments;       /* [tokens, n_items] c_t, by a field of users or contexts */
    const reco__field *field; /* what `by` names, or NULL */
    int32_t side;             /* of the field */
    double share;             /* 1 / C */
} popular;

static const reco__param params[] = {
    PARAM_NUMBER(popular, half_life_days, 0, 0, 36500, SEARCH(1, 365, LOG),
                 "age in days at which an event counts half; 0 = never ages"),
    PARAM_NUMBER(popular, window_days, 0, 0, 36500, SEARCH(7, 730, LOG),
                 "only events of the last so many days count; 0 = all"),
    PARAM_TEXT(popular, by, "",
               "a field of tokens, of users, contexts or items: what is taken by such users, at such "
               "moments, or of such "
               "items; empty: by all"),
    {0},
};

/* ---- the field ---- */

static reco_status no_field(const popular *m, const reco__catalog *catalog, reco_error *err)
{
    reco__names names = {.used = 0};
    for (int32_t side = RECO_USER; side < RECO__SIDES; side++) {
        for (int32_t k = 0; k < catalog->sides[side].n_fields; k++) {
            if (catalog->sides[side].fields[k].kind == RECO__FIELD_TOKEN) {
                reco__names_add(&names, catalog->sides[side].fields[k].name);
            }
        }
    }
    return reco__fail(err, RECO_ENOTFOUND,
                      "popular: 'by' is '%.63s', which is no field of tokens; there are: %s", m->by,
                      reco__names_text(&names));
}

static reco_status find_field(popular *m, const reco__catalog *catalog, reco_error *err)
{
    m->field = NULL;
    for (int32_t side = RECO_USER; m->by[0] && side < RECO__SIDES; side++) {
        const reco__field *found = reco__catalog_field(catalog, side, m->by);
        if (found && found->kind == RECO__FIELD_TOKEN) {
            REQUIRE(!m->field, "popular: 'by' is '%.63s', which is a field of more than one side: rename one",
                    m->by);
            m->field = found;
            m->side = side;
        }
    }
    return m->by[0] && !m->field ? no_field(m, catalog, err) : RECO_OK;
}

/* Whether there are counts of their own for the field's tokens. */
static bool has_segments(const popular *m)
{
    return m->field && m->side != RECO_ITEM;
}

/* ---- fit ---- */

static double weight(const popular *m, int64_t newest, int64_t time)
{
    if (time == RECO_NO_TIME) {
        return 1;
    }
    double days = ((double)newest - (double)time) / 86400;
    if (m->window_days > 0 && days > m->window_days) {
        return 0;
    }
    return m->half_life_days > 0 ? exp2(-days / m->half_life_days) : 1;
}

/* Counting: of items, or of items by token, whose places are first numbered and then filled. */
typedef struct work {
    const popular *m;
    const reco_data *data;
    double *sum;    /* [n_items] */
    bool by_token;  /* else into sum */
    int64_t *start; /* [tokens + 2]; while filling, token t is written next at [t + 1] */
    int32_t *item;  /* NULL while numbering */
    double *amount;
} work;

/* One thing taken: by whom, and at what moment, -1 for none. */
static void count(work *w, int32_t user, int32_t context, int32_t item, double amount)
{
    if (!w->by_token) {
        w->sum[item] += amount;
        return;
    }
    const reco__csr *tokens = &w->m->field->tokens;
    int32_t row = w->m->side == RECO_USER ? user : context;
    for (int64_t e = row < 0 ? 0 : tokens->start[row]; row >= 0 && e < tokens->start[row + 1]; e++) {
        if (w->item) {
            int64_t to = w->start[tokens->index[e] + 1]++;
            w->item[to] = item;
            w->amount[to] = amount * (double)tokens->value[e];
        } else {
            w->start[tokens->index[e] + 2]++;
        }
    }
}

static void count_log(work *w)
{
    const reco__log *log = w->data->log;
    for (int32_t u = 0; u < log->n_users; u++) {
        for (int64_t e = log->start[u]; e < log->start[u + 1]; e++) {
            double value = (double)reco__log_counts(log, w->data->catalog, e);
            double factor = weight(w->m, w->data->last_time, log->time ? log->time[e] : RECO_NO_TIME);
            count(w, u, log->context ? log->context[e] : -1, log->item[e], value * factor);
        }
    }
}

static void count_matrix(work *w)
{
    const reco__csr *x = &w->data->history->x;
    for (int32_t u = 0; u < x->rows; u++) {
        for (int64_t e = x->start[u]; e < x->start[u + 1]; e++) {
            count(w, u, -1, x->index[e], (double)x->value[e]);
        }
    }
}

/* Ages and moments differ from event to event, so then the log is counted, not the matrix. */
static void count_all(work *w)
{
    bool by_event =
        w->m->half_life_days > 0 || w->m->window_days > 0 || (w->by_token && w->m->side == RECO_CONTEXT);
    (by_event ? count_log : count_matrix)(w);
}

/* Each token's amounts added up by item; what is not above 0 is left out. */
static reco_status add_up(popular *m, work *w, reco_error *err)
{
    reco_status status = RECO_OK;
    int32_t n_tokens = m->field->vocabulary.n, n_items = m->base.n_items;
    int64_t entries = w->start[n_tokens], used = 0;
    int64_t *start = reco__alloc((int64_t)n_tokens + 1, sizeof *start);
    int32_t *index = reco__alloc(entries, sizeof *index);
    float *value = reco__alloc(entries, sizeof *value);
    m->segments = (reco__csr){n_tokens, n_items, start, index, value}; /* the core frees it */
    TRY_ALLOC(start && index && value);
    for (int32_t t = 0; t < n_tokens; t++) {
        memset(w->sum, 0, (size_t)n_items * sizeof *w->sum);
        start[t] = used;
        for (int64_t e = w->start[t]; e < w->start[t + 1]; e++) {
            w->sum[w->item[e]] += w->amount[e];
        }
        for (int32_t i = 0; i < n_items; i++) {
            if ((float)w->sum[i] > 0) {
                index[used] = i;
                value[used++] = (float)w->sum[i];
            }
        }
    }
    start[n_tokens] = used;
done:
    return status;
}

static reco_status count_segments(popular *m, work *w, reco_error *err)
{
    reco_status status = RECO_OK;
    int32_t n_tokens = m->field->vocabulary.n;
    TRY_ALLOC(w->start = reco__alloc_zero((int64_t)n_tokens + 2, sizeof *w->start));
    w->by_token = true;
    count_all(w);
    for (int32_t t = 0; t < n_tokens; t++) {
        w->start[t + 2] += w->start[t + 1];
    }
    TRY_ALLOC(w->amount = reco__alloc(w->start[n_tokens + 1], sizeof *w->amount));
    TRY_ALLOC(w->item = reco__alloc(w->start[n_tokens + 1], sizeof *w->item));
    count_all(w);
    TRY(add_up(m, w, err));
done:
    return status;
}

static reco_status fit(reco_model *self, const reco_data *data, reco__run *run)
{
    popular *m = (popular *)self;
    reco_status status = RECO_OK;
    reco_error *err = run->err;
    float *counts = NULL;
    work w = {.m = m, .data = data};
    TRY(find_field(m, data->catalog, err));
    TRY_ALLOC(w.sum = reco__alloc_zero(self->n_items, sizeof *w.sum));
    TRY_ALLOC(m->count = counts = reco__alloc(self->n_items, sizeof *counts));
    count_all(&w);
    for (int32_t i = 0; i < self->n_items; i++) {
        counts[i] = (float)w.sum[i];
    }
    if (has_segments(m)) {
        TRY(count_segments(m, &w, err));
    }
done:
    reco__free(w.sum);
    reco__free(w.start);
    reco__free(w.item);
    reco__free(w.amount);
    return status;
}

static int64_t estimate(const reco_model *self, const reco_data *data, int32_t threads)
{
    const popular *m = (const popular *)self;
    int64_t items = reco__data_items(data), tokens = 0;
    (void)threads;
    for (int32_t side = RECO_USER; m->by[0] && side < RECO__SIDES; side += RECO_CONTEXT - RECO_USER) {
        const reco__field *field = reco__catalog_field(data->catalog, side, m->by);
        int64_t most = data->catalog->sides[side].most;
        tokens = field && field->kind == RECO__FIELD_TOKEN ? reco__log_size(data->log) * most : tokens;
    }
    return items * (int64_t)(sizeof(double) + sizeof(float)) + tokens * 20;
}

/* ---- questions ---- */

static reco_status prepare(reco_model *self, reco_error *err)
{
    popular *m = (popular *)self;
    double sum = 0;
    for (int32_t i = 0; i < self->n_items; i++) {
        sum += m->count[i] > 0 ? (double)m->count[i] : 0;
    }
    m->share = sum > 0 ? 1 / sum : 0;
    return find_field(m, self->catalog, err);
}

/* What a question works with. */
static float *lay_out(const popular *m, reco__scratch *scratch)
{
    bool by_items = m->field && m->side == RECO_ITEM;
    return reco__scratch_take(scratch, by_items ? m->field->vocabulary.n : 0, sizeof(float));
}

static void layout(const reco_model *self, reco__scratch *scratch)
{
    lay_out((const popular *)self, scratch);
}

static double sum_of(const float *values, int64_t n)
{
    double sum = 0;
    for (int64_t k = 0; k < n; k++) {
        sum += (double)values[k];
    }
    return sum;
}

/* The asker's features that are tokens of the field. */
static reco__profile tokens_of(const popular *m, const reco__asker *who)
{
    const reco__profile *all = &who->about[m->side];
    int64_t from = reco__lower_bound(all->numbers, all->n, m->field->first);
    int64_t to = reco__lower_bound(all->numbers, all->n, m->field->first + m->field->vocabulary.n);
    return (reco__profile){all->numbers + from, all->values + from, to - from};
}

static void score_segments(const popular *m, const reco__profile *tokens, float *of)
{
    double all = sum_of(tokens->values, tokens->n);
    for (int64_t k = 0; k < tokens->n; k++) {
        int32_t t = tokens->numbers[k] - m->field->first;
        float share = (float)((double)tokens->values[k] / all);
        for (int64_t e = m->segments.start[t]; e < m->segments.start[t + 1]; e++) {
            of[m->segments.index[e]] += share * m->segments.value[e];
        }
    }
}

/* p_t of the asker's history. */
static void shares_of(const popular *m, const reco__asker *who, float *share)
{
    const reco__csr *tokens = &m->field->tokens;
    double all = sum_of(who->values, who->n);
    memset(share, 0, (size_t)m->field->vocabulary.n * sizeof *share);
    for (int64_t h = 0; h < who->n; h++) {
        for (int64_t e = tokens->start[who->items[h]]; e < tokens->start[who->items[h] + 1]; e++) {
            share[tokens->index[e]] += (float)((double)who->values[h] / all);
        }
    }
}

static void score_likes(const popular *m, const float *share, float *of)
{
    const reco__csr *tokens = &m->field->tokens;
    for (int32_t i = 0; i < m->base.n_items; i++) {
        float like = 0;
        for (int64_t e = tokens->start[i]; e < tokens->start[i + 1]; e++) {
            like += share[tokens->index[e]];
        }
        of[i] += m->count[i] * like;
    }
}

/* Whether the field tells something of who asks. */
static bool tells(const popular *m, const reco__asker *who)
{
    return m->field && (m->side == RECO_ITEM ? who->n > 0 : tokens_of(m, who).n > 0);
}

static reco_status score(const reco_model *self, const reco__asker *who, reco__scores *out,
                         reco__scratch *scratch)
{
    const popular *m = (const popular *)self;
    float *share = lay_out(m, scratch);
    out->n = RECO__KNOWS_ALL;
    if (!tells(m, who)) {
        memcpy(out->of, m->count, (size_t)self->n_items * sizeof *out->of);
        return RECO_OK;
    }
    for (int32_t i = 0; i < self->n_items; i++) {
        out->of[i] = (float)((double)m->count[i] * m->share);
    }
    if (m->side == RECO_ITEM) {
        shares_of(m, who, share);
        score_likes(m, share, out->of);
    } else {
        reco__profile tokens = tokens_of(m, who);
        score_segments(m, &tokens, out->of);
    }
    return RECO_OK;
}

/* What each token, or each item of the history by the tokens it shares with the item, adds. */
static reco_status explain(const reco_model *self, const reco__asker *who, int32_t item, float *amounts,
                           reco__scratch *scratch)
{
    const popular *m = (const popular *)self;
    float *rest = &amounts[reco__asker_entries(who) - 1];
    (void)scratch;
    *rest = m->count[item];
    if (!tells(m, who)) {
        return RECO_OK;
    }
    *rest = (float)((double)m->count[item] * m->share);
    if (m->side != RECO_ITEM) {
        reco__profile tokens = tokens_of(m, who);
        double all = sum_of(tokens.values, tokens.n);
        float *of_side = amounts + who->n + (m->side == RECO_CONTEXT ? who->about[RECO_USER].n : 0);
        for (int64_t k = 0; k < tokens.n; k++) {
            float part = reco__csr_value(&m->segments, tokens.numbers[k] - m->field->first, item);
            of_side[tokens.numbers + k - who->about[m->side].numbers] =
                (float)((double)tokens.values[k] / all) * part;
        }
        return RECO_OK;
    }
    const reco__csr *x = &m->field->tokens;
    double all = sum_of(who->values, who->n);
    for (int64_t h = 0; h < who->n; h++) {
        for (int64_t e = x->start[item]; e < x->start[item + 1]; e++) {
            if (reco__csr_value(x, who->items[h], x->index[e]) > 0) {
                amounts[h] += m->count[item] * (float)((double)who->values[h] / all);
            }
        }
    }
    return RECO_OK;
}

/* ---- what is kept ---- */

static reco_status state(reco_model *self, reco__state *s)
{
    popular *m = (popular *)self;
    reco_status status = RECO_OK;
    TRY(reco__state_f32(s, "count", &m->count, RECO__ITEMS, 1, 0));
    bool fills = reco__state_loading(s) || reco__state_carried(s);
    if (fills && find_field(m, self->catalog, NULL)) {
        return reco__state_refuse(s, "'by' names no field");
    }
    if (fills ? has_segments(m) : m->segments.start != NULL) {
        int32_t rows = fills ? m->field->vocabulary.n : m->segments.rows;
        TRY(reco__state_csr(s, "segments", &m->segments, rows, RECO__ITEMS, 0));
    }
done:
    return status;
}

const reco__algo reco__algo_popular = {
    .name = "popular",
    .summary = "what is taken most, lately if asked: the baseline to beat",
    .state_version = 1,
    .traits = RECO__ANSWERS_ALL,
    .size = sizeof(popular),
    .params = params,
    .fit = RECO__TRAINS(fit),
    .score = score,
    .explain = explain,
    .prepare = prepare,
    .layout = layout,
    .state = state,
    .estimate = RECO__TRAINS(estimate),
};
