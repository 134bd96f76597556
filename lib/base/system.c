/* SPDX-License-Identifier: MIT */
#include "system.h"

#include "error.h"
#include "memory.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* ---- processors and memory ---- */

/* The first line of a small file, as /sys/fs/cgroup/cpu.max; "" when it cannot be read. */
static void first_line(const char *path, char *line, size_t size)
{
    line[0] = 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return;
    }
    ssize_t n = read(fd, line, size - 1);
    close(fd);
    line[n > 0 ? n : 0] = 0;
}

static int64_t whole_number(const char *text, const char **end)
{
    int64_t value = 0;
    while (*text == ' ') {
        text++;
    }
    const char *start = text;
    while (*text >= '0' && *text <= '9' && value < INT64_MAX / 10 - 10) {
        value = value * 10 + (*text++ - '0');
    }
    *end = text;
    return text > start ? value : -1;
}

/* Processors the cgroup lets the process use, rounded up; 0 = no limit known. Version 2, then version 1. */
static int32_t cgroup_processors(void)
{
    char line[128];
    const char *rest;
    first_line("/sys/fs/cgroup/cpu.max", line, sizeof line);
    int64_t quota = whole_number(line, &rest);
    int64_t period = whole_number(rest, &rest);
    if (!line[0]) {
        first_line("/sys/fs/cgroup/cpu/cpu.cfs_quota_us", line, sizeof line);
        quota = whole_number(line, &rest);
        first_line("/sys/fs/cgroup/cpu/cpu.cfs_period_us", line, sizeof line);
        period = whole_number(line, &rest);
    }
    return quota > 0 && period > 0 ? (int32_t)((quota + period - 1) / period) : 0;
}

int32_t reco__thread_count(void)
{
    enum { MOST = 1024 };
    int32_t n = 0;
#ifdef __linux__
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0) {
        n = CPU_COUNT(&set);
    }
#endif
    if (n < 1) {
        n = (int32_t)sysconf(_SC_NPROCESSORS_ONLN);
    }
    int32_t limit = cgroup_processors();
    n = limit > 0 && limit < n ? limit : n;
    return n < 1 ? 1 : n > MOST ? MOST : n;
}

int64_t reco__memory_size(void)
{
    int64_t size = INT64_MAX, pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);
    if (pages > 0 && page > 0 && !reco__mul(pages, page, &size)) {
        size = INT64_MAX;
    }
    static const char *const files[] = {"/sys/fs/cgroup/memory.max",
                                        "/sys/fs/cgroup/memory/memory.limit_in_bytes"};
    for (int k = 0; k < 2; k++) {
        char line[64];
        const char *rest;
        first_line(files[k], line, sizeof line);
        int64_t limit = whole_number(line, &rest);
        if (limit > 0 && limit < size) {
            size = limit;
        }
    }
    return size;
}

int64_t reco__milliseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* ---- files ---- */

static reco_status io_failure(reco_error *err, const char *path, const char *what, int number)
{
    char reason[128];
#if defined(__GLIBC__) && defined(_GNU_SOURCE)
    const char *text = strerror_r(number, reason, sizeof reason);
#else
    const char *text = strerror_r(number, reason, sizeof reason) ? "unknown reason" : reason;
#endif
    return reco__fail(err, number == ENOENT ? RECO_ENOTFOUND : RECO_EIO, "%s: cannot %s: %s", path, what,
                      text);
}

reco_status reco__reader_open(reco__reader *reader, const char *path, reco_error *err)
{
    struct stat info;
    *reader = (reco__reader){.path = path};
    if (strcmp(path, "-") == 0) {
        reader->path = "standard input";
        reader->fd = STDIN_FILENO;
        return RECO_OK;
    }
    do {
        reader->fd = open(path, O_RDONLY | O_CLOEXEC);
    } while (reader->fd < 0 && errno == EINTR);
    if (reader->fd < 0) {
        return io_failure(err, path, "open", errno);
    }
    reader->size = fstat(reader->fd, &info) == 0 && S_ISREG(info.st_mode) ? (int64_t)info.st_size : 0;
    return RECO_OK;
}

reco_status reco__reader_read(reco__reader *reader, void *bytes, int64_t n, int64_t *got, reco_error *err)
{
    const int64_t most = 1 << 30;
    ssize_t count;
    do {
        count = read(reader->fd, bytes, (size_t)(n < most ? n : most));
    } while (count < 0 && errno == EINTR);
    if (count < 0) {
        return io_failure(err, reader->path, "read", errno);
    }
    *got = count;
    return RECO_OK;
}

void reco__reader_close(reco__reader *reader)
{
    if (reader->fd > STDERR_FILENO) {
        close(reader->fd);
    }
    reader->fd = -1;
}

/* Reads to the end of the file. Its size is only a hint, so that pipes work too. */
static reco_status read_all(reco__reader *reader, int64_t hint, void **bytes, int64_t *n, reco_error *err)
{
    reco_status status = RECO_OK;
    char *buffer = NULL;
    int64_t capacity = 0, size = 0, got = 1;
    TRY_ALLOC(buffer = reco__alloc(hint + 1, 1));
    capacity = hint + 1;
    while (got > 0) {
        if (size == capacity) {
            TRY_ALLOC(RECO__GROW(buffer, capacity, size + 1));
        }
        TRY(reco__reader_read(reader, buffer + size, capacity - size, &got, err));
        size += got;
    }
    *bytes = buffer;
    *n = size;
    buffer = NULL;
done:
    reco__free(buffer);
    return status;
}

