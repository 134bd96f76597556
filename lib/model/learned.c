/* SPDX-License-Identifier: MIT */
#include "learned.h"

#include <string.h>

reco_status reco__model_list(const reco_model *model, reco__state *s)
{
    s->n[RECO_USER] = model->n_users;
    s->n[RECO_ITEM] = model->n_items;
    s->version = s->loading ? s->version : model->algo->state_version;
    return model->algo->state((reco_model *)model,
                              s); /* which changes nothing of a model that is not filled */
}

/* The numbers of users and items come first: all else has these sizes. */
reco_status reco__model_list_carried(reco_model *model, reco__state *s)
{
    enum { VERSION = 1 };
    reco_status status = RECO_OK;
    int32_t version = VERSION, personal = (s->without & RECO__PERSONAL) == 0, remembers = model->log != NULL;
    int32_t n_users = personal ? model->n_users : 0, before = reco__state_begin(s, "data", -1);
    TRY(reco__state_int(s, "version", &version, 1, INT32_MAX));
    if (version > VERSION) {
        return reco__fail(s->err, RECO_EUNSUPPORTED,
                          "a model file of version %d; this library reads version %d", version, VERSION);
    }
    TRY(reco__state_int(s, "with_users", &personal, 0, 1));
    TRY(reco__state_int(s, "users", &n_users, 0, personal ? INT32_MAX : 0));
    TRY(reco__state_int(s, "items", &model->n_items, 0, INT32_MAX));
    TRY(reco__state_count(s, "pairs", &model->pairs, 0, INT64_MAX));
    TRY(reco__state_count(s, "events", &model->events, 0, INT64_MAX));
    TRY(reco__state_count(s, "first_time", &model->first_time, INT64_MIN, INT64_MAX));
    TRY(reco__state_count(s, "last_time", &model->last_time, INT64_MIN, INT64_MAX));
    TRY(reco__state_int(s, "remembers", &remembers, 0, 1));
    if (s->fills) {
        reco_error *err = s->err;
        model->n_users = n_users;
        s->without |= personal ? 0 : RECO__PERSONAL;
        TRY_ALLOC(model->catalog = reco__catalog_new(s->file->block));
        TRY_ALLOC(!personal || (model->history = reco__history_new(s->file->block)));
        TRY_ALLOC(!personal || !remembers || (model->log = reco__log_of(s->file->block, n_users)));
    }
    s->version = (uint32_t)version;
    s->n[RECO_USER] = n_users;
    s->n[RECO_ITEM] = model->n_items;
    TRY(reco__catalog_state(model->catalog, s));
    if (model->history) {
        bool rates = s->fills || !reco__state_stored(s) || reco__model_rates(model);
        TRY(reco__history_state(model->history, s, rates));
    }
    if (s->fills && model->history && model->catalog->values == RECO__RATED && !model->history->rated.start) {
        model->history->rated = model->history->x; /* or they are not kept, and nobody looks at them */
    }
    TRY(model->history && model->log ? reco__log_state(model->log, s, 0) : RECO_OK);
    if (s->loading && model->log && !reco__log_types_fit(model->log, &model->catalog->types)) {
        return reco__state_refuse(s, "an event has a type that is not there");
    }
    TRY(reco__state_f32(s, "popularity", &model->popularity, RECO__ITEMS, 1, 0));
    reco__state_end(s, before);
done:
    return status;
}

void reco__model_inherit(reco_model *model, const reco_model *from, reco__catalog *catalog,
                         reco__history *history, reco__log *log)
{
    model->catalog = reco__catalog_share(catalog);
    model->history = reco__history_share(history);
    model->log = reco__log_share(log);
    model->n_users = catalog->sides[RECO_USER].ids.n;
    model->n_items = catalog->sides[RECO_ITEM].ids.n;
    model->pairs = from->pairs;
    model->events = from->events;
    model->first_time = from->first_time;
    model->last_time = from->last_time;
}

reco_status reco__model_check(const reco_model *model, reco_error *err)
{
    reco__state s = reco__walk_check(err);
    return reco__model_list(model, &s);
}

