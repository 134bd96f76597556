/* SPDX-License-Identifier: MIT */
/* The CSV reader: a table of edge cases, rows longer than the buffer, and random bytes. */
#include "read/csv.h"
#include "base/memory.h"
#include "base/rng.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char path[64];

static int make_file(void **state)
{
    (void)state;
    strcpy(path, "/tmp/reco-csv-XXXXXX");
    int fd = mkstemp(path);
    return fd < 0 ? -1 : close(fd);
}

static int remove_file(void **state)
{
    (void)state;
    return unlink(path);
}

static void write_file(const char *bytes, size_t n)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, n, file), n);
    assert_int_equal(fclose(file), 0);
}

/* "[a][b]\n" for each row, the header's first; a failure ends it with "!" and the message behind
 * the path. */
static void render(const reco_format *format, reco__bytes *out)
{
    reco_error err = {""};
    reco__csv csv;
    reco_status status = reco__csv_open(&csv, path, format, &err);
    for (int32_t k = 0; status == RECO_OK && csv.has_header && k < csv.n_columns; k++) {
        char text[200];
        int n = snprintf(text, sizeof text, "<%s>", reco__csv_name(&csv, k));
        assert_true(reco__bytes_add(out, text, n));
    }
    for (bool got = true; status == RECO_OK;) {
        status = reco__csv_row(&csv, &got, &err);
        if (!got) {
            break;
        }
        for (int32_t k = 0; status == RECO_OK && k < csv.n_cells; k++) {
            assert_true(reco__bytes_add(out, "[", 1));
            assert_true(reco__bytes_add(out, csv.cells[k].text, csv.cells[k].length));
            assert_true(reco__bytes_add(out, "]", 1));
        }
        assert_true(reco__bytes_add(out, "\n", status == RECO_OK));
    }
    if (status != RECO_OK) {
        const char *message = err.message;
        message += strncmp(message, path, strlen(path)) == 0 ? strlen(path) : 0;
        assert_true(reco__bytes_add(out, "!", 1));
        assert_true(reco__bytes_add(out, message, (int64_t)strlen(message)));
    }
    assert_true(reco__bytes_add(out, "", 1));
    reco__csv_close(&csv);
}

typedef struct edge_case {
    const char *bytes;
    const char *expected;
    const char *delimiter; /* NULL: found from the first line */
    int header, latin1;
    size_t n; /* 0: strlen */
} edge_case;

