/* SPDX-License-Identifier: MIT */
/* Consents in words, by call and in files of users: what cannot be read never counts as one, and nobody's no is lost. */
#include "support/made.h"

#include "data/data.h"

#include <stdio.h>
#include <unistd.h>

static reco_builder *new_builder(void)
{
    reco_builder *b = NULL;
    OK(reco_builder_new(&b, &err));
    return b;
}

static void add(reco_builder *b, const char *user, const char *item)
{
    OK(reco_builder_add_event(b, user, item, NULL, 1, RECO_NO_TIME, &err));
}

static reco_data *finish(reco_builder *b)
{
    reco_data *data = NULL;
    OK(reco_builder_finish_free(b, &data, &err));
    return data;
}

/* What a user of a data set agreed to; 77 for who is not there. */
static int32_t consent_of(const reco_data *data, const char *user)
{
    int32_t index;
    return reco_data_find(data, RECO_USER, user, &index, NULL) ? 77 : reco_data_consent(data, index);
}

/* ---- by call ---- */

static const struct {
    const char *text;
    int32_t consent; /* 99: cannot be read */
} words[] = {
    {"all", -1},
    {"none", 0},
    {"training", 1},
    {"personal", 2},
    {"email", 4},
    {"e mail|sms", 24},
    {"email|training", 5},
    {" none ", 0},
    {" all", -1},
    {"email | email", 4},
    {"no", 99},
    {"nein", 99},
    {"?", 99},
    {"", 99},
    {" ", 99},
    {"|", 99},
    {"email|", 99},
    {"|email", 99},
    {"email||sms", 99},
    {"all|email", 99},
    {"none|email", 99},
    {"email|none", 99},
    {"ALL", 99},
    {"None", 99},
    {"3", 99},
    {"0", 99},
    {"-1", 99},
    {"training,email", 99},
    {"training email", 99},
    {"post", 99},
    {"email|post", 99},
    {"yes", 99},
    {"true", 99},
    {"emai", 99},
    {"emails", 99},
};

static reco_builder *builder_with_purposes(void)
{
    reco_builder *b = new_builder();
    OK(reco_builder_set_purpose(b, "email", NULL, &err));
    OK(reco_builder_set_purpose(b, "e mail", NULL, &err));
    OK(reco_builder_set_purpose(b, "sms", NULL, &err));
    return b;
}

static void test_consents_in_words(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof words / sizeof *words; k++) {
        reco_builder *b = builder_with_purposes();
        reco_error why = {""};
        add(b, "ann", "mug");
        reco_status status = reco_builder_set_consent_text(b, "ann", words[k].text, &why);
        assert_int_equal(status, words[k].consent == 99 ? RECO_EINVAL : RECO_OK);
        assert_true(status == RECO_OK || strstr(why.message, "training, personal, email, e mail, sms"));
        reco_data *data = finish(b);
        int32_t expected = words[k].consent == 99 ? RECO_CONSENT_ALL : words[k].consent;
        assert_int_equal(consent_of(data, "ann"), expected ? expected : 77);
        reco_data_free(data);
    }
    reco_builder *b = new_builder();
    FAILS(reco_builder_set_consent_text(b, "ann", NULL, &err), RECO_EINVAL);
    FAILS(reco_builder_set_consent_text(b, NULL, "all", &err), RECO_EINVAL);
    FAILS(reco_builder_set_consent_text(b, "", "all", &err), RECO_EINVAL);
    reco_builder_free(b);
}

/* ---- files ---- */

static char path[64];

static int make_file(void **state)
{
    (void)state;
    strcpy(path, "/tmp/reco-consent-XXXXXX");
    int fd = mkstemp(path);
    return fd < 0 ? -1 : close(fd);
}

static int remove_file(void **state)
{
    (void)state;
    return unlink(path);
}

static reco_status read_users(reco_builder *b, const char *text, const char *columns, bool skip,
                              reco_error *why)
{
    reco_format *format = NULL;
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
    OK(reco_format_new(&format, &err));
    OK(reco_format_set(format, "skip_bad_rows", skip, &err));
    OK(reco_format_set_text(format, "columns", columns, &err));
    reco_status status = reco_builder_read_features(b, RECO_USER, path, format, why);
    reco_format_free(format);
    return status;
}

static void test_cells(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof words / sizeof *words; k++) {
        for (int32_t skip = 0; skip < 2; skip++) {
            char text[256];
            reco_error why = {""};
            reco_builder *b = builder_with_purposes();
            add(b, "ann", "mug");
            OK(reco_builder_set_consent(b, "ann", RECO_CONSENT_TRAINING, &err));
            snprintf(text, sizeof text, "id,consent\nnew,all\nann,\"%s\"\n", words[k].text);
            reco_status status = read_users(b, text, "", skip, &why);
            bool empty = !words[k].text[0]; /* says nothing */
            bool good = words[k].consent != 99 || empty;
            assert_int_equal(status, good ? RECO_OK : RECO_EFORMAT);
            assert_true(good || strstr(why.message, ":3:2 (consent): '"));
            assert_true(good || strstr(why.message, "any of training, personal, email, e mail, sms"));
            reco_data *data = finish(b);
            int32_t expected = !good || empty ? RECO_CONSENT_TRAINING : words[k].consent;
            assert_int_equal(consent_of(data, "ann"), expected ? expected : 77);
            assert_int_equal(consent_of(data, "new"), good ? RECO_CONSENT_ALL : 77);
            reco_data_free(data);
        }
    }
}