void reco__model_forget(reco_model *model)
{
    reco__state s = reco__walk_free(model->block);
    reco__model_list(model, &s);
    reco__state_f32(&s, "popularity", &model->popularity, RECO__ITEMS, 1, 0);
    reco__catalog_release(model->catalog);
    reco__history_release(model->history);
    reco__log_release(model->log);
    reco__block_release(model->block);
    model->catalog = NULL;
    model->history = NULL;
    model->log = NULL;
    model->block = NULL;
    model->fitted = 0;
    model->n_users = model->n_items = 0;
    model->pairs = model->events = 0;
    model->first_time = model->last_time = RECO_NO_TIME;
    for (int32_t k = 0; k < model->n_parts; k++) {
        reco__model_forget(model->parts[k]);
    }
}

int64_t reco__model_bytes(const reco_model *model)
{
    reco__state s = reco__walk_bytes();
    if (!model->fitted) {
        return 0;
    }
    reco__model_list(model, &s);
    if (model->popularity) {
        reco__model_list_carried((reco_model *)model, &s);
    }
    for (int32_t k = 0; k < model->n_parts; k++) {
        s.bytes += reco__model_bytes(model->parts[k]);
    }
    return s.bytes;
}

/* ---- copies ---- */

/* What `from` learned, moved, into its twin. */
static reco_status carry(const reco_model *from, reco_model *to, reco__catalog *catalog,
                         reco__history *history, reco__log *log, const reco__moves *moves, reco_error *err)
{
    reco_status status = RECO_OK;
    reco__file moved = {.n = 0};
    reco__state out = reco__walk_carry(&moved, moves, err);
    reco__state in = reco__walk_take(&moved, history ? 0 : RECO__PERSONAL, err);
    reco__model_inherit(to, from, catalog, history, log);
    TRY(reco__model_list(from, &out));
    TRY(from->popularity
            ? reco__state_f32(&out, "popularity", &((reco_model *)from)->popularity, RECO__ITEMS, 1, 0)
            : RECO_OK);
    TRY(reco__file_sort(&moved, err));
    TRY(reco__model_list(to, &in));
    TRY(reco__state_f32(&in, "popularity", &to->popularity, RECO__ITEMS, 1, RECO__OPTIONAL));
    for (int32_t k = 0; k < from->n_parts; k++) {
        TRY(carry(from->parts[k], to->parts[k], catalog, history, log, moves, err));
    }
    TRY(to->algo->prepare ? to->algo->prepare(to, err) : RECO_OK);
    to->fitted = 1;
done:
    reco__file_close(&moved);
    return status;
}

reco_status reco__model_carry(const reco_model *model, reco__catalog *catalog, reco__history *history,
                              reco__log *log, const reco__moves *moves, reco_model **out, reco_error *err)
{
    reco_status status = RECO_OK;
    reco_model *twin = NULL;
    TRY(reco__model_twin(model, &twin, err));
    TRY(carry(model, twin, catalog, history, log, moves, err));
    *out = twin;
    twin = NULL;
done:
    reco_model_free(twin);
    return status;
}

reco_status reco__model_whole(const reco_model *model, const char *what, reco_error *err)
{
    return model->fitted && model->popularity ? RECO_OK
                                              : reco__fail(err, RECO_ESTATE, "%s: %s", model->algo->name,
                                                           model->fitted ? what : "not fitted");
}

reco_status reco_model_copy(const reco_model *model, reco_model **out, reco_error *err)
{
    GIVEN(out);
    *out = NULL;
    GIVEN(model);
    reco__moves none = {{NULL, NULL}, {model->n_users, model->n_items}};
    reco_status status = reco__model_whole(model, "a part of a hybrid is copied with the whole", err);
    return status ? status
                  : reco__model_carry(model, model->catalog, model->history, model->log, &none, out, err);
}

/* ---- a look at the arrays ---- */

reco_status reco_model_array(const reco_model *model, const char *name, const void **values, int32_t *kind,
                             int64_t *rows, int64_t *columns, reco_error *err)
{
    reco__array found = {.at = NULL};
    reco__names names = {.used = 0};
    GIVEN(model, name, values, kind, rows, columns);
    if (!model->fitted) {
        return reco__fail(err, RECO_ESTATE, "%s: not fitted", model->algo->name);
    }
    reco__state s = reco__walk_find(name, &found, &names);
    reco__model_list(model, &s);
    if (!found.at) {
        return reco__fail(err, RECO_ENOTFOUND, "%s: no array '%.64s'; there are: %s", model->algo->name, name,
                          reco__names_text(&names));
    }
    *values = *found.at;
    *kind = (int32_t)found.kind;
    *rows = found.rows;
    *columns = found.columns;
    return RECO_OK;
}
