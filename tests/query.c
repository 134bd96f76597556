/* SPDX-License-Identifier: MIT */
/* The query-only library gives the answers of the full one. Linked with the full library, "make DIRECTORY"
 * fits a model of each algorithm and writes it there with its answers; linked with the query-only library,
 * "ask DIRECTORY" loads and asks them. */
#include "support/made.h"

#include <stdio.h>

enum { USERS = 40, ITEMS = 24, PATH = 512 };

static const char *directory;

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
    FILE *file = open_answers(*state, "wb");
    assert_int_equal(fwrite(a.word, sizeof *a.word, (size_t)a.n, file), a.n);
    assert_int_equal(fclose(file), 0);
    free(a.word);
    reco_model_free(model);
    reco_data_free(data);
}

static void ask(void **state)
{
    char path[PATH];
    reco_model *model = NULL;
    snprintf(path, sizeof path, "%s/%s.reco", directory, (const char *)*state);
    OK(reco_model_load(&model, path, &err));
    made_answers now = made_ask(model, USERS, MADE_USERS | MADE_HISTORIES);
    made_answers then = {malloc((size_t)now.n * sizeof *now.word), now.n, now.n};
    assert_non_null(then.word);
    FILE *file = open_answers(*state, "rb");
    assert_int_equal(fread(then.word, sizeof *then.word, (size_t)then.n, file), then.n);
    assert_int_equal(fgetc(file), EOF);
    fclose(file);
    assert_true(made_same(now, then));
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
    const struct CMUnitTest asking[] = {cmocka_unit_test(ask), cmocka_unit_test(does_not_train)};
    if (argc != 3) {
        fprintf(stderr, "usage: query make|ask DIRECTORY\n");
        return 2;
    }
    directory = argv[2];
    return strcmp(argv[1], "make") == 0 ? made_run(making, 1) : made_run(asking, 2);
}
