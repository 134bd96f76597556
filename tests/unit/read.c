/* SPDX-License-Identifier: MIT */
/* Event and feature files into a builder: what is taken in, what is counted, every refusal in its words, and
 * that a refused file leaves no trace. */
#include "base/rng.h"
#include "data/data.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char path[64];
static reco_error err;

static int make_file(void **state)
{
    (void)state;
    strcpy(path, "/tmp/reco-read-XXXXXX");
    int fd = mkstemp(path);
    return fd < 0 ? -1 : close(fd);
}

static int remove_file(void **state)
{
    (void)state;
    return unlink(path);
}

static void write_file(const char *text)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

/* A format from "name=value;name=value". */
static reco_format *format_of(const char *settings)
{
    reco_format *format;
    char copy[256], *rest = copy;
    assert_int_equal(reco_format_new(&format, &err), RECO_OK);
    snprintf(copy, sizeof copy, "%s", settings);
    for (char *part; (part = strsep(&rest, ";")) && *part;) {
        char *value = strchr(part, '=');
        *value++ = 0;
        bool number = strcmp(part, "header") == 0 || strcmp(part, "skip_bad_rows") == 0;
        assert_int_equal(number ? reco_format_set(format, part, atof(value), &err)
                                : reco_format_set_text(format, part, value, &err),
                         RECO_OK);
    }
    return format;
}

static reco_builder *new_builder(void)
{
    reco_builder *b;
    assert_int_equal(reco_builder_new(&b, &err), RECO_OK);
    assert_int_equal(reco_builder_set_event_type(b, "view", 0.5, &err), RECO_OK);
    assert_int_equal(reco_builder_set_event_type(b, "return", -1, &err), RECO_OK);
    assert_int_equal(reco_builder_set_event_type(b, "bot", 0, &err), RECO_OK);
    return b;
}

/* side: -1 for events. */
static reco_status read_text(reco_builder *b, int32_t side, const char *text, const char *settings)
{
    reco_format *format = format_of(settings);
    write_file(text);
    reco_status status = side < 0 ? reco_builder_read_events(b, path, format, &err)
                                  : reco_builder_read_features(b, side, path, format, &err);
    reco_format_free(format);
    return status;
}

static void read_well(reco_builder *b, int32_t side, const char *text, const char *settings)
{
    if (read_text(b, side, text, settings) != RECO_OK) {
        fail_msg("%s", err.message);
    }
}

static reco_data *finish(reco_builder *b)
{
    reco_data *data;
    assert_int_equal(reco_builder_finish(b, &data, &err), RECO_OK);
    reco_builder_free(b);
    return data;
}

/* ---- a data set as text ---- */

static void show_fields(const reco_data *data, int32_t side, int32_t k, char **to)
{
    const reco__side *s = &data->catalog->sides[side];
    for (int32_t f = 0; f < s->n_fields; f++) {
        const reco__field *field = &s->fields[f];
        if (field->kind == RECO__FIELD_NUMBER && !isnan(field->numbers[k])) {
            *to += sprintf(*to, " %s=%g", field->name, (double)field->numbers[k]);
        } else if (field->kind == RECO__FIELD_TEXT && *reco__string(&field->texts, k)) {
            *to += sprintf(*to, " %s='%s'", field->name, reco__string(&field->texts, k));
        } else if (field->kind == RECO__FIELD_TOKEN) {
            for (int64_t e = field->tokens.start[k]; e < field->tokens.start[k + 1]; e++) {
                *to += sprintf(*to, " %s:%s", field->name,
                               reco__string(&field->vocabulary, field->tokens.index[e]));
            }
        }
    }
}

/* "ann(3) mug=2@100 lamp=1; bob ... | lamp price=3; mug": users with consent, rows and features,
 * then items. */
/* When a user last took an item. */
static int64_t newest(const reco__log *log, int32_t user, int32_t item)
{
    int64_t found = RECO_NO_TIME;
    for (int64_t e = log->start[user]; log->time && e < log->start[user + 1]; e++) {
        found = log->item[e] == item && log->time[e] > found ? log->time[e] : found;
    }
    return found;
}

