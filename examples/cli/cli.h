/* SPDX-License-Identifier: MIT */
/* What the parts of the `reco` command share. The command uses the public API and nothing else.
 *
 *     main.c      which sub-command, exit status         build.c      a model from --algo, --set and --part
 *     options.c   options into a struct, --help          source.c     data sets from files
 *     message.c   the one line of a failure              lines.c      files with an id on each line
 *     interrupt.c progress, Ctrl-C                       output.c     buffered, checked, atomic output
 *     table.c     aligned text or CSV                    json.c       values into JSON
 *     tally.c     figures over several folds             asker.c      who asks, and what is told of them
 *     answers.c   answers as a table or JSON
 *     fit.c recommend.c similar.c evaluate.c info.c algos.c           the sub-commands
 */
#ifndef CLI_H
#define CLI_H

#include <reco/reco.h>

#include <stdbool.h>
#include <stddef.h>

/* What a sub-command and its steps end in. */
enum {
    DONE = 0,
    FAILED = 1,      /* the line that says what and where is on stderr */
    WRONG_USAGE = 2, /* likewise */
    STOPPED = -1     /* nobody reads the output any more, as with `| head`: not a failure, exit status 0 */
};

/* Leave for `done:` unless a step is done. */
#define STEP(call)                                                                                           \
    do {                                                                                                     \
        code = (call);                                                                                       \
        if (code != DONE) {                                                                                  \
            goto done;                                                                                       \
        }                                                                                                    \
    } while (0)

/* The same for a call into the library: its message becomes the command's. */
#define CALL(call) STEP((call) == RECO_OK ? DONE : failed("%s", err.message))
/* For what the caller wrote on the command line. */
#define CALL_USAGE(call) STEP((call) == RECO_OK ? DONE : misused("%s", err.message))

struct output;

/* ---- options.c ---- */

typedef struct texts {
    const char **items;
    int n;
} texts;

typedef struct options {
    bool json, csv, quiet, help;
    int64_t threads, seed, given, n; /* -1 when not given; n has a default */
    const char *algo;
    texts set, part;
    const char *events, *items, *users, *train, *test, *negatives;
    const char *columns, *delimiter, *encoding, *item_columns, *user_columns, *context_columns;
    texts items_format, users_format, event, data, purposes;
    bool no_header, skip_bad_rows;
    const char *split, *metrics, *ask;
    const char *model, *out;
    bool without_users;
    const char *user, *history, *session, *users_file, *item, *purpose;
    bool all_users, include_seen, explain, skip_unknown;
    texts about, context;
    const char *exclude_file, *only_file;
    texts where;
    const char *argument; /* the word that is no option, of `reco algos` */
} options;

typedef struct option_row {
    const char *name;  /* "--algo" */
    const char *value; /* what stands for its value in the help; NULL: a switch */
    int kind;          /* OPTION_ */
    size_t offset;     /* in options */
    const char *help;
} option_row;

enum { OPTION_SWITCH, OPTION_TEXT, OPTION_TEXTS, OPTION_WHOLE };

typedef struct command {
    const char *name, *summary;
    const char *usage;                       /* what follows `reco NAME` */
    const char *notes;                       /* the end of the help, or NULL */
    void (*print_notes)(struct output *out); /* the same, of what the library tells, or NULL */
    const option_row *const *groups;
    bool takes_argument;
    int (*run)(const options *o);
} command;

extern const option_row options_common[], options_algo[], options_files[], options_questions[];

/* Reads the arguments after the sub-command. */
int options_read(const command *c, int argc, char **argv, options *o);
void options_free(options *o);
int options_print_help(const command *c);
/* Splits "key=value" at the first '='; the key goes into a buffer. False when there is no key or '='. */
bool split_pair(const char *text, char *key, size_t size, const char **value);
/* Reads a text that is one finite number and nothing else. */
bool read_number(const char *text, double *number);

/* ---- message.c ---- */

/* Prints "reco: ..." as one line on stderr and returns FAILED or WRONG_USAGE. */
__attribute__((format(printf, 1, 2))) int failed(const char *format, ...);
__attribute__((format(printf, 1, 2))) int misused(const char *format, ...);
/* A line on stderr about something that went on; not with --quiet. */
__attribute__((format(printf, 2, 3))) void note(const options *o, const char *format, ...);
/* Memory or the end: prints the line and leaves with status 1. */
void *need(size_t count, size_t size);
void *need_more(void *memory, size_t count, size_t size);
_Noreturn void out_of_memory(void);
double seconds_now(void);
/* The most memory the process has had. */
int64_t peak_bytes(void);

/* ---- interrupt.c ---- */

/* From now on Ctrl-C ends the command in one line, with status 1 and without leftovers. */
void interrupt_install(void);
/* A run for a long call: progress on stderr if that is a terminal, and Ctrl-C cancels it. Freed by
 * interrupt_end. */
int interrupt_begin(const options *o, reco_run **run);
void interrupt_end(reco_run *run);
/* Puts Ctrl-C off while a file is being put in its place. */
void interrupt_hold(bool hold);
/* The file to remove when the command is cut short; NULL for none. The text must stay. */
void interrupt_remove(const char *path);
/* Removes it. */
void interrupt_clean_up(void);
/* Takes the line of progress off the terminal. */
void interrupt_clear_line(void);

/* ---- output.c ---- */

/* Text on its way to standard output or, through a temporary file, to a file. */
typedef struct output {
    int fd;
    char *data;
    size_t size, capacity;
    char *path, *temporary; /* of a file */
    int error;              /* errno of the first failure */
} output;

