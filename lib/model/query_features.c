/* SPDX-License-Identifier: MIT */
/* What a query tells of whoever asks and of the moment: features of the user, and the context. */
#include "query.h"

#include <math.h>

/* The feature of a side, field and, for a token, word; NULL when it was not told. */
static reco__told_feature *find(const reco_query *query, int32_t side, int32_t kind, const char *field,
                                const char *token)
{
    for (int64_t k = 0; k < query->n_features; k++) {
        reco__told_feature *told = &query->features[k];
        if (told->side == side && told->kind == kind && strcmp(query->words.data + told->field, field) == 0 &&
            (kind != RECO_FIELD_TOKEN || strcmp(query->words.data + told->token, token) == 0)) {
            return told;
        }
    }
    return NULL;
}

/* A new feature with its words; the query is as it was on failure. */
static reco_status add(reco_query *query, const reco__told_feature *feature, const char *field,
                       const char *token, const float *vector, reco_error *err)
{
    reco_status status = RECO_OK;
    reco__told_feature told = *feature;
    int64_t words = query->words.size, numbers = query->vectors.size;
    TRY_ALLOC(RECO__GROW(query->features, query->features_capacity, query->n_features + 1));
    told.field = query->words.size;
    TRY_ALLOC(reco__bytes_add(&query->words, field, (int64_t)strlen(field) + 1));
    told.token = query->words.size;
    TRY_ALLOC(!token || reco__bytes_add(&query->words, token, (int64_t)strlen(token) + 1));
    told.vector = query->vectors.size / (int64_t)sizeof *vector;
    TRY_ALLOC(!vector || reco__bytes_add(&query->vectors, vector, told.n * (int64_t)sizeof *vector));
    query->features[query->n_features++] = told;
    return RECO_OK;
done:
    query->words.size = words;
    query->vectors.size = numbers;
    return status;
}

static reco_status check_side(int32_t side, reco_error *err)
{
    REQUIRE(side == RECO_USER || side == RECO_CONTEXT,
            "'side' must be RECO_USER or RECO_CONTEXT: a query tells of who asks and when, got %d", side);
    return RECO_OK;
}

reco_status reco_query_token(reco_query *query, int32_t side, const char *field, const char *token,
                             float weight, reco_error *err)
{
    reco_status status = RECO_OK;
    GIVEN(query, field, token);
    TRY(check_side(side, err));
    REQUIRE(isfinite(weight) && weight > 0, "%s '%.80s': 'weight' must be finite and above 0", field, token);
    reco__told_feature *told = find(query, side, RECO_FIELD_TOKEN, field, token);
    if (told) {
        told->value = weight;
    } else {
        const reco__told_feature feature = {.side = side, .kind = RECO_FIELD_TOKEN, .value = weight, .n = 1};
        TRY(add(query, &feature, field, token, NULL, err));
    }
done:
    return status;
}

reco_status reco_query_number(reco_query *query, int32_t side, const char *field, double number,
                              reco_error *err)
{
    reco_status status = RECO_OK;
    GIVEN(query, field);
    TRY(check_side(side, err));
    REQUIRE(isfinite((float)number), "'%.63s' must be finite and within float range", field);
    reco__told_feature *told = find(query, side, RECO_FIELD_NUMBER, field, NULL);
    if (told) {
        told->value = (float)number;
    } else {
        const reco__told_feature feature = {
            .side = side, .kind = RECO_FIELD_NUMBER, .value = (float)number, .n = 1};
        TRY(add(query, &feature, field, NULL, NULL, err));
    }
done:
    return status;
}

reco_status reco_query_vector(reco_query *query, int32_t side, const char *field, const float *vector,
                              int32_t n, reco_error *err)
{
    reco_status status = RECO_OK;
    GIVEN(query, field, vector);
    TRY(check_side(side, err));
    REQUIRE(n >= 1 && n <= RECO__MAX_VECTOR, "'%.63s': 'n' must be in [1, %d], got %d", field,
            RECO__MAX_VECTOR, n);
    for (int32_t k = 0; k < n; k++) {
        REQUIRE(isfinite(vector[k]), "'%.63s': vector[%d] must be finite", field, k);
    }
    reco__told_feature *told = find(query, side, RECO_FIELD_VECTOR, field, NULL);
    if (told && told->n == n) {
        memcpy((float *)(void *)query->vectors.data + told->vector, vector, (size_t)n * sizeof *vector);
        return RECO_OK;
    }
    const reco__told_feature feature = {.side = side, .kind = RECO_FIELD_VECTOR, .n = n};
    TRY(add(query, &feature, field, NULL, vector, err));
    if (told) { /* of another length: the new one counts */
        *find(query, side, RECO_FIELD_VECTOR, field, NULL) = query->features[--query->n_features];
    }
done:
    return status;
}