static const char *show(const reco_data *data)
{
    static char text[4096];
    char *to = text;
    const reco__history *h = data->history;
    for (int32_t u = 0; u < reco__data_users(data); u++) {
        to += sprintf(to, "%s%s", u ? "; " : "", reco_data_id(data, RECO_USER, u));
        to += data->catalog->consent[u] == RECO_CONSENT_ALL ? 0
                                                            : sprintf(to, "(%d)", data->catalog->consent[u]);
        for (int64_t e = h->x.start[u]; e < h->x.start[u + 1]; e++) {
            to += sprintf(to, " %s=%g", reco_data_id(data, RECO_ITEM, h->x.index[e]), (double)h->x.value[e]);
            int64_t time = newest(data->log, u, h->x.index[e]);
            to += time != RECO_NO_TIME ? sprintf(to, "@%lld", (long long)time) : 0;
        }
        show_fields(data, RECO_USER, u, &to);
    }
    to += sprintf(to, " |");
    for (int32_t i = 0; i < reco__data_items(data); i++) {
        to += sprintf(to, "%s %s", i ? ";" : "", reco_data_id(data, RECO_ITEM, i));
        show_fields(data, RECO_ITEM, i, &to);
    }
    return text;
}

static void expect(int32_t side, const char *text, const char *settings, const char *shown)
{
    reco_builder *b = new_builder();
    read_well(b, side, text, settings);
    reco_data *data = finish(b);
    assert_string_equal(show(data), shown);
    reco_data_free(data);
}

/* ---- events ---- */

static void test_events(void **state)
{
    (void)state;
    expect(-1, "user,item\na,x\nb,y\na,x\n", "", "a x=2; b y=1 | x; y");
    expect(-1, "item,time,user,value\nx,100,a,2.5\ny,,a,\n", "", "a x=2.5@100 y=1 | x; y");
    expect(-1, "a,x,3\nb,y,0.5\n", "header=0", "a x=3; b y=0.5 | x; y");
    expect(-1, "a,x\nb,y\n", "header=0", "a x=1; b y=1 | x; y");
    expect(-1, "a,x,3,zzz\n", "header=0", "a x=3 | x");
    expect(-1, "x::5::a\n", "header=0;delimiter=::;columns=user=3,item=1,value=2", "a x=5 | x");
    expect(-1, "who\twhat\twhen\na\tx\t1970-01-02\na\ty\t1970-01-01T00:00:10Z\n",
           "columns=user=who,item=what,time=when", "a x=1@86400 y=1@10 | x; y");
    expect(-1, "who\\twhat\n", "header=0;delimiter=\\t;columns=user=1,item=1",
           "who\\twhat who\\twhat=1 | who\\twhat");
    expect(-1, "user,item,type\na,x,view\na,x,\na,y,return\na,z,bot\n", "", "a x=1.5 | x; y");
    expect(-1, "user,item,value\n17,0017, 2 \n17,\"0017\",+1e1\n", "", "17 0017=12 | 0017");
    expect(-1, "user,item\n\xe9,x\n", "encoding=latin1", "\xc3\xa9 x=1 | x");
    expect(-1, "user,item\n", "", " |");
    expect(-1, "1,2,user,item\na,b,c,d\n", "columns=user=1,item=2", "a b=1 | b");
}

