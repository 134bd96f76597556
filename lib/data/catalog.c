/* SPDX-License-Identifier: MIT */
#include "data.h"

#include "base/memory.h"

#include <string.h>

reco__catalog *reco__catalog_share(reco__catalog *catalog)
{
    atomic_fetch_add(&catalog->owners, 1);
    return catalog;
}

static void free_field(reco__field *field, bool own)
{
    reco__free(field->name);
    if (!own) {
        return;
    }
    reco__csr_free(&field->tokens);
    reco__strings_free(&field->vocabulary);
    reco__free(field->numbers);
    reco__strings_free(&field->texts);
    reco__free(field->vectors);
}

void reco__catalog_release(reco__catalog *catalog)
{
    if (!catalog || atomic_fetch_sub(&catalog->owners, 1) != 1) {
        return;
    }
    bool own = !catalog->block; /* else all but the list of fields and their names lies in the block */
    for (int32_t k = 0; k < RECO__SIDES; k++) {
        reco__side *side = &catalog->sides[k];
        for (int32_t f = 0; f < side->n_fields; f++) {
            free_field(&side->fields[f], own);
        }
        if (own) {
            reco__strings_free(&side->ids);
        }
        reco__free(side->fields);
    }
    if (own) {
        reco__free(catalog->consent);
        reco__strings_free(&catalog->types.names);
        reco__free(catalog->types.weights);
    }
    reco__block_release(catalog->block);
    reco__free(catalog);
}

const reco__field *reco__catalog_field(const reco__catalog *catalog, int32_t side, const char *name)
{
    const reco__side *s = &catalog->sides[side];
    for (int32_t low = 0, high = s->n_fields; low < high;) {
        int32_t middle = low + (high - low) / 2, order = strcmp(s->fields[middle].name, name);
        if (order == 0) {
            return &s->fields[middle];
        }
        if (order < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return NULL;
}

const char *reco__catalog_name(const reco__catalog *catalog, int32_t side, int32_t index, int32_t *kind)
{
    if (!catalog || side < RECO_USER || side > RECO_CONTEXT || index < 0 ||
        index >= catalog->sides[side].n_fields) {
        return NULL;
    }
    const reco__field *field = &catalog->sides[side].fields[index];
    if (kind) {
        *kind = field->kind;
    }
    return field->name;
}

reco__history *reco__history_share(reco__history *history)
{
    if (history) {
        atomic_fetch_add(&history->owners, 1);
    }
    return history;
}

void reco__history_release(reco__history *history)
{
    if (!history || atomic_fetch_sub(&history->owners, 1) != 1) {
        return;
    }
    if (!history->block) {
        reco__csr_free(&history->x);
        reco__free(history->times);
    }
    reco__block_release(history->block);
    reco__free(history);
}