static const edge_case edge_cases[] = {
    /* line ends, empty lines, the end of the file */
    {"a,b\n1,2\n", "[a][b]\n[1][2]\n", 0, 0, 0, 0},
    {"a,b\n1,2", "[a][b]\n[1][2]\n", 0, 0, 0, 0},
    {"a,b\r\n1,2\r\n", "[a][b]\n[1][2]\n", 0, 0, 0, 0},
    {"a,b\r\n1,2\r", "[a][b]\n[1][2]\n", 0, 0, 0, 0},
    {"\n\na,b\n\n\n1,2\n\n", "[a][b]\n[1][2]\n", 0, 0, 0, 0},
    {"\r\n\r\na,b\r\n\r\n1,2\r\n\r\n", "[a][b]\n[1][2]\n", 0, 0, 0, 0},
    {"a,b\n1,2\r\n3,4\n", "[a][b]\n[1][2]\n[3][4]\n", 0, 0, 0, 0},
    {"a,b\nx\ry,2\n", "[a][b]\n[x\ry][2]\n", 0, 0, 0, 0},
    {"a,b\r\r\n", "[a][b\r]\n", 0, 0, 0, 0},
    {"a", "[a]\n", 0, 0, 0, 0},
    {"a\n\nb\n", "[a]\n[b]\n", 0, 0, 0, 0},
    {"", "!: is empty", 0, 0, 0, 0},
    {"", "!: is empty", 0, 1, 0, 0},
    {"\n\r\n\n", "!: is empty", 0, 1, 0, 0},
    {"\xef\xbb\xbf", "!: is empty", 0, 1, 0, 0},
    /* empty cells and spaces */
    {",\n,\n", "[][]\n[][]\n", 0, 0, 0, 0},
    {"a,\n,b\n", "[a][]\n[][b]\n", 0, 0, 0, 0},
    {"a,", "[a][]\n", 0, 0, 0, 0},
    {"a,b,\r\n1,2,\r\n", "[a][b][]\n[1][2][]\n", 0, 0, 0, 0},
    {" a , b \n 1 ,\t2\n", "[ a ][ b ]\n[ 1 ][\t2]\n", ",", 0, 0, 0},
    {" \n \n", "[ ]\n[ ]\n", 0, 0, 0, 0},
    /* quotes */
    {"\"a\",\"b\"\n\"1\",\"2\"\n", "[a][b]\n[1][2]\n", 0, 0, 0, 0},
    {"\"a\",\"b\"", "[a][b]\n", 0, 0, 0, 0},
    {"\"a\",\"b\"\r\n\"1\",\"2\"\r\n", "[a][b]\n[1][2]\n", 0, 0, 0, 0},
    {"\"a,b\",c\n", "[a,b][c]\n", 0, 0, 0, 0},
    {"\"a\nb\",c\n1,2\n", "[a\nb][c]\n[1][2]\n", 0, 0, 0, 0},
    {"\"a\r\nb\",c\n", "[a\r\nb][c]\n", 0, 0, 0, 0},
    {"\"a\n\n\nb\"\n", "[a\n\n\nb]\n", 0, 0, 0, 0},
    {"\"a\"\"b\",c\n", "[a\"b][c]\n", 0, 0, 0, 0},
    {"\"\"\"a\"\"\",\"\"\"\"\n", "[\"a\"][\"]\n", 0, 0, 0, 0},
    {"\"\"\"\"\"\",x\n", "[\"\"][x]\n", 0, 0, 0, 0},
    {"\"\",\"\"\n", "[][]\n", 0, 0, 0, 0},
    {"\"\"\n\"\"\n", "[]\n[]\n", 0, 0, 0, 0},
    {"a\"b,c\"\n", "[a\"b][c\"]\n", 0, 0, 0, 0},
    {"a \"b\" c,d\n", "[a \"b\" c][d]\n", 0, 0, 0, 0},
    {"\"a\"b,c\n", "[\"a\"b][c]\n", 0, 0, 0, 0},
    {"\"a\" ,c\n", "[\"a\" ][c]\n", 0, 0, 0, 0},
    {"\"a\" and \"b\",c\n", "[\"a\" and \"b\"][c]\n", 0, 0, 0, 0},
    {"\"x\"\"y\"z,\"p\"\"q\"\n", "[\"x\"\"y\"z][p\"q]\n", 0, 0, 0, 0},
    {" \"a\",b\n", "[ \"a\"][b]\n", 0, 0, 0, 0},
    {"\"a\"\r,b\n", "[\"a\"\r][b]\n", 0, 0, 0, 0},
    {"\"a,b\n", "!:1: a quote is opened here and never closed", 0, 0, 0, 0},
    {"a,b\n1,\"2\n3,4\n", "[a][b]\n!:2: a quote is opened here and never closed", 0, 0, 0, 0},
    {"a,b\n\"x\ny\",\"2\n3,4\n", "[a][b]\n!:3: a quote is opened here and never closed", 0, 0, 0, 0},
    {"a,b\n1,\"2\"\"\n", "[a][b]\n!:2: a quote is opened here and never closed", 0, 0, 0, 0},
    {"a,\"", "!:1: a quote is opened here and never closed", 0, 0, 0, 0},
    /* delimiters */
    {"a\tb\n1\t2\n", "[a][b]\n[1][2]\n", 0, 0, 0, 0},
    {"a\tb,c\n1,2\n", "[a\tb][c]\n[1][2]\n", 0, 0, 0, 0},
    {"a;b\n1;2\n", "[a][b]\n[1][2]\n", 0, 0, 0, 0},
    {"a;b,c\n1;,2\n", "[a;b][c]\n[1;][2]\n", 0, 0, 0, 0},
    {"a;b\tc\n1\t2\n", "[a;b][c]\n[1][2]\n", 0, 0, 0, 0},
    {"\"a,x\"\tb\n1\t2\n", "[a,x][b]\n[1][2]\n", 0, 0, 0, 0},
    {"a|b\n1|2\n", "[a][b]\n[1][2]\n", "|", 0, 0, 0},
    {"a::b\n1::2\n", "[a][b]\n[1][2]\n", "::", 0, 0, 0},
    {"a:b::c\n:::d\n", "[a:b][c]\n[][:d]\n", "::", 0, 0, 0},
    {"a::\n::b:\n", "[a][]\n[][b:]\n", "::", 0, 0, 0},
    {"\"a::b\"::\"c\"\r\n1::2\r\n", "[a::b][c]\n[1][2]\n", "::", 0, 0, 0},
    {"a::\"b\" is::c\n", "[a][\"b\" is][c]\n", "::", 0, 0, 0},
    {"a<sep7!>b\n", "[a][b]\n", "<sep7!>", 0, 0, 0},
    {"a<sep7!>b<sep7?>", "[a][b<sep7?>]\n", "<sep7!>", 0, 0, 0},
    {"a b\n1 2\n", "[a][b]\n[1][2]\n", " ", 0, 0, 0},
    {"a,b\n1,2\n", "[a,b]\n[1,2]\n", "\t", 0, 0, 0},
    /* numbers of fields */
    {"a,b\n1\n", "[a][b]\n!:2: 1 fields where the first line has 2", 0, 0, 0, 0},
    {"a,b\n1,2,3\n", "[a][b]\n!:2: 3 fields where the first line has 2", 0, 0, 0, 0},
    {"a,b\n1,2\n\n\"x\ny\",2\n1,2,3,\n", "<a><b>[1][2]\n[x\ny][2]\n!:6: 4 fields where the header has 2", 0,
     1, 0, 0},
    {"a,b\n1,2,\"x\"\"y\"\n", "<a><b>!:2: 3 fields where the header has 2", 0, 1, 0, 0},
    /* headers */
    {"a,b\n", "<a><b>", 0, 1, 0, 0},
    {"a,b", "<a><b>", 0, 1, 0, 0},
    {"\"a,1\",\"b\"\"2\"\n1,2\n", "<a,1><b\"2>[1][2]\n", 0, 1, 0, 0},
    {"\xef\xbb\xbf"
     "a,b\n1,2\n",
     "<a><b>[1][2]\n", 0, 1, 0, 0},
    {"\xef\xbb\xbf\"a\",b\r\n1,2\r\n", "<a><b>[1][2]\n", 0, 1, 0, 0},
    {"a,\xef\xbb\xbf\n", "[a][\xef\xbb\xbf]\n", 0, 0, 0, 0},
    /* bytes */
    {"\xc3\xa9,\xe2\x82\xac\n\xf0\x9f\x8e\x81,b\n", "[\xc3\xa9][\xe2\x82\xac]\n[\xf0\x9f\x8e\x81][b]\n", 0, 0,
     0, 0},
    {"\xe9,b\n", "[\xc3\xa9][b]\n", 0, 0, 1, 0},
    {"\xff\xfe,\x80\n", "[\xc3\xbf\xc3\xbe][\xc2\x80]\n", 0, 0, 1, 0},
    {"a,b\n1,\xe9t\xe9\n", "<a><b>!:2:2 (b): not UTF-8; set the encoding if it is latin1", 0, 1, 0, 0},
    {"a,b\n1,\xed\xa0\x80\n", "<a><b>!:2:2 (b): not UTF-8; set the encoding if it is latin1", 0, 1, 0, 0},
    {"a,b\n\xc3,\xa9\n", "<a><b>!:2:1 (a): not UTF-8; set the encoding if it is latin1", 0, 1, 0, 0},
    {"a,b\n1,\xc3", "<a><b>!:2:2 (b): not UTF-8; set the encoding if it is latin1", 0, 1, 0, 0},
    {"\xe9,b\n", "!:1:1: not UTF-8; set the encoding if it is latin1", 0, 1, 0, 0},
    {"a,b\n1,x\0y\n", "<a><b>!:2:2 (b): a zero byte; is this a text file?", 0, 1, 0, 10},
    {"a,b\n1,x\0y\n", "<a><b>!:2:2 (b): a zero byte; is this a text file?", 0, 1, 1, 10},
    {"\0", "!:1:1: a zero byte; is this a text file?", 0, 0, 0, 1},
    {"\x7f"
     "ELF\x02\x01\x01\0\0\n",
     "!:1:1: a zero byte; is this a text file?", 0, 1, 0, 10},
    {"\xff\xfe"
     "a\0,\0b\0",
     "!: is UTF-16; only UTF-8 and latin1 can be read", 0, 1, 0, 8},
    {"\xfe\xff\0a\0,\0b", "!: is UTF-16; only UTF-8 and latin1 can be read", 0, 1, 0, 8},
};