static void test_counts_add_up(void **state)
{
    (void)state;
    reco_builder *b = new_builder();
    read_well(
        b, -1,
        "user,item,value,time\n"
        "a,x,1,\n,x,1,\n,,junk,\na,,1,\na,x,0,\na,x,-1,\n"
        "a,x,abc,\na,x,1,never\na,x\na,x,1,2,3\n\"a\",x,1e30,\na,x,1e39,\na,\xff,1,\na,x,1,2001-01-01\n",
        "skip_bad_rows=1");
    static const struct {
        const char *name;
        int64_t count;
    } counts[] = {{"rows", 14},     {"rows_without_user", 2}, {"rows_without_item", 1},
                  {"rows_zero", 1}, {"rows_bad", 6},          {"events", 4},
                  {"returns", 1},   {"events_zero", 0}};
    for (size_t k = 0; k < sizeof counts / sizeof *counts; k++) {
        if (reco_builder_count(b, counts[k].name) != counts[k].count) {
            fail_msg("%s: %lld", counts[k].name, (long long)reco_builder_count(b, counts[k].name));
        }
    }
    reco_builder_free(b);
}

/* What is only in rows that do not count is not in the data. */
static void test_left_out_rows_leave_nothing(void **state)
{
    (void)state;
    expect(-1, "user,item,value,t\na,x,1,T\nb,,1,U\n,y,1,V\nc,z,0,W\nd,w,junk,X\na,x,1,Y\na,x,1,\n",
           "skip_bad_rows=1;item_columns=t=text;user_columns=t=token", "a x=3 t:Y | x t='Y'");
}

static void test_columns_that_describe(void **state)
{
    (void)state;
    expect(
        -1,
        "user,item,price,name,tags,land\na,x,1.5,Mug,k | b||,UK\na,y,,,,\nb,x,2,Blue mug,,FR\nb,y,3,,q,FR\n",
        "item_columns=price=number,name=text,tags=token,cost@price=number;user_columns=land=token",
        "a x=1 y=1 land:UK; b x=1 y=1 land:FR | x cost=2 name='Blue mug' price=2 tags:b tags:k; y cost=3 "
        "price=3 "
        "tags:q");
    expect(-1, "a,x,t1|t2\na,x,t3\n", "header=0;columns=user=1,item=2;item_columns=3=token,tag@3=text",
           "a x=2 | x 3:t3 tag='t3'");
    reco_builder *b = new_builder();
    read_well(b, -1, "user,item,tags\na,x,p|q\na,y,p\n", "item_columns=tags=token");
    assert_int_equal(reco_builder_add_token(b, RECO_ITEM, "x", "tags", "r", 1, &err), RECO_OK);
    read_well(b, -1, "user,item,tags\na,y,s\n", "item_columns=tags=token");
    reco_data *data = finish(b);
    assert_string_equal(show(data), "a x=1 y=2 | x tags:p tags:q tags:r; y tags:s");
    reco_data_free(data);
}

/* ---- a file and calls that say the same ---- */

static void same_data(const reco_data *a, const reco_data *b)
{
    const reco__csr *x = &a->history->x, *y = &b->history->x;
    for (int32_t side = RECO_USER; side <= RECO_ITEM; side++) {
        const reco__strings *p = &a->catalog->sides[side].ids, *q = &b->catalog->sides[side].ids;
        assert_int_equal(p->n, q->n);
        assert_memory_equal(p->bytes, q->bytes, p->offsets[p->n]);
    }
    assert_memory_equal(x->start, y->start, (x->rows + 1) * 8);
    assert_memory_equal(x->index, y->index, reco__csr_size(x) * 4);
    assert_memory_equal(x->value, y->value, reco__csr_size(x) * 4);
    assert_true(!a->log->time == !b->log->time);
    assert_memory_equal(a->log->item, b->log->item, a->log->start[x->rows] * 4);
    if (a->log->time) {
        assert_memory_equal(a->log->time, b->log->time, a->log->start[x->rows] * 8);
    }
}

static void make_id(char *text, uint64_t shape, int number)
{
    static const char *const prefixes[] = {"", "0", "item ", "a-rather-long-id-"};
    snprintf(text, 40, "%s%d", prefixes[shape], number);
}

