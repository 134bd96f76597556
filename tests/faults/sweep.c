/* SPDX-License-Identifier: MIT */
/* Memory runs out at each point of each public function and of each algorithm, once and for good: the call
 * must end in RECO_ENOMEM with its outputs as they were and nothing leaked, and succeed when it is repeated;
 * or it must have done without, with the same outcome. The k-th allocation fails for k = 1, 2, 3, ... until
 * the call no longer asks that often. */
#include "sweep.h"

#include "faults.h"

#include <stdio.h>
#include <unistd.h>

enum { MOST_POINTS = 20000, LEAST_POINTS = 2000 };

/* Names of all public functions, from the headers; written by tools/declared.py. */
static const char *const functions[] = {
#include "declared.inc"
};

enum { FUNCTIONS = sizeof functions / sizeof *functions };

static bool noted[FUNCTIONS];
static int64_t points, refused, did_without;

void sweep_note(const char *function)
{
    for (size_t k = 0; k < FUNCTIONS; k++) {
        noted[k] = noted[k] || strcmp(functions[k], function) == 0;
    }
}

/* ---- numbers for outcomes: FNV-1a ---- */

uint64_t digest(uint64_t sum, const void *bytes, int64_t n)
{
    const unsigned char *at = bytes;
    for (int64_t k = 0; k < n; k++) {
        sum = (sum ^ at[k]) * 0x100000001b3u;
    }
    return sum;
}

static uint64_t digest_trail(uint64_t sum, const reco_data *data, int32_t user)
{
    const int32_t *items;
    const float *values;
    const int64_t *times;
    const uint8_t *types;
    int64_t n;
    OK(reco_data_trail(data, user, &items, &values, &times, &types, &n, &err));
    sum = digest(digest(sum, items, n * 4), values, n * 4);
    sum = times ? digest(sum, times, n * 8) : sum;
    return types ? digest(sum, types, n) : sum;
}

uint64_t digest_data(uint64_t sum, const reco_data *data)
{
    static const char *const counts[] = {
        "users",          "items",           "pairs", "events",   "events_without_consent", "events_rare",
        "pairs_returned", "events_returned", "types", "contexts", "users_without_consent"};
    for (size_t k = 0; k < sizeof counts / sizeof *counts; k++) {
        int64_t count = reco_data_count(data, counts[k]);
        sum = digest(sum, &count, sizeof count);
    }
    for (int32_t side = RECO_USER; side <= RECO_ITEM; side++) {
        const char *id;
        for (int32_t k = 0; (id = reco_data_id(data, side, k)) != NULL; k++) {
            sum = digest(sum, id, (int64_t)strlen(id));
        }
    }
    for (int32_t u = 0; u < (int32_t)reco_data_count(data, "users"); u++) {
        const int32_t *items;
        const float *values;
        int64_t n;
        OK(reco_data_row(data, u, &items, &values, &n, &err));
        sum = digest(digest(sum, items, n * 4), values, n * 4) * 31 + (uint32_t)reco_data_consent(data, u);
        sum = digest_trail(sum, data, u);
    }
    for (int32_t k = 0; reco_data_purpose(data, k); k++) {
        sum = digest(sum, reco_data_purpose(data, k), (int64_t)strlen(reco_data_purpose(data, k)));
    }
    return sum;
}

uint64_t digest_list(uint64_t sum, const reco_list *list)
{
    int32_t n = reco_list_size(list);
    sum = digest(sum, reco_list_source(list), (int64_t)strlen(reco_list_source(list)));
    return digest(digest(sum, reco_list_items(list), n * 4), reco_list_scores(list), n * 4);
}

uint64_t digest_model(uint64_t sum, const reco_model *model)
{
    int64_t n = 0;
    void *bytes = made_bytes(model, RECO_SAVE_ALL, &n);
    sum = digest(sum, bytes, n);
    reco_bytes_free(bytes);
    return sum;
}

/* ---- the world ---- */

