/* SPDX-License-Identifier: MIT */
/* batch - what the lists of all users take a C program; batch.py measures the same through the Python binding.
 *
 *     batch MODEL THREADS ROUNDS
 *
 * Recommends twenty items to each of the model's users, ROUNDS times over, into arrays that are new each time, as the
 * binding's are, and prints the median round's milliseconds as a plain number. */
#include "timing.h"

enum { LIMIT = 20 };

static double once(const reco_model *model, const reco_query *query, int threads)
{
    int64_t n = reco_model_count(model, "users");
    double begin = now();
    int32_t *items = malloc((size_t)n * LIMIT * sizeof *items), *sizes = malloc((size_t)n * sizeof *sizes);
    float *scores = malloc((size_t)n * LIMIT * sizeof *scores);
    if (!items || !sizes || !scores) {
        exit(1);
    }
    OK(reco_model_recommend_batch(model, query, NULL, n, threads, NULL, items, scores, sizes, NULL, &err));
    double seconds = now() - begin;
    free(items);
    free(sizes);
    free(scores);
    return seconds;
}

int main(int argc, char **argv)
{
    reco_model *model = NULL;
    reco_query *query = NULL;
    if (argc != 4 || atoi(argv[3]) < 1) {
        fprintf(stderr, "usage: batch MODEL THREADS ROUNDS\n");
        return 2;
    }
    int rounds = atoi(argv[3]);
    double *times = malloc((size_t)rounds * sizeof *times);
    OK(reco_model_load(&model, argv[1], &err));
    OK(reco_query_new(&query, &err));
    OK(reco_query_limit(query, LIMIT, &err));
    for (int round = 0; times && round < rounds; round++) {
        times[round] = once(model, query, atoi(argv[2]));
    }
    printf("%.3f\n", times ? 1e3 * median(times, rounds) : 0);
    free(times);
    reco_query_free(query);
    reco_model_free(model);
    return 0;
}