/* Many rows, sorted and not: of users with more events than are sorted by merging, with ids of all shapes. */
static void test_a_file_says_what_calls_say(void **state)
{
    (void)state;
    enum { ROWS = 30000 };
    for (uint64_t k = 0; k < 4; k++) {
        reco_builder *by_file = new_builder(), *by_calls = new_builder();
        FILE *file = fopen(path, "wb");
        assert_non_null(file);
        fputs("user,item,value,time\n", file);
        for (uint64_t row = 0; row < ROWS; row++) {
            reco__rng r = reco__rng_key(21, k, row);
            char user[40], item[40];
            make_id(user, k, (int)(row * (k % 2 ? 1 : 7919) % ROWS / 500));
            make_id(item, reco__rng_below(&r, 4), (int)reco__rng_below(&r, 300));
            float value = (float)(int)reco__rng_below(&r, 10) / 2 - 1.25f;
            int64_t time = k > 1 ? (int64_t)(row / 9 * 7919 % 1000) * 86400 : RECO_NO_TIME;
            fprintf(file, reco__rng_below(&r, 50) ? "%s,%s,%g," : "\"%s\",%s, %g,", user, item,
                    (double)value);
            fprintf(file, k > 1 ? "%lld\n" : "\n", (long long)time);
            assert_int_equal(reco_builder_add_event(by_calls, user, item, NULL, value, time, &err), RECO_OK);
        }
        fclose(file);
        assert_int_equal(reco_builder_read_events(by_file, path, NULL, &err), RECO_OK);
        assert_int_equal(reco_builder_count(by_file, "events"), ROWS);
        reco_data *a = finish(by_file), *b = finish(by_calls);
        same_data(a, b);
        reco_data_free(a);
        reco_data_free(b);
    }
}

static void test_a_file_says_what_columns_say(void **state)
{
    (void)state;
    enum { ROWS = 20000 };
    static int64_t users[ROWS], items[ROWS];
    reco_builder *by_file = new_builder(), *by_columns = new_builder();
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    for (uint64_t row = 0; row < ROWS; row++) {
        reco__rng r = reco__rng_key(22, 1, row);
        users[row] = (int64_t)reco__rng_below(&r, 700) - 100;
        items[row] = (int64_t)(reco__rng_next(&r) >> reco__rng_below(&r, 64));
        fprintf(file, "%lld,%lld\n", (long long)users[row], (long long)items[row]);
    }
    fclose(file);
    reco_format *format = format_of("header=0");
    assert_int_equal(reco_builder_read_events(by_file, path, format, &err), RECO_OK);
    assert_int_equal(reco_builder_add_events_i64(by_columns, ROWS, users, items, NULL, NULL, &err), RECO_OK);
    reco_format_free(format);
    reco_data *a = finish(by_file), *b = finish(by_columns);
    same_data(a, b);
    reco_data_free(a);
    reco_data_free(b);
}

/* ---- features ---- */

static void test_features(void **state)
{
    (void)state;
    expect(RECO_ITEM, "id,price,title\nx,1.5,Blue mug\ny,,Red mug\n", "",
           " | x price=1.5 title='Blue mug'; y title='Red mug'");
    expect(RECO_ITEM, "id,g\nx,a|b\ny,c\n", "", " | x g:a g:b; y g:c");
    expect(RECO_ITEM, "id,g\n1,a\n2,a\n3,a\n4,a\n5,a\n", "", " | 1 g:a; 2 g:a; 3 g:a; 4 g:a; 5 g:a");
    expect(RECO_ITEM, "id,g\n1,a\n2,a\n3,a\n4,a\n", "", " | 1 g='a'; 2 g='a'; 3 g='a'; 4 g='a'");
    expect(RECO_ITEM, "id,g\nx,1\nx,2\ny,3\n", "columns=g=token", " | x g:1 g:2; y g:3");
    expect(RECO_ITEM, "id,n,empty\nx,1,\nx,2,\n", "", " | x n=2");
    expect(RECO_ITEM, "isbn,id,zip\n9,x,12\n", "columns=id=id,isbn=skip,code@zip=token", " | x code:12");
    expect(RECO_ITEM, "1::Toy Story (1995)::Animation|Children's\r\n2::The \"other\" one::Drama\r\n",
           "header=0;delimiter=::;columns=title@2=text,3=token",
           " | 1 3:Animation 3:Children's title='Toy Story (1995)'; 2 3:Drama title='The \"other\" one'");
    expect(RECO_ITEM, "x,7,q w e\n", "header=0", " | x 2=7 3='q w e'");
    expect(RECO_ITEM, "id\nx\ny\n", "", " | x; y");
    expect(RECO_USER,
           "id,consent,age\na,none,30\nb,training,40\nc,personal,50\nd,,60\ne,all,70\nf, personal | "
           "training,80\n",
           "", "b(1) age=40; c(2) age=50; d age=60; e age=70; f(3) age=80 |");
    expect(RECO_USER, "a,none\nb,all\n", "header=0;columns=2=consent", "b |");
    expect(RECO_USER, "id,Consent\na,none\nb,all\n", "", "b |");
    expect(RECO_USER, "id,consent\na,none\n", "columns=consent=token", "a consent:none |");
    expect(RECO_ITEM, "id,consent\nx,none\n", "columns=consent=text", " | x consent='none'");
}

