/* SPDX-License-Identifier: MIT */
/* Model files of older versions. compat/als-1.reco was written when als had version 1 of its state, and als-1.txt holds what
 * that library answered: it must load, and answer the same. Each line is a question and its answer, as
 * "user u1: i3 0.25 i4 0.125" or "history i1,i2: i5 0.5".
 *
 *     compat make FOLDER   writes both anew, as that library would: for when the layout of all files changes, which no
 *                          file that was ever released may ask for */
#include "support/made.h"

#include "base/memory.h"
#include "base/system.h"
#include "store/file.h"

#include <math.h>
#include <stdio.h>
#include <unistd.h>

enum { USERS = 6, ITEMS = 7, LIMIT = 5, LINE = 512 };

#define PATH "compat.reco"

/* ---- files of another version ---- */

/* The file with another version of the state, and without a section. */
static void rewrite(const char *from, const char *to, int64_t version, const char *without)
{
    void *bytes = NULL;
    int64_t n = 0;
    reco__file file = {.n = 0}, out = {.n = 0};
    OK(reco__file_read(from, &bytes, &n, &err));
    reco__block *block = reco__block_new(bytes, n);
    assert_non_null(block);
    OK(reco__file_open(&file, block, &err));
    for (int64_t k = 0; k < file.n; k++) {
        reco__section section = file.sections[k];
        if (strcmp(section.name, "state_version") == 0) {
            section.data = &version;
        }
        if (strcmp(section.name, without) != 0) {
            OK(reco__file_add(&out, "", section.name, section, &err));
        }
    }
    OK(reco__file_save(&out, to, &err));
    reco__file_close(&out);
    reco__file_close(&file);
    reco__block_release(block);
}

/* ---- questions and answers in words ---- */

static void ask(const reco_model *model, const char *question, reco_list *list)
{
    char words[LINE];
    const char *history[ITEMS];
    int32_t n = 0;
    reco_query *query = NULL;
    OK(reco_query_new(&query, &err));
    OK(reco_query_limit(query, LIMIT, &err));
    strcpy(words, strchr(question, ' ') + 1);
    if (strncmp(question, "user", 4) == 0) {
        OK(reco_query_user(query, words, &err));
    } else {
        for (char *word = strtok(words, ","); word && n < ITEMS; word = strtok(NULL, ",")) {
            history[n++] = word;
        }
        OK(reco_query_history(query, history, NULL, n, &err));
    }
    OK(reco_model_recommend(model, query, list, &err));
    reco_query_free(query);
}

static void compare(const reco_model *model, const char *path)
{
    char line[LINE];
    int32_t lines = 0;
    reco_list *list = NULL;
    FILE *stream = fopen(path, "r");
    assert_non_null(stream);
    OK(reco_list_new(&list, &err));
    for (; fgets(line, sizeof line, stream); lines++) {
        char *answer = strchr(line, ':');
        assert_non_null(answer);
        *answer++ = 0;
        ask(model, line, list);
        for (int32_t k = 0; k < reco_list_size(list); k++) {
            char id[16];
            double score = 0;
            int used = 0;
            assert_int_equal(sscanf(answer, " %15s %lf%n", id, &score, &used), 2);
            assert_string_equal(id, reco_list_id(list, k));
            assert_true(fabs(score - (double)reco_list_scores(list)[k]) <= 1e-5);
            answer += used;
        }
        assert_string_equal(answer, "\n");
    }
    assert_int_equal(lines, USERS + ITEMS - 1);
    fclose(stream);
    reco_list_free(list);
}

static void test_an_older_state_answers_the_same(void **state)
{
    (void)state;
    reco_model *old = NULL, *again = NULL;
    OK(reco_model_load(&old, TEST_COMPAT "/als-1.reco", &err));
    compare(old, TEST_COMPAT "/als-1.txt");
    OK(reco_model_save(old, PATH, RECO_SAVE_ALL, &err)); /* in the version of today */
    OK(reco_model_load(&again, PATH, &err));
    compare(again, TEST_COMPAT "/als-1.txt");
    reco_model_free(again);
    reco_model_free(old);
}

