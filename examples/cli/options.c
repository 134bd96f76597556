/* SPDX-License-Identifier: MIT */
/* Options, from one table each: reading them and their help come from its rows. */
#include "cli.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROW(name_, value_, kind_, field, help_)                                                              \
    {                                                                                                        \
        .name = (name_), .value = (value_), .kind = (kind_), .offset = offsetof(options, field),             \
        .help = (help_)                                                                                      \
    }

const option_row options_common[] = {
    ROW("--json", NULL, OPTION_SWITCH, json, "one JSON document on standard output"),
    ROW("--csv", NULL, OPTION_SWITCH, csv, "tables as CSV instead of aligned text"),
    ROW("--threads", "N", OPTION_WHOLE, threads,
        "threads that may work; 0 (default) = all the process may use"),
    ROW("--quiet", NULL, OPTION_SWITCH, quiet, "no progress, no notes, no table of what was done"),
    ROW("--help", NULL, OPTION_SWITCH, help, "this text"),
    {0},
};

const option_row options_algo[] = {
    ROW("--algo", "NAME", OPTION_TEXT, algo, "the algorithm: see 'reco algos'"),
    ROW("--set", "key=value", OPTION_TEXTS, set,
        "a parameter: see 'reco algos NAME'; of a hybrid's part: part.key=value"),
    ROW("--part", "NAME:WEIGHT", OPTION_TEXTS, part,
        "a part of a hybrid; LABEL=NAME:WEIGHT to tell two of a kind apart"),
    ROW("--seed", "N", OPTION_WHOLE, seed, "seed of all that is random, also of the split"),
    {0},
};

const option_row options_files[] = {
    ROW("--items", "FILE", OPTION_TEXT, items, "features of items: CSV, the first column is the id"),
    ROW("--users", "FILE", OPTION_TEXT, users,
        "features of users: likewise; a column 'consent' says what they agreed to: see --purpose"),
    ROW("--columns", "SPEC", OPTION_TEXT, columns,
        "which column is what: user=CustomerID,item=StockCode,value=Quantity,time=InvoiceDate,type=..."),
    ROW("--no-header", NULL, OPTION_SWITCH, no_header,
        "the events have no header line; columns go by number from 1"),
    ROW("--delimiter", "TEXT", OPTION_TEXT, delimiter,
        "what separates the fields of events, as ';' or '::'; found by itself when not told"),
    ROW("--encoding", "NAME", OPTION_TEXT, encoding, "utf-8 (default) or latin1, of all files"),
    ROW("--skip-bad-rows", NULL, OPTION_SWITCH, skip_bad_rows,
        "count rows that cannot be read instead of stopping at the first"),
    ROW("--item-columns", "SPEC", OPTION_TEXT, item_columns,
        "kinds of columns that describe items, of --items or else of the events: "
        "Description=text,UnitPrice=number,Tags=token"),
    ROW("--user-columns", "SPEC", OPTION_TEXT, user_columns, "the same for users: Country=token"),
    ROW("--context-columns", "SPEC", OPTION_TEXT, context_columns,
        "columns of the events that say what was so at each: season=token,temperature=number"),
    ROW("--items-format", "key=value", OPTION_TEXTS, items_format,
        "how --items is written: header=0, delimiter=::"),
    ROW("--users-format", "key=value", OPTION_TEXTS, users_format, "how --users is written"),
    ROW("--purpose", "NAME", OPTION_TEXTS, purposes,
        "a purpose that users may have agreed to, beside training and personal: consent is all, none or, "
        "joined by |, names of purposes"),
    ROW("--event", "type=weight", OPTION_TEXTS, event, "what an event of a type weighs, as purchase=5"),
    ROW("--data", "key=value", OPTION_TEXTS, data,
        "combine=sum|last|max|count, half_life_days=N, reference_time=UNIX, min_user_events=N, "
        "min_item_events=N, values=amounts|ratings, like_from=N"),
    {0},
};

const option_row options_questions[] = {
    ROW("-n", "N", OPTION_WHOLE, n, "at most so many items (default 10)"),
    ROW("--exclude-file", "FILE", OPTION_TEXT, exclude_file, "items not to answer, an id on each line"),
    ROW("--only-file", "FILE", OPTION_TEXT, only_file, "the only items to answer, an id on each line"),
    ROW("--where", "CONDITION", OPTION_TEXTS, where,
        "only items that meet it, as 'price<50 and category=kitchen'; several must all hold"),
    ROW("--skip-bad-rows", NULL, OPTION_SWITCH, skip_bad_rows,
        "leave out ids the model does not have instead of stopping at the first"),
    ROW("--skip-unknown", NULL, OPTION_SWITCH, skip_unknown,
        "answer without the ids and features that the model does not have"),
    ROW("--out", "FILE", OPTION_TEXT, out, "where to write; the file changes only when all is done"),
    {0},
};

static const option_row *find(const command *c, const char *name, size_t n)
{
    for (const option_row *const *group = c->groups; *group; group++) {
        for (const option_row *row = *group; row->name; row++) {
            if (strlen(row->name) == n && memcmp(row->name, name, n) == 0) {
                return row;
            }
        }
    }
    return NULL;
}

static void append(texts *list, const char *text)
{
    list->items = need_more(list->items, (size_t)list->n + 1, sizeof *list->items);
    list->items[list->n++] = text;
}