static reco_format format_of(const edge_case *c)
{
    reco_format format = reco__format_default();
    format.header = c->header;
    format.encoding = c->latin1 ? RECO__ENCODING_LATIN1 : RECO__ENCODING_UTF8;
    format.texts[RECO__TEXT_DELIMITER] = (char *)(uintptr_t)c->delimiter;
    return format;
}

static void test_edge_cases(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof edge_cases / sizeof *edge_cases; k++) {
        const edge_case *c = &edge_cases[k];
        reco_format format = format_of(c);
        reco__bytes out = {0};
        write_file(c->bytes, c->n ? c->n : strlen(c->bytes));
        render(&format, &out);
        if (strcmp(out.data, c->expected) != 0) {
            fail_msg("case %d '%s': expected '%s', got '%s'", (int)k, c->bytes, c->expected, out.data);
        }
        reco__bytes_free(&out);
    }
}

/* ---- against a second implementation ---- */

static void put(reco__bytes *out, const char *text, int64_t n)
{
    assert_true(reco__bytes_add(out, text, n));
}

static bool stops(const char *p, const char *delimiter)
{
    return *p == 0 || *p == '\n' || (*p == '\r' && (p[1] == '\n' || p[1] == 0)) ||
           strncmp(p, delimiter, strlen(delimiter)) == 0;
}

