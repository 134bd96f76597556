/* SPDX-License-Identifier: MIT */
/* overhead - what one reco_model_recommend costs a C program; overhead.py and overhead.rb measure the same through the
 * bindings, and tests/bench/bindings puts them side by side.
 *
 *     overhead MODEL USERS ROUNDS
 *
 * Asks for ten items for each of the model's first USERS users, one after the other, ROUNDS times over, and prints the
 * median round's microseconds of processor time per question as a plain number. */
#include "timing.h"

static volatile int looked_at; /* keeps the compiler from leaving the look out */

/* One question and a look at the whole answer, as a program that shows it would take. */
static void ask(const reco_model *model, reco_query *query, reco_list *list, const char *user)
{
    OK(reco_query_user(query, user, &err));
    OK(reco_model_recommend(model, query, list, &err));
    for (int32_t k = 0; k < reco_list_size(list); k++) {
        looked_at = reco_list_id(list, k)[0] + (reco_list_scores(list)[k] > 0);
    }
}

int main(int argc, char **argv)
{
    reco_model *model = NULL;
    reco_query *query = NULL;
    reco_list *list = NULL;
    if (argc != 4 || atoi(argv[2]) < 1 || atoi(argv[3]) < 1) {
        fprintf(stderr, "usage: overhead MODEL USERS ROUNDS\n");
        return 2;
    }
    int users = atoi(argv[2]), rounds = atoi(argv[3]);
    OK(reco_model_load(&model, argv[1], &err));
    OK(reco_query_new(&query, &err));
    OK(reco_list_new(&list, &err));
    double *times = malloc((size_t)rounds * sizeof *times);
    if (!times || users > reco_model_count(model, "users")) {
        fprintf(stderr, "overhead: the model has %lld users\n", (long long)reco_model_count(model, "users"));
        return 1;
    }
    for (int round = 0; round < rounds; round++) {
        double begin = worked();
        for (int user = 0; user < users; user++) {
            ask(model, query, list, reco_model_id(model, RECO_USER, user));
        }
        times[round] = worked() - begin;
    }
    printf("%.3f\n", 1e6 * median(times, rounds) / users);
    free(times);
    reco_list_free(list);
    reco_query_free(query);
    reco_model_free(model);
    return 0;
}
