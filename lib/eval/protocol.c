/* SPDX-License-Identifier: MIT */
#include "protocol.h"

#include "base/error.h"
#include "base/memory.h"
#include "metrics.h"

static const reco__param settings[] = {
    PARAM_TEXT(reco_protocol, metrics, "ndcg@10,recall@10", "what is measured"),
    PARAM_CHOICE(reco_protocol, ask, NO_SEARCH, "who asks", "user", "given", "next"),
    PARAM_INT(reco_protocol, given, 0, 1, 1e9, NO_SEARCH, "how many events are the history"),
    PARAM_INT(reco_protocol, threads, 0, 0, 1024, NO_SEARCH,
              "threads that may work; 0 = all the process may use"),
    {0}};

void reco__protocol_defaults(reco_protocol *protocol)
{
    *protocol = (reco_protocol){.negatives = NULL};
    reco__param_defaults(settings, protocol);
}

reco_status reco_protocol_new(reco_protocol **out, reco_error *err)
{
    GIVEN(out);
    *out = reco__alloc(1, sizeof **out);
    if (!*out) {
        return reco__out_of_memory(err);
    }
    reco__protocol_defaults(*out);
    return RECO_OK;
}

void reco_protocol_free(reco_protocol *protocol)
{
    reco__free(protocol);
}

reco_status reco_protocol_set(reco_protocol *protocol, const char *name, double value, reco_error *err)
{
    GIVEN(protocol, name);
    const reco__param *row = reco__param_find(settings, name);
    return row ? reco__param_set(row, protocol, "protocol", value, err)
               : reco__param_unknown(settings, NULL, "protocol", name, err);
}

/* Whether metrics can be read, so that it is told where they are set. */
static reco_status check_metrics(const char *text, reco_error *err)
{
    reco__metric *metrics = NULL;
    int32_t n;
    reco_status status = reco__metrics_parse(text, &metrics, &n, err);
    reco__free(metrics);
    return status;
}

reco_status reco_protocol_set_text(reco_protocol *protocol, const char *name, const char *value,
                                   reco_error *err)
{
    reco_status status = RECO_OK;
    GIVEN(protocol, name, value);
    const reco__param *row = reco__param_find(settings, name);
    if (!row) {
        return reco__param_unknown(settings, NULL, "protocol", name, err);
    }
    if (row->kind == RECO__TEXT) {
        TRY(check_metrics(value, err));
    }
    TRY(reco__param_set_text(row, protocol, "protocol", value, err));
done:
    return status;
}

reco_status reco_protocol_negatives(reco_protocol *protocol, const reco_data *negatives, reco_error *err)
{
    GIVEN(protocol);
    protocol->negatives = negatives;
    return RECO_OK;
}