static void test_kinds_of_fields_stay(void **state)
{
    (void)state;
    reco_builder *b = new_builder();
    assert_int_equal(reco_builder_add_text(b, RECO_ITEM, "x", "year", "about 1990", &err), RECO_OK);
    read_well(b, RECO_ITEM, "id,year\ny,1995\n", "");
    reco_data *data = finish(b);
    assert_string_equal(show(data), " | x year='about 1990'; y year='1995'");
    reco_data_free(data);
}

static void test_skipped_rows_of_features(void **state)
{
    (void)state;
    reco_builder *b = new_builder();
    read_well(b, RECO_ITEM, "id,price\nx,1\ny,dear\n,3\nz\nw,4\n", "skip_bad_rows=1;columns=price=number");
    assert_int_equal(reco_builder_count(b, "feature_rows"), 5);
    assert_int_equal(reco_builder_count(b, "feature_rows_bad"), 3);
    assert_int_equal(reco_builder_count(b, "rows"), 0);
    reco_data *data = finish(b);
    assert_string_equal(show(data), " | w price=4; x price=1");
    reco_data_free(data);
}

/* ---- refusals ---- */

typedef struct refusal {
    int32_t side;
    const char *text, *settings;
    reco_status status;
    const char *message; /* behind the path when it begins with ':' */
} refusal;

#define LONG_TEXT                                                                                            \
    "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"

