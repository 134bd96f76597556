/* SPDX-License-Identifier: MIT */
/* One question for many users: the plan is bound once, each worker has a list of its own, and rows go
 * straight into the caller's arrays. Users of a factor model are answered a block at a time, see batch_factors.h. */
#include "batch.h"

#include "base/thread.h"
#include "batch_factors.h"

#include <string.h>

/* What a thread finds askers with. */
typedef struct asking {
    reco__scratch scratch;
    reco__asker_room room;
} asking;

/* A thread's work on users that are answered together. */
typedef struct block {
    reco__scratch scratch;
    reco__block_room room;
    reco__asker *askers; /* [many.rows] */
    int64_t *rows;       /* [many.rows] which row of the batch each is */
} block;

typedef struct batch {
    const reco__plan *plan;
    reco__run run;
    reco__who *who;
    const void *context; /* of who */
    int64_t n;
    reco_list **lists; /* [threads] */
    reco__batch_factors many;
    asking *rooms; /* [threads] */
    block *blocks; /* [threads] */
    int32_t *items, *sizes;
    float *scores;         /* or NULL */
    reco_status *statuses; /* [n] */
} batch;

enum { GRAIN = 16 /* askers that a thread takes at a time */ };

static reco_status answer_row(const batch *b, int64_t row, int32_t worker, reco_error *err)
{
    reco__asker who;
    reco_list *list = b->lists[worker];
    list->size = 0;
    reco_status status = b->who(b->context, row, &b->rooms[worker].room, &who, err);
    return status ? status : reco__answer(b->plan, &who, -1, list, err);
}

/* Tells how far it is, from the thread that called. */
static reco_status report(batch *b, int64_t row, int32_t worker)
{
    return worker == 0 ? reco__run_step(&b->run, (double)row / (double)b->n) : RECO_OK;
}

/* RECO_OK also when the row failed, unless the filter wants no more. */
static reco_status answer_singly(const batch *b, int64_t row, int32_t worker)
{
    int64_t limit = b->plan->query->limit;
    const reco_list *list = b->lists[worker];
    b->statuses[row] = answer_row(b, row, worker, NULL);
    b->sizes[row] = list->size;
    if (list->size > 0) {
        memcpy(b->items + row * limit, list->items, (size_t)list->size * sizeof *list->items);
    }
    if (list->size > 0 && b->scores) {
        memcpy(b->scores + row * limit, list->scores, (size_t)list->size * sizeof *list->scores);
    }
    return b->statuses[row] == RECO_ECANCELLED ? RECO_ECANCELLED : RECO_OK;
}

static reco_status answer_rows(void *context, int64_t begin, int64_t end, int32_t worker)
{
    batch *b = context;
    reco_status status = report(b, begin, worker);
    for (int64_t row = begin; row < end && status == RECO_OK; row++) {
        status = answer_singly(b, row, worker);
    }
    return status;
}

/* One of a block's answers into the caller's arrays. */
static void write_row(const batch *b, int64_t row, const reco__scored *best, int32_t size)
{
    const reco_query *query = b->plan->query;
    int64_t at = row * query->limit;
    b->statuses[row] = RECO_OK;
    b->sizes[row] = size > query->offset ? size - query->offset : 0;
    for (int32_t k = 0; k < b->sizes[row]; k++) {
        b->items[at + k] = best[query->offset + k].index;
        if (b->scores) {
            b->scores[at + k] = best[query->offset + k].score;
        }
    }
}

static reco_status answer_block(void *context, int64_t begin, int64_t end, int32_t worker)
{
    reco_status status = RECO_OK;
    batch *b = context;
    block *own = &b->blocks[worker];
    reco__block_room *room = &own->room;
    TRY(report(b, begin, worker));
    room->n = 0;
    for (int64_t row = begin; row < end; row++) {
        int32_t n = room->n;
        own->rows[n] = row;
        if (b->who(b->context, row, &b->rooms[worker].room, &own->askers[n], NULL) != RECO_OK ||
            !reco__batch_factors_take(&b->many, room, &own->askers[n])) {
            TRY(answer_singly(b, row, worker));
        }
    }
    TRY(reco__batch_factors_answer(&b->many, room));
    for (int32_t k = 0; k < room->n; k++) {
        write_row(b, own->rows[k], room->top[k].entries, room->top[k].size);
    }
done:
    return status;
}