/* One cell at p in brackets; returns what follows it, NULL for a quote never closed. */
static const char *plain_cell(const char *p, const char *delimiter, reco__bytes *out)
{
    int64_t size = out->size;
    put(out, "[", 1);
    if (*p == '"') {
        const char *q = p + 1;
        while (*q && !(*q == '"' && q[1] != '"')) {
            put(out, q, 1);
            q += *q == '"' ? 2 : 1;
        }
        if (!*q) {
            return NULL;
        }
        if (stops(q + 1, delimiter)) {
            put(out, "]", 1);
            return q + 1;
        }
        out->size = size + 1;
    }
    for (; !stops(p, delimiter); p++) {
        put(out, p, 1);
    }
    put(out, "]", 1);
    return p;
}

/* What render() should give for a text without header, byte by byte. */
static void render_plainly(const char *p, const char *delimiter, reco__bytes *out)
{
    int columns = 0, line = 1;
    while (*p) {
        int cells = 0, first = line;
        int64_t size = out->size;
        const char *begin = p;
        char message[80];
        for (;; p += strlen(delimiter)) {
            const char *open = p;
            p = plain_cell(p, delimiter, out);
            cells++;
            if (!p) {
                for (const char *q = begin; q < open; q++) {
                    line += *q == '\n';
                }
                out->size = size;
                snprintf(message, sizeof message, "!:%d: a quote is opened here and never closed", line);
                put(out, message, (int64_t)strlen(message));
                return;
            }
            if (strncmp(p, delimiter, strlen(delimiter)) != 0 || *p == 0) {
                break;
            }
        }
        bool blank = p == begin;
        for (const char *q = begin; q < p; q++) {
            line += *q == '\n';
        }
        p += *p == '\r';
        line += *p == '\n';
        p += *p == '\n';
        if (blank) {
            out->size = size;
            continue;
        }
        columns = columns ? columns : cells;
        if (cells != columns) {
            out->size = size;
            snprintf(message, sizeof message, "!:%d: %d fields where the first line has %d", first, cells,
                     columns);
            put(out, message, (int64_t)strlen(message));
            return;
        }
        put(out, "\n", 1);
    }
    if (!columns) {
        out->size = 0;
        put(out, "!: is empty", 11);
    }
}

