/* SPDX-License-Identifier: MIT */
#include "faults.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

static atomic_llong asked, fails_at, failed, live, threads, bytes;
static atomic_bool armed, fails_onward;

void faults_arm(int64_t at, bool onward)
{
    asked = 0;
    failed = 0;
    bytes = 0;
    fails_at = at;
    fails_onward = onward;
    armed = true;
}

int64_t faults_disarm(void)
{
    armed = false;
    return failed;
}

int64_t faults_bytes(void)
{
    return bytes;
}

int64_t faults_live(void)
{
    return live;
}

int64_t faults_threads(void)
{
    return threads;
}

static bool fails(void)
{
    if (!armed) {
        return false;
    }
    long long now = atomic_fetch_add(&asked, 1) + 1, at = fails_at;
    bool yes = fails_onward ? now >= at : now == at;
    failed += yes;
    return yes;
}

/* ---- what the library calls instead of the functions without faults_ ---- */

struct sb_stemmer;
struct sb_stemmer *sb_stemmer_new(const char *language, const char *encoding) __attribute__((weak));
void sb_stemmer_delete(struct sb_stemmer *stemmer) __attribute__((weak));

void *faults_aligned_alloc(size_t alignment, size_t size);
void faults_free(void *memory);
int faults_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*body)(void *),
                          void *context);
struct sb_stemmer *faults_sb_stemmer_new(const char *language, const char *encoding);
void faults_sb_stemmer_delete(struct sb_stemmer *stemmer);

void *faults_aligned_alloc(size_t alignment, size_t size)
{
    void *memory = fails() ? NULL : aligned_alloc(alignment, size);
    live += memory != NULL;
    bytes += (long long)size;
    if (memory) {
        memset(memory, 0xff, size); /* what is read before it is written shows: NaN, or no index */
    }
    return memory;
}

void faults_free(void *memory)
{
    live -= memory != NULL;
    free(memory);
}

int faults_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*body)(void *),
                          void *context)
{
    threads++;
    return fails() ? EAGAIN : pthread_create(thread, attributes, body, context);
}

struct sb_stemmer *faults_sb_stemmer_new(const char *language, const char *encoding)
{
    struct sb_stemmer *stemmer = fails() ? NULL : sb_stemmer_new(language, encoding);
    live += stemmer != NULL;
    return stemmer;
}

void faults_sb_stemmer_delete(struct sb_stemmer *stemmer)
{
    live -= stemmer != NULL;
    sb_stemmer_delete(stemmer);
}