static void lay_out(const batch *b, block *own, reco__scratch *scratch)
{
    own->askers = reco__scratch_take(scratch, b->many.rows, sizeof *own->askers);
    own->rows = reco__scratch_take(scratch, b->many.rows, sizeof *own->rows);
    reco__batch_factors_layout(&b->many, &own->room, scratch);
}

/* Memory for the work on blocks. */
static reco_status make_blocks(batch *b, int32_t threads, reco_error *err)
{
    reco_status status = RECO_OK;
    reco__scratch measure = {.data = NULL};
    TRY_ALLOC(b->blocks = reco__alloc_zero(threads, sizeof *b->blocks));
    lay_out(b, &b->blocks[0], &measure);
    for (int32_t k = 0; k < threads; k++) {
        block *own = &b->blocks[k];
        own->scratch = (reco__scratch){.data = reco__alloc(measure.peak, 1), .size = measure.peak};
        TRY_ALLOC(own->scratch.data);
        lay_out(b, own, &own->scratch);
    }
done:
    return status;
}

static reco_status make_rooms(batch *b, int32_t threads, reco_error *err)
{
    reco_status status = RECO_OK;
    reco__scratch measure = {.data = NULL};
    TRY_ALLOC(b->rooms = reco__alloc_zero(threads, sizeof *b->rooms));
    reco__asker_user_layout(&b->rooms[0].room, b->plan->model, b->plan->query, &measure);
    for (int32_t k = 0; k < threads; k++) {
        asking *own = &b->rooms[k];
        own->scratch = (reco__scratch){.data = reco__alloc(measure.peak, 1), .size = measure.peak};
        TRY_ALLOC(own->scratch.data);
        reco__asker_user_layout(&own->room, b->plan->model, b->plan->query, &own->scratch);
    }
done:
    return status;
}

/* Lists with room for any answer, so that workers allocate nothing. */
static reco_status make_lists(const batch *b, int32_t threads, reco_error *err)
{
    reco_status status = RECO_OK;
    reco__topk none = {.size = 0};
    reco__scratch measure = {.data = NULL};
    reco__answer_layout(b->plan, &measure);
    for (int32_t k = 0; k < threads; k++) {
        TRY(reco_list_new(&b->lists[k], err));
        TRY(reco__list_start(b->lists[k], b->plan->model->n_items, measure.peak, err));
        TRY(reco__list_grow(b->lists[k], reco__plan_depth(b->plan), err));
        TRY(reco__list_fill(b->lists[k], b->plan->model, RECO_ITEM, &none, 0, "", err));
    }
done:
    return status;
}

/* The first failure, asked once more for its message. */
static reco_status first_failure(const batch *b, reco_error *err)
{
    for (int64_t row = 0; row < b->n; row++) {
        if (b->statuses[row]) {
            return answer_row(b, row, 0, err);
        }
    }
    return RECO_OK;
}

/* Nothing is answered by half. */
static void forget_all(int64_t n, int32_t *sizes, reco_status *statuses)
{
    for (int64_t row = 0; row < n; row++) {
        sizes[row] = 0;
        if (statuses) {
            statuses[row] = RECO_ECANCELLED;
        }
    }
}

static reco_status run_batch(batch *b, bool has_statuses, reco_error *err)
{
    reco_status status = RECO_OK;
    TRY(reco__batch_factors_start(&b->many, b->plan, b->n, b->run.threads, err));
    int64_t grain = b->many.rows > 0 ? b->many.rows : GRAIN, blocks = (b->n + grain - 1) / grain;
    b->run.threads = b->run.threads < blocks ? b->run.threads : (int32_t)blocks;
    TRY_ALLOC(b->lists = reco__alloc_zero(b->run.threads, sizeof(*b->lists)));
    TRY(make_lists(b, b->run.threads, err));
    TRY(make_rooms(b, b->run.threads, err));
    if (b->many.rows > 0) {
        TRY(make_blocks(b, b->run.threads, err));
    }
    status = reco__parallel_for(&b->run, b->n, grain, b->many.rows > 0 ? answer_block : answer_rows, b);
    if (status) {
        forget_all(b->n, b->sizes, b->statuses);
    } else if (!has_statuses) {
        status = first_failure(b, err);
    }
done:
    for (int32_t k = 0; b->lists && k < b->run.threads; k++) {
        reco_list_free(b->lists[k]);
    }
    for (int32_t k = 0; b->rooms && k < b->run.threads; k++) {
        reco__free(b->rooms[k].scratch.data);
    }
    reco__free(b->rooms);
    for (int32_t k = 0; b->blocks && k < b->run.threads; k++) {
        reco__free(b->blocks[k].scratch.data);
    }
    reco__free(b->lists);
    reco__free(b->blocks);
    reco__batch_factors_end(&b->many);
    return status;
}