/* Saved again, but for what version 2 added, it is the same to the byte, on whatever processor. */
static void test_saved_again(void **state)
{
    (void)state;
    reco_model *model = NULL;
    void *bytes = NULL, *again = NULL;
    int64_t n = 0, n_again = 0;
    OK(reco_model_load(&model, TEST_COMPAT "/als-1.reco", &err));
    OK(reco_model_save(model, PATH, RECO_SAVE_ALL, &err));
    rewrite(PATH, PATH, 1, "items_fitted");
    OK(reco__file_read(TEST_COMPAT "/als-1.reco", &bytes, &n, &err));
    OK(reco__file_read(PATH, &again, &n_again, &err));
    assert_int_equal(n, n_again);
    assert_memory_equal(bytes, again, (size_t)n);
    reco__free(bytes);
    reco__free(again);
    reco_model_free(model);
}

static void test_what_does_not_fit_says_so(void **state)
{
    (void)state;
    reco_error why = {""};
    reco_model *model = NULL;
    rewrite(TEST_COMPAT "/als-1.reco", PATH, 0, "");
    assert_int_equal(reco_model_load(&model, PATH, &why), RECO_EUNSUPPORTED);
    assert_string_equal(why.message, PATH
                        ": als: a model of version 0, which is too old; this library reads from version 1 "
                        "on: fit it again");
    rewrite(TEST_COMPAT "/als-1.reco", PATH, 99, "");
    assert_int_equal(reco_model_load(&model, PATH, &why), RECO_EUNSUPPORTED);
    assert_string_equal(why.message,
                        PATH ": als: a model of version 99, from a newer library; this one reads version 2");
    rewrite(TEST_COMPAT "/als-1.reco", PATH, 2, ""); /* it has not what that version has */
    assert_int_equal(reco_model_load(&model, PATH, &why), RECO_EFORMAT);
    assert_string_equal(why.message, PATH ": damaged model file: 'items_fitted' is missing");
    unlink(PATH);
}

/* ---- made anew ---- */

static void make(const char *folder)
{
    char path[LINE], question[LINE], items[LINE] = "";
    reco_builder *builder = NULL;
    reco_data *data = NULL;
    reco_model *model = NULL;
    reco_list *list = NULL;
    OK(reco_builder_new(&builder, &err));
    for (int32_t u = 0; u < USERS; u++) {
        for (int32_t i = 0; i < ITEMS; i++) {
            if (i % USERS == u || (u * u * 7 + i * i * 3 + u * i * 5 + u) % 11 < 4) {
                char user[16], item[16];
                snprintf(user, sizeof user, "u%d", (int)u);
                snprintf(item, sizeof item, "i%d", (int)i);
                OK(reco_builder_add_event(builder, user, item, NULL, 1, RECO_NO_TIME, &err));
            }
        }
    }
    OK(reco_builder_finish(builder, &data, &err));
    OK(reco_model_new(&model, "als", &err));
    OK(reco_model_set(model, "factors", 3, &err));
    OK(reco_model_fit(model, data, NULL, &err));
    OK(reco_model_save(model, PATH, RECO_SAVE_ALL, &err));
    snprintf(path, sizeof path, "%s/als-1.reco", folder);
    rewrite(PATH, path, 1, "items_fitted");
    unlink(PATH);
    snprintf(path, sizeof path, "%s/als-1.txt", folder);
    FILE *stream = fopen(path, "w");
    assert_non_null(stream);
    OK(reco_list_new(&list, &err));
    for (int32_t k = 0; k < USERS + ITEMS - 1; k++) {
        if (k < USERS) {
            snprintf(question, sizeof question, "user u%d", (int)k);
        } else {
            snprintf(items + strlen(items), sizeof items - strlen(items), "%si%d", k > USERS ? "," : "",
                     k - USERS);
            snprintf(question, sizeof question, "history %s", items);
        }
        ask(model, question, list);
        fprintf(stream, "%s:", question);
        for (int32_t n = 0; n < reco_list_size(list); n++) {
            fprintf(stream, " %s %.7g", reco_list_id(list, n), (double)reco_list_scores(list)[n]);
        }
        fprintf(stream, "\n");
    }
    fclose(stream);
    reco_list_free(list);
    reco_model_free(model);
    reco_data_free(data);
    reco_builder_free(builder);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_older_state_answers_the_same),
        cmocka_unit_test(test_saved_again),
        cmocka_unit_test(test_what_does_not_fit_says_so),
    };
    if (argc == 3 && strcmp(argv[1], "make") == 0) {
        make(argv[2]);
        return 0;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
