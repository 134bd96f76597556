/* SPDX-License-Identifier: MIT */
/* What was so at events: by call and from files, against the same said of each event plainly, in whatever order it
 * was told; and all that is refused. */
#include "data/data.h"
#include "data/profile.h"
#include "support/made.h"

#include <math.h>
#include <stdio.h>
#include <unistd.h>

enum { EVENTS = 150, CASES = 40, USERS = 6, ITEMS = 5, PLACES = 4, SAID = 256 };

static const char *const seasons[] = {NULL, "spring", "summer", ""};
static const char *const places[PLACES] = {"home", "work", "train", "a sofa"};

/* An event by its value, which no other has: events[k] has value k + 1, or 0 when it is left out. */
typedef struct event {
    int32_t user, item, season;
    int32_t places; /* bits */
    double degrees; /* NaN: none */
    bool left_out;
} event;

static void random_events(uint64_t seed, event *events)
{
    made_random r = {seed};
    for (int32_t k = 0; k < EVENTS; k++) {
        events[k] = (event){.user = made_below(&r, USERS),
                            .item = made_below(&r, ITEMS),
                            .season = made_below(&r, 4),
                            .places = made_below(&r, 3) ? made_below(&r, 1 << PLACES) : 0,
                            .degrees = made_below(&r, 3) ? made_below(&r, 4) - 1.5 : NAN,
                            .left_out = made_below(&r, 6) == 0};
    }
}

/* What an event's features should be, by their names in order. */
static void said_of(const event *e, char *text)
{
    static const char *const sorted[PLACES] = {"home", "work", "train",
                                               "a sofa"}; /* shorter first, then by bytes */
    char *to = text;
    *to = 0;
    to += isnan(e->degrees) ? 0 : sprintf(to, "degrees %g; ", e->degrees);
    for (int32_t k = 0; k < PLACES; k++) {
        to += e->places >> k & 1 ? sprintf(to, "place=%s 1; ", sorted[k]) : 0;
    }
    if (seasons[e->season] && *seasons[e->season]) {
        sprintf(to, "season=%s 1; ", seasons[e->season]);
    }
}

static void said_of_row(const reco__side *side, int32_t row, char *text)
{
    int32_t numbers[16];
    float values[16];
    *text = 0;
    assert_true(side->most <= 16);
    int64_t n = reco__profile_row(side, row, numbers, values);
    for (int64_t k = 0; k < n; k++) {
        char name[RECO__FEATURE_NAME];
        reco__profile_name(side, numbers[k], name);
        assert_true(k == 0 || numbers[k - 1] < numbers[k]);
        text += sprintf(text, "%s %g; ", name, (double)values[k]);
    }
}

/* ---- one by one, in blocks, from a file ---- */

static reco_builder *new_builder(void)
{
    reco_builder *b = NULL;
    OK(reco_builder_new(&b, &err));
    OK(reco_builder_set_consent(b, "u0", RECO_CONSENT_PERSONAL, &err)); /* nothing of theirs is kept */
    OK(reco_builder_set(b, "min_item_events", 3, &err));
    return b;
}

static void add_events(reco_builder *b, const event *events, int32_t n, int32_t first)
{
    static char ids[2][EVENTS][8];
    const char *users[EVENTS], *items[EVENTS];
    float values[EVENTS];
    for (int32_t k = 0; k < n; k++) {
        sprintf(ids[0][k], "u%d", events[k].user);
        sprintf(ids[1][k], "i%d", events[k].item);
        users[k] = ids[0][k];
        items[k] = ids[1][k];
        values[k] = events[k].left_out ? 0 : (float)(first + k + 1);
    }
    if (n == 1) {
        OK(reco_builder_add_event(b, users[0], items[0], NULL, values[0], RECO_NO_TIME, &err));
    } else {
        OK(reco_builder_add_events(b, n, users, items, NULL, values, NULL, &err));
    }
}

/* Says one thing of a block: 0 the season, 1 the temperature, else a place. */
static void say(reco_builder *b, const event *events, int32_t n, int32_t what)
{
    const char *tokens[EVENTS];
    double numbers[EVENTS];
    for (int32_t k = 0; k < n; k++) {
        numbers[k] = events[k].degrees;
        tokens[k] = what == 0                                         ? seasons[events[k].season]
                    : what >= 2 && events[k].places >> (what - 2) & 1 ? places[what - 2]
                                                                      : NULL;
    }
    if (what == 1) {
        OK(reco_builder_add_context_numbers(b, "degrees", n, numbers, &err));
    } else {
        OK(reco_builder_add_context_tokens(b, what == 0 ? "season" : "place", n, tokens, &err));
    }
}

