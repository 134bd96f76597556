/* SPDX-License-Identifier: MIT */
/* What all else stands on: numbers, times and words as text, checksums, sizes, selection, threads, runs, files. */
#include "base/bytes.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/rng.h"
#include "base/system.h"
#include "base/thread.h"
#include "base/topk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

enum { MANY_BYTES = 300000 };

static bool number(const char *text, double *out)
{
    return reco__parse_number(text, (int64_t)strlen(text), out);
}

static void test_numbers_read_and_write(void **state)
{
    (void)state;
    static const double values[] = {0,      1,       -1,   0.007, 1e-3, 123456789.125, 1.7976931348623157e308,
                                    5e-324, 1.0 / 3, 1e22, 1e23};
    for (size_t k = 0; k < sizeof values / sizeof *values; k++) {
        char text[RECO__NUMBER_TEXT];
        double back = -7;
        reco__format_number(values[k], text);
        assert_true(number(text, &back));
        assert_true(back == values[k]);
    }
    double out;
    assert_true(number(" 12.5 ", &out) && out == 12.5);
    assert_true(number("+.5e1", &out) && out == 5);
    static const char *const bad[] = {"",    " ",    ".",   "-",   "1e",    "1e+", "nan",
                                      "inf", "0x10", "1,5", "1 2", "1e999", "--1"};
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
        assert_false(number(bad[k], &out));
    }
}

/* On every platform, and not only where long double is wider than double. */
static void test_doubles_of_all_sizes_read_back(void **state)
{
    (void)state;
    for (uint64_t k = 1; k <= 20000; k++) {
        uint64_t bits = k * 0x9e3779b97f4a7c15u >> 1;
        char text[RECO__NUMBER_TEXT];
        double value, back;
        memcpy(&value, &bits, sizeof value);
        if (isfinite(value)) {
            reco__format_number(value, text);
            assert_true(number(text, &back) && back == value);
        }
    }
}

static bool time_of(const char *text, int64_t *out)
{
    return reco__parse_time(text, (int64_t)strlen(text), out);
}

static void test_times(void **state)
{
    (void)state;
    int64_t t;
    assert_true(time_of("1970-01-01", &t) && t == 0);
    assert_true(time_of("2011-12-09 12:50:00", &t) && t == 1323435000);
    assert_true(time_of("2011-12-09T12:50:00Z", &t) && t == 1323435000);
    assert_true(time_of("2011-12-09T14:50:00.25+02:00", &t) && t == 1323435000);
    assert_true(time_of("2011-12-09 12:50", &t) && t == 1323435000);
    assert_true(time_of("1323435000", &t) && t == 1323435000);
    assert_true(time_of("1396437466.94", &t) && t == 1396437466);
    assert_true(time_of("2000-02-29", &t) && t == 951782400);
    static const char *const bad[] = {"",
                                      "2011-13-01",
                                      "2011-02-29",
                                      "1900-02-29",
                                      "2011-12-09 25:00",
                                      "yesterday",
                                      "2011-12-09 12",
                                      "09/12/2011",
                                      "2011-12-09 12:50:00 pm",
                                      "1e300"};
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
        assert_false(time_of(bad[k], &t));
    }
}

static void test_integers(void **state)
{
    (void)state;
    static const int64_t values[] = {0, 1, -1, 10, INT64_MAX, INT64_MIN};
    for (size_t k = 0; k < sizeof values / sizeof *values; k++) {
        char text[RECO__NUMBER_TEXT];
        int64_t back, n = reco__format_int(values[k], text);
        assert_true(reco__parse_int(text, n, &back) && back == values[k]);
    }
    int64_t out;
    assert_false(reco__parse_int("9223372036854775808", 19, &out));
    assert_false(reco__parse_int("-9223372036854775809", 20, &out));
    assert_false(reco__parse_int("1.0", 3, &out));
}

static void test_checksum(void **state)
{
    (void)state;
    assert_int_equal(reco__crc32c(0, "123456789", 9), 0xe3069283u); /* the check value of CRC-32C */
    unsigned char zeros[32] = {0};
    assert_int_equal(reco__crc32c(0, zeros, 32), 0x8a9136aau); /* RFC 3720 B.4 */
}

