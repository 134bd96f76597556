/* SPDX-License-Identifier: MIT */
#include "asker_profile.h"

#include "base/sort.h"
#include "data/profile.h"

static const char *const sides[RECO__SIDES] = {"users", "items", "contexts"};
static const char *const kinds[] = {"token", "number", "text", "vector"};

void reco__profile_layout(reco__profile_room *room, const reco_model *model, const reco_query *query,
                          int32_t side, int32_t user, reco__scratch *scratch)
{
    int64_t most = side == RECO_USER && user >= 0 ? model->catalog->sides[side].most : 0;
    for (int64_t k = 0; k < query->n_features; k++) {
        most += query->features[k].side == side ? query->features[k].n : 0;
    }
    room->numbers = reco__scratch_take(scratch, most, sizeof *room->numbers);
    room->values = reco__scratch_take(scratch, most, sizeof *room->values);
    room->keys = reco__scratch_take(scratch, most, sizeof *room->keys);
}

static reco_status no_field(const reco__side *side, int32_t which, const char *name, reco_error *err)
{
    reco__names names = {.used = 0};
    for (int32_t k = 0; k < side->n_fields; k++) {
        reco__names_add(&names, side->fields[k].name);
    }
    return reco__fail(err, RECO_ENOTFOUND, "%s have no field '%.63s' in the model; there are: %s",
                      sides[which], name, reco__names_text(&names));
}

/* The field, and for a token its number in the vocabulary. */
static reco_status find_feature(const reco_model *model, const reco_query *query,
                                const reco__told_feature *told, const reco__field **field, int32_t *token,
                                reco_error *err)
{
    const char *name = query->words.data + told->field, *word = query->words.data + told->token;
    *token = 0;
    *field = reco__catalog_field(model->catalog, told->side, name);
    if (!*field) {
        return no_field(&model->catalog->sides[told->side], told->side, name, err);
    }
    REQUIRE((*field)->kind == told->kind, "'%.63s' of %s is a %s in the model, not a %s", name,
            sides[told->side], kinds[(*field)->kind], kinds[told->kind]);
    REQUIRE(told->kind != RECO_FIELD_VECTOR || (*field)->dimension == told->n,
            "'%.63s' of %s has %d entries in the model, not %d", name, sides[told->side], (*field)->dimension,
            told->n);
    if (told->kind == RECO_FIELD_TOKEN) {
        *token = reco__strings_find(&(*field)->vocabulary, word, (int64_t)strlen(word));
        return *token >= 0 ? RECO_OK
                           : reco__fail(err, RECO_ENOTFOUND, "'%.63s' of %s is never '%.80s' in the model",
                                        name, sides[told->side], word);
    }
    return RECO_OK;
}

static const float *vector_of(const reco_query *query, const reco__told_feature *told)
{
    return (const float *)(const void *)query->vectors.data + told->vector;
}

static bool is_told(const reco_query *query, int32_t side, const reco__field *field)
{
    for (int64_t k = 0; k < query->n_features; k++) {
        if (query->features[k].side == side &&
            strcmp(query->words.data + query->features[k].field, field->name) == 0) {
            return true;
        }
    }
    return false;
}

/* The user's own features, but for fields that the query tells of. */
static int64_t take_own(const reco__side *side, int32_t user, const reco_query *query, int32_t which,
                        const reco__profile_room *room)
{
    int64_t n = reco__profile_row(side, user, room->numbers, room->values), kept = 0;
    for (int64_t k = 0; k < n; k++) {
        if (!is_told(query, which, reco__profile_field(side, room->numbers[k]))) {
            room->numbers[kept] = room->numbers[k];
            room->values[kept++] = room->values[k];
        }
    }
    return kept;
}

static uint64_t key_of(int32_t number, float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return (uint64_t)number << 32 | bits;
}

/* By ascending numbers; none is there twice. */
static void sort_features(const reco__profile_room *room, int64_t n)
{
    for (int64_t k = 0; k < n; k++) {
        room->keys[k] = key_of(room->numbers[k], room->values[k]);
    }
    reco__sort_in_place(room->keys, n);
    for (int64_t k = 0; k < n; k++) {
        uint32_t bits = (uint32_t)room->keys[k];
        room->numbers[k] = (int32_t)(room->keys[k] >> 32);
        memcpy(&room->values[k], &bits, sizeof bits);
    }
}

reco_status reco__profile_find(reco__profile *profile, const reco_model *model, const reco_query *query,
                               int32_t side, int32_t user, const reco__profile_room *room, int64_t *skipped,
                               reco_error *err)
{
    const reco__side *of = &model->catalog->sides[side];
    int64_t n = side == RECO_USER && user >= 0 && user < of->n ? take_own(of, user, query, side, room) : 0;
    for (int64_t k = 0; k < query->n_features; k++) {
        const reco__told_feature *told = &query->features[k];
        const reco__field *field;
        int32_t token;
        if (told->side != side) {
            continue;
        }
        reco_status status = find_feature(model, query, told, &field, &token, err);
        if (status == RECO_ENOTFOUND && query->skip_unknown) {
            ++*skipped;
            continue;
        }
        if (status) {
            return status;
        }
        for (int32_t entry = 0; entry < told->n; entry++) {
            float value = told->kind == RECO_FIELD_VECTOR ? vector_of(query, told)[entry] : told->value;
            room->numbers[n] = field->first + token + entry;
            room->values[n] = value;
            n += told->kind != RECO_FIELD_VECTOR || value != 0;
        }
    }
    sort_features(room, n);
    *profile = (reco__profile){room->numbers, room->values, n};
    return RECO_OK;
}
