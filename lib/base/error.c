/* SPDX-License-Identifier: MIT */
#include "error.h"

#include <stdarg.h>
#include <stdio.h>

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

reco_status reco__fail(reco_error *err, reco_status status, const char *format, ...)
{
    if (err) {
        va_list arguments;
        va_start(arguments, format);
        vsnprintf(err->message, sizeof err->message, format, arguments);
        va_end(arguments);
        for (char *c = err->message; *c; c++) { /* ids and file names come from outside: keep it one line */
            if ((unsigned char)*c < 0x20 || *c == 0x7f) {
                *c = '?';
            }
        }
    }
    return status;
}

reco_status reco__out_of_memory(reco_error *err)
{
    return reco__fail(err, RECO_ENOMEM, "out of memory");
}