static void test_utf8(void **state)
{
    (void)state;
    assert_true(reco__utf8_valid("plain", 5));
    assert_true(reco__utf8_valid("caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80", 14));
    static const char *const bad[] = {"\xc0\x80", "\xe0\x80\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80",
                                      "\xff",     "\xc3",         "\x80"};
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
        assert_false(reco__utf8_valid(bad[k], (int64_t)strlen(bad[k])));
    }
    assert_false(reco__utf8_valid("a\0b", 3));
}

static void test_sizes_are_checked(void **state)
{
    (void)state;
    int64_t out;
    assert_false(reco__mul(INT64_MAX, 2, &out));
    assert_false(reco__add(INT64_MAX, 1, &out));
    assert_false(reco__mul(-1, 2, &out));
    assert_null(reco__alloc(INT64_MAX / 2, 4));
    assert_null(reco__alloc(-1, 4));
    void *none = reco__alloc(0, 4);
    assert_non_null(none);
    reco__free(none);
}

static int by_order(const void *a, const void *b)
{
    return reco__before(*(const reco__scored *)a, *(const reco__scored *)b) ? -1 : 1;
}

static void test_topk_equals_sorting(void **state)
{
    (void)state;
    reco__rng random = reco__rng_key(1, 2, 3);
    for (int round = 0; round < 500; round++) {
        reco__scored all[64], kept[64];
        int32_t n = (int32_t)reco__rng_below(&random, 65), k = (int32_t)reco__rng_below(&random, 65);
        reco__topk top = {kept, k, 0};
        for (int32_t i = 0; i < n; i++) {
            all[i] = (reco__scored){(float)reco__rng_below(&random, 10), i}; /* many ties */
            reco__topk_offer(&top, all[i].score, i);
        }
        qsort(all, (size_t)n, sizeof *all, by_order);
        reco__topk_sort(&top);
        assert_int_equal(top.size, n < k ? n : k);
        for (int32_t i = 0; i < top.size; i++) {
            assert_int_equal(kept[i].index, all[i].index);
        }
    }
}

static reco_status square(void *context, int64_t begin, int64_t end, int32_t worker)
{
    (void)worker;
    int64_t *out = context;
    for (int64_t k = begin; k < end; k++) {
        out[k] = k * k;
    }
    return RECO_OK;
}

static reco_status fail_at_500(void *context, int64_t begin, int64_t end, int32_t worker)
{
    (void)context;
    (void)worker;
    return begin <= 500 && 500 < end ? RECO_ENUMERIC : RECO_OK;
}

static void test_parallel_for(void **state)
{
    (void)state;
    static int64_t out[1000];
    for (int32_t threads = 1; threads <= 8; threads++) {
        reco__run run = reco__run_start(NULL, threads, 0, "test", NULL);
        memset(out, 0xff, sizeof out);
        assert_int_equal(reco__parallel_for(&run, 1000, 7, square, out), RECO_OK);
        for (int64_t k = 0; k < 1000; k++) {
            assert_int_equal(out[k], k * k);
        }
        assert_int_equal(reco__parallel_for(&run, 1000, 7, fail_at_500, NULL), RECO_ENUMERIC);
        assert_int_equal(reco__parallel_for(&run, 0, 7, fail_at_500, NULL), RECO_OK);
    }
    assert_true(reco__thread_count() >= 1);
}

static void test_cancelled_runs_stop(void **state)
{
    (void)state;
    reco_run *user = NULL;
    reco_error err;
    static int64_t out[1000];
    assert_int_equal(reco_run_new(&user, &err), RECO_OK);
    reco__run run = reco__run_start(user, 2, 0, "als", &err);
    reco_run_cancel(user);
    assert_int_equal(reco__parallel_for(&run, 1000, 7, square, out), RECO_ECANCELLED);
    assert_string_equal(err.message, "als: cancelled");
    assert_int_equal(reco__run_step(&run, 0.5), RECO_ECANCELLED);
    reco_run_free(user);
}

static bool give_text(const void *text, reco__sink *sink)
{
    return sink->put(sink, text, (int64_t)strlen(text));
}