static void make_world(world *w, const scenario *s, const char *algo)
{
    *w = (world){.algo = algo, .n_users = s->needs & MANY ? MANY_USERS : WORLD_USERS};
    for (int32_t k = 0; k < MANY_USERS * WORLD_LIMIT; k++) {
        w->scores[k] = 7;
        w->items[k] = 7;
    }
    if (s->needs & NEEDS_BUILDER) {
        w->builder = made_builder(WORLD_USERS, WORLD_ITEMS, 51);
    }
    if (s->needs & (NEEDS_DATA | NEEDS_FITTED | NEEDS_SAVED)) {
        w->data = made_data(w->n_users, WORLD_ITEMS, 52);
        OK(reco_data_split(w->data, "random:0.3", 1, &w->train, &w->test, &err));
        for (int32_t k = 0; k < WORLD_LIMIT; k++) {
            w->ids[k] = reco_data_id(w->data, RECO_ITEM, k * 2);
        }
    }
    if (s->needs & (NEEDS_MODEL | NEEDS_FITTED | NEEDS_SAVED)) {
        w->model = made_model(algo);
    }
    if (s->needs & (NEEDS_FITTED | NEEDS_SAVED)) {
        OK(reco_model_fit(w->model, w->train, NULL, &err));
    }
    if (s->needs & NEEDS_SAVED) {
        w->saved = made_bytes(w->model, RECO_SAVE_ALL, &w->n_saved);
        OK(reco_model_save(w->model, SAVED_PATH, RECO_SAVE_ALL, &err));
    }
    if (s->needs & NEEDS_QUERY) {
        OK(reco_query_new(&w->query, &err));
        OK(reco_list_new(&w->list, &err));
        OK(reco_query_user(w->query, "u3", &err));
    }
    if (s->needs & NEEDS_FORMAT) {
        OK(reco_format_new(&w->format, &err));
        OK(reco_format_set_text(w->format, "item_columns", "title=text,price=number,tags=token", &err));
        OK(reco_format_set_text(w->format, "user_columns", "country=token", &err));
    }
}

static void free_world(world *w)
{
    reco_bytes_free(w->bytes);
    reco_bytes_free(w->saved);
    reco_report_free(w->report);
    reco_protocol_free(w->protocol);
    reco_run_free(w->run);
    reco_list_free(w->list);
    reco_query_free(w->query);
    reco_model_free(w->loaded);
    reco_model_free(w->model);
    reco_data_free(w->test);
    reco_data_free(w->train);
    reco_data_free(w->data);
    reco_format_free(w->format);
    reco_builder_free(w->builder);
}

/* ---- the sweep ---- */

static uint64_t without_faults(const scenario *s, const char *algo)
{
    world w;
    make_world(&w, s, algo);
    OK(s->act(&w, &err));
    uint64_t sum = s->outcome(&w);
    free_world(&w);
    return sum;
}

/* One attempt. Returns whether an allocation failed, that is, whether there may be a further point. */
static bool attempt(const scenario *s, const char *algo, int64_t at, bool onward, uint64_t expected)
{
    world w;
    int64_t live = faults_live();
    reco_error why = {"untouched"};
    make_world(&w, s, algo);
    faults_arm(at, onward);
    reco_status status = s->act(&w, &why);
    bool failed = faults_disarm() > 0;
    points += failed;
    if (status == RECO_OK) {
        did_without += failed;
    } else if (status == RECO_ENOMEM && failed) {
        refused++;
        assert_true(why.message[0] && strcmp(why.message, "untouched") != 0);
        if (s->untouched) {
            s->untouched(&w);
        }
        OK(s->act(&w, &err)); /* all is as it was: the call can be repeated */
    } else {
        fail_msg("%s, %s: allocation %d: %s (%s)", s->name, algo ? algo : "", (int)at,
                 reco_status_text(status), why.message);
    }
    if (s->outcome(&w) != expected) {
        fail_msg("%s, %s: allocation %d: another outcome", s->name, algo ? algo : "", (int)at);
    }
    free_world(&w);
    if (faults_live() != live) {
        fail_msg("%s, %s: allocation %d: %d blocks leaked", s->name, algo ? algo : "", (int)at,
                 (int)(faults_live() - live));
    }
    return failed;
}

static void sweep(const scenario *s, const char *algo)
{
    uint64_t expected = without_faults(s, algo);
    for (int32_t onward = 0; onward < 2; onward++) {
        int64_t at = 1;
        while (attempt(s, algo, at, onward, expected)) {
            assert_true(++at < MOST_POINTS);
        }
    }
}

static void test_data_functions(void **state)
{
    (void)state;
    for (const scenario *s = data_scenarios; s->name; s++) {
        sweep(s, NULL);
    }
}

static void test_one_scenario(void **state)
{
    const scenario *s = *state;
    for (int32_t k = 0; k < reco_algo_size(); k++) {
        sweep(s, reco_algo_name(k));
        if (s->needs & ONCE) {
            break;
        }
    }
}

