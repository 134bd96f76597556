/* SPDX-License-Identifier: MIT */
/* A model answers wherever it is loaded as it does where it was made. "make DIRECTORY" fits a model of each
 * algorithm and writes it there with its answers. Linked with another library, "same DIRECTORY" loads and asks
 * them; "near DIRECTORY", for another processor, allows scores, not items, to differ by rounding. */
#include "support/made.h"

#include <math.h>
#include <stdio.h>

enum { USERS = 200, ITEMS = 150, PATH = 512 };

static const char *directory;
static double tolerance; /* of a score, beside 1 or the score */

static FILE *open_answers(const char *algo, const char *how)
{
    char path[PATH];
    snprintf(path, sizeof path, "%s/%s.answers", directory, algo);
    FILE *file = fopen(path, how);
    assert_non_null(file);
    return file;
}

static void make(void **state)
{
    char path[PATH];
    reco_data *data = made_data(USERS, ITEMS, 71);
    reco_model *model = made_fitted(*state, data, 1);
    snprintf(path, sizeof path, "%s/%s.reco", directory, (const char *)*state);
    OK(reco_model_save(model, path, RECO_SAVE_ALL, &err));
    made_answers a = made_ask(model, USERS, MADE_USERS | MADE_HISTORIES);
    FILE *file = open_answers(*state, "w");
    for (int64_t k = 0; k < a.n; k++) {
        fprintf(file, "%a\n", a.number[k]); /* exact, and the same for every processor */
    }
    assert_int_equal(fclose(file), 0);
    free(a.number);
    reco_model_free(model);
    reco_data_free(data);
}

/* Whole numbers (items, sizes, statuses) are small: no tolerance hides a difference of 1. */
static void compare(const char *algo, made_answers now, const double *then)
{
    int64_t rounded = 0;
    for (int64_t k = 0; k < now.n; k++) {
        double difference = fabs(now.number[k] - then[k]);
        if (difference > tolerance * fmax(1, fabs(then[k]))) {
            fail_msg("%s: answer %lld is %.9g, was %.9g", algo, (long long)k, now.number[k], then[k]);
        }
        rounded += difference > 0;
    }
    print_message("%s: %lld of %lld answers are the same bits\n", algo, (long long)(now.n - rounded),
                  (long long)now.n);
}

static void ask(void **state)
{
    char path[PATH];
    reco_model *model = NULL;
    snprintf(path, sizeof path, "%s/%s.reco", directory, (const char *)*state);
    OK(reco_model_load(&model, path, &err));
    made_answers now = made_ask(model, USERS, MADE_USERS | MADE_HISTORIES);
    double *then = malloc((size_t)now.n * sizeof *then);
    assert_non_null(then);
    FILE *file = open_answers(*state, "r");
    int64_t n = 0;
    double number;
    while (fscanf(file, "%la", &number) == 1) {
        assert_true(n < now.n);
        then[n++] = number;
    }
    assert_int_equal(n, now.n);
    fclose(file);
    compare(*state, now, then);
    free(then);
    free(now.number);
    reco_model_free(model);
}

/* Saved once more, a model is the same file. */
static void save(void **state)
{
    char path[PATH];
    reco_model *model = NULL;
    snprintf(path, sizeof path, "%s/%s.reco", directory, (const char *)*state);
    OK(reco_model_load(&model, path, &err));
    int64_t n = 0;
    char *bytes = made_bytes(model, RECO_SAVE_ALL, &n);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    for (int64_t k = 0; k < n; k++) {
        assert_int_equal(fgetc(file), (unsigned char)bytes[k]);
    }
    assert_int_equal(fgetc(file), EOF);
    fclose(file);
    reco_bytes_free(bytes);
    reco_model_free(model);
}

static void does_not_train(void **state)
{
    reco_data *data = made_data(USERS, ITEMS, 71);
    reco_model *model = made_model(*state);
    int64_t bytes = 7;
    FAILS(reco_model_fit(model, data, NULL, &err), RECO_EUNSUPPORTED);
    FAILS(reco_model_estimate(model, data, &bytes, &err), RECO_EUNSUPPORTED);
    assert_int_equal(bytes, 7);
    assert_int_equal(reco_model_count(model, "fitted"), 0);
    reco_model_free(model);
    reco_data_free(data);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest making[] = {cmocka_unit_test(make)};
    const struct CMUnitTest asking[] = {cmocka_unit_test(ask), cmocka_unit_test(save),
                                        cmocka_unit_test(does_not_train)};
    if (argc != 3) {
        fprintf(stderr, "usage: models make|same|near DIRECTORY\n");
        return 2;
    }
    directory = argv[2];
    tolerance = strcmp(argv[1], "near") == 0 ? 1e-6 : 0;
    return strcmp(argv[1], "make") == 0 ? made_run(making, 1) : made_run(asking, RECO__TRAINING ? 2 : 3);
}