static void compare(const char *text, const char *delimiter)
{
    reco_format format = reco__format_default();
    reco__bytes out = {0}, expected = {0};
    format.header = 0;
    format.texts[RECO__TEXT_DELIMITER] = (char *)(uintptr_t)delimiter;
    write_file(text, strlen(text));
    render(&format, &out);
    render_plainly(text, delimiter, &expected);
    put(&expected, "", 1);
    if (strcmp(out.data, expected.data) != 0) {
        fail_msg("'%.200s': expected '%.200s', got '%.200s'", text, expected.data, out.data);
    }
    reco__bytes_free(&out);
    reco__bytes_free(&expected);
}

static void test_random_texts_against_a_plain_reader(void **state)
{
    (void)state;
    static const char alphabet[] = "aab,,,\"\"\"\n\n\r:::";
    for (uint64_t k = 0; k < 4000; k++) {
        reco__rng r = reco__rng_key(7, 1, k);
        char text[48];
        uint64_t n = reco__rng_below(&r, sizeof text);
        for (uint64_t i = 0; i < n; i++) {
            text[i] = alphabet[reco__rng_below(&r, sizeof alphabet - 1)];
        }
        text[n] = 0;
        compare(text, k % 2 ? "," : "::");
    }
}

/* Tables of many rows and of cells larger than the buffer: borders of the buffer fall everywhere. */
static void test_large_texts_against_a_plain_reader(void **state)
{
    (void)state;
    static const char alphabet[] = "ab,\"\"\n\r:: ";
    for (uint64_t k = 0; k < 12; k++) {
        reco__rng r = reco__rng_key(8, 1, k);
        const char *delimiter = k % 2 ? "," : "::";
        reco__bytes text = {0};
        while (text.size < 600000) {
            for (int column = 0; column < 3; column++) {
                uint64_t most = reco__rng_below(&r, 4000) == 0 ? 300000 : 12;
                put(&text, delimiter, column ? (int64_t)strlen(delimiter) : 0);
                put(&text, "\"", 1);
                for (uint64_t n = reco__rng_below(&r, most); n > 0; n--) {
                    char c = alphabet[reco__rng_below(&r, sizeof alphabet - 1)];
                    put(&text, &c, 1);
                    put(&text, "\"", c == '"');
                }
                put(&text, "\"", 1);
            }
            put(&text, "\r\n", 2);
        }
        put(&text, "", 1);
        compare(text.data, delimiter);
        reco__bytes_free(&text);
    }
}

static void test_random_bytes_do_no_harm(void **state)
{
    (void)state;
    for (uint64_t k = 0; k < 3000; k++) {
        reco__rng r = reco__rng_key(9, 1, k);
        char bytes[64];
        size_t n = (size_t)reco__rng_below(&r, sizeof bytes);
        for (size_t i = 0; i < n; i++) {
            uint64_t draw = reco__rng_below(&r, 3 * 256);
            bytes[i] = draw < 256 ? (char)draw : ",\"\n\r\0\xc3\xa9:"[draw % 8];
        }
        reco_format format = reco__format_default();
        format.header = k % 2;
        format.encoding = k / 2 % 2;
        reco__bytes out = {0};
        write_file(bytes, n);
        render(&format, &out);
        assert_true(out.size > 0);
        reco__bytes_free(&out);
    }
}

/* ---- long lines ---- */

/* A line of n bytes 'x' and one row before it. */
static void write_long_line(int64_t n)
{
    static char block[1 << 16];
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    memset(block, 'x', sizeof block);
    fputs("a\nb\n", file);
    for (int64_t left = n; left > 0; left -= (int64_t)sizeof block) {
        assert_int_equal(fwrite(block, 1, sizeof block, file), sizeof block);
    }
    assert_int_equal(fclose(file), 0);
}

