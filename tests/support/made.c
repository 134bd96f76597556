/* SPDX-License-Identifier: MIT */
#include "made.h"

#include <stdio.h>

uint64_t made_next(made_random *r)
{
    /* xorshift64* (Vigna 2016, 10.1145/2845077) */
    r->state ^= r->state >> 12;
    r->state ^= r->state << 25;
    r->state ^= r->state >> 27;
    return r->state * 0x2545f4914f6cdd1du;
}

int32_t made_below(made_random *r, int32_t n)
{
    return (int32_t)((made_next(r) >> 33) % (uint64_t)n);
}

float made_unit(made_random *r)
{
    return (float)(made_next(r) >> 40) * 0x1p-24f;
}

static const char *const subjects[] = {"mug", "lamp", "basket", "candle"};
static const char *const colors[] = {"blue", "red", "white", "green", "old"};

static void add_features(reco_builder *b, int32_t item, const char *id)
{
    char text[64];
    float vector[3] = {(float)(item % 4), 1, (float)(item % 5) / 5};
    if (item % 7 == 6) {
        return;
    }
    OK(reco_builder_add_number(b, RECO_ITEM, id, "price", (double)item + 0.5, &err));
    snprintf(text, sizeof text, "c%d", (int)(item % 4));
    OK(reco_builder_add_token(b, RECO_ITEM, id, "category", text, 1, &err));
    snprintf(text, sizeof text, "t%d", (int)(item % 3));
    OK(reco_builder_add_token(b, RECO_ITEM, id, "tags", text, 0.5f, &err));
    if (item % 2 == 0) {
        OK(reco_builder_add_token(b, RECO_ITEM, id, "tags", "even", 2, &err));
    }
    snprintf(text, sizeof text, "a %s %s number %d", colors[item % 5], subjects[item % 4], (int)item);
    OK(reco_builder_add_text(b, RECO_ITEM, id, "title", text, &err));
    if (item % 3) {
        OK(reco_builder_add_vector(b, RECO_ITEM, id, "image", vector, 3, &err));
    }
}

reco_builder *made_builder(int32_t n_users, int32_t n_items, uint64_t seed)
{
    made_random random = {seed * 0x9e3779b97f4a7c15u + 1};
    reco_builder *b = NULL;
    char user[16], item[16];
    OK(reco_builder_new(&b, &err));
    for (int32_t i = 0; i < n_items; i++) {
        snprintf(item, sizeof item, "i%d", (int)i);
        add_features(b, i, item);
    }
    int64_t time = 1600000000;
    for (int32_t u = 0; u < n_users; u++) {
        snprintf(user, sizeof user, "u%d", (int)u);
        OK(reco_builder_add_token(b, RECO_USER, user, "country", u % 2 ? "fr" : "de", 1, &err));
        OK(reco_builder_add_number(b, RECO_USER, user, "age", 20 + u % 50, &err));
        int32_t events = 1 + made_below(&random, 8);
        for (int32_t e = 0; e < events && n_items > 0; e++) {
            int32_t i = made_below(&random, n_items);
            if (n_items >= 8 && made_below(&random, 4)) {
                i = i / 4 * 4 + u % 4; /* the user's group */
                i = i < n_items ? i : i - 4;
            }
            snprintf(item, sizeof item, "i%d", (int)i);
            OK(reco_builder_add_event(b, user, item, NULL, (float)(1 + made_below(&random, 5)), time, &err));
            time += 3600;
        }
    }
    return b;
}

reco_data *made_data(int32_t n_users, int32_t n_items, uint64_t seed)
{
    reco_builder *b = made_builder(n_users, n_items, seed);
    reco_data *data = NULL;
    OK(reco_builder_finish(b, &data, &err));
    reco_builder_free(b);
    return data;
}

bool made_is_hybrid(const char *algo)
{
    reco_model *model = NULL, *part = NULL;
    OK(reco_model_new(&model, algo, &err));
    OK(reco_model_new(&part, "popular", &err));
    reco_status status = reco_model_add_part(model, part, 1, NULL);
    assert_true(status == RECO_OK || status == RECO_EUNSUPPORTED);
    reco_model_free(part);
    reco_model_free(model);
    return status == RECO_OK;
}

/* Every plain algorithm becomes a part, with weights 1, 1/2, 1/3 and so on. */
static void add_parts(reco_model *hybrid)
{
    int32_t n = 0;
    for (int32_t k = 0; k < reco_algo_size(); k++) {
        if (!made_is_hybrid(reco_algo_name(k)) && strcmp(reco_algo_name(k), "random") != 0) {
            reco_model *part = made_model(reco_algo_name(k));
            OK(reco_model_add_part(hybrid, part, 1.0 / ++n, &err));
            reco_model_free(part);
        }
    }
}

reco_model *made_model(const char *algo)
{
    reco_model *model = NULL;
    const reco_param *row;
    OK(reco_model_new(&model, algo, &err));
    for (int32_t k = 0; (row = reco_algo_param(algo, k)) != NULL; k++) {
        if (reco_param_small(row) != reco_param_default(row)) {
            OK(reco_model_set(model, reco_param_name(row), reco_param_small(row), &err));
        }
    }
    if (made_is_hybrid(algo)) {
        add_parts(model);
    }
    return model;
}

reco_model *made_fitted(const char *algo, const reco_data *data, int32_t threads)
{
    reco_model *model = made_model(algo);
    OK(reco_model_set(model, "threads", threads, &err));
    OK(reco_model_fit(model, data, NULL, &err));
    return model;
}

void *made_bytes(const reco_model *model, int32_t flags, int64_t *n)
{
    void *bytes = NULL;
    OK(reco_model_save_bytes(model, flags, &bytes, n, &err));
    return bytes;
}