reco_status reco__file_read(const char *path, void **bytes, int64_t *n, reco_error *err)
{
    reco__reader reader;
    reco_status status = reco__reader_open(&reader, path, err);
    if (status == RECO_OK) {
        status = read_all(&reader, reader.size > 0 ? reader.size : 65535, bytes, n, err);
        reco__reader_close(&reader);
    }
    return status;
}

/* A file that is written to. Small pieces are gathered, large ones go by themselves. */
typedef struct output {
    reco__sink sink;
    int fd, number; /* errno of the write that failed, or 0 */
    int64_t used;
    char gathered[16384];
} output;

static bool write_all(output *out, const char *bytes, int64_t n)
{
    while (n > 0 && !out->number) {
        ssize_t count = write(out->fd, bytes, (size_t)(n < (1 << 30) ? n : (1 << 30)));
        if (count >= 0) {
            bytes += count;
            n -= count;
        } else if (errno != EINTR) {
            out->number = errno;
        }
    }
    return !out->number;
}

static bool flush(output *out)
{
    int64_t n = out->used;
    out->used = 0;
    return write_all(out, out->gathered, n);
}

static bool gather(reco__sink *sink, const void *bytes, int64_t n)
{
    output *out = (output *)(void *)sink; /* its first member, aligned as the whole is */
    const int64_t room = sizeof out->gathered;
    if (n > room - out->used && !flush(out)) {
        return false;
    }
    if (n > room) {
        return write_all(out, bytes, n);
    }
    memcpy(out->gathered + out->used, bytes, (size_t)n);
    out->used += n;
    return true;
}

/* Returns 0 or the errno of what failed. */
static int write_to(int fd, reco__giver give, const void *from)
{
    output out;
    out.sink.put = gather;
    out.fd = fd;
    out.number = 0;
    out.used = 0;
    if (give(from, &out.sink)) {
        flush(&out);
    }
    return out.number;
}

static int sync_all(int fd)
{
    int failed;
    do {
        failed = fsync(fd);
    } while (failed && errno == EINTR);
    return failed;
}

/* What failed and why: a step's name with errno, or number 0. */
typedef struct outcome {
    const char *what;
    int number;
} outcome;

static outcome write_temporary(const char *temporary, int fd, reco__giver give, const void *from,
                               const char *path)
{
    int number = write_to(fd, give, from);
    if (number) {
        close(fd);
        return (outcome){"write", number};
    }
    if (sync_all(fd)) {
        number = errno;
        close(fd);
        return (outcome){"write", number};
    }
    if (close(fd) && errno != EINTR) { /* then it is closed, and all of it was synced */
        return (outcome){"write", errno};
    }
    return rename(temporary, path) ? (outcome){"rename", errno} : (outcome){NULL, 0};
}

/* Makes the rename itself last. Some file systems cannot sync a directory (EINVAL): then there is nothing to
 * do. */
static int sync_directory(const char *path, char *directory)
{
    const char *slash = strrchr(path, '/');
    strcpy(directory, ".");
    if (slash) {
        int64_t n = slash == path ? 1 : slash - path;
        memcpy(directory, path, (size_t)n);
        directory[n] = 0;
    }
    int fd = open(directory, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return 0;
    }
    int number = sync_all(fd) && errno != EINVAL ? errno : 0;
    close(fd);
    return number;
}

/* Creates a file that was not there beside `path`, with the permissions a new file gets. */
static int create_temporary(const char *path, char *temporary, size_t size)
{
    for (int attempt = 0; attempt < 100; attempt++) {
        snprintf(temporary, size, "%s.%ld-%d.tmp", path, (long)getpid(), attempt);
        int fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (fd >= 0 || (errno != EEXIST && errno != EINTR)) {
            return fd;
        }
    }
    return -1;
}

static outcome write_whole(const char *path, char *temporary, size_t size, reco__giver give, const void *from)
{
    int fd = create_temporary(path, temporary, size);
    if (fd < 0) {
        return (outcome){"create", errno};
    }
    outcome end = write_temporary(temporary, fd, give, from, path);
    if (end.number) {
        unlink(temporary);
        return end;
    }
    return (outcome){"sync the directory of", sync_directory(path, temporary)};
}

/* Devices and pipes are written to as they are: a rename would put a file in their place. */
static outcome write_device(const char *path, reco__giver give, const void *from)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0) {
        return (outcome){"open", errno};
    }
    int number = write_to(fd, give, from);
    return (outcome){"write", close(fd) && !number ? errno : number};
}

reco_status reco__file_write(const char *path, reco__giver give, const void *from, reco_error *err)
{
    struct stat info;
    bool there = stat(path, &info) == 0;
    size_t size = strlen(path) + 64;
    char *temporary = reco__alloc((int64_t)size, 1);
    if (!temporary) {
        return reco__out_of_memory(err);
    }
    outcome end = {"replace", EISDIR};
    if (!there || S_ISREG(info.st_mode)) {
        end = write_whole(path, temporary, size, give, from);
    } else if (!S_ISDIR(info.st_mode)) {
        end = write_device(path, give, from);
    }
    reco__free(temporary);
    if (end.number) {
        io_failure(err, path, end.what, end.number);
        return RECO_EIO; /* also when the directory is not there */
    }
    return RECO_OK;
}
