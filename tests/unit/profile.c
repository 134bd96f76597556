/* SPDX-License-Identifier: MIT */
/* Users and items as rows of numbered features: against what the fields say one by one. */
#include "data/profile.h"
#include "data/data.h"
#include "model/model.h"
#include "support/made.h"

#include <math.h>
#include <stdio.h>

enum { USERS = 40, ITEMS = 33 };

/* The next feature of a plain walk through all fields and their features. */
typedef struct walk {
    int32_t number, n;
    const int32_t *numbers;
    const float *values;
} walk;

/* Feature walk->number is called so, and the row has it exactly with this value (has: whether at all). */
static void check(walk *w, const reco__side *side, const reco__field *field, const char *name, bool has,
                  float value)
{
    char text[RECO__FEATURE_NAME];
    reco__profile_name(side, w->number, text);
    assert_string_equal(text, name);
    assert_ptr_equal(reco__profile_field(side, w->number), field);
    bool found = w->n > 0 && *w->numbers == w->number;
    assert_int_equal(found, has);
    if (found) {
        assert_true(*w->values == value);
        w->numbers++;
        w->values++;
        w->n--;
    }
    w->number++;
}

static void check_field(walk *w, const reco__side *side, const reco__field *field, int32_t row)
{
    char name[RECO__FEATURE_NAME];
    assert_int_equal(field->first, w->number);
    for (int32_t k = 0; field->kind == RECO_FIELD_TOKEN && k < field->vocabulary.n; k++) {
        float weight = reco__csr_value(&field->tokens, row, k);
        snprintf(name, sizeof name, "%s=%s", field->name, reco__string(&field->vocabulary, k));
        check(w, side, field, name, weight > 0, weight);
    }
    for (int32_t k = 0; field->kind == RECO_FIELD_VECTOR && k < field->dimension; k++) {
        float entry = field->vectors[row * field->dimension + k];
        snprintf(name, sizeof name, "%s[%d]", field->name, k);
        check(w, side, field, name, entry != 0, entry);
    }
    if (field->kind == RECO_FIELD_NUMBER) {
        check(w, side, field, field->name, !isnan(field->numbers[row]), field->numbers[row]);
    }
}

static void check_side(const reco__side *side)
{
    int32_t *numbers = calloc((size_t)side->most + 1, sizeof *numbers);
    float *values = calloc((size_t)side->most + 1, sizeof *values);
    int64_t most = 0;
    for (int32_t row = 0; row < side->n; row++) {
        int64_t n = reco__profile_row(side, row, numbers, values);
        walk w = {.n = (int32_t)n, .numbers = numbers, .values = values};
        most = n > most ? n : most;
        for (int32_t f = 0; f < side->n_fields; f++) {
            check_field(&w, side, &side->fields[f], row);
        }
        assert_int_equal(w.n, 0);
        assert_int_equal(w.number, side->n_features);
    }
    assert_true(most <= side->most && side->most <= side->n_features);
    assert_int_equal(reco__profile_row(side, -1, numbers, values), 0);
    free(numbers);
    free(values);
}

/* Beside what is made: names on both sides of the fields with features, a vector with zeros, a number 0, a vocabulary
 * of one. */
static reco_builder *builder_of(uint64_t seed)
{
    static const float vector[] = {0, 2, 0, -3};
    reco_builder *b = made_builder(USERS, ITEMS, seed);
    OK(reco_builder_add_text(b, RECO_ITEM, "i1", "a first text", "words", &err));
    OK(reco_builder_add_text(b, RECO_ITEM, "i1", "zz last text", "words", &err));
    OK(reco_builder_add_vector(b, RECO_ITEM, "i2", "mixed", vector, 4, &err));
    OK(reco_builder_add_number(b, RECO_ITEM, "i3", "nothing", 0, &err));
    OK(reco_builder_add_token(b, RECO_USER, "u1", "plan", "gold", 0.25f, &err));
    OK(reco_builder_set_consent(b, "u2", RECO_CONSENT_NONE, &err)); /* who is there without features */
    return b;
}

