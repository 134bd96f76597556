/* SPDX-License-Identifier: MIT */
/* Ids that are added by themselves: who or what is there without an event or a feature. */
#include "base/error.h"
#include "base/memory.h"
#include "builder.h"

#include <string.h>

static reco_status check_ids(int32_t side, int64_t n, const char *const *ids, reco_error *err)
{
    reco_error why;
    for (int64_t k = 0; k < n; k++) {
        REQUIRE(ids[k], "row %lld: the %s is NULL", (long long)k, side == RECO_USER ? "user" : "item");
        REQUIRE(reco__builder_check_id(side, ids[k], (int64_t)strlen(ids[k]), &why) == RECO_OK,
                "row %lld: %.200s", (long long)k, why.message);
    }
    return RECO_OK;
}

/* Gives the ids, which are texts or whole numbers, their numbers and lists the items. Users need no list: every one the
 * builder knows is in the data set. Only memory can run out. */
static bool take_ids(reco_builder *builder, int32_t side, int64_t n, const char *const *texts,
                     const int64_t *wholes)
{
    reco__intern *ids = &builder->ids[side];
    int32_t *numbers = reco__alloc(n, sizeof *numbers);
    bool done = numbers != NULL;
    for (int64_t k = 0; k < n && done; k++) {
        numbers[k] = texts ? reco__intern_add(ids, texts[k], (int64_t)strlen(texts[k]))
                           : reco__intern_add_whole(ids, wholes[k]);
        done = numbers[k] >= 0;
    }
    done = done && (side == RECO_USER || reco__builder_list(builder, numbers, n));
    reco__free(numbers);
    return done;
}

static reco_status add_ids(reco_builder *builder, int32_t side, int64_t n, const char *const *texts,
                           const int64_t *wholes, reco_error *err)
{
    reco_status status = RECO_OK;
    GIVEN(builder);
    REQUIRE(side == RECO_USER || side == RECO_ITEM, "side must be RECO_USER or RECO_ITEM, got %d", side);
    REQUIRE(n >= 0, "'n' must not be negative, got %lld", (long long)n);
    REQUIRE(n == 0 || texts || wholes, "'ids' must not be NULL");
    TRY(check_ids(side, texts ? n : 0, texts, err));
    reco__builder_mark(builder);
    if (!take_ids(builder, side, n, texts, wholes)) {
        reco__builder_rollback(builder);
        status = reco__out_of_memory(err);
    }
done:
    return status;
}

reco_status reco_builder_add_ids(reco_builder *builder, int32_t side, int64_t n, const char *const *ids,
                                 reco_error *err)
{
    return add_ids(builder, side, n, ids, NULL, err);
}

reco_status reco_builder_add_ids_i64(reco_builder *builder, int32_t side, int64_t n, const int64_t *ids,
                                     reco_error *err)
{
    return add_ids(builder, side, n, NULL, ids, err);
}