/* A row that is left out for another cell is heard all the same: in the columns before and after. */
static void test_skipped_rows_are_heard(void **state)
{
    (void)state;
    const char *const named = "id,n,age,consent\nbob,B,3,all\nann,A,34,all\nbob,B,?,none\n"
                              "cy,C,?,training\ndee,,?,\neve,,50,personal\n";
    const char *const files[] = {
        "user,age,consent\nann,34,all\nbob,NULL,none\ncy,?,training\ndee,?,\neve,50,personal\n",
        "user,consent,age\nann,all,34\nbob,none,NULL\ncy,training,?\ndee,,?\neve,personal,50\n",
        named,
    };
    for (size_t k = 0; k < sizeof files / sizeof *files; k++) {
        reco_builder *b = new_builder();
        add(b, "bob", "mug");
        add(b, "ann", "mug");
        OK(read_users(b, files[k], k == 2 ? "n=text,age=number" : "age=number", true, &err));
        assert_int_equal(reco_builder_count(b, "feature_rows_bad"), 3);
        assert_int_equal(reco_builder_count(b, "feature_rows"), k == 2 ? 6 : 5);
        reco_data *data = finish(b);
        assert_int_equal(consent_of(data, "ann"), RECO_CONSENT_ALL);
        assert_int_equal(consent_of(data, "bob"), 77);
        assert_int_equal(consent_of(data, "cy"), RECO_CONSENT_TRAINING);
        assert_int_equal(consent_of(data, "dee"), 77); /* the row said nothing that could be read */
        assert_int_equal(consent_of(data, "eve"), RECO_CONSENT_PERSONAL);
        assert_int_equal(reco_data_count(data, "users_without_consent"), 1);
        assert_int_equal(reco_data_count(data, "events"), 1);
        const reco__field *age = reco__catalog_field(data->catalog, RECO_USER, "age");
        assert_true(age->numbers[0] != age->numbers[0]); /* cy: shorter ids come first */
        assert_true(age->numbers[1] == 34 && age->numbers[2] == 50);
        const reco__field *name = reco__catalog_field(data->catalog, RECO_USER, "n");
        assert_true(!name == (k != 2));
        assert_true(!name ||
                    (reco__string(&name->texts, 0)[0] == 0 && reco__string(&name->texts, 1)[0] == 'A'));
        reco_data_free(data);
    }
}

static void test_rows_that_cannot_be_heard(void **state)
{
    (void)state;
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"user,age,consent\nbob,3\n",
         ":2: 2 fields where the header has 3; where users say what they agreed to, "
         "such a row is not skipped"},
        {"user,age,consent\n,3,none\n",
         ":2:1 (user): the id is empty; where users say what they agreed to, such a "
         "row is not skipped"},
        {"user,age,consent\nb\xff"
         "b,3,none\n",
         ":2:1 (user): not UTF-8; set the encoding if it is latin1; where "
         "users say what they agreed to, such a row is not skipped"},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        reco_error why = {""};
        reco_builder *b = new_builder();
        add(b, "bob", "mug");
        OK(reco_builder_set_consent(b, "bob", RECO_CONSENT_NONE, &err));
        assert_int_equal(read_users(b, cases[k].text, "", true, &why), RECO_EFORMAT);
        assert_string_equal(why.message + strlen(path), cases[k].message);
        assert_int_equal(read_users(b, cases[k].text, "", true, NULL), RECO_EFORMAT);
        assert_int_equal(read_users(b, cases[k].text, "consent=skip", true, NULL),
                         RECO_OK); /* no consent, no harm */
        reco_data *data = finish(b);
        assert_int_equal(consent_of(data, "bob"), 77);
        reco_data_free(data);
    }
}

/* What a file said before it failed is as if never said; what was said before it stays. */
static void test_failed_reads_change_nothing(void **state)
{
    (void)state;
    reco_builder *b = new_builder();
    OK(reco_builder_set_purpose(b, "email", NULL, &err));
    add(b, "ann", "mug");
    add(b, "bob", "mug");
    OK(reco_builder_set_consent_text(b, "bob", "none", &err));
    FAILS(read_users(b, "id,consent,age\nbob,all,3\nann,none,4\nnew,email,5\nann,all,old\n", "age=number",
                     false, &err),
          RECO_EFORMAT);
    FAILS(read_users(b, "id,consent,age\nbob,all,3\nann,none,4\nnew,email,5\nann,perhaps,6\n", "age=number",
                     true, &err),
          RECO_EFORMAT);
    reco_data *data = NULL;
    OK(reco_builder_finish(b, &data, &err));
    assert_int_equal(consent_of(data, "ann"), RECO_CONSENT_ALL);
    assert_int_equal(consent_of(data, "bob"), 77);
    assert_int_equal(consent_of(data, "new"), 77);
    reco_data_free(data);
    OK(read_users(b, "id,consent\nbob,email|training\nann,none\nbob,email\n", "", false,
                  &err)); /* the last word */
    OK(reco_builder_set_consent_text(b, "cy", "email", &err));
    OK(read_users(b, "id,consent\ncy,\n", "", false, &err)); /* no word */
    data = finish(b);
    assert_int_equal(consent_of(data, "ann"), 77);
    assert_int_equal(consent_of(data, "bob"), 4);
    assert_int_equal(consent_of(data, "cy"), 4);
    reco_data_free(data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_consents_in_words),           cmocka_unit_test(test_cells),
        cmocka_unit_test(test_skipped_rows_are_heard),      cmocka_unit_test(test_rows_that_cannot_be_heard),
        cmocka_unit_test(test_failed_reads_change_nothing),
    };
    return cmocka_run_group_tests(tests, make_file, remove_file);
}