/* Pieces of all sizes: some are gathered, some too large for that. */
static bool give_pieces(const void *bytes, reco__sink *sink)
{
    bool gone = true;
    for (int64_t at = 0, n = 0; gone && at < MANY_BYTES; at += n) {
        n = at * 7 % 40009 < MANY_BYTES - at ? at * 7 % 40009 + 1 : MANY_BYTES - at;
        gone = sink->put(sink, (const char *)bytes + at, n);
    }
    return gone;
}

static void test_files_in_pieces(void **state)
{
    (void)state;
    char path[] = "/tmp/reco-base-XXXXXX";
    void *bytes = NULL, *made = reco__alloc(MANY_BYTES, 1);
    int64_t n = 0;
    int fd = mkstemp(path);
    assert_true(fd >= 0 && made);
    close(fd);
    for (int64_t k = 0; k < MANY_BYTES; k++) {
        ((char *)made)[k] = (char)(k * k % 251);
    }
    assert_int_equal(reco__file_write(path, give_pieces, made, NULL), RECO_OK);
    assert_int_equal(reco__file_read(path, &bytes, &n, NULL), RECO_OK);
    assert_int_equal(n, MANY_BYTES);
    assert_memory_equal(bytes, made, MANY_BYTES);
    reco__free(bytes);
    reco__free(made);
    unlink(path);
    assert_int_equal(reco__file_write("/dev/full", give_text, "x", NULL), RECO_EIO);
}

static void test_files_are_written_whole(void **state)
{
    (void)state;
    char path[] = "/tmp/reco-base-XXXXXX";
    reco_error err;
    void *bytes = NULL;
    int64_t n = 0;
    struct stat info;
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    assert_int_equal(reco__file_write(path, give_text, "old", &err), RECO_OK);
    assert_int_equal(reco__file_write(path, give_text, "newer", &err), RECO_OK);
    assert_int_equal(reco__file_read(path, &bytes, &n, &err), RECO_OK);
    assert_int_equal(n, 5);
    assert_memory_equal(bytes, "newer", 5);
    reco__free(bytes);
    unlink(path);
    /* a device stays one, and a folder is refused */
    assert_int_equal(reco__file_write("/dev/null", give_text, "x", &err), RECO_OK);
    assert_true(stat("/dev/null", &info) == 0 && S_ISCHR(info.st_mode));
    assert_int_equal(reco__file_write("/tmp", give_text, "x", &err), RECO_EIO);
    assert_non_null(strstr(err.message, "/tmp: cannot replace"));
    assert_int_equal(reco__file_write("/nowhere/at/all", give_text, "x", &err), RECO_EIO);
}

/* Messages are one line of valid UTF-8 whatever goes in, and when they are cut. */
static void test_messages_are_plain(void **state)
{
    (void)state;
    reco_error err;
    char text[600];
    assert_int_equal(reco__fail(&err, RECO_EINVAL, "a\nb\tc\x7f \xff \xc3 \xe2\x82 \xc3\xa9"), RECO_EINVAL);
    assert_string_equal(err.message, "a?b?c? ? ? ?? \xc3\xa9");
    for (size_t shift = 0; shift < 4; shift++) {
        memset(text, 'x', shift);
        for (size_t k = shift; k + 4 < sizeof text; k += 4) {
            memcpy(text + k, "\xf0\x9f\x8e\x81", 5);
        }
        reco__fail(&err, RECO_EINVAL, "%s", text);
        int64_t length = (int64_t)strlen(err.message);
        assert_int_equal(length, sizeof err.message - 1);
        assert_true(reco__utf8_valid(err.message, length));
    }
    assert_int_equal(reco__fail(NULL, RECO_EIO, "nobody listens"), RECO_EIO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers_read_and_write),
        cmocka_unit_test(test_doubles_of_all_sizes_read_back),
        cmocka_unit_test(test_times),
        cmocka_unit_test(test_integers),
        cmocka_unit_test(test_checksum),
        cmocka_unit_test(test_utf8),
        cmocka_unit_test(test_sizes_are_checked),
        cmocka_unit_test(test_messages_are_plain),
        cmocka_unit_test(test_topk_equals_sorting),
        cmocka_unit_test(test_parallel_for),
        cmocka_unit_test(test_cancelled_runs_stop),
        cmocka_unit_test(test_files_in_pieces),
        cmocka_unit_test(test_files_are_written_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