/* How many threads a call asks for, over all algorithms, with enough users for several. */
static int64_t threads_of(const scenario *s)
{
    int64_t sum = 0;
    scenario many = *s;
    many.needs |= MANY;
    for (int32_t k = 0; k < reco_algo_size(); k++) {
        world w;
        make_world(&w, &many, reco_algo_name(k));
        int64_t before = faults_threads();
        OK(s->act(&w, &err));
        sum += faults_threads() - before;
        free_world(&w);
    }
    return sum;
}

static void test_only_who_is_told_to_starts_threads(void **state)
{
    (void)state;
    for (const scenario *s = model_scenarios; s->name; s++) {
        if ((threads_of(s) > 0) != ((s->needs & THREADS) != 0)) {
            fail_msg("%s: %s", s->name, s->needs & THREADS ? "starts no thread" : "starts threads");
        }
    }
}

/* A model is written from where it stands: not even a tenth of it is in memory twice. */
static void test_saving_takes_little_memory(void **state)
{
    (void)state;
    reco_data *data = made_data(MANY_USERS * 40, WORLD_ITEMS * 20, 53);
    for (int32_t k = 0; k < reco_algo_size(); k++) {
        reco_model *model = made_fitted(reco_algo_name(k), data, 1);
        void *bytes = NULL;
        int64_t n = 0;
        faults_arm(INT64_MAX, false);
        OK(reco_model_save(model, OTHER_PATH, RECO_SAVE_ALL, &err));
        int64_t to_file = faults_bytes();
        faults_arm(INT64_MAX, false);
        OK(reco_model_save_bytes(model, RECO_SAVE_ALL, &bytes, &n, &err));
        int64_t to_memory = faults_bytes() - n;
        faults_disarm();
        print_message("%s: a save takes %lld bytes, to memory %lld, besides a file of %lld\n",
                      reco_algo_name(k), (long long)to_file, (long long)to_memory, (long long)n);
        assert_true(to_file < n / 10 && to_memory < n / 10);
        reco_bytes_free(bytes);
        reco_model_free(model);
    }
    reco_data_free(data);
}

static void test_every_public_function_was_called(void **state)
{
    (void)state;
    int32_t missing = 0;
    for (size_t k = 0; k < FUNCTIONS; k++) {
        if (!noted[k]) {
            print_error("%s is in no scenario\n", functions[k]);
            missing++;
        }
    }
    assert_int_equal(missing, 0);
}

static void test_there_were_enough_points(void **state)
{
    (void)state;
    print_message("%lld points: %lld refused, %lld did without\n", (long long)points, (long long)refused,
                  (long long)did_without);
    assert_true(points >= LEAST_POINTS);
    assert_int_equal(points, refused + did_without);
}

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static int write_files(void **state)
{
    (void)state;
    write_file(EVENTS_PATH, "user,item,value,time,title,price,tags,country\n"
                            "ann,mug,1,2020-01-01,Blue mug,3.5,blue|kitchen,fr\n"
                            "ann,lamp,2,2020-01-02,\"A \"\"red\"\" lamp\",12,red,fr\n"
                            "bob,mug,1,1577923200,Blue mug,3.75,blue|kitchen,de\n"
                            "cy,basket,,,,,,\n");
    write_file(ITEMS_PATH, "id,title,price,tags\nmug,Blue mug,3.5,blue|kitchen\nlamp,Red lamp,12,red\n"
                           "basket,A large basket of willow,20,\n");
    write_file(USERS_PATH, "id,country,age,consent\nann,fr,31,all\nbob,de,44,none\ncy,fr,,training\n");
    return 0;
}

static int remove_files(void **state)
{
    (void)state;
    unlink(EVENTS_PATH);
    unlink(ITEMS_PATH);
    unlink(USERS_PATH);
    unlink(SAVED_PATH);
    unlink(OTHER_PATH);
    return 0;
}

int main(void)
{
    enum { MOST = 128 };
    struct CMUnitTest tests[MOST] = {cmocka_unit_test(test_data_functions)};
    size_t n = 1;
    for (const scenario *s = model_scenarios; s->name && n < MOST - 4; s++) {
        tests[n++] = (struct CMUnitTest){s->name, test_one_scenario, NULL, NULL, (void *)s};
    }
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_only_who_is_told_to_starts_threads);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_saving_takes_little_memory);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_every_public_function_was_called);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_there_were_enough_points);
    return _cmocka_run_group_tests("memory that runs out", tests, n, write_files, remove_files);
}
