/* SPDX-License-Identifier: MIT */
/* Progress and Ctrl-C. While a run is on, the first signal cancels it and the library returns; otherwise, and
 * with the second signal, the command leaves at once. Either way: one line, status 1, nothing half-written.
 */
#include "cli.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static _Atomic(reco_run *) current;
static _Atomic(const char *) leftover;
static volatile sig_atomic_t signals, line_shown;

static void leave_at_once(void)
{
    static const char line[] = "reco: cancelled\n";
    interrupt_clean_up();
    if (line_shown) {
        (void)!write(STDERR_FILENO, "\r\033[K", 4);
    }
    (void)!write(STDERR_FILENO, line, sizeof line - 1);
    _exit(FAILED);
}

static void on_signal(int number)
{
    (void)number;
    reco_run *run = atomic_load(&current);
    if (run && signals++ == 0) {
        reco_run_cancel(run);
    } else {
        leave_at_once();
    }
}

void interrupt_install(void)
{
    struct sigaction action, before;
    memset(&action, 0, sizeof action);
    action.sa_handler = on_signal;
    action.sa_flags = SA_RESTART;
    sigemptyset(&action.sa_mask);
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++) {
        /* who started the command may have told it to ignore one, as nohup does */
        if (sigaction(numbers[k], NULL, &before) == 0 && before.sa_handler != SIG_IGN) {
            sigaction(numbers[k], &action, NULL);
        }
    }
}

static int32_t show_progress(void *context, const char *stage, double done)
{
    (void)context;
    line_shown = 1;
    fprintf(stderr, "\r\033[K%s %3.0f%%", stage, 100 * done);
    fflush(stderr);
    return 0;
}

int interrupt_begin(const options *o, reco_run **run)
{
    reco_error err;
    if (reco_run_new(run, &err) != RECO_OK) {
        return failed("%s", err.message);
    }
    if (!o->quiet && isatty(STDERR_FILENO)) {
        reco_run_set_progress(*run, show_progress, NULL);
    }
    signals = 0;
    atomic_store(&current, *run);
    return DONE;
}

void interrupt_end(reco_run *run)
{
    atomic_store(&current, NULL);
    interrupt_clear_line();
    reco_run_free(run);
}

void interrupt_hold(bool hold)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGHUP);
    sigprocmask(hold ? SIG_BLOCK : SIG_UNBLOCK, &set, NULL);
}

void interrupt_remove(const char *path)
{
    atomic_store(&leftover, path);
}

void interrupt_clean_up(void)
{
    const char *path = atomic_load(&leftover);
    if (path) {
        unlink(path);
    }
}

void interrupt_clear_line(void)
{
    if (line_shown) {
        line_shown = 0;
        fputs("\r\033[K", stderr);
    }
}
