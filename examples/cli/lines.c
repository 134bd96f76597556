/* SPDX-License-Identifier: MIT */
#include "cli.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

/* Takes the end of line, and the byte order mark of the first line, off; returns where the id begins, or NULL
 * when the line has a zero byte. */
static char *trim(char *line, ssize_t n, int64_t number)
{
    while (n > 0 && (line[n - 1] == '\n' || line[n - 1] == '\r')) {
        line[--n] = 0;
    }
    if ((ssize_t)strlen(line) != n) {
        return NULL;
    }
    return number == 1 && strncmp(line, "\xef\xbb\xbf", 3) == 0 ? line + 3 : line;
}

static void append(lines *l, const char *text, int64_t *capacity)
{
    if (l->n == *capacity) {
        *capacity = 2 * *capacity + 64;
        l->items = need_more(l->items, (size_t)*capacity, sizeof *l->items);
    }
    size_t size = strlen(text) + 1;
    l->items[l->n++] = memcpy(need(size, 1), text, size);
}

static int read_ids(const options *o, const reco_model *model, int32_t side, FILE *file, const char *path,
                    lines *out)
{
    int code = DONE;
    char *line = NULL;
    size_t size = 0;
    ssize_t n;
    int64_t number = 0, unknown = 0, capacity = 0;
    while (code == DONE && (n = getline(&line, &size, file)) >= 0) {
        reco_error err;
        int32_t index;
        const char *id = trim(line, n, ++number);
        if (id && !*id) {
            continue;
        }
        if (!id) {
            code = failed("%s:%lld: a zero byte; is this a text file?", path, (long long)number);
            break;
        }
        reco_status status = o->skip_unknown ? RECO_OK : reco_model_find(model, side, id, &index, &err);
        if (status == RECO_OK) {
            append(out, id, &capacity);
        } else if (status == RECO_ENOTFOUND && o->skip_bad_rows) {
            unknown++;
        } else {
            code = failed("%s:%lld: %s", path, (long long)number, err.message);
        }
    }
    if (code == DONE && ferror(file)) {
        code = failed("%s: cannot read: %s", path, strerror(errno));
    }
    if (code == DONE && unknown > 0) {
        note(o, "%s: %lld ids left out that the model does not have", path, (long long)unknown);
    }
    free(line);
    return code;
}

int lines_read(const options *o, const reco_model *model, int32_t side, const char *path, lines *out)
{
    *out = (lines){0};
    bool standard = strcmp(path, "-") == 0;
    FILE *file = standard ? stdin : fopen(path, "r");
    if (!file) {
        return failed("%s: cannot open: %s", path, strerror(errno));
    }
    int code = read_ids(o, model, side, file, standard ? "standard input" : path, out);
    if (!standard) {
        fclose(file);
    }
    return code;
}

void lines_free(lines *l)
{
    for (int64_t k = 0; k < l->n; k++) {
        free(l->items[k]);
    }
    free(l->items);
    *l = (lines){0};
}