static void test_rows_are_what_the_fields_say(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed < 6; seed++) {
        reco_data *data = NULL;
        OK(reco_builder_finish_free(builder_of(seed), &data, &err));
        for (int32_t side = 0; side < RECO__SIDES; side++) {
            check_side(&data->catalog->sides[side]);
        }
        assert_true(data->catalog->sides[RECO_USER].n_features > 0);
        assert_int_equal(data->catalog->sides[RECO_CONTEXT].n_features, 0);
        reco_data_free(data);
    }
}

/* A loaded model numbers its items' features as the fitted one. */
static void test_loaded(void **state)
{
    (void)state;
    reco_data *data = NULL;
    OK(reco_builder_finish_free(builder_of(1), &data, &err));
    reco_model *model = made_fitted("popular", data, 1), *loaded = NULL;
    int64_t n = 0;
    void *bytes = made_bytes(model, RECO_SAVE_ALL, &n);
    OK(reco_model_load_bytes(&loaded, bytes, n, &err));
    reco_bytes_free(bytes);
    check_side(&loaded->catalog->sides[RECO_ITEM]);
    assert_int_equal(loaded->catalog->sides[RECO_ITEM].n_features,
                     data->catalog->sides[RECO_ITEM].n_features);
    reco_model_free(model);
    reco_model_free(loaded);
    reco_data_free(data);
}

static void test_longest_name(void **state)
{
    (void)state;
    char field[RECO__MAX_FIELD_NAME + 1], token[RECO__MAX_ID + 1], name[RECO__FEATURE_NAME];
    reco_builder *b = NULL;
    reco_data *data = NULL;
    memset(field, 'f', sizeof field);
    memset(token, 't', sizeof token);
    field[sizeof field - 1] = token[sizeof token - 1] = 0;
    OK(reco_builder_new(&b, &err));
    OK(reco_builder_add_token(b, RECO_ITEM, "i", field, token, 1, &err));
    OK(reco_builder_finish_free(b, &data, &err));
    reco__profile_name(&data->catalog->sides[RECO_ITEM], 0, name);
    assert_int_equal(strlen(name), RECO__FEATURE_NAME - 1);
    assert_memory_equal(name, field, strlen(field));
    assert_string_equal(name + strlen(field) + 1, token);
    reco_data_free(data);
}

/* As many fields as can be told are loaded again; one more is refused where it is told, and nothing is lost. */
static void test_most_fields(void **state)
{
    (void)state;
    char field[RECO__MAX_FIELD_NAME + 1];
    reco_builder *b = NULL;
    reco_data *data = NULL;
    reco_model *loaded = NULL;
    OK(reco_builder_new(&b, &err));
    OK(reco_builder_add_event(b, "u", "i", NULL, 1, RECO_NO_TIME, &err));
    for (int32_t k = 0; k < RECO__MAX_FIELDS; k++) {
        snprintf(field, sizeof field, "field %d", k);
        OK(reco_builder_add_number(b, RECO_ITEM, "i", field, k, &err));
    }
    FAILS(reco_builder_add_number(b, RECO_ITEM, "i", "one more", 1, &err), RECO_EINVAL);
    OK(reco_builder_add_number(b, RECO_ITEM, "i", "field 7", 1, &err));
    OK(reco_builder_add_number(b, RECO_USER, "u", "one more", 1, &err));
    OK(reco_builder_finish_free(b, &data, &err));
    reco_model *model = made_fitted("popular", data, 1);
    int64_t n = 0;
    void *bytes = made_bytes(model, RECO_SAVE_ALL, &n);
    OK(reco_model_load_bytes(&loaded, bytes, n, &err));
    assert_int_equal(loaded->catalog->sides[RECO_ITEM].n_fields, RECO__MAX_FIELDS);
    reco_bytes_free(bytes);
    reco_model_free(loaded);
    reco_model_free(model);
    reco_data_free(data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows_are_what_the_fields_say),
        cmocka_unit_test(test_loaded),
        cmocka_unit_test(test_longest_name),
        cmocka_unit_test(test_most_fields),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
