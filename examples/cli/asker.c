/* SPDX-License-Identifier: MIT */
/* Whoever asks: a user, a history or a session, and what is told of them and of the moment. */
#include "cli.h"

#include <stdlib.h>
#include <string.h>

/* ---- a session ---- */

/* Whose events of the session's file are told. */
static int take_session(asker *a)
{
    int code = DONE;
    reco_error err;
    int32_t user = 0;
    const options *o = a->o;
    const reco_data *data = a->session.data;
    int64_t n = reco_data_count(data, "users");
    const char *path = strcmp(o->session, "-") == 0 ? "standard input" : o->session;
    if (n == 0) {
        STEP(failed("%s: no events", path));
    }
    if (!o->user && n > 1) {
        STEP(failed("%s: events of %lld users; --user says whose to take", path, (long long)n));
    }
    if (o->user && reco_data_find(data, RECO_USER, o->user, &user, NULL) != RECO_OK) {
        goto done; /* the user did nothing since */
    }
    CALL(reco_data_trail(data, user, &a->items, &a->values, &a->times, &a->types, &a->n, &err));
done:
    return code;
}

int asker_begin(const options *o, const reco_model *model, asker *a)
{
    int code = DONE;
    *a = (asker){.o = o, .model = model};
    if (o->session) {
        STEP(source_read_session(o, model, &a->session));
        STEP(take_session(a));
    }
done:
    return code;
}

void asker_end(asker *a)
{
    source_free(&a->session);
}

static int tell_session(const asker *a, reco_query *query)
{
    int code = DONE;
    reco_error err;
    const reco_data *data = a->session.data;
    for (int64_t k = 0; k < a->n; k++) {
        CALL(reco_query_event(query, reco_data_id(data, RECO_ITEM, a->items[k]),
                              a->types ? reco_data_type(data, a->types[k]) : NULL, a->values[k],
                              a->times ? a->times[k] : RECO_NO_TIME, &err));
    }
done:
    return code;
}

/* ---- who asks ---- */

/* "mug,lamp" as a history. */
static int tell_history(const char *text, reco_query *query)
{
    int code = DONE;
    reco_error err;
    size_t size = strlen(text) + 1;
    char *copy = memcpy(need(size, 1), text, size);
    const char **items = need(size, sizeof *items);
    int64_t n = 0;
    for (char *from = copy; from;) {
        char *comma = strchr(from, ',');
        items[n++] = from;
        if (comma) {
            *comma++ = 0;
        }
        from = comma;
    }
    CALL_USAGE(reco_query_history(query, items, NULL, n, &err));
done:
    free(items);
    free(copy);
    return code;
}

int asker_tell(const asker *a, const char *user, reco_query *query)
{
    int code = DONE;
    reco_error err;
    if (user) {
        CALL_USAGE(reco_query_user(query, user, &err));
    } else if (a->o->history) {
        STEP(tell_history(a->o->history, query));
    } else {
        CALL(reco_query_history(query, NULL, NULL, 0, &err));
    }
    STEP(tell_session(a, query));
done:
    return code;
}

/* ---- features ---- */

static int32_t kind_of(const reco_model *model, int32_t side, const char *field)
{
    int32_t kind;
    const char *name;
    for (int32_t k = 0; (name = reco_model_field(model, side, k, &kind)); k++) {
        if (strcmp(name, field) == 0) {
            return kind;
        }
    }
    return RECO_FIELD_TOKEN; /* which is refused, or skipped */
}

/* Cuts a text at the next '|', and the spaces around it off; NULL after the last piece. */
static char *next_piece(char **rest)
{
    char *piece = *rest, *end;
    if (!piece) {
        return NULL;
    }
    *rest = strchr(piece, '|');
    end = *rest ? *rest : piece + strlen(piece);
    *rest = *rest ? *rest + 1 : NULL;
    piece += strspn(piece, " ");
    while (end > piece && end[-1] == ' ') {
        end--;
    }
    *end = 0;
    return piece;
}

/* "de", "jazz|rock", "34" or "0.5|-1", as the field wants it. */
static int tell_value(const asker *a, const char *option, int32_t side, const char *field, char *value,
                      reco_query *query)
{
    int code = DONE;
    reco_error err;
    int32_t kind = kind_of(a->model, side, field), n = 0;
    double number = 0;
    float *vector = need(strlen(value) + 1, sizeof *vector);
    for (char *rest = value, *piece; (piece = next_piece(&rest));) {
        if (kind != RECO_FIELD_NUMBER && kind != RECO_FIELD_VECTOR) {
            CALL(reco_query_token(query, side, field, piece, 1, &err));
        } else if (!read_number(piece, &number) || (kind == RECO_FIELD_NUMBER && rest)) {
            STEP(misused("%s: '%s' is %s, not '%.80s'", option, field,
                         kind == RECO_FIELD_NUMBER ? "one number" : "numbers joined by |", piece));
        }
        vector[n++] = (float)number;
    }
    if (kind == RECO_FIELD_NUMBER) {
        CALL_USAGE(reco_query_number(query, side, field, number, &err));
    } else if (kind == RECO_FIELD_VECTOR) {
        CALL_USAGE(reco_query_vector(query, side, field, vector, n, &err));
    }
done:
    free(vector);
    return code;
}

/* The next of "country=de,age=34", cut off; NULL after the last. What has no '=' belongs to the value before it. */
static char *next_pair(char **rest)
{
    char *pair = *rest;
    if (!pair) {
        return NULL;
    }
    for (char *comma = strchr(pair, ','); comma; comma = strchr(comma + 1, ',')) {
        if (memchr(comma + 1, '=', strcspn(comma + 1, ","))) {
            *comma = 0;
            *rest = comma + 1;
            return pair;
        }
    }
    *rest = NULL;
    return pair;
}

static int tell_features(const asker *a, const char *option, int32_t side, const texts *given,
                         reco_query *query)
{
    int code = DONE;
    char *copy = NULL, field[64];
    const char *value;
    for (int k = 0; k < given->n; k++) {
        size_t size = strlen(given->items[k]) + 1;
        free(copy);
        copy = memcpy(need(size, 1), given->items[k], size);
        for (char *rest = copy, *pair; (pair = next_pair(&rest));) {
            if (!split_pair(pair, field, sizeof field, &value)) {
                STEP(misused("%s wants field=value, got '%s'", option, pair));
            }
            STEP(tell_value(a, option, side, field, pair + (value - pair), query));
        }
    }
done:
    free(copy);
    return code;
}

int asker_describe(const asker *a, reco_query *query)
{
    int code = DONE;
    STEP(tell_features(a, "--about", RECO_USER, &a->o->about, query));
    STEP(tell_features(a, "--context", RECO_CONTEXT, &a->o->context, query));
done:
    return code;
}