/* The same in another order with every seed, some of it twice, and a number that is taken back. */
static reco_data *by_call(uint64_t seed, const event *events)
{
    reco_builder *b = new_builder();
    reco_data *data = NULL;
    made_random r = {seed + 1000};
    for (int32_t k = 0, n; k < EVENTS; k += n) {
        int32_t order[2 + PLACES], most = made_below(&r, 2) ? 40 : 1;
        n = most < EVENTS - k ? most : EVENTS - k;
        add_events(b, events + k, n, k);
        if (made_below(&r, 2)) {
            event others[EVENTS];
            memcpy(others, events + k, (size_t)n * sizeof *others);
            for (int32_t e = 0; e < n; e++) { /* only where it is said again */
                others[e].degrees = isnan(others[e].degrees) ? NAN : 77;
            }
            say(b, others, n, 1);
        }
        for (int32_t what = 0; what < 2 + PLACES; what++) {
            int32_t at = made_below(&r, what + 1);
            order[what] = order[at];
            order[at] = what;
        }
        for (int32_t what = 0; what < 2 + PLACES; what++) {
            for (int32_t times = made_below(&r, 4) ? 1 : 2; times > 0; times--) {
                say(b, events + k, n, order[what]);
            }
        }
        if (made_below(&r, 2)) { /* what else happens between events changes nothing */
            OK(reco_builder_add_number(b, RECO_USER, "u1", "age", 30, &err));
        }
    }
    OK(reco_builder_finish_free(b, &data, &err));
    return data;
}

static void write_events(FILE *file, const event *events)
{
    fprintf(file, "user,item,value,when,degrees,place\n");
    for (int32_t k = 0; k < EVENTS; k++) {
        const event *e = &events[k];
        fprintf(file, "u%d,i%d,%d,%s,", e->user, e->item, e->left_out ? 0 : k + 1,
                seasons[e->season] ? seasons[e->season] : "");
        if (!isnan(e->degrees)) {
            fprintf(file, "%g", e->degrees);
        }
        fputc(',', file);
        for (int32_t p = 0; p < PLACES; p++) {
            if (e->places >> p & 1) {
                fprintf(file, "%s | ", places[p]);
            }
        }
        fputc('\n', file);
    }
}

static reco_data *from_file(const event *events)
{
    reco_builder *b = new_builder();
    reco_data *data = NULL;
    reco_format *format = NULL;
    char path[] = "/tmp/reco-context-XXXXXX";
    FILE *file = fdopen(mkstemp(path), "w");
    assert_non_null(file);
    write_events(file, events);
    assert_int_equal(fclose(file), 0);
    OK(reco_format_new(&format, &err));
    OK(reco_format_set_text(format, "context_columns", "season@when=token,place=token,degrees=number", &err));
    OK(reco_builder_read_events(b, path, format, &err));
    reco_format_free(format);
    unlink(path);
    OK(reco_builder_finish_free(b, &data, &err));
    return data;
}

/* ---- what comes out ---- */

/* Each event of the log has what was said of it; the same was so exactly where the numbers are the same. */
static void check_log(const reco_data *data, const event *events)
{
    const reco__log *log = data->log;
    const reco__side *side = &data->catalog->sides[RECO_CONTEXT];
    for (int64_t e = 0; e < reco__log_size(log); e++) {
        const event *from = &events[(int32_t)log->value[e] - 1];
        char expected[SAID], found[SAID];
        int32_t row = log->context ? log->context[e] : -1;
        said_of(from, expected);
        said_of_row(side, row, found);
        assert_string_equal(found, expected);
        assert_true((row < 0) == !expected[0] && row < side->n && from->user != 0 && !from->left_out);
        for (int64_t other = 0; other < e && row >= 0; other++) {
            char said[SAID];
            said_of(&events[(int32_t)log->value[other] - 1], said);
            assert_true((log->context[other] == row) == (strcmp(said, expected) == 0));
        }
    }
}

/* Rows and words are those of events that are there, numbered as they come. */
static void check_rows(const reco_data *data, const event *events)
{
    const reco__side *side = &data->catalog->sides[RECO_CONTEXT];
    bool said[PLACES] = {false};
    int32_t n = 0;
    for (int32_t k = 0; k < EVENTS; k++) {
        for (int32_t p = 0; p < PLACES; p++) {
            said[p] = said[p] || (events[k].user && !events[k].left_out && events[k].places >> p & 1);
        }
    }
    for (int32_t p = 0; p < PLACES; p++) {
        n += said[p];
    }
    assert_int_equal(side->n_fields, 3);
    assert_string_equal(reco_data_field(data, RECO_CONTEXT, 1, NULL), "place");
    assert_int_equal(side->fields[1].vocabulary.n, n);
    assert_int_equal(reco_data_count(data, "contexts"), side->n);
    for (int32_t row = 0; row < side->n; row++) { /* none is empty, no two are the same */
        char text[SAID], other[SAID];
        said_of_row(side, row, text);
        assert_true(text[0]);
        for (int32_t before = 0; before < row; before++) {
            said_of_row(side, before, other);
            assert_string_not_equal(text, other);
        }
    }
}