reco_status reco__batch_answer(const reco__plan *plan, reco__who *who, const void *context, int64_t n,
                               const reco__run *run, int32_t *items, float *scores, int32_t *sizes,
                               reco_status *statuses, reco_error *err)
{
    reco_status status = RECO_OK;
    batch b = {.plan = plan,
               .run = *run,
               .who = who,
               .context = context,
               .n = n,
               .items = items,
               .scores = scores,
               .sizes = sizes,
               .statuses = statuses};
    if (!statuses) {
        TRY_ALLOC(b.statuses = reco__alloc(n, sizeof *b.statuses));
    }
    if (n > 0) {
        TRY(run_batch(&b, statuses != NULL, err));
    }
done:
    if (b.statuses != statuses) {
        reco__free(b.statuses);
    }
    return status;
}

/* ---- users of the model ---- */

typedef struct users {
    const reco_model *model;
    const reco_query *query;
    const char *const *ids; /* [n] or NULL */
} users;

static reco_status find_user(const void *context, int64_t row, reco__asker_room *room, reco__asker *who,
                             reco_error *err)
{
    const users *u = context;
    int32_t user = (int32_t)row;
    if (u->ids) {
        REQUIRE(u->ids[row], "the user at position %lld is NULL", (long long)row);
        reco_status status = reco_model_find(u->model, RECO_USER, u->ids[row], &user, err);
        if (status && !(status == RECO_ENOTFOUND && u->query->skip_unknown)) {
            return status;
        }
        user = status ? -1 : user;
    }
    return reco__asker_user(who, u->model, u->query, user, room, err);
}

reco_status reco_model_recommend_batch(const reco_model *model, const reco_query *query,
                                       const char *const *ids, int64_t n, int32_t threads, reco_run *run,
                                       int32_t *items, float *scores, int32_t *sizes, reco_status *statuses,
                                       reco_error *err)
{
    GIVEN(model, query);
    REQUIRE(n >= 0, "'n' must not be negative, got %lld", (long long)n);
    REQUIRE(n == 0 || sizes, "'sizes' must not be NULL");
    REQUIRE(items || n == 0 || query->limit == 0, "'items' must not be NULL");
    REQUIRE(threads >= 0 && threads <= 1024, "'threads' must be in [0, 1024], got %d", threads);
    reco_status status = RECO_OK;
    reco__plan plan;
    reco__scratch scratch = {.data = NULL};
    reco__run own = reco__run_start(run, threads, 0, "recommend", err);
    users asked = {model, query, ids};
    TRY(reco__plan_ready(model, err));
    reco__plan_layout(&plan, model, query, &scratch);
    scratch = (reco__scratch){.data = reco__alloc(scratch.peak, 1), .size = scratch.peak};
    TRY_ALLOC(scratch.data);
    reco__plan_layout(&plan, model, query, &scratch);
    TRY(reco__plan_bind(&plan, err));
    if (!model->history) {
        TRY(reco__fail(err, RECO_ESTATE, "%s: this model was saved without its users", model->algo->name));
    }
    if (!ids && n > model->n_users) {
        TRY(reco__fail(err, RECO_EINVAL, "'n' is %lld, but the model has %d users", (long long)n,
                       model->n_users));
    }
    TRY(reco__batch_answer(&plan, find_user, &asked, n, &own, items, scores, sizes, statuses, err));
    status = n > 0 ? reco__run_step(&own, 1) : RECO_OK;
    if (status) {
        forget_all(n, sizes, statuses);
    }
done:
    reco__free(scratch.data);
    return status;
}
