/* SPDX-License-Identifier: MIT */
/* Tables: aligned text for people, CSV (RFC 4180, lines end in LF) for programs. */
#include "cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LONG_TEXT = 48 /* columns an aligned table gives to a text */ };

void table_begin(table *t, output *out, bool csv, const char *const *heads, int n_columns)
{
    *t = (table){.out = out, .csv = csv, .heads = heads, .n_columns = n_columns};
    t->widths = need((size_t)n_columns, sizeof *t->widths);
    for (int column = 0; column < n_columns; column++) {
        table_text(t, heads[column] + (heads[column][0] == '>'));
    }
}

static char *next_cell(table *t, size_t size)
{
    if (t->n_cells == t->capacity) {
        t->capacity = 2 * t->capacity + 64;
        t->cells = need_more(t->cells, t->capacity, sizeof *t->cells);
    }
    return t->cells[t->n_cells++] = need(size, 1);
}

/* ---- how wide a text is on a terminal ---- */

/* Decodes one character of valid UTF-8; of anything else it takes one byte. */
static unsigned decode(const char **text)
{
    const unsigned char *c = (const unsigned char *)*text;
    int n = c[0] < 0xc0 ? 0 : c[0] < 0xe0 ? 1 : c[0] < 0xf0 ? 2 : 3;
    static const unsigned char masks[] = {0x7f, 0x1f, 0x0f, 0x07};
    unsigned code = c[0] & masks[n];
    int k = 1;
    while (k <= n && (c[k] & 0xc0) == 0x80) {
        code = code << 6 | (c[k++] & 0x3f);
    }
    *text += k;
    return code;
}

static bool within(unsigned code, const unsigned (*ranges)[2], size_t n)
{
    for (size_t k = 0; k < n; k++) {
        if (code >= ranges[k][0] && code <= ranges[k][1]) {
            return true;
        }
    }
    return false;
}

/* 0 for marks that sit on another character, 2 for the wide ones of East Asia and pictures, else 1. */
static int width_of(unsigned code)
{
    static const unsigned none[][2] = {{0x300, 0x36f}, {0x200b, 0x200f}, {0x20d0, 0x20ff}, {0xfe00, 0xfe0f}};
    static const unsigned wide[][2] = {
        {0x1100, 0x115f}, {0x2e80, 0xa4cf}, {0xac00, 0xd7a3},   {0xf900, 0xfaff},   {0xfe30, 0xfe6f},
        {0xff00, 0xff60}, {0xffe0, 0xffe6}, {0x1f300, 0x1f64f}, {0x1f900, 0x1f9ff}, {0x20000, 0x3fffd}};
    if (within(code, none, sizeof none / sizeof *none)) {
        return 0;
    }
    return within(code, wide, sizeof wide / sizeof *wide) ? 2 : 1;
}

static int text_width(const char *text)
{
    int width = 0;
    while (*text) {
        width += width_of(decode(&text));
    }
    return width;
}

/* Whether a character would move the cursor: control characters of either range. */
static bool is_control(unsigned code)
{
    return code < 0x20 || (code >= 0x7f && code < 0xa0);
}

/* A copy in at most `most` columns, without anything that a terminal would obey. */
static void add_visible(table *t, const char *text, int most)
{
    char *cell = next_cell(t, strlen(text) + 4), *end = cell;
    bool cut = text_width(text) > most;
    int width = 0;
    while (*text) {
        const char *from = text;
        unsigned code = decode(&text);
        width += width_of(code);
        if (cut && width > most - 1) {
            memcpy(end, "\xe2\x80\xa6", 3); /* an ellipsis */
            return;
        }
        if (is_control(code)) {
            *end++ = ' ';
        } else {
            memcpy(end, from, (size_t)(text - from));
            end += text - from;
        }
    }
}

static void add_csv(table *t, const char *text)
{
    size_t quotes = 0;
    for (const char *c = text; *c; c++) {
        quotes += *c == '"';
    }
    size_t n = strlen(text);
    char *end = next_cell(t, n + quotes + 3);
    if (n > 0 && !strpbrk(text, ",\"\r\n") && text[0] != ' ' && text[n - 1] != ' ') {
        memcpy(end, text, n);
        return;
    }
    if (n == 0) {
        return;
    }
    *end++ = '"';
    for (const char *c = text; *c; c++) {
        if (*c == '"') {
            *end++ = '"';
        }
        *end++ = *c;
    }
    *end = '"';
}

/* ---- cells ---- */

static void add(table *t, const char *text, int most)
{
    if (t->csv) {
        add_csv(t, text);
    } else {
        add_visible(t, text, most);
    }
}

void table_text(table *t, const char *text)
{
    add(t, text, 1 << 20);
}

void table_long_text(table *t, const char *text)
{
    add(t, text, LONG_TEXT);
}

const char *grouped(int64_t count, char *text)
{
    char digits[COUNT_TEXT];
    int n = snprintf(digits, sizeof digits, "%lld", (long long)count);
    char *end = text;
    for (int k = 0; k < n; k++) {
        *end++ = digits[k];
        if ((n - k) % 3 == 1 && k + 1 < n && digits[k] != '-') {
            *end++ = ',';
        }
    }
    *end = 0;
    return text;
}

void table_count(table *t, int64_t count)
{
    char text[COUNT_TEXT];
    if (t->csv) {
        snprintf(text, sizeof text, "%lld", (long long)count);
    } else {
        grouped(count, text);
    }
    table_text(t, text);
}

void table_score(table *t, double score)
{
    char text[64];
    snprintf(text, sizeof text, t->csv ? "%.9g" : "%.5g", score);
    table_text(t, text);
}

void table_figure(table *t, double figure)
{
    char text[64];
    snprintf(text, sizeof text, t->csv ? "%.9g" : "%.4f", figure);
    table_text(t, text);
}

/* ---- printing ---- */

static void print_aligned(table *t, const char *text, int column)
{
    int space = t->widths[column] - text_width(text);
    bool right = t->heads[column][0] == '>';
    bool last = column == t->n_columns - 1;
    output_print(t->out, "%*s%s", right ? space : 0, "", text);
    if (last) {
        output_print(t->out, "\n");
    } else {
        output_print(t->out, "%*s", (right ? 0 : space) + 2, "");
    }
}

static void print_cell(table *t, const char *text, int column)
{
    if (t->csv) {
        output_print(t->out, "%s%c", text, column == t->n_columns - 1 ? '\n' : ',');
    } else {
        print_aligned(t, text, column);
    }
}

void table_flush(table *t)
{
    for (size_t k = 0; k < t->n_cells; k++) {
        int *width = &t->widths[k % (size_t)t->n_columns], own = text_width(t->cells[k]);
        *width = own > *width ? own : *width;
    }
    for (size_t k = 0; k < t->n_cells; k++) {
        print_cell(t, t->cells[k], (int)(k % (size_t)t->n_columns));
        free(t->cells[k]);
    }
    t->n_cells = 0;
}

void table_end(table *t)
{
    table_flush(t);
    free(t->cells);
    free(t->widths);
    *t = (table){0};
}
