/* SPDX-License-Identifier: MIT */
/* Output that notices when it fails. Text gathers in memory and is written in large pieces; a file is written
 * beside its place and renamed into it when all of it is on the disk, so a failure leaves the old file. */
#include "cli.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PIECE = 1 << 16 };

static char *copy(const char *text)
{
    size_t size = strlen(text) + 1;
    return memcpy(need(size, 1), text, size);
}

char *output_target(const char *path)
{
    char *real = realpath(path, NULL);
    return real ? real : copy(path);
}

/* Whether something at `path` is no plain file: then it is written to as it is. */
static bool is_device(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && !S_ISREG(info.st_mode) && !S_ISDIR(info.st_mode);
}

int output_possible(const char *path)
{
    struct stat info;
    if (stat(path, &info) == 0 && S_ISDIR(info.st_mode)) {
        return failed("%s: is a directory", path);
    }
    if (is_device(path)) {
        return access(path, W_OK) ? failed("%s: cannot write: %s", path, strerror(errno)) : DONE;
    }
    char *target = output_target(path);
    char *slash = strrchr(target, '/');
    if (slash) {
        slash[slash == target] = 0;
    }
    int code = DONE;
    if (access(slash ? target : ".", W_OK | X_OK)) {
        code = failed("%s: cannot create: %s", path, strerror(errno));
    }
    free(target);
    return code;
}

int output_is_no_input(const options *o)
{
    const struct {
        const char *option, *path;
    } inputs[] = {{"--events", o->events},
                  {"--items", o->items},
                  {"--users", o->users},
                  {"--train", o->train},
                  {"--test", o->test},
                  {"--negatives", o->negatives},
                  {"--model", o->model},
                  {"--session", o->session},
                  {"--users-file", o->users_file},
                  {"--exclude-file", o->exclude_file},
                  {"--only-file", o->only_file}};
    struct stat out, in;
    if (!o->out || strcmp(o->out, "-") == 0 || stat(o->out, &out) || !S_ISREG(out.st_mode)) {
        return DONE;
    }
    for (size_t k = 0; k < sizeof inputs / sizeof *inputs; k++) {
        const char *path = inputs[k].path;
        if (path && strcmp(path, "-") != 0 && stat(path, &in) == 0 && in.st_dev == out.st_dev &&
            in.st_ino == out.st_ino) {
            return misused("--out %s is the file of %s, which would be lost", o->out, inputs[k].option);
        }
    }
    return DONE;
}

static int create_temporary(output *out)
{
    size_t size = strlen(out->path) + 64;
    out->temporary = need(size, 1);
    for (int attempt = 0; attempt < 100; attempt++) {
        snprintf(out->temporary, size, "%s.%ld-%d.tmp", out->path, (long)getpid(), attempt);
        out->fd = open(out->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (out->fd >= 0) {
            interrupt_remove(out->temporary);
            return DONE;
        }
        if (errno != EEXIST) {
            break;
        }
    }
    int code = failed("%s: cannot create: %s", out->path, strerror(errno));
    free(out->temporary);
    free(out->path);
    return code;
}

int output_open(output *out, const char *path)
{
    *out = (output){.fd = STDOUT_FILENO};
    if (!path || strcmp(path, "-") == 0) {
        return DONE;
    }
    int code = output_possible(path);
    if (code) {
        return code;
    }
    out->path = output_target(path);
    if (!is_device(path)) {
        return create_temporary(out);
    }
    out->fd = open(path, O_WRONLY | O_CLOEXEC);
    if (out->fd < 0) {
        code = failed("%s: cannot open: %s", path, strerror(errno));
        free(out->path);
    }
    return code;
}

static void write_out(output *out)
{
    size_t at = 0;
    while (at < out->size && !out->error) {
        ssize_t n = write(out->fd, out->data + at, out->size - at);
        if (n >= 0) {
            at += (size_t)n;
        } else if (errno != EINTR) {
            out->error = errno;
        }
    }
    out->size = 0;
}

void output_add(output *out, const char *text, size_t n)
{
    if (out->size + n > out->capacity) {
        out->capacity = out->size + n + PIECE;
        out->data = need_more(out->data, out->capacity, 1);
    }
    memcpy(out->data + out->size, text, n);
    out->size += n;
    if (out->size >= PIECE) {
        write_out(out);
    }
}

void output_print(output *out, const char *format, ...)
{
    char text[1024];
    va_list arguments;
    va_start(arguments, format);
    int n = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (n >= 0 && (size_t)n < sizeof text) {
        output_add(out, text, (size_t)n);
    } else if (n >= 0) {
        char *large = need((size_t)n + 1, 1);
        va_start(arguments, format);
        vsnprintf(large, (size_t)n + 1, format, arguments);
        va_end(arguments);
        output_add(out, large, (size_t)n);
        free(large);
    }
}

static int say_failure(const output *out)
{
    if (out->error == EPIPE && !out->path) {
        return STOPPED;
    }
    return failed("%s: cannot write: %s", out->path ? out->path : "standard output", strerror(out->error));
}

int output_flush(output *out)
{
    write_out(out);
    return out->error ? say_failure(out) : DONE;
}

/* From the temporary file to its place. */
static int put_in_place(output *out)
{
    int error = fsync(out->fd) ? errno : 0;
    if (close(out->fd) && !error) {
        error = errno;
    }
    out->fd = -1;
    interrupt_hold(true);
    if (!error && rename(out->temporary, out->path)) {
        error = errno;
    }
    if (!error) {
        interrupt_remove(NULL);
    }
    interrupt_hold(false);
    out->error = error;
    return error ? say_failure(out) : DONE;
}

int output_close(output *out, int code)
{
    if (code == DONE) {
        code = output_flush(out);
    }
    if (code == DONE && out->temporary) {
        code = put_in_place(out);
    }
    if (out->path && out->fd >= 0 && close(out->fd) && code == DONE) {
        out->error = errno;
        code = say_failure(out);
    }
    if (out->temporary && code != DONE) {
        unlink(out->temporary);
        interrupt_remove(NULL);
    }
    free(out->data);
    free(out->path);
    free(out->temporary);
    *out = (output){.fd = -1};
    return code;
}