static const refusal refusals[] = {
    {-1, "user,item,Quantity\na,x,1\na,x,abc\n", "columns=user=user,item=item,value=Quantity", RECO_EFORMAT,
     ":3:3 (Quantity): 'abc' is no number"},
    {-1, "a,x,abc\n", "header=0", RECO_EFORMAT, ":1:3: 'abc' is no number"},
    {-1, "user,item,value\na,x,nan\n", "", RECO_EFORMAT, ":2:3 (value): 'nan' is no number"},
    {-1, "user,item,value\na,x,1e39\n", "", RECO_EFORMAT, ":2:3 (value): the value is too large"},
    {-1, "user,item,value\na,x,1e400\n", "", RECO_EFORMAT, ":2:3 (value): '1e400' is no number"},
    {-1, "user,item,time\na,x,soon\n", "", RECO_EFORMAT, ":2:3 (time): 'soon' is no time"},
    {-1, "user,item,type\na,x,gift\n", "", RECO_EFORMAT,
     ":2:3 (type): 'gift' is no type of event that was named"},
    {-1, "user,item\na\n", "", RECO_EFORMAT, ":2: 1 fields where the header has 2"},
    {-1, "user,item\n\"a\n,x\n", "", RECO_EFORMAT, ":2: a quote is opened here and never closed"},
    {-1, "user,item\na,\xff\n", "", RECO_EFORMAT, ":2:2 (item): not UTF-8; set the encoding if it is latin1"},
    {-1, "", "", RECO_EFORMAT, ": is empty"},
    {-1, "who,item,price\na,x,1\n", "", RECO_ENOTFOUND,
     ": no column 'user'; the header has: who, item, price"},
    {-1, "user\na\n", "", RECO_ENOTFOUND, ": no column 'item'; the header has: user"},
    {-1, "a\n", "header=0", RECO_ENOTFOUND,
     ": no column 'item'; without a header columns go by number, 1 to 1"},
    {-1, "user,item\na,x\n", "columns=user=user,item=what", RECO_ENOTFOUND,
     ": no column 'what'; the header has: user, item"},
    {-1, "user,item\na,x\n", "columns=user=user", RECO_EINVAL,
     "format: 'columns' of events must name user and item, got 'user=user'"},
    {-1, "user,item\na,x\n", "columns=user=user,item=item,date=item", RECO_EINVAL,
     "format: 'columns' of events are user, item, value, time, type; got 'date'"},
    {-1, "user,item\na,x\n", "columns=user=user,item=item,user=item", RECO_EINVAL,
     "format: 'columns' names 'user' twice"},
    {-1, "user,item,p\na,x,1\n", "item_columns=p=price", RECO_EINVAL,
     "format: column 'p' must be one of number, text, token, id, skip, consent, got 'price'"},
    {-1, "user,item,p\na,x,1\n", "item_columns=p=skip", RECO_EINVAL,
     "format: column 'p' of events must be one of number, text, token"},
    {-1, "user,item,p\na,x,1\n", "item_columns=q=text", RECO_ENOTFOUND,
     ": no column 'q'; the header has: user, item, p"},
    {-1, "user,item,p\na,x,1\na,x,1.5.2\n", "item_columns=p=number", RECO_EFORMAT,
     ":3:3 (p): '1.5.2' is no number"},
    {-1, "user,item,p\na,x,1\n", "item_columns=known=text,p=number,known@p=text", RECO_ENOTFOUND,
     ": no column 'known'; the header has: user, item, p"},
    {-1, "user,item,p\na,x,1\n", "item_columns=known@p=text", RECO_EINVAL,
     "field 'known' has kind number, not text"},
    {RECO_ITEM, "id,known\nx,abc\n", "", RECO_EFORMAT, ":2:2 (known): 'abc' is no number"},
    {RECO_ITEM, "id,known\nx,abc\n", "columns=known=text", RECO_EINVAL,
     "field 'known' has kind number, not text"},
    {RECO_ITEM, "id,p\nx,1\n,2\n", "", RECO_EFORMAT, ":3:1 (id): the id is empty"},
    {RECO_ITEM, "id,p,p\nx,1,2\n", "", RECO_EFORMAT, ": two columns are named 'p'; skip one"},
    {RECO_ITEM, "id,,p\nx,1,2\n", "", RECO_EFORMAT,
     ":1:2: the column's name must have 1 to 63 bytes; name it or skip it"},
    {RECO_ITEM, "id,a<b\nx,word\ny,other\n", "", RECO_EINVAL,
     "field 'a<b': a name has 1 to 63 bytes, no control characters and none of < > = !"},
    {RECO_ITEM, "id,p\nx,1\n", "columns=p=number,p=text", RECO_EINVAL,
     "format: 'columns' names column 'p' twice"},
    {RECO_ITEM, "id,p\nx,1\n", "columns=p=consent", RECO_EINVAL, "format: column 'p': only users consent"},
    {RECO_ITEM, "id,p\nx,1\n", "columns=q=text", RECO_ENOTFOUND, ": no column 'q'; the header has: id, p"},
    {RECO_USER, "id,consent\nx,maybe\n", "", RECO_EFORMAT,
     ":2:2 (consent): 'maybe' is no consent: all, none or, joined by |, any of training, personal"},
    {RECO_USER, "id,consent\na,none\nnew,3\n", "", RECO_EFORMAT,
     ":3:2 (consent): '3' is no consent: all, none or, joined by |, any of training, personal"},
    {RECO_USER, "id,consent,agreed\na,none,all\n", "columns=agreed=consent", RECO_EINVAL,
     "format: columns 'agreed' and 'consent' both hold consent; skip one"},
    {RECO_ITEM, "id,p\nx,1,2\n", "", RECO_EFORMAT, ":2: 3 fields where the header has 2"},
};