static void test_contexts_are_what_was_said(void **state)
{
    (void)state;
    for (uint64_t k = 0; k < CASES; k++) {
        event events[EVENTS];
        random_events(k, events);
        reco_data *data[2] = {by_call(k, events), from_file(events)}, *train = NULL, *test = NULL;
        for (int32_t d = 0; d < 2; d++) {
            check_log(data[d], events);
            check_rows(data[d], events);
        }
        OK(reco_data_split(data[0], "random:0.3", k, &train, &test, &err));
        assert_ptr_equal(train->catalog, test->catalog);
        check_log(train, events);
        check_log(test, events);
        reco_data_free(train);
        reco_data_free(test);
        reco_data_free(data[0]);
        reco_data_free(data[1]);
    }
}

/* Without repeats the log is the matrix, and contexts stand beside it. */
static void test_contexts_of_a_matrix(void **state)
{
    (void)state;
    const int64_t users[] = {1, 1, 2, 3}, items[] = {1, 2, 2, 1};
    const float values[] = {1, 1, 0, 1};
    const char *const devices[] = {"tv", NULL, "lost", "phone"};
    reco_builder *b = NULL;
    reco_data *data = NULL;
    reco_model *model = NULL;
    int32_t kind = -1;
    OK(reco_builder_new(&b, &err));
    OK(reco_builder_add_events_i64(b, 4, users, items, values, NULL, &err));
    OK(reco_builder_add_context_tokens(b, "device", 4, devices, &err));
    OK(reco_builder_finish(b, &data, &err));
    assert_ptr_equal(data->log->borrowed, data->history);
    const reco__log *log = data->log;
    assert_true(log->context[0] == 0 && log->context[1] == -1 && log->context[2] == 1);
    assert_int_equal(data->catalog->sides[RECO_CONTEXT].fields[0].vocabulary.n, 2); /* nobody lost any */
    OK(reco_model_new(&model, "popular", &err));
    OK(reco_model_fit(model, data, NULL, &err));
    reco_data_free(data);
    assert_string_equal(reco_model_field(model, RECO_CONTEXT, 0, &kind), "device");
    assert_int_equal(kind, RECO_FIELD_TOKEN);
    assert_null(reco_model_field(model, RECO_CONTEXT, 1, NULL));
    assert_null(reco_model_field(model, 3, 0, NULL));
    reco_model_free(model);

    OK(reco_builder_finish_free(b, &data, &err)); /* again, and nothing of it was spent */
    assert_int_equal(data->log->context[2], 1);
    assert_null(reco_data_field(data, RECO_CONTEXT, -1, NULL));
    assert_null(reco_data_field(data, RECO_ITEM, 0, NULL));
    assert_null(reco_data_field(data, -1, 0, NULL));
    assert_null(reco_data_field(NULL, RECO_CONTEXT, 0, NULL));
    reco_data_free(data);
}

/* ---- refusals ---- */

#define REFUSED(call, expected, text)                                                                        \
    do {                                                                                                     \
        reco_error err = {""};                                                                               \
        assert_int_equal(call, expected);                                                                    \
        assert_string_equal(err.message, text);                                                              \
    } while (0)