static void test_long_lines(void **state)
{
    (void)state;
    reco_format format = reco__format_default();
    reco_error err;
    reco__csv csv;
    bool got;
    write_long_line(20 << 20);
    assert_int_equal(reco__csv_open(&csv, path, &format, &err), RECO_OK);
    assert_int_equal(reco__csv_row(&csv, &got, &err), RECO_OK);
    assert_int_equal(reco__csv_row(&csv, &got, &err), RECO_OK);
    assert_true(got && csv.cells[0].length == 20 << 20);
    reco__csv_close(&csv);
    write_long_line(70 << 20);
    assert_int_equal(reco__csv_open(&csv, path, &format, &err), RECO_OK);
    assert_int_equal(reco__csv_row(&csv, &got, &err), RECO_OK);
    assert_int_equal(reco__csv_row(&csv, &got, &err), RECO_EFORMAT);
    assert_false(csv.recoverable);
    assert_string_equal(err.message + strlen(path), ":3: the line is longer than 64 MiB");
    reco__csv_close(&csv);
}

static void test_too_many_columns(void **state)
{
    (void)state;
    char *commas = malloc(70000);
    assert_non_null(commas);
    memset(commas, ',', 70000);
    write_file(commas, 70000);
    free(commas);
    reco_format format = reco__format_default();
    reco__bytes out = {0};
    render(&format, &out);
    assert_string_equal(out.data, "!:1: more than 65536 columns");
    reco__bytes_free(&out);
}

/* ---- finding columns ---- */

static void test_columns_by_name_and_number(void **state)
{
    (void)state;
    reco_format format = reco__format_default();
    reco_error err;
    reco__csv csv;
    int32_t column = -7;
    write_file("a,2,c\n", 6);
    assert_int_equal(reco__csv_open(&csv, path, &format, &err), RECO_OK);
    assert_int_equal(reco__csv_find(&csv, "a", 1, &column, &err), RECO_OK);
    assert_int_equal(column, 0);
    assert_int_equal(reco__csv_find(&csv, "3", 1, &column, &err), RECO_OK);
    assert_int_equal(column, 2);
    assert_int_equal(reco__csv_find(&csv, "2", 1, &column, &err), RECO_OK);
    assert_int_equal(column, 1);
    assert_int_equal(reco__csv_find(&csv, "4", 1, &column, &err), RECO_ENOTFOUND);
    assert_string_equal(err.message + strlen(path), ": no column '4'; the header has: a, 2, c");
    reco__csv_close(&csv);
    format.header = 0;
    assert_int_equal(reco__csv_open(&csv, path, &format, &err), RECO_OK);
    assert_int_equal(reco__csv_find(&csv, "a", 1, &column, &err), RECO_ENOTFOUND);
    assert_string_equal(err.message + strlen(path),
                        ": no column 'a'; without a header columns go by number, 1 to 3");
    reco__csv_close(&csv);
}

static void test_files_that_are_not_there(void **state)
{
    (void)state;
    reco_format format = reco__format_default();
    reco_error err;
    reco__csv csv;
    assert_int_equal(reco__csv_open(&csv, "/nowhere/at/all.csv", &format, &err), RECO_ENOTFOUND);
    assert_string_equal(err.message, "/nowhere/at/all.csv: cannot open: No such file or directory");
    reco__csv_close(&csv);
    assert_int_equal(reco__csv_open(&csv, "/", &format, &err), RECO_EIO);
    assert_string_equal(err.message, "/: cannot read: Is a directory");
    reco__csv_close(&csv);
}

static void test_long_names_are_cut_in_messages(void **state)
{
    (void)state;
    assert_int_equal(reco__shown_length("abc", 3, 5), 3);
    assert_int_equal(reco__shown_length("abcdef", 6, 5), 5);
    assert_int_equal(reco__shown_length("abcd\xc3\xa9", 6, 5), 4);
    assert_int_equal(reco__shown_length("abc\xe2\x82\xac", 6, 5), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_edge_cases),
        cmocka_unit_test(test_random_texts_against_a_plain_reader),
        cmocka_unit_test(test_large_texts_against_a_plain_reader),
        cmocka_unit_test(test_random_bytes_do_no_harm),
        cmocka_unit_test(test_long_lines),
        cmocka_unit_test(test_too_many_columns),
        cmocka_unit_test(test_columns_by_name_and_number),
        cmocka_unit_test(test_files_that_are_not_there),
        cmocka_unit_test(test_long_names_are_cut_in_messages),
    };
    return cmocka_run_group_tests(tests, make_file, remove_file);
}
