/* SPDX-License-Identifier: MIT */
/* The `reco` command: fits, asks and evaluates models from the shell.
 * Exit status: 0 done; 1 failed, with one line on stderr; 2 wrong usage, with one line on stderr. */
#include "cli.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const command *const commands[] = {&command_fit,      &command_recommend, &command_similar,
                                          &command_evaluate, &command_info,      &command_algos};
enum { N_COMMANDS = sizeof commands / sizeof *commands };

static int print_help(void)
{
    output out;
    int code = output_open(&out, NULL);
    if (code) {
        return code;
    }
    output_print(&out, "usage: reco COMMAND [options]\n\n");
    for (int k = 0; k < N_COMMANDS; k++) {
        output_print(&out, "  %-10s  %s\n", commands[k]->name, commands[k]->summary);
    }
    output_print(&out, "\n'reco COMMAND --help' tells the options; 'reco --version' the version.\n"
                       "Exit status: 0 done, 1 failed, 2 wrong usage.\n");
    return output_close(&out, DONE);
}

static int print_version(void)
{
    output out;
    int code = output_open(&out, NULL);
    if (code) {
        return code;
    }
    output_print(&out, "reco %s\n", reco_version());
    return output_close(&out, DONE);
}

static const command *find(const char *name)
{
    for (int k = 0; k < N_COMMANDS; k++) {
        if (strcmp(commands[k]->name, name) == 0) {
            return commands[k];
        }
    }
    return NULL;
}

static int run(int argc, char **argv)
{
    if (argc < 2) {
        return misused("which command? See 'reco --help'");
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0) {
        return print_help();
    }
    if (strcmp(argv[1], "--version") == 0) {
        return print_version();
    }
    const command *c = find(argv[1]);
    if (!c) {
        return misused("no command '%s'; see 'reco --help'", argv[1]);
    }
    options o;
    int code = options_read(c, argc - 2, argv + 2, &o);
    if (code == DONE) {
        code = o.help ? options_print_help(c) : output_is_no_input(&o);
        code = code || o.help ? code : c->run(&o);
    }
    options_free(&o);
    return code;
}

/* A standard stream that the caller closed would be the next file opened, and a model's bytes would mix with
 * a table: such a stream is taken up by something that can neither be read nor written. */
static void occupy_streams(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) < 0) {
            return;
        }
    }
}

int main(int argc, char **argv)
{
    occupy_streams();
    signal(SIGPIPE, SIG_IGN); /* a reader that has enough shows as EPIPE: see output.c */
    interrupt_install();
    int code = run(argc, argv);
    return code == STOPPED ? DONE : code;
}