static int set_whole(const option_row *row, int64_t *field, const char *value)
{
    char *end;
    errno = 0;
    long long number = strtoll(value, &end, 10);
    if (errno || end == value || *end || number < 0 || number > INT32_MAX) {
        return misused("%s must be a whole number in [0, %d], got '%s'", row->name, INT32_MAX, value);
    }
    *field = number;
    return DONE;
}

static int set(const option_row *row, options *o, const char *value)
{
    char *field = (char *)o + row->offset;
    switch (row->kind) {
    case OPTION_SWITCH:
        *(bool *)(void *)field = true;
        return DONE;
    case OPTION_TEXTS:
        append((texts *)(void *)field, value);
        return DONE;
    case OPTION_WHOLE:
        return set_whole(row, (int64_t *)(void *)field, value);
    default:
        if (*(const char **)(void *)field) {
            return misused("%s is given twice", row->name);
        }
        *(const char **)(void *)field = value;
        return DONE;
    }
}

/* Takes one option, "--name value", "--name=value" or "-nVALUE"; *at is the index of the last word used. */
static int take(const command *c, int argc, char **argv, int *at, options *o)
{
    const char *word = argv[*at], *value = NULL;
    size_t n = strlen(word);
    if (strncmp(word, "--", 2) == 0 && strchr(word, '=')) {
        n = (size_t)(strchr(word, '=') - word);
        value = word + n + 1;
    } else if (word[1] != '-' && n > 2) {
        n = 2;
        value = word + 2;
    }
    const option_row *row = strcmp(word, "-h") == 0 ? find(c, "--help", 6) : find(c, word, n);
    if (!row) {
        return misused("%s: no option '%.*s'; see 'reco %s --help'", c->name, (int)n, word, c->name);
    }
    if (!row->value && value) {
        return misused("%s: %s takes no value", c->name, row->name);
    }
    if (row->value && !value) {
        if (*at + 1 >= argc) {
            return misused("%s: %s needs a value: %s", c->name, row->name, row->value);
        }
        value = argv[++*at];
    }
    return set(row, o, value);
}

int options_read(const command *c, int argc, char **argv, options *o)
{
    *o = (options){.threads = -1, .seed = -1, .given = -1, .n = 10};
    bool only_words = false;
    for (int k = 0; k < argc; k++) {
        int code = DONE;
        if (!only_words && strcmp(argv[k], "--") == 0) {
            only_words = true;
        } else if (!only_words && argv[k][0] == '-' && argv[k][1]) {
            code = take(c, argc, argv, &k, o);
        } else if (c->takes_argument && !o->argument) {
            o->argument = argv[k];
        } else {
            code = misused("%s: '%s' is no option; see 'reco %s --help'", c->name, argv[k], c->name);
        }
        if (code) {
            return code;
        }
    }
    if (o->json && o->csv) {
        return misused("%s: --json and --csv exclude each other", c->name);
    }
    return DONE;
}

void options_free(options *o)
{
    texts *lists[] = {&o->set,  &o->part,  &o->items_format, &o->users_format, &o->event,
                      &o->data, &o->where, &o->about,        &o->context,      &o->purposes};
    for (size_t k = 0; k < sizeof lists / sizeof *lists; k++) {
        free(lists[k]->items);
    }
}

/* Prints a text within `width` columns, each further line after `indent` spaces. */
static void print_wrapped(output *out, const char *text, int indent, int width)
{
    int column = 0;
    while (*text) {
        int n = (int)strcspn(text, " ");
        if (column > 0 && column + 1 + n > width) {
            output_print(out, "\n%*s", indent, "");
            column = 0;
        } else if (column > 0) {
            output_print(out, " ");
            column++;
        }
        output_print(out, "%.*s", n, text);
        column += n;
        text += n + (text[n] == ' ');
    }
    output_print(out, "\n");
}

int options_print_help(const command *c)
{
    enum { INDENT = 28, WIDTH = 80 };
    output out;
    int code = output_open(&out, NULL);
    if (code) {
        return code;
    }
    output_print(&out, "usage: reco %s %s\n\n%s\n\n", c->name, c->usage, c->summary);
    for (const option_row *const *group = c->groups; *group; group++) {
        for (const option_row *row = *group; row->name; row++) {
            char left[64];
            snprintf(left, sizeof left, "  %s%s%s", row->name, row->value ? " " : "",
                     row->value ? row->value : "");
            output_print(&out, "%-*s", INDENT, left);
            print_wrapped(&out, row->help, INDENT, WIDTH - INDENT);
        }
    }
    if (c->notes) {
        output_print(&out, "\n%s", c->notes);
    }
    if (c->print_notes) {
        output_print(&out, "\n");
        c->print_notes(&out);
    }
    return output_close(&out, DONE);
}

bool split_pair(const char *text, char *key, size_t size, const char **value)
{
    const char *equals = strchr(text, '=');
    if (!equals || equals == text || (size_t)(equals - text) >= size) {
        return false;
    }
    memcpy(key, text, (size_t)(equals - text));
    key[equals - text] = 0;
    *value = equals + 1;
    return true;
}

bool read_number(const char *text, double *number)
{
    char *end;
    *number = strtod(text, &end);
    return end != text && !*end && isfinite(*number);
}
