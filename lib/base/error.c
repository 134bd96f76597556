/* SPDX-License-Identifier: MIT */
#include "error.h"

#include "bytes.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define TEXT(x)  #x
#define QUOTE(x) TEXT(x)

const char *reco_version(void)
{
    return QUOTE(RECO_VERSION_MAJOR) "." QUOTE(RECO_VERSION_MINOR) "." QUOTE(RECO_VERSION_PATCH);
}

const char *reco_status_text(reco_status status)
{
    static const char *const texts[] = {
        "ok",
        "out of memory",
        "invalid argument",
        "not found",
        "wrong state",
        "unsupported",
        "input or output failed",
        "bad format",
        "numeric failure",
        "cancelled",
        "internal error",
    };
    int32_t k = -status;
    return status <= 0 && k < (int32_t)(sizeof texts / sizeof *texts) ? texts[k] : "unknown status";
}

/* Ids and file names come from outside and may have been cut: keeps a message one line of UTF-8. */
static void make_plain(char *text)
{
    for (char *c = text; *c; c++) {
        unsigned char lead = (unsigned char)*c;
        int64_t length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4, there = 1;
        while (there < length && c[there]) {
            there++;
        }
        if (lead < 0x20 || lead == 0x7f || !reco__utf8_valid(c, there)) {
            *c = '?';
        } else {
            c += length - 1;
        }
    }
}

reco_status reco__fail(reco_error *err, reco_status status, const char *format, ...)
{
    if (err) {
        va_list arguments;
        va_start(arguments, format);
        vsnprintf(err->message, sizeof err->message, format, arguments);
        va_end(arguments);
        make_plain(err->message);
    }
    return status;
}

reco_status reco__out_of_memory(reco_error *err)
{
    return reco__fail(err, RECO_ENOMEM, "out of memory");
}

reco_status reco__given(const void *const *given, int32_t n, const char *names, reco_error *err)
{
    int32_t missing = 0;
    while (missing < n && given[missing]) {
        missing++;
    }
    for (int32_t k = 0; k < missing && missing < n; k++) {
        names += strcspn(names, ",") + 2;
    }
    return missing == n
               ? RECO_OK
               : reco__fail(err, RECO_EINVAL, "'%.*s' must not be NULL", (int)strcspn(names, ","), names);
}

void reco__names_add(reco__names *names, const char *name)
{
    enum { ROOM_FOR_MORE = 24 };
    int32_t room = RECO__NAMES_SIZE - ROOM_FOR_MORE - names->used;
    int32_t length = (int32_t)strlen(name) + (names->used ? 2 : 0);
    if (names->more > 0 || length >= room) {
        names->more++;
        return;
    }
    names->used += snprintf(names->text + names->used, (size_t)room, "%s%s", names->used ? ", " : "", name);
}

const char *reco__names_text(reco__names *names)
{
    if (names->more > 0) {
        snprintf(names->text + names->used, (size_t)(RECO__NAMES_SIZE - names->used), "%sand %d more",
                 names->used ? " " : "", names->more);
    }
    return names->used || names->more ? names->text : "none";
}

int64_t reco__count_by_name(const reco__count *counts, size_t n, const char *name)
{
    for (size_t k = 0; name && k < n; k++) {
        if (strcmp(name, counts[k].name) == 0) {
            return counts[k].value;
        }
    }
    return -1;
}
