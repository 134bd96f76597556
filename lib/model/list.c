/* SPDX-License-Identifier: MIT */
#include "list.h"

#include "base/number.h"

#include <string.h>

reco_status reco_list_new(reco_list **out, reco_error *err)
{
    GIVEN(out);
    *out = reco__alloc_zero(1, sizeof **out);
    if (!*out) {
        return reco__out_of_memory(err);
    }
    (*out)->source = "";
    return RECO_OK;
}

static void free_scores(reco_list *list)
{
    reco__free(list->scores_of.of);
    reco__free(list->scores_of.known);
    reco__free(list->scores_of.marks);
    list->scores_of = (reco__scores){.n = 0};
    list->room = 0;
}

void reco_list_free(reco_list *list)
{
    if (list) {
        reco__catalog_release(list->catalog);
        reco__free(list->items);
        reco__free(list->scores);
        reco__free(list->ids);
        reco__free(list->scratch.data);
        reco__bytes_free(&list->words);
        free_scores(list);
        reco__free(list);
    }
}

int32_t reco_list_size(const reco_list *list)
{
    return list ? list->size : 0;
}

const int32_t *reco_list_items(const reco_list *list)
{
    return list ? list->items : NULL;
}

const float *reco_list_scores(const reco_list *list)
{
    return list ? list->scores : NULL;
}

const char *const *reco_list_ids(const reco_list *list)
{
    return list ? list->ids : NULL;
}

const char *reco_list_id(const reco_list *list, int32_t k)
{
    return list && k >= 0 && k < list->size ? list->ids[k] : NULL;
}

reco_status reco_list_id_i64(const reco_list *list, int32_t k, int64_t *id, reco_error *err)
{
    GIVEN(list, id);
    const char *text = reco_list_id(list, k);
    REQUIRE(text, "'k' must be in [0, %d), got %d", list->size, k);
    REQUIRE(reco__parse_int(text, (int64_t)strlen(text), id), "the id '%.100s' is no 64-bit number", text);
    return RECO_OK;
}

const char *reco_list_source(const reco_list *list)
{
    return list ? list->source : "";
}

int64_t reco_list_skipped(const reco_list *list)
{
    return list ? list->skipped : 0;
}

int32_t reco_list_withheld(const reco_list *list)
{
    return list ? list->withheld : 0;
}

int32_t reco_list_get(const reco_list *list, const int32_t **items, const float **scores,
                      const char *const **ids, const char **source, int32_t *withheld)
{
    if (items) {
        *items = reco_list_items(list);
    }
    if (scores) {
        *scores = reco_list_scores(list);
    }
    if (ids) {
        *ids = reco_list_ids(list);
    }
    if (source) {
        *source = reco_list_source(list);
    }
    if (withheld) {
        *withheld = reco_list_withheld(list);
    }
    return reco_list_size(list);
}

static reco_status make_scores(reco_list *list, int32_t n_items, reco_error *err)
{
    reco__scores scores = {.of = reco__alloc_zero(n_items, sizeof *scores.of),
                           .known = reco__alloc((int64_t)n_items + 1, sizeof *scores.known),
                           .marks = reco__alloc_zero(n_items, sizeof *scores.marks)};
    bool made = scores.of && scores.known && scores.marks;
    free_scores(list);
    list->scores_of = scores;
    list->room = n_items;
    if (!made) {
        free_scores(list);
    }
    return made ? RECO_OK : reco__out_of_memory(err);
}

reco_status reco__list_start(reco_list *list, int32_t n_items, int64_t bytes, reco_error *err)
{
    reco_status status = RECO_OK;
    reco__scratch *scratch = &list->scratch;
    scratch->used = scratch->peak = 0;
    if (bytes > scratch->size) {
        char *data = reco__alloc(bytes, 1);
        TRY_ALLOC(data);
        reco__free(scratch->data);
        *scratch = (reco__scratch){.data = data, .size = bytes};
    }
    if (n_items > list->room) {
        TRY(make_scores(list, n_items, err));
    }
    list->scores_of.n_items = n_items;
done:
    return status;
}

reco_status reco__list_grow(reco_list *list, int32_t n, reco_error *err)
{
    if (n <= list->capacity) {
        return RECO_OK;
    }
    int32_t *items = reco__alloc(n, sizeof *items);
    float *scores = reco__alloc(n, sizeof *scores);
    const char **ids = reco__alloc(n, sizeof *ids);
    if (!items || !scores || !ids) {
        reco__free(items);
        reco__free(scores);
        reco__free(ids);
        return reco__out_of_memory(err);
    }
    reco__free(list->items);
    reco__free(list->scores);
    reco__free(list->ids);
    list->items = items;
    list->scores = scores;
    list->ids = ids;
    list->capacity = n;
    return RECO_OK;
}

reco_status reco__list_fill(reco_list *list, const reco_model *model, int32_t side, const reco__topk *top,
                            int32_t offset, const char *source, reco_error *err)
{
    int32_t n = top->size > offset ? top->size - offset : 0;
    reco_status status = reco__list_grow(list, n, err);
    if (status) {
        return status;
    }
    const reco__strings *ids = &model->catalog->sides[side].ids;
    const char *word = list->words.data;
    for (int32_t k = 0; k < n; k++) {
        list->items[k] = top->entries[offset + k].index;
        list->scores[k] = top->entries[offset + k].score;
        list->ids[k] = list->items[k] >= 0 ? reco__string(ids, list->items[k]) : "";
        if (list->items[k] == RECO_FEATURE) {
            list->ids[k] = word;
            word += strlen(word) + 1;
        }
    }
    if (list->catalog != model->catalog) {
        reco__catalog_release(list->catalog);
        list->catalog = reco__catalog_share(model->catalog);
    }
    list->size = n;
    list->source = source;
    return RECO_OK;
}
