/* SPDX-License-Identifier: MIT */
/* Purposes, and who agreed to which. */
#include "base/error.h"
#include "base/memory.h"
#include "builder.h"

#include <string.h>

reco__strings reco__builder_purposes(const reco_builder *builder)
{
    return reco__intern_strings(&builder->purposes);
}

reco_status reco_builder_set_purpose(reco_builder *builder, const char *purpose, int32_t *bit,
                                     reco_error *err)
{
    GIVEN(builder, purpose);
    int64_t length = (int64_t)strlen(purpose);
    REQUIRE(
        reco__purpose_good(purpose, length),
        "purpose '%.80s': a name has 1 to %d bytes, no control characters, no |, no space at its ends, and "
        "is not all or none",
        purpose, RECO__MAX_PURPOSE_NAME);
    reco__strings further = reco__builder_purposes(builder);
    if (reco__purpose_bit(&further, purpose, length) == 0) {
        REQUIRE(further.n < RECO__MAX_PURPOSES - RECO__BUILT_IN_PURPOSES,
                "purpose '%s': there are %d already, which is all there can be", purpose, RECO__MAX_PURPOSES);
        if (reco__intern_add(&builder->purposes, purpose, length) < 0) {
            return reco__out_of_memory(err);
        }
        further = reco__builder_purposes(builder);
    }
    if (bit) {
        *bit = reco__purpose_bit(&further, purpose, length);
    }
    return RECO_OK;
}

static bool grow_consent(reco_builder *builder, int64_t n)
{
    if (!RECO__GROW(builder->consent, builder->consent_capacity, n)) {
        return false;
    }
    while (builder->n_consent < n) {
        builder->consent[builder->n_consent++] = RECO_CONSENT_ALL;
    }
    return true;
}

bool reco__builder_reserve_consent(reco_builder *builder)
{
    return grow_consent(builder, builder->ids[RECO_USER].n);
}

/* Of a consent that is good. */
static reco_status agree(reco_builder *builder, const char *user, int32_t consent, reco_error *err)
{
    reco_status status = RECO_OK;
    int32_t number;
    reco__builder_mark(builder);
    TRY(reco__builder_id(builder, RECO_USER, user, (int64_t)strlen(user), &number, err));
    TRY_ALLOC(grow_consent(builder, (int64_t)number + 1));
    builder->consent[number] = consent;
    return RECO_OK;
done:
    reco__builder_rollback(builder);
    return status;
}

reco_status reco_builder_set_consent(reco_builder *builder, const char *user, int32_t consent,
                                     reco_error *err)
{
    reco__names names;
    GIVEN(builder, user);
    reco__strings further = reco__builder_purposes(builder);
    REQUIRE(reco__consent_good(&further, consent),
            "consent of user '%.80s': %d has bits of no purpose; there are: %s", user, consent,
            reco__purposes_text(&further, &names));
    return agree(builder, user, consent, err);
}

reco_status reco_builder_set_consent_text(reco_builder *builder, const char *user, const char *text,
                                          reco_error *err)
{
    reco__names names;
    int32_t consent;
    GIVEN(builder, user, text);
    reco__strings further = reco__builder_purposes(builder);
    REQUIRE(reco__consent_read(&further, text, (int64_t)strlen(text), &consent),
            "consent of user '%.80s' must be all, none or, joined by |, any of %s, got '%.60s'", user,
            reco__purposes_text(&further, &names), text);
    return agree(builder, user, consent, err);
}