/* Opens; NULL or "-" is standard output. */
int output_open(output *out, const char *path);
void output_add(output *out, const char *text, size_t n);
__attribute__((format(printf, 2, 3))) void output_print(output *out, const char *format, ...);
/* Writes what has gathered and tells whether writing still works: DONE, FAILED or STOPPED. */
int output_flush(output *out);
/* Finishes: `code` is how it went so far. Only with DONE does the file take its place. */
int output_close(output *out, int code);
/* Whether a file could be put at `path`, to be told before hours of work rather than after. */
int output_possible(const char *path);
/* WRONG_USAGE when --out is a file that the command reads, by whatever name or link: it would be lost. */
int output_is_no_input(const options *o);
/* `path` with symbolic links followed, so that a link stays one; the caller's. */
char *output_target(const char *path);

/* ---- table.c ---- */

typedef struct table {
    output *out;
    bool csv;
    const char *const *heads; /* [n_columns]; one that begins with '>' is set to the right */
    int n_columns;
    char **cells;
    size_t n_cells, capacity;
    int *widths; /* [n_columns] so far */
} table;

void table_begin(table *t, output *out, bool csv, const char *const *heads, int n_columns);
/* The next cell; a row is full after n_columns of them. */
void table_text(table *t, const char *text);
/* Text that may be long: aligned tables cut it. */
void table_long_text(table *t, const char *text);
void table_count(table *t, int64_t count);
void table_score(table *t, double score);
void table_figure(table *t, double figure); /* 4 decimals when aligned */
/* Prints the rows so far. */
void table_flush(table *t);
void table_end(table *t);
/* A count with its thousands apart, in a buffer of COUNT_TEXT. */
enum { COUNT_TEXT = 32 };
const char *grouped(int64_t count, char *text);

/* ---- json.c ---- */

struct json_t;
/* A string, also of a text that is not UTF-8, as a file's name may be. */
struct json_t *json_text(const char *text);
/* The shortest decimal that reads back as the same float, as a JSON number. */
struct json_t *json_score(float score);
/* null when it is not finite. */
struct json_t *json_number(double number);
/* null for RECO_NO_TIME. */
struct json_t *json_time(int64_t time);
/* Unix seconds as "2011-12-09T12:50:00Z", or "-"; in a buffer of TIME_TEXT. */
enum { TIME_TEXT = 32 };
const char *time_text(int64_t time, char *text);
/* Adds a document and takes it over. */
void json_print(output *out, struct json_t *document, bool indent);
/* {"algo", "params", "parts"} of a model. */
void json_describe(struct json_t *object, const reco_model *model);

/* ---- build.c ---- */

/* The text of a parameter's value, in a buffer. */
enum { VALUE_TEXT = 320 };
const char *param_text(const reco_model *model, const reco_param *param, char *text);
/* An unfitted model as the options say. */
int build_model(const options *o, reco_model **out);
/* A model from a file, or "-". */
int load_model(const options *o, reco_model **out);

/* ---- source.c ---- */

typedef struct source {
    reco_builder *builder;
    reco_data *data;
    double seconds; /* to read and put together */
} source;

/* Events, and the items' and users' features, as the options say. */
int source_read(const options *o, const char *events, source *out);
/* Events to be held against a model: no features, and nobody left out as rare. */
int source_read_test(const options *o, const char *events, source *out);
/* Each user's candidates. */
int source_read_negatives(const options *o, const char *path, source *out);
/* The events of --session, of types that the model knows. */
int source_read_session(const options *o, const reco_model *model, source *out);
void source_free(source *s);
/* At most one of the inputs may be standard input. */
int source_check_stdin(const options *o);

/* ---- lines.c ---- */

typedef struct lines {
    char **items;
    int64_t n;
} lines;

/* Reads a file with an id of `model` on each line; "-" is standard input. Ids the model does not have end in
 * failure, or are left out with --skip-bad-rows; with --skip-unknown the question skips them. */
int lines_read(const options *o, const reco_model *model, int32_t side, const char *path, lines *out);
void lines_free(lines *l);

/* ---- asker.c ---- */

typedef struct asker {
    const options *o;
    const reco_model *model;
    source session;       /* of --session, and the events of it that are told: */
    const int32_t *items; /* [n] */
    const float *values;  /* [n] */
    const int64_t *times; /* [n] or NULL */
    const uint8_t *types; /* [n] or NULL */
    int64_t n;
} asker;

/* Reads the session. Ended also on failure. */
int asker_begin(const options *o, const reco_model *model, asker *a);
void asker_end(asker *a);
/* Says who asks: a user, or, when that is NULL, whoever the options tell of; replaces who asked before. */
int asker_tell(const asker *a, const char *user, reco_query *query);
/* Says what is so of them and of the moment. */
int asker_describe(const asker *a, reco_query *query);

/* ---- answers.c ---- */

/* The names of the texts that the model's items have. */
typedef struct fields {
    const char **names;
    int n;
} fields;
fields text_fields(const reco_model *model);

/* ---- recommend.c ---- */

/* Sets limit, filters, and what becomes of unknown ids. */
int ask_filters(const options *o, const reco_model *model, reco_query *query);
/* Notes that ids and features were skipped, if any were. */
void note_skipped(const options *o, int64_t n);

extern const command command_fit, command_recommend, command_similar, command_evaluate, command_info,
    command_algos;

#endif