/* The builder as the refusals find and should leave it. */
static reco_builder *builder_with_some(void)
{
    reco_builder *b = new_builder();
    read_well(b, -1, "user,item,value,time\na,x,2,100\nb,y,-1,\n", "");
    assert_int_equal(reco_builder_add_number(b, RECO_ITEM, "x", "known", 7, &err), RECO_OK);
    assert_int_equal(reco_builder_set_consent(b, "a", RECO_CONSENT_TRAINING, &err), RECO_OK);
    return b;
}

static void test_refusals_leave_no_trace(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof refusals / sizeof *refusals; k++) {
        const refusal *r = &refusals[k];
        reco_builder *b = builder_with_some();
        err.message[0] = 0;
        reco_status status = read_text(b, r->side, r->text, r->settings);
        const char *message = err.message;
        message += r->message[0] == ':' && strncmp(message, path, strlen(path)) == 0 ? strlen(path) : 0;
        if (status != r->status || strcmp(message, r->message) != 0) {
            fail_msg("case %d: expected %d '%s', got %d '%s'", (int)k, r->status, r->message, status,
                     message);
        }
        assert_int_equal(reco_builder_count(b, "rows"), 2);
        assert_int_equal(reco_builder_count(b, "events"), 2);
        reco_data *data = finish(b);
        assert_string_equal(show(data), "a(1) x=2@100; b | x known=7; y");
        assert_int_equal(data->catalog->sides[RECO_ITEM].n_fields, 1);
        reco_data_free(data);
    }
}

static void test_long_ids_and_tokens(void **state)
{
    (void)state;
    char text[1400], id[1100];
    for (int length = 1023; length <= 1024; length++) {
        memset(id, 'i', sizeof id);
        id[length] = 0;
        reco_builder *b = new_builder();
        snprintf(text, sizeof text, "user,item\na,%s\n", id);
        assert_int_equal(read_text(b, -1, text, ""), length == 1023 ? RECO_OK : RECO_EFORMAT);
        snprintf(text, sizeof text, "id,p\n%s,1\n", id);
        assert_int_equal(read_text(b, RECO_ITEM, text, ""), length == 1023 ? RECO_OK : RECO_EFORMAT);
        snprintf(text, sizeof text, "id,tok\na,b|%s\n", id);
        assert_int_equal(read_text(b, RECO_ITEM, text, "columns=tok=token"),
                         length == 1023 ? RECO_OK : RECO_EFORMAT);
        if (length == 1024) {
            assert_string_equal(
                err.message + strlen(path),
                ":2:2 (tok): 'b|iiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiii' has a token of over 1023 bytes");
            read_well(b, RECO_ITEM, text, ""); /* found to be a text */
        }
        reco_builder_free(b);
    }
}

static void test_long_paths_show_their_end(void **state)
{
    (void)state;
    reco_builder *b = new_builder();
    char name[300];
    snprintf(name, sizeof name, "%s-%s", path, LONG_TEXT);
    FILE *file = fopen(name, "wb");
    assert_non_null(file);
    fputs("user,item,value\na,x,1\na,x,abc\n", file);
    fclose(file);
    assert_int_equal(reco_builder_read_events(b, name, NULL, &err), RECO_EFORMAT);
    assert_memory_equal(err.message, "...", 3);
    assert_string_equal(err.message + 103 - 10, "0123456789:3:3 (value): 'abc' is no number");
    unlink(name);
    reco_builder_free(b);
}

