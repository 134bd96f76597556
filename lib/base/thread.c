/* SPDX-License-Identifier: MIT */
#include "thread.h"

#include "error.h"
#include "memory.h"
#include "system.h"

#include <pthread.h>
#include <signal.h>

/* The documented mutable state of the library, with the kernel table's pointer. */
static pthread_mutex_t blas_mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t blas_once = PTHREAD_ONCE_INIT;

typedef struct crew {
    reco__run *run;
    reco__body *body;
    void *context;
    int64_t first, n, grain; /* rows first .. first + n - 1 */
    atomic_llong next;
    atomic_int stop;
    pthread_mutex_t mutex; /* guards the two below */
    int64_t failed_block;
    reco_status status;
} crew;

typedef struct worker {
    crew *crew;
    pthread_t thread;
    int32_t index;
} worker;

static void work(crew *c, int32_t index)
{
    while (!atomic_load_explicit(&c->stop, memory_order_relaxed)) {
        int64_t block = atomic_fetch_add(&c->next, 1);
        if (block >= (c->n + c->grain - 1) / c->grain) {
            break;
        }
        int64_t begin = block * c->grain;
        int64_t end = c->n - begin > c->grain ? begin + c->grain : c->n;
        reco_status status = reco__run_cancelled(c->run)
                                 ? RECO_ECANCELLED
                                 : c->body(c->context, c->first + begin, c->first + end, index);
        if (status != RECO_OK) {
            pthread_mutex_lock(&c->mutex);
            if (c->status == RECO_OK || block < c->failed_block) {
                c->status = status;
                c->failed_block = block;
            }
            pthread_mutex_unlock(&c->mutex);
            atomic_store(&c->stop, 1);
        }
    }
}

static void *thread_main(void *argument)
{
    worker *w = argument;
    work(w->crew, w->index);
    return NULL;
}

/* Starts up to `wanted` helpers with all signals blocked, so that the host's handlers run on the host's
 * threads. */
static int32_t start(worker *helpers, int32_t wanted, crew *c)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int32_t started = 0;
    while (started < wanted) {
        helpers[started] = (worker){.crew = c, .index = started + 1};
        if (pthread_create(&helpers[started].thread, NULL, thread_main, &helpers[started])) {
            break;
        }
        started++;
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return started;
}

/* For rows first .. first + n - 1. */
static reco_status work_on(reco__run *run, int64_t first, int64_t n, int64_t grain, reco__body *body,
                           void *context)
{
    crew c = {
        .run = run, .body = body, .context = context, .first = first, .n = n, .grain = grain < 1 ? 1 : grain};
    int64_t blocks = n > 0 ? (n + c.grain - 1) / c.grain : 0;
    int32_t helpers_wanted = (int32_t)(blocks < run->threads ? blocks : run->threads) - 1;
    worker *helpers = helpers_wanted > 0 ? reco__alloc(helpers_wanted, sizeof *helpers) : NULL;
    pthread_mutex_init(&c.mutex, NULL);
    int32_t started = helpers ? start(helpers, helpers_wanted, &c) : 0;
    work(&c, 0);
    for (int32_t k = 0; k < started; k++) {
        pthread_join(helpers[k].thread, NULL);
    }
    pthread_mutex_destroy(&c.mutex);
    reco__free(helpers);
    if (c.status == RECO_ECANCELLED) {
        return reco__fail(run->err, RECO_ECANCELLED, "%s: cancelled", run->stage);
    }
    return c.status == RECO_ENOMEM ? reco__out_of_memory(run->err) : c.status;
}

reco_status reco__parallel_for(reco__run *run, int64_t n, int64_t grain, reco__body *body, void *context)
{
    return work_on(run, 0, n, grain, body, context);
}

reco_status reco__parallel_steps(reco__run *run, int64_t n, int64_t grain, reco__body *body, void *context)
{
    enum { STEPS = 24 };
    reco_status status = RECO_OK;
    for (int64_t step = 0; step < STEPS; step++) {
        int64_t first = n / STEPS * step + n % STEPS * step / STEPS;
        int64_t next = n / STEPS * (step + 1) + n % STEPS * (step + 1) / STEPS;
        TRY(reco__run_step(run, (double)step / STEPS));
        TRY(work_on(run, first, next - first, grain, body, context));
    }
done:
    return status;
}

static void before_fork(void)
{
    pthread_mutex_lock(&blas_mutex);
}

static void after_fork(void)
{
    pthread_mutex_unlock(&blas_mutex);
}

static void register_fork(void)
{
    pthread_atfork(before_fork, after_fork, after_fork);
}

void reco__blas_lock(void)
{
    pthread_once(&blas_once, register_fork);
    pthread_mutex_lock(&blas_mutex);
}

void reco__blas_unlock(void)
{
    pthread_mutex_unlock(&blas_mutex);
}
