/* SPDX-License-Identifier: MIT */
/* serve - eight threads answer, and go on answering while the model they ask is changed for a new one.
 *
 *     serve TODAY.reco TOMORROW.reco
 *
 * A loaded model never changes, so any number of threads ask it without a lock. What needs care is which model
 * to ask and when the old one may be freed. Here whoever wants to ask takes the current model and gives it back
 * after; the last one to give it back frees it. The lock is held only while a pointer is read and a number
 * counted, so nobody waits for somebody else's question. (Under a read-write lock held during questions, the
 * change would wait for the slowest of them, and all new questions for the change.)
 */
#include <pthread.h>
#include <reco/reco.h>
#include <stdio.h>

enum { THREADS = 8, ENOUGH = 10000 };

/* A model that may be asked. All but `model` is read and written under the server's lock. */
typedef struct served {
    reco_model *model;
    const char *path;
    int64_t answers;
    int holders; /* who may be asking it now, and the server while it is the current one */
} served;

typedef struct server {
    pthread_mutex_t lock;
    pthread_cond_t answered;
    served *current; /* NULL: no more questions */
    reco_error err;  /* of the first thread that failed */
} server;

/* ---- which model to ask */

static served *take(server *s)
{
    pthread_mutex_lock(&s->lock);
    served *m = s->current;
    if (m)
        m->holders++;
    pthread_mutex_unlock(&s->lock);
    return m;
}

static void give_back(server *s, served *m, int64_t answers)
{
    pthread_mutex_lock(&s->lock);
    m->answers += answers;
    int last = --m->holders == 0;
    pthread_cond_signal(&s->answered);
    pthread_mutex_unlock(&s->lock);
    if (!last)
        return;
    printf("%s is freed after %lld answers\n", m->path, (long long)m->answers);
    reco_model_free(m->model);
    m->model = NULL;
}

/* Makes `next` the model that is asked from now on; NULL ends the service. */
static void change(server *s, served *next)
{
    if (next) {
        next->holders = 1;
        printf("%s is served\n", next->path);
    }
    pthread_mutex_lock(&s->lock);
    served *before = s->current;
    s->current = next;
    pthread_mutex_unlock(&s->lock);
    if (before)
        give_back(s, before, 0);
}

/* ---- who asks */

static void fail(server *s, const reco_error *err)
{
    pthread_mutex_lock(&s->lock);
    if (!s->err.message[0])
        s->err = *err;
    pthread_cond_signal(&s->answered);
    pthread_mutex_unlock(&s->lock);
}

/* A visitor has looked at one item; each question is about the next. */
static reco_status ask(const reco_model *model, int64_t k, reco_query *query, reco_list *list,
                       reco_error *err)
{
    int64_t n = reco_model_count(model, "items");
    const char *item = reco_model_id(model, RECO_ITEM, n > 0 ? (int32_t)(k % n) : 0);
    reco_status status = reco_query_history(query, &item, NULL, item != NULL, err);
    return status ? status : reco_model_recommend(model, query, list, err);
}

/* Answers one question after the other, with a query and a list of the thread's own. */
static void *work(void *context)
{
    server *s = context;
    reco_error err = {""};
    reco_query *query = NULL;
    reco_list *list = NULL;
    served *m = NULL;
    if (reco_query_new(&query, &err) || reco_list_new(&list, &err))
        goto done;
    for (int64_t k = 0; (m = take(s)); k++) {
        if (ask(m->model, k, query, list, &err))
            goto done;
        /* Here the answer would be sent. */
        give_back(s, m, 1);
    }
done:
    if (m)
        give_back(s, m, 0);
    if (err.message[0])
        fail(s, &err);
    reco_list_free(list);
    reco_query_free(query);
    return NULL;
}

/* Waits until a model has given enough answers. Returns 0 when a thread failed. */
static int wait_for(server *s, const served *m)
{
    pthread_mutex_lock(&s->lock);
    while (m->answers < ENOUGH && !s->err.message[0])
        pthread_cond_wait(&s->answered, &s->lock);
    int well = !s->err.message[0];
    pthread_mutex_unlock(&s->lock);
    return well;
}

int main(int argc, char **argv)
{
    server s = {.lock = PTHREAD_MUTEX_INITIALIZER, .answered = PTHREAD_COND_INITIALIZER};
    pthread_t threads[THREADS];
    reco_error err = {""};
    int started = 0;
    if (argc != 3) {
        fprintf(stderr, "usage: serve TODAY.reco TOMORROW.reco\n");
        return 2;
    }
    served today = {.path = argv[1]}, tomorrow = {.path = argv[2]};

    if (!reco_model_load(&today.model, today.path, &err)) {
        change(&s, &today);
        while (started < THREADS && pthread_create(&threads[started], NULL, work, &s) == 0)
            started++;
        if (started < THREADS)
            snprintf(err.message, sizeof(err.message), "there are no more threads than %d", started);
        else if (wait_for(&s, &today) && !reco_model_load(&tomorrow.model, tomorrow.path, &err)) {
            change(&s, &tomorrow);
            wait_for(&s, &tomorrow);
        }
        change(&s, NULL);
    }
    for (int k = 0; k < started; k++)
        pthread_join(threads[k], NULL);

    const char *why = err.message[0] ? err.message : s.err.message;
    if (why[0])
        fprintf(stderr, "serve: %s\n", why);
    return why[0] != '\0';
}