static void test_formats(void **state)
{
    (void)state;
    reco_format *format;
    static const struct {
        const char *name, *value, *message;
        reco_status status;
    } cases[] = {
        {"header", "2", "format: 'header' must be a whole number in [0, 1], got 2", RECO_EINVAL},
        {"encoding", "utf-16", "format: 'encoding' must be one of utf-8, latin1, got 'utf-16'", RECO_EINVAL},
        {"delimiter", "12345678", "format: 'delimiter' must have at most 7 bytes, got '12345678'",
         RECO_EINVAL},
        {"delimiter", "\"", "format: 'delimiter' must hold no quote and no line end", RECO_EINVAL},
        {"delimiter", "\n", "format: 'delimiter' must hold no quote and no line end", RECO_EINVAL},
        {"columns", "user", "format: 'columns' must be a list as a=b,c=d, got 'user'", RECO_EINVAL},
        {"columns", "user=,item=b", "format: 'columns' must be a list as a=b,c=d, got 'user='", RECO_EINVAL},
        {"item_columns", "=text", "format: 'item_columns' must be a list as a=b,c=d, got '=text'",
         RECO_EINVAL},
        {"columns", "user=\xff", "format: 'columns' must be UTF-8", RECO_EINVAL},
        {"quote", "x",
         "format: no 'quote'; there are: header, skip_bad_rows, encoding, delimiter, columns, item_columns, "
         "user_columns, context_columns",
         RECO_ENOTFOUND},
    };
    assert_int_equal(reco_format_new(&format, &err), RECO_OK);
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        assert_int_equal(reco_format_set_text(format, cases[k].name, cases[k].value, &err), cases[k].status);
        assert_string_equal(err.message, cases[k].message);
    }
    assert_int_equal(reco_format_set(format, "columns", 1, &err), RECO_EINVAL);
    assert_int_equal(reco_format_set(format, "nothing", 1, &err), RECO_ENOTFOUND);
    assert_int_equal(reco_format_set(format, "header", 0.5, &err), RECO_EINVAL);
    assert_int_equal(reco_format_set(NULL, "header", 0, &err), RECO_EINVAL);
    assert_int_equal(reco_format_set_text(format, NULL, "", &err), RECO_EINVAL);
    assert_int_equal(reco_format_new(NULL, &err), RECO_EINVAL);
    reco_format_free(format);
    reco_format_free(NULL);
}

static void test_wrong_calls(void **state)
{
    (void)state;
    reco_builder *b = new_builder();
    assert_int_equal(reco_builder_read_events(NULL, path, NULL, &err), RECO_EINVAL);
    assert_int_equal(reco_builder_read_events(b, NULL, NULL, NULL), RECO_EINVAL);
    assert_int_equal(reco_builder_read_features(b, 2, path, NULL, &err), RECO_EINVAL);
    assert_int_equal(reco_builder_read_features(NULL, 0, path, NULL, &err), RECO_EINVAL);
    assert_int_equal(reco_builder_read_events(b, "/nowhere.csv", NULL, &err), RECO_ENOTFOUND);
    assert_int_equal(reco_builder_read_features(b, 0, "/", NULL, &err), RECO_EIO);
    reco_builder_free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_events),
        cmocka_unit_test(test_counts_add_up),
        cmocka_unit_test(test_left_out_rows_leave_nothing),
        cmocka_unit_test(test_columns_that_describe),
        cmocka_unit_test(test_a_file_says_what_calls_say),
        cmocka_unit_test(test_a_file_says_what_columns_say),
        cmocka_unit_test(test_features),
        cmocka_unit_test(test_kinds_of_fields_stay),
        cmocka_unit_test(test_skipped_rows_of_features),
        cmocka_unit_test(test_refusals_leave_no_trace),
        cmocka_unit_test(test_long_ids_and_tokens),
        cmocka_unit_test(test_long_paths_show_their_end),
        cmocka_unit_test(test_formats),
        cmocka_unit_test(test_wrong_calls),
    };
    return cmocka_run_group_tests(tests, make_file, remove_file);
}
