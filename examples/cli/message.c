/* SPDX-License-Identifier: MIT */
#include "cli.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

/* One line, whatever a file's name or an id holds. */
__attribute__((format(printf, 1, 0))) static void print_line(const char *format, va_list arguments)
{
    char line[1024] = "reco: ";
    size_t start = strlen(line);
    vsnprintf(line + start, sizeof line - start - 1, format, arguments);
    for (char *c = line; *c; c++) {
        if ((unsigned char)*c < ' ' || *c == 127) {
            *c = '?';
        }
    }
    interrupt_clear_line();
    strcat(line, "\n");
    fputs(line, stderr);
}

int failed(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    print_line(format, arguments);
    va_end(arguments);
    return FAILED;
}

int misused(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    print_line(format, arguments);
    va_end(arguments);
    return WRONG_USAGE;
}

void note(const options *o, const char *format, ...)
{
    if (!o->quiet) {
        va_list arguments;
        va_start(arguments, format);
        print_line(format, arguments);
        va_end(arguments);
    }
}

_Noreturn void out_of_memory(void)
{
    interrupt_clean_up();
    failed("out of memory");
    _exit(FAILED);
}

void *need(size_t count, size_t size)
{
    void *memory = calloc(count ? count : 1, size);
    if (!memory) {
        out_of_memory();
    }
    return memory;
}

void *need_more(void *memory, size_t count, size_t size)
{
    void *more = size && count > SIZE_MAX / size ? NULL : realloc(memory, count * size);
    if (!more) {
        out_of_memory();
    }
    return more;
}

double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

int64_t peak_bytes(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
#if defined(__APPLE__)
    return (int64_t)usage.ru_maxrss;
#else
    return (int64_t)usage.ru_maxrss * 1024;
#endif
}