static void test_refused(void **state)
{
    (void)state;
    const char *const ids[] = {"a", "b"}, *const good[] = {"tv", "phone"};
    const char *const bad[] = {"tv", "\xff"};
    const double numbers[] = {1, 2}, infinite[] = {NAN, INFINITY}, huge[] = {1, 1e39};
    char overlong[1100];
    memset(overlong, 'x', sizeof overlong);
    overlong[1024] = 0;
    const char *const longest[] = {NULL, overlong};
    reco_builder *b = NULL;
    reco_data *data = NULL;
    OK(reco_builder_new(&b, &err));
    REFUSED(reco_builder_add_context_tokens(b, "device", 1, good, &err), RECO_ESTATE,
            "context 'device': the call before added no events that could be described");
    OK(reco_builder_add_events(b, 2, ids, ids, NULL, NULL, NULL, &err));
    OK(reco_builder_add_context_tokens(b, "device", 2, good, &err));
    REFUSED(reco_builder_add_context_tokens(b, "device", 1, good, &err), RECO_EINVAL,
            "context 'device': 'n' must be 2, as many as the call before added, got 1");
    REFUSED(reco_builder_add_context_numbers(b, "device", -1, numbers, &err), RECO_EINVAL,
            "context 'device': 'n' must be 2, as many as the call before added, got -1");
    REFUSED(reco_builder_add_context_numbers(b, "device", 2, numbers, &err), RECO_EINVAL,
            "field 'device' has kind token, not number");
    REFUSED(reco_builder_add_context_tokens(b, "place", 2, bad, &err), RECO_EINVAL,
            "row 1: context 'place': a token must be UTF-8 of at most 1023 bytes");
    REFUSED(reco_builder_add_context_tokens(b, "place", 2, longest, &err), RECO_EINVAL,
            "row 1: context 'place': a token must be UTF-8 of at most 1023 bytes");
    REFUSED(reco_builder_add_context_numbers(b, "degrees", 2, infinite, &err), RECO_EINVAL,
            "row 1: context 'degrees' must be finite and within float range");
    REFUSED(reco_builder_add_context_numbers(b, "degrees", 2, huge, &err), RECO_EINVAL,
            "row 1: context 'degrees' must be finite and within float range");
    REFUSED(reco_builder_add_context_tokens(b, "a=b", 2, good, &err), RECO_EINVAL,
            "field 'a=b': a name has 1 to 63 bytes, no control characters and none of < > = !");
    REFUSED(reco_builder_add_context_tokens(b, "device", 2, NULL, &err), RECO_EINVAL,
            "'tokens' must not be NULL");
    REFUSED(reco_builder_add_context_numbers(b, "degrees", 2, NULL, &err), RECO_EINVAL,
            "'numbers' must not be NULL");
    REFUSED(reco_builder_add_context_numbers(b, NULL, 2, numbers, &err), RECO_EINVAL,
            "'field' must not be NULL");
    REFUSED(reco_builder_add_context_tokens(NULL, "device", 2, good, &err), RECO_EINVAL,
            "'builder' must not be NULL");
    FAILS(reco_builder_add_text(b, RECO_CONTEXT, "a", "note", "text", &err), RECO_EINVAL);
    FAILS(reco_builder_add_event(b, "", "a", NULL, 1, RECO_NO_TIME, &err), RECO_EINVAL);
    FAILS(reco_builder_add_context_tokens(b, "device", 1, good, &err),
          RECO_ESTATE); /* that call added nothing */
    OK(reco_builder_add_events(b, 0, NULL, NULL, NULL, NULL, NULL, &err));
    OK(reco_builder_add_context_tokens(b, "empty", 0, NULL, &err));
    OK(reco_builder_add_context_numbers(b, "none", 0, NULL, &err));
    OK(reco_builder_finish_free(b, &data, &err));
    assert_int_equal(data->catalog->sides[RECO_CONTEXT].n_fields, 3); /* device, empty, none */
    assert_true(data->log->context[0] == 0 && data->log->context[1] == 1);
    reco_data_free(data);
}

static void refuse_file(const char *columns, const char *text, reco_status expected, const char *message)
{
    reco_builder *b = NULL;
    reco_format *format = NULL;
    reco_data *data = NULL;
    reco_error why = {""};
    char path[] = "/tmp/reco-context-XXXXXX";
    FILE *file = fdopen(mkstemp(path), "w");
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
    OK(reco_builder_new(&b, &err));
    OK(reco_builder_add_event(b, "a", "x", NULL, 1, RECO_NO_TIME, &err));
    OK(reco_format_new(&format, &err));
    OK(reco_format_set_text(format, "context_columns", columns, &err));
    assert_int_equal(reco_builder_read_events(b, path, format, &why), expected);
    if (expected) {
        assert_non_null(strstr(why.message, message));
    }
    FAILS(reco_builder_add_context_tokens(b, "device", 1, &text, &err),
          RECO_ESTATE); /* a file was read since */
    OK(reco_builder_finish_free(b, &data, &err));
    assert_int_equal(data->catalog->sides[RECO_CONTEXT].n_fields, expected == RECO_OK);
    reco_data_free(data);
    reco_format_free(format);
    unlink(path);
}

static void test_refused_files(void **state)
{
    (void)state;
    static const char text[] = "user,item,season\na,x,summer\n";
    refuse_file("season=token", text, RECO_OK, "");
    refuse_file("season=text", text, RECO_EINVAL,
                "format: column 'season' of a context must be one of number, token");
    refuse_file("season=skip", text, RECO_EINVAL,
                "format: column 'season' of a context must be one of number, token");
    refuse_file("season=when", text, RECO_EINVAL, "format: column 'season' must be one of");
    refuse_file("device=token", text, RECO_ENOTFOUND, "device");
    refuse_file("season=number", text, RECO_EFORMAT, ":2:3 (season): 'summer' is no number");
    refuse_file("season=token,s@season=number", text, RECO_EFORMAT, "is no number");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_contexts_are_what_was_said),
        cmocka_unit_test(test_contexts_of_a_matrix),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_refused_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
